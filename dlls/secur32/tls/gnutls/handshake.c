/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * tls_step: GnuTLS is given one record at a time, so that it never reads ahead and each event is
 * told before the next record is touched. What it cannot wait for is found before (peek.h),
 * answered later (the verify callback may say "again") or waits on a thread of its own (helper.h).
 */
#include "tls/gnutls/handshake.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/credential.h"
#include "tls/gnutls/datagram.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/leaf.h"
#include "tls/gnutls/record.h"
#include "tls/gnutls/tickets.h"

/* Calls of GnuTLS in a row that neither take input nor make an event. More would be a bug. */
#define IDLE_CALLS_MAX 16

#define CONTENT_TYPE_FIRST 20 /* change_cipher_spec */
#define CONTENT_TYPE_LAST 24  /* heartbeat */

/* ---- failing ---- */

void session_dead_result(struct tls_result *result)
{
    result->event = TLS_FAILED;
    result->reason = TLS_REASON_INTERNAL;
}

static void fail(struct tls_session *session, enum tls_reason reason, int alert,
                 struct tls_result *result)
{
    bool lent = session->send.lent;

    result->event = TLS_FAILED;
    result->reason = reason;
    session->dead = true;
    if (session->datagrams)
        datagrams_drop_output(session); /* what waited there is of no use any more */
    if (alert == TLS_NO_ALERT)
        return;
    if (!lent)
        direction_lend(session, &session->send);
    if (gnutls.alert_send(session->handle, GNUTLS_AL_FATAL, (gnutls_alert_description_t)alert) >= 0)
        result->alert_sent = alert;
    if (!lent && direction_take_back(session, &session->send) < 0)
        direction_wipe(&session->send);
}

void session_fail_alert(struct tls_session *session, enum tls_reason reason, uint8_t alert,
                        struct tls_result *result)
{
    TRACE(LOG_TLS, "%p: fails, alert %u", (void *)session, alert);
    fail(session, reason, alert, result);
}

void session_give_up(struct tls_session *session, enum tls_reason reason, struct tls_result *result)
{
    fail(session, reason, TLS_NO_ALERT, result);
}

void session_fail(struct tls_session *session, int error, struct tls_result *result)
{
    struct error_row row = error_find(error);

    TRACE(LOG_TLS, "%p: %s", (void *)session, gnutls.strerror_name(error));
    if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
        result->alert_received = (int)gnutls.alert_get(session->handle);
    if (error == GNUTLS_E_CERTIFICATE_ERROR && session->work && session->work->verdict)
        row.alert = session->work->verdict;
    fail(session, row.reason, row.alert, result);
}

/* ---- the peer's certificate ---- */

int handshake_verify(gnutls_session_t handle)
{
    struct tls_session *session = gnutls.session_get_ptr(handle);
    struct work *work = session->work;
    unsigned count = 0;
    const gnutls_datum_t *chain = gnutls.certificate_get_peers(handle, &count);

    if (!chain || count == 0)
        return 0; /* a client without certificate; whether that is good, GnuTLS knows */
    if (leaf_rsa_bits_outside(&chain[0], session->rsa_bits_min, session->rsa_bits_max)) {
        work->verdict = ALERT_INSUFFICIENT_SECURITY;
        return GNUTLS_E_CERTIFICATE_ERROR;
    }
    if (!(session->flags & TLS_FLAG_ASK_VERDICT))
        return 0;
    if (!work->verdict_given) {
        work->verdict_asked = true;
        return GNUTLS_E_AGAIN;
    }
    work->verdict_asked = work->verdict_given = false;
    return work->verdict ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

void tls_supply_verdict(struct tls_session *session, uint8_t alert)
{
    lock_take(&session->library);
    if (session->work && session->work->verdict_asked) {
        session->work->verdict = alert;
        session->work->verdict_given = true;
        session->work->resume = true;
    }
    lock_release(&session->library);
}

/* ---- our certificate and signature ---- */

enum tls_status tls_supply_credential(struct tls_session *session,
                                      const struct tls_credential *credential)
{
    enum tls_status status = TLS_NOT_READY;

    lock_take(&session->library);
    if (session->work && session->work->credential_asked && !session->work->credential_given) {
        tls_credential_free(session->credential);
        session->credential = credential_ref((struct tls_credential *)(uintptr_t)credential);
        session->work->credential_given = true;
        session->work->resume = session->mode == MODE_REAUTH;
        status = TLS_OK;
    }
    lock_release(&session->library);
    return status;
}

enum tls_status tls_sign_request(struct tls_session *session, struct tls_sign_request *request)
{
    enum tls_status status = TLS_NOT_READY;

    lock_take(&session->library);
    if (helper_is_parked(session->helper)) {
        *request = *helper_request(session->helper);
        status = TLS_OK;
    }
    lock_release(&session->library);
    return status;
}

enum tls_status tls_supply_signature(struct tls_session *session, struct span signature)
{
    enum tls_status status = TLS_NOT_READY;

    lock_take(&session->library);
    if (helper_is_parked(session->helper) && session->work) {
        status = helper_answer(session->helper, signature) ? TLS_OK : TLS_NO_MEMORY;
        if (status == TLS_OK)
            session->work->resume = true;
    }
    lock_release(&session->library);
    return status;
}

/* ---- calling GnuTLS ---- */

static int call_handshake(gnutls_session_t handle)
{
    return gnutls.handshake(handle);
}

static int call_reauth(gnutls_session_t handle)
{
    return gnutls.reauth(handle, 0);
}

static int call_gnutls(struct tls_session *session)
{
    helper_call *call = session->mode == MODE_REAUTH ? call_reauth : call_handshake;

    if (!session->helper && credential_is_outside(session->credential)) {
        session->helper = helper_new();
        if (!session->helper)
            return GNUTLS_E_MEMORY_ERROR;
    }
    return session->helper ? helper_run(session->helper, call, session->handle)
                           : call(session->handle);
}

bool handshake_begin(struct tls_session *session, enum mode mode)
{
    if (!session_work(session))
        return false;
    session->mode = mode;
    session->work->resume = true;
    if (session->tickets && mode == MODE_HANDSHAKE)
        tickets_refuse(session->handle); /* until our ServerHello, see hello_hook */
    return true;
}

/* Windows sends its TLS 1.3 tickets behind the client's Finished, with the call that completes the
 * handshake; GnuTLS by itself would send them with its first flight. A ticket that cannot be made
 * is no failure. */
static void send_ticket(struct tls_session *session)
{
    int error;

    if (session->role != TLS_SERVER || session->was_done || !session->tickets ||
        !session_is_modern(session))
        return;
    error = gnutls.session_ticket_send(session->handle, 1, 0);
    if (error < 0)
        TRACE(LOG_TLS, "%p: no ticket: %d", (void *)session, error);
}

static void complete(struct tls_session *session, struct tls_result *result)
{
    send_ticket(session);
    session->mode = MODE_CONNECTED;
    session->was_done = true;
    session->ticket_taken = session->ticket_taken && session_is_modern(session);
    session_end_work(session);
    if (!helper_is_parked(session->helper)) {
        helper_free(session->helper);
        session->helper = NULL;
    }
    result->event = TLS_DONE;
}

static bool warning(struct tls_session *session, struct tls_result *result)
{
    int alert = (int)gnutls.alert_get(session->handle);

    if (alert == ALERT_CLOSE_NOTIFY) {
        result->event = TLS_CLOSED;
        return false;
    }
    if (alert == ALERT_NO_RENEGOTIATION && session->was_done) {
        session->mode = MODE_CONNECTED;
        session_end_work(session);
        result->event = TLS_REFUSED;
        return false;
    }
    session->work->resume = true; /* such as unrecognized_name: goes on */
    return true;
}

bool handshake_call_once(struct tls_session *session, struct tls_result *result)
{
    struct work *work = session->work;
    int error = call_gnutls(session);

    if (session->starved && error != HELPER_PARKED)
        error = GNUTLS_E_MEMORY_ERROR;
    if (error == HELPER_PARKED) {
        result->event = TLS_WANT_SIGN;
        return false;
    }
    if (error == GNUTLS_E_SUCCESS) {
        complete(session, result);
        return false;
    }
    if (error == GNUTLS_E_AGAIN || error == GNUTLS_E_INTERRUPTED) {
        if (work->verdict_asked) {
            result->event = TLS_WANT_VERDICT;
            return false;
        }
        work->resume = session->input.size != 0;
        return true;
    }
    if (error == GNUTLS_E_WARNING_ALERT_RECEIVED)
        return warning(session, result);
    if (error == GNUTLS_E_SESSION_EOF) { /* close_notify before the handshake is complete */
        result->event = TLS_CLOSED;
        return false;
    }
    if (!gnutls.error_is_fatal(error) && error != GNUTLS_E_GOT_APPLICATION_DATA) {
        work->resume = true; /* such as a HelloRequest in a handshake */
        return true;
    }
    session_fail(session, error, result);
    return false;
}

/* ---- records ---- */

/* The first record of *rest. false: none is whole, or it is no record (*bad). */
static bool cut(const struct tls_session *session, struct span rest, struct span *record, bool *bad)
{
    size_t size;

    *bad = false;
    if (rest.size < RECORD_HEADER)
        return false;
    size = RECORD_HEADER + ((size_t)rest.data[3] << 8 | rest.data[4]);
    if (rest.data[0] < CONTENT_TYPE_FIRST || rest.data[0] > CONTENT_TYPE_LAST ||
        rest.data[1] != 3) {
        /* A ClientHello in the format of SSL 2.0 (RFC 5246 E.2). */
        if (session->role != TLS_SERVER || session->began || !(rest.data[0] & 0x80) ||
            rest.data[2] != MESSAGE_CLIENT_HELLO) {
            *bad = true;
            return false;
        }
        size = 2 + ((size_t)(rest.data[0] & 0x7f) << 8 | rest.data[1]);
    }
    if (rest.size < size)
        return false;
    *record = span_of(rest.data, size);
    return true;
}

/* A client that gives up before it begins: GnuTLS wants a hello first and would call it unexpected.
 */
static bool is_early_alert(const struct tls_session *session, struct span record)
{
    return session->role == TLS_SERVER && !session->began && record.data[0] == TLS_TYPE_ALERT &&
           record.size == RECORD_HEADER + 2;
}

static void early_alert(struct tls_session *session, struct span record, struct tls_result *result)
{
    result->event = TLS_CLOSED;
    if (record.data[RECORD_HEADER + 1] == ALERT_CLOSE_NOTIFY)
        return;
    fail(session, TLS_REASON_ALERT, TLS_NO_ALERT, result);
    result->alert_received = record.data[RECORD_HEADER + 1];
}

enum feed {
    FEED_GIVEN,
    FEED_NONE,
    FEED_EVENT /* result has it */
};

/* true: a request is in it, or it is not for GnuTLS; result has the event. */
static bool peek(struct tls_session *session, struct span record, struct tls_result *result)
{
    struct work *work = session->work;

    switch (peek_look(session, record)) {
    case PEEK_REQUEST:
        work->peek.wants_request = false;
        work->credential_asked = true;
        result->event = TLS_WANT_CREDENTIAL;
        return true;
    case PEEK_TOO_LARGE:
        session_fail(session, GNUTLS_E_HANDSHAKE_TOO_LARGE, result);
        return true;
    case PEEK_NO_MEMORY:
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
        return true;
    default:
        return false;
    }
}

/* Gives GnuTLS the next record. */
static enum feed feed(struct tls_session *session, struct span *rest, struct tls_result *result)
{
    struct work *work = session->work;
    struct span record;
    bool bad;

    if (work->pending.size && !work->pending_fed) {
        record = span_of(work->pending.data, work->pending.size);
        if (peek(session, record, result))
            return FEED_EVENT;
        work->pending_fed = true;
        session->input = record;
        return FEED_GIVEN;
    }
    buffer_wipe(&work->pending);
    work->pending_fed = false;
    if (!cut(session, *rest, &record, &bad)) {
        result->event = TLS_WANT_INPUT;
        if (bad)
            fail(session, TLS_REASON_NOT_TLS, TLS_NO_ALERT, result);
        return bad ? FEED_EVENT : FEED_NONE;
    }
    if (peek(session, record, result))
        return FEED_EVENT;
    rest->data += record.size;
    rest->size -= record.size;
    if (is_early_alert(session, record)) {
        early_alert(session, record, result);
        return FEED_EVENT;
    }
    session->began = true;
    session->input = record;
    return FEED_GIVEN;
}

bool handshake_waits(const struct tls_session *session, struct tls_result *result)
{
    const struct work *work = session->work;

    if (work->verdict_asked && !work->verdict_given)
        result->event = TLS_WANT_VERDICT;
    else if (work->credential_asked && !work->credential_given)
        result->event = TLS_WANT_CREDENTIAL;
    else if (helper_is_parked(session->helper) && !work->resume)
        result->event = TLS_WANT_SIGN;
    else
        return false;
    return true;
}

/* The change_cipher_spec that only middleboxes want (RFC 8446 D.4) goes with what follows it. */
static bool output_is_worth_it(const struct buffer *output)
{
    return output->size > RECORD_HEADER + 1 ||
           (output->size && output->data[0] != CONTENT_TYPE_FIRST);
}

void handshake_go_on(struct tls_session *session, struct span input, struct tls_result *result)
{
    struct span rest = input;
    unsigned idle = 0;

    if (handshake_waits(session, result))
        return;
    while (session->work) {
        struct work *work = session->work;

        if (!work->resume) {
            if (feed(session, &rest, result) != FEED_GIVEN)
                break;
            idle = 0;
        }
        work->resume = false;
        if (!handshake_call_once(session, result))
            break;
        if (++idle > IDLE_CALLS_MAX) {
            session_fail_alert(session, TLS_REASON_INTERNAL, ALERT_INTERNAL_ERROR, result);
            break;
        }
        result->event = TLS_WANT_INPUT;
        if (output_is_worth_it(&session->output) && !work->resume)
            break;
    }
    /* GnuTLS takes whole records; one that it did not touch is the caller's still. */
    result->consumed = input.size - rest.size;
    if (session->input.size && session->input.size <= result->consumed &&
        session->input.data + session->input.size == rest.data) {
        result->consumed -= session->input.size;
        if (session->work)
            session->work->peek.seen = PEEK_SEEN_ALL;
    }
    session->input = span_of(NULL, 0);
}

static bool return_message(struct tls_session *session)
{
    struct work *work = session->work;

    if (!work || work->message.size == 0)
        return true;
    if (session->receive.sequence == 0 ||
        !record_seal_again(&session->receive, session->receive.sequence - 1, TLS_TYPE_HANDSHAKE,
                           span_of(work->message.data, work->message.size), &work->pending))
        return false;
    buffer_wipe(&work->message);
    session->receive.sequence--;
    return true;
}

bool session_lend(struct tls_session *session)
{
    bool returned = return_message(session);

    direction_lend(session, &session->receive);
    direction_lend(session, &session->send);
    return returned;
}

void session_take_back(struct tls_session *session, struct tls_result *result)
{
    int receive = direction_take_back(session, &session->receive);
    int send = direction_take_back(session, &session->send);

    if (receive < 0 || send < 0) {
        TRACE(LOG_TLS, "%p: keys: %s", (void *)session,
              gnutls.strerror_name(receive < 0 ? receive : send));
        direction_wipe(&session->receive);
        direction_wipe(&session->send);
        session->dead = true;
        session_dead_result(result);
    }
    if (!session->was_done)
        session->record_path = TLS_PATH_NONE;
    else if (direction_is_ours(&session->receive) && direction_is_ours(&session->send))
        session->record_path = TLS_PATH_IN_PLACE;
    else if (session->mode == MODE_CONNECTED)
        session->record_path = TLS_PATH_SESSION;
}

void tls_step(struct tls_session *session, struct span input, struct tls_result *result)
{
    result_clear(result);
    lock_take(&session->library);
    if (session->dead) {
        session_dead_result(result);
    } else if (session->mode == MODE_CONNECTED) {
        result->event = TLS_DONE; /* nothing was begun */
    } else {
        if (!session_lend(session))
            session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
        else if (session->datagrams)
            datagrams_step(session, input, result);
        else
            handshake_go_on(session, input, result);
        session_take_back(session, result);
    }
    result->output_size = datagrams_output_size(session);
    lock_release(&session->library);
}
