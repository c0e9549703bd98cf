/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * One call of InitializeSecurityContext or AcceptSecurityContext, and the parts it is made of:
 *
 *   handshake.c         the two functions; which state gets which treatment
 *   handshake_new.c     a first call: name, ALPN, session of the past, the TLS session
 *   handshake_input.c   whole records out of the caller's TOKEN; EXTRA and MISSING
 *   handshake_step.c    the events of tls_step until something must be told to the caller
 *   handshake_post.c    calls on a connected context
 *   interlude.c         data between the records of a renegotiation
 *   handshake_output.c  token and alert into the caller's buffers
 *   handshake_datagram.c  what is otherwise with datagrams
 *
 * All but the first call run with the context's handshake lock held; so do all of these functions.
 */
#ifndef SECUR32_SCHANNEL_HANDSHAKE_H
#define SECUR32_SCHANNEL_HANDSHAKE_H

#include "schannel/context.h"
#include "schannel/flags.h"

/*
 * Wine's WinHTTP and WinINet (seen: 8.0) ask for "a new session key", which is Kerberos' alone
 * (Microsoft Learn, "Context Requirements") and nothing to other programs with Schannel. They were
 * written beside Wine's secur32, and fail where Windows' own would not: at
 * SEC_I_INCOMPLETE_CREDENTIALS, and WinINet does not send the token that comes with SEC_E_OK, as
 * that of a resumed handshake of TLS 1.2 does. So they are not asked, and not resumed.
 */
#define REQUEST_OF_WINE_HTTP ISC_REQ_USE_SESSION_KEY

/*
 * What a call has taken from the caller's TOKEN although the caller may show it again: after
 * SEC_I_INCOMPLETE_CREDENTIALS (some programs repeat the bytes, some pass none), and after an
 * output buffer that was too small.
 */
struct schan_replay {
    uint8_t *seen; /* the front of the TOKEN that may be shown again */
    size_t seen_size;
    uint8_t *kept; /* whole records that were taken from the caller, but not yet by tls_step */
    size_t kept_size, kept_fed;
    bool fresh;             /* made in this call */
    bool answer_waits;      /* the output of the call waits for room */
    SECURITY_STATUS status; /* then: of that answer */
    size_t output_size;
};

struct handshake {
    struct schan_context *context;
    struct ssp_step *step;
    enum flags_family family;
    SecBuffer *token_in, *slot; /* of the input; slot: the EMPTY behind TOKEN */
    SecBuffer *token_out, *alert_out;
    struct span input;            /* the bytes of TOKEN */
    size_t used;                  /* of them, done with */
    size_t missing;               /* with SEC_E_INCOMPLETE_MESSAGE */
    uint8_t refusal;              /* with SEC_E_ILLEGAL_MESSAGE of input_next: the alert to send */
    bool progress;                /* records were taken in this call */
    bool interlude;               /* all of the input is shown again, see interlude.h */
    bool datagram;                /* first call: DTLS is meant */
    struct tls_prestate prestate; /* first call of a server of DTLS */
    bool store_session;           /* when all locks are released */
    SECURITY_STATUS verdict;      /* why we refuse: tells more than the alert that we send for it */
    struct tls_result result;     /* of the last call of tls.h */
};

/* ---- handshake_new.c ---- */

/* Makes h->context. With an error nothing is left. */
MUST_CHECK SECURITY_STATUS handshake_new_client(struct handshake *h);
MUST_CHECK SECURITY_STATUS handshake_new_server(struct handshake *h);

/* The ids of all ALPN lists of a SECBUFFER_APPLICATION_PROTOCOLS, as they stand in the extension;
 * mem_free(*ids). SEC_E_INVALID_TOKEN: lengths that do not fit. */
MUST_CHECK SECURITY_STATUS handshake_alpn(const SecBuffer *buffer, uint8_t **ids, size_t *size);

/* ---- handshake_input.c ---- */

/* Finds the buffers of the call. */
void input_find(struct handshake *h);
/* What is left of the TOKEN. No pointer is made of NULL. */
struct span input_rest(const struct handshake *h);
/* The next whole records for tls_step. SEC_E_INCOMPLETE_MESSAGE: none; h->missing says how many
 * bytes; other errors: bytes that can be no record. */
MUST_CHECK SECURITY_STATUS input_next(struct handshake *h, struct span *records);
/* tls_step took so many bytes of what input_next gave. */
MUST_CHECK SECURITY_STATUS input_taken(struct handshake *h, size_t size);
/* Remembers what this call has taken; take_rest: takes all whole records that are left as well. */
MUST_CHECK SECURITY_STATUS input_remember(struct handshake *h, bool take_rest);
/* The handshake is complete: gives back what was kept of the input behind it. false: it cannot. */
bool input_return_kept(struct handshake *h);
/* At the end of a call: what need not be remembered any longer goes. */
void input_settle(struct handshake *h, SECURITY_STATUS status);
/* Skips what an earlier call took, if the caller shows it again. */
void input_skip_repeated(struct handshake *h);
/* EXTRA or MISSING. */
void input_report(struct handshake *h, SECURITY_STATUS status);
void handshake_replay_free(struct schan_context *context);

/* ---- handshake_step.c ---- */

/* Steps until the caller must act. begin: step once without input first. */
MUST_CHECK SECURITY_STATUS handshake_run(struct handshake *h, bool begin);
/* The handshake is complete, or the peer's certificate may have changed: gathers the facts. */
MUST_CHECK SECURITY_STATUS handshake_note_peer(struct handshake *h);
/* What it means that input_next has nothing to give. */
SECURITY_STATUS handshake_no_records(struct handshake *h, SECURITY_STATUS status);
/* Ends the context; returns the status. */
SECURITY_STATUS handshake_fail(struct handshake *h, SECURITY_STATUS status);
/* Ends it with an alert of ours. */
SECURITY_STATUS handshake_fail_alert(struct handshake *h, SECURITY_STATUS status, uint8_t alert);

/* ---- handshake_post.c ---- */

MUST_CHECK SECURITY_STATUS handshake_connected_call(struct handshake *h);

/* ---- handshake_output.c ---- */

/* Hands the waiting output over. Returns status, or why it could not be handed over. */
MUST_CHECK SECURITY_STATUS output_deliver(struct handshake *h, SECURITY_STATUS status);
/* The outputs of a call that failed: the alert, if there is one and the caller wants it. */
void output_refuse(struct handshake *h);

/* Hands bytes over that no session made; SEC_I_CONTINUE_NEEDED, or why it cannot be. */
MUST_CHECK SECURITY_STATUS output_put(struct handshake *h, struct span token);

/* ---- handshake_datagram.c ---- */

#define STREAM_VERSIONS (TLS_VERSION_1_0 | TLS_VERSION_1_1 | TLS_VERSION_1_2 | TLS_VERSION_1_3)
#define DATAGRAM_VERSIONS (DTLS_VERSION_1_0 | DTLS_VERSION_1_2)

struct datagram_options {
    uint16_t srtp[16];
    size_t srtp_count;
};

/* A first call means a context of datagrams. */
bool datagram_wanted(const struct handshake *h);
/* A server's first call: SEC_E_OK, the cookie is there; SEC_I_CONTINUE_NEEDED, the client was asked
 * for one. */
MUST_CHECK SECURITY_STATUS datagram_cookie(struct handshake *h);
/* The options of a first call; the MTU becomes the context's. */
MUST_CHECK SECURITY_STATUS datagram_options(const struct handshake *h, struct datagram_options *to);
/* One call while the handshake is under way. */
MUST_CHECK SECURITY_STATUS datagram_call(struct handshake *h);
/* A call with a context, in whatever state. */
MUST_CHECK SECURITY_STATUS datagram_later_call(struct handshake *h);
MUST_CHECK SECURITY_STATUS datagram_connected_call(struct handshake *h);
/* A datagram was handed over: the status of the call, since more may wait. */
SECURITY_STATUS datagram_delivered(struct handshake *h, SECURITY_STATUS status);
/* Needs handshake. */
void datagram_set_mtu(struct schan_context *context, uint32_t mtu);

/* ---- control.c ---- */

/* What a control token asked for, into h->result; then the output is to be delivered. */
MUST_CHECK SECURITY_STATUS control_emit(struct handshake *h);
bool control_waits(const struct schan_context *context);

#endif
