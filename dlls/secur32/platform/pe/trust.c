/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform_judge on Windows: CertGetCertificateChain builds the path out of what the peer sent and
 * the system's stores, and its TrustStatus says what is wrong. CERT_CHAIN_POLICY_SSL is not asked:
 * Wine's (seen on 8.0 and 10.0) calls a chain whose issuer is unknown good.
 *
 * What else Wine's chains do not see, and is looked for here: forbidden certificates (the store
 * Disallowed), an intermediate that is not for this usage, MD5 signatures, RSA keys below 1024
 * bits. What they hold against good ones: a usage is asked for and the leaf's is "any", so none is
 * asked for; signatures with RSA-PSS are "not valid"
 * (CERT_TRUST_IS_NOT_SIGNATURE_VALID, while the path is complete); who judges the path once more
 * with the TLS library knows better. Bits of revocation: revocation.c.
 */
#include "platform/pe/trust.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#ifndef CERT_TRUST_HAS_WEAK_SIGNATURE
#define CERT_TRUST_HAS_WEAK_SIGNATURE 0x00100000
#endif

/* Windows has blocked shorter RSA keys since 2012 (Microsoft Security Advisory 2661254). */
#define RSA_BITS_MIN 1024

/* Not an error to any policy of Windows: validity need not be nested. */
#define IGNORED_BITS CERT_TRUST_IS_NOT_TIME_NESTED

/* Signatures that nothing should rest on. */
static const char *const weak_signatures[] = {
    "1.2.840.113549.1.1.2", /* MD2 with RSA */
    "1.2.840.113549.1.1.3", /* MD4 with RSA */
    "1.2.840.113549.1.1.4", /* MD5 with RSA */
    "1.3.14.3.2.2",         /* the same three by their older names */
    "1.3.14.3.2.3",         "1.3.14.3.2.4", "1.2.840.113549.2.5",
};

static uint32_t look_for_weakness(const CERT_SIMPLE_CHAIN *chain)
{
    uint32_t bits = 0;

    for (DWORD i = 0; i < chain->cElement; i++) {
        PCCERT_CONTEXT context = chain->rgpElement[i]->pCertContext;
        CERT_PUBLIC_KEY_INFO *key = &context->pCertInfo->SubjectPublicKeyInfo;
        const char *algorithm = context->pCertInfo->SignatureAlgorithm.pszObjId;

        if (!strcmp(key->Algorithm.pszObjId, szOID_RSA_RSA) &&
            CertGetPublicKeyLength(X509_ASN_ENCODING, key) < RSA_BITS_MIN)
            bits |= CERT_TRUST_HAS_WEAK_SIGNATURE;
        /* Nobody relies on the signature that a root makes for itself. */
        if (i + 1 == chain->cElement && pe_is_self_issued(context))
            continue;
        for (size_t j = 0; j < COUNT_OF(weak_signatures); j++)
            if (!strcmp(algorithm, weak_signatures[j]))
                bits |= CERT_TRUST_HAS_WEAK_SIGNATURE;
    }
    return bits;
}

/* Whether the certificate's extension of usages, if it has one, names this usage or any. */
static bool allows_usage(PCCERT_CONTEXT context, const char *usage)
{
    const CERT_INFO *info = context->pCertInfo;
    CERT_EXTENSION *extension =
        CertFindExtension(szOID_ENHANCED_KEY_USAGE, info->cExtension, info->rgExtension);
    CERT_ENHKEY_USAGE *list = NULL;
    DWORD size = 0;
    bool allowed = false;

    if (!extension)
        return true;
    if (!CryptDecodeObjectEx(X509_ASN_ENCODING, X509_ENHANCED_KEY_USAGE, extension->Value.pbData,
                             extension->Value.cbData, CRYPT_DECODE_ALLOC_FLAG, NULL, &list, &size))
        return false;
    for (DWORD i = 0; i < list->cUsageIdentifier; i++)
        allowed |= !strcmp(list->rgpszUsageIdentifier[i], usage) ||
                   !strcmp(list->rgpszUsageIdentifier[i], szOID_ANY_ENHANCED_KEY_USAGE);
    LocalFree(list);
    return allowed;
}

/* Usages of the leaf and the intermediates. */
static uint32_t look_at_usages(const CERT_SIMPLE_CHAIN *chain, const char *usage)
{
    for (DWORD i = 0; i == 0 || i + 1 < chain->cElement; i++)
        if (!allows_usage(chain->rgpElement[i]->pCertContext, usage))
            return CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
    return 0;
}

/* A root that only this program trusts. */
static bool is_in_store(const void *store, PCCERT_CONTEXT context)
{
    PCCERT_CONTEXT found = CertFindCertificateInStore((HCERTSTORE)(uintptr_t)store, PE_ENCODING, 0,
                                                      CERT_FIND_EXISTING, context, NULL);

    if (!found)
        return false;
    CertFreeCertificateContext(found);
    return true;
}

/* What the user or the administrator has forbidden by name. The machine's store shows through the
 * user's (Microsoft Learn, "System Store Locations"). */
static uint32_t look_for_distrust(const struct pe_engine *engine, const CERT_SIMPLE_CHAIN *chain)
{
    uint32_t bits = 0;

    for (DWORD i = 0; engine->disallowed && i < chain->cElement; i++)
        if (is_in_store(engine->disallowed, chain->rgpElement[i]->pCertContext))
            bits = CERT_TRUST_IS_EXPLICIT_DISTRUST;
    return bits;
}

static uint32_t judge_chain(const struct pe_engine *engine,
                            const struct platform_question *question, CERT_SIMPLE_CHAIN *chain,
                            const char *usage)
{
    uint32_t bits = chain->TrustStatus.dwErrorStatus & ~(uint32_t)IGNORED_BITS;

    if (chain->cElement > LIMIT_CHAIN)
        bits |= CERT_TRUST_IS_PARTIAL_CHAIN;
    if (question->root_store && (bits & CERT_TRUST_IS_UNTRUSTED_ROOT) &&
        is_in_store(question->root_store, chain->rgpElement[chain->cElement - 1]->pCertContext))
        bits &= ~(uint32_t)CERT_TRUST_IS_UNTRUSTED_ROOT;
    chain->TrustStatus.dwErrorStatus = bits;
    return bits | look_for_distrust(engine, chain) | look_for_weakness(chain) |
           look_at_usages(chain, usage) | pe_revocation_check(chain, question->flags);
}

/* The peer's certificates and the program's roots, to build from. NULL: no memory. */
static HCERTSTORE open_material(const struct platform_question *question, PCCERT_CONTEXT leaf)
{
    HCERTSTORE all;

    if (!question->root_store)
        return CertDuplicateStore(leaf->hCertStore);
    all = CertOpenStore(CERT_STORE_PROV_COLLECTION, 0, 0, 0, NULL);
    if (!all)
        return NULL;
    if (!CertAddStoreToCollection(all, leaf->hCertStore, 0, 0) ||
        !CertAddStoreToCollection(all, (HCERTSTORE)(uintptr_t)question->root_store, 0, 0)) {
        CertCloseStore(all, 0);
        return NULL;
    }
    return all;
}

/* NULL: none could be built. */
static PCCERT_CHAIN_CONTEXT build_chain(HCERTCHAINENGINE engine,
                                        const struct platform_question *question,
                                        PCCERT_CONTEXT leaf, HCERTSTORE material)
{
    CERT_CHAIN_PARA para = {.cbSize = sizeof(para)};
    DWORD flags = question->flags & PLATFORM_NO_URL ? CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL : 0;
    PCCERT_CHAIN_CONTEXT context = NULL;

    if (!CertGetCertificateChain(engine, leaf, NULL, material, &para, flags, NULL, &context)) {
        TRACE(LOG_PLATFORM, "no chain could be built: %08lx", (unsigned long)GetLastError());
        return NULL;
    }
    return context;
}

static SECURITY_STATUS judge(const struct pe_engine *engine,
                             const struct platform_question *question, PCCERT_CONTEXT leaf,
                             HCERTSTORE material, struct platform_verdict *verdict)
{
    const char *usage =
        question->peer_is_client ? szOID_PKIX_KP_CLIENT_AUTH : szOID_PKIX_KP_SERVER_AUTH;
    PCCERT_CHAIN_CONTEXT context = build_chain(engine->handle, question, leaf, material);
    CERT_SIMPLE_CHAIN chain;
    SECURITY_STATUS status = SEC_E_CERT_UNKNOWN;

    if (!context)
        return GetLastError() == (DWORD)E_OUTOFMEMORY ? SEC_E_INSUFFICIENT_MEMORY : status;
    if (context->cChain && context->rgpChain[0]->cElement) {
        struct platform_verdict made = {0, NULL, 0, NULL};

        chain = *context->rgpChain[0]; /* a copy, whose bits are ours to change */
        chain.TrustStatus.dwErrorStatus |= context->TrustStatus.dwErrorStatus;
        made.trust = judge_chain(engine, question, &chain, usage);
        made.path_count = chain.cElement < LIMIT_CHAIN + 1 ? chain.cElement : LIMIT_CHAIN + 1;
        status = pe_copy_chain(&chain, made.path_count, &made.path);
        made.owner = made.path;
        if (status == SEC_E_OK)
            *verdict = made;
    }
    CertFreeCertificateChain(context);
    return status;
}

SECURITY_STATUS platform_judge(const struct platform_question *question,
                               struct platform_verdict *verdict)
{
    PCCERT_CONTEXT leaf = NULL;
    struct pe_engine *engine;
    HCERTSTORE material;
    SECURITY_STATUS status;

    if (!question->count || question->count > LIMIT_CHAIN)
        return SEC_E_CERT_UNKNOWN;
    status = pe_context_new(question->chain, question->count, &leaf);
    if (status != SEC_E_OK)
        return status == SEC_E_UNKNOWN_CREDENTIALS ? SEC_E_CERT_UNKNOWN : status;
    engine = pe_engine_acquire();
    material = open_material(question, leaf);
    status = engine && material ? judge(engine, question, leaf, material, verdict)
                                : SEC_E_INSUFFICIENT_MEMORY;
    pe_engine_release(engine);
    if (material)
        CertCloseStore(material, 0);
    CertFreeCertificateContext(leaf);
    return status;
}

void platform_verdict_done(struct platform_verdict *verdict)
{
    mem_free(verdict->owner);
    *verdict = (struct platform_verdict){0, NULL, 0, NULL};
}
