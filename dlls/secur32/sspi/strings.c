/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See strings.h.
 */
#include "sspi/strings.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

SECURITY_STATUS strings_widen(const char *const *narrow, WCHAR **wide, size_t count)
{
    SECURITY_STATUS status = SEC_E_OK;

    for (size_t i = 0; i < count; i++)
        wide[i] = NULL;
    for (size_t i = 0; i < count && status == SEC_E_OK; i++)
        status = platform_wide_from_ansi(narrow[i], &wide[i]);
    if (status != SEC_E_OK)
        strings_done(wide, count);
    return status;
}

void strings_done(WCHAR **wide, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (wide[i])
            mem_wipe_free(wide[i], platform_wide_length(wide[i]) * sizeof(WCHAR));
        wide[i] = NULL;
    }
}

SECURITY_STATUS strings_narrow_buffer(const WCHAR *wide, char **narrow)
{
    char *text = NULL, *copy = NULL;
    SECURITY_STATUS status = platform_ansi_from_wide(wide, &text);

    if (status != SEC_E_OK)
        return status;
    if (text) {
        size_t size = strlen(text) + 1;

        copy = buffers_alloc(size);
        if (copy)
            memcpy(copy, text, size);
        else
            status = SEC_E_INSUFFICIENT_MEMORY;
        mem_wipe_free(text, size);
    }
    if (status == SEC_E_OK)
        *narrow = copy;
    return status;
}
