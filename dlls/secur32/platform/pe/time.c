/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, time, on Windows.
 */
#include "platform/platform.h"

#include <windows.h>

#define UNITS_PER_SECOND 10000000
#define SECONDS_1601_TO_1970 INT64_C(11644473600)

static int64_t value_of(FILETIME time)
{
    return (int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
}

int64_t platform_now(void)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    return value_of(now);
}

int64_t platform_filetime_from_unix(int64_t seconds)
{
    int64_t units;

    if (__builtin_add_overflow(seconds, SECONDS_1601_TO_1970, &units) ||
        __builtin_mul_overflow(units, UNITS_PER_SECOND, &units))
        return seconds > 0 ? INT64_MAX : INT64_MIN;
    return units;
}

int64_t platform_local_from_utc(int64_t filetime)
{
    FILETIME utc = {(DWORD)((uint64_t)filetime & UINT32_MAX), (DWORD)((uint64_t)filetime >> 32)};
    FILETIME local;

    return FileTimeToLocalFileTime(&utc, &local) ? value_of(local) : filetime;
}

uint64_t platform_monotonic_ms(void)
{
    return GetTickCount64();
}
