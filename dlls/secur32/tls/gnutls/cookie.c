/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A server's stateless exchange of cookies. The cookie is a MAC, under a key of the process, of
 * what the program says of the client (its address) and of what the client cannot change between
 * its two hellos (RFC 6347 4.2.1).
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "tls/gnutls/datagram.h"

#define VERSION_MAJOR 0xfe
#define VERSION_AND_RANDOM 34
#define KEY_SIZE 16  /* GNUTLS_COOKIE_KEY_SIZE */
#define PEER_MAX 256 /* more of the peer than this is not looked at */

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static uint8_t key[KEY_SIZE]; /* constant after make_key */
static bool key_made;

static void make_key(void)
{
    key_made = gnutls.rnd(GNUTLS_RND_KEY, key, sizeof(key)) >= 0;
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

static enum tls_status ask(gnutls_datum_t *secret, uint8_t *client, size_t client_size,
                           gnutls_dtls_prestate_st *prestate, struct writer *answer)
{
    int error = gnutls.dtls_cookie_send(secret, client, client_size, prestate, answer, push);

    if (answer->overrun)
        return TLS_TOO_SMALL;
    return error < 0 ? TLS_NO_MEMORY : TLS_NOT_THERE;
}

enum tls_status tls_cookie(struct span peer, struct span datagram, uint8_t *answer, size_t room,
                           size_t *size, struct tls_prestate *prestate)
{
    uint8_t client[PEER_MAX + VERSION_AND_RANDOM];
    struct writer to = writer_of(answer, room), text = writer_of(client, sizeof(client));
    gnutls_datum_t secret = {key, sizeof(key)};
    gnutls_dtls_prestate_st numbers = {0, 0, 0};
    enum tls_status status;
    struct span hello;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    pthread_once(&key_once, make_key);
    if (!key_made)
        return TLS_NO_MEMORY;
    if (!find_hello(datagram, &hello))
        return TLS_BAD_ARGUMENT;
    write_bytes(&text, span_of(peer.data, peer.size < PEER_MAX ? peer.size : PEER_MAX));
    write_bytes(&text, span_of(hello.data, VERSION_AND_RANDOM));

    if (gnutls.dtls_cookie_verify(&secret, client, text.used, (void *)(uintptr_t)datagram.data,
                                  datagram.size, &numbers) >= 0) {
        *prestate =
            (struct tls_prestate){numbers.record_seq, numbers.hsk_read_seq, numbers.hsk_write_seq};
        return TLS_OK;
    }
    /* "The server MUST use the record sequence number in the ClientHello" (RFC 6347 4.2.1). */
    numbers = (gnutls_dtls_prestate_st){datagram.data[10], 0, 0};
    status = ask(&secret, client, text.used, &numbers, &to);
    *size = to.used;
    return status;
}
