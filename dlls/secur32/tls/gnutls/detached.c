/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See detached.h.
 */
#include "tls/gnutls/detached.h"

#include "base/mem.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/record.h"

#define ALERT_LEVEL_WARNING 1
#define ALERT_LEVEL_FATAL 2

void detached_free(struct tls_session *session)
{
    struct detached *detached = session->detached;

    session->detached = NULL;
    if (!detached)
        return;
    buffer_wipe(&detached->alpn);
    buffer_wipe(&detached->unique);
    buffer_wipe(&detached->chain);
    mem_free(detached);
}

bool detached_certificate(const struct tls_session *session, size_t index, struct span *der)
{
    const struct buffer *chain = &session->detached->chain;
    struct span rest = span_of(chain->data, chain->size);

    do {
        if (!span_take_vector24(&rest, der))
            return false;
    } while (index--);
    return true;
}

bool detached_alert(struct tls_session *session, bool fatal, uint8_t description)
{
    const uint8_t alert[2] = {fatal ? ALERT_LEVEL_FATAL : ALERT_LEVEL_WARNING, description};
    struct direction *send = &session->send;

    if (!direction_is_ours(send) || send->sequence == UINT64_MAX ||
        !record_seal_again(send, send->sequence, TLS_TYPE_ALERT, span_of(alert, sizeof(alert)),
                           &session->output))
        return false;
    send->sequence++;
    return true;
}

static void refuse(struct tls_session *session, enum tls_reason reason, uint8_t alert,
                   struct tls_result *result)
{
    result->event = TLS_FAILED;
    result->reason = reason;
    if (detached_alert(session, true, alert))
        result->alert_sent = alert;
    session->dead = true;
}

/* Tickets are of no use here, and passed over. New keys cannot be had: they follow from a secret
 * that GnuTLS keeps. */
static void modern_message(struct tls_session *session, struct span plaintext,
                           struct tls_result *result)
{
    struct scanner *scanner = &session->scanner;
    enum scan found;

    scanner->wanted = MESSAGE_NONE;
    while ((found = scanner_next(scanner, &plaintext, session->handshake_limit)) == SCAN_MESSAGE) {
        if (scanner->header[0] != MESSAGE_NEW_SESSION_TICKET || session->role != TLS_CLIENT) {
            refuse(session, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE, result);
            return;
        }
    }
    if (found == SCAN_TOO_LONG)
        refuse(session, TLS_REASON_TOO_LARGE, ALERT_ILLEGAL_PARAMETER, result);
    else if (found == SCAN_NO_MEMORY)
        refuse(session, TLS_REASON_MEMORY, ALERT_INTERNAL_ERROR, result);
    else
        result->event =
            scanner->header_size && (scanner->header_size < MESSAGE_HEADER || scanner->left)
                ? TLS_WANT_INPUT
                : TLS_DONE;
}

/* RFC 5246 7.4.1.1: a client may ignore the request for a handshake. */
static void legacy_message(struct tls_session *session, struct span plaintext,
                           struct tls_result *result)
{
    static const uint8_t hello_request[MESSAGE_HEADER] = {MESSAGE_HELLO_REQUEST};

    if (session->role == TLS_CLIENT &&
        span_equal(plaintext, span_of(hello_request, sizeof(hello_request))))
        result->event = TLS_DONE;
    else
        refuse(session, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE, result);
}

void detached_message(struct tls_session *session, struct span plaintext, struct tls_result *result)
{
    if (session->receive.modern)
        modern_message(session, plaintext, result);
    else
        legacy_message(session, plaintext, result);
}
