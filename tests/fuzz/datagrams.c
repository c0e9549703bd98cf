/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: datagrams (DTLS), to either side, in a handshake or after it. The first byte of an
 * input chooses: bit 0 edits of a live exchange or datagrams as they are (each with a length of two
 * bytes before it), bit 1 the side, bit 2 the version, bit 3 small datagrams, bit 4 a connected
 * side, bit 5 a server that asks for a certificate.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "relay.h"

#define STEPS_MAX 400

struct wish {
    bool edits, connected, mutual, small;
    enum loop_role to;
    enum test_version version;
    struct fuzz_plan plan;
    size_t seen; /* bytes that went to that side so far */
};

static struct wish read_wish(const uint8_t *data, size_t size)
{
    struct wish wish = {.plan = fuzz_plan(data, size)};
    uint8_t first = size ? data[0] : 0;

    wish.edits = first & 1;
    wish.to = first & 2 ? LOOP_SERVER : LOOP_CLIENT;
    wish.version = first & 4 ? VERSION_DTLS10 : VERSION_DTLS12;
    wish.small = first & 8;
    wish.connected = first & 16;
    wish.mutual = first & 32;
    return wish;
}

static void begin(struct relay *relay, const struct wish *wish)
{
    const struct fuzz_pair *pair = fuzz_pair(wish->version);

    relay_init(relay, (CredHandle *)&pair->client, (CredHandle *)&pair->server);
    relay->side[LOOP_CLIENT].mtu = relay->side[LOOP_SERVER].mtu = wish->small ? 300 : 0;
    if (wish->mutual)
        relay->side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
    if (wish->connected && !relay_handshake(relay))
        abort();
    if (!wish->connected)
        relay_step(relay, LOOP_CLIENT, NULL, 0);
}

/* What a program does with a datagram, whatever has become of the context. */
static void give(struct relay *relay, enum loop_role role, const struct bytes *datagram)
{
    struct relay_side *side = &relay->side[role];
    struct bytes plain = {NULL, 0, 0};
    size_t extra;

    if (side->failed || !datagram->size)
        return;
    if (!side->done) {
        relay_step(relay, role, datagram->data, datagram->size);
        return;
    }
    if (relay_unseal(side, datagram, &plain, &extra) == SEC_E_UNFINISHED_CONTEXT_DELETED)
        relay_step(relay, role, datagram->data, datagram->size);
    bytes_done(&plain);
}

static void give_raw(struct relay *relay, const struct wish *wish)
{
    const uint8_t *data = wish->plan.data;
    size_t left = wish->plan.size;

    while (left >= 2) {
        size_t size = (size_t)(data[0] << 8 | data[1]);
        struct bytes datagram = {NULL, 0, 0};

        data += 2;
        left -= 2;
        if (size > left)
            size = left;
        bytes_add(&datagram, data, size);
        give(relay, wish->to, &datagram);
        bytes_done(&datagram);
        data += size;
        left -= size;
    }
}

static void pass_on(struct relay *relay, struct wish *wish, enum loop_role role)
{
    struct bytes datagram;

    if (!relay_take(relay, role, &datagram))
        return;
    if (role == wish->to) {
        size_t start = wish->seen;

        wish->seen += datagram.size;
        fuzz_edit(&wish->plan, start, &datagram);
    }
    give(relay, role, &datagram);
    bytes_done(&datagram);
}

static void talk(struct relay *relay, const struct wish *wish)
{
    enum loop_role from = wish->to == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT;

    for (unsigned i = 0; i < 4; i++) {
        struct bytes wire = {NULL, 0, 0};

        if (relay_seal(&relay->side[from], "some text", 9, &wire) != SEC_E_OK)
            abort();
        relay_deliver(relay, wish->to, wire.data, wire.size);
        bytes_done(&wire);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wish wish = read_wish(data, size);
    struct relay relay;

    begin(&relay, &wish);
    if (wish.connected)
        talk(&relay, &wish);
    if (!wish.edits) {
        give_raw(&relay, &wish);
    } else {
        for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
            pass_on(&relay, &wish, LOOP_SERVER);
            pass_on(&relay, &wish, LOOP_CLIENT);
            if (!relay.side[0].queued && !relay.side[1].queued)
                break;
        }
    }
    relay_done(&relay);
    return 0;
}
