/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See verify.h. The platform builds the chain out of what the peer sent and the system's stores,
 * and says what it has against it; the TLS library checks that chain once more (signatures, dates,
 * constraints, usage) and the name. What either of them holds against the chain counts.
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure" (dwFlags), "Manually Validating Schannel
 * Credentials"; the codes are those that users of curl on Windows report: SEC_E_ and CRYPT_E_,
 * never CERT_E_. A chain that ends before any root is one of those cases: a server with a private
 * CA sends its own certificate alone, and curl's users then read SEC_E_UNTRUSTED_ROOT. It is also
 * the code of the alert unknown_ca, which is for an authority that "could not be located" as well
 * (RFC 8446 6.2; Microsoft Learn, "Schannel Error Codes for TLS and SSL Alerts").
 */
#include "schannel/verify.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "schannel/alerts.h"

/* Bits of both sources that mean the same, with the code for the program. */
struct finding {
    uint32_t trust;   /* CERT_TRUST_... of the platform */
    uint32_t problem; /* TLS_CHAIN_... of the TLS library */
    SECURITY_STATUS status;
};

#define NAME_BITS TLS_CHAIN_NAME

/* clang-format off */
/* The first row that applies decides. Revocation that could not be checked has its own rules. */
static const struct finding findings[] = {
    { CERT_TRUST_IS_UNTRUSTED_ROOT,         TLS_CHAIN_UNKNOWN_ISSUER, SEC_E_UNTRUSTED_ROOT },
    { CERT_TRUST_IS_PARTIAL_CHAIN,          0,                        SEC_E_UNTRUSTED_ROOT },
    { CERT_TRUST_IS_EXPLICIT_DISTRUST,      0,                        SEC_E_UNTRUSTED_ROOT },
    { 0,                                    NAME_BITS,                SEC_E_WRONG_PRINCIPAL },
    { CERT_TRUST_IS_NOT_TIME_VALID,         TLS_CHAIN_EXPIRED | TLS_CHAIN_NOT_YET,
                                                                      SEC_E_CERT_EXPIRED },
    { CERT_TRUST_IS_REVOKED,                TLS_CHAIN_REVOKED,        CRYPT_E_REVOKED },
    { CERT_TRUST_HAS_WEAK_SIGNATURE,        TLS_CHAIN_WEAK,           SEC_E_INVALID_TOKEN },
    { CERT_TRUST_IS_NOT_SIGNATURE_VALID,    TLS_CHAIN_BAD_SIGNATURE,  SEC_E_CERT_UNKNOWN },
    { CERT_TRUST_IS_NOT_VALID_FOR_USAGE,    TLS_CHAIN_PURPOSE,        SEC_E_CERT_UNKNOWN },
    { CERT_TRUST_INVALID_BASIC_CONSTRAINTS | CERT_TRUST_INVALID_NAME_CONSTRAINTS |
      CERT_TRUST_INVALID_POLICY_CONSTRAINTS | CERT_TRUST_INVALID_EXTENSION,
                                            TLS_CHAIN_CONSTRAINTS,    SEC_E_CERT_UNKNOWN },
    { 0,                                    TLS_CHAIN_MALFORMED,      SEC_E_CERT_UNKNOWN },
};

static const struct {
    ULONG credential;
    uint32_t platform;
} question_flags[] = {
    { SCH_CRED_REVOCATION_CHECK_END_CERT,           PLATFORM_REVOCATION_END },
    { SCH_CRED_REVOCATION_CHECK_CHAIN,              PLATFORM_REVOCATION_CHAIN },
    { SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT, PLATFORM_REVOCATION_NOT_ROOT },
    { SCH_CRED_REVOCATION_CHECK_CACHE_ONLY,         PLATFORM_REVOCATION_CACHE },
    { SCH_CRED_CACHE_ONLY_URL_RETRIEVAL,            PLATFORM_NO_URL },
};
/* clang-format on */

#define REVOCATION_WANTED                                                                          \
    (PLATFORM_REVOCATION_END | PLATFORM_REVOCATION_CHAIN | PLATFORM_REVOCATION_NOT_ROOT)
#define REVOCATION_UNKNOWN (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

/* ---- the peer's chain ---- */

static enum tls_status certificate_size(struct schan_context *context, size_t index, size_t *size)
    must_hold(&context->session);
static enum tls_status certificate_size(struct schan_context *context, size_t index, size_t *size)
{
    enum tls_status called = tls_peer_certificate(context->tls, index, NULL, 0, size);

    if (called == TLS_TOO_SMALL && *size > LIMIT_CERTIFICATE)
        return TLS_BAD_ARGUMENT;
    return called;
}

/* One allocation: the spans, then the certificates. */
static SECURITY_STATUS copy_chain(struct schan_context *context, struct span **chain, size_t *count)
    must_hold(&context->session);
static SECURITY_STATUS copy_chain(struct schan_context *context, struct span **chain, size_t *count)
{
    size_t sizes[LIMIT_CHAIN], total, found = 0;
    struct span *spans;
    uint8_t *bytes;

    while (found < LIMIT_CHAIN && certificate_size(context, found, &sizes[found]) == TLS_TOO_SMALL)
        found++;
    if (found == 0)
        return SEC_E_NO_CREDENTIALS;
    total = found * sizeof(*spans);
    for (size_t i = 0; i < found; i++) {
        if (!size_add(total, sizes[i], &total))
            return SEC_E_INSUFFICIENT_MEMORY;
    }
    spans = mem_alloc(total);
    if (!spans)
        return SEC_E_INSUFFICIENT_MEMORY;
    bytes = (uint8_t *)(spans + found);
    for (size_t i = 0; i < found; i++) {
        if (tls_peer_certificate(context->tls, i, bytes, sizes[i], &sizes[i]) != TLS_OK) {
            mem_free(spans);
            return SEC_E_INTERNAL_ERROR;
        }
        spans[i] = (struct span){bytes, sizes[i]};
        bytes += sizes[i];
    }
    *chain = spans;
    *count = found;
    return SEC_E_OK;
}

SECURITY_STATUS verify_get_chain(struct schan_context *context, struct span **chain, size_t *count)
{
    SECURITY_STATUS status;

    lock_take(&context->session);
    status = copy_chain(context, chain, count);
    lock_release(&context->session);
    return status;
}

/* ---- the verdict ---- */

static uint32_t platform_flags(ULONG credential_flags)
{
    uint32_t flags = 0;

    for (size_t i = 0; i < COUNT_OF(question_flags); i++) {
        if (credential_flags & question_flags[i].credential)
            flags |= question_flags[i].platform;
    }
    return flags;
}

/* SEC_E_OK when nothing is known against it, or the credential wants that passed over. */
static SECURITY_STATUS judge_revocation(uint32_t trust, ULONG flags)
{
    if (!(trust & REVOCATION_UNKNOWN) || !(platform_flags(flags) & REVOCATION_WANTED))
        return SEC_E_OK;
    if (trust & CERT_TRUST_IS_OFFLINE_REVOCATION)
        return flags & SCH_CRED_IGNORE_REVOCATION_OFFLINE ? SEC_E_OK : CRYPT_E_REVOCATION_OFFLINE;
    return flags & SCH_CRED_IGNORE_NO_REVOCATION_CHECK ? SEC_E_OK : CRYPT_E_NO_REVOCATION_CHECK;
}

SECURITY_STATUS verify_conclude(uint32_t trust, uint32_t problems, ULONG flags)
{
    uint32_t unexplained = trust & ~(uint32_t)REVOCATION_UNKNOWN;

    if (flags & SCH_CRED_NO_SERVERNAME_CHECK)
        problems &= ~NAME_BITS;
    for (size_t i = 0; i < COUNT_OF(findings); i++) {
        if ((trust & findings[i].trust) || (problems & findings[i].problem))
            return findings[i].status;
    }
    /* Bits that no row knows: a doubtful chain is refused. */
    if (unexplained || problems)
        return SEC_E_CERT_UNKNOWN;
    return judge_revocation(trust, flags);
}

/* What the TLS library has against the chain that the platform built. */
static SECURITY_STATUS check_path(const struct schan_context *context,
                                  const struct platform_verdict *verdict, ULONG flags,
                                  uint32_t *problems)
{
    struct tls_chain chain = {
        .certificates = verdict->path,
        .count = verdict->path_count,
        .peer_role = context->role == TLS_CLIENT ? TLS_SERVER : TLS_CLIENT,
    };
    enum tls_status called;

    if (!verdict->path_count)
        return SEC_E_CERT_UNKNOWN;
    if (context->name && !(flags & SCH_CRED_NO_SERVERNAME_CHECK))
        chain.name = span_of(context->name, strlen(context->name));
    *problems = 0;
    called = tls_judge(&chain, problems);
    if (context->name_unusable)
        *problems |= NAME_BITS;
    return called == TLS_BAD_ARGUMENT ? SEC_E_CERT_UNKNOWN : tls_call_status(called);
}

/* What the credential says of the judgment. */
struct instructions {
    ULONG flags;      /* SCH_CRED_... */
    bool any_purpose; /* a client's certificate need not be for client authentication */
};

static struct instructions instructions_of(struct schan_credential *credential)
{
    struct instructions to = {.flags = credential->flags};

    lock_take(&credential->lock);
    if (credential->client_policy.set) {
        to.flags |= credential->client_policy.flags;
        to.any_purpose = credential->client_policy.any_purpose;
    }
    lock_release(&credential->lock);
    return to;
}

static SECURITY_STATUS judge(struct schan_context *context,
                             const struct platform_question *question,
                             const struct instructions *instructions)
{
    ULONG flags = instructions->flags;
    struct platform_verdict verdict = {0};
    uint32_t problems = 0;
    SECURITY_STATUS status = platform_judge(question, &verdict);

    if (status != SEC_E_OK)
        return status;
    status = check_path(context, &verdict, flags, &problems);
    /* Wine's crypt32 cannot check RSA-PSS and calls such a signature invalid; the TLS library has
     * just checked every signature of the same path. */
    if (status == SEC_E_OK && !(problems & TLS_CHAIN_BAD_SIGNATURE))
        verdict.trust &= ~(uint32_t)CERT_TRUST_IS_NOT_SIGNATURE_VALID;
    if (instructions->any_purpose) {
        verdict.trust &= ~(uint32_t)CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
        problems &= ~TLS_CHAIN_PURPOSE;
    }
    context->chain_trust = verdict.trust;
    if (status == SEC_E_OK)
        status = verify_conclude(verdict.trust, problems, flags);
    TRACE(LOG_SCHANNEL, "%p: peer's certificate: trust %08lx, problems %04lx: %08lx",
          (void *)context, (unsigned long)verdict.trust, (unsigned long)problems,
          (unsigned long)(uint32_t)status);
    platform_verdict_done(&verdict);
    return status;
}

SECURITY_STATUS verify_peer(struct schan_context *context)
{
    struct platform_question question = {0};
    struct instructions instructions = instructions_of(context->credential);
    struct span *chain = NULL;
    size_t count = 0;
    SECURITY_STATUS status = verify_get_chain(context, &chain, &count);

    /* A peer without certificate cannot be validated. */
    if (status == SEC_E_NO_CREDENTIALS)
        status = SEC_E_CERT_UNKNOWN;
    if (status == SEC_E_OK) {
        question.chain = chain;
        question.count = count;
        question.peer_is_client = context->role == TLS_SERVER;
        question.flags = platform_flags(instructions.flags);
        question.root_store = context->credential->root_store;
        status = judge(context, &question, &instructions);
    }
    mem_free(chain);
    context->chain_judged = true;
    context->chain_status = status;
    return context->deferred_validation ? SEC_E_OK : status;
}
