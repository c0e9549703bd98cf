/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See priority.h. The string names every algorithm, from NONE: what the system's configuration
 * disables is left out by GnuTLS, and nothing comes in that the policy does not name.
 * Source: GnuTLS manual, "Priority Strings".
 */
#include "tls/gnutls/priority.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "tls/gnutls/algorithms.h"

#define CACHE_SIZE 64
#define TEXT_MAX 4096

/* Flags of a session that stand in the priority string. */
#define PRIORITY_FLAGS (TLS_FLAG_NO_EMS | TLS_FLAG_STRICT_RENEGOTIATION)

struct priority {
    atomic_uint users;
    gnutls_priority_t handle;
    struct tls_policy policy; /* its lists stand behind the struct */
    enum tls_role role;
    uint32_t flags;
    bool no_key_transport;
    uint64_t last_use; /* guarded by cache_lock */
    uint16_t numbers[];
};

static struct lock cache_lock = LOCK_INITIALIZER;
static struct priority *cache[CACHE_SIZE]; /* guarded by cache_lock; each holds a reference */
static uint64_t cache_clock;               /* guarded by cache_lock */

struct text {
    char data[TEXT_MAX];
    size_t used;
    bool overrun;
};

/* clang-format off */
static const struct {
    uint32_t bit;
    const char *name;
} versions[] = {
    {TLS_VERSION_1_3,  "+VERS-TLS1.3"},
    {TLS_VERSION_1_2,  "+VERS-TLS1.2"},
    {TLS_VERSION_1_1,  "+VERS-TLS1.1"},
    {TLS_VERSION_1_0,  "+VERS-TLS1.0"},
    {DTLS_VERSION_1_2, "+VERS-DTLS1.2"},
    {DTLS_VERSION_1_0, "+VERS-DTLS1.0"},
};
/* clang-format on */

static void add(struct text *text, const char *prefix, const char *name)
{
    size_t room = sizeof(text->data) - text->used;
    int length;

    if (!name)
        return;
    length = snprintf(text->data + text->used, room, ":%s%s", prefix, name);
    if (length < 0 || (size_t)length >= room)
        text->overrun = true;
    else
        text->used += (size_t)length;
}

static bool usable_suite(const struct tls_policy *policy, bool no_key_transport, size_t index,
                         struct algorithm_suite *suite)
{
    const struct algorithm_suite *known = algorithm_suite(policy->suites[index]);

    if (!known)
        return false;
    if (!known->key_exchange && !(policy->versions & TLS_VERSION_1_3))
        return false;
    if (known->key_exchange && !(policy->versions & ~TLS_VERSION_1_3))
        return false;
    if (no_key_transport && known->key_exchange == GNUTLS_KX_RSA)
        return false;
    *suite = *known;
    return true;
}

/* GnuTLS orders by key exchange first, then cipher, then MAC; each takes the place of its first
 * appearance in the policy. */
static bool add_suites(struct text *text, const struct tls_policy *policy, bool no_key_transport)
{
    bool kx_seen[64] = {false}, cipher_seen[1024] = {false}, mac_seen[1024] = {false};
    struct algorithm_suite suite;
    bool any = false;

    for (size_t i = 0; i < policy->suite_count; i++) {
        if (!usable_suite(policy, no_key_transport, i, &suite) ||
            suite.key_exchange >= COUNT_OF(kx_seen) || suite.cipher >= COUNT_OF(cipher_seen) ||
            suite.mac >= COUNT_OF(mac_seen))
            continue;
        any = true;
        if (suite.key_exchange && !kx_seen[suite.key_exchange])
            add(text, "+", gnutls.kx_get_name((gnutls_kx_algorithm_t)suite.key_exchange));
        if (!cipher_seen[suite.cipher])
            add(text, "+", gnutls.cipher_get_name((gnutls_cipher_algorithm_t)suite.cipher));
        if (!mac_seen[suite.mac])
            add(text, "+", gnutls.mac_get_name((gnutls_mac_algorithm_t)suite.mac));
        kx_seen[suite.key_exchange] = cipher_seen[suite.cipher] = mac_seen[suite.mac] = true;
    }
    return any;
}

static void add_groups(struct text *text, const struct tls_policy *policy)
{
    for (size_t i = 0; i < policy->group_count; i++) {
        gnutls_group_t group = algorithm_group(policy->groups[i]);

        if (group != GNUTLS_GROUP_INVALID)
            add(text, "+GROUP-", gnutls.group_get_name(group));
    }
}

/* A client that names groups of RFC 7919 gets one of them or no finite-field Diffie-Hellman at all
 * (section 4). Windows' list of groups has none, so a server that has such suites takes these. */
static void add_finite_fields(struct text *text, const struct tls_policy *policy)
{
    static const gnutls_group_t groups[] = {GNUTLS_GROUP_FFDHE2048, GNUTLS_GROUP_FFDHE3072,
                                            GNUTLS_GROUP_FFDHE4096};
    bool wanted = false;

    for (size_t i = 0; i < policy->suite_count && !wanted; i++) {
        const struct algorithm_suite *suite = algorithm_suite(policy->suites[i]);

        wanted = suite && (suite->key_exchange == GNUTLS_KX_DHE_RSA ||
                           suite->key_exchange == GNUTLS_KX_DHE_DSS);
    }
    for (size_t i = 0; wanted && i < COUNT_OF(groups); i++)
        add(text, "+GROUP-", gnutls.group_get_name(groups[i]));
}

static void add_schemes(struct text *text, const struct tls_policy *policy)
{
    for (size_t i = 0; i < policy->scheme_count; i++) {
        const struct algorithm_scheme *scheme = algorithm_scheme(policy->schemes[i]);

        for (size_t j = 0; scheme && j < SCHEME_ALGORITHMS; j++)
            if (scheme->algorithm[j] != GNUTLS_SIGN_UNKNOWN)
                add(text, "+SIGN-", gnutls.sign_get_name(scheme->algorithm[j]));
    }
}

static bool make_text(const struct priority *priority, struct text *text)
{
    const struct tls_policy *policy = &priority->policy;

    text->used = (size_t)snprintf(text->data, sizeof(text->data), "NONE:+COMP-NULL:+CTYPE-X509");
    for (size_t i = 0; i < COUNT_OF(versions); i++)
        if (policy->versions & versions[i].bit)
            add(text, "", versions[i].name);
    if (!add_suites(text, policy, priority->no_key_transport))
        return false;
    add_groups(text, policy);
    if (priority->role == TLS_SERVER)
        add_finite_fields(text, policy);
    add_schemes(text, policy);
    if (priority->role == TLS_SERVER)
        add(text, "", "%SERVER_PRECEDENCE");
    if (priority->flags & TLS_FLAG_NO_EMS)
        add(text, "", "%NO_SESSION_HASH");
    if (priority->flags & TLS_FLAG_STRICT_RENEGOTIATION)
        add(text, "", "%SAFE_RENEGOTIATION");
    return !text->overrun;
}

static bool equal_lists(const uint16_t *a, size_t a_count, const uint16_t *b, size_t b_count)
{
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof(*a)) == 0);
}

static bool fits(const struct priority *priority, const struct tls_config *config,
                 bool no_key_transport)
{
    const struct tls_policy *a = &priority->policy, *b = &config->policy;

    return a->versions == b->versions && priority->role == config->role &&
           priority->flags == (config->flags & PRIORITY_FLAGS) &&
           priority->no_key_transport == no_key_transport &&
           equal_lists(a->suites, a->suite_count, b->suites, b->suite_count) &&
           equal_lists(a->groups, a->group_count, b->groups, b->group_count) &&
           equal_lists(a->schemes, a->scheme_count, b->schemes, b->scheme_count);
}

static const uint16_t *copy_list(uint16_t **to, const uint16_t *list, size_t count)
{
    const uint16_t *copy = *to;

    if (count)
        memcpy(*to, list, count * sizeof(*list));
    *to += count;
    return copy;
}

static enum tls_status priority_new(const struct tls_config *config, bool no_key_transport,
                                    struct priority **created)
{
    const struct tls_policy *policy = &config->policy;
    size_t numbers = policy->suite_count + policy->group_count + policy->scheme_count;
    struct priority *priority = mem_alloc(sizeof(*priority) + numbers * sizeof(uint16_t));
    struct text *text = mem_alloc(sizeof(*text));
    enum tls_status status = TLS_NO_MEMORY;
    uint16_t *next;
    int error;

    if (!priority || !text)
        goto done;
    next = priority->numbers;
    priority->policy = *policy;
    priority->policy.suites = copy_list(&next, policy->suites, policy->suite_count);
    priority->policy.groups = copy_list(&next, policy->groups, policy->group_count);
    priority->policy.schemes = copy_list(&next, policy->schemes, policy->scheme_count);
    priority->role = config->role;
    priority->flags = config->flags & PRIORITY_FLAGS;
    priority->no_key_transport = no_key_transport;
    atomic_init(&priority->users, 1);

    status = TLS_NO_ALGORITHM;
    if (!make_text(priority, text))
        goto done;
    error = gnutls.priority_init(&priority->handle, text->data, NULL);
    TRACE(LOG_TLS, "priority %s: %s", text->data, error < 0 ? gnutls.strerror_name(error) : "good");
    if (error == GNUTLS_E_MEMORY_ERROR)
        status = TLS_NO_MEMORY;
    if (error < 0)
        goto done;
    *created = priority;
    priority = NULL;
    status = TLS_OK;

done:
    mem_free(text);
    mem_free(priority);
    return status;
}

/* The slot that holds it, is free, or was used least lately. */
static struct priority **find_slot(const struct tls_config *config, bool no_key_transport)
    must_hold(&cache_lock)
{
    struct priority **oldest = &cache[0];

    for (size_t i = 0; i < CACHE_SIZE; i++) {
        if (!cache[i])
            return &cache[i];
        if (fits(cache[i], config, no_key_transport))
            return &cache[i];
        if (cache[i]->last_use < (*oldest)->last_use)
            oldest = &cache[i];
    }
    return oldest;
}

/* From the cache, or new and in the cache from now on. */
enum tls_status priority_find(const struct tls_config *config, bool no_key_transport,
                              struct priority **priority)
{
    struct priority **slot, *created;
    enum tls_status status = TLS_OK;

    if (config->policy.suite_count > LIMIT_ALGORITHMS ||
        config->policy.group_count > LIMIT_ALGORITHMS ||
        config->policy.scheme_count > LIMIT_ALGORITHMS)
        return TLS_BAD_ARGUMENT;

    lock_take(&cache_lock);
    slot = find_slot(config, no_key_transport);
    if (!*slot || !fits(*slot, config, no_key_transport)) {
        status = priority_new(config, no_key_transport, &created);
        if (status == TLS_OK) {
            priority_unref(*slot);
            *slot = created;
        }
    }
    if (status == TLS_OK) {
        (*slot)->last_use = ++cache_clock;
        *priority = priority_ref(*slot);
    }
    lock_release(&cache_lock);
    return status;
}

struct priority *priority_ref(struct priority *priority)
{
    atomic_fetch_add_explicit(&priority->users, 1, memory_order_relaxed);
    return priority;
}

void priority_unref(struct priority *priority)
{
    if (!priority || atomic_fetch_sub_explicit(&priority->users, 1, memory_order_acq_rel) != 1)
        return;
    gnutls.priority_deinit(priority->handle);
    mem_free(priority);
}

gnutls_priority_t priority_handle(const struct priority *priority)
{
    return priority->handle;
}

bool priority_allows_suite(const struct priority *priority, uint16_t suite)
{
    for (size_t i = 0; i < priority->policy.suite_count; i++)
        if (priority->policy.suites[i] == suite)
            return true;
    return false;
}

/* ---- servers ---- */

/* Which parts a choice of suites has; GnuTLS makes all suites of them. */
struct product {
    uint64_t key_exchanges;
    uint64_t ciphers[16]; /* bits by gnutls_cipher_algorithm_t */
    uint64_t macs[16];
};

static bool part_is_in(const uint64_t *bits, unsigned part)
{
    return part < 1024 && ((bits[part / 64] >> (part % 64)) & 1);
}

static void add_part(uint64_t *bits, unsigned part)
{
    if (part < 1024)
        bits[part / 64] |= UINT64_C(1) << (part % 64);
}

static void add_to_product(struct product *product, const struct algorithm_suite *suite)
{
    if (suite->key_exchange < 64)
        product->key_exchanges |= UINT64_C(1) << suite->key_exchange;
    add_part(product->ciphers, suite->cipher);
    add_part(product->macs, suite->mac);
}

static bool is_in_product(const struct product *product, const struct algorithm_suite *suite)
{
    /* Suites of TLS 1.3 have no key exchange: their cipher is enough. */
    return (!suite->key_exchange ||
            (suite->key_exchange < 64 && ((product->key_exchanges >> suite->key_exchange) & 1))) &&
           part_is_in(product->ciphers, suite->cipher) && part_is_in(product->macs, suite->mac);
}

/* The client offers a suite that is in the product but not in the policy. */
static bool has_stranger(const struct priority *priority, const struct product *product,
                         struct span offered)
{
    uint16_t number;

    while (span_take_u16(&offered, &number)) {
        const struct algorithm_suite *suite = algorithm_suite(number);

        if (suite && is_in_product(product, suite) && !priority_allows_suite(priority, number))
            return true;
    }
    return false;
}

static bool is_offered(struct span offered, uint16_t number)
{
    uint16_t suite;

    while (span_take_u16(&offered, &suite))
        if (suite == number)
            return true;
    return false;
}

/* In the policy's order, each suite that brings no stranger in. */
static size_t choose_suites(const struct priority *priority, struct span offered, uint16_t *chosen)
{
    const struct tls_policy *policy = &priority->policy;
    struct product product = {0};
    size_t count = 0;

    for (size_t i = 0; i < policy->suite_count; i++) {
        const struct algorithm_suite *suite = algorithm_suite(policy->suites[i]);
        struct product wider = product;

        if (!suite || !is_offered(offered, policy->suites[i]))
            continue;
        add_to_product(&wider, suite);
        if (has_stranger(priority, &wider, offered))
            continue;
        product = wider;
        chosen[count++] = policy->suites[i];
    }
    return count;
}

enum tls_status priority_narrow(struct priority *priority, struct span offered,
                                struct priority **narrow)
{
    const struct tls_policy *policy = &priority->policy;
    struct tls_config config = {.role = priority->role, .flags = priority->flags};
    uint16_t chosen[LIMIT_ALGORITHMS];
    struct product all = {0};

    for (size_t i = 0; i < policy->suite_count; i++) {
        const struct algorithm_suite *suite = algorithm_suite(policy->suites[i]);

        if (suite)
            add_to_product(&all, suite);
    }
    if (!has_stranger(priority, &all, offered))
        return TLS_OK;
    config.policy = *policy;
    config.policy.suites = chosen;
    config.policy.suite_count = choose_suites(priority, offered, chosen);
    return priority_find(&config, priority->no_key_transport, narrow);
}
