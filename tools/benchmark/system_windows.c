/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See bench.h: clock and memory, Windows.
 */
#include "bench.h"

#include <windows.h>

#define PSAPI_VERSION 2
#include <psapi.h>

uint64_t system_clock_ns(void)
{
    LARGE_INTEGER now, rate;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&rate);
    return (uint64_t)now.QuadPart / (uint64_t)rate.QuadPart * 1000000000u +
           (uint64_t)now.QuadPart % (uint64_t)rate.QuadPart * 1000000000u / (uint64_t)rate.QuadPart;
}

/* A program has no way to stand before the heap of another DLL. */
size_t system_allocations(void)
{
    return NO_COUNT;
}

size_t system_memory(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof(counters)};

    return GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof(counters))
               ? counters.WorkingSetSize
               : 0;
}
