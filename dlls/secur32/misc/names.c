/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GetUserNameEx, TranslateName, GetComputerObjectName, for a computer that is in no domain: of the
 * user only the name that NT 4 knew is there; a directory that could translate is not.
 *
 * Sources: Microsoft Learn, the pages of these functions and of EXTENDED_NAME_FORMAT. Observed:
 * asking for the size fails with ERROR_MORE_DATA and tells characters with the zero
 * (node-expose-sspi takes no other code), success tells them without; a user without a domain has
 * no display, principal, canonical or unique name (ERROR_NONE_MAPPED); TranslateName fails with
 * ERROR_NO_SUCH_DOMAIN where there is no directory (OpenSSH for Windows).
 */
#include "misc/names.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"

static const EXTENDED_NAME_FORMAT known_formats[] = {
    NameFullyQualifiedDN, NameSamCompatible, NameDisplay,     NameUniqueId,
    NameCanonical,        NameUserPrincipal, NameCanonicalEx, NameServicePrincipal,
    NameDnsDomain,        NameGivenName,     NameSurname,
};

static bool is_known(EXTENDED_NAME_FORMAT format)
{
    for (size_t i = 0; i < COUNT_OF(known_formats); i++)
        if (known_formats[i] == format)
            return true;
    return false;
}

static BOOLEAN fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

static DWORD user_name(EXTENDED_NAME_FORMAT format, const ULONG *size, WCHAR **name)
{
    if (!size || !is_known(format))
        return ERROR_INVALID_PARAMETER;
    if (format != NameSamCompatible)
        return ERROR_NONE_MAPPED;
    return names_user(name);
}

/* text: so many characters of `unit` bytes, without the zero. */
static BOOLEAN hand_out(const void *text, size_t characters, size_t unit, void *buffer, ULONG *size)
{
    if (!buffer || *size <= characters) {
        *size = (ULONG)characters + 1;
        return fail(ERROR_MORE_DATA);
    }
    memcpy(buffer, text, (characters + 1) * unit);
    *size = (ULONG)characters;
    return TRUE;
}

BOOLEAN SEC_ENTRY GetUserNameExW(EXTENDED_NAME_FORMAT format, LPWSTR buffer, PULONG size)
{
    WCHAR *name = NULL;
    DWORD error = user_name(format, size, &name);
    BOOLEAN done;

    if (error != ERROR_SUCCESS)
        return fail(error);
    done = hand_out(name, platform_wide_length(name), sizeof(*name), buffer, size);
    mem_free(name);
    return done;
}

BOOLEAN SEC_ENTRY GetUserNameExA(EXTENDED_NAME_FORMAT format, LPSTR buffer, PULONG size)
{
    WCHAR *wide = NULL;
    char *name = NULL;
    DWORD error = user_name(format, size, &wide);
    BOOLEAN done;

    if (error != ERROR_SUCCESS)
        return fail(error);
    if (platform_ansi_from_wide(wide, &name) == SEC_E_OK)
        done = hand_out(name, strlen(name), sizeof(*name), buffer, size);
    else
        done = fail(ERROR_NOT_ENOUGH_MEMORY);
    mem_free(name);
    mem_free(wide);
    return done;
}

/* ---- what needs a directory
 * ---------------------------------------------------------------------------- */

static BOOLEAN computer_name(EXTENDED_NAME_FORMAT format, const ULONG *size)
{
    if (!size || !is_known(format))
        return fail(ERROR_INVALID_PARAMETER);
    return fail(ERROR_CANT_ACCESS_DOMAIN_INFO);
}

BOOLEAN SEC_ENTRY GetComputerObjectNameW(EXTENDED_NAME_FORMAT format, LPWSTR buffer, PULONG size)
{
    (void)buffer;
    return computer_name(format, size);
}

BOOLEAN SEC_ENTRY GetComputerObjectNameA(EXTENDED_NAME_FORMAT format, LPSTR buffer, PULONG size)
{
    (void)buffer;
    return computer_name(format, size);
}

/* The format of the given name may be NameUnknown: then it is guessed. */
static BOOLEAN translate(bool has_name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to,
                         const ULONG *size)
{
    if (!has_name || !size || (from != NameUnknown && !is_known(from)) || !is_known(to))
        return fail(ERROR_INVALID_PARAMETER);
    return fail(ERROR_NO_SUCH_DOMAIN);
}

BOOLEAN SEC_ENTRY TranslateNameW(LPCWSTR name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to,
                                 LPWSTR buffer, PULONG size)
{
    (void)buffer;
    return translate(name != NULL, from, to, size);
}

BOOLEAN SEC_ENTRY TranslateNameA(LPCSTR name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to,
                                 LPSTR buffer, PULONG size)
{
    (void)buffer;
    return translate(name != NULL, from, to, size);
}
