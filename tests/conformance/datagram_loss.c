/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DTLS over networks that lose, repeat and swap datagrams; what a call without input repeats; the
 * last flight, which is repeated when the peer repeats its own.
 *
 * Sources: RFC 6347 4.2.4; Microsoft's DTLS sample in its fork of libcoap (a call without input
 * when the timer has run out; SEC_E_UNFINISHED_CONTEXT_DELETED).
 */
#include "common.h"
#include "relay.h"

#include <string.h>

static void check_network(const struct relay *network, USHORT mtu, bool mutual)
{
    struct credential_wish wish = {.version = VERSION_DTLS12, .old_form = true};
    struct relay relay;
    struct pair pair;
    CredHandle with;
    bool done;

    wish.certificate = pki_certificate("client-rsa");
    if (!wish.certificate || !pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    if (ok_status(credential_make(&wish, &with), SEC_E_OK, "with certificate")) {
        relay_init(&relay, mutual ? &with : &pair.client, &pair.server);
        relay.lose_each = network->lose_each;
        relay.repeat_each = network->repeat_each;
        relay.swap_each = network->swap_each;
        relay.lose_percent = network->lose_percent;
        relay.repeat_percent = network->repeat_percent;
        relay.swap_percent = network->swap_percent;
        relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = mtu;
        if (mutual)
            relay.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
        done = relay_handshake(&relay);
        if (ok(done,
               "handshake fails: client %08lx, server %08lx, %u datagrams, %u and %u time-outs",
               (unsigned long)relay.side[0].status & 0xffffffff,
               (unsigned long)relay.side[1].status & 0xffffffff, relay.sent, relay.side[0].timeouts,
               relay.side[1].timeouts))
            relay_check_traffic(&relay);
        relay_done(&relay);
        FreeCredentialsHandle(&with);
    }
    pair_done(&pair);
}

START_TEST(datagram_loss)
{
    static const struct {
        const char *name;
        struct relay network;
    } cases[] = {
        {"every fifth is lost", {.lose_each = 5}},
        {"every seventh is lost, pairs are swapped", {.lose_each = 7, .swap_each = 2}},
        {"all come twice", {.repeat_each = 1}},
        {"all are swapped", {.swap_each = 1}},
        {"a third is lost", {.lose_percent = 33}},
        {"everything happens", {.lose_percent = 15, .repeat_percent = 20, .swap_percent = 40}},
    };
    static const USHORT sizes[] = {0, 300};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t s = 0; s < COUNT_OF(sizes); s++) {
            push_context("%s, MTU %u", cases[i].name, sizes[s]);
            check_network(&cases[i].network, sizes[s], false);
            check_network(&cases[i].network, sizes[s], true);
            pop_context();
        }
    }
}

/* With flights of as many datagrams it would be the same one that is lost for ever. */
START_TEST(datagram_loss_third)
{
    static const struct relay network = {.lose_each = 3, .swap_each = 2};

    check_network(&network, 4096, false);
    check_network(&network, 4096, true);
}

START_TEST(datagram_loss_random)
{
    static const struct relay bad = {.lose_percent = 25, .repeat_percent = 15, .swap_percent = 30};

    for (unsigned i = 0; i < 12; i++)
        check_network(&bad, (USHORT)(280 + harness_random() % 1000), i % 2);
}

/* ---- what a call without input gives ---- */

/* The same bytes but for the records' numbers. */
static bool is_repeated(const struct bytes *a, const struct bytes *b)
{
    if (a->size != b->size || a->size < RELAY_HEADER || !memcmp(a->data, b->data, RELAY_HEADER))
        return false;
    for (size_t i = 0; i < a->size; i++)
        if (a->data[i] != b->data[i] && a->data[0] == WIRE_HANDSHAKE && i >= RELAY_HEADER)
            return false;
    return true;
}

START_TEST(datagram_repeat_hello)
{
    struct bytes first = {NULL, 0, 0}, again;
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    if (ok(relay_take(&relay, LOOP_SERVER, &first), "no hello")) {
        for (int i = 0; i < 12; i++) {
            ok_status(relay_step(&relay, LOOP_CLIENT, NULL, 0), SEC_I_CONTINUE_NEEDED,
                      "time-out %d", i);
            if (!ok(relay_take(&relay, LOOP_SERVER, &again), "time-out %d: nothing is sent", i))
                break;
            ok(is_repeated(&first, &again), "time-out %d: something else is sent", i);
            bytes_done(&again);
        }
        ok_number(relay.side[LOOP_SERVER].queued, 0, "datagrams too many");
        bytes_done(&first);
    }
    relay_done(&relay);
    pair_done(&pair);
}

/* A flight of several datagrams, from its begin, as often as it is asked for; and when the peer
 * repeats what it answers. */
START_TEST(datagram_repeat_flight)
{
    struct bytes hello, datagram;
    struct relay relay;
    struct pair pair;
    size_t pieces;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay.side[LOOP_SERVER].mtu = 300;
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    relay_advance(&relay, LOOP_SERVER);
    relay_advance(&relay, LOOP_CLIENT);
    relay_advance(&relay, LOOP_SERVER);
    pieces = relay.side[LOOP_CLIENT].queued;
    ok(pieces > 2, "%zu pieces", pieces);
    while (relay_take(&relay, LOOP_CLIENT, &datagram))
        bytes_done(&datagram);

    for (int i = 0; i < 3; i++) {
        ok_status(relay_step(&relay, LOOP_SERVER, NULL, 0), SEC_I_CONTINUE_NEEDED, "time-out");
        ok_number(relay.side[LOOP_CLIENT].queued, pieces, "pieces of repetition %d", i);
        while (relay_take(&relay, LOOP_CLIENT, &datagram))
            bytes_done(&datagram);
    }
    /* The client has got nothing, and says its hello once more. */
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    if (ok(relay_take(&relay, LOOP_SERVER, &hello), "no hello")) {
        ok_status(relay_step(&relay, LOOP_SERVER, hello.data, hello.size), SEC_I_CONTINUE_NEEDED,
                  "the hello again");
        ok_number(relay.side[LOOP_CLIENT].queued, pieces, "pieces after the hello");
        /* The same datagram twice is a copy that the network made. */
        relay_step(&relay, LOOP_SERVER, hello.data, hello.size);
        ok_number(relay.side[LOOP_CLIENT].queued, pieces, "pieces after a copy");
        bytes_done(&hello);
    }
    if (ok(relay_handshake(&relay), "handshake"))
        relay_check_traffic(&relay);
    relay_done(&relay);
    pair_done(&pair);
}

/* While the peer's flight comes in, nothing is sent. */
START_TEST(datagram_no_noise)
{
    struct bytes datagram;
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay.side[LOOP_SERVER].mtu = 300;
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    relay_advance(&relay, LOOP_SERVER);
    relay_advance(&relay, LOOP_CLIENT);
    relay_advance(&relay, LOOP_SERVER);
    while (relay.side[LOOP_CLIENT].queued > 1 && relay_take(&relay, LOOP_CLIENT, &datagram)) {
        ok_status(relay_step(&relay, LOOP_CLIENT, datagram.data, datagram.size),
                  SEC_I_CONTINUE_NEEDED, "a piece");
        ok_number(relay.side[LOOP_SERVER].queued, 0, "sent in the middle of a flight");
        bytes_done(&datagram);
    }
    if (ok(relay_handshake(&relay), "handshake"))
        relay_check_traffic(&relay);
    relay_done(&relay);
    pair_done(&pair);
}

/* The server's last flight is lost; the client asks again. */
static void lose_last(bool by_decrypt)
{
    struct relay relay;
    struct bytes lost;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    while (!relay.side[LOOP_SERVER].done && !relay.side[LOOP_SERVER].failed) {
        if (!relay_advance(&relay, LOOP_SERVER) && !relay_advance(&relay, LOOP_CLIENT))
            break;
    }
    ok(relay.side[LOOP_SERVER].done, "the server is not done: %08lx",
       (unsigned long)relay.side[LOOP_SERVER].status & 0xffffffff);
    while (relay_take(&relay, LOOP_CLIENT, &lost))
        bytes_done(&lost);

    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    if (by_decrypt) {
        while (relay_advance(&relay, LOOP_SERVER))
            ;
        ok_number(relay.side[LOOP_SERVER].repeats, 1, "SEC_E_UNFINISHED_CONTEXT_DELETED");
    } else {
        while (relay_take(&relay, LOOP_SERVER, &lost)) {
            ok_status(relay_step(&relay, LOOP_SERVER, lost.data, lost.size), SEC_E_OK,
                      "the client's flight once more");
            bytes_done(&lost);
        }
    }
    if (ok(relay_handshake(&relay), "handshake: client %08lx",
           (unsigned long)relay.side[LOOP_CLIENT].status & 0xffffffff))
        relay_check_traffic(&relay);
    relay_done(&relay);
    pair_done(&pair);
}

START_TEST(datagram_last_flight)
{
    push_context("through DecryptMessage");
    lose_last(true);
    pop_context();
    push_context("to AcceptSecurityContext at once");
    lose_last(false);
    pop_context();
}
