/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Application protocols: the buffer in its places, who chooses, no overlap, one side only, many and
 * long names, malformed lists.
 *
 * Sources: RFC 7301; the buffers that curl, .NET, Rust's schannel, Qt and aws-c-io pass;
 * SEC_E_APPLICATION_PROTOCOL_MISMATCH as .NET and icerpc report it.
 */
#include "common.h"

#include <string.h>

struct list {
    union {
        SEC_APPLICATION_PROTOCOLS protocols;
        unsigned char bytes[6000];
    } memory;
    size_t size;
};

/* One list of identifiers, given with their length bytes. */
static void list_set(struct list *list, ULONG extension, const char *ids, size_t size)
{
    const ULONG lists_size = (ULONG)(sizeof(ULONG) + sizeof(USHORT) + size);
    const USHORT list_size = (USHORT)size;

    memset(list, 0, sizeof(*list));
    memcpy(list->memory.bytes, &lists_size, 4);
    memcpy(list->memory.bytes + 4, &extension, 4);
    memcpy(list->memory.bytes + 8, &list_size, 2);
    memcpy(list->memory.bytes + 10, ids, size);
    list->size = 10 + size;
}

#define LIST(list, ids)                                                                            \
    list_set(&list, SecApplicationProtocolNegotiationExt_ALPN, ids, sizeof(ids) - 1)

#define H2 "\x02h2"
#define HTTP "\x08http/1.1"
#define SPDY "\x06spdy/3"

static void check_protocol(struct loop_side *side, const char *want)
{
    SecPkgContext_ApplicationProtocol protocol;
    size_t size = strlen(want);

    memset(&protocol, 0xee, sizeof(protocol));
    if (!ok_status(
            QueryContextAttributesW(&side->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol),
            SEC_E_OK, "application protocol"))
        return;
    ok_number(protocol.ProtoNegoStatus,
              size ? SecApplicationProtocolNegotiationStatus_Success
                   : SecApplicationProtocolNegotiationStatus_None,
              "negotiation status");
    ok_number(protocol.ProtoNegoExt,
              size ? SecApplicationProtocolNegotiationExt_ALPN
                   : SecApplicationProtocolNegotiationExt_None,
              "negotiation extension");
    ok_number(protocol.ProtocolIdSize, size, "size");
    if (protocol.ProtocolIdSize == size)
        ok(!memcmp(protocol.ProtocolId, want, size), "other protocol: %.*s", (int)size,
           protocol.ProtocolId);
}

START_TEST(alpn_choice)
{
    static const struct {
        const char *name, *client, *server, *want;
    } cases[] = {
        {"one and the same", H2, H2, "h2"},
        {"the server's order counts", H2 HTTP, HTTP H2, "http/1.1"},
        {"the second of each", SPDY H2, HTTP H2, "h2"},
        {"client only", H2, NULL, ""},
        {"server only", NULL, H2, ""},
        {"neither", NULL, NULL, ""},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct list client, server;
            struct loop loop;

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            loop_init(&loop, &pair.client, &pair.server);
            if (cases[i].client) {
                list_set(&client, SecApplicationProtocolNegotiationExt_ALPN, cases[i].client,
                         strlen(cases[i].client));
                loop.side[LOOP_CLIENT].alpn = client.memory.bytes;
                loop.side[LOOP_CLIENT].alpn_size = client.size;
            }
            if (cases[i].server) {
                list_set(&server, SecApplicationProtocolNegotiationExt_ALPN, cases[i].server,
                         strlen(cases[i].server));
                loop.side[LOOP_SERVER].alpn = server.memory.bytes;
                loop.side[LOOP_SERVER].alpn_size = server.size;
            }
            if (ok(loop_handshake(&loop), "handshake fails")) {
                check_protocol(&loop.side[LOOP_CLIENT], cases[i].want);
                check_protocol(&loop.side[LOOP_SERVER], cases[i].want);
                loop_check_traffic(&loop);
                /* Tickets have been read by now: the answer must have survived them. */
                check_protocol(&loop.side[LOOP_CLIENT], cases[i].want);
            }
            loop_done(&loop);
            pop_context();
        }
        pair_done(&pair);
    }
}

START_TEST(alpn_no_overlap)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct list client, server;
        struct loop loop;
        struct pair pair;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        push_context("%s", version_name(both_versions[v]));
        LIST(client, H2);
        LIST(server, HTTP);
        loop_init(&loop, &pair.client, &pair.server);
        loop.side[LOOP_CLIENT].alpn = client.memory.bytes;
        loop.side[LOOP_CLIENT].alpn_size = client.size;
        loop.side[LOOP_SERVER].alpn = server.memory.bytes;
        loop.side[LOOP_SERVER].alpn_size = server.size;
        ok(!loop_handshake(&loop), "handshake works");
        ok_status(loop.side[LOOP_SERVER].status, SEC_E_APPLICATION_PROTOCOL_MISMATCH, "server");
        ok_status(loop.side[LOOP_CLIENT].status, SEC_E_APPLICATION_PROTOCOL_MISMATCH, "client");
        loop_done(&loop);
        pair_done(&pair);
        pop_context();
    }
}

/* The buffer may stand alone, behind TOKEN, or behind TOKEN and EMPTY; the hello shows it. */
START_TEST(alpn_places)
{
    static const struct {
        const char *name;
        ULONG types[3];
        size_t count;
    } cases[] = {
        {"alone (curl)", {SECBUFFER_APPLICATION_PROTOCOLS}, 1},
        {"slot 1 (Qt, aws-c-io)", {SECBUFFER_TOKEN, SECBUFFER_APPLICATION_PROTOCOLS}, 2},
        {"slot 2 (.NET)", {SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_APPLICATION_PROTOCOLS}, 3},
        {"before the others",
         {SECBUFFER_APPLICATION_PROTOCOLS, SECBUFFER_TOKEN, SECBUFFER_EMPTY},
         3},
    };
    static const unsigned char want[] = {0,   12,  2,   'h', '2', 8,   'h',
                                         't', 't', 'p', '/', '1', '.', '1'};
    CredHandle client;

    if (!client_make(&client, VERSION_ANY))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer in[3], token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        SecBufferDesc input = list_make(in, cases[i].count), output = list_make(&token, 1);
        CtxtHandle context = handle_of(0);
        struct list list;
        ULONG attributes;

        push_context("%s", cases[i].name);
        LIST(list, H2 HTTP);
        for (size_t k = 0; k < cases[i].count; k++)
            in[k] = cases[i].types[k] == SECBUFFER_APPLICATION_PROTOCOLS
                        ? buffer_make(cases[i].types[k], list.memory.bytes, list.size)
                        : buffer_make(cases[i].types[k], NULL, 0);
        if (ok_status(InitializeSecurityContextW(&client, NULL, u"localhost", CLIENT_REQUEST, 0, 0,
                                                 &input, 0, &context, &output, &attributes, NULL),
                      SEC_I_CONTINUE_NEEDED, "status")) {
            struct wire_part part = wire_extension(token.pvBuffer, token.cbBuffer, 16);

            if (ok(part.data != NULL, "no extension in the hello"))
                ok(part.size == sizeof(want) && !memcmp(part.data, want, sizeof(want)),
                   "other contents, %zu bytes", part.size);
            DeleteSecurityContext(&context);
        }
        FreeContextBuffer(token.pvBuffer);
        pop_context();
    }
    FreeCredentialsHandle(&client);
}

/* ---- as many and as long as the buffer holds ---- */

#define MANY 20

/* MANY names that start with `letter`, of `length` bytes each, then another list's. Returns its
 * size. */
static size_t make_names(char *ids, char letter, size_t length, const char *last)
{
    size_t used = 0;

    for (int i = 0; i < MANY; i++) {
        ids[used] = (char)(unsigned char)length;
        memset(ids + used + 1, letter, length);
        ids[used + 1 + (size_t)i % length] = (char)('A' + i);
        used += 1 + length;
    }
    memcpy(ids + used, last, strlen(last));
    return used + strlen(last);
}

static void set_names(struct loop_side *side, struct list *list, const char *ids, size_t size)
{
    list_set(list, SecApplicationProtocolNegotiationExt_ALPN, ids, size);
    side->alpn = list->memory.bytes;
    side->alpn_size = list->size;
}

static void check_hello_has(struct loop *loop, const char *ids, size_t size)
{
    const struct bytes *hello = &loop->side[LOOP_SERVER].network;
    struct wire_part part = wire_extension(hello->data, hello->size, 16);

    if (ok(part.data != NULL, "no extension in the hello"))
        ok(part.size == size + 2 && !memcmp(part.data + 2, ids, size), "%zu bytes of %zu",
           part.size, size + 2);
}

/* The client offers many short names or long ones, and "h2" as the last; the server knows others,
 * and "h2", or none of them. */
static void check_many(struct pair *pair, size_t length, const char *common)
{
    static char client_ids[6000], server_ids[6000];
    static struct list client, server;
    size_t client_size = make_names(client_ids, 'c', length, H2);
    size_t server_size = make_names(server_ids, 's', length, common);
    struct loop loop;

    loop_init(&loop, &pair->client, &pair->server);
    set_names(&loop.side[LOOP_CLIENT], &client, client_ids, client_size);
    set_names(&loop.side[LOOP_SERVER], &server, server_ids, server_size);
    loop_step(&loop, LOOP_CLIENT);
    check_hello_has(&loop, client_ids, client_size);
    if (!*common) {
        ok(!loop_handshake(&loop), "handshake works");
        ok_status(loop.side[LOOP_SERVER].status, SEC_E_APPLICATION_PROTOCOL_MISMATCH, "server");
        ok_status(loop.side[LOOP_CLIENT].status, SEC_E_APPLICATION_PROTOCOL_MISMATCH, "client");
    } else if (ok(loop_handshake(&loop), "handshake fails")) {
        check_protocol(&loop.side[LOOP_CLIENT], common + 1);
        check_protocol(&loop.side[LOOP_SERVER], common + 1);
        loop_check_traffic(&loop);
        check_protocol(&loop.side[LOOP_CLIENT], common + 1);
    }
    loop_done(&loop);
}

/* One name of the greatest length, and a server that knows nothing of the extension. */
static void check_longest(struct pair *pair)
{
    char ids[257], text[256] = {0};
    struct list client, server;
    struct loop loop;

    for (int with_server = 0; with_server < 2; with_server++) {
        ids[0] = (char)255;
        memset(ids + 1, 'x', 255);
        memset(text, 'x', 255);
        loop_init(&loop, &pair->client, &pair->server);
        set_names(&loop.side[LOOP_CLIENT], &client, ids, 256);
        if (with_server)
            set_names(&loop.side[LOOP_SERVER], &server, ids, 256);
        if (ok(loop_handshake(&loop), "handshake fails")) {
            check_protocol(&loop.side[LOOP_CLIENT], with_server ? text : "");
            check_protocol(&loop.side[LOOP_SERVER], with_server ? text : "");
        }
        loop_done(&loop);
    }
}

START_TEST(alpn_many)
{
    static const size_t lengths[] = {2, 31, 32, 200};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        for (size_t i = 0; i < COUNT_OF(lengths); i++) {
            push_context("%s, names of %zu", version_name(both_versions[v]), lengths[i]);
            check_many(&pair, lengths[i], H2);
            check_many(&pair, lengths[i], "");
            pop_context();
        }
        push_context("%s, the longest", version_name(both_versions[v]));
        check_longest(&pair);
        pop_context();
        pair_done(&pair);
    }
}

/* Lists whose lengths lie, or that hold nothing. */
START_TEST(alpn_malformed)
{
    enum { EXTENSION = SecApplicationProtocolNegotiationExt_ALPN };
    static const struct {
        const char *name;
        unsigned lists_size, extension, list_size;
        const char *ids;
        size_t ids_size, buffer_size; /* buffer_size 0: what the parts need */
        SECURITY_STATUS want;
        bool offered;
    } cases[] = {
        {"good", 9, EXTENSION, 3, H2, 3, 0, SEC_I_CONTINUE_NEEDED, true},
        {"no lists", 0, 0, 0, "", 0, 4, SEC_I_CONTINUE_NEEDED, false},
        {"NPN only", 9, SecApplicationProtocolNegotiationExt_NPN, 3, H2, 3, 0,
         SEC_I_CONTINUE_NEEDED, false},
        {"an empty list", 6, EXTENSION, 0, "", 0, 0, SEC_I_CONTINUE_NEEDED, false},
        {"an empty identifier", 7, EXTENSION, 1, "\0", 1, 0, SEC_E_INVALID_TOKEN, false},
        {"identifier longer than the list", 9, EXTENSION, 3, "\x03h2", 3, 0, SEC_E_INVALID_TOKEN,
         false},
        {"list longer than the lists", 9, EXTENSION, 30, H2, 3, 0, SEC_E_INVALID_TOKEN, false},
        {"lists longer than the buffer", 100, EXTENSION, 3, H2, 3, 0, SEC_E_INVALID_TOKEN, false},
        {"lists of all ones", 0xffffffff, EXTENSION, 3, H2, 3, 0, SEC_E_INVALID_TOKEN, false},
        {"half a list header", 5, EXTENSION, 3, H2, 3, 0, SEC_E_INVALID_TOKEN, false},
        {"half a size", 9, EXTENSION, 3, H2, 3, 3, SEC_E_INVALID_TOKEN, false},
    };
    CredHandle client;

    if (!client_make(&client, VERSION_ANY))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer in, token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        SecBufferDesc input = list_make(&in, 1), output = list_make(&token, 1);
        CtxtHandle context = handle_of(0);
        struct list list;
        SECURITY_STATUS status;
        ULONG attributes;

        if (running_on_windows() && cases[i].want == SEC_E_INVALID_TOKEN) {
            skip("%s: an error, but its code is not known of Windows", cases[i].name);
            continue;
        }
        push_context("%s", cases[i].name);
        list_set(&list, cases[i].extension, cases[i].ids, cases[i].ids_size);
        memcpy(list.memory.bytes, &cases[i].lists_size, 4);
        list.memory.bytes[8] = (unsigned char)cases[i].list_size;
        in = buffer_make(SECBUFFER_APPLICATION_PROTOCOLS, list.memory.bytes,
                         cases[i].buffer_size ? cases[i].buffer_size : list.size);
        status = InitializeSecurityContextW(&client, NULL, u"localhost", CLIENT_REQUEST, 0, 0,
                                            &input, 0, &context, &output, &attributes, NULL);
        ok_status(status, cases[i].want, "status");
        if (status == SEC_I_CONTINUE_NEEDED) {
            struct wire_part part = wire_extension(token.pvBuffer, token.cbBuffer, 16);

            ok(!part.data == !cases[i].offered, "extension in the hello");
            DeleteSecurityContext(&context);
        }
        FreeContextBuffer(token.pvBuffer);
        pop_context();
    }
    FreeCredentialsHandle(&client);
}
