/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The Schannel SSP's security context.
 *
 * Lock order inside it (base/sync.h): handshake, receive, send, session. A whole Initialize- or
 * AcceptSecurityContext call holds handshake; a message call holds only its direction, and session
 * for the rare slow path.
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
    PHASE_HANDSHAKE,  /* the first handshake is under way */
    PHASE_CONNECTED,  /* messages flow; a renegotiation may be under way as well */
    PHASE_CLOSED,     /* our close_notify is out: no more EncryptMessage */
    PHASE_FAILED      /* dead; only queries, deletion and the last alert */
};

/* locks: (c) constant after creation, (a) atomic, (h) handshake, (r) receive, (s) send,
 *        (x) session; (h x): written with both, read with either */
struct schan_context {
    struct lock handshake, receive, send, session;
    struct tls_session *tls; /* (c) pointer; what it points to as tls.h says */
    enum tls_role role;      /* (c) */
    atomic_int phase;        /* (a) enum schan_phase */
    struct schan_credential *credential; /* (h x) */
    WCHAR *target; /* (c) as given at the first call; NULL: none */
    char *name;    /* (c) the target for SNI, checks and cache: ASCII, lower case; NULL: none */
    bool name_is_address; /* (c) */
    ULONG request;        /* (h) of the latest call */
    bool manual_validation; /* (c) the first call or the credential said so */
    struct tls_info info;   /* (h x) gathered once a handshake is complete */
    atomic_uint record_path; /* (a) enum tls_record_path: messages read it without lock */
    atomic_bool received_close, post_handshake_pending; /* (a) */
    atomic_bool sent_close;  /* (a) */
    bool credential_asked;   /* (h) SEC_I_INCOMPLETE_CREDENTIALS was given once */
    bool session_disabled;   /* (h) SCHANNEL_SESSION_TOKEN said not to resume */
    /* The rest is handshake.c's, record.c's and control.c's business; see there. */
    struct schan_replay *replay; /* (h) a call that did not fit into the caller's memory */
    struct {
        bool shutdown, alert;  /* (h) a control token waits for the next call */
        bool alert_fatal;
        uint8_t alert_number;
    } control;
    struct {
        char *label;      /* (h) KEYING_MATERIAL_INFO */
        uint8_t *context;
        size_t label_size, context_size, material_size;
        bool set;
    } exporter;
    uint32_t eap_prf;  /* (h) EAP_PRF_INFO */
    uint8_t *app_data; /* (h) APP_DATA */
    size_t app_data_size;
    uint32_t chain_trust;  /* (h) CERT_TRUST_... bits of the last automatic validation */
    SECURITY_STATUS chain_status; /* (h) its verdict */
    bool chain_judged;     /* (h) */
};

SECURITY_STATUS schan_initialize(struct ssp_step *step);
SECURITY_STATUS schan_accept(struct ssp_step *step);
SECURITY_STATUS schan_control(void *context, SecBufferDesc *token);
void schan_delete_context(void *context);
SECURITY_STATUS schan_seal(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence);
SECURITY_STATUS schan_unseal(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop);
SECURITY_STATUS schan_query_context(void *context, const struct ssp_attribute *attribute);
SECURITY_STATUS schan_set_context(void *context, const struct ssp_attribute *attribute);
SECURITY_STATUS schan_start(void);

#endif
