/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sizes, offsets and values of every structure and constant that winsspi.h gives, compared with
 * those of the Windows SDK (tests/data/abi). Each row is checked twice: by the compiler, so that it
 * also holds on machines whose programs cannot run here (abi_static.h), and by the program, so that
 * it is counted.
 */
#include "abi_static.h"

#include <string.h>

#include "harness.h"

struct layout_row {
    const char *name;
    size_t offset, size, want_offset, want_size;
};

struct number_row {
    const char *name;
    unsigned long long got, want;
};

struct text_row {
    const char *name;
    const void *got, *want;
    size_t size, want_size;
};

#define SIZE(type, size32, size64) {#type, 0, sizeof(type), 0, BY_POINTER(size32, size64)},
#define FIELD(type, field, offset32, offset64, size32, size64)                                     \
    {#type "." #field, offsetof(type, field), FIELD_SIZE(type, field),                             \
     BY_POINTER(offset32, offset64), BY_POINTER(size32, size64)},
#define NUMBER(name, value)
#define LONG_NUMBER(name, value)
#define ADDRESS(name, value)
#define WIDE(name, value)
#define NARROW(name, value)
#define GENERIC(name, narrow, wide)
#define LEFT_OUT(header, reason, count)

static const struct layout_row layout_rows[] = {
#include ABI_ROWS
};

#undef SIZE
#undef FIELD
#undef NUMBER
#undef LONG_NUMBER
#undef ADDRESS
#define SIZE(type, size32, size64)
#define FIELD(type, field, offset32, offset64, size32, size64)
#define NUMBER(name, value) {#name, (unsigned long long)(name)&0xffffffff, (value)},
#define LONG_NUMBER(name, value) {#name, (unsigned long long)(name), (value)},
/* clang-format off */
#define ADDRESS(name, value) {#name, (ULONG_PTR)(name), (ULONG_PTR)(value)},
/* clang-format on */

static const struct number_row number_rows[] = {
#include ABI_ROWS
};

#undef NUMBER
#undef LONG_NUMBER
#undef ADDRESS
#undef WIDE
#undef NARROW
#undef GENERIC
#define NUMBER(name, value)
#define LONG_NUMBER(name, value)
#define ADDRESS(name, value)
#define WIDE(name, value) {#name, (name), (value), sizeof(name), sizeof(value)},
#define NARROW(name, value) {#name, (name), (value), sizeof(name), sizeof(value)},
#define GENERIC(name, narrow, wide) {#name, (name), (narrow), sizeof(name), sizeof(narrow)},

static const struct text_row text_rows[] = {
#include ABI_ROWS
};

#undef WIDE
#undef NARROW
#undef GENERIC
#undef LEFT_OUT
#define WIDE(name, value)
#define NARROW(name, value)
#define GENERIC(name, narrow, wide)
#define LEFT_OUT(header, reason, count) {header, reason, count},

static const struct {
    const char *header, *reason;
    int count;
} left_out_rows[] = {
#include ABI_ROWS
};

START_TEST(abi_layout)
{
    for (size_t i = 0; i < COUNT_OF(layout_rows); i++) {
        const struct layout_row *row = &layout_rows[i];

        ok(row->offset == row->want_offset, "offset of %s: got %zu, want %zu", row->name,
           row->offset, row->want_offset);
        ok(row->size == row->want_size, "size of %s: got %zu, want %zu", row->name, row->size,
           row->want_size);
    }
    /* sspi.h's 91 structures alone have more: the rows were not lost on the way. */
    ok(COUNT_OF(layout_rows) > 700, "only %zu rows", COUNT_OF(layout_rows));
}

START_TEST(abi_numbers)
{
    for (size_t i = 0; i < COUNT_OF(number_rows); i++) {
        const struct number_row *row = &number_rows[i];

        ok(row->got == row->want, "%s: got %llx, want %llx", row->name, row->got, row->want);
    }
    ok(COUNT_OF(number_rows) > 1000, "only %zu rows", COUNT_OF(number_rows));
}

START_TEST(abi_texts)
{
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        const struct text_row *row = &text_rows[i];

        ok(row->size == row->want_size, "size of %s: got %zu, want %zu", row->name, row->size,
           row->want_size);
        if (row->size == row->want_size)
            ok(memcmp(row->got, row->want, row->size) == 0, "%s: another text", row->name);
    }
    ok(COUNT_OF(text_rows) > 100, "only %zu rows", COUNT_OF(text_rows));
    for (size_t i = 0; i < COUNT_OF(left_out_rows); i++)
        trace("%d rows of %s left out: %s", left_out_rows[i].count, left_out_rows[i].header,
              left_out_rows[i].reason);
}

/* Multi-character constants are the compiler's business; in memory this one reads CBEX. */
START_TEST(abi_magic)
{
    SEC_CHANNEL_BINDINGS_EX bindings = {.magicNumber = SEC_CHANNEL_BINDINGS_EX_MAGIC};

    ok(memcmp(&bindings, "CBEX", 4) == 0, "another magic number");
}

START_TEST(abi_handles)
{
    SecHandle handle = {1, 2};

    ok(SecIsValidHandle(&handle), "a valid handle");
    SecInvalidateHandle(&handle);
    ok(handle.dwLower == (ULONG_PTR)-1 && handle.dwUpper == (ULONG_PTR)-1, "not invalidated");
    ok(!SecIsValidHandle(&handle), "an invalid handle");
}
