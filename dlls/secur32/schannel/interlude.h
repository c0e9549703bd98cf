/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Application data between the records of a renegotiation (TLS 1.2 and older).
 *
 * A peer may send data until its own part of the new handshake begins (RFC 5246 7.4.1.1), and
 * programs that go on with the handshake functions, as they did for the first handshake, give these
 * records to them. The functions can neither hand data out nor leave them unopened: what follows is
 * counted, and may be under other keys. So they open such a record when its turn comes, and keep
 * what was in it; to the program all from that record on is EXTRA, and stays in its buffer in front
 * of what comes next. Each call finds it there again and goes on behind it. When the program gives
 * it to DecryptMessage, at the end or before, it gets the data, and nothing for the handshake
 * records among them.
 *
 * Nothing of this is described for Windows. That data may go on is: Platform SDK of 2000,
 * "Renegotiation Support".
 */
#ifndef SECUR32_SCHANNEL_INTERLUDE_H
#define SECUR32_SCHANNEL_INTERLUDE_H

#include "schannel/context.h"
#include "schannel/record_open.h"

/* How much of the input's front is such, since an earlier call. Needs handshake. */
size_t interlude_shown(struct schan_context *context, struct span input);

/* The handshake functions have dealt with these records, which hold no data; does nothing when no
 * interlude has begun. */
MUST_CHECK SECURITY_STATUS interlude_add(struct schan_context *context, struct span records);

/* Opens a record of data. before: what the call has dealt with in front of it, which becomes a part
 * of the interlude if this begins one. An error of the record has failed the context. */
MUST_CHECK SECURITY_STATUS interlude_add_data(struct schan_context *context, struct span before,
                                              struct span record);

/* DecryptMessage: true if the record is the next one of an interlude; the data, if any, stand in
 * it. */
MUST_CHECK bool interlude_open(struct schan_context *context, uint8_t *record, size_t size,
                               struct record_opened *opened);

void interlude_free(struct schan_context *context);

#endif
