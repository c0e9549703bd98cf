/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * For unit tests, which link base/mem.c: runs code with its first, second, third ... allocation
 * failing. The body must give the same answer to each failure as to lack of memory, and must leave
 * nothing behind; a leak checker sees the rest.
 */
#ifndef SECUR32_TESTS_ALLOCATION_H
#define SECUR32_TESTS_ALLOCATION_H

#include "base/mem.h"
#include "harness.h"

#define ALLOCATIONS_MAX 10000

/*
 * body returns true when its work succeeded, false when memory was short. Checks that every
 * allocation that fails is noticed, and that without a failure the work succeeds. Returns how many
 * allocations there were.
 */
static inline long each_allocation_fails(bool (*body)(void *argument), void *argument)
{
    for (long n = 0; n < ALLOCATIONS_MAX; n++) {
        bool succeeded, pending;

        mem_fail_after(n);
        succeeded = body(argument);
        pending = mem_failure_pending();
        mem_fail_after(-1);
        if (pending) {
            ok(succeeded, "fails although no allocation failed");
            return n;
        }
        ok(!succeeded, "succeeds although allocation %ld failed", n);
    }
    ok(false, "more than %d allocations", ALLOCATIONS_MAX);
    return ALLOCATIONS_MAX;
}

#endif
