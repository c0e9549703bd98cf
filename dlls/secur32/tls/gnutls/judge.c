/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The cryptographic part of a verdict on a chain, and facts of single certificates, by GnuTLS's own
 * verification. Which roots are trusted is the platform's business: the last certificate given is
 * taken as trusted.
 */
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/algorithms.h"

struct parsed {
    gnutls_x509_crt_t certificates[LIMIT_CHAIN];
    unsigned count;
};

/* clang-format off */
static const struct {
    unsigned from; /* GNUTLS_CERT_... */
    uint32_t to;
} problems_of[] = {
    {GNUTLS_CERT_SIGNATURE_FAILURE,         TLS_CHAIN_BAD_SIGNATURE},
    {GNUTLS_CERT_INSECURE_ALGORITHM,        TLS_CHAIN_WEAK},
    {GNUTLS_CERT_EXPIRED,                   TLS_CHAIN_EXPIRED},
    {GNUTLS_CERT_NOT_ACTIVATED,             TLS_CHAIN_NOT_YET},
    {GNUTLS_CERT_SIGNER_NOT_CA,             TLS_CHAIN_CONSTRAINTS},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, TLS_CHAIN_CONSTRAINTS},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS,   TLS_CHAIN_CONSTRAINTS},
    {GNUTLS_CERT_PURPOSE_MISMATCH,          TLS_CHAIN_PURPOSE},
    {GNUTLS_CERT_UNEXPECTED_OWNER,          TLS_CHAIN_NAME},
    {GNUTLS_CERT_SIGNER_NOT_FOUND,          TLS_CHAIN_UNKNOWN_ISSUER},
    {GNUTLS_CERT_REVOKED,                   TLS_CHAIN_REVOKED},
};
/* clang-format on */

static gnutls_datum_t datum(struct span bytes)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.data, (unsigned)bytes.size};
}

static void parsed_done(struct parsed *parsed)
{
    while (parsed->count)
        gnutls.x509_crt_deinit(parsed->certificates[--parsed->count]);
}

static enum tls_status parse(struct span der, gnutls_x509_crt_t *certificate)
{
    gnutls_datum_t bytes = datum(der);
    gnutls_x509_crt_t created;
    int error;

    if (der.size == 0 || der.size > LIMIT_CERTIFICATE)
        return TLS_BAD_ARGUMENT;
    if (gnutls.x509_crt_init(&created) < 0)
        return TLS_NO_MEMORY;
    error = gnutls.x509_crt_import(created, &bytes, GNUTLS_X509_FMT_DER);
    if (error < 0) {
        gnutls.x509_crt_deinit(created);
        return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_BAD_ARGUMENT;
    }
    *certificate = created;
    return TLS_OK;
}

static enum tls_status parse_chain(const struct tls_chain *chain, struct parsed *parsed)
{
    for (size_t i = 0; i < chain->count; i++) {
        enum tls_status status =
            parse(chain->certificates[i], &parsed->certificates[parsed->count]);

        if (status != TLS_OK)
            return status;
        parsed->count++;
    }
    return TLS_OK;
}

/* The list keeps what it is given, so it gets a certificate of its own. */
static enum tls_status trust(gnutls_x509_trust_list_t list, const struct tls_chain *chain)
{
    gnutls_x509_crt_t root;
    enum tls_status status = parse(chain->certificates[chain->count - 1], &root);

    if (status != TLS_OK)
        return status;
    if (gnutls.x509_trust_list_add_cas(list, &root, 1, 0) == 1)
        return TLS_OK;
    gnutls.x509_crt_deinit(root);
    return TLS_NO_MEMORY;
}

/* A CRL that cannot be read or is not by an issuer of this chain says nothing. */
static void add_crls(gnutls_x509_trust_list_t list, const struct tls_chain *chain)
{
    for (size_t i = 0; i < chain->crl_count; i++) {
        gnutls_datum_t bytes = datum(chain->crls[i]);
        gnutls_x509_crl_t crl;

        if (gnutls.x509_crl_init(&crl) < 0)
            return;
        if (gnutls.x509_crl_import(crl, &bytes, GNUTLS_X509_FMT_DER) < 0 ||
            gnutls.x509_trust_list_add_crls(list, &crl, 1, 0, 0) != 1)
            gnutls.x509_crl_deinit(crl);
    }
}

static uint32_t translate(unsigned status)
{
    unsigned known = GNUTLS_CERT_INVALID;
    uint32_t problems = 0;

    for (size_t i = 0; i < COUNT_OF(problems_of); i++) {
        known |= problems_of[i].from;
        if (status & problems_of[i].from)
            problems |= problems_of[i].to;
    }
    if (status & ~known)
        TRACE(LOG_TLS, "chain status %x is not in the table", status & ~known);
    /* What is not known is not good. */
    if ((status & ~known) || (status && !problems))
        problems |= TLS_CHAIN_BAD_SIGNATURE;
    return problems;
}

/* The second look takes an address as the text of a name, too: Windows does, and certificates for
 * it have addresses as dNSName or common name (GlobalSign, "Securing a Public IP Address"). No
 * wildcard stands for a part of an address. */
#define AS_TEXT (GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES | GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS)

/* Names of hosts are checked by rules (wildcards); addresses, too, by the same function. */
static bool fits_name(gnutls_x509_crt_t leaf, struct span name)
{
    char text[256];

    if (name.size >= sizeof(text) || memchr(name.data, 0, name.size))
        return false;
    memcpy(text, name.data, name.size);
    text[name.size] = 0;
    return gnutls.x509_crt_check_hostname2(leaf, text, 0) != 0 ||
           gnutls.x509_crt_check_hostname2(leaf, text, AS_TEXT) != 0;
}

static bool fits_purpose(gnutls_x509_crt_t leaf, enum tls_role role)
{
    const char *purpose = role == TLS_SERVER ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT;

    return gnutls.x509_crt_check_key_purpose(leaf, purpose, 0) != 0;
}

enum tls_status tls_judge(const struct tls_chain *chain, uint32_t *problems)
{
    struct parsed parsed = {.count = 0};
    gnutls_x509_trust_list_t list = NULL;
    unsigned status_bits = 0;
    enum tls_status status;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    if (chain->count == 0 || chain->count > LIMIT_CHAIN)
        return TLS_BAD_ARGUMENT;
    status = parse_chain(chain, &parsed);
    if (status == TLS_BAD_ARGUMENT) {
        *problems = TLS_CHAIN_MALFORMED;
        status = TLS_OK;
        goto done;
    }
    if (status != TLS_OK)
        goto done;
    status = TLS_NO_MEMORY;
    if (gnutls.x509_trust_list_init(&list, 0) < 0)
        goto done;
    status = trust(list, chain);
    if (status != TLS_OK)
        goto done;
    add_crls(list, chain);
    status = TLS_BAD_ARGUMENT;
    /* Windows refuses SHA-1 below public roots only, which no longer sign with it (Microsoft,
     * "Windows Enforcement of SHA-1 Certificates"); a private CA may. */
    if (gnutls.x509_trust_list_verify_crt2(list, parsed.certificates, parsed.count, NULL, 0,
                                           GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1, &status_bits,
                                           NULL) < 0)
        goto done;
    *problems = translate(status_bits);
    if (chain->name.size && !fits_name(parsed.certificates[0], chain->name))
        *problems |= TLS_CHAIN_NAME;
    if (!fits_purpose(parsed.certificates[0], chain->peer_role))
        *problems |= TLS_CHAIN_PURPOSE;
    status = TLS_OK;

done:
    if (list)
        gnutls.x509_trust_list_deinit(list, 1);
    parsed_done(&parsed);
    return status;
}

/* ---- single certificates ---- */

/* RFC 5929 4.1: the hash of the certificate's signature, but SHA-256 for MD5 and SHA-1, and for
 * schemes without one hash. */
static gnutls_digest_algorithm_t end_point_hash(gnutls_x509_crt_t certificate)
{
    int algorithm = gnutls.x509_crt_get_signature_algorithm(certificate);
    gnutls_digest_algorithm_t hash = GNUTLS_DIG_UNKNOWN;

    if (algorithm > 0)
        hash = gnutls.sign_get_hash_algorithm((gnutls_sign_algorithm_t)algorithm);
    switch (hash) {
    case GNUTLS_DIG_UNKNOWN:
    case GNUTLS_DIG_NULL:
    case GNUTLS_DIG_MD2:
    case GNUTLS_DIG_MD5:
    case GNUTLS_DIG_SHA1:
        return GNUTLS_DIG_SHA256;
    default:
        return hash;
    }
}

enum tls_status tls_end_point(struct span certificate, uint8_t *value, size_t room, size_t *size)
{
    gnutls_digest_algorithm_t hash;
    gnutls_x509_crt_t parsed;
    enum tls_status status;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    status = parse(certificate, &parsed);
    if (status != TLS_OK)
        return status;
    hash = end_point_hash(parsed);
    gnutls.x509_crt_deinit(parsed);
    *size = gnutls.hash_get_len(hash);
    if (*size == 0)
        return TLS_BAD_ARGUMENT;
    if (room < *size)
        return TLS_TOO_SMALL;
    return gnutls.hash_fast(hash, certificate.data, certificate.size, value) < 0 ? TLS_BAD_ARGUMENT
                                                                                 : TLS_OK;
}

/* clang-format off */
static const struct {
    int algorithm; /* gnutls_pk_algorithm_t */
    uint16_t kind;
} key_kinds[] = {
    {GNUTLS_PK_RSA,           1},
    {GNUTLS_PK_RSA_PSS,       1},
    {GNUTLS_PK_DSA,           2},
    {GNUTLS_PK_ECDSA,         3},
    {GNUTLS_PK_EDDSA_ED25519, 4},
    {GNUTLS_PK_EDDSA_ED448,   4},
};
/* clang-format on */

static void fill_key(gnutls_x509_crt_t certificate, struct tls_certificate_facts *facts)
{
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    gnutls_datum_t x = {NULL, 0}, y = {NULL, 0};
    unsigned bits = 0;
    int algorithm = gnutls.x509_crt_get_pk_algorithm(certificate, &bits);

    for (size_t i = 0; i < COUNT_OF(key_kinds); i++)
        if (key_kinds[i].algorithm == algorithm)
            facts->key_kind = key_kinds[i].kind;
    facts->key_bits = bits;
    if (algorithm == GNUTLS_PK_ECDSA &&
        gnutls.x509_crt_get_pk_ecc_raw(certificate, &curve, &x, &y) >= 0)
        facts->curve = algorithm_curve_number(curve);
    library_free(x.data);
    library_free(y.data);
}

enum tls_status tls_certificate_facts(struct span certificate, struct tls_certificate_facts *facts)
{
    gnutls_x509_crt_t parsed;
    enum tls_status status;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    status = parse(certificate, &parsed);
    if (status != TLS_OK)
        return status;
    *facts = (struct tls_certificate_facts){0};
    fill_key(parsed, facts);
    facts->not_before_s = gnutls.x509_crt_get_activation_time(parsed);
    facts->not_after_s = gnutls.x509_crt_get_expiration_time(parsed);
    gnutls.x509_crt_deinit(parsed);
    return TLS_OK;
}
