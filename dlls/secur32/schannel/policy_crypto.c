/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The CRYPTO_SETTINGS of a TLS_PARAMETERS: each names, in CNG's words, an algorithm that may not be
 * used; with a range of bits, which keys of it may still be. What names nothing that we have is
 * ignored.
 *
 * Sources: Microsoft Learn, "CRYPTO_SETTINGS structure", "TLS_PARAMETERS structure"; comments in
 * schannel.h (TlsParametersCngAlgUsage...). msquic's Length of names counts the terminating zero.
 */
#include "schannel/policy_base.h"

#include <string.h>

#include "base/limits.h"
#include "schannel/suites.h"

#define NAME_ROOM 64
#define MODES_ANY 0xffffffffu

/* One CRYPTO_SETTINGS, read. */
struct setting {
    char name[NAME_ROOM];      /* upper case; "": nothing that we know */
    uint32_t modes;            /* bits by enum suite_mode */
    uint32_t minimum, maximum; /* bits; both 0: all keys are meant */
};

/* clang-format off */
static const struct {
    const char *name; /* upper case */
    uint8_t mode;
} modes[] = {
    { "CHAININGMODECBC", SUITE_MODE_CBC },
    { "CHAININGMODEGCM", SUITE_MODE_GCM },
    { "CHAININGMODECCM", SUITE_MODE_CCM },
    { "CHAININGMODENA",  SUITE_MODE_NONE },
};

/* CNG has algorithms with a curve in their names, too. */
static const struct {
    const char *name;
    uint16_t group;
} named_groups[] = {
    { "ECDH_P256", 23 },
    { "ECDH_P384", 24 },
    { "ECDH_P521", 25 },
};
/* clang-format on */

/* ---- reading ---- */

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

/* Into upper-case ASCII. What is longer, or not ASCII, is no name that we know: "". */
static void read_name(const UNICODE_STRING *from, char name[NAME_ROOM])
{
    size_t length = from->Length / sizeof(WCHAR);

    name[0] = 0;
    while (length > 0 && !from->Buffer[length - 1])
        length--;
    if (length >= NAME_ROOM)
        return;
    for (size_t i = 0; i < length; i++) {
        if (from->Buffer[i] == 0 || from->Buffer[i] > 0x7e) {
            name[0] = 0;
            return;
        }
        name[i] = upper((char)from->Buffer[i]);
    }
    name[length] = 0;
}

static bool same_name(const struct setting *setting, const char *known)
{
    size_t i = 0;

    while (setting->name[i] && setting->name[i] == upper(known[i]))
        i++;
    return i > 0 && !setting->name[i] && !known[i];
}

static uint32_t read_modes(const CRYPTO_SETTINGS *from)
{
    uint32_t bits = 0;
    char name[NAME_ROOM];

    if (!from->cChainingModes)
        return MODES_ANY;
    for (DWORD i = 0; i < from->cChainingModes; i++) {
        read_name(&from->rgstrChainingModes[i], name);
        for (size_t k = 0; k < COUNT_OF(modes); k++) {
            if (!strcmp(name, modes[k].name))
                bits |= 1u << modes[k].mode;
        }
    }
    return bits;
}

static bool string_is_whole(const UNICODE_STRING *string)
{
    return !string->Length || string->Buffer;
}

static SECURITY_STATUS check_setting(const CRYPTO_SETTINGS *setting)
{
    if (!string_is_whole(&setting->strCngAlgId) ||
        setting->cChainingModes > SCH_CRED_MAX_SUPPORTED_CHAINING_MODES ||
        (setting->cChainingModes && !setting->rgstrChainingModes))
        return SEC_E_UNKNOWN_CREDENTIALS;
    for (DWORD i = 0; i < setting->cChainingModes; i++) {
        if (!string_is_whole(&setting->rgstrChainingModes[i]))
            return SEC_E_UNKNOWN_CREDENTIALS;
    }
    return SEC_E_OK;
}

SECURITY_STATUS policy_check_parameters(const TLS_PARAMETERS *parameters)
{
    if (parameters->cAlpnIds > SCH_CRED_MAX_SUPPORTED_ALPN_IDS ||
        (parameters->cAlpnIds && !parameters->rgstrAlpnIds) ||
        parameters->cDisabledCrypto > SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS ||
        (parameters->cDisabledCrypto && !parameters->pDisabledCrypto))
        return SEC_E_UNKNOWN_CREDENTIALS;
    for (DWORD i = 0; i < parameters->cAlpnIds; i++) {
        if (!string_is_whole(&parameters->rgstrAlpnIds[i]))
            return SEC_E_UNKNOWN_CREDENTIALS;
    }
    for (DWORD i = 0; i < parameters->cDisabledCrypto; i++) {
        SECURITY_STATUS status = check_setting(&parameters->pDisabledCrypto[i]);

        if (status != SEC_E_OK)
            return status;
    }
    return SEC_E_OK;
}

/* ---- what a setting leaves ---- */

static bool has_range(const struct setting *setting)
{
    return setting->minimum || setting->maximum;
}

/* A key of the algorithm that the setting names may still be used. */
static bool allows(const struct setting *setting, uint32_t bits)
{
    return has_range(setting) && bits >= setting->minimum &&
           (!setting->maximum || bits <= setting->maximum);
}

/* The range of a setting narrows the one that there is. A maximum of 0 is none. */
static void narrow(const struct setting *setting, uint32_t *minimum, uint32_t *maximum)
{
    if (*minimum < setting->minimum)
        *minimum = setting->minimum;
    if (setting->maximum && (!*maximum || *maximum > setting->maximum))
        *maximum = setting->maximum;
}

/* ---- key exchange ---- */

static bool exchange_keeps_suite(uint16_t number, const void *how)
{
    const struct setting *setting = how;
    const struct suite *suite = suite_find(number);

    return !same_name(setting, suite_exchange_part(suite)->name) || has_range(setting);
}

static bool exchange_keeps_group(uint16_t number, const void *how)
{
    const struct setting *setting = how;
    const struct group *group = group_find(number);

    for (size_t i = 0; i < COUNT_OF(named_groups); i++) {
        if (same_name(setting, named_groups[i].name) && named_groups[i].group == number)
            return allows(setting, group->bits);
    }
    if (same_name(setting, group->name) || same_name(setting, group->finite_field ? "DH" : "ECDH"))
        return allows(setting, group->bits);
    return true;
}

static void apply_exchange(const struct setting *setting, struct policy_base *work)
{
    work->suite_count =
        policy_filter(work->suites, work->suite_count, exchange_keeps_suite, setting);
    work->group_count =
        policy_filter(work->groups, work->group_count, exchange_keeps_group, setting);
    if (same_name(setting, "RSA"))
        narrow(setting, &work->rsa_bits_min, &work->rsa_bits_max);
    if (same_name(setting, "DH"))
        narrow(setting, &work->dh_bits_min, &work->dh_bits_max);
}

/* ---- signatures ---- */

static const char *key_name(const struct scheme *scheme)
{
    switch (scheme->key) {
    case SUITE_SIGNATURE_RSA:
        return "RSA";
    case SUITE_SIGNATURE_ECDSA:
        return "ECDSA";
    default:
        return "DSA";
    }
}

static bool signature_keeps_suite(uint16_t number, const void *how)
{
    const struct setting *setting = how;
    const struct suite *suite = suite_find(number);

    return !same_name(setting, suite_signature_part(suite)->name) || has_range(setting);
}

static bool signature_keeps_scheme(uint16_t number, const void *how)
{
    const struct setting *setting = how;
    const struct scheme *scheme = scheme_find(number);

    if (!same_name(setting, key_name(scheme)))
        return true;
    return scheme->curve_bits ? allows(setting, scheme->curve_bits) : has_range(setting);
}

static bool certificate_keeps_scheme(uint16_t number, const void *how)
{
    const struct setting *setting = how;
    const struct scheme *scheme = scheme_find(number);

    if (same_name(setting, scheme->hash_name) || same_name(setting, scheme->padding))
        return false;
    return signature_keeps_scheme(number, how);
}

static void apply_certificate(const struct setting *setting, struct policy_base *work)
{
    work->scheme_count =
        policy_filter(work->schemes, work->scheme_count, certificate_keeps_scheme, setting);
    if (same_name(setting, "RSA"))
        narrow(setting, &work->rsa_bits_min, &work->rsa_bits_max);
}

static void apply_signature(const struct setting *setting, struct policy_base *work)
{
    work->suite_count =
        policy_filter(work->suites, work->suite_count, signature_keeps_suite, setting);
    work->scheme_count =
        policy_filter(work->schemes, work->scheme_count, signature_keeps_scheme, setting);
    if (same_name(setting, "RSA"))
        narrow(setting, &work->rsa_bits_min, &work->rsa_bits_max);
}

/* ---- ciphers and digests of suites ---- */

static bool cipher_keeps_suite(uint16_t number, const void *how)
{
    const struct setting *setting = how;
    const struct suite *suite = suite_find(number);
    uint32_t mode = suite->mode == SUITE_MODE_POLY1305 ? SUITE_MODE_NONE : suite->mode;

    if (!same_name(setting, suite->cipher_name[0] ? suite->cipher_name : "NULL"))
        return true;
    return !(setting->modes & (1u << mode)) || allows(setting, suite->cipher_bits);
}

static void apply_cipher(const struct setting *setting, struct policy_base *work)
{
    work->suite_count = policy_filter(work->suites, work->suite_count, cipher_keeps_suite, setting);
}

static bool digest_keeps_suite(uint16_t number, const void *how)
{
    return !same_name(how, suite_find(number)->hash_name);
}

static void apply_digest(const struct setting *setting, struct policy_base *work)
{
    work->suite_count = policy_filter(work->suites, work->suite_count, digest_keeps_suite, setting);
}

/* clang-format off */
static const struct {
    eTlsAlgorithmUsage usage;
    void (*apply)(const struct setting *, struct policy_base *);
} usages[] = {
    { TlsParametersCngAlgUsageKeyExchange, apply_exchange },
    { TlsParametersCngAlgUsageSignature,   apply_signature },
    { TlsParametersCngAlgUsageCipher,      apply_cipher },
    { TlsParametersCngAlgUsageDigest,      apply_digest },
    { TlsParametersCngAlgUsageCertSig,     apply_certificate },
};
/* clang-format on */

void policy_apply_crypto(const TLS_PARAMETERS *parameters, struct policy_base *work)
{
    for (DWORD i = 0; i < parameters->cDisabledCrypto; i++) {
        const CRYPTO_SETTINGS *from = &parameters->pDisabledCrypto[i];
        struct setting setting = {
            .modes = read_modes(from),
            .minimum = from->dwMinBitLength,
            .maximum = from->dwMaxBitLength,
        };

        read_name(&from->strCngAlgId, setting.name);
        for (size_t k = 0; k < COUNT_OF(usages); k++) {
            if (usages[k].usage == from->eAlgorithmUsage)
                usages[k].apply(&setting, work);
        }
    }
}
