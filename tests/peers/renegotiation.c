/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * TLS 1.2: new handshakes on a connection, begun by either side (RFC 5746), refused, answered late
 * or never.
 *
 * Sources: Microsoft Learn, "Renegotiating an Schannel Connection" and DecryptMessage (Schannel);
 * curl, FFmpeg and Qt call without input after SEC_I_RENEGOTIATE.
 */
#include "peer.h"

#include <string.h>

#include "harness.h"

#define NO_RENEGOTIATION ((SECURITY_STATUS)0x80090360)

static bool peer_begins(struct meeting *meeting)
{
    /* A server's HelloRequest goes out at once; a client's hello with the handshake. */
    return ok(SSL_renegotiate(meeting->peer) == 1 && SSL_do_handshake(meeting->peer) != 0,
              "the peer cannot renegotiate");
}

START_TEST(renegotiation_by_the_peer)
{
    static const enum habit habits[] = {HABIT_EXTRA, HABIT_EMPTY_FIRST};

    for (size_t i = 0; i < 2 * COUNT_OF(habits); i++) {
        struct meeting_wish wish = {.ours = i % 2 ? LOOP_SERVER : LOOP_CLIENT,
                                    .version = VERSION_TLS12};
        enum habit habit = habits[i / 2];
        struct meeting meeting;

        push_context("our %s, %s", i % 2 ? "server" : "client", habit_name(habit));
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, habit)) {
            for (unsigned k = 1; k <= 3; k++) {
                struct bytes plain = {NULL, 0, 0};

                peer_begins(&meeting);
                meeting_move(&meeting);
                ok_status(meeting_receive(&meeting, habit, 1, &plain), SEC_E_INCOMPLETE_MESSAGE,
                          "no data");
                ok_number(meeting.renegotiates, k, "SEC_I_RENEGOTIATE");
                ok(SSL_is_init_finished(meeting.peer), "the peer is not done");
                ok_number(meeting.handshakes, 1 + k, "handshakes");
                bytes_done(&plain);
                meeting_talk(&meeting, habit);
            }
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* Data that were on the way come first; the program sends some before it answers. */
START_TEST(renegotiation_data_between)
{
    struct meeting_wish wish = {.ours = LOOP_CLIENT, .version = VERSION_TLS12};
    struct bytes plain = {NULL, 0, 0};
    struct meeting meeting;

    if (meeting_connect(&meeting, &wish)) {
        size_t before = meeting.read.size;

        meeting_peer_send(&meeting, "one", 3);
        peer_begins(&meeting);
        meeting_move(&meeting);
        ok_status(meeting_send(&meeting, "early", 5), SEC_E_OK, "sent");
        ok_status(meeting_receive(&meeting, HABIT_EXTRA, 4, &plain), SEC_E_INCOMPLETE_MESSAGE,
                  "received");
        ok(plain.size == 3 && !memcmp(plain.data, "one", 3), "data: %zu bytes", plain.size);
        ok_number(meeting.read.size - before, 5, "bytes at the peer");
        ok_number(meeting.handshakes, 2, "handshakes");
        meeting_talk(&meeting, HABIT_EXTRA);
    }
    bytes_done(&plain);
    meeting_close(&meeting);
}

/* The peer sends data behind its HelloRequest, before it has seen our hello: what a program that
 * gives all it reads to the handshake function sees of it. Nothing is lost, and it comes in order.
 */
START_TEST(renegotiation_interlude)
{
    static const enum loop_cut cuts[] = {LOOP_WHOLE, LOOP_RECORD, LOOP_BYTE, LOOP_RANDOM};
    static const enum habit habits[] = {HABIT_EXTRA, HABIT_EMPTY_FIRST};

    for (size_t i = 0; i < 2 * 2 * COUNT_OF(cuts); i++) {
        struct meeting_wish wish = {.ours = LOOP_CLIENT,
                                    .version = VERSION_TLS12,
                                    .suites = i / 2 % 2 ? "ECDHE-RSA-AES128-SHA256" : NULL};
        enum habit habit = habits[i % 2];
        struct bytes plain = {NULL, 0, 0};
        struct meeting meeting;

        push_context("%s, %s, cut %d", habit_name(habit), wish.suites ? wish.suites : "AEAD",
                     (int)cuts[i / 4]);
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, habit)) {
            meeting.loop.cut = cuts[i / 4];
            meeting_peer_send(&meeting, "one ", 4);
            peer_begins(&meeting);
            for (unsigned k = 0; k < 5; k++)
                meeting_peer_send(&meeting, "two ", 4);
            meeting_peer_send(&meeting, "three", 5);
            ok_status(meeting_receive(&meeting, habit, 29, &plain), SEC_E_OK, "received");
            ok(plain.size == 29 && !memcmp(plain.data, "one two two two two two three", 29),
               "other data: %zu bytes", plain.size);
            ok_number(meeting.handshakes, 2, "handshakes");
            meeting_talk(&meeting, habit);
        }
        bytes_done(&plain);
        meeting_close(&meeting);
        pop_context();
    }
}

/* A program that does nothing about it goes on sending and receiving. */
START_TEST(renegotiation_ignored)
{
    struct meeting_wish wish = {.ours = LOOP_CLIENT, .version = VERSION_TLS12};
    struct bytes plain = {NULL, 0, 0};
    struct meeting meeting;

    if (meeting_connect(&meeting, &wish)) {
        struct loop_side *side = &meeting.loop.side[LOOP_CLIENT];

        peer_begins(&meeting);
        meeting_move(&meeting);
        ok_status(meeting_receive(&meeting, HABIT_SKIP, 1, &plain), SEC_E_INCOMPLETE_MESSAGE,
                  "no data");
        ok_number(meeting.renegotiates, 1, "SEC_I_RENEGOTIATE");
        for (unsigned i = 0; i < 3; i++) {
            size_t before = meeting.read.size;

            ok_status(meeting_send(&meeting, "goes on", 7), SEC_E_OK, "sent");
            ok_number(meeting.read.size - before, 7, "bytes at the peer");
        }
        /* And answers at last. */
        ok_status(loop_step(&meeting.loop, LOOP_CLIENT), SEC_I_CONTINUE_NEEDED, "late answer");
        for (unsigned i = 0; i < 100 && side->status == SEC_I_CONTINUE_NEEDED; i++) {
            meeting_move(&meeting);
            if (!side->held.size && !loop_read(&meeting.loop, LOOP_CLIENT))
                break;
            loop_step(&meeting.loop, LOOP_CLIENT);
        }
        ok_status(side->status, SEC_E_OK, "done");
        meeting_talk(&meeting, HABIT_EXTRA);
    }
    bytes_done(&plain);
    meeting_close(&meeting);
}

/* We begin. */
START_TEST(renegotiation_by_us)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct meeting_wish wish = {.ours = (enum loop_role)role,
                                    .version = VERSION_TLS12,
                                    .options = SSL_OP_ALLOW_CLIENT_RENEGOTIATION};
        struct bytes plain = {NULL, 0, 0};
        struct meeting meeting;

        push_context("our %s", role == LOOP_SERVER ? "server" : "client");
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, HABIT_EXTRA)) {
            struct loop_side *side = &meeting.loop.side[role];

            ok_status(loop_step(&meeting.loop, (enum loop_role)role),
                      role == LOOP_SERVER ? SEC_E_OK : SEC_I_CONTINUE_NEEDED, "begun");
            meeting_move(&meeting);
            if (role == LOOP_SERVER)
                ok_status(meeting_receive(&meeting, HABIT_EXTRA, 1, &plain),
                          SEC_E_INCOMPLETE_MESSAGE, "no data");
            while (role == LOOP_CLIENT && side->status == SEC_I_CONTINUE_NEEDED &&
                   (side->held.size || loop_read(&meeting.loop, LOOP_CLIENT))) {
                loop_step(&meeting.loop, LOOP_CLIENT);
                meeting_move(&meeting);
            }
            ok_status(side->status, SEC_E_OK, "done");
            ok_number(meeting.handshakes, 2, "handshakes");
            meeting_talk(&meeting, HABIT_EXTRA);
        }
        bytes_done(&plain);
        meeting_close(&meeting);
        pop_context();
    }
}

/* The peer refuses with a warning; the connection lives on. */
START_TEST(renegotiation_refused_by_the_peer)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct meeting_wish wish = {.ours = (enum loop_role)role,
                                    .version = VERSION_TLS12,
                                    .options = SSL_OP_NO_RENEGOTIATION};
        struct bytes plain = {NULL, 0, 0};
        struct meeting meeting;

        push_context("our %s", role == LOOP_SERVER ? "server" : "client");
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, HABIT_EXTRA)) {
            struct loop_side *side = &meeting.loop.side[role];
            SECURITY_STATUS status;

            ok_status(loop_step(&meeting.loop, (enum loop_role)role),
                      role == LOOP_SERVER ? SEC_E_OK : SEC_I_CONTINUE_NEEDED, "begun");
            meeting_move(&meeting);
            ok(!meeting.failed, "the peer fails");
            loop_read(&meeting.loop, (enum loop_role)role);
            status = role == LOOP_SERVER ? loop_unseal(side, &plain)
                                         : loop_step(&meeting.loop, (enum loop_role)role);
            ok_status(status, SEC_E_ILLEGAL_MESSAGE, "the alert no_renegotiation");
            side->failed = false;
            bytes_drop(&side->held, side->held.size);
            meeting_talk(&meeting, HABIT_EXTRA);
        }
        bytes_done(&plain);
        meeting_close(&meeting);
        pop_context();
    }
}

/* Our program refuses, by a control token. */
START_TEST(renegotiation_refused_by_us)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct meeting_wish wish = {.ours = (enum loop_role)role, .version = VERSION_TLS12};
        struct bytes plain = {NULL, 0, 0};
        struct meeting meeting;

        push_context("our %s", role == LOOP_SERVER ? "server" : "client");
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, HABIT_EXTRA)) {
            SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_WARNING,
                                          TLS1_ALERT_NO_RENEGOTIATION};

            peer_begins(&meeting);
            meeting_move(&meeting);
            ok_status(meeting_receive(&meeting, HABIT_SKIP, 1, &plain), SEC_E_INCOMPLETE_MESSAGE,
                      "no data");
            ok_status(loop_control(&meeting.loop, (enum loop_role)role, &token, sizeof(token)),
                      SEC_E_OK, "refused");
            /* OpenSSL takes the warning for the end; ours could go on. */
            meeting_move(&meeting);
            ok(meeting.failed, "the peer goes on");
            ok_status(loop_send(&meeting.loop, (enum loop_role)role, "goes on", 7), SEC_E_OK,
                      "sent");
        }
        bytes_done(&plain);
        meeting_close(&meeting);
        pop_context();
    }
}

/* Without RFC 5746 there is no new handshake. */
START_TEST(renegotiation_not_safe)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct meeting_wish wish = {.ours = (enum loop_role)role, .version = VERSION_TLS13};
        struct meeting meeting;

        push_context("our %s", role == LOOP_SERVER ? "server" : "client");
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, HABIT_EXTRA)) {
            ok_status(loop_step(&meeting.loop, (enum loop_role)role), NO_RENEGOTIATION,
                      "TLS 1.3 has none");
            meeting.loop.side[role].failed = false;
            meeting_talk(&meeting, HABIT_EXTRA);
        }
        meeting_close(&meeting);
        pop_context();
    }
}
