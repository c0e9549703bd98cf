/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GetUserNameEx, TranslateName, GetComputerObjectName: sizes and error codes.
 *
 * Sources: the pages of these functions; node-expose-sspi, which takes no other code than
 * ERROR_MORE_DATA for "ask again with more room"; Go's os/user, PuTTY and libpq, which ask for the
 * SAM name; OpenSSH for Windows, whose users see ERROR_NO_SUCH_DOMAIN.
 */
#include "common.h"

#include <string.h>

#define NAME_ROOM 512

static size_t length(const WCHAR *text)
{
    size_t size = 0;

    while (text[size])
        size++;
    return size;
}

START_TEST(names_sam)
{
    WCHAR wide[NAME_ROOM] = {0};
    char narrow[NAME_ROOM] = {0};
    ULONG wide_size = NAME_ROOM, narrow_size = NAME_ROOM;
    bool has_backslash = false;

    if (!ok(GetUserNameExW(NameSamCompatible, wide, &wide_size) != 0, "W: error %lu",
            (unsigned long)GetLastError()))
        return;
    ok_number(wide_size, length(wide), "W: characters without the zero");
    for (size_t i = 1; wide[i]; i++)
        has_backslash = has_backslash || (wide[i] == '\\' && wide[i + 1]);
    ok(has_backslash, "no MACHINE\\user");

    if (!ok(GetUserNameExA(NameSamCompatible, narrow, &narrow_size) != 0, "A: error %lu",
            (unsigned long)GetLastError()))
        return;
    ok_number(narrow_size, strlen(narrow), "A: characters without the zero");
    ok(strchr(narrow, '\\') != NULL, "A: no MACHINE\\user");
}

START_TEST(names_sizes)
{
    WCHAR wide[NAME_ROOM];
    ULONG needed = 0, size;

    SetLastError(0xdead);
    ok(!GetUserNameExW(NameSamCompatible, NULL, &needed), "without memory");
    ok_number(GetLastError(), ERROR_MORE_DATA, "without memory");
    if (!ok(needed > 3 && needed <= NAME_ROOM, "needs %lu", (unsigned long)needed))
        return;

    for (size = 0; size < needed; size++) {
        ULONG room = size;

        for (size_t i = 0; i < NAME_ROOM; i++)
            wide[i] = 0x5a5a;
        SetLastError(0xdead);
        ok(!GetUserNameExW(NameSamCompatible, wide, &room), "room for %lu", (unsigned long)size);
        ok_number(GetLastError(), ERROR_MORE_DATA, "room for %lu", (unsigned long)size);
        ok_number(room, needed, "room for %lu: needed", (unsigned long)size);
        ok(wide[size] == 0x5a5a, "room for %lu: written behind it", (unsigned long)size);
    }
    size = needed;
    ok(GetUserNameExW(NameSamCompatible, wide, &size) != 0, "just enough: error %lu",
       (unsigned long)GetLastError());
    ok_number(size, needed - 1, "just enough");

    size = 0;
    SetLastError(0xdead);
    ok(!GetUserNameExA(NameSamCompatible, NULL, &size), "A, without memory");
    ok_number(GetLastError(), ERROR_MORE_DATA, "A, without memory");
}

/* On a computer that is in no domain only the SAM name is known. */
START_TEST(names_other_formats)
{
    static const struct {
        const char *name;
        EXTENDED_NAME_FORMAT format;
    } cases[] = {
        {"display", NameDisplay},
        {"principal", NameUserPrincipal},
        {"canonical", NameCanonical},
        {"unique id", NameUniqueId},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        WCHAR wide[NAME_ROOM];
        ULONG size = NAME_ROOM;

        SetLastError(0xdead);
        if (GetUserNameExW(cases[i].format, wide, &size)) {
            if (running_on_windows())
                skip("%s: this computer knows it, it is in a domain", cases[i].name);
            else
                ok(false, "%s: where from?", cases[i].name);
            continue;
        }
        ok_number(GetLastError(), ERROR_NONE_MAPPED, "%s", cases[i].name);
    }
}

/* Each number there could be. Those that no header has are wrong; what a Windows says to the last
 * ones, which came with version 8, is not known. */
START_TEST(names_every_format)
{
    static const unsigned known[] = {1, 3, 6, 7, 8, 9, 10, 12, 13, 14};

    if (running_on_windows()) {
        skip("depends on the domain");
        return;
    }
    for (unsigned format = 0; format < 20; format++) {
        DWORD want = format == NameSamCompatible ? 0xdead : ERROR_INVALID_PARAMETER;
        DWORD translated = format == NameSamCompatible ? ERROR_NO_SUCH_DOMAIN : want;
        WCHAR wide[NAME_ROOM];
        ULONG size = NAME_ROOM;

        for (size_t i = 0; i < COUNT_OF(known); i++)
            if (known[i] == format) {
                want = ERROR_NONE_MAPPED;
                translated = ERROR_NO_SUCH_DOMAIN;
            }
        SetLastError(0xdead);
        ok(GetUserNameExW((EXTENDED_NAME_FORMAT)format, wide, &size) == (want == 0xdead),
           "format %u", format);
        if (want != 0xdead) /* success may leave any */
            ok_number(GetLastError(), want, "format %u", format);
        size = NAME_ROOM;
        ok(!TranslateNameW(u"M\\u", NameUnknown, (EXTENDED_NAME_FORMAT)format, wide, &size),
           "format %u, translated", format);
        ok_number(GetLastError(), translated, "format %u, translated", format);
        ok(!GetComputerObjectNameW((EXTENDED_NAME_FORMAT)format, wide, &size),
           "format %u, computer", format);
        ok_number(GetLastError(),
                  translated == ERROR_NO_SUCH_DOMAIN ? ERROR_CANT_ACCESS_DOMAIN_INFO
                                                     : ERROR_INVALID_PARAMETER,
                  "format %u, computer", format);
    }
}

START_TEST(names_arguments)
{
    WCHAR wide[NAME_ROOM];
    ULONG size = NAME_ROOM;

    SetLastError(0xdead);
    ok(!GetUserNameExW(NameUnknown, wide, &size), "NameUnknown");
    ok(GetLastError() != 0xdead && GetLastError() != 0, "NameUnknown: no error");
    SetLastError(0xdead);
    ok(!GetComputerObjectNameW(NameUnknown, wide, &size), "computer: NameUnknown");
    ok(GetLastError() != 0xdead && GetLastError() != 0, "computer: no error");
}

START_TEST(names_translated)
{
    WCHAR wide[NAME_ROOM];
    ULONG size = NAME_ROOM;

    SetLastError(0xdead);
    if (TranslateNameW(u"NOSUCHMACHINE\\nobody", NameSamCompatible, NameDisplay, wide, &size)) {
        ok(false, "nobody was translated");
        return;
    }
    if (running_on_windows() && GetLastError() == ERROR_NONE_MAPPED) {
        skip("this computer is in a domain");
        return;
    }
    ok_number(GetLastError(), ERROR_NO_SUCH_DOMAIN, "no directory");
}
