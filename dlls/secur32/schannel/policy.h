/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What may be negotiated: defaults of the Windows version, narrowed by the settings (registry),
 * then by the credential; each step only takes away, but for what the documents let a credential
 * add (NULL encryption, and versions that are off by default but may be asked for). Everything is
 * filtered by what the TLS library can do.
 *
 *   policy.c           the credential's wishes
 *   policy_crypto.c    ... those of SCH_CREDENTIALS about single algorithms
 *   policy_settings.c  the settings, and the snapshot of them that credentials start from
 *   policy_defaults.c  the defaults by Windows version, and the table of protocol versions
 */
#ifndef SECUR32_SCHANNEL_POLICY_H
#define SECUR32_SCHANNEL_POLICY_H

#include "winsspi.h"

#include "tls/tls.h"

#define POLICY_SUITES 64
#define POLICY_GROUPS 16
#define POLICY_SCHEMES 24

/* Owned lists behind a struct tls_policy. Copied only by policy_copy. */
struct schan_policy {
    struct tls_policy tls; /* its lists point into the arrays below */
    uint16_t suites[POLICY_SUITES];
    uint16_t groups[POLICY_GROUPS];
    uint16_t schemes[POLICY_SCHEMES];
};

#define WISH_PARAMETERS 2

/* What a credential structure says about algorithms, in one form for v4, v5 and none. */
struct schan_wish {
    enum tls_role role;
    ULONG version;            /* 0, 4 or 5: only v5 gets TLS 1.3 */
    ULONG flags;              /* SCH_USE_STRONG_CRYPTO, SCH_ALLOW_NULL_ENCRYPTION, ... */
    DWORD enabled_protocols;  /* v4; 0: system's choice */
    const ALG_ID *algorithms; /* v4; NULL: all */
    DWORD algorithm_count;
    DWORD minimum_strength, maximum_strength;          /* v4 */
    const TLS_PARAMETERS *parameters[WISH_PARAMETERS]; /* v5; NULL: none */
};

/* SEC_E_ALGORITHM_MISMATCH: no version or no suite is left. SEC_E_UNKNOWN_CREDENTIALS: counts over
 * their limits, or lists without pointer. */
MUST_CHECK SECURITY_STATUS policy_make(const struct schan_wish *wish, struct schan_policy *policy);
/* Takes away from a policy what a wish (protocols of v4, algorithms, strengths) does not name. With
 * an error the policy is as before. */
MUST_CHECK SECURITY_STATUS policy_narrow(const struct schan_wish *wish,
                                         struct schan_policy *policy);
void policy_copy(const struct schan_policy *from, struct schan_policy *to);

/* SP_PROT_ bits <-> versions of tls.h, for one role. */
uint32_t policy_versions_from_protocols(DWORD protocols, enum tls_role role);
DWORD policy_protocols_from_versions(uint32_t versions, enum tls_role role);
DWORD policy_protocol_from_wire(uint16_t version, enum tls_role role); /* 0: unknown */

/* Which issuers a server names when it asks for a certificate. */
enum policy_issuers {
    ISSUERS_NONE,
    ISSUERS_GIVEN, /* those of a store that the program gave */
    ISSUERS_SYSTEM /* ... and without one, the system's */
};

/* Settings that are not about algorithms. */
struct policy_limits {
    uint32_t client_cache_ms, server_cache_ms; /* 0: no resumption */
    uint32_t cache_entries;                    /* 0: no client cache */
    enum policy_issuers issuers;
};

void policy_limits_get(struct policy_limits *limits);

#endif
