/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Keys and sequence numbers lent to GnuTLS and taken back. See session.h for the rule.
 */
#include "tls/gnutls/session.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define NO_LIMIT UINT64_MAX

/*
 * RFC 8446 5.5: with AES-GCM 2^24.5 full records may be sent under one key; it binds AES-CCM by the
 * same analysis. ChaCha20-Poly1305 has no limit before its sequence number's. Some are left for the
 * messages of GnuTLS itself.
 */
#define AES_LIMIT ((UINT64_C(1) << 24) - 3)

static _Atomic uint64_t test_limit; /* 0: none */

struct cipher_row {
    gnutls_cipher_algorithm_t algorithm;
    uint8_t explicit_size; /* in TLS 1.2 */
    uint64_t limit;
};

/* clang-format off */
static const struct cipher_row ciphers[] = {
    {GNUTLS_CIPHER_AES_128_GCM,         8, AES_LIMIT},
    {GNUTLS_CIPHER_AES_256_GCM,         8, AES_LIMIT},
    {GNUTLS_CIPHER_AES_128_CCM,         8, AES_LIMIT},
    {GNUTLS_CIPHER_AES_256_CCM,         8, AES_LIMIT},
    {GNUTLS_CIPHER_AES_128_CCM_8,       8, AES_LIMIT},
    {GNUTLS_CIPHER_AES_256_CCM_8,       8, AES_LIMIT},
    {GNUTLS_CIPHER_CAMELLIA_128_GCM,    8, AES_LIMIT},
    {GNUTLS_CIPHER_CAMELLIA_256_GCM,    8, AES_LIMIT},
    {GNUTLS_CIPHER_CHACHA20_POLY1305,   0, NO_LIMIT},
};
/* clang-format on */

void session_set_key_limit(uint64_t records)
{
    atomic_store(&test_limit, records);
}

static const struct cipher_row *find_cipher(gnutls_cipher_algorithm_t algorithm)
{
    for (size_t i = 0; i < COUNT_OF(ciphers); i++)
        if (ciphers[i].algorithm == algorithm)
            return &ciphers[i];
    return NULL;
}

static void write_u64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(value >> (56 - 8 * i));
}

static uint64_t read_u64(const uint8_t *from)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | from[i];
    return value;
}

static bool is_receive(const struct tls_session *session, const struct direction *direction)
{
    return direction == &session->receive;
}

void direction_lend(struct tls_session *session, struct direction *direction)
{
    unsigned char number[8];

    assert(!direction->lent);
    direction->lent = true;
    if (!direction_is_ours(direction))
        return;
    write_u64(number, direction->sequence);
    gnutls.record_set_state(session->handle, is_receive(session, direction), number);
}

static bool same_key(const struct direction *direction, const gnutls_datum_t *key,
                     const gnutls_datum_t *iv)
{
    return direction_is_ours(direction) && direction->key_size == key->size &&
           iv->size <= NONCE_SIZE && memcmp(direction->key, key->data, key->size) == 0 &&
           memcmp(direction->iv, iv->data, iv->size) == 0;
}

static int set_key(struct direction *direction, const struct cipher_row *row, bool modern,
                   const gnutls_datum_t *key, const gnutls_datum_t *iv)
{
    uint64_t limit = atomic_load(&test_limit);

    if (key->size > KEY_SIZE_MAX || iv->size > NONCE_SIZE)
        return GNUTLS_E_INTERNAL_ERROR;
    direction_wipe(direction);
    direction->algorithm = row->algorithm;
    direction->modern = modern;
    direction->explicit_size = modern ? 0 : row->explicit_size;
    direction->tag_size = (uint8_t)gnutls.cipher_get_tag_size(row->algorithm);
    /* In TLS 1.2 there is no other key to be had but by a new handshake. */
    direction->limit = !modern ? NO_LIMIT : limit ? limit : row->limit;
    memcpy(direction->iv, iv->data, iv->size);
    memcpy(direction->key, key->data, key->size);
    direction->key_size = (uint8_t)key->size;
    return 0;
}

/* The keys of GnuTLS's session are for AEAD records of TLS 1.2 or 1.3. */
static const struct cipher_row *in_place_cipher(const struct tls_session *session)
{
    gnutls_protocol_t version = gnutls.protocol_get_version(session->handle);

    if (version != GNUTLS_TLS1_2 && version != GNUTLS_TLS1_3)
        return NULL;
    if (gnutls.mac_get(session->handle) != GNUTLS_MAC_AEAD)
        return NULL;
    return find_cipher(gnutls.cipher_get(session->handle));
}

/* Takes the key; *number is GnuTLS's own count, *changed: the key is new. */
static int take_key(struct tls_session *session, struct direction *direction, uint64_t *number,
                    bool *changed)
{
    const struct cipher_row *row = in_place_cipher(session);
    gnutls_datum_t mac, iv, key;
    unsigned char bytes[8];
    int error;

    *changed = false;
    *number = direction->sequence;
    /* Until the first handshake is complete all records are GnuTLS's. */
    if (!session->was_done || !row) {
        direction_wipe(direction);
        return 0;
    }
    error = gnutls.record_get_state(session->handle, is_receive(session, direction), &mac, &iv,
                                    &key, bytes);
    if (error < 0)
        return error;
    if (key.size == 0)
        return GNUTLS_E_INTERNAL_ERROR;
    *number = read_u64(bytes);
    if (same_key(direction, &key, &iv))
        return 0;
    *changed = true;
    /* In a renegotiation the suite may be another, which GnuTLS tells when it is complete. */
    if (session->mode == MODE_HANDSHAKE) {
        direction_wipe(direction);
        return 0;
    }
    return set_key(direction, row, session_is_modern(session), &key, &iv);
}

int direction_take_back(struct tls_session *session, struct direction *direction)
{
    uint64_t number;
    bool changed;
    int error;

    assert(direction->lent);
    direction->lent = false;
    error = take_key(session, direction, &number, &changed);
    if (error >= 0)
        direction->sequence = number;
    return error;
}

int direction_take_key(struct tls_session *session, struct direction *direction)
{
    uint64_t number;
    bool changed;
    int error = take_key(session, direction, &number, &changed);

    if (error >= 0 && changed)
        direction->sequence = 0;
    return error;
}

int direction_restore(struct direction *direction, unsigned algorithm, bool modern, struct span iv,
                      struct span key, uint64_t sequence)
{
    const struct cipher_row *row = find_cipher((gnutls_cipher_algorithm_t)algorithm);
    const gnutls_datum_t key_bytes = {(unsigned char *)(uintptr_t)key.data, (unsigned)key.size};
    const gnutls_datum_t iv_bytes = {(unsigned char *)(uintptr_t)iv.data, (unsigned)iv.size};
    int error;

    if (!row)
        return GNUTLS_E_UNKNOWN_CIPHER_TYPE;
    error = set_key(direction, row, modern, &key_bytes, &iv_bytes);
    if (error >= 0)
        error = direction_make_cipher(direction); /* refuses a key of another size */
    if (error >= 0)
        direction->sequence = sequence;
    return error;
}

bool direction_peek(struct tls_session *session, struct direction *current)
{
    const struct cipher_row *row = in_place_cipher(session);
    gnutls_datum_t mac, iv, key;
    unsigned char number[8];

    if (!row || gnutls.record_get_state(session->handle, 1, &mac, &iv, &key, number) < 0 ||
        key.size == 0 || set_key(current, row, session_is_modern(session), &key, &iv) < 0 ||
        direction_make_cipher(current) < 0)
        return false;
    current->sequence = read_u64(number);
    return true;
}

bool direction_is_clear(struct tls_session *session)
{
    gnutls_datum_t mac, iv, key;
    unsigned char number[8];

    /* A suite without encryption has a MAC all the same. */
    return gnutls.record_get_state(session->handle, 1, &mac, &iv, &key, number) >= 0 &&
           key.size == 0 && mac.size == 0;
}

bool direction_is_ours(const struct direction *direction)
{
    return direction->algorithm != GNUTLS_CIPHER_UNKNOWN;
}

/*
 * A cipher is some 750 bytes of expanded key, a twentieth of an idle connection's memory, and is
 * made in a seventh of a microsecond. So a direction has one only from its first record on, and as
 * long as it is in use; the key, from which the next is made, stays.
 */
int direction_make_cipher(struct direction *direction)
{
    const gnutls_datum_t key = {direction->key, direction->key_size};
    gnutls_aead_cipher_hd_t cipher;
    int error = gnutls.aead_cipher_init(&cipher, direction->algorithm, &key);

    if (error >= 0)
        direction->cipher = cipher;
    return error;
}

void direction_rest(struct direction *direction)
{
    if (!direction->cipher)
        return;
    if (direction->seen != (uint8_t)direction->sequence) {
        direction->seen = (uint8_t)direction->sequence;
        return;
    }
    gnutls.aead_cipher_deinit(direction->cipher);
    direction->cipher = NULL;
}

void direction_wipe(struct direction *direction)
{
    bool lent = direction->lent, dead = direction->dead;

    if (direction->cipher)
        gnutls.aead_cipher_deinit(direction->cipher);
    mem_wipe(direction, sizeof(*direction));
    direction->lent = lent;
    direction->dead = dead;
}
