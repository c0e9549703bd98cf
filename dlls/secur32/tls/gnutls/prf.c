/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The pseudorandom function of TLS 1.2 and before over the session's randoms. With the master
 * secret it is GnuTLS's; GnuTLS lets nobody have it with another secret, so that with an empty one
 * is put together here of GnuTLS's HMAC (RFC 5246 5, RFC 4346 5).
 */
#include <string.h>

#include "base/mem.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/session.h"

#define LABEL_MAX 64
#define RANDOM_SIZE 32
#define SEED_MAX (LABEL_MAX + 2 * RANDOM_SIZE)
#define HASH_MAX 64

enum tls_status tls_prf(struct tls_session *session, struct span label, bool server_first,
                        uint8_t *to, size_t size)
{
    enum tls_status status = TLS_NOT_READY;

    if (label.size > UINT8_MAX)
        return TLS_BAD_ARGUMENT;
    lock_take(&session->library);
    if (session->detached || (session->was_done && session_is_modern(session)))
        status = TLS_NOT_THERE;
    else if (session->was_done)
        status = error_status(gnutls.prf(session->handle, label.size, (const char *)label.data,
                                         server_first, 0, NULL, size, (char *)to));
    lock_release(&session->library);
    return status;
}

/* ---- with an empty secret ---- */

/* P_hash of RFC 5246 5, by XOR into `to`, as the older function wants it of two hashes. */
static int add_p_hash(gnutls_mac_algorithm_t mac, struct span seed, uint8_t *to, size_t size)
{
    uint8_t a[HASH_MAX + SEED_MAX], block[HASH_MAX];
    size_t hash_size = gnutls.hmac_get_len(mac), used = 0;
    int error;

    if (!hash_size || hash_size > HASH_MAX || seed.size > SEED_MAX)
        return GNUTLS_E_INVALID_REQUEST;
    /* a: A(i), and the seed behind it */
    error = gnutls.hmac_fast(mac, "", 0, seed.data, seed.size, a);
    memcpy(a + hash_size, seed.data, seed.size);
    while (error >= 0 && used < size) {
        size_t part = size - used < hash_size ? size - used : hash_size;

        error = gnutls.hmac_fast(mac, "", 0, a, hash_size + seed.size, block);
        for (size_t i = 0; error >= 0 && i < part; i++)
            to[used + i] ^= block[i];
        used += part;
        if (error >= 0)
            error = gnutls.hmac_fast(mac, "", 0, a, hash_size, block);
        memcpy(a, block, hash_size);
    }
    return error;
}

static int prf_of_nothing(struct tls_session *session, struct span seed, uint8_t *to, size_t size)
{
    gnutls_protocol_t version = gnutls.protocol_get_version(session->handle);
    int error;

    memset(to, 0, size);
    if (version == GNUTLS_TLS1_2 || version == GNUTLS_DTLS1_2)
        return add_p_hash((gnutls_mac_algorithm_t)gnutls.prf_hash_get(session->handle), seed, to,
                          size);
    error = add_p_hash(GNUTLS_MAC_MD5, seed, to, size);
    return error < 0 ? error : add_p_hash(GNUTLS_MAC_SHA1, seed, to, size);
}

static bool make_seed(struct tls_session *session, struct span label, bool server_first,
                      struct writer *seed)
{
    gnutls_datum_t client = {NULL, 0}, server = {NULL, 0};

    gnutls.session_get_random(session->handle, &client, &server);
    if (client.size != RANDOM_SIZE || server.size != RANDOM_SIZE)
        return false;
    write_bytes(seed, label);
    write_bytes(seed, server_first ? span_of(server.data, server.size)
                                   : span_of(client.data, client.size));
    write_bytes(seed, server_first ? span_of(client.data, client.size)
                                   : span_of(server.data, server.size));
    return !seed->overrun;
}

enum tls_status tls_prf_empty(struct tls_session *session, struct span label, bool server_first,
                              uint8_t *to, size_t size)
{
    uint8_t bytes[SEED_MAX];
    struct writer seed = writer_of(bytes, sizeof(bytes));
    enum tls_status status = TLS_NOT_READY;

    if (label.size > LABEL_MAX)
        return TLS_BAD_ARGUMENT;
    lock_take(&session->library);
    if (session->detached || (session->was_done && session_is_modern(session)))
        status = TLS_NOT_THERE;
    else if (session->was_done && !make_seed(session, label, server_first, &seed))
        status = TLS_NOT_THERE;
    else if (session->was_done)
        status = error_status(prf_of_nothing(session, span_of(bytes, seed.used), to, size));
    lock_release(&session->library);
    return status;
}
