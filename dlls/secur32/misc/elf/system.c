/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See misc/system.h.
 */
#include "misc/system.h"

#include <errno.h>
#include <sys/random.h>

static _Thread_local void *thread_value;

bool random_fill(void *memory, size_t size)
{
    uint8_t *at = memory;

    while (size) {
        ssize_t got = getrandom(at, size, 0);

        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
    return true;
}

void *thread_value_get(void)
{
    return thread_value;
}

bool thread_value_set(void *value)
{
    thread_value = value;
    return true;
}
