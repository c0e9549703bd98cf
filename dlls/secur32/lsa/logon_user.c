/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * LogonUserExExW: a logon by Negotiate, or by NTLM where there is no Negotiate, with the message
 * that both understand. The provider makes no difference: Windows asks Negotiate unless it is told
 * to ask NTLM, and Negotiate here does that, too.
 *
 * Source: Microsoft Learn, "LogonUserExExW function" (ERROR_PRIVILEGE_NOT_HELD with groups of the
 * program's), "LogonUserExW function" (profile for LsaFreeReturnBuffer),
 * "MSV1_0_INTERACTIVE_LOGON structure".
 */
#include "winsspi.h"

#include <string.h>

#include "base/mem.h"
#include "lsa/host.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

#define INTERACTIVE_LOGON 2

struct message {
    ULONG type;
    UNICODE_STRING text[3]; /* domain, user, password */
};

/* NULL: no memory, or a text too long for a UNICODE_STRING. */
static struct message *make_message(const WCHAR *const text[3], ULONG *size)
{
    size_t bytes[3], all = sizeof(struct message);
    struct message *made;
    char *at;

    for (size_t i = 0; i < 3; i++) {
        bytes[i] = text[i] ? platform_wide_length(text[i]) * sizeof(WCHAR) : 0;
        if (bytes[i] > UINT16_MAX - sizeof(WCHAR))
            return NULL;
        all += bytes[i];
    }
    made = mem_alloc(all);
    if (!made)
        return NULL;
    *size = (ULONG)all;
    made->type = INTERACTIVE_LOGON;
    at = (char *)(made + 1);
    for (size_t i = 0; i < 3; at += bytes[i++]) {
        made->text[i].Buffer = (WCHAR *)(void *)at;
        made->text[i].Length = made->text[i].MaximumLength = (USHORT)bytes[i];
        if (bytes[i])
            memcpy(at, text[i], bytes[i]);
    }
    return made;
}

/* clang-format off */
static const struct {
    NTSTATUS status;
    DWORD error;
} errors[] = {
    {STATUS_LOGON_FAILURE,      ERROR_LOGON_FAILURE},
    {STATUS_NO_LOGON_SERVERS,   ERROR_NO_LOGON_SERVERS},
    {STATUS_PRIVILEGE_NOT_HELD, ERROR_PRIVILEGE_NOT_HELD},
    {STATUS_INVALID_PARAMETER,  ERROR_INVALID_PARAMETER},
    {STATUS_NO_MEMORY,          ERROR_NOT_ENOUGH_MEMORY},
};
/* clang-format on */

static BOOL fail(NTSTATUS status)
{
    DWORD error = ERROR_LOGON_FAILURE;

    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i].status == status)
            error = errors[i].error;
    SetLastError(error);
    return FALSE;
}

static NTSTATUS ask(struct ssp_logon *logon, const WCHAR *const text[3])
{
    struct message *message = make_message(text, &logon->submit_size);
    NTSTATUS status = STATUS_NO_LOGON_SERVERS;

    if (!message)
        return STATUS_NO_MEMORY;
    logon->submit = message;
    logon->ssp = lsa_host.find(u"Negotiate");
    if (!logon->ssp || !logon->ssp->logon)
        logon->ssp = lsa_host.find(u"NTLM");
    if (logon->ssp && logon->ssp->logon)
        status = logon->ssp->logon(logon);
    mem_wipe_free(message, logon->submit_size);
    return status;
}

/* sid: the session's own, which is not known: there is none. */
BOOL WINAPI LogonUserExExW(LPWSTR user, LPWSTR domain, LPWSTR password, DWORD type, DWORD provider,
                           PTOKEN_GROUPS groups, PHANDLE token, PSID *sid, PVOID *profile,
                           LPDWORD profile_size, PQUOTA_LIMITS quotas)
{
    struct ssp_logon logon = {.type = (SECURITY_LOGON_TYPE)type};
    NTSTATUS status;

    (void)provider;
    if (!user || !token || type < Interactive || type > CachedUnlock)
        return fail(STATUS_INVALID_PARAMETER);
    if (groups && groups->GroupCount)
        return fail(STATUS_PRIVILEGE_NOT_HELD);
    status = ask(&logon, (const WCHAR *const[3]){domain, user, password});
    if (status < 0)
        return fail(status);
    *token = logon.token;
    if (sid)
        *sid = NULL;
    if (quotas)
        memset(quotas, 0, sizeof(*quotas));
    if (profile_size)
        *profile_size = logon.profile_size;
    if (profile)
        *profile = logon.profile;
    else
        buffers_free(logon.profile);
    return TRUE;
}
