/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What packages may ask of the LSA. Here the LSA, the package and its client are one process: the
 * client's memory is the process' own, and the thread that called is the client's. What needs an
 * authority that is not there (accounts, tokens for others, auditing, saved credentials) is
 * refused. Tokens and sessions: logon.c.
 *
 * Source: Microsoft Learn, "LSA Functions Called by Security Support Providers/Authentication
 * Packages" and the pages of the functions; "SECPKG_DLL_FUNCTIONS structure".
 */
#include "lsa/pe/tables.h"

#include <string.h>

#include "base/mem.h"
#include "lsa/pe/logon.h"
#include "sspi/buffers.h"

/* ---- memory
 * ----------------------------------------------------------------------------------------- */

/* Programs may get it in an attribute, and free it with FreeContextBuffer. */
static PVOID NTAPI allocate_heap(ULONG size)
{
    return buffers_alloc(size);
}

static VOID NTAPI free_heap(PVOID memory)
{
    buffers_free(memory);
}

static PVOID NTAPI allocate_private(SIZE_T size)
{
    return buffers_alloc(size);
}

static NTSTATUS NTAPI allocate_client(PLSA_CLIENT_REQUEST request, ULONG size, PVOID *memory)
{
    void *made = buffers_alloc(size);

    (void)request;
    if (!made)
        return STATUS_NO_MEMORY;
    *memory = made;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI free_client(PLSA_CLIENT_REQUEST request, PVOID memory)
{
    (void)request;
    buffers_free(memory);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI copy_to_client(PLSA_CLIENT_REQUEST request, ULONG size, PVOID client,
                                     PVOID from)
{
    (void)request;
    if (size)
        memcpy(client, from, size);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI copy_from_client(PLSA_CLIENT_REQUEST request, ULONG size, PVOID to,
                                       PVOID client)
{
    (void)request;
    if (size)
        memcpy(to, client, size);
    return STATUS_SUCCESS;
}

/* The client's buffer can be read where it is; the package frees what it gets. */
static NTSTATUS NTAPI map_buffer(PSecBuffer input, PSecBuffer output)
{
    void *copy = buffers_alloc(input->cbBuffer);

    if (!copy)
        return STATUS_NO_MEMORY;
    if (input->cbBuffer)
        memcpy(copy, input->pvBuffer, input->cbBuffer);
    *output = (SecBuffer){input->cbBuffer, input->BufferType, copy};
    return STATUS_SUCCESS;
}

static PVOID NTAPI create_shared(ULONG most, ULONG first)
{
    return HeapCreate(0, first, most);
}

static PVOID NTAPI allocate_shared(PVOID shared, ULONG size)
{
    return HeapAlloc(shared, HEAP_ZERO_MEMORY, size);
}

static VOID NTAPI free_shared(PVOID shared, PVOID memory)
{
    HeapFree(shared, 0, memory);
}

static BOOLEAN NTAPI delete_shared(PVOID shared)
{
    return HeapDestroy(shared) != FALSE;
}

/* Other processes' eyes are kept off by the system: the key is this process' own. */
static VOID NTAPI protect(PVOID memory, ULONG size)
{
    RtlEncryptMemory(memory, size, 0);
}

static VOID NTAPI unprotect(PVOID memory, ULONG size)
{
    RtlDecryptMemory(memory, size, 0);
}

/* ---- the client
 * ------------------------------------------------------------------------------------- */

/* The token that the thread acts with: its own, or the process'. */
static bool open_token(DWORD access, HANDLE *token, bool *impersonating)
{
    *impersonating = OpenThreadToken(GetCurrentThread(), access, TRUE, token);
    return *impersonating || OpenProcessToken(GetCurrentProcess(), access, token);
}

static NTSTATUS NTAPI get_client_info(PSECPKG_CLIENT_INFO info)
{
    TOKEN_STATISTICS statistics = {0};
    HANDLE token = NULL;
    DWORD size = 0;
    bool impersonating, known;

    if (!open_token(TOKEN_QUERY, &token, &impersonating))
        return STATUS_NO_TOKEN;
    known = GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &size);
    memset(info, 0, sizeof(*info));
    info->LogonId = statistics.AuthenticationId;
    info->ProcessID = GetCurrentProcessId();
    info->ThreadID = GetCurrentThreadId();
    info->Impersonating = impersonating;
    info->Restricted = IsTokenRestricted(token) != FALSE;
    info->ImpersonationLevel =
        impersonating ? statistics.ImpersonationLevel : SecurityImpersonation;
    CloseHandle(token);
    return known ? STATUS_SUCCESS : STATUS_NO_TOKEN;
}

static BOOLEAN NTAPI get_call_info(PSECPKG_CALL_INFO info)
{
    *info = (SECPKG_CALL_INFO){.ProcessId = GetCurrentProcessId(),
                               .ThreadId = GetCurrentThreadId(),
                               .Attributes = SECPKG_CALL_IN_PROC};
    return TRUE;
}

/* The thread that called already acts as the client. */
static NTSTATUS NTAPI impersonate_client(VOID)
{
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI duplicate_handle(HANDLE handle, PHANDLE copy)
{
    return DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), copy, 0, FALSE,
                           DUPLICATE_SAME_ACCESS)
               ? STATUS_SUCCESS
               : STATUS_INVALID_HANDLE;
}

static NTSTATUS NTAPI open_token_by_logon_id(PLUID logon_id, HANDLE *opened)
{
    TOKEN_STATISTICS statistics = {0};
    HANDLE token = NULL;
    DWORD size = 0;
    bool impersonating;

    if (!open_token(TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, &token, &impersonating))
        return STATUS_NO_TOKEN;
    if (GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &size) &&
        !memcmp(&statistics.AuthenticationId, logon_id, sizeof(*logon_id))) {
        *opened = token;
        return STATUS_SUCCESS;
    }
    CloseHandle(token);
    return STATUS_NO_SUCH_LOGON_SESSION;
}

static HANDLE NTAPI create_thread(SEC_ATTRS attributes, ULONG stack, SEC_THREAD_START start,
                                  PVOID parameter, ULONG flags, PULONG id)
{
    DWORD thread = 0;
    HANDLE handle = CreateThread(attributes, stack, start, parameter, flags, &thread);

    if (id)
        *id = thread;
    return handle;
}

/* ---- what is refused
 * -------------------------------------------------------------------------------- */

/* By the number of arguments, which the function called takes off the stack on i386. A function
 * without a result may say so too. */
#define REFUSE(count, ...)                                                                         \
    static NTSTATUS NTAPI refuse_##count(__VA_ARGS__)                                              \
    {                                                                                              \
        return STATUS_NOT_SUPPORTED;                                                               \
    }
#define ARGUMENT __attribute__((unused)) ULONG_PTR

/* clang-format off */
REFUSE(0, void)
REFUSE(1, ARGUMENT a)
REFUSE(2, ARGUMENT a, ARGUMENT b)
REFUSE(3, ARGUMENT a, ARGUMENT b, ARGUMENT c)
REFUSE(4, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d)
REFUSE(5, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d, ARGUMENT e)
REFUSE(6, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d, ARGUMENT e, ARGUMENT f)
REFUSE(7, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d, ARGUMENT e, ARGUMENT f, ARGUMENT g)
REFUSE(8, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d, ARGUMENT e, ARGUMENT f, ARGUMENT g, ARGUMENT h)
REFUSE(9, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d, ARGUMENT e, ARGUMENT f, ARGUMENT g, ARGUMENT h, ARGUMENT i)
REFUSE(10, ARGUMENT a, ARGUMENT b, ARGUMENT c, ARGUMENT d, ARGUMENT e, ARGUMENT f, ARGUMENT g, ARGUMENT h, ARGUMENT i, ARGUMENT j)
/* clang-format on */

/* No event is ever notified, so there is no handle to give. */
static HANDLE NTAPI register_notification(SEC_THREAD_START start, PVOID parameter, ULONG type,
                                          ULONG class, ULONG flags, ULONG minutes, HANDLE event)
{
    (void)start;
    (void)parameter;
    (void)type;
    (void)class;
    (void)flags;
    (void)minutes;
    (void)event;
    return NULL;
}

static NTSTATUS NTAPI register_callback(ULONG id, PLSA_CALLBACK_FUNCTION callback)
{
    (void)id;
    (void)callback;
    return STATUS_NOT_SUPPORTED; /* ClientCallback is refused as well */
}

/* ---- the tables ---- */

#define AS(type, function) ((type)(void (*)(void))(function))

/* The newest table, with members at the end that mingw-w64 has no names for. A package knows by the
 * LSA's version, which is the first, not to use them. */
static union {
    LSA_SECPKG_FUNCTION_TABLE old;
    void *members[66]; /* as in the SDK 10.0.26100 */
} services = {
    .old =
        {
            .CreateLogonSession = lsa_session_create,
            .DeleteLogonSession = lsa_session_delete,
            .AddCredential = AS(PLSA_ADD_CREDENTIAL, refuse_4),
            .GetCredentials = AS(PLSA_GET_CREDENTIALS, refuse_7),
            .DeleteCredential = AS(PLSA_DELETE_CREDENTIAL, refuse_3),
            .AllocateLsaHeap = allocate_heap,
            .FreeLsaHeap = free_heap,
            .AllocateClientBuffer = allocate_client,
            .FreeClientBuffer = free_client,
            .CopyToClientBuffer = copy_to_client,
            .CopyFromClientBuffer = copy_from_client,
            .ImpersonateClient = impersonate_client,
            .UnloadPackage = refuse_0,
            .DuplicateHandle = duplicate_handle,
            .SaveSupplementalCredentials = AS(PLSA_SAVE_SUPPLEMENTAL_CREDENTIALS, refuse_4),
            .CreateThread = create_thread,
            .GetClientInfo = get_client_info,
            .RegisterNotification = register_notification,
            .CancelNotification = AS(PLSA_CANCEL_NOTIFICATION, refuse_1),
            .MapBuffer = map_buffer,
            .CreateToken = lsa_create_token,
            .AuditLogon = AS(PLSA_AUDIT_LOGON, refuse_9),
            .CallPackage = AS(PLSA_CALL_PACKAGE, refuse_6),
            .FreeReturnBuffer = free_heap,
            .GetCallInfo = get_call_info,
            .CallPackageEx = AS(PLSA_CALL_PACKAGEEX, refuse_7),
            .CreateSharedMemory = create_shared,
            .AllocateSharedMemory = allocate_shared,
            .FreeSharedMemory = free_shared,
            .DeleteSharedMemory = delete_shared,
            .OpenSamUser = AS(PLSA_OPEN_SAM_USER, refuse_6),
            .GetUserCredentials = AS(PLSA_GET_USER_CREDENTIALS, refuse_5),
            .GetUserAuthData = AS(PLSA_GET_USER_AUTH_DATA, refuse_3),
            .CloseSamUser = AS(PLSA_CLOSE_SAM_USER, refuse_1),
            .ConvertAuthDataToToken = AS(PLSA_CONVERT_AUTH_DATA_TO_TOKEN, refuse_10),
            .ClientCallback = AS(PLSA_CLIENT_CALLBACK, refuse_5),
            .UpdateCredentials = AS(PLSA_UPDATE_PRIMARY_CREDENTIALS, refuse_2),
            .GetAuthDataForUser = AS(PLSA_GET_AUTH_DATA_FOR_USER, refuse_6),
            .CrackSingleName = AS(PLSA_CRACK_SINGLE_NAME, refuse_8),
            .AuditAccountLogon = AS(PLSA_AUDIT_ACCOUNT_LOGON, refuse_6),
            .CallPackagePassthrough = AS(PLSA_CALL_PACKAGE_PASSTHROUGH, refuse_7),
            .CrediRead = AS(CredReadFn *, refuse_6),
            .CrediReadDomainCredentials = AS(CredReadDomainCredentialsFn *, refuse_6),
            .CrediFreeCredentials = AS(CredFreeCredentialsFn *, refuse_2),
            .LsaProtectMemory = protect,
            .LsaUnprotectMemory = unprotect,
            .OpenTokenByLogonId = open_token_by_logon_id,
            .ExpandAuthDataForDomain = AS(PLSA_EXPAND_AUTH_DATA_FOR_DOMAIN, refuse_5),
            .AllocatePrivateHeap = allocate_private,
            .FreePrivateHeap = free_heap,
            .CreateTokenEx = lsa_create_token_ex,
            .CrediWrite = AS(CredWriteFn *, refuse_4),
        },
};

static union {
    SECPKG_DLL_FUNCTIONS old;
    void *members[4]; /* the last: LocatePackageById */
} user_services = {
    .old =
        {
            .AllocateHeap = allocate_heap,
            .FreeHeap = free_heap,
            .RegisterCallback = register_callback,
        },
};

LSA_SECPKG_FUNCTION_TABLE *lsa_services(void)
{
    return &services.old;
}

SECPKG_DLL_FUNCTIONS *lsa_user_services(void)
{
    return &user_services.old;
}
