/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The application protocols of a session (RFC 7301).
 */
#ifndef SECUR32_TLS_GNUTLS_ALPN_H
#define SECUR32_TLS_GNUTLS_ALPN_H

#include "base/span.h"
#include "tls/gnutls/session.h"

/* TLS_BAD_ARGUMENT: the list is malformed. TLS_NO_ALGORITHM: this GnuTLS cannot be brought to send
 * so many, or such long, names. */
MUST_CHECK enum tls_status alpn_set(struct tls_session *session, const struct tls_config *config);
/* The one that was chosen; false: none. */
bool alpn_get(const struct tls_session *session, struct span *id);
void alpn_free(struct tls_session *session);

#endif
