/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * LsaLogonUser with a name and a password. The mechanisms judge: a client with that password logs
 * on to a server of this process. For NTLM that server has the accounts that gss-ntlmssp knows; for
 * Kerberos it has the key of "host" in the keytab, without which a false KDC could say anything. Of
 * the other messages of these packages (smart cards, responses to a challenge, tickets) none is
 * known.
 *
 * Differs: a token is there only for the user that the process runs as; see token.c. For another
 * one whose password is right, STATUS_PRIVILEGE_NOT_HELD.
 *
 * Source: Microsoft Learn, "LsaLogonUser function", "MSV1_0_INTERACTIVE_LOGON structure",
 * "KERB_INTERACTIVE_LOGON structure" (the strings lie in the message), "MSV1_0_INTERACTIVE_PROFILE
 * structure", "KERB_INTERACTIVE_PROFILE structure", "Authentication Functions" (LogonUser: "." is
 * this computer).
 */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gss/context.h"
#include "misc/names.h"
#include "misc/token.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

/* ---- the message ---- */

#define INTERACTIVE_LOGON 2   /* MsV1_0InteractiveLogon, KerbInteractiveLogon */
#define INTERACTIVE_PROFILE 2 /* MsV1_0InteractiveProfile, KerbInteractiveProfile */

/* MSV1_0_INTERACTIVE_LOGON, and KERB_INTERACTIVE_LOGON by another name. */
struct message {
    ULONG type;
    UNICODE_STRING domain, user, password;
};

/* MSV1_0_INTERACTIVE_PROFILE, and KERB_INTERACTIVE_PROFILE. */
struct profile {
    ULONG type;
    USHORT logons, bad_passwords;
    LARGE_INTEGER logon, logoff, kick_off, password_set, password_can_change, password_must_change;
    UNICODE_STRING script, home, name, path, drive, server;
    ULONG flags;
};

/* Zero-terminated. */
struct account {
    WCHAR *domain, *user, *password;
};

static void wipe_free(WCHAR *text)
{
    if (text)
        mem_wipe_free(text, platform_wide_length(text) * sizeof(*text));
}

static void account_done(struct account *account)
{
    mem_free(account->domain);
    mem_free(account->user);
    wipe_free(account->password);
}

/* A string that lies in the message. */
static NTSTATUS take_text(const struct ssp_logon *logon, const UNICODE_STRING *from, WCHAR **text)
{
    uintptr_t at = (uintptr_t)from->Buffer, start = (uintptr_t)logon->submit;
    size_t offset = at - start;

    if (from->Length % sizeof(WCHAR) ||
        (from->Length &&
         (at < start || offset > logon->submit_size || from->Length > logon->submit_size - offset)))
        return STATUS_INVALID_PARAMETER;
    *text = mem_alloc(from->Length + sizeof(WCHAR));
    if (!*text)
        return STATUS_NO_MEMORY;
    if (from->Length)
        memcpy(*text, from->Buffer, from->Length);
    return STATUS_SUCCESS;
}

static NTSTATUS take_account(const struct ssp_logon *logon, struct account *account)
{
    struct message message;
    NTSTATUS status;

    if (logon->submit_size < sizeof(message.type))
        return STATUS_INVALID_PARAMETER;
    memcpy(&message.type, logon->submit, sizeof(message.type));
    if (message.type != INTERACTIVE_LOGON)
        return STATUS_BAD_VALIDATION_CLASS;
    if (logon->submit_size < sizeof(message))
        return STATUS_INVALID_PARAMETER;
    memcpy(&message, logon->submit, sizeof(message));
    status = take_text(logon, &message.domain, &account->domain);
    if (status == STATUS_SUCCESS)
        status = take_text(logon, &message.user, &account->user);
    if (status == STATUS_SUCCESS)
        status = take_text(logon, &message.password, &account->password);
    return status == STATUS_SUCCESS && !*account->user ? (NTSTATUS)STATUS_LOGON_FAILURE : status;
}

static bool has_at(const WCHAR *text)
{
    while (*text && *text != '@')
        text++;
    return *text != 0;
}

/* "." is this computer, and so is nothing, unless the user has a realm. */
static NTSTATUS settle_domain(struct account *account)
{
    const WCHAR *domain = account->domain;
    WCHAR *name = NULL, *end;

    if (domain[0] && (domain[0] != '.' || domain[1]))
        return STATUS_SUCCESS;
    if (!domain[0] && has_at(account->user))
        return STATUS_SUCCESS;
    if (names_user(&name) != ERROR_SUCCESS)
        return STATUS_NO_MEMORY;
    for (end = name; *end && *end != '\\'; end++)
        continue;
    *end = 0;
    mem_free(account->domain);
    account->domain = name;
    return STATUS_SUCCESS;
}

/* ---- a client and a server ---- */

#define LEGS_MAX 6
#define OWN_SERVICE "host" /* of this computer (RFC 2743 4.1) */

struct pair {
    struct gss_credential *credential;
    enum mech mech;
    struct mech_context *context[2]; /* client's, server's */
    enum mech_status status[2];
    uint8_t *token;
    size_t size;
};

static void pair_done(struct pair *pair)
{
    mech_context_free(pair->context[0]);
    mech_context_free(pair->context[1]);
    mem_free(pair->token);
}

/* One side's answer to what the other said; its own is kept for the other. */
static enum mech_status pair_step(struct pair *pair, bool is_server)
{
    struct mech_context **context = &pair->context[is_server];
    struct mech_step step = {.mech = pair->mech,
                             .target_kind = MECH_TARGET_NONE,
                             .request = MECH_FLAG_INTEGRITY,
                             .input = span_of(pair->token, pair->size)};
    enum mech_status status =
        gss_credential_for(pair->credential, pair->mech, is_server, &step.credential);

    if (status != MECH_OK)
        return status;
    if (pair->mech == MECH_KERBEROS) {
        step.target_kind = MECH_TARGET_SERVICE;
        step.target = span_of(OWN_SERVICE, strlen(OWN_SERVICE));
    }
    status = is_server ? mech_accept(context, &step) : mech_initiate(context, &step);
    mem_free(pair->token);
    pair->token = NULL;
    pair->size = 0;
    if ((status != MECH_OK && status != MECH_CONTINUE) || !step.output_size)
        return status;
    pair->token = mem_alloc(step.output_size);
    if (!pair->token || mech_output(*context, pair->token, step.output_size) != MECH_OK)
        return MECH_NO_MEMORY;
    pair->size = step.output_size;
    return status;
}

static enum mech_status pair_run(struct pair *pair)
{
    pair->status[0] = pair->status[1] = MECH_CONTINUE;
    for (int leg = 0; leg < LEGS_MAX; leg++) {
        bool is_server = leg % 2;
        enum mech_status *status = &pair->status[is_server];

        if (*status == MECH_CONTINUE)
            *status = pair_step(pair, is_server);
        if (*status != MECH_OK && *status != MECH_CONTINUE)
            return *status;
        if (pair->status[0] == MECH_OK && pair->status[1] == MECH_OK)
            return MECH_OK;
    }
    return MECH_FAILED;
}

/* ---- the verdict ---- */

static NTSTATUS make_profile(struct ssp_logon *logon)
{
    struct profile *made = buffers_alloc(sizeof(*made));

    if (!made)
        return STATUS_NO_MEMORY;
    made->type = INTERACTIVE_PROFILE;
    made->logoff.QuadPart = made->kick_off.QuadPart = INT64_MAX; /* never */
    made->password_must_change.QuadPart = INT64_MAX;
    logon->profile = made;
    logon->profile_size = sizeof(*made);
    return STATUS_SUCCESS;
}

static NTSTATUS grant(struct ssp_logon *logon)
{
    enum token_use use = logon->type == Network ? TOKEN_USE_IMPERSONATE : TOKEN_USE_PRIMARY;
    void *token = NULL;
    NTSTATUS status;

    if (token_make(use, &token) != SEC_E_OK)
        return STATUS_PRIVILEGE_NOT_HELD;
    status = token_session(token, &logon->id) ? make_profile(logon) : (NTSTATUS)STATUS_NO_MEMORY;
    if (status == STATUS_SUCCESS)
        logon->token = token;
    else
        token_close(token);
    return status;
}

static NTSTATUS status_of_logon(enum mech_status status)
{
    switch (status) {
    case MECH_LOGON_DENIED:
    case MECH_EXPIRED:
        return STATUS_LOGON_FAILURE;
    case MECH_NO_MEMORY:
        return STATUS_NO_MEMORY;
    default:
        return STATUS_NO_LOGON_SERVERS; /* nobody here could tell */
    }
}

static NTSTATUS log_on_by(enum mech mech, struct gss_credential *credential,
                          struct ssp_logon *logon)
{
    struct pair pair = {.credential = credential, .mech = mech};
    enum mech_status called = pair_run(&pair);
    NTSTATUS status = status_of_logon(called);

    if (called == MECH_OK)
        status = gss_client_is_self(pair.context[1], mech) ? grant(logon)
                                                           : (NTSTATUS)STATUS_PRIVILEGE_NOT_HELD;
    TRACE(LOG_GSS, "logon by mechanism %d: %d, %08lx", (int)mech, (int)called,
          (unsigned long)(uint32_t)status);
    pair_done(&pair);
    return status;
}

/* Negotiate asks Kerberos, and NTLM where that cannot tell. */
static NTSTATUS log_on(enum mech mech, struct gss_credential *credential, struct ssp_logon *logon)
{
    static const enum mech order[] = {MECH_KERBEROS, MECH_NTLM};
    NTSTATUS status = STATUS_NO_LOGON_SERVERS;

    if (mech != MECH_NEGOTIATE)
        return log_on_by(mech, credential, logon);
    for (size_t i = 0; i < COUNT_OF(order) && status == STATUS_NO_LOGON_SERVERS; i++)
        if (credential->allowed & MECH_BIT(order[i]))
            status = log_on_by(order[i], credential, logon);
    return status;
}

static ULONG length(const WCHAR *text)
{
    return (ULONG)platform_wide_length(text);
}

NTSTATUS gss_logon(enum mech mech, struct ssp_logon *logon)
{
    struct account account = {NULL, NULL, NULL};
    SEC_WINNT_AUTH_IDENTITY_W identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    struct ssp_acquire acquire = {.use = SECPKG_CRED_BOTH, .auth_data = &identity};
    NTSTATUS status = take_account(logon, &account);

    if (status == STATUS_SUCCESS)
        status = settle_domain(&account);
    if (status == STATUS_SUCCESS) {
        identity.User = (unsigned short *)account.user;
        identity.UserLength = length(account.user);
        identity.Domain = (unsigned short *)account.domain;
        identity.DomainLength = length(account.domain);
        identity.Password = (unsigned short *)account.password;
        identity.PasswordLength = length(account.password);
        if (gss_acquire(mech, &acquire) != SEC_E_OK)
            status = STATUS_NO_MEMORY;
    }
    if (status == STATUS_SUCCESS) {
        status = log_on(mech, acquire.credential, logon);
        gss_credential_unref(acquire.credential);
    }
    account_done(&account);
    return status;
}
