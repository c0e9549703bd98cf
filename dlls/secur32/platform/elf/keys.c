/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Private keys on Linux: see keys.h; and platform_sign, for keys that stay in their token.
 */
#define _GNU_SOURCE /* memmem */
#include "platform/elf/keys.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "platform/elf/certs.h"

#define KEY_ID_SIZE 64

/* IANA "TLS Supported Groups". */
static const struct {
    gnutls_ecc_curve_t curve;
    uint16_t group;
} curves[] = {
    {GNUTLS_ECC_CURVE_SECP256R1, 23},
    {GNUTLS_ECC_CURVE_SECP384R1, 24},
    {GNUTLS_ECC_CURVE_SECP521R1, 25},
};

/* IANA "TLS SignatureScheme". Schemes that sign the message itself (EdDSA) are not for hashes. */
static const struct {
    uint16_t scheme;
    gnutls_sign_algorithm_t algorithm;
} schemes[] = {
    {0x0201, GNUTLS_SIGN_RSA_SHA1},
    {0x0203, GNUTLS_SIGN_ECDSA_SHA1},
    {0x0401, GNUTLS_SIGN_RSA_SHA256},
    {0x0403, GNUTLS_SIGN_ECDSA_SHA256},
    {0x0501, GNUTLS_SIGN_RSA_SHA384},
    {0x0503, GNUTLS_SIGN_ECDSA_SHA384},
    {0x0601, GNUTLS_SIGN_RSA_SHA512},
    {0x0603, GNUTLS_SIGN_ECDSA_SHA512},
    {0x0804, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256},
    {0x0805, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384},
    {0x0806, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512},
    {0x0809, GNUTLS_SIGN_RSA_PSS_SHA256},
    {0x080a, GNUTLS_SIGN_RSA_PSS_SHA384},
    {0x080b, GNUTLS_SIGN_RSA_PSS_SHA512},
};

/* clang-format off */
static const struct {
    int result;
    SECURITY_STATUS status;
} refusals[] = {
    { GNUTLS_E_MEMORY_ERROR,                         SEC_E_INSUFFICIENT_MEMORY },
    { GNUTLS_E_CONSTRAINT_ERROR,                     SEC_E_ALGORITHM_MISMATCH }, /* another kind of key */
    { GNUTLS_E_INVALID_REQUEST,                      SEC_E_ALGORITHM_MISMATCH },
    { GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM,      SEC_E_ALGORITHM_MISMATCH },
    { GNUTLS_E_INCOMPATIBLE_SIG_WITH_KEY,            SEC_E_ALGORITHM_MISMATCH },
    { GNUTLS_E_PKCS11_PIN_ERROR,                     SEC_E_NO_CREDENTIALS },
    { GNUTLS_E_PKCS11_USER_ERROR,                    SEC_E_NO_CREDENTIALS },
    { GNUTLS_E_PKCS11_TOKEN_ERROR,                   SEC_E_NO_CREDENTIALS },
    { GNUTLS_E_PKCS11_SESSION_ERROR,                 SEC_E_NO_CREDENTIALS },
    { GNUTLS_E_PKCS11_REQUESTED_OBJECT_NOT_AVAILBLE, SEC_E_NO_CREDENTIALS },
};
/* clang-format on */

static SECURITY_STATUS status_of(const struct library *library, int result, const char *what)
{
    if (result >= 0)
        return SEC_E_OK;
    TRACE(LOG_PLATFORM, "%s: %s", what, library->gnutls_strerror(result));
    return result == GNUTLS_E_MEMORY_ERROR ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_UNKNOWN_CREDENTIALS;
}

/* The group of an EC key, by its public half: the private one may be in a token. */
static void find_curve(const struct library *library, struct elf_key *key)
{
    gnutls_pubkey_t public_key;
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;

    if (library->gnutls_privkey_get_pk_algorithm(key->handle, NULL) != GNUTLS_PK_ECDSA ||
        library->gnutls_pubkey_init(&public_key) < 0)
        return;
    if (library->gnutls_pubkey_import_privkey(public_key, key->handle, 0, 0) >= 0 &&
        library->gnutls_pubkey_export_ecc_raw2(public_key, &curve, NULL, NULL, 0) >= 0)
        for (size_t i = 0; i < COUNT_OF(curves); i++)
            if (curves[i].curve == curve)
                key->curve = curves[i].group;
    library->gnutls_pubkey_deinit(public_key);
}

SECURITY_STATUS elf_key_take(gnutls_x509_privkey_t take_key, struct elf_key *key)
{
    const struct library *library = files_library_get();
    struct elf_key made = {NULL, {NULL, 0}, 0};
    int result = library->gnutls_x509_privkey_export2_pkcs8(take_key, GNUTLS_X509_FMT_DER, NULL,
                                                            GNUTLS_PKCS_PLAIN, &made.der);

    if (result >= 0)
        result = library->gnutls_privkey_init(&made.handle);
    if (result >= 0)
        result =
            library->gnutls_privkey_import_x509(made.handle, take_key, GNUTLS_PRIVKEY_IMPORT_COPY);
    library->gnutls_x509_privkey_deinit(take_key);
    if (result < 0) {
        elf_key_done(&made);
        return status_of(library, result, "private key");
    }
    find_curve(library, &made);
    *key = made;
    return SEC_E_OK;
}

SECURITY_STATUS elf_key_read(struct span file, const char *password, struct elf_key *key)
{
    const struct library *library = files_library_get();
    bool pem = memmem(file.data, file.size, "-----BEGIN ", 11) != NULL;
    gnutls_datum_t data = datum_of(file);
    gnutls_x509_privkey_t made;
    int result;

    if (!library)
        return SEC_E_INTERNAL_ERROR;
    if (pem && !memmem(file.data, file.size, " PRIVATE KEY-----", 17) &&
        !memmem(file.data, file.size, "BEGIN PRIVATE KEY-----", 22))
        return SEC_E_NO_CREDENTIALS;
    result = library->gnutls_x509_privkey_init(&made);
    if (result < 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    result = library->gnutls_x509_privkey_import2(
        made, &data, pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, password, 0);
    if (result >= 0)
        return elf_key_take(made, key);
    library->gnutls_x509_privkey_deinit(made);
    return status_of(library, result, "private key");
}

/* Asked once per PIN; asking again means that it was wrong. */
static int give_pin(void *password, int attempt, const char *token_url, const char *token_label,
                    unsigned flags, char *pin, size_t room)
{
    (void)token_url;
    (void)token_label;
    if (attempt || (flags & GNUTLS_PIN_WRONG) || !password || strlen(password) >= room)
        return GNUTLS_E_PKCS11_PIN_ERROR;
    strcpy(pin, password);
    return 0;
}

SECURITY_STATUS elf_key_open(const char *url, const char *password, struct elf_key *key)
{
    const struct library *library = files_library_get();
    struct elf_key made = {NULL, {NULL, 0}, 0};
    int result;

    if (!library)
        return SEC_E_INTERNAL_ERROR;
    result = library->gnutls_privkey_init(&made.handle);
    if (result < 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    library->gnutls_privkey_set_pin_function(made.handle, give_pin, (void *)(uintptr_t)password);
    result = library->gnutls_privkey_import_url(made.handle, url, 0);
    if (result >= 0) {
        find_curve(library, &made);
        /* The password is the caller's; the token's session is open by now. */
        library->gnutls_privkey_set_pin_function(made.handle, give_pin, NULL);
        *key = made;
        return SEC_E_OK;
    }
    elf_key_done(&made);
    return status_of(library, result, "key in a token"); /* the URL may hold the PIN */
}

bool elf_key_fits(const struct elf_key *key, gnutls_x509_crt_t certificate)
{
    const struct library *library = files_library_get();
    uint8_t ours[KEY_ID_SIZE], theirs[KEY_ID_SIZE];
    size_t our_size = sizeof(ours), their_size = sizeof(theirs);
    gnutls_pubkey_t public_key;
    bool fits;

    if (library->gnutls_pubkey_init(&public_key) < 0)
        return false;
    fits = library->gnutls_pubkey_import_privkey(public_key, key->handle, 0, 0) >= 0 &&
           library->gnutls_pubkey_get_key_id(public_key, GNUTLS_KEYID_USE_SHA256, ours,
                                             &our_size) >= 0 &&
           library->gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, theirs,
                                               &their_size) >= 0 &&
           span_equal(span_of(ours, our_size), span_of(theirs, their_size));
    library->gnutls_pubkey_deinit(public_key);
    return fits;
}

void elf_key_done(struct elf_key *key)
{
    if (key->handle)
        files_library_get()->gnutls_privkey_deinit(key->handle);
    library_wipe_free(&key->der);
    *key = (struct elf_key){NULL, {NULL, 0}, 0};
}

/* ---- the seam ---- */

SECURITY_STATUS platform_key_get(struct platform_certificate *certificate, struct key *key)
{
    const struct elf_key *own = certificate_key(certificate);

    *key = (struct key){.kind = KEY_DER, .curve = own->curve};
    if (own->der.size) {
        key->der = span_of(own->der.data, own->der.size);
        return SEC_E_OK;
    }
    key->kind = KEY_OUTSIDE;
    key->pss = true;
    key->outside_id = (uintptr_t)certificate;
    return SEC_E_OK;
}

/* Borrowed from the certificate, which wipes it. */
void platform_key_done(struct key *key)
{
    *key = (struct key){.kind = KEY_NONE};
}

/* Why a key does not sign. */
static SECURITY_STATUS refused(const struct library *library, int result, uint16_t scheme)
{
    TRACE(LOG_PLATFORM, "signature %04x: %s", scheme, library->gnutls_strerror(result));
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (refusals[i].result == result)
            return refusals[i].status;
    return SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS platform_sign(struct platform_certificate *certificate, uint16_t scheme,
                              struct span hash, uint8_t *signature, size_t room, size_t *size)
{
    const struct library *library = files_library_get();
    gnutls_privkey_t handle = certificate_key(certificate)->handle;
    gnutls_datum_t data = datum_of(hash), made = {NULL, 0};
    SECURITY_STATUS status = SEC_E_OK;
    size_t row = 0;
    int result;

    while (row < COUNT_OF(schemes) && schemes[row].scheme != scheme)
        row++;
    if (scheme && row == COUNT_OF(schemes))
        return SEC_E_ALGORITHM_MISMATCH;
    result =
        scheme ? library->gnutls_privkey_sign_hash2(handle, schemes[row].algorithm, 0, &data, &made)
               : library->gnutls_privkey_sign_hash(handle, 0, GNUTLS_PRIVKEY_SIGN_FLAG_TLS1_RSA,
                                                   &data, &made);
    if (result < 0)
        return refused(library, result, scheme);
    if (made.size > room) {
        status = SEC_E_BUFFER_TOO_SMALL;
        goto done;
    }
    memcpy(signature, made.data, made.size);
    *size = made.size;

done:
    files_library_free(made.data);
    return status;
}
