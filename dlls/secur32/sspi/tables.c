/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * InitSecurityInterfaceA/W: one table per character set and process. The order of the members is
 * ABI: go-mssqldb and Indy reach them by offset.
 *
 * dwVersion tells how far a table goes, and ours go to the end of version 5. Reserved3 and
 * Reserved4 were the places of SealMessage and UnsealMessage, and programs as old as that call them
 * there (so do Indy and, where EncryptMessage is NULL, Miranda). The other members that sspi.h
 * reserves are NULL, since a program can only test for that.
 *
 * Source: Microsoft Learn, "SecurityFunctionTableW structure"; sspi.h.
 */
#include "winsspi.h"

/* clang-format off */
#define MEMBERS_OF_BOTH                                          \
    .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5,  \
    .AcceptSecurityContext = AcceptSecurityContext,              \
    .CompleteAuthToken = CompleteAuthToken,                      \
    .DeleteSecurityContext = DeleteSecurityContext,              \
    .ApplyControlToken = ApplyControlToken,                      \
    .ImpersonateSecurityContext = ImpersonateSecurityContext,    \
    .RevertSecurityContext = RevertSecurityContext,              \
    .MakeSignature = MakeSignature,                              \
    .VerifySignature = VerifySignature,                          \
    .FreeContextBuffer = FreeContextBuffer,                      \
    .Reserved3 = (void *)(uintptr_t)EncryptMessage,              \
    .Reserved4 = (void *)(uintptr_t)DecryptMessage,              \
    .ExportSecurityContext = ExportSecurityContext,              \
    .QuerySecurityContextToken = QuerySecurityContextToken,      \
    .EncryptMessage = EncryptMessage,                            \
    .DecryptMessage = DecryptMessage

static SecurityFunctionTableW wide_table = {
    MEMBERS_OF_BOTH,
    .FreeCredentialsHandle = FreeCredentialsHandle,
    .EnumerateSecurityPackagesW = EnumerateSecurityPackagesW,
    .QueryCredentialsAttributesW = QueryCredentialsAttributesW,
    .AcquireCredentialsHandleW = AcquireCredentialsHandleW,
    .InitializeSecurityContextW = InitializeSecurityContextW,
    .QueryContextAttributesW = QueryContextAttributesW,
    .QuerySecurityPackageInfoW = QuerySecurityPackageInfoW,
    .ImportSecurityContextW = ImportSecurityContextW,
    .AddCredentialsW = AddCredentialsW,
    .SetContextAttributesW = SetContextAttributesW,
    .SetCredentialsAttributesW = SetCredentialsAttributesW,
    .ChangeAccountPasswordW = ChangeAccountPasswordW,
    .QueryContextAttributesExW = QueryContextAttributesExW,
    .QueryCredentialsAttributesExW = QueryCredentialsAttributesExW,
};

static SecurityFunctionTableA narrow_table = {
    MEMBERS_OF_BOTH,
    .FreeCredentialsHandle = FreeCredentialsHandle,
    .EnumerateSecurityPackagesA = EnumerateSecurityPackagesA,
    .QueryCredentialsAttributesA = QueryCredentialsAttributesA,
    .AcquireCredentialsHandleA = AcquireCredentialsHandleA,
    .InitializeSecurityContextA = InitializeSecurityContextA,
    .QueryContextAttributesA = QueryContextAttributesA,
    .QuerySecurityPackageInfoA = QuerySecurityPackageInfoA,
    .ImportSecurityContextA = ImportSecurityContextA,
    .AddCredentialsA = AddCredentialsA,
    .SetContextAttributesA = SetContextAttributesA,
    .SetCredentialsAttributesA = SetCredentialsAttributesA,
    .ChangeAccountPasswordA = ChangeAccountPasswordA,
    .QueryContextAttributesExA = QueryContextAttributesExA,
    .QueryCredentialsAttributesExA = QueryCredentialsAttributesExA,
};
/* clang-format on */

PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void)
{
    return &wide_table;
}

PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void)
{
    return &narrow_table;
}
