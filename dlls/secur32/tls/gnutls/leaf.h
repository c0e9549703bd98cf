/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What is asked of a peer's certificate in every handshake. To parse one is a tenth of a handshake,
 * and GnuTLS does not hand out what it parsed itself; so the answers are remembered.
 */
#ifndef SECUR32_TLS_GNUTLS_LEAF_H
#define SECUR32_TLS_GNUTLS_LEAF_H

#include "tls/gnutls/library.h"

/* An RSA key of less, or of more, than so many bits; 0: no limit. A certificate that cannot be
 * read: no. */
bool leaf_rsa_bits_outside(const gnutls_datum_t *certificate, uint32_t minimum, uint32_t maximum);

#endif
