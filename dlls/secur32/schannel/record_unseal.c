/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DecryptMessage: one record a call, opened in the program's buffer. Programs read the results by
 * index as often as by type, so the four slots are always filled in this order: header, data,
 * trailer, and what is left over.
 *
 * Sources: Microsoft Learn, "DecryptMessage (Schannel)", "Stream Contexts", "Extra Buffers Returned
 * by Schannel"; what curl, schannel-rs, libgit2, Qt, MongoDB and Poco read from which slot.
 */
#include "schannel/context.h"

#include "base/limits.h"
#include "schannel/alerts.h"
#include "schannel/interlude.h"
#include "schannel/record.h"
#include "schannel/record_open.h"
#include "sspi/buffers.h"

#define SLOT_COUNT 4

enum slot { SLOT_HEADER, SLOT_DATA, SLOT_TRAILER, SLOT_EXTRA };

struct message {
    SecBuffer *slot[SLOT_COUNT];
    uint8_t *data; /* of the DATA buffer that was given */
    size_t size;
    struct record_opened opened;
};

/* One DATA and three EMPTY buffers; an ALERT buffer and the like may stand behind them. */
static SECURITY_STATUS find_slots(const SecBufferDesc *list, struct message *message)
{
    const SecBuffer *data = NULL;
    size_t count = buffers_count(list), found = 0;

    for (size_t i = 0; i < count && found < SLOT_COUNT; i++) {
        SecBuffer *buffer = &list->pBuffers[i];
        ULONG type = buffer_type(buffer);

        if (type != SECBUFFER_DATA && type != SECBUFFER_EMPTY)
            continue;
        if (type == SECBUFFER_DATA) {
            if (data || buffer_is_read_only(buffer))
                return SEC_E_INVALID_TOKEN;
            data = buffer;
        }
        message->slot[found++] = buffer;
    }
    if (found < SLOT_COUNT || !data)
        return SEC_E_INVALID_TOKEN;
    message->data = data->pvBuffer;
    message->size = data->pvBuffer ? data->cbBuffer : 0;
    return SEC_E_OK;
}

static void set_slot(const struct message *message, enum slot slot, ULONG type, size_t from,
                     size_t to)
{
    SecBuffer *buffer = message->slot[slot];

    buffer->BufferType = type;
    buffer->pvBuffer = message->data ? message->data + from : NULL;
    buffer->cbBuffer = (ULONG)(to - from); /* within the cbBuffer of DATA */
}

/* The record lies in front of the data; its plaintext starts at `offset`. */
static void set_slots(const struct message *message, size_t record, size_t offset, size_t plain,
                      size_t extra_from)
{
    set_slot(message, SLOT_HEADER, SECBUFFER_STREAM_HEADER, 0, offset);
    set_slot(message, SLOT_DATA, SECBUFFER_DATA, offset, offset + plain);
    set_slot(message, SLOT_TRAILER, SECBUFFER_STREAM_TRAILER, offset + plain, record);
    if (extra_from < message->size) {
        set_slot(message, SLOT_EXTRA, SECBUFFER_EXTRA, extra_from, message->size);
    } else {
        /* Not an EXTRA of no bytes: programs would go round and round. */
        message->slot[SLOT_EXTRA]->BufferType = SECBUFFER_EMPTY;
        message->slot[SLOT_EXTRA]->cbBuffer = 0;
    }
}

/* Some programs read the first slot, some the second. The bytes stay as they are. */
static SECURITY_STATUS tell_missing(const struct message *message, size_t missing)
{
    for (enum slot slot = SLOT_HEADER; slot <= SLOT_DATA; slot++) {
        message->slot[slot]->BufferType = SECBUFFER_MISSING;
        message->slot[slot]->cbBuffer = (ULONG)missing; /* at most one record */
    }
    return SEC_E_INCOMPLETE_MESSAGE;
}

static SECURITY_STATUS open_first(struct schan_context *context, struct message *message,
                                  size_t size) must_hold(context->receive);
static SECURITY_STATUS open_first(struct schan_context *context, struct message *message,
                                  size_t size)
{
    struct record_opened *opened = &message->opened;
    SECURITY_STATUS status;
    size_t offset = LIMIT_RECORD_HEADER, extra = size;

    /* A record that this function rewrote and that came back here instead of to
     * InitializeSecurityContext: no harm is done, the records behind it go on. */
    if (context->receive_modern && message->data[0] == RECORD_HANDSHAKE)
        return SEC_E_CONTEXT_EXPIRED;

    if (interlude_open(context, message->data, size, opened))
        status = SEC_E_OK;
    else
        status = schan_open_record(context, message->data, size, opened);
    if (status < 0)
        return status;
    if (status == SEC_E_OK && opened->plain_size)
        offset = opened->offset;
    /* In TLS 1.3 the program is to pass the rewritten record on. */
    if (status == SEC_I_RENEGOTIATE && (opened->kept || context->receive_modern))
        extra = 0;
    set_slots(message, size, offset, opened->plain_size, extra);
    return status;
}

/* DTLS: what is left of the datagram is EXTRA, as of a stream. */
static SECURITY_STATUS open_datagram(struct schan_context *context, struct message *message)
    must_hold(context->receive);
static SECURITY_STATUS open_datagram(struct schan_context *context, struct message *message)
{
    struct datagram_opened opened;
    SECURITY_STATUS status = schan_open_datagram(context, message->data, message->size, &opened);
    size_t offset = opened.start + LIMIT_DATAGRAM_HEADER;

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return tell_missing(message, opened.missing);
    if (status < 0)
        return status;
    if (opened.record.plain_size)
        offset = opened.start + opened.record.offset;
    set_slots(message, opened.end, offset, opened.record.plain_size, opened.end);
    return status;
}

static SECURITY_STATUS unseal_message(struct schan_context *context, struct message *message)
    must_hold(context->receive);
static SECURITY_STATUS unseal_message(struct schan_context *context, struct message *message)
{
    enum schan_phase phase = context_phase(context);
    size_t size, missing;

    if (phase == PHASE_HANDSHAKE)
        return SEC_E_INVALID_HANDLE;
    if (phase == PHASE_FAILED)
        return SEC_E_CONTEXT_EXPIRED;
    if (atomic_load_explicit(&context->received_close, memory_order_relaxed)) {
        set_slots(message, 0, 0, 0, message->size);
        return SEC_I_CONTEXT_EXPIRED;
    }
    if (context->datagram)
        return open_datagram(context, message);
    switch (record_cut(span_of(message->data, message->size), context->receive_limit, &size,
                       &missing)) {
    case RECORD_WHOLE:
        return open_first(context, message, size);
    case RECORD_PARTIAL:
        return tell_missing(message, missing);
    case RECORD_TOO_LARGE:
        return schan_refuse_record(context, SEC_E_ILLEGAL_MESSAGE, ALERT_RECORD_OVERFLOW);
    case RECORD_NOT_TLS:
        break;
    }
    return schan_refuse_record(context, SEC_E_ILLEGAL_MESSAGE, ALERT_UNEXPECTED_MESSAGE);
}

/* The dispatcher holds receive. */
SECURITY_STATUS schan_unseal(void *object, SecBufferDesc *list, ULONG sequence, ULONG *qop)
{
    struct schan_context *context = object;
    struct message message = {0};
    SECURITY_STATUS status = find_slots(list, &message);

    (void)sequence; /* a stream counts by itself */
    if (status != SEC_E_OK)
        return status;
    if (qop)
        *qop = 0;
    lock_known(context->receive);
    status = unseal_message(context, &message);
    if (message.opened.store_session)
        context_store_sessions(context);
    return status;
}
