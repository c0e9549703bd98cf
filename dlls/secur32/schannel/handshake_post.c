/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * InitializeSecurityContext and AcceptSecurityContext on a connected context.
 *
 * TLS 1.3: DecryptMessage has acted on the post-handshake message already and has rewritten its
 * record; the program brings that record here (or does not: nothing depends on it), and gets what
 * is owed to the peer. Some programs call without input first, some bring records that were never
 * decrypted.
 * TLS 1.2: a renegotiation, begun by the peer (DecryptMessage said so) or by a call without input.
 * Its records come encrypted, and there may be data among them (interlude.h).
 *
 * Sources: Microsoft Learn, "DecryptMessage (Schannel)" (SEC_I_RENEGOTIATE), "Renegotiating an
 * Schannel Connection", "Recognizing a Request to Renegotiate a Connection"; what curl, .NET, Qt,
 * MongoDB, aws-c-io and ZeroC Ice do.
 */
#include "schannel/handshake.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/record.h"
#include "schannel/record_open.h"

/* The peer asked for a handshake or a certificate; holds until that is complete. */
static bool request_waits(struct schan_context *context)
{
    bool waits;

    lock_take(&context->session);
    waits = context->request_waits;
    lock_release(&context->session);
    return waits;
}

static bool message_is_open(struct schan_context *context)
{
    bool is_open;

    lock_take(&context->session);
    is_open = context->message_open;
    lock_release(&context->session);
    return is_open;
}

/* What is owed to the peer: a certificate, or an update of keys, or nothing. */
static SECURITY_STATUS serve(struct handshake *h)
{
    struct schan_context *context = h->context;

    if (context_phase(context) == PHASE_CLOSED)
        return SEC_E_OK; /* we have said good-bye */
    if (request_waits(context))
        return handshake_run(h, true);
    context_lock_tls(context);
    tls_answer(context->tls, &h->result);
    context_unlock_tls(context);
    if (h->result.event == TLS_FAILED)
        return handshake_fail(h, failure_status(&h->result));
    if (context->role == TLS_CLIENT)
        return SEC_E_OK;
    /* The client's certificate counts when its flight has come to the end: not before is it proven
     * that the key is the client's. */
    return message_is_open(context) ? SEC_I_CONTINUE_NEEDED : handshake_note_peer(h);
}

/* ---- TLS 1.3 ---- */

/* A record that DecryptMessage has rewritten. */
static SECURITY_STATUS serve_rewritten(struct handshake *h, size_t size)
{
    struct schan_context *context = h->context;
    bool known;

    lock_take(&context->session);
    known = context->opened > 0;
    if (known)
        context->opened--;
    lock_release(&context->session);
    if (!known)
        return handshake_fail_alert(h, SEC_E_ILLEGAL_MESSAGE, ALERT_UNEXPECTED_MESSAGE);
    h->used += size;
    h->progress = true;
    return serve(h);
}

/* A record as it came from the network. The program's bytes stay as they are. */
static SECURITY_STATUS open_copy(struct handshake *h, struct span record,
                                 struct record_opened *opened)
{
    struct schan_context *context = h->context;
    uint8_t *copy = mem_copy(record);
    SECURITY_STATUS status;

    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    lock_take(context->receive);
    status = schan_open_record(context, copy, record.size, opened);
    lock_release(context->receive);
    /* Data can only be handed out by DecryptMessage, and now it is lost. */
    if (status == SEC_E_OK && opened->plain_size)
        status = handshake_fail_alert(h, SEC_E_ILLEGAL_MESSAGE, ALERT_UNEXPECTED_MESSAGE);
    mem_wipe_free(copy, record.size);
    if (status < 0)
        return status;

    /* Nobody will bring this record: it is here. */
    lock_take(&context->session);
    if (status == SEC_I_RENEGOTIATE && context->opened)
        context->opened--;
    context->opened_size = 0;
    lock_release(&context->session);
    h->used += record.size;
    h->progress = true;
    h->store_session = opened->store_session;
    return status;
}

static SECURITY_STATUS serve_encrypted(struct handshake *h, struct span record)
{
    struct record_opened opened;
    SECURITY_STATUS status = open_copy(h, record, &opened);

    if (status != SEC_I_RENEGOTIATE)
        return status;
    return opened.message_event == TLS_WANT_INPUT ? SEC_I_CONTINUE_NEEDED : serve(h);
}

static SECURITY_STATUS modern_record(struct handshake *h)
{
    struct span rest = input_rest(h);
    size_t size;

    switch (record_cut(rest, LIMIT_CIPHERTEXT_TLS13, &size, &h->missing)) {
    case RECORD_WHOLE:
        break;
    case RECORD_PARTIAL:
        return SEC_E_INCOMPLETE_MESSAGE;
    case RECORD_TOO_LARGE:
        return handshake_fail_alert(h, SEC_E_ILLEGAL_MESSAGE, ALERT_RECORD_OVERFLOW);
    case RECORD_NOT_TLS:
        return handshake_no_records(h, SEC_E_INVALID_TOKEN);
    }
    if (rest.data[0] == RECORD_HANDSHAKE)
        return serve_rewritten(h, size);
    return serve_encrypted(h, span_of(rest.data, size));
}

/* ---- TLS 1.2 and older ---- */

/* The record of the peer's request, which DecryptMessage has opened in the program's buffer and
 * whose message has been taken. */
static void skip_opened(struct handshake *h)
{
    struct schan_context *context = h->context;
    size_t left = h->input.size - h->used;

    lock_take(&context->session);
    if (context->opened_size && context->opened_size <= left) {
        size_t head =
            context->opened_size < CONTEXT_OPENED_HEAD ? context->opened_size : CONTEXT_OPENED_HEAD;

        if (memcmp(context->opened_head, h->input.data + h->used, head) == 0)
            h->used += context->opened_size;
    }
    context->opened_size = 0;
    lock_release(&context->session);
}

static SECURITY_STATUS renegotiate(struct handshake *h)
{
    bool begin = request_waits(h->context);

    atomic_store(&h->context->renegotiating, true);
    return handshake_run(h, begin);
}

/* A record as it came, and no handshake is under way: it may be a request for one. */
static SECURITY_STATUS legacy_encrypted(struct handshake *h, struct span record)
{
    struct record_opened opened;
    SECURITY_STATUS status;

    if (record.data[0] == RECORD_DATA)
        return SEC_E_OUT_OF_SEQUENCE; /* it is for DecryptMessage, and still is */
    status = open_copy(h, record, &opened);
    if (status == SEC_I_RENEGOTIATE)
        return renegotiate(h);
    return status == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status;
}

static SECURITY_STATUS legacy_records(struct handshake *h)
{
    struct span rest;
    size_t size;

    skip_opened(h);
    if (h->used == h->input.size || request_waits(h->context) ||
        atomic_load(&h->context->renegotiating))
        return renegotiate(h);
    rest = input_rest(h);
    switch (record_cut(rest, LIMIT_CIPHERTEXT_TLS12, &size, &h->missing)) {
    case RECORD_WHOLE:
        break;
    case RECORD_PARTIAL:
        return SEC_E_INCOMPLETE_MESSAGE;
    case RECORD_TOO_LARGE:
        return handshake_fail_alert(h, SEC_E_ILLEGAL_MESSAGE, ALERT_RECORD_OVERFLOW);
    case RECORD_NOT_TLS:
        return handshake_no_records(h, SEC_E_INVALID_TOKEN);
    }
    return legacy_encrypted(h, span_of(rest.data, size));
}

/* ---- calls without input ---- */

/* The program wants a new handshake (TLS 1.2) or the client's certificate (TLS 1.3 server). */
static SECURITY_STATUS begin_anew(struct handshake *h)
{
    struct schan_context *context = h->context;
    bool server = context->role == TLS_SERVER;

    context_lock_tls(context);
    tls_rehandshake(context->tls, server && (h->step->request & ASC_REQ_MUTUAL_AUTH), &h->result);
    context->hello_asked = server && context->info.version != 0x0304 && h->result.output_size;
    context_unlock_tls(context);
    if (h->result.event == TLS_REFUSED)
        return SEC_E_NO_RENEGOTIATION;
    if (h->result.event == TLS_FAILED)
        return handshake_fail(h, failure_status(&h->result));
    /* A server is done with its request; the client's answer begins the handshake, or does not. */
    if (server)
        return SEC_E_OK;
    atomic_store(&context->renegotiating, true);
    return h->result.output_size ? SEC_I_CONTINUE_NEEDED : handshake_run(h, true);
}

static SECURITY_STATUS empty_call(struct handshake *h, bool modern)
{
    struct schan_context *context = h->context;
    bool requested, opened;

    lock_take(&context->session);
    requested = context->request_waits;
    opened = context->opened > 0;
    lock_release(&context->session);

    if (requested)
        return modern ? serve(h) : renegotiate(h);
    if (atomic_load(&context->received_close))
        return SEC_I_CONTEXT_EXPIRED;
    /* It may have been asked for a certificate; otherwise there is nothing to go on with. */
    if (!modern)
        return atomic_load(&context->renegotiating) ? handshake_run(h, false) : begin_anew(h);

    /* An update of keys that is owed, or a ticket whose record comes with the next call. */
    if (opened)
        return serve(h);
    if (context->role == TLS_CLIENT)
        return SEC_E_NO_RENEGOTIATION;
    return begin_anew(h);
}

SECURITY_STATUS handshake_connected_call(struct handshake *h)
{
    bool modern = h->context->info.version == 0x0304;
    bool closed = context_phase(h->context) == PHASE_CLOSED;

    /* The handshake is over: what is left of it is for DecryptMessage. */
    if (h->interlude && !atomic_load(&h->context->renegotiating))
        return SEC_E_OUT_OF_SEQUENCE;
    if (h->used == h->input.size)
        return closed ? SEC_I_CONTEXT_EXPIRED : empty_call(h, modern);
    /* The program was asked for a certificate, and goes on; what else it gives is still EXTRA. */
    if (modern && h->context->credential_asked && request_waits(h->context))
        return serve(h);
    if (modern)
        return modern_record(h);
    return closed ? SEC_I_CONTEXT_EXPIRED : legacy_records(h);
}
