/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Inside the policy: what a credential starts from, and its lists. Included by policy*.c only.
 */
#ifndef SECUR32_SCHANNEL_POLICY_BASE_H
#define SECUR32_SCHANNEL_POLICY_BASE_H

#include "schannel/policy.h"

#define POLICY_NULL_SUITES 4

struct policy_base {
    uint32_t versions;       /* by default; TLS_VERSION_ bits */
    uint32_t versions_asked; /* in addition, when a credential names them */
    uint16_t suites[POLICY_SUITES];
    uint16_t null_suites[POLICY_NULL_SUITES]; /* no encryption: only when asked for */
    uint16_t groups[POLICY_GROUPS];
    uint16_t schemes[POLICY_SCHEMES];
    size_t suite_count, null_count, group_count, scheme_count;
    uint32_t rsa_bits_min, dh_bits_min, rsa_bits_max, dh_bits_max;
};

/* policy_settings.c: a copy of the snapshot, which is at most a second old. */
void policy_base_get(enum tls_role role, struct policy_base *base);

/* For tests: the next credential reads the settings anew. */
void policy_settings_forget(void);

/* Removes what `keep` refuses; the order stays. Returns the new count. */
size_t policy_filter(uint16_t *list, size_t count, bool (*keep)(uint16_t, const void *),
                     const void *how);

/* ---- policy_defaults.c ---- */

struct protocol {
    uint32_t version; /* TLS_VERSION_ or DTLS_VERSION_ bit */
    uint16_t wire;
    DWORD client, server; /* SP_PROT_ bit */
    const char *key;      /* below Protocols */
};

const struct protocol *protocol_at(size_t index); /* NULL past the end */

/* On by default / only when asked for, by Windows' build number. */
void policy_default_versions(uint32_t build, uint32_t *on, uint32_t *asked);
/* Fill at most `room` numbers; return how many. */
size_t policy_default_suites(uint32_t build, uint16_t *list, size_t room);
size_t policy_default_null_suites(uint16_t *list, size_t room);
size_t policy_default_groups(uint16_t *list, size_t room);
size_t policy_default_schemes(uint16_t *list, size_t room);

/* ---- policy_crypto.c ---- */

/* SEC_E_UNKNOWN_CREDENTIALS: counts or pointers that cannot be. */
MUST_CHECK SECURITY_STATUS policy_check_parameters(const TLS_PARAMETERS *parameters);
/* Takes away what the settings name. */
void policy_apply_crypto(const TLS_PARAMETERS *parameters, struct policy_base *work);

#endif
