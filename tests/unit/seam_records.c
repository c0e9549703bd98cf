/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam: records, updates of keys, alerts. See test_tls_seam.c.
 */
#include "seam_pair.h"

#include <string.h>

#include "base/limits.h"
#include "harness.h"

#define RECORD_ROOM (16384 + 256)

/* Of the backend itself; not there when the test goes through the crossing. */
void session_set_key_limit(uint64_t records) __attribute__((weak));

static const struct {
    const char *name;
    uint32_t version;
    uint16_t suite;
    const char *certificate;
    uint32_t header, trailer;
} suites[] = {
    {"AES-128-GCM, 1.2", TLS_VERSION_1_2, 0xc02f, "rsa", 13, 16},
    {"AES-256-GCM, 1.2", TLS_VERSION_1_2, 0xc02c, "ecdsa", 13, 16},
    {"ChaCha20, 1.2", TLS_VERSION_1_2, 0xcca8, "rsa", 5, 16},
    {"AES-128-CCM, 1.2", TLS_VERSION_1_2, 0xc09c, "rsa", 13, 16},
    {"AES-128-CCM-8, 1.2", TLS_VERSION_1_2, 0xc0a0, "rsa", 13, 8},
    {"AES-128-GCM, 1.3", TLS_VERSION_1_3, 0x1301, "rsa", 5, 44},
    {"AES-256-GCM, 1.3", TLS_VERSION_1_3, 0x1302, "ecdsa", 5, 44},
    {"ChaCha20, 1.3", TLS_VERSION_1_3, 0x1303, "rsa", 5, 44},
    {"AES-128-CCM, 1.3", TLS_VERSION_1_3, 0x1304, "rsa", 5, 44},
    {"AES-128-SHA1", TLS_VERSION_1_2, 0xc013, "rsa", 21, 36},
    {"AES-128-SHA256", TLS_VERSION_1_2, 0xc027, "rsa", 21, 48},
    {"AES-256-SHA384", TLS_VERSION_1_2, 0xc028, "rsa", 21, 64},
    {"AES-128-SHA1, 1.0", TLS_VERSION_1_0, 0xc013, "rsa", 5, 36},
    {"RSA, AES-256-SHA1, 1.1", TLS_VERSION_1_1, 0x0035, "rsa", 21, 36},
    {"DHE, AES-256-GCM, 1.2", TLS_VERSION_1_2, 0x009f, "rsa", 13, 16},
};

static bool open_connected(struct pair *pair, const struct seam_settings *settings)
{
    if (!pair_open(pair, settings))
        return false;
    if (ok(pair_handshake(pair), "no handshake: %d (%d), %d (%d)", pair->client.last.event,
           pair->client.last.reason, pair->server.last.event, pair->server.last.reason) &&
        pair_receive(pair, &pair->client))
        return true;
    pair_close(pair);
    return false;
}

START_TEST(seam_suites)
{
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        struct seam_settings settings = {.versions = suites[i].version,
                                         .suite = suites[i].suite,
                                         .certificate = suites[i].certificate};
        struct tls_info info;
        struct pair pair;

        push_context("%s", suites[i].name);
        if (open_connected(&pair, &settings)) {
            ok(tls_info(pair.client.session, &info) == TLS_OK, "info");
            ok_number(info.suite, suites[i].suite, "suite");
            ok_number(info.header, suites[i].header, "header");
            ok_number(info.trailer, suites[i].trailer, "trailer");
            ok_number(info.maximum, 16384, "maximum");
            pair_talk(&pair);
            if (info.record_path == TLS_PATH_IN_PLACE) {
                ok(pair_send(&pair, &pair.client, 0) == TLS_OK, "empty message");
                pair_receive(&pair, &pair.server);
            }
            pair_close(&pair);
        }
        pop_context();
    }
}

/* Trailer elsewhere, and with not one byte of room too many. */
START_TEST(seam_seal_apart)
{
    static uint8_t record[RECORD_ROOM], trailer[64];

    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        struct seam_settings settings = {.versions = suites[i].version,
                                         .suite = suites[i].suite,
                                         .certificate = suites[i].certificate};
        struct pair pair;

        push_context("%s", suites[i].name);
        if (open_connected(&pair, &settings)) {
            for (size_t size = 1; size <= 16384; size = size * 4 - 1) {
                struct tls_seal seal = {.header = record,
                                        .data = record + suites[i].header,
                                        .trailer = trailer,
                                        .data_size = size,
                                        .trailer_room = suites[i].trailer,
                                        .type = TLS_TYPE_DATA};
                struct tls_unseal unseal = {.record = record};
                struct tls_result result;

                seam_fill(seal.data, size);
                ok(tls_seal(pair.client.session, &seal) == TLS_OK, "%zu bytes", size);
                memcpy(seal.data + size, trailer, seal.trailer_size);
                unseal.size = suites[i].header + size + seal.trailer_size;
                ok(tls_unseal(pair.server.session, &unseal, &result) == TLS_OK, "%zu bytes", size);
                ok(unseal.plain_size == size &&
                       seam_is_filled(record + unseal.offset, unseal.plain_size),
                   "%zu bytes came out wrong", size);
            }
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_seal_refused)
{
    static uint8_t record[RECORD_ROOM + 1024], before[RECORD_ROOM + 1024];

    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        struct seam_settings settings = {.versions = suites[i].version,
                                         .suite = suites[i].suite,
                                         .certificate = suites[i].certificate};
        struct tls_seal seal = {.header = record, .data = record + 64, .type = TLS_TYPE_DATA};
        struct pair pair;

        push_context("%s", suites[i].name);
        if (pair_open(&pair, &settings)) {
            seal.data_size = 100;
            seal.trailer = seal.data + 100;
            seal.trailer_room = suites[i].trailer;
            ok_number(tls_seal(pair.client.session, &seal), TLS_NOT_READY, "before the handshake");
            ok(pair_handshake(&pair), "no handshake");
            pair_receive(&pair, &pair.client);

            memset(record, 0x55, sizeof(record));
            memcpy(before, record, sizeof(record));
            /* Room for a KeyUpdate may lack; that for the record may not. */
            seal.trailer_room = (suites[i].trailer == 44 ? 17 : suites[i].trailer) - 1;
            ok_number(tls_seal(pair.client.session, &seal), TLS_TOO_SMALL, "trailer");
            seal.data_size = 16385;
            seal.trailer = seal.data + 16385;
            seal.trailer_room = suites[i].trailer;
            ok_number(tls_seal(pair.client.session, &seal), TLS_BAD_ARGUMENT, "maximum + 1");
            ok(memcmp(before, record, sizeof(record)) == 0, "memory was written");
            pair_talk(&pair);
            pair_close(&pair);
        }
        pop_context();
    }
}

/* ---- hostile records ---- */

static size_t count_of_byte(const uint8_t *data, size_t size, uint8_t byte)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += data[i] == byte;
    return count;
}

START_TEST(seam_failed_tag)
{
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        struct seam_settings settings = {.versions = suites[i].version,
                                         .suite = suites[i].suite,
                                         .certificate = suites[i].certificate};
        struct tls_unseal unseal;
        struct tls_result result = {0};
        struct pair pair;
        enum tls_status status;

        push_context("%s", suites[i].name);
        if (open_connected(&pair, &settings)) {
            uint8_t *record = pair.server.in.data;

            ok(pair_send(&pair, &pair.client, 1000) == TLS_OK, "seal");
            record[pair.server.in.size - 1] ^= 1;
            unseal = (struct tls_unseal){.record = record, .size = pair.server.in.size};
            status = tls_unseal(pair.server.session, &unseal, &result);
            ok(status != TLS_OK && status != TLS_NOT_READY, "status %d", status);
            ok_number(result.event, TLS_FAILED, "event");
            ok_number(result.reason, TLS_REASON_MAC, "reason");
            ok_number(result.alert_sent, 20, "alert");
            ok(count_of_byte(record + 64, 900, 0) == 900, "what the cipher made of it lies there");
            status = tls_unseal(pair.server.session, &unseal, &result);
            ok(status != TLS_OK, "the next record: status %d", status);

            tls_alert(pair.server.session, true, 20, &result);
            ok(result.output_size != 0, "no alert");
            pair_flush(&pair, &pair.server);
            pair_receive(&pair, &pair.client);
            ok_number(pair.client.last.event, TLS_FAILED, "client's event");
            ok_number(pair.client.last.alert_received, 20, "alert at the client");
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_bad_records)
{
    static const struct {
        const char *name;
        uint8_t header[5];
        size_t size;
        enum tls_reason reason;
        uint8_t alert;
    } cases[] = {
        {"too short", {23, 3, 3, 0, 8}, 13, TLS_REASON_MAC, 20},
        {"empty", {23, 3, 3, 0, 0}, 5, TLS_REASON_MAC, 20},
        {"over the limit", {23, 3, 3, 0x48, 1}, 0x4806, TLS_REASON_TOO_LARGE, 22},
        {"other version", {23, 3, 1, 0, 64}, 69, TLS_REASON_VERSION, 70},
        {"no version", {23, 2, 0, 0, 64}, 69, TLS_REASON_NOT_TLS, 50},
        {"change of cipher", {20, 3, 3, 0, 1}, 6, TLS_REASON_UNEXPECTED, 10},
        {"unknown type", {24, 3, 3, 0, 64}, 69, TLS_REASON_UNEXPECTED, 10},
        {"half a record", {23, 3, 3, 0, 64}, 60, TLS_REASON_DECODE, 50},
        {"zeros", {23, 3, 3, 0, 64}, 69, TLS_REASON_MAC, 20},
        {"header alone", {23, 3, 3, 0, 64}, 5, TLS_REASON_DECODE, 50},
    };
    static uint8_t record[0x4900];

    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = i % 2 ? TLS_VERSION_1_3 : TLS_VERSION_1_2,
                                         .suite = i % 2 ? 0x1301 : 0xc02f};
        struct tls_unseal unseal = {.record = record, .size = cases[i / 2].size};
        struct tls_result result = {0};
        struct pair pair;

        push_context("%s, version %x", cases[i / 2].name, settings.versions);
        if (open_connected(&pair, &settings)) {
            memset(record, 0, sizeof(record));
            memcpy(record, cases[i / 2].header, 5);
            ok(tls_unseal(pair.server.session, &unseal, &result) != TLS_OK, "it was opened");
            ok_number(result.event, TLS_FAILED, "event");
            ok_number(result.reason, cases[i / 2].reason, "reason");
            ok_number(result.alert_sent, cases[i / 2].alert, "alert");
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_empty_records)
{
    static const uint32_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct seam_settings settings = {.versions = versions[i]};
        struct tls_unseal unseal;
        struct tls_result result;
        struct pair pair;

        if (!open_connected(&pair, &settings))
            return;
        for (unsigned j = 0; j < LIMIT_EMPTY_RECORDS; j++) {
            ok(pair_send(&pair, &pair.client, 0) == TLS_OK, "seal");
            pair_receive(&pair, &pair.server);
        }
        ok(pair_send(&pair, &pair.client, 1) == TLS_OK, "seal"); /* begins the count anew */
        pair_receive(&pair, &pair.server);
        for (unsigned j = 0; j < LIMIT_EMPTY_RECORDS; j++) {
            ok(pair_send(&pair, &pair.client, 0) == TLS_OK, "seal");
            pair_receive(&pair, &pair.server);
        }
        ok(pair_send(&pair, &pair.client, 0) == TLS_OK, "seal");
        unseal = (struct tls_unseal){.record = pair.server.in.data, .size = pair.server.in.size};
        ok(tls_unseal(pair.server.session, &unseal, &result) != TLS_OK, "one too many");
        ok_number(result.reason, TLS_REASON_UNEXPECTED, "reason");
        ok_number(result.alert_sent, 10, "alert");
        pair_close(&pair);
    }
}

/* ---- updates of keys ---- */

START_TEST(seam_key_update)
{
    for (size_t i = 0; i < 4; i++) {
        bool asks = i % 2, by_server = i / 2;
        struct seam_settings settings = {.versions = TLS_VERSION_1_3};
        struct pair pair;

        push_context("%s%s", by_server ? "server" : "client", asks ? ", asks for the other's" : "");
        if (open_connected(&pair, &settings)) {
            struct end *from = by_server ? &pair.server : &pair.client;
            struct end *to = by_server ? &pair.client : &pair.server;
            size_t before;

            tls_update_keys(from->session, asks, &from->last);
            ok_number(from->last.event, TLS_DONE, "event");
            ok(from->last.output_size != 0, "nothing to send");
            pair_flush(&pair, from);
            ok(pair_receive(&pair, to), "update");
            ok_number(to->last.event, TLS_DONE, "the other's event");
            /* The answer goes out behind the next message. */
            before = from->in.size;
            ok(pair_send(&pair, to, 100) == TLS_OK, "seal");
            ok_number(from->in.size - before, asks ? 5 + 100 + 17 + 27 : 5 + 100 + 17, "sent");
            ok(pair_receive(&pair, from), "answer");
            pair_talk(&pair);

            /* Or when asked for. */
            tls_update_keys(from->session, asks, &from->last);
            pair_flush(&pair, from);
            ok(pair_receive(&pair, to), "second update");
            tls_answer(to->session, &to->last);
            ok_number(to->last.output_size, asks ? 27 : 0, "answer");
            pair_flush(&pair, to);
            ok(pair_receive(&pair, from), "second answer");
            tls_answer(to->session, &to->last);
            ok_number(to->last.output_size, 0, "answered twice");
            pair_talk(&pair);
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_key_limit)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_3};
    unsigned updates = 0;
    struct pair pair;

    if (!session_set_key_limit) {
        skip("the limit cannot be set through the crossing");
        return;
    }
    session_set_key_limit(3);
    if (open_connected(&pair, &settings)) {
        for (unsigned i = 0; i < 12; i++) {
            size_t before = pair.server.in.size;

            ok(pair_send(&pair, &pair.client, 10) == TLS_OK, "seal");
            updates += pair.server.in.size - before != 5 + 10 + 17;
            ok(pair_receive(&pair, &pair.server), "message %u", i);
        }
        /* Each third message brings new keys. */
        ok_number(updates, 4, "updates");
        pair_close(&pair);
    }
    session_set_key_limit(0);
}

/* ---- alerts ---- */

START_TEST(seam_close)
{
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        struct seam_settings settings = {.versions = suites[i].version,
                                         .suite = suites[i].suite,
                                         .certificate = suites[i].certificate};
        struct pair pair;

        push_context("%s", suites[i].name);
        if (open_connected(&pair, &settings)) {
            tls_alert(pair.client.session, false, 0, &pair.client.last);
            ok_number(pair.client.last.event, TLS_DONE, "event");
            ok_number(pair.client.last.alert_sent, TLS_NO_ALERT, "alert");
            pair_flush(&pair, &pair.client);
            pair_receive(&pair, &pair.server);
            ok_number(pair.server.last.event, TLS_CLOSED, "server's event");
            /* The other direction still works, and closes in turn. */
            ok(pair_send(&pair, &pair.server, 10) == TLS_OK, "seal");
            ok(pair_receive(&pair, &pair.client), "receive");
            tls_alert(pair.server.session, false, 0, &pair.server.last);
            pair_flush(&pair, &pair.server);
            pair_receive(&pair, &pair.client);
            ok_number(pair.client.last.event, TLS_CLOSED, "client's event");
            pair_close(&pair);
        }
        pop_context();
    }
}

START_TEST(seam_alert_early)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_2 | TLS_VERSION_1_3};
    static const uint8_t want[] = {21, 3, 3, 0, 2, 1, 0};
    struct pair pair;

    if (!pair_open(&pair, &settings))
        return;
    tls_alert(pair.client.session, false, 0, &pair.client.last);
    pair_flush(&pair, &pair.client);
    ok(span_equal(span_of(pair.server.in.data, pair.server.in.size), span_of(want, sizeof(want))),
       "close_notify before all");
    ok_number(pair_step(&pair, &pair.server), TLS_CLOSED, "server's event");
    pair_close(&pair);
}

START_TEST(seam_sealed_alert)
{
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        struct seam_settings settings = {.versions = suites[i].version,
                                         .suite = suites[i].suite,
                                         .certificate = suites[i].certificate};
        static uint8_t record[256];
        struct tls_seal seal = {.header = record, .data_size = 2, .type = TLS_TYPE_ALERT};
        struct tls_unseal unseal = {.record = record};
        struct tls_result result;
        struct pair pair;

        push_context("%s", suites[i].name);
        if (open_connected(&pair, &settings)) {
            seal.data = record + suites[i].header;
            seal.trailer = seal.data + 2;
            seal.trailer_room = suites[i].trailer;
            seal.data[0] = 1;
            seal.data[1] = 90; /* user_canceled */
            ok(tls_seal(pair.client.session, &seal) == TLS_OK, "seal");
            unseal.size = suites[i].header + 2 + seal.trailer_size;
            ok(tls_unseal(pair.server.session, &unseal, &result) == TLS_OK, "unseal");
            ok_number(unseal.type, TLS_TYPE_ALERT, "type");
            ok_number(unseal.alert, 90, "alert");
            ok_number(unseal.alert_fatal, 0, "fatal");
            pair_talk(&pair);
            pair_close(&pair);
        }
        pop_context();
    }
}
