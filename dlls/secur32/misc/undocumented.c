/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Exports without a public description. Programs find them by name, so the names must exist; each
 * says that it is not built. Prototypes: include/common/winsspi_undocumented.h.
 */
#include "misc/absent.h"

/* ---- the client of the calling thread */

SECURITY_STATUS SEC_ENTRY SecpSetIPAddress(void)
{
    return absent_sspi("SecpSetIPAddress");
}

/* "Protected Users" is a group of a domain, and there is none. */
NTSTATUS SeciIsProtectedUser(PBOOLEAN is_protected)
{
    if (!is_protected)
        return STATUS_INVALID_PARAMETER;
    *is_protected = FALSE;
    return STATUS_SUCCESS;
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
    (void)memory; /* NULL: SecpTranslateName gives none */
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

/* The list of packages is made when it is first needed; by its name, here. */
void SEC_ENTRY SecCacheSspiPackages(void)
{
    SecPkgInfoW *info = NULL;
    ULONG count = 0;

    if (EnumerateSecurityPackagesW(&count, &info) == SEC_E_OK)
        FreeContextBuffer(info);
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
