/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The session behind tls.h: GnuTLS's session for handshakes and everything rare, and next to it the
 * keys of the two directions, with which application records are sealed and opened without it.
 *
 * The rule that keeps both in step: before GnuTLS may write (read) a record it is lent the sequence
 * number of that direction, and afterwards number and keys are taken back. A record that GnuTLS
 * wrote with a number of its own would use a nonce twice; the push callback asserts that this
 * cannot be.
 */
#ifndef SECUR32_TLS_GNUTLS_SESSION_H
#define SECUR32_TLS_GNUTLS_SESSION_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/sync.h"
#include "tls/gnutls/helper.h"
#include "tls/gnutls/library.h"
#include "tls/gnutls/peek.h"
#include "tls/gnutls/priority.h"

#define NONCE_SIZE 12
#define KEY_SIZE_MAX 32
#define APART 64 /* bytes that processors keep coherent as one */

/* Header of a TLS record and of a handshake message. */
#define RECORD_HEADER 5
#define MESSAGE_HEADER 4

/* One direction of application records. algorithm 0: not in place. */
struct direction {
    gnutls_aead_cipher_hd_t cipher; /* NULL: made from the key when it is needed, see state.c */
    uint64_t sequence;              /* of the next record */
    uint64_t limit;                 /* records that the key may protect */
    uint8_t iv[NONCE_SIZE];         /* XOR sequence number gives the nonce (RFC 8446 5.3) */
    uint8_t explicit_size;          /* 8: the nonce's end stands in the record (RFC 5288 3); 0 */
    uint8_t tag_size;
    bool modern;  /* TLS 1.3 */
    bool lent;    /* GnuTLS may use it now */
    bool dead;    /* (receiving) a record failed */
    uint8_t seen; /* of sequence, when direction_rest was here last */
    uint8_t key_size;
    uint8_t key[KEY_SIZE_MAX];
    unsigned empty_records; /* (receiving) in a row */
    gnutls_cipher_algorithm_t algorithm;
};

struct buffer {
    uint8_t *data;
    size_t size, room;
};

struct datagrams; /* datagram.h */

enum mode {
    MODE_HANDSHAKE, /* the first one, or a renegotiation */
    MODE_REAUTH,    /* TLS 1.3: post-handshake authentication */
    MODE_CONNECTED
};

/* What is only needed while a handshake is under way. */
struct work {
    struct peek peek;
    bool verdict_asked, verdict_given; /* the verify callback waits; the answer is there */
    uint8_t verdict;                   /* 0: good; else the alert */
    bool credential_asked, credential_given;
    bool resume;           /* GnuTLS has something to do without input */
    struct buffer message; /* that was opened for us, but which GnuTLS must read from a record */
    struct buffer pending; /* that record, sealed again */
    bool pending_fed;
    struct buffer suites; /* (server) what the client offers, as it came */
};

/* locks: (c) constant after creation, (r) receive, (s) send, (l) library, (a) atomic. The caller's
 * session lock is implied by library, which tls_seal takes too when a KeyUpdate is due. */
struct tls_session {
    /* One direction stands first and the other last: what lies between keeps what a message writes
     * off the cache lines of the other direction. */
    struct direction send;   /* (s) */
    atomic_bool update_owed; /* (a) the peer wants new keys */

    gnutls_session_t handle; /* (c) pointer; (l) what it points to */
    enum tls_role role;      /* (c) */
    uint32_t flags;          /* (c) */
    uint32_t rsa_bits_min;   /* (c) */
    uint32_t rsa_bits_max;   /* (c) 0: no limit */
    uint32_t dh_bits_max;    /* (c) likewise */
    uint32_t versions;       /* (c) TLS_VERSION_..., of the policy */
    size_t handshake_limit;  /* (c) bytes of one handshake message */
    struct lock library;
    struct priority *priority;            /* (l) */
    struct priority *narrow;              /* (l) (server) for this client; NULL: the same */
    struct tls_credential *credential;    /* (l) a reference */
    gnutls_certificate_credentials_t own; /* (c) GnuTLS's object of this session; NULL: shared */
    struct tls_tickets *tickets;          /* (c) a reference */
    struct helper *helper;                /* (l) */
    struct work *work;                    /* (l) NULL: no handshake */
    struct span input;                    /* (l) what GnuTLS may pull */
    struct buffer output;                 /* (l) waits for tls_output */
    struct buffer *sink;                  /* (l) where GnuTLS pushes to */
    struct buffer authorities;            /* (l) u16 length, DER name, ... */
    struct buffer schemes;                /* (l) of the peer, as they came */
    struct buffer extensions;             /* (l) types that the server answered with, u16 */
    struct scanner scanner;               /* (l) of messages after the handshake */
    struct alpn *alpn;                    /* (l) NULL: GnuTLS has the application protocols */
    struct detached *detached;            /* (c) no handle, since this was unpacked; NULL */
    struct datagrams *datagrams;          /* (c) pointer; (l) NULL: a stream */
    enum mode mode;                       /* (l) */
    bool dead;                            /* (l) */
    bool starved;                         /* (l) the sink could not grow */
    bool was_done;                        /* (l) the first handshake is complete */
    bool began;                           /* (l) input was seen */
    bool ticket_taken;                    /* (l) the newest ticket was given out */
    bool rehandshake_seen;                /* (l) session path: GnuTLS saw a hello */
    uint8_t record_path;                  /* (l) enum tls_record_path */
    uint16_t record_limit;                /* (l) of the peer (RFC 8449); 0: none */

    struct direction receive; /* (r) last, see above */
};

_Static_assert(offsetof(struct tls_session, receive) - offsetof(struct tls_session, update_owed) >=
                   APART,
               "the directions share no cache line");

/* ---- session.c ---- */

void result_clear(struct tls_result *result);

/* false: no memory. */
MUST_CHECK bool buffer_add(struct buffer *buffer, const void *data, size_t size);
void buffer_wipe(struct buffer *buffer);

/* The work struct, made when it is missing; NULL: no memory. */
MUST_CHECK struct work *session_work(struct tls_session *session);
void session_end_work(struct tls_session *session);

bool session_is_modern(const struct tls_session *session); /* TLS 1.3 */

/* hello.c: GnuTLS's hook for handshake messages, and for a server that has seen the ClientHello. */
int hello_hook(gnutls_session_t handle, unsigned type, unsigned when, unsigned incoming,
               const gnutls_datum_t *message);
int hello_narrow_suites(gnutls_session_t handle);

/* ---- state.c: keys lent and taken back ---- */

void direction_lend(struct tls_session *session, struct direction *direction);
MUST_CHECK int direction_take_back(struct tls_session *session, struct direction *direction);
/* After messages that GnuTLS got without a record: it counts them, but the number is ours. */
MUST_CHECK int direction_take_key(struct tls_session *session, struct direction *direction);
/* A direction that was packed. */
MUST_CHECK int direction_restore(struct direction *direction, unsigned algorithm, bool modern,
                                 struct span iv, struct span key, uint64_t sequence);
void direction_wipe(struct direction *direction);
/* The direction's records are ours, sealed and opened in place. */
bool direction_is_ours(const struct direction *direction);
/* The cipher of a direction that is ours and has none now. GNUTLS_E_...: no memory for it. */
MUST_CHECK int direction_make_cipher(struct direction *direction);
/* Gives the cipher up if there was no record since the last call. */
void direction_rest(struct direction *direction);
/* The current reading key in the middle of a handshake, for a look ahead; wipe it afterwards. */
MUST_CHECK bool direction_peek(struct tls_session *session, struct direction *current);

/* Records still come in clear text. */
bool direction_is_clear(struct tls_session *session);

/* For tests: the number of records that one sending key may protect. 0: the cipher's own. */
void session_set_key_limit(uint64_t records);

/* ---- handshake.c ---- */

/* Translates a fatal error, puts the alert for it into the output and marks the session dead. */
void session_fail(struct tls_session *session, int error, struct tls_result *result);
/* ... and tells nobody. */
void session_give_up(struct tls_session *session, enum tls_reason reason,
                     struct tls_result *result);
/* ... for what we found ourselves. */
void session_fail_alert(struct tls_session *session, enum tls_reason reason, uint8_t alert,
                        struct tls_result *result);

#endif
