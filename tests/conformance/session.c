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
#include "host.h"

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
    ULONG request; /* of the client, besides the usual */
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
    loop.side[LOOP_CLIENT].request |= wish->request;
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
        {"the same again", {u"localhost", false, false, 0}, {u"localhost", false, true, 0}},
        {"case of the name is irrelevant",
         {u"case.example", false, false, 0},
         {u"CASE.Example", false, true, 0}},
        {"another name", {u"one.example", false, false, 0}, {u"two.example", false, false, 0}},
        {"the first one was not to be kept",
         {u"token.example", true, false, 0},
         {u"token.example", false, false, 0}},
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

/* "A new session key must be negotiated" (Microsoft Learn, "Context Requirements"): a client that
 * says so is not resumed. Wine's WinINet does, and it does not send the token that comes with
 * SEC_E_OK, which only a resumed handshake of TLS 1.2 has. */
START_TEST(session_new_key)
{
    static const struct wish usual = {u"localhost", false, false, 0},
                             new_key = {u"localhost", false, false, ISC_REQ_USE_SESSION_KEY};

    if (running_on_windows()) {
        skip("what Schannel makes of ISC_REQ_USE_SESSION_KEY is not known");
        return;
    }
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            connect_once(&pair.client, &pair.server, both_versions[v], &usual);
            connect_once(&pair.client, &pair.server, both_versions[v], &new_key);
            connect_once(&pair.client, &pair.server, both_versions[v], &new_key);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* A session never crosses credentials, however equal they are. */
START_TEST(session_other_credential)
{
    static const struct wish full = {u"localhost", false, false, 0};

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

static void wait_ms(uint64_t ms)
{
    uint64_t until = host_monotonic_ms() + ms;

    while (host_monotonic_ms() < until)
        host_thread_yield();
}

/* dwSessionLifespan is in milliseconds, 0 is ten hours (Microsoft Learn, SCHANNEL_CRED); .NET says
 * -1 for a credential whose sessions are not to be kept. */
START_TEST(session_lifespan)
{
    static const struct {
        DWORD lifespan_ms;
        bool resumed;
    } cases[] = {{1, false}, {0xffffffff, false}, {3600000, true}, {0, true}};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            const struct wish first = {u"localhost", false, false, 0},
                              second = {u"localhost", false, cases[i].resumed, 0};
            struct credential_wish wish = {.version = both_versions[v],
                                           .old_form = both_versions[v] == VERSION_TLS12,
                                           .lifespan_ms = cases[i].lifespan_ms};
            CredHandle client;
            struct pair pair;

            push_context("%s, %lu ms", version_name(both_versions[v]),
                         (unsigned long)cases[i].lifespan_ms);
            if (pair_make(&pair, both_versions[v], "rsa")) {
                if (ok_status(credential_make(&wish, &client), SEC_E_OK, "credential")) {
                    connect_once(&client, &pair.server, both_versions[v], &first);
                    wait_ms(20);
                    connect_once(&client, &pair.server, both_versions[v], &second);
                    ok_status(FreeCredentialsHandle(&client), SEC_E_OK, "freed");
                }
                pair_done(&pair);
            }
            pop_context();
        }
    }
}

/* A server credential that forbids it. */
START_TEST(session_server_disables)
{
    static const struct wish full = {u"localhost", false, false, 0};

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

/* ---- keys of tickets, shared by servers ---- */

static SECURITY_STATUS set_keys(CredHandle *server, BYTE fill)
{
    SecPkgCred_SessionTicketKey key = {.TicketInfoVersion = SESSION_TICKET_INFO_VERSION,
                                       .KeyingMaterialSize = 64};
    SecPkgCred_SessionTicketKeys keys = {1, &key};

    memset(key.KeyId, fill, sizeof(key.KeyId));
    memset(key.KeyingMaterial, fill + 1, sizeof(key.KeyingMaterial));
    return SetCredentialsAttributesW(server, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys, sizeof(keys));
}

static bool server_make(CredHandle *server, enum test_version version, BYTE fill)
{
    struct credential_wish wish = {.server = true, .version = version};
    SECURITY_STATUS status;

    wish.certificate = pki_certificate("rsa");
    if (!wish.certificate || !ok_status(credential_make(&wish, server), SEC_E_OK, "credential"))
        return false;
    status = set_keys(server, fill);
    if (ok_status(status, SEC_E_OK, "keys"))
        return true;
    FreeCredentialsHandle(server);
    return false;
}

/* Source: minschannel.h ("lets several servers share tickets"); msquic sets them so. */
START_TEST(session_ticket_keys)
{
    static const struct {
        const char *name;
        BYTE first, second;
        struct wish wish;
    } cases[] = {
        {"the same key", 1, 1, {u"localhost", false, true, 0}},
        {"another key", 1, 2, {u"localhost", false, false, 0}},
    };
    static const struct wish full = {u"localhost", false, false, 0};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            CredHandle client, first, second;

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            if (version_available(both_versions[v]) && client_make(&client, both_versions[v])) {
                if (server_make(&first, both_versions[v], cases[i].first)) {
                    connect_once(&client, &first, both_versions[v], &full);
                    ok_status(FreeCredentialsHandle(&first), SEC_E_OK, "first freed");
                }
                if (server_make(&second, both_versions[v], cases[i].second)) {
                    connect_once(&client, &second, both_versions[v], &cases[i].wish);
                    ok_status(FreeCredentialsHandle(&second), SEC_E_OK, "second freed");
                }
                ok_status(FreeCredentialsHandle(&client), SEC_E_OK, "client freed");
            }
            pop_context();
        }
    }
}

/* A key that comes while the credential is in use is for the next contexts. */
START_TEST(session_ticket_key_change)
{
    static const struct wish full = {u"localhost", false, false, 0},
                             short_one = {u"localhost", false, true, 0};
    CredHandle client, server;

    if (!version_available(VERSION_TLS13)) {
        skip("no TLS 1.3");
        return;
    }
    if (!client_make(&client, VERSION_TLS13))
        return;
    if (server_make(&server, VERSION_TLS13, 1)) {
        connect_once(&client, &server, VERSION_TLS13, &full);
        connect_once(&client, &server, VERSION_TLS13, &short_one);
        ok_status(set_keys(&server, 9), SEC_E_OK, "another key");
        connect_once(&client, &server, VERSION_TLS13, &full);
        ok_status(set_keys(&server, 9), SEC_E_OK, "the same key again");
        connect_once(&client, &server, VERSION_TLS13, &short_one);
        ok_status(FreeCredentialsHandle(&server), SEC_E_OK, "server freed");
    }
    ok_status(FreeCredentialsHandle(&client), SEC_E_OK, "client freed");
}

START_TEST(session_ticket_keys_refused)
{
    static const struct {
        const char *name;
        DWORD count, version;
        BYTE size;
        bool no_keys;
        SECURITY_STATUS want;
    } cases[] = {
        {"shortest", 1, 0, 32, false, SEC_E_OK},
        {"longest, most", 16, 0, 64, false, SEC_E_OK},
        {"none", 0, 0, 64, false, SEC_E_INVALID_PARAMETER},
        {"too many", 17, 0, 64, false, SEC_E_INVALID_PARAMETER},
        {"no address", 1, 0, 64, true, SEC_E_INVALID_PARAMETER},
        {"unknown version", 1, 1, 64, false, SEC_E_INVALID_PARAMETER},
        {"too short", 1, 0, 31, false, SEC_E_INVALID_PARAMETER},
        {"too long", 1, 0, 65, false, SEC_E_INVALID_PARAMETER},
    };
    SecPkgCred_SessionTicketKey key[17];
    SecPkgCred_SessionTicketKeys keys = {1, key};
    struct pair pair;

    if (!pair_make(&pair, VERSION_TLS12, "rsa"))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memset(key, 7, sizeof(key));
        for (size_t k = 0; k < COUNT_OF(key); k++) {
            key[k].TicketInfoVersion = cases[i].version;
            key[k].KeyingMaterialSize = cases[i].size;
        }
        keys.cSessionTicketKeys = cases[i].count;
        keys.pSessionTicketKeys = cases[i].no_keys ? NULL : key;
        ok_status(SetCredentialsAttributesW(&pair.server, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys,
                                            sizeof(keys)),
                  cases[i].want, "%s", cases[i].name);
    }
    keys = (SecPkgCred_SessionTicketKeys){1, key};
    key[0].TicketInfoVersion = 0;
    key[0].KeyingMaterialSize = 64;
    ok_status(SetCredentialsAttributesW(&pair.client, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys,
                                        sizeof(keys)),
              SEC_E_UNSUPPORTED_FUNCTION, "a client's credential");
    ok_status(SetCredentialsAttributesW(&pair.server, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys,
                                        sizeof(keys) - 1),
              SEC_E_BUFFER_TOO_SMALL, "too small");
    ok_status(QueryCredentialsAttributesW(&pair.server, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys),
              SEC_E_UNSUPPORTED_FUNCTION, "query");
    pair_done(&pair);
}
