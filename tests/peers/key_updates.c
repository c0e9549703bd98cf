/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * TLS 1.3: the peer changes its keys, and asks for ours (RFC 8446 4.6.3), whatever the program does
 * with SEC_I_RENEGOTIATE.
 */
#include "peer.h"

#include "harness.h"

/* The peer says that it has new keys. */
static bool update(struct meeting *meeting, bool asks)
{
    return ok(SSL_key_update(meeting->peer,
                             asks ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
                  SSL_do_handshake(meeting->peer) == 1,
              "the peer cannot update its keys");
}

START_TEST(key_updates_of_the_peer)
{
    for (size_t i = 0; i < (size_t)HABIT_COUNT * 2 * 2; i++) {
        enum habit habit = (enum habit)(i % HABIT_COUNT);
        bool asks = i / HABIT_COUNT % 2;
        struct meeting_wish wish = {.ours = i / HABIT_COUNT / 2 ? LOOP_SERVER : LOOP_CLIENT,
                                    .version = VERSION_TLS13};
        struct meeting meeting;

        push_context("our %s, %s, %s", wish.ours == LOOP_SERVER ? "server" : "client",
                     asks ? "asks for ours" : "its own", habit_name(habit));
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, habit)) {
            unsigned before = meeting.renegotiates;

            for (unsigned k = 1; k <= 3 && update(&meeting, asks); k++) {
                meeting_talk(&meeting, habit);
                ok_number(meeting.renegotiates - before, k, "SEC_I_RENEGOTIATE");
                /* Asked for, ours come with the answer or with the next message. */
                ok_number(meeting.key_updates, asks ? k : 0, "updates of ours");
            }
            meeting_talk(&meeting, habit);
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* The handshake call gives the answer as its token, and does not wait for the next message. */
START_TEST(key_updates_token)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        for (int asks = 0; asks < 2; asks++) {
            struct meeting_wish wish = {.ours = (enum loop_role)role, .version = VERSION_TLS13};
            struct bytes plain = {NULL, 0, 0};
            struct meeting meeting;

            push_context("our %s, %s", role == LOOP_SERVER ? "server" : "client",
                         asks ? "asked" : "not asked");
            if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, HABIT_EXTRA) &&
                update(&meeting, asks)) {
                struct loop_side *side = &meeting.loop.side[role];
                size_t legs = meeting.loop.legs;

                meeting_move(&meeting);
                loop_read(&meeting.loop, (enum loop_role)role);
                ok_status(loop_unseal(side, &plain), SEC_I_RENEGOTIATE, "status");
                ok_status(loop_step(&meeting.loop, (enum loop_role)role), SEC_E_OK,
                          "handshake call");
                /* RFC 8446 4.6.3: 5 bytes; with header, type and tag 27. */
                ok_number(meeting.loop.leg[legs].token, asks ? 27 : 0, "token");
                meeting_move(&meeting);
                ok_number(meeting.key_updates, (unsigned)asks, "updates at the peer");
                meeting_talk(&meeting, HABIT_EXTRA);
                ok_number(meeting.key_updates, (unsigned)asks, "updates later");
            }
            bytes_done(&plain);
            meeting_close(&meeting);
            pop_context();
        }
    }
}

/* Both the peer's request and our own messages are on the way at the same time. */
START_TEST(key_updates_cross)
{
    struct meeting_wish wish = {.ours = LOOP_CLIENT, .version = VERSION_TLS13};
    struct bytes plain = {NULL, 0, 0};
    struct meeting meeting;

    if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, HABIT_EXTRA) &&
        update(&meeting, true)) {
        size_t before = meeting.read.size;

        ok_status(loop_send(&meeting.loop, LOOP_CLIENT, "before", 6), SEC_E_OK, "sent");
        meeting_peer_send(&meeting, "data", 4);
        ok_status(meeting_receive(&meeting, HABIT_SKIP, 4, &plain), SEC_E_OK, "received");
        ok_status(loop_send(&meeting.loop, LOOP_CLIENT, "after", 5), SEC_E_OK, "sent");
        ok_status(loop_send(&meeting.loop, LOOP_CLIENT, "new keys", 8), SEC_E_OK, "sent");
        meeting_move(&meeting);
        ok_number(meeting.read.size - before, 6 + 5 + 8, "bytes at the peer");
        ok_number(meeting.key_updates, 1, "updates of ours");
    }
    bytes_done(&plain);
    meeting_close(&meeting);
}
