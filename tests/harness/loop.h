/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Two contexts of the public SSPI that talk to each other in memory. What one says is cut for the
 * other as the test asks: whole flights, single records, single bytes, or at random places (the
 * seed is printed by the harness). Each call is checked for what holds in every state: MISSING and
 * EXTRA are exact, an incomplete message consumes and changes nothing, tokens are whole records, a
 * first call that fails leaves no context, the returned attributes are the echo of the request.
 */
#ifndef SECUR32_TESTS_LOOP_H
#define SECUR32_TESTS_LOOP_H

#include "winsspi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

enum loop_cut {
    LOOP_WHOLE,  /* all that is there */
    LOOP_RECORD, /* one record per read */
    LOOP_BYTE,   /* one byte per read */
    LOOP_RANDOM
};

enum loop_role { LOOP_CLIENT, LOOP_SERVER };

/* One call of Initialize- or AcceptSecurityContext. */
struct loop_leg {
    enum loop_role role;
    SECURITY_STATUS status;
    size_t given, extra, missing, token;
};

struct loop_side {
    /* what the test may set before the first step */
    CredHandle *credential;
    const WCHAR *target;       /* client */
    const WCHAR *later_target; /* client: of later calls; NULL, as most programs do */
    ULONG request;
    void *alpn; /* SEC_APPLICATION_PROTOCOLS, given with the first call */
    size_t alpn_size;
    size_t own_room; /* 0: ALLOCATE_MEMORY; otherwise the caller's memory of this size */
    bool unchecked;  /* the attributes are not what loop.c expects */
    /* what came of it */
    CtxtHandle context;
    bool has_context, done, failed;
    SECURITY_STATUS status; /* of the last step */
    ULONG attributes;
    TimeStamp expiry;
    /* bytes */
    struct bytes network; /* the peer sent them, nobody has read them yet */
    struct bytes held;    /* read, and not consumed yet */
    size_t arrived;       /* bytes that ever came to `network` */
};

#define LOOP_LEGS 64

struct loop {
    struct loop_side side[2]; /* by enum loop_role */
    enum loop_cut cut;
    /* A byte on the wire that is changed on its way. */
    bool flip;
    enum loop_role flip_to;
    size_t flip_at;
    uint8_t flip_mask;
    struct loop_leg leg[LOOP_LEGS]; /* the first ones */
    size_t legs;
};

/* Ready for the first step; the credentials are borrowed. The client's target is "localhost". */
void loop_init(struct loop *loop, CredHandle *client, CredHandle *server);
void loop_done(struct loop *loop);

/* One call with what is held (the first one of a client: with nothing). */
SECURITY_STATUS loop_step(struct loop *loop, enum loop_role role);
/* Reads more from the network into what is held, as loop->cut says; false: nothing is there. */
bool loop_read(struct loop *loop, enum loop_role role);
/* Steps both until both are done or one fails; true: both are done. Checks nothing by itself. */
bool loop_handshake(struct loop *loop);
/* The same, but stops at once when this side is done. */
bool loop_handshake_until(struct loop *loop, enum loop_role role);
/* loop_init and loop_handshake with a check that it works. */
bool loop_connect(struct loop *loop, CredHandle *client, CredHandle *server);

/* Puts bytes on the way to one side, as if its peer had sent them. */
void loop_deliver(struct loop *loop, enum loop_role to, const void *data, size_t size);

/* EncryptMessage of one message, delivered to the peer. */
SECURITY_STATUS loop_send(struct loop *loop, enum loop_role from, const void *data, size_t size);
/* EncryptMessage of one message into `wire`, with a check of what it made. */
typedef bool whole_records(const uint8_t *data, size_t size);
SECURITY_STATUS context_seal(CtxtHandle *context, const void *data, size_t size,
                             whole_records *are_whole, struct bytes *wire);
/* The same for a side of the loop, not delivered. */
SECURITY_STATUS loop_seal(struct loop_side *side, const void *data, size_t size,
                          struct bytes *wire);
/* DecryptMessage once, on what is held; plaintext is added to `plain`, what is consumed is gone. */
SECURITY_STATUS loop_unseal(struct loop_side *side, struct bytes *plain);
/*
 * Reads and decrypts until `want` bytes of plaintext are there, acting upon SEC_I_RENEGOTIATE as
 * callers do. SEC_E_INCOMPLETE_MESSAGE: the network is empty. Otherwise the status that ended it.
 */
SECURITY_STATUS loop_receive(struct loop *loop, enum loop_role role, size_t want,
                             struct bytes *plain);

/* ApplyControlToken and the call that emits the alert, delivered to the peer. */
SECURITY_STATUS loop_control(struct loop *loop, enum loop_role role, void *token, size_t size);
SECURITY_STATUS loop_shutdown(struct loop *loop, enum loop_role role);

/* Sends text each way and checks that it arrives. */
void loop_check_traffic(struct loop *loop);

#endif
