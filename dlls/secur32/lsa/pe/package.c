/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Starting the packages of a DLL, and their credentials; see package.h. A package gets identities
 * in the one form that all of them know, SEC_WINNT_AUTH_IDENTITY_W, whatever the program passed.
 *
 * Source: Microsoft Learn, "SpLsaModeInitializeFn", "SpInitializeFn", "SpGetInfoFn",
 * "SpUserModeInitializeFn", "SpInstanceInitFn", "SpAcquireCredentialsHandleFn" and their kin.
 */
#include "lsa/pe/package.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "lsa/pe/identity.h"
#include "lsa/pe/logon.h"
#include "platform/platform.h"

#define TABLES_MAX 32 /* packages of one DLL */

/* ---- credentials
 * ------------------------------------------------------------------------------------ */

/* false: too long for a UNICODE_STRING. NULL text gives an empty one. */
static bool counted(const WCHAR *text, UNICODE_STRING *string)
{
    size_t size = text ? platform_wide_length(text) * sizeof(WCHAR) : 0;

    if (size > UINT16_MAX - sizeof(WCHAR))
        return false;
    *string = (UNICODE_STRING){.Length = (USHORT)size,
                               .MaximumLength = (USHORT)(text ? size + sizeof(WCHAR) : 0),
                               .Buffer = (WCHAR *)(uintptr_t)text};
    return true;
}

static SECURITY_STATUS acquire_with(const struct lsa_package *package, struct ssp_acquire *call,
                                    void *auth_data)
{
    struct lsa_credential *credential;
    UNICODE_STRING principal;
    LUID logon_id = {0, 0};
    SECURITY_STATUS status;

    if (!package->functions.old.AcquireCredentialsHandle)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!counted(call->principal, &principal))
        return SEC_E_UNKNOWN_CREDENTIALS;
    credential = mem_alloc(sizeof(*credential));
    if (!credential)
        return SEC_E_INSUFFICIENT_MEMORY;
    credential->package = package;
    if (call->logon_id)
        memcpy(&logon_id, call->logon_id, sizeof(logon_id));
    status = lsa_status(package->functions.old.AcquireCredentialsHandle(
        call->principal ? &principal : NULL, call->use, call->logon_id ? &logon_id : NULL,
        auth_data, (void *)(uintptr_t)call->get_key, call->get_key_argument, &credential->handle,
        &call->expiry));
    if (status < 0) {
        mem_free(credential);
        return status;
    }
    call->credential = credential;
    return status;
}

static SECURITY_STATUS acquire(struct ssp_acquire *call)
{
    const struct lsa_package *package = (const struct lsa_package *)call->ssp;
    struct lsa_identity identity;
    SECURITY_STATUS status;

    if (!call->auth_data || !lsa_identity_is_known(package->names[0]))
        return acquire_with(package, call, (void *)(uintptr_t)call->auth_data);
    status = lsa_identity_init(&identity, call->auth_data);
    if (status != SEC_E_OK)
        return status;
    status = acquire_with(package, call, &identity.plain);
    lsa_identity_done(&identity);
    return status;
}

static SECURITY_STATUS add_credentials(void *object, struct ssp_acquire *call)
{
    const struct lsa_credential *credential = object;
    UNICODE_STRING principal, package;

    if (!credential->package->functions.old.AddCredentials)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!counted(call->principal, &principal) || !counted(credential->package->names[0], &package))
        return SEC_E_UNKNOWN_CREDENTIALS;
    return lsa_status(credential->package->functions.old.AddCredentials(
        credential->handle, &principal, &package, call->use, (void *)(uintptr_t)call->auth_data,
        (void *)(uintptr_t)call->get_key, call->get_key_argument, &call->expiry));
}

static void free_credential(void *object)
{
    struct lsa_credential *credential = object;

    if (credential->package->functions.old.FreeCredentialsHandle)
        credential->package->functions.old.FreeCredentialsHandle(credential->handle);
    mem_free(credential);
}

static SECURITY_STATUS query_credential(void *object, const struct ssp_attribute *attribute)
{
    const struct lsa_credential *credential = object;

    return lsa_query(credential->package->functions.old.QueryCredentialsAttributes,
                     credential->handle, attribute);
}

static SECURITY_STATUS set_credential(void *object, const struct ssp_attribute *attribute)
{
    const struct lsa_credential *credential = object;

    if (!credential->package->functions.old.SetCredentialsAttributes)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(credential->package->functions.old.SetCredentialsAttributes(
        credential->handle, attribute->id, attribute->buffer, (ULONG)attribute->room));
}

static SECURITY_STATUS change_password(const struct ssp_password *change)
{
    const struct lsa_package *package = (const struct lsa_package *)change->ssp;
    UNICODE_STRING domain, account, old, new;

    if (!package->functions.ChangeAccountPassword)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!counted(change->domain, &domain) || !counted(change->account, &account) ||
        !counted(change->old_password, &old) || !counted(change->new_password, &new))
        return SEC_E_INVALID_TOKEN;
    return lsa_status(package->functions.ChangeAccountPassword(&domain, &account, &old, &new, FALSE,
                                                               change->output));
}

/* ---- messages
 * --------------------------------------------------------------------------------------- */

/* The package and its client share their memory, so the client's address of a message is the
 * message's own. */
static NTSTATUS call_package(struct ssp_message *message)
{
    const struct lsa_package *package = (const struct lsa_package *)message->ssp;
    PLSA_AP_CALL_PACKAGE call = message->is_trusted && package->functions.old.CallPackage
                                    ? package->functions.old.CallPackage
                                    : package->functions.old.CallPackageUntrusted;
    PVOID request = NULL;

    if (!call)
        return STATUS_NOT_SUPPORTED;
    return call(&request, message->submit, message->submit, message->submit_size, &message->result,
                &message->result_size, &message->protocol_status);
}

/* ---- starting
 * --------------------------------------------------------------------------------------- */

static const struct ssp ssp_functions = {
    .acquire = acquire,
    .add_credentials = add_credentials,
    .free_credential = free_credential,
    .query_credential = query_credential,
    .set_credential = set_credential,
    .initialize = lsa_initialize,
    .accept = lsa_accept,
    .complete = lsa_complete,
    .control = lsa_control,
    .delete_context = lsa_delete_context,
    .query_context = lsa_query_context,
    .set_context = lsa_set_context,
    .seal = lsa_seal,
    .unseal = lsa_unseal,
    .sign = lsa_sign,
    .verify = lsa_verify,
    .impersonate = lsa_impersonate,
    .revert = lsa_revert,
    .query_token = lsa_query_token,
    .export_context = lsa_export,
    .change_password = change_password,
    .call = call_package,
    .logon = lsa_logon,
};

static WCHAR *copy_text(const WCHAR *text)
{
    if (!text)
        text = L"";
    return mem_copy(span_of(text, (platform_wide_length(text) + 1) * sizeof(WCHAR)));
}

static void package_free(struct lsa_package *package)
{
    mem_free((void *)(uintptr_t)package->names[0]);
    mem_free((void *)(uintptr_t)package->ssp.comment);
    mem_free(package);
}

/* The struct ssp, of what the package tells of itself. */
static bool describe(struct lsa_package *package, HMODULE module)
{
    SecPkgInfoW info = {0};

    /* ntsecpkg.h names the ANSI structure unless UNICODE is defined; it is always the wide one. */
    if (package->functions.old.GetInfo((PSecPkgInfo)(void *)&info) < 0 || !info.Name)
        return false;
    package->ssp = ssp_functions;
    package->ssp.origin = module;
    package->names[0] = copy_text(info.Name);
    package->ssp.names = package->names;
    package->ssp.name_count = 1;
    package->ssp.comment = copy_text(info.Comment);
    package->ssp.capabilities = info.fCapabilities;
    package->ssp.version = info.wVersion;
    package->ssp.rpc_id = info.wRPCID;
    package->ssp.max_token = info.cbMaxToken;
    return package->names[0] && package->ssp.comment;
}

/* Packages keep the number and take 0 for none: Wine's Kerberos then does not start. */
static ULONG_PTR new_id(void)
{
    static atomic_uint last;

    return atomic_fetch_add(&last, 1) + 1;
}

/* The table of the first authentication packages is the beginning of the newer one. */
_Static_assert(offsetof(LSA_DISPATCH_TABLE, CopyFromClientBuffer) ==
                   offsetof(LSA_SECPKG_FUNCTION_TABLE, CopyFromClientBuffer),
               "one begins as the other");

/* An authentication package gets what it needs for LsaCallAuthenticationPackage by a function of
 * its own. Without that it takes no messages. */
static void start_authentication(struct lsa_package *package, ULONG_PTR id)
{
    SECPKG_FUNCTION_TABLE *functions = &package->functions.old;
    LSA_STRING *name = NULL; /* the package's own memory */

    if (functions->InitializePackage &&
        functions->InitializePackage((ULONG)id, (PLSA_DISPATCH_TABLE)(void *)lsa_services(), NULL,
                                     NULL, &name) < 0) {
        functions->CallPackage = NULL;
        functions->CallPackageUntrusted = NULL;
    }
}

static bool start(struct lsa_package *package, HMODULE module)
{
    SECPKG_PARAMETERS parameters = {.Version = SECPKG_INTERFACE_VERSION,
                                    .MachineState = SECPKG_STATE_ENCRYPTION_PERMITTED |
                                                    SECPKG_STATE_STRONG_ENCRYPTION_PERMITTED |
                                                    SECPKG_STATE_WORKSTATION};
    ULONG_PTR id = new_id();
    SecPkgInfoW info;
    NTSTATUS status;

    if (!package->functions.old.Initialize || !package->functions.old.GetInfo)
        return false;
    start_authentication(package, id);
    status = package->functions.old.Initialize(id, &parameters, lsa_services());
    /* Wine's Kerberos opens its Unix half only when it is asked who it is, and starts then. */
    if (status < 0 && package->functions.old.GetInfo((PSecPkgInfo)(void *)&info) >= 0)
        status = package->functions.old.Initialize(id, &parameters, lsa_services());
    if (status < 0) {
        TRACE(LOG_LSA, "package %lu cannot start: %08lx", (unsigned long)id, (unsigned long)status);
        return false;
    }
    if (package->user.old.InstanceInit) {
        void *own = NULL;

        status =
            package->user.old.InstanceInit(SECPKG_INTERFACE_VERSION, lsa_user_services(), &own);
        if (status < 0)
            memset(&package->user, 0, sizeof(package->user));
    }
    return describe(package, module);
}

/* The halves of a DLL: how many tables, of which version. */
struct halves {
    PSECPKG_FUNCTION_TABLE tables;
    PSECPKG_USER_FUNCTION_TABLE user_tables;
    ULONG version, user_version, count, user_count;
};

static bool open_halves(HMODULE module, struct halves *halves)
{
    FARPROC found = GetProcAddress(module, SECPKG_LSAMODEINIT_NAME);
    SpLsaModeInitializeFn lsa_mode;
    SpUserModeInitializeFn user_mode;

    *halves = (struct halves){0};
    if (!found)
        return false;
    memcpy(&lsa_mode, &found, sizeof(found));
    if (lsa_mode(SECPKG_INTERFACE_VERSION, &halves->version, &halves->tables, &halves->count) < 0 ||
        !halves->tables)
        return false;
    found = GetProcAddress(module, SECPKG_USERMODEINIT_NAME);
    memcpy(&user_mode, &found, sizeof(found));
    if (!found || user_mode(SECPKG_INTERFACE_VERSION, &halves->user_version, &halves->user_tables,
                            &halves->user_count) < 0)
        halves->user_tables = NULL;
    return true;
}

bool lsa_package_load(HMODULE module, bool (*add)(const struct ssp *package))
{
    struct halves halves;
    bool any = false;

    if (!open_halves(module, &halves))
        return false;
    for (size_t i = 0; i < halves.count && i < TABLES_MAX; i++) {
        struct lsa_package *package = mem_alloc(sizeof(*package));

        if (!package)
            break;
        package->functions = lsa_functions_at(halves.tables, halves.version, i);
        if (halves.user_tables && i < halves.user_count)
            package->user = lsa_user_functions_at(halves.user_tables, halves.user_version, i);
        if (start(package, module) && add(&package->ssp))
            any = true;
        else
            package_free(package);
    }
    return any;
}
