/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * IANA numbers of suites, groups and signature schemes against GnuTLS's own, both ways.
 */
#ifndef SECUR32_TLS_GNUTLS_ALGORITHMS_H
#define SECUR32_TLS_GNUTLS_ALGORITHMS_H

#include "tls/gnutls/library.h"

struct algorithm_suite {
    uint16_t number;
    uint16_t key_exchange; /* gnutls_kx_algorithm_t; 0: TLS 1.3, any */
    uint16_t cipher;       /* gnutls_cipher_algorithm_t */
    uint16_t mac;          /* gnutls_mac_algorithm_t */
};

#define SCHEME_ALGORITHMS 2

struct algorithm_scheme {
    uint16_t number;
    /* TLS 1.2 knows ECDSA with a hash, TLS 1.3 with a curve as well; one number stands for both. */
    gnutls_sign_algorithm_t algorithm[SCHEME_ALGORITHMS]; /* 0: no second one */
};

/* Called once, by tls_load; false: GnuTLS lists no suites. */
bool algorithms_load(void);

const struct algorithm_suite *algorithm_suite(uint16_t number); /* NULL: unknown */
/* The suite that these three make in TLS 1.3 or before; 0: none. */
uint16_t algorithm_suite_number(bool tls13, gnutls_kx_algorithm_t key_exchange,
                                gnutls_cipher_algorithm_t cipher, gnutls_mac_algorithm_t mac);

gnutls_group_t algorithm_group(uint16_t number); /* GNUTLS_GROUP_INVALID: unknown, or disabled */
uint16_t algorithm_group_number(gnutls_group_t group); /* 0: unknown */
gnutls_ecc_curve_t algorithm_curve(uint16_t number);   /* GNUTLS_ECC_CURVE_INVALID: unknown */
uint16_t algorithm_curve_number(gnutls_ecc_curve_t curve);

const struct algorithm_scheme *algorithm_scheme(uint16_t number);    /* NULL: unknown */
uint16_t algorithm_scheme_number(gnutls_sign_algorithm_t algorithm); /* 0: unknown */

#endif
