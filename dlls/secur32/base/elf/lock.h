/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The ELF build's lock: a pthread mutex. See base/sync.h for the order of locks.
 */
#ifndef SECUR32_BASE_ELF_LOCK_H
#define SECUR32_BASE_ELF_LOCK_H

#include <pthread.h>

struct CAPABILITY("mutex") lock {
    pthread_mutex_t mutex;
};

/* clang-format off */
#define LOCK_INITIALIZER { PTHREAD_MUTEX_INITIALIZER }
/* clang-format on */

static inline void lock_init(struct lock *lock)
{
    pthread_mutex_init(&lock->mutex, NULL);
}

static inline void lock_done(struct lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

static inline void lock_take(struct lock *lock) takes(lock) NO_THREAD_ANALYSIS;
static inline void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

static inline void lock_release(struct lock *lock) releases(lock) NO_THREAD_ANALYSIS;
static inline void lock_release(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

#endif
