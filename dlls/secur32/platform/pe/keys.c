/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Finding, comparing and exporting private keys on Windows: keys.h. The shapes of the blobs are
 * those of Microsoft Learn: "RSA/Schannel Key BLOBs" (CAPI, numbers little-endian),
 * "BCRYPT_RSAKEY_BLOB" and "BCRYPT_ECCKEY_BLOB" (CNG, numbers big-endian).
 */
#include "platform/pe/keys.h"

#include <string.h>

#include "base/checked.h"
#include "base/log.h"
#include "base/mem.h"

#ifndef CERT_NCRYPT_KEY_HANDLE_PROP_ID
#define CERT_NCRYPT_KEY_HANDLE_PROP_ID 78
#endif

#define BLOB_SIZE_MAX 0x4000
#define CAPI_HEADER_SIZE (sizeof(BLOBHEADER) + sizeof(RSAPUBKEY))
#define RSA_BYTES_MAX 2048 /* 16384 bits */

/* clang-format off */
static const struct {
    ULONG public_magic, private_magic;
    uint16_t group; /* IANA "TLS Supported Groups" */
} curves[] = {
    { BCRYPT_ECDSA_PUBLIC_P256_MAGIC, BCRYPT_ECDSA_PRIVATE_P256_MAGIC, 23 },
    { BCRYPT_ECDSA_PUBLIC_P384_MAGIC, BCRYPT_ECDSA_PRIVATE_P384_MAGIC, 24 },
    { BCRYPT_ECDSA_PUBLIC_P521_MAGIC, BCRYPT_ECDSA_PRIVATE_P521_MAGIC, 25 },
    { BCRYPT_ECDH_PUBLIC_P256_MAGIC,  BCRYPT_ECDH_PRIVATE_P256_MAGIC,  23 },
    { BCRYPT_ECDH_PUBLIC_P384_MAGIC,  BCRYPT_ECDH_PRIVATE_P384_MAGIC,  24 },
    { BCRYPT_ECDH_PUBLIC_P521_MAGIC,  BCRYPT_ECDH_PRIVATE_P521_MAGIC,  25 },
};
/* clang-format on */

/* ---- opening ---- */

static bool has_user_key(HCRYPTPROV provider, DWORD spec)
{
    HCRYPTKEY key;

    if (!CryptGetUserKey(provider, spec, &key))
        return false;
    CryptDestroyKey(key);
    return true;
}

/* Wine's PFXImportCertStore writes both key specs into one property (3), of which there is but one
 * key. */
static bool find_spec(HCRYPTPROV provider, DWORD hint, DWORD *spec)
{
    static const DWORD specs[] = {AT_KEYEXCHANGE, AT_SIGNATURE};

    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        if ((hint == AT_KEYEXCHANGE || hint == AT_SIGNATURE) && hint != specs[i])
            continue;
        if (!has_user_key(provider, specs[i]))
            continue;
        *spec = specs[i];
        return true;
    }
    return false;
}

/* Fills *key from a handle; false: there is no key behind it. */
static bool use_handle(HCRYPTPROV_OR_NCRYPT_KEY_HANDLE handle, DWORD spec, struct pe_key *key)
{
    if (spec == CERT_NCRYPT_KEY_SPEC) {
        key->kind = PE_KEY_CNG;
        key->handle = handle;
        return true;
    }
    key->kind = PE_KEY_CAPI;
    key->provider = handle;
    return find_spec(handle, spec, &key->spec);
}

/* A handle in a property, as PFXImportCertStore leaves one with PKCS12_NO_PERSIST_KEY. Schannel
 * uses it before any container's name (Microsoft, "How Schannel finds private keys"). */
static bool find_handle(PCCERT_CONTEXT context, CERT_KEY_CONTEXT *found)
{
    DWORD size = sizeof(*found);

    if (CertGetCertificateContextProperty(context, CERT_KEY_CONTEXT_PROP_ID, found, &size) &&
        size == sizeof(*found) && found->hCryptProv)
        return true;
    size = sizeof(found->hCryptProv);
    found->dwKeySpec = CERT_NCRYPT_KEY_SPEC;
    if (CertGetCertificateContextProperty(context, CERT_NCRYPT_KEY_HANDLE_PROP_ID,
                                          &found->hCryptProv, &size) &&
        size == sizeof(found->hCryptProv) && found->hCryptProv)
        return true;
    size = sizeof(found->hCryptProv);
    found->dwKeySpec = 0;
    return CertGetCertificateContextProperty(context, CERT_KEY_PROV_HANDLE_PROP_ID,
                                             &found->hCryptProv, &size) &&
           size == sizeof(found->hCryptProv) && found->hCryptProv;
}

static SECURITY_STATUS open_container(PCCERT_CONTEXT context, struct pe_key *key)
{
    HCRYPTPROV_OR_NCRYPT_KEY_HANDLE handle;
    DWORD spec = 0;
    BOOL owned = FALSE;

    if (!CryptAcquireCertificatePrivateKey(context, CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG, NULL,
                                           &handle, &spec, &owned)) {
        TRACE(LOG_PLATFORM, "private key not opened: %08lx", (unsigned long)GetLastError());
        return SEC_E_UNKNOWN_CREDENTIALS;
    }
    key->owned = owned;
    if (use_handle(handle, spec, key))
        return SEC_E_OK;
    TRACE(LOG_PLATFORM, "the key's container holds no key");
    pe_key_done(key);
    return SEC_E_UNKNOWN_CREDENTIALS;
}

SECURITY_STATUS pe_key_open(PCCERT_CONTEXT context, struct pe_key *key)
{
    struct pe_key made = {.kind = PE_KEY_NONE};
    CERT_KEY_CONTEXT found = {.cbSize = sizeof(found)};
    DWORD size = 0;
    SECURITY_STATUS status = SEC_E_OK;

    if (find_handle(context, &found)) {
        if (!use_handle(found.hCryptProv, found.dwKeySpec, &made))
            status = SEC_E_UNKNOWN_CREDENTIALS;
        else if (made.kind == PE_KEY_CAPI)
            made.owned = CryptContextAddRef(made.provider, NULL, 0);
    } else if (CertGetCertificateContextProperty(context, CERT_KEY_PROV_INFO_PROP_ID, NULL,
                                                 &size)) {
        status = open_container(context, &made);
    } else {
        status = SEC_E_NO_CREDENTIALS;
    }
    if (status == SEC_E_OK)
        *key = made;
    return status;
}

void pe_key_done(struct pe_key *key)
{
    if (key->owned && key->kind == PE_KEY_CAPI)
        CryptReleaseContext(key->provider, 0);
    else if (key->owned && key->kind == PE_KEY_CNG)
        NCryptFreeObject(key->handle);
    *key = (struct pe_key){.kind = PE_KEY_NONE};
}

/* ---- blobs ---- */

bool pe_capi_export(const struct pe_key *key, DWORD type, uint8_t **blob, size_t *size)
{
    DWORD room = BLOB_SIZE_MAX;
    uint8_t *made = mem_alloc(room);
    HCRYPTKEY handle;
    BOOL exported = FALSE;

    if (made && CryptGetUserKey(key->provider, key->spec, &handle)) {
        exported = CryptExportKey(handle, 0, type, 0, made, &room);
        CryptDestroyKey(handle);
    }
    if (!exported) {
        mem_wipe_free(made, BLOB_SIZE_MAX);
        return false;
    }
    *blob = made;
    *size = room;
    return true;
}

bool pe_cng_export(const struct pe_key *key, const WCHAR *type, uint8_t **blob, size_t *size)
{
    DWORD used = 0;
    uint8_t *made = mem_alloc(BLOB_SIZE_MAX);

    if (!made || NCryptExportKey(key->handle, 0, type, NULL, made, BLOB_SIZE_MAX, &used, 0) != 0 ||
        used > BLOB_SIZE_MAX) {
        mem_wipe_free(made, BLOB_SIZE_MAX);
        return false;
    }
    *blob = made;
    *size = used;
    return true;
}

static void reverse(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        uint8_t byte = bytes[i];

        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

/* ---- does it fit? ---- */

/* What identifies a public key: of RSA the modulus, of EC both coordinates; big-endian. */
struct public_key {
    uint8_t bytes[RSA_BYTES_MAX];
    size_t size;
};

static bool public_set(struct public_key *key, struct span bytes)
{
    while (bytes.size && !bytes.data[0]) {
        bytes.data++;
        bytes.size--;
    }
    if (!bytes.size || bytes.size > sizeof(key->bytes))
        return false;
    memcpy(key->bytes, bytes.data, bytes.size);
    key->size = bytes.size;
    return true;
}

static bool public_from_capi(struct span blob, struct public_key *key)
{
    struct span header;

    if (!span_take(&blob, CAPI_HEADER_SIZE, &header) || blob.size > sizeof(key->bytes))
        return false;
    for (size_t i = 0; i < blob.size; i++)
        key->bytes[i] = blob.data[blob.size - 1 - i];
    /* Copied to where it is already, without leading zeros. */
    for (key->size = blob.size; key->size && !key->bytes[0]; key->size--)
        memmove(key->bytes, key->bytes + 1, key->size - 1);
    return key->size > 0;
}

static bool public_from_rsa_blob(struct span blob, struct public_key *key)
{
    BCRYPT_RSAKEY_BLOB header;
    struct span part;

    if (!span_take(&blob, sizeof(header), &part))
        return false;
    memcpy(&header, part.data, sizeof(header));
    return span_take(&blob, header.cbPublicExp, &part) &&
           span_take(&blob, header.cbModulus, &part) && public_set(key, part);
}

static bool public_from_ecc_blob(struct span blob, struct public_key *key)
{
    BCRYPT_ECCKEY_BLOB header;
    struct span part;

    if (!span_take(&blob, sizeof(header), &part))
        return false;
    memcpy(&header, part.data, sizeof(header));
    return header.cbKey <= RSA_BYTES_MAX / 2 && span_take(&blob, (size_t)header.cbKey * 2, &part) &&
           public_set(key, part);
}

static bool public_of_key(const struct pe_key *key, struct public_key *found)
{
    uint8_t *blob;
    size_t size;
    bool known = false;

    if (key->kind == PE_KEY_CAPI && pe_capi_export(key, PUBLICKEYBLOB, &blob, &size))
        known = public_from_capi(span_of(blob, size), found);
    else if (key->kind == PE_KEY_CNG && pe_cng_export(key, BCRYPT_RSAPUBLIC_BLOB, &blob, &size))
        known = public_from_rsa_blob(span_of(blob, size), found);
    else if (key->kind == PE_KEY_CNG && pe_cng_export(key, BCRYPT_ECCPUBLIC_BLOB, &blob, &size))
        known = public_from_ecc_blob(span_of(blob, size), found);
    else
        return false;
    mem_free(blob);
    return known;
}

static bool public_of_certificate(PCCERT_CONTEXT context, struct public_key *found)
{
    const CERT_PUBLIC_KEY_INFO *info = &context->pCertInfo->SubjectPublicKeyInfo;
    const CRYPT_BIT_BLOB *bits = &info->PublicKey;
    uint8_t blob[CAPI_HEADER_SIZE + RSA_BYTES_MAX];
    DWORD size = sizeof(blob);

    /* An uncompressed point: 4, x, y (SEC 1, 2.3.3). */
    if (!strcmp(info->Algorithm.pszObjId, szOID_ECC_PUBLIC_KEY))
        return bits->cbData > 1 && bits->pbData[0] == 4 &&
               public_set(found, span_of(bits->pbData + 1, bits->cbData - 1));
    return CryptDecodeObject(X509_ASN_ENCODING, RSA_CSP_PUBLICKEYBLOB, bits->pbData, bits->cbData,
                             0, blob, &size) &&
           public_from_capi(span_of(blob, size), found);
}

bool pe_key_fits(const struct pe_key *key, PCCERT_CONTEXT context)
{
    struct public_key ours, theirs;

    if (!public_of_key(key, &ours))
        return true;
    return public_of_certificate(context, &theirs) &&
           span_equal(span_of(ours.bytes, ours.size), span_of(theirs.bytes, theirs.size));
}

/* ---- export ---- */

/* Copies parts into one block in the order of key->part, so that it can be wiped by its parts. */
static bool keep_parts(const struct span *parts, size_t count, struct key *key)
{
    size_t total = 0;
    struct writer to;
    uint8_t *block;

    for (size_t i = 0; i < count; i++)
        total += parts[i].size; /* together they are not longer than the blob */
    block = mem_alloc(total);
    if (!block)
        return false;
    to = writer_of(block, total);
    for (size_t i = 0; i < count; i++) {
        key->part[i] = (struct span){block + to.used, parts[i].size};
        write_bytes(&to, parts[i]);
    }
    return true;
}

/* RSAPUBKEY, then n, p, q, dp, dq, qinv, d, all with their lowest byte first. */
static bool export_capi(const struct pe_key *key, struct key *exported)
{
    static const uint8_t place[] = {0, 3, 4, 5, 6, 7, 2}; /* of the blob's numbers in key->part */
    struct span parts[KEY_PARTS] = {{NULL, 0}}, rest, header;
    uint8_t exponent[4], *blob;
    RSAPUBKEY description;
    size_t size, full, half;
    bool kept = false;

    if (!pe_capi_export(key, PRIVATEKEYBLOB, &blob, &size))
        return false;
    rest = span_of(blob, size);
    if (!span_take(&rest, CAPI_HEADER_SIZE, &header))
        goto done;
    memcpy(&description, blob + sizeof(BLOBHEADER), sizeof(description));
    if (description.magic != 0x32415352 /* "RSA2" */ || description.bitlen > RSA_BYTES_MAX * 8)
        goto done;
    full = description.bitlen / 8;
    half = description.bitlen / 16;
    for (size_t i = 0; i < COUNT_OF(place); i++) {
        struct span *part = &parts[place[i]];

        if (!span_take(&rest, i == 0 || i == 6 ? full : half, part))
            goto done;
        reverse(blob + (part->data - blob), part->size);
    }
    for (size_t i = 0; i < sizeof(exponent); i++)
        exponent[i] = (uint8_t)(description.pubexp >> (24 - 8 * i));
    parts[1] = span_of(exponent, sizeof(exponent));
    exported->kind = KEY_RSA;
    kept = keep_parts(parts, KEY_PARTS, exported);

done:
    mem_wipe_free(blob, BLOB_SIZE_MAX);
    return kept;
}

/* BCRYPT_RSAKEY_BLOB, then e, n, p, q, dp, dq, qinv, d. */
static bool export_cng_rsa(const struct pe_key *key, struct key *exported)
{
    struct span parts[KEY_PARTS] = {{NULL, 0}}, rest, part;
    BCRYPT_RSAKEY_BLOB header;
    uint8_t *blob;
    size_t size;
    bool kept = false;

    if (!pe_cng_export(key, BCRYPT_RSAFULLPRIVATE_BLOB, &blob, &size))
        return false;
    rest = span_of(blob, size);
    if (!span_take(&rest, sizeof(header), &part))
        goto done;
    memcpy(&header, part.data, sizeof(header));
    if (header.Magic != BCRYPT_RSAFULLPRIVATE_MAGIC ||
        !span_take(&rest, header.cbPublicExp, &parts[1]) ||
        !span_take(&rest, header.cbModulus, &parts[0]) ||
        !span_take(&rest, header.cbPrime1, &parts[3]) ||
        !span_take(&rest, header.cbPrime2, &parts[4]) ||
        !span_take(&rest, header.cbPrime1, &parts[5]) ||
        !span_take(&rest, header.cbPrime2, &parts[6]) ||
        !span_take(&rest, header.cbPrime1, &parts[7]) ||
        !span_take(&rest, header.cbModulus, &parts[2]))
        goto done;
    exported->kind = KEY_RSA;
    kept = keep_parts(parts, KEY_PARTS, exported);

done:
    mem_wipe_free(blob, BLOB_SIZE_MAX);
    return kept;
}

/* BCRYPT_ECCKEY_BLOB, then x, y and the private number. */
static bool export_cng_ecc(const struct pe_key *key, struct key *exported)
{
    struct span parts[3], rest, part;
    BCRYPT_ECCKEY_BLOB header;
    uint8_t *blob;
    size_t size;
    bool kept = false;

    if (!pe_cng_export(key, BCRYPT_ECCPRIVATE_BLOB, &blob, &size))
        return false;
    rest = span_of(blob, size);
    if (!span_take(&rest, sizeof(header), &part))
        goto done;
    memcpy(&header, part.data, sizeof(header));
    for (size_t i = 0; i < COUNT_OF(curves); i++)
        if (header.dwMagic == curves[i].private_magic)
            exported->curve = curves[i].group;
    if (!exported->curve || !span_take(&rest, header.cbKey, &parts[0]) ||
        !span_take(&rest, header.cbKey, &parts[1]) || !span_take(&rest, header.cbKey, &parts[2]))
        goto done;
    exported->kind = KEY_EC;
    kept = keep_parts(parts, COUNT_OF(parts), exported);

done:
    mem_wipe_free(blob, BLOB_SIZE_MAX);
    return kept;
}

bool pe_key_export(const struct pe_key *key, struct key *exported)
{
    struct key made = {.kind = KEY_NONE};

    if (key->kind == PE_KEY_CAPI ? !export_capi(key, &made)
                                 : !export_cng_rsa(key, &made) && !export_cng_ecc(key, &made))
        return false;
    *exported = made;
    return true;
}

uint16_t pe_key_curve(const struct pe_key *key)
{
    BCRYPT_ECCKEY_BLOB header = {0, 0};
    uint16_t group = 0;
    uint8_t *blob;
    size_t size;

    if (key->kind != PE_KEY_CNG || !pe_cng_export(key, BCRYPT_ECCPUBLIC_BLOB, &blob, &size))
        return 0;
    if (size >= sizeof(header))
        memcpy(&header, blob, sizeof(header));
    for (size_t i = 0; i < COUNT_OF(curves); i++)
        if (header.dwMagic == curves[i].public_magic)
            group = curves[i].group;
    mem_free(blob);
    return group;
}
