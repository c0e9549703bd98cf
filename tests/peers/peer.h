/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * One of our contexts, driven through the public functions (loop.h), and OpenSSL as its peer, in
 * memory. What the peer has to say lies in our side's `network`, what we say in the other's.
 */
#ifndef SECUR32_TESTS_PEER_H
#define SECUR32_TESTS_PEER_H

#include "winsspi.h"

#include <openssl/ssl.h>

#include "credential.h"
#include "loop.h"

/* What programs do with SEC_I_RENEGOTIATE. */
enum habit {
    HABIT_EXTRA,       /* curl, .NET: the EXTRA bytes to the handshake function */
    HABIT_SKIP,        /* pass over the record, no handshake call at all */
    HABIT_EMPTY_FIRST, /* Qt: a handshake call without input, then as above */
    HABIT_DECRYPT,     /* MongoDB: the rewritten record once more to DecryptMessage */
    HABIT_COUNT
};

struct meeting_wish {
    enum loop_role ours;
    enum test_version version;
    bool certificate;     /* our client has one */
    bool ask_certificate; /* our server asks for one at once */
    uint64_t options;     /* SSL_OP_... of the peer */
    int tickets;          /* of a TLS 1.3 peer that is a server; 0: its default, two */
    bool authenticates;   /* the peer is a client that offers post-handshake authentication */
    bool wants_ours;      /* the peer is a server that asks for a certificate, and takes none too */
    const char *groups;   /* of the peer; NULL: its default */
    const char *suites;   /* of the peer, and of this version; NULL: its default */
    long fragment;        /* the longest record of the peer; 0: its default */
};

struct meeting {
    struct loop loop;
    enum loop_role ours;
    CredHandle credential;
    SSL_CTX *library;
    SSL *peer;
    BIO *in, *out;
    struct bytes read;     /* what the peer has opened */
    unsigned key_updates;  /* that the peer received */
    unsigned handshakes;   /* Finished that the peer received */
    bool closed, failed;   /* the peer */
    unsigned renegotiates; /* SEC_I_RENEGOTIATE seen by meeting_receive */
};

/* false: skip was said, or a check failed. Always call meeting_close. */
bool meeting_open(struct meeting *meeting, const struct meeting_wish *wish);
void meeting_close(struct meeting *meeting);

/* The whole handshake, with a check that it works. */
bool meeting_handshake(struct meeting *meeting);
/* meeting_open and meeting_handshake. */
bool meeting_connect(struct meeting *meeting, const struct meeting_wish *wish);

/* The peer reads what we said, and says what it has to say. */
void meeting_move(struct meeting *meeting);
/* The peer sends a message of data. */
bool meeting_peer_send(struct meeting *meeting, const void *data, size_t size);
/* We send one, and the peer reads it. */
SECURITY_STATUS meeting_send(struct meeting *meeting, const void *data, size_t size);

/* Opens what has come, as programs with this habit do, until `want` bytes of plaintext are there.
 * SEC_E_INCOMPLETE_MESSAGE: the network is empty. */
SECURITY_STATUS meeting_receive(struct meeting *meeting, enum habit habit, size_t want,
                                struct bytes *plain);
/* Data both ways, and a check of it. */
bool meeting_talk(struct meeting *meeting, enum habit habit);

/* For SSL_set_verify: every certificate is good. */
int peer_accepts(int good, X509_STORE_CTX *store);

const char *habit_name(enum habit habit);

#endif
