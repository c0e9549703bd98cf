/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See algorithms.h. Suites are listed by GnuTLS itself; groups and schemes are tables, since GnuTLS
 * tells no numbers for them. Sources: IANA, "Transport Layer Security (TLS) Parameters".
 */
#include "tls/gnutls/algorithms.h"

#include <stdlib.h>

/* GnuTLS 3.8 has fewer than 200. */
#define SUITES_MAX 512

static struct algorithm_suite suites[SUITES_MAX]; /* constant after algorithms_load; by number */
static size_t suite_count;

struct group {
    uint16_t number;
    gnutls_group_t group;
    gnutls_ecc_curve_t curve;
};

/* clang-format off */
static const struct group groups[] = {
    { 19, GNUTLS_GROUP_SECP192R1, GNUTLS_ECC_CURVE_SECP192R1},
    { 21, GNUTLS_GROUP_SECP224R1, GNUTLS_ECC_CURVE_SECP224R1},
    { 23, GNUTLS_GROUP_SECP256R1, GNUTLS_ECC_CURVE_SECP256R1},
    { 24, GNUTLS_GROUP_SECP384R1, GNUTLS_ECC_CURVE_SECP384R1},
    { 25, GNUTLS_GROUP_SECP521R1, GNUTLS_ECC_CURVE_SECP521R1},
    { 29, GNUTLS_GROUP_X25519,    GNUTLS_ECC_CURVE_X25519},
    { 30, GNUTLS_GROUP_X448,      GNUTLS_ECC_CURVE_X448},
    {256, GNUTLS_GROUP_FFDHE2048, GNUTLS_ECC_CURVE_INVALID},
    {257, GNUTLS_GROUP_FFDHE3072, GNUTLS_ECC_CURVE_INVALID},
    {258, GNUTLS_GROUP_FFDHE4096, GNUTLS_ECC_CURVE_INVALID},
    {259, GNUTLS_GROUP_FFDHE6144, GNUTLS_ECC_CURVE_INVALID},
    {260, GNUTLS_GROUP_FFDHE8192, GNUTLS_ECC_CURVE_INVALID},
};

static const struct algorithm_scheme schemes[] = {
    {0x0201, {GNUTLS_SIGN_RSA_SHA1}},
    {0x0202, {GNUTLS_SIGN_DSA_SHA1}},
    {0x0203, {GNUTLS_SIGN_ECDSA_SHA1}},
    {0x0301, {GNUTLS_SIGN_RSA_SHA224}},
    {0x0302, {GNUTLS_SIGN_DSA_SHA224}},
    {0x0303, {GNUTLS_SIGN_ECDSA_SHA224}},
    {0x0401, {GNUTLS_SIGN_RSA_SHA256}},
    {0x0402, {GNUTLS_SIGN_DSA_SHA256}},
    {0x0403, {GNUTLS_SIGN_ECDSA_SECP256R1_SHA256, GNUTLS_SIGN_ECDSA_SHA256}},
    {0x0501, {GNUTLS_SIGN_RSA_SHA384}},
    {0x0502, {GNUTLS_SIGN_DSA_SHA384}},
    {0x0503, {GNUTLS_SIGN_ECDSA_SECP384R1_SHA384, GNUTLS_SIGN_ECDSA_SHA384}},
    {0x0601, {GNUTLS_SIGN_RSA_SHA512}},
    {0x0602, {GNUTLS_SIGN_DSA_SHA512}},
    {0x0603, {GNUTLS_SIGN_ECDSA_SECP521R1_SHA512, GNUTLS_SIGN_ECDSA_SHA512}},
    {0x0804, {GNUTLS_SIGN_RSA_PSS_RSAE_SHA256}},
    {0x0805, {GNUTLS_SIGN_RSA_PSS_RSAE_SHA384}},
    {0x0806, {GNUTLS_SIGN_RSA_PSS_RSAE_SHA512}},
    {0x0807, {GNUTLS_SIGN_EDDSA_ED25519}},
    {0x0808, {GNUTLS_SIGN_EDDSA_ED448}},
    {0x0809, {GNUTLS_SIGN_RSA_PSS_SHA256}},
    {0x080a, {GNUTLS_SIGN_RSA_PSS_SHA384}},
    {0x080b, {GNUTLS_SIGN_RSA_PSS_SHA512}},
};
/* clang-format on */

static int compare_suites(const void *a, const void *b)
{
    const struct algorithm_suite *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

bool algorithms_load(void)
{
    unsigned char number[2];
    gnutls_kx_algorithm_t key_exchange;
    gnutls_cipher_algorithm_t cipher;
    gnutls_mac_algorithm_t mac;
    gnutls_protocol_t version;

    while (suite_count < SUITES_MAX &&
           gnutls.cipher_suite_info(suite_count, number, &key_exchange, &cipher, &mac, &version)) {
        suites[suite_count++] =
            (struct algorithm_suite){(uint16_t)(number[0] << 8 | number[1]), (uint16_t)key_exchange,
                                     (uint16_t)cipher, (uint16_t)mac};
    }
    qsort(suites, suite_count, sizeof(*suites), compare_suites);
    return suite_count != 0;
}

const struct algorithm_suite *algorithm_suite(uint16_t number)
{
    struct algorithm_suite wanted = {.number = number};

    return bsearch(&wanted, suites, suite_count, sizeof(*suites), compare_suites);
}

uint16_t algorithm_suite_number(bool tls13, gnutls_kx_algorithm_t key_exchange,
                                gnutls_cipher_algorithm_t cipher, gnutls_mac_algorithm_t mac)
{
    for (size_t i = 0; i < suite_count; i++) {
        if (suites[i].cipher != (uint16_t)cipher || suites[i].mac != (uint16_t)mac)
            continue;
        if (tls13 ? suites[i].key_exchange == 0 : suites[i].key_exchange == (uint16_t)key_exchange)
            return suites[i].number;
    }
    return 0;
}

static const struct group *find_group(uint16_t number)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (groups[i].number == number)
            return &groups[i];
    return NULL;
}

gnutls_group_t algorithm_group(uint16_t number)
{
    const struct group *group = find_group(number);

    /* The list leaves out what the system's configuration disables. */
    for (const gnutls_group_t *known = gnutls.group_list(); group && *known; known++)
        if (*known == group->group)
            return *known;
    return GNUTLS_GROUP_INVALID;
}

uint16_t algorithm_group_number(gnutls_group_t group)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (groups[i].group == group)
            return groups[i].number;
    return 0;
}

gnutls_ecc_curve_t algorithm_curve(uint16_t number)
{
    const struct group *group = find_group(number);

    return group ? group->curve : GNUTLS_ECC_CURVE_INVALID;
}

uint16_t algorithm_curve_number(gnutls_ecc_curve_t curve)
{
    for (size_t i = 0; i < COUNT_OF(groups) && curve != GNUTLS_ECC_CURVE_INVALID; i++)
        if (groups[i].curve == curve)
            return groups[i].number;
    return 0;
}

static bool can_sign(gnutls_sign_algorithm_t algorithm)
{
    for (const gnutls_sign_algorithm_t *known = gnutls.sign_list(); *known; known++)
        if (*known == algorithm)
            return true;
    return false;
}

const struct algorithm_scheme *algorithm_scheme(uint16_t number)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (schemes[i].number == number)
            return can_sign(schemes[i].algorithm[0]) ? &schemes[i] : NULL;
    return NULL;
}

uint16_t algorithm_scheme_number(gnutls_sign_algorithm_t algorithm)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        for (size_t j = 0; j < SCHEME_ALGORITHMS; j++)
            if (schemes[i].algorithm[j] == algorithm && algorithm != GNUTLS_SIGN_UNKNOWN)
                return schemes[i].number;
    return 0;
}

bool tls_knows_suite(uint16_t suite)
{
    return library_ready() && algorithm_suite(suite);
}

bool tls_knows_group(uint16_t group)
{
    return library_ready() && algorithm_group(group) != GNUTLS_GROUP_INVALID;
}

bool tls_knows_scheme(uint16_t scheme)
{
    return library_ready() && algorithm_scheme(scheme);
}
