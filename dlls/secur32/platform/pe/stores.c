/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificate contexts and stores on Windows: those that we make for programs, and the ones that
 * programs give us (hRootStore).
 */
#include "platform/pe/certs.h"

#include "base/checked.h"
#include "base/limits.h"
#include "base/mem.h"

#define STORE_MAX 4096 /* names that a server could ever send; the list has 64 KiB at most */

SECURITY_STATUS pe_context_new(const struct span *ders, size_t count, PCCERT_CONTEXT *context)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PCCERT_CONTEXT first = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (!store)
        return SEC_E_INSUFFICIENT_MEMORY;
    /* The newest comes first when a store is enumerated: so add from the root down. */
    for (size_t i = count; i > 0 && status == SEC_E_OK; i--)
        if (ders[i - 1].size > LIMIT_CERTIFICATE ||
            !CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, ders[i - 1].data,
                                              (DWORD)ders[i - 1].size, CERT_STORE_ADD_ALWAYS,
                                              i == 1 ? &first : NULL))
            status = SEC_E_UNKNOWN_CREDENTIALS;
    /* The context keeps the store's memory until it is freed itself. */
    CertCloseStore(store, 0);
    if (status == SEC_E_OK)
        *context = first;
    return status;
}

SECURITY_STATUS pe_copy_chain(const CERT_SIMPLE_CHAIN *chain, size_t count, struct span **copy)
{
    size_t size = 0;
    struct span *made;
    struct writer to;

    for (size_t i = 0; i < count; i++)
        if (!size_add(size, sizeof(*made) + chain->rgpElement[i]->pCertContext->cbCertEncoded,
                      &size))
            return SEC_E_INSUFFICIENT_MEMORY;
    made = mem_alloc(size);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    to = writer_of(made + count, size - count * sizeof(*made));
    for (size_t i = 0; i < count; i++) {
        struct span der = pe_der(chain->rgpElement[i]->pCertContext);

        made[i] = (struct span){to.data + to.used, der.size};
        write_bytes(&to, der);
    }
    *copy = made;
    return SEC_E_OK;
}

bool pe_is_self_issued(PCCERT_CONTEXT context)
{
    return CertCompareCertificateName(X509_ASN_ENCODING, &context->pCertInfo->Subject,
                                      &context->pCertInfo->Issuer);
}

SECURITY_STATUS platform_context_from_chain(const struct span *chain, size_t count,
                                            const void **context)
{
    PCCERT_CONTEXT made;
    SECURITY_STATUS status;

    if (!count || count > LIMIT_CHAIN)
        return SEC_E_UNKNOWN_CREDENTIALS;
    status = pe_context_new(chain, count, &made);
    if (status == SEC_E_OK)
        *context = made;
    return status;
}

void platform_context_free(const void *context)
{
    if (context)
        CertFreeCertificateContext(context);
}

/* A HCERTSTORE is a pointer that the seam passes as const. */
static HCERTSTORE handle_of(const void *store)
{
    return (HCERTSTORE)(uintptr_t)store;
}

const void *platform_store_ref(const void *store)
{
    return store ? CertDuplicateStore(handle_of(store)) : NULL;
}

SECURITY_STATUS platform_store_named(const WCHAR *name, const void **store)
{
    HCERTSTORE made = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0,
                                    CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_READONLY_FLAG |
                                        CERT_STORE_OPEN_EXISTING_FLAG,
                                    name);

    if (!made)
        return SEC_E_UNKNOWN_CREDENTIALS;
    *store = made;
    return SEC_E_OK;
}

const void *platform_store_roots(void)
{
    return CertOpenSystemStoreW(0, L"ROOT");
}

void platform_store_free(const void *store)
{
    if (store)
        CertCloseStore(handle_of(store), 0);
}

SECURITY_STATUS platform_store_names(const void *store, struct span **names, size_t *count)
{
    PCCERT_CONTEXT context = NULL;
    size_t found = 0, size = 0, index = 0;
    struct span *made;
    struct writer to;

    if (!store)
        return SEC_E_UNKNOWN_CREDENTIALS;
    while (found < STORE_MAX &&
           (context = CertEnumCertificatesInStore(handle_of(store), context)) != NULL) {
        size += sizeof(*made) + context->pCertInfo->Subject.cbData;
        found++;
    }
    if (context)
        CertFreeCertificateContext(context);
    made = mem_alloc(size);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    to = writer_of(made + found, size - found * sizeof(*made));
    context = NULL;
    /* The program may change its store meanwhile: what no longer fits is left out. */
    while (index < found && !to.overrun &&
           (context = CertEnumCertificatesInStore(handle_of(store), context)) != NULL) {
        const CERT_NAME_BLOB *name = &context->pCertInfo->Subject;

        made[index] = (struct span){to.data + to.used, name->cbData};
        write_bytes(&to, span_of(name->pbData, name->cbData));
        index += !to.overrun;
    }
    if (context)
        CertFreeCertificateContext(context);
    *names = made;
    *count = index;
    return SEC_E_OK;
}
