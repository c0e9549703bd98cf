/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, the process, on Linux.
 */
#include "platform/platform.h"

#include <malloc.h>

#include "base/mem.h"

static _Thread_local char self;

uintptr_t platform_thread_self(void)
{
    return (uintptr_t)&self;
}

void *platform_program_alloc(size_t size)
{
    return mem_alloc(size);
}

void platform_program_free(void *memory)
{
    if (memory)
        mem_wipe_free(memory, malloc_usable_size(memory));
}
