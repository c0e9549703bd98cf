/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Hostile peers: random bytes, records of random contents, and real handshakes with single bytes
 * changed on their way, in both roles. Wanted: an error of the known set, no crash, no endless
 * handshake; what leaks or overruns is for the sanitizers to see. SECUR32_TEST_THOROUGH changes
 * every byte, otherwise it is a sample.
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

static void fill_random(uint8_t *memory, size_t size)
{
    for (size_t i = 0; i < size; i++)
        memory[i] = (uint8_t)harness_random();
}

/* Half of them at least look like a record. */
static size_t random_token(uint8_t *memory, size_t room)
{
    size_t size = harness_random() % room;

    fill_random(memory, size);
    if (size >= 6 && harness_random() % 2) {
        memory[0] = (uint8_t)(20 + harness_random() % 4);
        memory[1] = 3;
        memory[2] = (uint8_t)(harness_random() % 5);
        memory[3] = (uint8_t)((size - 5) >> 8);
        memory[4] = (uint8_t)(size - 5);
        if (harness_random() % 2) {
            memory[5] = (uint8_t)(harness_random() % 25);
            if (size >= 9) {
                memory[6] = 0;
                memory[7] = (uint8_t)((size - 9) >> 8);
                memory[8] = (uint8_t)(size - 9);
            }
        }
    }
    return size;
}

START_TEST(hostile_random_server)
{
    static uint8_t memory[700];

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        CredHandle client;

        if (!version_available(both_versions[v]) || !client_make(&client, both_versions[v]))
            continue;
        for (unsigned i = 0; i < 300; i++) {
            struct loop loop;

            loop_init(&loop, &client, NULL);
            loop.side[LOOP_CLIENT].unchecked = true;
            loop_step(&loop, LOOP_CLIENT);
            for (unsigned tokens = 0; tokens < 4 && !loop.side[LOOP_CLIENT].failed; tokens++) {
                loop_deliver(&loop, LOOP_CLIENT, memory, random_token(memory, sizeof(memory)));
                loop_read(&loop, LOOP_CLIENT);
                loop_step(&loop, LOOP_CLIENT);
                ok(status_is_known(loop.side[LOOP_CLIENT].status), "got %08lx",
                   (unsigned long)loop.side[LOOP_CLIENT].status & 0xffffffff);
                ok(!loop.side[LOOP_CLIENT].done, "done with random bytes");
            }
            loop_done(&loop);
        }
        FreeCredentialsHandle(&client);
    }
}

START_TEST(hostile_random_client)
{
    static uint8_t memory[700];

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        for (unsigned i = 0; i < 300; i++) {
            struct loop loop;

            loop_init(&loop, NULL, &pair.server);
            loop.side[LOOP_SERVER].unchecked = true;
            loop_deliver(&loop, LOOP_SERVER, memory, random_token(memory, sizeof(memory)));
            loop_read(&loop, LOOP_SERVER);
            loop_step(&loop, LOOP_SERVER);
            ok(status_is_known(loop.side[LOOP_SERVER].status), "got %08lx",
               (unsigned long)loop.side[LOOP_SERVER].status & 0xffffffff);
            ok(!loop.side[LOOP_SERVER].done, "done with random bytes");
            loop_done(&loop);
        }
        pair_done(&pair);
    }
}

/* What kind of handshake the bytes are of. */
struct flips {
    enum test_version version;
    const char *certificate;
    bool mutual; /* the client has a certificate, and is asked for it */
    bool resumed;
};

struct flipping {
    struct pair pair;
    CredHandle with; /* mutual: the client's */
    bool has_pair, has_with;
};

static void begin(const struct flips *flips, struct flipping *flipping, struct loop *loop)
{
    loop_init(loop, flips->mutual ? &flipping->with : &flipping->pair.client,
              &flipping->pair.server);
    loop->side[LOOP_CLIENT].unchecked = loop->side[LOOP_SERVER].unchecked = true;
    if (flips->mutual)
        loop->side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
    /* Only one name's sessions are to be resumed. */
    if (!flips->resumed)
        loop->side[LOOP_CLIENT].target = NULL;
}

/* A new pair of credentials, and a session to resume. */
static bool flipping_init(const struct flips *flips, struct flipping *flipping)
{
    struct credential_wish wish = {.version = flips->version};
    struct loop loop;

    memset(flipping, 0, sizeof(*flipping));
    flipping->has_pair = pair_make(&flipping->pair, flips->version, flips->certificate);
    if (flipping->has_pair && flips->mutual) {
        wish.certificate = pki_certificate("client-rsa");
        if (!wish.certificate)
            return false;
        flipping->has_with = credential_make(&wish, &flipping->with) == SEC_E_OK;
    }
    if (!flipping->has_pair || flipping->has_with != flips->mutual)
        return false;
    if (flips->resumed) {
        begin(flips, flipping, &loop);
        if (ok(loop_handshake(&loop), "the first handshake fails"))
            loop_check_traffic(&loop);
        loop_done(&loop);
    }
    return true;
}

static void flipping_done(struct flipping *flipping)
{
    if (flipping->has_with)
        FreeCredentialsHandle(&flipping->with);
    if (flipping->has_pair)
        pair_done(&flipping->pair);
}

static void flip_one(const struct flips *flips, struct flipping *flipping, enum loop_role to,
                     size_t at, uint8_t mask)
{
    struct loop loop;

    begin(flips, flipping, &loop);
    loop.flip = true;
    loop.flip_to = to;
    loop.flip_at = at;
    loop.flip_mask = mask;
    /* A byte that nothing depends on must really not matter; what is not read yet (tickets) will.
     */
    if (loop_handshake(&loop) &&
        at < loop.side[to].arrived - loop.side[to].network.size - loop.side[to].held.size)
        loop_check_traffic(&loop);
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++)
        ok(status_is_known(loop.side[role].status), "byte %zu ^ %02x to the %s: the %s gets %08lx",
           at, mask, to == LOOP_CLIENT ? "client" : "server",
           role == LOOP_CLIENT ? "client" : "server",
           (unsigned long)loop.side[role].status & 0xffffffff);
    loop_done(&loop);
}

/* How many bytes a whole handshake sends to one side. */
static size_t stream_size(const struct flips *flips, struct flipping *flipping, enum loop_role to)
{
    struct loop loop;
    size_t size = 0;

    begin(flips, flipping, &loop);
    if (ok(loop_handshake(&loop), "handshake fails")) {
        size = loop.side[to].arrived;
        if (flips->resumed)
            loop_check_traffic(&loop); /* takes the next ticket */
    }
    loop_done(&loop);
    return size;
}

static void flip_bytes(const struct flips *flips)
{
    bool thorough = getenv("SECUR32_TEST_THOROUGH") != NULL;

    for (int to = LOOP_CLIENT; to <= LOOP_SERVER; to++) {
        struct flipping flipping;
        size_t size, at = 0;

        if (flipping_init(flips, &flipping)) {
            size = stream_size(flips, &flipping, (enum loop_role)to);
            while (at < size) {
                unsigned bit = thorough ? (unsigned)(at % 8) : harness_random() % 8;

                flip_one(flips, &flipping, (enum loop_role)to, at, (uint8_t)(1u << bit));
                at += thorough ? 1 : 1 + harness_random() % 40;
            }
        }
        flipping_done(&flipping);
    }
}

START_TEST(hostile_flips)
{
    static const struct {
        const char *name, *certificate;
        bool mutual, resumed;
    } kinds[] = {
        {"full", "rsa", false, false},
        {"full, ECDSA", "ecdsa", false, false},
        {"with a client certificate", "rsa", true, false},
        {"resumed", "rsa", false, true},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            struct flips flips = {both_versions[v], kinds[i].certificate, kinds[i].mutual,
                                  kinds[i].resumed};

            push_context("%s, %s", version_name(both_versions[v]), kinds[i].name);
            if (pki_certificate(kinds[i].certificate))
                flip_bytes(&flips);
            pop_context();
        }
    }
}

/* A peer that goes silent or repeats itself. */
START_TEST(hostile_repeats)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (int to = LOOP_CLIENT; to <= LOOP_SERVER; to++) {
            struct loop loop;
            struct pair pair;

            push_context("%s, to the %s", version_name(both_versions[v]),
                         to == LOOP_CLIENT ? "client" : "server");
            if (pair_make(&pair, both_versions[v], "rsa")) {
                struct loop_side *side = &loop.side[to];
                struct bytes again = {NULL, 0, 0};

                loop_init(&loop, &pair.client, &pair.server);
                loop_step(&loop, LOOP_CLIENT);
                if (to == LOOP_CLIENT) {
                    loop_read(&loop, LOOP_SERVER);
                    loop_step(&loop, LOOP_SERVER);
                }
                bytes_add(&again, side->network.data, side->network.size);
                for (unsigned i = 0; i < 5 && !side->failed; i++) {
                    loop_read(&loop, (enum loop_role)to);
                    loop_step(&loop, (enum loop_role)to);
                    loop_deliver(&loop, (enum loop_role)to, again.data, again.size);
                }
                ok(side->failed && status_is_known(side->status), "got %08lx",
                   (unsigned long)side->status & 0xffffffff);
                bytes_done(&again);
                loop_done(&loop);
                pair_done(&pair);
            }
            pop_context();
        }
    }
}
