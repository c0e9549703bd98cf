/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The Schannel SSP's credential: what SCHANNEL_CRED or SCH_CREDENTIALS said, turned into one form.
 * Constant after creation but for what credential.lock guards; shared by contexts by reference, so
 * that a program may free the handle while contexts live.
 *
 *   credential.c              its life, AcquireCredentialsHandle
 *   credential_input.c        reading the structures
 *   credential_certificate.c  certificates and their keys
 *   credential_attributes.c   Query- and SetCredentialsAttributes
 */
#ifndef SECUR32_SCHANNEL_CREDENTIAL_H
#define SECUR32_SCHANNEL_CREDENTIAL_H

#include "winsspi.h"

#include <stdatomic.h>

#include "base/limits.h"
#include "base/sync.h"
#include "platform/platform.h"
#include "schannel/policy.h"
#include "sspi/package.h"
#include "tls/tls.h"

/* dwSessionLifespan: no resumption at all (.NET). */
#define CREDENTIAL_LIFESPAN_NONE 0xffffffffu

/* A TLS_PARAMETERS with a list of ALPN ids: the policy of connections for which a server offers one
 * of them. */
struct schan_alpn_policy {
    uint8_t *ids; /* as in RFC 7301: 8-bit lengths before them */
    size_t ids_size;
    struct schan_policy policy; /* versions 0: nothing can be negotiated */
};

/* DER names for requests for a certificate. Constant once made. */
struct schan_issuers {
    struct span *names;
    size_t count;
    struct schan_issuers *older;
};

/* locks: (c) constant after creation, (a) atomic, (l) lock */
struct schan_credential {
    atomic_uint references; /* (a) */
    struct lock lock;
    uint64_t id;        /* (c) key of the session cache, unique in the process */
    enum tls_role role; /* (c) */
    ULONG version;      /* (c) SCHANNEL_CRED_VERSION, SCH_CREDENTIALS_VERSION, or 0: no auth data */
    ULONG flags;        /* (c) SCH_CRED_..., SCH_SEND_..., SCH_USE_... */
    struct schan_policy policy;               /* (l) see schan_credential_policy */
    struct schan_alpn_policy *alpn_policies;  /* (c) server */
    size_t alpn_policy_count;                 /* (c) */
    ULONG minimum_strength, maximum_strength; /* (l) as given; attribute CIPHER_STRENGTHS */
    struct {
        bool set;           /* (l) CLIENT_CERT_POLICY was */
        GUID id;            /* (l) the program's name for it */
        ULONG flags;        /* (l) SCH_CRED_... bits for revocation */
        bool any_purpose;   /* (l) certificates need not be for client authentication */
    } client_policy;        /* server */
    bool derived;           /* (c) made by schan_credential_with */
    bool no_tls13_key;      /* (c) it has keys, but none that can sign for TLS 1.3 */
    uint32_t lifespan_ms;   /* (c) of cached sessions; 0: the default of ten hours */
    const void *root_store; /* (c) HCERTSTORE of a server for client certificates, or NULL */
    struct platform_certificate **certificates; /* (c) */
    size_t certificate_count;                   /* (c) */
    struct tls_credential *tls;    /* (c) the same for the TLS library; NULL without certificates */
    struct tls_tickets *tickets;   /* (l) server; made at first use */
    struct schan_issuers *issuers; /* (l) server: newest first; none goes before the credential */
    TimeStamp expiry;              /* (c) local FILETIME; a very large value without certificate */
};

/* The functions of struct ssp. */
SECURITY_STATUS schan_acquire(struct ssp_acquire *call);
void schan_free_credential(void *credential);
SECURITY_STATUS schan_query_credential(void *credential, const struct ssp_attribute *attribute);
SECURITY_STATUS schan_set_credential(void *credential, const struct ssp_attribute *attribute);

/* Both take NULL, too. */
struct schan_credential *schan_credential_ref(struct schan_credential *credential);
void schan_credential_unref(struct schan_credential *credential);

/* From now on requests for a certificate list what is in the store, if the settings want a list. */
MUST_CHECK SECURITY_STATUS schan_credential_list_issuers(struct schan_credential *credential,
                                                         const void *store);
/* A copy of the policy for a new session. alpn: the ids that the program offers, or empty. */
void schan_credential_policy(struct schan_credential *credential, struct span alpn,
                             struct schan_policy *policy);
/* The ticket key and session-id cache of a server credential; NULL: resumption is switched off. */
struct tls_tickets *schan_credential_tickets(struct schan_credential *credential);
/* Tickets of contexts that are made from now on. */
SECURITY_STATUS schan_credential_set_ticket_key(struct schan_credential *credential,
                                                const SecPkgCred_SessionTicketKey *key);
/* The certificate whose key is KEY_OUTSIDE with this id, or NULL. */
struct platform_certificate *schan_credential_key(const struct schan_credential *credential,
                                                  uint64_t outside_id);
/* One that nothing can be negotiated with, for contexts that were made elsewhere; NULL: no memory.
 */
struct schan_credential *schan_credential_none(enum tls_role role);
/* A credential like `base` but with this certificate (default client certificate). Takes references
 * of its own. It has the id of `base`, so that both share their sessions. */
MUST_CHECK SECURITY_STATUS schan_credential_with(struct schan_credential *base,
                                                 struct platform_certificate *certificate,
                                                 struct schan_credential **credential);

#endif
