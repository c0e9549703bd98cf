/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A server's stateless exchange of cookies. The cookie is a MAC, under keys of the process, of
 * what the program says of the client (its address) and of what the client cannot change between
 * its two hellos (RFC 6347 4.2.1).
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/sync.h"
#include "tls/gnutls/datagram.h"

#define VERSION_MAJOR 0xfe
#define VERSION_AND_RANDOM 34
#define KEY_SIZE 16  /* GNUTLS_COOKIE_KEY_SIZE */
#define PEER_MAX 256 /* more of the peer than this is not looked at */

/* Seconds after which a new key is made. Cookies of the one before it are still good, so that each
 * lives at least so long: who collects some cannot use them for ever (RFC 6347 4.2.1). */
#define KEY_LIFE_S 300

static struct lock keys_lock = LOCK_INITIALIZER;
static struct {
    uint8_t now[KEY_SIZE], before[KEY_SIZE];
    int64_t made_s; /* 0: none yet */
} keys;             /* guarded by keys_lock */

static int64_t monotonic_s(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) ? 1 : 1 + (int64_t)now.tv_sec;
}

static bool take_keys(uint8_t *now, uint8_t *before)
{
    int64_t time = monotonic_s();
    bool good = true;

    lock_take(&keys_lock);
    if (!keys.made_s || time - keys.made_s >= KEY_LIFE_S) {
        memcpy(keys.before, keys.now, KEY_SIZE);
        good = gnutls.rnd(GNUTLS_RND_KEY, keys.now, KEY_SIZE) >= 0;
        if (good && !keys.made_s)
            memcpy(keys.before, keys.now, KEY_SIZE);
        if (good)
            keys.made_s = time;
    }
    memcpy(now, keys.now, KEY_SIZE);
    memcpy(before, keys.before, KEY_SIZE);
    lock_release(&keys_lock);
    return good;
}

/* A ClientHello in one piece, at the front of the datagram. */
static bool find_hello(struct span datagram, struct span *hello)
{
    struct datagram_piece piece;
    struct span record, body;

    if (!datagram_cut(datagram, &record) || record.data[0] != TLS_TYPE_HANDSHAKE ||
        record.data[1] != VERSION_MAJOR || record.data[3] || record.data[4])
        return false;
    body = span_of(record.data + DATAGRAM_HEADER, record.size - DATAGRAM_HEADER);
    if (!datagram_take_piece(&body, &piece) || piece.type != MESSAGE_CLIENT_HELLO ||
        piece.bytes.size != piece.size || piece.size < VERSION_AND_RANDOM)
        return false;
    *hello = piece.bytes;
    return true;
}

static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t size)
{
    struct writer *to = context;

    write_bytes(to, span_of(data, size));
    if (!to->overrun)
        return (ssize_t)size;
    errno = EMSGSIZE;
    return -1;
}

/* "The server MUST use the record sequence number in the ClientHello" (RFC 6347 4.2.1): its last
 * byte is all that GnuTLS keeps. */
static enum tls_status ask(uint8_t *key, uint8_t *client, size_t client_size, uint8_t record,
                           struct writer *answer)
{
    gnutls_datum_t secret = {key, KEY_SIZE};
    gnutls_dtls_prestate_st numbers = {record, 0, 0};
    int error = gnutls.dtls_cookie_send(&secret, client, client_size, &numbers, answer, push);

    if (answer->overrun)
        return TLS_TOO_SMALL;
    return error < 0 ? TLS_NO_MEMORY : TLS_NOT_THERE;
}

static bool verify(uint8_t *key, uint8_t *client, size_t client_size, struct span datagram,
                   struct tls_prestate *prestate)
{
    gnutls_datum_t secret = {key, KEY_SIZE};
    gnutls_dtls_prestate_st numbers;

    if (gnutls.dtls_cookie_verify(&secret, client, client_size, (void *)(uintptr_t)datagram.data,
                                  datagram.size, &numbers) < 0)
        return false;
    *prestate =
        (struct tls_prestate){numbers.record_seq, numbers.hsk_read_seq, numbers.hsk_write_seq};
    return true;
}

enum tls_status tls_cookie(struct span peer, struct span datagram, uint8_t *answer, size_t room,
                           size_t *size, struct tls_prestate *prestate)
{
    uint8_t client[PEER_MAX + VERSION_AND_RANDOM], now[KEY_SIZE], before[KEY_SIZE];
    struct writer to = writer_of(answer, room), text = writer_of(client, sizeof(client));
    enum tls_status status = TLS_NO_MEMORY;
    struct span hello;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    if (!find_hello(datagram, &hello))
        return TLS_BAD_ARGUMENT;
    write_bytes(&text, span_of(peer.data, peer.size < PEER_MAX ? peer.size : PEER_MAX));
    write_bytes(&text, span_of(hello.data, VERSION_AND_RANDOM));

    if (take_keys(now, before)) {
        status = TLS_OK;
        if (!verify(now, client, text.used, datagram, prestate) &&
            !verify(before, client, text.used, datagram, prestate)) {
            status = ask(now, client, text.used, datagram.data[10], &to);
            *size = to.used;
        }
    }
    mem_wipe(now, sizeof(now));
    mem_wipe(before, sizeof(before));
    return status;
}
