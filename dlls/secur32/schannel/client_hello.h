/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Reading a ClientHello before there is a context: what a server wants to know to choose its
 * credential. Everything found points into the message.
 */
#ifndef SECUR32_SCHANNEL_CLIENT_HELLO_H
#define SECUR32_SCHANNEL_CLIENT_HELLO_H

#include "winsspi.h"

#include "base/span.h"

#define CLIENT_HELLO_SERVER_NAME 0 /* RFC 6066 3 */

struct client_hello {
    struct span extensions; /* well formed; empty when there are none */
    size_t missing;         /* with SEC_E_INCOMPLETE_MESSAGE: bytes that must come */
};

/*
 * message: a TLS record that begins with a ClientHello, or (bare) the handshake message itself.
 * SEC_E_INCOMPLETE_MESSAGE: so far it may be one. SEC_E_ILLEGAL_MESSAGE: it is none, is malformed,
 * or does not lie in one record.
 */
MUST_CHECK SECURITY_STATUS client_hello_read(struct span message, bool bare,
                                             struct client_hello *hello);
/* The host name in SNI; empty: none. SEC_E_ILLEGAL_MESSAGE: malformed. */
MUST_CHECK SECURITY_STATUS client_hello_server_name(const struct client_hello *hello,
                                                    struct span *name);

#endif
