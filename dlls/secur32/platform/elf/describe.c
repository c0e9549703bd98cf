/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, random bytes and descriptions of certificates, on Linux.
 */
#include "platform/elf/library.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/limits.h"
#include "base/mem.h"
#include "platform/platform.h"

#define SERIAL_MAX 64 /* bytes; RFC 5280 4.1.2.2 wants at most 20 */

/* ALG_IDs of what certificates are signed with: the hash's, as CertOIDToAlgId tells of the object
 * identifiers of RSA and ECDSA signatures. */
static const struct {
    gnutls_digest_algorithm_t hash;
    ALG_ID algorithm;
} hashes[] = {
    {GNUTLS_DIG_MD5, CALG_MD5},        {GNUTLS_DIG_SHA1, CALG_SHA1},
    {GNUTLS_DIG_SHA256, CALG_SHA_256}, {GNUTLS_DIG_SHA384, CALG_SHA_384},
    {GNUTLS_DIG_SHA512, CALG_SHA_512},
};

static uint32_t signature_algorithm(const struct library *library, gnutls_x509_crt_t crt)
{
    int sign = library->gnutls_x509_crt_get_signature_algorithm(crt);
    gnutls_digest_algorithm_t hash =
        sign < 0 ? GNUTLS_DIG_UNKNOWN
                 : library->gnutls_sign_get_hash_algorithm((gnutls_sign_algorithm_t)sign);

    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        if (hashes[i].hash == hash)
            return hashes[i].algorithm;
    }
    return 0;
}

/* The lowest byte first; longer ones are cut. */
static void copy_serial(const struct library *library, gnutls_x509_crt_t crt,
                        struct platform_description *to)
{
    uint8_t serial[SERIAL_MAX];
    size_t size = sizeof(serial);

    if (library->gnutls_x509_crt_get_serial(crt, serial, &size) < 0)
        return;
    for (size_t i = 0; i < size && i < sizeof(to->serial); i++)
        to->serial[i] = serial[size - 1 - i];
}

static char *text_of(const gnutls_datum_t *name)
{
    char *text = mem_alloc((size_t)name->size + 1);

    if (text)
        memcpy(text, name->data, name->size);
    return text;
}

static bool copy_names(const struct library *library, gnutls_x509_crt_t crt,
                       struct platform_description *to)
{
    gnutls_datum_t issuer = {NULL, 0}, subject = {NULL, 0};

    if (library->gnutls_x509_crt_get_issuer_dn3(crt, &issuer, 0) >= 0)
        to->issuer = text_of(&issuer);
    if (library->gnutls_x509_crt_get_dn3(crt, &subject, 0) >= 0)
        to->subject = text_of(&subject);
    files_library_free(issuer.data);
    files_library_free(subject.data);
    return to->issuer && to->subject;
}

/* RSAPublicKey of RFC 8017 A.1.1: two INTEGERs in a SEQUENCE, for which GnuTLS has a writer, since
 * the signatures of DSA are that, too. */
static bool copy_rsa_key(const struct library *library, gnutls_x509_crt_t crt,
                         struct platform_description *to)
{
    gnutls_datum_t modulus = {NULL, 0}, exponent = {NULL, 0}, key = {NULL, 0};

    if (library->gnutls_x509_crt_get_pk_rsa_raw(crt, &modulus, &exponent) >= 0 &&
        library->gnutls_encode_rs_value(&key, &modulus, &exponent) >= 0)
        to->key = mem_copy(span_of(key.data, key.size));
    to->key_size = to->key ? key.size : 0;
    to->key_algorithm = CALG_RSA_KEYX;
    files_library_free(modulus.data);
    files_library_free(exponent.data);
    files_library_free(key.data);
    return to->key != NULL;
}

/* The point of RFC 5480 2.2, which GnuTLS tells inside an OCTET STRING: without its tag and length.
 */
static bool copy_ecc_key(const struct library *library, gnutls_x509_crt_t crt,
                         struct platform_description *to)
{
    gnutls_datum_t parameters = {NULL, 0}, octets = {NULL, 0};
    gnutls_pubkey_t key = NULL;
    struct span string, point = {NULL, 0};
    uint8_t tag, size;

    if (library->gnutls_pubkey_init(&key) < 0)
        return false;
    if (library->gnutls_pubkey_import_x509(key, crt, 0) >= 0 &&
        library->gnutls_pubkey_export_ecc_x962(key, &parameters, &octets) >= 0) {
        string = span_of(octets.data, octets.size);
        /* Of 128 bytes and more the length has a byte of its own, behind 0x81. */
        if (span_take_u8(&string, &tag) && span_take_u8(&string, &size) &&
            (size != 0x81 || span_take_u8(&string, &size)))
            point = string;
    }
    if (point.size)
        to->key = mem_copy(point);
    to->key_size = to->key ? point.size : 0;
    files_library_free(parameters.data);
    files_library_free(octets.data);
    library->gnutls_pubkey_deinit(key);
    return to->key != NULL;
}

static bool copy_key(const struct library *library, gnutls_x509_crt_t crt,
                     struct platform_description *to)
{
    switch (library->gnutls_x509_crt_get_pk_algorithm(crt, NULL)) {
    case GNUTLS_PK_RSA:
    case GNUTLS_PK_RSA_PSS:
        return copy_rsa_key(library, crt, to);
    case GNUTLS_PK_ECDSA:
        return copy_ecc_key(library, crt, to);
    default:
        return false;
    }
}

static SECURITY_STATUS describe(const struct library *library, gnutls_x509_crt_t crt,
                                struct platform_description *to)
{
    int version = library->gnutls_x509_crt_get_version(crt);

    memset(to, 0, sizeof(*to));
    to->version = version > 0 ? (uint32_t)version - 1 : 0;
    to->signature_algorithm = signature_algorithm(library, crt);
    to->not_before = platform_filetime_from_unix(library->gnutls_x509_crt_get_activation_time(crt));
    to->not_after = platform_filetime_from_unix(library->gnutls_x509_crt_get_expiration_time(crt));
    copy_serial(library, crt, to);
    if (copy_names(library, crt, to) && copy_key(library, crt, to))
        return SEC_E_OK;
    platform_description_done(to);
    return SEC_E_CERT_UNKNOWN;
}

SECURITY_STATUS platform_describe(struct span der, struct platform_description *description)
{
    const struct library *library = files_library_get();
    gnutls_datum_t data = datum_of(der);
    SECURITY_STATUS status = SEC_E_CERT_UNKNOWN;
    gnutls_x509_crt_t crt;

    if (!library || der.size > LIMIT_CERTIFICATE)
        return SEC_E_CERT_UNKNOWN;
    if (library->gnutls_x509_crt_init(&crt) < 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (library->gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_DER) >= 0)
        status = describe(library, crt, description);
    library->gnutls_x509_crt_deinit(crt);
    return status;
}

void platform_description_done(struct platform_description *description)
{
    mem_free(description->issuer);
    mem_free(description->subject);
    mem_free(description->key);
}

/* The kernel does not fail once it has started; without random bytes nothing may go on. */
void platform_random(void *to, size_t size)
{
    uint8_t *at = to;

    while (size) {
        ssize_t got = getrandom(at, size, 0);

        if (got < 0) {
            if (errno == EINTR)
                continue;
            abort();
        }
        at += got;
        size -= (size_t)got;
    }
}
