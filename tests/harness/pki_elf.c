/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See pki.h: the Linux side, through what libsecur32 adds for certificates in files.
 */
#include "pki.h"

#include <stddef.h>

PCCERT_CONTEXT pki_open(const char *name)
{
    char certificate[PKI_PATH_MAX], key[PKI_PATH_MAX];
    PCCERT_CONTEXT context = NULL;

    if (!pki_path(name, ".pem", certificate, sizeof(certificate)) ||
        !pki_path(name, ".key", key, sizeof(key)) ||
        secur32_certificate_open(certificate, key, NULL, &context) != SEC_E_OK)
        return NULL;
    return context;
}

void pki_free(PCCERT_CONTEXT certificate)
{
    CertFreeCertificateContext(certificate);
}

bool pki_store(const char *ca, HCERTSTORE *store)
{
    char path[PKI_PATH_MAX];

    return pki_path(ca, ".pem", path, sizeof(path)) && secur32_store_open(path, store) == SEC_E_OK;
}

bool pki_trust(const char *ca, bool trusted)
{
    (void)ca;
    (void)trusted;
    return false;
}

bool pki_trust_root(HCERTSTORE *store)
{
    *store = NULL;
    return pki_store("root", store);
}

PCCERT_CONTEXT pki_kept(const char *name, enum pki_keeper keeper)
{
    (void)name;
    (void)keeper;
    return NULL;
}

void pki_kept_free(PCCERT_CONTEXT certificate, enum pki_keeper keeper)
{
    (void)keeper;
    if (certificate)
        pki_free(certificate);
}

bool pki_kept_signs(PCCERT_CONTEXT certificate, enum pki_keeper keeper)
{
    (void)certificate;
    (void)keeper;
    return false;
}

PCCERT_CONTEXT pki_keyless(const char *name, bool lost)
{
    PCCERT_CONTEXT first = NULL;
    HCERTSTORE store;

    if (lost || !pki_store(name, &store))
        return NULL;
    first = CertEnumCertificatesInStore(store, NULL);
    CertCloseStore(store, 0);
    return first;
}

bool pki_thumbprint(PCCERT_CONTEXT certificate, BYTE hash[20])
{
    (void)certificate;
    (void)hash;
    return false;
}

bool pki_own(PCCERT_CONTEXT certificate, bool there)
{
    (void)certificate;
    (void)there;
    return false;
}
