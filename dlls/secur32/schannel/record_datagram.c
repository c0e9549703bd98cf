/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Records in datagrams (DTLS): the outside of a record, and what DecryptMessage says of those that
 * are dropped. None of them harms the context, for anybody can send a datagram (RFC 6347 4.1.2.7).
 *
 * Source: Microsoft's DTLS sample in its fork of libcoap, which goes on after SEC_E_OUT_OF_SEQUENCE
 * (left of the window against replay), SEC_E_INVALID_TOKEN and SEC_E_INCOMPLETE_MESSAGE, and after
 * SEC_E_UNFINISHED_CONTEXT_DELETED gives the same datagram to AcceptSecurityContext, since the peer
 * has lost the last flight; str0m, which drops what is SEC_E_MESSAGE_ALTERED.
 */
#include "schannel/record_open.h"

#include "base/limits.h"
#include "schannel/record.h"

#define DTLS_MAJOR 0xfe

enum record_cut datagram_record_cut(struct span bytes, size_t *size, size_t *missing)
{
    size_t body;

    if (bytes.size &&
        (bytes.data[0] < RECORD_CHANGE_CIPHER_SPEC || bytes.data[0] > RECORD_HEARTBEAT))
        return RECORD_NOT_TLS;
    if (bytes.size > 1 && bytes.data[1] != DTLS_MAJOR)
        return RECORD_NOT_TLS;
    if (bytes.size < LIMIT_DATAGRAM_HEADER) {
        *missing = LIMIT_DATAGRAM_HEADER - bytes.size;
        return RECORD_PARTIAL;
    }
    body = (size_t)bytes.data[11] << 8 | bytes.data[12];
    if (bytes.size - LIMIT_DATAGRAM_HEADER < body) {
        *missing = LIMIT_DATAGRAM_HEADER + body - bytes.size;
        return RECORD_PARTIAL;
    }
    *size = LIMIT_DATAGRAM_HEADER + body;
    return RECORD_WHOLE;
}

SECURITY_STATUS schan_dropped_record(const struct tls_result *result)
{
    if (result->output_size)
        return SEC_E_UNFINISHED_CONTEXT_DELETED;
    switch (result->reason) {
    case TLS_REASON_NOT_TLS:
        return SEC_E_INVALID_TOKEN;
    case TLS_REASON_MAC:
        return SEC_E_MESSAGE_ALTERED;
    default:
        return SEC_E_OUT_OF_SEQUENCE;
    }
}

/* The context lives, and the next record of the datagram may be better. */
static bool was_dropped(SECURITY_STATUS status)
{
    return status == SEC_E_INVALID_TOKEN || status == SEC_E_MESSAGE_ALTERED ||
           status == SEC_E_OUT_OF_SEQUENCE;
}

SECURITY_STATUS schan_open_datagram(struct schan_context *context, uint8_t *datagram, size_t size,
                                    struct datagram_opened *opened)
{
    SECURITY_STATUS status = SEC_E_OK, first = SEC_E_OK;

    *opened = (struct datagram_opened){0};
    while (opened->end < size || !size) {
        uint8_t *record = datagram + opened->end;
        size_t record_size;

        opened->start = opened->end;
        switch (datagram_record_cut(span_of(record, size - opened->end), &record_size,
                                    &opened->missing)) {
        case RECORD_WHOLE:
            break;
        case RECORD_PARTIAL:
            return first < 0 ? first : SEC_E_INCOMPLETE_MESSAGE;
        default:
            return first < 0 ? first : SEC_E_INVALID_TOKEN;
        }
        opened->end += record_size;
        status = schan_open_record(context, record, record_size, &opened->record);
        if (!was_dropped(status) || context_phase(context) == PHASE_FAILED)
            return status;
        if (first >= 0)
            first = status;
    }
    return first;
}
