/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DTLS: datagrams that nobody in his right mind sends. What can be no part of the handshake is
 * dropped and changes nothing (RFC 6347 4.1.2.7); what is a changed part of it may end the
 * handshake, and nothing else.
 *
 * Source of the statuses: a report that less than a header is SEC_E_ILLEGAL_MESSAGE to a server and
 * SEC_E_INCOMPLETE_MESSAGE to a client.
 */
#include "common.h"
#include "relay.h"

#include <string.h>

/* ---- rubbish between good datagrams ---- */

static void make_rubbish(struct bytes *rubbish)
{
    static const unsigned char records[][20] = {
        {23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 'x'},     /* data in clear text */
        {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 7, 0, 1, 'x'},     /* data too early */
        {22, 0xfe, 0xfd, 0, 9, 0, 0, 0, 0, 0, 7, 0, 2, 1, 0},    /* of an epoch to come */
        {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 3, 1, 0, 0}, /* less than a message's header */
        {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0},          /* empty */
        {22, 3, 3, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0},             /* not DTLS */
        {99, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0},       /* no record */
        {24, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 3, 1, 0, 0}, /* heartbeat */
        {22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 7, 0, 5, 1, 2, 3, 4}, /* no Finished */
    };
    static const size_t sizes[] = {14, 14, 15, 16, 13, 14, 14, 16, 18};
    unsigned choice = harness_random() % (COUNT_OF(sizes) + 2);

    bytes_done(rubbish);
    if (choice < COUNT_OF(sizes)) {
        bytes_add(rubbish, records[choice], sizes[choice]);
        return;
    }
    for (unsigned size = 13 + harness_random() % 200; size; size--) {
        unsigned char byte = (unsigned char)harness_random();

        bytes_add(rubbish, &byte, 1);
    }
    rubbish->data[0] |= 0x80; /* no type of a record */
}

START_TEST(datagram_rubbish_between)
{
    for (unsigned i = 0; i < 20; i++) {
        struct bytes rubbish = {NULL, 0, 0};
        struct relay relay;
        struct pair pair;

        if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
            return;
        relay_init(&relay, &pair.client, &pair.server);
        relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = i % 2 ? 300 : 0;
        relay_step(&relay, LOOP_CLIENT, NULL, 0);
        for (unsigned steps = 0; steps < 60; steps++) {
            for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
                struct relay_side *side = &relay.side[role];

                if (side->has_context && !side->done) {
                    make_rubbish(&rubbish);
                    relay_step(&relay, (enum loop_role)role, rubbish.data, rubbish.size);
                }
                relay_advance(&relay, (enum loop_role)role);
            }
        }
        if (ok(relay_handshake(&relay), "handshake: client %08lx, server %08lx",
               (unsigned long)relay.side[0].status & 0xffffffff,
               (unsigned long)relay.side[1].status & 0xffffffff))
            relay_check_traffic(&relay);
        bytes_done(&rubbish);
        relay_done(&relay);
        pair_done(&pair);
    }
}

/* ---- too short ---- */

START_TEST(datagram_short)
{
    struct bytes datagram;
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    if (ok(relay_take(&relay, LOOP_SERVER, &datagram), "no hello")) {
        for (size_t size = 1; size < datagram.size; size++) {
            SECURITY_STATUS want =
                size < RELAY_HEADER ? SEC_E_ILLEGAL_MESSAGE : SEC_E_INCOMPLETE_MESSAGE;

            ok_status(relay_step(&relay, LOOP_SERVER, datagram.data, size), want,
                      "server, %zu bytes", size);
            ok(!relay.side[LOOP_SERVER].has_context, "%zu bytes make a context", size);
            if (size >= RELAY_HEADER)
                continue;
            ok_status(relay_step(&relay, LOOP_CLIENT, datagram.data, size),
                      SEC_E_INCOMPLETE_MESSAGE, "client, %zu bytes", size);
        }
        relay_deliver(&relay, LOOP_SERVER, datagram.data, datagram.size);
        bytes_done(&datagram);
    }
    if (ok(relay_handshake(&relay), "handshake"))
        relay_check_traffic(&relay);
    relay_done(&relay);
    pair_done(&pair);
}

/* A first datagram that is a record and no hello. */
START_TEST(datagram_no_hello)
{
    static const struct {
        const char *name;
        size_t size;
        unsigned char bytes[32];
    } cases[] = {
        {"data", 14, {23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'x'}},
        {"alert", 15, {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0}},
        {"Finished", 25, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 20}},
        {"an empty hello", 25, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 1}},
        {"TLS", 14, {22, 3, 3, 0, 9, 1, 0, 0, 5, 3, 3, 1, 2, 3}},
        {"nothing", 0, {0}},
    };
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        relay_init(&relay, &pair.client, &pair.server);
        ok(relay_step(&relay, LOOP_SERVER, cases[i].bytes, cases[i].size) < 0, "%s is accepted",
           cases[i].name);
        ok(!relay.side[LOOP_SERVER].has_context, "%s makes a context", cases[i].name);
        relay_done(&relay);
    }
    pair_done(&pair);
}

/* ---- changed on the way ---- */

static void spoil(struct bytes *datagram)
{
    switch (harness_random() % 4) {
    case 0:
        datagram->size = harness_random() % datagram->size;
        break;
    case 1:
        for (unsigned i = 0; i < 8; i++)
            datagram->data[harness_random() % datagram->size] = (unsigned char)harness_random();
        break;
    default:
        datagram->data[harness_random() % datagram->size] ^=
            (unsigned char)(1 + harness_random() % 255);
    }
}

/* Sizes of messages and pieces, which memory is allocated by. */
static void spoil_sizes(struct bytes *datagram)
{
    static const size_t at[] = {14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 11, 12, 3, 4};

    if (datagram->size > 25)
        datagram->data[at[harness_random() % COUNT_OF(at)]] =
            harness_random() % 2 ? 0xff : (unsigned char)harness_random();
}

START_TEST(datagram_spoilt_handshake)
{
    for (unsigned i = 0; i < 150; i++) {
        struct bytes datagram, bad = {NULL, 0, 0};
        struct relay relay;
        struct pair pair;

        if (!pair_make(&pair, i % 5 ? VERSION_DTLS12 : VERSION_DTLS10, "ecdsa"))
            return;
        relay_init(&relay, &pair.client, &pair.server);
        relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = i % 3 ? 400 : 0;
        if (i % 4 == 0)
            relay.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
        relay_step(&relay, LOOP_CLIENT, NULL, 0);
        for (unsigned steps = 0; steps < 60; steps++) {
            enum loop_role role = steps % 2 ? LOOP_CLIENT : LOOP_SERVER;
            struct relay_side *side = &relay.side[role];

            if (side->failed || !relay_take(&relay, role, &datagram))
                continue;
            bytes_done(&bad);
            bytes_add(&bad, datagram.data, datagram.size);
            /* An alert could become the one whose status is looked for below. */
            if (bad.size && bad.data[0] == WIRE_ALERT)
                bytes_done(&bad);
            else if (i % 2)
                spoil(&bad);
            else
                spoil_sizes(&bad);
            if (side->done) {
                struct bytes plain = {NULL, 0, 0};
                size_t extra;

                (void)relay_unseal(side, &bad, &plain, &extra);
                bytes_done(&plain);
            } else if (bad.size) {
                relay_step(&relay, role, bad.data, bad.size);
            }
            if (!side->failed && !side->done)
                relay_step(&relay, role, datagram.data, datagram.size);
            bytes_done(&datagram);
        }
        for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++)
            ok(relay.side[role].status != SEC_E_INTERNAL_ERROR, "run %u: internal error", i);
        bytes_done(&bad);
        relay_done(&relay);
        pair_done(&pair);
    }
}
