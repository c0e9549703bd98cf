/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See misc/token.h.
 */
#include "misc/token.h"

#include <string.h>

#include "base/mem.h"
#include "misc/names.h"
#include "platform/platform.h"

static WCHAR *backslash_of(WCHAR *name)
{
    while (*name && *name != '\\')
        name++;
    return *name ? name : NULL;
}

static bool is_same_account(WCHAR *a, WCHAR *b)
{
    WCHAR *user_a = backslash_of(a), *user_b = backslash_of(b);

    if (!user_a || !user_b || user_a == a || !user_a[1])
        return false;
    *user_a++ = 0;
    *user_b++ = 0;
    return platform_wide_same(a, b) && !wcscmp(user_a, user_b);
}

bool token_is_own_account(const WCHAR *name)
{
    size_t size = (platform_wide_length(name) + 1) * sizeof(*name);
    WCHAR *own = NULL, *copy = mem_copy(span_of(name, size));
    bool is_own = copy && names_process_user(&own) == ERROR_SUCCESS && is_same_account(own, copy);

    mem_free(copy);
    mem_free(own);
    return is_own;
}

bool token_is_own_sid(const void *sid)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } own;
    DWORD size = sizeof(own);
    HANDLE process = NULL;
    bool is_own;

    if (!sid || !IsValidSid((PSID)(uintptr_t)sid) ||
        !OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process))
        return false;
    is_own = GetTokenInformation(process, TokenUser, &own, size, &size) &&
             EqualSid(own.user.User.Sid, (PSID)(uintptr_t)sid);
    CloseHandle(process);
    return is_own;
}

SECURITY_STATUS token_make(enum token_use use, void **token)
{
    SECURITY_IMPERSONATION_LEVEL level =
        use == TOKEN_USE_IDENTIFY ? SecurityIdentification : SecurityImpersonation;
    TOKEN_TYPE type = use == TOKEN_USE_PRIMARY ? TokenPrimary : TokenImpersonation;
    HANDLE own = NULL, made = NULL;
    BOOL done;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &own))
        return SEC_E_NO_IMPERSONATION;
    done = DuplicateTokenEx(own, MAXIMUM_ALLOWED, NULL, level, type, &made);
    CloseHandle(own);
    if (!done)
        return SEC_E_NO_IMPERSONATION;
    *token = made;
    return SEC_E_OK;
}

bool token_session(void *token, LUID *id)
{
    TOKEN_STATISTICS statistics;
    DWORD size = sizeof(statistics);

    if (!GetTokenInformation(token, TokenStatistics, &statistics, size, &size))
        return false;
    *id = statistics.AuthenticationId;
    return true;
}

void token_close(void *token)
{
    if (token)
        CloseHandle(token);
}

SECURITY_STATUS token_assume(void *token)
{
    return SetThreadToken(NULL, token) ? SEC_E_OK : SEC_E_NO_IMPERSONATION;
}

SECURITY_STATUS token_revert(void)
{
    return RevertToSelf() ? SEC_E_OK : SEC_E_NO_IMPERSONATION;
}
