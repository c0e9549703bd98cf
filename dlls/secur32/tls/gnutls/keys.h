/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A private key of the platform as GnuTLS's: imported, or, when it cannot leave its provider, one
 * whose signatures are asked for (helper.h).
 */
#ifndef SECUR32_TLS_GNUTLS_KEYS_H
#define SECUR32_TLS_GNUTLS_KEYS_H

#include "tls/gnutls/library.h"

/* leaf is for KEY_OUTSIDE, whose kind and size are read from the certificate. */
MUST_CHECK enum tls_status key_import(const struct key *key, const gnutls_pcert_st *leaf,
                                      gnutls_privkey_t *imported);

#endif
