/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See lsa/caller.h: by the token of the thread, which impersonates maybe, or of the process.
 */
#include "lsa/caller.h"

#include <string.h>

#include "base/mem.h"
#include "misc/names.h"

static HANDLE open_token(void)
{
    HANDLE token = NULL;

    if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) ||
        OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return token;
    return NULL;
}

static bool query(HANDLE token, TOKEN_INFORMATION_CLASS class, void *data, DWORD size)
{
    return token && GetTokenInformation(token, class, data, size, &size);
}

NTSTATUS lsa_caller_id(LUID *id)
{
    HANDLE token = open_token();
    TOKEN_STATISTICS statistics;
    bool known = query(token, TokenStatistics, &statistics, sizeof(statistics));

    if (token)
        CloseHandle(token);
    if (!known)
        return STATUS_NO_TOKEN;
    *id = statistics.AuthenticationId;
    return STATUS_SUCCESS;
}

NTSTATUS lsa_caller_get(struct lsa_caller *caller)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } information;
    HANDLE token = open_token();
    NTSTATUS status = STATUS_NO_TOKEN;

    *caller = (struct lsa_caller){.session = 0};
    if (query(token, TokenUser, &information, sizeof(information))) {
        caller->sid_size = GetLengthSid(information.user.User.Sid);
        if (caller->sid_size <= sizeof(caller->sid)) {
            memcpy(caller->sid, information.user.User.Sid, caller->sid_size);
            status = lsa_caller_id(&caller->id);
        }
    }
    if (!query(token, TokenSessionId, &caller->session, sizeof(caller->session)))
        caller->session = 0;
    if (token)
        CloseHandle(token);
    if (status == STATUS_SUCCESS && names_user(&caller->name) != ERROR_SUCCESS)
        status = STATUS_NO_MEMORY;
    return status;
}
