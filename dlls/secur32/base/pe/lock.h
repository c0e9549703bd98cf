/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The PE build's lock: a slim reader/writer lock, used exclusively. See base/sync.h for the order.
 */
#ifndef SECUR32_BASE_PE_LOCK_H
#define SECUR32_BASE_PE_LOCK_H

#include <windef.h>
#include <winbase.h>

struct CAPABILITY("mutex") lock {
    SRWLOCK srw;
};

/* clang-format off */
#define LOCK_INITIALIZER { SRWLOCK_INIT }
/* clang-format on */

static inline void lock_init(struct lock *lock)
{
    InitializeSRWLock(&lock->srw);
}

static inline void lock_done(struct lock *lock)
{
    (void)lock; /* a free slim lock holds no resource */
}

static inline void lock_take(struct lock *lock) takes(lock) NO_THREAD_ANALYSIS;
static inline void lock_take(struct lock *lock)
{
    AcquireSRWLockExclusive(&lock->srw);
}

static inline void lock_release(struct lock *lock) releases(lock) NO_THREAD_ANALYSIS;
static inline void lock_release(struct lock *lock)
{
    ReleaseSRWLockExclusive(&lock->srw);
}

#endif
