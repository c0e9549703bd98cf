/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Handshakes that our two sides do not have with each other: a second hello, messages over many
 * small records, a server that would like a certificate and can do without.
 *
 * Sources: RFC 8446 4.1.4 (HelloRetryRequest) and 5.1 (messages over records); for the call after
 * SEC_I_INCOMPLETE_CREDENTIALS what curl, MariaDB, Qt, .NET and Microsoft's web client do.
 */
#include "peer.h"

#include "harness.h"
#include "pki.h"

/* The first key share is for a group that the server does not have. */
START_TEST(handshakes_hello_retry)
{
    static const enum loop_cut cuts[] = {LOOP_WHOLE, LOOP_RECORD, LOOP_BYTE};

    for (size_t i = 0; i < 2 * COUNT_OF(cuts); i++) {
        bool client = i % 2 == 0;
        struct meeting_wish wish = {.ours = client ? LOOP_CLIENT : LOOP_SERVER,
                                    .version = VERSION_TLS13,
                                    .groups = client ? "P-384" : "X448:P-256"};
        struct meeting meeting;

        push_context("our %s, cut %d", client ? "client" : "server", (int)cuts[i / 2]);
        if (meeting_open(&meeting, &wish)) {
            meeting.loop.cut = cuts[i / 2];
            if (meeting_handshake(&meeting)) {
                unsigned tokens = 0;

                for (size_t k = 0; k < meeting.loop.legs && k < LOOP_LEGS; k++)
                    tokens += meeting.loop.leg[k].token != 0;
                /* The client: two hellos and Finished; the server: a retry, its flight and tickets.
                 */
                if (cuts[i / 2] == LOOP_WHOLE)
                    ok_number(tokens, 3, "tokens");
                meeting_talk(&meeting, HABIT_EXTRA);
            }
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* 512 is the least that OpenSSL does. */
START_TEST(handshakes_small_records)
{
    for (size_t i = 0; i < 2 * 2 * 2; i++) {
        struct meeting_wish wish = {.ours = i % 2 ? LOOP_SERVER : LOOP_CLIENT,
                                    .version = i / 2 % 2 ? VERSION_TLS13 : VERSION_TLS12,
                                    .ask_certificate = i % 2,
                                    .fragment = 512};
        struct meeting meeting;

        push_context("our %s, %s, cut %zu", i % 2 ? "server" : "client", version_name(wish.version),
                     i / 4);
        if (meeting_open(&meeting, &wish)) {
            meeting.loop.cut = i / 4 ? LOOP_RECORD : LOOP_WHOLE;
            if (meeting_handshake(&meeting))
                meeting_talk(&meeting, HABIT_EXTRA);
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* Up to the question, then on as `way` says. */
static void answer_question(struct meeting *meeting, CredHandle *with, bool same_bytes,
                            bool supplied)
{
    struct loop_side *side = &meeting->loop.side[LOOP_CLIENT];
    struct bytes given = {NULL, 0, 0};

    loop_step(&meeting->loop, LOOP_CLIENT);
    meeting_move(meeting);
    loop_read(&meeting->loop, LOOP_CLIENT);
    for (unsigned i = 0; i < 20 && side->held.size; i++) {
        bytes_drop(&given, given.size);
        bytes_add(&given, side->held.data, side->held.size);
        if (loop_step(&meeting->loop, LOOP_CLIENT) != SEC_I_CONTINUE_NEEDED)
            break;
    }
    if (ok_status(side->status, SEC_I_INCOMPLETE_CREDENTIALS, "the question")) {
        bytes_drop(&side->held, side->held.size);
        if (same_bytes)
            bytes_add(&side->held, given.data, given.size);
        if (supplied)
            side->request |= ISC_REQ_USE_SUPPLIED_CREDS;
        if (with)
            side->credential = with;
        loop_step(&meeting->loop, LOOP_CLIENT);
    }
    bytes_done(&given);
}

START_TEST(handshakes_optional_certificate)
{
    static const struct {
        const char *name;
        bool same_bytes, supplied, with;
    } ways[] = {
        {"the same bytes, USE_SUPPLIED_CREDS (curl)", true, true, false},
        {"the same bytes (MariaDB)", true, false, false},
        {"an empty token (Qt)", false, false, false},
        {"an empty token, new credential (.NET)", false, false, true},
        {"the same bytes, new credential (web client)", true, false, true},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(ways); i++) {
        size_t way = i % COUNT_OF(ways);
        struct meeting_wish wish = {.ours = LOOP_CLIENT,
                                    .version = i / COUNT_OF(ways) ? VERSION_TLS13 : VERSION_TLS12,
                                    .wants_ours = true};
        struct credential_wish with_wish = {.version = wish.version};
        CredHandle with;
        struct meeting meeting;

        push_context("%s, %s", version_name(wish.version), ways[way].name);
        with_wish.certificate = pki_certificate("client-rsa");
        if (meeting_open(&meeting, &wish) &&
            ok_status(credential_make(&with_wish, &with), SEC_E_OK, "with certificate")) {
            X509 *certificate;

            answer_question(&meeting, ways[way].with ? &with : NULL, ways[way].same_bytes,
                            ways[way].supplied);
            if (meeting_handshake(&meeting))
                meeting_talk(&meeting, HABIT_EXTRA);
            certificate = SSL_get1_peer_certificate(meeting.peer);
            ok((certificate != NULL) == ways[way].with, "the peer has %s of ours",
               certificate ? "a certificate" : "no certificate");
            X509_free(certificate);
            FreeCredentialsHandle(&with);
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* No suite in common: the server finds out; the client gets its alert, which other trouble has too
 * (curl's issue 3505). */
START_TEST(handshakes_no_common_suite)
{
    static const struct {
        const char *name, *suites;
        enum test_version version;
    } cases[] = {
        {"another key", "ECDHE-ECDSA-AES128-GCM-SHA256", VERSION_TLS12},
        {"a cipher that we have not", "ECDHE-RSA-CAMELLIA128-SHA256", VERSION_TLS12},
        {"a cipher that we have not", "TLS_AES_128_CCM_SHA256", VERSION_TLS13},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        enum loop_role ours = i % 2 ? LOOP_SERVER : LOOP_CLIENT;
        struct meeting_wish wish = {
            .ours = ours, .version = cases[i / 2].version, .suites = cases[i / 2].suites};
        struct meeting meeting;

        push_context("our %s, %s, %s", ours == LOOP_SERVER ? "server" : "client",
                     version_name(wish.version), cases[i / 2].name);
        if (meeting_open(&meeting, &wish)) {
            struct loop_side *side = &meeting.loop.side[ours];

            if (ours == LOOP_CLIENT)
                loop_step(&meeting.loop, LOOP_CLIENT);
            meeting_move(&meeting);
            loop_read(&meeting.loop, ours);
            loop_step(&meeting.loop, ours);
            ok_status(side->status,
                      ours == LOOP_SERVER ? SEC_E_ALGORITHM_MISMATCH : SEC_E_ILLEGAL_MESSAGE,
                      "status");
            meeting_move(&meeting);
            ok(meeting.failed, "the peer is not told");
        }
        meeting_close(&meeting);
        pop_context();
    }
}
