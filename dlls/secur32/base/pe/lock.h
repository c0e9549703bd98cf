/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * How a thread of the PE build waits for a lock: WaitOnAddress. See base/lock.c.
 */
#ifndef SECUR32_BASE_PE_LOCK_H
#define SECUR32_BASE_PE_LOCK_H

#include <stdatomic.h>

#include <windef.h>
#include <winbase.h>

/* Returns when woken, when the word has another value, or for no reason. */
static inline void lock_sleep(atomic_uint *word, unsigned value)
{
    WaitOnAddress((volatile void *)word, &value, sizeof(value), INFINITE);
}

static inline void lock_wake_one(atomic_uint *word)
{
    WakeByAddressSingle(word);
}

#endif
