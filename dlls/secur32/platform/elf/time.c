/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, time, on Linux. A FILETIME counts units of 100 ns since 1601-01-01 (Microsoft Learn,
 * "FILETIME structure"). Results that would not fit become the nearest value that does.
 */
#include "platform/platform.h"

#include <time.h>

#define UNITS_PER_SECOND 10000000
#define SECONDS_1601_TO_1970 INT64_C(11644473600)

static int64_t add_clamped(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

int64_t platform_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return add_clamped(platform_filetime_from_unix(now.tv_sec), now.tv_nsec / 100);
}

int64_t platform_filetime_from_unix(int64_t seconds)
{
    int64_t units;

    if (__builtin_mul_overflow(add_clamped(seconds, SECONDS_1601_TO_1970), UNITS_PER_SECOND,
                               &units))
        return seconds > 0 ? INT64_MAX : INT64_MIN;
    return units;
}

/* The zone's difference of today, whatever the date of the argument: so does Windows' own function
 * (Microsoft Learn, "FileTimeToLocalFileTime", Remarks). */
int64_t platform_local_from_utc(int64_t filetime)
{
    time_t now = time(NULL);
    struct tm local;

    if (!localtime_r(&now, &local))
        return filetime;
    return add_clamped(filetime, (int64_t)local.tm_gmtoff * UNITS_PER_SECOND);
}

uint64_t platform_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
