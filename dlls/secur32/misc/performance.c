/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The entry points of a DLL of performance counters. The library counts nothing, so what is
 * collected has no objects in it, which is how such a DLL says that it has none.
 *
 * Source: Microsoft Learn, "OpenPerformanceData", "CollectPerformanceData" and
 * "ClosePerformanceData callback functions".
 */
#include "winsspi.h"

DWORD WINAPI OpenLsaPerformanceData(LPWSTR devices)
{
    (void)devices; /* the page: not used */
    return ERROR_SUCCESS;
}

/* data: where the objects would go; it stays, since none do. */
DWORD WINAPI CollectLsaPerformanceData(LPWSTR query, LPVOID *data, LPDWORD size, LPDWORD types)
{
    if (!query || !data || !size || !types)
        return ERROR_INVALID_PARAMETER;
    *size = 0;
    *types = 0;
    return ERROR_SUCCESS;
}

DWORD WINAPI CloseLsaPerformanceData(void)
{
    return ERROR_SUCCESS;
}
