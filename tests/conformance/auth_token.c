/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * NTLM, Kerberos and Negotiate: the token of a server's client. Windows has one for every client;
 * under Wine there is one only where the client is the user that the test runs as, which
 * SECUR32_TEST_SELF tells: "ntlm", "kerberos" or both of auth.h's accounts. On Linux there is none.
 *
 * Source: Microsoft Learn, "QuerySecurityContextToken function", "ImpersonateSecurityContext
 * function", "RevertSecurityContext function", "SecPkgContext_AccessToken structure", "Context
 * Requirements" (IDENTIFY). Observed: PostgreSQL asks for the token and deletes the context before
 * it uses it; node-expose-sspi impersonates.
 */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

/* What the three functions of a server must answer. */
static SECURITY_STATUS wanted(const struct auth_way *way)
{
    const char *self = getenv("SECUR32_TEST_SELF");

    if (running_on_windows())
        return SEC_E_OK;
    if (!running_under_wine() || !self || !strstr(self, way->kerberos ? "kerberos" : "ntlm"))
        return SEC_E_NO_IMPERSONATION;
    return SEC_E_OK;
}

/* ---- what a token is good for ---- */

#ifdef _WIN32
static bool is_of_user(HANDLE token)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } its, own;
    HANDLE process = NULL;
    DWORD size = 0;
    bool same = OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process) &&
                GetTokenInformation(process, TokenUser, &own, sizeof(own), &size) &&
                GetTokenInformation(token, TokenUser, &its, sizeof(its), &size) &&
                EqualSid(own.user.User.Sid, its.user.User.Sid);

    if (process)
        CloseHandle(process);
    return same;
}

static void check_token(HANDLE token, SECURITY_IMPERSONATION_LEVEL level)
{
    TOKEN_STATISTICS statistics = {0};
    DWORD size = 0;

    ok(GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &size),
       "no token: error %lu", (unsigned long)GetLastError());
    ok_number(statistics.TokenType, TokenImpersonation, "type");
    ok_number(statistics.ImpersonationLevel, level, "level");
    ok(running_on_windows() || is_of_user(token), "of another user");
}

static bool thread_has_token(SECURITY_IMPERSONATION_LEVEL level)
{
    HANDLE token = NULL;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token))
        return false;
    check_token(token, level);
    CloseHandle(token);
    return true;
}

static void close_token(void *token)
{
    ok(CloseHandle(token), "the token is none");
}
#else
/* No token ever comes here. */
#define SecurityIdentification 1
#define SecurityImpersonation 2

static void check_token(void *token, int level)
{
    ok(false, "a token %p of level %d on Linux", token, level);
}

static bool thread_has_token(int level)
{
    (void)level;
    return false;
}

static void close_token(void *token)
{
    (void)token;
}
#endif

/* ---- the functions ---- */

static void check_attribute(CtxtHandle *context, SECURITY_STATUS want)
{
    SecPkgContext_AccessToken first = {NULL}, second = {NULL};

    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_ACCESS_TOKEN, &first), want, "first");
    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_ACCESS_TOKEN, &second), want, "second");
    ok(first.AccessToken == second.AccessToken, "it is not the context's");
    ok((first.AccessToken != NULL) == (want == SEC_E_OK), "token %p", first.AccessToken);
}

static void check_server(struct auth_pair *pair)
{
    /* gss-ntlmssp does not tell the server of it. */
    bool identify =
        pair->client.request & ISC_REQ_IDENTIFY && (pair->way->kerberos || running_on_windows());
    int level = identify ? SecurityIdentification : SecurityImpersonation;
    SECURITY_STATUS want = wanted(pair->way);
    CtxtHandle *context = &pair->server.context;
    void *token = NULL;

    ok_status(ImpersonateSecurityContext(context), want, "impersonate");
    ok(thread_has_token(level) == (want == SEC_E_OK), "the thread's token");
    ok_status(RevertSecurityContext(context), want, "revert");
    ok(!thread_has_token(level), "the thread acts for somebody");
    check_attribute(context, want);
    ok_status(QuerySecurityContextToken(context, NULL), SEC_E_INVALID_TOKEN, "nowhere to put it");
    ok_status(QuerySecurityContextToken(context, &token), want, "token");
    ok((token != NULL) == (want == SEC_E_OK), "token %p", token);
    /* It outlives the context. */
    ok_status(DeleteSecurityContext(context), SEC_E_OK, "delete");
    pair->server.has_context = false;
    if (token) {
        check_token(token, level);
        close_token(token);
    }
}

static void check_client(struct auth_pair *pair)
{
    CtxtHandle *context = &pair->client.context;
    void *token = NULL;

    ok(QuerySecurityContextToken(context, &token) < 0, "a client's token");
    ok(!token, "a token was handed out");
    ok(ImpersonateSecurityContext(context) < 0, "a client becomes somebody");
    ok(!thread_has_token(SecurityImpersonation), "the thread acts for somebody");
}

START_TEST(auth_token)
{
    static const ULONG requests[] = {0, ISC_REQ_IDENTIFY};

    for (size_t i = 0; i < AUTH_WAYS * COUNT_OF(requests); i++) {
        ULONG request = requests[i / AUTH_WAYS];
        struct auth_pair pair;

        push_context("%s%s", auth_ways[i % AUTH_WAYS].name, request ? ", IDENTIFY" : "");
        if (auth_init(&pair, &auth_ways[i % AUTH_WAYS])) {
            pair.client.request |= request;
            if (auth_works(&pair, "log on")) {
                check_client(&pair);
                check_server(&pair);
            }
        }
        auth_done(&pair);
        pop_context();
    }
}

/* While the client is not known there is nobody to become. */
START_TEST(auth_token_early)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        struct auth_pair pair;
        void *token = NULL;

        push_context("%s", auth_ways[way].name);
        if (auth_init(&pair, &auth_ways[way]) && auth_step(&pair, &pair.client) >= 0 &&
            auth_step(&pair, &pair.server) == SEC_I_CONTINUE_NEEDED) {
            ok(QuerySecurityContextToken(&pair.server.context, &token) < 0, "token");
            ok(!token, "a token was handed out");
            ok(ImpersonateSecurityContext(&pair.server.context) < 0, "impersonate");
            ok(!thread_has_token(SecurityImpersonation), "the thread acts for somebody");
        }
        auth_done(&pair);
        pop_context();
    }
}
