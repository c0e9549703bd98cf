/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform_judge on Linux: finds the path (path.c), lets GnuTLS verify it against the list that
 * trusts its end, and says in Windows' CERT_TRUST_ bits all that is wrong (Microsoft Learn,
 * "CERT_TRUST_STATUS structure"). Bits are only ever added: what is not understood is held against
 * the chain.
 */
#include "platform/elf/trust.h"

#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"

/* Windows has blocked shorter RSA keys since 2012 (Microsoft Security Advisory 2661254). */
#define RSA_BITS_MIN 1024

/* clang-format off */
static const struct {
    unsigned gnutls;
    uint32_t windows;
} problems[] = {
    {GNUTLS_CERT_REVOKED,                    CERT_TRUST_IS_REVOKED},
    {GNUTLS_CERT_SIGNER_NOT_CA,              CERT_TRUST_INVALID_BASIC_CONSTRAINTS},
    {GNUTLS_CERT_INSECURE_ALGORITHM,         CERT_TRUST_HAS_WEAK_SIGNATURE},
    {GNUTLS_CERT_NOT_ACTIVATED,              CERT_TRUST_IS_NOT_TIME_VALID},
    {GNUTLS_CERT_EXPIRED,                    CERT_TRUST_IS_NOT_TIME_VALID},
    {GNUTLS_CERT_SIGNATURE_FAILURE,          CERT_TRUST_IS_NOT_SIGNATURE_VALID},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, CERT_TRUST_INVALID_NAME_CONSTRAINTS},
    {GNUTLS_CERT_PURPOSE_MISMATCH,           CERT_TRUST_IS_NOT_VALID_FOR_USAGE},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS,    CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT},
};
/* clang-format on */

static uint32_t bits_of(unsigned status, const struct path *path)
{
    unsigned known = GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_NOT_FOUND;
    uint32_t bits = 0;

    for (size_t i = 0; i < COUNT_OF(problems); i++) {
        known |= problems[i].gnutls;
        if (status & problems[i].gnutls)
            bits |= problems[i].windows;
    }
    /* Names led to a trusted one whose key then was another. */
    if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) && path->anchored)
        bits |= CERT_TRUST_IS_PARTIAL_CHAIN;
    if ((status & ~known) || (status && !bits && !(status & GNUTLS_CERT_SIGNER_NOT_FOUND)))
        bits |= CERT_TRUST_INVALID_EXTENSION;
    return bits;
}

/* A list to verify with although none of them trusts the path: it has other faults to find. */
static enum trust_source any_source(const struct trust *trust)
{
    return trust->lists[TRUST_SYSTEM]  ? TRUST_SYSTEM
           : trust->lists[TRUST_LOCAL] ? TRUST_LOCAL
                                       : TRUST_PROGRAM;
}

/* GnuTLS' own verdict on the path. */
static uint32_t verify(const struct library *library, const struct trust *trust, struct path *path,
                       const char *purpose)
{
    gnutls_typed_vdata_st data = {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)(uintptr_t)purpose,
                                  0};
    enum trust_source source = path->anchored ? path->source : any_source(trust);
    gnutls_x509_trust_list_t list = trust->lists[source];
    unsigned flags = GNUTLS_VERIFY_DISABLE_CRL_CHECKS, status = 0;
    int result;

    /* Nobody is trusted at all: look_at_members says so. */
    if (!list)
        return 0;
    /* Windows refuses SHA-1 below public roots only (Microsoft, "Windows Enforcement of SHA-1
     * Certificates"). */
    if (path->anchored && source != TRUST_SYSTEM)
        flags |= GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1;
    result = library->gnutls_x509_trust_list_verify_crt2(
        list, path->members, (unsigned)(path->count - (path->anchor ? 1 : 0)), &data, 1, flags,
        &status, NULL);
    if (result < 0) {
        TRACE(LOG_PLATFORM, "verification: %s", library->gnutls_strerror(result));
        return CERT_TRUST_IS_PARTIAL_CHAIN;
    }
    return bits_of(status, path);
}

/* What GnuTLS does not say when it gives up for another reason, or does not look at. */
static uint32_t look_at_members(const struct library *library, const struct path *path,
                                const char *purpose)
{
    time_t now = time(NULL);
    uint32_t bits = 0;

    for (size_t i = 0; i < path->count; i++) {
        gnutls_x509_crt_t crt = path->members[i];
        unsigned key_bits = 0;

        if (now < library->gnutls_x509_crt_get_activation_time(crt) ||
            now > library->gnutls_x509_crt_get_expiration_time(crt))
            bits |= CERT_TRUST_IS_NOT_TIME_VALID;
        if (library->gnutls_x509_crt_get_pk_algorithm(crt, &key_bits) == GNUTLS_PK_RSA &&
            key_bits < RSA_BITS_MIN)
            bits |= CERT_TRUST_HAS_WEAK_SIGNATURE;
    }
    if (!library->gnutls_x509_crt_check_key_purpose(path->members[0], purpose, 0))
        bits |= CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
    if (!path->anchored) {
        gnutls_x509_crt_t last = path->members[path->count - 1];

        bits |= library->gnutls_x509_crt_check_issuer(last, last) ? CERT_TRUST_IS_UNTRUSTED_ROOT
                                                                  : CERT_TRUST_IS_PARTIAL_CHAIN;
    }
    return bits;
}

/* One allocation: the spans, then the bytes of all certificates. */
static SECURITY_STATUS copy_path(const struct library *library, const struct path *path,
                                 struct platform_verdict *verdict)
{
    gnutls_datum_t ders[LIMIT_CHAIN + 1] = {{NULL, 0}};
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    size_t size = path->count * sizeof(struct span);
    struct writer to;

    for (size_t i = 0; i < path->count; i++) {
        if (library->gnutls_x509_crt_export2(path->members[i], GNUTLS_X509_FMT_DER, &ders[i]) < 0)
            goto done;
        size += ders[i].size; /* at most LIMIT_CHAIN + 1 times what was read into memory before */
    }
    verdict->owner = mem_alloc(size);
    if (!verdict->owner)
        goto done;
    verdict->path = verdict->owner;
    verdict->path_count = path->count;
    to = writer_of(verdict->path + path->count, size - path->count * sizeof(struct span));
    for (size_t i = 0; i < path->count; i++) {
        verdict->path[i] = (struct span){to.data + to.used, ders[i].size};
        write_bytes(&to, span_of(ders[i].data, ders[i].size));
    }
    status = SEC_E_OK;

done:
    for (size_t i = 0; i < path->count; i++)
        files_library_free(ders[i].data);
    return status;
}

static SECURITY_STATUS judge(const struct library *library, const struct trust *trust,
                             const struct platform_question *question,
                             const gnutls_x509_crt_t *sent, struct platform_verdict *verdict)
{
    const char *purpose =
        question->peer_is_client ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER;
    struct platform_verdict made = {0, NULL, 0, NULL};
    SECURITY_STATUS status;
    struct path path;

    path_find(library, trust, sent, question->count, &path);
    made.trust = verify(library, trust, &path, purpose) | look_at_members(library, &path, purpose) |
                 revocation_check(library, trust, &path, question->flags);
    status = copy_path(library, &path, &made);
    path_done(library, &path);
    if (status == SEC_E_OK)
        *verdict = made;
    return status;
}

/* SEC_E_CERT_UNKNOWN: one of the certificates is none. */
static SECURITY_STATUS import(const struct library *library, struct span der,
                              gnutls_x509_crt_t *certificate)
{
    gnutls_datum_t data = datum_of(der);
    gnutls_x509_crt_t made;
    int result;

    if (!der.size || der.size > LIMIT_CERTIFICATE)
        return SEC_E_CERT_UNKNOWN;
    if (library->gnutls_x509_crt_init(&made) < 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    result = library->gnutls_x509_crt_import(made, &data, GNUTLS_X509_FMT_DER);
    if (result >= 0) {
        *certificate = made;
        return SEC_E_OK;
    }
    library->gnutls_x509_crt_deinit(made);
    return result == GNUTLS_E_MEMORY_ERROR ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_CERT_UNKNOWN;
}

SECURITY_STATUS platform_judge(const struct platform_question *question,
                               struct platform_verdict *verdict)
{
    const struct library *library = files_library_get();
    gnutls_x509_crt_t sent[LIMIT_CHAIN];
    size_t imported = 0;
    struct trust trust;
    SECURITY_STATUS status;

    if (!question->count || question->count > LIMIT_CHAIN)
        return SEC_E_CERT_UNKNOWN;
    status = trust_get(&trust);
    if (status == SEC_E_OK && question->root_store)
        status = trust_from_store(question->root_store, &trust.lists[TRUST_PROGRAM]);
    if (status != SEC_E_OK)
        return status;
    while (status == SEC_E_OK && imported < question->count) {
        status = import(library, question->chain[imported], &sent[imported]);
        imported += status == SEC_E_OK;
    }
    if (status == SEC_E_OK)
        status = judge(library, &trust, question, sent, verdict);
    while (imported)
        library->gnutls_x509_crt_deinit(sent[--imported]);
    if (trust.lists[TRUST_PROGRAM])
        library->gnutls_x509_trust_list_deinit(trust.lists[TRUST_PROGRAM], 1);
    return status;
}

void platform_verdict_done(struct platform_verdict *verdict)
{
    mem_free(verdict->owner);
    *verdict = (struct platform_verdict){0, NULL, 0, NULL};
}
