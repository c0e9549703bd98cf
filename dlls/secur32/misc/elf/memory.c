/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See misc/memory.h.
 */
#include "misc/memory.h"

#include <malloc.h>

#include "base/mem.h"

void *local_alloc(size_t size)
{
    return mem_alloc(size);
}

void local_free(void *memory)
{
    if (memory)
        mem_wipe_free(memory, malloc_usable_size(memory));
}
