/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What GnuTLS does not tell of the hellos: the peer's signature schemes, the size of record that it
 * takes (RFC 8449), and which extensions the server answered with. And what GnuTLS cannot be told:
 * the exact list of suites. It offers and accepts the product of key exchanges, ciphers and MACs; a
 * suite that the policy does not name is refused here, and a server narrows the product to what the
 * client offers, so that a good choice is found.
 */
#include "tls/gnutls/session.h"

#include "base/hello.h"
#include "base/log.h"
#include "tls/gnutls/algorithms.h"
#include "tls/gnutls/datagram.h"
#include "tls/gnutls/tickets.h"

#define EXTENSION_SIGNATURE_ALGORITHMS 13
#define EXTENSION_RECORD_SIZE_LIMIT 28
#define EXTENSION_SUPPORTED_VERSIONS 43
#define RANDOM_SIZE 32

#define WIRE_TLS_1_2 0x0303
#define WIRE_DTLS_1_2 0xfefd /* newer versions have lower numbers */

static bool read_extension(struct tls_session *session, uint16_t type, struct span body)
{
    struct span list;

    switch (type) {
    case EXTENSION_SIGNATURE_ALGORITHMS:
        buffer_wipe(&session->schemes);
        return !span_take_vector16(&body, &list) ||
               buffer_add(&session->schemes, list.data, list.size);
    case EXTENSION_RECORD_SIZE_LIMIT:
        if (!span_take_u16(&body, &session->record_limit))
            session->record_limit = 0;
        return true;
    default:
        return true;
    }
}

static bool read_extensions(struct tls_session *session, struct span list)
{
    struct span body;
    uint16_t type;

    while (hello_next_extension(&list, &type, &body))
        if (!read_extension(session, type, body))
            return false;
    return true;
}

/* Of either side's own message, too. */
static bool note_extensions(struct tls_session *session, struct span list)
{
    struct span body;
    uint16_t type;

    while (hello_next_extension(&list, &type, &body)) {
        const uint8_t wire[] = {(uint8_t)(type >> 8), (uint8_t)type};

        if (!buffer_add(&session->extensions, wire, sizeof(wire)))
            return false;
    }
    return true;
}

/* ---- versions ---- */

static uint32_t version_bit(uint16_t wire)
{
    static const struct {
        uint16_t wire;
        uint32_t bit;
    } rows[] = {
        {0x0301, TLS_VERSION_1_0},
        {0x0302, TLS_VERSION_1_1},
        {WIRE_TLS_1_2, TLS_VERSION_1_2},
        {0x0304, TLS_VERSION_1_3},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].wire == wire)
            return rows[i].bit;
    return 0;
}

/* RFC 8446 4.2.1: the extension, where it is, is all that counts. Without it the hello names the
 * highest version, and TLS 1.3 cannot be meant. */
static uint32_t offered_versions(uint16_t highest, struct span extensions)
{
    uint32_t bit, offered = 0;
    uint16_t version;
    struct span body, list;

    if (hello_find_extension(extensions, EXTENSION_SUPPORTED_VERSIONS, &body) &&
        span_take_vector8(&body, &list)) {
        while (span_take_u16(&list, &version))
            offered |= version_bit(version);
        return offered;
    }
    bit = version_bit(highest < WIRE_TLS_1_2 ? highest : WIRE_TLS_1_2);
    return bit ? bit | (bit - 1) : 0; /* that one and all before it */
}

/* In DTLS the hello names the highest version only, and smaller numbers are newer. */
static bool versions_meet(const struct tls_session *session, const struct hello_client *hello)
{
    uint32_t offered = DTLS_VERSION_1_0;

    if (!session->datagrams)
        offered = offered_versions(hello->version, hello->extensions);
    else if (hello->version <= WIRE_DTLS_1_2)
        offered |= DTLS_VERSION_1_2;
    return (offered & session->versions) != 0;
}

/* What is malformed GnuTLS will refuse. That no version is common it finds out by itself, too, but
 * tells an old client handshake_failure where RFC 8446 4.2.1 and RFC 5246 E.1 want
 * protocol_version. */
static int read_client_hello(struct tls_session *session, struct span message)
{
    struct hello_client hello;

    if (!hello_read_client(message, session->datagrams, &hello))
        return 0;
    if (!versions_meet(session, &hello))
        return GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
    if (session->work) {
        buffer_wipe(&session->work->suites);
        if (!buffer_add(&session->work->suites, hello.suites.data, hello.suites.size))
            return GNUTLS_E_MEMORY_ERROR;
    }
    return read_extensions(session, hello.extensions) ? 0 : GNUTLS_E_MEMORY_ERROR;
}

/* The extensions of the server's answer: what is malformed GnuTLS will refuse. */
static bool read_answer(struct tls_session *session, struct span message)
{
    struct span list;

    if (!span_take_vector16(&message, &list))
        return true;
    return note_extensions(session, list) &&
           (session->role == TLS_SERVER || read_extensions(session, list));
}

static bool read_server_hello(struct tls_session *session, struct span message)
{
    struct span part;

    buffer_wipe(&session->extensions);
    if (!span_take(&message, 2 + RANDOM_SIZE, &part) || !span_take_vector8(&message, &part) ||
        !span_take(&message, 3, &part))
        return true;
    return read_answer(session, message);
}

/* After a ServerHello, ours or the peer's. */
static int check_suite(const struct tls_session *session)
{
    gnutls_session_t handle = session->handle;
    uint16_t suite = algorithm_suite_number(session_is_modern(session), gnutls.kx_get(handle),
                                            gnutls.cipher_get(handle), gnutls.mac_get(handle));

    if (!suite || priority_allows_suite(session->priority, suite))
        return 0;
    TRACE(LOG_TLS, "%p: suite %04x is not in the policy", (const void *)session, suite);
    return GNUTLS_E_NO_CIPHER_SUITES;
}

/* By now GnuTLS has read the ServerKeyExchange, and has checked its prime against the least size.
 */
static int check_group(const struct tls_session *session)
{
    int bits;

    if (!session->dh_bits_max || session->role != TLS_CLIENT)
        return 0;
    bits = gnutls.dh_get_prime_bits(session->handle);
    return bits > 0 && (uint32_t)bits > session->dh_bits_max ? GNUTLS_E_DH_PRIME_UNACCEPTABLE : 0;
}

static int check_message(const struct tls_session *session, unsigned type)
{
    if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
        return check_suite(session);
    return type == GNUTLS_HANDSHAKE_SERVER_HELLO_DONE ? check_group(session) : 0;
}

int hello_hook(gnutls_session_t handle, unsigned type, unsigned when, unsigned incoming,
               const gnutls_datum_t *message)
{
    struct tls_session *session = gnutls.session_get_ptr(handle);
    struct span body = {message->data, message->size};
    bool good = true;

    if (!incoming && session->datagrams)
        datagrams_note_message(session, type);
    if (type == GNUTLS_HANDSHAKE_SERVER_HELLO && session->tickets)
        tickets_accept(session->tickets, handle);
    if (when == GNUTLS_HOOK_POST)
        return check_message(session, type);
    if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO && session->role == TLS_SERVER)
        return read_client_hello(session, body);
    if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
        good = read_server_hello(session, body);
    else if (type == GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS)
        good = read_answer(session, body); /* TLS 1.3: the rest of it */
    return good ? 0 : GNUTLS_E_MEMORY_ERROR;
}

/* ---- a server's choice ---- */

/* The ClientHello has been read. Without a change GnuTLS could choose a suite that the product has
 * and the policy has not, and the handshake would fail although both sides had one in common. */
int hello_narrow_suites(gnutls_session_t handle)
{
    struct tls_session *session = gnutls.session_get_ptr(handle);
    struct span suites = {NULL, 0};
    struct priority *narrow = NULL;
    enum tls_status status;

    if (session->work)
        suites = span_of(session->work->suites.data, session->work->suites.size);
    status = priority_narrow(session->priority, suites, &narrow);
    if (status == TLS_NO_MEMORY)
        return GNUTLS_E_MEMORY_ERROR;
    if (status != TLS_OK || !narrow)
        return 0;
    if (gnutls.priority_set(handle, priority_handle(narrow)) < 0) {
        priority_unref(narrow);
        return 0;
    }
    priority_unref(session->narrow);
    session->narrow = narrow;
    return 0;
}
