/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, the process, on Windows.
 */
#include "platform/platform.h"

#include <windows.h>

uintptr_t platform_thread_self(void)
{
    return GetCurrentThreadId();
}

void *platform_program_alloc(size_t size)
{
    return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size ? size : 1);
}

void platform_program_free(void *memory)
{
    if (memory)
        HeapFree(GetProcessHeap(), 0, memory);
}
