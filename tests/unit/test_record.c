/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/record: where a record ends, how much of it lacks, and what is none.
 */
#include "schannel/record.h"

#include <string.h>

#include "base/limits.h"
#include "harness.h"

#define LIMIT LIMIT_CIPHERTEXT_TLS13

struct cut {
    const char *name;
    uint8_t bytes[16];
    size_t given;
    enum record_cut want;
    size_t number; /* WHOLE: size, PARTIAL: missing */
};

static void check_cuts(const struct cut *cases, size_t count,
                       enum record_cut (*cut)(struct span, size_t *, size_t *))
{
    for (size_t i = 0; i < count; i++) {
        size_t size = 0, missing = 0;
        enum record_cut got = cut(span_of(cases[i].bytes, cases[i].given), &size, &missing);

        ok_number(got, cases[i].want, "%s", cases[i].name);
        if (got == RECORD_WHOLE)
            ok_number(size, cases[i].number, "%s: size", cases[i].name);
        if (got == RECORD_PARTIAL)
            ok_number(missing, cases[i].number, "%s: missing", cases[i].name);
    }
}

static enum record_cut cut_stream(struct span bytes, size_t *size, size_t *missing)
{
    return record_cut(bytes, LIMIT, size, missing);
}

START_TEST(record_cut)
{
    static const struct cut cases[] = {
        {"nothing", {0}, 0, RECORD_PARTIAL, 5},
        {"type alone", {22}, 1, RECORD_PARTIAL, 4},
        {"type and major", {22, 3}, 2, RECORD_PARTIAL, 3},
        {"four bytes", {23, 3, 3, 0}, 4, RECORD_PARTIAL, 1},
        {"empty body", {23, 3, 3, 0, 0}, 5, RECORD_WHOLE, 5},
        {"body lacks", {23, 3, 3, 0, 3}, 5, RECORD_PARTIAL, 3},
        {"body lacks a byte", {23, 3, 3, 0, 3, 1, 2}, 7, RECORD_PARTIAL, 1},
        {"just whole", {21, 3, 1, 0, 2, 1, 0}, 7, RECORD_WHOLE, 7},
        {"more behind it", {20, 3, 3, 0, 1, 1, 22, 3}, 8, RECORD_WHOLE, 6},
        {"heartbeat", {24, 3, 3, 0, 1, 1}, 6, RECORD_WHOLE, 6},
        {"at the limit", {23, 3, 3, LIMIT >> 8, LIMIT & 0xff}, 5, RECORD_PARTIAL, LIMIT},
        {"one above", {23, 3, 3, (LIMIT + 1) >> 8, (LIMIT + 1) & 0xff}, 5, RECORD_TOO_LARGE, 0},
        {"longest length", {23, 3, 3, 0xff, 0xff}, 5, RECORD_TOO_LARGE, 0},
        {"type too low", {19, 3, 3, 0, 0}, 5, RECORD_NOT_TLS, 0},
        {"type too high", {25, 3, 3, 0, 0}, 5, RECORD_NOT_TLS, 0},
        {"one byte of HTTP", {'H'}, 1, RECORD_NOT_TLS, 0},
        {"HTTP", {'H', 'T', 'T', 'P', '/', '1', '.', '1'}, 8, RECORD_NOT_TLS, 0},
        {"other major version", {22, 2}, 2, RECORD_NOT_TLS, 0},
    };

    check_cuts(cases, COUNT_OF(cases), cut_stream);
}

START_TEST(record_cut_at_every_byte)
{
    uint8_t record[5 + 300] = {23, 3, 3, 300 >> 8, 300 & 0xff};

    for (size_t given = 0; given <= sizeof(record); given++) {
        size_t size = 0, missing = 0;
        enum record_cut got = record_cut(span_of(record, given), LIMIT, &size, &missing);

        if (given == sizeof(record)) {
            ok(got == RECORD_WHOLE && size == sizeof(record), "all: %d, %zu", (int)got, size);
            continue;
        }
        ok(got == RECORD_PARTIAL, "%zu: %d", given, (int)got);
        ok_number(missing, given < 5 ? 5 - given : sizeof(record) - given, "%zu: missing", given);
    }
}

START_TEST(record_cut_datagram)
{
    static const struct cut cases[] = {
        {"nothing", {0}, 0, RECORD_PARTIAL, 13},
        {"type alone", {22}, 1, RECORD_PARTIAL, 12},
        {"all but a byte of the header", {22, 0xfe, 0xfd}, 12, RECORD_PARTIAL, 1},
        {"empty body", {23, 0xfe, 0xfd}, 13, RECORD_WHOLE, 13},
        {"body lacks", {23, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}, 13, RECORD_PARTIAL, 258},
        {"just whole", {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 15, RECORD_WHOLE, 15},
        {"more behind it", {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 16, RECORD_WHOLE, 14},
        {"longest",
         {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
         13,
         RECORD_PARTIAL,
         65535},
        {"type too low", {19, 0xfe, 0xfd}, 13, RECORD_NOT_TLS, 0},
        {"type too high", {25, 0xfe, 0xfd}, 13, RECORD_NOT_TLS, 0},
        {"TLS", {22, 3, 3}, 13, RECORD_NOT_TLS, 0},
        {"the start of TLS", {22, 3}, 2, RECORD_NOT_TLS, 0},
    };

    check_cuts(cases, COUNT_OF(cases), datagram_record_cut);
}

START_TEST(record_cut_ssl2)
{
    static const struct cut cases[] = {
        {"nothing", {0}, 0, RECORD_NOT_TLS, 0},
        {"one byte", {0x80}, 1, RECORD_PARTIAL, 4},
        {"two bytes", {0x80, 9}, 2, RECORD_PARTIAL, 3},
        {"shortest, body lacks", {0x80, 9, 1, 3, 1}, 5, RECORD_PARTIAL, 6},
        {"shortest", {0x80, 9, 1, 3, 1, 0, 0, 0, 0, 0, 0}, 11, RECORD_WHOLE, 11},
        {"more behind", {0x80, 9, 1, 3, 1, 0, 0, 0, 0, 0, 0, 7}, 12, RECORD_WHOLE, 11},
        {"too short for a hello", {0x80, 8, 1, 3, 1, 0, 0, 0, 0, 0}, 10, RECORD_NOT_TLS, 0},
        {"other message", {0x80, 9, 2, 3, 1}, 5, RECORD_NOT_TLS, 0},
        {"three-byte header", {0x40, 9, 1, 3, 1}, 5, RECORD_NOT_TLS, 0},
    };

    check_cuts(cases, COUNT_OF(cases), record_cut_ssl2);
}
