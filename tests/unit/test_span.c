/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * base/span: reading never passes the end and changes nothing when it fails; writing never passes
 * the room and remembers that it wanted to.
 */
#include "base/span.h"

#include <string.h>

#include "harness.h"

static const uint8_t bytes[] = {0x00, 0x01, 0x02, 0x83, 0x84, 0x85, 0x86, 0x87};

typedef bool (*take_number_fn)(struct span *from, uint32_t *value);

static bool take_8(struct span *from, uint32_t *value)
{
    uint8_t number = (uint8_t)*value;
    bool taken = span_take_u8(from, &number);

    *value = taken ? number : *value;
    return taken;
}

static bool take_16(struct span *from, uint32_t *value)
{
    uint16_t number = (uint16_t)*value;
    bool taken = span_take_u16(from, &number);

    *value = taken ? number : *value;
    return taken;
}

START_TEST(span_numbers)
{
    static const struct {
        const char *name;
        take_number_fn take;
        size_t width, at;
        uint32_t want;
    } cases[] = {
        {"u8", take_8, 1, 3, 0x83},
        {"u8 zero", take_8, 1, 0, 0},
        {"u16", take_16, 2, 3, 0x8384},
        {"u24", span_take_u24, 3, 2, 0x028384},
        {"u24 high", span_take_u24, 3, 3, 0x838485},
        {"u32", span_take_u32, 4, 0, 0x00010283},
        {"u32 high", span_take_u32, 4, 4, 0x84858687},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        /* Every size from nothing to one byte too many. */
        for (size_t size = 0; size <= cases[i].width + 1; size++) {
            struct span from = span_of(bytes + cases[i].at, size), before = from;
            uint32_t value = 0xaa;
            bool enough = size >= cases[i].width;

            push_context("%s of %zu bytes", cases[i].name, size);
            if (cases[i].at + size <= sizeof(bytes)) {
                ok(cases[i].take(&from, &value) == enough, "wrong answer");
                ok_number(value, enough ? cases[i].want : 0xaa, "value");
                ok(from.data == before.data + (enough ? cases[i].width : 0), "front moved wrongly");
                ok_number(from.size, size - (enough ? cases[i].width : 0), "rest");
            }
            pop_context();
        }
    }
}

START_TEST(span_take_parts)
{
    struct span from = span_of(bytes, sizeof(bytes)), part = {NULL, 99};

    ok(!span_take(&from, sizeof(bytes) + 1, &part), "took one too many");
    ok(!span_take(&from, SIZE_MAX, &part), "took SIZE_MAX");
    ok(part.size == 99 && from.size == sizeof(bytes), "a failure changed something");
    ok(span_take(&from, 0, &part) && part.size == 0 && from.data == bytes, "nothing");
    ok(span_take(&from, 3, &part) && part.data == bytes && part.size == 3, "three");
    ok(span_take(&from, 5, &part) && part.data == bytes + 3 && from.size == 0, "the rest");
    ok(span_take(&from, 0, &part), "nothing of nothing");
    ok(!span_take(&from, 1, &part), "one of nothing");

    from = span_of(NULL, 7);
    ok_number(from.size, 0, "a span of NULL has no bytes");
    ok(span_take(&from, 0, &part) && part.size == 0, "nothing of NULL");
    ok(!span_take(&from, 1, &part), "one of NULL");
}

START_TEST(span_vectors)
{
    static const struct {
        const char *name;
        uint8_t memory[8];
        size_t size, width;
        bool want;
        size_t want_part, want_rest;
    } cases[] = {
        {"8: no length", {0}, 0, 1, false, 0, 0},
        {"8: empty", {0}, 1, 1, true, 0, 0},
        {"8: exact", {2, 9, 9}, 3, 1, true, 2, 0},
        {"8: with rest", {2, 9, 9, 7}, 4, 1, true, 2, 1},
        {"8: one short", {2, 9}, 2, 1, false, 0, 0},
        {"8: largest length", {0xff, 1}, 2, 1, false, 0, 0},
        {"16: half a length", {0}, 1, 2, false, 0, 0},
        {"16: empty", {0, 0}, 2, 2, true, 0, 0},
        {"16: exact", {0, 2, 9, 9}, 4, 2, true, 2, 0},
        {"16: one short", {0, 3, 9, 9}, 4, 2, false, 0, 0},
        {"16: largest length", {0xff, 0xff, 1}, 3, 2, false, 0, 0},
        {"24: two bytes of length", {0, 0}, 2, 3, false, 0, 0},
        {"24: exact", {0, 0, 1, 9}, 4, 3, true, 1, 0},
        {"24: with rest", {0, 0, 1, 9, 5, 5}, 6, 3, true, 1, 2},
        {"24: high byte", {1, 0, 0, 9}, 4, 3, false, 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct span from = span_of(cases[i].memory, cases[i].size), part = {NULL, 99};
        bool taken = cases[i].width == 1   ? span_take_vector8(&from, &part)
                     : cases[i].width == 2 ? span_take_vector16(&from, &part)
                                           : span_take_vector24(&from, &part);

        push_context("%s", cases[i].name);
        ok(taken == cases[i].want, "wrong answer");
        if (taken) {
            ok_number(part.size, cases[i].want_part, "part");
            ok(part.data == cases[i].memory + cases[i].width, "part stands elsewhere");
            ok_number(from.size, cases[i].want_rest, "rest");
        } else {
            ok(part.size == 99 && from.size == cases[i].size, "a failure changed something");
        }
        pop_context();
    }
}

START_TEST(span_comparing)
{
    static const uint8_t same[] = {0x00, 0x01, 0x02};

    ok(span_equal(span_of(bytes, 3), span_of(same, 3)), "equal bytes");
    ok(!span_equal(span_of(bytes, 3), span_of(same, 2)), "a prefix is not equal");
    ok(!span_equal(span_of(bytes + 1, 3), span_of(same, 3)), "other bytes");
    ok(span_equal(span_of(NULL, 0), span_of(bytes, 0)), "nothing is nothing");
    ok(!span_equal(span_of(NULL, 0), span_of(bytes, 1)), "nothing is not something");
}

START_TEST(writer_numbers)
{
    uint8_t memory[10];
    static const uint8_t want[] = {0xab, 0x12, 0x34, 0x12, 0x34, 0x56, 0xfe, 0xdc, 0xba, 0x98};
    struct writer to = writer_of(memory, sizeof(memory));

    write_u8(&to, 0xab);
    write_u16(&to, 0x1234);
    write_u24(&to, 0x123456);
    write_u32(&to, 0xfedcba98);
    ok_number(to.used, sizeof(want), "used");
    ok(!to.overrun, "overrun although it fits");
    ok(!memcmp(memory, want, sizeof(want)), "wrong bytes");
    write_bytes(&to, span_of(NULL, 0));
    ok(!to.overrun, "nothing always fits");
    write_u8(&to, 1);
    ok(to.overrun && to.used == sizeof(want), "one too many");
}

START_TEST(writer_overrun)
{
    /* For each room: what does not fit leaves nothing behind, and nothing after it is written. */
    for (size_t room = 0; room <= 8; room++) {
        uint8_t memory[12];
        struct writer to = writer_of(memory, room);

        push_context("room %zu", room);
        memset(memory, 0xee, sizeof(memory));
        write_bytes(&to, span_of(bytes, 4));
        ok(to.overrun == (room < 4), "four bytes");
        write_u32(&to, 0);
        ok(to.overrun == (room < 8), "four more");
        write_u8(&to, 0);
        ok(to.overrun, "one more than any room");
        ok_number(to.used, room < 4 ? 0 : room < 8 ? 4 : 8, "used");
        for (size_t i = to.used; i < sizeof(memory); i++)
            ok(memory[i] == 0xee, "byte %zu was written", i);
        pop_context();
    }
}

START_TEST(writer_without_memory)
{
    struct writer to = writer_of(NULL, 100);

    ok_number(to.room, 0, "NULL has no room");
    write_u8(&to, 1);
    ok(to.overrun && to.used == 0, "wrote to NULL");
}
