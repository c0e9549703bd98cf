/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Locks, and the one order in which they may be taken:
 *
 *   handle table, session cache, credential, handshake, receive, send, session
 *
 * A thread that holds one may only take those to its right. No lock is held while calling the
 * program, the platform seam or another package. base/elf/lock.h and base/pe/lock.h (chosen by the
 * build's include path) hold the system's part.
 */
#ifndef SECUR32_BASE_SYNC_H
#define SECUR32_BASE_SYNC_H

#ifdef __clang__
#define THREAD_ANNOTATION(x) __attribute__((x))
#else
#define THREAD_ANNOTATION(x)
#endif

#define CAPABILITY(name) THREAD_ANNOTATION(capability(name))
#define must_hold(...) THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define takes(...) THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define releases(...) THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define NO_THREAD_ANALYSIS THREAD_ANNOTATION(no_thread_safety_analysis)

#include "lock.h" /* struct lock, LOCK_INITIALIZER, lock_init, lock_done, lock_take, lock_release */

#endif
