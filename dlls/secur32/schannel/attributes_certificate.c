/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes about certificates (the verdict on them: attributes_verdict.c). A PCCERT_CONTEXT that
 * is told is a reference of the program's own; lists are one block of memory each, for
 * FreeContextBuffer.
 *
 * Sources: Microsoft Learn, "QueryContextAttributes (Schannel)", "SecPkgContext_IssuerListInfoEx",
 * "SecPkgContext_SupportedSignatures"; comments in schannel.h (SecPkgContext_Certificates). Without
 * certificate of the peer all of them answer SEC_E_NO_CREDENTIALS, which programs of servers wait
 * for.
 */
#include "schannel/attributes.h"

#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "schannel/serialized.h"
#include "schannel/verify.h"
#include "sspi/buffers.h"

#define ISSUERS_MAX 1024
#define ISSUER_SIZE_MAX 0x10000

#define SCHEMES_MAX 128

/* Differs: a client certificate is never mapped to an account here, so there is no name. */
FILLER(names)
{
    (void)context;
    (void)out;
    return SEC_E_NO_CREDENTIALS;
}

/* ---- the peer's ---- */

FILLER(remote_certificate)
{
    PCCERT_CONTEXT *to = out;
    struct span *chain = NULL;
    const void *made = NULL;
    size_t count = 0;
    SECURITY_STATUS status = verify_get_chain(context, &chain, &count);

    if (status == SEC_E_OK)
        status = platform_context_from_chain(chain, count, &made);
    if (status == SEC_E_OK)
        *to = made;
    mem_free(chain);
    return status;
}

/* "For each certificate four bytes of length, then so many bytes", as they were received. */
FILLER(remote_certificates)
{
    SecPkgContext_Certificates *to = out;
    struct span *chain = NULL;
    size_t count = 0, size = 0;
    uint8_t *at;
    SECURITY_STATUS status = verify_get_chain(context, &chain, &count);

    if (status != SEC_E_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        size += sizeof(DWORD) + chain[i].size;
    at = buffers_alloc(size);
    if (!at) {
        mem_free(chain);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    to->cCertificates = (DWORD)count;
    to->cbCertificateChain = (DWORD)size;
    to->pbCertificateChain = at;
    for (size_t i = 0; i < count; i++) {
        DWORD length = (DWORD)chain[i].size;

        memcpy(at, &length, sizeof(length));
        memcpy(at + sizeof(length), chain[i].data, chain[i].size);
        at += sizeof(length) + chain[i].size;
    }
    mem_free(chain);
    return SEC_E_OK;
}

FILLER(serialized_certificates)
{
    struct span *chain = NULL;
    size_t count = 0;
    SECURITY_STATUS status = verify_get_chain(context, &chain, &count);

    if (status == SEC_E_OK)
        status = serialized_write(chain, count, out);
    mem_free(chain);
    return status;
}

/* ---- ours ---- */

/* "A certificate context of the root store", says the page; its type is HCERTSTORE, and the one
 * that the credential has is what a program can compare with. */
FILLER(root_store)
{
    HCERTSTORE *to = out;
    struct schan_credential *credential = attribute_credential(context);
    const void *store = NULL;

    if (credential && credential->root_store)
        store = platform_store_ref(credential->root_store);
    schan_credential_unref(credential);
    if (!store)
        store = platform_store_roots();
    *to = (HCERTSTORE)(uintptr_t)store;
    return store ? SEC_E_OK : SEC_E_NO_CREDENTIALS;
}

/* The certificate that was sent. A resumed session sends none; with a single one it is clear which
 * the session was made with. */
static struct platform_certificate *sent_certificate(const struct schan_credential *credential,
                                                     const struct tls_info *info, bool server)
{
    if (info->local_certificate && info->local_certificate <= credential->certificate_count)
        return credential->certificates[info->local_certificate - 1];
    if (server && credential->certificate_count == 1)
        return credential->certificates[0];
    return NULL;
}

FILLER(local_certificate)
{
    PCCERT_CONTEXT *to = out;
    struct schan_credential *credential = attribute_credential(context);
    const struct span leaf = span_of(context->leaf, context->leaf_size);
    struct platform_certificate *certificate = NULL;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;
    const void *made = NULL;
    struct tls_info info;

    if (credential && attribute_info(context, &info))
        certificate = sent_certificate(credential, &info, context->role == TLS_SERVER);
    if (certificate)
        status = platform_certificate_context(certificate, &made);
    else if (leaf.size)
        status = platform_context_from_chain(&leaf, 1, &made);
    if (status == SEC_E_OK)
        *to = made;
    schan_credential_unref(credential);
    return status;
}

static SECURITY_STATUS copy_leaf(struct span from, uint8_t **leaf, size_t *size)
{
    uint8_t *copy = mem_copy(from);

    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    *leaf = copy;
    *size = from.size;
    return SEC_E_OK;
}

static SECURITY_STATUS own_leaf(struct schan_context *context, uint8_t **leaf, size_t *size)
{
    struct schan_credential *credential = attribute_credential(context);
    struct platform_certificate *certificate = NULL;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;
    const struct span *chain = NULL;
    struct tls_info info;
    size_t count = 0;

    if (credential && attribute_info(context, &info))
        certificate = sent_certificate(credential, &info, true);
    if (certificate)
        chain = platform_certificate_chain(certificate, &count);
    if (chain && count)
        status = copy_leaf(chain[0], leaf, size);
    else if (context->leaf)
        status = copy_leaf(span_of(context->leaf, context->leaf_size), leaf, size);
    schan_credential_unref(credential);
    return status;
}

SECURITY_STATUS attribute_server_leaf(struct schan_context *context, uint8_t **leaf, size_t *size)
{
    struct span *chain = NULL;
    size_t count = 0;
    SECURITY_STATUS status;

    if (context->role == TLS_SERVER)
        return own_leaf(context, leaf, size);
    status = verify_get_chain(context, &chain, &count);
    if (status == SEC_E_OK)
        status = copy_leaf(chain[0], leaf, size);
    mem_free(chain);
    return status;
}

/* ---- what the peer asks for ---- */

struct issuers {
    uint8_t *bytes; /* the names, one behind the other */
    size_t size;
    size_t sizes[ISSUERS_MAX];
    size_t count;
};

/* The list cannot change while the session lock is held. */
static SECURITY_STATUS measure_issuers(struct schan_context *context, struct issuers *issuers)
    must_hold(&context->session);
static SECURITY_STATUS measure_issuers(struct schan_context *context, struct issuers *issuers)
{
    while (issuers->count < ISSUERS_MAX) {
        size_t size = 0;
        enum tls_status called = tls_authority(context->tls, issuers->count, NULL, 0, &size);

        if (called == TLS_NOT_THERE)
            break;
        if (called != TLS_TOO_SMALL && called != TLS_OK)
            return attribute_status(called);
        if (size > ISSUER_SIZE_MAX || !size_add(issuers->size, size, &issuers->size))
            return SEC_E_INSUFFICIENT_MEMORY;
        issuers->sizes[issuers->count++] = size;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS read_issuers(struct schan_context *context, struct issuers *issuers)
    must_hold(&context->session);
static SECURITY_STATUS read_issuers(struct schan_context *context, struct issuers *issuers)
{
    SECURITY_STATUS status = measure_issuers(context, issuers);
    size_t used = 0;

    if (status != SEC_E_OK)
        return status;
    issuers->bytes = mem_alloc(issuers->size ? issuers->size : 1);
    if (!issuers->bytes)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < issuers->count; i++) {
        size_t size = 0;
        enum tls_status called =
            tls_authority(context->tls, i, issuers->bytes + used, issuers->sizes[i], &size);

        if (called != TLS_OK || size != issuers->sizes[i])
            return SEC_E_INTERNAL_ERROR;
        used += size;
    }
    return SEC_E_OK;
}

/* One block: the blobs, then the names they point at. */
static SECURITY_STATUS pack_issuers(const struct issuers *issuers,
                                    SecPkgContext_IssuerListInfoEx *to)
{
    CERT_NAME_BLOB *blobs;
    uint8_t *at;
    size_t size;

    if (!size_multiply(issuers->count, sizeof(*blobs), &size) ||
        !size_add(size, issuers->size, &size))
        return SEC_E_INSUFFICIENT_MEMORY;
    blobs = buffers_alloc(size ? size : 1);
    if (!blobs)
        return SEC_E_INSUFFICIENT_MEMORY;
    at = (uint8_t *)(blobs + issuers->count);
    memcpy(at, issuers->bytes, issuers->size);
    for (size_t i = 0; i < issuers->count; i++) {
        blobs[i].cbData = (DWORD)issuers->sizes[i];
        blobs[i].pbData = at;
        at += issuers->sizes[i];
    }
    to->aIssuers = blobs;
    to->cIssuers = (DWORD)issuers->count;
    return SEC_E_OK;
}

FILLER(issuers)
{
    struct issuers *issuers;
    SECURITY_STATUS status;

    if (context->role != TLS_CLIENT)
        return SEC_E_UNSUPPORTED_FUNCTION;
    issuers = mem_alloc(sizeof(*issuers));
    if (!issuers)
        return SEC_E_INSUFFICIENT_MEMORY;
    lock_take(&context->session);
    status = read_issuers(context, issuers);
    lock_release(&context->session);
    if (status == SEC_E_OK)
        status = pack_issuers(issuers, out);
    mem_free(issuers->bytes);
    mem_free(issuers);
    return status;
}

/* The structure has the signature in its upper byte and the hash in the lower one: the wire's,
 * turned round. It knows hashes up to SHA-512 and no RSA-PSS, so schemes beyond are left out. */
static bool turn_scheme(uint16_t scheme, WORD *turned)
{
    unsigned hash = scheme >> 8, signature = scheme & 0xffu;

    if (hash > 6 || signature > 3)
        return false;
    *turned = (WORD)(signature << 8 | hash);
    return true;
}

FILLER(supported_signatures)
{
    SecPkgContext_SupportedSignatures *to = out;
    uint8_t wire[SCHEMES_MAX * 2];
    struct span list;
    size_t size = 0;
    uint16_t scheme;
    enum tls_status called;

    lock_take(&context->session);
    called = tls_peer_schemes(context->tls, wire, sizeof(wire), &size);
    lock_release(&context->session);
    if (called != TLS_OK)
        return attribute_status(called);
    list = span_of(wire, size);
    to->pSignatureAndHashAlgorithms = buffers_alloc(size ? size : 1);
    if (!to->pSignatureAndHashAlgorithms)
        return SEC_E_INSUFFICIENT_MEMORY;
    while (span_take_u16(&list, &scheme)) {
        WORD turned;

        if (turn_scheme(scheme, &turned))
            to->pSignatureAndHashAlgorithms[to->cSignatureAndHashAlgorithms++] = turned;
    }
    return SEC_E_OK;
}
