/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Records of suites without AEAD, and of TLS 1.0 and 1.1: GnuTLS's session makes and reads them,
 * and the results are copied into the caller's memory in the shapes that are announced.
 */
#include "tls/gnutls/record.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/datagram.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/handshake.h"

static bool is_block_cipher(const struct tls_session *session, uint32_t *block)
{
    unsigned size = gnutls.cipher_get_block_size(gnutls.cipher_get(session->handle));

    *block = size > 1 ? size : 1;
    return size > 1 && gnutls.mac_get(session->handle) != GNUTLS_MAC_AEAD;
}

void session_path_sizes(struct tls_session *session, struct tls_info *info)
{
    gnutls_mac_algorithm_t mac = gnutls.mac_get(session->handle);
    unsigned mac_size = gnutls.hmac_get_len(mac);
    bool has_iv;

    info->header = session->datagrams ? DATAGRAM_HEADER : RECORD_HEADER;
    info->trailer = mac_size;
    if (!is_block_cipher(session, &info->block))
        return;
    /* TLS 1.1 and later have an IV in each record (RFC 4346 6.2.3.2); up to one block of padding.
     */
    has_iv = gnutls.protocol_get_version(session->handle) != GNUTLS_TLS1_0;
    if (has_iv)
        info->header += info->block;
    info->trailer += info->block;
}

/* ---- sealing ---- */

static ssize_t send_record(struct tls_session *session, const struct tls_seal *seal,
                           struct buffer *record)
{
    struct buffer *before = session->sink;
    ssize_t sent;

    session->sink = record;
    direction_lend(session, &session->send);
    if (seal->type == TLS_TYPE_ALERT && seal->data_size == 2) {
        int error = gnutls.alert_send(session->handle, (gnutls_alert_level_t)seal->data[0],
                                      (gnutls_alert_description_t)seal->data[1]);

        sent = error < 0 ? error : 2;
    } else {
        /* Of an empty record GnuTLS says that it is an invalid request. */
        sent = gnutls.record_send(session->handle, seal->data, seal->data_size);
    }
    if (direction_take_back(session, &session->send) < 0)
        sent = GNUTLS_E_INTERNAL_ERROR;
    session->sink = before;
    return sent;
}

/* header, data and trailer are consecutive parts of the record, wherever they lie. */
static enum tls_status scatter(struct tls_seal *seal, size_t header, struct span record)
{
    struct span part;

    if (record.size < header || record.size - header < seal->data_size ||
        record.size - header - seal->data_size > seal->trailer_room)
        return TLS_BAD_ARGUMENT;
    if (!span_take(&record, header, &part))
        return TLS_BAD_ARGUMENT;
    memcpy(seal->header, part.data, part.size);
    if (!span_take(&record, seal->data_size, &part))
        return TLS_BAD_ARGUMENT;
    if (part.size)
        memcpy(seal->data, part.data, part.size);
    if (record.size)
        memcpy(seal->trailer, record.data, record.size);
    seal->trailer_size = record.size;
    return TLS_OK;
}

enum tls_status session_path_seal(struct tls_session *session, struct tls_seal *seal)
{
    struct buffer record = {NULL, 0, 0};
    struct tls_info info = {0};
    enum tls_status status = TLS_NOT_READY;
    ssize_t sent;

    lock_take(&session->library);
    if (session->dead || session->record_path != TLS_PATH_SESSION)
        goto done;
    if (session->datagrams)
        datagrams_sizes(session, &info);
    else
        session_path_sizes(session, &info);
    status = TLS_TOO_SMALL;
    if (seal->trailer_room < info.trailer)
        goto done;
    status = TLS_BAD_ARGUMENT;
    if (seal->data_size > LIMIT_PLAINTEXT)
        goto done;
    sent = send_record(session, seal, &record);
    if (sent == (ssize_t)seal->data_size)
        status = scatter(seal, info.header, span_of(record.data, record.size));
    else if (sent < 0)
        status = sent == GNUTLS_E_RECORD_LIMIT_REACHED ? TLS_LIMIT : error_status((int)sent);

done:
    lock_release(&session->library);
    buffer_wipe(&record);
    return status;
}

/* ---- opening ---- */

static bool is_whole(const struct tls_unseal *unseal)
{
    return unseal->size >= RECORD_HEADER &&
           unseal->size - RECORD_HEADER == ((size_t)unseal->record[3] << 8 | unseal->record[4]);
}

static void got_alert(struct tls_session *session, struct tls_unseal *unseal, bool fatal)
{
    unseal->type = TLS_TYPE_ALERT;
    unseal->alert = (uint8_t)gnutls.alert_get(session->handle);
    unseal->alert_fatal = fatal;
}

/* A hello: GnuTLS has taken it; tls_message must only know that it was there. */
static void got_hello(struct tls_session *session, struct tls_unseal *unseal)
{
    uint8_t *message = unseal->record + unseal->offset;

    unseal->type = TLS_TYPE_HANDSHAKE;
    memset(message, 0, MESSAGE_HEADER);
    message[0] = session->role == TLS_SERVER ? MESSAGE_CLIENT_HELLO : MESSAGE_HELLO_REQUEST;
    unseal->plain_size = MESSAGE_HEADER;
    session->rehandshake_seen = session->role == TLS_SERVER;
}

/* false: a fatal error. */
static bool told(struct tls_session *session, struct tls_unseal *unseal, ssize_t received)
{
    unseal->plain_size = 0;
    unseal->type = TLS_TYPE_DATA;
    switch (received) {
    case 0:
        unseal->type = TLS_TYPE_ALERT;
        unseal->alert = ALERT_CLOSE_NOTIFY;
        unseal->alert_fatal = 0;
        return true;
    case GNUTLS_E_AGAIN: /* an empty record */
    case GNUTLS_E_INTERRUPTED:
        return true;
    case GNUTLS_E_REHANDSHAKE:
        got_hello(session, unseal);
        return true;
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
        got_alert(session, unseal, received == GNUTLS_E_FATAL_ALERT_RECEIVED);
        return true;
    default:
        if (received > 0)
            unseal->plain_size = (size_t)received;
        return received > 0;
    }
}

static ssize_t receive_record(struct tls_session *session, struct tls_unseal *unseal)
{
    ssize_t received;

    session->input = span_of(unseal->record, unseal->size);
    direction_lend(session, &session->receive);
    /* GnuTLS copies the record before it writes the plaintext. */
    received = gnutls.record_recv(session->handle, unseal->record + unseal->offset,
                                  unseal->size - unseal->offset);
    if (direction_take_back(session, &session->receive) < 0)
        received = GNUTLS_E_INTERNAL_ERROR;
    session->input = span_of(NULL, 0);
    return received;
}

enum tls_status session_path_unseal(struct tls_session *session, struct tls_unseal *unseal,
                                    struct tls_result *result)
{
    struct tls_info info = {0};
    enum tls_status status = TLS_OK;
    struct error_row row;
    ssize_t received = GNUTLS_E_UNEXPECTED_PACKET_LENGTH;

    lock_take(&session->library);
    if (session->dead || session->record_path != TLS_PATH_SESSION) {
        lock_release(&session->library);
        return TLS_NOT_READY;
    }
    if (session->datagrams) {
        status = datagrams_unseal(session, unseal, result);
        lock_release(&session->library);
        return status;
    }
    session_path_sizes(session, &info);
    unseal->offset = info.header < unseal->size ? info.header : RECORD_HEADER;
    if (is_whole(unseal))
        received = receive_record(session, unseal);
    if (!told(session, unseal, received)) {
        row = error_find((int)received);
        result_clear(result);
        result->event = TLS_FAILED;
        result->reason = row.reason;
        result->alert_sent = row.alert;
        mem_wipe(unseal->record, unseal->size);
        session->receive.dead = true;
        status = TLS_BAD_ARGUMENT;
    }
    lock_release(&session->library);
    return status;
}
