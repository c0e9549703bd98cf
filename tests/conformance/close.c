/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Closing: ApplyControlToken with SCHANNEL_SHUTDOWN and the call that emits the alert, in the ways
 * of the programs; what works afterwards; session tokens.
 *
 * Sources: the page "Shutting Down an Schannel Connection"; curl, Rust's schannel, libgit2,
 * boost-wintls, mORMot and Qt, each with its own buffers; all of them take SEC_E_OK.
 */
#include "common.h"

#include <string.h>

struct closing {
    struct loop_side *side;
    SecBuffer in[2], out;
    SecBufferDesc input, output;
    bool no_input, server_call, new_context_too;
    DWORD token;
    SecBuffer control;
    SecBufferDesc control_list;
};

static void way_plain(struct closing *closing)
{
    closing->no_input = true;
}

static void way_empty_token(struct closing *closing)
{
    closing->input = list_make(closing->in, 2);
}

static void way_one_buffer(struct closing *closing)
{
    closing->input = list_make(closing->in, 1);
}

static void way_same_descriptor(struct closing *closing)
{
    /* boost-wintls gives the control token's descriptor as output: its pointer is overwritten. */
    closing->no_input = true;
    closing->control.cbBuffer = 4;
    closing->output = closing->control_list;
}

static void way_typed_empty(struct closing *closing)
{
    closing->no_input = true;
    closing->out.BufferType = SECBUFFER_EMPTY;
}

static void way_new_context(struct closing *closing)
{
    closing->no_input = closing->new_context_too = true;
}

static void way_other_function(struct closing *closing)
{
    closing->no_input = true;
    closing->server_call = !closing->server_call;
}

static const struct {
    const char *name;
    void (*set)(struct closing *closing);
} ways[] = {
    {"no input (curl, Qt, mORMot)", way_plain},
    {"an empty token and EMPTY (Rust)", way_empty_token},
    {"one empty token (libgit2)", way_one_buffer},
    {"the control token's descriptor as output (wintls)", way_same_descriptor},
    {"output typed EMPTY", way_typed_empty},
    {"with a new context", way_new_context},
    {"InitializeSecurityContext on a server (wintls)", way_other_function},
};

static SECURITY_STATUS emit(struct closing *closing)
{
    struct loop_side *side = closing->side;
    SecBufferDesc *input = closing->no_input ? NULL : &closing->input;
    CtxtHandle again = side->context;
    ULONG attributes;

    if (closing->server_call)
        return AcceptSecurityContext(side->credential, &side->context, input, SERVER_REQUEST, 0,
                                     closing->new_context_too ? &again : NULL, &closing->output,
                                     &attributes, NULL);
    return InitializeSecurityContextW(side->credential, &side->context, NULL, CLIENT_REQUEST, 0, 0,
                                      input, 0, closing->new_context_too ? &again : NULL,
                                      &closing->output, &attributes, NULL);
}

static void check_way(struct loop *loop, enum loop_role role, size_t way)
{
    struct closing closing;
    SecBuffer *out;

    memset(&closing, 0, sizeof(closing));
    closing.side = &loop->side[role];
    closing.server_call = role == LOOP_SERVER;
    closing.token = SCHANNEL_SHUTDOWN;
    closing.control = buffer_make(SECBUFFER_TOKEN, &closing.token, sizeof(closing.token));
    closing.control_list = list_make(&closing.control, 1);
    closing.in[0] = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    closing.in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    closing.out = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    closing.output = list_make(&closing.out, 1);
    ok_status(ApplyControlToken(&closing.side->context, &closing.control_list), SEC_E_OK,
              "control token");
    ways[way].set(&closing);
    ok_status(emit(&closing), SEC_E_OK, "call");
    out = closing.output.pBuffers;
    ok_number(out->BufferType, SECBUFFER_TOKEN, "type");
    if (ok(out->pvBuffer && out->pvBuffer != &closing.token && out->cbBuffer > 0, "no alert")) {
        ok(wire_is_whole(out->pvBuffer, out->cbBuffer), "not whole records");
        loop_deliver(loop, role == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT, out->pvBuffer,
                     out->cbBuffer);
        FreeContextBuffer(out->pvBuffer);
    }
}

/* The side that closed sends no more, and reads on; its peer is told by the I status, again and
 * again. */
static void check_closed(struct loop *loop, enum loop_role role)
{
    struct loop_side *side = &loop->side[role], *peer = &loop->side[1 - (int)role];
    enum loop_role other = (enum loop_role)(1 - (int)role);
    struct bytes wire = {NULL, 0, 0}, plain = {NULL, 0, 0};

    ok_status(loop_seal(side, "late", 4, &wire), SEC_E_CONTEXT_EXPIRED, "encrypt after closing");
    ok_status(loop_receive(loop, other, 1, &plain), SEC_I_CONTEXT_EXPIRED, "the peer is told");
    ok_number(plain.size, 0, "plaintext with the closing");
    ok_status(loop_send(loop, other, "answer", 6), SEC_E_OK, "the peer still sends");
    ok_status(loop_receive(loop, role, 6, &plain), SEC_E_OK, "and is read");
    ok_number(plain.size, 6, "answer");
    ok_status(loop_shutdown(loop, other), SEC_E_OK, "the peer closes as well");
    ok_status(loop_receive(loop, role, 7, &plain), SEC_I_CONTEXT_EXPIRED, "and that is told");
    ok_status(loop_seal(peer, "late", 4, &wire), SEC_E_CONTEXT_EXPIRED, "both are closed");
    bytes_done(&wire);
    bytes_done(&plain);
}

START_TEST(close_ways)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
            for (size_t i = 0; i < COUNT_OF(ways); i++) {
                struct connection it;

                push_context("%s, %s, %s", version_name(both_versions[v]),
                             role == LOOP_CLIENT ? "client" : "server", ways[i].name);
                if (connect_pair(&it, both_versions[v])) {
                    loop_check_traffic(&it.loop);
                    check_way(&it.loop, (enum loop_role)role, i);
                    check_closed(&it.loop, (enum loop_role)role);
                }
                disconnect(&it);
                pop_context();
            }
        }
    }
}

/* DecryptMessage with all that is held, by a peer's reader who looks at the four slots. */
static SECURITY_STATUS open_held(struct loop_side *side, SecBuffer slots[4])
{
    SecBufferDesc list = list_make(slots, 4);

    slots[0] = buffer_make(SECBUFFER_DATA, side->held.data, side->held.size);
    for (size_t i = 1; i < 4; i++)
        slots[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    return DecryptMessage(&side->context, &list, 0, NULL);
}

static void check_behind(struct loop_side *side, size_t behind)
{
    SecBuffer slot[4];

    ok_status(open_held(side, slot), SEC_I_CONTEXT_EXPIRED, "close_notify");
    ok_number(slot[1].BufferType, SECBUFFER_DATA, "slot 1");
    ok_number(slot[1].cbBuffer, 0, "data with the closing");
    ok(slot[1].pvBuffer != NULL, "slot 1 has no pointer");
    if (behind) {
        ok_number(slot[3].BufferType, SECBUFFER_EXTRA, "slot 3");
        ok_number(slot[3].cbBuffer, behind, "EXTRA");
        ok((uint8_t *)slot[3].pvBuffer == side->held.data + side->held.size - behind,
           "EXTRA is not the tail");
    } else {
        ok_number(slot[3].BufferType, SECBUFFER_EMPTY, "slot 3");
        ok_number(slot[3].cbBuffer, 0, "slot 3");
    }
    bytes_drop(&side->held, side->held.size - behind);
}

/* A close_notify behind data in one read, and bytes behind it (chat servers that log a player out;
 * curl, MariaDB and Microsoft's web client look at EXTRA in slot 3). It is told again and again,
 * and the answer to it can still be made. */
START_TEST(close_extra)
{
    static const size_t behind[] = {0, 1, 10, 100};

    for (size_t i = 0; i < 2 * 2 * COUNT_OF(behind); i++) {
        size_t size = behind[i / 4];
        enum loop_role reader = i / 2 % 2 ? LOOP_SERVER : LOOP_CLIENT;
        struct bytes plain = {NULL, 0, 0};
        uint8_t after[100] = {23, 3, 3, 0, 95};
        SecBuffer slot[4];
        struct connection it;

        push_context("%s, the %s reads, %zu bytes behind", version_name(both_versions[i % 2]),
                     reader == LOOP_CLIENT ? "client" : "server", size);
        if (connect_pair(&it, both_versions[i % 2])) {
            struct loop_side *side = &it.loop.side[reader];
            enum loop_role closer = (enum loop_role)(1 - (int)reader);

            loop_check_traffic(&it.loop); /* takes the tickets */
            ok_status(loop_send(&it.loop, closer, "last", 4), SEC_E_OK, "data");
            ok_status(loop_shutdown(&it.loop, closer), SEC_E_OK, "shutdown");
            loop_deliver(&it.loop, reader, after, size);
            loop_read(&it.loop, reader);
            ok_status(loop_unseal(side, &plain), SEC_E_OK, "the data");
            ok(plain.size == 4 && !memcmp(plain.data, "last", 4), "other data");
            check_behind(side, size);
            ok_status(open_held(side, slot), SEC_I_CONTEXT_EXPIRED, "again");
            ok_status(loop_send(&it.loop, reader, "answer", 6), SEC_E_OK, "answer");
            ok_status(loop_shutdown(&it.loop, reader), SEC_E_OK, "the reader's shutdown");
            bytes_drop(&plain, plain.size);
            ok_status(loop_receive(&it.loop, closer, 7, &plain), SEC_I_CONTEXT_EXPIRED,
                      "both are closed");
            ok_number(plain.size, 6, "answer");
        }
        bytes_done(&plain);
        disconnect(&it);
        pop_context();
    }
}

/* Before the handshake is done the alert is a plain one; the server is told. */
START_TEST(close_in_handshake)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            struct bytes *wire = &loop.side[LOOP_SERVER].network;

            loop_init(&loop, &pair.client, &pair.server);
            ok_status(loop_step(&loop, LOOP_CLIENT), SEC_I_CONTINUE_NEEDED, "hello");
            bytes_drop(wire, wire->size);
            ok_status(loop_shutdown(&loop, LOOP_CLIENT), SEC_E_OK, "shutdown");
            ok(wire->size == 7 && wire->data[0] == WIRE_ALERT && wire->data[6] == 0,
               "not a plain close_notify, %zu bytes", wire->size);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* Tokens that are none. */
START_TEST(close_bad_tokens)
{
    static const struct {
        const char *name;
        DWORD token[4];
        ULONG size, type;
        SECURITY_STATUS want;
    } cases[] = {
        {"unknown number", {99}, 4, SECBUFFER_TOKEN, SEC_E_INVALID_TOKEN},
        {"renegotiate", {SCHANNEL_RENEGOTIATE}, 4, SECBUFFER_TOKEN, SEC_E_UNSUPPORTED_FUNCTION},
        {"half a number", {SCHANNEL_SHUTDOWN}, 2, SECBUFFER_TOKEN, SEC_E_INVALID_TOKEN},
        {"nothing", {SCHANNEL_SHUTDOWN}, 0, SECBUFFER_TOKEN, SEC_E_INVALID_TOKEN},
        {"no token buffer", {SCHANNEL_SHUTDOWN}, 4, SECBUFFER_DATA, SEC_E_INVALID_TOKEN},
        {"an alert cut short",
         {SCHANNEL_ALERT, TLS1_ALERT_FATAL, 40},
         8,
         SECBUFFER_TOKEN,
         SEC_E_INVALID_TOKEN},
        {"a session token cut short",
         {SCHANNEL_SESSION, 1},
         4,
         SECBUFFER_TOKEN,
         SEC_E_INVALID_TOKEN},
    };
    struct connection it;

    if (running_on_windows()) {
        skip("Windows' answers to bad control tokens are not known");
        return;
    }
    if (connect_pair(&it, VERSION_TLS12)) {
        CtxtHandle *context = &it.loop.side[LOOP_CLIENT].context;
        SecBufferDesc list;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            DWORD token[4];
            SecBuffer buffer = buffer_make(cases[i].type, token, cases[i].size);

            memcpy(token, cases[i].token, sizeof(token));
            list = list_make(&buffer, 1);
            ok_status(ApplyControlToken(context, &list), cases[i].want, "%s", cases[i].name);
        }
        ok_status(ApplyControlToken(context, NULL), SEC_E_INVALID_TOKEN, "no list");
        list = list_make(NULL, 0);
        ok_status(ApplyControlToken(context, &list), SEC_E_INVALID_TOKEN, "no buffers");
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
}

/* .NET switches resumption off right after the hello; nothing is sent for it. */
START_TEST(close_session_token)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            SCHANNEL_SESSION_TOKEN token = {SCHANNEL_SESSION, SSL_SESSION_DISABLE_RECONNECTS};
            SecBuffer buffer = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token));
            SecBufferDesc list = list_make(&buffer, 1);

            loop_init(&loop, &pair.client, &pair.server);
            ok_status(loop_step(&loop, LOOP_CLIENT), SEC_I_CONTINUE_NEEDED, "hello");
            ok_status(ApplyControlToken(&loop.side[LOOP_CLIENT].context, &list), SEC_E_OK, "token");
            if (ok(loop_handshake(&loop), "the handshake does not go on"))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}
