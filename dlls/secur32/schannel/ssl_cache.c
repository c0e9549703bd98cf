/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SslEmptyCache of schannel.dll: forgets sessions of the client cache, those of one server or all.
 * A server's tickets are kept by its clients and cannot be called back.
 *
 * Source: Microsoft Learn, "SslEmptyCache function": TRUE on success; NULL empties the whole cache;
 * the flags are not used.
 */
#include "winsspi.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"
#include "schannel/session.h"
#include "tls/tls.h"

#define NAME_MAX 255 /* RFC 1035 2.3.4 */

/* A name that cannot be a host's has no sessions. */
static void forget(const char *utf8)
{
    uint8_t ascii[NAME_MAX + 1];
    enum tls_name_kind kind = TLS_NAME_NONE;
    size_t size = 0;

    if (tls_name(span_of(utf8, strlen(utf8)), &kind, ascii, NAME_MAX, &size) != TLS_OK ||
        size > NAME_MAX || kind == TLS_NAME_NONE)
        return;
    ascii[size] = 0;
    for (size_t i = 0; i < size; i++)
        if (ascii[i] >= 'A' && ascii[i] <= 'Z')
            ascii[i] = (uint8_t)(ascii[i] - 'A' + 'a');
    session_forget_server((const char *)ascii);
}

BOOL WINAPI SslEmptyCacheW(LPWSTR target, DWORD flags)
{
    char *utf8 = NULL;
    SECURITY_STATUS status;

    (void)flags;
    if (!target) {
        session_forget(0, NULL);
        return TRUE;
    }
    status = platform_utf8_from_wide(target, &utf8);
    if (status == SEC_E_INSUFFICIENT_MEMORY) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return FALSE;
    }
    if (status == SEC_E_OK)
        forget(utf8);
    mem_free(utf8);
    return TRUE;
}

BOOL WINAPI SslEmptyCacheA(LPSTR target, DWORD flags)
{
    WCHAR *wide = NULL;
    BOOL result;

    if (platform_wide_from_ansi(target, &wide) != SEC_E_OK) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return FALSE;
    }
    result = SslEmptyCacheW(wide, flags);
    mem_free(wide);
    return result;
}
