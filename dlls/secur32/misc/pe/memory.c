/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See misc/memory.h.
 */
#include "misc/memory.h"

#include "winsspi.h"

#include "base/mem.h"

void *local_alloc(size_t size)
{
    return LocalAlloc(LPTR, size);
}

void local_free(void *memory)
{
    if (!memory)
        return;
    mem_wipe(memory, LocalSize(memory));
    LocalFree(memory);
}
