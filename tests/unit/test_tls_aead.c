/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GnuTLS's one-shot AEAD calls with output = input, which its manual neither allows nor forbids and
 * on which our records stand: compared with separate memory for every cipher, sizes and alignments,
 * and with the calls on vectors.
 */
#include "tls/gnutls/library.h"

#include <string.h>

#include "harness.h"

#define SIZE_MAX_TESTED 16640
#define TAG_MAX 16
#define NONCE 12

static const struct {
    const char *name;
    gnutls_cipher_algorithm_t algorithm;
    unsigned key, tag;
} ciphers[] = {
    {"AES-128-GCM", GNUTLS_CIPHER_AES_128_GCM, 16, 16},
    {"AES-256-GCM", GNUTLS_CIPHER_AES_256_GCM, 32, 16},
    {"CHACHA20-POLY1305", GNUTLS_CIPHER_CHACHA20_POLY1305, 32, 16},
    {"AES-128-CCM", GNUTLS_CIPHER_AES_128_CCM, 16, 16},
    {"AES-256-CCM", GNUTLS_CIPHER_AES_256_CCM, 32, 16},
    {"AES-128-CCM-8", GNUTLS_CIPHER_AES_128_CCM_8, 16, 8},
    {"AES-256-CCM-8", GNUTLS_CIPHER_AES_256_CCM_8, 32, 8},
};

static const size_t sizes[] = {511,  512,  513,   1023,  1024,  1025,  4095, 4096,
                               4097, 8191, 16383, 16384, 16385, 16400, 16640};

static uint8_t plain[SIZE_MAX_TESTED], apart[SIZE_MAX_TESTED + TAG_MAX];
static uint8_t memory[SIZE_MAX_TESTED + TAG_MAX + 16];
static uint8_t vectors[SIZE_MAX_TESTED], tag[TAG_MAX];
static const uint8_t nonce[NONCE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const uint8_t aad[13] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

/* The first thing that differs; NULL: nothing does. */
static const char *compare(gnutls_aead_cipher_hd_t cipher, unsigned tag_size, size_t size,
                           uint8_t *place)
{
    size_t sealed = size + tag_size, written = sealed, opened = size, tag_written = tag_size;
    const giovec_t auth = {(void *)(uintptr_t)aad, sizeof(aad)}, text = {vectors, size};

    if (gnutls.aead_cipher_encrypt(cipher, nonce, NONCE, aad, sizeof(aad), tag_size, plain, size,
                                   apart, &written) < 0)
        return "encrypting apart";
    memcpy(place, plain, size);
    written = sealed;
    if (gnutls.aead_cipher_encrypt(cipher, nonce, NONCE, aad, sizeof(aad), tag_size, place, size,
                                   place, &written) < 0 ||
        written != sealed || memcmp(place, apart, sealed) != 0)
        return "encrypting in place";
    if (size) {
        memcpy(vectors, plain, size);
        if (gnutls.aead_cipher_encryptv2(cipher, nonce, NONCE, &auth, 1, &text, 1, tag,
                                         &tag_written) < 0 ||
            memcmp(vectors, apart, size) != 0 || memcmp(tag, apart + size, tag_size) != 0)
            return "encrypting a vector";
    }
    if (gnutls.aead_cipher_decrypt(cipher, nonce, NONCE, aad, sizeof(aad), tag_size, place, sealed,
                                   place, &opened) < 0 ||
        opened != size || memcmp(place, plain, size) != 0)
        return "decrypting in place";
    memcpy(place, apart, sealed);
    place[sealed - 1] ^= 0x80;
    opened = size;
    if (gnutls.aead_cipher_decrypt(cipher, nonce, NONCE, aad, sizeof(aad), tag_size, place, sealed,
                                   place, &opened) >= 0)
        return "a forged tag";
    return NULL;
}

static void compare_sizes(gnutls_aead_cipher_hd_t cipher, const char *name, unsigned tag_size)
{
    for (size_t alignment = 0; alignment < 4; alignment++) {
        for (size_t i = 0; i <= 300 + COUNT_OF(sizes); i++) {
            size_t size = i <= 300 ? i : sizes[i - 301];
            const char *what = compare(cipher, tag_size, size, memory + alignment * 3);

            ok(!what, "%s, %zu bytes at %zu: %s", name, size, alignment * 3, what ? what : "");
        }
    }
}

START_TEST(aead_in_place)
{
    static uint8_t key_bytes[32] = {42};
    struct tls_library library;

    if (tls_load(&library) != TLS_OK) {
        skip("%s", library.problem);
        return;
    }
    for (size_t i = 0; i < sizeof(plain); i++)
        plain[i] = (uint8_t)(i * 31 + i / 256);
    for (size_t i = 0; i < COUNT_OF(ciphers); i++) {
        gnutls_datum_t key = {key_bytes, ciphers[i].key};
        gnutls_aead_cipher_hd_t cipher;

        if (gnutls.aead_cipher_init(&cipher, ciphers[i].algorithm, &key) < 0) {
            skip("%s: not in this GnuTLS", ciphers[i].name);
            continue;
        }
        compare_sizes(cipher, ciphers[i].name, ciphers[i].tag);
        gnutls.aead_cipher_deinit(cipher);
    }
}
