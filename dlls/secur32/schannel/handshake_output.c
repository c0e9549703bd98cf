/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a handshake call gives: the token, in memory of the package or of the caller; after a
 * failure the alert, in the ALERT buffer and, for a caller that asked for extended errors, in the
 * TOKEN buffer as well. Whatever stood in cbBuffer and pvBuffer before is overwritten, since
 * programs leave it uninitialised.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (Schannel)", fContextReq and pOutput; what
 * programs pass (Microsoft's web client sample, msquic, MongoDB) and what they send.
 */
#include "schannel/handshake.h"

#include "base/mem.h"
#include "schannel/alerts.h"
#include "sspi/buffers.h"

/* Without ISC_REQ_ALLOCATE_MEMORY, too, a buffer without memory gets the package's. */
static bool allocates(const struct handshake *h, const SecBuffer *buffer)
{
    return flags_allocate(h->step->request) || !buffer->pvBuffer;
}

static void set_empty(const struct handshake *h, SecBuffer *buffer)
{
    if (!buffer)
        return;
    if (allocates(h, buffer))
        buffer->pvBuffer = NULL;
    buffer->cbBuffer = 0;
}

static enum tls_status take_output(struct handshake *h, uint8_t *to, size_t room, size_t *size)
{
    enum tls_status called;

    lock_take(&h->context->session);
    called = tls_output(h->context->tls, to, room, size);
    lock_release(&h->context->session);
    return called;
}

static SECURITY_STATUS fill_own(struct handshake *h, SecBuffer *buffer)
{
    size_t room = buffer->cbBuffer, size = 0;
    enum tls_status called = take_output(h, buffer->pvBuffer, room, &size);

    if (called != TLS_OK && called != TLS_TOO_SMALL)
        return tls_call_status(called);
    buffer->cbBuffer = (ULONG)size; /* what was written, or what is needed; some records at most */
    if (called == TLS_OK)
        return SEC_E_OK;
    /* Both codes were seen, this one for a buffer without any room. */
    return room ? SEC_E_BUFFER_TOO_SMALL : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS fill_allocated(struct handshake *h, SecBuffer *buffer)
{
    size_t size = h->result.output_size;
    uint8_t *memory = buffers_alloc(size);
    enum tls_status called;

    if (!memory)
        return SEC_E_INSUFFICIENT_MEMORY;
    called = take_output(h, memory, size, &size);
    if (called != TLS_OK) {
        buffers_free(memory);
        return called == TLS_TOO_SMALL ? SEC_E_INTERNAL_ERROR : tls_call_status(called);
    }
    buffer->pvBuffer = memory;
    buffer->cbBuffer = (ULONG)size;
    return SEC_E_OK;
}

static SECURITY_STATUS fill_token(struct handshake *h)
{
    SECURITY_STATUS status;

    if (!h->token_out)
        return SEC_E_INVALID_TOKEN;
    status =
        allocates(h, h->token_out) ? fill_allocated(h, h->token_out) : fill_own(h, h->token_out);
    if (status == SEC_E_OK)
        h->token_out->BufferType = SECBUFFER_TOKEN;
    return status;
}

/* The caller comes again with the same input and more room. */
static SECURITY_STATUS keep_answer(struct handshake *h, SECURITY_STATUS status)
{
    struct schan_replay *replay = h->context->replay;

    if (replay && replay->answer_waits) {
        replay->fresh = true;
        return SEC_E_OK;
    }
    if (input_remember(h, false) != SEC_E_OK)
        return handshake_fail(h, SEC_E_INSUFFICIENT_MEMORY);
    replay = h->context->replay;
    replay->answer_waits = true;
    replay->status = status;
    replay->output_size = h->result.output_size;
    return SEC_E_OK;
}

SECURITY_STATUS output_deliver(struct handshake *h, SECURITY_STATUS status)
{
    SECURITY_STATUS delivered, kept;

    /* Programs that are asked for a credential drop what is there to send (curl, .NET): the
     * change_cipher_spec for middleboxes waits for the answer to the flight. */
    if (!h->result.output_size || status == SEC_I_INCOMPLETE_CREDENTIALS) {
        set_empty(h, h->token_out);
        set_empty(h, h->alert_out);
        return status;
    }
    delivered = fill_token(h);
    if (delivered == SEC_E_OK) {
        if (h->context->replay)
            h->context->replay->answer_waits = false;
        set_empty(h, h->alert_out);
        return h->context->datagram ? datagram_delivered(h, status) : status;
    }
    kept = keep_answer(h, status);
    return kept == SEC_E_OK ? delivered : kept;
}

/* An alert of a failed call never waits for room: the status matters more. */
static bool fill_alert(const struct handshake *h, SecBuffer *buffer, struct span alert)
{
    if (allocates(h, buffer)) {
        uint8_t *memory = buffers_alloc(alert.size);

        if (!memory)
            return false;
        buffer->pvBuffer = memory;
    } else if (buffer->cbBuffer < alert.size) {
        return false;
    }
    struct writer to = writer_of(buffer->pvBuffer, alert.size);

    write_bytes(&to, alert);
    buffer->cbBuffer = (ULONG)alert.size;
    return true;
}

SECURITY_STATUS output_put(struct handshake *h, struct span token)
{
    if (!h->token_out)
        return SEC_E_INVALID_TOKEN;
    if (!fill_alert(h, h->token_out, token)) {
        if (allocates(h, h->token_out))
            return SEC_E_INSUFFICIENT_MEMORY;
        h->token_out->cbBuffer = (ULONG)token.size; /* some bytes */
        return SEC_E_BUFFER_TOO_SMALL;
    }
    h->token_out->BufferType = SECBUFFER_TOKEN;
    set_empty(h, h->alert_out);
    return SEC_I_CONTINUE_NEEDED;
}

/* The waiting alert, out of the TLS session; empty: there is none. mem_free(*memory). */
static struct span take_alert(struct handshake *h, uint8_t **memory)
{
    struct schan_context *context = h->context;
    size_t size = 0;
    struct span alert = {NULL, 0};

    *memory = NULL;
    if (!context || context_phase(context) != PHASE_FAILED)
        return alert;
    lock_take(&context->session);
    if (context->alert_waits) {
        context->alert_waits = false;
        size = context_output_size(context);
        *memory = size ? mem_alloc(size) : NULL;
        if (*memory && tls_output(context->tls, *memory, size, &size) == TLS_OK)
            alert = span_of(*memory, size);
    }
    lock_release(&context->session);
    return alert;
}

void output_refuse(struct handshake *h)
{
    uint8_t *memory = NULL;
    struct span alert = take_alert(h, &memory);
    bool told = false;

    if (alert.size && h->token_out && flags_extended_error(h->family, h->step->request))
        told = fill_alert(h, h->token_out, alert);
    if (told)
        h->token_out->BufferType = SECBUFFER_TOKEN;
    else
        set_empty(h, h->token_out);
    if (!h->alert_out || !alert.size || !fill_alert(h, h->alert_out, alert))
        set_empty(h, h->alert_out);
    mem_free(memory);
}
