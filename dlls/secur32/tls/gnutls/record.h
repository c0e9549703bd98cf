/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Records outside GnuTLS's session: sealed and opened where they lie, by the AEAD alone.
 */
#ifndef SECUR32_TLS_GNUTLS_RECORD_H
#define SECUR32_TLS_GNUTLS_RECORD_H

#include "tls/gnutls/session.h"

/* Why a record is not good. */
struct refusal {
    enum tls_reason reason;
    uint8_t alert;
};

/* Opens a record with a direction's key and next number, and changes neither. When it returns
 * false, the record's memory holds no plaintext. */
MUST_CHECK bool record_open(const struct direction *direction, struct tls_unseal *unseal,
                            struct refusal *refusal);

/* Seals plaintext as a record that the *other* direction's peer would have sent with number
 * sequence: what was opened for us and is GnuTLS's business goes back to it this way. */
MUST_CHECK bool record_seal_again(struct direction *direction, uint64_t sequence, uint8_t type,
                                  struct span plaintext, struct buffer *record);

/* record_session.c: TLS_PATH_SESSION. */
MUST_CHECK enum tls_status session_path_seal(struct tls_session *session, struct tls_seal *seal);
MUST_CHECK enum tls_status session_path_unseal(struct tls_session *session,
                                               struct tls_unseal *unseal,
                                               struct tls_result *result);
/* Record sizes of the suite in use, as tls_info tells them. */
void session_path_sizes(struct tls_session *session, struct tls_info *info);

/* post.c: puts a KeyUpdate into sink. Needs library and send. */
MUST_CHECK bool key_update_write(struct tls_session *session, bool ask_peer, struct buffer *sink);

#endif
