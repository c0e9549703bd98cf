/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Credentials of the three packages. AcquireCredentialsHandle only keeps what the program gave, as
 * on Windows, where a wrong password shows when it is used; the mechanism's credentials are made at
 * the first context that needs them, and kept.
 */
#ifndef SECUR32_GSS_CREDENTIAL_H
#define SECUR32_GSS_CREDENTIAL_H

#include "sspi/package.h"

#include <stdatomic.h>

#include "base/sync.h"
#include "gss/gss.h"

enum identity_kind {
    IDENTITY_DEFAULT,  /* none was given: the user's own */
    IDENTITY_NULL,     /* empty user, domain and password: a null session */
    IDENTITY_EXPLICIT, /* user, domain, password */
};

struct gss_credential {
    atomic_size_t references; /* of the handle and of contexts */
    enum mech package;
    ULONG use;        /* SECPKG_CRED_ bits; constant */
    uint32_t allowed; /* MECH_BITs that may be negotiated; constant */
    bool wraps_ntlm;  /* Negotiate wraps NTLM's messages though it is alone; constant */
    enum identity_kind kind;
    char *name[MECH_COUNT]; /* explicit: UTF-8 in the mechanism's form; NULL: has no such form */
    char *password;         /* explicit: UTF-8 */
    struct lock lock;
    struct mech_credential *made[2][MECH_COUNT]; /* client's, server's; guarded by lock */
};

SECURITY_STATUS gss_acquire(enum mech package, struct ssp_acquire *call);
void gss_free_credential(void *object);
SECURITY_STATUS gss_query_credential(void *object, const struct ssp_attribute *attribute);

struct gss_credential *gss_credential_ref(struct gss_credential *credential);
void gss_credential_unref(struct gss_credential *credential);

/* The mechanism's credential; it lives as long as the credential. */
MUST_CHECK enum mech_status gss_credential_for(struct gss_credential *credential, enum mech mech,
                                               bool accept, struct mech_credential **made);

#endif
