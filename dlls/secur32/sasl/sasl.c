/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sasl* over the packages: not built yet, and each function says so. No profile exists without a
 * package that SASL knows, so there is none to list.
 *
 * Source of the prototypes: sspi.h.
 */
#include "winsspi.h"

#include "base/log.h"

static SECURITY_STATUS absent(const char *function)
{
    log_absent(LOG_SSPI, function);
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesA(LPSTR *profiles, ULONG *count)
{
    (void)profiles;
    (void)count;
    return absent("SaslEnumerateProfilesA");
}

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *profiles, ULONG *count)
{
    (void)profiles;
    (void)count;
    return absent("SaslEnumerateProfilesW");
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageA(LPSTR profile, PSecPkgInfoA *info)
{
    (void)profile;
    (void)info;
    return absent("SaslGetProfilePackageA");
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR profile, PSecPkgInfoW *info)
{
    (void)profile;
    (void)info;
    return absent("SaslGetProfilePackageW");
}

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageA(PSecBufferDesc input, PSecPkgInfoA *info)
{
    (void)input;
    (void)info;
    return absent("SaslIdentifyPackageA");
}

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc input, PSecPkgInfoW *info)
{
    (void)input;
    (void)info;
    return absent("SaslIdentifyPackageW");
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(
    PCredHandle credential, PCtxtHandle context, LPWSTR target, ULONG request, ULONG reserved1,
    ULONG data_representation, PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
    PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    (void)credential;
    (void)context;
    (void)target;
    (void)request;
    (void)reserved1;
    (void)data_representation;
    (void)input;
    (void)reserved2;
    (void)new_context;
    (void)output;
    (void)attributes;
    (void)expiry;
    return absent("SaslInitializeSecurityContextW");
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextA(
    PCredHandle credential, PCtxtHandle context, LPSTR target, ULONG request, ULONG reserved1,
    ULONG data_representation, PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
    PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    (void)credential;
    (void)context;
    (void)target;
    (void)request;
    (void)reserved1;
    (void)data_representation;
    (void)input;
    (void)reserved2;
    (void)new_context;
    (void)output;
    (void)attributes;
    (void)expiry;
    return absent("SaslInitializeSecurityContextA");
}

SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle credential, PCtxtHandle context,
                                                    PSecBufferDesc input, ULONG request,
                                                    ULONG data_representation,
                                                    PCtxtHandle new_context, PSecBufferDesc output,
                                                    ULONG *attributes, PTimeStamp expiry)
{
    (void)credential;
    (void)context;
    (void)input;
    (void)request;
    (void)data_representation;
    (void)new_context;
    (void)output;
    (void)attributes;
    (void)expiry;
    return absent("SaslAcceptSecurityContext");
}

SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle context, ULONG option, PVOID value,
                                               ULONG size)
{
    (void)context;
    (void)option;
    (void)value;
    (void)size;
    return absent("SaslSetContextOption");
}

SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle context, ULONG option, PVOID value,
                                               ULONG size, PULONG needed)
{
    (void)context;
    (void)option;
    (void)value;
    (void)size;
    (void)needed;
    return absent("SaslGetContextOption");
}
