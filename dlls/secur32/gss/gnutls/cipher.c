/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See gss/cipher.h. GnuTLS is opened here for itself, so that the rooms of TLS and of GSSAPI do not
 * need each other; in one process it is the same library.
 */
#include <dlfcn.h>
#include <gnutls/crypto.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gss/cipher.h"

#define LIBRARY_FILE "libgnutls.so.30"

/* All are in GnuTLS 3.6. */
#define FUNCTIONS(X)                                                                               \
    X(cipher_deinit)                                                                               \
    X(cipher_encrypt)                                                                              \
    X(cipher_init)                                                                                 \
    X(hash)                                                                                        \
    X(hash_deinit)                                                                                 \
    X(hash_init)                                                                                   \
    X(hmac)                                                                                        \
    X(hmac_deinit)                                                                                 \
    X(hmac_init)                                                                                   \
    X(hmac_output)                                                                                 \
    X(memcmp)

#define MEMBER(name) __typeof__(gnutls_##name) *name;
static struct {
    FUNCTIONS(MEMBER)
} gnutls; /* constant after load_once, as is_usable */

static const struct {
    const char *name;
    size_t offset; /* in gnutls */
} functions[] = {
#define ROW(name) {"gnutls_" #name, offsetof(__typeof__(gnutls), name)},
    FUNCTIONS(ROW)};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_usable;

struct message_cipher {
    gnutls_hmac_hd_t mac;
    gnutls_cipher_hd_t stream;
};

static bool find_functions(void *library)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        void *address = dlsym(library, functions[i].name);

        if (!address)
            return false;
        /* POSIX lets dlsym's result be used as a function; ISO C has no cast for it. */
        memcpy((char *)&gnutls + functions[i].offset, &address, sizeof(address));
    }
    return true;
}

/* A trial, since a machine's policy may forbid these old algorithms. */
static bool try_all(void)
{
    static const uint8_t key[CIPHER_KEY_SIZE] = {1};
    struct message_cipher *cipher = message_cipher_new(key, key);
    uint8_t hash[CIPHER_KEY_SIZE];
    bool works = cipher && cipher_md5(span_of(key, 1), span_of(key, 2), hash) &&
                 message_cipher_stream(cipher, hash, sizeof(hash)) &&
                 message_cipher_mac(cipher, span_of(hash, sizeof(hash)));

    message_cipher_free(cipher);
    return works;
}

static void load_once(void)
{
    void *library = dlopen(LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL); /* never closed, as everywhere */

    is_usable = library && find_functions(library) && try_all();
    if (!is_usable)
        TRACE(LOG_GSS, "no MD5 and RC4 of GnuTLS: NTLM's messages are left to GSSAPI");
}

bool cipher_load(void)
{
    pthread_once(&once, load_once);
    return is_usable;
}

bool cipher_md5(struct span first, struct span second, uint8_t hash[CIPHER_KEY_SIZE])
{
    gnutls_hash_hd_t handle;
    bool is_good;

    if (gnutls.hash_init(&handle, GNUTLS_DIG_MD5) < 0)
        return false;
    is_good = gnutls.hash(handle, first.data, first.size) >= 0 &&
              gnutls.hash(handle, second.data, second.size) >= 0;
    gnutls.hash_deinit(handle, hash);
    return is_good;
}

bool cipher_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    return gnutls.memcmp(a, b, size) == 0;
}

struct message_cipher *message_cipher_new(const uint8_t mac_key[CIPHER_KEY_SIZE],
                                          const uint8_t stream_key[CIPHER_KEY_SIZE])
{
    /* GnuTLS only reads it. */
    gnutls_datum_t key = {(unsigned char *)(uintptr_t)stream_key, CIPHER_KEY_SIZE};
    struct message_cipher *cipher = mem_alloc(sizeof(*cipher));

    if (!cipher)
        return NULL;
    if (gnutls.hmac_init(&cipher->mac, GNUTLS_MAC_MD5, mac_key, CIPHER_KEY_SIZE) < 0)
        cipher->mac = NULL;
    else if (gnutls.cipher_init(&cipher->stream, GNUTLS_CIPHER_ARCFOUR_128, &key, NULL) < 0)
        cipher->stream = NULL;
    if (cipher->stream)
        return cipher;
    message_cipher_free(cipher);
    return NULL;
}

void message_cipher_free(struct message_cipher *cipher)
{
    if (!cipher)
        return;
    if (cipher->mac)
        gnutls.hmac_deinit(cipher->mac, NULL);
    if (cipher->stream)
        gnutls.cipher_deinit(cipher->stream);
    mem_free(cipher);
}

bool message_cipher_stream(struct message_cipher *cipher, uint8_t *bytes, size_t size)
{
    return size == 0 || gnutls.cipher_encrypt(cipher->stream, bytes, size) >= 0;
}

bool message_cipher_mac(struct message_cipher *cipher, struct span bytes)
{
    return bytes.size == 0 || gnutls.hmac(cipher->mac, bytes.data, bytes.size) >= 0;
}

void message_cipher_mac_end(struct message_cipher *cipher, uint8_t mac[CIPHER_KEY_SIZE])
{
    gnutls.hmac_output(cipher->mac, mac);
}
