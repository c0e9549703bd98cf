/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the conformance tests share: a pair of credentials, and one-line calls of the handshake
 * functions with lists of buffers.
 */
#ifndef SECUR32_TESTS_COMMON_H
#define SECUR32_TESTS_COMMON_H

#include "winsspi.h"

#include "credential.h"
#include "harness.h"
#include "loop.h"
#include "pki.h"

#define UNISP u"Microsoft Unified Security Protocol Provider"

/* The request bits of most programs. */
#define CLIENT_REQUEST                                                                             \
    (ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY | ISC_REQ_STREAM |  \
     ISC_REQ_ALLOCATE_MEMORY)
#define SERVER_REQUEST                                                                             \
    (ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY | ASC_REQ_STREAM |  \
     ASC_REQ_ALLOCATE_MEMORY)

/* Two credentials for one protocol version. */
struct pair {
    CredHandle client, server;
};

/* With the certificate of that name; false after a skip or a failed check. */
bool pair_make(struct pair *pair, enum test_version version, const char *certificate);
void pair_done(struct pair *pair);

/* A client credential with defaults and without validation; false after a failed check. */
bool client_make(CredHandle *client, enum test_version version);

/* A connected loop, or false after a skip or a failed check. Always call disconnect. */
struct connection {
    struct pair pair;
    struct loop loop;
    bool has_pair;
};

bool connect_pair(struct connection *connection, enum test_version version);
void disconnect(struct connection *connection);

/* A client context that has said hello, and holds the answer of a server. started_init: false after
 * a skip or a failed check. Always call started_done. */
struct started {
    struct pair pair;
    struct loop loop;
    bool has_pair;
};

bool started_init(struct started *started, enum test_version version);
void started_done(struct started *started);
/* One later call of the client with a list; the token is thrown away. size: of it, or NULL. */
SECURITY_STATUS started_call(struct started *started, SecBufferDesc *input, size_t *size);

/* Statuses that .NET knows; any other one makes it throw something without a name. */
bool status_is_known(SECURITY_STATUS status);

/* A first InitializeSecurityContext with CLIENT_REQUEST | more; the context is zero before it. */
SECURITY_STATUS first_call(CredHandle *client, const WCHAR *target, ULONG more, SecBuffer *token,
                           CtxtHandle *context);
/* The ClientHello for a target in `hello`, the context is deleted; false after a failed check. */
bool get_hello(CredHandle *client, const WCHAR *target, struct bytes *hello);

/* A handle that was never valid: every byte is `value`. */
SecHandle handle_of(unsigned char value);
bool handle_equal(const SecHandle *a, const SecHandle *b);

extern const enum test_version both_versions[2];
extern const enum test_version datagram_versions[2];

#endif
