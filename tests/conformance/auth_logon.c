/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * LsaLogonUser with a name and a password, by each package. Under Wine there is
 * a token only where the account is the user that the test runs as (auth_token.c), on Linux none;
 * the answer still tells a right password from a wrong one.
 *
 * Source: Microsoft Learn, "LsaLogonUser function", "MSV1_0_INTERACTIVE_LOGON structure",
 * "KERB_INTERACTIVE_LOGON structure".
 */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

/* MSV1_0_INTERACTIVE_LOGON, and KERB_INTERACTIVE_LOGON by another name, with its strings. */
struct interactive {
    ULONG type; /* 2 */
    UNICODE_STRING domain, user, password;
    WCHAR text[512];
};

static size_t length(const WCHAR *text)
{
    size_t size = 0;

    while (text[size])
        size++;
    return size;
}

static WCHAR *put(WCHAR *at, const WCHAR *text, UNICODE_STRING *string)
{
    size_t size = length(text);

    memcpy(at, text, size * sizeof(*text));
    string->Buffer = at;
    string->Length = string->MaximumLength = (USHORT)(size * sizeof(*text));
    return at + size;
}

static void fill(struct interactive *message, const struct auth_account *account)
{
    WCHAR *at = message->text;

    memset(message, 0, sizeof(*message));
    message->type = 2;
    at = put(at, account->domain, &message->domain);
    at = put(at, account->user, &message->user);
    put(at, account->password, &message->password);
}

struct answer {
    NTSTATUS status, sub_status;
    HANDLE token;
    void *profile;
    ULONG profile_size;
};

static struct answer log_on(const struct auth_way *way, SECURITY_LOGON_TYPE type, void *message,
                            size_t size)
{
    char name[32] = {0};
    LSA_STRING package = {0, sizeof(name), name}, origin = {0, 1, (char *)(uintptr_t) ""};
    TOKEN_SOURCE source = {.SourceName = "conform"};
    struct answer answer = {.sub_status = 77};
    ULONG number = 0;
    HANDLE lsa = NULL;
    QUOTA_LIMITS quotas;
    LUID session;

    for (const WCHAR *at = way->package; *at; at++)
        name[package.Length++] = (char)*at;
    if (!ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect") ||
        !ok_status(LsaLookupAuthenticationPackage(lsa, &package, &number), STATUS_SUCCESS, "find"))
        return answer;
    answer.status = LsaLogonUser(lsa, &origin, type, number, message, (ULONG)size, NULL, &source,
                                 &answer.profile, &answer.profile_size, &session, &answer.token,
                                 &quotas, &answer.sub_status);
    LsaDeregisterLogonProcess(lsa);
    return answer;
}

/* What it must be for the right password. */
static NTSTATUS wanted(const struct auth_way *way)
{
    const char *self = getenv("SECUR32_TEST_SELF");

    if (running_on_windows())
        return STATUS_SUCCESS;
    if (!running_under_wine() || !self || !strstr(self, way->kerberos ? "kerberos" : "ntlm"))
        return STATUS_PRIVILEGE_NOT_HELD;
    return STATUS_SUCCESS;
}

static void check_answer(const struct answer *answer, NTSTATUS want, const char *what)
{
    bool works = want == STATUS_SUCCESS;

    ok_status(answer->status, want, "%s", what);
    ok((answer->token != NULL) == works, "%s: token %p", what, (void *)answer->token);
    ok((answer->profile != NULL) == works && (answer->profile_size != 0) == works,
       "%s: %lu bytes of profile", what, (unsigned long)answer->profile_size);
    if (answer->profile)
        LsaFreeReturnBuffer(answer->profile);
}

#ifdef _WIN32
static void check_token(HANDLE token, bool is_primary)
{
    TOKEN_TYPE type = 0;
    DWORD size = 0;

    if (!token)
        return;
    ok(GetTokenInformation(token, TokenType, &type, sizeof(type), &size), "no token: error %lu",
       (unsigned long)GetLastError());
    ok_number(type, is_primary ? TokenPrimary : TokenImpersonation, "kind of token");
    ok(CloseHandle(token), "it cannot be closed");
}
#else
static void check_token(HANDLE token, bool is_primary)
{
    ok(!token, "a token on Linux, primary: %d", is_primary);
}
#endif

START_TEST(auth_logon)
{
    static const SECURITY_LOGON_TYPE types[] = {Network, Interactive, Batch};

    for (size_t way = 0; way < AUTH_WAYS; way++) {
        const struct auth_way *of = &auth_ways[way];
        struct interactive message;
        struct auth_account account;
        struct answer answer;

        if (of->list || !auth_account(of, &account))
            continue;
        push_context("%s", of->name);
        for (size_t i = 0; i < COUNT_OF(types); i++) {
            fill(&message, &account);
            answer = log_on(of, types[i], &message, sizeof(message));
            check_answer(&answer, wanted(of), "the right password");
            check_token(answer.token, types[i] != Network);
        }
        account.password[0] ^= 1;
        fill(&message, &account);
        answer = log_on(of, Network, &message, sizeof(message));
        check_answer(&answer, STATUS_LOGON_FAILURE, "a wrong password");
        account.password[0] ^= 1;
        account.user[0] = 'q';
        fill(&message, &account);
        answer = log_on(of, Network, &message, sizeof(message));
        check_answer(&answer, STATUS_LOGON_FAILURE, "nobody's name");
        pop_context();
    }
}

/* ---- messages that are none ---- */

enum damage { NO_TYPE, OTHER_TYPE, CUT, BEHIND, BEFORE, TOO_LONG, ODD, NO_USER, DAMAGES };

static size_t damage(struct interactive *message, enum damage how)
{
    UNICODE_STRING *password = &message->password;

    switch (how) {
    case NO_TYPE:
        return sizeof(message->type) - 1;
    case OTHER_TYPE:
        message->type = 77;
        break;
    case CUT:
        return offsetof(struct interactive, password);
    case BEHIND:
        password->Buffer = message->text + COUNT_OF(message->text);
        break;
    case BEFORE:
        password->Buffer = (WCHAR *)(void *)message - 1;
        break;
    case TOO_LONG:
        password->Length = 0xfffe;
        break;
    case ODD:
        password->Length--;
        break;
    case NO_USER:
        message->user.Length = 0;
        break;
    case DAMAGES:
    default:
        break;
    }
    return sizeof(*message);
}

START_TEST(auth_logon_damaged)
{
    static const struct {
        const char *name;
        NTSTATUS want; /* Windows' own may be another */
    } rows[DAMAGES] = {
        [NO_TYPE] = {"no type", STATUS_INVALID_PARAMETER},
        [OTHER_TYPE] = {"another type", STATUS_BAD_VALIDATION_CLASS},
        [CUT] = {"cut off", STATUS_INVALID_PARAMETER},
        [BEHIND] = {"a string behind it", STATUS_INVALID_PARAMETER},
        [BEFORE] = {"a string in front of it", STATUS_INVALID_PARAMETER},
        [TOO_LONG] = {"a string that is too long", STATUS_INVALID_PARAMETER},
        [ODD] = {"half a character", STATUS_INVALID_PARAMETER},
        [NO_USER] = {"no user", STATUS_LOGON_FAILURE},
    };

    for (size_t i = 0; i < AUTH_WAYS * DAMAGES; i++) {
        const struct auth_way *way = &auth_ways[i / DAMAGES];
        enum damage how = (enum damage)(i % DAMAGES);
        struct interactive message[2]; /* so that what lies in front and behind is ours, too */
        struct auth_account account;
        struct answer answer;
        size_t size;

        if (way->list || !auth_account(way, &account))
            continue;
        fill(&message[0], &account);
        fill(&message[1], &account);
        size = damage(&message[1], how);
        answer = log_on(way, Network, &message[1], size);
        if (running_on_windows())
            ok(answer.status < 0, "%s, %s: it worked", way->name, rows[how].name);
        else
            ok_status(answer.status, rows[how].want, "%s, %s", way->name, rows[how].name);
        ok(!answer.token && !answer.profile, "%s, %s: results", way->name, rows[how].name);
    }
}

/* ---- changing a password ---- */

/* Nobody's is changed here, so Windows is only asked for a package that there is not. */
START_TEST(auth_change_password)
{
    static const struct {
        const WCHAR *package;
        SECURITY_STATUS want;
        bool is_safe;
    } rows[] = {
        {u"No Such Package", SEC_E_SECPKG_NOT_FOUND, true},
        {u"NTLM", SEC_E_UNSUPPORTED_FUNCTION, false},
        {u"Kerberos", SEC_E_UNSUPPORTED_FUNCTION, false},
        {u"Negotiate", SEC_E_UNSUPPORTED_FUNCTION, false},
    };
    WCHAR domain[] = u"NOWHERE", account[] = u"nobody", old[] = u"old", new[] = u"new";

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SecBuffer buffer = buffer_make(SECBUFFER_CHANGE_PASS_RESPONSE, NULL, 0);
        SecBufferDesc output = list_make(&buffer, 1);
        WCHAR *package = (WCHAR *)(uintptr_t)rows[i].package;
        SecPkgInfoW *info = NULL;

        if (!rows[i].is_safe && running_on_windows())
            continue;
        if (rows[i].is_safe || QuerySecurityPackageInfoW(package, &info) == SEC_E_OK)
            ok_status(ChangeAccountPasswordW(package, domain, account, old, new, FALSE, 0, &output),
                      rows[i].want, "row %u", (unsigned)i);
        FreeContextBuffer(info);
        ok(!buffer.pvBuffer && !buffer.cbBuffer, "row %u: an answer", (unsigned)i);
    }
}
