/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Identities on their way to a package from outside.
 */
#ifndef SECUR32_LSA_PE_IDENTITY_H
#define SECUR32_LSA_PE_IDENTITY_H

#include "winsspi.h"

#include "base/span.h"
#include "misc/identity.h"

struct lsa_identity {
    SEC_WINNT_AUTH_IDENTITY_W plain; /* points into the parts */
    struct identity parts;
};

/* The authentication data of a package with this name is an identity. */
bool lsa_identity_is_known(const WCHAR *package);

/* Of any form that Windows knows. "DOMAIN\user" without a domain apart is split. */
MUST_CHECK SECURITY_STATUS lsa_identity_init(struct lsa_identity *identity, const void *auth_data);
void lsa_identity_done(struct lsa_identity *identity);

#endif
