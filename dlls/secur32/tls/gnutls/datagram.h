/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sessions whose records travel in datagrams (DTLS, RFC 6347). GnuTLS's session does all of it, its
 * records included; these files keep the bounds of datagrams, and its clock out of the way: a
 * flight is repeated when the program, or the peer, asks for it.
 *
 *   datagram.c         the queue of what goes out; one step of the handshake
 *   datagram_flight.c  puts the peer's flight together before GnuTLS reads it
 *   datagram_record.c  records of a connected session
 */
#ifndef SECUR32_TLS_GNUTLS_DATAGRAM_H
#define SECUR32_TLS_GNUTLS_DATAGRAM_H

#include "tls/gnutls/session.h"

/* Header of a DTLS record, and of the piece of a handshake message that stands in it. */
#define DATAGRAM_HEADER 13
#define DATAGRAM_MESSAGE_HEADER 12

/* The piece of a handshake message that a record in clear text begins with. */
struct datagram_piece {
    uint8_t type;
    uint16_t number; /* message_seq */
    size_t size;     /* of the whole message */
    size_t offset;   /* of this piece */
    struct span bytes;
};

/* A message of the peer's flight that is being put together. */
struct datagram_message {
    uint8_t type;
    uint16_t number;
    size_t size, left;
    uint8_t *body, *have; /* have: one for each byte of body */
};

#define FLIGHT_MESSAGES 16

struct datagrams {
    uint32_t mtu;
    struct buffer sizes; /* uint32_t each: of the datagrams that lie in session->output */
    bool open;           /* the last one may take another record */
    unsigned made;       /* messages that GnuTLS has made, which differ from repeated ones */
    bool made_done;      /* (server) ServerHelloDone is among them: the handshake is a full one */
    /* The peer's flight under way. */
    struct datagram_message message[FLIGHT_MESSAGES];
    size_t message_count;
    size_t message_bytes;  /* announced, of all of them */
    uint32_t next;         /* number of its first message */
    uint32_t before;       /* ... of the flight before it, which ours has answered */
    uint64_t first_came;   /* number of the last record that had the begin of either */
    bool changed;          /* ChangeCipherSpec came */
    bool keyed;            /* GnuTLS has it, and waits for a Finished that opens */
    bool ticket;           /* (client) the ServerHello has promised one */
    struct buffer sealed;  /* records of the next epoch */
    uint64_t given;        /* records that GnuTLS got in clear text, whose numbers are ours */
    uint8_t version[2];    /* of the peer's records */
    struct buffer request; /* body of the certificate request */
    /* Records of a connected session that came, to know them again: bit 0 is `newest`. */
    uint64_t newest, seen;
};

/* ---- datagram.c ---- */

MUST_CHECK enum tls_status datagrams_attach(struct tls_session *session,
                                            const struct tls_config *config);
void datagrams_free(struct datagrams *datagrams);

/* What tls_output does. */
enum tls_status datagrams_take(struct tls_session *session, uint8_t *to, size_t room, size_t *size);
/* Of the first datagram that waits; of a stream, all that waits. */
size_t datagrams_output_size(const struct tls_session *session);
void datagrams_drop_output(struct tls_session *session);

/* What tls_step does. Keys are lent. */
void datagrams_step(struct tls_session *session, struct span input, struct tls_result *result);
/* GnuTLS has made a handshake message. */
void datagrams_note_message(struct tls_session *session, unsigned type);

/* The first record of the bytes; false: none stands there, and nothing behind it can be found. */
MUST_CHECK bool datagram_cut(struct span bytes, struct span *record);
/* Epoch and number of a record, which together only grow. */
uint64_t datagram_number(const uint8_t *record);

/* ---- datagram_flight.c ---- */

/* Takes the next piece out of the body of a handshake record in clear text. */
MUST_CHECK bool datagram_take_piece(struct span *body, struct datagram_piece *piece);

enum flight {
    FLIGHT_KEPT,     /* the record was taken, or is of no use */
    FLIGHT_PASS,     /* it is no part of a flight; *records: for GnuTLS */
    FLIGHT_WHOLE,    /* the flight is whole; *records: all of it, in order */
    FLIGHT_REPEATED, /* the peer repeats the begin of its last flight */
    FLIGHT_TOO_LARGE,
    FLIGHT_NO_MEMORY
};

enum flight flight_add(struct tls_session *session, struct span record, struct buffer *records);
void flight_done(struct datagrams *datagrams);

/* ---- datagram_record.c ---- */

void datagrams_sizes(struct tls_session *session, struct tls_info *info);
uint32_t datagrams_srtp(struct tls_session *session);
/* What tls_unseal does. Needs library. */
MUST_CHECK enum tls_status datagrams_unseal(struct tls_session *session, struct tls_unseal *unseal,
                                            struct tls_result *result);

#endif
