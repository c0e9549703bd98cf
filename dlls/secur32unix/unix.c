/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The ELF end of the crossing: Wine calls the functions of __wine_unix_call_funcs by number; each
 * checks its parameters, as far as can be seen from here, and calls tls.h. The structs have one
 * layout, so that 32-bit programs on a 64-bit Unix side (Wine's WoW64) use the same functions.
 */
#include "secur32unix/unix.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* What struct tls_config may hold. */
#define AUTHORITIES_MAX 1024
#define CRLS_MAX 64

typedef int unix_call(void *params);

#define EXPORTED __attribute__((visibility("default")))

extern unix_call *const __wine_unix_call_funcs[PARAM_CALL_COUNT];
extern unix_call *const __wine_unix_call_wow64_funcs[PARAM_CALL_COUNT];

/* ---- parameters ---- */

/* A list of spans, as an array that the caller frees; NULL with *good: empty. */
static struct span *read_spans(struct param_span from, uint32_t limit, bool *good)
{
    const struct param_span *list = address(from.data);
    struct span *to;

    *good = from.size <= limit && (from.size == 0 || is_address(from.data));
    if (!*good || from.size == 0)
        return NULL;
    to = mem_alloc_array(from.size, sizeof(*to));
    *good = to != NULL;
    for (uint32_t i = 0; to && i < from.size; i++)
        *good = *good && read_span(list[i], &to[i]);
    return to;
}

static bool read_numbers(struct param_span from, const uint16_t **list, size_t *count)
{
    if (from.size > LIMIT_ALGORITHMS || !memory_is_good(from, from.size * sizeof(uint16_t)))
        return false;
    *list = address(from.data);
    *count = from.size;
    return true;
}

static void write_result(const struct tls_result *from, struct param_result *to)
{
    to->event = (uint32_t)from->event;
    to->reason = (uint32_t)from->reason;
    to->alert_received = from->alert_received;
    to->alert_sent = from->alert_sent;
    to->consumed = (uint32_t)from->consumed; /* not above the input, whose size has 32 bits */
    /* So much output cannot be; if it is, tls_output will say so. */
    to->output_size = from->output_size < UINT32_MAX ? (uint32_t)from->output_size : UINT32_MAX;
}

/* ---- the library and its objects ---- */

static int unix_load(void *params)
{
    struct param_load *call = params;
    struct tls_library library;
    enum tls_status status;

    if (call->revision != PARAM_REVISION)
        return PARAM_REFUSED;
    status = tls_load(&library);
    call->versions = library.versions;
    memcpy(call->name, library.name, sizeof(call->name));
    memcpy(call->version, library.version, sizeof(call->version));
    memcpy(call->problem, library.problem, sizeof(call->problem));
    return (int)status;
}

static int unix_knows(void *params)
{
    struct param_knows *call = params;

    if (call->number > UINT16_MAX)
        return PARAM_REFUSED;
    switch (call->kind) {
    case PARAM_KNOWS_SUITE:
        call->known = tls_knows_suite((uint16_t)call->number);
        return TLS_OK;
    case PARAM_KNOWS_GROUP:
        call->known = tls_knows_group((uint16_t)call->number);
        return TLS_OK;
    case PARAM_KNOWS_SCHEME:
        call->known = tls_knows_scheme((uint16_t)call->number);
        return TLS_OK;
    default:
        return PARAM_REFUSED;
    }
}

static int unix_name(void *params)
{
    struct param_name *call = params;
    enum tls_name_kind kind = TLS_NAME_NONE;
    enum tls_status status;
    struct span target;
    size_t size = 0;

    if (!read_span(call->target, &target) || !memory_is_good(call->ascii, call->ascii.size))
        return PARAM_REFUSED;
    status = tls_name(target, &kind, address(call->ascii.data), call->ascii.size, &size);
    call->kind = (uint32_t)kind;
    call->size = (uint32_t)size;
    return (int)status;
}

static bool read_key(const struct param_key *from, struct key *to)
{
    if (from->kind > KEY_OUTSIDE || from->curve > UINT16_MAX)
        return false;
    to->kind = (enum key_kind)from->kind;
    to->curve = (uint16_t)from->curve;
    to->pss = from->pss != 0;
    to->outside_id = from->outside_id;
    for (size_t i = 0; i < KEY_PARTS; i++)
        if (!read_span(from->part[i], &to->part[i]))
            return false;
    return read_span(from->der, &to->der);
}

static void free_certificates(struct tls_certificate *certificates, uint32_t count)
{
    for (uint32_t i = 0; certificates && i < count; i++)
        mem_free((void *)(uintptr_t)certificates[i].chain);
    mem_free(certificates);
}

static int unix_credential_new(void *params)
{
    struct param_credential_new *call = params;
    const struct param_certificate *from = address(call->certificates);
    struct tls_credential *credential = NULL;
    struct tls_certificate *certificates;
    int status = PARAM_REFUSED;

    if (call->count == 0 || call->count > LIMIT_CERTIFICATES || !is_address(call->certificates))
        return PARAM_REFUSED;
    certificates = mem_alloc_array(call->count, sizeof(*certificates));
    if (!certificates)
        return TLS_NO_MEMORY;
    for (uint32_t i = 0; i < call->count; i++) {
        bool good;

        certificates[i].chain = read_spans(from[i].chain, LIMIT_CHAIN, &good);
        certificates[i].chain_size = from[i].chain.size;
        if (!good || !read_key(&from[i].key, &certificates[i].key))
            goto done;
    }
    status = (int)tls_credential_new(certificates, call->count, &credential);
    call->credential = (uintptr_t)credential;

done:
    free_certificates(certificates, call->count);
    return status;
}

static int unix_credential_free(void *params)
{
    const struct param_credential_free *call = params;

    tls_credential_free(address(call->credential));
    return TLS_OK;
}

static int unix_tickets_new(void *params)
{
    struct param_tickets_new *call = params;
    struct tls_tickets *tickets = NULL;
    enum tls_status status = tls_tickets_new(call->lifetime_s, &tickets);

    call->tickets = (uintptr_t)tickets;
    return (int)status;
}

static int unix_tickets_free(void *params)
{
    const struct param_tickets_free *call = params;

    tls_tickets_free(address(call->tickets));
    return TLS_OK;
}

static int unix_tickets_secret(void *params)
{
    const struct param_tickets_secret *call = params;
    struct span secret;

    if (!is_address(call->tickets) || !read_span(call->secret, &secret))
        return PARAM_REFUSED;
    return (int)tls_tickets_set_secret(address(call->tickets), secret);
}

static int unix_cookie(void *params)
{
    struct param_cookie *call = params;
    struct tls_prestate prestate = {0, 0, 0};
    struct span peer, datagram;
    enum tls_status status;
    size_t size = 0;

    if (!read_span(call->peer, &peer) || !read_span(call->datagram, &datagram) ||
        !memory_is_good(call->answer, call->answer.size))
        return PARAM_REFUSED;
    status =
        tls_cookie(peer, datagram, address(call->answer.data), call->answer.size, &size, &prestate);
    call->size = (uint32_t)size;
    call->record = prestate.record;
    call->read = prestate.read;
    call->write = prestate.write;
    return (int)status;
}

static bool read_config(const struct param_session_new *call, struct tls_config *config)
{
    if (call->role > TLS_SERVER)
        return false;
    config->role = (enum tls_role)call->role;
    config->flags = call->flags;
    config->policy.versions = call->versions;
    config->policy.rsa_bits_min = call->rsa_bits_min;
    config->policy.dh_bits_min = call->dh_bits_min;
    config->policy.rsa_bits_max = call->rsa_bits_max;
    config->policy.dh_bits_max = call->dh_bits_max;
    config->handshake_limit = call->handshake_limit;
    config->mtu = call->mtu;
    config->credential = address(call->credential);
    config->tickets = address(call->tickets);
    return read_numbers(call->suites, &config->policy.suites, &config->policy.suite_count) &&
           read_numbers(call->groups, &config->policy.groups, &config->policy.group_count) &&
           read_numbers(call->schemes, &config->policy.schemes, &config->policy.scheme_count) &&
           read_numbers(call->srtp, &config->srtp, &config->srtp_count) &&
           read_span(call->server_name, &config->server_name) &&
           read_span(call->alpn, &config->alpn) && read_span(call->resume, &config->resume);
}

static int unix_session_new(void *params)
{
    struct param_session_new *call = params;
    struct tls_config config = {.role = TLS_CLIENT};
    const struct tls_prestate prestate = {call->record, call->read, call->write};
    struct tls_session *session = NULL;
    struct span *authorities;
    int status = PARAM_REFUSED;
    bool good;

    authorities = read_spans(call->authorities, AUTHORITIES_MAX, &good);
    if (good && read_config(call, &config)) {
        config.authorities = authorities;
        config.authority_count = call->authorities.size;
        config.prestate = call->has_prestate ? &prestate : NULL;
        status = (int)tls_session_new(&config, &session);
    }
    mem_free(authorities);
    call->session = (uintptr_t)session;
    return status;
}

static int unix_session_free(void *params)
{
    const struct param_session_free *call = params;

    tls_session_free(address(call->session));
    return TLS_OK;
}

static int unix_unpack(void *params)
{
    struct param_unpack *call = params;
    struct tls_session *session = NULL;
    struct span packed;
    enum tls_status status;

    if (!read_span(call->packed, &packed) || call->role > TLS_SERVER)
        return PARAM_REFUSED;
    status = tls_unpack((enum tls_role)call->role, packed, &session);
    call->session = (uintptr_t)session;
    return (int)status;
}

/* ---- handshakes ---- */

static int unix_step(void *params)
{
    struct param_step *call = params;
    struct tls_result result;
    struct span input;

    if (!is_address(call->session) || !read_span(call->input, &input))
        return PARAM_REFUSED;
    tls_step(address(call->session), input, &result);
    write_result(&result, &call->result);
    return TLS_OK;
}

static int unix_output(void *params)
{
    struct param_output *call = params;
    enum tls_status status;
    size_t size = 0;

    if (!is_address(call->session) || !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    status = tls_output(address(call->session), address(call->to.data), call->to.size, &size);
    call->size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    return (int)status;
}

static int unix_supply_verdict(void *params)
{
    const struct param_supply_verdict *call = params;

    if (!is_address(call->session) || call->alert > UINT8_MAX)
        return PARAM_REFUSED;
    tls_supply_verdict(address(call->session), (uint8_t)call->alert);
    return TLS_OK;
}

static int unix_supply_credential(void *params)
{
    const struct param_supply_credential *call = params;

    if (!is_address(call->session))
        return PARAM_REFUSED;
    return (int)tls_supply_credential(address(call->session), address(call->credential));
}

static int unix_sign_request(void *params)
{
    struct param_sign_request *call = params;
    struct tls_sign_request request = {0};
    enum tls_status status;

    if (!is_address(call->session))
        return PARAM_REFUSED;
    status = tls_sign_request(address(call->session), &request);
    call->outside_id = request.outside_id;
    call->scheme = request.scheme;
    call->hash_size = request.hash_size;
    memcpy(call->hash, request.hash, sizeof(call->hash));
    return (int)status;
}

static int unix_supply_signature(void *params)
{
    const struct param_supply_signature *call = params;
    struct span signature;

    if (!is_address(call->session) || !read_span(call->signature, &signature))
        return PARAM_REFUSED;
    return (int)tls_supply_signature(address(call->session), signature);
}

/* ---- queries ---- */

static int unix_info(void *params)
{
    const struct param_info *call = params;

    if (!is_address(call->session) || !is_address(call->info) ||
        call->size != sizeof(struct tls_info))
        return PARAM_REFUSED;
    return (int)tls_info(address(call->session), address(call->info));
}

typedef enum tls_status fetch_call(struct tls_session *session, uint8_t *to, size_t room,
                                   size_t *size);

/* By number of what; NULL: has an index. */
static fetch_call *const fetch_calls[] = {
    [PARAM_FETCH_PEER_SCHEMES] = tls_peer_schemes,
    [PARAM_FETCH_PEER_OCSP] = tls_peer_ocsp,
    [PARAM_FETCH_SERVER_NAME] = tls_server_name,
    [PARAM_FETCH_SESSION_DATA] = tls_session_data,
    [PARAM_FETCH_UNIQUE] = tls_unique,
    [PARAM_FETCH_EXTENSIONS] = tls_extensions,
    [PARAM_FETCH_PACKED] = tls_pack,
    [PARAM_FETCH_ALPN] = tls_alpn,
};
_Static_assert(COUNT_OF(fetch_calls) == PARAM_FETCH_COUNT, "a call for each");

static int unix_fetch(void *params)
{
    struct param_fetch *call = params;
    uint8_t *to = address(call->to.data);
    struct tls_session *session = address(call->session);
    enum tls_status status;
    size_t size = 0;

    if (!is_address(call->session) || !memory_is_good(call->to, call->to.size) ||
        call->what >= PARAM_FETCH_COUNT)
        return PARAM_REFUSED;
    if (call->what == PARAM_FETCH_PEER_CERTIFICATE)
        status = tls_peer_certificate(session, call->index, to, call->to.size, &size);
    else if (call->what == PARAM_FETCH_AUTHORITY)
        status = tls_authority(session, call->index, to, call->to.size, &size);
    else
        status = fetch_calls[call->what](session, to, call->to.size, &size);
    call->size = (uint32_t)size;
    return (int)status;
}

static int unix_export(void *params)
{
    const struct param_export *call = params;
    struct span label, context;

    if (!is_address(call->session) || !read_span(call->label, &label) ||
        !read_span(call->context, &context) || !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    return (int)tls_export(address(call->session), label, call->has_context != 0, context,
                           address(call->to.data), call->to.size);
}

static int unix_prf(void *params)
{
    const struct param_prf *call = params;
    struct span label;

    if (!is_address(call->session) || !read_span(call->label, &label) ||
        !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    return (int)(call->empty_secret ? tls_prf_empty : tls_prf)(
        address(call->session), label, call->server_first != 0, address(call->to.data),
        call->to.size);
}

/* ---- records ---- */

static int unix_seal(void *params)
{
    struct param_seal *call = params;
    struct tls_seal seal = {
        .header = address(call->header),
        .data = address(call->data),
        .trailer = address(call->trailer),
        .data_size = call->data_size,
        .trailer_room = call->trailer_room,
        .type = (uint8_t)call->type,
    };
    enum tls_status status;

    if (!is_address(call->session) || !is_address(call->header) || !is_address(call->trailer) ||
        (call->data_size && !is_address(call->data)) || call->data_size > LIMIT_PLAINTEXT)
        return PARAM_REFUSED;
    status = tls_seal(address(call->session), &seal);
    call->trailer_size = (uint32_t)seal.trailer_size;
    return (int)status;
}

static int unix_unseal(void *params)
{
    struct param_unseal *call = params;
    struct tls_unseal unseal = {.record = address(call->record), .size = call->size};
    struct tls_result result;
    enum tls_status status;

    if (!is_address(call->session) || !is_address(call->record))
        return PARAM_REFUSED;
    status = tls_unseal(address(call->session), &unseal, &result);
    if (status == TLS_OK) {
        call->offset = (uint32_t)unseal.offset;
        call->plain_size = (uint32_t)unseal.plain_size;
        call->type = unseal.type;
        call->alert = unseal.alert;
        call->alert_fatal = unseal.alert_fatal;
    } else if (status != TLS_NOT_READY) {
        write_result(&result, &call->result);
    }
    return (int)status;
}

static int unix_rest(void *params)
{
    const struct param_rest *call = params;

    if (!is_address(call->session))
        return PARAM_REFUSED;
    tls_rest(address(call->session));
    return TLS_OK;
}

static int unix_message(void *params)
{
    struct param_message *call = params;
    struct tls_result result;
    struct span plaintext;

    if (!is_address(call->session) || !read_span(call->plaintext, &plaintext))
        return PARAM_REFUSED;
    tls_message(address(call->session), plaintext, &result);
    write_result(&result, &call->result);
    return TLS_OK;
}

static int unix_change(void *params)
{
    struct param_change *call = params;
    struct tls_session *session = address(call->session);
    struct tls_result result;

    if (!is_address(call->session) || call->number > UINT8_MAX)
        return PARAM_REFUSED;
    switch (call->what) {
    case PARAM_CHANGE_ANSWER:
        tls_answer(session, &result);
        break;
    case PARAM_CHANGE_REHANDSHAKE:
        tls_rehandshake(session, call->flag != 0, &result);
        break;
    case PARAM_CHANGE_UPDATE_KEYS:
        tls_update_keys(session, call->flag != 0, &result);
        break;
    case PARAM_CHANGE_ALERT:
        tls_alert(session, call->flag != 0, (uint8_t)call->number, &result);
        break;
    case PARAM_CHANGE_MTU:
        tls_set_mtu(session, call->flag);
        return TLS_OK;
    default:
        return PARAM_REFUSED;
    }
    write_result(&result, &call->result);
    return TLS_OK;
}

/* ---- certificates ---- */

static int unix_judge(void *params)
{
    struct param_judge *call = params;
    struct tls_chain chain = {.count = call->certificates.size, .crl_count = call->crls.size};
    struct span *certificates, *crls;
    int status = PARAM_REFUSED;
    bool certificates_good, crls_good;
    uint32_t problems = 0;

    certificates = read_spans(call->certificates, LIMIT_CHAIN, &certificates_good);
    crls = read_spans(call->crls, CRLS_MAX, &crls_good);
    if (certificates_good && crls_good && call->peer_role <= TLS_SERVER &&
        read_span(call->name, &chain.name)) {
        chain.certificates = certificates;
        chain.crls = crls;
        chain.peer_role = (enum tls_role)call->peer_role;
        status = (int)tls_judge(&chain, &problems);
    }
    call->problems = problems;
    mem_free(certificates);
    mem_free(crls);
    return status;
}

static int unix_end_point(void *params)
{
    struct param_end_point *call = params;
    struct span certificate;
    enum tls_status status;
    size_t size = 0;

    if (!read_span(call->certificate, &certificate) || !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    status = tls_end_point(certificate, address(call->to.data), call->to.size, &size);
    call->size = (uint32_t)size;
    return (int)status;
}

static int unix_facts(void *params)
{
    struct param_facts *call = params;
    struct tls_certificate_facts facts = {0};
    struct span certificate;
    enum tls_status status;

    if (!read_span(call->certificate, &certificate))
        return PARAM_REFUSED;
    status = tls_certificate_facts(certificate, &facts);
    call->key_bits = facts.key_bits;
    call->key_kind = facts.key_kind;
    call->curve = facts.curve;
    call->not_before_s = facts.not_before_s;
    call->not_after_s = facts.not_after_s;
    return (int)status;
}

/* ---- the tables ---- */

#define PARAM_FUNCTION(number, name) [PARAM_##number] = unix_##name,

EXPORTED unix_call *const __wine_unix_call_funcs[PARAM_CALL_COUNT] = {PARAM_CALLS(PARAM_FUNCTION)};
EXPORTED unix_call *const __wine_unix_call_wow64_funcs[PARAM_CALL_COUNT] = {
    PARAM_CALLS(PARAM_FUNCTION)};
