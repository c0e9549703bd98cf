/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DTLS: the handshake over a network that loses nothing. Cookies, flights in pieces, the statuses
 * of each call, which credentials and flags mean datagrams, client certificates, resumption.
 *
 * Sources: Microsoft's DTLS sample in its fork of libcoap, str0m, libmatoya, and a WebRTC library's
 * test peer in C# (flags, buffers, statuses; that a server's handle stays zero until the cookie is
 * there); Stack Overflow, "DTLS using Schannel" (SEC_E_INVALID_PARAMETER without an address);
 * RFC 6347.
 */
#include "common.h"
#include "relay.h"

#include <string.h>

#define HELLO_VERIFY_REQUEST 3
#define CLIENT_HELLO 1

static uint8_t message_type(const struct bytes *datagram)
{
    return datagram->size > RELAY_HEADER ? datagram->data[RELAY_HEADER] : 0xff;
}

static void check_protocol(struct relay *relay, enum test_version version)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        SecPkgContext_ConnectionInfo info;

        memset(&info, 0, sizeof(info));
        ok_status(
            QueryContextAttributesW(&relay->side[role].context, SECPKG_ATTR_CONNECTION_INFO, &info),
            SEC_E_OK, "connection info");
        ok_number(info.dwProtocol, credential_protocol(version, role == LOOP_SERVER), "protocol");
    }
}

START_TEST(datagram_handshake)
{
    static const char *const certificates[] = {"rsa", "ecdsa"};

    for (size_t v = 0; v < COUNT_OF(datagram_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(certificates); i++) {
            struct relay relay;
            struct pair pair;

            push_context("%s, %s", version_name(datagram_versions[v]), certificates[i]);
            if (pair_make(&pair, datagram_versions[v], certificates[i])) {
                if (relay_connect(&relay, &pair.client, &pair.server)) {
                    check_protocol(&relay, datagram_versions[v]);
                    relay_check_traffic(&relay);
                    relay_check_traffic(&relay);
                    ok_number(relay.side[LOOP_CLIENT].timeouts, 0, "the client's time-outs");
                }
                relay_done(&relay);
                pair_done(&pair);
            }
            pop_context();
        }
    }
}

/* The newer structure. */
START_TEST(datagram_new_credentials)
{
    for (size_t v = 0; v < COUNT_OF(datagram_versions); v++) {
        struct credential_wish wish = {.version = datagram_versions[v]};
        CredHandle client, server;
        struct relay relay;

        push_context("%s", version_name(datagram_versions[v]));
        if (ok_status(credential_make(&wish, &client), SEC_E_OK, "client")) {
            wish.server = true;
            wish.certificate = pki_certificate("rsa");
            if (wish.certificate &&
                ok_status(credential_make(&wish, &server), SEC_E_OK, "server")) {
                if (relay_connect(&relay, &client, &server))
                    relay_check_traffic(&relay);
                relay_done(&relay);
                FreeCredentialsHandle(&server);
            }
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
}

/* ---- which contexts are of datagrams ---- */

struct kind {
    const char *name;
    DWORD protocols; /* SP_PROT_ bits of both sides */
    DWORD flags;
    ULONG request; /* of the client */
    SECURITY_STATUS want;
    uint8_t major; /* of the ClientHello's record */
};

#define TLS12 (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER)
#define DTLS12 (SP_PROT_DTLS1_2_CLIENT | SP_PROT_DTLS1_2_SERVER)

/* The kind of context follows the request; a version of the other kind is as if it were not there.
 * Source of "both": libmatoya. Which status Windows has for a request that cannot be met is not
 * known: there only the failure is looked at. */
static const struct kind kinds[] = {
    {"datagrams", DTLS12, 0, ISC_REQ_DATAGRAM, SEC_I_CONTINUE_NEEDED, 0xfe},
    {"datagrams and a stream", DTLS12, 0, ISC_REQ_DATAGRAM | ISC_REQ_STREAM, SEC_I_CONTINUE_NEEDED,
     0xfe},
    {"defaults, datagrams", 0, 0, ISC_REQ_DATAGRAM, SEC_I_CONTINUE_NEEDED, 0xfe},
    {"defaults, a stream", 0, 0, ISC_REQ_STREAM, SEC_I_CONTINUE_NEEDED, 3},
    {"mixed, datagrams", TLS12 | DTLS12, 0, ISC_REQ_DATAGRAM, SEC_I_CONTINUE_NEEDED, 0xfe},
    {"mixed, a stream", TLS12 | DTLS12, 0, ISC_REQ_STREAM, SEC_I_CONTINUE_NEEDED, 3},
    {"DTLS alone, a stream", DTLS12, 0, ISC_REQ_STREAM, SEC_E_ALGORITHM_MISMATCH, 0},
    {"TLS alone, datagrams", TLS12, 0, ISC_REQ_DATAGRAM, SEC_E_ALGORITHM_MISMATCH, 0},
    {"DTLS alone, neither", DTLS12, 0, 0, SEC_I_CONTINUE_NEEDED, 0xfe},
};

static void check_kind(const struct kind *kind)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc output = list_make(&token, 1);
    CtxtHandle context = {0, 0};
    SECURITY_STATUS status;
    CredHandle credential;
    SCHANNEL_CRED data;
    ULONG attributes;

    memset(&data, 0, sizeof(data));
    data.dwVersion = SCHANNEL_CRED_VERSION;
    data.grbitEnabledProtocols = kind->protocols;
    data.dwFlags = kind->flags | SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS;
    if (!ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)(uintptr_t)UNISP, SECPKG_CRED_OUTBOUND,
                                             NULL, &data, NULL, NULL, &credential, NULL),
                   SEC_E_OK, "credential"))
        return;
    status = InitializeSecurityContextW(&credential, NULL, (WCHAR *)(uintptr_t)u"localhost",
                                        kind->request | ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0,
                                        &context, &output, &attributes, NULL);
    if (running_on_windows() && kind->want < 0)
        ok(status < 0, "%08lx", (unsigned long)status & 0xffffffff);
    else
        ok_status(status, kind->want, "first call");
    if (status == SEC_I_CONTINUE_NEEDED) {
        const unsigned char *bytes = token.pvBuffer;

        if (ok(bytes && token.cbBuffer > RELAY_HEADER, "no token"))
            ok_number(bytes[1], kind->major, "major version of the record");
        DeleteSecurityContext(&context);
    }
    if (token.pvBuffer)
        FreeContextBuffer(token.pvBuffer);
    FreeCredentialsHandle(&credential);
}

START_TEST(datagram_kinds)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        push_context("%s", kinds[i].name);
        check_kind(&kinds[i]);
        pop_context();
    }
}

/* SCH_USE_DTLS_ONLY: "only DTLS" (schannel.h). */
START_TEST(datagram_only_flag)
{
    static const struct kind only = {
        "flag", 0, SCH_USE_DTLS_ONLY, ISC_REQ_DATAGRAM, SEC_I_CONTINUE_NEEDED, 0xfe};

    check_kind(&only);
}

/* ---- cookies ---- */

static bool first_hello(struct relay *relay, struct bytes *hello)
{
    return ok_status(relay_step(relay, LOOP_CLIENT, NULL, 0), SEC_I_CONTINUE_NEEDED,
                     "first call") &&
           ok(relay_take(relay, LOOP_SERVER, hello), "no ClientHello") &&
           ok_number(message_type(hello), CLIENT_HELLO, "message");
}

START_TEST(datagram_cookie)
{
    struct bytes hello, verify, again, other;
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    if (first_hello(&relay, &hello)) {
        struct relay_side *server = &relay.side[LOOP_SERVER];

        ok_status(relay_step(&relay, LOOP_SERVER, hello.data, hello.size), SEC_I_CONTINUE_NEEDED,
                  "a hello without cookie");
        ok(!server->has_context, "there is a context before the cookie");
        if (ok(relay_take(&relay, LOOP_CLIENT, &verify), "no answer")) {
            ok_number(message_type(&verify), HELLO_VERIFY_REQUEST, "message");
            ok(verify.size < 2 * hello.size, "the answer is larger than the question");
            ok_status(relay_step(&relay, LOOP_CLIENT, verify.data, verify.size),
                      SEC_I_CONTINUE_NEEDED, "the client answers");
            bytes_done(&verify);
        }
        if (ok(relay_take(&relay, LOOP_SERVER, &again), "no second hello")) {
            /* From another address it is worth nothing. */
            server->address = "\2\0\0\0";
            server->address_size = 4;
            ok_status(relay_step(&relay, LOOP_SERVER, again.data, again.size),
                      SEC_I_CONTINUE_NEEDED, "another address");
            ok(!server->has_context, "a cookie of another address is taken");
            if (relay_take(&relay, LOOP_CLIENT, &other)) {
                ok_number(message_type(&other), HELLO_VERIFY_REQUEST, "message");
                bytes_done(&other);
            }
            bytes_done(&again);
        }
        bytes_done(&hello);
    }
    relay_done(&relay);
    pair_done(&pair);
}

/* An empty address is one; none is an error. */
START_TEST(datagram_address)
{
    struct relay relay;
    struct bytes hello;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    if (first_hello(&relay, &hello)) {
        relay.side[LOOP_SERVER].no_address = true;
        ok_status(relay_step(&relay, LOOP_SERVER, hello.data, hello.size), SEC_E_INVALID_PARAMETER,
                  "no address");
        bytes_done(&hello);
    }
    relay_done(&relay);

    relay_init(&relay, &pair.client, &pair.server);
    relay.side[LOOP_SERVER].address = NULL;
    relay.side[LOOP_SERVER].address_size = 0;
    if (ok(relay_handshake(&relay), "an empty address"))
        relay_check_traffic(&relay);
    relay_done(&relay);
    pair_done(&pair);
}

/* str0m hands the zero handle of the first call back as if it were a context. */
START_TEST(datagram_zero_context)
{
    struct bytes hello, verify;
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    if (first_hello(&relay, &hello)) {
        struct relay_side *server = &relay.side[LOOP_SERVER];

        server->has_context = true; /* and all zero */
        relay_step(&relay, LOOP_SERVER, hello.data, hello.size);
        ok_status(server->status, SEC_I_CONTINUE_NEEDED, "zero handle");
        server->has_context = false;
        if (relay_take(&relay, LOOP_CLIENT, &verify)) {
            ok_number(message_type(&verify), HELLO_VERIFY_REQUEST, "message");
            bytes_done(&verify);
        }
        bytes_done(&hello);
    }
    relay_done(&relay);
    pair_done(&pair);
}

/* ---- flights in pieces ---- */

START_TEST(datagram_mtu)
{
    static const USHORT sizes[] = {300, 400, 512, 576, 1200, 1400, 4096, 16384, 65535};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct relay relay;
        struct pair pair;

        push_context("MTU %u", sizes[i]);
        if (pair_make(&pair, VERSION_DTLS12, "rsa")) {
            relay_init(&relay, &pair.client, &pair.server);
            relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = sizes[i];
            if (ok(relay_handshake(&relay), "handshake fails: client %08lx, server %08lx",
                   (unsigned long)relay.side[0].status & 0xffffffff,
                   (unsigned long)relay.side[1].status & 0xffffffff)) {
                relay_check_traffic(&relay);
                if (sizes[i] < 600)
                    ok(relay.side[LOOP_SERVER].fragments > 0, "the flight was not in pieces");
                if (sizes[i] > 4000)
                    ok_number(relay.side[LOOP_SERVER].fragments, 0, "pieces");
            }
            relay_done(&relay);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* A ClientHello is not cut: "the PMTU is smaller than the ClientHello" (Microsoft's sample). */
START_TEST(datagram_mtu_too_small)
{
    enum { NAMES = 5, NAME_SIZE = 30 };
    unsigned char list[10 + NAMES * (1 + NAME_SIZE)];
    const ULONG lists_size = sizeof(list) - 4,
                extension = SecApplicationProtocolNegotiationExt_ALPN;
    const USHORT list_size = sizeof(list) - 10;
    struct relay relay;
    struct pair pair;

    memcpy(list, &lists_size, 4);
    memcpy(list + 4, &extension, 4);
    memcpy(list + 8, &list_size, 2);
    for (unsigned i = 0; i < NAMES; i++) {
        list[10 + i * (1 + NAME_SIZE)] = NAME_SIZE;
        memset(list + 11 + i * (1 + NAME_SIZE), (int)('a' + i), NAME_SIZE);
    }
    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay.side[LOOP_CLIENT].mtu = 200;
    relay.side[LOOP_CLIENT].alpn = list;
    relay.side[LOOP_CLIENT].alpn_size = sizeof(list);
    ok_status(relay_step(&relay, LOOP_CLIENT, NULL, 0), SEC_E_CANNOT_PACK, "first call");
    ok(!relay.side[LOOP_CLIENT].has_context, "there is a context");
    relay_done(&relay);
    pair_done(&pair);
}

/* Between the pieces nothing is wanted but to be called; each is a datagram of its own. */
START_TEST(datagram_fragments)
{
    struct bytes datagram;
    struct relay relay;
    struct pair pair;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    unsigned pieces = 1;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay.side[LOOP_SERVER].mtu = 300;
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    relay_advance(&relay, LOOP_SERVER);
    relay_advance(&relay, LOOP_CLIENT);
    if (ok(relay_take(&relay, LOOP_SERVER, &datagram), "no second hello")) {
        status = relay_call(&relay, LOOP_SERVER, datagram.data, datagram.size);
        ok_status(status, SEC_I_MESSAGE_FRAGMENT, "the first piece");
        ok(relay.side[LOOP_SERVER].has_context, "no context with the first piece");
        while (status == SEC_I_MESSAGE_FRAGMENT && pieces < 100) {
            ok_number(relay.side[LOOP_CLIENT].queued, pieces, "datagrams so far");
            status = relay_call(&relay, LOOP_SERVER, NULL, 0);
            pieces++;
        }
        ok_status(status, SEC_I_CONTINUE_NEEDED, "the last piece");
        ok_number(relay.side[LOOP_CLIENT].queued, pieces, "datagrams");
        bytes_done(&datagram);
    }
    if (ok(relay_handshake(&relay), "handshake"))
        relay_check_traffic(&relay);
    relay_done(&relay);
    pair_done(&pair);
}

/* ---- certificates, names, sessions ---- */

START_TEST(datagram_client_certificate)
{
    static const USHORT sizes[] = {0, 300};

    for (size_t v = 0; v < COUNT_OF(datagram_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            struct credential_wish wish = {.version = datagram_versions[v], .old_form = true};
            struct relay relay;
            struct pair pair;
            CredHandle with;

            push_context("%s, MTU %u", version_name(datagram_versions[v]), sizes[i]);
            wish.certificate = pki_certificate("client-rsa");
            if (wish.certificate && pair_make(&pair, datagram_versions[v], "rsa")) {
                if (ok_status(credential_make(&wish, &with), SEC_E_OK, "with certificate")) {
                    PCCERT_CONTEXT seen = NULL;

                    relay_init(&relay, &with, &pair.server);
                    relay.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
                    relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = sizes[i];
                    if (ok(relay_handshake(&relay), "handshake fails: client %08lx, server %08lx",
                           (unsigned long)relay.side[0].status & 0xffffffff,
                           (unsigned long)relay.side[1].status & 0xffffffff)) {
                        ok_status(QueryContextAttributesW(&relay.side[LOOP_SERVER].context,
                                                          SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen),
                                  SEC_E_OK, "the client's certificate");
                        if (seen) {
                            ok(seen->cbCertEncoded == wish.certificate->cbCertEncoded,
                               "another certificate");
                            CertFreeCertificateContext(seen);
                        }
                        relay_check_traffic(&relay);
                    }
                    relay_done(&relay);
                    FreeCredentialsHandle(&with);
                }
                pair_done(&pair);
            }
            pop_context();
        }
    }
}

/* The client is asked and has none: SEC_I_INCOMPLETE_CREDENTIALS once, then it goes on without. */
START_TEST(datagram_incomplete_credentials)
{
    static const USHORT sizes[] = {0, 300};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (int again = 0; again < 2; again++) {
            struct bytes datagram = {NULL, 0, 0};
            struct relay relay;
            struct pair pair;
            unsigned asked = 0;

            push_context("MTU %u, %s", sizes[i], again ? "the same bytes again" : "no bytes");
            if (pair_make(&pair, VERSION_DTLS12, "rsa")) {
                struct relay_side *client = &relay.side[LOOP_CLIENT];

                relay_init(&relay, &pair.client, &pair.server);
                relay.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
                relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = sizes[i];
                relay_step(&relay, LOOP_CLIENT, NULL, 0);
                for (unsigned steps = 0; steps < 200 && !client->done && !client->failed; steps++) {
                    relay_advance(&relay, LOOP_SERVER);
                    if (!relay_take(&relay, LOOP_CLIENT, &datagram))
                        continue;
                    if (relay_step(&relay, LOOP_CLIENT, datagram.data, datagram.size) ==
                        SEC_I_INCOMPLETE_CREDENTIALS) {
                        asked++;
                        relay_step(&relay, LOOP_CLIENT, again ? datagram.data : NULL,
                                   again ? datagram.size : 0);
                    }
                    bytes_done(&datagram);
                }
                ok_number(asked, 1, "times it was asked");
                if (ok(client->done && relay.side[LOOP_SERVER].done,
                       "handshake: client %08lx, server %08lx",
                       (unsigned long)client->status & 0xffffffff,
                       (unsigned long)relay.side[1].status & 0xffffffff))
                    relay_check_traffic(&relay);
                relay_done(&relay);
                pair_done(&pair);
            }
            pop_context();
        }
    }
}

/* Automatic validation says no, and the server hears of it. */
START_TEST(datagram_validation)
{
    struct credential_wish wish = {
        .version = VERSION_DTLS12, .old_form = true, .no_default_flags = true};
    struct relay relay;
    struct pair pair;
    CredHandle strict;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    wish.flags = SCH_CRED_AUTO_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS;
    if (ok_status(credential_make(&wish, &strict), SEC_E_OK, "credential")) {
        relay_init(&relay, &strict, &pair.server);
        relay.side[LOOP_CLIENT].request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        relay.side[LOOP_CLIENT].target = u"other.example";
        ok(!relay_handshake(&relay), "a wrong name is accepted");
        ok(relay.side[LOOP_CLIENT].status == SEC_E_WRONG_PRINCIPAL ||
               relay.side[LOOP_CLIENT].status == SEC_E_UNTRUSTED_ROOT,
           "client: %08lx", (unsigned long)relay.side[LOOP_CLIENT].status & 0xffffffff);
        relay_advance(&relay, LOOP_SERVER);
        ok(relay.side[LOOP_SERVER].status < 0, "the server was not told: %08lx",
           (unsigned long)relay.side[LOOP_SERVER].status & 0xffffffff);
        relay_done(&relay);
        FreeCredentialsHandle(&strict);
    }
    pair_done(&pair);
}

START_TEST(datagram_resumption)
{
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    for (int i = 0; i < 2; i++) {
        SecPkgContext_SessionInfo info;

        push_context("%s", i ? "second" : "first");
        if (relay_connect(&relay, &pair.client, &pair.server)) {
            memset(&info, 0, sizeof(info));
            ok_status(QueryContextAttributesW(&relay.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_SESSION_INFO, &info),
                      SEC_E_OK, "session info");
            ok_number(info.dwFlags & SSL_SESSION_RECONNECT, i ? SSL_SESSION_RECONNECT : 0,
                      "resumed");
            relay_check_traffic(&relay);
        }
        relay_done(&relay);
        pop_context();
    }
    pair_done(&pair);
}

/* SEC_APPLICATION_PROTOCOLS with one name. Returns its size. */
static size_t make_protocols(unsigned char *to, const char *name)
{
    const ULONG extension = SecApplicationProtocolNegotiationExt_ALPN;
    const USHORT list = (USHORT)(1 + strlen(name));
    const ULONG lists = (ULONG)sizeof(extension) + (ULONG)sizeof(list) + list;

    memcpy(to, &lists, 4);
    memcpy(to + 4, &extension, 4);
    memcpy(to + 8, &list, 2);
    to[10] = (unsigned char)strlen(name);
    memcpy(to + 11, name, strlen(name));
    return 11 + strlen(name);
}

START_TEST(datagram_alpn)
{
    static const char *const names[] = {"coap", "a name that is longer than those of GnuTLS are"};
    unsigned char list[100];
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t length = strlen(names[i]), size = make_protocols(list, names[i]);

        push_context("%s", names[i]);
        relay_init(&relay, &pair.client, &pair.server);
        for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
            relay.side[role].alpn = list;
            relay.side[role].alpn_size = size;
        }
        if (ok(relay_handshake(&relay), "handshake")) {
            for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
                SecPkgContext_ApplicationProtocol protocol;

                memset(&protocol, 0, sizeof(protocol));
                ok_status(QueryContextAttributesW(&relay.side[role].context,
                                                  SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol),
                          SEC_E_OK, "application protocol");
                ok(protocol.ProtocolIdSize == length &&
                       !memcmp(protocol.ProtocolId, names[i], length),
                   "another protocol");
            }
        }
        relay_done(&relay);
        pop_context();
    }
    pair_done(&pair);
}

/* ---- memory of the program ---- */

/* str0m gives buffers of its own: what does not fit is asked for again. */
START_TEST(datagram_own_buffers)
{
    unsigned char memory[2000];
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, memory, 20);
    SecBufferDesc output = list_make(&token, 1);
    CtxtHandle context = {0, 0};
    struct pair pair;
    ULONG attributes;
    size_t hello;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    ok_status(InitializeSecurityContextW(&pair.client, NULL, NULL, ISC_REQ_DATAGRAM, 0, 0, NULL, 0,
                                         &context, &output, &attributes, NULL),
              SEC_E_BUFFER_TOO_SMALL, "20 bytes");
    ok(token.cbBuffer > 20 && token.cbBuffer < sizeof(memory), "%lu bytes are needed",
       (unsigned long)token.cbBuffer);
    hello = token.cbBuffer;
    ok_status(InitializeSecurityContextW(&pair.client, NULL, NULL, ISC_REQ_DATAGRAM, 0, 0, NULL, 0,
                                         &context, &output, &attributes, NULL),
              SEC_I_CONTINUE_NEEDED, "as many as are needed");
    ok_number(token.cbBuffer, hello, "size");

    /* The server's question, which no context makes. */
    for (size_t room = 20;
         room<sizeof(memory); room = token.cbBuffer> room ? token.cbBuffer : sizeof(memory)) {
        unsigned char answer[2000];
        SecBuffer in[3] = {buffer_make(SECBUFFER_TOKEN, memory, hello),
                           buffer_make(SECBUFFER_EMPTY, NULL, 0),
                           buffer_make(SECBUFFER_EXTRA, NULL, 0)};
        SecBufferDesc input = list_make(in, 3);
        CtxtHandle server = {0, 0};

        token = buffer_make(SECBUFFER_TOKEN, answer, room);
        ok_status(AcceptSecurityContext(&pair.server, NULL, &input, ASC_REQ_DATAGRAM, 0, &server,
                                        &output, &attributes, NULL),
                  room == 20 ? SEC_E_BUFFER_TOO_SMALL : SEC_I_CONTINUE_NEEDED, "%zu bytes", room);
        ok(server.dwLower == 0 && server.dwUpper == 0, "a context");
        ok(token.cbBuffer > 20 && token.cbBuffer < 100, "%lu bytes", (unsigned long)token.cbBuffer);
    }
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "context is deleted");
    pair_done(&pair);
}

/* ---- cookies of other servers ---- */

static void make_verify(struct bytes *to, size_t cookie)
{
    const unsigned char body = (unsigned char)(3 + cookie),
                        high = (unsigned char)((3 + cookie) >> 8);
    const size_t size = 15 + cookie;
    /* clang-format off */
    const unsigned char header[RELAY_HEADER + 12 + 3] = {
        22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, (unsigned char)(size >> 8), (unsigned char)size,
        HELLO_VERIFY_REQUEST, 0, high, body, 0, 0, 0, 0, 0, 0, high, body,
        0xfe, 0xff, (unsigned char)cookie,
    };
    /* clang-format on */

    bytes_add(to, header, sizeof(header));
    for (size_t i = 0; i < cookie; i++) {
        unsigned char byte = (unsigned char)(i * 7 + 1);

        bytes_add(to, &byte, 1);
    }
}

/* RFC 6347 4.2.1: up to 255 bytes; RFC 4347 had 32, and GnuTLS still has. */
START_TEST(datagram_cookie_sizes)
{
    static const size_t sizes[] = {1, 16, 20, 32, 33, 255};
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        /* Behind version, random and an empty session id. */
        const size_t at = RELAY_HEADER + 12 + 34 + 1;
        struct bytes hello, again = {NULL, 0, 0}, verify = {NULL, 0, 0};
        struct relay relay;

        push_context("%zu bytes", sizes[i]);
        relay_init(&relay, &pair.client, &pair.server);
        if (first_hello(&relay, &hello)) {
            SECURITY_STATUS status;

            make_verify(&verify, sizes[i]);
            status = relay_step(&relay, LOOP_CLIENT, verify.data, verify.size);
            todo_if(!running_on_windows() && sizes[i] > 32)
            {
                ok(status == SEC_I_CONTINUE_NEEDED && relay_take(&relay, LOOP_SERVER, &again) &&
                       again.size > at + sizes[i] && again.data[at] == sizes[i] &&
                       !memcmp(again.data + at + 1, verify.data + RELAY_HEADER + 12 + 3, sizes[i]),
                   "%08lx, or another cookie in the second hello",
                   (unsigned long)status & 0xffffffff);
            }
            bytes_done(&hello);
        }
        bytes_done(&again);
        bytes_done(&verify);
        relay_done(&relay);
        pop_context();
    }
    pair_done(&pair);
}
