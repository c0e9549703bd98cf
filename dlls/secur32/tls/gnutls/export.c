/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What is derived from a session: data to resume it, channel bindings, exported keys. The pseudo-
 * random function of TLS 1.2 and before is in prf.c.
 */
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/detached.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/session.h"

/* A ticket that GnuTLS would take from us came, and was not given out yet. */
static bool has_session_data(const struct tls_session *session)
{
    if (!session->was_done || session->role != TLS_CLIENT || session->detached ||
        (session->flags & TLS_FLAG_NO_RESUMPTION))
        return false;
    if (!session_is_modern(session))
        return true;
    /* Before a ticket comes GnuTLS gives data that can resume nothing. */
    return !session->ticket_taken &&
           (gnutls.session_get_flags(session->handle) & GNUTLS_SFLAGS_SESSION_TICKET) != 0;
}

enum tls_status tls_session_data(struct tls_session *session, uint8_t *data, size_t room,
                                 size_t *size)
{
    enum tls_status status = TLS_NOT_THERE;
    gnutls_datum_t value = {NULL, 0};
    int error;

    lock_take(&session->library);
    if (!has_session_data(session))
        goto done;
    /* The session was made with GNUTLS_NONBLOCK: otherwise this would read from the transport. */
    error = gnutls.session_get_data2(session->handle, &value);
    if (error < 0 || value.size == 0) {
        TRACE(LOG_TLS, "%p: session data: %s", (void *)session, gnutls.strerror_name(error));
        goto done;
    }
    *size = value.size;
    status = TLS_TOO_SMALL;
    if (room < value.size)
        goto done;
    memcpy(data, value.data, value.size);
    session->ticket_taken = session_is_modern(session);
    status = TLS_OK;

done:
    if (value.data)
        mem_wipe(value.data, value.size);
    library_free(value.data);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_unique(struct tls_session *session, uint8_t *value, size_t room, size_t *size)
{
    enum tls_status status = TLS_NOT_READY;
    gnutls_datum_t binding = {NULL, 0};
    struct span unique = {NULL, 0};
    int error;

    lock_take(&session->library);
    if (session->detached) {
        status = session->detached->unique.size ? TLS_OK : TLS_NOT_THERE;
        unique = span_of(session->detached->unique.data, session->detached->unique.size);
    } else if (session->was_done) {
        error = gnutls.session_channel_binding(session->handle, GNUTLS_CB_TLS_UNIQUE, &binding);
        status = error < 0 ? TLS_NOT_THERE : TLS_OK;
        unique = span_of(binding.data, binding.size);
    }
    if (status == TLS_OK) {
        *size = unique.size;
        if (room < unique.size)
            status = TLS_TOO_SMALL;
        else
            memcpy(value, unique.data, unique.size);
    }
    library_free(binding.data);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_export(struct tls_session *session, struct span label, bool has_context,
                           struct span context, uint8_t *to, size_t size)
{
    static const char none[1] = "";
    const char *bytes = NULL;
    enum tls_status status = TLS_NOT_READY;

    if (label.size > UINT8_MAX || context.size > UINT16_MAX)
        return TLS_BAD_ARGUMENT;
    if (has_context) /* GnuTLS tells an empty context from none by the pointer */
        bytes = context.size ? (const char *)context.data : none;
    lock_take(&session->library);
    if (session->detached)
        status = TLS_NOT_THERE;
    else if (session->was_done)
        status = error_status(
            gnutls.prf_rfc5705(session->handle, label.size, (const char *)label.data,
                               has_context ? context.size : 0, bytes, size, (char *)to));
    lock_release(&session->library);
    return status;
}
