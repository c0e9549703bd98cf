/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The issuers that a server names when it asks for a certificate.
 */
#ifndef SECUR32_TLS_GNUTLS_AUTHORITIES_H
#define SECUR32_TLS_GNUTLS_AUTHORITIES_H

#include "tls/gnutls/library.h"

/* names are DER distinguished names. Nothing is trusted by this: no session verifies a chain. */
MUST_CHECK enum tls_status authorities_announce(gnutls_certificate_credentials_t credentials,
                                                const struct span *names, size_t count);

#endif
