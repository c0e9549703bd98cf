/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The Schannel SSP's security context.
 *
 * Lock order inside it (base/sync.h): handshake, receive, send, session. A whole Initialize- or
 * AcceptSecurityContext call holds handshake; a message call holds only its direction, which the
 * dispatcher has taken for it, and session for the rare slow path. Only handshake is held while the
 * platform is asked.
 */
#ifndef SECUR32_SCHANNEL_CONTEXT_H
#define SECUR32_SCHANNEL_CONTEXT_H

#include "winsspi.h"

#include <stdatomic.h>

#include "base/sync.h"
#include "schannel/credential.h"
#include "sspi/package.h"
#include "tls/tls.h"

enum schan_phase {
    PHASE_HANDSHAKE, /* the first handshake is under way */
    PHASE_CONNECTED, /* messages flow; a renegotiation may be under way as well */
    PHASE_CLOSED,    /* our close_notify is out: no more EncryptMessage */
    PHASE_FAILED     /* dead; only queries, deletion and the last alert */
};

/* How much of a record that DecryptMessage opened is remembered to know it again. */
#define CONTEXT_OPENED_HEAD 16

/* locks: (c) constant after creation, (a) atomic, (h) handshake, (r) receive, (s) send,
 *        (x) session; (h x): written with both, read with either. What (r) and (s) guard is written
 *        with all of receive, send and session held, when a handshake is complete. */
struct schan_context {
    struct tls_session *tls;     /* (c) pointer; what it points to as tls.h says */
    struct lock *receive, *send; /* (c) pointers; the dispatcher's locks of the directions */
    enum tls_role role;          /* (c) */
    char *marked_name;           /* (c) room for marks, then name; what is freed */
    char *name;           /* (c) the target for SNI and checks: ASCII, lower case; NULL: none */
    char *cache_name;     /* (c) the key of the session cache; NULL: this context does not use it */
    bool name_is_address; /* (c) */
    bool name_unusable;   /* (c) the target can be no host's name: no certificate fits it */
    bool manual_validation;   /* (c) the first call or the credential said so */
    bool deferred_validation; /* (c) validate, but leave the verdict to the program */
    bool datagram;            /* (c) DTLS */

    atomic_int phase;        /* (a) enum schan_phase */
    atomic_uint record_path; /* (a) enum tls_record_path: messages read it without lock */
    atomic_bool received_close, sent_close; /* (a) */
    atomic_bool renegotiating;    /* (a) TLS 1.2: handshake records are the handshake functions' */
    atomic_bool session_disabled; /* (a) SCHANNEL_SESSION_TOKEN said not to resume */
    atomic_bool has_interlude;    /* (a) something is in it */

    struct lock handshake;
    ULONG request;               /* (h) of the latest call */
    uint32_t mtu;                /* (h) datagrams */
    bool credential_asked;       /* (h) SEC_I_INCOMPLETE_CREDENTIALS was given in this handshake */
    struct schan_replay *replay; /* (h) input that may come again, an answer that waits for room */
    struct {
        bool shutdown, alert; /* (h) a control token waits for the next call */
        bool alert_fatal;
        uint8_t alert_number;
    } control;
    struct {
        char *label; /* (h) KEYING_MATERIAL_INFO */
        uint8_t *context;
        size_t label_size, context_size, material_size;
        bool set;
    } exporter;
    uint32_t eap_prf;  /* (h) EAP_PRF_INFO */
    uint8_t *app_data; /* (h) APP_DATA */
    size_t app_data_size;
    uint8_t *leaf; /* (c) the server's own certificate, of a context that was imported; NULL */
    size_t leaf_size;
    uint32_t chain_trust;         /* (h) CERT_TRUST_... bits of the last automatic validation */
    SECURITY_STATUS chain_status; /* (h) its verdict */
    bool chain_judged;            /* (h) */

    struct lock session;
    struct schan_credential *credential; /* (h x) */
    struct tls_info info; /* (h x) gathered when a handshake is complete: info.done */
    int64_t connected_at; /* (h x) the first handshake was complete, local FILETIME; 0: not yet */
    int64_t
        peer_expiry; /* (h x) end of the client certificate's validity, local FILETIME; 0: none */
    SECURITY_STATUS failure; /* (x) what PHASE_FAILED answers */
    bool alert_waits;        /* (x) PHASE_FAILED: the alert lies in the session's output */
    bool request_waits; /* (x) the peer's request for a handshake or certificate is unanswered, or
                         * its certificate is not judged yet */
    bool hello_asked;   /* (x) TLS 1.2 server: our HelloRequest is unanswered */
    bool message_open;  /* (x) TLS 1.3: the last message, or the peer's flight, is not whole yet */
    unsigned opened; /* (x) TLS 1.3: records that DecryptMessage rewrote and nobody brought back */
    uint8_t opened_head[CONTEXT_OPENED_HEAD]; /* (x) TLS 1.2: start of the last one */
    size_t opened_size;                       /* (x) its size; 0: none */
    struct schan_interlude *interlude;        /* (h x) pointer; (x) what it points to */

    /* Messages write none of these, so both directions may read them from one cache line. */
    uint32_t receive_limit;                           /* (r) the longest record body */
    bool receive_modern;                              /* (r) TLS 1.3 */
    uint32_t send_header, send_trailer, send_maximum; /* (s) see tls_info */
};

SECURITY_STATUS schan_initialize(struct ssp_step *step);
SECURITY_STATUS schan_accept(struct ssp_step *step);
SECURITY_STATUS schan_control(void *context, SecBufferDesc *token);
void schan_delete_context(void *context);
void schan_rest(void *context);
SECURITY_STATUS schan_seal(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence);
SECURITY_STATUS schan_unseal(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop);
SECURITY_STATUS schan_query_context(void *context, const struct ssp_attribute *attribute);
SECURITY_STATUS schan_set_context(void *context, const struct ssp_attribute *attribute);
SECURITY_STATUS schan_impersonate(void *context);
SECURITY_STATUS schan_query_token(void *context, void **token);
SECURITY_STATUS schan_export(void *context, ULONG flags, SecBuffer *packed, void **token);
SECURITY_STATUS schan_import(struct ssp_import *import);
SECURITY_STATUS schan_start(void);

/* ---- context.c: what the handshake and the message functions share ------------------------------
 */

/* Without the locks of the directions, which the caller has from the dispatcher. */
MUST_CHECK struct schan_context *context_new(enum tls_role role);

/* The peer's name, with room for marks before it; an empty one is none. false: no memory. */
MUST_CHECK bool context_set_name(struct schan_context *context, struct span name);

enum schan_phase context_phase(const struct schan_context *context);
void context_set_phase(struct schan_context *context, enum schan_phase phase);

/* For a call of tls.h that may read and write records. */
void context_lock_tls(struct schan_context *context)
    takes(context->receive, context->send, &context->session);
void context_unlock_tls(struct schan_context *context)
    releases(context->receive, context->send, &context->session);

/* A handshake is complete: gathers its facts and lets messages flow. */
MUST_CHECK SECURITY_STATUS context_connected(struct schan_context *context);

/* The session is dead. alert_waits: the alert for the peer lies in its output. Needs session. */
void context_failed(struct schan_context *context, SECURITY_STATUS status, bool alert_waits)
    must_hold(&context->session);

/* How many bytes lie in the session's output. */
size_t context_output_size(struct schan_context *context) must_hold(&context->session);

/* Puts sessions that can be resumed into the cache. Called without the session lock. */
void context_store_sessions(struct schan_context *context);

#endif
