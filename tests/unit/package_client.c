/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A security DLL of the other kind, for test_packages.c: SSPI's own functions, behind
 * InitSecurityInterfaceW, of two packages. A context is done after one call whose token is the
 * package's name; the functions that it leaves out are NULL.
 *
 * Source: Microsoft Learn, "InitSecurityInterfaceW function", "SecurityFunctionTableW structure".
 */
#include "winsspi.h"

#include <string.h>

#include "packages.h"

#define CREDENTIAL_MARK 0x77
#define CONTEXT_MARK 0x78

static const WCHAR *const names[] = {CLIENT_PACKAGE_NAME, CLIENT_PACKAGE_SECOND};

static SECURITY_STATUS SEC_ENTRY enumerate(PULONG count, PSecPkgInfoW *info)
{
    static SecPkgInfoW all[2];

    for (size_t i = 0; i < 2; i++)
        all[i] = (SecPkgInfoW){.fCapabilities = SECPKG_FLAG_CONNECTION,
                               .wVersion = 1,
                               .wRPCID = 0xffff,
                               .cbMaxToken = PACKAGE_TOKEN,
                               .Name = (WCHAR *)(uintptr_t)names[i],
                               .Comment = (WCHAR *)(uintptr_t)PACKAGE_COMMENT};
    *count = 2;
    *info = all;
    return SEC_E_OK;
}

static SECURITY_STATUS SEC_ENTRY free_buffer(void *memory)
{
    (void)memory; /* all that it gives is its own */
    return SEC_E_OK;
}

static SECURITY_STATUS SEC_ENTRY acquire(WCHAR *principal, WCHAR *package, ULONG use, void *logon,
                                         void *data, SEC_GET_KEY_FN get_key, void *argument,
                                         PCredHandle credential, PTimeStamp expiry)
{
    (void)principal;
    (void)use;
    (void)logon;
    (void)data;
    (void)get_key;
    (void)argument;
    for (ULONG_PTR i = 0; i < 2; i++)
        if (!wcscmp(package, names[i])) {
            *credential = (CredHandle){CREDENTIAL_MARK, i};
            expiry->QuadPart = PACKAGE_EXPIRY;
            return SEC_E_OK;
        }
    return SEC_E_SECPKG_NOT_FOUND;
}

static SECURITY_STATUS SEC_ENTRY free_credential(PCredHandle credential)
{
    return credential->dwLower == CREDENTIAL_MARK ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS SEC_ENTRY initiate(PCredHandle credential, PCtxtHandle context,
                                          WCHAR *target, ULONG request, ULONG reserved,
                                          ULONG representation, PSecBufferDesc input,
                                          ULONG reserved_too, PCtxtHandle new_context,
                                          PSecBufferDesc output, PULONG attributes,
                                          PTimeStamp expiry)
{
    SecBuffer *token = output && output->cBuffers ? output->pBuffers : NULL;
    ULONG size;

    (void)target;
    (void)reserved;
    (void)representation;
    (void)input;
    (void)reserved_too;
    if (context || !credential || credential->dwLower != CREDENTIAL_MARK)
        return SEC_E_INVALID_HANDLE;
    size = (ULONG)(wcslen(names[credential->dwUpper]) * sizeof(WCHAR));
    if (!token || token->cbBuffer < size)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(token->pvBuffer, names[credential->dwUpper], size);
    token->cbBuffer = size;
    *new_context = (CtxtHandle){CONTEXT_MARK, credential->dwUpper};
    *attributes = request;
    expiry->QuadPart = PACKAGE_EXPIRY;
    return SEC_E_OK;
}

static SECURITY_STATUS SEC_ENTRY delete_context(PCtxtHandle context)
{
    return context->dwLower == CONTEXT_MARK ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS SEC_ENTRY query_context(PCtxtHandle context, ULONG attribute, void *buffer)
{
    if (context->dwLower != CONTEXT_MARK)
        return SEC_E_INVALID_HANDLE;
    if (attribute != SECPKG_ATTR_FLAGS)
        return SEC_E_UNSUPPORTED_FUNCTION;
    ((SecPkgContext_Flags *)buffer)->Flags = (ULONG)context->dwUpper;
    return SEC_E_OK;
}

PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void)
{
    static SecurityFunctionTableW table = {
        .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
        .EnumerateSecurityPackagesW = enumerate,
        .AcquireCredentialsHandleW = acquire,
        .FreeCredentialsHandle = free_credential,
        .InitializeSecurityContextW = initiate,
        .DeleteSecurityContext = delete_context,
        .QueryContextAttributesW = query_context,
        .FreeContextBuffer = free_buffer,
    };

    return &table;
}
