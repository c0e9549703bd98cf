/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See loop.h: the handshake.
 */
#ifndef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#endif

#include "loop.h"

#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "harness.h"

/* More than a handshake needs that comes byte by byte. */
#define STEPS_MAX 200000

#define CLIENT_ALWAYS                                                                              \
    (ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY | ISC_RET_STREAM)
#define CLIENT_ECHO                                                                                \
    (ISC_RET_ALLOCATED_MEMORY | ISC_RET_EXTENDED_ERROR | ISC_RET_USED_SUPPLIED_CREDS |             \
     ISC_RET_MANUAL_CRED_VALIDATION)
#define SERVER_ALWAYS                                                                              \
    (ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY | ASC_RET_STREAM)
#define SERVER_ECHO (ASC_RET_ALLOCATED_MEMORY | ASC_RET_EXTENDED_ERROR)

/* What stands in an output buffer before a call in which the package allocates: programs leave it
 * uninitialised (JDK), or pass what another call used (boost-wintls). */
#define STALE_SIZE 0x5aa5
static uint8_t stale;

/* The buffers of one call. */
struct call {
    SecBuffer in[3], out[1];
    SecBufferDesc input, output;
    uint8_t *own;    /* memory for the token, or NULL */
    uint8_t *before; /* a copy of what was given */
    CtxtHandle context;
    bool first;
};

void loop_init(struct loop *loop, CredHandle *client, CredHandle *server)
{
    struct loop_side *side = loop->side;

    memset(loop, 0, sizeof(*loop));
    side[LOOP_CLIENT].credential = client;
    side[LOOP_CLIENT].target = u"localhost";
    side[LOOP_CLIENT].request = ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
                                ISC_REQ_CONFIDENTIALITY | ISC_REQ_STREAM | ISC_REQ_ALLOCATE_MEMORY |
                                ISC_REQ_EXTENDED_ERROR | ISC_REQ_MANUAL_CRED_VALIDATION;
    side[LOOP_SERVER].credential = server;
    side[LOOP_SERVER].request = ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
                                ASC_REQ_CONFIDENTIALITY | ASC_REQ_STREAM | ASC_REQ_ALLOCATE_MEMORY |
                                ASC_REQ_EXTENDED_ERROR;
}

void loop_done(struct loop *loop)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct loop_side *side = &loop->side[role];

        if (side->has_context)
            ok_status(DeleteSecurityContext(&side->context), SEC_E_OK, "context is deleted");
        bytes_done(&side->network);
        bytes_done(&side->held);
        side->has_context = false;
    }
}

void loop_deliver(struct loop *loop, enum loop_role to, const void *data, size_t size)
{
    struct loop_side *side = &loop->side[to];

    bytes_add(&side->network, data, size);
    if (loop->flip && loop->flip_to == to && loop->flip_at >= side->arrived &&
        loop->flip_at - side->arrived < size)
        side->network.data[side->network.size - size + (loop->flip_at - side->arrived)] ^=
            loop->flip_mask;
    side->arrived += size;
}

bool loop_read(struct loop *loop, enum loop_role role)
{
    struct loop_side *side = &loop->side[role];
    size_t size = side->network.size, held;

    if (!size)
        return false;
    switch (loop->cut) {
    case LOOP_WHOLE:
        break;
    case LOOP_RECORD:
        held = wire_record_size(side->network.data, size);
        if (held && held < size)
            size = held;
        break;
    case LOOP_BYTE:
        size = 1;
        break;
    case LOOP_RANDOM:
        /* Often a few bytes, so that headers are cut, seldom much. */
        held = harness_random() % 4 ? 1 + harness_random() % 9 : 1 + harness_random() % 3000;
        if (held < size)
            size = held;
        break;
    }
    bytes_add(&side->held, side->network.data, size);
    bytes_drop(&side->network, size);
    return true;
}

/* How much the last record that is not whole lacks. */
static size_t really_missing(const struct bytes *held)
{
    size_t at = 0, record;

    if (!held->size)
        return wire_missing(NULL, 0);
    while ((record = wire_record_size(held->data + at, held->size - at)) != 0 &&
           record <= held->size - at)
        at += record;
    return wire_missing(held->data + at, held->size - at);
}

static void prepare(struct loop *loop, enum loop_role role, struct call *call)
{
    struct loop_side *side = &loop->side[role];
    size_t count = 2;

    memset(call, 0, sizeof(*call));
    call->first = !side->has_context;
    call->context = side->context;
    call->in[0] = buffer_make(SECBUFFER_TOKEN, side->held.data, side->held.size);
    call->in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    if (side->alpn && call->first) {
        call->in[2] = buffer_make(SECBUFFER_APPLICATION_PROTOCOLS, side->alpn, side->alpn_size);
        count = 3;
    }
    call->input = list_make(call->in, count);
    if (side->own_room) {
        call->own = malloc(side->own_room);
        if (!call->own)
            abort();
    }
    call->out[0] = buffer_make(SECBUFFER_TOKEN, call->own, side->own_room);
    if (!call->own && (side->request & ISC_REQ_ALLOCATE_MEMORY))
        call->out[0] = buffer_make(SECBUFFER_TOKEN, &stale, STALE_SIZE);
    call->output = list_make(call->out, 1);
    call->before = malloc(side->held.size + 1);
    if (!call->before)
        abort();
    if (side->held.size)
        memcpy(call->before, side->held.data, side->held.size);
}

static SECURITY_STATUS perform(struct loop_side *side, enum loop_role role, struct call *call)
{
    ULONG request = side->request;
    bool empty = call->first && role == LOOP_CLIENT && !side->alpn;

    if (side->own_room)
        request &=
            ~(ULONG)(role == LOOP_CLIENT ? ISC_REQ_ALLOCATE_MEMORY : ASC_REQ_ALLOCATE_MEMORY);
    if (role == LOOP_SERVER)
        return AcceptSecurityContext(side->credential, call->first ? NULL : &side->context,
                                     &call->input, request, 0, &call->context, &call->output,
                                     &side->attributes, &side->expiry);
    return InitializeSecurityContextW(side->credential, call->first ? NULL : &side->context,
                                      (WCHAR *)(call->first ? side->target : side->later_target),
                                      request, 0, 0, empty ? NULL : &call->input, 0, &call->context,
                                      &call->output, &side->attributes, &side->expiry);
}

static void check_incomplete(const struct loop_side *side, const struct call *call)
{
    const SecBuffer *missing = &call->in[1];
    size_t want = really_missing(&side->held);

    ok(side->held.size == 0 || !memcmp(call->before, side->held.data, side->held.size),
       "an incomplete message was changed");
    if (ok(missing->BufferType == SECBUFFER_MISSING, "incomplete: buffer 1 has type %lu",
           (unsigned long)missing->BufferType))
        /* Of a message over several records more can be missing than of the last record. */
        ok(missing->cbBuffer > 0 && (missing->cbBuffer <= want || side->unchecked),
           "incomplete: %lu bytes are said to be missing, %zu are",
           (unsigned long)missing->cbBuffer, want);
}

static void check_attributes(const struct loop_side *side, enum loop_role role)
{
    ULONG request = side->request, want;

    if (side->unchecked)
        return;
    if (side->own_room)
        request &= ~(ULONG)ISC_REQ_ALLOCATE_MEMORY;
    /* Request and return bits have the same values but for a few, none of them in these. */
    if (role == LOOP_CLIENT)
        want = CLIENT_ALWAYS | (request & CLIENT_ECHO);
    else
        want = SERVER_ALWAYS | (request & SERVER_ECHO);
    ok_status(side->attributes, want, "%s's attributes", role == LOOP_CLIENT ? "client" : "server");
}

/* Bytes that the call left: 0 when all were taken. */
static size_t extra_bytes(const struct loop_side *side, const struct call *call)
{
    const SecBuffer *extra = &call->in[1];

    if (extra->BufferType != SECBUFFER_EXTRA)
        return 0;
    if (!ok(extra->cbBuffer > 0 && extra->cbBuffer <= side->held.size,
            "EXTRA of %lu bytes, given %zu", (unsigned long)extra->cbBuffer, side->held.size))
        return 0;
    if (extra->pvBuffer)
        ok(extra->pvBuffer == side->held.data + side->held.size - extra->cbBuffer,
           "EXTRA does not point to the tail");
    return extra->cbBuffer;
}

/* A success writes the buffer even if there is no token; an incomplete message leaves it alone. */
static void check_stale(const struct loop_side *side, SecBuffer *token)
{
    if (token->pvBuffer != &stale)
        return;
    ok(side->status < 0, "status %08lx, and the output was not written",
       (unsigned long)side->status & 0xffffffff);
    if (side->status == SEC_E_INCOMPLETE_MESSAGE)
        ok_number(token->cbBuffer, STALE_SIZE, "incomplete: size of the output");
    *token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
}

/* Hands the token to the peer and frees it. */
static size_t take_token(struct loop *loop, enum loop_role role, struct call *call)
{
    struct loop_side *side = &loop->side[role];
    SecBuffer *token = &call->out[0];
    size_t size;

    check_stale(side, token);
    size = token->cbBuffer;
    if (side->status < 0 && side->own_room && size == side->own_room)
        size = 0; /* untouched */
    if (!side->own_room && !token->pvBuffer)
        ok(size == 0, "a token of %zu bytes without memory", size);
    if (size && token->pvBuffer && (side->status >= 0 || !side->own_room)) {
        ok(wire_is_whole(token->pvBuffer, size), "the token is not made of whole records");
        loop_deliver(loop, role == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT, token->pvBuffer, size);
    }
    if (!side->own_room && token->pvBuffer)
        ok_status(FreeContextBuffer(token->pvBuffer), SEC_E_OK, "token is freed");
    free(call->own);
    free(call->before);
    return size;
}

static void note(struct loop *loop, const struct loop_leg *leg)
{
    if (loop->legs < LOOP_LEGS)
        loop->leg[loop->legs] = *leg;
    loop->legs++;
}

SECURITY_STATUS loop_step(struct loop *loop, enum loop_role role)
{
    struct loop_side *side = &loop->side[role];
    struct loop_leg leg = {role, SEC_E_OK, side->held.size, 0, 0, 0};
    struct call call;

    prepare(loop, role, &call);
    side->attributes = 0xdeadbeef;
    side->status = leg.status = perform(side, role, &call);

    if (side->status == SEC_E_INCOMPLETE_MESSAGE) {
        check_incomplete(side, &call);
        leg.missing = call.in[1].cbBuffer;
        if (call.first)
            ok(call.context.dwLower == 0 && call.context.dwUpper == 0,
               "an incomplete first call made a context");
    } else if (side->status < 0) {
        side->failed = true;
        if (call.first)
            ok(call.context.dwLower == 0 && call.context.dwUpper == 0,
               "a first call that fails made a context");
    } else {
        side->context = call.context;
        side->has_context = true;
        side->done = side->status == SEC_E_OK;
        check_attributes(side, role);
        leg.extra = extra_bytes(side, &call);
        bytes_drop(&side->held, side->held.size - leg.extra);
    }
    leg.token = take_token(loop, role, &call);
    note(loop, &leg);
    return side->status;
}

/* Moves one side as far as it goes; false: it can do nothing without its peer. */
static bool advance(struct loop *loop, enum loop_role role)
{
    struct loop_side *side = &loop->side[role];
    bool start = role == LOOP_CLIENT && !side->has_context;

    if (side->done || side->failed)
        return false;
    if (!start && (!side->held.size || side->status == SEC_E_INCOMPLETE_MESSAGE) &&
        !loop_read(loop, role))
        return false;
    loop_step(loop, role);
    return true;
}

bool loop_handshake(struct loop *loop)
{
    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        bool client = advance(loop, LOOP_CLIENT), server = advance(loop, LOOP_SERVER);

        if (!client && !server)
            return loop->side[LOOP_CLIENT].done && loop->side[LOOP_SERVER].done;
    }
    ok(false, "the handshake does not end");
    return false;
}

bool loop_handshake_until(struct loop *loop, enum loop_role role)
{
    for (unsigned steps = 0; steps < STEPS_MAX && !loop->side[role].done; steps++) {
        bool moved = advance(loop, LOOP_CLIENT);

        if (!loop->side[role].done)
            moved |= advance(loop, LOOP_SERVER);
        if (!moved)
            break;
    }
    return loop->side[role].done;
}

bool loop_connect(struct loop *loop, CredHandle *client, CredHandle *server)
{
    loop_init(loop, client, server);
    return ok(loop_handshake(loop), "handshake fails: client %08lx, server %08lx",
              (unsigned long)loop->side[LOOP_CLIENT].status & 0xffffffff,
              (unsigned long)loop->side[LOOP_SERVER].status & 0xffffffff);
}
