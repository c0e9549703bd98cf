/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * ApplyControlToken, and what the next InitializeSecurityContext or AcceptSecurityContext makes of
 * it.
 *
 * Sources: Microsoft Learn, "ApplyControlToken function", "SCHANNEL_ALERT_TOKEN structure",
 * "SCHANNEL_SESSION_TOKEN structure", "Shutting Down an Schannel Connection"; schannel.h. That the
 * answer to a shutdown is SEC_E_OK, not SEC_I_CONTEXT_EXPIRED, is what boost-wintls, schannel-rs,
 * libgit2 and mORMot rely on.
 */
#include "schannel/handshake.h"

#include <string.h>

#include "schannel/alerts.h"
#include "schannel/session.h"
#include "sspi/buffers.h"

static SECURITY_STATUS apply_shutdown(struct schan_context *context, struct span token)
{
    (void)token;
    lock_take(&context->handshake);
    context->control.shutdown = true;
    lock_release(&context->handshake);
    return SEC_E_OK;
}

static SECURITY_STATUS apply_alert(struct schan_context *context, struct span token)
{
    SCHANNEL_ALERT_TOKEN alert;

    if (token.size < sizeof(alert))
        return SEC_E_INVALID_TOKEN;
    memcpy(&alert, token.data, sizeof(alert));
    if ((alert.dwAlertType != TLS1_ALERT_WARNING && alert.dwAlertType != TLS1_ALERT_FATAL) ||
        alert.dwAlertNumber > UINT8_MAX)
        return SEC_E_INVALID_TOKEN;
    lock_take(&context->handshake);
    context->control.alert = true;
    context->control.alert_fatal = alert.dwAlertType == TLS1_ALERT_FATAL;
    context->control.alert_number = (uint8_t)alert.dwAlertNumber;
    lock_release(&context->handshake);
    return SEC_E_OK;
}

/* Nothing is sent for it. */
static SECURITY_STATUS apply_session(struct schan_context *context, struct span token)
{
    SCHANNEL_SESSION_TOKEN session;
    uint64_t credential_id;

    if (token.size < sizeof(session))
        return SEC_E_INVALID_TOKEN;
    memcpy(&session, token.data, sizeof(session));
    if (session.dwFlags == SSL_SESSION_ENABLE_RECONNECTS) {
        atomic_store(&context->session_disabled, false);
        return SEC_E_OK;
    }
    if (session.dwFlags != SSL_SESSION_DISABLE_RECONNECTS)
        return SEC_E_INVALID_TOKEN;
    atomic_store(&context->session_disabled, true);
    if (context->cache_name) {
        lock_take(&context->session);
        credential_id = context->credential->id;
        lock_release(&context->session);
        session_forget(credential_id, context->cache_name);
    }
    return SEC_E_OK;
}

/* Renegotiation begins by calling the handshake function, not by a token. */
static SECURITY_STATUS apply_renegotiate(struct schan_context *context, struct span token)
{
    (void)context;
    (void)token;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

/* clang-format off */
static const struct {
    DWORD type;
    SECURITY_STATUS (*apply)(struct schan_context *context, struct span token);
} controls[] = {
    { SCHANNEL_RENEGOTIATE, apply_renegotiate },
    { SCHANNEL_SHUTDOWN,    apply_shutdown },
    { SCHANNEL_ALERT,       apply_alert },
    { SCHANNEL_SESSION,     apply_session },
};
/* clang-format on */

SECURITY_STATUS schan_control(void *object, SecBufferDesc *list)
{
    const SecBuffer *buffer = buffers_find(list, SECBUFFER_TOKEN, 0);
    struct span token;
    DWORD type;

    /* Programs pass a TOKEN; the comment in schannel.h speaks of PKG_PARAMS. */
    if (!buffer)
        buffer = buffers_find(list, SECBUFFER_PKG_PARAMS, 0);
    if (!buffer)
        return SEC_E_INVALID_TOKEN;
    token = buffer_span(buffer);
    if (token.size < sizeof(type))
        return SEC_E_INVALID_TOKEN;
    memcpy(&type, token.data, sizeof(type));
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        if (controls[i].type == type)
            return controls[i].apply(object, token);
    }
    return SEC_E_INVALID_TOKEN;
}

bool control_waits(const struct schan_context *context)
{
    return context->control.shutdown || context->control.alert;
}

/* After it the context sends nothing more; a handshake that was under way cannot be ended. */
static void end_sending(struct schan_context *context) must_hold(&context->session);
static void end_sending(struct schan_context *context)
{
    atomic_store(&context->sent_close, true);
    if (context_phase(context) == PHASE_CONNECTED)
        context_set_phase(context, PHASE_CLOSED);
    else if (context_phase(context) == PHASE_HANDSHAKE)
        context_failed(context, SEC_E_CONTEXT_EXPIRED, false);
}

SECURITY_STATUS control_emit(struct handshake *h)
{
    struct schan_context *context = h->context;
    bool alert = context->control.alert, shutdown = context->control.shutdown;
    bool fatal = alert && context->control.alert_fatal;
    bool close = alert && context->control.alert_number == ALERT_CLOSE_NOTIFY;

    context_lock_tls(context);
    if (alert)
        tls_alert(context->tls, fatal, context->control.alert_number, &h->result);
    /* One close_notify is enough, and behind a fatal alert, be it one of a failure that nobody has
     * fetched yet, there is none. */
    if (shutdown && !fatal && !close && !context->alert_waits && !atomic_load(&context->sent_close))
        tls_alert(context->tls, false, ALERT_CLOSE_NOTIFY, &h->result);
    h->result.output_size = context_output_size(context);
    context->alert_waits = false;
    if (shutdown || close)
        end_sending(context);
    if (fatal)
        context_failed(context, SEC_E_CONTEXT_EXPIRED, false);
    context_unlock_tls(context);

    context->control.shutdown = context->control.alert = false;
    return SEC_E_OK;
}
