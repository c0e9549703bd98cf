/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The user by the token of the thread, which impersonates maybe, or of the process.
 */
#include "misc/names.h"

#include "base/mem.h"

#define NAME_MAX 256 /* UNLEN of lmcons.h */

static HANDLE open_thread_token(void)
{
    HANDLE token = NULL;

    return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) ? token : NULL;
}

static HANDLE open_process_token(void)
{
    HANDLE token = NULL;

    return OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ? token : NULL;
}

static DWORD lookup(PSID sid, WCHAR **name)
{
    WCHAR user[NAME_MAX + 1], domain[NAME_MAX + 1];
    DWORD user_size = NAME_MAX + 1, domain_size = NAME_MAX + 1;
    SID_NAME_USE use;
    WCHAR *both;

    if (!LookupAccountSidW(NULL, sid, user, &user_size, domain, &domain_size, &use))
        return GetLastError();
    both = mem_alloc_array((size_t)domain_size + 1 + user_size + 1, sizeof(WCHAR));
    if (!both)
        return ERROR_NOT_ENOUGH_MEMORY;
    for (DWORD i = 0; i < domain_size; i++)
        both[i] = domain[i];
    both[domain_size] = '\\';
    for (DWORD i = 0; i < user_size; i++)
        both[domain_size + 1 + i] = user[i];
    *name = both;
    return ERROR_SUCCESS;
}

/* Of the user whom the token is for; closes it. */
static DWORD user_of(HANDLE token, WCHAR **name)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } information;
    DWORD size = sizeof(information), error;

    if (!token)
        return ERROR_NO_TOKEN;
    if (GetTokenInformation(token, TokenUser, &information, size, &size))
        error = lookup(information.user.User.Sid, name);
    else
        error = GetLastError();
    CloseHandle(token);
    return error;
}

DWORD names_user(WCHAR **name)
{
    HANDLE token = open_thread_token();

    return user_of(token ? token : open_process_token(), name);
}

DWORD names_process_user(WCHAR **name)
{
    return user_of(open_process_token(), name);
}
