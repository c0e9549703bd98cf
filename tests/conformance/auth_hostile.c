/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * NTLM, Kerberos and Negotiate: tokens with a changed byte, cut or prolonged. Whatever comes of it:
 * no crash, a failure leaves a context that can be deleted, and nobody is logged on who should not
 * be.
 *
 * Sources: MS-NLMP 2.2.1.2 and 2.2.1.3 (lengths and offsets that must lie in the message);
 * RFC 4178 4.2.
 */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

#define THOROUGH "SECUR32_TEST_THOROUGH"
#define ROUNDS 60
#define ROUNDS_THOROUGH 3000

enum damage { DAMAGE_BIT, DAMAGE_BYTE, DAMAGE_CUT, DAMAGE_MORE, DAMAGE_WORD, DAMAGE_KINDS };

static void damage(struct bytes *token)
{
    static const uint8_t extremes[] = {0x00, 0x7f, 0x80, 0xff};
    size_t at;

    if (token->size < 4)
        return;
    at = harness_random() % (token->size - 3);
    switch (harness_random() % DAMAGE_KINDS) {
    case DAMAGE_BIT:
        token->data[at] ^= (uint8_t)(1u << harness_random() % 8);
        break;
    case DAMAGE_BYTE:
        token->data[at] = extremes[harness_random() % COUNT_OF(extremes)];
        break;
    case DAMAGE_CUT:
        token->size = at;
        break;
    case DAMAGE_MORE:
        bytes_add(token, "more than there was", 19);
        break;
    case DAMAGE_WORD:
        memset(token->data + at, extremes[harness_random() % COUNT_OF(extremes)], 4);
        break;
    default:
        break;
    }
}

/* The damaged token goes to the side whose turn it is at this step. */
static void run_damaged(const struct auth_way *way, unsigned damaged_step)
{
    struct auth_pair pair;
    unsigned step = 0;

    if (!auth_init(&pair, way)) {
        auth_done(&pair);
        return;
    }
    while (step < 8 && !(pair.client.done && pair.server.done)) {
        struct auth_side *side = step % 2 ? &pair.server : &pair.client;
        struct auth_side *peer = step % 2 ? &pair.client : &pair.server;

        if (step == damaged_step)
            damage(&peer->token);
        if (!side->done && auth_step(&pair, side) < 0)
            break;
        step++;
    }
    /* Where only NTLM's own fields that nobody signs were hit, it may have worked. */
    if (pair.client.done && pair.server.done) {
        SecPkgContext_SessionKey key[2] = {{0, NULL}, {0, NULL}};

        ok_status(QueryContextAttributesW(&pair.server.context, SECPKG_ATTR_SESSION_KEY, &key[1]),
                  SEC_E_OK, "key");
        FreeContextBuffer(key[1].SessionKey);
    }
    auth_done(&pair);
}

START_TEST(auth_damaged_tokens)
{
    const char *thorough = getenv(THOROUGH);
    size_t rounds = thorough && *thorough == '1' ? ROUNDS_THOROUGH : ROUNDS;
    struct auth_account account;

    for (size_t way = 0; way < AUTH_WAYS; way++) {
        push_context("%s", auth_ways[way].name);
        if (auth_account(&auth_ways[way], &account))
            for (size_t i = 0; i < (auth_ways[way].kerberos ? rounds / 10 : rounds); i++)
                run_damaged(&auth_ways[way], 1 + (unsigned)(i % 3));
        pop_context();
    }
}

/* What a client sends last, with each byte changed in turn, and with no key where one was promised.
 * A server on which the wrong one works would let in whom it must not; there is none to crash. */
static void bend_last(struct auth_pair *pair, size_t at, uint8_t value)
{
    SECURITY_STATUS status;

    if (!(auth_step(pair, &pair->client) >= 0 && auth_step(pair, &pair->server) >= 0 &&
          auth_step(pair, &pair->client) >= 0))
        ok(false, "byte %u: it did not come so far", (unsigned)at);
    else if (at < pair->client.token.size) {
        pair->client.token.data[at] ^= value;
        status = auth_step(pair, &pair->server);
        ok(status != SEC_E_INTERNAL_ERROR, "byte %u: %08lx", (unsigned)at, (unsigned long)status);
    }
}

START_TEST(auth_each_byte_of_the_last)
{
    static const uint8_t values[] = {0xff, 0x10, 0x40};

    for (size_t way = 0; way < AUTH_WAYS; way++) {
        size_t size = auth_ways[way].kerberos ? 0 : 120;

        push_context("%s", auth_ways[way].name);
        for (size_t at = 0; at < size; at++)
            for (size_t i = 0; i < COUNT_OF(values); i++) {
                struct auth_pair pair;
                bool done = !auth_init(&pair, &auth_ways[way]);

                if (!done)
                    bend_last(&pair, at, values[i]);
                auth_done(&pair);
                if (done)
                    at = size;
            }
        pop_context();
    }
}

/* The messages that a server of NTLM sends, with each byte changed in turn. */
START_TEST(auth_each_byte_of_a_challenge)
{
    struct auth_pair pair;
    struct bytes challenge = {NULL, 0, 0};

    if (auth_init(&pair, &auth_ways[0]) && auth_step(&pair, &pair.client) >= 0 &&
        auth_step(&pair, &pair.server) >= 0) {
        bytes_add(&challenge, pair.server.token.data, pair.server.token.size);
        for (size_t at = 0; at < challenge.size; at++) {
            CtxtHandle old = pair.client.context;
            SECURITY_STATUS status;

            ok_status(DeleteSecurityContext(&old), SEC_E_OK, "byte %u: deleted", (unsigned)at);
            pair.client.has_context = false;
            pair.client.calls = 0;
            if (!ok(auth_step(&pair, &pair.client) >= 0, "client 1"))
                break;
            bytes_drop(&pair.server.token, pair.server.token.size);
            bytes_add(&pair.server.token, challenge.data, challenge.size);
            pair.server.token.data[at] ^= 0xff;
            status = auth_step(&pair, &pair.client);
            if (at < 9) /* signature and type */
                ok_status(status, SEC_E_INVALID_TOKEN, "byte %u", (unsigned)at);
        }
    }
    bytes_done(&challenge);
    auth_done(&pair);
}
