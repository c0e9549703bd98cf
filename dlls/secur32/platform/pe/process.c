/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, the process, on Windows.
 */
#include "platform/platform.h"

#include <windows.h>

#include "base/mem.h"

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
    SIZE_T size;

    if (!memory)
        return;
    size = HeapSize(GetProcessHeap(), 0, memory);
    if (size != (SIZE_T)-1) /* it is the heap's */
        mem_wipe(memory, size);
    HeapFree(GetProcessHeap(), 0, memory);
}
