/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sspi/buffers: lists that programs pass, at their limits, and finding buffers in them.
 */
#include "sspi/buffers.h"

#include <string.h>

#include "allocation.h"
#include "base/limits.h"
#include "harness.h"

START_TEST(buffers_checked)
{
    static SecBuffer buffers[LIMIT_BUFFERS + 1];
    static const struct {
        const char *name;
        ULONG count;
        bool has_buffers;
        SECURITY_STATUS want;
    } cases[] = {
        {"none", 0, false, SEC_E_OK},
        {"none, with a pointer", 0, true, SEC_E_OK},
        {"one", 1, true, SEC_E_OK},
        {"one without memory", 1, false, SEC_E_INVALID_TOKEN},
        {"one below the limit", LIMIT_BUFFERS - 1, true, SEC_E_OK},
        {"the limit", LIMIT_BUFFERS, true, SEC_E_OK},
        {"one above the limit", LIMIT_BUFFERS + 1, true, SEC_E_INVALID_TOKEN},
        {"all ones", 0xffffffff, true, SEC_E_INVALID_TOKEN},
    };

    ok_status(buffers_check(NULL), SEC_E_OK, "NULL");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBufferDesc list = {0x77, cases[i].count, cases[i].has_buffers ? buffers : NULL};

        ok_status(buffers_check(&list), cases[i].want, "%s", cases[i].name);
    }
}

START_TEST(buffers_types)
{
    static const struct {
        ULONG type, want;
        bool read_only;
    } cases[] = {
        {SECBUFFER_TOKEN, SECBUFFER_TOKEN, false},
        {SECBUFFER_TOKEN | SECBUFFER_READONLY, SECBUFFER_TOKEN, true},
        {SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, SECBUFFER_DATA, true},
        {SECBUFFER_DATA | SECBUFFER_RESERVED, SECBUFFER_DATA, false},
        {SECBUFFER_ATTRMASK, SECBUFFER_EMPTY, true},
        {0x0fffffff, 0x0fffffff, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer buffer = {0, cases[i].type, NULL};

        ok_number(buffer_type(&buffer), cases[i].want, "type %08lx", (unsigned long)cases[i].type);
        ok(buffer_is_read_only(&buffer) == cases[i].read_only, "read only %08lx",
           (unsigned long)cases[i].type);
    }
}

START_TEST(buffers_found)
{
    char memory[8];
    SecBuffer buffers[] = {
        {3, SECBUFFER_TOKEN | SECBUFFER_READONLY, memory},
        {4, SECBUFFER_EMPTY, NULL},
        {5, SECBUFFER_TOKEN, NULL},
        {6, SECBUFFER_DATA, memory},
    };
    SecBufferDesc list = {SECBUFFER_VERSION, COUNT_OF(buffers), buffers};
    SecBufferDesc hollow = {SECBUFFER_VERSION, 3, NULL};

    ok(buffers_find(&list, SECBUFFER_TOKEN, 0) == &buffers[0], "first token");
    ok(buffers_find(&list, SECBUFFER_TOKEN, 1) == &buffers[2], "second token");
    ok(!buffers_find(&list, SECBUFFER_TOKEN, 2), "third token");
    ok(buffers_find(&list, SECBUFFER_DATA, 0) == &buffers[3], "data");
    ok(!buffers_find(&list, SECBUFFER_ALERT, 0), "alert");
    ok(!buffers_find(NULL, SECBUFFER_TOKEN, 0) && !buffers_find(&hollow, SECBUFFER_EMPTY, 0),
       "in no list");
    ok(buffers_count(&list) == 4 && !buffers_count(NULL) && !buffers_count(&hollow), "counts");
    ok(buffers_after(&list, &buffers[0]) == &buffers[1], "after the first");
    ok(!buffers_after(&list, &buffers[3]), "after the last");
    ok(buffer_span(&buffers[0]).size == 3 && buffer_span(&buffers[0]).data == (uint8_t *)memory,
       "bytes");
    ok(buffer_span(&buffers[2]).size == 0, "a size without memory");
}

static bool copy(void *argument)
{
    static const WCHAR text[] = u"t\u00e4xt";
    WCHAR *copied = buffers_copy_wide(text);

    (void)argument;
    if (!copied)
        return false;
    ok(!memcmp(copied, text, sizeof(text)), "copy");
    ok_status(FreeContextBuffer(copied), SEC_E_OK, "free");
    return true;
}

START_TEST(buffers_memory)
{
    unsigned char *memory = buffers_alloc(100);

    if (ok(memory != NULL, "100 bytes")) {
        for (size_t i = 0; i < 100; i++)
            if (memory[i])
                ok(false, "byte %zu is not zero", i);
    }
    ok_status(FreeContextBuffer(memory), SEC_E_OK, "free");
    memory = buffers_alloc(0);
    ok(memory != NULL, "nothing must be a pointer too");
    ok_status(FreeContextBuffer(memory), SEC_E_OK, "free nothing");
    ok_status(FreeContextBuffer(NULL), SEC_E_OK, "free NULL");
    ok_number(each_allocation_fails(copy, NULL), 1, "allocations of a copy");
}
