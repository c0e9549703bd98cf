/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See interface.h. Its handles are kept in objects of ours, so that programs get handles of our
 * own; all else goes through as it is, since these are the very functions that the program called.
 *
 * Source: Microsoft Learn, "InitSecurityInterfaceW function", "SecurityFunctionTableW structure".
 */
#include "lsa/pe/interface.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

#define PACKAGES_MAX 32 /* of one DLL */

struct interface_package {
    struct ssp ssp; /* first: the list's pointer is the package's */
    const WCHAR *names[1];
    const SecurityFunctionTableW *table;
};

/* A credential or a context. */
struct object {
    const struct interface_package *package;
    SecHandle handle;
};

/* A member that the table has, by its version, and that is not NULL. */
#define HAS(object, member) ((object)->package->table->member != NULL)

/* The member's answer; `arguments` stand in parentheses. */
#define ASK(object, member, arguments)                                                             \
    (HAS(object, member) ? (object)->package->table->member arguments : SEC_E_UNSUPPORTED_FUNCTION)

/* ---- credentials
 * ------------------------------------------------------------------------------------ */

static SECURITY_STATUS acquire(struct ssp_acquire *call)
{
    const struct interface_package *package = (const struct interface_package *)call->ssp;
    struct object *credential;
    SECURITY_STATUS status;

    if (!package->table->AcquireCredentialsHandleW)
        return SEC_E_UNSUPPORTED_FUNCTION;
    credential = mem_alloc(sizeof(*credential));
    if (!credential)
        return SEC_E_INSUFFICIENT_MEMORY;
    credential->package = package;
    status = package->table->AcquireCredentialsHandleW(
        (WCHAR *)(uintptr_t)call->principal, (WCHAR *)(uintptr_t)package->names[0], call->use,
        (void *)(uintptr_t)call->logon_id, (void *)(uintptr_t)call->auth_data, call->get_key,
        call->get_key_argument, &credential->handle, &call->expiry);
    if (status < 0)
        mem_free(credential);
    else
        call->credential = credential;
    return status;
}

static void free_credential(void *object)
{
    struct object *credential = object;

    if (HAS(credential, FreeCredentialsHandle))
        credential->package->table->FreeCredentialsHandle(&credential->handle);
    mem_free(credential);
}

static SECURITY_STATUS query_credential(void *object, const struct ssp_attribute *attribute)
{
    struct object *credential = object;

    if (!HAS(credential, QueryCredentialsAttributesW))
        return SEC_E_UNSUPPORTED_FUNCTION;
    return credential->package->table->QueryCredentialsAttributesW(
        &credential->handle, attribute->id, attribute->buffer);
}

/* ---- contexts
 * --------------------------------------------------------------------------------------- */

static SECURITY_STATUS run_step(struct ssp_step *step, bool is_server)
{
    struct object *credential = step->credential, *context = step->context, *made = NULL;
    const struct interface_package *package = (context ? context : credential)->package;
    const SecurityFunctionTableW *table = package->table;
    SecHandle *old = context ? &context->handle : NULL, *new, *own;
    SECURITY_STATUS status;

    if (is_server ? !table->AcceptSecurityContext : !table->InitializeSecurityContextW)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!context) {
        made = mem_alloc(sizeof(*made));
        if (!made)
            return SEC_E_INSUFFICIENT_MEMORY;
        made->package = package;
    }
    new = made ? &made->handle : old;
    own = credential ? &credential->handle : NULL;
    if (is_server)
        status = table->AcceptSecurityContext(own, old, step->input, step->request,
                                              step->data_representation, new, step->output,
                                              &step->attributes, &step->expiry);
    else
        status = table->InitializeSecurityContextW(
            own, old, (WCHAR *)(uintptr_t)step->target, step->request, 0, step->data_representation,
            step->input, 0, new, step->output, &step->attributes, &step->expiry);
    if (status < 0)
        mem_free(made);
    else
        step->new_context = made;
    return status;
}

static SECURITY_STATUS initialize(struct ssp_step *step)
{
    return run_step(step, false);
}

static SECURITY_STATUS accept_client(struct ssp_step *step)
{
    return run_step(step, true);
}

static void delete_context(void *object)
{
    struct object *context = object;

    if (HAS(context, DeleteSecurityContext))
        context->package->table->DeleteSecurityContext(&context->handle);
    mem_free(context);
}

static SECURITY_STATUS complete(void *object, SecBufferDesc *token)
{
    struct object *context = object;

    return ASK(context, CompleteAuthToken, (&context->handle, token));
}

static SECURITY_STATUS control(void *object, SecBufferDesc *token)
{
    struct object *context = object;

    return ASK(context, ApplyControlToken, (&context->handle, token));
}

static SECURITY_STATUS query_context(void *object, const struct ssp_attribute *attribute)
{
    struct object *context = object;

    return ASK(context, QueryContextAttributesW,
               (&context->handle, attribute->id, attribute->buffer));
}

static SECURITY_STATUS set_context(void *object, const struct ssp_attribute *attribute)
{
    struct object *context = object;

    if (context->package->table->dwVersion < SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_2 ||
        !HAS(context, SetContextAttributesW))
        return SEC_E_UNSUPPORTED_FUNCTION;
    return context->package->table->SetContextAttributesW(
        &context->handle, attribute->id, attribute->buffer, (ULONG)attribute->room);
}

/* ---- messages and tokens
 * ---------------------------------------------------------------------------- */

static SECURITY_STATUS seal(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    struct object *context = object;

    return ASK(context, EncryptMessage, (&context->handle, qop, message, sequence));
}

static SECURITY_STATUS unseal(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    struct object *context = object;

    return ASK(context, DecryptMessage, (&context->handle, message, sequence, qop));
}

static SECURITY_STATUS sign(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    struct object *context = object;

    return ASK(context, MakeSignature, (&context->handle, qop, message, sequence));
}

static SECURITY_STATUS verify(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    struct object *context = object;

    return ASK(context, VerifySignature, (&context->handle, message, sequence, qop));
}

static SECURITY_STATUS impersonate(void *object)
{
    struct object *context = object;

    return ASK(context, ImpersonateSecurityContext, (&context->handle));
}

static SECURITY_STATUS revert(void *object)
{
    struct object *context = object;

    return ASK(context, RevertSecurityContext, (&context->handle));
}

static SECURITY_STATUS query_token(void *object, void **token)
{
    struct object *context = object;

    return ASK(context, QuerySecurityContextToken, (&context->handle, token));
}

static SECURITY_STATUS export_context(void *object, ULONG flags, SecBuffer *packed, void **token)
{
    struct object *context = object;

    return ASK(context, ExportSecurityContext, (&context->handle, flags, packed, token));
}

/* ---- the packages
 * ----------------------------------------------------------------------------------- */

static const struct ssp ssp_functions = {
    .acquire = acquire,
    .free_credential = free_credential,
    .query_credential = query_credential,
    .initialize = initialize,
    .accept = accept_client,
    .complete = complete,
    .control = control,
    .delete_context = delete_context,
    .query_context = query_context,
    .set_context = set_context,
    .seal = seal,
    .unseal = unseal,
    .sign = sign,
    .verify = verify,
    .impersonate = impersonate,
    .revert = revert,
    .query_token = query_token,
    .export_context = export_context,
};

static WCHAR *copy_text(const WCHAR *text)
{
    if (!text)
        text = L"";
    return mem_copy(span_of(text, (platform_wide_length(text) + 1) * sizeof(WCHAR)));
}

static bool add_package(HMODULE module, const SecurityFunctionTableW *table,
                        const SecPkgInfoW *info, bool (*add)(const struct ssp *package))
{
    struct interface_package *package = mem_alloc(sizeof(*package));
    WCHAR *name = copy_text(info->Name), *comment = copy_text(info->Comment);

    if (package && name && comment && *name) {
        package->ssp = ssp_functions;
        package->ssp.origin = module;
        package->names[0] = name;
        package->table = table;
        package->ssp.names = package->names;
        package->ssp.name_count = 1;
        package->ssp.comment = comment;
        package->ssp.capabilities = info->fCapabilities;
        package->ssp.version = info->wVersion;
        package->ssp.rpc_id = info->wRPCID;
        package->ssp.max_token = info->cbMaxToken;
        if (add(&package->ssp))
            return true;
    }
    mem_free(comment);
    mem_free(name);
    mem_free(package);
    return false;
}

bool interface_load(HMODULE module, bool (*add)(const struct ssp *package))
{
    FARPROC found = GetProcAddress(module, SECURITY_ENTRYPOINT_ANSIW);
    INIT_SECURITY_INTERFACE_W init;
    SecurityFunctionTableW *table;
    SecPkgInfoW *info = NULL;
    ULONG count = 0;
    bool any = false;

    memcpy(&init, &found, sizeof(init));
    table = found ? init() : NULL;
    /* A DLL that forwards to this one gives our own table. */
    if (!table || table == InitSecurityInterfaceW() || !table->EnumerateSecurityPackagesW ||
        table->EnumerateSecurityPackagesW(&count, &info) != SEC_E_OK)
        return false;
    for (ULONG i = 0; i < count && i < PACKAGES_MAX; i++)
        any |= add_package(module, table, &info[i], add);
    if (table->FreeContextBuffer)
        table->FreeContextBuffer(info);
    return any;
}
