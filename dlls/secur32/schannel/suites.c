/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See suites.h. The suites are those of Microsoft's pages that TLS 1.0 to 1.3 can use, and the few
 * others that an administrator may name in the order of suites. Preshared-key suites are left out.
 *
 * Sources: the IANA registry of TLS parameters; Microsoft Learn, "TLS Cipher Suites in Windows 11",
 * "... in Windows 10 v22H2" (versions, the column on SCH_USE_STRONG_CRYPTO), "TLS Elliptic Curves
 * in Windows 10 version 1607 and later"; names and lengths as Windows' Get-TlsCipherSuite prints
 * them.
 */
#include "schannel/suites.h"

#include "base/span.h"
#include "tls/tls.h"

#define OLD (TLS_VERSION_1_0 | TLS_VERSION_1_1 | TLS_VERSION_1_2)
#define V12 TLS_VERSION_1_2
#define V13 TLS_VERSION_1_3

/* Columns that go together. */
#define RSA SUITE_EXCHANGE_RSA, SUITE_SIGNATURE_RSA
#define DHE_RSA SUITE_EXCHANGE_DHE, SUITE_SIGNATURE_RSA
#define DHE_DSS SUITE_EXCHANGE_DHE, SUITE_SIGNATURE_DSA
#define ECDHE_RSA SUITE_EXCHANGE_ECDHE, SUITE_SIGNATURE_RSA
#define ECDHE_ECDSA SUITE_EXCHANGE_ECDHE, SUITE_SIGNATURE_ECDSA
#define ANY SUITE_EXCHANGE_ANY, SUITE_SIGNATURE_ANY
#define STREAM SUITE_MODE_NONE
#define CBC SUITE_MODE_CBC
#define GCM SUITE_MODE_GCM
#define CCM SUITE_MODE_CCM
#define POLY SUITE_MODE_POLY1305
#define NULL_CIPHER 0, "", 0, 0
#define RC4 CALG_RC4, "RC4", 128, 0
#define DES3 CALG_3DES, "3DES", 168, 8
#define AES128 CALG_AES_128, "AES", 128, 16
#define AES256 CALG_AES_256, "AES", 256, 16
#define CHACHA 0, "CHACHA20_POLY1305", 256, 0
#define MD5 CALG_MD5, "MD5", 128
#define SHA1 CALG_SHA1, "SHA1", 160
#define SHA256 CALG_SHA_256, "SHA256", 256
#define SHA384 CALG_SHA_384, "SHA384", 384
#define WEAK false
#define STRONG true

/* clang-format off */
/* DHE_RSA with AES-256-GCM: not strong, says the page on Windows 11. */
static const struct suite suites[] = {
    { 0x0001, "TLS_RSA_WITH_NULL_MD5",                       RSA,         STREAM, OLD, WEAK,   NULL_CIPHER, MD5 },
    { 0x0002, "TLS_RSA_WITH_NULL_SHA",                       RSA,         STREAM, OLD, WEAK,   NULL_CIPHER, SHA1 },
    { 0x0004, "TLS_RSA_WITH_RC4_128_MD5",                    RSA,         STREAM, OLD, WEAK,   RC4,         MD5 },
    { 0x0005, "TLS_RSA_WITH_RC4_128_SHA",                    RSA,         STREAM, OLD, WEAK,   RC4,         SHA1 },
    { 0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA",               RSA,         CBC,    OLD, WEAK,   DES3,        SHA1 },
    { 0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA",           DHE_DSS,     CBC,    OLD, WEAK,   DES3,        SHA1 },
    { 0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA",                RSA,         CBC,    OLD, STRONG, AES128,      SHA1 },
    { 0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",            DHE_DSS,     CBC,    OLD, STRONG, AES128,      SHA1 },
    { 0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",            DHE_RSA,     CBC,    OLD, STRONG, AES128,      SHA1 },
    { 0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA",                RSA,         CBC,    OLD, STRONG, AES256,      SHA1 },
    { 0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA",            DHE_DSS,     CBC,    OLD, STRONG, AES256,      SHA1 },
    { 0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",            DHE_RSA,     CBC,    OLD, STRONG, AES256,      SHA1 },
    { 0x003b, "TLS_RSA_WITH_NULL_SHA256",                    RSA,         STREAM, V12, WEAK,   NULL_CIPHER, SHA256 },
    { 0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256",             RSA,         CBC,    V12, STRONG, AES128,      SHA256 },
    { 0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256",             RSA,         CBC,    V12, STRONG, AES256,      SHA256 },
    { 0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256",         DHE_DSS,     CBC,    V12, STRONG, AES128,      SHA256 },
    { 0x006a, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256",         DHE_DSS,     CBC,    V12, STRONG, AES256,      SHA256 },
    { 0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256",             RSA,         GCM,    V12, STRONG, AES128,      SHA256 },
    { 0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384",             RSA,         GCM,    V12, STRONG, AES256,      SHA384 },
    { 0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",         DHE_RSA,     GCM,    V12, STRONG, AES128,      SHA256 },
    { 0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",         DHE_RSA,     GCM,    V12, WEAK,   AES256,      SHA384 },
    { 0x1301, "TLS_AES_128_GCM_SHA256",                      ANY,         GCM,    V13, STRONG, AES128,      SHA256 },
    { 0x1302, "TLS_AES_256_GCM_SHA384",                      ANY,         GCM,    V13, STRONG, AES256,      SHA384 },
    { 0x1303, "TLS_CHACHA20_POLY1305_SHA256",                ANY,         POLY,   V13, STRONG, CHACHA,      SHA256 },
    { 0x1304, "TLS_AES_128_CCM_SHA256",                      ANY,         CCM,    V13, STRONG, AES128,      SHA256 },
    { 0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",        ECDHE_ECDSA, CBC,    OLD, STRONG, AES128,      SHA1 },
    { 0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",        ECDHE_ECDSA, CBC,    OLD, STRONG, AES256,      SHA1 },
    { 0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",          ECDHE_RSA,   CBC,    OLD, STRONG, AES128,      SHA1 },
    { 0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",          ECDHE_RSA,   CBC,    OLD, STRONG, AES256,      SHA1 },
    { 0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",     ECDHE_ECDSA, CBC,    V12, STRONG, AES128,      SHA256 },
    { 0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",     ECDHE_ECDSA, CBC,    V12, STRONG, AES256,      SHA384 },
    { 0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",       ECDHE_RSA,   CBC,    V12, STRONG, AES128,      SHA256 },
    { 0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",       ECDHE_RSA,   CBC,    V12, STRONG, AES256,      SHA384 },
    { 0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",     ECDHE_ECDSA, GCM,    V12, STRONG, AES128,      SHA256 },
    { 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",     ECDHE_ECDSA, GCM,    V12, STRONG, AES256,      SHA384 },
    { 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",       ECDHE_RSA,   GCM,    V12, STRONG, AES128,      SHA256 },
    { 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",       ECDHE_RSA,   GCM,    V12, STRONG, AES256,      SHA384 },
    { 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", ECDHE_RSA,   POLY,   V12, STRONG, CHACHA,      SHA256 },
    { 0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", ECDHE_ECDSA, POLY, V12, STRONG, CHACHA,      SHA256 },
    { 0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",   DHE_RSA,     POLY,   V12, STRONG, CHACHA,      SHA256 },
};

static const struct suite_part exchanges[SUITE_EXCHANGE_COUNT] = {
    [SUITE_EXCHANGE_ANY]   = { 0,               "",     0,   0 },
    [SUITE_EXCHANGE_RSA]   = { CALG_RSA_KEYX,   "RSA",  512, 16384 },
    [SUITE_EXCHANGE_DHE]   = { CALG_DH_EPHEM,   "DH",   512, 4096 },
    [SUITE_EXCHANGE_ECDHE] = { CALG_ECDH_EPHEM, "ECDH", 0,   65536 },
};

static const struct suite_part signatures[SUITE_SIGNATURE_COUNT] = {
    [SUITE_SIGNATURE_ANY]   = { 0,             "",      0, 0 },
    [SUITE_SIGNATURE_RSA]   = { CALG_RSA_SIGN, "RSA",   0, 0 },
    [SUITE_SIGNATURE_ECDSA] = { CALG_ECDSA,    "ECDSA", 0, 0 },
    [SUITE_SIGNATURE_DSA]   = { CALG_DSS_SIGN, "DSA",   0, 0 },
};

static const struct group groups[] = {
    { 19,  "nistP192",        192,  false },
    { 21,  "nistP224",        224,  false },
    { 22,  "secP256k1",       256,  false },
    { 23,  "NistP256",        256,  false },
    { 24,  "NistP384",        384,  false },
    { 25,  "NistP521",        521,  false },
    { 26,  "brainpoolP256r1", 256,  false },
    { 27,  "brainpoolP384r1", 384,  false },
    { 28,  "brainpoolP512r1", 512,  false },
    { 29,  "curve25519",      255,  false },
    { 30,  "curve448",        448,  false },
    { 256, "ffdhe2048",       2048, true },
    { 257, "ffdhe3072",       3072, true },
    { 258, "ffdhe4096",       4096, true },
};

#define PKCS "SCH_RSA_PKCS_PAD"
#define PSS "SCH_RSA_PSS_PAD"

static const struct scheme schemes[] = {
    { 0x0201, SUITE_SIGNATURE_RSA,   "SHA1",   PKCS, 0 },
    { 0x0202, SUITE_SIGNATURE_DSA,   "SHA1",   "",   0 },
    { 0x0203, SUITE_SIGNATURE_ECDSA, "SHA1",   "",   0 },
    { 0x0401, SUITE_SIGNATURE_RSA,   "SHA256", PKCS, 0 },
    { 0x0403, SUITE_SIGNATURE_ECDSA, "SHA256", "",   256 },
    { 0x0501, SUITE_SIGNATURE_RSA,   "SHA384", PKCS, 0 },
    { 0x0503, SUITE_SIGNATURE_ECDSA, "SHA384", "",   384 },
    { 0x0601, SUITE_SIGNATURE_RSA,   "SHA512", PKCS, 0 },
    { 0x0603, SUITE_SIGNATURE_ECDSA, "SHA512", "",   521 },
    { 0x0804, SUITE_SIGNATURE_RSA,   "SHA256", PSS,  0 },
    { 0x0805, SUITE_SIGNATURE_RSA,   "SHA384", PSS,  0 },
    { 0x0806, SUITE_SIGNATURE_RSA,   "SHA512", PSS,  0 },
    { 0x0809, SUITE_SIGNATURE_RSA,   "SHA256", PSS,  0 },
    { 0x080a, SUITE_SIGNATURE_RSA,   "SHA384", PSS,  0 },
    { 0x080b, SUITE_SIGNATURE_RSA,   "SHA512", PSS,  0 },
};
/* clang-format on */

/* ---- by name ---- */

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

static bool same_name(const char *known, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!known[i] || upper(known[i]) != upper(name[i]))
            return false;
    }
    return known[length] == 0;
}

/* "_P256" and the like at the end: their length; 0: there is none. */
static size_t curve_suffix(const char *name, size_t length)
{
    static const size_t size = sizeof("_P256") - 1;

    if (length <= size || !same_name("_P", name + length - size, 2))
        return 0;
    for (size_t i = length - size + 2; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return 0;
    }
    return size;
}

/* ---- suites ---- */

const struct suite *suite_at(size_t index)
{
    return index < COUNT_OF(suites) ? &suites[index] : NULL;
}

const struct suite *suite_find(uint16_t number)
{
    size_t low = 0, high = COUNT_OF(suites);

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (suites[middle].number == number)
            return &suites[middle];
        if (suites[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct suite *suite_find_name(const char *name, size_t length)
{
    length -= curve_suffix(name, length);
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        if (same_name(suites[i].name, name, length))
            return &suites[i];
    }
    return NULL;
}

bool suite_is_aead(const struct suite *suite)
{
    return suite->mode == SUITE_MODE_GCM || suite->mode == SUITE_MODE_CCM ||
           suite->mode == SUITE_MODE_POLY1305;
}

const struct suite_part *suite_exchange_part(const struct suite *suite)
{
    return &exchanges[suite->exchange];
}

const struct suite_part *suite_signature_part(const struct suite *suite)
{
    return &signatures[suite->signature];
}

/* ---- groups and schemes ---- */

const struct group *group_at(size_t index)
{
    return index < COUNT_OF(groups) ? &groups[index] : NULL;
}

const struct group *group_find(uint16_t number)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (groups[i].number == number)
            return &groups[i];
    }
    return NULL;
}

const struct group *group_find_name(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (same_name(groups[i].name, name, length))
            return &groups[i];
    }
    return NULL;
}

const struct scheme *scheme_at(size_t index)
{
    return index < COUNT_OF(schemes) ? &schemes[index] : NULL;
}

const struct scheme *scheme_find(uint16_t number)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (schemes[i].number == number)
            return &schemes[i];
    }
    return NULL;
}
