/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See mem.h.
 */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* Guarded by being atomic. Negative: no failure is wanted, the state of every program but tests. */
static atomic_long failure_countdown = -1;

static bool failure_is_due(void)
{
    if (atomic_load_explicit(&failure_countdown, memory_order_relaxed) < 0)
        return false;
    return atomic_fetch_sub(&failure_countdown, 1) == 0;
}

void mem_fail_after(long count)
{
    atomic_store(&failure_countdown, count);
}

bool mem_failure_pending(void)
{
    return atomic_load(&failure_countdown) >= 0;
}

/* glibc keeps small blocks ready for each thread, which its calloc does not take: it costs several
 * times as much, and a handshake makes dozens of them. */
#define SMALL 1024

void *mem_alloc(size_t size)
{
    void *memory;

    if (failure_is_due())
        return NULL;
    if (size == 0)
        size = 1;
    if (size > SMALL)
        return calloc(1, size);
    memory = malloc(size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

void *mem_alloc_array(size_t count, size_t size)
{
    size_t total;

    if (!size_multiply(count, size, &total))
        return NULL;
    return mem_alloc(total);
}

void *mem_copy(struct span bytes)
{
    void *copy = failure_is_due() ? NULL : malloc(bytes.size ? bytes.size : 1);

    if (copy && bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}

char *mem_copy_string(const char *text)
{
    return mem_copy(span_of(text, strlen(text) + 1));
}

void mem_free(void *memory)
{
    free(memory);
}

void mem_wipe(void *memory, size_t size)
{
    if (size)
        memset(memory, 0, size);
    __asm__ __volatile__("" : : "r"(memory) : "memory");
}

void mem_wipe_free(void *memory, size_t size)
{
    if (memory)
        mem_wipe(memory, size);
    free(memory);
}
