/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The client's session cache: one in the process, bounded, keyed by credential and target name, so
 * that a session never crosses credentials. Entries are wiped when they go.
 */
#ifndef SECUR32_SCHANNEL_SESSION_H
#define SECUR32_SCHANNEL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Stands before the cached name of a session whose peer was not validated although its credential
 * wants that: no context that validates may resume it. No host name has it. */
#define SESSION_UNVALIDATED_MARK '*'
/* Before both: a session of DTLS. */
#define SESSION_DATAGRAM_MARK '#'
#define SESSION_MARKS 2

/* Takes over a copy of the data. single_use: a TLS 1.3 ticket, given out once. */
void session_store(uint64_t credential_id, const char *name, struct span data, bool single_use,
                   uint32_t lifetime_ms);
/* The newest entry that has not expired, as a copy that the caller frees with mem_wipe_free; NULL:
 * none. A single-use entry is gone from the cache afterwards. */
uint8_t *session_take(uint64_t credential_id, const char *name, size_t *size);
/* name NULL: all names; credential_id 0: all credentials. */
void session_forget(uint64_t credential_id, const char *name);
/* The sessions of a host name, whoever made them and whether or not they carry the mark. */
void session_forget_server(const char *name);
/* For tests: how many entries there are. */
size_t session_count(void);

#endif
