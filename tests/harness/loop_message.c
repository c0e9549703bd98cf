/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See loop.h: messages, post-handshake messages and closing, as programs do them.
 */
#ifndef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#endif

#include "loop.h"

#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "harness.h"

static enum loop_role peer_of(enum loop_role role)
{
    return role == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT;
}

SECURITY_STATUS context_seal(CtxtHandle *context, const void *data, size_t size,
                             whole_records *are_whole, struct bytes *wire)
{
    SecPkgContext_StreamSizes sizes;
    SECURITY_STATUS status;
    SecBufferDesc message;
    SecBuffer buffers[4];
    uint8_t *memory;

    status = QueryContextAttributesW(context, SECPKG_ATTR_STREAM_SIZES, &sizes);
    if (status != SEC_E_OK)
        return status;
    memory = malloc(sizes.cbHeader + size + sizes.cbTrailer);
    if (!memory)
        abort();
    if (size)
        memcpy(memory + sizes.cbHeader, data, size);
    buffers[0] = buffer_make(SECBUFFER_STREAM_HEADER, memory, sizes.cbHeader);
    buffers[1] = buffer_make(SECBUFFER_DATA, memory + sizes.cbHeader, size);
    buffers[2] =
        buffer_make(SECBUFFER_STREAM_TRAILER, memory + sizes.cbHeader + size, sizes.cbTrailer);
    buffers[3] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    message = list_make(buffers, 4);
    status = EncryptMessage(context, 0, &message, 0);
    if (status == SEC_E_OK) {
        size_t total = (size_t)buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;

        ok_number(buffers[0].cbBuffer, sizes.cbHeader, "header used");
        ok_number(buffers[1].cbBuffer, size, "data size kept");
        ok(buffers[2].cbBuffer <= sizes.cbTrailer, "trailer larger than its buffer");
        ok(are_whole(memory, total), "not made of whole records");
        bytes_add(wire, memory, total);
    }
    free(memory);
    return status;
}

SECURITY_STATUS loop_seal(struct loop_side *side, const void *data, size_t size, struct bytes *wire)
{
    return context_seal(&side->context, data, size, wire_is_whole, wire);
}

SECURITY_STATUS loop_send(struct loop *loop, enum loop_role from, const void *data, size_t size)
{
    struct bytes wire = {NULL, 0, 0};
    SECURITY_STATUS status = loop_seal(&loop->side[from], data, size, &wire);

    if (status == SEC_E_OK)
        loop_deliver(loop, peer_of(from), wire.data, wire.size);
    bytes_done(&wire);
    return status;
}

/* What DecryptMessage says of a message that is not whole, in buffers 0 and 1. */
static void check_incomplete(const struct loop_side *side, const SecBuffer *buffers,
                             const uint8_t *before)
{
    size_t missing = wire_missing(side->held.data, side->held.size);

    ok(side->held.size == 0 || !memcmp(before, side->held.data, side->held.size),
       "an incomplete message was changed");
    /* Both places are read by programs: Qt looks at the first, Rust's schannel at the second. */
    for (size_t i = 0; i < 2; i++) {
        ok_number(buffers[i].BufferType, SECBUFFER_MISSING, "incomplete: type of buffer %zu", i);
        ok(buffers[i].cbBuffer > 0 && buffers[i].cbBuffer <= missing,
           "incomplete: buffer %zu says that %lu are missing, %zu are", i,
           (unsigned long)buffers[i].cbBuffer, missing);
    }
}

static void check_opened(const struct loop_side *side, const SecBuffer *buffers)
{
    const uint8_t *start = side->held.data, *end = start + side->held.size;
    const uint8_t *data = buffers[1].pvBuffer;

    ok_number(buffers[1].BufferType, SECBUFFER_DATA, "type of buffer 1");
    if (ok(data >= start && data <= end, "the data stand outside of the caller's memory"))
        ok(buffers[1].cbBuffer <= (size_t)(end - data), "more data than the caller's memory");
    if (buffers[3].BufferType == SECBUFFER_EXTRA) {
        ok(buffers[3].cbBuffer > 0 && buffers[3].cbBuffer <= side->held.size, "EXTRA of %lu bytes",
           (unsigned long)buffers[3].cbBuffer);
        ok((const uint8_t *)buffers[3].pvBuffer + buffers[3].cbBuffer == end,
           "EXTRA is not the tail");
    } else {
        ok_number(buffers[3].BufferType, SECBUFFER_EMPTY, "type of buffer 3 without EXTRA");
    }
}

SECURITY_STATUS loop_unseal(struct loop_side *side, struct bytes *plain)
{
    SecBuffer buffers[4] = {{0}};
    SecBufferDesc message = list_make(buffers, 4);
    uint8_t *before = malloc(side->held.size + 1);
    SECURITY_STATUS status;

    if (!before)
        abort();
    if (side->held.size)
        memcpy(before, side->held.data, side->held.size);
    buffers[0] = buffer_make(SECBUFFER_DATA, side->held.data, side->held.size);
    for (size_t i = 1; i < 4; i++)
        buffers[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    status = DecryptMessage(&side->context, &message, 0, NULL);

    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        check_incomplete(side, buffers, before);
    } else if (status >= 0) {
        size_t extra = buffers[3].BufferType == SECBUFFER_EXTRA ? buffers[3].cbBuffer : 0;

        check_opened(side, buffers);
        bytes_add(plain, buffers[1].pvBuffer, buffers[1].cbBuffer);
        bytes_drop(&side->held, side->held.size - (extra <= side->held.size ? extra : 0));
    }
    free(before);
    return status;
}

/* SEC_I_RENEGOTIATE: what is held goes to the handshake function, until that is content. */
static SECURITY_STATUS answer(struct loop *loop, enum loop_role role)
{
    struct loop_side *side = &loop->side[role];
    SECURITY_STATUS status = loop_step(loop, role);

    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !side->held.size) && !loop_read(loop, role))
            break;
        status = loop_step(loop, role);
    }
    return status;
}

SECURITY_STATUS loop_receive(struct loop *loop, enum loop_role role, size_t want,
                             struct bytes *plain)
{
    struct loop_side *side = &loop->side[role];
    SECURITY_STATUS status = SEC_E_OK;

    while (status == SEC_E_OK && plain->size < want) {
        if (!side->held.size && !loop_read(loop, role))
            return SEC_E_INCOMPLETE_MESSAGE;
        status = loop_unseal(side, plain);
        if (status == SEC_E_INCOMPLETE_MESSAGE && loop_read(loop, role))
            status = SEC_E_OK;
        else if (status == SEC_I_RENEGOTIATE)
            status = answer(loop, role);
    }
    return status;
}

SECURITY_STATUS loop_control(struct loop *loop, enum loop_role role, void *token, size_t size)
{
    struct loop_side *side = &loop->side[role];
    SecBuffer control = buffer_make(SECBUFFER_TOKEN, token, size);
    SecBuffer out = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc list = list_make(&control, 1), output = list_make(&out, 1);
    SECURITY_STATUS status = ApplyControlToken(&side->context, &list);
    ULONG attributes;

    if (!ok_status(status, SEC_E_OK, "ApplyControlToken"))
        return status;
    if (role == LOOP_CLIENT)
        status = InitializeSecurityContextW(side->credential, &side->context, NULL, side->request,
                                            0, 0, NULL, 0, NULL, &output, &attributes, NULL);
    else
        status = AcceptSecurityContext(side->credential, &side->context, NULL, side->request, 0,
                                       NULL, &output, &attributes, NULL);
    if (out.pvBuffer) {
        loop_deliver(loop, peer_of(role), out.pvBuffer, out.cbBuffer);
        FreeContextBuffer(out.pvBuffer);
    }
    return status;
}

SECURITY_STATUS loop_shutdown(struct loop *loop, enum loop_role role)
{
    DWORD token = SCHANNEL_SHUTDOWN;

    return loop_control(loop, role, &token, sizeof(token));
}

void loop_check_traffic(struct loop *loop)
{
    static const char *const text[] = {"from the client", "from the server, which says more"};

    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        enum loop_role from = (enum loop_role)role, to = peer_of(from);
        struct bytes plain = {NULL, 0, 0};
        size_t size = strlen(text[role]);

        if (ok_status(loop_send(loop, from, text[role], size), SEC_E_OK, "EncryptMessage") &&
            ok_status(loop_receive(loop, to, size, &plain), SEC_E_OK, "DecryptMessage"))
            ok(plain.size == size && !memcmp(plain.data, text[role], size), "other text arrived");
        bytes_done(&plain);
    }
}
