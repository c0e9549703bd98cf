/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A security package as strangers write them ("SSP/AP"), for test_packages.c: both halves, with the
 * least that the pages on them ask for. Nothing of it is secret. A client says "hello TARGET", the
 * server answers "welcome", and then both have a context that seals by turning bytes over.
 *
 * Source: Microsoft Learn, "SpLsaModeInitializeFn", "SpInitLsaModeContextFn", "SpInstanceInitFn",
 * "LsaApCallPackageUntrusted", "LsaApLogonUserEx2" and their kin.
 */
/* winsspi.h has those of schannel.dll, with the tables as void. */
#define SpLsaModeInitialize schannel_lsa_mode
#define SpUserModeInitialize schannel_user_mode
#include "winsspi.h"
#undef SpLsaModeInitialize
#undef SpUserModeInitialize

#define CredMarshalTargetInfo mingw_marshal_target_info
#define CredUnmarshalTargetInfo mingw_unmarshal_target_info
#include <ntsecpkg.h>
#undef CredMarshalTargetInfo
#undef CredUnmarshalTargetInfo

#include <string.h>

#include "packages.h"

static PLSA_SECPKG_FUNCTION_TABLE lsa;
static PSECPKG_DLL_FUNCTIONS client;
static struct package_counts counts;

/* ---- the package itself ---- */

static NTSTATUS NTAPI initialize_package(ULONG id, PLSA_DISPATCH_TABLE table, PLSA_STRING database,
                                         PLSA_STRING confidentiality, PLSA_STRING *name)
{
    static const char text[] = "Secur32Test";
    LSA_STRING *made = table->AllocateLsaHeap(sizeof(*made) + sizeof(text));

    (void)database;
    (void)confidentiality;
    if (!id || !made)
        return STATUS_NO_MEMORY;
    made->Buffer = (char *)(made + 1);
    made->Length = sizeof(text) - 1;
    made->MaximumLength = sizeof(text);
    memcpy(made->Buffer, text, sizeof(text));
    *name = made;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI initialize(ULONG_PTR id, PSECPKG_PARAMETERS parameters,
                                 PLSA_SECPKG_FUNCTION_TABLE functions)
{
    counts.initialized++;
    lsa = functions;
    return id && parameters->Version == SECPKG_INTERFACE_VERSION ? STATUS_SUCCESS
                                                                 : STATUS_UNSUCCESSFUL;
}

static NTSTATUS NTAPI stop(VOID)
{
    return STATUS_SUCCESS;
}

/* The header names the ANSI structure unless UNICODE is defined; it is always the wide one. */
static NTSTATUS NTAPI get_info(PSecPkgInfo told)
{
    SecPkgInfoW *info = (SecPkgInfoW *)(void *)told;

    *info = (SecPkgInfoW){.fCapabilities = PACKAGE_CAPABILITIES,
                          .wVersion = 1,
                          .wRPCID = PACKAGE_RPC,
                          .cbMaxToken = PACKAGE_TOKEN,
                          .Name = (WCHAR *)(uintptr_t)PACKAGE_NAME,
                          .Comment = (WCHAR *)(uintptr_t)PACKAGE_COMMENT};
    return STATUS_SUCCESS;
}

/* ---- credentials ---- */

static NTSTATUS NTAPI acquire(PUNICODE_STRING principal, ULONG use, PLUID logon_id,
                              PVOID authorization, PVOID get_key, PVOID get_key_argument,
                              PLSA_SEC_HANDLE credential, PTimeStamp expiry)
{
    const struct package_identity *identity = authorization;
    SECPKG_CLIENT_INFO info;

    (void)logon_id;
    (void)get_key;
    (void)get_key_argument;
    if (lsa->GetClientInfo(&info) != STATUS_SUCCESS || info.ProcessID != GetCurrentProcessId())
        return STATUS_UNSUCCESSFUL;
    /* What it means is the package's business, so it comes as the program passed it. */
    if (identity && identity->magic != PACKAGE_MAGIC)
        return STATUS_LOGON_FAILURE;
    if (principal && principal->Length > 40)
        return SEC_E_UNKNOWN_CREDENTIALS;
    counts.credentials++;
    *credential = 0x1000 + use;
    expiry->QuadPart = PACKAGE_EXPIRY;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI free_credential(LSA_SEC_HANDLE credential)
{
    if (credential < 0x1000)
        return STATUS_INVALID_HANDLE;
    counts.credentials--;
    return STATUS_SUCCESS;
}

static void *heap_text(const WCHAR *text)
{
    size_t size = (wcslen(text) + 1) * sizeof(*text);
    void *made = lsa->AllocateLsaHeap((ULONG)size);

    return made ? memcpy(made, text, size) : NULL;
}

static NTSTATUS NTAPI query_credential(LSA_SEC_HANDLE credential, ULONG attribute, PVOID buffer)
{
    (void)credential;
    if (attribute != SECPKG_CRED_ATTR_NAMES)
        return STATUS_NOT_SUPPORTED;
    ((SecPkgCredentials_NamesW *)buffer)->sUserName = heap_text(PACKAGE_USER);
    return STATUS_SUCCESS;
}

/* ---- contexts ---- */

/* The first TOKEN stands first. */
static SecBuffer *token_of(PSecBufferDesc list)
{
    if (!list || !list->cBuffers || list->pBuffers[0].BufferType != SECBUFFER_TOKEN)
        return NULL;
    return &list->pBuffers[0];
}

static NTSTATUS say(PSecBufferDesc output, const void *text, size_t size)
{
    SecBuffer *token = token_of(output);

    if (!token || token->cbBuffer < size)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(token->pvBuffer, text, size);
    token->cbBuffer = (ULONG)size;
    return STATUS_SUCCESS;
}

static bool hears(PSecBufferDesc input, const char *text)
{
    const SecBuffer *token = token_of(input);

    return token && token->cbBuffer >= strlen(text) && !memcmp(token->pvBuffer, text, strlen(text));
}

/* The other half gets the context's number in memory of ours, which the LSA frees. */
static NTSTATUS map(LSA_SEC_HANDLE context, PBOOLEAN mapped, PSecBuffer packed)
{
    packed->pvBuffer = lsa->AllocateLsaHeap(sizeof(context));
    if (!packed->pvBuffer)
        return STATUS_NO_MEMORY;
    memcpy(packed->pvBuffer, &context, sizeof(context));
    packed->cbBuffer = sizeof(context);
    *mapped = TRUE;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI initiate(LSA_SEC_HANDLE credential, LSA_SEC_HANDLE context,
                               PUNICODE_STRING target, ULONG request, ULONG representation,
                               PSecBufferDesc input, PLSA_SEC_HANDLE new_context,
                               PSecBufferDesc output, PULONG attributes, PTimeStamp expiry,
                               PBOOLEAN mapped, PSecBuffer packed)
{
    char text[64] = "hello ";
    NTSTATUS status;
    size_t size = 6;

    (void)representation;
    *attributes = request & ISC_REQ_CONFIDENTIALITY;
    expiry->QuadPart = PACKAGE_EXPIRY;
    if (context) {
        *new_context = context;
        if (!hears(input, "welcome"))
            return SEC_E_INVALID_TOKEN;
        say(output, "", 0);
        return map(context, mapped, packed);
    }
    if (credential != 0x1000 + SECPKG_CRED_OUTBOUND)
        return SEC_E_NO_CREDENTIALS;
    for (USHORT i = 0; target && i < target->Length / sizeof(WCHAR) && size < sizeof(text); i++)
        text[size++] = (char)target->Buffer[i];
    status = say(output, text, size);
    if (status != STATUS_SUCCESS)
        return status;
    counts.contexts++;
    *new_context = ++counts.last_context;
    return SEC_I_CONTINUE_NEEDED;
}

static NTSTATUS NTAPI accept_client(LSA_SEC_HANDLE credential, LSA_SEC_HANDLE context,
                                    PSecBufferDesc input, ULONG request, ULONG representation,
                                    PLSA_SEC_HANDLE new_context, PSecBufferDesc output,
                                    PULONG attributes, PTimeStamp expiry, PBOOLEAN mapped,
                                    PSecBuffer packed)
{
    NTSTATUS status;

    (void)representation;
    if (context)
        return SEC_E_OUT_OF_SEQUENCE;
    if (credential != 0x1000 + SECPKG_CRED_INBOUND)
        return SEC_E_NO_CREDENTIALS;
    *attributes = request & ASC_REQ_CONFIDENTIALITY;
    expiry->QuadPart = PACKAGE_EXPIRY;
    if (hears(input, "nobody"))
        return STATUS_NO_SUCH_USER;
    if (!hears(input, "hello "))
        return SEC_E_INVALID_TOKEN;
    status = say(output, "welcome", 7);
    if (status != STATUS_SUCCESS)
        return status;
    counts.contexts++;
    *new_context = ++counts.last_context;
    return map(*new_context, mapped, packed);
}

static NTSTATUS NTAPI delete_context(LSA_SEC_HANDLE context)
{
    if (!context)
        return STATUS_INVALID_HANDLE;
    counts.contexts--;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI query_context(LSA_SEC_HANDLE context, ULONG attribute, PVOID buffer)
{
    (void)context;
    if (attribute != SECPKG_ATTR_NAMES)
        return STATUS_NOT_SUPPORTED;
    ((SecPkgContext_NamesW *)buffer)->sUserName = heap_text(PACKAGE_USER);
    return STATUS_SUCCESS;
}

/* ---- messages to the package, and logging on ---- */

/* "counts" gives the counts; anything else comes back the other way round. */
static NTSTATUS NTAPI call_package(PLSA_CLIENT_REQUEST request, PVOID submit, PVOID client_base,
                                   ULONG size, PVOID *result, PULONG result_size,
                                   PNTSTATUS protocol)
{
    bool wants_counts = size == 6 && !memcmp(submit, "counts", 6);
    ULONG want = wants_counts ? sizeof(counts) : size;
    char text[64];
    NTSTATUS status;

    (void)client_base;
    *result = NULL;
    *result_size = 0;
    *protocol = STATUS_SUCCESS;
    if (size == 0 || size > sizeof(text)) {
        *protocol = STATUS_INVALID_PARAMETER;
        return STATUS_SUCCESS;
    }
    for (ULONG i = 0; i < size; i++)
        text[i] = ((const char *)submit)[size - 1 - i];
    status = lsa->AllocateClientBuffer(request, want, result);
    if (status != STATUS_SUCCESS)
        return status;
    *result_size = want;
    return lsa->CopyToClientBuffer(request, want, *result, wants_counts ? (void *)&counts : text);
}

/* A block of ours with the user's SID behind it, in one piece or in two. */
static LSA_TOKEN_INFORMATION_V1 *information_of(PSID user, bool in_parts)
{
    ULONG size = GetLengthSid(user);
    LSA_TOKEN_INFORMATION_V1 *made = lsa->AllocateLsaHeap(sizeof(*made) + (in_parts ? 0 : size));

    if (!made)
        return NULL;
    memset(made, 0, sizeof(*made));
    made->User.User.Sid = in_parts ? lsa->AllocateLsaHeap(size) : made + 1;
    if (made->User.User.Sid)
        memcpy(made->User.User.Sid, user, size);
    return made;
}

/* The SID of the process' user, or that of Windows' guests. */
static PSID user_of(char who)
{
    static union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } own;
    static BYTE other[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(own);
    HANDLE token = NULL;

    if (who == PACKAGE_LOGON_OTHER) {
        size = sizeof(other);
        CreateWellKnownSid(WinBuiltinGuestsSid, NULL, other, &size);
        return other;
    }
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        GetTokenInformation(token, TokenUser, &own, size, &size);
        CloseHandle(token);
    }
    return own.user.User.Sid;
}

static UNICODE_STRING *string_of(const WCHAR *text)
{
    UNICODE_STRING *made = lsa->AllocateLsaHeap(sizeof(*made));

    if (made) {
        made->Buffer = heap_text(text);
        made->Length = (USHORT)(wcslen(text) * sizeof(*text));
        made->MaximumLength = (USHORT)(made->Length + sizeof(*text));
    }
    return made;
}

/* The program's buffer is not to be touched; what comes here is a copy. */
static NTSTATUS NTAPI logon_user(PLSA_CLIENT_REQUEST request, SECURITY_LOGON_TYPE type,
                                 PVOID submit, PVOID client_base, ULONG size, PVOID *profile,
                                 PULONG profile_size, PLUID id, PNTSTATUS sub_status,
                                 PLSA_TOKEN_INFORMATION_TYPE information_type, PVOID *information,
                                 PUNICODE_STRING *account, PUNICODE_STRING *authority,
                                 PUNICODE_STRING *machine, PSECPKG_PRIMARY_CRED primary,
                                 PSECPKG_SUPPLEMENTAL_CRED_ARRAY *supplemental)
{
    char who = size ? *(char *)submit : 0;
    NTSTATUS status;

    (void)type;
    (void)supplemental;
    if (submit == client_base || !size)
        return STATUS_INVALID_PARAMETER;
    memset(submit, 0, size);
    if (who == PACKAGE_LOGON_REFUSED) {
        *sub_status = STATUS_PASSWORD_EXPIRED;
        return STATUS_ACCOUNT_RESTRICTION;
    }
    if (!AllocateLocallyUniqueId(id))
        return STATUS_UNSUCCESSFUL;
    status = lsa->CreateLogonSession(id);
    if (status == STATUS_SUCCESS && lsa->CreateLogonSession(id) != STATUS_LOGON_SESSION_COLLISION)
        status = STATUS_UNSUCCESSFUL;
    if (status != STATUS_SUCCESS)
        return status;
    counts.logons++;
    status = lsa->AllocateClientBuffer(request, sizeof(PACKAGE_PROFILE), profile);
    if (status != STATUS_SUCCESS)
        return status;
    *profile_size = sizeof(PACKAGE_PROFILE);
    lsa->CopyToClientBuffer(request, *profile_size, *profile, (void *)(uintptr_t)PACKAGE_PROFILE);
    *information_type = who == PACKAGE_LOGON_NOBODY  ? LsaTokenInformationNull
                        : who == PACKAGE_LOGON_PARTS ? LsaTokenInformationV1
                                                     : LsaTokenInformationV2;
    *information = information_of(user_of(who), who == PACKAGE_LOGON_PARTS);
    *account = string_of(u"somebody");
    *authority = string_of(u"TEST");
    *machine = string_of(u"HERE");
    primary->Password.Buffer = heap_text(u"secret");
    return *information ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static VOID NTAPI logon_terminated(PLUID id)
{
    (void)id;
    counts.terminated++;
}

/* ---- the other half ---- */

static NTSTATUS NTAPI instance_init(ULONG version, PSECPKG_DLL_FUNCTIONS functions, PVOID *own)
{
    (void)own;
    client = functions;
    return version == SECPKG_INTERFACE_VERSION ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS NTAPI init_user_context(LSA_SEC_HANDLE context, PSecBuffer packed)
{
    LSA_SEC_HANDLE told = 0;

    if (packed->cbBuffer != sizeof(told))
        return STATUS_INVALID_PARAMETER;
    memcpy(&told, packed->pvBuffer, sizeof(told));
    if (told != context)
        return STATUS_INVALID_PARAMETER;
    counts.user_contexts++;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI delete_user_context(LSA_SEC_HANDLE context)
{
    (void)context;
    counts.user_contexts--;
    return STATUS_SUCCESS;
}

static SecBuffer *find(PSecBufferDesc list, ULONG type)
{
    for (ULONG i = 0; i < list->cBuffers; i++)
        if (list->pBuffers[i].BufferType == type)
            return &list->pBuffers[i];
    return NULL;
}

static uint32_t sum(const SecBuffer *data, ULONG sequence)
{
    uint32_t value = sequence;

    for (ULONG i = 0; i < data->cbBuffer; i++)
        value = value * 31 + ((const uint8_t *)data->pvBuffer)[i];
    return value;
}

static NTSTATUS NTAPI make_signature(LSA_SEC_HANDLE context, ULONG qop, PSecBufferDesc list,
                                     ULONG sequence)
{
    SecBuffer *data = find(list, SECBUFFER_DATA), *token = find(list, SECBUFFER_TOKEN);
    uint32_t value;

    (void)context;
    (void)qop;
    if (!data || !token || token->cbBuffer < sizeof(value))
        return STATUS_INVALID_PARAMETER;
    value = sum(data, sequence);
    memcpy(token->pvBuffer, &value, sizeof(value));
    token->cbBuffer = sizeof(value);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI verify_signature(LSA_SEC_HANDLE context, PSecBufferDesc list, ULONG sequence,
                                       PULONG qop)
{
    SecBuffer *data = find(list, SECBUFFER_DATA), *token = find(list, SECBUFFER_TOKEN);
    uint32_t value = 0;

    (void)context;
    *qop = 7; /* a program may pass NULL; the package never gets that */
    if (!data || !token || token->cbBuffer != sizeof(value))
        return STATUS_INVALID_PARAMETER;
    memcpy(&value, token->pvBuffer, sizeof(value));
    return value == sum(data, sequence) ? STATUS_SUCCESS : SEC_E_MESSAGE_ALTERED;
}

static void turn(SecBuffer *data)
{
    for (ULONG i = 0; i < data->cbBuffer; i++)
        ((uint8_t *)data->pvBuffer)[i] ^= 0xff;
}

static NTSTATUS NTAPI seal(LSA_SEC_HANDLE context, ULONG qop, PSecBufferDesc list, ULONG sequence)
{
    NTSTATUS status = make_signature(context, qop, list, sequence);

    if (status == STATUS_SUCCESS)
        turn(find(list, SECBUFFER_DATA));
    return status;
}

static NTSTATUS NTAPI unseal(LSA_SEC_HANDLE context, PSecBufferDesc list, ULONG sequence,
                             PULONG qop)
{
    if (!find(list, SECBUFFER_DATA))
        return STATUS_INVALID_PARAMETER;
    turn(find(list, SECBUFFER_DATA));
    return verify_signature(context, list, sequence, qop);
}

static NTSTATUS NTAPI query_user_context(LSA_SEC_HANDLE context, ULONG attribute, PVOID buffer)
{
    SecPkgContext_Sizes sizes = {PACKAGE_TOKEN, 4, 1, 4};

    (void)context;
    if (attribute != SECPKG_ATTR_SIZES)
        return STATUS_NOT_SUPPORTED;
    memcpy(buffer, &sizes, sizeof(sizes));
    return STATUS_SUCCESS;
}

/* ---- what the DLL gives ---- */

static SECPKG_FUNCTION_TABLE functions = {
    .InitializePackage = initialize_package,
    .CallPackage = call_package,
    .CallPackageUntrusted = call_package,
    .LogonTerminated = logon_terminated,
    .Initialize = initialize,
    .Shutdown = stop,
    .GetInfo = get_info,
    .AcquireCredentialsHandle = acquire,
    .QueryCredentialsAttributes = query_credential,
    .FreeCredentialsHandle = free_credential,
    .InitLsaModeContext = initiate,
    .AcceptLsaModeContext = accept_client,
    .DeleteContext = delete_context,
    .QueryContextAttributes = query_context,
};

static SECPKG_USER_FUNCTION_TABLE user_functions = {
    .InstanceInit = instance_init,
    .InitUserModeContext = init_user_context,
    .MakeSignature = make_signature,
    .VerifySignature = verify_signature,
    .SealMessage = seal,
    .UnsealMessage = unseal,
    .QueryContextAttributes = query_user_context,
    .DeleteUserModeContext = delete_user_context,
};

NTSTATUS SEC_ENTRY SpLsaModeInitialize(ULONG version, PULONG own_version,
                                       PSECPKG_FUNCTION_TABLE *tables, PULONG count);
NTSTATUS SEC_ENTRY SpLsaModeInitialize(ULONG version, PULONG own_version,
                                       PSECPKG_FUNCTION_TABLE *tables, PULONG count)
{
    if (version != SECPKG_INTERFACE_VERSION)
        return STATUS_INVALID_PARAMETER;
    /* mingw-w64 leaves the calling convention of this one out. */
    memcpy(&functions.LogonUserEx2, &(void *){(void *)(uintptr_t)logon_user}, sizeof(void *));
    *own_version = SECPKG_INTERFACE_VERSION_3; /* the table ends with SetCredentialsAttributes */
    *tables = &functions;
    *count = 1;
    return STATUS_SUCCESS;
}

NTSTATUS SEC_ENTRY SpUserModeInitialize(ULONG version, PULONG own_version,
                                        PSECPKG_USER_FUNCTION_TABLE *tables, PULONG count);
NTSTATUS SEC_ENTRY SpUserModeInitialize(ULONG version, PULONG own_version,
                                        PSECPKG_USER_FUNCTION_TABLE *tables, PULONG count)
{
    if (version != SECPKG_INTERFACE_VERSION)
        return STATUS_INVALID_PARAMETER;
    *own_version = SECPKG_INTERFACE_VERSION;
    *tables = &user_functions;
    *count = 1;
    return STATUS_SUCCESS;
}
