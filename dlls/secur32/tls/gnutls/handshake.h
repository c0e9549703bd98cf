/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the other files of this room share of the handshake.
 */
#ifndef SECUR32_TLS_GNUTLS_HANDSHAKE_H
#define SECUR32_TLS_GNUTLS_HANDSHAKE_H

#include "tls/gnutls/session.h"

/* GnuTLS's verify callback. */
int handshake_verify(gnutls_session_t handle);

/* Begins a handshake (MODE_HANDSHAKE) or authentication (MODE_REAUTH): the next tls_step goes on.
 */
MUST_CHECK bool handshake_begin(struct tls_session *session, enum mode mode);

/* Something was asked for and has not been supplied: result asks for it again. */
bool handshake_waits(const struct tls_session *session, struct tls_result *result);

/* One call of GnuTLS with session->input. false: result has the event. */
bool handshake_call_once(struct tls_session *session, struct tls_result *result);

/* What tls_step does. Keys are lent. */
void handshake_go_on(struct tls_session *session, struct span input, struct tls_result *result);

/*
 * Lends both directions, and takes them back; after a failure of the latter the session is dead. A
 * message that waits goes back into a record, which has the number before the next: so GnuTLS
 * counts on from there to ours. false: no memory.
 */
MUST_CHECK bool session_lend(struct tls_session *session);
void session_take_back(struct tls_session *session, struct tls_result *result);

/* The answer of every call once the session is dead. */
void session_dead_result(struct tls_result *result);

#endif
