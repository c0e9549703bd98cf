/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Logon sessions: the one that the calling thread acts in is the only one that is known. Results
 * are one block each, freed with LsaFreeReturnBuffer.
 *
 * Source: Microsoft Learn, "LsaEnumerateLogonSessions function", "LsaGetLogonSessionData function",
 * "SECURITY_LOGON_SESSION_DATA structure"; ntsecpkg.h for SECURITY_USER_DATA.
 */
#include "winsspi.h"

/* For SECURITY_USER_DATA. mingw-w64 leaves out the calling convention of the two functions that
 * winsspi.h declares. */
#define CredMarshalTargetInfo mingw_marshal_target_info
#define CredUnmarshalTargetInfo mingw_unmarshal_target_info
#include <ntsecpkg.h>
#undef CredMarshalTargetInfo
#undef CredUnmarshalTargetInfo
#include <string.h>

#include "base/mem.h"
#include "lsa/caller.h"
#include "lsa/host.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

#define LOCAL_SYSTEM 0x3e7u /* SYSTEM_LUID of winnt.h */

NTSTATUS NTAPI LsaEnumerateLogonSessions(PULONG count, PLUID *sessions)
{
    LUID id, *list;
    NTSTATUS status;

    if (!count || !sessions)
        return STATUS_INVALID_PARAMETER;
    status = lsa_caller_id(&id);
    if (status != STATUS_SUCCESS)
        return status;
    list = buffers_alloc(sizeof(*list));
    if (!list)
        return STATUS_NO_MEMORY;
    *list = id;
    *sessions = list;
    *count = 1;
    return STATUS_SUCCESS;
}

/* ---- one block
 * -------------------------------------------------------------------------------------- */

/* A caller's name in its two parts; borrowed. */
struct name {
    struct span domain, user;
};

static struct name name_split(const WCHAR *name)
{
    size_t length = platform_wide_length(name), at = 0;

    while (at < length && name[at] != '\\')
        at++;
    if (at == length)
        return (struct name){span_of(name, 0), span_of(name, length * sizeof(*name))};
    return (struct name){span_of(name, at * sizeof(*name)),
                         span_of(name + at + 1, (length - at - 1) * sizeof(*name))};
}

/* A string of the block, with its zero. */
static void put(struct writer *to, struct span text, UNICODE_STRING *string)
{
    static const WCHAR zero;

    string->Buffer = (WCHAR *)(void *)(to->data + to->used);
    string->Length = (USHORT)text.size;
    string->MaximumLength = (USHORT)(text.size + sizeof(zero));
    write_bytes(to, text);
    write_bytes(to, span_of(&zero, sizeof(zero)));
}

/* The structure's own size rounded up, so that what is behind it is aligned. */
#define BEHIND(type) ((sizeof(type) + 15) / 16 * 16)

/* A block for `type`, three strings and the caller's SID, which lies first behind the structure. */
static void *block_new(size_t structure, const struct lsa_caller *caller, struct writer *to,
                       PSID *sid)
{
    size_t size =
        structure + CALLER_SID_MAX +
        3 * (platform_wide_length(caller->name) + 1 + sizeof("Negotiate")) * sizeof(WCHAR);
    char *block = buffers_alloc(size);

    if (!block)
        return NULL;
    memcpy(block + structure, caller->sid, caller->sid_size);
    *sid = block + structure;
    *to = writer_of(block + structure + CALLER_SID_MAX, size - structure - CALLER_SID_MAX);
    return block;
}

static NTSTATUS session_block(const struct lsa_caller *caller, SECURITY_LOGON_SESSION_DATA **data)
{
    static const WCHAR package[] = u"Negotiate";
    struct name name = name_split(caller->name);
    SECURITY_LOGON_SESSION_DATA *made;
    struct writer strings;
    PSID sid;

    made = block_new(BEHIND(*made), caller, &strings, &sid);
    if (!made)
        return STATUS_NO_MEMORY;
    made->Size = sizeof(*made);
    made->LogonId = caller->id;
    made->LogonType = Interactive;
    made->Session = caller->session;
    made->Sid = sid;
    put(&strings, name.user, &made->UserName);
    put(&strings, name.domain, &made->LogonDomain);
    put(&strings, span_of(package, sizeof(package) - sizeof(*package)),
        &made->AuthenticationPackage);
    /* Never, as Windows says it. */
    made->LogoffTime.QuadPart = INT64_MAX;
    made->KickOffTime.QuadPart = INT64_MAX;
    made->PasswordMustChange.QuadPart = INT64_MAX;
    *data = made;
    return STATUS_SUCCESS;
}

/* The system's own session is there on every Windows, and tells nothing. */
static NTSTATUS system_block(const LUID *id, SECURITY_LOGON_SESSION_DATA **data)
{
    SECURITY_LOGON_SESSION_DATA *made;

    if (id->LowPart != LOCAL_SYSTEM || id->HighPart != 0)
        return STATUS_NO_SUCH_LOGON_SESSION;
    made = buffers_alloc(sizeof(*made));
    if (!made)
        return STATUS_NO_MEMORY;
    made->Size = sizeof(*made);
    made->LogonId = *id;
    *data = made;
    return STATUS_SUCCESS;
}

/* The caller, if the session is the caller's. */
static NTSTATUS caller_of(const LUID *id, struct lsa_caller *caller)
{
    LUID own;
    NTSTATUS status = lsa_caller_id(&own);

    if (status != STATUS_SUCCESS)
        return status;
    if (id && (own.LowPart != id->LowPart || own.HighPart != id->HighPart))
        return STATUS_NO_SUCH_LOGON_SESSION;
    return lsa_caller_get(caller);
}

NTSTATUS NTAPI LsaGetLogonSessionData(PLUID session, PSECURITY_LOGON_SESSION_DATA *data)
{
    struct lsa_caller caller = {.name = NULL};
    NTSTATUS status;

    if (!session || !data)
        return STATUS_INVALID_PARAMETER;
    status = caller_of(session, &caller);
    if (status == STATUS_SUCCESS)
        status = session_block(&caller, data);
    else if (status == STATUS_NO_SUCH_LOGON_SESSION)
        status = system_block(session, data);
    mem_free(caller.name);
    return status;
}

/* session: NULL: the caller's. */
NTSTATUS WINAPI GetSecurityUserInfo(PLUID session, ULONG flags, void **information)
{
    struct lsa_caller caller = {.name = NULL};
    SECURITY_USER_DATA *made;
    NTSTATUS status;

    (void)flags;
    if (!information)
        return STATUS_INVALID_PARAMETER;
    status = caller_of(session, &caller);
    if (status == STATUS_SUCCESS) {
        struct name name = name_split(caller.name);
        struct writer strings;
        PSID sid;

        made = block_new(BEHIND(*made), &caller, &strings, &sid);
        if (made) {
            /* SECURITY_STRING is a UNICODE_STRING by another name. */
            made->pSid = sid;
            put(&strings, name.user, (UNICODE_STRING *)(void *)&made->UserName);
            put(&strings, name.domain, (UNICODE_STRING *)(void *)&made->LogonDomainName);
            *information = made;
        } else {
            status = STATUS_NO_MEMORY;
        }
    }
    mem_free(caller.name);
    return status;
}
