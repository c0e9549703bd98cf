/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Making and freeing the objects of tls.h: lists of spans are copied into the layout that both
 * sides know.
 */
#include "tls/unixcall.h"

#include "base/limits.h"
#include "base/mem.h"

/* NULL: no memory, or (*good stays true) an empty list. */
static struct param_span *copy_spans(const struct span *from, size_t count, bool *good)
{
    struct param_span *to;

    if (count == 0)
        return NULL;
    to = mem_alloc_array(count, sizeof(*to));
    if (!to)
        *good = false;
    for (size_t i = 0; to && i < count; i++)
        to[i] = param_bytes(from[i]);
    return to;
}

/* A list of spans or numbers: size is the number of its elements. */
static struct param_span list(const void *elements, size_t count)
{
    return param_memory(elements, count);
}

static void *memory_of(struct param_span span)
{
    return (void *)(uintptr_t)span.data;
}

/* ---- credentials ---- */

static void copy_key(const struct key *from, struct param_key *to)
{
    to->outside_id = from->outside_id;
    to->der = param_bytes(from->der);
    for (size_t i = 0; i < KEY_PARTS; i++)
        to->part[i] = param_bytes(from->part[i]);
    to->kind = (uint32_t)from->kind;
    to->curve = from->curve;
    to->pss = from->pss;
}

static void free_certificates(struct param_certificate *certificates, size_t count)
{
    for (size_t i = 0; certificates && i < count; i++)
        mem_free(memory_of(certificates[i].chain));
    mem_free(certificates);
}

enum tls_status tls_credential_new(const struct tls_certificate *certificates, size_t count,
                                   struct tls_credential **credential)
{
    struct param_credential_new call = {0};
    struct param_certificate *copies = NULL;
    struct tls_credential *created = NULL;
    enum tls_status status = TLS_NO_MEMORY;
    bool good = true;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    if (count == 0 || count > LIMIT_CERTIFICATES)
        return TLS_BAD_ARGUMENT;
    created = mem_alloc(sizeof(*created));
    copies = mem_alloc_array(count, sizeof(*copies));
    if (!created || !copies)
        goto done;
    for (size_t i = 0; i < count; i++) {
        const struct tls_certificate *from = &certificates[i];

        copies[i].chain = list(copy_spans(from->chain, from->chain_size, &good), from->chain_size);
        copy_key(&from->key, &copies[i].key);
    }
    if (!good)
        goto done;
    call.certificates = (uintptr_t)copies;
    call.count = (uint32_t)count;
    status = cross(PARAM_CREDENTIAL_NEW, &call);
    if (status == TLS_OK) {
        created->other = call.credential;
        *credential = created;
        created = NULL;
    }

done:
    free_certificates(copies, count);
    mem_free(created);
    return status;
}

void tls_credential_free(struct tls_credential *credential)
{
    struct param_credential_free call;

    if (!credential)
        return;
    call.credential = credential->other;
    (void)cross(PARAM_CREDENTIAL_FREE, &call);
    mem_free(credential);
}

/* ---- ticket keys ---- */

enum tls_status tls_tickets_new(uint32_t lifetime_s, struct tls_tickets **tickets)
{
    struct param_tickets_new call = {.lifetime_s = lifetime_s};
    struct tls_tickets *created;
    enum tls_status status;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    status = cross(PARAM_TICKETS_NEW, &call);
    if (status != TLS_OK) {
        mem_free(created);
        return status;
    }
    created->other = call.tickets;
    *tickets = created;
    return TLS_OK;
}

void tls_tickets_free(struct tls_tickets *tickets)
{
    struct param_tickets_free call;

    if (!tickets)
        return;
    call.tickets = tickets->other;
    (void)cross(PARAM_TICKETS_FREE, &call);
    mem_free(tickets);
}

enum tls_status tls_tickets_set_secret(struct tls_tickets *tickets, struct span secret)
{
    struct param_tickets_secret call = {.tickets = tickets->other, .secret = param_bytes(secret)};

    return cross(PARAM_TICKETS_SECRET, &call);
}

/* ---- cookies ---- */

enum tls_status tls_cookie(struct span peer, struct span datagram, uint8_t *answer, size_t room,
                           size_t *size, struct tls_prestate *prestate)
{
    struct param_cookie call = {.peer = param_bytes(peer),
                                .datagram = param_bytes(datagram),
                                .answer = param_memory(answer, room)};
    enum tls_status status;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    status = cross(PARAM_COOKIE, &call);
    *size = call.size;
    *prestate = (struct tls_prestate){call.record, call.read, call.write};
    return status;
}

/* ---- sessions ---- */

static void copy_config(const struct tls_config *from, struct param_session_new *to)
{
    const struct tls_policy *policy = &from->policy;

    to->credential = from->credential ? from->credential->other : 0;
    to->tickets = from->tickets ? from->tickets->other : 0;
    to->suites = list(policy->suites, policy->suite_count);
    to->groups = list(policy->groups, policy->group_count);
    to->schemes = list(policy->schemes, policy->scheme_count);
    to->server_name = param_bytes(from->server_name);
    to->alpn = param_bytes(from->alpn);
    to->resume = param_bytes(from->resume);
    to->role = (uint32_t)from->role;
    to->flags = from->flags;
    to->versions = policy->versions;
    to->rsa_bits_min = policy->rsa_bits_min;
    to->dh_bits_min = policy->dh_bits_min;
    to->rsa_bits_max = policy->rsa_bits_max;
    to->dh_bits_max = policy->dh_bits_max;
    to->handshake_limit = from->handshake_limit;
    to->mtu = from->mtu;
    to->srtp = list(from->srtp, from->srtp_count);
    to->has_prestate = from->prestate != NULL;
    if (from->prestate) {
        to->record = from->prestate->record;
        to->read = from->prestate->read;
        to->write = from->prestate->write;
    }
}

enum tls_status tls_session_new(const struct tls_config *config, struct tls_session **session)
{
    struct param_session_new call = {0};
    struct param_span *authorities = NULL;
    struct tls_session *created;
    enum tls_status status = TLS_NO_MEMORY;
    bool good = true;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    copy_config(config, &call);
    authorities = copy_spans(config->authorities, config->authority_count, &good);
    if (!good)
        goto done;
    call.authorities = list(authorities, config->authority_count);
    status = cross(PARAM_SESSION_NEW, &call);
    if (status == TLS_OK) {
        created->other = call.session;
        *session = created;
        created = NULL;
    }

done:
    mem_free(authorities);
    mem_free(created);
    return status;
}

enum tls_status tls_unpack(enum tls_role role, struct span bytes, struct tls_session **session)
{
    struct param_unpack call = {.packed = param_bytes(bytes), .role = (uint32_t)role};
    struct tls_session *created;
    enum tls_status status;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    status = cross(PARAM_UNPACK, &call);
    if (status != TLS_OK) {
        mem_free(created);
        return status;
    }
    created->other = call.session;
    *session = created;
    return TLS_OK;
}

void tls_session_free(struct tls_session *session)
{
    struct param_session_free call;

    if (!session)
        return;
    call.session = session->other;
    (void)cross(PARAM_SESSION_FREE, &call);
    mem_free(session);
}

/* ---- judging ---- */

enum tls_status tls_judge(const struct tls_chain *chain, uint32_t *problems)
{
    struct param_judge call = {.peer_role = (uint32_t)chain->peer_role};
    struct param_span *certificates, *crls;
    enum tls_status status = TLS_NO_MEMORY;
    bool good = true;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    certificates = copy_spans(chain->certificates, chain->count, &good);
    crls = copy_spans(chain->crls, chain->crl_count, &good);
    if (good) {
        call.certificates = list(certificates, chain->count);
        call.crls = list(crls, chain->crl_count);
        call.name = param_bytes(chain->name);
        status = cross(PARAM_JUDGE, &call);
    }
    if (status == TLS_OK)
        *problems = call.problems;
    mem_free(certificates);
    mem_free(crls);
    return status;
}
