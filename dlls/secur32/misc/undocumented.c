/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Exports without a public description, and those that set facts about the calling thread for an
 * authority that is not there. Programs find them by name, so the names must exist; each says that
 * it is not built. Prototypes: include/common/winsspi_undocumented.h and sspi.h.
 */
#include "misc/absent.h"

/* ---- the client of the calling thread ("SeciAllocateAndSetIPAddress function")
 * ------------------------ */

SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetIPAddress(PUCHAR address, ULONG size, int *free_context)
{
    (void)address;
    (void)size;
    (void)free_context;
    return absent_sspi("SeciAllocateAndSetIPAddress");
}

SECURITY_STATUS SEC_ENTRY SecAllocateAndSetIPAddress(PUCHAR address, ULONG size, int *free_context)
{
    (void)address;
    (void)size;
    (void)free_context;
    return absent_sspi("SecAllocateAndSetIPAddress");
}

SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetCallTarget(PUCHAR address, ULONG size, LPWSTR target,
                                                       int *free_context)
{
    (void)address;
    (void)size;
    (void)target;
    (void)free_context;
    return absent_sspi("SeciAllocateAndSetCallTarget");
}

SECURITY_STATUS SEC_ENTRY SecAllocateAndSetCallTarget(PUCHAR address, ULONG size, LPWSTR target,
                                                      int *free_context)
{
    (void)address;
    (void)size;
    (void)target;
    (void)free_context;
    return absent_sspi("SecAllocateAndSetCallTarget");
}

SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetCallFlags(ULONG flags, int *free_context)
{
    (void)flags;
    (void)free_context;
    return absent_sspi("SeciAllocateAndSetCallFlags");
}

void SEC_ENTRY SeciFreeCallContext(void)
{
    log_absent(LOG_MISC, "SeciFreeCallContext");
}

void SEC_ENTRY SecFreeCallContext(void)
{
    log_absent(LOG_MISC, "SecFreeCallContext");
}

SECURITY_STATUS SEC_ENTRY SecpSetIPAddress(void)
{
    return absent_sspi("SecpSetIPAddress");
}

SECURITY_STATUS SEC_ENTRY SeciIsProtectedUser(void)
{
    return absent_sspi("SeciIsProtectedUser");
}

/* ---- performance counters
 * ------------------------------------------------------------------------------ */

DWORD WINAPI OpenLsaPerformanceData(LPWSTR devices)
{
    (void)devices;
    return absent_win32("OpenLsaPerformanceData");
}

DWORD WINAPI CollectLsaPerformanceData(LPWSTR query, LPVOID *data, LPDWORD size, LPDWORD types)
{
    (void)query;
    (void)data;
    (void)size;
    (void)types;
    return absent_win32("CollectLsaPerformanceData");
}

DWORD WINAPI CloseLsaPerformanceData(void)
{
    return absent_win32("CloseLsaPerformanceData");
}

/* ---- names
 * --------------------------------------------------------------------------------------------- */

BOOLEAN SEC_ENTRY SecpTranslateName(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d, ULONG_PTR e,
                                    ULONG_PTR f)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    (void)e;
    (void)f;
    return absent_boolean("SecpTranslateName");
}

BOOLEAN SEC_ENTRY SecpTranslateNameEx(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d,
                                      ULONG_PTR e, ULONG_PTR f)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    (void)e;
    (void)f;
    return absent_boolean("SecpTranslateNameEx");
}

void SEC_ENTRY SecpFreeMemory(void *memory)
{
    (void)memory; /* SecpTranslateName gave none */
    log_absent(LOG_MISC, "SecpFreeMemory");
}

SECURITY_STATUS SEC_ENTRY SspiGetComputerNameForSPN(ULONG_PTR a, ULONG_PTR b)
{
    (void)a;
    (void)b;
    return absent_sspi("SspiGetComputerNameForSPN");
}

DWORD WINAPI CredParseUserNameWithType(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c, ULONG_PTR d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return absent_win32("CredParseUserNameWithType");
}

/* ---- packages and identities
 * --------------------------------------------------------------------------- */

void SEC_ENTRY SecCacheSspiPackages(void)
{
    log_absent(LOG_MISC, "SecCacheSspiPackages");
}

SECURITY_STATUS SEC_ENTRY SecInitUserModeContext(PCtxtHandle context, PSecBuffer packed)
{
    (void)context;
    (void)packed;
    return absent_sspi("SecInitUserModeContext");
}

SECURITY_STATUS SEC_ENTRY SecDeleteUserModeContext(PCtxtHandle context)
{
    (void)context;
    return absent_sspi("SecDeleteUserModeContext");
}

SECURITY_STATUS SEC_ENTRY SecGetLocaleSpecificEncryptionRules(void)
{
    return absent_sspi("SecGetLocaleSpecificEncryptionRules");
}

SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentityInternal(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c,
                                                            ULONG_PTR d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return absent_sspi("SspiUnmarshalAuthIdentityInternal");
}
