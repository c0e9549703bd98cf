/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam: what a hello may offer, and how long a handshake message may be. See
 * test_tls_seam.c.
 */
#include "seam_pair.h"

#include "harness.h"

#define ALERT_ILLEGAL_PARAMETER 47
#define ALERT_PROTOCOL_VERSION 70

/* Both ends learn that it is the version, whoever is the older one. */
START_TEST(seam_no_common_version)
{
    static const struct {
        const char *name;
        uint32_t client, server;
    } cases[] = {
        {"1.2 and 1.3", TLS_VERSION_1_2, TLS_VERSION_1_3},
        {"1.0 and 1.3", TLS_VERSION_1_0, TLS_VERSION_1_3},
        {"1.3 and 1.2", TLS_VERSION_1_3, TLS_VERSION_1_2},
        {"1.0 and 1.2", TLS_VERSION_1_0, TLS_VERSION_1_2},
        {"1.1, 1.0 and 1.2", TLS_VERSION_1_1 | TLS_VERSION_1_0, TLS_VERSION_1_2},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = cases[i].client,
                                         .server_versions = cases[i].server};
        struct pair pair;

        push_context("%s", cases[i].name);
        if (pair_open(&pair, &settings)) {
            ok(!pair_handshake(&pair), "a handshake all the same");
            ok_number(pair.server.last.event, TLS_FAILED, "server's event");
            ok_number(pair.server.last.reason, TLS_REASON_VERSION, "server's reason");
            ok_number(pair.server.last.alert_sent, ALERT_PROTOCOL_VERSION, "server's alert");
            ok_number(pair.client.last.event, TLS_FAILED, "client's event");
            ok_number(pair.client.last.alert_received, ALERT_PROTOCOL_VERSION, "client is told");
            pair_close(&pair);
        }
        pop_context();
    }
}

/* Two ranges of versions that overlap meet at the highest that both have. */
static void check_ranges(uint32_t client, uint32_t server)
{
    static const uint16_t wire[] = {0x0301, 0x0302, 0x0303, 0x0304};
    struct seam_settings settings = {.versions = client, .server_versions = server};
    uint16_t want = 0;
    struct tls_info info;
    struct pair pair;

    for (unsigned bit = 0; bit < 4; bit++)
        if (client & server & 1u << bit)
            want = wire[bit];
    if (!pair_open(&pair, &settings))
        return;
    ok_number(pair_handshake(&pair), want != 0, "handshake");
    /* A client without the extension finds out from what the server chose. */
    if (!want)
        ok(pair.server.last.reason == TLS_REASON_VERSION ||
               pair.client.last.reason == TLS_REASON_VERSION,
           "reasons: client %d, server %d", pair.client.last.reason, pair.server.last.reason);
    else if (ok(tls_info(pair.client.session, &info) == TLS_OK, "info"))
        ok_number(info.version, want, "version");
    pair_close(&pair);
}

START_TEST(seam_common_version)
{
    static const uint32_t ranges[] = {1, 2, 4, 8, 3, 6, 12, 7, 14, 15};

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(ranges) * COUNT_OF(ranges); i++) {
        uint32_t client = ranges[i % COUNT_OF(ranges)], server = ranges[i / COUNT_OF(ranges)];

        push_context("client %x, server %x", client, server);
        check_ranges(client, server);
        pop_context();
    }
}

/* The server's chain, and the client's, are longer than this; every other message is shorter. */
#define SHORT_LIMIT 600

START_TEST(seam_message_limit)
{
    static const struct {
        const char *name;
        uint32_t version, client_limit, server_limit;
        bool client_fails, server_fails;
    } cases[] = {
        {"TLS 1.2, in clear text", TLS_VERSION_1_2, SHORT_LIMIT, 0, true, false},
        {"TLS 1.3, protected", TLS_VERSION_1_3, SHORT_LIMIT, 0, true, false},
        {"TLS 1.2, the client's chain", TLS_VERSION_1_2, 0, SHORT_LIMIT, false, true},
        {"TLS 1.3, the client's chain", TLS_VERSION_1_3, 0, SHORT_LIMIT, false, true},
        {"enough", TLS_VERSION_1_2, 16384, 16384, false, false},
        {"enough", TLS_VERSION_1_3, 16384, 16384, false, false},
    };

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = cases[i].version,
                                         .client_limit = cases[i].client_limit,
                                         .server_limit = cases[i].server_limit,
                                         .server_flags = TLS_FLAG_REQUEST_PEER,
                                         .client_credential = seam_credential("client-rsa", false)};
        struct pair pair;

        push_context("%s", cases[i].name);
        if (settings.client_credential && pair_open(&pair, &settings)) {
            const struct end *refuses = cases[i].client_fails ? &pair.client : &pair.server;
            bool fails = cases[i].client_fails || cases[i].server_fails;

            ok_number(pair_handshake(&pair), !fails, "handshake");
            if (fails) {
                ok_number(refuses->last.event, TLS_FAILED, "event");
                ok_number(refuses->last.reason, TLS_REASON_TOO_LARGE, "reason");
                ok_number(refuses->last.alert_sent, ALERT_ILLEGAL_PARAMETER, "alert");
            }
            pair_close(&pair);
        }
        tls_credential_free(settings.client_credential);
        pop_context();
    }
}

/* After the handshake: by its header, and over several calls. */
START_TEST(seam_message_limit_after)
{
    static const uint8_t header[] = {4, 0, 0x40, 1};

    for (size_t part = 1; part <= sizeof(header); part++) {
        struct seam_settings settings = {.versions = TLS_VERSION_1_3, .client_limit = 0x4000};
        struct tls_result result = {.event = TLS_DONE};
        struct pair pair;

        push_context("%zu bytes at a time", part);
        if (pair_open(&pair, &settings)) {
            ok(pair_handshake(&pair), "no handshake");
            for (size_t at = 0; at < sizeof(header) && result.event != TLS_FAILED; at += part)
                tls_message(
                    pair.client.session,
                    span_of(header + at, part < sizeof(header) - at ? part : sizeof(header) - at),
                    &result);
            ok_number(result.event, TLS_FAILED, "event");
            ok_number(result.reason, TLS_REASON_TOO_LARGE, "reason");
            pair_close(&pair);
        }
        pop_context();
    }
}
