/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Tells valgrind's helgrind of our locks, which are none of pthread's. Only in builds for it
 * (tools/check helgrind defines LOCK_NOTES); in any other there is nothing. Source: Valgrind's
 * manual, "Helgrind Client Requests".
 */
#ifndef SECUR32_BASE_ELF_NOTE_H
#define SECUR32_BASE_ELF_NOTE_H

#ifdef LOCK_NOTES

#include <valgrind/helgrind.h>

/* The word is atomic: what its users read of it without holding it is no race. */
#define NOTE_TAKING(lock)                                                                          \
    do {                                                                                           \
        VALGRIND_HG_DISABLE_CHECKING(&(lock)->word, sizeof((lock)->word));                         \
        VALGRIND_HG_MUTEX_LOCK_PRE(lock, 0);                                                       \
    } while (0)
#define NOTE_TAKEN(lock) VALGRIND_HG_MUTEX_LOCK_POST(lock)
#define NOTE_RELEASING(lock) VALGRIND_HG_MUTEX_UNLOCK_PRE(lock)
#define NOTE_RELEASED(lock) VALGRIND_HG_MUTEX_UNLOCK_POST(lock)

#else

#define NOTE_TAKING(lock) ((void)0)
#define NOTE_TAKEN(lock) ((void)0)
#define NOTE_RELEASING(lock) ((void)0)
#define NOTE_RELEASED(lock) ((void)0)

#endif
#endif
