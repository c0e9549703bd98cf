/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Tables of cipher suites, groups and signature schemes: number, name, and what CONNECTION_INFO,
 * CIPHER_INFO and the policy need to know of each. What may be used is the policy's business, and
 * what can be done the TLS library's.
 */
#ifndef SECUR32_SCHANNEL_SUITES_H
#define SECUR32_SCHANNEL_SUITES_H

#include "winsspi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum suite_exchange {
    SUITE_EXCHANGE_ANY, /* TLS 1.3 */
    SUITE_EXCHANGE_RSA,
    SUITE_EXCHANGE_DHE,
    SUITE_EXCHANGE_ECDHE,
    SUITE_EXCHANGE_COUNT
};

enum suite_signature {
    SUITE_SIGNATURE_ANY, /* TLS 1.3 */
    SUITE_SIGNATURE_RSA,
    SUITE_SIGNATURE_ECDSA,
    SUITE_SIGNATURE_DSA,
    SUITE_SIGNATURE_COUNT
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
    const char *name;                  /* IANA */
    uint8_t exchange, signature, mode; /* the enums above */
    uint8_t versions;                  /* TLS_VERSION_ bits */
    bool strong;                       /* stays with SCH_USE_STRONG_CRYPTO */
    ALG_ID cipher;                     /* CALG_...; 0: NULL, or ChaCha20, which has none */
    const char *cipher_name;           /* CNG: "AES", "3DES", "CHACHA20_POLY1305", ...; "": NULL */
    uint16_t cipher_bits;
    uint8_t block_size;    /* bytes; 0: stream */
    ALG_ID hash;           /* of the MAC; of an AEAD suite the hash in its name */
    const char *hash_name; /* CNG */
    uint16_t hash_bits;
};

const struct suite *suite_find(uint16_t number); /* NULL: unknown */
const struct suite *suite_at(size_t index);      /* NULL past the end; ordered by number */
/* By name, in any case of letters. A curve behind it (_P256), as Windows up to 8.1 wrote, is passed
 * over. NULL: unknown. */
const struct suite *suite_find_name(const char *name, size_t length);
/* Authenticated encryption: the record has no MAC of its own. */
bool suite_is_aead(const struct suite *suite);

/* What an ALG_ID and the CNG name say of a key exchange or a signature. */
struct suite_part {
    ALG_ID algorithm;
    const char *name;
    uint32_t minimum_bits, maximum_bits; /* of the key that is exchanged, in CIPHER_INFO */
};

const struct suite_part *suite_exchange_part(const struct suite *suite);
const struct suite_part *suite_signature_part(const struct suite *suite);

struct group {
    uint16_t number;
    const char *name; /* CNG curve name: "curve25519", "NistP256", ... */
    uint16_t bits;
    bool finite_field; /* RFC 7919 */
};

const struct group *group_find(uint16_t number); /* NULL: unknown */
const struct group *group_at(size_t index);      /* NULL past the end; ordered by number */
const struct group *group_find_name(const char *name, size_t length);

struct scheme {
    uint16_t number;
    uint8_t key;           /* enum suite_signature */
    const char *hash_name; /* CNG */
    const char *padding;   /* schannel.h's SCHANNEL_RSA_..._PADDING_ALGORITHM; "": none */
    uint16_t curve_bits;   /* TLS 1.3 ties the curve to it; 0: none */
};

const struct scheme *scheme_find(uint16_t number); /* NULL: unknown */
const struct scheme *scheme_at(size_t index);      /* NULL past the end; ordered by number */

#endif
