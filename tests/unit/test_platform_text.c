/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform/elf/text and time: every form of UTF-8 and UTF-16, and times at their limits.
 */
#include "platform/platform.h"

#include <string.h>

#include "allocation.h"
#include "base/mem.h"
#include "harness.h"

/* Expected texts use the characters' code units; NULL: refused. */
static const struct {
    const char *name, *utf8;
    const WCHAR *ansi;   /* malformed parts become U+FFFD */
    const WCHAR *strict; /* NULL: SEC_E_INVALID_TOKEN */
} forward[] = {
    {"empty", "", u"", u""},
    {"ASCII", "host.example", u"host.example", u"host.example"},
    {"two bytes",
     "b\xc3\xbc"
     "cher",
     u"b\u00fccher", u"b\u00fccher"},
    {"first and last of two", "\xc2\x80\xdf\xbf", u"\x80\u07ff", u"\x80\u07ff"},
    {"first and last of three", "\xe0\xa0\x80\xef\xbf\xbf", u"\u0800\uffff", u"\u0800\uffff"},
    {"around the surrogates", "\xed\x9f\xbf\xee\x80\x80", u"\ud7ff\ue000", u"\ud7ff\ue000"},
    {"first and last of four", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", u"\U00010000\U0010ffff",
     u"\U00010000\U0010ffff"},
    {"overlong of two", "\xc0\xaf", u"\ufffd\ufffd", NULL},
    {"overlong of three", "\xe0\x80\xaf", u"\ufffd\ufffd\ufffd", NULL},
    {"overlong of four", "\xf0\x80\x80\xaf", u"\ufffd\ufffd\ufffd\ufffd", NULL},
    {"surrogate", "\xed\xa0\x80", u"\ufffd\ufffd\ufffd", NULL},
    {"above the last", "\xf4\x90\x80\x80", u"\ufffd\ufffd\ufffd\ufffd", NULL},
    {"five bytes", "\xf8\x88\x80\x80\x80", u"\ufffd\ufffd\ufffd\ufffd\ufffd", NULL},
    {"only a follower", "a\x80z", u"a\ufffdz", NULL},
    {"cut at the end", "a\xe2\x82", u"a\ufffd\ufffd", NULL},
    {"cut by another",
     "\xe2"
     "a",
     u"\ufffda", NULL},
};

static bool same_wide(const WCHAR *got, const WCHAR *want)
{
    size_t length = platform_wide_length(want);

    return got && platform_wide_length(got) == length && !memcmp(got, want, length * sizeof(*got));
}

START_TEST(text_to_wide)
{
    for (size_t i = 0; i < COUNT_OF(forward); i++) {
        WCHAR *wide = NULL, untouched = 0, *strict = &untouched;
        SECURITY_STATUS status = platform_wide_from_ansi(forward[i].utf8, &wide);

        push_context("%s", forward[i].name);
        ok_status(status, SEC_E_OK, "ansi");
        ok(same_wide(wide, forward[i].ansi), "ansi: other text");
        mem_free(wide);
        status = platform_wide_from_utf8(forward[i].utf8, &strict);
        ok_status(status, forward[i].strict ? SEC_E_OK : SEC_E_INVALID_TOKEN, "utf8");
        if (forward[i].strict && status == SEC_E_OK) {
            ok(same_wide(strict, forward[i].strict), "utf8: other text");
            mem_free(strict);
        } else {
            ok(strict == &untouched, "utf8: written on failure");
        }
        pop_context();
    }
}

static const WCHAR lone_high[] = {'a', 0xd800, 'b', 0};
static const WCHAR lone_low[] = {0xdc00, 0};
static const WCHAR high_last[] = {'x', 0xdbff, 0};
static const WCHAR two_high[] = {0xd801, 0xd802, 0xdc00, 0};

static const struct {
    const char *name;
    const WCHAR *wide;
    const char *ansi;
    bool refused; /* by the strict one */
} backward[] = {
    {"empty", u"", "", false},
    {"ASCII", u"abc", "abc", false},
    {"two bytes", u"\x80\u07ff", "\xc2\x80\xdf\xbf", false},
    {"three bytes", u"\u0800\uffff", "\xe0\xa0\x80\xef\xbf\xbf", false},
    {"pairs", u"\U00010000\U0010ffff", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", false},
    {"lone high", lone_high,
     "a\xef\xbf\xbd"
     "b",
     true},
    {"lone low", lone_low, "\xef\xbf\xbd", true},
    {"high at the end", high_last, "x\xef\xbf\xbd", true},
    {"two high", two_high, "\xef\xbf\xbd\xf0\x90\xa0\x80", true},
};

START_TEST(text_from_wide)
{
    for (size_t i = 0; i < COUNT_OF(backward); i++) {
        char *ansi = NULL, untouched = 0, *strict = &untouched;
        SECURITY_STATUS status = platform_ansi_from_wide(backward[i].wide, &ansi);

        push_context("%s", backward[i].name);
        ok_status(status, SEC_E_OK, "ansi");
        ok(ansi && !strcmp(ansi, backward[i].ansi), "ansi: got \"%s\"", ansi ? ansi : "");
        mem_free(ansi);
        status = platform_utf8_from_wide(backward[i].wide, &strict);
        ok_status(status, backward[i].refused ? SEC_E_INVALID_TOKEN : SEC_E_OK, "utf8");
        if (!backward[i].refused && status == SEC_E_OK) {
            ok(!strcmp(strict, backward[i].ansi), "utf8: got \"%s\"", strict);
            mem_free(strict);
        } else {
            ok(strict == &untouched, "utf8: written on failure");
        }
        pop_context();
    }
}

START_TEST(text_null)
{
    WCHAR *wide = (WCHAR *)1;
    char *text = (char *)1;

    ok_status(platform_wide_from_ansi(NULL, &wide), SEC_E_OK, "wide from ansi");
    ok(!wide, "wide from ansi: not NULL");
    wide = (WCHAR *)1;
    ok_status(platform_wide_from_utf8(NULL, &wide), SEC_E_OK, "wide from utf8");
    ok(!wide, "wide from utf8: not NULL");
    ok_status(platform_ansi_from_wide(NULL, &text), SEC_E_OK, "ansi from wide");
    ok(!text, "ansi from wide: not NULL");
    text = (char *)1;
    ok_status(platform_utf8_from_wide(NULL, &text), SEC_E_OK, "utf8 from wide");
    ok(!text, "utf8 from wide: not NULL");
}

static bool convert_both_ways(void *argument)
{
    WCHAR *wide = NULL;
    char *text = NULL;
    SECURITY_STATUS status = platform_wide_from_ansi(argument, &wide);
    bool succeeded;

    if (status == SEC_E_OK)
        status = platform_utf8_from_wide(wide, &text);
    succeeded = status == SEC_E_OK && !strcmp(text, argument);
    ok(succeeded || status == SEC_E_INSUFFICIENT_MEMORY, "got %08lx",
       (unsigned long)(uint32_t)status);
    mem_free(wide);
    mem_free(text);
    return succeeded;
}

START_TEST(text_short_of_memory)
{
    char text[] = "m\xc3\xbcnchen.example";

    each_allocation_fails(convert_both_ways, text);
}

START_TEST(text_same)
{
    static const struct {
        const WCHAR *a, *b;
        bool same;
    } cases[] = {
        {u"", u"", true},     {u"Schannel", u"SCHANNEL", true},
        {u"aZ", u"Az", true}, {u"a", u"ab", false},
        {u"ab", u"a", false}, {u"@", u"`", false},           /* 32 apart, but no letters */
        {u"[", u"{", false},  {u"\u00c4", u"\u00e4", false}, /* only ASCII letters */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok(platform_wide_same(cases[i].a, cases[i].b) == cases[i].same, "row %zu", i);
}

START_TEST(times)
{
    int64_t now = platform_now();
    uint64_t before = platform_monotonic_ms();

    ok(platform_filetime_from_unix(0) == INT64_C(116444736000000000), "1970");
    ok(platform_filetime_from_unix(-INT64_C(11644473600)) == 0, "1601");
    ok(platform_filetime_from_unix(INT64_MAX) == INT64_MAX, "the largest");
    ok(platform_filetime_from_unix(INT64_MIN) == INT64_MIN, "the smallest");
    ok(now > platform_filetime_from_unix(1700000000), "now is long ago");
    ok(platform_local_from_utc(INT64_MAX) > INT64_MAX / 2, "the largest wraps around");
    ok(platform_local_from_utc(now) - now < INT64_C(15) * 3600 * 10000000 &&
           now - platform_local_from_utc(now) < INT64_C(15) * 3600 * 10000000,
       "local time is more than 15 hours away");
    ok(platform_monotonic_ms() >= before, "the monotonic clock went back");
}
