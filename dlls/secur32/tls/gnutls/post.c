/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * After the handshake: messages that tls_unseal found, KeyUpdates, new handshakes, alerts.
 * Sources: RFC 8446 4.6, RFC 5246 7.4.1.1, RFC 5746.
 */
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "tls/gnutls/datagram.h"
#include "tls/gnutls/detached.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/handshake.h"
#include "tls/gnutls/record.h"

/* ---- KeyUpdate ---- */

bool key_update_write(struct tls_session *session, bool ask_peer, struct buffer *sink)
{
    struct buffer *before = session->sink;
    int error, taken;

    session->sink = sink;
    direction_lend(session, &session->send);
    error = gnutls.session_key_update(session->handle, ask_peer ? GNUTLS_KU_PEER : 0);
    taken = direction_take_back(session, &session->send);
    session->sink = before;
    if (error < 0 || taken < 0) {
        TRACE(LOG_TLS, "%p: KeyUpdate: %s", (void *)session,
              gnutls.strerror_name(error < 0 ? error : taken));
        return false;
    }
    atomic_store(&session->update_owed, false);
    return true;
}

static void update_keys(struct tls_session *session, bool ask_peer, struct tls_result *result)
{
    if (key_update_write(session, ask_peer, &session->output))
        result->event = TLS_DONE;
    else
        session_fail_alert(session, TLS_REASON_INTERNAL, ALERT_INTERNAL_ERROR, result);
}

static bool can_update_keys(const struct tls_session *session)
{
    return direction_is_ours(&session->send) && session->send.modern && !session->detached;
}

/* Every call here: result is cleared, the library's lock is held, a dead session is told. */
static bool enter(struct tls_session *session, struct tls_result *result) takes(&session->library);
static bool enter(struct tls_session *session, struct tls_result *result)
{
    result_clear(result);
    lock_take(&session->library);
    if (session->dead)
        session_dead_result(result);
    return !session->dead;
}

static void leave(struct tls_session *session, struct tls_result *result)
    releases(&session->library);
static void leave(struct tls_session *session, struct tls_result *result)
{
    result->output_size = datagrams_output_size(session);
    lock_release(&session->library);
}

void tls_update_keys(struct tls_session *session, bool ask_peer, struct tls_result *result)
{
    if (enter(session, result)) {
        if (can_update_keys(session))
            update_keys(session, ask_peer, result);
        else
            result->event = TLS_REFUSED;
    }
    leave(session, result);
}

void tls_answer(struct tls_session *session, struct tls_result *result)
{
    if (enter(session, result)) {
        result->event = TLS_DONE;
        if (can_update_keys(session) && atomic_load(&session->update_owed))
            update_keys(session, false, result);
    }
    leave(session, result);
}

/* ---- messages: TLS 1.3 ---- */

/* GnuTLS takes messages from the program only while it would also give it those that it sends. */
static int refuse_to_read(gnutls_session_t handle, gnutls_record_encryption_level_t level,
                          gnutls_handshake_description_t type, const void *data, size_t size)
{
    (void)handle;
    (void)level;
    (void)type;
    (void)data;
    (void)size;
    return GNUTLS_E_INTERNAL_ERROR;
}

/* Notes which messages are in it. Not 0: GnuTLS's error code for what is wrong with them. */
static int note_messages(struct tls_session *session, struct span plaintext, bool *wants_update)
{
    struct scanner *scanner = &session->scanner;
    enum scan found;

    *wants_update = false;
    scanner->wanted =
        session->role == TLS_CLIENT ? MESSAGE_CERTIFICATE_REQUEST : MESSAGE_KEY_UPDATE;
    while ((found = scanner_next(scanner, &plaintext, session->handshake_limit)) == SCAN_MESSAGE) {
        struct span body = {scanner->body, scanner->body_size};

        if (scanner->header[0] == MESSAGE_NEW_SESSION_TICKET)
            session->ticket_taken = false;
        if (scanner->header[0] == MESSAGE_KEY_UPDATE)
            *wants_update = true;
        if (scanner->header[0] == MESSAGE_CERTIFICATE_REQUEST && session->role == TLS_CLIENT &&
            peek_read_request(session, true, body) == PEEK_NO_MEMORY)
            return GNUTLS_E_MEMORY_ERROR;
    }
    if (found == SCAN_TOO_LONG)
        return GNUTLS_E_HANDSHAKE_TOO_LARGE;
    return found == SCAN_NO_MEMORY ? GNUTLS_E_MEMORY_ERROR : 0;
}

/* request_update of the KeyUpdate that ends the plaintext. */
static bool asks_for_update(struct span plaintext)
{
    return plaintext.size && plaintext.data[plaintext.size - 1] == 1;
}

static void begin_reauthentication(struct tls_session *session, struct tls_result *result)
{
    if (!handshake_begin(session, MODE_REAUTH)) {
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
        return;
    }
    if (session->flags & TLS_FLAG_ASK_CREDENTIAL)
        session->work->credential_asked = true;
    result->event = TLS_RENEGOTIATE;
}

static void modern_message(struct tls_session *session, struct span plaintext,
                           struct tls_result *result)
{
    bool has_update;
    int error = note_messages(session, plaintext, &has_update);

    if (error < 0) {
        session_fail(session, error, result);
        return;
    }
    gnutls.handshake_set_read_function(session->handle, refuse_to_read);
    error = gnutls.handshake_write(session->handle, GNUTLS_ENCRYPTION_LEVEL_APPLICATION,
                                   plaintext.data, plaintext.size);
    gnutls.handshake_set_read_function(session->handle, NULL);
    if (error == GNUTLS_E_AGAIN) {
        result->event = TLS_WANT_INPUT;
    } else if (error == GNUTLS_E_REAUTH_REQUEST) {
        begin_reauthentication(session, result);
    } else if (error < 0) {
        session_fail(session, error, result);
    } else {
        if (has_update && asks_for_update(plaintext))
            atomic_store(&session->update_owed, true);
        result->event = TLS_DONE;
    }
}

/* ---- messages that GnuTLS must read from a record ---- */

/* The record goes back to what it was, and is the next that GnuTLS reads. */
static bool keep_message(struct tls_session *session, struct span plaintext)
{
    struct work *work = session_work(session);

    return work && buffer_add(&work->message, plaintext.data, plaintext.size);
}

/* A server that waits for the client's certificate. */
static void reauthentication_message(struct tls_session *session, struct span plaintext,
                                     struct tls_result *result)
{
    bool good = keep_message(session, plaintext) && session_lend(session);

    if (good)
        handshake_go_on(session, span_of(NULL, 0), result);
    if (session->receive.lent)
        session_take_back(session, result);
    if (!good)
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
}

/* ---- messages: TLS 1.2 and before ---- */

static void begin_renegotiation(struct tls_session *session, struct tls_result *result)
{
    if (handshake_begin(session, MODE_HANDSHAKE))
        result->event = TLS_RENEGOTIATE;
    else
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
}

/* A client's hello, or more of it. */
static bool is_hello(const struct tls_session *session, struct span plaintext)
{
    if (session->mode == MODE_HANDSHAKE && session->work && session->work->message.size)
        return true;
    return plaintext.size && plaintext.data[0] == MESSAGE_CLIENT_HELLO;
}

static void legacy_message(struct tls_session *session, struct span plaintext,
                           struct tls_result *result)
{
    static const uint8_t hello_request[MESSAGE_HEADER] = {MESSAGE_HELLO_REQUEST};
    bool server = session->role == TLS_SERVER;

    if (!server && span_equal(plaintext, span_of(hello_request, sizeof(hello_request)))) {
        /* RFC 5246 7.4.1.1: ignored while a handshake is under way. */
        if (session->mode == MODE_CONNECTED)
            begin_renegotiation(session, result);
        else
            result->event = TLS_DONE;
        return;
    }
    if (session->rehandshake_seen) { /* GnuTLS has it already */
        session->rehandshake_seen = false;
        begin_renegotiation(session, result);
        return;
    }
    if (server && direction_is_ours(&session->receive) && is_hello(session, plaintext)) {
        if (keep_message(session, plaintext))
            begin_renegotiation(session, result);
        else
            session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
        return;
    }
    session_fail_alert(session, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE, result);
}

void tls_message(struct tls_session *session, struct span plaintext, struct tls_result *result)
{
    int error;

    if (enter(session, result)) {
        if (session->detached) {
            detached_message(session, plaintext, result);
        } else if (!session_is_modern(session)) {
            legacy_message(session, plaintext, result);
        } else if (session->mode == MODE_REAUTH && session->role == TLS_SERVER) {
            reauthentication_message(session, plaintext, result);
        } else {
            modern_message(session, plaintext, result);
            error = direction_take_key(session, &session->receive);
            if (error < 0 && result->event != TLS_FAILED)
                session_fail(session, error, result);
        }
    }
    leave(session, result);
}

/* ---- new handshakes ---- */

static bool rehandshake_is_refused(const struct tls_session *session)
{
    if (!session->was_done || session->mode != MODE_CONNECTED || session->detached)
        return true;
    if (session->datagrams)
        return true;
    if (!session_is_modern(session))
        return !gnutls.safe_renegotiation_status(session->handle);
    return session->role == TLS_CLIENT ||
           !(gnutls.session_get_flags(session->handle) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH);
}

/* A server asks for a certificate now, if it did not so far. */
static void request_certificate(struct tls_session *session)
{
    gnutls.certificate_server_set_request(session->handle, session->flags & TLS_FLAG_REQUIRE_PEER
                                                               ? GNUTLS_CERT_REQUIRE
                                                               : GNUTLS_CERT_REQUEST);
}

static void begin_anew(struct tls_session *session, bool request_peer, struct tls_result *result)
{
    bool server = session->role == TLS_SERVER, modern = session_is_modern(session);
    int error = 0;

    if (server && (modern || request_peer))
        request_certificate(session);
    if (server && !modern)
        error = gnutls.rehandshake(session->handle);
    if (error < 0) {
        session_fail(session, error, result);
        return;
    }
    if (!handshake_begin(session, modern ? MODE_REAUTH : MODE_HANDSHAKE)) {
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
        return;
    }
    handshake_go_on(session, span_of(NULL, 0), result);
}

void tls_rehandshake(struct tls_session *session, bool request_peer, struct tls_result *result)
{
    if (enter(session, result)) {
        if (rehandshake_is_refused(session)) {
            result->event = TLS_REFUSED;
        } else {
            if (session_lend(session))
                begin_anew(session, request_peer, result);
            session_take_back(session, result);
        }
    }
    leave(session, result);
}

/* ---- alerts ---- */

/* We refuse what the peer has begun: its hello is forgotten, and all is as before. */
static void abandon_renegotiation(struct tls_session *session)
{
    if (!session->was_done || session->mode != MODE_HANDSHAKE)
        return;
    session->mode = MODE_CONNECTED;
    session_end_work(session);
}

static bool send_alert(struct tls_session *session, bool fatal, uint8_t description)
{
    int error;

    if (session->detached)
        return detached_alert(session, fatal, description);
    helper_cancel(session->helper); /* a handshake that waits for a signature is over */
    direction_lend(session, &session->send);
    error = gnutls.alert_send(session->handle, fatal ? GNUTLS_AL_FATAL : GNUTLS_AL_WARNING,
                              (gnutls_alert_description_t)description);
    if (direction_take_back(session, &session->send) < 0)
        direction_wipe(&session->send);
    if (error < 0)
        TRACE(LOG_TLS, "%p: alert %u: %s", (void *)session, description,
              gnutls.strerror_name(error));
    return error >= 0;
}

void tls_alert(struct tls_session *session, bool fatal, uint8_t description,
               struct tls_result *result)
{
    result_clear(result);
    lock_take(&session->library);
    if (send_alert(session, fatal, description)) {
        result->event = TLS_DONE;
        result->alert_sent = fatal ? description : TLS_NO_ALERT;
    } else {
        session_dead_result(result);
    }
    if (description == ALERT_NO_RENEGOTIATION && !fatal)
        abandon_renegotiation(session);
    session->dead = session->dead || fatal;
    result->output_size = datagrams_output_size(session);
    lock_release(&session->library);
}
