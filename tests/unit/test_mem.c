/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * base/mem: zeroed memory, overflow of sizes, copies, wiping, and the failures that tests ask for.
 */
#include "base/mem.h"

#include <string.h>

#include "allocation.h"
#include "harness.h"

static bool all_are(const uint8_t *memory, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++)
        if (memory[i] != value)
            return false;
    return true;
}

START_TEST(mem_is_zeroed)
{
    static const size_t sizes[] = {0, 1, 7, 4096, 100000};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t *memory = mem_alloc(sizes[i]);

        if (ok(memory != NULL, "%zu bytes: none", sizes[i]))
            ok(all_are(memory, sizes[i], 0), "%zu bytes: not zeroed", sizes[i]);
        mem_free(memory);
    }
    mem_free(NULL);
}

START_TEST(mem_arrays)
{
    void *memory = mem_alloc_array(3, 5);

    ok(memory != NULL, "3 * 5");
    mem_free(memory);
    memory = mem_alloc_array(0, SIZE_MAX);
    ok(memory != NULL, "0 * SIZE_MAX");
    mem_free(memory);
    ok(mem_alloc_array(2, SIZE_MAX / 2 + 1) == NULL, "an overflow was allocated");
    ok(mem_alloc_array(SIZE_MAX, SIZE_MAX) == NULL, "a large overflow was allocated");
}

START_TEST(mem_copies)
{
    static const uint8_t bytes[] = {1, 0, 2};
    uint8_t *copy = mem_copy(span_of(bytes, sizeof(bytes)));
    char *text;

    if (ok(copy != NULL, "no copy"))
        ok(copy != bytes && !memcmp(copy, bytes, sizeof(bytes)), "wrong copy");
    mem_free(copy);
    copy = mem_copy(span_of(NULL, 0));
    ok(copy != NULL, "the copy of nothing must be a pointer that can be freed");
    mem_free(copy);

    text = mem_copy_string("h\xc3\xb6");
    ok(text && !strcmp(text, "h\xc3\xb6"), "wrong string");
    mem_free(text);
    text = mem_copy_string("");
    ok(text && !*text, "empty string");
    mem_free(text);
}

START_TEST(mem_wiping)
{
    uint8_t memory[64];

    memset(memory, 0x5a, sizeof(memory));
    mem_wipe(memory + 1, sizeof(memory) - 2);
    ok(memory[0] == 0x5a && memory[sizeof(memory) - 1] == 0x5a, "wiped too much");
    ok(all_are(memory + 1, sizeof(memory) - 2, 0), "not wiped");
    mem_wipe(memory, 0);
    ok(memory[0] == 0x5a, "wiping nothing wiped something");
    mem_wipe(NULL, 0);
    mem_wipe_free(NULL, 10);
    mem_wipe_free(mem_alloc(10), 10);
}

static bool allocate_two(void *argument)
{
    void *first = mem_alloc(1), *second = first ? mem_copy_string("second") : NULL;
    bool succeeded = second != NULL;

    *(unsigned *)argument += 1;
    mem_free(second);
    mem_free(first);
    return succeeded;
}

START_TEST(mem_failures)
{
    unsigned runs = 0;
    void *memory;

    ok_number(each_allocation_fails(allocate_two, &runs), 2, "allocations");
    ok_number(runs, 3, "runs");

    mem_fail_after(0);
    ok(mem_failure_pending(), "asked for");
    ok(mem_alloc(1) == NULL, "must fail");
    ok(!mem_failure_pending(), "is over");
    memory = mem_alloc(1);
    ok(memory != NULL, "fails once only");
    mem_free(memory);
    mem_fail_after(5);
    mem_fail_after(-1);
    ok(!mem_failure_pending(), "switched off");
}
