/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Resumption: with the same credential and name only, switched off by flags and tokens, and what
 * SECPKG_ATTR_SESSION_INFO says of it.
 *
 * Sources: the cache's key (target, credential, process) on Microsoft Learn; the tests of Rust's
 * schannel; CredSSP, which breaks when sessions cross credentials; .NET's session token.
 */
#include "common.h"

#include <string.h>

#define SMALL_FLIGHT 700 /* a server's first flight without a certificate is smaller than this */

static DWORD session_flags(struct loop_side *side)
{
    SecPkgContext_SessionInfo info;

    memset(&info, 0, sizeof(info));
    ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_SESSION_INFO, &info), SEC_E_OK,
              "session info");
    return info.dwFlags & SSL_SESSION_RECONNECT;
}

/* Was the certificate left out of the server's first flight? */
static bool was_short(const struct loop *loop)
{
    size_t size = 0;
    bool client_spoke = false;

    for (size_t i = 0; i < loop->legs && i < LOOP_LEGS; i++) {
        if (loop->leg[i].role == LOOP_SERVER && loop->leg[i].token) {
            size += loop->leg[i].token;
            client_spoke = false;
        } else if (size && loop->leg[i].token) {
            client_spoke = true;
        }
        if (client_spoke)
            break;
    }
    return size < SMALL_FLIGHT;
}

struct wish {
    const WCHAR *target;
    bool disable_by_token;
    bool resumed;
};

static void connect_once(CredHandle *client, CredHandle *server, enum test_version version,
                         const struct wish *wish)
{
    SCHANNEL_SESSION_TOKEN token = {SCHANNEL_SESSION, SSL_SESSION_DISABLE_RECONNECTS};
    SecBuffer buffer = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token));
    SecBufferDesc list = list_make(&buffer, 1);
    struct loop loop;

    loop_init(&loop, client, server);
    loop.side[LOOP_CLIENT].target = wish->target;
    loop_step(&loop, LOOP_CLIENT);
    if (wish->disable_by_token)
        ok_status(ApplyControlToken(&loop.side[LOOP_CLIENT].context, &list), SEC_E_OK, "token");
    if (ok(loop_handshake(&loop), "handshake fails: client %08lx, server %08lx",
           (unsigned long)loop.side[0].status & 0xffffffff,
           (unsigned long)loop.side[1].status & 0xffffffff)) {
        DWORD want = wish->resumed && version == VERSION_TLS12 ? SSL_SESSION_RECONNECT : 0;

        ok(was_short(&loop) == wish->resumed, wish->resumed ? "not resumed" : "resumed");
        /* The flag tells of TLS 1.2 only. */
        ok_number(session_flags(&loop.side[LOOP_CLIENT]), want, "client's flag");
        ok_number(session_flags(&loop.side[LOOP_SERVER]), want, "server's flag");
        loop_check_traffic(&loop);
        ok_status(loop_shutdown(&loop, LOOP_CLIENT), SEC_E_OK, "shutdown");
    }
    loop_done(&loop);
}

START_TEST(session_resumption)
{
    static const struct {
        const char *name;
        struct wish first, second;
    } cases[] = {
        {"the same again", {u"localhost", false, false}, {u"localhost", false, true}},
        {"case of the name is irrelevant",
         {u"case.example", false, false},
         {u"CASE.Example", false, true}},
        {"another name", {u"one.example", false, false}, {u"two.example", false, false}},
        {"the first one was not to be kept",
         {u"token.example", true, false},
         {u"token.example", false, false}},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct pair pair;

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            if (pair_make(&pair, both_versions[v], "rsa")) {
                push_context("first");
                connect_once(&pair.client, &pair.server, both_versions[v], &cases[i].first);
                pop_context();
                push_context("second");
                connect_once(&pair.client, &pair.server, both_versions[v], &cases[i].second);
                pop_context();
                pair_done(&pair);
            }
            pop_context();
        }
    }
}

/* A session never crosses credentials, however equal they are. */
START_TEST(session_other_credential)
{
    static const struct wish full = {u"localhost", false, false};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;
        CredHandle other;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            connect_once(&pair.client, &pair.server, both_versions[v], &full);
            if (client_make(&other, both_versions[v])) {
                connect_once(&other, &pair.server, both_versions[v], &full);
                ok_status(FreeCredentialsHandle(&other), SEC_E_OK, "other credential");
            }
            pair_done(&pair);
        }
        pop_context();
    }
}

/* A server credential that forbids it. */
START_TEST(session_server_disables)
{
    static const struct wish full = {u"localhost", false, false};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct credential_wish wish = {
            .server = true, .version = both_versions[v], .flags = SCH_CRED_DISABLE_RECONNECTS};
        CredHandle server;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        wish.certificate = pki_certificate("rsa");
        if (wish.certificate && pair_make(&pair, both_versions[v], "rsa")) {
            if (ok_status(credential_make(&wish, &server), SEC_E_OK, "credential")) {
                connect_once(&pair.client, &server, both_versions[v], &full);
                connect_once(&pair.client, &server, both_versions[v], &full);
                ok_status(FreeCredentialsHandle(&server), SEC_E_OK, "freed");
            }
            pair_done(&pair);
        }
        pop_context();
    }
}
