/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a handshake call is given: the TOKEN buffer is found by its type, whole records are cut from
 * its front, and what is left or lacking is told in the EMPTY buffer behind it.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (Schannel)", remarks, and "Extra Buffers
 * Returned by Schannel".
 */
#include "schannel/handshake.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/interlude.h"
#include "schannel/record.h"
#include "sspi/buffers.h"

/* One record at least is wanted when nothing is there. */
#define MISSING_AT_FIRST LIMIT_RECORD_HEADER

/* The first output buffer of type TOKEN or EMPTY: many programs give a single EMPTY at first. */
static SecBuffer *find_token_out(const SecBufferDesc *output)
{
    for (size_t i = 0; i < buffers_count(output); i++) {
        SecBuffer *buffer = &output->pBuffers[i];

        if (buffer_type(buffer) == SECBUFFER_TOKEN || buffer_type(buffer) == SECBUFFER_EMPTY)
            return buffer;
    }
    return NULL;
}

void input_find(struct handshake *h)
{
    SecBuffer *slot = NULL;

    h->token_in = buffers_find(h->step->input, SECBUFFER_TOKEN, 0);
    if (h->token_in) {
        h->input = buffer_span(h->token_in);
        slot = buffers_after(h->step->input, h->token_in);
    }
    if (slot && buffer_type(slot) == SECBUFFER_EMPTY)
        h->slot = slot;
    h->token_out = find_token_out(h->step->output);
    h->alert_out = buffers_find(h->step->output, SECBUFFER_ALERT, 0);
}

struct span input_rest(const struct handshake *h)
{
    if (h->used == h->input.size)
        return (struct span){NULL, 0};
    return (struct span){h->input.data + h->used, h->input.size - h->used};
}

/* A server that has seen nothing yet takes a ClientHello in the format of SSL 2.0 too (Microsoft
 * Learn, "Protocols in TLS/SSL (Schannel SSP)"). */
static enum record_cut cut_first(const struct handshake *h, struct span bytes, size_t *size,
                                 size_t *missing)
{
    enum record_cut cut = record_cut(bytes, LIMIT_CIPHERTEXT_TLS12, size, missing);

    if (cut == RECORD_NOT_TLS && !h->step->context && h->family == FLAGS_ACCEPT)
        cut = record_cut_ssl2(bytes, size, missing);
    return cut;
}

/* A renegotiation can have application data between its records, which is not for tls_step: see
 * interlude.h. On a connected context of TLS 1.3 nothing is: see handshake_post.c. */
static bool is_foreign_data(const struct handshake *h, uint8_t type)
{
    if (!h->context || !h->context->info.done)
        return false;
    return type == RECORD_DATA || h->context->info.version == 0x0304;
}

/* An alert in clear text has a level of 1 or 2; any other is no alert (RFC 5246 7.2). Alerts under
 * keys are longer than this, and the library's business. */
static bool is_bad_alert(struct span record)
{
    return record.data[0] == RECORD_ALERT && record.size == LIMIT_RECORD_HEADER + 2 &&
           record.data[LIMIT_RECORD_HEADER] != ALERT_LEVEL_WARNING &&
           record.data[LIMIT_RECORD_HEADER] != ALERT_LEVEL_FATAL;
}

static SECURITY_STATUS refuse(struct handshake *h, enum record_cut cut)
{
    if (cut == RECORD_PARTIAL)
        return SEC_E_INCOMPLETE_MESSAGE;
    if (cut == RECORD_NOT_TLS)
        return SEC_E_INVALID_TOKEN;
    h->refusal = cut == RECORD_TOO_LARGE ? ALERT_RECORD_OVERFLOW : ALERT_DECODE_ERROR;
    return SEC_E_ILLEGAL_MESSAGE;
}

/* All whole records at the front of the input, up to what tls_step may not see. */
static SECURITY_STATUS cut_records(struct handshake *h, struct span *records)
{
    struct span rest = input_rest(h);

    *records = (struct span){rest.data, 0};
    while (rest.size) {
        size_t size;
        enum record_cut cut = records->size
                                  ? record_cut(rest, LIMIT_CIPHERTEXT_TLS12, &size, &h->missing)
                                  : cut_first(h, rest, &size, &h->missing);

        if (cut == RECORD_WHOLE && is_foreign_data(h, rest.data[0]))
            return records->size ? SEC_E_OK : SEC_E_OUT_OF_SEQUENCE;
        if (cut != RECORD_WHOLE || is_bad_alert(span_of(rest.data, size)))
            return records->size ? SEC_E_OK : refuse(h, cut); /* first what is good */
        records->size += size;
        rest.data += size;
        rest.size -= size;
    }
    if (records->size)
        return SEC_E_OK;
    h->missing = MISSING_AT_FIRST;
    return SEC_E_INCOMPLETE_MESSAGE;
}

static size_t kept_left(const struct handshake *h)
{
    const struct schan_replay *replay = h->context ? h->context->replay : NULL;

    return replay ? replay->kept_size - replay->kept_fed : 0;
}

/* The record of data that is next. A program that gave no slot for EXTRA cannot be told of it. */
static SECURITY_STATUS take_data(struct handshake *h)
{
    struct span rest = input_rest(h);
    size_t size, missing;
    SECURITY_STATUS status;

    if (!rest.size || !h->slot || !atomic_load(&h->context->renegotiating) ||
        rest.data[0] != RECORD_DATA || (atomic_load(&h->context->has_interlude) && !h->interlude) ||
        record_cut(rest, LIMIT_CIPHERTEXT_TLS12, &size, &missing) != RECORD_WHOLE)
        return SEC_E_OUT_OF_SEQUENCE;
    status =
        interlude_add_data(h->context, span_of(h->input.data, h->used), span_of(rest.data, size));
    if (status == SEC_E_OK) {
        h->used += size;
        h->interlude = true;
    }
    return status;
}

SECURITY_STATUS input_next(struct handshake *h, struct span *records)
{
    size_t kept = kept_left(h);
    SECURITY_STATUS status;

    if (h->context && h->context->datagram) {
        *records = input_rest(h); /* all of it is taken, and what is no record is dropped */
        return records->size ? SEC_E_OK : SEC_E_INCOMPLETE_MESSAGE;
    }
    if (kept) {
        const struct schan_replay *replay = h->context->replay;

        *records = span_of(replay->kept + replay->kept_fed, kept);
        return SEC_E_OK;
    }
    while ((status = cut_records(h, records)) == SEC_E_OUT_OF_SEQUENCE) {
        status = take_data(h);
        if (status != SEC_E_OK)
            break;
    }
    return status;
}

SECURITY_STATUS input_taken(struct handshake *h, size_t size)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (size)
        h->progress = true;
    if (kept_left(h)) {
        h->context->replay->kept_fed += size;
        return SEC_E_OK;
    }
    if (h->interlude)
        status = interlude_add(h->context, span_of(h->input.data + h->used, size));
    h->used += size;
    return status;
}

/* The size of the whole records in front that are for tls_step. */
static size_t whole_records(const struct handshake *h)
{
    struct span bytes = input_rest(h);
    size_t total = 0, size, missing;

    while (bytes.size &&
           record_cut(bytes, LIMIT_CIPHERTEXT_TLS12, &size, &missing) == RECORD_WHOLE &&
           !is_foreign_data(h, bytes.data[0])) {
        total += size;
        bytes.data += size;
        bytes.size -= size;
    }
    return total;
}

static void replay_drop_seen(struct schan_replay *replay)
{
    mem_free(replay->seen);
    replay->seen = NULL;
    replay->seen_size = 0;
}

static void replay_drop_kept(struct schan_replay *replay)
{
    mem_free(replay->kept);
    replay->kept = NULL;
    replay->kept_size = replay->kept_fed = 0;
}

SECURITY_STATUS input_remember(struct handshake *h, bool take_rest)
{
    struct schan_replay *replay = h->context->replay;
    size_t rest = 0;

    if (!replay)
        replay = h->context->replay = mem_alloc(sizeof(*replay));
    if (!replay)
        return SEC_E_INSUFFICIENT_MEMORY;
    replay->fresh = true;

    if (take_rest && !kept_left(h)) {
        rest = whole_records(h);
        replay_drop_kept(replay);
        replay->kept = mem_copy(span_of(input_rest(h).data, rest));
        if (!replay->kept)
            return SEC_E_INSUFFICIENT_MEMORY;
        replay->kept_size = rest;
        if (h->interlude &&
            interlude_add(h->context, span_of(h->input.data + h->used, rest)) != SEC_E_OK)
            return SEC_E_INSUFFICIENT_MEMORY;
        h->used += rest;
    }
    replay_drop_seen(replay);
    replay->seen = mem_copy(span_of(h->input.data, h->used));
    if (!replay->seen)
        return SEC_E_INSUFFICIENT_MEMORY;
    replay->seen_size = h->used;
    return SEC_E_OK;
}

void input_skip_repeated(struct handshake *h)
{
    const struct schan_replay *replay = h->context->replay;

    h->used = interlude_shown(h->context, h->input);
    h->interlude = h->used != 0;
    if (replay && replay->seen_size > h->used && replay->seen_size <= h->input.size &&
        memcmp(replay->seen, h->input.data, replay->seen_size) == 0)
        h->used = replay->seen_size;
}

bool input_return_kept(struct handshake *h)
{
    size_t left = kept_left(h);

    if (!left)
        return true;
    /* Only a caller that has shown the same bytes again has them in its hands. */
    if (h->used < left || h->used != h->context->replay->seen_size)
        return false;
    h->used -= left;
    replay_drop_kept(h->context->replay);
    return true;
}

void input_settle(struct handshake *h, SECURITY_STATUS status)
{
    struct schan_replay *replay = h->context->replay;

    /* SEC_E_INCOMPLETE_MESSAGE consumes nothing: the same bytes come once more. */
    if (!replay || status == SEC_E_INCOMPLETE_MESSAGE)
        return;
    if (replay->fresh) {
        replay->fresh = false;
        return;
    }
    replay_drop_seen(replay);
    if (!kept_left(h) && !replay->answer_waits)
        handshake_replay_free(h->context);
}

void input_report(struct handshake *h, SECURITY_STATUS status)
{
    size_t done = h->interlude ? 0 : h->used, left = h->input.size - done;

    if (!h->slot)
        return;
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        h->slot->BufferType = SECBUFFER_MISSING;
        h->slot->cbBuffer = (ULONG)h->missing; /* at most one record */
    } else if (status >= 0 && left) {
        h->slot->BufferType = SECBUFFER_EXTRA;
        h->slot->cbBuffer = (ULONG)left; /* not above the cbBuffer of TOKEN */
        /* Programs are told to use the end of their own buffer, but some read this. */
        h->slot->pvBuffer = (uint8_t *)h->token_in->pvBuffer + done;
    }
}

void handshake_replay_free(struct schan_context *context)
{
    struct schan_replay *replay = context->replay;

    context->replay = NULL;
    if (!replay)
        return;
    replay_drop_seen(replay);
    replay_drop_kept(replay);
    mem_free(replay);
}
