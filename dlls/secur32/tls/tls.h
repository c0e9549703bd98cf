/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * THE TLS seam: what the Schannel SSP asks of the TLS library. No type of the library and no
 * Windows type passes it: only bytes (spans in, the caller's memory out), DER, IANA numbers, alert
 * numbers and the enums below.
 *
 * Two implementations: tls/gnutls/ (ELF) and tls/unixcall.c (PE), which carries each call to the
 * former inside secur32unix.so. The TLS side never calls back. What it needs, it asks for by
 * returning TLS_WANT_...; the caller supplies it and steps again.
 *
 * Locks. The caller serialises per session, with its own locks:
 *   send      tls_seal
 *   receive   tls_unseal
 *   session   every other call; a call that may write a record needs send as well, one that may
 *             change how records are read needs receive as well. When tls_info.record_path is
 *             TLS_PATH_SESSION (no AEAD suite), tls_seal and tls_unseal need session too.
 * So in the usual case tls_seal and tls_unseal run at the same time on one session and share
 * nothing.
 */
#ifndef SECUR32_TLS_TLS_H
#define SECUR32_TLS_TLS_H

#include "base/key.h"
#include "base/span.h"

/* ---- results -------------------------------------------------------------------------------- */

enum tls_status {
    TLS_OK,
    TLS_NO_MEMORY,
    TLS_UNAVAILABLE,  /* the TLS library, or the helper that leads to it, is missing */
    TLS_BAD_ARGUMENT, /* a bug of the caller, or a limit exceeded */
    TLS_BAD_KEY,      /* certificate and key do not fit, or cannot be read */
    TLS_NO_ALGORITHM, /* the policy leaves nothing that the library can do */
    TLS_NOT_READY,    /* the handshake has not come so far */
    TLS_NOT_THERE,    /* asked for something that this session does not have */
    TLS_TOO_SMALL,    /* the caller's memory; *size says what is needed */
    TLS_LIMIT,        /* sequence numbers or key use exhausted: the session must end */
    TLS_STATUS_COUNT
};

enum tls_event {
    TLS_DONE,            /* the handshake (or what was asked for) is complete */
    TLS_WANT_INPUT,      /* all input was taken and more is needed */
    TLS_WANT_VERDICT,    /* peer's chain is there (tls_peer_certificate): tls_supply_verdict */
    TLS_WANT_CREDENTIAL, /* the server asks for a certificate (tls_authority): tls_supply_credential
                          */
    TLS_WANT_SIGN,       /* a key outside must sign (tls_sign_request): tls_supply_signature */
    TLS_RENEGOTIATE, /* TLS 1.2: HelloRequest, or a client's new hello; 1.3: CertificateRequest */
    TLS_REFUSED,     /* the peer refused our renegotiation (no_renegotiation); session lives */
    TLS_CLOSED,      /* close_notify came */
    TLS_FAILED,      /* the session is dead; see alert_received, alert_sent, reason */
    TLS_EVENT_COUNT
};

/* Why TLS_FAILED, where an alert number does not say enough. */
enum tls_reason {
    TLS_REASON_NONE,
    TLS_REASON_ALERT,          /* the peer's fatal alert: alert_received */
    TLS_REASON_NOT_TLS,        /* bytes that are no TLS record */
    TLS_REASON_VERSION,        /* no common protocol version */
    TLS_REASON_SUITE,          /* no common cipher suite, group or signature scheme */
    TLS_REASON_ALPN,           /* no common application protocol */
    TLS_REASON_DECODE,         /* malformed message */
    TLS_REASON_UNEXPECTED,     /* message out of order */
    TLS_REASON_TOO_LARGE,      /* message or record over a limit */
    TLS_REASON_MAC,            /* record fails its tag or MAC */
    TLS_REASON_DECRYPT,        /* Finished or a signature is wrong */
    TLS_REASON_CERTIFICATE,    /* peer's certificate unusable, or the verdict was bad */
    TLS_REASON_NO_CERTIFICATE, /* we need one and have none that fits */
    TLS_REASON_MEMORY,
    TLS_REASON_INTERNAL,
    TLS_REASON_COUNT
};

#define TLS_NO_ALERT (-1)

/* What a call that moves the state machine says. Written in full on every return. */
struct tls_result {
    enum tls_event event;
    enum tls_reason reason;
    int alert_received; /* description of the fatal alert, or TLS_NO_ALERT */
    int alert_sent;     /* description of the fatal alert that is in the output, or TLS_NO_ALERT */
    size_t consumed;    /* bytes of the input that were taken: whole records */
    size_t output_size; /* bytes that wait for tls_output */
};

/* ---- the library ------------------------------------------------------------------------------
 */

enum tls_role { TLS_CLIENT, TLS_SERVER };

/* Bits of version masks. */
#define TLS_VERSION_1_0 0x01u
#define TLS_VERSION_1_1 0x02u
#define TLS_VERSION_1_2 0x04u
#define TLS_VERSION_1_3 0x08u
#define DTLS_VERSION_1_0 0x10u
#define DTLS_VERSION_1_2 0x20u

struct tls_library {
    char name[16];     /* "GnuTLS" */
    char version[32];  /* of the library that was found at run time */
    char problem[256]; /* with TLS_UNAVAILABLE: one line, what is missing and the remedy */
    uint32_t versions; /* mask of what it can do */
};

/* Finds and checks the library, once per process; later calls give the same answer. */
MUST_CHECK enum tls_status tls_load(struct tls_library *library);

/* Which of the IANA suites / groups / signature schemes the library can do at all. */
bool tls_knows_suite(uint16_t suite);
bool tls_knows_group(uint16_t group);
bool tls_knows_scheme(uint16_t scheme);

/* ---- names ------------------------------------------------------------------------------------
 */

enum tls_name_kind {
    TLS_NAME_NONE, /* empty */
    TLS_NAME_HOST,
    TLS_NAME_ADDRESS /* IPv4 or IPv6 literal: never sent as SNI (RFC 6066 3) */
};

/*
 * What a target name (UTF-8) is, and its form on the wire: ASCII by IDNA, without final dot.
 * TLS_BAD_ARGUMENT: cannot be a name (IDNA refuses it, a label over 63 or a name over 255 bytes).
 */
MUST_CHECK enum tls_status tls_name(struct span target, enum tls_name_kind *kind, uint8_t *ascii,
                                    size_t room, size_t *size);

/* ---- credentials: certificates with keys ------------------------------------------------------
 */

struct tls_credential; /* immutable once made; shared by any number of sessions and threads */

struct tls_certificate {
    const struct span *chain; /* DER, leaf first */
    size_t chain_size;
    struct key key;
};

/* Everything given is copied (keys into memory that is wiped when the last user is gone). */
MUST_CHECK enum tls_status tls_credential_new(const struct tls_certificate *certificates,
                                              size_t count, struct tls_credential **credential);
/* NULL is fine. Sessions that use it keep what they need. */
void tls_credential_free(struct tls_credential *credential);

/* ---- ticket keys of a server -------------------------------------------------------------------
 */

struct tls_tickets; /* server: key of session tickets, and the cache of TLS 1.2 session ids */

MUST_CHECK enum tls_status tls_tickets_new(uint32_t lifetime_s, struct tls_tickets **tickets);
void tls_tickets_free(struct tls_tickets *tickets);
/* From now on tickets are made and read with keys that follow from this secret, so that servers
 * that know it understand each other's. It is copied. Sessions that were made before keep theirs.
 */
MUST_CHECK enum tls_status tls_tickets_set_secret(struct tls_tickets *tickets, struct span secret);

/* ---- datagrams: before a server has a session ---------------------------------------------------
 */

/* Where a session goes on after an exchange of cookies that it did not see. */
struct tls_prestate {
    uint32_t record, read, write; /* record and message numbers */
};

/*
 * A server's stateless exchange of cookies (RFC 6347 4.2.1): is there a ClientHello in the datagram
 * whose cookie fits? peer is what the cookie binds to, usually the client's address. TLS_OK: it
 * does, and the session for it is made with this prestate and given the same datagram.
 * TLS_NOT_THERE: answer holds a HelloVerifyRequest of *size bytes. TLS_BAD_ARGUMENT: it is no
 * ClientHello in one piece. TLS_TOO_SMALL: TLS_VERIFY_REQUEST_MAX bytes are always enough.
 */
MUST_CHECK enum tls_status tls_cookie(struct span peer, struct span datagram, uint8_t *answer,
                                      size_t room, size_t *size, struct tls_prestate *prestate);
#define TLS_VERIFY_REQUEST_MAX 128

/* ---- sessions ----------------------------------------------------------------------------------
 */

struct tls_session;

/* What may be negotiated: lists of IANA numbers, most wanted first. */
struct tls_policy {
    uint32_t versions;
    const uint16_t *suites;
    size_t suite_count;
    const uint16_t *groups;
    size_t group_count;
    const uint16_t *schemes; /* signature schemes of handshakes and certificates */
    size_t scheme_count;
    uint32_t rsa_bits_min; /* of the peer's key; 0: library's own */
    uint32_t dh_bits_min;
    uint32_t rsa_bits_max, dh_bits_max; /* client: 0: no limit */
};

/* struct tls_config.flags */
#define TLS_FLAG_ASK_VERDICT 0x0001u /* return TLS_WANT_VERDICT for the peer's certificate */
#define TLS_FLAG_ASK_CREDENTIAL                                                                    \
    0x0002u                           /* client: return TLS_WANT_CREDENTIAL when asked for one     \
                                       */
#define TLS_FLAG_REQUEST_PEER 0x0004u /* server: ask for a client certificate */
#define TLS_FLAG_REQUIRE_PEER 0x0008u /* server: and fail without */
#define TLS_FLAG_NO_TICKETS 0x0010u   /* neither offer nor issue session tickets */
#define TLS_FLAG_POST_HANDSHAKE_AUTH 0x0020u  /* client: offer it (RFC 8446 4.2.6) */
#define TLS_FLAG_DATAGRAM 0x0040u             /* DTLS; the policy names DTLS versions alone */
#define TLS_FLAG_NO_RESUMPTION 0x0080u        /* accept no session of the past, store none */
#define TLS_FLAG_NO_EMS 0x0100u               /* no extended master secret */
#define TLS_FLAG_STRICT_RENEGOTIATION 0x0200u /* refuse peers without renegotiation_info */
#define TLS_FLAG_OCSP 0x0400u                 /* client: ask for a stapled OCSP response */

struct tls_config {
    enum tls_role role;
    uint32_t flags;
    struct tls_policy policy;
    const struct tls_credential *credential; /* NULL: a client without certificate */
    struct tls_tickets *tickets;             /* server; NULL: no resumption */
    struct span server_name; /* client: SNI, ASCII without final dot; empty: no extension */
    struct span alpn;   /* ids with 8-bit lengths, most wanted first, as in RFC 7301; or empty */
    struct span resume; /* client: bytes that tls_session_data gave; or empty */
    const struct span *authorities; /* server: DER names sent with a certificate request */
    size_t authority_count;
    uint32_t handshake_limit; /* bytes of one handshake message; 0: library's own */
    /* datagrams */
    uint32_t mtu;                        /* bytes of one datagram */
    const struct tls_prestate *prestate; /* server: what tls_cookie said */
    const uint16_t *srtp;                /* SRTP profiles (RFC 5764 4.1.2), most wanted first */
    size_t srtp_count;                   /* the library may leave out some at the end */
};

MUST_CHECK enum tls_status tls_session_new(const struct tls_config *config,
                                           struct tls_session **session);
/* Wipes all keys. NULL is fine. */
void tls_session_free(struct tls_session *session);

/*
 * Goes on with the handshake (or, later, with a renegotiation or post-handshake authentication that
 * was begun). `input` holds zero or more WHOLE records, still as they came from the network;
 * cutting them out is the caller's business. Stops after the record that completes the handshake,
 * or that leads to output, or to an event; result->consumed says how many bytes were taken.
 * Everything that was taken is done with: it must not be given again. With TLS_WANT_CREDENTIAL the
 * record that holds the request was not taken yet, unless messages before it in the same record had
 * to be.
 *
 * A fatal alert that we send is in the output like any other token.
 *
 * Datagrams: `input` is what is left of one datagram, and all of it is taken but for what stands
 * behind the record that completes the handshake. What is no record, came before, comes too late or
 * was changed on its way is dropped without a word. Without input the last flight goes out once
 * more, unless something else waits; so it does when the peer repeats what the flight answers.
 */
void tls_step(struct tls_session *session, struct span input, struct tls_result *result);

/* Moves waiting output out: all of it or nothing. TLS_TOO_SMALL leaves it waiting. Datagrams: the
 * first one that waits; output_size of struct tls_result is its size. */
MUST_CHECK enum tls_status tls_output(struct tls_session *session, uint8_t *to, size_t room,
                                      size_t *size);

/* After TLS_WANT_VERDICT: 0 is good, otherwise the description of the alert to send. Then step. */
void tls_supply_verdict(struct tls_session *session, uint8_t alert);
/* After TLS_WANT_CREDENTIAL: NULL sends an empty Certificate. Then step. */
MUST_CHECK enum tls_status tls_supply_credential(struct tls_session *session,
                                                 const struct tls_credential *credential);

struct tls_sign_request {
    uint64_t outside_id;
    uint16_t scheme;  /* IANA SignatureScheme; 0: RSA PKCS#1 over MD5+SHA1 (TLS 1.0 and 1.1) */
    uint8_t hash[64]; /* what is to be signed, already hashed; no DigestInfo around it */
    uint32_t hash_size;
};

MUST_CHECK enum tls_status tls_sign_request(struct tls_session *session,
                                            struct tls_sign_request *request);
/* An empty signature says that the provider failed. ECDSA: DER. Then step. */
MUST_CHECK enum tls_status tls_supply_signature(struct tls_session *session, struct span signature);

/* ---- what is asked after, and during, the handshake ---------------------------------------------
 */

enum tls_record_path {
    TLS_PATH_NONE,     /* no application keys yet */
    TLS_PATH_IN_PLACE, /* AEAD: sealed and opened in the caller's memory; directions share nothing
                        */
    TLS_PATH_SESSION   /* through the library's session: tls_seal and tls_unseal need its lock */
};

struct tls_info {
    uint16_t version;     /* wire version: 0x0303, 0x0304, 0xfefd; 0 while unknown */
    uint16_t suite;       /* IANA */
    uint16_t group;       /* IANA group of the key exchange; 0: none */
    uint16_t scheme;      /* IANA signature scheme that the server used; 0: none */
    uint16_t peer_scheme; /* ... that the client used with its certificate; 0: none */
    uint16_t dh_bits;     /* finite-field Diffie-Hellman */
    uint8_t record_path;
    uint8_t resumed;
    uint8_t extended_master_secret;
    uint8_t safe_renegotiation;
    uint8_t done;              /* the handshake is complete */
    uint8_t local_certificate; /* 1 + index of the certificate that we sent; 0: none */
    uint8_t peer_chain_size;   /* certificates that the peer sent */
    uint8_t session_id_size;
    uint8_t session_id[32];
    /* record sizes; see struct tls_seal */
    uint32_t header;  /* exactly what goes before the data */
    uint32_t trailer; /* at most what goes behind it, a KeyUpdate record included */
    uint32_t maximum; /* data of one record */
    uint32_t block;   /* block size of the cipher; 1: stream or AEAD */
    uint32_t srtp;    /* SRTP profile; 0: none */
};

MUST_CHECK enum tls_status tls_info(struct tls_session *session, struct tls_info *info);

/* Each copies into the caller's memory; TLS_TOO_SMALL sets *size to what is needed. */
MUST_CHECK enum tls_status tls_peer_certificate(struct tls_session *session, size_t index,
                                                uint8_t *der, size_t room, size_t *size);
MUST_CHECK enum tls_status tls_authority(struct tls_session *session, size_t index, uint8_t *der,
                                         size_t room, size_t *size);
/* The signature schemes of the peer, u16 in network order. */
MUST_CHECK enum tls_status tls_peer_schemes(struct tls_session *session, uint8_t *list, size_t room,
                                            size_t *size);
/* Types of the extensions that the server answered with (ServerHello and EncryptedExtensions), u16
 * in network order; an empty list is TLS_OK. */
MUST_CHECK enum tls_status tls_extensions(struct tls_session *session, uint8_t *list, size_t room,
                                          size_t *size);
/* The stapled OCSP response of the peer's leaf. */
MUST_CHECK enum tls_status tls_peer_ocsp(struct tls_session *session, uint8_t *der, size_t room,
                                         size_t *size);
/* The application protocol that was negotiated (RFC 7301), at most 255 bytes. */
MUST_CHECK enum tls_status tls_alpn(struct tls_session *session, uint8_t *id, size_t room,
                                    size_t *size);
/* The name in the client's SNI (server side). */
MUST_CHECK enum tls_status tls_server_name(struct tls_session *session, uint8_t *name, size_t room,
                                           size_t *size);
/* What a later session needs to resume this one. TLS 1.3: one ticket, each given once. */
MUST_CHECK enum tls_status tls_session_data(struct tls_session *session, uint8_t *data, size_t room,
                                            size_t *size);
/* tls-unique (RFC 5929 3); TLS_NOT_THERE in TLS 1.3. */
MUST_CHECK enum tls_status tls_unique(struct tls_session *session, uint8_t *value, size_t room,
                                      size_t *size);
/* RFC 5705 / RFC 8446 7.5. has_context tells an empty context from none. Fills all of `to`. */
MUST_CHECK enum tls_status tls_export(struct tls_session *session, struct span label,
                                      bool has_context, struct span context, uint8_t *to,
                                      size_t size);
/* TLS <= 1.2 PRF over the master secret with client and server random; server_first: their order.
 */
MUST_CHECK enum tls_status tls_prf(struct tls_session *session, struct span label,
                                   bool server_first, uint8_t *to, size_t size);
/* The same over an empty secret (RFC 5216 2.3, IV). */
MUST_CHECK enum tls_status tls_prf_empty(struct tls_session *session, struct span label,
                                         bool server_first, uint8_t *to, size_t size);

/* ---- another process ---------------------------------------------------------------------------
 */

/*
 * The session as bytes, secrets among them (needs receive, send and session). TLS_NOT_READY: a
 * handshake or a message is under way; TLS_NOT_THERE: its records are no AEAD's; TLS_TOO_SMALL.
 * With TLS_OK the session is dead: two of them would number their records alike, under one key.
 */
MUST_CHECK enum tls_status tls_pack(struct tls_session *session, uint8_t *to, size_t room,
                                    size_t *size);
/*
 * A session of such bytes; TLS_BAD_ARGUMENT: they are none, or of the other role. It seals and
 * opens records and tells facts; what is derived from secrets is not there; it takes no part in
 * handshakes, and a KeyUpdate of the peer ends it.
 */
MUST_CHECK enum tls_status tls_unpack(enum tls_role role, struct span bytes,
                                      struct tls_session **session);

/* ---- records ------------------------------------------------------------------------------------
 */

#define TLS_TYPE_ALERT 21
#define TLS_TYPE_HANDSHAKE 22
#define TLS_TYPE_DATA 23

/* One message to protect where it lies. */
struct tls_seal {
    uint8_t *header;  /* tls_info.header bytes, all written */
    uint8_t *data;    /* plaintext in, ciphertext out */
    uint8_t *trailer; /* trailer_room bytes; need not be adjacent to data */
    size_t data_size; /* at most tls_info.maximum */
    size_t trailer_room;
    size_t trailer_size; /* out: bytes of the trailer that belong to the wire */
    uint8_t type;        /* TLS_TYPE_DATA or TLS_TYPE_ALERT */
};

/* TLS_OK; TLS_NOT_READY (no keys); TLS_TOO_SMALL (trailer; nothing was written); TLS_LIMIT. */
MUST_CHECK enum tls_status tls_seal(struct tls_session *session, struct tls_seal *seal);

/* One record opened where it lies. */
struct tls_unseal {
    uint8_t *record; /* the whole record, header included; plaintext out */
    size_t size;
    size_t offset;       /* out: of the plaintext in the record */
    size_t plain_size;   /* out */
    uint8_t type;        /* out: inner content type: DATA, HANDSHAKE or ALERT */
    uint8_t alert;       /* out: TLS_TYPE_ALERT: its description */
    uint8_t alert_fatal; /* out */
};

/*
 * TLS_OK: type and plaintext are told; a record that is not application data has not been acted on:
 * hand its plaintext to tls_message. TLS_NOT_READY: no keys, nothing was touched. Anything else is
 * a failure of the session, and result is written: its event is TLS_FAILED, the record's memory
 * holds no plaintext, and its alert_sent is the alert that the caller hands to tls_alert (which
 * needs send and session). Handshake records of a renegotiation under way are not for this call but
 * for tls_step.
 *
 * Datagrams: TLS_NOT_THERE tells of a record that was dropped; the session lives, nothing of the
 * record was changed, and result->event is TLS_WANT_INPUT. result->reason says why: NOT_TLS, MAC,
 * or UNEXPECTED for one that came before or too late. With result->output_size the peer has
 * repeated its last flight, and ours lies in the output once more.
 */
MUST_CHECK enum tls_status tls_unseal(struct tls_session *session, struct tls_unseal *unseal,
                                      struct tls_result *result);

/*
 * For a session that may be idle; needs receive and send, and nothing else. What only records need
 * and can be made again is given up if no record came or went since the last call.
 */
void tls_rest(struct tls_session *session);

/*
 * A handshake message that tls_unseal gave (needs receive and send: it may fail with an alert).
 * TLS 1.3: NewSessionTicket and KeyUpdate are acted upon (TLS_DONE); CertificateRequest gives
 * TLS_RENEGOTIATE and is answered by tls_step; so is TLS_WANT_VERDICT, with which a server may
 * meet the certificate that it asked for. TLS 1.2: HelloRequest or a ClientHello give
 * TLS_RENEGOTIATE. A message that is not whole yet: TLS_WANT_INPUT. A KeyUpdate that the peer asked
 * for goes out with the next tls_seal, or by tls_answer.
 */
void tls_message(struct tls_session *session, struct span plaintext, struct tls_result *result);

/* Puts what is owed to the peer after tls_message (a KeyUpdate) into the output, if anything. */
void tls_answer(struct tls_session *session, struct tls_result *result);

/*
 * Begins anew (TLS 1.2: ClientHello or HelloRequest; 1.3 server: CertificateRequest). Then step.
 * request_peer: a TLS 1.2 server asks for the client's certificate in the new handshake, even if
 * the session was made without TLS_FLAG_REQUEST_PEER. TLS_REFUSED, nothing changed: it cannot be
 * had (TLS 1.3 client; a client that did not offer post-handshake authentication; no safe
 * renegotiation).
 */
void tls_rehandshake(struct tls_session *session, bool request_peer, struct tls_result *result);

/* TLS 1.3: new sending keys now. */
void tls_update_keys(struct tls_session *session, bool ask_peer, struct tls_result *result);

/* Datagrams: so many bytes at most from now on; tells tls_info.maximum anew. */
void tls_set_mtu(struct tls_session *session, uint32_t mtu);

/* Puts an alert into the output; works in every state. close_notify is warning 0. */
void tls_alert(struct tls_session *session, bool fatal, uint8_t description,
               struct tls_result *result);

/* ---- judging certificates
 * ------------------------------------------------------------------------ */

/* Bits of what is wrong with a chain. */
#define TLS_CHAIN_BAD_SIGNATURE 0x0001u
#define TLS_CHAIN_WEAK 0x0002u /* MD5 and weaker, or a key that is too short */
#define TLS_CHAIN_EXPIRED 0x0004u
#define TLS_CHAIN_NOT_YET 0x0008u
#define TLS_CHAIN_CONSTRAINTS 0x0010u /* basic, name or key-usage constraints */
#define TLS_CHAIN_PURPOSE 0x0020u     /* not for this use */
#define TLS_CHAIN_NAME 0x0040u        /* leaf is not for this name */
#define TLS_CHAIN_UNKNOWN_ISSUER 0x0080u
#define TLS_CHAIN_REVOKED 0x0100u /* by one of the CRLs given */
#define TLS_CHAIN_MALFORMED 0x0200u

struct tls_chain {
    const struct span *certificates; /* DER, leaf first, the last one is taken as trusted */
    size_t count;
    struct span name; /* host name or IP address text to match the leaf with; empty: no check */
    enum tls_role peer_role; /* TLS_SERVER: serverAuth is wanted; TLS_CLIENT: clientAuth */
    const struct span *crls; /* DER */
    size_t crl_count;
};

/* Cryptographic part of a verdict: signatures, dates, constraints, name. Needs no session. */
MUST_CHECK enum tls_status tls_judge(const struct tls_chain *chain, uint32_t *problems);

/* The hash of tls-server-end-point (RFC 5929 4.1) for a DER certificate. */
MUST_CHECK enum tls_status tls_end_point(struct span certificate, uint8_t *value, size_t room,
                                         size_t *size);

/* Facts of a certificate that attributes show: no parser of our own. */
struct tls_certificate_facts {
    uint32_t key_bits;
    uint16_t key_kind;                 /* 1 RSA, 2 DSA, 3 ECDSA, 4 EdDSA */
    uint16_t curve;                    /* IANA group */
    int64_t not_before_s, not_after_s; /* seconds since 1970 */
};

MUST_CHECK enum tls_status tls_certificate_facts(struct span certificate,
                                                 struct tls_certificate_facts *facts);

#endif
