/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Contexts of packages from outside; see package.h.
 *
 * Packages find the TOKEN buffer first, in and out, whatever order the program has them in (Firefox
 * passes channel bindings in front of it), and always have memory to write to: where the program
 * asks for memory, it is made here.
 *
 * Source: Microsoft Learn, "SpInitLsaModeContextFn", "SpAcceptLsaModeContextFn",
 * "SpInitUserModeContextFn", "SpDeleteContextFn".
 */
#include "lsa/pe/package.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

/* ---- buffers
 * ---------------------------------------------------------------------------------------- */

/* A copy of a list whose first buffer is its first TOKEN. */
struct arranged {
    SecBufferDesc list;
    SecBuffer buffers[LIMIT_BUFFERS];
};

static void arrange(const SecBufferDesc *from, struct arranged *to)
{
    const SecBuffer *token = buffers_find(from, SECBUFFER_TOKEN, 0);
    size_t used = 0;

    if (token)
        to->buffers[used++] = *token;
    for (size_t i = 0; i < buffers_count(from); i++)
        if (&from->pBuffers[i] != token)
            to->buffers[used++] = from->pBuffers[i];
    to->list = (SecBufferDesc){SECBUFFER_VERSION, (ULONG)used, to->buffers};
    if (token)
        to->buffers[0].BufferType = buffer_type(token);
}

/* The output TOKEN: the program's memory, or ours that becomes the program's. */
struct output {
    struct arranged arranged;
    SecBuffer *token; /* the program's; may be NULL */
    void *made;
};

static SECURITY_STATUS output_begin(struct output *output, const struct ssp_step *step,
                                    size_t max_token, bool allocate)
{
    output->token = buffers_find(step->output, SECBUFFER_TOKEN, 0);
    output->made = NULL;
    arrange(step->output, &output->arranged);
    if (!allocate || !output->token)
        return SEC_E_OK;
    output->made = buffers_alloc(max_token);
    if (!output->made)
        return SEC_E_INSUFFICIENT_MEMORY;
    output->arranged.buffers[0].pvBuffer = output->made;
    output->arranged.buffers[0].cbBuffer = (ULONG)max_token;
    return SEC_E_OK;
}

/* Without success nothing of ours is handed out. */
static void output_end(struct output *output, SECURITY_STATUS status)
{
    if (output->made && status < 0) {
        buffers_free(output->made);
        output->token->pvBuffer = NULL;
        output->token->cbBuffer = 0;
    } else if (output->token) {
        output->token->cbBuffer = output->arranged.buffers[0].cbBuffer;
        if (output->made)
            output->token->pvBuffer = output->made;
    }
}

/* ---- steps
 * ------------------------------------------------------------------------------------------ */

/* What the two functions of a package are called with. */
struct call {
    const struct lsa_package *package;
    LSA_SEC_HANDLE credential, context, new_context;
    struct arranged input;
    struct output output;
    ULONG request;
    BOOLEAN is_mapped;
    SecBuffer mapping; /* for the user mode half; the package's memory */
};

static SECURITY_STATUS run_initialize(struct call *call, struct ssp_step *step)
{
    size_t size = step->target ? platform_wide_length(step->target) * sizeof(WCHAR) : 0;
    UNICODE_STRING target = {.Length = (USHORT)size,
                             .MaximumLength = (USHORT)(size + sizeof(WCHAR)),
                             .Buffer = (WCHAR *)(uintptr_t)step->target};

    if (!call->package->functions.old.InitLsaModeContext)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (size > UINT16_MAX - sizeof(WCHAR))
        return SEC_E_TARGET_UNKNOWN;
    return lsa_status(call->package->functions.old.InitLsaModeContext(
        call->credential, call->context, step->target ? &target : NULL, call->request,
        step->data_representation, step->input ? &call->input.list : NULL, &call->new_context,
        &call->output.arranged.list, &step->attributes, &step->expiry, &call->is_mapped,
        &call->mapping));
}

static SECURITY_STATUS run_accept(struct call *call, struct ssp_step *step)
{
    if (!call->package->functions.old.AcceptLsaModeContext)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(call->package->functions.old.AcceptLsaModeContext(
        call->credential, call->context, step->input ? &call->input.list : NULL, call->request,
        step->data_representation, &call->new_context, &call->output.arranged.list,
        &step->attributes, &step->expiry, &call->is_mapped, &call->mapping));
}

/* The user mode half gets what the first half packed for it. */
static SECURITY_STATUS map_context(struct lsa_context *context, struct call *call)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (!call->is_mapped)
        return SEC_E_OK;
    if (context->package->user.old.InitUserModeContext && !context->is_mapped) {
        status = lsa_status(
            context->package->user.old.InitUserModeContext(context->handle, &call->mapping));
        context->is_mapped = status >= 0;
    }
    if (call->mapping.pvBuffer) {
        mem_wipe(call->mapping.pvBuffer, call->mapping.cbBuffer);
        buffers_free(call->mapping.pvBuffer);
    }
    return status;
}

/* allocated: the bit of the request, and of the attributes, for memory of ours. */
static SECURITY_STATUS run_step(struct ssp_step *step, ULONG allocated,
                                SECURITY_STATUS (*run)(struct call *, struct ssp_step *))
{
    const struct lsa_credential *credential = step->credential;
    struct lsa_context *context = step->context, *made = NULL;
    const struct lsa_package *package = context ? context->package : credential->package;
    struct call call = {.package = package,
                        .credential = credential ? credential->handle : 0,
                        .context = context ? context->handle : 0,
                        .new_context = context ? context->handle : 0,
                        .request = step->request & ~allocated};
    SECURITY_STATUS status;

    arrange(step->input, &call.input);
    status = output_begin(&call.output, step, package->ssp.max_token, step->request & allocated);
    if (status == SEC_E_OK && !context) {
        made = context = mem_alloc(sizeof(*context));
        if (!context)
            status = SEC_E_INSUFFICIENT_MEMORY;
    }
    if (status == SEC_E_OK)
        status = run(&call, step);
    if (status >= 0) {
        SECURITY_STATUS mapped;

        context->package = package;
        context->handle = call.new_context;
        mapped = map_context(context, &call);
        if (mapped < 0)
            status = mapped;
    }
    output_end(&call.output, status);
    if (call.output.made && status >= 0)
        step->attributes |= allocated;
    if (status >= 0)
        step->new_context = made;
    else if (made && made->package)
        lsa_delete_context(made); /* made by the package, then not mapped */
    else
        mem_free(made);
    return status;
}

_Static_assert(ISC_REQ_ALLOCATE_MEMORY == ISC_RET_ALLOCATED_MEMORY, "one bit");
_Static_assert(ASC_REQ_ALLOCATE_MEMORY == ASC_RET_ALLOCATED_MEMORY, "one bit");

SECURITY_STATUS lsa_initialize(struct ssp_step *step)
{
    return run_step(step, ISC_REQ_ALLOCATE_MEMORY, run_initialize);
}

SECURITY_STATUS lsa_accept(struct ssp_step *step)
{
    return run_step(step, ASC_REQ_ALLOCATE_MEMORY, run_accept);
}

SECURITY_STATUS lsa_control(void *object, SecBufferDesc *token)
{
    const struct lsa_context *context = object;

    if (!context->package->functions.old.ApplyControlToken)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(context->package->functions.old.ApplyControlToken(context->handle, token));
}

void lsa_delete_context(void *object)
{
    struct lsa_context *context = object;
    const struct lsa_package *package = context->package;

    if (context->is_mapped && package->user.old.DeleteUserModeContext)
        package->user.old.DeleteUserModeContext(context->handle);
    if (package->functions.old.DeleteContext)
        package->functions.old.DeleteContext(context->handle);
    mem_free(context);
}
