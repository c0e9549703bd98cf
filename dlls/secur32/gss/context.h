/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Contexts of the three packages.
 */
#ifndef SECUR32_GSS_CONTEXT_H
#define SECUR32_GSS_CONTEXT_H

#include "sspi/package.h"

#include "base/sync.h"
#include "gss/credential.h"
#include "gss/identity.h"
#include "gss/ntlm.h"

enum gss_phase { PHASE_PROGRESS, PHASE_READY, PHASE_FAILED };

struct gss_context {
    /* constant */
    bool is_server;
    struct gss_credential *credential;
    ULONG request;
    TimeStamp start;    /* local */
    WCHAR *target_name; /* as the program gave it; NULL: none */

    /* A message that comes in, one that goes out. A step of the handshake takes both, and lock. */
    struct lock receive, send;
    /* Guards what follows: the library's contexts take one thread at a time. In the order of
     * base/sync.h it stands where session does; only the credential's lock, a leaf here, may be
     * taken behind it. Who only reads phase, mech_context, chosen and facts may hold any of the
     * three; messages of a context whose facts say two_way need no more. */
    struct lock lock;
    enum mech mech; /* Negotiate may give way to NTLM */
    struct gss_target target;
    struct mech_context *mech_context;
    struct ntlm_seen seen;
    enum gss_phase phase;
    enum mech chosen;
    ULONG attributes;
    struct mech_facts facts; /* when ready */
    void *token;             /* the client's, once it was asked for as an attribute */
    /* A token that did not fit: the same call with more room gets it. */
    bool token_waits;
    SECURITY_STATUS waiting_status;
    size_t waiting_size;
    uint8_t *answered; /* the input that it answers */
    size_t answered_size;
};

/* package.h's functions */
SECURITY_STATUS gss_initialize(struct ssp_step *step);
SECURITY_STATUS gss_accept(struct ssp_step *step);
void gss_delete_context(void *object);
SECURITY_STATUS gss_query_context(void *object, const struct ssp_attribute *attribute);
SECURITY_STATUS gss_seal_message(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence);
SECURITY_STATUS gss_unseal_message(void *object, SecBufferDesc *message, ULONG sequence,
                                   ULONG *qop);
SECURITY_STATUS gss_sign_message(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence);
SECURITY_STATUS gss_verify_message(void *object, SecBufferDesc *message, ULONG sequence,
                                   ULONG *qop);
SECURITY_STATUS gss_query_token(void *object, void **token);
SECURITY_STATUS gss_impersonate(void *object);
SECURITY_STATUS gss_revert(void *object);

/* Is the client of a server's context that is ready the user that this process runs as? */
bool gss_client_is_self(struct mech_context *context, enum mech chosen);

/* package.h's function of a package. */
NTSTATUS gss_logon(enum mech mech, struct ssp_logon *logon);

/* SECPKG_ATTR_ACCESS_TOKEN, with the context's lock. */
SECURITY_STATUS gss_fill_access_token(struct gss_context *context, void *value);

/* The package of a mechanism. */
const struct ssp *gss_package(enum mech mech);

/* When the context ends, as local time. */
TimeStamp gss_context_expiry(const struct gss_context *context);

#endif
