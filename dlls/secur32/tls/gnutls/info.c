/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What tls.h tells of a session.
 */
#include <string.h>

#include "base/limits.h"
#include "tls/gnutls/algorithms.h"
#include "tls/gnutls/alpn.h"
#include "tls/gnutls/credential.h"
#include "tls/gnutls/datagram.h"
#include "tls/gnutls/detached.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/record.h"

/* A KeyUpdate record: header, message of five bytes, inner content type; and a tag. */
#define KEY_UPDATE_PLAIN (RECORD_HEADER + MESSAGE_HEADER + 1 + 1)

/* clang-format off */
static const struct {
    gnutls_protocol_t version;
    uint16_t wire;
} versions[] = {
    {GNUTLS_TLS1_0,  0x0301},
    {GNUTLS_TLS1_1,  0x0302},
    {GNUTLS_TLS1_2,  0x0303},
    {GNUTLS_TLS1_3,  0x0304},
    {GNUTLS_DTLS1_0, 0xfeff},
    {GNUTLS_DTLS1_2, 0xfefd},
};
/* clang-format on */

static uint16_t wire_version(const struct tls_session *session)
{
    gnutls_protocol_t version = gnutls.protocol_get_version(session->handle);

    for (size_t i = 0; i < COUNT_OF(versions); i++)
        if (versions[i].version == version)
            return versions[i].wire;
    return 0;
}

static void fill_algorithms(struct tls_session *session, struct tls_info *info)
{
    gnutls_session_t handle = session->handle;
    gnutls_kx_algorithm_t key_exchange = gnutls.kx_get(handle);
    int bits;

    info->suite = algorithm_suite_number(info->version == 0x0304, key_exchange,
                                         gnutls.cipher_get(handle), gnutls.mac_get(handle));
    if (info->version == 0x0304 || key_exchange != GNUTLS_KX_RSA)
        info->group = algorithm_group_number(gnutls.group_get(handle));
    bits = gnutls.dh_get_prime_bits(handle);
    if (bits > 0 && bits <= UINT16_MAX)
        info->dh_bits = (uint16_t)bits;
    if (info->version < 0x0303 || info->version == 0xfeff)
        return; /* no schemes yet: RSA over MD5 and SHA-1, or SHA-1 */
    info->scheme =
        algorithm_scheme_number((gnutls_sign_algorithm_t)gnutls.sign_algorithm_get(handle));
    info->peer_scheme =
        algorithm_scheme_number((gnutls_sign_algorithm_t)gnutls.sign_algorithm_get_client(handle));
}

static void fill_session_id(struct tls_session *session, struct tls_info *info)
{
    gnutls_datum_t value;

    if (gnutls.session_get_id2(session->handle, &value) >= 0 && value.data &&
        value.size <= sizeof(info->session_id)) {
        memcpy(info->session_id, value.data, value.size);
        info->session_id_size = (uint8_t)value.size;
    }
}

static void fill_sizes(struct tls_session *session, struct tls_info *info)
{
    const struct direction *send = &session->send;
    uint32_t limit = session->record_limit;

    info->record_path = session->record_path;
    info->maximum = LIMIT_PLAINTEXT;
    /* RFC 8449 4: in TLS 1.3 the limit counts the inner content type. */
    if (limit && info->version == 0x0304)
        limit--;
    if (limit && limit < info->maximum)
        info->maximum = limit;
    if (session->record_path == TLS_PATH_IN_PLACE) {
        info->header = RECORD_HEADER + (uint32_t)send->explicit_size;
        info->trailer = send->tag_size;
        if (send->modern)
            info->trailer += 1u + KEY_UPDATE_PLAIN + send->tag_size;
        info->block = 1;
    } else if (session->datagrams) {
        datagrams_sizes(session, info);
    } else {
        session_path_sizes(session, info);
    }
}

enum tls_status tls_info(struct tls_session *session, struct tls_info *info)
{
    gnutls_session_t handle = session->handle;
    unsigned count = 0;

    memset(info, 0, sizeof(*info));
    lock_take(&session->library);
    if (session->detached) {
        *info = session->detached->info;
        fill_sizes(session, info);
        lock_release(&session->library);
        return TLS_OK;
    }
    info->version = session->began ? wire_version(session) : 0;
    if (info->version)
        fill_algorithms(session, info);
    fill_session_id(session, info);
    info->done = session->was_done;
    info->resumed = session->was_done && gnutls.session_is_resumed(handle);
    info->extended_master_secret =
        info->version == 0x0304 || gnutls.session_ext_master_secret_status(handle);
    info->safe_renegotiation = gnutls.safe_renegotiation_status(handle) != 0;
    info->local_certificate =
        credential_index_of(session->credential, gnutls.certificate_get_ours(handle));
    if (gnutls.certificate_get_peers(handle, &count))
        info->peer_chain_size = (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
    if (session->was_done)
        fill_sizes(session, info);
    if (session->was_done && session->datagrams)
        info->srtp = datagrams_srtp(session);
    lock_release(&session->library);
    return TLS_OK;
}

/* ---- bytes ---- */

static enum tls_status copy_out(struct span value, uint8_t *to, size_t room, size_t *size)
{
    *size = value.size;
    if (room < value.size)
        return TLS_TOO_SMALL;
    if (value.size)
        memcpy(to, value.data, value.size);
    return TLS_OK;
}

enum tls_status tls_peer_certificate(struct tls_session *session, size_t index, uint8_t *der,
                                     size_t room, size_t *size)
{
    const gnutls_datum_t *chain;
    enum tls_status status = TLS_NOT_THERE;
    struct span kept;
    unsigned count = 0;

    lock_take(&session->library);
    if (session->detached) {
        if (detached_certificate(session, index, &kept))
            status = copy_out(kept, der, room, size);
        lock_release(&session->library);
        return status;
    }
    chain = gnutls.certificate_get_peers(session->handle, &count);
    if (chain && index < count)
        status = copy_out(span_of(chain[index].data, chain[index].size), der, room, size);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_authority(struct tls_session *session, size_t index, uint8_t *der, size_t room,
                              size_t *size)
{
    enum tls_status status = TLS_NOT_THERE;
    struct span list, name = {NULL, 0};
    bool found;

    lock_take(&session->library);
    list = span_of(session->authorities.data, session->authorities.size);
    found = span_take_vector16(&list, &name);
    while (found && index--)
        found = span_take_vector16(&list, &name);
    if (found)
        status = copy_out(name, der, room, size);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_peer_schemes(struct tls_session *session, uint8_t *list, size_t room,
                                 size_t *size)
{
    enum tls_status status = TLS_NOT_THERE;

    lock_take(&session->library);
    if (session->schemes.size)
        status = copy_out(span_of(session->schemes.data, session->schemes.size), list, room, size);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_extensions(struct tls_session *session, uint8_t *list, size_t room,
                               size_t *size)
{
    enum tls_status status = TLS_NOT_READY;

    lock_take(&session->library);
    if (session->was_done)
        status =
            copy_out(span_of(session->extensions.data, session->extensions.size), list, room, size);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_peer_ocsp(struct tls_session *session, uint8_t *der, size_t room, size_t *size)
{
    enum tls_status status = TLS_NOT_THERE;
    gnutls_datum_t response;

    lock_take(&session->library);
    if (!session->detached && gnutls.ocsp_status_request_get2(session->handle, 0, &response) >= 0 &&
        response.size)
        status = copy_out(span_of(response.data, response.size), der, room, size);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_alpn(struct tls_session *session, uint8_t *id, size_t room, size_t *size)
{
    enum tls_status status = TLS_NOT_THERE;
    struct span value;

    lock_take(&session->library);
    if (alpn_get(session, &value) && value.size)
        status = copy_out(value, id, room, size);
    lock_release(&session->library);
    return status;
}

enum tls_status tls_server_name(struct tls_session *session, uint8_t *name, size_t room,
                                size_t *size)
{
    enum tls_status status = TLS_NOT_THERE;
    char text[256];
    size_t length = sizeof(text);
    unsigned kind;

    lock_take(&session->library);
    if (session->role == TLS_SERVER && !session->detached &&
        gnutls.server_name_get(session->handle, text, &length, &kind, 0) >= 0 &&
        kind == GNUTLS_NAME_DNS)
        status = copy_out(span_of(text, strnlen(text, sizeof(text))), name, room, size);
    lock_release(&session->library);
    return status;
}
