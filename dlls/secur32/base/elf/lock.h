/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * How a thread of the ELF build waits for a lock: Linux's futex. See base/lock.c.
 */
#ifndef SECUR32_BASE_ELF_LOCK_H
#define SECUR32_BASE_ELF_LOCK_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Returns when woken, when the word has another value, or for no reason. */
static inline void lock_sleep(atomic_uint *word, unsigned value)
{
    int before = errno; /* GnuTLS's callbacks speak through it */

    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
    errno = before;
}

static inline void lock_wake_one(atomic_uint *word)
{
    int before = errno;

    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = before;
}

#endif
