/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * base/checked: arithmetic at, one below and one above the limits; on overflow nothing is written.
 */
#include "base/checked.h"

#include "harness.h"

START_TEST(checked_add)
{
    static const struct {
        size_t a, b, want;
        bool fits;
    } cases[] = {
        {0, 0, 0, true},
        {1, 2, 3, true},
        {SIZE_MAX, 0, SIZE_MAX, true},
        {0, SIZE_MAX, SIZE_MAX, true},
        {SIZE_MAX - 1, 1, SIZE_MAX, true},
        {SIZE_MAX, 1, 0, false},
        {1, SIZE_MAX, 0, false},
        {SIZE_MAX, SIZE_MAX, 0, false},
        {SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1, 0, false},
        {SIZE_MAX / 2 + 1, SIZE_MAX / 2, SIZE_MAX, true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t sum = 77;

        ok(size_add(cases[i].a, cases[i].b, &sum) == cases[i].fits, "%zx + %zx", cases[i].a,
           cases[i].b);
        ok(sum == (cases[i].fits ? cases[i].want : 77), "%zx + %zx: got %zx", cases[i].a,
           cases[i].b, sum);
    }
}

START_TEST(checked_multiply)
{
    static const struct {
        size_t a, b, want;
        bool fits;
    } cases[] = {
        {0, SIZE_MAX, 0, true},
        {SIZE_MAX, 0, 0, true},
        {1, SIZE_MAX, SIZE_MAX, true},
        {2, SIZE_MAX / 2, SIZE_MAX - 1, true},
        {2, SIZE_MAX / 2 + 1, 0, false},
        {SIZE_MAX, 2, 0, false},
        {SIZE_MAX, SIZE_MAX, 0, false},
        {(size_t)1 << (sizeof(size_t) * 4), (size_t)1 << (sizeof(size_t) * 4), 0, false},
        {(size_t)1 << (sizeof(size_t) * 4), ((size_t)1 << (sizeof(size_t) * 4)) - 1,
         SIZE_MAX - (((size_t)1 << (sizeof(size_t) * 4)) - 1), true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t product = 77;

        ok(size_multiply(cases[i].a, cases[i].b, &product) == cases[i].fits, "%zx * %zx",
           cases[i].a, cases[i].b);
        ok(product == (cases[i].fits ? cases[i].want : 77), "%zx * %zx: got %zx", cases[i].a,
           cases[i].b, product);
    }
}

START_TEST(checked_narrow)
{
    uint32_t value = 77;

    ok(u32_from_size(0, &value) && value == 0, "zero");
    ok(u32_from_size(UINT32_MAX - 1, &value) && value == UINT32_MAX - 1, "one below");
    ok(u32_from_size(UINT32_MAX, &value) && value == UINT32_MAX, "the largest");
    value = 77;
    if (SIZE_MAX == UINT32_MAX) {
        skip("size_t has 32 bits here: nothing is too large");
        return;
    }
    ok(!u32_from_size((size_t)UINT32_MAX + 1, &value) && value == 77, "one above");
    ok(!u32_from_size(SIZE_MAX, &value) && value == 77, "SIZE_MAX");
}
