/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See leaf.h. A certificate is known again by its SHA-256; the one that is asked for takes the
 * place of another of the same place in the table, so that peers cannot make it grow.
 */
#include "tls/gnutls/leaf.h"

#include <string.h>

#include "base/sync.h"

#define PLACES 64
#define HASH_SIZE 32

#define NO_RSA UINT32_MAX /* as long as anybody can wish */

struct leaf {
    uint8_t hash[HASH_SIZE];
    uint32_t rsa_bits; /* 0: the place is free */
};

static struct lock known_lock = LOCK_INITIALIZER;
static struct leaf known[PLACES]; /* guarded by known_lock */

/* 0: it cannot be told. */
static uint32_t parse(const gnutls_datum_t *certificate)
{
    gnutls_x509_crt_t parsed;
    unsigned bits = 0;
    int kind = -1;

    if (gnutls.x509_crt_init(&parsed) < 0)
        return 0;
    if (gnutls.x509_crt_import(parsed, certificate, GNUTLS_X509_FMT_DER) >= 0)
        kind = gnutls.x509_crt_get_pk_algorithm(parsed, &bits);
    gnutls.x509_crt_deinit(parsed);
    if (kind < 0)
        return 0;
    return kind == GNUTLS_PK_RSA || kind == GNUTLS_PK_RSA_PSS ? bits : NO_RSA;
}

static uint32_t look_up(const uint8_t hash[HASH_SIZE])
{
    const struct leaf *leaf = &known[hash[0] % PLACES];
    uint32_t bits = 0;

    lock_take(&known_lock);
    if (memcmp(leaf->hash, hash, HASH_SIZE) == 0)
        bits = leaf->rsa_bits;
    lock_release(&known_lock);
    return bits;
}

static void remember(const uint8_t hash[HASH_SIZE], uint32_t bits)
{
    struct leaf *leaf = &known[hash[0] % PLACES];

    lock_take(&known_lock);
    memcpy(leaf->hash, hash, HASH_SIZE);
    leaf->rsa_bits = bits;
    lock_release(&known_lock);
}

bool leaf_rsa_bits_outside(const gnutls_datum_t *certificate, uint32_t minimum, uint32_t maximum)
{
    uint8_t hash[HASH_SIZE];
    uint32_t bits;

    if (minimum == 0 && maximum == 0)
        return false;
    if (gnutls.hash_fast(GNUTLS_DIG_SHA256, certificate->data, certificate->size, hash) < 0) {
        bits = parse(certificate);
    } else {
        bits = look_up(hash);
        if (bits == 0) {
            bits = parse(certificate);
            remember(hash, bits);
        }
    }
    return bits != 0 && (bits < minimum || (maximum && bits > maximum));
}
