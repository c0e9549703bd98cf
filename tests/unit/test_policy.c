/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/policy: the documented defaults of each Windows version, what settings take away or give
 * back, and what credentials may still choose, down to the exact lists.
 */
#include "schannel/policy_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "platform/elf/settings.h"
#include "schannel/suites.h"

#define V10 TLS_VERSION_1_0
#define V11 TLS_VERSION_1_1
#define V12 TLS_VERSION_1_2
#define V13 TLS_VERSION_1_3
#define STREAMS (V10 | V11 | V12 | V13)

/* ---- the settings of a test ---- */

static char settings_path[64];

/* text: the settings file; "": no settings. */
static void use_settings(const char *text)
{
    int file;

    if (!settings_path[0]) {
        snprintf(settings_path, sizeof(settings_path), "/tmp/secur32-test-XXXXXX");
        file = mkstemp(settings_path);
    } else {
        file = -1;
    }
    if (file >= 0)
        close(file);
    FILE *to = fopen(settings_path, "w");

    if (!ok(to != NULL, "cannot write %s", settings_path))
        return;
    fputs(text, to);
    fclose(to);
    setenv("SECUR32_CONFIG", settings_path, 1);
    settings_forget();
    policy_settings_forget();
}

static void end_settings(void)
{
    use_settings("");
    unlink(settings_path);
    settings_path[0] = 0;
    unsetenv("SECUR32_CONFIG");
    settings_forget();
    policy_settings_forget();
}

static bool library_is_there(void)
{
    struct tls_library library = {0};

    if (tls_load(&library) == TLS_OK)
        return true;
    skip("no TLS library: %s", library.problem);
    return false;
}

/* ---- looking at policies ---- */

static void list_text(const uint16_t *list, size_t count, char *text, size_t room)
{
    size_t used = 0;

    text[0] = 0;
    for (size_t i = 0; i < count && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%04x", i ? " " : "", list[i]);
}

static void check_list(const char *name, const uint16_t *list, size_t count, const char *want)
{
    char got[512];

    list_text(list, count, got, sizeof(got));
    ok(!strcmp(got, want), "%s: got %s, want %s", name, got, want);
}

static bool has_suite(const struct schan_policy *policy, uint16_t number)
{
    for (size_t i = 0; i < policy->tls.suite_count; i++) {
        if (policy->suites[i] == number)
            return true;
    }
    return false;
}

/* ---- defaults ---- */

START_TEST(policy_versions_by_build)
{
    static const struct {
        const char *name;
        uint32_t build, on, asked;
    } cases[] = {
        {"Windows 7", 7601, V10 | V11 | V12 | DTLS_VERSION_1_0, 0},
        {"Windows 10 1507", 10240, V10 | V11 | V12 | DTLS_VERSION_1_0, 0},
        {"Windows 10 1607", 14393, V10 | V11 | V12 | DTLS_VERSION_1_0 | DTLS_VERSION_1_2, 0},
        {"Windows 10 22H2", 19045, V10 | V11 | V12 | DTLS_VERSION_1_0 | DTLS_VERSION_1_2, 0},
        {"Server 2022", 20348, STREAMS | DTLS_VERSION_1_0 | DTLS_VERSION_1_2, 0},
        {"Windows 11", 22000, STREAMS | DTLS_VERSION_1_0 | DTLS_VERSION_1_2, 0},
        {"Windows 11 24H2", 26100, V12 | V13 | DTLS_VERSION_1_0 | DTLS_VERSION_1_2, V10 | V11},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t on = 0, asked = 0;

        policy_default_versions(cases[i].build, &on, &asked);
        ok_number(on, cases[i].on, "%s: on", cases[i].name);
        ok_number(asked, cases[i].asked, "%s: when asked for", cases[i].name);
    }
}

START_TEST(policy_suites_by_build)
{
    static const char with[] =
        "1302 1301 c02c c02b c030 c02f 009f 009e c024 c023 c028 c027 c00a c009 "
        "c014 c013 009d 009c 003d 003c 0035 002f 000a";
    static const char without[] =
        "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 c00a c009 c014 "
        "c013 009d 009c 003d 003c 0035 002f";
    static const struct {
        uint32_t build;
        const char *want;
    } cases[] = {{17763, with}, {19044, with},    {19045, without}, {20348, with},
                 {22000, with}, {22621, without}, {22631, without}, {26100, without}};
    uint16_t list[POLICY_SUITES];
    char name[16];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t count = policy_default_suites(cases[i].build, list, POLICY_SUITES);

        snprintf(name, sizeof(name), "%u", (unsigned)cases[i].build);
        check_list(name, list, count, cases[i].want);
        for (size_t k = 0; k < count; k++)
            ok(suite_find(list[k]) != NULL, "%04x is not in the table", list[k]);
    }
    check_list("room", list, policy_default_suites(22621, list, 2), "1302 1301");
    check_list("null", list, policy_default_null_suites(list, POLICY_NULL_SUITES), "003b 0002");
}

START_TEST(policy_groups_and_schemes)
{
    uint16_t list[POLICY_SCHEMES];
    size_t count = policy_default_groups(list, POLICY_GROUPS);

    check_list("groups", list, count, "001d 0017 0018");
    count = policy_default_schemes(list, POLICY_SCHEMES);
    for (size_t i = 0; i < count; i++)
        ok(scheme_find(list[i]) != NULL, "%04x is not in the table", list[i]);
}

START_TEST(policy_protocol_bits)
{
    const struct protocol *protocol;

    for (size_t i = 0; (protocol = protocol_at(i)); i++) {
        ok_number(policy_versions_from_protocols(protocol->client, TLS_CLIENT), protocol->version,
                  "%s: client", protocol->key);
        ok_number(policy_versions_from_protocols(protocol->server, TLS_SERVER), protocol->version,
                  "%s: server", protocol->key);
        ok_number(policy_versions_from_protocols(protocol->client, TLS_SERVER), 0,
                  "%s: client's bit for a server", protocol->key);
        ok_number(policy_protocol_from_wire(protocol->wire, TLS_CLIENT), protocol->client, "%s",
                  protocol->key);
        ok_number(policy_protocol_from_wire(protocol->wire, TLS_SERVER), protocol->server, "%s",
                  protocol->key);
        ok_number(policy_protocols_from_versions(protocol->version, TLS_CLIENT), protocol->client,
                  "%s", protocol->key);
    }
    ok_number(policy_protocol_from_wire(0x0300, TLS_CLIENT), 0, "SSL 3");
    ok_number(policy_versions_from_protocols(0xffffffff, TLS_CLIENT) & STREAMS, STREAMS, "all");
}

/* ---- settings ---- */

#define SECTION(path) "[SCHANNEL\\" path "]\n"
#define CLIENT(version) SECTION("Protocols\\" version "\\Client")
#define SERVER(version) SECTION("Protocols\\" version "\\Server")

START_TEST(policy_protocol_settings)
{
    static const struct {
        const char *name, *settings;
        uint32_t on, asked, server_on;
    } cases[] = {
        {"none", "", STREAMS, 0, STREAMS},
        {"off", CLIENT("TLS 1.0") "Enabled=0\n", V11 | V12 | V13, 0, STREAMS},
        {"off, whatever the default", CLIENT("TLS 1.0") "Enabled=0\nDisabledByDefault=0\n",
         V11 | V12 | V13, 0, STREAMS},
        {"when asked for", CLIENT("TLS 1.1") "Enabled=1\nDisabledByDefault=1\n", V10 | V12 | V13,
         V11, STREAMS},
        {"default alone", CLIENT("TLS 1.1") "DisabledByDefault=1\n", V10 | V12 | V13, V11, STREAMS},
        {"enabled by all bits", CLIENT("TLS 1.2") "Enabled=0xffffffff\n", STREAMS, 0, STREAMS},
        {"of a server", SERVER("TLS 1.3") "Enabled=0\n", STREAMS, 0, V10 | V11 | V12},
        {"both", CLIENT("TLS 1.3") "Enabled=0\n" SERVER("TLS 1.0") "Enabled=0\n", V10 | V11 | V12,
         0, V11 | V12 | V13},
        {"what nobody has", CLIENT("SSL 3.0") "Enabled=1\n", STREAMS, 0, STREAMS},
    };

    if (!library_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct policy_base client, server;

        use_settings(cases[i].settings);
        policy_base_get(TLS_CLIENT, &client);
        policy_base_get(TLS_SERVER, &server);
        ok_number(client.versions & STREAMS, cases[i].on, "%s: on", cases[i].name);
        ok_number(client.versions_asked & STREAMS, cases[i].asked, "%s: asked", cases[i].name);
        ok_number(server.versions & STREAMS, cases[i].server_on, "%s: server", cases[i].name);
    }
    end_settings();
}

START_TEST(policy_algorithm_settings)
{
    static const struct {
        const char *name, *settings, *want;
    } cases[] = {
        {"AES-256 off", SECTION("Ciphers\\AES 256/256") "Enabled=0\n",
         "1301 c02b c02f c023 c027 c009 c013 009c 003c 002f"},
        {"AES-256 on", SECTION("Ciphers\\AES 256/256") "Enabled=0xffffffff\n",
         "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 c00a c009 c014 c013 009d 009c 003d "
         "003c "
         "0035 002f"},
        {"SHA-1 off", SECTION("Hashes\\SHA") "Enabled=0\n",
         "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 009d 009c 003d 003c"},
        {"RSA exchange off", SECTION("KeyExchangeAlgorithms\\PKCS") "Enabled=0\n",
         "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 c00a c009 c014 c013"},
        {"ECDH off", SECTION("KeyExchangeAlgorithms\\ECDH") "Enabled=0\n",
         "1302 1301 009d 009c 003d 003c 0035 002f"},
        {"an order",
         "[SSL\\00010002]\nFunctions=TLS_RSA_WITH_AES_128_CBC_SHA,"
         "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256_P256, TLS_NO_SUCH_SUITE,TLS_AES_128_GCM_SHA256,"
         "TLS_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_NULL_SHA\n",
         "002f c02f 1301 1303"},
        {"an order of nothing", "[SSL\\00010002]\nFunctions=nothing\n", ""},
        {"an order, and a cipher off",
         "[SSL\\00010002]\nFunctions=TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256\n" SECTION(
             "Ciphers\\AES 128/128") "Enabled=0\n",
         "1302"},
        {"FIPS",
         "[Lsa\\FIPSAlgorithmPolicy]\nEnabled=1\n[SSL\\00010002]\n"
         "Functions=TLS_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256\n",
         "1301"},
    };

    if (!library_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct policy_base base;

        use_settings(cases[i].settings);
        policy_base_get(TLS_CLIENT, &base);
        check_list(cases[i].name, base.suites, base.suite_count, cases[i].want);
    }
    end_settings();
}

START_TEST(policy_other_settings)
{
    struct policy_base client, server;
    struct policy_limits limits;

    if (!library_is_there())
        return;
    use_settings("");
    policy_base_get(TLS_CLIENT, &client);
    policy_base_get(TLS_SERVER, &server);
    policy_limits_get(&limits);
    ok_number(client.rsa_bits_min, 1024, "RSA");
    ok_number(client.dh_bits_min, 1024, "Diffie-Hellman");
    ok_number(server.dh_bits_min, 2048, "Diffie-Hellman of a server");
    ok_number(limits.client_cache_ms, 36000000, "ten hours");
    ok_number(limits.server_cache_ms, 36000000, "ten hours");
    ok_number(limits.cache_entries, 20000, "entries");
    ok_number(limits.issuers, ISSUERS_GIVEN, "issuers by default");

    use_settings(
        "[SSL\\00010002]\nEccCurves=NistP384,nosuch,curve25519\n[SCHANNEL]\n"
        "SendTrustedIssuerList=0\n"
        "ClientCacheTime=5\nServerCacheTime=0\nMaximumCacheSize=0xffffffff\n" SECTION(
            "KeyExchangeAlgorithms\\PKCS") "ClientMinKeyBitLength=2048\n" SECTION("KeyExchangeAlgor"
                                                                                  "ithms\\Diffie-"
                                                                                  "Hellman") "Clien"
                                                                                             "tMinK"
                                                                                             "eyBit"
                                                                                             "Lengt"
                                                                                             "h="
                                                                                             "3072"
                                                                                             "\n"
                                                                                             "Serve"
                                                                                             "rMinK"
                                                                                             "eyBit"
                                                                                             "Lengt"
                                                                                             "h="
                                                                                             "4096"
                                                                                             "\n");
    policy_base_get(TLS_CLIENT, &client);
    policy_base_get(TLS_SERVER, &server);
    policy_limits_get(&limits);
    check_list("curves", client.groups, client.group_count, "0018 001d");
    ok_number(client.rsa_bits_min, 2048, "RSA");
    ok_number(client.dh_bits_min, 3072, "Diffie-Hellman");
    ok_number(server.dh_bits_min, 4096, "Diffie-Hellman of a server");
    ok_number(limits.issuers, ISSUERS_NONE, "issuers");
    ok_number(limits.client_cache_ms, 5, "client's sessions");
    ok_number(limits.server_cache_ms, 0, "server's sessions");
    ok(limits.cache_entries <= 100000, "a bound of our own");
    end_settings();
}

/* ---- credentials ---- */

START_TEST(policy_wished_versions)
{
    static const TLS_PARAMETERS all_but_12 = {.grbitDisabledProtocols =
                                                  ~(DWORD)SP_PROT_TLS1_2_CLIENT};
    static const TLS_PARAMETERS all_but_13 = {.grbitDisabledProtocols =
                                                  ~(DWORD)SP_PROT_TLS1_3_CLIENT};
    static const TLS_PARAMETERS servers = {.grbitDisabledProtocols = SP_PROT_TLS1_X_SERVER};
    static const TLS_PARAMETERS all = {.grbitDisabledProtocols = 0xffffffff};
    static const struct {
        const char *name;
        ULONG version;
        DWORD enabled;
        const TLS_PARAMETERS *parameters;
        ULONG flags;
        uint32_t want; /* 0: SEC_E_ALGORITHM_MISMATCH */
    } cases[] = {
        {"no structure", 0, 0, NULL, 0, V10 | V11 | V12},
        {"v4", 4, 0, NULL, 0, V10 | V11 | V12},
        {"v4, TLS 1.2", 4, SP_PROT_TLS1_2_CLIENT, NULL, 0, V12},
        {"v4, TLS 1.2 and 1.3", 4, SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT, NULL, 0, V12},
        {"v4, TLS 1.3", 4, SP_PROT_TLS1_3_CLIENT, NULL, 0, 0},
        {"v4, SSL 3", 4, SP_PROT_SSL3_CLIENT, NULL, 0, 0},
        {"v4, SSL 3 and TLS 1.0", 4, SP_PROT_SSL3_CLIENT | SP_PROT_TLS1_0_CLIENT, NULL, 0, V10},
        {"v4, server's bits", 4, SP_PROT_TLS1_2_SERVER, NULL, 0, 0},
        {"v4, a hole", 4, SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_2_CLIENT, NULL, 0, V10 | V12},
        {"v5", 5, 0, NULL, 0, STREAMS},
        {"v5 ignores what v4 has", 5, SP_PROT_TLS1_2_CLIENT, NULL, 0, STREAMS},
        {"v5, all but 1.2", 5, 0, &all_but_12, 0, V12},
        {"v5, all but 1.3", 5, 0, &all_but_13, 0, V13},
        {"v5, a server's bits", 5, 0, &servers, 0, STREAMS},
        {"v5, all", 5, 0, &all, 0, 0},
        {"preshared keys only", 5, 0, NULL, SCH_USE_PRESHAREDKEY_ONLY, 0},
        {"strong", 5, 0, NULL, SCH_USE_STRONG_CRYPTO, STREAMS},
    };

    if (!library_is_there())
        return;
    use_settings("");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schan_wish wish = {.role = TLS_CLIENT,
                                  .version = cases[i].version,
                                  .flags = cases[i].flags,
                                  .enabled_protocols = cases[i].enabled,
                                  .parameters = {cases[i].parameters, NULL}};
        struct schan_policy policy;
        SECURITY_STATUS status = policy_make(&wish, &policy);

        ok_status(status, cases[i].want ? SEC_E_OK : SEC_E_ALGORITHM_MISMATCH, "%s", cases[i].name);
        if (status == SEC_E_OK)
            ok_number(policy.tls.versions & STREAMS, cases[i].want, "%s", cases[i].name);
    }
    end_settings();
}

/* What is off by default may be asked for by name; what is disabled may not. */
START_TEST(policy_asked_versions)
{
    struct schan_wish wish = {.role = TLS_CLIENT, .version = 4};
    struct schan_policy policy;

    if (!library_is_there())
        return;
    use_settings(
        CLIENT("TLS 1.0") "Enabled=1\nDisabledByDefault=1\n" CLIENT("TLS 1.1") "Enabled=0\n");
    ok_status(policy_make(&wish, &policy), SEC_E_OK, "default");
    ok_number(policy.tls.versions & STREAMS, V12, "default");
    wish.enabled_protocols = SP_PROT_TLS1_0_CLIENT;
    ok_status(policy_make(&wish, &policy), SEC_E_OK, "asked for");
    ok_number(policy.tls.versions & STREAMS, V10, "asked for");
    ok(!has_suite(&policy, 0xc02f) && has_suite(&policy, 0xc013), "suites of TLS 1.0");
    wish.enabled_protocols = SP_PROT_TLS1_1_CLIENT;
    ok_status(policy_make(&wish, &policy), SEC_E_ALGORITHM_MISMATCH, "disabled");
    end_settings();
}

struct list_case {
    const char *name;
    ALG_ID algorithms[5];
    DWORD minimum, maximum;
    ULONG flags;
    const char *want; /* NULL: SEC_E_ALGORITHM_MISMATCH */
};

/* One name at a time: outcomes as curl's users found on Windows. */
START_TEST(policy_wished_algorithms)
{
    static const struct list_case cases[] = {
        {"MD2", {CALG_MD2}, 0, 0, 0, NULL},
        {"AES without length", {CALG_AES}, 0, 0, 0, NULL},
        {"SHA-512", {CALG_SHA_512}, 0, 0, 0, NULL},
        {"static ECDH", {CALG_ECDH}, 0, 0, 0, NULL},
        {"HMAC", {CALG_HMAC}, 0, 0, 0, NULL},
        {"RC2 and ECDSA", {CALG_RC2, CALG_ECDSA}, 0, 0, 0, NULL},
        {"AES-128 and ECDSA", {CALG_AES_128, CALG_ECDSA}, 0, 0, 0, "c02b c023 c009"},
        {"RSA", {CALG_RSA_KEYX}, 0, 0, 0, "009d 009c 003d 003c 0035 002f"},
        {"libstrophe's kind",
         {CALG_AES_256, CALG_SHA_384, CALG_ECDH_EPHEM, CALG_RSA_SIGN},
         0,
         0,
         0,
         "c030 c028"},
        {"two hashes", {CALG_SHA_384, CALG_SHA1, CALG_ECDSA}, 0, 0, 0, "c02c c024 c00a c009"},
        {"256 bits at least", {0}, 256, 0, 0, "c02c c030 c024 c028 c00a c014 009d 003d 0035"},
        {"128 bits at most", {0}, 0, 128, 0, "c02b c02f c023 c027 c009 c013 009c 003c 002f"},
        {"512 bits at least", {0}, 512, 0, 0, NULL},
        {"no encryption", {0}, 0xffffffff, 0xffffffff, 0, "003b 0002"},
        {"no encryption, by flag too",
         {0},
         0xffffffff,
         0xffffffff,
         SCH_ALLOW_NULL_ENCRYPTION,
         "003b 0002"},
        {"no encryption, but strong", {0}, 0xffffffff, 0xffffffff, SCH_USE_STRONG_CRYPTO, NULL},
        {"no encryption as well", {CALG_RSA_KEYX, CALG_SHA1}, 0xffffffff, 0, 0, "0035 002f 0002"},
    };

    if (!library_is_there())
        return;
    use_settings("");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schan_wish wish = {.role = TLS_CLIENT,
                                  .version = 4,
                                  .flags = cases[i].flags,
                                  .minimum_strength = cases[i].minimum,
                                  .maximum_strength = cases[i].maximum};
        struct schan_policy policy;
        SECURITY_STATUS status;

        wish.algorithms = cases[i].algorithms;
        while (wish.algorithm_count < 5 && cases[i].algorithms[wish.algorithm_count])
            wish.algorithm_count++;
        status = policy_make(&wish, &policy);
        ok_status(status, cases[i].want ? SEC_E_OK : SEC_E_ALGORITHM_MISMATCH, "%s", cases[i].name);
        if (status == SEC_E_OK && cases[i].want)
            check_list(cases[i].name, policy.suites, policy.tls.suite_count, cases[i].want);
    }
    end_settings();
}

/* ---- CRYPTO_SETTINGS ---- */

#define ENTRY(usage, text, low, high)                                                              \
    {                                                                                              \
        TlsParametersCngAlgUsage##usage,                                                           \
            {sizeof(text) - sizeof(WCHAR), sizeof(text), (WCHAR *)(text)}, 0, NULL, low, high      \
    }
#define MODE(text, mode, low, high)                                                                \
    {                                                                                              \
        TlsParametersCngAlgUsageCipher,                                                            \
            {sizeof(text) - sizeof(WCHAR), sizeof(text), (WCHAR *)(text)}, 1, mode, low, high      \
    }

static UNICODE_STRING gcm[] = {{30, 32, (WCHAR *)u"ChainingModeGCM"}};
static UNICODE_STRING cbc[] = {{32, 32, (WCHAR *)u"chainingmodecbc"}}; /* with its zero */

START_TEST(policy_crypto_settings)
{
    static CRYPTO_SETTINGS aes_128_gcm[] = {MODE(u"AES", gcm, 256, 256)};
    static CRYPTO_SETTINGS no_cbc[] = {MODE(u"AES", cbc, 0, 0)};
    static CRYPTO_SETTINGS only_128[] = {ENTRY(Cipher, u"AES", 128, 128)};
    static CRYPTO_SETTINGS no_sha384[] = {ENTRY(Digest, u"SHA384", 0, 0),
                                          ENTRY(Digest, u"sha1", 0, 0)};
    static CRYPTO_SETTINGS no_rsa[] = {ENTRY(KeyExchange, u"RSA", 0, 0)};
    static CRYPTO_SETTINGS no_ecdh[] = {ENTRY(KeyExchange, u"ECDH", 0, 0)};
    static CRYPTO_SETTINGS no_rsa_signature[] = {ENTRY(Signature, u"RSA", 0, 0)};
    static CRYPTO_SETTINGS nothing[] = {ENTRY(Cipher, u"NOSUCHALG", 0, 0), ENTRY(Cipher, u"", 0, 0),
                                        ENTRY(KeyExchange, u"ECDH_P521", 0, 0)};
    static CRYPTO_SETTINGS everything[] = {ENTRY(Cipher, u"AES", 0, 0)};
    static const struct {
        const char *name;
        CRYPTO_SETTINGS *settings;
        DWORD count;
        const char *want; /* NULL: SEC_E_ALGORITHM_MISMATCH */
    } cases[] = {
        {"GCM with 256 bits only", aes_128_gcm, 1,
         "1302 c02c c030 c024 c023 c028 c027 c00a c009 c014 c013 009d 003d 003c 0035 002f"},
        {"no CBC", no_cbc, 1, "1302 1301 c02c c02b c030 c02f 009d 009c"},
        {"128 bits only", only_128, 1, "1301 c02b c02f c023 c027 c009 c013 009c 003c 002f"},
        {"no SHA-384 and SHA-1", no_sha384, 2, "1301 c02b c02f c023 c027 009c 003d 003c"},
        {"no RSA exchange", no_rsa, 1,
         "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 c00a c009 c014 c013"},
        {"no ECDH", no_ecdh, 1, "009d 009c 003d 003c 0035 002f"},
        {"no RSA signature", no_rsa_signature, 1, "1302 1301 c02c c02b c024 c023 c00a c009"},
        {"nothing known", nothing, 3,
         "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 c00a c009 c014 c013 009d 009c 003d "
         "003c "
         "0035 002f"},
        {"everything", everything, 1, NULL},
        {"a list without entries", everything, 0,
         "1302 1301 c02c c02b c030 c02f c024 c023 c028 c027 c00a c009 c014 c013 009d 009c 003d "
         "003c "
         "0035 002f"},
    };

    if (!library_is_there())
        return;
    use_settings("");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TLS_PARAMETERS parameters = {.cDisabledCrypto = cases[i].count,
                                     .pDisabledCrypto = cases[i].settings};
        struct schan_wish wish = {
            .role = TLS_CLIENT, .version = 5, .parameters = {&parameters, NULL}};
        struct schan_policy policy;
        SECURITY_STATUS status = policy_make(&wish, &policy);

        ok_status(status, cases[i].want ? SEC_E_OK : SEC_E_ALGORITHM_MISMATCH, "%s", cases[i].name);
        if (status == SEC_E_OK && cases[i].want)
            check_list(cases[i].name, policy.suites, policy.tls.suite_count, cases[i].want);
    }
    end_settings();
}

START_TEST(policy_crypto_keys)
{
    CRYPTO_SETTINGS settings[] = {
        ENTRY(KeyExchange, u"RSA", 2048, 0),       ENTRY(KeyExchange, u"DH", 3072, 4096),
        ENTRY(KeyExchange, u"ECDH_P256", 0, 0),    ENTRY(CertSig, u"SHA1", 0, 0),
        ENTRY(CertSig, u"SCH_RSA_PKCS_PAD", 0, 0), ENTRY(CertSig, u"ECDSA", 384, 0)};
    TLS_PARAMETERS parameters = {.cDisabledCrypto = COUNT_OF(settings),
                                 .pDisabledCrypto = settings};
    struct schan_wish wish = {.role = TLS_CLIENT, .version = 5, .parameters = {&parameters, NULL}};
    struct schan_policy policy;

    if (!library_is_there())
        return;
    use_settings("");
    if (ok_status(policy_make(&wish, &policy), SEC_E_OK, "policy")) {
        ok_number(policy.tls.rsa_bits_min, 2048, "RSA");
        ok_number(policy.tls.dh_bits_min, 3072, "Diffie-Hellman");
        ok_number(policy.tls.rsa_bits_max, 0, "RSA has no most");
        ok_number(policy.tls.dh_bits_max, 4096, "Diffie-Hellman at most");
        check_list("groups", policy.groups, policy.tls.group_count, "001d 0018");
        check_list("schemes", policy.schemes, policy.tls.scheme_count,
                   "0804 0805 0806 0503 0603 0809 080a 080b");
    }
    end_settings();
}

START_TEST(policy_bad_parameters)
{
    CRYPTO_SETTINGS one = ENTRY(Cipher, u"AES", 0, 0);
    TLS_PARAMETERS parameters;
    struct schan_wish wish = {.role = TLS_CLIENT, .version = 5, .parameters = {&parameters, NULL}};
    ALG_ID algorithm = CALG_AES_128;
    struct schan_policy policy;

    if (!library_is_there())
        return;
    memset(&parameters, 0, sizeof(parameters));
    parameters.cDisabledCrypto = 1;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "no pointer");
    parameters.pDisabledCrypto = &one;
    parameters.cDisabledCrypto = 17;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "too many");
    parameters.cDisabledCrypto = 1;
    one.cChainingModes = 17;
    one.rgstrChainingModes = gcm;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "too many modes");
    one.cChainingModes = 1;
    one.rgstrChainingModes = NULL;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "no modes");
    one.cChainingModes = 0;
    one.strCngAlgId.Buffer = NULL;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "no name");
    parameters.cDisabledCrypto = 0;
    parameters.cAlpnIds = 17;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "too many ids");
    memset(&wish, 0, sizeof(wish));
    wish.version = 4;
    wish.algorithms = &algorithm;
    wish.algorithm_count = 257;
    ok_status(policy_make(&wish, &policy), SEC_E_UNKNOWN_CREDENTIALS, "too many algorithms");
}

START_TEST(policy_copies)
{
    struct schan_wish wish = {.role = TLS_CLIENT, .version = 5};
    struct schan_policy one, other;

    if (!library_is_there())
        return;
    if (!ok_status(policy_make(&wish, &one), SEC_E_OK, "policy"))
        return;
    policy_copy(&one, &other);
    ok(one.tls.suites == one.suites && other.tls.suites == other.suites, "suites are its own");
    ok(other.tls.groups == other.groups && other.tls.schemes == other.schemes, "lists are its own");

    wish.enabled_protocols = SP_PROT_TLS1_2_CLIENT;
    ok_status(policy_narrow(&wish, &other), SEC_E_OK, "narrowed");
    ok_number(other.tls.versions & STREAMS, V12, "narrowed");
    ok(!has_suite(&other, 0x1301) && has_suite(&one, 0x1301), "the other one stays");
    wish.enabled_protocols = SP_PROT_TLS1_3_CLIENT;
    ok_status(policy_narrow(&wish, &other), SEC_E_ALGORITHM_MISMATCH, "nothing is left");
    ok_number(other.tls.versions & STREAMS, V12, "as before");
}
