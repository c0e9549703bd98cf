/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Two contexts of DTLS that talk to each other in memory, through a network that loses, repeats and
 * swaps datagrams as the test asks. The sides do what Microsoft's DTLS sample does: they follow
 * SEC_I_MESSAGE_FRAGMENT, call without input when nothing comes, and hand a datagram back to the
 * handshake function after SEC_E_UNFINISHED_CONTEXT_DELETED. Each call is checked for what always
 * holds: a token is whole records and not larger than the MTU, the attributes are the request's
 * echo, a server has no context before the cookie.
 */
#ifndef SECUR32_TESTS_RELAY_H
#define SECUR32_TESTS_RELAY_H

#include "winsspi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "wire.h"

#define RELAY_HEADER 13 /* RFC 6347 4.1 */
#define RELAY_MTU 1096  /* Schannel's default */
#define RELAY_QUEUE 256
#define RELAY_DATAGRAM 65536

struct relay_side {
    /* what the test may set before the first step */
    CredHandle *credential;
    const WCHAR *target; /* client */
    ULONG request;
    USHORT mtu;         /* in each call; 0: not said */
    const void *extras; /* SECBUFFER_SRTP_PROTECTION_PROFILES */
    size_t extras_size;
    void *alpn;
    size_t alpn_size;
    const void *address; /* server: SECBUFFER_EXTRA */
    size_t address_size;
    bool no_address;
    /* what came of it */
    CtxtHandle context;
    bool has_context, done, failed;
    SECURITY_STATUS status; /* of the last call */
    ULONG attributes;
    unsigned calls, datagrams, fragments, timeouts, repeats;
    size_t largest, smallest;
    size_t extra; /* bytes of its datagram that the last call left */
    /* the peer sent them */
    struct bytes queue[RELAY_QUEUE];
    size_t queued;
};

struct relay {
    struct relay_side side[2]; /* by enum loop_role */
    /* the network: every nth datagram, 0: none; or at random out of 100 */
    unsigned lose_each, repeat_each, swap_each;
    unsigned lose_percent, repeat_percent, swap_percent;
    unsigned sent, timeouts;
};

/* Ready for the first step. */
void relay_init(struct relay *relay, CredHandle *client, CredHandle *server);
void relay_done(struct relay *relay);

/* One call, with a datagram or with none; what comes out goes to the peer. */
SECURITY_STATUS relay_call(struct relay *relay, enum loop_role role, const void *datagram,
                           size_t size);
/* The same, and calls on while SEC_I_MESSAGE_FRAGMENT is said. */
SECURITY_STATUS relay_step(struct relay *relay, enum loop_role role, const void *datagram,
                           size_t size);
/* Takes the first datagram that waits for one side; false: none does. */
bool relay_take(struct relay *relay, enum loop_role role, struct bytes *datagram);
/* Puts one on its way, past the network's whims. */
void relay_deliver(struct relay *relay, enum loop_role to, const void *data, size_t size);

/* One datagram to a side, in whatever state it is; false: none waits. */
bool relay_advance(struct relay *relay, enum loop_role role);
/* Until both are done or one fails; time-outs happen when nothing is on its way. */
bool relay_handshake(struct relay *relay);
/* relay_init and relay_handshake over a good network, with a check. */
bool relay_connect(struct relay *relay, CredHandle *client, CredHandle *server);

/* EncryptMessage into `wire`. */
SECURITY_STATUS relay_seal(struct relay_side *side, const void *data, size_t size,
                           struct bytes *wire);
/* DecryptMessage of a datagram, on a copy; the plaintext is added to `plain`, and what is left of
 * the datagram is *extra bytes. */
SECURITY_STATUS relay_unseal(struct relay_side *side, const struct bytes *wire, struct bytes *plain,
                             size_t *extra);
/* A message each way. */
void relay_check_traffic(struct relay *relay);

#endif
