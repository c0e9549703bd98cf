/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The life of a credential. A client's without certificate asks nobody but the snapshot of the
 * policy: programs acquire one per connection.
 *
 * Sources: Microsoft Learn, "AcquireCredentialsHandle (Schannel)", "SCHANNEL_CRED structure",
 * "Transport Layer Security (TLS) registry settings" (the list of issuers is 16 KB at most).
 */
#include "schannel/credential.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "schannel/credential_input.h"
#include "schannel/session.h"

/* "Maximum time": what ptsExpiry holds without a certificate. */
#define EXPIRY_NEVER INT64_MAX

#define AUTHORITIES_SIZE_MAX 0x4000
#define TICKET_LIFETIME_MIN_S 1u

static atomic_uint_least64_t last_id;

/* ---- references ---- */

static struct schan_credential *credential_new(void)
{
    struct schan_credential *credential = mem_alloc(sizeof(*credential));

    if (!credential)
        return NULL;
    atomic_init(&credential->references, 1);
    lock_init(&credential->lock);
    credential->expiry.QuadPart = EXPIRY_NEVER;
    return credential;
}

static void free_issuers(struct schan_issuers *issuers)
{
    while (issuers) {
        struct schan_issuers *older = issuers->older;

        mem_free(issuers->names);
        mem_free(issuers);
        issuers = older;
    }
}

static void credential_free(struct schan_credential *credential)
{
    tls_credential_free(credential->tls);
    tls_tickets_free(credential->tickets);
    for (size_t i = 0; i < credential->certificate_count; i++)
        platform_certificate_unref(credential->certificates[i]);
    for (size_t i = 0; i < credential->alpn_policy_count; i++)
        mem_free(credential->alpn_policies[i].ids);
    mem_free(credential->certificates);
    mem_free(credential->alpn_policies);
    free_issuers(credential->issuers);
    platform_store_free(credential->root_store);
    if (credential->id && !credential->derived && credential->role == TLS_CLIENT)
        session_forget(credential->id, NULL);
    mem_free(credential);
}

struct schan_credential *schan_credential_ref(struct schan_credential *credential)
{
    if (credential)
        atomic_fetch_add_explicit(&credential->references, 1, memory_order_relaxed);
    return credential;
}

void schan_credential_unref(struct schan_credential *credential)
{
    if (credential &&
        atomic_fetch_sub_explicit(&credential->references, 1, memory_order_acq_rel) == 1)
        credential_free(credential);
}

void schan_free_credential(void *credential)
{
    schan_credential_unref(credential);
}

/* ---- AcquireCredentialsHandle ---- */

/* As many names as a request can hold. */
static size_t fitting(const struct span *names, size_t count)
{
    size_t size = 0, fit = 0;

    while (fit < count && (size += names[fit].size + 2) <= AUTHORITIES_SIZE_MAX)
        fit++;
    return fit;
}

SECURITY_STATUS schan_credential_list_issuers(struct schan_credential *credential,
                                              const void *store)
{
    struct schan_issuers *made;
    struct policy_limits limits;
    SECURITY_STATUS status;

    policy_limits_get(&limits);
    if (limits.issuers == ISSUERS_NONE)
        return SEC_E_OK;
    made = mem_alloc(sizeof(*made));
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    status = platform_store_names(store, &made->names, &made->count);
    if (status != SEC_E_OK) {
        mem_free(made);
        return status;
    }
    made->count = fitting(made->names, made->count);
    lock_take(&credential->lock);
    made->older = credential->issuers;
    credential->issuers = made;
    lock_release(&credential->lock);
    return SEC_E_OK;
}

/* The store "Client Authentication Issuers" of the machine, or, where that is empty, the roots that
 * the system trusts (the settings' page, ClientAuthTrustMode). */
static SECURITY_STATUS list_system(struct schan_credential *credential)
{
    const void *store = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (platform_store_named(u"ClientAuthIssuer", &store) == SEC_E_OK)
        status = schan_credential_list_issuers(credential, store);
    platform_store_free(store);
    if (status != SEC_E_OK || (credential->issuers && credential->issuers->count))
        return status;
    store = platform_store_roots();
    if (store)
        status = schan_credential_list_issuers(credential, store);
    platform_store_free(store);
    return status;
}

/* Its roots are trusted, and a server may list them. */
static SECURITY_STATUS read_root_store(const void *store, struct schan_credential *credential)
{
    struct policy_limits limits;

    credential->root_store = platform_store_ref(store);
    if (credential->role != TLS_SERVER)
        return SEC_E_OK;
    if (credential->root_store)
        return schan_credential_list_issuers(credential, credential->root_store);
    policy_limits_get(&limits);
    return limits.issuers == ISSUERS_SYSTEM ? list_system(credential) : SEC_E_OK;
}

static SECURITY_STATUS fill(const struct credential_input *input,
                            struct schan_credential *credential)
{
    SECURITY_STATUS status = policy_make(&input->wish, &credential->policy);

    if (status != SEC_E_OK)
        return status;
    credential->role = input->wish.role;
    credential->version = input->wish.version;
    credential->flags = input->wish.flags;
    credential->minimum_strength = input->wish.minimum_strength;
    credential->maximum_strength = input->wish.maximum_strength;
    credential->lifespan_ms = input->lifespan_ms;
    status = credential_read_alpn(input, credential);
    if (status == SEC_E_OK)
        status = credential_open_certificates(input, credential);
    if (status == SEC_E_OK)
        status = read_root_store(input->root_store, credential);
    return status;
}

SECURITY_STATUS schan_acquire(struct ssp_acquire *call)
{
    struct schan_credential *credential = NULL;
    struct credential_input input;
    SECURITY_STATUS status = credential_read(call->use, call->auth_data, &input);

    if (status != SEC_E_OK)
        goto done;
    credential = credential_new();
    status = credential ? fill(&input, credential) : SEC_E_INSUFFICIENT_MEMORY;
    if (status != SEC_E_OK)
        goto done;
    credential->id = atomic_fetch_add(&last_id, 1) + 1;
    call->credential = credential;
    call->expiry = credential->expiry;
    TRACE(LOG_SCHANNEL,
          "%p: credential for a %s, version %u, flags %08lx, versions %02x, %u suites, "
          "%u certificates",
          (void *)credential, credential->role == TLS_SERVER ? "server" : "client",
          (unsigned)credential->version, (unsigned long)credential->flags,
          (unsigned)credential->policy.tls.versions, (unsigned)credential->policy.tls.suite_count,
          (unsigned)credential->certificate_count);
    return SEC_E_OK;

done:
    TRACE(LOG_SCHANNEL, "no credential: %08lx", (unsigned long)(uint32_t)status);
    schan_credential_unref(credential);
    return status;
}

SECURITY_STATUS schan_credential_with(struct schan_credential *base,
                                      struct platform_certificate *certificate,
                                      struct schan_credential **credential)
{
    struct schan_credential *made = credential_new();
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (!made)
        return status;
    made->derived = true;
    made->id = base->id;
    made->role = base->role;
    made->version = base->version;
    made->flags = base->flags;
    made->lifespan_ms = base->lifespan_ms;
    lock_take(&base->lock);
    policy_copy(&base->policy, &made->policy);
    made->minimum_strength = base->minimum_strength;
    made->maximum_strength = base->maximum_strength;
    lock_release(&base->lock);
    made->root_store = platform_store_ref(base->root_store);
    made->certificates = mem_alloc_array(1, sizeof(*made->certificates));
    if (made->certificates) {
        made->certificates[made->certificate_count++] = platform_certificate_ref(certificate);
        status = credential_use_certificates(made);
    }
    if (status == SEC_E_OK)
        *credential = made;
    else
        schan_credential_unref(made);
    return status;
}

struct schan_credential *schan_credential_none(enum tls_role role)
{
    struct schan_credential *made = credential_new();

    if (!made)
        return NULL;
    made->role = role;
    made->flags = SCH_CRED_NO_DEFAULT_CREDS;
    made->lifespan_ms = CREDENTIAL_LIFESPAN_NONE;
    return made;
}

/* ---- what a handshake asks ---- */

static bool lists_share_id(struct span a, struct span b)
{
    struct span id, other, rest;

    while (span_take_vector8(&a, &id)) {
        rest = b;
        while (span_take_vector8(&rest, &other)) {
            if (span_equal(id, other))
                return true;
        }
    }
    return false;
}

/* Differs: Windows looks at the protocol that was chosen; here the first set counts that names one
 * of those that the server offers, since the policy must stand before the hello is read. */
static const struct schan_policy *policy_for(const struct schan_credential *credential,
                                             struct span alpn)
{
    for (size_t i = 0; i < credential->alpn_policy_count; i++) {
        const struct schan_alpn_policy *it = &credential->alpn_policies[i];

        if (lists_share_id(span_of(it->ids, it->ids_size), alpn))
            return &it->policy;
    }
    return &credential->policy;
}

void schan_credential_policy(struct schan_credential *credential, struct span alpn,
                             struct schan_policy *policy)
{
    lock_take(&credential->lock);
    policy_copy(policy_for(credential, alpn), policy);
    lock_release(&credential->lock);
}

static uint32_t ticket_lifetime_s(const struct schan_credential *credential, uint32_t limit_ms)
{
    uint32_t lifetime_ms = credential->lifespan_ms;

    if (!lifetime_ms || lifetime_ms > limit_ms)
        lifetime_ms = limit_ms;
    lifetime_ms /= 1000;
    return lifetime_ms ? lifetime_ms : TICKET_LIFETIME_MIN_S;
}

struct tls_tickets *schan_credential_tickets(struct schan_credential *credential)
{
    struct tls_tickets *tickets;
    struct policy_limits limits;

    if ((credential->flags & SCH_CRED_DISABLE_RECONNECTS) ||
        credential->lifespan_ms == CREDENTIAL_LIFESPAN_NONE)
        return NULL;
    policy_limits_get(&limits);
    if (!limits.server_cache_ms)
        return NULL;
    lock_take(&credential->lock);
    if (!credential->tickets &&
        tls_tickets_new(ticket_lifetime_s(credential, limits.server_cache_ms),
                        &credential->tickets) != TLS_OK)
        credential->tickets = NULL;
    tickets = credential->tickets;
    lock_release(&credential->lock);
    return tickets;
}

SECURITY_STATUS schan_credential_set_ticket_key(struct schan_credential *credential,
                                                const SecPkgCred_SessionTicketKey *key)
{
    struct tls_tickets *tickets = schan_credential_tickets(credential);
    uint8_t secret[sizeof(key->KeyId) + sizeof(key->KeyingMaterial)];
    enum tls_status called;

    if (!tickets)
        return SEC_E_OK; /* resumption is switched off, so there are no tickets to protect */
    memcpy(secret, key->KeyId, sizeof(key->KeyId));
    memcpy(secret + sizeof(key->KeyId), key->KeyingMaterial, key->KeyingMaterialSize);
    lock_take(&credential->lock);
    called = tls_tickets_set_secret(tickets,
                                    span_of(secret, sizeof(key->KeyId) + key->KeyingMaterialSize));
    lock_release(&credential->lock);
    mem_wipe(secret, sizeof(secret));
    return called == TLS_OK ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

struct platform_certificate *schan_credential_key(const struct schan_credential *credential,
                                                  uint64_t outside_id)
{
    for (size_t i = 0; i < credential->certificate_count; i++) {
        if ((uint64_t)(uintptr_t)credential->certificates[i] == outside_id)
            return credential->certificates[i];
    }
    return NULL;
}
