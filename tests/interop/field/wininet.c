/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Cases of programs that have their HTTP from the system: see field.h. WinINet's and WinHTTP's
 * headers exclude each other, so WinHTTP's functions are in winhttp.c.
 */
#include "field.h"

#include <wininet.h>

/* Whether a page comes over a connection of its own. */
static bool get_page(HINTERNET session, const char *url)
{
    HINTERNET page = InternetOpenUrlA(session, url, NULL, 0,
                                      INTERNET_FLAG_RELOAD | INTERNET_FLAG_NO_CACHE_WRITE, 0);
    char data[4096];
    DWORD size = 0;
    bool came = page && InternetReadFile(page, data, sizeof(data), &size) && size;

    if (page)
        InternetCloseHandle(page);
    return came;
}

/* Peer: s_server -www. */
static void wininet_twice(const struct arguments *arguments)
{
    HINTERNET session = InternetOpenA("field", INTERNET_OPEN_TYPE_DIRECT, NULL, NULL, 0);
    unsigned pages = 0;
    char url[60];

    snprintf(url, sizeof(url), "https://localhost:%u/", arguments->port);
    for (int i = 0; i < 2; i++)
        pages += get_page(session, url);
    seen("%u of 2 pages", pages);
    InternetCloseHandle(session);
}

const struct field_case wininet_cases[] = {
    {"wininet-twice", wininet_twice},
    {NULL, NULL},
};
