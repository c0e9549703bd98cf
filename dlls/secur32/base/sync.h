/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Locks, and the one order in which they may be taken:
 *
 *   handle table, credential, handshake, receive, send, session, session cache
 *
 * A thread that holds one may only take those to its right. No lock is held while calling the
 * program, the platform seam or another package.
 *
 * A message takes one lock and gives it back, so that must cost two atomic operations and no call:
 * Wine's slim locks cost several times as much, which showed in small messages. Only who has to
 * wait asks the system; base/elf/lock.h and base/pe/lock.h (chosen by the build's include path)
 * know how.
 */
#ifndef SECUR32_BASE_SYNC_H
#define SECUR32_BASE_SYNC_H

#include <stdatomic.h>
#include <stdbool.h>

#include "note.h" /* NOTE_...: for a checker of threads */

#ifdef __clang__
#define THREAD_ANNOTATION(x) __attribute__((x))
#else
#define THREAD_ANNOTATION(x)
#endif

#define CAPABILITY(name) THREAD_ANNOTATION(capability(name))
#define must_hold(...) THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define takes(...) THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define releases(...) THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define says_held(...) THREAD_ANNOTATION(assert_capability(__VA_ARGS__))
#define NO_THREAD_ANALYSIS THREAD_ANNOTATION(no_thread_safety_analysis)

/* Values of struct lock.word. */
#define LOCK_FREE 0u
#define LOCK_HELD 1u
#define LOCK_WAITED 2u /* held, and others may sleep */

/* Taken by one thread, not by the same twice. Needs no system resource: zeroed memory is a free
 * lock, and a free lock may just be forgotten. */
struct CAPABILITY("mutex") lock {
    atomic_uint word;
};

/* clang-format off */
#define LOCK_INITIALIZER { LOCK_FREE }
/* clang-format on */

/* lock.c: the rare part. */
void lock_wait(struct lock *lock);
void lock_wake(struct lock *lock);

static inline void lock_init(struct lock *lock)
{
    atomic_init(&lock->word, LOCK_FREE);
}

/* Nothing to do; says that nobody will take it any more. */
static inline void lock_done(struct lock *lock)
{
    (void)lock;
}

/* Taking and releasing are sequentially consistent: sspi/handle.c counts on it. */
static inline void lock_take(struct lock *lock) takes(lock) NO_THREAD_ANALYSIS;
static inline void lock_take(struct lock *lock)
{
    unsigned expected = LOCK_FREE;

    NOTE_TAKING(lock);
    if (!atomic_compare_exchange_strong(&lock->word, &expected, LOCK_HELD))
        lock_wait(lock);
    NOTE_TAKEN(lock);
}

/* Without waiting: false when somebody has it. */
static inline bool lock_try(struct lock *lock) THREAD_ANNOTATION(try_acquire_capability(true, lock))
    NO_THREAD_ANALYSIS;
static inline bool lock_try(struct lock *lock)
{
    unsigned expected = LOCK_FREE;

    return atomic_compare_exchange_strong(&lock->word, &expected, LOCK_HELD);
}

static inline void lock_release(struct lock *lock) releases(lock) NO_THREAD_ANALYSIS;
static inline void lock_release(struct lock *lock)
{
    NOTE_RELEASING(lock);
    if (atomic_exchange(&lock->word, LOCK_FREE) == LOCK_WAITED)
        lock_wake(lock);
    NOTE_RELEASED(lock);
}

static inline bool lock_is_held(const struct lock *lock)
{
    return atomic_load(&lock->word) != LOCK_FREE;
}

/* The caller knows that its thread holds the lock; the compiler cannot see it. */
static inline void lock_known(const struct lock *lock) says_held(lock);
static inline void lock_known(const struct lock *lock)
{
    (void)lock;
}

#endif
