/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The settings (registry values) that bear on the policy. Reading them all costs more than most
 * handshakes' own work, so credentials start from a snapshot, which is made anew when it is older
 * than a second. A change counts for credentials that are acquired afterwards, as on Windows.
 *
 * Sources: Microsoft Learn, "Transport Layer Security (TLS) registry settings", "Prioritizing
 * Schannel Cipher Suites", "TLS 1.0 and TLS 1.1 deprecation in Windows"; Microsoft support, KB
 * 245030 (keys of ciphers, hashes and key exchanges).
 */
#include "schannel/policy_base.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "platform/platform.h"
#include "schannel/suites.h"

#define SNAPSHOT_LIFE_MS 1000
#define SETTING_PATH_MAX 96

#define TEN_HOURS_MS 36000000u
#define CACHE_ENTRIES 20000u
/* Our own bound; an entry may take some kilobytes. */
#define CACHE_ENTRIES_MAX 100000u

#define CLIENT_RSA_BITS 1024u
#define CLIENT_DH_BITS 1024u
#define SERVER_DH_BITS 2048u

/* Keys below SCHANNEL whose Enabled is 0 when what they name may not be used. */
static const struct {
    const char *path;
    const char *cipher; /* CNG name and bits; NULL: any */
    uint16_t bits;
    const char *hash; /* CNG name; NULL: any */
    uint8_t exchange; /* SUITE_EXCHANGE_ANY: any */
} switches[] = {
    {"Ciphers\\NULL", "", 0, NULL, SUITE_EXCHANGE_ANY},
    {"Ciphers\\RC4 128/128", "RC4", 128, NULL, SUITE_EXCHANGE_ANY},
    {"Ciphers\\Triple DES 168", "3DES", 168, NULL, SUITE_EXCHANGE_ANY},
    {"Ciphers\\Triple DES 168/168", "3DES", 168, NULL, SUITE_EXCHANGE_ANY},
    {"Ciphers\\AES 128/128", "AES", 128, NULL, SUITE_EXCHANGE_ANY},
    {"Ciphers\\AES 256/256", "AES", 256, NULL, SUITE_EXCHANGE_ANY},
    {"Hashes\\MD5", NULL, 0, "MD5", SUITE_EXCHANGE_ANY},
    {"Hashes\\SHA", NULL, 0, "SHA1", SUITE_EXCHANGE_ANY},
    {"Hashes\\SHA256", NULL, 0, "SHA256", SUITE_EXCHANGE_ANY},
    {"Hashes\\SHA384", NULL, 0, "SHA384", SUITE_EXCHANGE_ANY},
    {"KeyExchangeAlgorithms\\PKCS", NULL, 0, NULL, SUITE_EXCHANGE_RSA},
    {"KeyExchangeAlgorithms\\Diffie-Hellman", NULL, 0, NULL, SUITE_EXCHANGE_DHE},
    {"KeyExchangeAlgorithms\\ECDH", NULL, 0, NULL, SUITE_EXCHANGE_ECDHE},
};

struct readings {
    bool off[COUNT_OF(switches)];
    bool fips;
};

static struct {
    struct lock lock;
    bool made;
    uint64_t made_ms;
    struct policy_base base[2]; /* by role */
    struct policy_limits limits;
} snapshot = {.lock = LOCK_INITIALIZER};

/* ---- reading ---- */

static bool read_number(const char *path, const char *name, uint32_t *value)
{
    return platform_setting_number(SETTINGS_SCHANNEL, path, name, value);
}

/*
 * Enabled 0: never. Enabled, or not said, and DisabledByDefault: only when asked for. Enabled alone
 * switches on what the Windows version has off.
 */
static void read_protocol(const struct protocol *protocol, enum tls_role role,
                          struct policy_base *base)
{
    char path[SETTING_PATH_MAX];
    uint32_t enabled = 0, disabled_by_default = 0;
    bool has_enabled, has_default;

    snprintf(path, sizeof(path), "Protocols\\%s\\%s", protocol->key,
             role == TLS_SERVER ? "Server" : "Client");
    has_enabled = read_number(path, "Enabled", &enabled);
    has_default = read_number(path, "DisabledByDefault", &disabled_by_default);
    if (!has_enabled && !has_default)
        return;
    base->versions &= ~protocol->version;
    base->versions_asked &= ~protocol->version;
    if (has_enabled && !enabled)
        return;
    if (disabled_by_default)
        base->versions_asked |= protocol->version;
    else
        base->versions |= protocol->version;
}

static void read_switches(struct readings *readings)
{
    uint32_t value;

    for (size_t i = 0; i < COUNT_OF(switches); i++)
        readings->off[i] = read_number(switches[i].path, "Enabled", &value) && value == 0;
    readings->fips =
        platform_setting_number(SETTINGS_LSA, "FIPSAlgorithmPolicy", "Enabled", &value) && value;
}

static bool switched_off(const struct suite *suite, size_t row)
{
    if (switches[row].cipher)
        return !strcmp(switches[row].cipher, suite->cipher_name) &&
               switches[row].bits == suite->cipher_bits;
    if (switches[row].hash)
        return !strcmp(switches[row].hash, suite->hash_name);
    return switches[row].exchange == suite->exchange;
}

/* FIPS 140: AES and triple DES, with SHA. */
static bool is_fips(const struct suite *suite)
{
    return (!strcmp(suite->cipher_name, "AES") || !strcmp(suite->cipher_name, "3DES")) &&
           strcmp(suite->hash_name, "MD5") != 0;
}

static bool keep_suite(uint16_t number, const void *how)
{
    const struct readings *readings = how;
    const struct suite *suite = suite_find(number);

    if (!suite || !tls_knows_suite(number) || (readings->fips && !is_fips(suite)))
        return false;
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        if (readings->off[i] && switched_off(suite, i))
            return false;
    }
    return true;
}

/* "curve25519 is not FIPS" (the page on elliptic curves). */
static bool keep_group(uint16_t number, const void *how)
{
    const struct readings *readings = how;
    const struct group *group = group_find(number);

    return group && tls_knows_group(number) &&
           !(readings->fips && !strncmp(group->name, "curve", 5));
}

static bool keep_scheme(uint16_t number, const void *how)
{
    (void)how;
    return scheme_find(number) && tls_knows_scheme(number);
}

/* ---- the configured orders ---- */

static bool list_has(const uint16_t *list, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == number)
            return true;
    }
    return false;
}

static bool suite_number(const char *name, size_t length, uint16_t *number)
{
    const struct suite *suite = suite_find_name(name, length);

    /* Suites without encryption are never in use for being listed. */
    if (!suite || !suite->cipher_name[0])
        return false;
    *number = suite->number;
    return true;
}

static bool group_number(const char *name, size_t length, uint16_t *number)
{
    const struct group *group = group_find_name(name, length);

    if (!group)
        return false;
    *number = group->number;
    return true;
}

/* The group policy, and without one what CNG's functions and Enable-TlsCipherSuite write. */
static char *read_list(const char *setting)
{
    char *text = platform_setting_text(SETTINGS_SSL_POLICY, "", setting);

    return text ? text : platform_setting_text(SETTINGS_SSL_LOCAL, "", setting);
}

/* Names with commas between. Unknown ones are passed over. false: the setting is not there. */
static bool read_order(const char *setting, bool (*number_of)(const char *, size_t, uint16_t *),
                       uint16_t *list, size_t room, size_t *count)
{
    char *text = read_list(setting);
    const char *at = text;

    if (!text)
        return false;
    *count = 0;
    while (*at && *count < room) {
        size_t length = strcspn(at, ", \t");
        uint16_t number;

        if (number_of(at, length, &number) && !list_has(list, *count, number))
            list[(*count)++] = number;
        at += length;
        at += strspn(at, ", \t");
    }
    mem_free(text);
    return true;
}

/* ---- the snapshot ---- */

static void read_key_lengths(enum tls_role role, struct policy_base *base)
{
    uint32_t value;
    bool server = role == TLS_SERVER;

    base->rsa_bits_min = server ? 0 : CLIENT_RSA_BITS;
    base->dh_bits_min = server ? SERVER_DH_BITS : CLIENT_DH_BITS;
    if (!server && read_number("KeyExchangeAlgorithms\\PKCS", "ClientMinKeyBitLength", &value))
        base->rsa_bits_min = value;
    if (read_number("KeyExchangeAlgorithms\\Diffie-Hellman",
                    server ? "ServerMinKeyBitLength" : "ClientMinKeyBitLength", &value))
        base->dh_bits_min = value;
    if (!server && read_number("KeyExchangeAlgorithms\\PKCS", "ClientMaxKeyBitLength", &value))
        base->rsa_bits_max = value;
    if (!server &&
        read_number("KeyExchangeAlgorithms\\Diffie-Hellman", "ClientMaxKeyBitLength", &value))
        base->dh_bits_max = value;
}

static void make_base(enum tls_role role, const struct tls_library *library,
                      const struct readings *readings, struct policy_base *base)
{
    uint32_t build = platform_windows_build();
    const struct protocol *protocol;

    memset(base, 0, sizeof(*base));
    policy_default_versions(build, &base->versions, &base->versions_asked);
    for (size_t i = 0; (protocol = protocol_at(i)); i++)
        read_protocol(protocol, role, base);
    base->versions &= library->versions;
    base->versions_asked &= library->versions;

    if (!read_order("Functions", suite_number, base->suites, POLICY_SUITES, &base->suite_count))
        base->suite_count = policy_default_suites(build, base->suites, POLICY_SUITES);
    if (!read_order("EccCurves", group_number, base->groups, POLICY_GROUPS, &base->group_count))
        base->group_count = policy_default_groups(base->groups, POLICY_GROUPS);
    base->null_count = policy_default_null_suites(base->null_suites, POLICY_NULL_SUITES);
    base->scheme_count = policy_default_schemes(base->schemes, POLICY_SCHEMES);

    base->suite_count = policy_filter(base->suites, base->suite_count, keep_suite, readings);
    base->null_count = policy_filter(base->null_suites, base->null_count, keep_suite, readings);
    base->group_count = policy_filter(base->groups, base->group_count, keep_group, readings);
    base->scheme_count = policy_filter(base->schemes, base->scheme_count, keep_scheme, readings);
    read_key_lengths(role, base);
}

static void read_limits(struct policy_limits *limits)
{
    uint32_t value;

    limits->client_cache_ms = read_number("", "ClientCacheTime", &value) ? value : TEN_HOURS_MS;
    limits->server_cache_ms = read_number("", "ServerCacheTime", &value) ? value : TEN_HOURS_MS;
    limits->cache_entries = read_number("", "MaximumCacheSize", &value) ? value : CACHE_ENTRIES;
    if (limits->cache_entries > CACHE_ENTRIES_MAX)
        limits->cache_entries = CACHE_ENTRIES_MAX;
    /* Since Windows 8 no list is sent by default, but that of a store which the program gave is, as
     * users of Ice (hRootStore) and .NET (CLIENT_CERT_POLICY) see. */
    limits->issuers = !read_number("", "SendTrustedIssuerList", &value) ? ISSUERS_GIVEN
                      : value                                           ? ISSUERS_SYSTEM
                                                                        : ISSUERS_NONE;
}

static bool is_fresh(uint64_t now) must_hold(&snapshot.lock);
static bool is_fresh(uint64_t now)
{
    /* Another thread may have read the clock later than this one did. */
    return snapshot.made && (now < snapshot.made_ms || now - snapshot.made_ms < SNAPSHOT_LIFE_MS);
}

/* Returns with the lock held. The platform and the TLS library are asked without it; two threads
 * may do so at the same time, and the later one's readings stay. */
static void take_fresh(void) takes(&snapshot.lock) NO_THREAD_ANALYSIS;
static void take_fresh(void)
{
    struct tls_library library = {0};
    struct policy_base base[2];
    struct policy_limits limits;
    struct readings readings;
    uint64_t now = platform_monotonic_ms();

    lock_take(&snapshot.lock);
    if (is_fresh(now))
        return;
    lock_release(&snapshot.lock);

    if (tls_load(&library) != TLS_OK)
        library.versions = 0;
    read_switches(&readings);
    make_base(TLS_CLIENT, &library, &readings, &base[TLS_CLIENT]);
    make_base(TLS_SERVER, &library, &readings, &base[TLS_SERVER]);
    read_limits(&limits);

    lock_take(&snapshot.lock);
    memcpy(snapshot.base, base, sizeof(base));
    snapshot.limits = limits;
    snapshot.made_ms = now;
    if (!snapshot.made)
        TRACE(LOG_SCHANNEL,
              "policy: client versions %02x, %u suites; server versions %02x, %u suites",
              (unsigned)base[TLS_CLIENT].versions, (unsigned)base[TLS_CLIENT].suite_count,
              (unsigned)base[TLS_SERVER].versions, (unsigned)base[TLS_SERVER].suite_count);
    snapshot.made = true;
}

void policy_base_get(enum tls_role role, struct policy_base *base)
{
    take_fresh();
    *base = snapshot.base[role];
    lock_release(&snapshot.lock);
}

void policy_limits_get(struct policy_limits *limits)
{
    take_fresh();
    *limits = snapshot.limits;
    lock_release(&snapshot.lock);
}

void policy_settings_forget(void)
{
    lock_take(&snapshot.lock);
    snapshot.made = false;
    lock_release(&snapshot.lock);
}
