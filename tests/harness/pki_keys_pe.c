/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See pki.h, pki_kept: keys in containers and providers. Under Wine PFXImportCertStore puts every
 * key that shall persist into the one default container, and so loses the one before (seen on 8.0);
 * so the key of a PFX that was read into memory is moved by hand.
 */
#include "pki.h"

#include <ncrypt.h>
#include <string.h>

#include "harness.h"

#define BLOB_MAX 8192
#define CONTAINER_PREFIX L"secur32 conformance test "

/* clang-format off */
static const struct {
    DWORD type, spec;
    ALG_ID algorithm;
    WCHAR *container;
} keepers[PKI_KEEPERS] = {
    [PKI_PROVIDER]     = { PROV_RSA_AES,  AT_KEYEXCHANGE, CALG_RSA_KEYX, CONTAINER_PREFIX L"exchange" },
    [PKI_PROVIDER_OLD] = { PROV_RSA_FULL, AT_KEYEXCHANGE, CALG_RSA_KEYX, CONTAINER_PREFIX L"old" },
    [PKI_SIGNATURE]    = { PROV_RSA_AES,  AT_SIGNATURE,   CALG_RSA_SIGN, CONTAINER_PREFIX L"signature" },
};
/* clang-format on */

/* PRIVATEKEYBLOB of a key that pki_find opened. */
static bool export_key(PCCERT_CONTEXT certificate, BYTE *blob, DWORD *size)
{
    CERT_KEY_CONTEXT found = {.cbSize = sizeof(found)};
    DWORD found_size = sizeof(found);
    HCRYPTKEY key;
    bool exported;

    if (!CertGetCertificateContextProperty(certificate, CERT_KEY_CONTEXT_PROP_ID, &found,
                                           &found_size) ||
        !CryptGetUserKey(found.hCryptProv, AT_KEYEXCHANGE, &key))
        return false;
    exported = CryptExportKey(key, 0, PRIVATEKEYBLOB, 0, blob, size);
    CryptDestroyKey(key);
    return exported;
}

static bool fill_container(enum pki_keeper keeper, BYTE *blob, DWORD size)
{
    HCRYPTPROV provider = 0;
    HCRYPTKEY key = 0;
    bool done;

    CryptAcquireContextW(&provider, keepers[keeper].container, NULL, keepers[keeper].type,
                         CRYPT_DELETEKEYSET);
    if (!CryptAcquireContextW(&provider, keepers[keeper].container, NULL, keepers[keeper].type,
                              CRYPT_NEWKEYSET))
        return false;
    ((BLOBHEADER *)blob)->aiKeyAlg = keepers[keeper].algorithm;
    done = CryptImportKey(provider, blob, size, 0, 0, &key);
    if (done)
        CryptDestroyKey(key);
    CryptReleaseContext(provider, 0);
    return done;
}

static bool use_container(PCCERT_CONTEXT certificate, enum pki_keeper keeper, BYTE *blob,
                          DWORD size)
{
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = keepers[keeper].container,
                                .dwProvType = keepers[keeper].type,
                                .dwKeySpec = keepers[keeper].spec};

    return fill_container(keeper, blob, size) &&
           CertSetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, 0, &info);
}

/* From CAPI's form, numbers with the lowest byte first, to BCRYPT_RSAPRIVATE_BLOB. */
static DWORD convert(const BYTE *from, BYTE *to)
{
    RSAPUBKEY description;
    BCRYPT_RSAKEY_BLOB header = {.Magic = BCRYPT_RSAPRIVATE_MAGIC, .cbPublicExp = 4};
    DWORD part[3], used = sizeof(header);

    memcpy(&description, from + sizeof(BLOBHEADER), sizeof(description));
    from += sizeof(BLOBHEADER) + sizeof(description);
    header.BitLength = description.bitlen;
    header.cbModulus = part[0] = description.bitlen / 8;
    header.cbPrime1 = header.cbPrime2 = part[1] = part[2] = description.bitlen / 16;
    memcpy(to, &header, sizeof(header));
    for (int i = 3; i >= 0; i--)
        to[used++] = (BYTE)(description.pubexp >> (8 * i));
    for (size_t i = 0; i < COUNT_OF(part); i++) {
        for (DWORD j = 0; j < part[i]; j++)
            to[used++] = from[part[i] - 1 - j];
        from += part[i];
    }
    return used;
}

static bool use_cng(PCCERT_CONTEXT certificate, const BYTE *blob)
{
    static BYTE converted[BLOB_MAX];
    DWORD size = convert(blob, converted);
    CERT_KEY_CONTEXT context = {.cbSize = sizeof(context), .dwKeySpec = CERT_NCRYPT_KEY_SPEC};
    NCRYPT_PROV_HANDLE provider;
    bool done;

    if (NCryptOpenStorageProvider(&provider, MS_KEY_STORAGE_PROVIDER, 0) != 0)
        return false;
    /* The key lives as long as the program: Wine would release it as one of CAPI's. */
    done = NCryptImportKey(provider, 0, BCRYPT_RSAPRIVATE_BLOB, NULL, &context.hNCryptKey,
                           converted, size, 0) == 0 &&
           CertSetCertificateContextProperty(certificate, CERT_KEY_CONTEXT_PROP_ID,
                                             CERT_STORE_NO_CRYPT_RELEASE_FLAG, &context);
    NCryptFreeObject(provider);
    return done;
}

/* With the rest of its chain in its store. */
static PCCERT_CONTEXT copy_certificate(PCCERT_CONTEXT certificate)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PCCERT_CONTEXT member = NULL, copy = NULL;

    while (store && (member = CertEnumCertificatesInStore(certificate->hCertStore, member)) != NULL)
        CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, member->pbCertEncoded,
                                         member->cbCertEncoded, CERT_STORE_ADD_ALWAYS, NULL);
    if (store) {
        copy = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING,
                                          certificate, NULL);
        CertCloseStore(store, 0);
    }
    return copy;
}

PCCERT_CONTEXT pki_kept(const char *name, enum pki_keeper keeper)
{
    static BYTE blob[BLOB_MAX];
    PCCERT_CONTEXT certificate = running_under_wine() ? pki_find(name) : NULL, copy;
    DWORD size = sizeof(blob);

    if (!certificate || !export_key(certificate, blob, &size))
        return NULL;
    copy = copy_certificate(certificate);
    if (copy && (keeper == PKI_CNG ? use_cng(copy, blob) : use_container(copy, keeper, blob, size)))
        return copy;
    pki_kept_free(copy, keeper);
    return NULL;
}

static bool make_hash(HCRYPTPROV provider, HCRYPTHASH *hash)
{
    static const BYTE text[] = "what a key signs";

    return CryptCreateHash(provider, CALG_SHA_256, 0, 0, hash) &&
           CryptHashData(*hash, text, sizeof(text), 0);
}

static bool fits_certificate(PCCERT_CONTEXT certificate, const BYTE *signature, DWORD size)
{
    CERT_PUBLIC_KEY_INFO *info = &certificate->pCertInfo->SubjectPublicKeyInfo;
    HCRYPTPROV provider = 0;
    HCRYPTHASH hash = 0;
    HCRYPTKEY key = 0;
    bool fits = CryptAcquireContextW(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT) &&
                CryptImportPublicKeyInfo(provider, X509_ASN_ENCODING, info, &key) &&
                make_hash(provider, &hash) &&
                CryptVerifySignatureW(hash, signature, size, key, NULL, 0);

    CryptDestroyHash(hash);
    CryptDestroyKey(key);
    CryptReleaseContext(provider, 0);
    return fits;
}

bool pki_kept_signs(PCCERT_CONTEXT certificate, enum pki_keeper keeper)
{
    BYTE signature[1024];
    DWORD size = sizeof(signature);
    HCRYPTPROV provider = 0;
    HCRYPTHASH hash = 0;
    bool fits;

    if (keeper == PKI_CNG)
        return true;
    fits = CryptAcquireContextW(&provider, keepers[keeper].container, NULL, PROV_RSA_AES, 0) &&
           make_hash(provider, &hash) &&
           CryptSignHashW(hash, keepers[keeper].spec, NULL, 0, signature, &size) &&
           fits_certificate(certificate, signature, size);
    CryptDestroyHash(hash);
    CryptReleaseContext(provider, 0);
    return fits;
}

PCCERT_CONTEXT pki_keyless(const char *name, bool lost)
{
    static WCHAR container[] = CONTAINER_PREFIX L"that is not there";
    CRYPT_KEY_PROV_INFO info = {
        .pwszContainerName = container, .dwProvType = PROV_RSA_FULL, .dwKeySpec = AT_KEYEXCHANGE};
    PCCERT_CONTEXT certificate = pki_find(name);
    PCCERT_CONTEXT copy = certificate ? copy_certificate(certificate) : NULL;

    if (!copy || !lost ||
        CertSetCertificateContextProperty(copy, CERT_KEY_PROV_INFO_PROP_ID, 0, &info))
        return copy;
    CertFreeCertificateContext(copy);
    return NULL;
}

bool pki_thumbprint(PCCERT_CONTEXT certificate, BYTE hash[20])
{
    DWORD size = 20;

    return CertGetCertificateContextProperty(certificate, CERT_SHA1_HASH_PROP_ID, hash, &size) &&
           size == 20;
}

void pki_kept_free(PCCERT_CONTEXT certificate, enum pki_keeper keeper)
{
    HCRYPTPROV provider = 0;

    if (certificate)
        CertFreeCertificateContext(certificate);
    if (keeper != PKI_CNG)
        CryptAcquireContextW(&provider, keepers[keeper].container, NULL, keepers[keeper].type,
                             CRYPT_DELETEKEYSET);
}

/* In one of the user's stores, or no longer. */
static bool put(const WCHAR *name, PCCERT_CONTEXT certificate, bool there)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_SYSTEM_REGISTRY_W, 0, 0,
                                     CERT_SYSTEM_STORE_CURRENT_USER, name);
    PCCERT_CONTEXT found;
    bool done;

    if (!store)
        return false;
    if (there) {
        done = CertAddCertificateContextToStore(store, certificate, CERT_STORE_ADD_REPLACE_EXISTING,
                                                NULL);
    } else {
        found = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING,
                                           certificate, NULL);
        done = found && CertDeleteCertificateFromStore(found);
    }
    CertCloseStore(store, 0);
    return done;
}

/* The intermediates go where an import puts them, or the chain could not be built. */
bool pki_own(PCCERT_CONTEXT certificate, bool there)
{
    PCCERT_CONTEXT member = NULL;
    bool done = running_under_wine();

    while (done &&
           (member = CertEnumCertificatesInStore(certificate->hCertStore, member)) != NULL) {
        bool root = CertCompareCertificateName(X509_ASN_ENCODING, &member->pCertInfo->Subject,
                                               &member->pCertInfo->Issuer);

        if (!root &&
            !CertCompareCertificate(X509_ASN_ENCODING, member->pCertInfo, certificate->pCertInfo))
            done = put(L"CA", member, there);
    }
    if (member)
        CertFreeCertificateContext(member);
    return done && put(L"MY", certificate, there);
}
