/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See wininet.c.
 */
#include "field.h"

#include <winhttp.h>

static bool get_page(HINTERNET session, unsigned short port)
{
    HINTERNET connection = WinHttpConnect(session, L"localhost", port, 0);
    HINTERNET request =
        WinHttpOpenRequest(connection, L"GET", L"/", NULL, NULL, NULL, WINHTTP_FLAG_SECURE);
    char data[4096];
    DWORD size = 0;
    bool came = WinHttpSendRequest(request, NULL, 0, NULL, 0, 0, 0) &&
                WinHttpReceiveResponse(request, NULL) &&
                WinHttpReadData(request, data, sizeof(data), &size) && size;

    WinHttpCloseHandle(request);
    WinHttpCloseHandle(connection);
    return came;
}

/* Peer: s_server -www. */
static void winhttp_twice(const struct arguments *arguments)
{
    HINTERNET session = WinHttpOpen(L"field", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0);
    unsigned pages = 0;

    for (int i = 0; i < 2; i++)
        pages += get_page(session, arguments->port);
    seen("%u of 2 pages", pages);
    WinHttpCloseHandle(session);
}

const struct field_case winhttp_cases[] = {
    {"winhttp-twice", winhttp_twice},
    {NULL, NULL},
};
