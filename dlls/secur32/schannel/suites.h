/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Table of cipher suites: number, IANA name, and what CONNECTION_INFO, CIPHER_INFO and the policy
 * need to know of each.
 */
#ifndef SECUR32_SCHANNEL_SUITES_H
#define SECUR32_SCHANNEL_SUITES_H

#include "winsspi.h"

#include <stdbool.h>
#include <stdint.h>

enum suite_exchange {
    SUITE_EXCHANGE_ANY, /* TLS 1.3 */
    SUITE_EXCHANGE_RSA,
    SUITE_EXCHANGE_DHE,
    SUITE_EXCHANGE_ECDHE
};

enum suite_signature {
    SUITE_SIGNATURE_ANY, /* TLS 1.3 */
    SUITE_SIGNATURE_RSA,
    SUITE_SIGNATURE_ECDSA,
    SUITE_SIGNATURE_DSA
};

enum suite_mode {
    SUITE_MODE_NONE, /* stream cipher or NULL */
    SUITE_MODE_CBC,
    SUITE_MODE_GCM,
    SUITE_MODE_CCM,
    SUITE_MODE_POLY1305
};

struct suite {
    uint16_t number;
    const char *name; /* IANA */
    uint8_t exchange, signature, mode; /* the enums above */
    bool tls13;
    bool strong;      /* stays with SCH_USE_STRONG_CRYPTO */
    ALG_ID cipher;    /* CALG_...; 0: NULL, or ChaCha20, which has none */
    const char *cipher_name; /* CNG: "AES", "3DES", "CHACHA20_POLY1305", ... */
    uint16_t cipher_bits;
    uint8_t block_size; /* bytes */
    ALG_ID hash;        /* of the MAC; of an AEAD suite the hash in its name */
    const char *hash_name;
    uint16_t hash_bits;
};

const struct suite *suite_find(uint16_t number); /* NULL: unknown */
const struct suite *suite_at(size_t index);      /* NULL past the end; ordered by number */

struct group {
    uint16_t number;
    const char *name;     /* CNG curve name: "curve25519", "NistP256", ... */
    uint16_t bits;
};

const struct group *group_find(uint16_t number);

#endif
