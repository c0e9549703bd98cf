/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The crossing from PE to ELF: the calls of tls.h by number, and one struct of parameters for each.
 * All have one layout for 32 and 64 bit: addresses are uint64_t and come first, sizes are uint32_t,
 * and nothing points to a struct that points again but for lists of struct param_span.
 *
 * Every call returns an enum tls_status, or PARAM_REFUSED when its parameters cannot be meant.
 */
#ifndef SECUR32UNIX_PARAMS_H
#define SECUR32UNIX_PARAMS_H

#include "tls/tls.h"

/* The return value is an NTSTATUS to Wine, which looks at it only to trace. */
#define PARAM_REFUSED ((int)0xc000000d) /* STATUS_INVALID_PARAMETER */

/* Changes with every change of this file: a helper of another build is refused. */
#define PARAM_REVISION 9u

/* X(number, struct): the call is PARAM_##number and the function unix_##struct. */
/* clang-format off */
#define PARAM_CALLS(X) \
    X(LOAD,              load) \
    X(KNOWS,             knows) \
    X(NAME,              name) \
    X(CREDENTIAL_NEW,    credential_new) \
    X(CREDENTIAL_FREE,   credential_free) \
    X(TICKETS_NEW,       tickets_new) \
    X(TICKETS_FREE,      tickets_free) \
    X(TICKETS_SECRET,    tickets_secret) \
    X(COOKIE,            cookie) \
    X(SESSION_NEW,       session_new) \
    X(SESSION_FREE,      session_free) \
    X(UNPACK,            unpack) \
    X(STEP,              step) \
    X(OUTPUT,            output) \
    X(SUPPLY_VERDICT,    supply_verdict) \
    X(SUPPLY_CREDENTIAL, supply_credential) \
    X(SIGN_REQUEST,      sign_request) \
    X(SUPPLY_SIGNATURE,  supply_signature) \
    X(INFO,              info) \
    X(FETCH,             fetch) \
    X(EXPORT,            export) \
    X(PRF,               prf) \
    X(SEAL,              seal) \
    X(UNSEAL,            unseal) \
    X(REST,              rest) \
    X(MESSAGE,           message) \
    X(CHANGE,            change) \
    X(JUDGE,             judge) \
    X(END_POINT,         end_point) \
    X(FACTS,             facts) \
    PARAM_GSS_CALLS(X)
/* clang-format on */

struct param_span {
    uint64_t data;
    uint32_t size, padding;
};

#include "secur32unix/params_gss.h"

#define PARAM_NUMBER(number, name) PARAM_##number,
enum param_call { PARAM_CALLS(PARAM_NUMBER) PARAM_CALL_COUNT };

/* Lengths are checked on the ELF side against these. */
#define PARAM_BYTES_MAX 0x1000000u /* one span */

struct param_result {
    uint32_t event, reason;
    int32_t alert_received, alert_sent;
    uint32_t consumed, output_size;
};

struct param_key {
    uint64_t outside_id;
    struct param_span der, part[KEY_PARTS];
    uint32_t kind, curve, pss, padding;
};

struct param_certificate {
    struct param_span chain; /* of struct param_span; size: their number */
    struct param_key key;
};

struct param_load {
    uint32_t revision; /* in */
    uint32_t versions; /* out, and all below */
    char name[16], version[32], problem[256];
};

/* kind of struct param_knows */
enum param_knows_kind { PARAM_KNOWS_SUITE, PARAM_KNOWS_GROUP, PARAM_KNOWS_SCHEME };

struct param_knows {
    uint32_t kind, number;
    uint32_t known; /* out */
};

struct param_name {
    struct param_span target, ascii;
    uint32_t kind, size; /* out */
};

struct param_credential_new {
    uint64_t credential;   /* out */
    uint64_t certificates; /* of struct param_certificate */
    uint32_t count, padding;
};

struct param_credential_free {
    uint64_t credential;
};

struct param_tickets_new {
    uint64_t tickets; /* out */
    uint32_t lifetime_s, padding;
};

struct param_tickets_free {
    uint64_t tickets;
};

struct param_tickets_secret {
    uint64_t tickets;
    struct param_span secret;
};

struct param_cookie {
    struct param_span peer, datagram, answer;
    uint32_t size; /* out, and all below */
    uint32_t record, read, write;
};

struct param_session_new {
    uint64_t session; /* out */
    uint64_t credential, tickets;
    struct param_span suites, groups, schemes; /* of uint16_t; size: their number */
    struct param_span server_name, alpn, resume;
    struct param_span authorities; /* of struct param_span; size: their number */
    struct param_span srtp;        /* of uint16_t; size: their number */
    uint32_t role, flags, versions, rsa_bits_min, dh_bits_min, handshake_limit, mtu;
    uint32_t rsa_bits_max, dh_bits_max;
    uint32_t has_prestate, record, read, write, padding;
};

struct param_session_free {
    uint64_t session;
};

struct param_unpack {
    uint64_t session; /* out */
    struct param_span packed;
    uint32_t role, padding;
};

struct param_step {
    uint64_t session;
    struct param_span input;
    struct param_result result; /* out */
};

struct param_output {
    uint64_t session;
    struct param_span to;
    uint32_t size, padding; /* out */
};

struct param_supply_verdict {
    uint64_t session;
    uint32_t alert, padding;
};

struct param_supply_credential {
    uint64_t session, credential;
};

struct param_sign_request {
    uint64_t session;
    uint64_t outside_id; /* out, and all below */
    uint8_t hash[64];
    uint32_t scheme, hash_size;
};

struct param_supply_signature {
    uint64_t session;
    struct param_span signature;
};

struct param_info {
    uint64_t session;
    uint64_t info; /* struct tls_info, which has one layout */
    uint32_t size, padding;
};

/* what of struct param_fetch */
enum param_fetch_what {
    PARAM_FETCH_PEER_CERTIFICATE,
    PARAM_FETCH_AUTHORITY,
    PARAM_FETCH_PEER_SCHEMES,
    PARAM_FETCH_PEER_OCSP,
    PARAM_FETCH_SERVER_NAME,
    PARAM_FETCH_SESSION_DATA,
    PARAM_FETCH_UNIQUE,
    PARAM_FETCH_EXTENSIONS,
    PARAM_FETCH_PACKED,
    PARAM_FETCH_ALPN,
    PARAM_FETCH_COUNT
};

struct param_fetch {
    uint64_t session;
    struct param_span to;
    uint32_t what, index;
    uint32_t size, padding; /* out */
};

struct param_export {
    uint64_t session;
    struct param_span label, context, to;
    uint32_t has_context, padding;
};

struct param_prf {
    uint64_t session;
    struct param_span label, to;
    uint32_t server_first, empty_secret;
};

struct param_seal {
    uint64_t session, header, data, trailer;
    uint32_t data_size, trailer_room, type;
    uint32_t trailer_size; /* out */
};

struct param_unseal {
    uint64_t session, record;
    /* out; both sides move these four at once, so they stand where that is cheap */
    uint32_t offset, plain_size, type, alert;
    uint32_t size;
    uint32_t alert_fatal; /* out, and all below */
    struct param_result result;
};

struct param_rest {
    uint64_t session;
};

struct param_message {
    uint64_t session;
    struct param_span plaintext;
    struct param_result result; /* out */
};

/* what of struct param_change */
enum param_change_what {
    PARAM_CHANGE_ANSWER,
    PARAM_CHANGE_REHANDSHAKE, /* flag: request_peer */
    PARAM_CHANGE_UPDATE_KEYS, /* flag: ask_peer */
    PARAM_CHANGE_ALERT,       /* flag: fatal; number: description */
    PARAM_CHANGE_MTU,         /* flag: bytes; no result */
    PARAM_CHANGE_COUNT
};

struct param_change {
    uint64_t session;
    uint32_t what, flag, number, padding;
    struct param_result result; /* out */
};

struct param_judge {
    struct param_span certificates, crls; /* of struct param_span; size: their number */
    struct param_span name;
    uint32_t peer_role;
    uint32_t problems; /* out */
};

struct param_end_point {
    struct param_span certificate, to;
    uint32_t size, padding; /* out */
};

struct param_facts {
    struct param_span certificate;
    int64_t not_before_s, not_after_s; /* out, and all below */
    uint32_t key_bits, key_kind, curve, padding;
};

/* ---- one layout everywhere ---- */

/* clang-format off */
#define PARAM_LAYOUT(type, bytes, last, offset) \
    _Static_assert(sizeof(struct type) == (bytes), "size of " #type); \
    _Static_assert(offsetof(struct type, last) == (offset), "last member of " #type)

PARAM_LAYOUT(param_span,              16,  padding,      12);
PARAM_LAYOUT(param_result,            24,  output_size,  20);
PARAM_LAYOUT(param_key,               168, padding,      164);
PARAM_LAYOUT(param_certificate,       184, key,          16);
PARAM_LAYOUT(param_load,              312, problem,      56);
PARAM_LAYOUT(param_knows,             12,  known,        8);
PARAM_LAYOUT(param_name,              40,  size,         36);
PARAM_LAYOUT(param_credential_new,    24,  padding,      20);
PARAM_LAYOUT(param_tickets_new,       16,  padding,      12);
PARAM_LAYOUT(param_tickets_secret,    24,  secret,       8);
PARAM_LAYOUT(param_cookie,            64,  write,        60);
PARAM_LAYOUT(param_session_new,       208, padding,      204);
PARAM_LAYOUT(param_step,              48,  result,       24);
PARAM_LAYOUT(param_output,            32,  padding,      28);
PARAM_LAYOUT(param_supply_verdict,    16,  padding,      12);
PARAM_LAYOUT(param_supply_credential, 16,  credential,   8);
PARAM_LAYOUT(param_sign_request,      88,  hash_size,    84);
PARAM_LAYOUT(param_supply_signature,  24,  signature,    8);
PARAM_LAYOUT(param_info,              24,  padding,      20);
PARAM_LAYOUT(param_fetch,             40,  padding,      36);
PARAM_LAYOUT(param_export,            64,  padding,      60);
PARAM_LAYOUT(param_unpack,            32,  padding,      28);
PARAM_LAYOUT(param_prf,               48,  empty_secret, 44);
PARAM_LAYOUT(param_seal,              48,  trailer_size, 44);
PARAM_LAYOUT(param_unseal,            64,  result,       40);
PARAM_LAYOUT(param_message,           48,  result,       24);
PARAM_LAYOUT(param_change,            48,  result,       24);
PARAM_LAYOUT(param_judge,             56,  problems,     52);
PARAM_LAYOUT(param_end_point,         40,  padding,      36);
PARAM_LAYOUT(param_facts,             48,  padding,      44);
PARAM_GSS_LAYOUTS(PARAM_LAYOUT);
PARAM_LAYOUT(tls_info,                72,  srtp,         68);
/* clang-format on */

#endif
