/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sessions without GnuTLS: those that another process (or this one) packed, for which GnuTLS has no
 * form to give away. Records are sealed and opened as ever; facts are told as they were; there are
 * no handshakes, no new keys, and nothing can be derived from secrets that are not here.
 *
 *   pack.c      the bytes
 *   detached.c  what such a session does
 */
#ifndef SECUR32_TLS_GNUTLS_DETACHED_H
#define SECUR32_TLS_GNUTLS_DETACHED_H

#include "tls/gnutls/session.h"

struct detached {
    struct tls_info info; /* as it was, but for the record sizes */
    struct buffer alpn;   /* the protocol that was negotiated; empty: none */
    struct buffer unique; /* tls-unique; empty in TLS 1.3 */
    struct buffer chain;  /* of the peer: u24 length, DER, ... */
};

void detached_free(struct tls_session *session);
/* The certificate of that number; false: there are not so many. */
bool detached_certificate(const struct tls_session *session, size_t index, struct span *der);
/* A handshake message that came in a record. */
void detached_message(struct tls_session *session, struct span plaintext,
                      struct tls_result *result);
/* Puts an alert into the output; false: it could not be sealed. */
MUST_CHECK bool detached_alert(struct tls_session *session, bool fatal, uint8_t description);

#endif
