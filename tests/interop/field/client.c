/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Cases of clients: buffers and statuses of the handshake, TLS 1.3, renegotiation. See field.h.
 */
#include "field.h"

#include <string.h>

#define MANUAL (SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS)

/* {protocols 14 bytes} = h2, http/1.1 as SEC_APPLICATION_PROTOCOLS. */
static unsigned char alpn[] = {18,  0,   0, 0,   2,   0,   0,   0,   12,  0,   2,
                               'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/* A first call; the ClientHello is in hello. */
static SECURITY_STATUS first(struct peer *peer, SecBufferDesc *input, unsigned char *hello,
                             unsigned long *size)
{
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    ULONG attributes;
    CtxtHandle context;
    SECURITY_STATUS status =
        InitializeSecurityContextW(&peer->credential, NULL, (WCHAR *)peer->target, peer->request, 0,
                                   0, input, 0, &context, &output, &attributes, NULL);

    *size = 0;
    if (out.pvBuffer && out.cbBuffer && out.cbBuffer < ROOM) {
        *size = out.cbBuffer;
        memcpy(hello, out.pvBuffer, out.cbBuffer);
        FreeContextBuffer(out.pvBuffer);
    }
    if (status >= 0)
        DeleteSecurityContext(&context);
    return status;
}

static bool holds(const unsigned char *data, unsigned long size, const char *text)
{
    size_t length = strlen(text);

    for (unsigned long i = 0; i + length <= size; i++) {
        if (!memcmp(data + i, text, length))
            return true;
    }
    return false;
}

static void first_input(const struct arguments *arguments)
{
    SecBuffer protocols = {sizeof(alpn), SECBUFFER_APPLICATION_PROTOCOLS, alpn};
    SecBuffer empty = {0, SECBUFFER_EMPTY, NULL};
    SecBuffer both[2] = {protocols, empty};
    SecBufferDesc inputs[] = {
        {SECBUFFER_VERSION, 1, &empty},
        {SECBUFFER_VERSION, 1, &protocols},
        {SECBUFFER_VERSION, 2, both},
    };
    static const char *const names[] = {"EMPTY", "ALPN", "ALPN and EMPTY"};
    static unsigned char hello[ROOM];
    unsigned long size;
    struct peer peer;

    (void)arguments;
    acquire(&peer, 5, 0, MANUAL, NULL);
    for (size_t i = 0; i < COUNT_OF(inputs); i++) {
        SECURITY_STATUS status = first(&peer, &inputs[i], hello, &size);

        seen("%s%s: %s%s", i ? "; " : "", names[i], name_of(status),
             holds(hello, size, "http/1.1") ? ", ALPN sent" : "");
    }
}

static void server_name(const struct arguments *arguments)
{
    static const struct {
        const char *name;
        const WCHAR *target;
    } targets[] = {
        {"localhost", L"localhost"},
        {"localhost.", L"localhost."},
        {"127.0.0.1", L"127.0.0.1"},
        {"::1", L"::1"},
        {"empty", L""},
        {"none", NULL},
    };
    static unsigned char hello[ROOM];
    unsigned long size;
    struct peer peer;

    (void)arguments;
    acquire(&peer, 4, 0, MANUAL, NULL);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        const char *sent = "nothing";

        peer.target = targets[i].target;
        if (first(&peer, NULL, hello, &size) < 0)
            sent = "call fails";
        else if (holds(hello, size, "localhost."))
            sent = "with the dot";
        else if (holds(hello, size, "localhost") || holds(hello, size, "127.0.0.1") ||
                 holds(hello, size, "::1"))
            sent = "sent";
        seen("%s%s: %s", i ? "; " : "", targets[i].name, sent);
    }
}

/* A handshake call on a copy of the first `size` bytes; MISSING, or -1. */
static long missing_of(struct peer *peer, unsigned long size, SECURITY_STATUS *status, bool message)
{
    static unsigned char copy[ROOM];
    SecBuffer in[4] = {{size, message ? SECBUFFER_DATA : SECBUFFER_TOKEN, copy}};
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, message ? 4 : 2, in};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    ULONG attributes;

    memcpy(copy, peer->in, size);
    *status = message ? DecryptMessage(&peer->context, &input, 0, NULL)
                      : InitializeSecurityContextW(&peer->credential, &peer->context,
                                                   (WCHAR *)peer->target, peer->request, 0, 0,
                                                   &input, 0, NULL, &output, &attributes, NULL);
    for (unsigned i = 0; i < input.cBuffers; i++) {
        if (in[i].BufferType == SECBUFFER_MISSING)
            return (long)in[i].cbBuffer;
    }
    return -1;
}

static void missing_at(struct peer *peer, unsigned long record, bool message)
{
    unsigned long cuts[] = {1, 4, 5, 6, record - 1};

    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        SECURITY_STATUS status;
        long missing = missing_of(peer, cuts[i], &status, message);
        long want = (long)(cuts[i] < 5 ? 5 - cuts[i] : record - cuts[i]);

        seen("%s%lu bytes: %s", i ? ", " : "", cuts[i],
             status == SEC_E_INCOMPLETE_MESSAGE ? "" : name_of(status));
        seen(missing < 0       ? "no MISSING"
             : missing == want ? "exact"
                               : "MISSING %ld, lacks %ld",
             missing, want);
    }
}

static unsigned long record_size(const struct peer *peer)
{
    return 5 + peer->in[3] * 256ul + peer->in[4];
}

/* Peer: s_server -rev, TLS 1.2. */
static void missing_size(const struct arguments *arguments)
{
    struct peer peer;
    SECURITY_STATUS status;

    acquire(&peer, 4, SP_PROT_TLS1_2_CLIENT, MANUAL, NULL);
    if (!peer_open(&peer, arguments->port))
        return;
    peer_step(&peer);
    while (peer.have < 5 || peer.have < record_size(&peer))
        if (!peer_read(&peer))
            return;
    seen("handshake: ");
    missing_at(&peer, record_size(&peer), false);
    status = peer_step(&peer);
    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !peer.have) && !peer_read(&peer))
            break;
        status = peer_step(&peer);
    }
    if (status != SEC_E_OK) {
        seen("; then the handshake fails: %s", name_of(status));
        return;
    }
    peer_say(&peer, "hello\n");
    while (peer.have < 5 || peer.have < record_size(&peer))
        if (!peer_read(&peer))
            return;
    seen("; message: ");
    missing_at(&peer, record_size(&peer), true);
    peer_close(&peer);
}

/* TLS 1.2 alone. */
static void tls12(const struct arguments *arguments)
{
    struct peer peer;
    SECURITY_STATUS status = acquire(&peer, 4, SP_PROT_TLS1_2_CLIENT, MANUAL, NULL);

    if (status != SEC_E_OK)
        seen("acquire: ");
    else
        status = peer_handshake(&peer, arguments->port);
    seen("%s", name_of(status));
    peer_close(&peer);
}

static void no_tls(const struct arguments *arguments)
{
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    struct peer peer;

    acquire(&peer, 5, 0, MANUAL, NULL);
    peer_open(&peer, arguments->port);
    for (unsigned i = 0; i < 2; i++) {
        unsigned long size = i ? 1 : sizeof(answer) - 1;

        if (peer.has_context)
            DeleteSecurityContext(&peer.context);
        peer.has_context = false;
        peer_step(&peer);
        memcpy(peer.in, answer, size);
        peer.have = size;
        seen("%s%lu bytes: %s", i ? "; " : "", size, name_of(peer_step(&peer)));
    }
    peer_close(&peer);
}

static void many_handshakes(const struct arguments *arguments)
{
    int good = 0;
    SECURITY_STATUS status = SEC_E_OK;

    for (int i = 0; i < arguments->count; i++) {
        struct peer peer;
        SECURITY_STATUS this;

        acquire(&peer, 4, SP_PROT_TLS1_2_CLIENT, MANUAL, NULL);
        this = peer_handshake(&peer, arguments->port);
        good += this == SEC_E_OK;
        if (this != SEC_E_OK)
            status = this;
        peer_close(&peer);
        FreeCredentialsHandle(&peer.credential);
    }
    seen("%d of %d%s%s", good, arguments->count, status ? ", " : "", status ? name_of(status) : "");
}

/* Peer: a server that sends its last flight and a line in one. */
static void data_behind_finished(const struct arguments *arguments)
{
    struct peer peer;
    char text[200];
    unsigned turns = 0;
    SECURITY_STATUS status;

    acquire(&peer, 5, 0, MANUAL, NULL);
    status = peer_handshake(&peer, arguments->port);
    seen("%s, EXTRA %s", name_of(status), peer.have ? "with what follows" : "none");
    if (status == SEC_E_OK)
        status = peer_listen(&peer, text, sizeof(text), &turns);
    if (status == SEC_E_OK)
        seen(", the line is %s", strcmp(text, "behind Finished") ? "wrong" : "whole");
    else
        seen(", then %s", name_of(status));
    peer_close(&peer);
}

/* The ServerHello, and from then on nothing: an empty token, again and again. */
static void server_gone(const struct arguments *arguments)
{
    struct peer peer;
    unsigned going_on = 0;
    SECURITY_STATUS status = SEC_E_OK;

    acquire(&peer, 5, 0, MANUAL, NULL);
    peer_open(&peer, arguments->port);
    peer_step(&peer);
    while (peer.have < 5 || peer.have < record_size(&peer))
        if (!peer_read(&peer))
            return;
    peer.have = 60;
    for (unsigned i = 0; i < 1000; i++) {
        status = peer_step(&peer);
        going_on += status == SEC_I_CONTINUE_NEEDED;
        peer.have = 0;
    }
    seen("%u of 1000 calls want to go on, the last says %s", going_on, name_of(status));
    peer_close(&peer);
}

static void say_version(struct peer *peer)
{
    SecPkgContext_ConnectionInfo info;

    if (QueryContextAttributesW(&peer->context, SECPKG_ATTR_CONNECTION_INFO, &info) == SEC_E_OK)
        seen(", TLS %s", info.dwProtocol & (SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER)   ? "1.3"
                         : info.dwProtocol & (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER) ? "1.2"
                                                                                             : "?");
}

/* Defaults of the newer structure; then ten lines there and back. Peer: s_server -rev. */
static void default_version(const struct arguments *arguments)
{
    struct peer peer;
    char text[100];
    unsigned turns = 0, rounds = 0;
    SECURITY_STATUS status;

    acquire(&peer, 5, 0, MANUAL, NULL);
    status = peer_handshake(&peer, arguments->port);
    seen("%s", name_of(status));
    if (status != SEC_E_OK)
        return;
    say_version(&peer);
    while (rounds < 100 && status == SEC_E_OK) {
        status = peer_say(&peer, "enil\n");
        if (status == SEC_E_OK)
            status = peer_listen(&peer, text, sizeof(text), &turns);
        rounds += status == SEC_E_OK && !strcmp(text, "line");
    }
    seen(", %u of 100 lines, SEC_I_RENEGOTIATE %u times", rounds, turns);
    if (status != SEC_E_OK)
        seen(", ends with %s", name_of(status));
    peer_close(&peer);
}

static void say_protocol(struct peer *peer)
{
    SecPkgContext_ApplicationProtocol protocol;
    SECURITY_STATUS status =
        QueryContextAttributesW(&peer->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol);

    if (status != SEC_E_OK)
        seen("%s", name_of(status));
    else
        seen("\"%.*s\"", protocol.ProtocolIdSize, (char *)protocol.ProtocolId);
}

/* Peer: s_server -rev -alpn h2. */
static void protocol_after_tickets(const struct arguments *arguments)
{
    SecBuffer protocols = {sizeof(alpn), SECBUFFER_APPLICATION_PROTOCOLS, alpn};
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &protocols};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    ULONG attributes;
    struct peer peer;
    char text[100];
    unsigned turns = 0;
    SECURITY_STATUS status;

    acquire(&peer, 5, 0, MANUAL, NULL);
    peer_open(&peer, arguments->port);
    status = InitializeSecurityContextW(&peer.credential, NULL, (WCHAR *)peer.target, peer.request,
                                        0, 0, &input, 0, &peer.context, &output, &attributes, NULL);
    peer.has_context = status >= 0;
    if (peer.has_context)
        peer_write(&peer, out.pvBuffer, out.cbBuffer);
    while (peer.has_context && status != SEC_E_OK && peer_read(&peer))
        if ((status = peer_step(&peer)) < 0 && status != SEC_E_INCOMPLETE_MESSAGE)
            break;
    if (status != SEC_E_OK) {
        seen("handshake: %s", name_of(status));
        return;
    }
    say_protocol(&peer);
    peer_say(&peer, "enil\n");
    peer_listen(&peer, text, sizeof(text), &turns);
    seen(" before, ");
    say_protocol(&peer);
    seen(" after %u tickets", turns);
    peer_close(&peer);
}

/* Peer: s_server, which is told to ask for renegotiation when the first line has come; with a count
 * gnutls-serv, which is told by that line. */
static void renegotiation(const struct arguments *arguments)
{
    HCERTSTORE store = NULL;
    PCCERT_CONTEXT certificate =
        arguments->file ? load_certificate(arguments->file, PKCS12_NO_PERSIST_KEY, &store) : NULL;
    struct peer peer;
    char text[100];
    SECURITY_STATUS status;

    acquire(&peer, 4, SP_PROT_TLS1_2_CLIENT, MANUAL, certificate);
    status = peer_handshake(&peer, arguments->port);
    if (status == SEC_E_OK)
        status = peer_say(&peer, arguments->count ? "**REHANDSHAKE**\n" : "first\n");
    while (status == SEC_E_OK || status == SEC_E_INCOMPLETE_MESSAGE) {
        if (!peer.have && !peer_read(&peer))
            break;
        status = peer_hear(&peer, text, sizeof(text));
    }
    seen("HelloRequest: %s", name_of(status));
    if (status != SEC_I_RENEGOTIATE)
        return;
    seen(", EncryptMessage meanwhile: ");
    seen("%s", name_of(peer_say(&peer, "meanwhile\n")));
    status = peer_step(&peer);
    seen(", InitializeSecurityContext: %s", name_of(status));
    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !peer.have) && !peer_read(&peer))
            break;
        status = peer_step(&peer);
    }
    seen(", in the end: %s", name_of(status));
    if (status == SEC_E_OK)
        peer_say(&peer, "second\n");
    peer_close(&peer);
}

const struct field_case client_cases[] = {
    {"first-input", first_input},
    {"server-name", server_name},
    {"missing-size", missing_size},
    {"tls12", tls12},
    {"no-tls", no_tls},
    {"many-handshakes", many_handshakes},
    {"data-behind-finished", data_behind_finished},
    {"server-gone", server_gone},
    {"default-version", default_version},
    {"protocol-after-tickets", protocol_after_tickets},
    {"renegotiation", renegotiation},
    {NULL, NULL},
};
