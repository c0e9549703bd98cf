/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Negotiate, Kerberos and NTLM as the dispatcher sees them. Each is there when the system's GSSAPI
 * has its mechanism and the setting GssapiPackages (a list of names below HKLM\SYSTEM\
 * CurrentControlSet\Control\Lsa; without it: all) names it. The name is left free otherwise, for a
 * package from elsewhere.
 *
 * Sources: Microsoft Learn, "SecPkgInfo structure"; rpcdce.h (RPC_C_AUTHN_ numbers). Capabilities,
 * largest token and comment are what QuerySecurityPackageInfo answers on Windows 10.
 */
#include "gss/package.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gss/context.h"
#include "gss/credential.h"
#include "platform/platform.h"

/* clang-format off */
#define ALL_CAPABILITIES                                                                           \
    (SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION |                        \
     SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME |      \
     SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_LOGON | SECPKG_FLAG_RESTRICTED_TOKENS)
#define NTLM_CAPABILITIES (ALL_CAPABILITIES | SECPKG_FLAG_TOKEN_ONLY)
#define NEGOTIATE_CAPABILITIES                                                                     \
    (ALL_CAPABILITIES | SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_GSS_COMPATIBLE)
#define KERBEROS_CAPABILITIES                                                                      \
    (NEGOTIATE_CAPABILITIES | SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_DATAGRAM |                      \
     SECPKG_FLAG_MUTUAL_AUTH | SECPKG_FLAG_DELEGATION | SECPKG_FLAG_READONLY_WITH_CHECKSUM)
/* clang-format on */
_Static_assert(NTLM_CAPABILITIES == 0x82b37, "what Windows tells");
_Static_assert(NEGOTIATE_CAPABILITIES == 0x83bb3, "what Windows tells");
_Static_assert(KERBEROS_CAPABILITIES == 0xf3bbf, "what Windows tells");

static const char *const mech_names[MECH_COUNT] = {
    [MECH_NTLM] = "NTLM", [MECH_KERBEROS] = "Kerberos", [MECH_NEGOTIATE] = "Negotiate"};

/* Is the name an element of the comma list? Case and blanks do not count. */
static bool list_names(const char *list, const char *name)
{
    size_t length = strlen(name);

    while (*list) {
        size_t size = strcspn(list, ","), start = strspn(list, " \t"), end = size;
        bool same;

        while (end > start && (list[end - 1] == ' ' || list[end - 1] == '\t'))
            end--;
        same = start <= size && end - start == length;
        for (size_t i = 0; same && i < length; i++)
            same = (list[start + i] | 0x20) == (name[i] | 0x20);
        if (same)
            return true;
        list += size + (list[size] == ',');
    }
    return false;
}

static bool is_wanted(enum mech mech)
{
    char *list = platform_setting_text(SETTINGS_LSA, "", "GssapiPackages");
    bool wanted = !list || list_names(list, mech_names[mech]);

    mem_free(list);
    return wanted;
}

/* Negotiate without NTLM is left to others, which may have an NTLM of their own. */
static uint32_t needed_mechs(enum mech mech)
{
    return MECH_BIT(mech) | (mech == MECH_NEGOTIATE ? MECH_BIT(MECH_NTLM) : 0);
}

/* One line for all three packages where the library is missing. */
static void tell_problem(const struct mech_library *library)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&told))
        TRACE(LOG_GSS, "Negotiate, Kerberos and NTLM: %s", library->problem);
}

static SECURITY_STATUS start(enum mech mech)
{
    struct mech_library library = {0};
    enum mech_status called;

    if (!is_wanted(mech)) {
        TRACE(LOG_GSS, "%s: left to others by the setting GssapiPackages", mech_names[mech]);
        return SEC_E_SECPKG_NOT_FOUND;
    }
    called = mech_load(&library);
    if (called == MECH_OK && (library.mechs & needed_mechs(mech)) == needed_mechs(mech))
        return SEC_E_OK;
    if (called == MECH_OK)
        TRACE(LOG_GSS, "%s is not available: GSSAPI lacks the mechanism (package gss-ntlmssp)",
              mech_names[mech]);
    else
        tell_problem(&library);
    return SEC_E_SECPKG_NOT_FOUND;
}

/* What differs between the three is told by the first functions that a program calls. */
#define GSS_SSP(mech, id, wide_name, about, flags, rpc, token)                                     \
    static const WCHAR *const id##_names[] = {wide_name};                                          \
    static SECURITY_STATUS id##_start(void)                                                        \
    {                                                                                              \
        return start(mech);                                                                        \
    }                                                                                              \
    static SECURITY_STATUS id##_acquire(struct ssp_acquire *call)                                  \
    {                                                                                              \
        return gss_acquire(mech, call);                                                            \
    }                                                                                              \
    static NTSTATUS id##_logon(struct ssp_logon *logon)                                            \
    {                                                                                              \
        return gss_logon(mech, logon);                                                             \
    }                                                                                              \
    const struct ssp gss_##id##_ssp = {                                                            \
        .names = id##_names,                                                                       \
        .name_count = 1,                                                                           \
        .comment = about,                                                                          \
        .capabilities = flags,                                                                     \
        .version = 1,                                                                              \
        .rpc_id = rpc,                                                                             \
        .max_token = token,                                                                        \
        .start = id##_start,                                                                       \
        .acquire = id##_acquire,                                                                   \
        .free_credential = gss_free_credential,                                                    \
        .query_credential = gss_query_credential,                                                  \
        .initialize = gss_initialize,                                                              \
        .accept = gss_accept,                                                                      \
        .delete_context = gss_delete_context,                                                      \
        .query_context = gss_query_context,                                                        \
        .seal = gss_seal_message,                                                                  \
        .unseal = gss_unseal_message,                                                              \
        .sign = gss_sign_message,                                                                  \
        .verify = gss_verify_message,                                                              \
        .impersonate = gss_impersonate,                                                            \
        .revert = gss_revert,                                                                      \
        .query_token = gss_query_token,                                                            \
        .logon = id##_logon,                                                                       \
    }

GSS_SSP(MECH_NEGOTIATE, negotiate, u"Negotiate", u"Microsoft Package Negotiator",
        NEGOTIATE_CAPABILITIES, 9, 48256);
GSS_SSP(MECH_KERBEROS, kerberos, u"Kerberos", u"Microsoft Kerberos V1.0", KERBEROS_CAPABILITIES, 16,
        48000);
GSS_SSP(MECH_NTLM, ntlm, u"NTLM", u"NTLM Security Package", NTLM_CAPABILITIES, 10, 2888);

const struct ssp *gss_package(enum mech mech)
{
    static const struct ssp *const packages[MECH_COUNT] = {[MECH_NTLM] = &gss_ntlm_ssp,
                                                           [MECH_KERBEROS] = &gss_kerberos_ssp,
                                                           [MECH_NEGOTIATE] = &gss_negotiate_ssp};

    return packages[mech];
}
