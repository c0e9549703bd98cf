/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Query- and SetCredentialsAttributes. Setting narrows the policy of contexts that are made
 * afterwards.
 *
 * Sources: Microsoft Learn, "QueryCredentialsAttributes function", "SetCredentialsAttributes
 * function"; schannel.h (SecPkgCred_...). That a credential without certificate has no name, and
 * SEC_E_UNSUPPORTED_FUNCTION for what the package does not know, are as observed on Windows.
 */
#include "schannel/credential.h"

#include <string.h>

#include "schannel/suites.h"
#include "sspi/buffers.h"

#define ALGORITHMS_MAX 32

/* minschannel.h: so many keys, each of 32 to 64 bytes. */
#define TICKET_KEYS_MAX 16
#define TICKET_MATERIAL_MIN 32

struct credential_attribute {
    ULONG id;
    size_t size;
    SECURITY_STATUS (*query)(struct schan_credential *, void *);
    SECURITY_STATUS (*set)(struct schan_credential *, const void *);
};

/* ---- asking ---- */

static size_t add_algorithm(ALG_ID *list, size_t count, ALG_ID algorithm)
{
    if (!algorithm || count >= ALGORITHMS_MAX)
        return count;
    for (size_t i = 0; i < count; i++) {
        if (list[i] == algorithm)
            return count;
    }
    list[count] = algorithm;
    return count + 1;
}

/* "All algorithms that the package supports, regardless of certificate and machine policy." */
static size_t collect_algorithms(ALG_ID *list)
{
    const struct suite *suite;
    size_t count = 0;

    for (size_t i = 0; (suite = suite_at(i)); i++) {
        if (!tls_knows_suite(suite->number))
            continue;
        count = add_algorithm(list, count, suite->cipher);
        count = add_algorithm(list, count, suite->hash);
        count = add_algorithm(list, count, suite_exchange_part(suite)->algorithm);
        count = add_algorithm(list, count, suite_signature_part(suite)->algorithm);
    }
    return count;
}

static SECURITY_STATUS query_algorithms(struct schan_credential *credential, void *out)
{
    SecPkgCred_SupportedAlgs *to = out;
    ALG_ID list[ALGORITHMS_MAX];
    size_t count = collect_algorithms(list);

    (void)credential;
    to->palgSupportedAlgs = buffers_alloc((count + 1) * sizeof(*list));
    if (!to->palgSupportedAlgs)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(to->palgSupportedAlgs, list, count * sizeof(*list));
    to->cSupportedAlgs = (DWORD)count;
    return SEC_E_OK;
}

/* As given; where nothing was, the weakest and the strongest cipher that may be used. */
static SECURITY_STATUS query_strengths(struct schan_credential *credential, void *out)
{
    SecPkgCred_CipherStrengths *to = out;
    DWORD weakest = UINT32_MAX, strongest = 0;

    lock_take(&credential->lock);
    for (size_t i = 0; i < credential->policy.tls.suite_count; i++) {
        DWORD bits = suite_find(credential->policy.suites[i])->cipher_bits;

        weakest = bits < weakest ? bits : weakest;
        strongest = bits > strongest ? bits : strongest;
    }
    to->dwMinimumCipherStrength =
        credential->minimum_strength ? credential->minimum_strength : weakest;
    to->dwMaximumCipherStrength =
        credential->maximum_strength ? credential->maximum_strength : strongest;
    lock_release(&credential->lock);
    return SEC_E_OK;
}

static SECURITY_STATUS query_protocols(struct schan_credential *credential, void *out)
{
    SecPkgCred_SupportedProtocols *to = out;

    lock_take(&credential->lock);
    to->grbitProtocol =
        policy_protocols_from_versions(credential->policy.tls.versions, credential->role);
    lock_release(&credential->lock);
    return SEC_E_OK;
}

/* Differs: no name is made of a certificate. */
static SECURITY_STATUS query_names(struct schan_credential *credential, void *out)
{
    (void)out;
    return credential->certificate_count ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_NO_CREDENTIALS;
}

/* ---- setting ---- */

/* Nothing is taken over unless something is left. */
static SECURITY_STATUS narrow(struct schan_credential *credential, const struct schan_wish *wish)
{
    struct schan_policy narrowed;
    SECURITY_STATUS status;

    lock_take(&credential->lock);
    policy_copy(&credential->policy, &narrowed);
    status = policy_narrow(wish, &narrowed);
    if (status == SEC_E_OK)
        policy_copy(&narrowed, &credential->policy);
    lock_release(&credential->lock);
    return status;
}

static SECURITY_STATUS set_algorithms(struct schan_credential *credential, const void *in)
{
    const SecPkgCred_SupportedAlgs *from = in;
    struct schan_wish wish = {.role = credential->role};

    if (from->cSupportedAlgs > LIMIT_ALGORITHMS ||
        (from->cSupportedAlgs && !from->palgSupportedAlgs))
        return SEC_E_UNKNOWN_CREDENTIALS;
    wish.algorithms = from->palgSupportedAlgs;
    wish.algorithm_count = from->cSupportedAlgs;
    return narrow(credential, &wish);
}

static SECURITY_STATUS set_strengths(struct schan_credential *credential, const void *in)
{
    const SecPkgCred_CipherStrengths *from = in;
    struct schan_wish wish = {
        .role = credential->role,
        .minimum_strength = from->dwMinimumCipherStrength,
        .maximum_strength = from->dwMaximumCipherStrength,
    };
    SECURITY_STATUS status = narrow(credential, &wish);

    if (status != SEC_E_OK)
        return status;
    lock_take(&credential->lock);
    credential->minimum_strength = from->dwMinimumCipherStrength;
    credential->maximum_strength = from->dwMaximumCipherStrength;
    lock_release(&credential->lock);
    return SEC_E_OK;
}

static SECURITY_STATUS set_protocols(struct schan_credential *credential, const void *in)
{
    const SecPkgCred_SupportedProtocols *from = in;
    struct schan_wish wish = {.role = credential->role, .enabled_protocols = from->grbitProtocol};

    return narrow(credential, &wish);
}

/* clang-format off */
static const struct {
    DWORD chain; /* CertGetCertificateChain */
    ULONG credential;
} chain_flags[] = {
    { CERT_CHAIN_REVOCATION_CHECK_END_CERT,           SCH_CRED_REVOCATION_CHECK_END_CERT },
    { CERT_CHAIN_REVOCATION_CHECK_CHAIN,              SCH_CRED_REVOCATION_CHECK_CHAIN },
    { CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT, SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT },
    { CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY,         SCH_CRED_REVOCATION_CHECK_CACHE_ONLY },
    { CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL,            SCH_CRED_CACHE_ONLY_URL_RETRIEVAL },
};
/* clang-format on */

/* .NET names a store of the machine so whose certificates are to be listed as issuers. */
static SECURITY_STATUS list_store(struct schan_credential *credential, const WCHAR *name)
{
    const void *store = NULL;
    SECURITY_STATUS status = platform_store_named(name, &store);

    if (status == SEC_E_OK)
        status = schan_credential_list_issuers(credential, store);
    platform_store_free(store);
    return status;
}

/* How a server's clients are judged when it asks (CERT_CHECK_RESULT, CC_POLICY_RESULT), and which
 * issuers are listed for them. */
static SECURITY_STATUS set_client_policy(struct schan_credential *credential, const void *in)
{
    const SecPkgCred_ClientCertPolicy *from = in;
    SECURITY_STATUS status = SEC_E_OK;
    ULONG flags = 0;

    if (credential->role != TLS_SERVER)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (from->pwszSslCtlStoreName && *from->pwszSslCtlStoreName)
        status = list_store(credential, from->pwszSslCtlStoreName);
    if (status != SEC_E_OK)
        return status;
    for (size_t i = 0; i < COUNT_OF(chain_flags); i++)
        if (from->dwCertFlags & chain_flags[i].chain)
            flags |= chain_flags[i].credential;
    lock_take(&credential->lock);
    credential->client_policy.set = true;
    credential->client_policy.id = from->guidPolicyId;
    credential->client_policy.flags = flags;
    credential->client_policy.any_purpose = from->fOmitUsageCheck;
    lock_release(&credential->lock);
    return SEC_E_OK;
}

/*
 * Servers that share keys resume each other's sessions. Differs: only the first key of the list is
 * used. Windows reads tickets of the others as well, which the library cannot; such clients get a
 * full handshake.
 */
static SECURITY_STATUS set_ticket_keys(struct schan_credential *credential, const void *in)
{
    const SecPkgCred_SessionTicketKeys *from = in;

    if (credential->role != TLS_SERVER)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (from->cSessionTicketKeys == 0 || from->cSessionTicketKeys > TICKET_KEYS_MAX ||
        !from->pSessionTicketKeys)
        return SEC_E_INVALID_PARAMETER;
    for (DWORD i = 0; i < from->cSessionTicketKeys; i++) {
        const SecPkgCred_SessionTicketKey *key = &from->pSessionTicketKeys[i];

        if (key->TicketInfoVersion != SESSION_TICKET_INFO_VERSION ||
            key->KeyingMaterialSize < TICKET_MATERIAL_MIN ||
            key->KeyingMaterialSize > sizeof(key->KeyingMaterial))
            return SEC_E_INVALID_PARAMETER;
    }
    return schan_credential_set_ticket_key(credential, &from->pSessionTicketKeys[0]);
}

/* ---- the table ---- */

/* clang-format off */
static const struct credential_attribute attributes[] = {
    { SECPKG_CRED_ATTR_NAMES,          sizeof(SecPkgCredentials_NamesW),      query_names,      NULL },
    { SECPKG_ATTR_SUPPORTED_ALGS,      sizeof(SecPkgCred_SupportedAlgs),      query_algorithms, set_algorithms },
    { SECPKG_ATTR_CIPHER_STRENGTHS,    sizeof(SecPkgCred_CipherStrengths),    query_strengths,  set_strengths },
    { SECPKG_ATTR_SUPPORTED_PROTOCOLS, sizeof(SecPkgCred_SupportedProtocols), query_protocols,  set_protocols },
    { SECPKG_ATTR_CLIENT_CERT_POLICY,  sizeof(SecPkgCred_ClientCertPolicy),   NULL,             set_client_policy },
    { SECPKG_ATTR_SESSION_TICKET_KEYS, sizeof(SecPkgCred_SessionTicketKeys),  NULL,             set_ticket_keys },
};
/* clang-format on */

union credential_value {
    SecPkgCredentials_NamesW names;
    SecPkgCred_SupportedAlgs algorithms;
    SecPkgCred_CipherStrengths strengths;
    SecPkgCred_SupportedProtocols protocols;
    SecPkgCred_ClientCertPolicy client_policy;
    SecPkgCred_SessionTicketKeys ticket_keys;
};

static const struct credential_attribute *find_attribute(ULONG id)
{
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        if (attributes[i].id == id)
            return &attributes[i];
    }
    return NULL;
}

static SECURITY_STATUS check_buffer(const struct ssp_attribute *asked,
                                    const struct credential_attribute *row)
{
    if (!asked->buffer)
        return SEC_E_INVALID_TOKEN;
    return asked->room < row->size ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
}

SECURITY_STATUS schan_query_credential(void *credential, const struct ssp_attribute *asked)
{
    const struct credential_attribute *row = find_attribute(asked->id);
    union credential_value value;
    SECURITY_STATUS status;

    if (!row || !row->query)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = check_buffer(asked, row);
    if (status != SEC_E_OK)
        return status;
    memset(&value, 0, sizeof(value));
    status = row->query(credential, &value);
    if (status == SEC_E_OK)
        memcpy(asked->buffer, &value, row->size);
    return status;
}

SECURITY_STATUS schan_set_credential(void *credential, const struct ssp_attribute *asked)
{
    const struct credential_attribute *row = find_attribute(asked->id);
    union credential_value value;
    SECURITY_STATUS status;

    if (!row || !row->set)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = check_buffer(asked, row);
    if (status != SEC_E_OK)
        return status;
    memcpy(&value, asked->buffer, row->size);
    return row->set(credential, &value);
}
