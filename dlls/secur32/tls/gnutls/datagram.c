/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See datagram.h. GnuTLS is told that its timer has always run out: so each call without input
 * repeats the last flight, whatever time has passed. That it then does so too while it reads the
 * peer's flight is seen by its making no message, and what it sent is thrown away.
 *
 * Sources: RFC 6347 4.2 (flights, fragments, repetition); GnuTLS manual, "Datagram TLS".
 */
#include "tls/gnutls/datagram.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/handshake.h"

/* No handshake is so slow that GnuTLS should end it: milliseconds. */
#define TIME_FOR_EVER 0x7fffffffu

/* GnuTLS keeps so many and lets the last one be overwritten (MAX_SRTP_PROFILES). */
#define SRTP_MAX 4

/* ---- the queue ---- */

static size_t queue_length(const struct datagrams *datagrams)
{
    return datagrams->sizes.size / sizeof(uint32_t);
}

static uint32_t queue_get(const struct datagrams *datagrams, size_t index)
{
    uint32_t size;

    memcpy(&size, datagrams->sizes.data + index * sizeof(size), sizeof(size));
    return size;
}

static void queue_set(const struct datagrams *datagrams, size_t index, uint32_t size)
{
    memcpy(datagrams->sizes.data + index * sizeof(size), &size, sizeof(size));
}

static bool queue_add(struct datagrams *datagrams, size_t record)
{
    size_t count = queue_length(datagrams);
    uint32_t size = (uint32_t)record; /* of a record: below 2^16 */

    /* Records of one flight share datagrams as far as they go (RFC 6347 4.1.1). */
    if (datagrams->open && count) {
        uint32_t last = queue_get(datagrams, count - 1);

        if (last < datagrams->mtu && size <= datagrams->mtu - last) {
            queue_set(datagrams, count - 1, last + size);
            return true;
        }
    }
    datagrams->open = true;
    return buffer_add(&datagrams->sizes, &size, sizeof(size));
}

size_t datagrams_output_size(const struct tls_session *session)
{
    if (!session->datagrams)
        return session->output.size;
    return queue_length(session->datagrams) ? queue_get(session->datagrams, 0) : 0;
}

void datagrams_drop_output(struct tls_session *session)
{
    buffer_wipe(&session->output);
    buffer_wipe(&session->datagrams->sizes);
    session->datagrams->open = false;
}

static void drop_front(struct buffer *buffer, size_t size)
{
    buffer->size -= size;
    memmove(buffer->data, buffer->data + size, buffer->size);
}

enum tls_status datagrams_take(struct tls_session *session, uint8_t *to, size_t room, size_t *size)
{
    *size = datagrams_output_size(session);
    if (room < *size)
        return TLS_TOO_SMALL;
    if (*size == 0)
        return TLS_OK;
    memcpy(to, session->output.data, *size);
    if (queue_length(session->datagrams) == 1) {
        datagrams_drop_output(session);
    } else {
        drop_front(&session->output, *size);
        drop_front(&session->datagrams->sizes, sizeof(uint32_t));
    }
    return TLS_OK;
}

/* How much waits, to go back to. */
struct mark {
    size_t bytes, count;
    uint32_t last;
};

static struct mark queue_mark(const struct tls_session *session)
{
    size_t count = queue_length(session->datagrams);

    return (struct mark){session->output.size, count,
                         count ? queue_get(session->datagrams, count - 1) : 0};
}

static void queue_back(struct tls_session *session, const struct mark *mark)
{
    session->output.size = mark->bytes;
    session->datagrams->sizes.size = mark->count * sizeof(uint32_t);
    if (mark->count)
        queue_set(session->datagrams, mark->count - 1, mark->last);
}

/* ---- transport ---- */

/* One record is one datagram to GnuTLS, and taken whole. */
static ssize_t pull(gnutls_transport_ptr_t context, void *data, size_t size)
{
    struct tls_session *session = context;
    size_t part = size < session->input.size ? size : session->input.size;

    if (part == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(data, session->input.data, part);
    session->input = span_of(NULL, 0);
    return (ssize_t)part;
}

static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t size)
{
    struct tls_session *session = context;
    bool queued = session->sink == &session->output;

    if (!buffer_add(session->sink, data, size) ||
        (queued && !queue_add(session->datagrams, size))) {
        session->starved = true;
        errno = ENOMEM;
        return -1;
    }
    return (ssize_t)size;
}

/* ---- making one ---- */

void datagrams_free(struct datagrams *datagrams)
{
    if (!datagrams)
        return;
    buffer_wipe(&datagrams->sizes);
    flight_done(datagrams);
    buffer_wipe(&datagrams->request);
    mem_free(datagrams);
}

static enum tls_status set_srtp(gnutls_session_t handle, const struct tls_config *config)
{
    for (size_t i = 0; i < config->srtp_count && i < SRTP_MAX; i++)
        if (gnutls.srtp_set_profile(handle, (gnutls_srtp_profile_t)config->srtp[i]) < 0)
            return TLS_NO_MEMORY;
    return TLS_OK;
}

enum tls_status datagrams_attach(struct tls_session *session, const struct tls_config *config)
{
    gnutls_session_t handle = session->handle;
    struct datagrams *datagrams = mem_alloc(sizeof(*datagrams));

    if (!datagrams)
        return TLS_NO_MEMORY;
    session->datagrams = datagrams;
    datagrams->mtu = config->mtu;
    gnutls.transport_set_pull_function(handle, pull);
    gnutls.transport_set_push_function(handle, push);
    gnutls.dtls_set_timeouts(handle, 0, TIME_FOR_EVER);
    gnutls.dtls_set_mtu(handle, config->mtu);
    if (config->prestate) {
        gnutls_dtls_prestate_st prestate = {config->prestate->record, config->prestate->read,
                                            config->prestate->write};

        gnutls.dtls_prestate_set(handle, &prestate);
        datagrams->next = datagrams->before = config->prestate->read;
    }
    return set_srtp(handle, config);
}

void tls_set_mtu(struct tls_session *session, uint32_t mtu)
{
    lock_take(&session->library);
    if (session->datagrams) {
        session->datagrams->mtu = mtu;
        gnutls.dtls_set_mtu(session->handle, mtu);
    }
    lock_release(&session->library);
}

/* ---- one step ---- */

void datagrams_note_message(struct tls_session *session, unsigned type)
{
    session->datagrams->made++;
    session->datagrams->made_done |= type == MESSAGE_SERVER_HELLO_DONE;
}

bool datagram_cut(struct span bytes, struct span *record)
{
    size_t size;

    if (bytes.size < DATAGRAM_HEADER)
        return false;
    size = DATAGRAM_HEADER + ((size_t)bytes.data[11] << 8 | bytes.data[12]);
    if (size > bytes.size)
        return false;
    *record = span_of(bytes.data, size);
    return true;
}

uint64_t datagram_number(const uint8_t *record)
{
    uint64_t number = 0;

    for (size_t i = 3; i < 11; i++)
        number = number << 8 | record[i];
    return number;
}

/* A call of GnuTLS; what it only repeated goes, unless it was asked to. */
static bool call(struct tls_session *session, bool repeat, struct tls_result *result)
{
    struct datagrams *datagrams = session->datagrams;
    struct mark before = queue_mark(session);
    unsigned made = datagrams->made;
    bool go_on;

    session->work->resume = false;
    go_on = handshake_call_once(session, result);
    if (datagrams->made == made && !repeat && result->event != TLS_FAILED &&
        session->output.size >= before.bytes && queue_length(datagrams) >= before.count)
        queue_back(session, &before);
    return go_on;
}

/* ---- giving GnuTLS what came ---- */

/* GnuTLS chooses the certificate while it reads the request: the program must be asked before.
 * true: result has the event. */
static bool is_request(struct tls_session *session, struct span record, struct tls_result *result)
{
    const struct buffer *request = &session->datagrams->request;

    if (!session->work->peek.wants_request || record.data[0] != TLS_TYPE_HANDSHAKE ||
        record.data[4] || record.data[DATAGRAM_HEADER] != MESSAGE_CERTIFICATE_REQUEST)
        return false;
    session->work->peek.wants_request = false;
    switch (peek_read_request(session, false, span_of(request->data, request->size))) {
    case PEEK_REQUEST:
        session->work->credential_asked = true;
        result->event = TLS_WANT_CREDENTIAL;
        return true;
    case PEEK_NO_MEMORY:
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
        return true;
    default: /* GnuTLS will say what is wrong with it */
        return false;
    }
}

/* Whole records, in order. What is left when the caller must be told of an event stays in
 * work->pending. false: there is an event. */
static bool give_pending(struct tls_session *session, struct tls_result *result)
{
    struct buffer records = session->work->pending;
    struct span rest = span_of(records.data, records.size), record = {NULL, 0};
    bool go_on = true;

    session->work->pending = (struct buffer){NULL, 0, 0};
    while (go_on && session->work && (session->work->resume || datagram_cut(rest, &record))) {
        if (session->work->resume) {
            go_on = call(session, false, result);
            continue;
        }
        if (is_request(session, record, result)) {
            go_on = false;
            break;
        }
        rest.data += record.size;
        rest.size -= record.size;
        session->began = true;
        session->input = record;
        go_on = call(session, false, result);
    }
    if (session->work && !session->dead && rest.size &&
        !buffer_add(&session->work->pending, rest.data, rest.size))
        session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
    buffer_wipe(&records);
    return go_on && !session->dead;
}

/* One record of the peer's. false: there is an event. */
static bool take_record(struct tls_session *session, struct span record, struct tls_result *result)
{
    switch (flight_add(session, record, &session->work->pending)) {
    case FLIGHT_KEPT:
        return true;
    case FLIGHT_PASS:
    case FLIGHT_WHOLE:
        return give_pending(session, result);
    case FLIGHT_REPEATED:
        return call(session, true, result);
    case FLIGHT_TOO_LARGE:
        session_fail(session, GNUTLS_E_HANDSHAKE_TOO_LARGE, result);
        return false;
    case FLIGHT_NO_MEMORY:
        break;
    }
    session_fail(session, GNUTLS_E_MEMORY_ERROR, result);
    return false;
}

static void step(struct tls_session *session, struct span *rest, struct tls_result *result)
{
    bool idle = !session->work->resume && !rest->size && !session->work->pending.size;
    struct span record;

    if (idle) {
        (void)call(session, true, result);
        return;
    }
    if (!give_pending(session, result))
        return;
    /* RFC 6347 4.1.2.7: what is no record is dropped, and so is what stands behind it. */
    while (session->work && datagram_cut(*rest, &record)) {
        rest->data += record.size;
        rest->size -= record.size;
        if (!take_record(session, record, result))
            return;
        result->event = TLS_WANT_INPUT;
    }
}

void datagrams_step(struct tls_session *session, struct span input, struct tls_result *result)
{
    struct span rest = input;

    if (handshake_waits(session, result))
        return;
    session->datagrams->open = false;
    step(session, &rest, result);
    session->input = span_of(NULL, 0);
    /* RFC 6347 4.2.1: a server that keeps no state cannot put a hello together. */
    if (session->role == TLS_CLIENT && !session->began && queue_length(session->datagrams) > 1)
        session_give_up(session, TLS_REASON_TOO_LARGE, result);
    /* Behind the record that completes the handshake data may stand. Before it, a flight is whole
     * when the last of it has come: nothing of use is behind that. */
    result->consumed = result->event == TLS_DONE ? input.size - rest.size : input.size;
}
