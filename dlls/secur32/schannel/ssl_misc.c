/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The rest of schannel.dll: random bytes, a size, and entry points that are not for programs. Those
 * say that they are not built.
 *
 * Sources: schannel.h, ntsecpkg.h of the Windows SDK; the export table of a Windows 11. Neither
 * says which key's size SslGetMaximumKeySize means; beside functions that make RSA keys it can only
 * be theirs, and CNG's RSA keys have 16384 bits at most (Microsoft Learn, "CNG Algorithm
 * Identifiers").
 */
#include "winsspi.h"

#include "base/log.h"
#include "platform/platform.h"

#define RSA_BITS_MAX 16384

DWORD WINAPI SslGetMaximumKeySize(DWORD reserved)
{
    (void)reserved;
    return RSA_BITS_MAX;
}

/* There is no way to say that it failed, so a program must not go on with what was in its memory.
 */
VOID WINAPI SslGenerateRandomBits(PUCHAR to, LONG size)
{
    if (to && size > 0)
        platform_random(to, (size_t)size);
}

/* ---- for the LSA: the packages are in secur32.dll itself ---- */

NTSTATUS WINAPI SpLsaModeInitialize(ULONG lsa_version, PULONG package_version, void **tables,
                                    PULONG count)
{
    (void)lsa_version;
    (void)package_version;
    (void)tables;
    (void)count;
    log_absent(LOG_SCHANNEL, "SpLsaModeInitialize");
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS WINAPI SpUserModeInitialize(ULONG lsa_version, PULONG package_version, void **tables,
                                     PULONG count)
{
    (void)lsa_version;
    (void)package_version;
    (void)tables;
    (void)count;
    log_absent(LOG_SCHANNEL, "SpUserModeInitialize");
    return STATUS_NOT_SUPPORTED;
}

/* ---- without a public description ---- */

BOOL WINAPI SslLoadCertificate(ULONG_PTR certificate, ULONG_PTR size, ULONG_PTR flag)
{
    (void)certificate;
    (void)size;
    (void)flag;
    log_absent(LOG_SCHANNEL, "SslLoadCertificate");
    SetLastError(ERROR_CALL_NOT_IMPLEMENTED);
    return FALSE;
}

SECURITY_STATUS WINAPI SslCopyTlsExtensions(void)
{
    log_absent(LOG_SCHANNEL, "SslCopyTlsExtensions");
    return SEC_E_UNSUPPORTED_FUNCTION;
}

void WINAPI SslFreeCustomBuffer(void)
{
    log_absent(LOG_SCHANNEL, "SslFreeCustomBuffer");
}
