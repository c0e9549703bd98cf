/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What comes after the handshake and is no data: session tickets of TLS 1.3 and renegotiation of
 * TLS 1.2, as DecryptMessage reports them with SEC_I_RENEGOTIATE and programs answer.
 *
 * Sources: the page of DecryptMessage (Schannel); the bytes that were seen on Windows: EXTRA covers
 * the record that caused the status, whose type is rewritten to handshake while its length stays;
 * the ways of curl (handshake call with EXTRA), MongoDB (skips the record), Qt (first a call
 * without input).
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

/* The error that .NET names NoRenegotiation; winerror.h has only its informational twin. */
#define NO_RENEGOTIATION ((SECURITY_STATUS)0x80090360)

/* A client with all that the server sent behind the handshake, and one message of data. */
static bool with_ticket(struct connection *it)
{
    if (!connect_pair(it, VERSION_TLS13))
        return false;
    if (!ok(it->loop.side[LOOP_CLIENT].network.size > 0 || it->loop.side[LOOP_CLIENT].held.size > 0,
            "the server sent no ticket"))
        return false;
    ok_status(loop_send(&it->loop, LOOP_SERVER, "data", 4), SEC_E_OK, "sent");
    loop_read(&it->loop, LOOP_CLIENT);
    return true;
}

struct decrypted {
    SecBuffer buffers[4];
    SECURITY_STATUS status;
};

static void decrypt(struct connection *it, struct bytes *bytes, struct decrypted *decrypted)
{
    SecBufferDesc list = list_make(decrypted->buffers, 4);

    decrypted->buffers[0] = buffer_make(SECBUFFER_DATA, bytes->data, bytes->size);
    for (size_t i = 1; i < 4; i++)
        decrypted->buffers[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    decrypted->status = DecryptMessage(&it->loop.side[LOOP_CLIENT].context, &list, 0, NULL);
}

/* The first record is a ticket: what the buffers say, and how its bytes look now. */
static bool check_ticket(struct bytes *bytes, const struct decrypted *decrypted, size_t record)
{
    const SecBuffer *slot = decrypted->buffers;

    if (!ok_status(decrypted->status, SEC_I_RENEGOTIATE, "status"))
        return false;
    ok_number(slot[1].BufferType, SECBUFFER_DATA, "slot 1");
    ok_number(slot[1].cbBuffer, 0, "plaintext");
    ok(slot[1].pvBuffer != NULL, "slot 1 has no pointer: Microsoft's web client reads it");
    if (!ok(slot[3].BufferType == SECBUFFER_EXTRA, "slot 3 has type %lu",
            (unsigned long)slot[3].BufferType))
        return false;
    ok(slot[3].pvBuffer == bytes->data, "EXTRA does not start at the record");
    ok_number(slot[3].cbBuffer, bytes->size, "EXTRA");
    ok_number(bytes->data[0], WIRE_HANDSHAKE, "type of the rewritten record");
    ok_number(wire_record_size(bytes->data, bytes->size), record, "its length");
    return true;
}

START_TEST(post_ticket)
{
    struct connection it;

    if (with_ticket(&it)) {
        struct loop_side *client = &it.loop.side[LOOP_CLIENT];
        struct bytes *held = &client->held, plain = {NULL, 0, 0};
        struct decrypted decrypted;
        SecPkgContext_StreamSizes sizes;
        SecPkgContext_ConnectionInfo info;
        unsigned tickets = 0;

        for (;;) {
            size_t record = wire_record_size(held->data, held->size), size = held->size;

            decrypt(&it, held, &decrypted);
            if (decrypted.status == SEC_E_OK || !check_ticket(held, &decrypted, record))
                break;
            /* In this state questions are answered: c-ares asks for the version. */
            ok_status(QueryContextAttributesW(&client->context, SECPKG_ATTR_CONNECTION_INFO, &info),
                      SEC_E_OK, "connection info");
            ok_status(loop_step(&it.loop, LOOP_CLIENT), SEC_E_OK, "handshake call");
            ok_number(size - held->size, record, "bytes taken by the handshake call");
            tickets++;
        }
        ok(tickets > 0, "no ticket");
        ok_status(decrypted.status, SEC_E_OK, "the data behind the tickets");
        ok(decrypted.buffers[1].cbBuffer == 4 && !memcmp(decrypted.buffers[1].pvBuffer, "data", 4),
           "other data");
        bytes_drop(held, held->size);
        ok_status(QueryContextAttributesW(&client->context, SECPKG_ATTR_STREAM_SIZES, &sizes),
                  SEC_E_OK, "stream sizes");
        loop_check_traffic(&it.loop);
        bytes_done(&plain);
    }
    disconnect(&it);
}

/* MongoDB: the rewritten record goes to DecryptMessage, which refuses it; what follows opens. */
START_TEST(post_ticket_skipped)
{
    struct connection it;

    if (with_ticket(&it)) {
        struct bytes *held = &it.loop.side[LOOP_CLIENT].held;
        struct decrypted decrypted;

        while (decrypt(&it, held, &decrypted), decrypted.status == SEC_I_RENEGOTIATE) {
            size_t record = wire_record_size(held->data, held->size);

            decrypt(&it, held, &decrypted);
            ok_status(decrypted.status, SEC_E_CONTEXT_EXPIRED, "the rewritten record");
            bytes_drop(held, record);
        }
        if (ok_status(decrypted.status, SEC_E_OK, "what follows"))
            ok(decrypted.buffers[1].cbBuffer == 4 &&
                   !memcmp(decrypted.buffers[1].pvBuffer, "data", 4),
               "other data");
        bytes_drop(held, held->size);
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
}

/* Qt: a handshake call without input comes first, and does nothing. */
START_TEST(post_ticket_empty_call)
{
    struct connection it;

    if (with_ticket(&it)) {
        struct loop_side *client = &it.loop.side[LOOP_CLIENT];
        struct bytes *held = &client->held, plain = {NULL, 0, 0};
        struct decrypted decrypted;

        decrypt(&it, held, &decrypted);
        if (ok_status(decrypted.status, SEC_I_RENEGOTIATE, "status")) {
            SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
            SecBufferDesc output = list_make(&token, 1);
            ULONG attributes;

            ok_status(InitializeSecurityContextW(client->credential, &client->context, NULL,
                                                 client->request, 0, 0, NULL, 0, NULL, &output,
                                                 &attributes, NULL),
                      SEC_E_OK, "a call without input");
            ok_number(token.cbBuffer, 0, "token");
            ok_status(loop_step(&it.loop, LOOP_CLIENT), SEC_E_OK, "and then the record");
            ok_status(loop_receive(&it.loop, LOOP_CLIENT, 4, &plain), SEC_E_OK, "data");
        }
        bytes_done(&plain);
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
}

/* Encrypting goes on while a ticket waits for its handshake call. */
START_TEST(post_ticket_pending)
{
    struct connection it;

    if (with_ticket(&it)) {
        struct bytes *held = &it.loop.side[LOOP_CLIENT].held, plain = {NULL, 0, 0};
        struct decrypted decrypted;

        decrypt(&it, held, &decrypted);
        ok_status(decrypted.status, SEC_I_RENEGOTIATE, "status");
        ok_status(loop_send(&it.loop, LOOP_CLIENT, "meanwhile", 9), SEC_E_OK, "encrypt");
        ok_status(loop_receive(&it.loop, LOOP_SERVER, 9, &plain), SEC_E_OK, "arrives");
        bytes_done(&plain);
        ok_status(loop_step(&it.loop, LOOP_CLIENT), SEC_E_OK, "handshake call");
        ok_status(loop_receive(&it.loop, LOOP_CLIENT, 4, &plain), SEC_E_OK, "data");
        bytes_done(&plain);
    }
    disconnect(&it);
}

/* Both sides move until nothing is on the way any more. */
static SECURITY_STATUS pump_side(struct loop *loop, enum loop_role role, bool *in_handshake)
{
    struct loop_side *side = &loop->side[role];
    struct bytes plain = {NULL, 0, 0};
    SecPkgContext_ConnectionInfo info;
    SECURITY_STATUS status;

    if (!*in_handshake) {
        status = loop_unseal(side, &plain);
        ok_number(plain.size, 0, "data in a renegotiation");
        bytes_done(&plain);
        if (status != SEC_I_RENEGOTIATE)
            return status;
        /* Programs ask here which version it is, to know what is meant (c-ares). */
        ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_CONNECTION_INFO, &info),
                  SEC_E_OK, "connection info");
    }
    status = loop_step(loop, role);
    *in_handshake = status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE;
    return status;
}

static bool pump(struct loop *loop, bool in_handshake[2])
{
    for (unsigned rounds = 0; rounds < 1000; rounds++) {
        bool moved = false;

        for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
            struct loop_side *side = &loop->side[role];
            SECURITY_STATUS status = SEC_E_OK;

            if (!loop_read(loop, (enum loop_role)role) && !side->held.size)
                continue;
            moved = true;
            status = pump_side(loop, (enum loop_role)role, &in_handshake[role]);
            if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
                ok(false, "%s: %08lx", role == LOOP_CLIENT ? "client" : "server",
                   (unsigned long)status & 0xffffffff);
                return false;
            }
        }
        if (!moved)
            return true;
    }
    ok(false, "never ends");
    return false;
}

/* TLS 1.2, begun by the client: a handshake call without input on a finished context. */
START_TEST(post_renegotiate_client)
{
    struct connection it;

    if (connect_pair(&it, VERSION_TLS12)) {
        bool in_handshake[2] = {true, false};

        loop_check_traffic(&it.loop);
        if (ok_status(loop_step(&it.loop, LOOP_CLIENT), SEC_I_CONTINUE_NEEDED, "begun")) {
            const struct bytes *wire = &it.loop.side[LOOP_SERVER].network;

            /* A protected record: the hello may not be read on the way. */
            ok(wire->size > 5 && wire->data[0] == WIRE_HANDSHAKE, "no handshake record");
            ok(!wire_is_client_hello(wire->data, wire->size), "the hello is in the clear");
            if (pump(&it.loop, in_handshake)) {
                ok(!in_handshake[LOOP_CLIENT] && !in_handshake[LOOP_SERVER], "not finished");
                loop_check_traffic(&it.loop);
            }
        }
    }
    disconnect(&it);
}

/* TLS 1.2, begun by the server: its call gives a HelloRequest and is done. */
START_TEST(post_renegotiate_server)
{
    struct connection it;

    if (connect_pair(&it, VERSION_TLS12)) {
        bool in_handshake[2] = {false, false};

        loop_check_traffic(&it.loop);
        if (ok_status(loop_step(&it.loop, LOOP_SERVER), SEC_E_OK, "HelloRequest") &&
            ok(it.loop.side[LOOP_CLIENT].network.size > 0, "no HelloRequest") &&
            pump(&it.loop, in_handshake)) {
            ok(!in_handshake[LOOP_CLIENT] && !in_handshake[LOOP_SERVER], "not finished");
            loop_check_traffic(&it.loop);
        }
    }
    disconnect(&it);
}

/* TLS 1.3 has no renegotiation; the context stays usable. */
START_TEST(post_no_renegotiation)
{
    struct connection it;

    if (connect_pair(&it, VERSION_TLS13)) {
        loop_check_traffic(&it.loop);
        ok_status(loop_step(&it.loop, LOOP_SERVER), NO_RENEGOTIATION, "server");
        it.loop.side[LOOP_SERVER].failed = false;
        loop_check_traffic(&it.loop);
        ok_status(loop_step(&it.loop, LOOP_CLIENT), NO_RENEGOTIATION, "client");
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
}

/* The client's program refuses by a control token: the server is told, and both go on. */
START_TEST(post_renegotiation_refused)
{
    for (int raw = 0; raw < 2; raw++) {
        SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_WARNING,
                                      TLS1_ALERT_NO_RENEGOTIATION};
        struct bytes plain = {NULL, 0, 0};
        struct connection it;

        push_context("%s", raw ? "raw record to the handshake function" : "DecryptMessage");
        if (connect_pair(&it, VERSION_TLS12)) {
            struct loop_side *server = &it.loop.side[LOOP_SERVER];

            loop_check_traffic(&it.loop);
            ok_status(loop_step(&it.loop, LOOP_SERVER), SEC_E_OK, "HelloRequest");
            loop_read(&it.loop, LOOP_CLIENT);
            ok_status(loop_unseal(&it.loop.side[LOOP_CLIENT], &plain), SEC_I_RENEGOTIATE,
                      "the client");
            ok_status(loop_control(&it.loop, LOOP_CLIENT, &token, sizeof(token)), SEC_E_OK,
                      "refused");
            loop_read(&it.loop, LOOP_SERVER);
            ok_status(raw ? loop_step(&it.loop, LOOP_SERVER) : loop_unseal(server, &plain),
                      SEC_E_ILLEGAL_MESSAGE, "the server is told");
            server->failed = false;
            bytes_drop(&server->held, server->held.size);
            loop_check_traffic(&it.loop);
            loop_check_traffic(&it.loop);
        }
        bytes_done(&plain);
        disconnect(&it);
        pop_context();
    }
}
