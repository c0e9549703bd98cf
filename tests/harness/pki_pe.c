/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See pki.h: the Windows side. A PFX goes into a store in memory; its key is exportable.
 */
#include "pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* Not in every wincrypt.h. */
#ifndef PKCS12_NO_PERSIST_KEY
#define PKCS12_NO_PERSIST_KEY 0x00008000
#endif
#ifndef PKCS12_ALWAYS_CNG_KSP
#define PKCS12_ALWAYS_CNG_KSP 0x00000200
#endif
#ifndef PKCS12_NAMED_NO_PERSIST_KEY
#define PKCS12_NAMED_NO_PERSIST_KEY 0x00020000
#endif

static void *read_file(const char *path, DWORD *size)
{
    FILE *file = fopen(path, "rb");
    void *data = NULL;
    long length;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) > 0 &&
        fseek(file, 0, SEEK_SET) == 0 && (data = malloc((size_t)length)) != NULL) {
        *size = (DWORD)fread(data, 1, (size_t)length, file);
        if (*size != (DWORD)length) {
            free(data);
            data = NULL;
        }
    }
    fclose(file);
    return data;
}

static bool has_key(PCCERT_CONTEXT certificate)
{
    DWORD size = 0;

    return CertGetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, NULL,
                                             &size) ||
           CertGetCertificateContextProperty(certificate, CERT_KEY_CONTEXT_PROP_ID, NULL, &size);
}

/* Whether another certificate of the store was issued by this one. */
static bool is_issuer(HCERTSTORE store, PCCERT_CONTEXT candidate)
{
    PCCERT_CONTEXT other = NULL;
    bool issuer = false;

    while ((other = CertEnumCertificatesInStore(store, other)) != NULL)
        if (CertCompareCertificateName(X509_ASN_ENCODING, &candidate->pCertInfo->Subject,
                                       &other->pCertInfo->Issuer))
            issuer = true;
    return issuer;
}

/* A self-signed certificate is its own issuer. */
static bool is_alone(HCERTSTORE store)
{
    PCCERT_CONTEXT other = NULL;
    size_t count = 0;

    while ((other = CertEnumCertificatesInStore(store, other)) != NULL)
        count++;
    return count == 1;
}

/* The leaf of the store, with its key; it keeps the store alive. Wine (seen on 8.0) tells of a key
 * for every certificate of a PFX. */
static PCCERT_CONTEXT take_from_store(HCERTSTORE store)
{
    PCCERT_CONTEXT certificate = NULL;

    while ((certificate = CertEnumCertificatesInStore(store, certificate)) != NULL)
        if (has_key(certificate) && (!is_issuer(store, certificate) || is_alone(store)))
            break;
    CertCloseStore(store, 0);
    return certificate;
}

/* A CA of the folder, as a new context. */
static PCCERT_CONTEXT open_ca(const char *name)
{
    char path[PKI_PATH_MAX];
    DWORD size = 0;
    BYTE *der = pki_path(name, ".cer", path, sizeof(path)) ? read_file(path, &size) : NULL;
    PCCERT_CONTEXT context =
        der ? CertCreateCertificateContext(X509_ASN_ENCODING, der, size) : NULL;

    free(der);
    return context;
}

/* Wine's PFXImportCertStore (seen on 8.0) leaves out what is self-signed and not the leaf. */
static void add_roots(PCCERT_CONTEXT certificate)
{
    static const char *const names[] = {"root", "other"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        PCCERT_CONTEXT root = open_ca(names[i]);

        if (!root)
            continue;
        CertAddCertificateContextToStore(certificate->hCertStore, root, CERT_STORE_ADD_USE_EXISTING,
                                         NULL);
        CertFreeCertificateContext(root);
    }
}

static PCCERT_CONTEXT open_pfx(const char *path)
{
    /* A key that leaves nothing behind on disk, which Schannel accepts when it is named, and which
     * can make the RSA-PSS signatures of TLS 1.3. Older systems and Wine know the second way only.
     */
    static const DWORD ways[] = {CRYPT_EXPORTABLE | PKCS12_NO_PERSIST_KEY |
                                     PKCS12_NAMED_NO_PERSIST_KEY | PKCS12_ALWAYS_CNG_KSP,
                                 CRYPT_EXPORTABLE | PKCS12_NO_PERSIST_KEY};
    PCCERT_CONTEXT certificate = NULL;
    CRYPT_DATA_BLOB blob = {0, NULL};

    blob.pbData = read_file(path, &blob.cbData);
    for (size_t i = running_on_windows() ? 0 : 1; i < COUNT_OF(ways) && blob.pbData && !certificate;
         i++) {
        HCERTSTORE store = PFXImportCertStore(&blob, L"" PKI_PASSWORD, ways[i]);

        certificate = store ? take_from_store(store) : NULL;
    }
    free(blob.pbData);
    if (certificate && running_under_wine())
        add_roots(certificate);
    return certificate;
}

static WCHAR container[] = L"secur32 conformance test";

/* A new key of 2048 bits, in a provider that knows SHA-256. */
static bool make_key(void)
{
    HCRYPTPROV provider = 0;
    HCRYPTKEY key = 0;
    bool made;

    CryptAcquireContextW(&provider, container, NULL, PROV_RSA_AES, CRYPT_DELETEKEYSET);
    if (!CryptAcquireContextW(&provider, container, NULL, PROV_RSA_AES, CRYPT_NEWKEYSET))
        return false;
    made = CryptGenKey(provider, AT_KEYEXCHANGE, 2048u << 16 | CRYPT_EXPORTABLE, &key);
    if (made)
        CryptDestroyKey(key);
    CryptReleaseContext(provider, 0);
    return made;
}

/* Valid from yesterday for a year. */
static PCCERT_CONTEXT make_self_signed(void)
{
    static BYTE name[256];
    static char oid[] = szOID_RSA_SHA256RSA;
    CERT_NAME_BLOB subject = {sizeof(name), name};
    CRYPT_KEY_PROV_INFO key = {container, NULL, PROV_RSA_AES, 0, 0, NULL, AT_KEYEXCHANGE};
    CRYPT_ALGORITHM_IDENTIFIER algorithm = {oid, {0, NULL}};
    ULARGE_INTEGER value;
    SYSTEMTIME from, to;
    FILETIME time;

    if (!make_key() || !CertStrToNameW(X509_ASN_ENCODING, L"CN=localhost", CERT_X500_NAME_STR, NULL,
                                       name, &subject.cbData, NULL))
        return NULL;
    GetSystemTimeAsFileTime(&time);
    value.LowPart = time.dwLowDateTime;
    value.HighPart = time.dwHighDateTime;
    value.QuadPart -= 24 * 60 * 60 * 10000000ull;
    time.dwLowDateTime = value.LowPart;
    time.dwHighDateTime = value.HighPart;
    FileTimeToSystemTime(&time, &from);
    to = from;
    to.wYear++;
    if (to.wMonth == 2 && to.wDay == 29)
        to.wDay = 28;
    return CertCreateSelfSignCertificate(0, &subject, 0, &key, &algorithm, &from, &to, NULL);
}

PCCERT_CONTEXT pki_open(const char *name)
{
    char path[PKI_PATH_MAX];

    if (pki_path(name, ".pfx", path, sizeof(path)))
        return open_pfx(path);
    return strcmp(name, "rsa") ? NULL : make_self_signed();
}

void pki_free(PCCERT_CONTEXT certificate)
{
    CertFreeCertificateContext(certificate);
}

bool pki_store(const char *ca, HCERTSTORE *store)
{
    PCCERT_CONTEXT root = open_ca(ca);
    HCERTSTORE made = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    bool added =
        root && made && CertAddCertificateContextToStore(made, root, CERT_STORE_ADD_ALWAYS, NULL);

    if (root)
        CertFreeCertificateContext(root);
    if (added)
        *store = made;
    else if (made)
        CertCloseStore(made, 0);
    return added;
}

static bool remove_from(HCERTSTORE store, PCCERT_CONTEXT root)
{
    PCCERT_CONTEXT found =
        CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, root, NULL);

    return found && CertDeleteCertificateFromStore(found);
}

bool pki_trust(const char *ca, bool trusted)
{
    PCCERT_CONTEXT root = running_under_wine() ? open_ca(ca) : NULL;
    HCERTSTORE store;
    bool done = false;

    if (!root)
        return false;
    /* What is deleted through the whole system store stays in Wine's registry (seen on 8.0). */
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_REGISTRY_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER,
                          L"Root");
    if (store) {
        done = trusted ? CertAddCertificateContextToStore(store, root,
                                                          CERT_STORE_ADD_REPLACE_EXISTING, NULL)
                       : remove_from(store, root);
        CertCloseStore(store, 0);
    }
    CertFreeCertificateContext(root);
    return done;
}

bool pki_trust_root(HCERTSTORE *for_credential)
{
    *for_credential = NULL;
    return pki_trust("root", true);
}
