/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The PE build's tls.h: packs parameters, crosses to the ELF side, unpacks. No decision is made
 * here. The memory of both sides is the same: records and messages cross as addresses.
 */
#include "tls/unixcall.h"

#include <string.h>

static void failed_result(struct tls_result *to)
{
    *to = (struct tls_result){.event = TLS_FAILED,
                              .reason = TLS_REASON_INTERNAL,
                              .alert_received = TLS_NO_ALERT,
                              .alert_sent = TLS_NO_ALERT};
}

static void read_result(const struct param_result *from, struct tls_result *to)
{
    to->event = from->event < TLS_EVENT_COUNT ? (enum tls_event)from->event : TLS_FAILED;
    to->reason =
        from->reason < TLS_REASON_COUNT ? (enum tls_reason)from->reason : TLS_REASON_INTERNAL;
    to->alert_received = from->alert_received;
    to->alert_sent = from->alert_sent;
    to->consumed = from->consumed;
    to->output_size = from->output_size;
}

/* ---- the library ---- */

static bool knows(enum param_knows_kind kind, uint16_t number)
{
    struct param_knows call = {.kind = (uint32_t)kind, .number = number};

    return crossing_ready() && cross(PARAM_KNOWS, &call) == TLS_OK && call.known;
}

bool tls_knows_suite(uint16_t suite)
{
    return knows(PARAM_KNOWS_SUITE, suite);
}

bool tls_knows_group(uint16_t group)
{
    return knows(PARAM_KNOWS_GROUP, group);
}

bool tls_knows_scheme(uint16_t scheme)
{
    return knows(PARAM_KNOWS_SCHEME, scheme);
}

enum tls_status tls_name(struct span target, enum tls_name_kind *kind, uint8_t *ascii, size_t room,
                         size_t *size)
{
    struct param_name call = {.target = param_bytes(target), .ascii = param_memory(ascii, room)};
    enum tls_status status;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    status = cross(PARAM_NAME, &call);
    if (status == TLS_OK)
        *kind = (enum tls_name_kind)call.kind;
    if (status == TLS_OK || status == TLS_TOO_SMALL)
        *size = call.size;
    return status;
}

/* ---- handshakes ---- */

void tls_step(struct tls_session *session, struct span input, struct tls_result *result)
{
    struct param_step call = {.session = session->other, .input = param_bytes(input)};

    if (cross(PARAM_STEP, &call) == TLS_OK)
        read_result(&call.result, result);
    else
        failed_result(result);
}

enum tls_status tls_output(struct tls_session *session, uint8_t *to, size_t room, size_t *size)
{
    struct param_output call = {.session = session->other, .to = param_memory(to, room)};
    enum tls_status status = cross(PARAM_OUTPUT, &call);

    if (status == TLS_OK || status == TLS_TOO_SMALL)
        *size = call.size;
    return status;
}

void tls_supply_verdict(struct tls_session *session, uint8_t alert)
{
    struct param_supply_verdict call = {.session = session->other, .alert = alert};

    (void)cross(PARAM_SUPPLY_VERDICT, &call);
}

enum tls_status tls_supply_credential(struct tls_session *session,
                                      const struct tls_credential *credential)
{
    struct param_supply_credential call = {.session = session->other,
                                           .credential = credential ? credential->other : 0};

    return cross(PARAM_SUPPLY_CREDENTIAL, &call);
}

enum tls_status tls_sign_request(struct tls_session *session, struct tls_sign_request *request)
{
    struct param_sign_request call = {.session = session->other};
    enum tls_status status = cross(PARAM_SIGN_REQUEST, &call);

    if (status != TLS_OK)
        return status;
    if (call.hash_size > sizeof(request->hash) || call.scheme > UINT16_MAX)
        return TLS_BAD_ARGUMENT;
    request->outside_id = call.outside_id;
    request->scheme = (uint16_t)call.scheme;
    request->hash_size = call.hash_size;
    memcpy(request->hash, call.hash, sizeof(request->hash));
    return TLS_OK;
}

enum tls_status tls_supply_signature(struct tls_session *session, struct span signature)
{
    struct param_supply_signature call = {.session = session->other,
                                          .signature = param_bytes(signature)};

    return cross(PARAM_SUPPLY_SIGNATURE, &call);
}

/* ---- queries ---- */

enum tls_status tls_info(struct tls_session *session, struct tls_info *info)
{
    struct param_info call = {
        .session = session->other, .info = (uintptr_t)info, .size = sizeof(*info)};

    return cross(PARAM_INFO, &call);
}

static enum tls_status fetch(struct tls_session *session, struct param_fetch *call, uint8_t *to,
                             size_t room, size_t *size)
{
    enum tls_status status;

    call->session = session->other;
    call->to = param_memory(to, room);
    status = cross(PARAM_FETCH, call);
    if (status == TLS_OK || status == TLS_TOO_SMALL)
        *size = call->size;
    return status;
}

enum tls_status tls_peer_certificate(struct tls_session *session, size_t index, uint8_t *der,
                                     size_t room, size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_PEER_CERTIFICATE, .index = (uint32_t)index};

    return fetch(session, &call, der, room, size);
}

enum tls_status tls_authority(struct tls_session *session, size_t index, uint8_t *der, size_t room,
                              size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_AUTHORITY, .index = (uint32_t)index};

    return fetch(session, &call, der, room, size);
}

enum tls_status tls_peer_schemes(struct tls_session *session, uint8_t *list, size_t room,
                                 size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_PEER_SCHEMES};

    return fetch(session, &call, list, room, size);
}

enum tls_status tls_extensions(struct tls_session *session, uint8_t *list, size_t room,
                               size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_EXTENSIONS};

    return fetch(session, &call, list, room, size);
}

enum tls_status tls_peer_ocsp(struct tls_session *session, uint8_t *der, size_t room, size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_PEER_OCSP};

    return fetch(session, &call, der, room, size);
}

enum tls_status tls_alpn(struct tls_session *session, uint8_t *id, size_t room, size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_ALPN};

    return fetch(session, &call, id, room, size);
}

enum tls_status tls_server_name(struct tls_session *session, uint8_t *name, size_t room,
                                size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_SERVER_NAME};

    return fetch(session, &call, name, room, size);
}

enum tls_status tls_session_data(struct tls_session *session, uint8_t *data, size_t room,
                                 size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_SESSION_DATA};

    return fetch(session, &call, data, room, size);
}

enum tls_status tls_unique(struct tls_session *session, uint8_t *value, size_t room, size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_UNIQUE};

    return fetch(session, &call, value, room, size);
}

enum tls_status tls_pack(struct tls_session *session, uint8_t *to, size_t room, size_t *size)
{
    struct param_fetch call = {.what = PARAM_FETCH_PACKED};

    return fetch(session, &call, to, room, size);
}

enum tls_status tls_export(struct tls_session *session, struct span label, bool has_context,
                           struct span context, uint8_t *to, size_t size)
{
    struct param_export call = {
        .session = session->other,
        .label = param_bytes(label),
        .context = param_bytes(context),
        .to = param_memory(to, size),
        .has_context = has_context,
    };

    return cross(PARAM_EXPORT, &call);
}

enum tls_status tls_prf(struct tls_session *session, struct span label, bool server_first,
                        uint8_t *to, size_t size)
{
    struct param_prf call = {
        .session = session->other,
        .label = param_bytes(label),
        .to = param_memory(to, size),
        .server_first = server_first,
    };

    return cross(PARAM_PRF, &call);
}

enum tls_status tls_prf_empty(struct tls_session *session, struct span label, bool server_first,
                              uint8_t *to, size_t size)
{
    struct param_prf call = {
        .session = session->other,
        .label = param_bytes(label),
        .to = param_memory(to, size),
        .server_first = server_first,
        .empty_secret = 1,
    };

    return cross(PARAM_PRF, &call);
}

/* ---- records ---- */

enum tls_status tls_seal(struct tls_session *session, struct tls_seal *seal)
{
    struct param_seal call = {
        .session = session->other,
        .header = (uintptr_t)seal->header,
        .data = (uintptr_t)seal->data,
        .trailer = (uintptr_t)seal->trailer,
        .trailer_room = seal->trailer_room < UINT32_MAX ? (uint32_t)seal->trailer_room : UINT32_MAX,
        .type = seal->type,
    };
    enum tls_status status;

    if (seal->data_size > UINT32_MAX)
        return TLS_BAD_ARGUMENT;
    call.data_size = (uint32_t)seal->data_size;
    status = cross(PARAM_SEAL, &call);
    seal->trailer_size = call.trailer_size;
    return status;
}

enum tls_status tls_unseal(struct tls_session *session, struct tls_unseal *unseal,
                           struct tls_result *result)
{
    struct param_unseal call = {
        .session = session->other,
        .record = (uintptr_t)unseal->record,
        .size = unseal->size < UINT32_MAX ? (uint32_t)unseal->size : UINT32_MAX,
        .result = {.event = TLS_FAILED,
                   .reason = TLS_REASON_INTERNAL,
                   .alert_received = TLS_NO_ALERT,
                   .alert_sent = TLS_NO_ALERT},
    };
    enum tls_status status = cross(PARAM_UNSEAL, &call);

    if (status != TLS_OK) {
        read_result(&call.result, result);
        return status;
    }
    unseal->offset = call.offset;
    unseal->plain_size = call.plain_size;
    unseal->type = (uint8_t)call.type;
    unseal->alert = (uint8_t)call.alert;
    unseal->alert_fatal = call.alert_fatal != 0;
    return TLS_OK;
}

void tls_rest(struct tls_session *session)
{
    struct param_rest call = {.session = session->other};

    (void)cross(PARAM_REST, &call);
}

void tls_message(struct tls_session *session, struct span plaintext, struct tls_result *result)
{
    struct param_message call = {.session = session->other, .plaintext = param_bytes(plaintext)};

    if (cross(PARAM_MESSAGE, &call) == TLS_OK)
        read_result(&call.result, result);
    else
        failed_result(result);
}

static void change(struct tls_session *session, struct param_change *call,
                   struct tls_result *result)
{
    call->session = session->other;
    if (cross(PARAM_CHANGE, call) == TLS_OK)
        read_result(&call->result, result);
    else
        failed_result(result);
}

void tls_answer(struct tls_session *session, struct tls_result *result)
{
    struct param_change call = {.what = PARAM_CHANGE_ANSWER};

    change(session, &call, result);
}

void tls_rehandshake(struct tls_session *session, bool request_peer, struct tls_result *result)
{
    struct param_change call = {.what = PARAM_CHANGE_REHANDSHAKE, .flag = request_peer};

    change(session, &call, result);
}

void tls_update_keys(struct tls_session *session, bool ask_peer, struct tls_result *result)
{
    struct param_change call = {.what = PARAM_CHANGE_UPDATE_KEYS, .flag = ask_peer};

    change(session, &call, result);
}

void tls_set_mtu(struct tls_session *session, uint32_t mtu)
{
    struct param_change call = {.session = session->other, .what = PARAM_CHANGE_MTU, .flag = mtu};

    (void)cross(PARAM_CHANGE, &call);
}

void tls_alert(struct tls_session *session, bool fatal, uint8_t description,
               struct tls_result *result)
{
    struct param_change call = {.what = PARAM_CHANGE_ALERT, .flag = fatal, .number = description};

    change(session, &call, result);
}

/* ---- certificates ---- */

enum tls_status tls_end_point(struct span certificate, uint8_t *value, size_t room, size_t *size)
{
    struct param_end_point call = {.certificate = param_bytes(certificate),
                                   .to = param_memory(value, room)};
    enum tls_status status;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    status = cross(PARAM_END_POINT, &call);
    if (status == TLS_OK || status == TLS_TOO_SMALL)
        *size = call.size;
    return status;
}

enum tls_status tls_certificate_facts(struct span certificate, struct tls_certificate_facts *facts)
{
    struct param_facts call = {.certificate = param_bytes(certificate)};
    enum tls_status status;

    if (!crossing_ready())
        return TLS_UNAVAILABLE;
    status = cross(PARAM_FACTS, &call);
    if (status != TLS_OK)
        return status;
    *facts = (struct tls_certificate_facts){
        .key_bits = call.key_bits,
        .key_kind = (uint16_t)call.key_kind,
        .curve = (uint16_t)call.curve,
        .not_before_s = call.not_before_s,
        .not_after_s = call.not_after_s,
    };
    return TLS_OK;
}
