/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A server that asks for a certificate: who sends which, SEC_I_INCOMPLETE_CREDENTIALS once, and the
 * five ways in which programs go on after it.
 *
 * Sources: curl and FFmpeg repeat the bytes with ISC_REQ_USE_SUPPLIED_CREDS, MariaDB repeats them
 * unchanged, Qt gives an empty token, .NET an empty token with a new credential, Microsoft's web
 * client the same bytes with a new credential. ISC_REQ_USE_SUPPLIED_CREDS at the first call means
 * an empty certificate message and no special status, as Rust's schannel found.
 */
#include "common.h"

#include <string.h>

struct asked {
    struct pair pair;
    CredHandle with; /* the client's credential with a certificate */
    bool has_pair, has_with;
    struct loop loop;
};

static bool asked_init(struct asked *asked, enum test_version version, const char *certificate)
{
    struct credential_wish wish = {.version = version, .old_form = version == VERSION_TLS12};

    memset(asked, 0, sizeof(*asked));
    asked->has_pair = pair_make(&asked->pair, version, "rsa");
    wish.certificate = asked->has_pair ? pki_certificate(certificate) : NULL;
    if (!wish.certificate)
        return false;
    asked->has_with = ok_status(credential_make(&wish, &asked->with), SEC_E_OK, "with certificate");
    loop_init(&asked->loop, &asked->pair.client, &asked->pair.server);
    asked->loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
    /* What ASC_RET_MUTUAL_AUTH says depends on account mapping: not looked at here. */
    asked->loop.side[LOOP_SERVER].unchecked = true;
    return asked->has_with;
}

static void asked_done(struct asked *asked)
{
    loop_done(&asked->loop);
    if (asked->has_with)
        FreeCredentialsHandle(&asked->with);
    if (asked->has_pair)
        pair_done(&asked->pair);
}

/* What the server has of the client: a certificate of this name, or none (NULL). */
static void check_server_sees(struct asked *asked, const char *name)
{
    CtxtHandle *server = &asked->loop.side[LOOP_SERVER].context;
    PCCERT_CONTEXT seen = NULL, want = name ? pki_find(name) : NULL;
    SECURITY_STATUS status =
        QueryContextAttributesW(server, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen);

    ok_status(status, want ? SEC_E_OK : SEC_E_NO_CREDENTIALS, "the client's certificate");
    if (status == SEC_E_OK && ok(seen != NULL, "no certificate")) {
        if (want)
            ok(seen->cbCertEncoded == want->cbCertEncoded &&
                   !memcmp(seen->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
               "another certificate");
        CertFreeCertificateContext(seen);
    }
}

START_TEST(client_certificate_given)
{
    static const char *const names[] = {"client-rsa", "client-ecdsa"};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            struct asked asked;

            push_context("%s, %s", version_name(both_versions[v]), names[i]);
            if (asked_init(&asked, both_versions[v], names[i])) {
                PCCERT_CONTEXT local = NULL;

                asked.loop.side[LOOP_CLIENT].credential = &asked.with;
                if (ok(loop_handshake(&asked.loop), "handshake fails: client %08lx, server %08lx",
                       (unsigned long)asked.loop.side[0].status & 0xffffffff,
                       (unsigned long)asked.loop.side[1].status & 0xffffffff)) {
                    check_server_sees(&asked, names[i]);
                    ok_status(QueryContextAttributesW(&asked.loop.side[LOOP_CLIENT].context,
                                                      SECPKG_ATTR_LOCAL_CERT_CONTEXT, &local),
                              SEC_E_OK, "own certificate");
                    if (local)
                        CertFreeCertificateContext(local);
                    loop_check_traffic(&asked.loop);
                }
            }
            asked_done(&asked);
            pop_context();
        }
    }
}

/* The identity belongs to the session: a resumed one has it, although no certificate travels. .NET
 * met it with credentials that it keeps. */
START_TEST(client_certificate_resumed)
{
    struct asked asked;

    if (asked_init(&asked, VERSION_TLS12, "client-rsa")) {
        for (int i = 0; i < 2; i++) {
            SecPkgContext_SessionInfo info = {0};

            loop_done(&asked.loop);
            loop_init(&asked.loop, &asked.with, &asked.pair.server);
            asked.loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
            asked.loop.side[LOOP_SERVER].unchecked = true;
            if (!ok(loop_handshake(&asked.loop), "handshake %d fails", i + 1))
                break;
            ok_status(QueryContextAttributesW(&asked.loop.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_SESSION_INFO, &info),
                      SEC_E_OK, "session");
            ok_number(info.dwFlags & SSL_SESSION_RECONNECT, i ? SSL_SESSION_RECONNECT : 0,
                      "handshake %d: resumed", i + 1);
            check_server_sees(&asked, "client-rsa");
            loop_check_traffic(&asked.loop);
            loop_shutdown(&asked.loop, LOOP_CLIENT);
        }
    }
    asked_done(&asked);
}

/* Nothing is asked: the certificate stays at home. */
START_TEST(client_certificate_not_asked)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct asked asked;

        push_context("%s", version_name(both_versions[v]));
        if (asked_init(&asked, both_versions[v], "client-rsa")) {
            asked.loop.side[LOOP_CLIENT].credential = &asked.with;
            asked.loop.side[LOOP_SERVER].request &= ~(ULONG)ASC_REQ_MUTUAL_AUTH;
            if (ok(loop_handshake(&asked.loop), "handshake fails")) {
                check_server_sees(&asked, NULL);
                loop_check_traffic(&asked.loop);
            }
        }
        asked_done(&asked);
        pop_context();
    }
}

/* No certificate, and no question. */
static void check_unasked(enum test_version version, ULONG request)
{
    struct asked asked;

    if (asked_init(&asked, version, "client-rsa")) {
        asked.loop.side[LOOP_CLIENT].request |= request;
        if (ok(loop_handshake(&asked.loop), "handshake fails: client %08lx, server %08lx",
               (unsigned long)asked.loop.side[0].status & 0xffffffff,
               (unsigned long)asked.loop.side[1].status & 0xffffffff)) {
            check_server_sees(&asked, NULL);
            loop_check_traffic(&asked.loop);
        }
    }
    asked_done(&asked);
}

/* USE_SUPPLIED_CREDS from the start. Wine's WinHTTP and WinINet do not know the question either,
 * and ask for a new session key, as no other program does. */
START_TEST(client_certificate_supplied)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        push_context("%s", version_name(both_versions[v]));
        check_unasked(both_versions[v], ISC_REQ_USE_SUPPLIED_CREDS);
        if (!running_on_windows())
            check_unasked(both_versions[v], ISC_REQ_USE_SESSION_KEY);
        pop_context();
    }
}

/* The hello, and the server's flight. */
static void start(struct asked *asked)
{
    loop_step(&asked->loop, LOOP_CLIENT);
    loop_read(&asked->loop, LOOP_SERVER);
    loop_step(&asked->loop, LOOP_SERVER);
}

/* The call that meets the question; *given are the bytes that it was given. */
static bool meet_question(struct asked *asked, struct bytes *given)
{
    struct loop_side *client = &asked->loop.side[LOOP_CLIENT];
    SECURITY_STATUS status = SEC_E_OK;

    if (!client->has_context)
        start(asked);
    loop_read(&asked->loop, LOOP_CLIENT);
    /* The flight may be taken in several calls. */
    for (unsigned i = 0; i < 20; i++) {
        bytes_drop(given, given->size);
        bytes_add(given, client->held.data, client->held.size);
        status = loop_step(&asked->loop, LOOP_CLIENT);
        if (status != SEC_I_CONTINUE_NEEDED || !client->held.size)
            break;
    }
    /* curl, Qt and .NET send nothing when they are asked, and do not free a token either. */
    if (ok(asked->loop.legs && asked->loop.legs <= LOOP_LEGS, "%zu calls", asked->loop.legs))
        ok_number(asked->loop.leg[asked->loop.legs - 1].token, 0,
                  "bytes to send with the question");
    return ok_status(status, SEC_I_INCOMPLETE_CREDENTIALS, "the question");
}

static void check_issuers(struct asked *asked)
{
    SecPkgContext_IssuerListInfoEx list = {NULL, 99};

    if (ok_status(QueryContextAttributesW(&asked->loop.side[LOOP_CLIENT].context,
                                          SECPKG_ATTR_ISSUER_LIST_EX, &list),
                  SEC_E_OK, "issuer list")) {
        ok(list.cIssuers < 99, "%lu issuers", (unsigned long)list.cIssuers);
        if (list.aIssuers)
            ok_status(FreeContextBuffer(list.aIssuers), SEC_E_OK, "list is freed");
    }
}

START_TEST(client_certificate_question)
{
    static const struct {
        const char *name;
        bool same_bytes, supplied, new_credential;
    } ways[] = {
        {"the same bytes, USE_SUPPLIED_CREDS (curl)", true, true, false},
        {"the same bytes (MariaDB)", true, false, false},
        {"an empty token (Qt)", false, false, false},
        {"an empty token, new credential (.NET)", false, false, true},
        {"the same bytes, new credential (web client)", true, false, true},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(ways); i++) {
            struct bytes given = {NULL, 0, 0};
            struct asked asked;

            push_context("%s, %s", version_name(both_versions[v]), ways[i].name);
            if (asked_init(&asked, both_versions[v], "client-rsa") &&
                meet_question(&asked, &given)) {
                struct loop_side *client = &asked.loop.side[LOOP_CLIENT];
                SECURITY_STATUS status;

                check_issuers(&asked);
                if (ways[i].supplied)
                    client->request |= ISC_REQ_USE_SUPPLIED_CREDS;
                if (ways[i].new_credential)
                    client->credential = &asked.with;
                bytes_drop(&client->held, client->held.size);
                if (ways[i].same_bytes)
                    bytes_add(&client->held, given.data, given.size);
                status = loop_step(&asked.loop, LOOP_CLIENT);
                ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK, "goes on with %08lx",
                   (unsigned long)status & 0xffffffff);
                if (ok(loop_handshake(&asked.loop), "handshake fails: client %08lx, server %08lx",
                       (unsigned long)asked.loop.side[0].status & 0xffffffff,
                       (unsigned long)asked.loop.side[1].status & 0xffffffff)) {
                    check_server_sees(&asked, ways[i].new_credential ? "client-rsa" : NULL);
                    loop_check_traffic(&asked.loop);
                }
            }
            bytes_done(&given);
            asked_done(&asked);
            pop_context();
        }
    }
}

/* Bytes behind the flight, when the program is asked: the call that asks reports them as EXTRA,
 * and so does the one that goes on, whether its TOKEN repeats the flight or not. */
START_TEST(client_certificate_question_extra)
{
    static const uint8_t part[] = {23, 3, 3};

    for (size_t i = 0; i < 2 * COUNT_OF(both_versions); i++) {
        bool same_bytes = i % 2;
        struct bytes given = {NULL, 0, 0};
        struct asked asked;

        push_context("%s, %s", version_name(both_versions[i / 2]),
                     same_bytes ? "the same bytes" : "what was EXTRA");
        if (asked_init(&asked, both_versions[i / 2], "client-rsa")) {
            struct loop_side *client = &asked.loop.side[LOOP_CLIENT];
            SECURITY_STATUS status;

            start(&asked);
            loop_deliver(&asked.loop, LOOP_CLIENT, part, sizeof(part));
            if (meet_question(&asked, &given)) {
                ok_number(client->held.size, sizeof(part), "EXTRA with the question");
                if (same_bytes) {
                    bytes_drop(&client->held, client->held.size);
                    bytes_add(&client->held, given.data, given.size);
                }
                status = loop_step(&asked.loop, LOOP_CLIENT);
                ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK, "goes on with %08lx",
                   (unsigned long)status & 0xffffffff);
                ok(client->held.size == sizeof(part) &&
                       !memcmp(client->held.data, part, sizeof(part)),
                   "EXTRA afterwards: %zu bytes", client->held.size);
            }
        }
        bytes_done(&given);
        asked_done(&asked);
        pop_context();
    }
}

/* ASC_RET_MUTUAL_AUTH: never with SCH_CRED_NO_SYSTEM_MAPPER (Ice and MongoDB compare the whole
 * word); else Windows gives it when the certificate was mapped to an account (boost-wintls), and Qt
 * wants what it asked for. Ours maps to no account, and gives it for any certificate. */
START_TEST(client_certificate_attribute)
{
    static const struct {
        const char *name;
        DWORD flags; /* of the server's credential */
        bool asked, has_one;
        ULONG want;
    } rows[] = {
        {"asked, there is one", 0, true, true, ASC_RET_MUTUAL_AUTH},
        {"asked, there is none", 0, true, false, 0},
        {"not asked", 0, false, true, 0},
        {"asked, there is one, no mapper", SCH_CRED_NO_SYSTEM_MAPPER, true, true, 0},
        {"asked, there is none, no mapper", SCH_CRED_NO_SYSTEM_MAPPER, true, false, 0},
    };
    static const ULONG always = ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT |
                                ASC_RET_CONFIDENTIALITY | ASC_RET_STREAM |
                                ASC_RET_ALLOCATED_MEMORY | ASC_RET_EXTENDED_ERROR;

    for (size_t i = 0; i < COUNT_OF(both_versions) * COUNT_OF(rows); i++) {
        size_t row = i % COUNT_OF(rows);
        struct credential_wish wish = {
            .server = true, .version = both_versions[i / COUNT_OF(rows)], .flags = rows[row].flags};
        CredHandle server;
        struct asked asked;

        if (running_on_windows() && rows[row].want)
            continue;
        push_context("%s, %s", version_name(wish.version), rows[row].name);
        wish.certificate = pki_certificate("rsa");
        if (asked_init(&asked, wish.version, "client-rsa") &&
            ok_status(credential_make(&wish, &server), SEC_E_OK, "server credential")) {
            struct loop_side *side = &asked.loop.side[LOOP_SERVER];

            side->credential = &server;
            if (!rows[row].asked)
                side->request &= ~(ULONG)ASC_REQ_MUTUAL_AUTH;
            if (rows[row].has_one)
                asked.loop.side[LOOP_CLIENT].credential = &asked.with;
            else
                asked.loop.side[LOOP_CLIENT].request |= ISC_REQ_USE_SUPPLIED_CREDS;
            start(&asked);
            ok_status(side->attributes, always, "before there is a certificate");
            if (ok(loop_handshake(&asked.loop), "handshake fails"))
                ok_status(side->attributes, always | rows[row].want, "at the end");
            ok_status(FreeCredentialsHandle(&server), SEC_E_OK, "server credential");
        }
        asked_done(&asked);
        pop_context();
    }
}
