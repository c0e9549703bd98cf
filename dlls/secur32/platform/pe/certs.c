/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, certificates with keys, on Windows. The certificate is copied into a store of our own
 * with its chain, so that the program may do with its contexts and stores what it likes (curl
 * closes its store right after AcquireCredentialsHandle); only a key that is a handle in the
 * program's context needs that context.
 */
#include "platform/pe/trust.h"

#include <stdatomic.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

/* The low half of an encoding says what certificates are, the high half what messages are. */
#define CERTIFICATE_TYPE_MASK 0xffffu

/* locks: (c) constant after creation, (a) atomic */
struct platform_certificate {
    atomic_uint references; /* (a) */
    PCCERT_CONTEXT given;   /* (c) the program's, for the handles of keys in it */
    PCCERT_CONTEXT own;     /* (c) in a store with the chain */
    struct pe_key key;      /* (c) */
    struct span *chain;     /* (c) one block with its bytes */
    size_t chain_count;     /* (c) */
};

/*
 * Wine's PFXImportCertStore gives every certificate of the file the property of the one key, the
 * intermediates too, and the newest stands first: programs that take the first certificate with a
 * key then hand over an intermediate. The certificate that the key is for is meant. Returns a new
 * reference; NULL: none of the store is for the key.
 */
static PCCERT_CONTEXT find_fitting(PCCERT_CONTEXT context, const struct pe_key *key)
{
    PCCERT_CONTEXT other = NULL;

    if (pe_key_fits(key, context))
        return CertDuplicateCertificateContext(context);
    if (!context->hCertStore)
        return NULL;
    while ((other = CertEnumCertificatesInStore(context->hCertStore, other)) != NULL)
        if (pe_key_fits(key, other))
            break;
    TRACE(LOG_PLATFORM, "the key is not the given certificate's; %s",
          other ? "another one's of its store" : "nor any other's of its store");
    return other;
}

/* The chain from the stores; without one, the certificate alone. */
static SECURITY_STATUS build_chain(struct platform_certificate *certificate, PCCERT_CONTEXT leaf,
                                   uint32_t flags)
{
    CERT_CHAIN_PARA para = {.cbSize = sizeof(para)};
    PCCERT_CHAIN_CONTEXT context = NULL;
    struct pe_engine *engine = pe_engine_acquire();
    CERT_CHAIN_ELEMENT alone = {.cbSize = sizeof(alone), .pCertContext = leaf};
    PCERT_CHAIN_ELEMENT elements[] = {&alone};
    CERT_SIMPLE_CHAIN simple = {.cbSize = sizeof(simple), .cElement = 1, .rgpElement = elements};
    const CERT_SIMPLE_CHAIN *chain = &simple;
    size_t count;
    SECURITY_STATUS status;

    if (engine &&
        CertGetCertificateChain(engine->handle, leaf, NULL, leaf->hCertStore, &para,
                                flags & PLATFORM_CACHE_ONLY ? CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL
                                                            : 0,
                                NULL, &context) &&
        context->cChain && context->rgpChain[0]->cElement)
        chain = context->rgpChain[0];
    count = chain->cElement < LIMIT_CHAIN ? chain->cElement : LIMIT_CHAIN;
    if (count > 1 && !(flags & PLATFORM_SEND_ROOT) &&
        pe_is_self_issued(chain->rgpElement[count - 1]->pCertContext))
        count--;
    status = pe_copy_chain(chain, count, &certificate->chain);
    if (status == SEC_E_OK)
        certificate->chain_count = count;
    if (context)
        CertFreeCertificateChain(context);
    pe_engine_release(engine);
    return status;
}

/* Where the key is, for programs that look at the certificate again (LOCAL_CERT_CONTEXT). A handle
 * is not copied: two contexts would free it. */
static void copy_key_info(PCCERT_CONTEXT from, PCCERT_CONTEXT to)
{
    DWORD size = 0;
    CRYPT_KEY_PROV_INFO *info;

    if (!CertGetCertificateContextProperty(from, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size))
        return;
    info = mem_alloc(size);
    if (info && CertGetCertificateContextProperty(from, CERT_KEY_PROV_INFO_PROP_ID, info, &size))
        CertSetCertificateContextProperty(to, CERT_KEY_PROV_INFO_PROP_ID, 0, info);
    mem_free(info);
}

static SECURITY_STATUS open_certificate(PCCERT_CONTEXT given, uint32_t flags,
                                        struct platform_certificate *certificate)
{
    PCCERT_CONTEXT leaf;
    SECURITY_STATUS status = pe_key_open(given, &certificate->key);

    if (status != SEC_E_OK)
        return status;
    leaf = find_fitting(given, &certificate->key);
    if (!leaf)
        return SEC_E_UNKNOWN_CREDENTIALS;
    status = build_chain(certificate, leaf, flags);
    if (status == SEC_E_OK)
        status = pe_context_new(certificate->chain, certificate->chain_count, &certificate->own);
    if (status == SEC_E_OK)
        copy_key_info(given, certificate->own);
    CertFreeCertificateContext(leaf);
    return status;
}

SECURITY_STATUS platform_certificate_open(const void *context, uint32_t flags,
                                          struct platform_certificate **certificate)
{
    PCCERT_CONTEXT given = context;
    struct platform_certificate *made;
    SECURITY_STATUS status;

    if (!given || (given->dwCertEncodingType & CERTIFICATE_TYPE_MASK) != X509_ASN_ENCODING ||
        !given->pbCertEncoded || !given->pCertInfo)
        return SEC_E_UNKNOWN_CREDENTIALS;
    made = mem_alloc(sizeof(*made));
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    atomic_init(&made->references, 1);
    made->given = CertDuplicateCertificateContext(given);
    status = open_certificate(given, flags, made);
    if (status == SEC_E_OK)
        *certificate = made;
    else
        platform_certificate_unref(made);
    return status;
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
    pe_key_done(&certificate->key);
    if (certificate->own)
        CertFreeCertificateContext(certificate->own);
    if (certificate->given)
        CertFreeCertificateContext(certificate->given);
    mem_free(certificate->chain);
    mem_free(certificate);
}

const struct span *platform_certificate_chain(const struct platform_certificate *certificate,
                                              size_t *count)
{
    *count = certificate->chain_count;
    return certificate->chain;
}

int64_t platform_certificate_expiry(const struct platform_certificate *certificate)
{
    const FILETIME *time = &certificate->own->pCertInfo->NotAfter;

    return (int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

SECURITY_STATUS platform_certificate_context(struct platform_certificate *certificate,
                                             const void **context)
{
    *context = CertDuplicateCertificateContext(certificate->own);
    return SEC_E_OK;
}

/* ---- the key ---- */

SECURITY_STATUS platform_key_get(struct platform_certificate *certificate, struct key *key)
{
    const struct pe_key *own = &certificate->key;

    if (pe_key_export(own, key))
        return SEC_E_OK;
    *key = (struct key){.kind = KEY_OUTSIDE,
                        .curve = pe_key_curve(own),
                        .pss = own->kind == PE_KEY_CNG,
                        .outside_id = (uintptr_t)certificate};
    return SEC_E_OK;
}

/* The parts are one block, which begins with the first. */
void platform_key_done(struct key *key)
{
    size_t size = 0;

    for (size_t i = 0; i < KEY_PARTS; i++)
        size += key->part[i].size;
    mem_wipe_free((void *)(uintptr_t)key->part[0].data, size);
    *key = (struct key){.kind = KEY_NONE};
}

SECURITY_STATUS platform_sign(struct platform_certificate *certificate, uint16_t scheme,
                              struct span hash, uint8_t *signature, size_t room, size_t *size)
{
    return pe_key_sign(&certificate->key, scheme, hash, signature, room, size);
}
