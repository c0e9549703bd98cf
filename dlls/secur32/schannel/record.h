/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The outside of a TLS record: five bytes of header and a length (RFC 8446 5.1, RFC 5246 6.2.1).
 */
#ifndef SECUR32_SCHANNEL_RECORD_H
#define SECUR32_SCHANNEL_RECORD_H

#include "base/span.h"

#define RECORD_CHANGE_CIPHER_SPEC 20
#define RECORD_ALERT 21
#define RECORD_HANDSHAKE 22
#define RECORD_DATA 23
#define RECORD_HEARTBEAT 24

enum record_cut {
    RECORD_WHOLE,
    RECORD_PARTIAL,  /* *missing bytes more are needed, at least */
    RECORD_NOT_TLS,  /* cannot be the start of a record */
    RECORD_TOO_LARGE /* a body over the limit */
};

/* What stands at the front of the bytes. WHOLE: *size bytes are the record. PARTIAL: *missing is
 * never more than what is really needed, since there are callers that wait for exactly so many. */
enum record_cut record_cut(struct span bytes, size_t limit, size_t *size, size_t *missing);

/* The same for a ClientHello in the format of SSL 2.0 (RFC 5246 appendix E.2); NOT_TLS: it is none.
 */
enum record_cut record_cut_ssl2(struct span bytes, size_t *size, size_t *missing);

/* The same for a record of DTLS (RFC 6347 4.1). */
enum record_cut datagram_record_cut(struct span bytes, size_t *size, size_t *missing);

#endif
