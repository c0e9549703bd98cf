/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What may be negotiated: defaults of the Windows version, narrowed by the settings (registry), then
 * by the credential; each step only takes away, but for what the documents let a credential add
 * (NULL encryption).
 */
#ifndef SECUR32_SCHANNEL_POLICY_H
#define SECUR32_SCHANNEL_POLICY_H

#include "winsspi.h"

#include "tls/tls.h"

/* Owned lists behind a struct tls_policy. */
struct schan_policy {
    struct tls_policy tls; /* its lists point into the arrays below */
    uint16_t suites[64];
    uint16_t groups[16];
    uint16_t schemes[24];
};

/* What a credential structure says about algorithms, in one form for v4, v5 and none. */
struct schan_wish {
    enum tls_role role;
    ULONG version;             /* 0, 4 or 5: v4 never gets TLS 1.3 */
    DWORD enabled_protocols;   /* v4; 0: system's choice */
    DWORD disabled_protocols;  /* v5 */
    const ALG_ID *algorithms;  /* v4; NULL: all */
    DWORD algorithm_count;
    DWORD minimum_strength, maximum_strength; /* v4 */
    const CRYPTO_SETTINGS *disabled; /* v5 */
    DWORD disabled_count;
    ULONG flags; /* SCH_USE_STRONG_CRYPTO, SCH_ALLOW_NULL_ENCRYPTION, SCH_USE_DTLS_ONLY ... */
};

/* SEC_E_ALGORITHM_MISMATCH: no version or no suite is left. SEC_E_UNKNOWN_CREDENTIALS: bad counts. */
MUST_CHECK SECURITY_STATUS policy_make(const struct schan_wish *wish, struct schan_policy *policy);

/* SP_PROT_ bits <-> version mask of tls.h, for one role. */
uint32_t policy_versions_from_protocols(DWORD protocols, enum tls_role role);
DWORD policy_protocol_from_wire(uint16_t version, enum tls_role role);

#endif
