/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A policy as GnuTLS wants it. Priorities are dear (8 KB, 10 us), so that equal policies share one,
 * in a bounded cache of the process.
 */
#ifndef SECUR32_TLS_GNUTLS_PRIORITY_H
#define SECUR32_TLS_GNUTLS_PRIORITY_H

#include "tls/gnutls/library.h"

struct priority; /* counted */

/* no_key_transport: leave out suites that need the key to decrypt. TLS_NO_ALGORITHM: nothing left.
 */
MUST_CHECK enum tls_status priority_find(const struct tls_config *config, bool no_key_transport,
                                         struct priority **priority);
struct priority *priority_ref(struct priority *priority);
void priority_unref(struct priority *priority);

gnutls_priority_t priority_handle(const struct priority *priority);

/* GnuTLS offers the product of key exchanges, ciphers and MACs; this is the policy's own list. */
bool priority_allows_suite(const struct priority *priority, uint16_t suite);

/*
 * For a server: a policy of the suites that a client offers (u16 in network order), in which
 * GnuTLS's product has none of them that the policy lacks. NULL: that is so already.
 */
MUST_CHECK enum tls_status priority_narrow(struct priority *priority, struct span offered,
                                           struct priority **narrow);

#endif
