/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, text, on Windows: its own conversions.
 */
#include "platform/platform.h"

#include <windows.h>

#include "base/mem.h"

static SECURITY_STATUS conversion_failed(void)
{
    return GetLastError() == ERROR_NO_UNICODE_TRANSLATION ? SEC_E_INVALID_TOKEN
                                                          : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS wide_from(UINT page, DWORD flags, const char *text, WCHAR **wide)
{
    int units;
    WCHAR *result;

    if (!text) {
        *wide = NULL;
        return SEC_E_OK;
    }
    /* With the zero, therefore never 0 but on failure. */
    units = MultiByteToWideChar(page, flags, text, -1, NULL, 0);
    if (units <= 0)
        return conversion_failed();
    result = mem_alloc_array((size_t)units, sizeof(*result));
    if (!result)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (MultiByteToWideChar(page, flags, text, -1, result, units) != units) {
        mem_free(result);
        return SEC_E_INTERNAL_ERROR;
    }
    *wide = result;
    return SEC_E_OK;
}

static SECURITY_STATUS text_from(UINT page, DWORD flags, const WCHAR *wide, char **text)
{
    int size;
    char *result;

    if (!wide) {
        *text = NULL;
        return SEC_E_OK;
    }
    size = WideCharToMultiByte(page, flags, wide, -1, NULL, 0, NULL, NULL);
    if (size <= 0)
        return conversion_failed();
    result = mem_alloc((size_t)size);
    if (!result)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (WideCharToMultiByte(page, flags, wide, -1, result, size, NULL, NULL) != size) {
        mem_free(result);
        return SEC_E_INTERNAL_ERROR;
    }
    *text = result;
    return SEC_E_OK;
}

SECURITY_STATUS platform_wide_from_ansi(const char *ansi, WCHAR **wide)
{
    return wide_from(CP_ACP, 0, ansi, wide);
}

SECURITY_STATUS platform_ansi_from_wide(const WCHAR *wide, char **ansi)
{
    return text_from(CP_ACP, 0, wide, ansi);
}

SECURITY_STATUS platform_wide_from_utf8(const char *utf8, WCHAR **wide)
{
    return wide_from(CP_UTF8, MB_ERR_INVALID_CHARS, utf8, wide);
}

SECURITY_STATUS platform_utf8_from_wide(const WCHAR *wide, char **utf8)
{
    return text_from(CP_UTF8, WC_ERR_INVALID_CHARS, wide, utf8);
}
