/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See logon.h. The package says who has logged on; the token is the LSA's to make.
 *
 * Differs: only the user that the process runs as can have one, a duplicate of the process' own,
 * whatever groups and privileges the package wants in it; for others nobody here has the privilege.
 * A session is known while it is being made: when the last token of one is closed, and the package
 * should be told, cannot be seen. What the package gives of the user's credentials goes to no other
 * package.
 *
 * Source: Microsoft Learn, "LSA_AP_LOGON_USER callback function", "LSA_AP_LOGON_USER_EX" and
 * "_EX2", "LSA_TOKEN_INFORMATION_V1 structure" (of which memory is separate),
 * "LSA_CREATE_LOGON_SESSION", "LSA_DELETE_LOGON_SESSION", "LSA_CREATE_TOKEN",
 * "LSA_CREATE_TOKEN_EX", "LsaLogonUser function" (which types give a primary token).
 */
#include "lsa/pe/logon.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "lsa/pe/package.h"
#include "misc/token.h"
#include "sspi/buffers.h"

/* ---- sessions that are being made ---- */

#define SESSIONS_MAX 256

static struct lock sessions_lock = LOCK_INITIALIZER; /* guards the two below; a leaf */
static LUID sessions[SESSIONS_MAX];
static size_t session_count;

/* With the lock; session_count: it is none of them. */
static size_t session_at(const LUID *id)
{
    size_t i = 0;

    while (i < session_count && memcmp(&sessions[i], id, sizeof(*id)) != 0)
        i++;
    return i;
}

NTSTATUS NTAPI lsa_session_create(PLUID id)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (!id)
        return STATUS_INVALID_PARAMETER;
    lock_take(&sessions_lock);
    if (session_at(id) < session_count) {
        status = STATUS_LOGON_SESSION_COLLISION;
    } else if (session_count < SESSIONS_MAX) {
        sessions[session_count++] = *id;
        status = STATUS_SUCCESS;
    }
    lock_release(&sessions_lock);
    return status;
}

NTSTATUS NTAPI lsa_session_delete(PLUID id)
{
    NTSTATUS status = STATUS_NO_SUCH_LOGON_SESSION;
    size_t at;

    if (!id)
        return STATUS_INVALID_PARAMETER;
    lock_take(&sessions_lock);
    at = session_at(id);
    if (at < session_count) {
        sessions[at] = sessions[--session_count];
        status = STATUS_SUCCESS;
    }
    lock_release(&sessions_lock);
    return status;
}

/* ---- tokens ---- */

/* The first members of the structure are the same in all versions. */
static NTSTATUS make_token(LSA_TOKEN_INFORMATION_TYPE type, const void *information,
                           enum token_use use, void **token)
{
    const LSA_TOKEN_INFORMATION_V1 *of = information;

    if (type == LsaTokenInformationNull || !of || !token_is_own_sid(of->User.User.Sid))
        return STATUS_PRIVILEGE_NOT_HELD;
    return token_make(use, token) == SEC_E_OK ? STATUS_SUCCESS : (NTSTATUS)STATUS_NO_TOKEN;
}

/* A logon over the network is for a server, which impersonates; the others start a session. */
static enum token_use use_of(SECURITY_LOGON_TYPE type)
{
    return type == Network ? TOKEN_USE_IMPERSONATE : TOKEN_USE_PRIMARY;
}

static NTSTATUS token_for_package(LSA_TOKEN_INFORMATION_TYPE type, const void *information,
                                  SECURITY_LOGON_TYPE logon, SECURITY_IMPERSONATION_LEVEL level,
                                  const TOKEN_GROUPS *groups, PHANDLE token, PNTSTATUS sub_status)
{
    enum token_use use = use_of(logon);

    if (!token || (groups && groups->GroupCount))
        return token ? (NTSTATUS)STATUS_PRIVILEGE_NOT_HELD : (NTSTATUS)STATUS_INVALID_PARAMETER;
    if (sub_status)
        *sub_status = STATUS_SUCCESS;
    if (use == TOKEN_USE_IMPERSONATE && level < SecurityImpersonation)
        use = TOKEN_USE_IDENTIFY;
    return make_token(type, information, use, token);
}

NTSTATUS NTAPI lsa_create_token(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE type,
                                SECURITY_IMPERSONATION_LEVEL level,
                                LSA_TOKEN_INFORMATION_TYPE information_type, PVOID information,
                                PTOKEN_GROUPS groups, PUNICODE_STRING account,
                                PUNICODE_STRING authority, PUNICODE_STRING workstation,
                                PUNICODE_STRING profile, PHANDLE token, PNTSTATUS sub_status)
{
    (void)id;
    (void)source;
    (void)account;
    (void)authority;
    (void)workstation;
    (void)profile;
    return token_for_package(information_type, information, type, level, groups, token, sub_status);
}

NTSTATUS NTAPI lsa_create_token_ex(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE type,
                                   SECURITY_IMPERSONATION_LEVEL level,
                                   LSA_TOKEN_INFORMATION_TYPE information_type, PVOID information,
                                   PTOKEN_GROUPS groups, PUNICODE_STRING workstation,
                                   PUNICODE_STRING profile, PVOID session,
                                   SECPKG_SESSIONINFO_TYPE session_type, PHANDLE token,
                                   PNTSTATUS sub_status)
{
    (void)id;
    (void)source;
    (void)workstation;
    (void)profile;
    (void)session;
    (void)session_type;
    return token_for_package(information_type, information, type, level, groups, token, sub_status);
}

/* ---- what a package gives for a logon ---- */

struct given {
    void *information; /* LSA_TOKEN_INFORMATION_... */
    LSA_TOKEN_INFORMATION_TYPE type;
    UNICODE_STRING *account, *authority, *machine;
    SECPKG_PRIMARY_CRED primary;
    SECPKG_SUPPLEMENTAL_CRED_ARRAY *supplemental;
};

static void free_string(UNICODE_STRING *string)
{
    if (!string)
        return;
    buffers_free(string->Buffer); /* wiped, as all that buffers_free frees */
    buffers_free(string);
}

/* Members of a version 1 are blocks of their own, of the others parts of the whole. */
static void free_information(const struct given *given)
{
    LSA_TOKEN_INFORMATION_V1 *of = given->information;

    if (of && given->type == LsaTokenInformationV1) {
        buffers_free(of->User.User.Sid);
        for (DWORD i = 0; of->Groups && i < of->Groups->GroupCount; i++)
            buffers_free(of->Groups->Groups[i].Sid);
        buffers_free(of->Groups);
        buffers_free(of->PrimaryGroup.PrimaryGroup);
        buffers_free(of->Privileges);
        buffers_free(of->Owner.Owner);
        buffers_free(of->DefaultDacl.DefaultDacl);
    }
    buffers_free(of);
}

static void free_given(struct given *given)
{
    UNICODE_STRING *const strings[] = {
        &given->primary.DownlevelName, &given->primary.DomainName,    &given->primary.Password,
        &given->primary.OldPassword,   &given->primary.DnsDomainName, &given->primary.Upn,
        &given->primary.LogonServer,
    };

    free_information(given);
    free_string(given->account);
    free_string(given->authority);
    free_string(given->machine);
    for (size_t i = 0; i < COUNT_OF(strings); i++)
        buffers_free(strings[i]->Buffer);
    buffers_free(given->primary.UserSid);
    for (ULONG i = 0; given->supplemental && i < given->supplemental->CredentialCount; i++) {
        buffers_free(given->supplemental->Credentials[i].PackageName.Buffer);
        buffers_free(given->supplemental->Credentials[i].Credentials);
    }
    buffers_free(given->supplemental);
}

/* mingw-w64 leaves its calling convention out. */
typedef NTSTATUS(NTAPI *logon_user_ex2)(PLSA_CLIENT_REQUEST, SECURITY_LOGON_TYPE, PVOID, PVOID,
                                        ULONG, PVOID *, PULONG, PLUID, PNTSTATUS,
                                        PLSA_TOKEN_INFORMATION_TYPE, PVOID *, PUNICODE_STRING *,
                                        PUNICODE_STRING *, PUNICODE_STRING *, PSECPKG_PRIMARY_CRED,
                                        PSECPKG_SUPPLEMENTAL_CRED_ARRAY *);

/* The newest of the three that the package has. copy: of what the program passed, whose addresses
 * in it are those of the program's memory. */
static NTSTATUS call_newest(const SECPKG_FUNCTION_TABLE *functions, struct ssp_logon *logon,
                            void *copy, struct given *given)
{
    void *client = (void *)(uintptr_t)logon->submit;
    PVOID request = NULL;

    if (functions->LogonUserEx2) {
        logon_user_ex2 function;

        memcpy(&function, &functions->LogonUserEx2, sizeof(function));
        return function(&request, logon->type, copy, client, logon->submit_size, &logon->profile,
                        &logon->profile_size, &logon->id, &logon->sub_status, &given->type,
                        &given->information, &given->account, &given->authority, &given->machine,
                        &given->primary, &given->supplemental);
    }
    if (functions->LogonUserEx)
        return functions->LogonUserEx(&request, logon->type, copy, client, logon->submit_size,
                                      &logon->profile, &logon->profile_size, &logon->id,
                                      &logon->sub_status, &given->type, &given->information,
                                      &given->account, &given->authority, &given->machine);
    if (functions->LogonUser)
        return functions->LogonUser(&request, logon->type, copy, client, logon->submit_size,
                                    &logon->profile, &logon->profile_size, &logon->id,
                                    &logon->sub_status, &given->type, &given->information,
                                    (PLSA_UNICODE_STRING *)(void *)&given->account,
                                    (PLSA_UNICODE_STRING *)(void *)&given->authority);
    return STATUS_NO_LOGON_SERVERS;
}

/* Without a token there is no logon: what the package has made for it goes. */
static void give_up(const SECPKG_FUNCTION_TABLE *functions, struct ssp_logon *logon, bool has_begun)
{
    if (has_begun && functions->LogonTerminated)
        functions->LogonTerminated(&logon->id);
    buffers_free(logon->profile);
    logon->profile = NULL;
    logon->profile_size = 0;
}

NTSTATUS lsa_logon(struct ssp_logon *logon)
{
    const struct lsa_package *package = (const struct lsa_package *)logon->ssp;
    const SECPKG_FUNCTION_TABLE *functions = &package->functions.old;
    struct given given = {.information = NULL};
    void *copy = mem_copy(span_of(logon->submit, logon->submit_size));
    NTSTATUS status, made;

    if (!copy)
        return STATUS_NO_MEMORY;
    made = status = call_newest(functions, logon, copy, &given);
    mem_wipe_free(copy, logon->submit_size);
    if (made >= 0)
        status = make_token(given.type, given.information, use_of(logon->type), &logon->token);
    if (status < 0)
        give_up(functions, logon, made >= 0);
    if (made >= 0)
        (void)lsa_session_delete(&logon->id);
    free_given(&given);
    return status;
}
