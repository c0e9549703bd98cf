/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam, seen from above: handshakes and what they ask for. The same body runs directly on
 * the GnuTLS backend (test_tls_seam) and through the call table of secur32unix.so
 * (test_tls_crossing).
 */
#include "seam_pair.h"

#include <string.h>

#include "harness.h"

#define TLS_ALL (TLS_VERSION_1_0 | TLS_VERSION_1_1 | TLS_VERSION_1_2 | TLS_VERSION_1_3)
#define ALPN_BOTH "\x02h2\x08http/1.1"
#define ALPN_OLD "\x08http/1.1"
#define ALPN_NEW "\x02h2"

static const uint32_t modern_versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};

/* Asked twice, since the answer is remembered. */
START_TEST(seam_short_key)
{
    static const struct {
        const char *name, *certificate;
        uint32_t bits;
        bool good;
    } cases[] = {
        {"long enough", "rsa", 2048, true},      {"too short", "rsa", 2049, false},
        {"too short again", "rsa", 2049, false}, {"long enough again", "rsa", 2048, true},
        {"not RSA", "ecdsa", 4096, true},        {"not RSA again", "ecdsa", 4096, true},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = modern_versions[i % 2],
                                         .certificate = cases[i / 2].certificate,
                                         .rsa_bits = cases[i / 2].bits};
        struct pair pair;

        push_context("%x, %s", modern_versions[i % 2], cases[i / 2].name);
        if (pair_open(&pair, &settings)) {
            ok(pair_handshake(&pair) == cases[i / 2].good, "handshake");
            if (!cases[i / 2].good)
                ok_number(pair.client.last.alert_sent, 71, "alert"); /* insufficient_security */
            pair_close(&pair);
        }
        pop_context();
    }
}

/* The second time in a row without a message it has an effect, the third and later none. */
static void rest_and_talk(struct pair *pair)
{
    for (int i = 0; i < 4; i++) {
        tls_rest(pair->client.session);
        tls_rest(pair->server.session);
    }
    pair_talk(pair);
    tls_rest(pair->client.session);
    pair_talk(pair);
}

static void check_alpn(struct tls_session *session)
{
    uint8_t id[255];
    size_t size = 0;

    ok(tls_alpn(session, id, 7, &size) == TLS_TOO_SMALL && size == 8, "ALPN, small memory");
    ok(tls_alpn(session, id, sizeof(id), &size) == TLS_OK && size == 8 &&
           memcmp(id, "http/1.1", 8) == 0,
       "ALPN");
}

START_TEST(seam_versions)
{
    static const struct {
        const char *name;
        uint32_t version;
        uint16_t wire;
        enum tls_record_path path;
    } cases[] = {
        {"TLS 1.0", TLS_VERSION_1_0, 0x0301, TLS_PATH_SESSION},
        {"TLS 1.1", TLS_VERSION_1_1, 0x0302, TLS_PATH_SESSION},
        {"TLS 1.2", TLS_VERSION_1_2, 0x0303, TLS_PATH_IN_PLACE},
        {"TLS 1.3", TLS_VERSION_1_3, 0x0304, TLS_PATH_IN_PLACE},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        const char *certificate = i % 2 ? "ecdsa" : "rsa";
        struct seam_settings settings = {.versions = cases[i / 2].version,
                                         .certificate = certificate,
                                         .alpn_client = ALPN_BOTH,
                                         .alpn_server = ALPN_OLD};
        struct tls_info client, server;
        struct pair pair;

        push_context("%s, %s", cases[i / 2].name, certificate);
        if (pair_open(&pair, &settings)) {
            ok(pair_handshake(&pair), "no handshake: events %d and %d", pair.client.last.event,
               pair.server.last.event);
            ok(tls_info(pair.client.session, &client) == TLS_OK, "client's info");
            ok(tls_info(pair.server.session, &server) == TLS_OK, "server's info");
            ok_number(client.version, cases[i / 2].wire, "version");
            ok_number(client.suite, server.suite, "suites of both ends");
            ok(client.suite != 0, "no suite");
            ok_number(client.group, 29, "group");
            ok_number(client.record_path, cases[i / 2].path, "record path");
            ok_number(client.peer_chain_size, 2, "the server's chain");
            ok_number(server.local_certificate, 1, "the server's certificate");
            ok_number(client.extended_master_secret, 1, "extended master secret");
            ok_number(client.resumed, 0, "resumed");
            check_alpn(pair.client.session);
            pair_receive(&pair, &pair.client);
            pair_talk(&pair);
            rest_and_talk(&pair);
            pair_close(&pair);
        }
        pop_context();
    }
}

/* A client has one share; a server that takes another group asks for it (RFC 8446 4.1.4). */
START_TEST(seam_retry)
{
    static const uint16_t groups[] = {23, 24}; /* secp256r1, secp384r1 */

    for (size_t i = 0; i < 2 * COUNT_OF(groups); i++) {
        struct seam_settings settings = {.versions = TLS_VERSION_1_3,
                                         .client_flags = TLS_FLAG_ASK_CREDENTIAL,
                                         .server_flags = i % 2 ? TLS_FLAG_REQUEST_PEER : 0,
                                         .server_group = groups[i / 2]};
        struct tls_info info;
        struct pair pair;

        push_context("group %u, %s certificate", groups[i / 2], i % 2 ? "with" : "without");
        if (pair_open(&pair, &settings)) {
            ok(pair_handshake(&pair), "no handshake: %d and %d", pair.client.last.event,
               pair.server.last.event);
            ok_number(pair.client.credentials, i % 2, "times that a certificate was asked for");
            ok(tls_info(pair.client.session, &info) == TLS_OK, "info");
            ok_number(info.group, groups[i / 2], "group");
            pair_receive(&pair, &pair.client);
            pair_talk(&pair);
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_first_record)
{
    static const uint32_t offers[] = {TLS_VERSION_1_0, TLS_VERSION_1_2, TLS_VERSION_1_3, TLS_ALL,
                                      TLS_VERSION_1_2 | TLS_VERSION_1_3};

    for (size_t i = 0; i < COUNT_OF(offers); i++) {
        struct seam_settings settings = {.versions = offers[i]};
        struct pair pair;

        if (!pair_open(&pair, &settings))
            return;
        pair_step(&pair, &pair.client);
        ok(pair.server.in.data[0] == 22 && pair.server.in.data[1] == 3 &&
               pair.server.in.data[2] == 1,
           "offer %x: the first record says %02x %02x %02x", offers[i], pair.server.in.data[0],
           pair.server.in.data[1], pair.server.in.data[2]);
        pair_close(&pair);
    }
}

/* ---- what goes wrong ---- */

START_TEST(seam_nothing_in_common)
{
    static const struct {
        const char *name;
        const char *certificate, *alpn_client, *alpn_server;
        uint16_t suite; /* of the client's second offer */
        enum tls_reason reason;
        int alert;
    } cases[] = {
        {"suite needs another key", "ecdsa", NULL, NULL, 0xc02f, TLS_REASON_SUITE, 40},
        {"ALPN", "rsa", ALPN_NEW, ALPN_OLD, 0xc02f, TLS_REASON_ALPN, 120},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = TLS_VERSION_1_2,
                                         .suite = cases[i].suite,
                                         .certificate = cases[i].certificate,
                                         .alpn_client = cases[i].alpn_client,
                                         .alpn_server = cases[i].alpn_server};
        struct pair pair;

        push_context("%s", cases[i].name);
        if (pair_open(&pair, &settings)) {
            ok(!pair_handshake(&pair), "a handshake all the same");
            ok_number(pair.server.last.event, TLS_FAILED, "server's event");
            ok_number(pair.server.last.reason, cases[i].reason, "server's reason");
            ok_number(pair.server.last.alert_sent, cases[i].alert, "server's alert");
            ok_number(pair.client.last.event, TLS_FAILED, "client's event");
            ok_number(pair.client.last.reason, TLS_REASON_ALERT, "client's reason");
            ok_number(pair.client.last.alert_received, cases[i].alert, "alert at the client");
            ok_number(pair.client.last.alert_sent, TLS_NO_ALERT, "client's alert");
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_not_tls)
{
    static const uint8_t http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    struct seam_settings settings = {.versions = TLS_ALL};
    struct tls_result result;
    struct pair pair;

    if (!pair_open(&pair, &settings))
        return;
    pair_step(&pair, &pair.client);
    tls_step(pair.client.session, span_of(http, sizeof(http) - 1), &result);
    ok_number(result.event, TLS_FAILED, "event");
    ok_number(result.reason, TLS_REASON_NOT_TLS, "reason");
    ok_number(result.alert_sent, TLS_NO_ALERT, "alert");
    tls_step(pair.client.session, span_of(NULL, 0), &result);
    ok_number(result.event, TLS_FAILED, "the next step");
    pair_close(&pair);
}

/* ---- the peer's certificate ---- */

START_TEST(seam_verdict)
{
    for (size_t i = 0; i < 2 * COUNT_OF(modern_versions); i++) {
        uint8_t verdict = i % 2 ? 48 : 0; /* unknown_ca */
        struct seam_settings settings = {.versions = modern_versions[i / 2],
                                         .client_flags = TLS_FLAG_ASK_VERDICT};
        struct pair pair;

        push_context("version %x, verdict %u", settings.versions, verdict);
        if (pair_open(&pair, &settings)) {
            pair.client.verdict = verdict;
            ok(pair_handshake(&pair) == !verdict, "handshake");
            ok_number(pair.client.verdicts, 1, "times that a verdict was asked for");
            if (verdict) {
                ok_number(pair.client.last.event, TLS_FAILED, "client's event");
                ok_number(pair.client.last.reason, TLS_REASON_CERTIFICATE, "client's reason");
                ok_number(pair.client.last.alert_sent, verdict, "client's alert");
                ok_number(pair.server.last.alert_received, verdict, "alert at the server");
            } else {
                pair_receive(&pair, &pair.client);
                pair_talk(&pair);
            }
            pair_close(&pair);
        }
        pop_context();
    }
}

/* ---- our certificate ---- */

static bool has_authority(struct tls_session *session, size_t index, struct span want)
{
    uint8_t name[1024];
    size_t size = 0;

    return tls_authority(session, index, name, sizeof(name), &size) == TLS_OK &&
           span_equal(span_of(name, size), want);
}

/* Names as a server would have them: SEQUENCE { SET { SEQUENCE { CN, UTF8String } } }. */
static const uint8_t name_a[] = {0x30, 12, 0x31, 10, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, 'A'};
static const uint8_t name_b[] = {0x30, 13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 0x0c, 2, 'B', 'B'};

START_TEST(seam_credential)
{
    const struct span authorities[] = {span_of(name_a, sizeof(name_a)),
                                       span_of(name_b, sizeof(name_b))};
    static const char *const certificates[] = {NULL, "client-rsa", "client-ecdsa"};

    for (size_t i = 0; i < COUNT_OF(modern_versions) * COUNT_OF(certificates); i++) {
        const char *name = certificates[i % COUNT_OF(certificates)];
        struct seam_settings settings = {.versions = modern_versions[i / COUNT_OF(certificates)],
                                         .client_flags = TLS_FLAG_ASK_CREDENTIAL,
                                         .server_flags = TLS_FLAG_REQUEST_PEER,
                                         .authorities = authorities,
                                         .authority_count = COUNT_OF(authorities)};
        struct tls_info server;
        struct pair pair;
        size_t size;

        push_context("version %x, %s", settings.versions, name ? name : "no certificate");
        if (pair_open(&pair, &settings)) {
            pair.client.supplies = name ? seam_credential(name, false) : NULL;
            ok(pair_handshake(&pair), "no handshake: %d and %d", pair.client.last.event,
               pair.server.last.event);
            ok_number(pair.client.credentials, 1, "times that a certificate was asked for");
            ok(has_authority(pair.client.session, 0, authorities[0]) &&
                   has_authority(pair.client.session, 1, authorities[1]),
               "the authorities are not there");
            ok(tls_authority(pair.client.session, 2, NULL, 0, &size) == TLS_NOT_THERE,
               "one authority too many");
            ok(tls_info(pair.server.session, &server) == TLS_OK, "info");
            ok_number(server.peer_chain_size, name ? 2 : 0, "the client's chain");
            ok((server.peer_scheme != 0) == (name != NULL), "scheme %04x", server.peer_scheme);
            pair_receive(&pair, &pair.client);
            pair_talk(&pair);
            tls_credential_free(pair.client.supplies);
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_credential_required)
{
    for (size_t i = 0; i < COUNT_OF(modern_versions); i++) {
        struct seam_settings settings = {.versions = modern_versions[i],
                                         .server_flags = TLS_FLAG_REQUIRE_PEER};
        struct pair pair;

        push_context("version %x", settings.versions);
        if (pair_open(&pair, &settings)) {
            ok(!pair_handshake(&pair), "a handshake all the same");
            ok_number(pair.server.last.event, TLS_FAILED, "event");
            ok_number(pair.server.last.reason, TLS_REASON_NO_CERTIFICATE, "reason");
            ok(pair.server.last.alert_sent != TLS_NO_ALERT, "no alert");
            pair_close(&pair);
        }
        pop_context();
    }
}

/* ---- keys that cannot leave their provider ---- */

START_TEST(seam_sign)
{
    static const struct {
        uint32_t version;
        const char *certificate;
        bool refuses;
    } cases[] = {
        {TLS_VERSION_1_0, "rsa", false},   {TLS_VERSION_1_2, "rsa", false},
        {TLS_VERSION_1_3, "rsa", false},   {TLS_VERSION_1_2, "ecdsa", false},
        {TLS_VERSION_1_3, "ecdsa", false}, {TLS_VERSION_1_2, "rsa", true},
        {TLS_VERSION_1_3, "ecdsa", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seam_settings settings = {
            .versions = cases[i].version, .certificate = cases[i].certificate, .outside = true};
        struct pair pair;

        push_context("version %x, %s", cases[i].version, cases[i].certificate);
        if (pair_open(&pair, &settings)) {
            pair.server.refuses_to_sign = cases[i].refuses;
            ok(pair_handshake(&pair) == !cases[i].refuses, "handshake: %d, %d",
               pair.client.last.event, pair.server.last.event);
            ok_number(pair.server.signatures, 1, "signatures");
            if (cases[i].refuses) {
                ok_number(pair.server.last.event, TLS_FAILED, "event");
                ok_number(pair.server.last.alert_sent, 80, "alert");
            } else {
                pair_receive(&pair, &pair.client);
                pair_talk(&pair);
            }
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_sign_abandoned)
{
    for (size_t i = 0; i < 2 * COUNT_OF(modern_versions); i++) {
        struct seam_settings settings = {.versions = modern_versions[i / 2], .outside = true};
        struct tls_result result;
        struct pair pair;

        if (!pair_open(&pair, &settings))
            return;
        pair_step(&pair, &pair.client);
        tls_step(pair.server.session, span_of(pair.server.in.data, pair.server.in.size), &result);
        ok_number(result.event, TLS_WANT_SIGN, "event");
        tls_step(pair.server.session, span_of(NULL, 0), &result);
        ok_number(result.event, TLS_WANT_SIGN, "asked again");
        if (i % 2) {
            tls_alert(pair.server.session, true, 80, &result);
            ok_number(result.alert_sent, 80, "alert while it waits");
        }
        pair_close(&pair); /* must neither wait for ever nor leak */
    }
}

/* ---- resumption ---- */

static bool get_session_data(struct tls_session *session, uint8_t *data, size_t room, size_t *size)
{
    return tls_session_data(session, data, room, size) == TLS_OK;
}

static void resume_once(struct seam_settings *settings, bool expected)
{
    struct tls_info info;
    struct pair pair;

    if (!pair_open(&pair, settings))
        return;
    ok(pair_handshake(&pair), "no second handshake");
    ok(tls_info(pair.client.session, &info) == TLS_OK, "info");
    ok_number(info.resumed, expected, "client resumed");
    ok(tls_info(pair.server.session, &info) == TLS_OK, "info");
    ok_number(info.resumed, expected, "server resumed");
    pair_receive(&pair, &pair.client);
    pair_talk(&pair);
    pair_close(&pair);
}

START_TEST(seam_resumption)
{
    static const struct {
        const char *name;
        uint32_t version, flags;
        bool resumes;
    } cases[] = {
        {"ticket", TLS_VERSION_1_2, 0, true},
        {"session id", TLS_VERSION_1_2, TLS_FLAG_NO_TICKETS, true},
        {"TLS 1.3", TLS_VERSION_1_3, 0, true},
        {"forbidden", TLS_VERSION_1_2, TLS_FLAG_NO_RESUMPTION, false},
        {"forbidden in TLS 1.3", TLS_VERSION_1_3, TLS_FLAG_NO_RESUMPTION, false},
    };

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = cases[i].version,
                                         .server_flags = cases[i].flags};
        uint8_t data[8192], more[8192];
        struct tls_tickets *tickets = NULL;
        struct pair pair;
        size_t size = 0, more_size;

        push_context("%s", cases[i].name);
        ok(tls_tickets_new(3600, &tickets) == TLS_OK, "tickets");
        settings.tickets = tickets;
        if (pair_open(&pair, &settings)) {
            ok(pair_handshake(&pair), "no handshake");
            if (cases[i].version == TLS_VERSION_1_3)
                ok(!get_session_data(pair.client.session, data, sizeof(data), &size),
                   "data before a ticket came");
            pair_receive(&pair, &pair.client);
            if (cases[i].resumes || cases[i].version == TLS_VERSION_1_2) {
                ok(tls_session_data(pair.client.session, data, 1, &size) == TLS_TOO_SMALL,
                   "no room");
                ok(get_session_data(pair.client.session, data, sizeof(data), &size), "no data");
            }
            if (cases[i].version == TLS_VERSION_1_3)
                ok(!get_session_data(pair.client.session, more, sizeof(more), &more_size),
                   "a ticket given twice");
            pair_close(&pair);
            settings.resume = span_of(data, size);
            resume_once(&settings, cases[i].resumes);
        }
        tls_tickets_free(tickets);
        pop_context();
    }
}

/* ---- handshakes on top of a session ---- */

START_TEST(seam_renegotiation)
{
    for (size_t i = 0; i < 4; i++) {
        bool by_server = i % 2;
        struct seam_settings settings = {.versions = TLS_VERSION_1_2,
                                         .suite = i / 2 ? 0xc013 : 0xc02f,
                                         .client_flags = TLS_FLAG_ASK_CREDENTIAL};
        struct tls_info info;
        struct pair pair;

        push_context("by %s, suite %04x", by_server ? "server" : "client", settings.suite);
        if (pair_open(&pair, &settings)) {
            struct end *starts = by_server ? &pair.server : &pair.client;
            struct end *follows = by_server ? &pair.client : &pair.server;

            ok(pair_handshake(&pair), "no handshake");
            pair.client.supplies = seam_credential("client-rsa", false);
            pair_talk(&pair);
            tls_rehandshake(starts->session, by_server, &starts->last);
            ok_number(starts->last.event, TLS_WANT_INPUT, "start");
            pair_flush(&pair, starts);
            pair_receive(&pair, follows);
            ok_number(follows->last.event, TLS_RENEGOTIATE, "the other's event");
            pair.client.done = pair.server.done = false;
            ok(pair_handshake(&pair), "no second handshake: %d (%d) and %d (%d)",
               pair.client.last.event, pair.client.last.reason, pair.server.last.event,
               pair.server.last.reason);
            if (by_server && settings.suite == 0xc02f) {
                ok_number(pair.client.credentials, 1, "times that a certificate was asked for");
                ok(tls_info(pair.server.session, &info) == TLS_OK, "info");
                ok_number(info.peer_chain_size, 2, "the client's chain");
            }
            pair_talk(&pair);
            tls_credential_free(pair.client.supplies);
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_renegotiation_refused)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_2};
    struct tls_result result;
    struct pair pair;

    if (!pair_open(&pair, &settings))
        return;
    ok(pair_handshake(&pair), "no handshake");
    tls_rehandshake(pair.client.session, false, &pair.client.last);
    pair_flush(&pair, &pair.client);
    pair_receive(&pair, &pair.server);
    ok_number(pair.server.last.event, TLS_RENEGOTIATE, "server's event");
    tls_alert(pair.server.session, false, 100, &result);
    pair_flush(&pair, &pair.server);
    ok_number(pair_step(&pair, &pair.client), TLS_REFUSED, "client's event");
    pair_talk(&pair);
    pair_close(&pair);
}

START_TEST(seam_reauthentication)
{
    for (size_t i = 0; i < 2; i++) {
        struct seam_settings settings = {.versions = TLS_VERSION_1_3,
                                         .client_flags = TLS_FLAG_POST_HANDSHAKE_AUTH |
                                                         TLS_FLAG_ASK_CREDENTIAL};
        struct tls_info info;
        struct pair pair;

        push_context("%s", i ? "with certificate" : "without");
        if (pair_open(&pair, &settings)) {
            ok(pair_handshake(&pair), "no handshake");
            pair.client.supplies = i ? seam_credential("client-rsa", false) : NULL;
            pair_receive(&pair, &pair.client);
            tls_rehandshake(pair.server.session, true, &pair.server.last);
            ok_number(pair.server.last.event, TLS_WANT_INPUT, "server's event");
            pair_flush(&pair, &pair.server);
            pair_receive(&pair, &pair.client);
            ok_number(pair.client.last.event, TLS_RENEGOTIATE, "client's event");
            ok_number(pair_step(&pair, &pair.client), TLS_DONE, "client's answer");
            ok_number(pair.client.credentials, 1, "times that a certificate was asked for");
            /* Data may be on its way before the answer. */
            pair_receive(&pair, &pair.server);
            ok_number(pair.server.last.event, TLS_DONE, "server's event");
            ok(tls_info(pair.server.session, &info) == TLS_OK, "info");
            ok_number(info.peer_chain_size, i ? 2 : 0, "the client's chain");
            pair_talk(&pair);
            tls_credential_free(pair.client.supplies);
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_rehandshake_refused)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_3};
    struct tls_result result;
    struct pair pair;

    if (!pair_open(&pair, &settings))
        return;
    tls_rehandshake(pair.client.session, false, &result);
    ok_number(result.event, TLS_REFUSED, "before the handshake");
    ok(pair_handshake(&pair), "no handshake");
    tls_rehandshake(pair.client.session, false, &result);
    ok_number(result.event, TLS_REFUSED, "TLS 1.3 client");
    tls_rehandshake(pair.server.session, true, &result);
    ok_number(result.event, TLS_REFUSED, "client offered no authentication");
    pair_receive(&pair, &pair.client);
    pair_talk(&pair);
    pair_close(&pair);
}
