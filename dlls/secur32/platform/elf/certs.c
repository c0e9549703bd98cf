/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, certificates with keys, on Linux: struct platform_certificate is the first
 * certificate of a store that was read from a file (files.c), with the chain that stood there.
 */
#include "platform/elf/certs.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "platform/elf/settings.h"

/* The low half of an encoding says what certificates are, the high half what messages are. */
#define CERTIFICATE_TYPE_MASK 0xffffu

/* locks: (c) constant after creation, (a) atomic */
struct platform_certificate {
    atomic_uint references;         /* (a) */
    struct elf_store *store;        /* (c) one reference */
    struct span chain[LIMIT_CHAIN]; /* (c) points into the store */
    size_t chain_count;             /* (c) */
};

SECURITY_STATUS platform_certificate_open(const void *context, uint32_t flags,
                                          struct platform_certificate **certificate)
{
    const CERT_CONTEXT *given = context;
    struct elf_certificate *found;
    struct platform_certificate *made;
    struct elf_store *store;

    if (!given || !given->pbCertEncoded ||
        (given->dwCertEncodingType & CERTIFICATE_TYPE_MASK) != X509_ASN_ENCODING)
        return SEC_E_UNKNOWN_CREDENTIALS;
    found = store_certificate(given);
    if (!found || found != found->store->certificates || !found->store->key.handle)
        return SEC_E_NO_CREDENTIALS;
    store = found->store;
    made = mem_alloc(sizeof(*made));
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    atomic_init(&made->references, 1);
    made->store = store_ref(store);
    made->chain_count = store->chain_count;
    /* Windows leaves the root out; a certificate that is its own root is all there is to send. */
    if (made->chain_count > 1 && !(flags & PLATFORM_SEND_ROOT) &&
        store->certificates[made->chain_count - 1].self_issued)
        made->chain_count--;
    for (size_t i = 0; i < made->chain_count; i++)
        made->chain[i] = store_der(store, i);
    *certificate = made;
    return SEC_E_OK;
}

struct platform_certificate *platform_certificate_ref(struct platform_certificate *certificate)
{
    atomic_fetch_add_explicit(&certificate->references, 1, memory_order_relaxed);
    return certificate;
}

void platform_certificate_unref(struct platform_certificate *certificate)
{
    if (!certificate ||
        atomic_fetch_sub_explicit(&certificate->references, 1, memory_order_acq_rel) != 1)
        return;
    store_unref(certificate->store);
    mem_free(certificate);
}

const struct span *platform_certificate_chain(const struct platform_certificate *certificate,
                                              size_t *count)
{
    *count = certificate->chain_count;
    return certificate->chain;
}

const struct elf_key *certificate_key(const struct platform_certificate *certificate)
{
    return &certificate->store->key;
}

static int64_t filetime(const FILETIME *time)
{
    return (int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

int64_t platform_certificate_expiry(const struct platform_certificate *certificate)
{
    return filetime(&certificate->store->certificates[0].info.NotAfter);
}

SECURITY_STATUS platform_certificate_context(struct platform_certificate *certificate,
                                             const void **context)
{
    *context = &store_ref(certificate->store)->certificates[0].context;
    return SEC_E_OK;
}

/* ---- the user's own certificate ---- */

/* Whether one of the authorities issued one of the chain. */
static bool is_from(const struct platform_certificate *certificate, const struct span *authorities,
                    size_t count)
{
    for (size_t i = 0; i < certificate->chain_count; i++) {
        const CERT_NAME_BLOB *issuer = &certificate->store->certificates[i].info.Issuer;

        for (size_t j = 0; j < count; j++)
            if (span_equal(span_of(issuer->pbData, issuer->cbData), authorities[j]))
                return true;
    }
    return !count;
}

static bool is_for_clients(const struct platform_certificate *certificate)
{
    const struct library *library = files_library_get();
    gnutls_datum_t der = datum_of(certificate->chain[0]);
    gnutls_x509_crt_t crt;
    bool fits;

    if (!library || library->gnutls_x509_crt_init(&crt) < 0)
        return false;
    fits = library->gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER) >= 0 &&
           library->gnutls_x509_crt_check_key_purpose(crt, GNUTLS_KP_TLS_WWW_CLIENT, 0);
    library->gnutls_x509_crt_deinit(crt);
    return fits;
}

/* The settings name it: there is no CurrentUser\MY here. */
SECURITY_STATUS platform_default_client(const struct span *authorities, size_t count,
                                        struct platform_certificate **certificate)
{
    const char *file = settings_own("ClientCertificate");
    struct platform_certificate *found = NULL;
    const CERT_INFO *info;
    PCCERT_CONTEXT context;
    int64_t now = platform_now();
    SECURITY_STATUS status;

    if (!file)
        return SEC_E_NO_CREDENTIALS;
    status = secur32_certificate_open(file, settings_own("ClientKey"), NULL, &context);
    if (status == SEC_E_INSUFFICIENT_MEMORY)
        return status;
    if (status != SEC_E_OK) {
        TRACE(LOG_PLATFORM, "ClientCertificate %s: %08lx", file, (unsigned long)(uint32_t)status);
        return SEC_E_NO_CREDENTIALS;
    }
    status = platform_certificate_open(context, 0, &found);
    info = context->pCertInfo;
    if (status == SEC_E_OK &&
        (now < filetime(&info->NotBefore) || now > filetime(&info->NotAfter) ||
         !is_for_clients(found) || !is_from(found, authorities, count))) {
        platform_certificate_unref(found);
        status = SEC_E_NO_CREDENTIALS;
    }
    CertFreeCertificateContext(context);
    if (status == SEC_E_OK)
        *certificate = found;
    return status;
}

/* There are no named stores here. */
SECURITY_STATUS platform_certificate_find(const WCHAR *store, bool machine,
                                          const uint8_t thumbprint[20],
                                          struct platform_certificate **certificate)
{
    (void)store;
    (void)machine;
    (void)thumbprint;
    (void)certificate;
    return SEC_E_NO_CREDENTIALS;
}
