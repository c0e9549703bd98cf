/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/suites: order, uniqueness, names that say what the columns say, and that the TLS library
 * can do what the table holds and nothing in the table's way.
 */
#include "schannel/suites.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "tls/tls.h"

START_TEST(suites_order)
{
    const struct suite *suite, *before = NULL;
    size_t count = 0;

    for (; (suite = suite_at(count)); count++) {
        if (before)
            ok(before->number < suite->number, "%04x after %04x", suite->number, before->number);
        ok(suite_find(suite->number) == suite, "%04x is not found", suite->number);
        ok(suite_find_name(suite->name, strlen(suite->name)) == suite, "%s is not found",
           suite->name);
        before = suite;
    }
    ok(count > 20, "%zu suites", count);
    ok(!suite_find(0) && !suite_find(0xffff) && !suite_find(0x1300), "found an unknown number");
    ok(!suite_at((size_t)-1), "a suite behind the last one");
}

static bool has(const char *name, const char *part)
{
    return strstr(name, part) != NULL;
}

/* What the IANA name says of each column. */
static void check_name(const struct suite *suite)
{
    static const char *const exchanges[] = {"TLS_AES_", "TLS_RSA_WITH_", "TLS_DHE_", "TLS_ECDHE_"};
    static const char *const signatures[] = {"TLS_", "RSA_WITH_", "ECDSA_WITH_", "DSS_WITH_"};
    bool modern = suite->versions == TLS_VERSION_1_3;
    char cipher[32];

    if (!modern) {
        ok(!strncmp(suite->name, exchanges[suite->exchange], strlen(exchanges[suite->exchange])),
           "%s: exchange", suite->name);
        ok(has(suite->name, signatures[suite->signature]), "%s: signature", suite->name);
    }
    ok(modern == (suite->exchange == SUITE_EXCHANGE_ANY), "%s: exchange and version", suite->name);
    ok(modern == (suite->signature == SUITE_SIGNATURE_ANY), "%s: signature and version",
       suite->name);
    ok(has(suite->name, "_CBC_") == (suite->mode == SUITE_MODE_CBC), "%s: CBC", suite->name);
    ok(has(suite->name, "_GCM_") == (suite->mode == SUITE_MODE_GCM), "%s: GCM", suite->name);
    ok(has(suite->name, "_CCM_") == (suite->mode == SUITE_MODE_CCM), "%s: CCM", suite->name);
    ok(has(suite->name, "POLY1305") == (suite->mode == SUITE_MODE_POLY1305), "%s: Poly1305",
       suite->name);
    ok(has(suite->name, "_NULL_") == !suite->cipher_name[0], "%s: no cipher", suite->name);
    if (!strcmp(suite->cipher_name, "AES")) {
        snprintf(cipher, sizeof(cipher), "AES_%u_", suite->cipher_bits);
        ok(has(suite->name, cipher), "%s: %s", suite->name, cipher);
        ok(suite->cipher == (suite->cipher_bits == 128 ? CALG_AES_128 : CALG_AES_256), "%s: ALG_ID",
           suite->name);
        ok(suite->block_size == 16, "%s: block", suite->name);
    }
    ok(has(suite->name + strlen(suite->name) - 6, suite->hash_name) ||
           (suite->hash == CALG_SHA1 && !strcmp(suite->name + strlen(suite->name) - 4, "_SHA")),
       "%s: hash %s", suite->name, suite->hash_name);
    ok(strlen(suite->name) < 64, "%s: too long for CIPHER_INFO", suite->name);
}

START_TEST(suites_columns)
{
    const struct suite *suite;

    for (size_t i = 0; (suite = suite_at(i)); i++) {
        check_name(suite);
        ok(suite->versions == TLS_VERSION_1_3 || !(suite->versions & TLS_VERSION_1_3),
           "%s: TLS 1.3 and another version", suite->name);
        /* GCM and SHA-2 came with TLS 1.2. */
        ok(!(suite->versions & TLS_VERSION_1_0) ||
               (!suite_is_aead(suite) && suite->hash_bits <= 160),
           "%s: too new for TLS 1.0", suite->name);
        ok(!suite->strong || (suite->cipher_bits >= 128 && strcmp(suite->cipher_name, "RC4") != 0),
           "%s is called strong", suite->name);
        ok(suite->exchange < SUITE_EXCHANGE_COUNT && suite->signature < SUITE_SIGNATURE_COUNT,
           "%s: columns", suite->name);
    }
}

START_TEST(suites_names)
{
    static const struct {
        const char *name;
        uint16_t number;
    } cases[] = {
        {"TLS_AES_256_GCM_SHA384", 0x1302},
        {"tls_aes_256_gcm_sha384", 0x1302},
        {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256_P256", 0xc027},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384_P521", 0xc02c},
        {"TLS_AES_256_GCM_SHA38", 0},
        {"TLS_AES_256_GCM_SHA3844", 0},
        {"TLS_AES_256_GCM_SHA384_P25", 0},
        {"_P256", 0},
        {"", 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct suite *suite = suite_find_name(cases[i].name, strlen(cases[i].name));

        ok_number(suite ? suite->number : 0, cases[i].number, "%s", cases[i].name);
    }
}

START_TEST(suites_groups)
{
    const struct group *group, *before = NULL;

    for (size_t i = 0; (group = group_at(i)); i++) {
        if (before)
            ok(before->number < group->number, "%u after %u", group->number, before->number);
        ok(group_find(group->number) == group, "%u is not found", group->number);
        ok(group_find_name(group->name, strlen(group->name)) == group, "%s", group->name);
        ok(group->finite_field == (group->number >= 256), "%s: kind", group->name);
        before = group;
    }
    ok(!group_find(0), "found no group");
    ok(group_find_name("nistp256", 8) == group_find(23), "case of letters");
}

START_TEST(suites_schemes)
{
    const struct scheme *scheme, *before = NULL;

    for (size_t i = 0; (scheme = scheme_at(i)); i++) {
        if (before)
            ok(before->number < scheme->number, "%04x after %04x", scheme->number, before->number);
        ok(scheme_find(scheme->number) == scheme, "%04x is not found", scheme->number);
        ok((scheme->padding[0] != 0) == (scheme->key == SUITE_SIGNATURE_RSA), "%04x: padding",
           scheme->number);
        before = scheme;
    }
    ok(!scheme_find(0), "found no scheme");
}

/* Independent of our table: which numbers the library says that it can do. */
START_TEST(suites_library)
{
    struct tls_library library = {0};
    const struct suite *suite;
    size_t known = 0;

    if (tls_load(&library) != TLS_OK) {
        skip("no TLS library: %s", library.problem);
        return;
    }
    for (size_t i = 0; (suite = suite_at(i)); i++) {
        if (tls_knows_suite(suite->number))
            known++;
        else
            trace("%s is not in %s %s", suite->name, library.name, library.version);
    }
    ok(known > 20, "only %zu suites", known);
    ok(tls_knows_suite(0x1301) && tls_knows_suite(0xc02f), "the usual ones");
    ok(tls_knows_group(29) && tls_knows_group(23) && tls_knows_group(24), "the usual groups");
    ok(tls_knows_scheme(0x0804) && tls_knows_scheme(0x0403), "the usual schemes");
    ok(!tls_knows_suite(0xffff) && !tls_knows_group(0xffff) && !tls_knows_scheme(0xffff),
       "knows what does not exist");
}
