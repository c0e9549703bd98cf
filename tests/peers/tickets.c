/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Session tickets as OpenSSL sends them: two at once behind its Finished, so that nearly every
 * program's first DecryptMessage meets them (curl's issues 9451, 9879 and 18983; schannel-rs' 111).
 */
#include "peer.h"

#include "harness.h"

static void check_queries(struct meeting *meeting)
{
    CtxtHandle *context = &meeting->loop.side[meeting->ours].context;
    SecPkgContext_StreamSizes sizes;
    SecPkgContext_ConnectionInfo info;
    SecPkgContext_ApplicationProtocol protocol;
    SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
    PCCERT_CONTEXT certificate = NULL;

    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK,
              "stream sizes");
    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_CONNECTION_INFO, &info), SEC_E_OK,
              "connection info");
    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_CIPHER_INFO, &cipher), SEC_E_OK,
              "cipher info");
    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol),
              SEC_E_OK, "application protocol");
    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate),
              SEC_E_OK, "certificate");
    if (certificate)
        CertFreeCertificateContext(certificate);
}

/* The tickets and the data come in one read, byte by byte, or record by record. */
START_TEST(tickets_with_data)
{
    static const struct {
        enum loop_cut cut;
        int tickets;
    } ways[] = {
        {LOOP_WHOLE, 1}, {LOOP_WHOLE, 2}, {LOOP_WHOLE, 5}, {LOOP_RECORD, 2}, {LOOP_BYTE, 2}};

    for (size_t i = 0; i < HABIT_COUNT * COUNT_OF(ways); i++) {
        enum habit habit = (enum habit)(i % HABIT_COUNT);
        struct meeting_wish wish = {.ours = LOOP_CLIENT,
                                    .version = VERSION_TLS13,
                                    .tickets = ways[i / HABIT_COUNT].tickets};
        struct meeting meeting;

        push_context("%s, %d tickets, cut %d", habit_name(habit), wish.tickets,
                     (int)ways[i / HABIT_COUNT].cut);
        if (meeting_open(&meeting, &wish)) {
            meeting.loop.cut = ways[i / HABIT_COUNT].cut;
            if (meeting_handshake(&meeting)) {
                meeting_talk(&meeting, habit);
                ok_number(meeting.renegotiates, (unsigned)wish.tickets, "SEC_I_RENEGOTIATE");
                meeting_talk(&meeting, habit);
                ok_number(meeting.renegotiates, (unsigned)wish.tickets, "more of them");
                check_queries(&meeting);
            }
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* TLS 1.2 tickets are a part of the handshake: a program that takes SEC_I_RENEGOTIATE for the end,
 * as libgit2 does, must not meet it. */
START_TEST(tickets_tls12)
{
    struct meeting_wish wish = {.ours = LOOP_CLIENT, .version = VERSION_TLS12};
    struct meeting meeting;

    if (meeting_connect(&meeting, &wish)) {
        meeting_talk(&meeting, HABIT_EXTRA);
        ok_number(meeting.renegotiates, 0, "SEC_I_RENEGOTIATE");
        check_queries(&meeting);
    }
    meeting_close(&meeting);
}

/* A program that gives all that is left over to the handshake function, as it came. */
START_TEST(tickets_raw)
{
    struct meeting_wish wish = {.ours = LOOP_CLIENT, .version = VERSION_TLS13, .tickets = 2};
    struct meeting meeting;

    if (meeting_connect(&meeting, &wish)) {
        struct loop_side *side = &meeting.loop.side[LOOP_CLIENT];

        loop_read(&meeting.loop, LOOP_CLIENT);
        for (unsigned i = 0; i < 2; i++) {
            size_t legs = meeting.loop.legs, before = side->held.size,
                   record = wire_record_size(side->held.data, side->held.size);

            ok_status(loop_step(&meeting.loop, LOOP_CLIENT), SEC_E_OK, "ticket %u", i);
            ok_number(meeting.loop.leg[legs].token, 0, "token");
            ok_number(before - side->held.size, record, "bytes taken");
        }
        ok_number(side->held.size, 0, "bytes left");
        meeting_talk(&meeting, HABIT_EXTRA);
        ok_number(meeting.renegotiates, 0, "SEC_I_RENEGOTIATE");
    }
    meeting_close(&meeting);
}
