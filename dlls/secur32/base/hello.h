/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The one reader of ClientHello messages, and of lists of extensions (RFC 5246 7.4.1.2 and 7.4.1.4,
 * RFC 8446 4.1.2 and 4.2). Everything found points into the message.
 */
#ifndef SECUR32_BASE_HELLO_H
#define SECUR32_BASE_HELLO_H

#include "base/span.h"

struct hello_client {
    uint16_t version; /* legacy_version */
    struct span random, session_id;
    struct span suites, compressions; /* neither is empty; suites: u16 */
    struct span extensions;           /* a list of whole extensions; empty: none */
};

/* The body of the message, behind its header of four bytes; datagram: there is a cookie in it (RFC
 * 6347 4.2.1). false: malformed. */
MUST_CHECK bool hello_read_client(struct span body, bool datagram, struct hello_client *hello);

/* The extension at the front of the list. false, changing nothing: none is whole. */
MUST_CHECK bool hello_next_extension(struct span *list, uint16_t *type, struct span *body);

/* The first extension of this type; false: there is none. */
MUST_CHECK bool hello_find_extension(struct span list, uint16_t type, struct span *body);

#endif
