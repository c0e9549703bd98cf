/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * EncryptMessage: one record a call, sealed in the program's buffers. The header is exactly as long
 * as STREAM_SIZES says, since the data follows it in place; the trailer comes back as long as it
 * was needed.
 *
 * Sources: Microsoft Learn, "EncryptMessage (Schannel)" and "SecPkgContext_StreamSizes"; that a
 * message over cbMaximumMessage gets SEC_E_ENCRYPT_FAILURE was seen by V's Schannel client.
 */
#include "schannel/context.h"

#include "schannel/alerts.h"
#include "sspi/buffers.h"

#define ALERT_SIZE 2

struct message {
    SecBuffer *header, *data, *trailer;
    uint8_t type;
};

/* The first buffer of each type; one walk, for this is done for every message. */
static void find_buffers(const SecBufferDesc *list, struct message *message)
{
    size_t count = buffers_count(list);

    for (size_t i = 0; i < count; i++) {
        SecBuffer *buffer = &list->pBuffers[i], **slot;

        switch (buffer_type(buffer)) {
        case SECBUFFER_STREAM_HEADER:
            slot = &message->header;
            break;
        case SECBUFFER_DATA:
            slot = &message->data;
            break;
        case SECBUFFER_STREAM_TRAILER:
            slot = &message->trailer;
            break;
        default:
            continue;
        }
        if (!*slot)
            *slot = buffer;
    }
}

/* A buffer that may not be written is "not processed": as if it were not there. To leave plaintext
 * in it and say SEC_E_OK is out of the question. */
static SECURITY_STATUS check_buffers(const struct message *message)
{
    if (!message->header || !message->data || !message->trailer)
        return SEC_E_INVALID_TOKEN;
    if (buffer_is_read_only(message->header) || buffer_is_read_only(message->data) ||
        buffer_is_read_only(message->trailer))
        return SEC_E_INVALID_TOKEN;
    if (!message->data->pvBuffer && message->data->cbBuffer)
        return SEC_E_INVALID_TOKEN;
    if (!message->trailer->pvBuffer && message->trailer->cbBuffer)
        return SEC_E_INVALID_TOKEN;
    return SEC_E_OK;
}

static SECURITY_STATUS read_qop(ULONG qop, struct message *message)
{
    if (qop == 0) {
        message->type = TLS_TYPE_DATA;
        return SEC_E_OK;
    }
    if (qop != SECQOP_WRAP_OOB_DATA)
        return SEC_E_QOP_NOT_SUPPORTED;
    message->type = TLS_TYPE_ALERT;
    return message->data->cbBuffer == ALERT_SIZE ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

static SECURITY_STATUS check_phase(const struct schan_context *context)
{
    switch (context_phase(context)) {
    case PHASE_CONNECTED:
        return SEC_E_OK;
    case PHASE_HANDSHAKE:
        return SEC_E_INVALID_HANDLE;
    default:
        return SEC_E_CONTEXT_EXPIRED;
    }
}

static enum tls_status seal(struct schan_context *context, struct tls_seal *seal)
    must_hold(context->send);
static enum tls_status seal(struct schan_context *context, struct tls_seal *seal)
{
    enum tls_status called;

    if (atomic_load_explicit(&context->record_path, memory_order_relaxed) == TLS_PATH_IN_PLACE)
        return tls_seal(context->tls, seal);
    lock_take(&context->session);
    called = tls_seal(context->tls, seal);
    lock_release(&context->session);
    return called;
}

/* An alert that the program sealed itself ends the context as any other does. */
static void alert_was_sealed(struct schan_context *context, uint8_t level, uint8_t description)
{
    lock_take(&context->session);
    if (level == ALERT_LEVEL_FATAL) {
        context_failed(context, SEC_E_CONTEXT_EXPIRED, false);
    } else if (description == ALERT_CLOSE_NOTIFY) {
        atomic_store(&context->sent_close, true);
        if (context_phase(context) == PHASE_CONNECTED)
            context_set_phase(context, PHASE_CLOSED);
    }
    lock_release(&context->session);
}

static SECURITY_STATUS seal_message(struct schan_context *context, const struct message *message)
    must_hold(context->send);
static SECURITY_STATUS seal_message(struct schan_context *context, const struct message *message)
{
    struct tls_seal record = {
        .header = message->header->pvBuffer,
        .data = message->data->pvBuffer,
        .trailer = message->trailer->pvBuffer,
        .data_size = message->data->cbBuffer,
        .trailer_room = message->trailer->pvBuffer ? message->trailer->cbBuffer : 0,
        .type = message->type,
    };
    SECURITY_STATUS status = check_phase(context);
    uint8_t alert[ALERT_SIZE] = {0};
    enum tls_status called;

    if (status != SEC_E_OK)
        return status;
    if (record.data_size > context->send_maximum)
        return SEC_E_ENCRYPT_FAILURE;
    if (!record.header || message->header->cbBuffer < context->send_header)
        return SEC_E_BUFFER_TOO_SMALL;
    if (record.type == TLS_TYPE_ALERT) {
        alert[0] = record.data[0];
        alert[1] = record.data[1];
    }
    called = seal(context, &record);
    if (called != TLS_OK)
        return tls_call_status(called);
    message->header->cbBuffer = context->send_header;
    message->trailer->cbBuffer = (ULONG)record.trailer_size; /* at most trailer_room */
    if (record.type == TLS_TYPE_ALERT)
        alert_was_sealed(context, alert[0], alert[1]);
    return SEC_E_OK;
}

/* The dispatcher holds send. */
SECURITY_STATUS schan_seal(void *object, ULONG qop, SecBufferDesc *list, ULONG sequence)
{
    struct schan_context *context = object;
    struct message message = {0};
    SECURITY_STATUS status;

    (void)sequence; /* a stream counts by itself */
    find_buffers(list, &message);
    status = check_buffers(&message);
    if (status == SEC_E_OK)
        status = read_qop(qop, &message);
    if (status != SEC_E_OK)
        return status;
    lock_known(context->send);
    return seal_message(context, &message);
}
