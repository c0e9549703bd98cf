/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * EncryptMessage, DecryptMessage, MakeSignature and VerifySignature. The buffers may stand in any
 * order; the order of the DATA buffers among each other counts.
 *
 * Sources: Microsoft Learn, "EncryptMessage (Kerberos)", "(NTLM)", "(Negotiate)" and the pages of
 * the others; "SecBuffer structure" (SECBUFFER_READONLY_WITH_CHECKSUM is signed, and not sealed);
 * MS-NLMP 3.4.6.1 (NTLM's signature is over SECBUFFER_READONLY, too).
 * Observed: {STREAM},{DATA} opens a message in one piece, and DATA then points into it; NTLM always
 * seals, whatever qop says, and tells 0.
 */
#include "gss/context.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/mem.h"
#include "gss/status.h"
#include "sspi/buffers.h"

_Static_assert(MECH_PARTS_MAX >= LIMIT_BUFFERS, "a part for each buffer");

/* ---- buffers to parts ---- */

struct parts {
    struct mech_part part[LIMIT_BUFFERS];
    SecBuffer *from[LIMIT_BUFFERS]; /* of header and padding, whose sizes are told */
    size_t count;
    bool has_header, has_data, has_padding;
};

static void part_add(struct parts *parts, enum mech_part_kind kind, SecBuffer *buffer)
{
    parts->part[parts->count] = (struct mech_part){kind, buffer->pvBuffer, buffer->cbBuffer};
    parts->from[parts->count++] = buffer;
}

static void data_add(struct parts *parts, SecBuffer *buffer)
{
    parts->has_data = true;
    if (buffer->BufferType & SECBUFFER_READONLY_WITH_CHECKSUM)
        part_add(parts, MECH_PART_SIGN_ONLY, buffer);
    else if (buffer->BufferType & SECBUFFER_READONLY)
        part_add(parts, MECH_PART_READ_ONLY, buffer);
    else
        part_add(parts, MECH_PART_DATA, buffer);
}

static SECURITY_STATUS parts_take(const SecBufferDesc *message, struct parts *parts)
{
    parts->count = 0;
    parts->has_header = parts->has_data = parts->has_padding = false;
    for (size_t i = 0; i < buffers_count(message); i++) {
        SecBuffer *buffer = &message->pBuffers[i];
        ULONG type = buffer_type(buffer);

        if (!buffer->pvBuffer && buffer->cbBuffer &&
            (type == SECBUFFER_DATA || type == SECBUFFER_TOKEN))
            return SEC_E_INVALID_TOKEN;
        if (type == SECBUFFER_DATA) {
            data_add(parts, buffer);
        } else if (type == SECBUFFER_TOKEN && !parts->has_header) {
            parts->has_header = true;
            part_add(parts, MECH_PART_HEADER, buffer);
        } else if (type == SECBUFFER_PADDING && !parts->has_padding && buffer->pvBuffer) {
            parts->has_padding = true;
            part_add(parts, MECH_PART_PADDING, buffer);
        }
    }
    return parts->has_header && parts->has_data ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

/* Header and padding are as long as they came to be; a padding without memory is empty. */
static void sizes_tell(const SecBufferDesc *message, const struct parts *parts)
{
    SecBuffer *padding = buffers_find(message, SECBUFFER_PADDING, 0);

    if (padding && !padding->pvBuffer)
        padding->cbBuffer = 0;
    for (size_t i = 0; i < parts->count; i++)
        if (parts->part[i].kind == MECH_PART_HEADER || parts->part[i].kind == MECH_PART_PADDING)
            parts->from[i]->cbBuffer = (ULONG)parts->part[i].size;
}

static bool qop_is_good(ULONG qop)
{
    return qop == 0 || qop == SECQOP_WRAP_NO_ENCRYPT;
}

static ULONG qop_told(const struct gss_context *context, bool sealed)
{
    return sealed || context->chosen == MECH_NTLM ? 0 : SECQOP_WRAP_NO_ENCRYPT;
}

/* ---- locks ---- */

/* The way's own lock, and the context's where the mechanism cannot do both ways at once. */
static SECURITY_STATUS way_take(struct gss_context *context, struct lock *way) NO_THREAD_ANALYSIS
{
    lock_take(way);
    if (context->phase != PHASE_READY) {
        lock_release(way);
        return SEC_E_INVALID_HANDLE;
    }
    if (!context->facts.two_way)
        lock_take(&context->lock);
    return SEC_E_OK;
}

static void way_release(struct gss_context *context, struct lock *way) NO_THREAD_ANALYSIS
{
    if (!context->facts.two_way)
        lock_release(&context->lock);
    lock_release(way);
}

/* ---- sealing ---- */

SECURITY_STATUS gss_seal_message(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    struct gss_context *context = object;
    struct parts parts;
    SECURITY_STATUS status;

    (void)sequence; /* the mechanism counts */
    if (!qop_is_good(qop))
        return SEC_E_QOP_NOT_SUPPORTED;
    status = parts_take(message, &parts);
    if (status != SEC_E_OK)
        return status;
    status = way_take(context, &context->send);
    if (status != SEC_E_OK)
        return status;
    status = status_of_mech(mech_wrap(context->mech_context, qop == 0, parts.part, parts.count));
    way_release(context, &context->send);
    if (status == SEC_E_OK)
        sizes_tell(message, &parts);
    return status;
}

/* ---- opening ---- */

/* The buffer behind the stream, or another one that is not part of it, gets the plaintext. */
static SECURITY_STATUS unseal_stream(struct gss_context *context, SecBufferDesc *message,
                                     SecBuffer *stream, bool *sealed)
{
    SecBuffer *data = buffers_find(message, SECBUFFER_DATA, 0);
    size_t offset = 0, size = 0;
    enum mech_status called;

    if (!data || !stream->pvBuffer)
        return SEC_E_INVALID_TOKEN;
    called = mech_unwrap_stream(context->mech_context, stream->pvBuffer, stream->cbBuffer, &offset,
                                &size, sealed);
    if (called != MECH_OK)
        return status_of_mech(called);
    data->pvBuffer = (uint8_t *)stream->pvBuffer + offset;
    data->cbBuffer = (ULONG)size;
    return SEC_E_OK;
}

static SECURITY_STATUS unseal_parts(struct gss_context *context, SecBufferDesc *message,
                                    bool *sealed)
{
    struct parts parts;
    SECURITY_STATUS status = parts_take(message, &parts);

    if (status != SEC_E_OK)
        return status;
    return status_of_mech(mech_unwrap(context->mech_context, parts.part, parts.count, sealed));
}

SECURITY_STATUS gss_unseal_message(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    struct gss_context *context = object;
    SecBuffer *stream = buffers_find(message, SECBUFFER_STREAM, 0);
    SECURITY_STATUS status = way_take(context, &context->receive);
    bool sealed = true;

    (void)sequence;
    if (status != SEC_E_OK)
        return status;
    status = stream ? unseal_stream(context, message, stream, &sealed)
                    : unseal_parts(context, message, &sealed);
    way_release(context, &context->receive);
    if (status == SEC_E_OK && qop)
        *qop = qop_told(context, sealed);
    return status;
}

/* ---- signing ---- */

/* All DATA in one piece; `memory` is for mem_free when it is not NULL. Read-only buffers count too:
 * a signature changes none. */
static SECURITY_STATUS message_gather(const SecBufferDesc *list, struct span *message,
                                      uint8_t **memory)
{
    struct writer to;
    size_t size = 0, count = 0;

    *memory = NULL;
    *message = (struct span){NULL, 0};
    for (const SecBuffer *data; (data = buffers_find(list, SECBUFFER_DATA, count)) != NULL;
         count++) {
        if ((!data->pvBuffer && data->cbBuffer) || !size_add(size, data->cbBuffer, &size))
            return SEC_E_INVALID_TOKEN;
        *message = buffer_span(data);
    }
    if (count == 0)
        return SEC_E_INVALID_TOKEN;
    if (count == 1)
        return SEC_E_OK;
    *memory = mem_alloc(size ? size : 1);
    if (!*memory)
        return SEC_E_INSUFFICIENT_MEMORY;
    to = writer_of(*memory, size);
    for (size_t i = 0; i < count; i++)
        write_bytes(&to, buffer_span(buffers_find(list, SECBUFFER_DATA, i)));
    *message = span_of(*memory, size);
    return SEC_E_OK;
}

static SECURITY_STATUS sign_locked(struct gss_context *context, struct span message,
                                   SecBuffer *token)
{
    size_t size = 0;
    enum mech_status called;

    /* Before the message's number is used up. */
    if (token->cbBuffer < context->facts.signature)
        return SEC_E_BUFFER_TOO_SMALL;
    called = mech_sign(context->mech_context, message, token->pvBuffer, token->cbBuffer, &size);
    if (called == MECH_OK)
        token->cbBuffer = (ULONG)size;
    return status_of_mech(called);
}

SECURITY_STATUS gss_sign_message(void *object, ULONG qop, SecBufferDesc *list, ULONG sequence)
{
    struct gss_context *context = object;
    SecBuffer *token = buffers_find(list, SECBUFFER_TOKEN, 0);
    struct span message;
    uint8_t *memory;
    SECURITY_STATUS status;

    (void)sequence;
    if (!qop_is_good(qop))
        return SEC_E_QOP_NOT_SUPPORTED;
    if (!token || !token->pvBuffer)
        return SEC_E_INVALID_TOKEN;
    status = message_gather(list, &message, &memory);
    if (status != SEC_E_OK)
        return status;
    status = way_take(context, &context->send);
    if (status == SEC_E_OK) {
        status = sign_locked(context, message, token);
        way_release(context, &context->send);
    }
    mem_free(memory);
    return status;
}

SECURITY_STATUS gss_verify_message(void *object, SecBufferDesc *list, ULONG sequence, ULONG *qop)
{
    struct gss_context *context = object;
    const SecBuffer *token = buffers_find(list, SECBUFFER_TOKEN, 0);
    struct span message;
    uint8_t *memory;
    SECURITY_STATUS status;

    (void)sequence;
    if (!token || !token->pvBuffer)
        return SEC_E_INVALID_TOKEN;
    status = message_gather(list, &message, &memory);
    if (status != SEC_E_OK)
        return status;
    status = way_take(context, &context->receive);
    if (status == SEC_E_OK) {
        status = status_of_mech(mech_verify(context->mech_context, message, buffer_span(token)));
        way_release(context, &context->receive);
    }
    mem_free(memory);
    if (status == SEC_E_OK && qop)
        *qop = 0;
    return status;
}
