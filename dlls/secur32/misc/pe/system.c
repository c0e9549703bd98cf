/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See misc/system.h.
 */
#include "misc/system.h"

#include "winsspi.h"

#include "base/sync.h"

static struct lock index_lock = LOCK_INITIALIZER; /* guards the making of the index */
static atomic_ulong slot = TLS_OUT_OF_INDEXES;    /* of the thread's pointer */

bool random_fill(void *memory, size_t size)
{
    return size <= UINT32_MAX && RtlGenRandom(memory, (ULONG)size);
}

void *thread_value_get(void)
{
    DWORD known = atomic_load(&slot);

    return known == TLS_OUT_OF_INDEXES ? NULL : TlsGetValue(known);
}

bool thread_value_set(void *value)
{
    DWORD known;

    lock_take(&index_lock);
    known = atomic_load(&slot);
    if (known == TLS_OUT_OF_INDEXES) {
        known = TlsAlloc();
        atomic_store(&slot, known);
    }
    lock_release(&index_lock);
    return known != TLS_OUT_OF_INDEXES && TlsSetValue(known, value);
}
