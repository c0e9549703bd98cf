/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificates with keys out of the system's stores: the user's own for a server that asks, and one
 * by its thumbprint.
 */
#include "platform/pe/certs.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define THUMBPRINT_SIZE 20

static HCERTSTORE open_store(const WCHAR *name, bool machine)
{
    return CertOpenStore(
        CERT_STORE_PROV_SYSTEM_W, 0, 0,
        (machine ? CERT_SYSTEM_STORE_LOCAL_MACHINE : CERT_SYSTEM_STORE_CURRENT_USER) |
            CERT_STORE_READONLY_FLAG | CERT_STORE_OPEN_EXISTING_FLAG,
        name);
}

/* No extended usage at all means any (Microsoft Learn, "CertGetEnhancedKeyUsage"). */
static bool is_for_clients(PCCERT_CONTEXT context)
{
    CERT_ENHKEY_USAGE *usage;
    DWORD size = 0;
    bool found = false;

    if (!CertGetEnhancedKeyUsage(context, 0, NULL, &size))
        return GetLastError() == (DWORD)CRYPT_E_NOT_FOUND;
    usage = mem_alloc(size);
    if (usage && CertGetEnhancedKeyUsage(context, 0, usage, &size)) {
        found = !usage->cUsageIdentifier && GetLastError() == (DWORD)CRYPT_E_NOT_FOUND;
        for (DWORD i = 0; i < usage->cUsageIdentifier; i++)
            found |= !strcmp(usage->rgpszUsageIdentifier[i], szOID_PKIX_KP_CLIENT_AUTH) ||
                     !strcmp(usage->rgpszUsageIdentifier[i], szOID_ANY_ENHANCED_KEY_USAGE);
    }
    mem_free(usage);
    return found;
}

static bool has_key_property(PCCERT_CONTEXT context)
{
    DWORD size = 0;

    return CertGetCertificateContextProperty(context, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size);
}

static bool is_usable(struct platform_certificate *certificate)
{
    const void *context = NULL;
    PCCERT_CONTEXT leaf;
    bool usable;

    if (platform_certificate_context(certificate, &context) != SEC_E_OK)
        return false;
    leaf = context;
    usable = CertVerifyTimeValidity(NULL, leaf->pCertInfo) == 0 && is_for_clients(leaf);
    platform_context_free(context);
    return usable;
}

/* Whether one of the authorities issued one of the chain. */
static bool is_from(const struct platform_certificate *certificate, const struct span *authorities,
                    size_t count)
{
    size_t length;
    const struct span *chain = platform_certificate_chain(certificate, &length);
    bool found = !count;

    for (size_t i = 0; i < length && !found; i++) {
        PCCERT_CONTEXT context =
            CertCreateCertificateContext(X509_ASN_ENCODING, chain[i].data, (DWORD)chain[i].size);

        for (size_t j = 0; context && j < count; j++) {
            CERT_NAME_BLOB name = {(DWORD)authorities[j].size,
                                   (BYTE *)(uintptr_t)authorities[j].data};

            found |=
                CertCompareCertificateName(X509_ASN_ENCODING, &name, &context->pCertInfo->Issuer);
        }
        if (context)
            CertFreeCertificateContext(context);
    }
    return found;
}

SECURITY_STATUS platform_default_client(const struct span *authorities, size_t count,
                                        struct platform_certificate **certificate)
{
    HCERTSTORE store = open_store(L"MY", false);
    struct platform_certificate *found = NULL;
    PCCERT_CONTEXT context = NULL;

    if (!store)
        return SEC_E_NO_CREDENTIALS;
    while (!found && (context = CertEnumCertificatesInStore(store, context)) != NULL) {
        if (!has_key_property(context) || platform_certificate_open(context, 0, &found) != SEC_E_OK)
            continue;
        if (is_usable(found) && is_from(found, authorities, count))
            break;
        platform_certificate_unref(found);
        found = NULL;
    }
    if (context)
        CertFreeCertificateContext(context);
    CertCloseStore(store, 0);
    if (!found)
        return SEC_E_NO_CREDENTIALS;
    *certificate = found;
    return SEC_E_OK;
}

SECURITY_STATUS platform_certificate_find(const WCHAR *name, bool machine,
                                          const uint8_t thumbprint[20],
                                          struct platform_certificate **certificate)
{
    CRYPT_HASH_BLOB hash = {THUMBPRINT_SIZE, (BYTE *)(uintptr_t)thumbprint};
    HCERTSTORE store = open_store(name, machine);
    PCCERT_CONTEXT context = NULL;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;

    if (store)
        context =
            CertFindCertificateInStore(store, PE_ENCODING, 0, CERT_FIND_SHA1_HASH, &hash, NULL);
    if (context) {
        status = platform_certificate_open(context, 0, certificate);
        CertFreeCertificateContext(context);
    }
    if (store)
        CertCloseStore(store, 0);
    return status;
}
