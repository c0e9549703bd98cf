/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, text: what needs nothing of the system.
 */
#include "platform/platform.h"

size_t platform_wide_length(const WCHAR *wide)
{
    size_t length = 0;

    while (wide[length])
        length++;
    return length;
}

static WCHAR lower(WCHAR unit)
{
    return unit >= 'A' && unit <= 'Z' ? (WCHAR)(unit + ('a' - 'A')) : unit;
}

bool platform_wide_same(const WCHAR *a, const WCHAR *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}
