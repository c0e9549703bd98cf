/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A client and a server of tls.h in memory, for the tests of the TLS seam: what one has to send
 * lies in a wire until the other is given it.
 */
#ifndef SECUR32_TESTS_SEAM_PAIR_H
#define SECUR32_TESTS_SEAM_PAIR_H

#include "tls/tls.h"

#define WIRE_SIZE 131072

struct wire {
    uint8_t data[WIRE_SIZE];
    size_t size;
};

struct end {
    struct tls_session *session;
    struct wire in;
    struct tls_result last; /* of the last call */
    bool done;
    /* what it answers, and how often it was asked */
    uint8_t verdict;
    struct tls_credential *supplies; /* NULL: an empty Certificate */
    bool refuses_to_sign;
    unsigned verdicts, credentials, signatures, requests;
};

struct pair {
    struct end client, server;
};

struct seam_settings {
    uint32_t versions;
    uint32_t server_versions;            /* 0: the same */
    uint32_t client_limit, server_limit; /* of a handshake message; 0: the library's */
    uint16_t suite;                      /* 0: all */
    uint16_t server_group;               /* 0: all */
    uint32_t client_flags, server_flags;
    uint32_t rsa_bits;                     /* that the client wants at least */
    const char *certificate;               /* of the server; NULL: "rsa" */
    const char *alpn_client, *alpn_server; /* as in RFC 7301; NULL: none */
    struct tls_credential *client_credential;
    struct tls_tickets *tickets;
    struct span resume;
    const struct span *authorities;
    size_t authority_count;
    bool outside;                        /* the server's key must be asked for signatures */
    void (*change_key)(struct key *key); /* the server's, before it is given away; NULL: as it is */
};

/* A certificate of the tests with its key; outside: as a key that stays with the provider. NULL:
 * skip was said. */
struct tls_credential *seam_credential(const char *name, bool outside);
/* Its key changed; what the change points to must live until the call returns. */
struct tls_credential *seam_credential_changed(const char *name, bool outside,
                                               void (*change_key)(struct key *key));
/* The leaf of it, in memory that lives as long as the program. */
struct span seam_certificate(const char *name);

/* false: the library behind the seam is not there, which has been said by a skip. */
bool seam_ready(void);

/* false: something is missing, and skip was said; or a check failed. */
bool pair_open(struct pair *pair, const struct seam_settings *settings);
void pair_close(struct pair *pair);

/* Runs both until both are done, one has failed, or neither moves. true: both are done. */
bool pair_handshake(struct pair *pair);
/* One tls_step with all that lies in the wire, and its answers to what it is asked. */
enum tls_event pair_step(struct pair *pair, struct end *end);
/* Output of the end into the other's wire. */
void pair_flush(struct pair *pair, struct end *end);

/* Messages that wait in the wire of a connected end go through tls_unseal and tls_message. false: a
 * record was not good. Data is checked against what pair_send makes. */
bool pair_receive(struct pair *pair, struct end *end);
/* One message of so many bytes. */
enum tls_status pair_send(struct pair *pair, struct end *end, size_t size);
/* Sends messages of many sizes both ways and checks what comes out. */
void pair_talk(struct pair *pair);

/* Fills data of a message; its first byte seeds it. */
void seam_fill(uint8_t *data, size_t size);
bool seam_is_filled(const uint8_t *data, size_t size);

#endif
