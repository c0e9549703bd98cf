/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The certificates of a credential: opened with chain and key while the program's contexts are
 * valid, then given to the TLS library once. One that cannot be used fails the whole call.
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure" (paCred, dwCredFormat),
 * "AcquireCredentialsHandle (Schannel)" (ptsExpiry). SEC_E_NO_CREDENTIALS for a certificate without
 * private key and SEC_E_UNKNOWN_CREDENTIALS for a key that cannot be opened are what .NET and Ice
 * report of Windows.
 */
#include "schannel/credential_input.h"

#include "base/log.h"
#include "base/mem.h"
#include "schannel/alerts.h"

#define THUMBPRINT_SIZE 20

static uint32_t open_flags(const struct credential_input *input)
{
    uint32_t flags = 0;

    if (input->wish.flags & SCH_SEND_ROOT_CERT)
        flags |= PLATFORM_SEND_ROOT;
    if (input->wish.flags & SCH_CRED_CACHE_ONLY_URL_RETRIEVAL_ON_CREATE)
        flags |= PLATFORM_CACHE_ONLY;
    return flags;
}

/* The machine's certificates of store MY. */
static SECURITY_STATUS find_by_hash(const SCHANNEL_CERT_HASH *hash,
                                    struct platform_certificate **certificate)
{
    if (hash->dwLength < sizeof(*hash))
        return SEC_E_UNKNOWN_CREDENTIALS;
    return platform_certificate_find(u"MY", true, hash->ShaHash, certificate);
}

static SECURITY_STATUS find_in_store(const SCHANNEL_CERT_HASH_STORE *hash,
                                     struct platform_certificate **certificate)
{
    WCHAR store[SCH_CRED_MAX_STORE_NAME_SIZE + 1] = {0};

    if (hash->dwLength < sizeof(*hash))
        return SEC_E_UNKNOWN_CREDENTIALS;
    for (size_t i = 0; i < SCH_CRED_MAX_STORE_NAME_SIZE && hash->pwszStoreName[i]; i++)
        store[i] = hash->pwszStoreName[i];
    return platform_certificate_find(store, hash->dwFlags & SCH_MACHINE_CERT_HASH, hash->ShaHash,
                                     certificate);
}

static SECURITY_STATUS open_one(const struct credential_input *input, const void *item,
                                struct platform_certificate **certificate)
{
    if (!item)
        return SEC_E_UNKNOWN_CREDENTIALS;
    switch (input->format) {
    case SCH_CRED_FORMAT_CERT_HASH:
        return find_by_hash(item, certificate);
    case SCH_CRED_FORMAT_CERT_HASH_STORE:
        return find_in_store(item, certificate);
    default:
        return platform_certificate_open(item, open_flags(input), certificate);
    }
}

static SECURITY_STATUS read_keys(const struct schan_credential *credential,
                                 struct tls_certificate *list)
{
    for (size_t i = 0; i < credential->certificate_count; i++) {
        struct platform_certificate *certificate = credential->certificates[i];
        SECURITY_STATUS status = platform_key_get(certificate, &list[i].key);

        if (status != SEC_E_OK)
            return status;
        list[i].chain = platform_certificate_chain(certificate, &list[i].chain_size);
    }
    return SEC_E_OK;
}

static void leave_out_tls13(const struct schan_credential *credential, struct schan_policy *policy)
{
    struct schan_wish wish = {.role = credential->role};

    if (!(policy->tls.versions & TLS_VERSION_1_3))
        return;
    wish.enabled_protocols = policy_protocols_from_versions(
        policy->tls.versions & ~(uint32_t)TLS_VERSION_1_3, credential->role);
    /* Nothing else is left: then a handshake has to do without the certificate. */
    if (wish.enabled_protocols && policy_narrow(&wish, policy) != SEC_E_OK)
        TRACE(LOG_SCHANNEL, "%p: only TLS 1.3 is left", (const void *)credential);
}

void credential_fit_versions(struct schan_credential *credential,
                             const struct tls_certificate *list)
{
    for (size_t i = 0; i < credential->certificate_count; i++) {
        if (list[i].key.kind != KEY_OUTSIDE || list[i].key.curve || list[i].key.pss)
            return;
    }
    TRACE(LOG_SCHANNEL, "%p: no TLS 1.3, since the key cannot make RSA-PSS signatures",
          (void *)credential);
    credential->no_tls13_key = true;
    leave_out_tls13(credential, &credential->policy);
    for (size_t i = 0; i < credential->alpn_policy_count; i++)
        leave_out_tls13(credential, &credential->alpn_policies[i].policy);
}

static SECURITY_STATUS give_to_tls(struct schan_credential *credential)
{
    size_t count = credential->certificate_count;
    struct tls_certificate *list = mem_alloc_array(count, sizeof(*list));
    enum tls_status called;
    SECURITY_STATUS status;

    if (!list)
        return SEC_E_INSUFFICIENT_MEMORY;
    status = read_keys(credential, list);
    if (status == SEC_E_OK) {
        credential_fit_versions(credential, list);
        called = tls_credential_new(list, count, &credential->tls);
        status = called == TLS_BAD_KEY ? SEC_E_UNKNOWN_CREDENTIALS : tls_call_status(called);
    }
    for (size_t i = 0; i < count; i++)
        platform_key_done(&list[i].key);
    mem_wipe_free(list, count * sizeof(*list));
    return status;
}

SECURITY_STATUS credential_use_certificates(struct schan_credential *credential)
{
    int64_t earliest = INT64_MAX;

    if (!credential->certificate_count)
        return SEC_E_OK;
    for (size_t i = 0; i < credential->certificate_count; i++) {
        int64_t expiry = platform_certificate_expiry(credential->certificates[i]);

        if (expiry < earliest)
            earliest = expiry;
    }
    credential->expiry.QuadPart = platform_local_from_utc(earliest);
    return give_to_tls(credential);
}

SECURITY_STATUS credential_open_certificates(const struct credential_input *input,
                                             struct schan_credential *credential)
{
    if (!input->item_count)
        return SEC_E_OK;
    credential->certificates =
        mem_alloc_array(input->item_count, sizeof(*credential->certificates));
    if (!credential->certificates)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (DWORD i = 0; i < input->item_count; i++) {
        SECURITY_STATUS status = open_one(input, input->items[i], &credential->certificates[i]);

        if (status != SEC_E_OK)
            return status;
        credential->certificate_count++;
    }
    return credential_use_certificates(credential);
}
