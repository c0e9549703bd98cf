/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See record.h.
 */
#include "schannel/record.h"

#include "base/limits.h"

#define RECORD_MAJOR_VERSION 3

#define SSL2_HEADER 2
#define SSL2_CLIENT_HELLO 1
/* Message type, version, three lengths: what every such hello has behind its header. */
#define SSL2_BODY_MIN 9

static bool header_can_be_tls(struct span bytes)
{
    if (bytes.size > 0 &&
        (bytes.data[0] < RECORD_CHANGE_CIPHER_SPEC || bytes.data[0] > RECORD_HEARTBEAT))
        return false;
    return bytes.size < 2 || bytes.data[1] == RECORD_MAJOR_VERSION;
}

enum record_cut record_cut(struct span bytes, size_t limit, size_t *size, size_t *missing)
{
    size_t body;

    if (!header_can_be_tls(bytes))
        return RECORD_NOT_TLS;
    if (bytes.size < LIMIT_RECORD_HEADER) {
        *missing = LIMIT_RECORD_HEADER - bytes.size;
        return RECORD_PARTIAL;
    }
    body = (size_t)bytes.data[3] << 8 | bytes.data[4];
    if (body > limit)
        return RECORD_TOO_LARGE;
    if (bytes.size - LIMIT_RECORD_HEADER < body) {
        *missing = LIMIT_RECORD_HEADER + body - bytes.size;
        return RECORD_PARTIAL;
    }
    *size = LIMIT_RECORD_HEADER + body;
    return RECORD_WHOLE;
}

enum record_cut record_cut_ssl2(struct span bytes, size_t *size, size_t *missing)
{
    size_t whole;

    if (bytes.size < 1 || !(bytes.data[0] & 0x80))
        return RECORD_NOT_TLS;
    if (bytes.size < SSL2_HEADER + 1) {
        *missing = LIMIT_RECORD_HEADER - bytes.size;
        return RECORD_PARTIAL;
    }
    whole = SSL2_HEADER + ((size_t)(bytes.data[0] & 0x7f) << 8 | bytes.data[1]);
    if (bytes.data[2] != SSL2_CLIENT_HELLO || whole < SSL2_HEADER + SSL2_BODY_MIN)
        return RECORD_NOT_TLS;
    if (bytes.size < whole) {
        *missing = whole - bytes.size;
        return RECORD_PARTIAL;
    }
    *size = whole;
    return RECORD_WHOLE;
}
