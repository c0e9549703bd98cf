/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * TLS 1.3 post-handshake authentication (RFC 8446 4.6.2) with OpenSSL on the other side: as
 * `openssl s_client -enable_pha`, against which .NET tests its own, and as a server that asks.
 */
#include "peer.h"

#include "harness.h"

static SECURITY_STATUS remote_certificate(struct meeting *meeting)
{
    CtxtHandle *context = &meeting->loop.side[meeting->ours].context;
    PCCERT_CONTEXT certificate = NULL;
    SECURITY_STATUS status =
        QueryContextAttributesW(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate);

    if (certificate)
        CertFreeCertificateContext(certificate);
    return status;
}

/* Our server asks; raw: its program gives the records as they come to AcceptSecurityContext. */
static SECURITY_STATUS take(struct meeting *meeting, bool raw)
{
    struct loop_side *side = &meeting->loop.side[LOOP_SERVER];
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    struct bytes plain = {NULL, 0, 0};

    while (status == SEC_I_CONTINUE_NEEDED &&
           (loop_read(&meeting->loop, LOOP_SERVER) || side->held.size)) {
        if (!raw)
            ok_status(loop_unseal(side, &plain), SEC_I_RENEGOTIATE, "DecryptMessage");
        status = loop_step(&meeting->loop, LOOP_SERVER);
    }
    ok_number(plain.size, 0, "plaintext");
    bytes_done(&plain);
    return status;
}

START_TEST(authentication_of_the_peer)
{
    for (int i = 0; i < 4; i++) {
        bool raw = i & 1, at_once = i & 2;
        struct meeting_wish wish = {
            .ours = LOOP_SERVER, .version = VERSION_TLS13, .authenticates = true};
        struct meeting meeting;

        push_context("%s, %s", raw ? "raw records" : "DecryptMessage",
                     at_once ? "at once" : "after data");
        if (meeting_connect(&meeting, &wish)) {
            struct loop_side *side = &meeting.loop.side[LOOP_SERVER];

            if (!at_once)
                meeting_talk(&meeting, HABIT_EXTRA);
            ok_status(remote_certificate(&meeting), SEC_E_NO_CREDENTIALS, "certificate before");
            side->request |= ASC_REQ_MUTUAL_AUTH;
            side->unchecked = true;
            ok_status(loop_step(&meeting.loop, LOOP_SERVER), SEC_E_OK, "the request");
            meeting_move(&meeting);
            ok_status(take(&meeting, raw), SEC_E_OK, "the answer");
            ok_status(remote_certificate(&meeting), SEC_E_OK, "certificate after");
            meeting_talk(&meeting, HABIT_EXTRA);
        }
        meeting_close(&meeting);
        pop_context();
    }
}

/* A client that does not offer it: an error, and nothing is lost. */
START_TEST(authentication_not_offered)
{
    struct meeting_wish wish = {.ours = LOOP_SERVER, .version = VERSION_TLS13};
    struct meeting meeting;

    if (meeting_connect(&meeting, &wish)) {
        struct loop_side *side = &meeting.loop.side[LOOP_SERVER];

        side->request |= ASC_REQ_MUTUAL_AUTH;
        ok_status(loop_step(&meeting.loop, LOOP_SERVER), (SECURITY_STATUS)0x80090360, "asked");
        side->failed = false;
        side->request &= ~(ULONG)ASC_REQ_MUTUAL_AUTH;
        meeting_talk(&meeting, HABIT_EXTRA);
    }
    meeting_close(&meeting);
}

/* The peer asks us. */
START_TEST(authentication_of_ours)
{
    static const enum habit habits[] = {HABIT_EXTRA, HABIT_EMPTY_FIRST};

    for (size_t i = 0; i < COUNT_OF(habits); i++) {
        struct meeting_wish wish = {
            .ours = LOOP_CLIENT, .version = VERSION_TLS13, .certificate = true};
        struct bytes plain = {NULL, 0, 0};
        struct meeting meeting;

        push_context("%s", habit_name(habits[i]));
        if (meeting_connect(&meeting, &wish) && meeting_talk(&meeting, habits[i])) {
            X509 *certificate;

            SSL_set_verify(meeting.peer, SSL_VERIFY_PEER, peer_accepts);
            ok(SSL_verify_client_post_handshake(meeting.peer) == 1 &&
                   SSL_do_handshake(meeting.peer) == 1,
               "the peer cannot ask");
            meeting_peer_send(&meeting, "data", 4);
            ok_status(meeting_receive(&meeting, habits[i], 4, &plain), SEC_E_OK, "received");
            meeting_move(&meeting);
            certificate = SSL_get1_peer_certificate(meeting.peer);
            ok(certificate != NULL, "the peer has no certificate of ours");
            X509_free(certificate);
            meeting_talk(&meeting, habits[i]);
        }
        bytes_done(&plain);
        meeting_close(&meeting);
        pop_context();
    }
}
