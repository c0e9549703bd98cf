/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the harness and the tests need of the system beyond the C library: host_elf.c and host_pe.c,
 * chosen by the build.
 */
#ifndef SECUR32_TESTS_HOST_H
#define SECUR32_TESTS_HOST_H

#include <stdbool.h>
#include <stdint.h>

/* "linux", "wine" or "windows". */
const char *host_platform(void);

/* From here on a crash prints one line of TAP, "Bail out! ...", before the process ends. */
void host_catch_crashes(void);

/* Threads, for tests of the library under several of them. NULL: the system has none left. */
struct host_thread;
struct host_thread *host_thread_start(void (*run)(void *argument), void *argument);
void host_thread_join(struct host_thread *thread); /* also frees it */
void host_thread_yield(void);

/* A lock of the system's, which checkers of threads know. Zeroed memory is a free one. */
struct host_lock {
    union {
        void *pointer;
        long long room[8];
    } system;
};
void host_lock_take(struct host_lock *lock);
void host_lock_release(struct host_lock *lock);

/* A clock that never goes back, and the time of day, both in milliseconds. */
uint64_t host_monotonic_ms(void);
int64_t host_unix_time_s(void);

#endif
