/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Signatures by the provider of a key that cannot leave it. CAPI signs PKCS#1 only, with its lowest
 * byte first; CNG gives ECDSA as r and s side by side, which TLS wants as DER (RFC 8446 4.2.3).
 */
#include "platform/pe/keys.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#ifndef MS_ENH_RSA_AES_PROV_W
#define MS_ENH_RSA_AES_PROV_W L"Microsoft Enhanced RSA and AES Cryptographic Provider"
#endif

#define CONTAINER_MAX 512
#define RAW_SIZE_MAX 2048
#define ECC_PART_MAX 66 /* P-521 */

enum padding { PADDING_PKCS1, PADDING_PSS, PADDING_ECDSA };

/* IANA "TLS SignatureScheme"; 0 is TLS 1.0's MD5 and SHA-1 side by side (RFC 4346 7.4.3). */
/* clang-format off */
static const struct scheme {
    uint16_t scheme;
    enum padding padding;
    ALG_ID capi;
    const WCHAR *cng; /* NULL: no DigestInfo */
    uint32_t hash_size;
} schemes[] = {
    { 0x0000, PADDING_PKCS1, CALG_SSL3_SHAMD5, NULL,                    36 },
    { 0x0201, PADDING_PKCS1, CALG_SHA1,        BCRYPT_SHA1_ALGORITHM,   20 },
    { 0x0203, PADDING_ECDSA, 0,                BCRYPT_SHA1_ALGORITHM,   20 },
    { 0x0401, PADDING_PKCS1, CALG_SHA_256,     BCRYPT_SHA256_ALGORITHM, 32 },
    { 0x0403, PADDING_ECDSA, 0,                BCRYPT_SHA256_ALGORITHM, 32 },
    { 0x0501, PADDING_PKCS1, CALG_SHA_384,     BCRYPT_SHA384_ALGORITHM, 48 },
    { 0x0503, PADDING_ECDSA, 0,                BCRYPT_SHA384_ALGORITHM, 48 },
    { 0x0601, PADDING_PKCS1, CALG_SHA_512,     BCRYPT_SHA512_ALGORITHM, 64 },
    { 0x0603, PADDING_ECDSA, 0,                BCRYPT_SHA512_ALGORITHM, 64 },
    { 0x0804, PADDING_PSS,   0,                BCRYPT_SHA256_ALGORITHM, 32 },
    { 0x0805, PADDING_PSS,   0,                BCRYPT_SHA384_ALGORITHM, 48 },
    { 0x0806, PADDING_PSS,   0,                BCRYPT_SHA512_ALGORITHM, 64 },
    { 0x0809, PADDING_PSS,   0,                BCRYPT_SHA256_ALGORITHM, 32 },
    { 0x080a, PADDING_PSS,   0,                BCRYPT_SHA384_ALGORITHM, 48 },
    { 0x080b, PADDING_PSS,   0,                BCRYPT_SHA512_ALGORITHM, 64 },
};

/* Why a provider refuses, in what a caller of AcquireCredentialsHandle knows. */
static const struct {
    DWORD error;
    SECURITY_STATUS status;
} refusals[] = {
    { (DWORD)NTE_BAD_ALGID,               SEC_E_ALGORITHM_MISMATCH },
    { (DWORD)NTE_NOT_SUPPORTED,           SEC_E_ALGORITHM_MISMATCH },
    { (DWORD)NTE_BAD_TYPE,                SEC_E_ALGORITHM_MISMATCH },
    { (DWORD)NTE_INVALID_PARAMETER,       SEC_E_ALGORITHM_MISMATCH },
    { (DWORD)NTE_NO_KEY,                  SEC_E_NO_CREDENTIALS },
    { (DWORD)NTE_BAD_KEYSET,              SEC_E_NO_CREDENTIALS },
    { (DWORD)NTE_USER_CANCELLED,          SEC_E_NO_CREDENTIALS },
    { (DWORD)SCARD_W_CANCELLED_BY_USER,   SEC_E_NO_CREDENTIALS },
    { (DWORD)SCARD_W_REMOVED_CARD,        SEC_E_NO_CREDENTIALS },
    { (DWORD)SCARD_E_NO_SMARTCARD,        SEC_E_NO_CREDENTIALS },
    { (DWORD)NTE_NO_MEMORY,               SEC_E_INSUFFICIENT_MEMORY },
};
/* clang-format on */

static SECURITY_STATUS refused(DWORD error, uint16_t scheme)
{
    TRACE(LOG_PLATFORM, "signature %04x refused by the key's provider: %08lx", scheme,
          (unsigned long)error);
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (refusals[i].error == error)
            return refusals[i].status;
    return SEC_E_INTERNAL_ERROR;
}

/* ---- CAPI ---- */

/*
 * The same container through the provider that knows SHA-2. Keys of PROV_RSA_FULL and
 * PROV_RSA_SCHANNEL are shared with it (Microsoft Learn, "Cryptographic Provider Types").
 */
static bool open_aes_provider(const struct pe_key *key, struct pe_key *opened)
{
    char name[CONTAINER_MAX];
    WCHAR wide[CONTAINER_MAX];
    DWORD size = sizeof(name), keyset = 0, keyset_size = sizeof(keyset);
    struct pe_key made = {.kind = PE_KEY_CAPI, .owned = true, .spec = key->spec};

    if (!CryptGetProvParam(key->provider, PP_CONTAINER, (BYTE *)name, &size, 0) ||
        !MultiByteToWideChar(CP_ACP, 0, name, -1, wide, CONTAINER_MAX))
        return false;
    CryptGetProvParam(key->provider, PP_KEYSET_TYPE, (BYTE *)&keyset, &keyset_size, 0);
    if (!CryptAcquireContextW(&made.provider, wide, MS_ENH_RSA_AES_PROV_W, PROV_RSA_AES,
                              keyset & CRYPT_MACHINE_KEYSET))
        return false;
    *opened = made;
    return true;
}

/* By name it could be another container's key. */
static bool is_same_key(const struct pe_key *a, const struct pe_key *b)
{
    uint8_t *one = NULL, *other = NULL;
    size_t one_size = 0, other_size = 0;
    bool same = pe_capi_export(a, PUBLICKEYBLOB, &one, &one_size) &&
                pe_capi_export(b, PUBLICKEYBLOB, &other, &other_size) &&
                span_equal(span_of(one, one_size), span_of(other, other_size));

    mem_free(one);
    mem_free(other);
    return same;
}

static bool sign_hash_by(const struct pe_key *key, const struct scheme *scheme, struct span hash,
                         uint8_t *signature, DWORD *size)
{
    HCRYPTHASH object;
    DWORD error;
    bool done;

    if (!CryptCreateHash(key->provider, scheme->capi, 0, 0, &object))
        return false;
    done = CryptSetHashParam(object, HP_HASHVAL, hash.data, 0) &&
           CryptSignHashW(object, key->spec, NULL, 0, signature, size);
    error = GetLastError();
    CryptDestroyHash(object);
    SetLastError(error);
    return done;
}

static SECURITY_STATUS sign_capi(const struct pe_key *key, const struct scheme *scheme,
                                 struct span hash, struct writer *to)
{
    uint8_t raw[RAW_SIZE_MAX];
    DWORD size = sizeof(raw), error;
    struct pe_key other = {.kind = PE_KEY_NONE};
    bool done;

    if (!scheme->capi)
        return SEC_E_ALGORITHM_MISMATCH;
    done = sign_hash_by(key, scheme, hash, raw, &size);
    error = GetLastError();
    if (!done && error == (DWORD)NTE_BAD_ALGID && open_aes_provider(key, &other)) {
        size = sizeof(raw);
        if (is_same_key(key, &other)) {
            done = sign_hash_by(&other, scheme, hash, raw, &size);
            error = GetLastError();
        }
    }
    pe_key_done(&other);
    if (!done)
        return refused(error, scheme->scheme);
    for (size_t i = size; i > 0; i--)
        write_u8(to, raw[i - 1]);
    return SEC_E_OK;
}

/* ---- CNG ---- */

/* r, s -> SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 2.2.3). */
static bool encode_ecdsa(struct span raw, struct writer *to)
{
    size_t half = raw.size / 2;
    uint8_t reversed[ECC_PART_MAX], parts[2][ECC_PART_MAX + 8], all[2 * ECC_PART_MAX + 32];
    CRYPT_DER_BLOB blobs[2];
    CRYPT_SEQUENCE_OF_ANY sequence = {2, blobs};
    DWORD size = sizeof(all);

    if (!half || raw.size % 2 || half > ECC_PART_MAX)
        return false;
    for (size_t i = 0; i < 2; i++) {
        CRYPT_UINT_BLOB number = {(DWORD)half, reversed};

        for (size_t j = 0; j < half; j++)
            reversed[j] = raw.data[(i + 1) * half - 1 - j];
        blobs[i].pbData = parts[i];
        blobs[i].cbData = sizeof(parts[i]);
        if (!CryptEncodeObject(X509_ASN_ENCODING, X509_MULTI_BYTE_UINT, &number, parts[i],
                               &blobs[i].cbData))
            return false;
    }
    if (!CryptEncodeObject(X509_ASN_ENCODING, X509_SEQUENCE_OF_ANY, &sequence, all, &size))
        return false;
    write_bytes(to, span_of(all, size));
    return true;
}

static SECURITY_STATUS sign_cng(const struct pe_key *key, const struct scheme *scheme,
                                struct span hash, struct writer *to)
{
    BCRYPT_PKCS1_PADDING_INFO pkcs1 = {scheme->cng};
    BCRYPT_PSS_PADDING_INFO pss = {scheme->cng, scheme->hash_size};
    void *padding[] = {&pkcs1, &pss, NULL};
    static const DWORD flags[] = {BCRYPT_PAD_PKCS1, BCRYPT_PAD_PSS, 0};
    uint8_t raw[RAW_SIZE_MAX];
    DWORD size = 0;
    SECURITY_STATUS result;

    /* NCryptSignHash only reads the hash. */
    result = NCryptSignHash(key->handle, padding[scheme->padding], (BYTE *)(uintptr_t)hash.data,
                            (DWORD)hash.size, raw, sizeof(raw), &size, flags[scheme->padding]);
    if (result != 0)
        return refused((DWORD)result, scheme->scheme);
    if (scheme->padding != PADDING_ECDSA)
        write_bytes(to, span_of(raw, size));
    else if (!encode_ecdsa(span_of(raw, size), to))
        return SEC_E_INTERNAL_ERROR;
    return SEC_E_OK;
}

SECURITY_STATUS pe_key_sign(const struct pe_key *key, uint16_t scheme, struct span hash,
                            uint8_t *signature, size_t room, size_t *size)
{
    struct writer to = writer_of(signature, room);
    size_t row = 0;
    SECURITY_STATUS status;

    while (row < COUNT_OF(schemes) && schemes[row].scheme != scheme)
        row++;
    if (row == COUNT_OF(schemes))
        return SEC_E_ALGORITHM_MISMATCH;
    if (hash.size != schemes[row].hash_size)
        return SEC_E_INTERNAL_ERROR;
    status = key->kind == PE_KEY_CAPI ? sign_capi(key, &schemes[row], hash, &to)
                                      : sign_cng(key, &schemes[row], hash, &to);
    if (status == SEC_E_OK && to.overrun)
        status = SEC_E_BUFFER_TOO_SMALL;
    if (status == SEC_E_OK)
        *size = to.used;
    return status;
}
