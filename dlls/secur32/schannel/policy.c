/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * From the snapshot of defaults and settings to what one credential may negotiate.
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure", "SCH_CREDENTIALS structure", "Specifying
 * Schannel Ciphers and Cipher Strengths"; comments in schannel.h on the flags. That each kind of
 * algorithm in palgSupportedAlgs restricts suites for itself, and that CALG_AES, CALG_ECDH and
 * CALG_HMAC lead to nothing, is what curl's users found by trying all names on Windows 8.1 and 10.
 */
#include "schannel/policy_base.h"

#include <string.h>

#include "base/limits.h"
#include "schannel/suites.h"

#define STRENGTH_NULL                                                                              \
    0xffffffffu /* -1 in dwMinimum- and dwMaximumCipherStrength: no encryption                     \
                 */

/* The bits of an ALG_ID that say what kind of algorithm it is (wincrypt.h, GET_ALG_CLASS). */
#define CLASS_MASK (7u << 13)

#define MODERN_VERSIONS (TLS_VERSION_1_2 | TLS_VERSION_1_3 | DTLS_VERSION_1_2)
#define DATAGRAM_VERSIONS (DTLS_VERSION_1_0 | DTLS_VERSION_1_2)

/* Whose suites a version uses. */
static const struct {
    uint32_t version, suites_of;
} version_suites[] = {
    {TLS_VERSION_1_0, TLS_VERSION_1_0},  {TLS_VERSION_1_1, TLS_VERSION_1_1},
    {TLS_VERSION_1_2, TLS_VERSION_1_2},  {TLS_VERSION_1_3, TLS_VERSION_1_3},
    {DTLS_VERSION_1_0, TLS_VERSION_1_1}, {DTLS_VERSION_1_2, TLS_VERSION_1_2},
};

size_t policy_filter(uint16_t *list, size_t count, bool (*keep)(uint16_t, const void *),
                     const void *how)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (keep(list[i], how))
            list[kept++] = list[i];
    }
    return kept;
}

static void filter_suites(struct policy_base *work, bool (*keep)(uint16_t, const void *),
                          const void *how)
{
    work->suite_count = policy_filter(work->suites, work->suite_count, keep, how);
}

/* ---- versions ---- */

static void apply_versions(const struct schan_wish *wish, struct policy_base *work)
{
    DWORD disabled = 0;

    if (wish->version == SCHANNEL_CRED_VERSION && wish->enabled_protocols)
        work->versions = (work->versions | work->versions_asked) &
                         policy_versions_from_protocols(wish->enabled_protocols, wish->role);
    for (size_t i = 0; i < WISH_PARAMETERS; i++) {
        if (wish->parameters[i])
            disabled |= wish->parameters[i]->grbitDisabledProtocols;
    }
    work->versions &= ~policy_versions_from_protocols(disabled, wish->role);
    /* Programs that pass an older structure, or none, know nothing of messages after the handshake.
     */
    if (wish->version != SCH_CREDENTIALS_VERSION)
        work->versions &= ~TLS_VERSION_1_3;
    if (wish->flags & SCH_USE_DTLS_ONLY)
        work->versions &= DATAGRAM_VERSIONS;
}

/* ---- flags and strengths ---- */

static bool is_strong(uint16_t number, const void *how)
{
    (void)how;
    return suite_find(number)->strong;
}

static bool keep_nothing(uint16_t number, const void *how)
{
    (void)number;
    (void)how;
    return false;
}

/* "-1: NULL suites are added", and with both at -1 they are the only ones. */
static void apply_null(const struct schan_wish *wish, struct policy_base *work)
{
    bool asked = (wish->flags & SCH_ALLOW_NULL_ENCRYPTION) ||
                 wish->minimum_strength == STRENGTH_NULL || wish->maximum_strength == STRENGTH_NULL;

    if (wish->maximum_strength == STRENGTH_NULL)
        filter_suites(work, keep_nothing, NULL);
    for (size_t i = 0; asked && i < work->null_count && work->suite_count < POLICY_SUITES; i++)
        work->suites[work->suite_count++] = work->null_suites[i];
}

static bool in_strength(uint16_t number, const void *how)
{
    const struct schan_wish *wish = how;
    const struct suite *suite = suite_find(number);

    if (!suite->cipher_bits)
        return true; /* they are there because they were asked for */
    if (wish->minimum_strength != STRENGTH_NULL && suite->cipher_bits < wish->minimum_strength)
        return false;
    return !wish->maximum_strength || suite->cipher_bits <= wish->maximum_strength;
}

/* ---- palgSupportedAlgs ---- */

/* Lists that name none of this kind leave it open. */
static bool kind_allows(const struct schan_wish *wish, ALG_ID class, ALG_ID wanted)
{
    bool named = false;

    for (DWORD i = 0; i < wish->algorithm_count; i++) {
        if (wish->algorithms[i] == wanted)
            return true;
        named = named || (wish->algorithms[i] & CLASS_MASK) == class;
    }
    return !named;
}

static bool algorithms_allow(uint16_t number, const void *how)
{
    const struct schan_wish *wish = how;
    const struct suite *suite = suite_find(number);

    return kind_allows(wish, ALG_CLASS_DATA_ENCRYPT, suite->cipher) &&
           kind_allows(wish, ALG_CLASS_HASH, suite->hash) &&
           kind_allows(wish, ALG_CLASS_KEY_EXCHANGE, suite_exchange_part(suite)->algorithm) &&
           kind_allows(wish, ALG_CLASS_SIGNATURE, suite_signature_part(suite)->algorithm);
}

/* ---- what fits together ---- */

struct rest {
    uint32_t suites_of; /* versions whose suites are of use */
    bool curves, finite_field;
};

static bool suite_is_usable(uint16_t number, const void *how)
{
    const struct rest *rest = how;
    const struct suite *suite = suite_find(number);

    if (suite->exchange == SUITE_EXCHANGE_ECDHE && !rest->curves)
        return false;
    if (suite->exchange == SUITE_EXCHANGE_ANY && !rest->curves && !rest->finite_field)
        return false;
    return suite->versions & rest->suites_of;
}

/* All versions that some suite is for. */
static uint32_t versions_of_suites(const struct policy_base *work)
{
    uint32_t versions = 0;

    for (size_t i = 0; i < work->suite_count; i++)
        versions |= suite_find(work->suites[i])->versions;
    return versions;
}

/* Versions without a suite go, and then suites without a version. */
static void settle(struct policy_base *work)
{
    struct rest rest = {.suites_of = UINT32_MAX};
    uint32_t versions = 0, with_suites;

    for (size_t i = 0; i < work->group_count; i++) {
        if (group_find(work->groups[i])->finite_field)
            rest.finite_field = true;
        else
            rest.curves = true;
    }
    filter_suites(work, suite_is_usable, &rest);
    if (!work->scheme_count)
        work->versions &= ~MODERN_VERSIONS;
    with_suites = versions_of_suites(work);
    rest.suites_of = 0;
    for (size_t i = 0; i < COUNT_OF(version_suites); i++) {
        if (!(work->versions & version_suites[i].version) ||
            !(with_suites & version_suites[i].suites_of))
            continue;
        versions |= version_suites[i].version;
        rest.suites_of |= version_suites[i].suites_of;
    }
    work->versions = versions;
    if (with_suites & ~rest.suites_of)
        filter_suites(work, suite_is_usable, &rest);
}

/* ---- policy_make ---- */

static SECURITY_STATUS check_wish(const struct schan_wish *wish)
{
    if (wish->algorithms && wish->algorithm_count > LIMIT_ALGORITHMS)
        return SEC_E_UNKNOWN_CREDENTIALS;
    for (size_t i = 0; i < WISH_PARAMETERS; i++) {
        SECURITY_STATUS status;

        if (!wish->parameters[i])
            continue;
        status = policy_check_parameters(wish->parameters[i]);
        if (status != SEC_E_OK)
            return status;
    }
    return SEC_E_OK;
}

static void point_at_lists(struct schan_policy *policy)
{
    policy->tls.suites = policy->suites;
    policy->tls.groups = policy->groups;
    policy->tls.schemes = policy->schemes;
}

static void store(const struct policy_base *work, struct schan_policy *policy)
{
    memcpy(policy->suites, work->suites, sizeof(policy->suites));
    memcpy(policy->groups, work->groups, sizeof(policy->groups));
    memcpy(policy->schemes, work->schemes, sizeof(policy->schemes));
    policy->tls = (struct tls_policy){
        .versions = work->versions,
        .suite_count = work->suite_count,
        .group_count = work->group_count,
        .scheme_count = work->scheme_count,
        .rsa_bits_min = work->rsa_bits_min,
        .dh_bits_min = work->dh_bits_min,
        .rsa_bits_max = work->rsa_bits_max,
        .dh_bits_max = work->dh_bits_max,
    };
    point_at_lists(policy);
}

SECURITY_STATUS policy_make(const struct schan_wish *wish, struct schan_policy *policy)
{
    struct policy_base work;
    SECURITY_STATUS status = check_wish(wish);

    if (status != SEC_E_OK)
        return status;
    /* Only suites with a preshared key, and there are none (Differs: Windows has six). */
    if (wish->flags & SCH_USE_PRESHAREDKEY_ONLY)
        return SEC_E_ALGORITHM_MISMATCH;
    policy_base_get(wish->role, &work);
    apply_versions(wish, &work);
    apply_null(wish, &work);
    if (wish->minimum_strength || wish->maximum_strength)
        filter_suites(&work, in_strength, wish);
    if (wish->flags & SCH_USE_STRONG_CRYPTO)
        filter_suites(&work, is_strong, NULL);
    if (wish->algorithms && wish->algorithm_count)
        filter_suites(&work, algorithms_allow, wish);
    for (size_t i = 0; i < WISH_PARAMETERS; i++) {
        if (wish->parameters[i])
            policy_apply_crypto(wish->parameters[i], &work);
    }
    settle(&work);
    if (!work.versions || !work.suite_count)
        return SEC_E_ALGORITHM_MISMATCH;
    store(&work, policy);
    return SEC_E_OK;
}

static bool is_null(uint16_t number, const void *how)
{
    (void)how;
    return !suite_find(number)->cipher_bits;
}

SECURITY_STATUS policy_narrow(const struct schan_wish *wish, struct schan_policy *policy)
{
    struct policy_base work = {
        .versions = policy->tls.versions,
        .suite_count = policy->tls.suite_count,
        .group_count = policy->tls.group_count,
        .scheme_count = policy->tls.scheme_count,
        .rsa_bits_min = policy->tls.rsa_bits_min,
        .dh_bits_min = policy->tls.dh_bits_min,
        .rsa_bits_max = policy->tls.rsa_bits_max,
        .dh_bits_max = policy->tls.dh_bits_max,
    };

    memcpy(work.suites, policy->suites, sizeof(work.suites));
    memcpy(work.groups, policy->groups, sizeof(work.groups));
    memcpy(work.schemes, policy->schemes, sizeof(work.schemes));
    if (wish->enabled_protocols)
        work.versions &= policy_versions_from_protocols(wish->enabled_protocols, wish->role);
    if (wish->maximum_strength == STRENGTH_NULL)
        filter_suites(&work, is_null, NULL);
    filter_suites(&work, in_strength, wish);
    if (wish->algorithms && wish->algorithm_count)
        filter_suites(&work, algorithms_allow, wish);
    settle(&work);
    if (!work.versions || !work.suite_count)
        return SEC_E_ALGORITHM_MISMATCH;
    store(&work, policy);
    return SEC_E_OK;
}

void policy_copy(const struct schan_policy *from, struct schan_policy *to)
{
    *to = *from;
    point_at_lists(to);
}
