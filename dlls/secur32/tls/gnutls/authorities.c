/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See authorities.h.
 */
#include "tls/gnutls/authorities.h"

enum tls_status authorities_announce(gnutls_certificate_credentials_t credentials,
                                     const struct span *names, size_t count)
{
    (void)credentials;
    (void)names;
    (void)count;
    return TLS_NO_ALGORITHM;
}
