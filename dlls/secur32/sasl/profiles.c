/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SASL's profiles: which mechanism is which package. A profile is there when its package is in the
 * list; the registry may say other packages for the names that are known. Without a Digest package,
 * of which the library has none, there is no DIGEST-MD5.
 *
 * Source: Microsoft Learn, "SaslEnumerateProfilesW function" (a list of strings that ends with a
 * second zero; the key SaslProfiles below Control\SecurityProviders), "SaslGetProfilePackageW
 * function", "SaslIdentifyPackageW function"; RFC 4752 and RFC 4178 for the names.
 */
#include "winsspi.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"
#include "sasl/sasl.h"
#include "sspi/buffers.h"

#define PROFILE_MAX 20 /* characters of a mechanism's name: RFC 4422 3.1 */

/* clang-format off */
static const struct {
    const char *name;
    const WCHAR *wide_name, *package;
} profiles[] = {
    {"GSSAPI",     u"GSSAPI",     u"Kerberos"},
    {"GSS-SPNEGO", u"GSS-SPNEGO", u"Negotiate"},
    {"DIGEST-MD5", u"DIGEST-MD5", u"WDigest"},
};
/* clang-format on */

/* SecPkgInfo of a profile's package. */
static SECURITY_STATUS profile_package(size_t index, SecPkgInfoW **info)
{
    char *other = platform_setting_text(SETTINGS_PROVIDERS, "SaslProfiles", profiles[index].name);
    WCHAR *wide = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (other)
        status = platform_wide_from_utf8(other, &wide);
    if (status == SEC_E_OK)
        status = QuerySecurityPackageInfoW(
            wide ? wide : (WCHAR *)(uintptr_t)profiles[index].package, info);
    mem_free(wide);
    mem_free(other);
    return status;
}

static bool profile_is_there(size_t index)
{
    SecPkgInfoW *info = NULL;
    bool is_there = profile_package(index, &info) == SEC_E_OK;

    buffers_free(info);
    return is_there;
}

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *list, ULONG *count)
{
    WCHAR *text;
    size_t used = 0;
    ULONG found = 0;

    if (!list || !count)
        return SEC_E_INVALID_TOKEN;
    text = buffers_alloc((COUNT_OF(profiles) * (PROFILE_MAX + 1) + 1) * sizeof(*text));
    if (!text)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        if (profile_is_there(i)) {
            size_t length = strlen(profiles[i].name);

            memcpy(text + used, profiles[i].wide_name, length * sizeof(*text));
            used += length + 1;
            found++;
        }
    *list = text;
    *count = found;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesA(LPSTR *list, ULONG *count)
{
    char *text;
    size_t used = 0;
    ULONG found = 0;

    if (!list || !count)
        return SEC_E_INVALID_TOKEN;
    text = buffers_alloc(COUNT_OF(profiles) * (PROFILE_MAX + 1) + 1);
    if (!text)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        if (profile_is_there(i)) {
            size_t length = strlen(profiles[i].name);

            memcpy(text + used, profiles[i].name, length);
            used += length + 1;
            found++;
        }
    *list = text;
    *count = found;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR profile, PSecPkgInfoW *info)
{
    if (!profile || !info)
        return SEC_E_INVALID_TOKEN;
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        if (platform_wide_same(profiles[i].wide_name, profile))
            return profile_package(i, info);
    return SEC_E_SECPKG_NOT_FOUND;
}

/* The same package's description in ANSI; takes the wide one. */
static SECURITY_STATUS narrow_info(SecPkgInfoW *take_wide, SecPkgInfoA **info)
{
    char *name = NULL;
    SECURITY_STATUS status = platform_ansi_from_wide(take_wide->Name, &name);

    if (status == SEC_E_OK)
        status = QuerySecurityPackageInfoA(name, info);
    mem_free(name);
    buffers_free(take_wide);
    return status;
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageA(LPSTR profile, PSecPkgInfoA *info)
{
    SecPkgInfoW *wide_info = NULL;
    WCHAR *wide = NULL;
    SECURITY_STATUS status;

    if (!profile || !info)
        return SEC_E_INVALID_TOKEN;
    status = platform_wide_from_ansi(profile, &wide);
    if (status == SEC_E_OK)
        status = SaslGetProfilePackageW(wide, &wide_info);
    mem_free(wide);
    return status == SEC_E_OK ? narrow_info(wide_info, info) : status;
}

/* ---- by what a client begins with
 * ------------------------------------------------------------------- */

static uint8_t upper(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 'a' + 'A') : byte;
}

/* The name of a mechanism, and then its end or something that cannot be part of one. */
static bool begins_with_name(struct span token, const char *name)
{
    size_t size = strlen(name);

    if (token.size < size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (upper(token.data[i]) != (uint8_t)name[i])
            return false;
    return token.size == size ||
           (upper(token.data[size]) < 'A' && token.data[size] != '-' && token.data[size] != '_' &&
            !(token.data[size] >= '0' && token.data[size] <= '9'));
}

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc input, PSecPkgInfoW *info)
{
    const SecBuffer *buffer;
    struct span token;

    if (!info || !input || buffers_check(input) != SEC_E_OK)
        return SEC_E_INVALID_TOKEN;
    buffer = buffers_find(input, SECBUFFER_TOKEN, 0);
    if (!buffer)
        return SEC_E_INVALID_TOKEN;
    token = buffer_span(buffer);
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        if (begins_with_name(token, profiles[i].name))
            return profile_package(i, info);
    return SEC_E_SECPKG_NOT_FOUND;
}

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageA(PSecBufferDesc input, PSecPkgInfoA *info)
{
    SecPkgInfoW *wide = NULL;
    SECURITY_STATUS status;

    if (!info)
        return SEC_E_INVALID_TOKEN;
    status = SaslIdentifyPackageW(input, &wide);
    return status == SEC_E_OK ? narrow_info(wide, info) : status;
}
