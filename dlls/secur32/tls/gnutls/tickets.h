/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a server keeps to resume sessions: one secret, from which GnuTLS derives ticket keys that
 * change with time, and a bounded cache of TLS 1.2 session ids. No early data is accepted, so that
 * replayed tickets do no harm.
 */
#ifndef SECUR32_TLS_GNUTLS_TICKETS_H
#define SECUR32_TLS_GNUTLS_TICKETS_H

#include "tls/gnutls/library.h"

struct tls_tickets *tickets_ref(struct tls_tickets *tickets);

/* Lets a server's session use them. use_tickets: tickets and the cache, not the cache alone. */
MUST_CHECK enum tls_status tickets_attach(struct tls_tickets *tickets, gnutls_session_t session,
                                          bool use_tickets);

/*
 * Whether sessions of the past are resumed. GnuTLS cannot resume one in a renegotiation: it fails
 * to pack the new ticket, since it has keys of two handshakes then. A client that tries, as OpenSSL
 * does when it was asked for a new handshake, gets a full one.
 */
void tickets_refuse(gnutls_session_t session);
void tickets_accept(const struct tls_tickets *tickets, gnutls_session_t session);

#endif
