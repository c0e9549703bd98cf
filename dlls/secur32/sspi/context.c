/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Entry points for the making of contexts: InitializeSecurityContext, AcceptSecurityContext, their
 * control tokens, deletion, export and import.
 *
 * Sources: Microsoft Learn, the pages of these functions. Observed: a first call that fails, or
 * that says SEC_E_INCOMPLETE_MESSAGE, leaves phNewContext alone, and Rust's schannel then calls
 * again without a context; libgit2 passes one variable as request and as attributes; MariaDB reads
 * the attributes after failures, and leaves them uninitialised before.
 */
#include "winsspi.h"

#include "base/log.h"
#include "sspi/buffers.h"
#include "sspi/handle.h"
#include "sspi/packages.h"
#include "sspi/strings.h"

typedef SECURITY_STATUS (*step_function)(struct ssp_step *step);

/* What Initialize- and AcceptSecurityContext have in common. */
struct call {
    const SecHandle *credential, *context;
    SecHandle *new_context;
    ULONG *attributes;
    TimeStamp *expiry;
    struct ssp_step step;
    bool is_server;
};

/* The uses that one call holds. */
struct uses {
    struct handle_ref credential, context;
    struct handle_slot *slot; /* a first call's */
    const struct ssp *ssp;
};

static SECURITY_STATUS take_uses(const struct call *call, struct uses *uses)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (!call->credential && !call->context)
        return SEC_E_INVALID_HANDLE;
    if (call->credential)
        status = credential_acquire(call->credential, &uses->credential);
    if (status == SEC_E_OK && call->context)
        status = context_acquire(call->context, USE_OTHER, &uses->context);
    if (status != SEC_E_OK)
        return status;
    uses->ssp = call->context ? uses->context.ssp : uses->credential.ssp;
    /* A credential of another package, or nowhere to put a new context. */
    if (call->credential && uses->credential.ssp != uses->ssp)
        return SEC_E_INVALID_HANDLE;
    if (!call->context && !call->new_context)
        return SEC_E_INVALID_HANDLE;
    return call->context ? SEC_E_OK : context_reserve(&uses->slot);
}

static void give_back_uses(const struct uses *uses)
{
    handle_cancel(uses->slot);
    handle_release(&uses->context);
    handle_release(&uses->credential);
}

/* A first call's new context gets its handle; later ones tell the handle again where it is asked
 * for in another variable. */
static SECURITY_STATUS publish(const struct call *call, struct uses *uses, SECURITY_STATUS status)
{
    void *made = call->step.new_context;

    if (call->context) {
        if (call->new_context && (status >= 0 || status == SEC_E_INCOMPLETE_MESSAGE))
            *call->new_context = *call->context;
        return status;
    }
    /* A server of DTLS has asked the client for its cookie, and keeps nothing of it: observed of
     * Windows by a WebRTC test peer, whose handle stays as it was. */
    if (status == SEC_I_CONTINUE_NEEDED && !made && call->is_server)
        return status;
    if (status >= 0 && !made)
        return SEC_E_INTERNAL_ERROR;
    if (status >= 0) {
        *call->new_context = handle_publish(uses->slot, uses->ssp, made);
        contexts_rest(uses->slot);
        uses->slot = NULL;
    } else if (made) {
        uses->ssp->delete_context(made);
    }
    return status;
}

static SECURITY_STATUS step_run(struct call *call, const struct uses *uses)
{
    step_function run = call->is_server ? uses->ssp->accept : uses->ssp->initialize;
    SECURITY_STATUS status;

    if (!run)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = buffers_check(call->step.input);
    if (status == SEC_E_OK)
        status = buffers_check(call->step.output);
    if (status != SEC_E_OK)
        return status;
    call->step.credential = uses->credential.object;
    call->step.context = uses->context.object;
    call->step.lanes = handle_lanes(uses->slot ? uses->slot : uses->context.slot);
    return run(&call->step);
}

/* str0m hands the handle back that a server's first call has left zero, and Windows takes it. */
static bool is_no_context(const struct call *call)
{
    return call->is_server && call->credential && call->context && !call->context->dwLower &&
           !call->context->dwUpper;
}

static SECURITY_STATUS context_step(struct call *call)
{
    struct uses uses = {.slot = NULL};
    SECURITY_STATUS status;

    if (is_no_context(call))
        call->context = NULL;
    status = take_uses(call, &uses);

    if (status == SEC_E_OK) {
        status = publish(call, &uses, step_run(call, &uses));
        if (call->attributes)
            *call->attributes = call->step.attributes;
        if (call->expiry)
            *call->expiry = call->step.expiry;
    }
    give_back_uses(&uses);
    TRACE(LOG_SSPI, "%s: %s call, request %08lx: %08lx, attributes %08lx",
          call->is_server ? "accept" : "initialize", call->context ? "later" : "first",
          (unsigned long)call->step.request, (unsigned long)(uint32_t)status,
          (unsigned long)call->step.attributes);
    return status;
}

/*
 * InitializeSecurityContext: the client's next step of a handshake.
 *
 * credential    may be NULL after the first call
 * context       NULL: first call
 * new_context   receives the handle at a first call that made a context; later NULL, the same
 *               variable as context, or another one, which receives the same handle
 * attributes    written whenever the handles are valid, failures included; NULL is tolerated
 * expiry        may be NULL
 */
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(PCredHandle credential, PCtxtHandle context,
                                                     SEC_WCHAR *target, ULONG request,
                                                     ULONG reserved1, ULONG data_representation,
                                                     PSecBufferDesc input, ULONG reserved2,
                                                     PCtxtHandle new_context, PSecBufferDesc output,
                                                     PULONG attributes, PTimeStamp expiry)
{
    struct call call = {.credential = credential,
                        .context = context,
                        .new_context = new_context,
                        .attributes = attributes,
                        .expiry = expiry,
                        .step = {.target = target,
                                 .request = request,
                                 .data_representation = data_representation,
                                 .input = input,
                                 .output = output}};

    (void)reserved1;
    (void)reserved2;
    return context_step(&call);
}

SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(PCredHandle credential, PCtxtHandle context,
                                                     SEC_CHAR *target, ULONG request,
                                                     ULONG reserved1, ULONG data_representation,
                                                     PSecBufferDesc input, ULONG reserved2,
                                                     PCtxtHandle new_context, PSecBufferDesc output,
                                                     PULONG attributes, PTimeStamp expiry)
{
    const char *const narrow[] = {target};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = InitializeSecurityContextW(credential, context, wide[0], request, reserved1,
                                        data_representation, input, reserved2, new_context, output,
                                        attributes, expiry);
    strings_done(wide, COUNT_OF(wide));
    return status;
}

/* AcceptSecurityContext: the server's next step. The arguments are as above. */
SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle credential, PCtxtHandle context,
                                                PSecBufferDesc input, ULONG request,
                                                ULONG data_representation, PCtxtHandle new_context,
                                                PSecBufferDesc output, PULONG attributes,
                                                PTimeStamp expiry)
{
    struct call call = {.credential = credential,
                        .context = context,
                        .new_context = new_context,
                        .attributes = attributes,
                        .expiry = expiry,
                        .step = {.request = request,
                                 .data_representation = data_representation,
                                 .input = input,
                                 .output = output},
                        .is_server = true};

    return context_step(&call);
}

/* The program's handle is not cleared: that is left to the program, as on Windows. */
SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle context)
{
    return context_delete(context);
}

SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle context, PSecBufferDesc token)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    status = ref.ssp->complete ? buffers_check(token) : SEC_E_UNSUPPORTED_FUNCTION;
    if (status == SEC_E_OK)
        status = ref.ssp->complete(ref.object, token);
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle context, PSecBufferDesc token)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    status = ref.ssp->control ? buffers_check(token) : SEC_E_UNSUPPORTED_FUNCTION;
    if (status == SEC_E_OK)
        status = ref.ssp->control(ref.object, token);
    handle_release(&ref);
    TRACE(LOG_SSPI, "control token: %08lx", (unsigned long)(uint32_t)status);
    return status;
}

/* ---- another process
 * -------------------------------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle context, ULONG flags, PSecBuffer packed,
                                                void **token)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    if (!ref.ssp->export_context)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!packed)
        status = SEC_E_INVALID_TOKEN;
    else
        status = ref.ssp->export_context(
            ref.object, flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_DELETE_OLD, packed, token);
    handle_release(&ref);
    if (status == SEC_E_OK && (flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) &&
        context_delete(context) != SEC_E_OK)
        TRACE(LOG_SSPI, "the exported context was deleted by another thread");
    return status;
}

SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(SEC_WCHAR *package, PSecBuffer packed, void *token,
                                                 PCtxtHandle context)
{
    const struct ssp *ssp = packages_find(package);
    struct ssp_import import = {.packed = packed, .token = token};
    struct handle_slot *slot = NULL;
    SECURITY_STATUS status;

    if (!ssp)
        return SEC_E_SECPKG_NOT_FOUND;
    if (!ssp->import_context)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!packed)
        return SEC_E_INVALID_TOKEN;
    if (!context)
        return SEC_E_INVALID_HANDLE;
    status = context_reserve(&slot);
    if (status != SEC_E_OK)
        return status;
    import.lanes = handle_lanes(slot);
    status = ssp->import_context(&import);
    if (status < 0)
        handle_cancel(slot);
    else
        *context = handle_publish(slot, ssp, import.context);
    return status;
}

SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(SEC_CHAR *package, PSecBuffer packed, void *token,
                                                 PCtxtHandle context)
{
    const char *const narrow[] = {package};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = ImportSecurityContextW(wide[0], packed, token, context);
    strings_done(wide, COUNT_OF(wide));
    return status;
}
