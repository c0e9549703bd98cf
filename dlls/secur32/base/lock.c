/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Waiting for a lock. Who waits marks the word, so that the holder knows that somebody is to be
 * woken; who is woken marks it again, since there may be more of them.
 */
#include "base/sync.h"

#include "lock.h" /* lock_sleep, lock_wake_one */

/* A holder is done within a few microseconds; to sleep and be woken costs more. */
#define SPINS 100

static bool spin(struct lock *lock)
{
    for (int i = 0; i < SPINS; i++) {
        unsigned expected = atomic_load_explicit(&lock->word, memory_order_relaxed);

        if (expected == LOCK_WAITED)
            return false; /* there is a queue */
        if (expected == LOCK_FREE &&
            atomic_compare_exchange_strong(&lock->word, &expected, LOCK_HELD))
            return true;
#if defined(__i386__) || defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    return false;
}

void lock_wait(struct lock *lock)
{
    if (spin(lock))
        return;
    while (atomic_exchange(&lock->word, LOCK_WAITED) != LOCK_FREE)
        lock_sleep(&lock->word, LOCK_WAITED);
}

void lock_wake(struct lock *lock)
{
    lock_wake_one(&lock->word);
}
