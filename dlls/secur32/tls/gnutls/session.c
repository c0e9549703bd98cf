/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Making and ending sessions, and the transport of GnuTLS, which is memory: it pulls from the input
 * of the current call and pushes into a buffer. Both callbacks set plain errno; what GnuTLS offers
 * for it (gnutls_transport_set_errno) is shared by both directions, and a thread that sends would
 * wipe it out for one that receives.
 */
#include "tls/gnutls/session.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/alpn.h"
#include "tls/gnutls/credential.h"
#include "tls/gnutls/datagram.h"
#include "tls/gnutls/detached.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/handshake.h"
#include "tls/gnutls/tickets.h"

/* GNUTLS_NO_STATUS_REQUEST of GnuTLS 3.8. */
#define NO_STATUS_REQUEST (1u << 24)

#define OUTPUT_FIRST_ROOM 2048
#define SMALL_ROOM 24

void result_clear(struct tls_result *result)
{
    *result = (struct tls_result){
        .event = TLS_WANT_INPUT, .alert_received = TLS_NO_ALERT, .alert_sent = TLS_NO_ALERT};
}

/* ---- buffers ---- */

static bool buffer_grow(struct buffer *buffer, size_t needed)
{
    size_t room = buffer->room ? buffer->room : SMALL_ROOM;
    uint8_t *data;

    /* A flight grows by records; what is small stays so, for some of it is kept with the session.
     */
    if (needed > SMALL_ROOM && room < OUTPUT_FIRST_ROOM)
        room = OUTPUT_FIRST_ROOM;
    while (room < needed)
        if (!size_multiply(room, 2, &room))
            return false;
    data = mem_alloc(room);
    if (!data)
        return false;
    if (buffer->size)
        memcpy(data, buffer->data, buffer->size);
    mem_free(buffer->data);
    buffer->data = data;
    buffer->room = room;
    return true;
}

bool buffer_add(struct buffer *buffer, const void *data, size_t size)
{
    size_t needed;

    if (!size_add(buffer->size, size, &needed))
        return false;
    if (needed > buffer->room && !buffer_grow(buffer, needed))
        return false;
    if (size)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size = needed;
    return true;
}

void buffer_wipe(struct buffer *buffer)
{
    mem_wipe_free(buffer->data, buffer->size);
    *buffer = (struct buffer){NULL, 0, 0};
}

/* ---- transport ---- */

static ssize_t pull(gnutls_transport_ptr_t context, void *data, size_t size)
{
    struct tls_session *session = context;
    size_t part = size < session->input.size ? size : session->input.size;

    if (part == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(data, session->input.data, part);
    session->input.data += part;
    session->input.size -= part;
    return (ssize_t)part;
}

static int pull_timeout(gnutls_transport_ptr_t context, unsigned milliseconds)
{
    const struct tls_session *session = context;

    (void)milliseconds;
    return session->input.size != 0;
}

static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t size)
{
    struct tls_session *session = context;
    size_t start = session->sink->size;

    /* A record of GnuTLS's under a key that we use as well, but with a number of its own? */
    assert(!direction_is_ours(&session->send) || session->send.lent);
    if (!buffer_add(session->sink, data, size)) {
        session->starved = true; /* GnuTLS would try again with the next record */
        errno = ENOMEM;
        return -1;
    }
    /* Windows' first record says TLS 1.0 whatever it offers, as RFC 8446 5.1 allows; servers of old
     * refuse others. GnuTLS does so only for some sets of versions. */
    if (session->role == TLS_CLIENT && !session->began && size >= RECORD_HEADER &&
        session->sink->data[start] == TLS_TYPE_HANDSHAKE)
        session->sink->data[start + 2] = 1;
    return (ssize_t)size;
}

/* ---- making one ---- */

static unsigned init_flags(const struct tls_config *config)
{
    unsigned flags = config->role == TLS_CLIENT ? GNUTLS_CLIENT : GNUTLS_SERVER;

    /* New keys when ours are used up are our business, since GnuTLS does not see the records. */
    flags |= GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_AUTO_REKEY;
    if (config->flags & (TLS_FLAG_NO_TICKETS | TLS_FLAG_NO_RESUMPTION))
        flags |= GNUTLS_NO_TICKETS;
    if (config->flags & TLS_FLAG_DATAGRAM)
        flags |= GNUTLS_DATAGRAM;
    if (config->role == TLS_SERVER)
        flags |= GNUTLS_NO_AUTO_SEND_TICKET; /* see send_ticket */
    if (config->role == TLS_SERVER || (config->flags & TLS_FLAG_POST_HANDSHAKE_AUTH))
        flags |= GNUTLS_POST_HANDSHAKE_AUTH;
    /* One key share, of the most wanted group: GnuTLS's two cost a client an eighth of its
     * handshake, and a server that takes another group can say so (RFC 8446 4.1.4). */
    if (config->role == TLS_CLIENT)
        flags |= GNUTLS_KEY_SHARE_TOP;
    /* GnuTLS 3.7 does not know this flag yet, and always asks. */
    if (config->role == TLS_CLIENT && !(config->flags & TLS_FLAG_OCSP))
        flags |= NO_STATUS_REQUEST;
    return flags;
}

static enum tls_status set_credentials(struct tls_session *session, const struct tls_config *config)
{
    gnutls_certificate_credentials_t use;
    enum tls_status status;

    if (session->role == TLS_CLIENT)
        status = credential_for_client(&use);
    else
        status = credential_for_server(session->credential, config->authorities,
                                       config->authority_count, &use, &session->own);
    if (status != TLS_OK)
        return status;
    if (gnutls.credentials_set(session->handle, GNUTLS_CRD_CERTIFICATE, use) < 0)
        return TLS_NO_MEMORY;
    return TLS_OK;
}

static enum tls_status set_client(struct tls_session *session, const struct tls_config *config)
{
    if (config->server_name.size &&
        gnutls.server_name_set(session->handle, GNUTLS_NAME_DNS, config->server_name.data,
                               config->server_name.size) < 0)
        return TLS_BAD_ARGUMENT;
    if (config->resume.size && !(config->flags & TLS_FLAG_NO_RESUMPTION)) {
        int error =
            gnutls.session_set_data(session->handle, config->resume.data, config->resume.size);

        /* What cannot be resumed makes a full handshake. */
        if (error < 0)
            TRACE(LOG_TLS, "session data: %s", gnutls.strerror_name(error));
    }
    return TLS_OK;
}

static enum tls_status set_server(struct tls_session *session, const struct tls_config *config)
{
    gnutls_certificate_request_t request = GNUTLS_CERT_IGNORE;

    if (config->flags & TLS_FLAG_REQUIRE_PEER)
        request = GNUTLS_CERT_REQUIRE;
    else if (config->flags & TLS_FLAG_REQUEST_PEER)
        request = GNUTLS_CERT_REQUEST;
    gnutls.certificate_server_set_request(session->handle, request);
    gnutls.handshake_set_post_client_hello_function(session->handle, hello_narrow_suites);
    if (!session->tickets)
        return TLS_OK;
    return tickets_attach(session->tickets, session->handle,
                          !(config->flags & TLS_FLAG_NO_TICKETS));
}

static enum tls_status configure(struct tls_session *session, const struct tls_config *config)
{
    gnutls_session_t handle = session->handle;
    enum tls_status status;

    gnutls.session_set_ptr(handle, session);
    gnutls.transport_set_ptr(handle, session);
    gnutls.transport_set_pull_function(handle, pull);
    gnutls.transport_set_push_function(handle, push);
    gnutls.transport_set_pull_timeout_function(handle, pull_timeout);
    gnutls.session_set_verify_function(handle, handshake_verify);
    gnutls.handshake_set_hook_function(handle, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, hello_hook);
    if (config->handshake_limit)
        gnutls.handshake_set_max_packet_length(handle, config->handshake_limit);
    if (gnutls.priority_set(handle, priority_handle(session->priority)) < 0)
        return TLS_NO_MEMORY;
    if (config->policy.dh_bits_min) /* priority_set would set it back */
        gnutls.dh_set_prime_bits(handle, config->policy.dh_bits_min);
    status = set_credentials(session, config);
    if (status == TLS_OK)
        status = alpn_set(session, config);
    if (status != TLS_OK)
        return status;
    if (config->flags & TLS_FLAG_DATAGRAM) {
        status = datagrams_attach(session, config);
        if (status != TLS_OK)
            return status;
    }
    return session->role == TLS_CLIENT ? set_client(session, config) : set_server(session, config);
}

static bool config_is_good(const struct tls_config *config)
{
    if (config->role == TLS_SERVER && !config->credential)
        return false;
    return config->alpn.size <= LIMIT_ALPN_LIST && config->handshake_limit <= LIMIT_HANDSHAKE_MAX;
}

static void read_config(struct tls_session *session, const struct tls_config *config)
{
    session->role = config->role;
    session->flags = config->flags;
    session->rsa_bits_min = config->policy.rsa_bits_min;
    session->rsa_bits_max = config->policy.rsa_bits_max;
    session->dh_bits_max = config->policy.dh_bits_max;
    session->versions = config->policy.versions;
    session->handshake_limit =
        config->handshake_limit ? config->handshake_limit : LIMIT_HANDSHAKE_MAX;
    session->credential = credential_ref((struct tls_credential *)(uintptr_t)config->credential);
    if (config->role == TLS_SERVER && !(config->flags & TLS_FLAG_NO_RESUMPTION))
        session->tickets = tickets_ref(config->tickets);
    session->sink = &session->output;
    session->mode = MODE_HANDSHAKE;
    session->record_path = TLS_PATH_NONE;
    lock_init(&session->library);
    atomic_init(&session->update_owed, false);
}

/* GnuTLS has TLS 1.3 only where TLS 1.2 is, or nothing older: a client that wants 1.3 and 1.1
 * offers 1.1 alone, and a server fails. So what is older than the gap is left out. */
static uint32_t without_gap(uint32_t versions)
{
    if ((versions & TLS_VERSION_1_3) && !(versions & TLS_VERSION_1_2))
        versions &= ~(TLS_VERSION_1_1 | TLS_VERSION_1_0);
    return versions;
}

enum tls_status tls_session_new(const struct tls_config *given, struct tls_session **session)
{
    struct tls_config narrowed = *given;
    const struct tls_config *config = &narrowed;
    struct tls_session *created;
    enum tls_status status;

    narrowed.policy.versions = without_gap(given->policy.versions);
    if (!library_ready())
        return TLS_UNAVAILABLE;
    if (!config_is_good(config))
        return TLS_BAD_ARGUMENT;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    read_config(created, config);

    status = priority_find(config, credential_is_outside(config->credential), &created->priority);
    if (status == TLS_OK && !session_work(created))
        status = TLS_NO_MEMORY;
    if (status == TLS_OK && gnutls.init(&created->handle, init_flags(config)) < 0)
        status = TLS_NO_MEMORY;
    if (status == TLS_OK)
        status = configure(created, config);
    if (status != TLS_OK) {
        tls_session_free(created);
        return status;
    }
    created->work->resume = created->role == TLS_CLIENT;
    *session = created;
    return TLS_OK;
}

void tls_session_free(struct tls_session *session)
{
    if (!session)
        return;
    helper_free(session->helper);
    if (session->handle)
        gnutls.deinit(session->handle);
    if (session->own)
        gnutls.certificate_free_credentials(session->own);
    alpn_free(session);
    detached_free(session);
    session_end_work(session);
    direction_wipe(&session->send);
    direction_wipe(&session->receive);
    buffer_wipe(&session->output);
    buffer_wipe(&session->authorities);
    buffer_wipe(&session->schemes);
    buffer_wipe(&session->extensions);
    scanner_done(&session->scanner);
    datagrams_free(session->datagrams);
    tls_credential_free(session->credential);
    tls_tickets_free(session->tickets);
    priority_unref(session->narrow);
    priority_unref(session->priority);
    mem_wipe_free(session, sizeof(*session));
}

/* ---- what is needed for a handshake only ---- */

struct work *session_work(struct tls_session *session)
{
    if (!session->work) {
        session->work = mem_alloc(sizeof(*session->work));
        if (session->work && session->role == TLS_CLIENT)
            session->work->peek.wants_request = (session->flags & TLS_FLAG_ASK_CREDENTIAL) != 0;
    }
    return session->work;
}

void session_end_work(struct tls_session *session)
{
    struct work *work = session->work;

    session->work = NULL;
    if (!work)
        return;
    scanner_done(&work->peek.scanner);
    buffer_wipe(&work->message);
    buffer_wipe(&work->pending);
    buffer_wipe(&work->suites);
    mem_free(work);
}

bool session_is_modern(const struct tls_session *session)
{
    if (session->detached)
        return session->send.modern;
    return gnutls.protocol_get_version(session->handle) == GNUTLS_TLS1_3;
}

enum tls_status tls_output(struct tls_session *session, uint8_t *to, size_t room, size_t *size)
{
    enum tls_status status = TLS_OK;

    lock_take(&session->library);
    if (session->datagrams) {
        status = datagrams_take(session, to, room, size);
        lock_release(&session->library);
        return status;
    }
    *size = session->output.size;
    if (room < session->output.size) {
        status = TLS_TOO_SMALL;
    } else {
        if (session->output.size)
            memcpy(to, session->output.data, session->output.size);
        buffer_wipe(&session->output);
    }
    lock_release(&session->library);
    return status;
}
