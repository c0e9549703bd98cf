/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * InitializeSecurityContext and AcceptSecurityContext of the Schannel SSP: which state gets which
 * treatment. Programs use both functions on contexts of either role (to close a server's context
 * with InitializeSecurityContext is common), so the role decides what happens and the function only
 * which family of flags is meant.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (Schannel)", "AcceptSecurityContext
 * (Schannel)", "Shutting Down an Schannel Connection".
 */
#include "schannel/handshake.h"

#include "base/log.h"
#include "schannel/alerts.h"
#include "sspi/buffers.h"

/* "A maximum time" (AcceptSecurityContext, ptsTimeStamp): the largest FILETIME. */
static const TimeStamp expiry_never = {.LowPart = 0xffffffffu, .HighPart = 0x7fffffff};

/* ASC_RET_MUTUAL_AUTH: a certificate came, and the credential does not forbid to map it. */
static bool peer_mapped(const struct schan_context *context)
{
    return context->role == TLS_SERVER && context->info.done && context->info.peer_chain_size &&
           !(context->credential->flags & SCH_CRED_NO_SYSTEM_MAPPER);
}

/* The output buffer of an earlier call was too small; this one repeats it. */
static SECURITY_STATUS answer_again(struct handshake *h)
{
    input_skip_repeated(h);
    h->result.output_size = h->context->replay->output_size;
    return h->context->replay->status;
}

static SECURITY_STATUS failed_call(struct handshake *h)
{
    SECURITY_STATUS status;

    lock_take(&h->context->session);
    status = h->context->failure;
    lock_release(&h->context->session);
    return status < 0 ? status : SEC_E_CONTEXT_EXPIRED;
}

static SECURITY_STATUS handshake_call(struct handshake *h)
{
    struct schan_context *context = h->context;

    /* Seen on Windows: nothing is consumed, the context lives on. */
    if (h->token_in) {
        const SecBuffer *next = buffers_after(h->step->input, h->token_in);

        if (next && buffer_type(next) == SECBUFFER_EMPTY && next->cbBuffer != 0)
            return SEC_E_INVALID_TOKEN;
    }
    if (control_waits(context))
        return control_emit(h);
    if (context->replay && context->replay->answer_waits)
        return answer_again(h);

    if (context->datagram && context_phase(context) != PHASE_FAILED)
        return datagram_later_call(h);
    switch (context_phase(context)) {
    case PHASE_HANDSHAKE:
        input_skip_repeated(h);
        return handshake_run(h, false);
    case PHASE_CONNECTED:
    case PHASE_CLOSED:
        input_skip_repeated(h);
        return handshake_connected_call(h);
    case PHASE_FAILED:
        break;
    }
    return failed_call(h);
}

/* What the caller sees of it. */
static SECURITY_STATUS finish(struct handshake *h, SECURITY_STATUS status)
{
    if (status >= 0)
        status = output_deliver(h, status);
    else if (status != SEC_E_INCOMPLETE_MESSAGE)
        output_refuse(h);
    input_report(h, status);
    input_settle(h, status);
    return status;
}

static void tell_results(struct handshake *h)
{
    struct schan_context *context = h->context;

    h->step->attributes = flags_returned(h->family, h->step->request, peer_mapped(context));
    if (context->peer_expiry) {
        h->step->expiry.LowPart = (ULONG)context->peer_expiry;
        h->step->expiry.HighPart = (LONG)(context->peer_expiry >> 32);
    }
}

static SECURITY_STATUS first_call(struct handshake *h)
{
    SECURITY_STATUS status;

    status = h->family == FLAGS_INITIALIZE ? handshake_new_client(h) : handshake_new_server(h);
    if (status != SEC_E_OK) {
        if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE && status != SEC_E_BUFFER_TOO_SMALL)
            output_refuse(h);
        input_report(h, status);
        return status;
    }

    lock_take(&h->context->handshake);
    h->context->request = h->step->request;
    status = finish(h, h->datagram ? datagram_call(h)
                                   : handshake_run(h, h->context->role == TLS_CLIENT));
    tell_results(h);
    lock_release(&h->context->handshake);

    if (status < 0)
        schan_delete_context(h->context);
    else
        h->step->new_context = h->context;
    return status;
}

static SECURITY_STATUS later_call(struct handshake *h)
{
    SECURITY_STATUS status;

    lock_take(&h->context->handshake);
    h->context->request = h->step->request;
    status = finish(h, handshake_call(h));
    tell_results(h);
    lock_release(&h->context->handshake);

    if (h->store_session)
        context_store_sessions(h->context);
    return status;
}

static SECURITY_STATUS schan_step(struct ssp_step *step, enum flags_family family)
{
    struct handshake h = {.context = step->context, .step = step, .family = family};
    SECURITY_STATUS status;

    h.result.alert_received = h.result.alert_sent = TLS_NO_ALERT;
    step->new_context = NULL;
    step->attributes = flags_returned(family, step->request, false);
    step->expiry = expiry_never;

    status = flags_check(family, step->request);
    if (status != SEC_E_OK)
        return status;
    input_find(&h);
    h.datagram = !step->context && datagram_wanted(&h);
    status = step->context ? later_call(&h) : first_call(&h);
    TRACE(LOG_SCHANNEL, "%p: %s: %08lx, %lu bytes in, %lu used", (void *)h.context,
          family == FLAGS_INITIALIZE ? "initialize" : "accept", (unsigned long)(uint32_t)status,
          (unsigned long)h.input.size, (unsigned long)h.used);
    return status;
}

SECURITY_STATUS schan_initialize(struct ssp_step *step)
{
    return schan_step(step, FLAGS_INITIALIZE);
}

SECURITY_STATUS schan_accept(struct ssp_step *step)
{
    return schan_step(step, FLAGS_ACCEPT);
}
