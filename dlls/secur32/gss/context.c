/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The steps of a handshake, and the life of a context.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (NTLM)", "(Kerberos)", "(Negotiate)",
 * "AcceptSecurityContext (NTLM)" and so on, "Microsoft Negotiate" (Kerberos where the target is a
 * service's or user's principal name, otherwise NTLM), "Integrated Windows Authentication with
 * Extended Protection". Observed: a first token that is nothing to a Negotiate server gives
 * SEC_E_INVALID_HANDLE (.NET has a work-around); an NTLM server ends with SEC_E_OK and no token.
 */
#include "gss/context.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gss/input.h"
#include "gss/ntlm.h"
#include "gss/output.h"
#include "gss/status.h"
#include "misc/token.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

/* ---- life ---- */

static struct gss_context *context_new(bool is_server, struct gss_credential *credential)
{
    struct gss_context *context = mem_alloc(sizeof(*context));

    if (!context)
        return NULL;
    lock_init(&context->receive);
    lock_init(&context->send);
    lock_init(&context->lock);
    context->is_server = is_server;
    context->credential = gss_credential_ref(credential);
    context->mech = credential->package;
    context->chosen = MECH_UNKNOWN;
    context->start.QuadPart = platform_local_from_utc(platform_now());
    return context;
}

void gss_delete_context(void *object)
{
    struct gss_context *context = object;

    if (!context)
        return;
    token_close(context->token);
    mech_context_free(context->mech_context);
    gss_credential_unref(context->credential);
    mem_free(context->target_name);
    mem_free(context->target.text);
    mem_free(context->answered);
    lock_done(&context->receive);
    lock_done(&context->send);
    lock_done(&context->lock);
    mem_wipe_free(context, sizeof(*context));
}

TimeStamp gss_context_expiry(const struct gss_context *context)
{
    TimeStamp expiry = {.QuadPart = INT64_MAX};

    if (context->phase == PHASE_READY && context->facts.lifetime_s != UINT32_MAX)
        expiry.QuadPart =
            platform_local_from_utc(platform_now() + (int64_t)context->facts.lifetime_s * 10000000);
    return expiry;
}

/* ---- one step ---- */

/* What a step is made of. */
struct progress {
    struct gss_context *context;
    struct ssp_step *step;
    struct gss_input input;
    struct mech_step mech;
};

static enum mech_status call_mech(struct progress *p)
{
    struct gss_context *context = p->context;
    struct mech_credential *credential = NULL;
    enum mech_status status;

    status =
        gss_credential_for(context->credential, context->mech, context->is_server, &credential);
    if (status != MECH_OK)
        return status;
    p->mech = (struct mech_step){.mech = context->mech,
                                 .credential = credential,
                                 .target_kind = context->target.kind,
                                 .request = flags_asked(context->request),
                                 .bindings = p->input.has_bindings ? &p->input.bindings : NULL,
                                 .input = p->input.token,
                                 .chosen = MECH_UNKNOWN};
    if (context->target.text)
        p->mech.target = span_of(context->target.text, strlen(context->target.text));
    if (context->mech == MECH_NTLM || context->credential->wraps_ntlm)
        p->mech.target_kind = target_for_ntlm(&context->target);
    return context->is_server ? mech_accept(&context->mech_context, &p->mech)
                              : mech_initiate(&context->mech_context, &p->mech);
}

static bool may_be_kerberos(const struct gss_context *context)
{
    const struct gss_credential *credential = context->credential;

    return credential->allowed & MECH_BIT(MECH_KERBEROS) &&
           context->target.kind != MECH_TARGET_NONE &&
           (credential->kind != IDENTITY_EXPLICIT || credential->name[MECH_NEGOTIATE]) &&
           strpbrk(context->target.text, "/@");
}

/* A default identity has a name in every form. */
static bool may_wrap(const struct gss_credential *credential)
{
    return credential->wraps_ntlm &&
           (credential->kind != IDENTITY_EXPLICIT || credential->name[MECH_NEGOTIATE]);
}

/* SPNEGO only says that nothing is left to negotiate; Kerberos by itself tells why. */
static enum mech_status kerberos_refusal(struct progress *p)
{
    struct gss_context *context = p->context;
    enum mech_status status;

    mech_context_free(context->mech_context);
    context->mech_context = NULL;
    context->mech = MECH_KERBEROS;
    status = call_mech(p);
    mech_context_free(context->mech_context);
    context->mech_context = NULL;
    context->mech = MECH_NEGOTIATE;
    p->mech.output_size = 0;
    return status == MECH_OK || status == MECH_CONTINUE ? MECH_FAILED : status;
}

/* Where Kerberos is out of the question, Windows' Negotiate sends NTLM's own message; not where the
 * program's list only says that Kerberos is not wanted (observed by pyspnego's tests). */
static enum mech_status call_first(struct progress *p)
{
    struct gss_context *context = p->context;
    bool may_be_ntlm = context->credential->allowed & MECH_BIT(MECH_NTLM);
    enum mech_status status;

    if (context->is_server || context->mech != MECH_NEGOTIATE)
        return call_mech(p);
    if (may_be_kerberos(context) || may_wrap(context->credential)) {
        status = call_mech(p);
        if (status == MECH_FAILED && !may_be_ntlm)
            return kerberos_refusal(p);
        if (status == MECH_OK || status == MECH_CONTINUE || !may_be_ntlm)
            return status;
        mech_context_free(context->mech_context);
        context->mech_context = NULL;
    }
    if (!may_be_ntlm)
        return MECH_NO_CREDENTIAL;
    context->mech = MECH_NTLM;
    return call_mech(p);
}

/* A server that gave bindings wants a client that did the same, unless it says otherwise. */
static enum mech_status check_bindings(const struct progress *p, enum mech_status status)
{
    bool required = p->context->is_server && p->input.has_bindings &&
                    !(p->context->request & ASC_REQ_ALLOW_MISSING_BINDINGS);

    if (status == MECH_OK && required && !(p->mech.granted & MECH_FLAG_BOUND))
        return MECH_BAD_BINDINGS;
    return status;
}

static SECURITY_STATUS conclude(struct progress *p, enum mech_status status)
{
    struct gss_context *context = p->context;

    status = check_bindings(p, status);
    if (status == MECH_OK)
        status = mech_facts(context->mech_context, &context->facts);
    if (status == MECH_OK)
        context->phase = PHASE_READY;
    else if (status != MECH_CONTINUE)
        context->phase = PHASE_FAILED;
    context->chosen = context->mech == MECH_NEGOTIATE ? p->mech.chosen : context->mech;
    context->attributes = flags_told(context->is_server, context->request, p->mech.granted,
                                     context->chosen, context->phase == PHASE_READY);
    TRACE(LOG_GSS, "%s %p: mechanism %d, chosen %d, status %d, token %u -> %u, granted %x",
          context->is_server ? "server" : "client", (void *)context, (int)context->mech,
          (int)context->chosen, (int)status, (unsigned)p->input.token.size,
          (unsigned)p->mech.output_size, (unsigned)p->mech.granted);
    return status_of_mech(status);
}

/* ---- the first call and later ones ---- */

/* What cannot be done as asked is refused, where going on would mislead. */
static SECURITY_STATUS check_request(bool is_server, ULONG request)
{
    if (is_server)
        return request & (ASC_REQ_DATAGRAM | ASC_REQ_PROXY_BINDINGS) ? SEC_E_UNSUPPORTED_FUNCTION
                                                                     : SEC_E_OK;
    if (request & ISC_REQ_NULL_SESSION)
        return SEC_E_NO_CREDENTIALS;
    return request & (ISC_REQ_DATAGRAM | ISC_REQ_PROMPT_FOR_CREDS) ? SEC_E_UNSUPPORTED_FUNCTION
                                                                   : SEC_E_OK;
}

/* A token of another package. A client's first call has none of importance. */
static SECURITY_STATUS check_token(const struct progress *p, bool is_first)
{
    enum token_kind kind = token_kind(p->input.token);
    enum mech mech = p->context->mech;

    if (is_first && !p->context->is_server)
        return SEC_E_OK;
    if (!ntlm_is_sound(p->input.token, &p->context->seen))
        return SEC_E_INVALID_TOKEN;
    if (mech == MECH_NEGOTIATE) {
        if (is_first && kind == TOKEN_OTHER)
            return SEC_E_INVALID_HANDLE;
        return is_first || kind != TOKEN_NONE ? SEC_E_OK : SEC_E_INVALID_TOKEN;
    }
    if (mech == MECH_NTLM)
        return kind == TOKEN_NTLM ? SEC_E_OK : SEC_E_INVALID_TOKEN;
    return kind == TOKEN_NONE || kind == TOKEN_NTLM || kind == TOKEN_SPNEGO ? SEC_E_INVALID_TOKEN
                                                                            : SEC_E_OK;
}

static SECURITY_STATUS context_begin(struct progress *p, bool is_server)
{
    struct ssp_step *step = p->step;
    struct gss_context *context;
    SECURITY_STATUS status = check_request(is_server, step->request);

    if (status != SEC_E_OK)
        return status;
    context = context_new(is_server, step->credential);
    if (!context)
        return SEC_E_INSUFFICIENT_MEMORY;
    p->context = context;
    context->request = step->request;
    if (is_server)
        return SEC_E_OK;
    status = target_take(step->target, &context->target);
    if (status == SEC_E_OK && step->target) {
        size_t size = (platform_wide_length(step->target) + 1) * sizeof(*step->target);

        context->target_name = mem_copy(span_of(step->target, size));
        status = context->target_name ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
    }
    return status;
}

/* Where the token did not fit, and the program comes again with the same input. */
static bool is_repeated(const struct progress *p)
{
    const struct gss_context *context = p->context;

    return context->token_waits &&
           span_equal(p->input.token, span_of(context->answered, context->answered_size));
}

static SECURITY_STATUS step_locked(struct progress *p, bool is_first)
{
    struct gss_context *context = p->context;
    struct gss_output output = {p->step, context->mech_context, 0};
    SECURITY_STATUS status, delivered;

    if (is_repeated(p)) {
        status = context->waiting_status;
        output.size = context->waiting_size;
    } else {
        if (context->phase != PHASE_PROGRESS || context->token_waits)
            return SEC_E_OUT_OF_SEQUENCE;
        status = check_token(p, is_first);
        if (status != SEC_E_OK)
            return status;
        status = conclude(p, is_first ? call_first(p) : call_mech(p));
        output.mech_context = context->mech_context;
        output.size = p->mech.output_size;
    }
    delivered = gss_output_deliver(&output, context->mech);
    context->token_waits = false;
    if (delivered == SEC_E_OK)
        return status;
    if (status < 0) /* an error's token is a courtesy */
        return status;
    if (is_first || context->answered)
        mem_free(context->answered);
    context->answered = mem_copy(p->input.token);
    context->answered_size = p->input.token.size;
    context->token_waits = context->answered != NULL;
    context->waiting_status = status;
    context->waiting_size = output.size;
    return delivered;
}

static SECURITY_STATUS run(struct ssp_step *step, bool is_server)
{
    struct progress p = {.context = step->context, .step = step};
    SECURITY_STATUS status = gss_input_take(step->input, &p.input);
    bool is_first = !step->context;

    gss_output_clear(step);
    if (status != SEC_E_OK)
        return status;
    if (is_first) {
        status = context_begin(&p, is_server);
    } else if (p.context->is_server != is_server) {
        return SEC_E_INVALID_HANDLE;
    }
    if (status == SEC_E_OK) {
        lock_take(&p.context->receive);
        lock_take(&p.context->send);
        lock_take(&p.context->lock);
        status = step_locked(&p, is_first);
        step->attributes = p.context->attributes;
        step->expiry = gss_context_expiry(p.context);
        lock_release(&p.context->lock);
        lock_release(&p.context->send);
        lock_release(&p.context->receive);
    }
    if (is_first && status < 0)
        gss_delete_context(p.context);
    else if (is_first)
        step->new_context = p.context;
    return status;
}

SECURITY_STATUS gss_initialize(struct ssp_step *step)
{
    return run(step, false);
}

SECURITY_STATUS gss_accept(struct ssp_step *step)
{
    return run(step, true);
}
