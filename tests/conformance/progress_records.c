/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Handshake messages over several records, and several in one (RFC 5246 6.2.1, RFC 8446 5.1): the
 * bytes are those of a real handshake, in other records. And resumed handshakes, leg by leg.
 */
#include "common.h"

#include <string.h>

/* Cuts the handshake bytes of records in clear text anew. */
static void cut_anew(struct bytes *wire, size_t size)
{
    struct bytes messages = {NULL, 0, 0};
    size_t record;

    while ((record = wire_record_size(wire->data, wire->size)) != 0 &&
           wire->data[0] == WIRE_HANDSHAKE) {
        bytes_add(&messages, wire->data + WIRE_HEADER, record - WIRE_HEADER);
        bytes_drop(wire, record);
    }
    ok_number(wire->size, 0, "bytes that are no handshake in clear text");
    for (size_t at = 0; at < messages.size; at += size) {
        size_t part = size < messages.size - at ? size : messages.size - at;
        uint8_t header[] = {WIRE_HANDSHAKE, 3, 3, (uint8_t)(part >> 8), (uint8_t)part};

        bytes_add(wire, header, sizeof(header));
        bytes_add(wire, messages.data + at, part);
    }
    bytes_done(&messages);
}

static const size_t sizes[] = {1, 2, 3, 4, 5, 64, 1000, 16384};
static const enum loop_cut cuts[] = {LOOP_WHOLE, LOOP_RECORD, LOOP_RANDOM};

/* Calls that take records and want more give an empty token: programs then read on. */
static bool goes_on_without_token(const struct loop *loop)
{
    for (size_t i = 0; i < loop->legs && i < LOOP_LEGS; i++)
        if (loop->leg[i].status == SEC_I_CONTINUE_NEEDED && !loop->leg[i].token)
            return true;
    return false;
}

static void finish(struct loop *loop)
{
    if (ok(loop_handshake(loop), "handshake fails: client %08lx, server %08lx",
           (unsigned long)loop->side[0].status & 0xffffffff,
           (unsigned long)loop->side[1].status & 0xffffffff))
        loop_check_traffic(loop);
}

/* The client's hello. */
START_TEST(progress_records_hello)
{
    for (size_t i = 0; i < 2 * COUNT_OF(sizes) * COUNT_OF(cuts); i++) {
        enum test_version version = both_versions[i % 2];
        size_t size = sizes[i / 2 % COUNT_OF(sizes)];
        struct loop loop;
        struct pair pair;

        push_context("%s, records of %zu, cut %zu", version_name(version), size,
                     i / 2 / COUNT_OF(sizes));
        if (pair_make(&pair, version, "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop.cut = cuts[i / 2 / COUNT_OF(sizes)];
            loop_step(&loop, LOOP_CLIENT);
            cut_anew(&loop.side[LOOP_SERVER].network, size);
            finish(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* The server's flight of TLS 1.2, four messages. */
START_TEST(progress_records_flight)
{
    for (size_t i = 0; i < COUNT_OF(sizes) * COUNT_OF(cuts); i++) {
        struct loop loop;
        struct pair pair;

        push_context("records of %zu, cut %zu", sizes[i % COUNT_OF(sizes)], i / COUNT_OF(sizes));
        if (pair_make(&pair, VERSION_TLS12, "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop.cut = cuts[i / COUNT_OF(sizes)];
            loop_step(&loop, LOOP_CLIENT);
            while (loop_read(&loop, LOOP_SERVER))
                ;
            loop_step(&loop, LOOP_SERVER);
            cut_anew(&loop.side[LOOP_CLIENT].network, sizes[i % COUNT_OF(sizes)]);
            finish(&loop);
            if (loop.cut == LOOP_RECORD && sizes[i % COUNT_OF(sizes)] < 2000)
                ok(goes_on_without_token(&loop), "each record gave a token");
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

struct want_leg {
    enum loop_role role;
    SECURITY_STATUS status;
    bool token;
};

/* TLS 1.2: the client is done with its Finished, the server with reading it. TLS 1.3: as in full.
 */
START_TEST(progress_resumed_legs)
{
    static const struct {
        enum test_version version;
        struct want_leg legs[4];
    } cases[] = {
        {VERSION_TLS12,
         {{LOOP_CLIENT, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_SERVER, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_CLIENT, SEC_E_OK, true},
          {LOOP_SERVER, SEC_E_OK, false}}},
        {VERSION_TLS13,
         {{LOOP_CLIENT, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_SERVER, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_CLIENT, SEC_E_OK, true},
          {LOOP_SERVER, SEC_E_OK, true}}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(cases[i].version));
        if (pair_make(&pair, cases[i].version, "rsa")) {
            size_t legs = 0;

            loop_connect(&loop, &pair.client, &pair.server);
            loop_check_traffic(&loop); /* with it the client takes the ticket */
            loop_done(&loop);
            loop_connect(&loop, &pair.client, &pair.server);
            for (size_t k = 0; k < loop.legs && k < LOOP_LEGS; k++) {
                const struct loop_leg *leg = &loop.leg[k];
                const struct want_leg *want = &cases[i].legs[legs];

                if (!leg->token && leg->status == SEC_I_CONTINUE_NEEDED)
                    continue;
                if (!ok(legs < COUNT_OF(cases[i].legs), "more legs"))
                    break;
                ok(leg->role == want->role, "leg %zu is the other side's", legs);
                ok_status(leg->status, want->status, "leg %zu", legs);
                ok((leg->token != 0) == want->token, "leg %zu: token of %zu bytes", legs,
                   leg->token);
                legs++;
            }
            ok_number(legs, COUNT_OF(cases[i].legs), "legs");
            loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}
