/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See datagram.h: records of a connected session. GnuTLS opens them and drops what is wrong with
 * them without a word; which of them came before is noted here, for programs are told so.
 *
 * Sources: RFC 6347 4.1 (header, and the window of 4.1.2.6).
 */
#include "tls/gnutls/datagram.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tls/gnutls/errors.h"
#include "tls/gnutls/record.h"

#define WINDOW 64
#define VERSION_MAJOR 0xfe
#define TYPE_FIRST 20
#define TYPE_LAST 24
#define EXPLICIT_NONCE 8

/* ---- sizes ---- */

void datagrams_sizes(struct tls_session *session, struct tls_info *info)
{
    gnutls_cipher_algorithm_t cipher = gnutls.cipher_get(session->handle);
    uint32_t mtu = session->datagrams->mtu, least, library;

    if (gnutls.mac_get(session->handle) == GNUTLS_MAC_AEAD) {
        /* RFC 5288 3 and RFC 6655 3; RFC 7905 2 has none. */
        info->header = DATAGRAM_HEADER;
        if (cipher != GNUTLS_CIPHER_CHACHA20_POLY1305)
            info->header += EXPLICIT_NONCE;
        info->trailer = (uint32_t)gnutls.cipher_get_tag_size(cipher);
        info->block = 1;
    } else {
        session_path_sizes(session, info);
    }
    least = info->header + info->trailer;
    library = gnutls.dtls_get_data_mtu(session->handle);
    if (info->maximum > library)
        info->maximum = library;
    if (mtu <= least)
        info->maximum = 0;
    else if (info->maximum > mtu - least)
        info->maximum = mtu - least;
}

uint32_t datagrams_srtp(struct tls_session *session)
{
    gnutls_srtp_profile_t profile;

    if (gnutls.srtp_get_selected_profile(session->handle, &profile) < 0)
        return 0;
    return (uint32_t)profile;
}

/* ---- what came before ---- */

static bool came_before(const struct datagrams *datagrams, uint64_t number)
{
    if (number >> 48 == 0)
        return true; /* clear text is over */
    if (number > datagrams->newest)
        return false;
    return datagrams->newest - number >= WINDOW ||
           (datagrams->seen >> (datagrams->newest - number) & 1);
}

static void note_number(struct datagrams *datagrams, uint64_t number)
{
    if (number > datagrams->newest) {
        uint64_t step = number - datagrams->newest;

        datagrams->seen = step < WINDOW ? datagrams->seen << step : 0;
        datagrams->newest = number;
    }
    if (datagrams->newest - number < WINDOW)
        datagrams->seen |= UINT64_C(1) << (datagrams->newest - number);
}

/* ---- opening ---- */

static enum tls_status drop(struct tls_session *session, enum tls_reason reason,
                            struct tls_result *result)
{
    result_clear(result);
    result->reason = reason;
    result->output_size = datagrams_output_size(session);
    return TLS_NOT_THERE;
}

static bool is_record(const struct tls_unseal *unseal)
{
    struct span record;

    return datagram_cut(span_of(unseal->record, unseal->size), &record) &&
           record.size == unseal->size && unseal->record[0] >= TYPE_FIRST &&
           unseal->record[0] <= TYPE_LAST && unseal->record[1] == VERSION_MAJOR;
}

/* GnuTLS had nothing to give: the record was empty, repeated a flight, or was dropped. */
static enum tls_status nothing_came(struct tls_session *session, struct tls_unseal *unseal,
                                    bool discarded, struct tls_result *result)
{
    if (datagrams_output_size(session))
        return drop(session, TLS_REASON_UNEXPECTED, result);
    if (discarded)
        return drop(session, TLS_REASON_MAC, result);
    if (unseal->record[0] != TLS_TYPE_DATA)
        return drop(session, TLS_REASON_UNEXPECTED, result);
    note_number(session->datagrams, datagram_number(unseal->record));
    unseal->plain_size = 0;
    unseal->type = TLS_TYPE_DATA;
    return TLS_OK;
}

static enum tls_status alert_came(struct tls_session *session, struct tls_unseal *unseal,
                                  ssize_t received)
{
    note_number(session->datagrams, datagram_number(unseal->record));
    unseal->plain_size = 0;
    unseal->type = TLS_TYPE_ALERT;
    unseal->alert =
        received ? (uint8_t)gnutls.alert_get(session->handle) : (uint8_t)ALERT_CLOSE_NOTIFY;
    unseal->alert_fatal = received == GNUTLS_E_FATAL_ALERT_RECEIVED;
    return TLS_OK;
}

static enum tls_status failed(struct tls_session *session, struct tls_unseal *unseal, int error,
                              struct tls_result *result)
{
    struct error_row row = error_find(error);

    result_clear(result);
    result->event = TLS_FAILED;
    result->reason = row.reason;
    result->alert_sent = row.alert;
    mem_wipe(unseal->record, unseal->size);
    session->receive.dead = true;
    return TLS_BAD_ARGUMENT;
}

static enum tls_status tell(struct tls_session *session, struct tls_unseal *unseal,
                            ssize_t received, bool discarded, struct tls_result *result)
{
    if (received > 0) {
        note_number(session->datagrams, datagram_number(unseal->record));
        unseal->plain_size = (size_t)received;
        unseal->type = TLS_TYPE_DATA;
        return TLS_OK;
    }
    switch (received) {
    case 0:
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
        return alert_came(session, unseal, received);
    case GNUTLS_E_AGAIN:
    case GNUTLS_E_INTERRUPTED:
    case GNUTLS_E_TIMEDOUT:
        return nothing_came(session, unseal, discarded, result);
    case GNUTLS_E_REHANDSHAKE:
        /* A HelloRequest may be ignored (RFC 5246 7.4.1.1). */
        if (session->role == TLS_CLIENT)
            return drop(session, TLS_REASON_UNEXPECTED, result);
        return failed(session, unseal, GNUTLS_E_UNSAFE_RENEGOTIATION_DENIED, result);
    default:
        return failed(session, unseal, (int)received, result);
    }
}

enum tls_status datagrams_unseal(struct tls_session *session, struct tls_unseal *unseal,
                                 struct tls_result *result)
{
    struct tls_info info = {.maximum = LIMIT_PLAINTEXT};
    unsigned discarded;
    ssize_t received;

    if (!is_record(unseal))
        return drop(session, TLS_REASON_NOT_TLS, result);
    if (came_before(session->datagrams, datagram_number(unseal->record)))
        return drop(session, TLS_REASON_UNEXPECTED, result);
    datagrams_sizes(session, &info);
    unseal->offset = info.header < unseal->size ? info.header : DATAGRAM_HEADER;
    session->datagrams->open = false;
    session->input = span_of(unseal->record, unseal->size);
    discarded = gnutls.record_get_discarded(session->handle);
    /* GnuTLS copies the record before it writes the plaintext, and needs room for some. */
    if (unseal->offset < unseal->size)
        received = gnutls.record_recv(session->handle, unseal->record + unseal->offset,
                                      unseal->size - unseal->offset);
    else
        received = GNUTLS_E_AGAIN;
    discarded = gnutls.record_get_discarded(session->handle) - discarded;
    session->input = span_of(NULL, 0);
    return tell(session, unseal, received, discarded != 0, result);
}
