/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam: sessions as bytes, and what becomes of them. See test_tls_seam.c.
 */
#include "seam_pair.h"

#include <string.h>

#include "allocation.h"
#include "harness.h"

#define PACKED_MAX 16384

struct packed {
    uint8_t bytes[PACKED_MAX];
    size_t size;
};

/* The end's session packed; it is dead then. */
static bool pack(struct pair *pair, struct end *end, struct packed *to)
{
    size_t size = 0;

    ok_number(tls_pack(end->session, NULL, 0, &size), TLS_TOO_SMALL, "no room");
    ok_number(tls_pack(end->session, to->bytes, size - 1, &to->size), TLS_TOO_SMALL, "a byte less");
    ok_number(to->size, size, "the size that is needed");
    pair_talk(pair);
    if (!ok_number(tls_pack(end->session, to->bytes, sizeof(to->bytes), &to->size), TLS_OK, "pack"))
        return false;
    ok(pair_send(pair, end, 1) != TLS_OK, "the old one seals");
    ok_number(tls_pack(end->session, NULL, 0, &size), TLS_NOT_READY, "twice");
    return true;
}

/* The end goes on with the session of the bytes. */
static bool unpack(struct end *end, enum tls_role role, const struct packed *from)
{
    const enum tls_role other = role == TLS_CLIENT ? TLS_SERVER : TLS_CLIENT;
    struct tls_session *session = NULL;

    ok_number(tls_unpack(other, span_of(from->bytes, from->size), &session), TLS_BAD_ARGUMENT,
              "the other role");
    for (size_t size = 0; size < from->size; size++)
        ok_number(tls_unpack(role, span_of(from->bytes, size), &session), TLS_BAD_ARGUMENT,
                  "%zu bytes", size);
    if (!ok_number(tls_unpack(role, span_of(from->bytes, from->size), &session), TLS_OK, "unpack"))
        return false;
    tls_session_free(end->session);
    end->session = session;
    return true;
}

/* A new handshake, and new keys, are refused. */
static void check_limits(struct end *end, bool modern)
{
    struct tls_result result;
    uint8_t secret[32];
    size_t size = 0;

    tls_rehandshake(end->session, false, &result);
    ok_number(result.event, TLS_REFUSED, "a handshake");
    tls_update_keys(end->session, false, &result);
    ok_number(result.event, TLS_REFUSED, "new keys");
    tls_step(end->session, span_of(NULL, 0), &result);
    ok_number(result.event, TLS_DONE, "a step");
    ok_number(tls_export(end->session, span_of("label", 5), false, span_of(NULL, 0), secret, 32),
              TLS_NOT_THERE, "exported keys");
    ok_number(tls_prf(end->session, span_of("label", 5), false, secret, 32), TLS_NOT_THERE, "PRF");
    ok_number(tls_session_data(end->session, secret, 32, &size), TLS_NOT_THERE, "session data");
    ok_number(tls_unique(end->session, secret, 32, &size), modern ? TLS_NOT_THERE : TLS_OK,
              "tls-unique");
}

static void check_moved(struct pair *pair, struct end *end, enum tls_role role)
{
    static struct packed packed;
    struct tls_info before, after;

    ok(tls_info(end->session, &before) == TLS_OK, "facts");
    if (!pack(pair, end, &packed) || !unpack(end, role, &packed))
        return;
    ok(tls_info(end->session, &after) == TLS_OK, "facts again");
    ok(!memcmp(&before, &after, sizeof(before)), "other facts");
    check_limits(end, before.version == 0x0304);
    pair_talk(pair);
}

START_TEST(seam_pack)
{
    static const struct {
        uint32_t version;
        uint16_t suite;
    } cases[] = {
        {TLS_VERSION_1_2, 0xc02f}, {TLS_VERSION_1_2, 0xc030}, {TLS_VERSION_1_2, 0xcca8},
        {TLS_VERSION_1_3, 0x1301}, {TLS_VERSION_1_3, 0x1302}, {TLS_VERSION_1_3, 0x1303},
    };

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seam_settings settings = {.versions = cases[i].version, .suite = cases[i].suite};
        struct pair pair;
        size_t size = 0;

        if (!pair_open(&pair, &settings))
            return;
        push_context("suite %04x", cases[i].suite);
        ok_number(tls_pack(pair.client.session, NULL, 0, &size), TLS_NOT_READY,
                  "before the handshake");
        if (ok(pair_handshake(&pair), "no handshake")) {
            pair_talk(&pair);
            check_moved(&pair, &pair.client, TLS_CLIENT);
            check_moved(&pair, &pair.server, TLS_SERVER);
            check_moved(&pair, &pair.client, TLS_CLIENT);
        }
        pair_close(&pair);
        pop_context();
    }
}

/* Suites without AEAD are GnuTLS's business, and stay there. */
START_TEST(seam_pack_refused)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_2, .suite = 0xc013};
    struct pair pair;
    size_t size = 0;

    if (!pair_open(&pair, &settings))
        return;
    if (ok(pair_handshake(&pair), "no handshake")) {
        ok_number(tls_pack(pair.client.session, NULL, 0, &size), TLS_NOT_THERE, "a CBC suite");
        pair_talk(&pair);
    }
    pair_close(&pair);
}

/* The peer's new keys cannot be followed: the session ends, with an alert. */
START_TEST(seam_pack_key_update)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_3};
    static struct packed packed;
    struct tls_result result;
    struct pair pair;

    if (!pair_open(&pair, &settings))
        return;
    if (ok(pair_handshake(&pair), "no handshake")) {
        pair_talk(&pair);
        if (pack(&pair, &pair.client, &packed) && unpack(&pair.client, TLS_CLIENT, &packed)) {
            tls_update_keys(pair.server.session, false, &result);
            ok_number(result.event, TLS_DONE, "new keys");
            pair_flush(&pair, &pair.server);
            pair_receive(&pair, &pair.client);
            ok_number(pair.client.last.event, TLS_FAILED, "they are taken");
            ok(pair.server.in.size > 0, "no alert");
        }
    }
    pair_close(&pair);
}

static bool unpack_once(void *argument)
{
    const struct packed *packed = argument;
    struct tls_session *session = NULL;

    if (tls_unpack(TLS_CLIENT, span_of(packed->bytes, packed->size), &session) != TLS_OK)
        return false;
    tls_session_free(session);
    return true;
}

START_TEST(seam_pack_memory)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_2};
    static struct packed packed;
    struct pair pair;

    if (!pair_open(&pair, &settings))
        return;
    if (ok(pair_handshake(&pair), "no handshake") && pack(&pair, &pair.client, &packed))
        ok(each_allocation_fails(unpack_once, &packed) >= 1, "too few allocations");
    pair_close(&pair);
}
