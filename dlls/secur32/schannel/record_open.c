/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See record_open.h. Application data takes the short way: one call of tls_unseal under the receive
 * lock, nothing else. All the rest may also write (an alert, an update of keys) and takes the send
 * and session locks.
 */
#include "schannel/record_open.h"

#include <string.h>

#include "base/log.h"
#include "schannel/alerts.h"
#include "schannel/record.h"

SECURITY_STATUS schan_refuse_record(struct schan_context *context, SECURITY_STATUS status,
                                    uint8_t alert)
{
    struct tls_result result;

    lock_take(context->send);
    lock_take(&context->session);
    tls_alert(context->tls, true, alert, &result);
    context_failed(context, status, result.output_size != 0);
    lock_release(&context->session);
    lock_release(context->send);
    return status;
}

/* The status of a record that cannot be opened: both codes were seen on Windows for a bad tag,
 * SEC_E_DECRYPT_FAILURE in TLS 1.3. */
static SECURITY_STATUS open_failed(struct schan_context *context, const struct tls_result *result)
    must_hold(context->receive);
static SECURITY_STATUS open_failed(struct schan_context *context, const struct tls_result *result)
{
    SECURITY_STATUS status = failure_status(result);
    int alert = result->alert_sent;

    if (result->reason == TLS_REASON_MAC && context->receive_modern)
        status = SEC_E_DECRYPT_FAILURE;
    if (alert == TLS_NO_ALERT)
        alert = result->reason == TLS_REASON_MAC ? ALERT_BAD_RECORD_MAC : ALERT_UNEXPECTED_MESSAGE;
    return schan_refuse_record(context, status, (uint8_t)alert);
}

static enum tls_status unseal(struct schan_context *context, struct tls_unseal *unseal,
                              struct tls_result *result) must_hold(context->receive);
static enum tls_status unseal(struct schan_context *context, struct tls_unseal *unseal,
                              struct tls_result *result)
{
    enum tls_status called;

    if (atomic_load_explicit(&context->record_path, memory_order_relaxed) == TLS_PATH_IN_PLACE)
        return tls_unseal(context->tls, unseal, result);
    lock_take(&context->session);
    called = tls_unseal(context->tls, unseal, result);
    lock_release(&context->session);
    return called;
}

/* ---- alerts ---- */

/* The peer is dead; nothing is to be sent. */
static SECURITY_STATUS alert_failed(struct schan_context *context, uint8_t description)
{
    SECURITY_STATUS status = alert_status(description);

    lock_take(&context->session);
    context_failed(context, SEC_E_CONTEXT_EXPIRED, false);
    lock_release(&context->session);
    return status;
}

/* The client refuses the new handshake that we asked for: the program waits for it, and is told as
 * a client would be. The connection lives on. */
static bool refuses_hello(struct schan_context *context, const struct tls_unseal *record)
{
    bool asked;

    if (record->alert != ALERT_NO_RENEGOTIATION)
        return false;
    lock_take(&context->session);
    asked = context->hello_asked;
    context->hello_asked = false;
    lock_release(&context->session);
    return asked;
}

static SECURITY_STATUS got_alert(struct schan_context *context, const struct tls_unseal *record)
    must_hold(context->receive);
static SECURITY_STATUS got_alert(struct schan_context *context, const struct tls_unseal *record)
{
    bool fatal;

    TRACE(LOG_SCHANNEL, "%p: alert %u%s", (void *)context, record->alert,
          record->alert_fatal ? ", fatal" : "");
    if (record->alert == ALERT_CLOSE_NOTIFY) {
        atomic_store(&context->received_close, true);
        return SEC_I_CONTEXT_EXPIRED;
    }
    /* RFC 8446 6: the level means nothing any more, and all but two alerts end the connection;
     * user_canceled does when it says so itself. */
    fatal = record->alert_fatal || record->record[record->offset] == ALERT_LEVEL_FATAL ||
            (context->receive_modern && record->alert != ALERT_USER_CANCELED);
    if (fatal)
        return alert_failed(context, record->alert);
    return refuses_hello(context, record) ? alert_status(ALERT_NO_RENEGOTIATION) : SEC_E_OK;
}

/* An alert while a renegotiation is under way may be the answer to it: the library must see it. */
static SECURITY_STATUS renegotiation_alert(struct schan_context *context, struct span record)
    must_hold(context->receive);
static SECURITY_STATUS renegotiation_alert(struct schan_context *context, struct span record)
{
    struct tls_result result;
    SECURITY_STATUS status = SEC_E_OK;

    lock_take(context->send);
    lock_take(&context->session);
    tls_step(context->tls, record, &result);
    if (result.event == TLS_FAILED) {
        status = failure_status(&result);
        context_failed(context, SEC_E_CONTEXT_EXPIRED, result.output_size != 0);
    }
    lock_release(&context->session);
    lock_release(context->send);

    if (result.event == TLS_CLOSED) {
        atomic_store(&context->received_close, true);
        return SEC_I_CONTEXT_EXPIRED;
    }
    if (result.event == TLS_REFUSED) {
        atomic_store(&context->renegotiating, false);
        return alert_status(ALERT_NO_RENEGOTIATION);
    }
    return status;
}

/* ---- handshake messages ---- */

/* How the program, and our own handshake functions, know the record again. */
static void mark_opened(struct schan_context *context, uint8_t *record, size_t size)
    must_hold(context->receive, &context->session);
static void mark_opened(struct schan_context *context, uint8_t *record, size_t size)
{
    if (context->receive_modern) {
        /* As on Windows: the record now says that it is a handshake record, and its body starts
         * with the message. */
        record[0] = RECORD_HANDSHAKE;
        context->opened++;
        return;
    }
    context->opened_size = size;
    memcpy(context->opened_head, record, size < CONTEXT_OPENED_HEAD ? size : CONTEXT_OPENED_HEAD);
}

/* The message takes effect at once: the next record may be under new keys. */
static SECURITY_STATUS got_message(struct schan_context *context, const struct tls_unseal *record,
                                   struct record_opened *opened) must_hold(context->receive);
static SECURITY_STATUS got_message(struct schan_context *context, const struct tls_unseal *record,
                                   struct record_opened *opened)
{
    SECURITY_STATUS status = SEC_I_RENEGOTIATE;
    struct tls_result result;

    lock_take(context->send);
    lock_take(&context->session);
    tls_message(context->tls, span_of(record->record + record->offset, record->plain_size),
                &result);
    context->message_open = result.event == TLS_WANT_INPUT;
    switch (result.event) {
    case TLS_FAILED:
        status = failure_status(&result);
        context_failed(context, SEC_E_CONTEXT_EXPIRED, result.output_size != 0);
        break;
    case TLS_RENEGOTIATE:
    case TLS_WANT_VERDICT: /* on a certificate that came after the handshake: not from here */
        context->request_waits = true;
        mark_opened(context, record->record, record->size);
        break;
    default:
        /* TLS 1.2: a part of a message, or one to be passed over. */
        if (context->receive_modern)
            mark_opened(context, record->record, record->size);
        else
            status = SEC_E_OK;
    }
    lock_release(&context->session);
    lock_release(context->send);

    opened->message_event = result.event;
    opened->store_session = context->receive_modern && context->role == TLS_CLIENT;
    return status;
}

SECURITY_STATUS schan_open_record(struct schan_context *context, uint8_t *record, size_t size,
                                  struct record_opened *opened)
{
    struct tls_unseal message = {.record = record, .size = size};
    struct tls_result result; /* written by tls_unseal on failure only */
    enum tls_status called;

    *opened = (struct record_opened){0};
    if (record[0] != RECORD_DATA && atomic_load(&context->renegotiating)) {
        opened->kept = record[0] != RECORD_ALERT;
        return opened->kept ? SEC_I_RENEGOTIATE
                            : renegotiation_alert(context, span_of(record, size));
    }
    result.event = TLS_DONE;
    called = unseal(context, &message, &result);
    if (result.event == TLS_FAILED)
        return open_failed(context, &result);
    if (called == TLS_NOT_THERE)
        return schan_dropped_record(&result);
    if (called == TLS_NOT_READY)
        return SEC_E_INVALID_HANDLE;
    if (called != TLS_OK)
        return schan_refuse_record(context, tls_call_status(called), ALERT_INTERNAL_ERROR);
    switch (message.type) {
    case TLS_TYPE_DATA:
        opened->offset = message.offset;
        opened->plain_size = message.plain_size;
        return SEC_E_OK;
    case TLS_TYPE_ALERT:
        return got_alert(context, &message);
    case TLS_TYPE_HANDSHAKE:
        return got_message(context, &message, opened);
    default:
        return schan_refuse_record(context, SEC_E_ILLEGAL_MESSAGE, ALERT_UNEXPECTED_MESSAGE);
    }
}
