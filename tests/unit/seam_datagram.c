/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam with datagrams (DTLS): cookies, one datagram per output, sizes, what is dropped and
 * why, pieces in any order, and the n-th allocation failing.
 *
 * Source: RFC 6347.
 */
#include "seam_pair.h"

#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "harness.h"
#include "seam_sign.h"

#define HEADER 13
#define MTU 400
#define QUEUE 64
#define ROUNDS_MAX 200

struct datagram {
    uint8_t data[MTU];
    size_t size;
};

struct ends {
    struct tls_session *session[2]; /* by enum tls_role */
    bool done[2];
    struct datagram queue[2][QUEUE]; /* that go to each */
    size_t count[2];
    struct tls_credential *server, *client;
    unsigned signatures; /* that were asked for */
};

static const uint16_t srtp[] = {7, 1};
static const struct span peer = {(const uint8_t *)"127.0.0.1:5684", 14};

static enum tls_status open_end(struct ends *ends, enum tls_role role,
                                const struct tls_prestate *prestate)
{
    static const uint16_t suites[] = {0xc02f, 0xc02b}, groups[] = {29, 23};
    static const uint16_t schemes[] = {0x0804, 0x0401, 0x0403};
    struct tls_config config = {
        .role = role,
        .flags =
            TLS_FLAG_DATAGRAM | (role == TLS_CLIENT ? TLS_FLAG_ASK_CREDENTIAL | TLS_FLAG_ASK_VERDICT
                                                    : TLS_FLAG_REQUEST_PEER),
        .policy = {DTLS_VERSION_1_2, suites, 2, groups, 2, schemes, 3, 0, 0, 0, 0},
        .credential = role == TLS_SERVER ? ends->server : NULL,
        .mtu = MTU,
        .prestate = prestate,
        .srtp = srtp,
        .srtp_count = COUNT_OF(srtp),
    };

    return tls_session_new(&config, &ends->session[role]);
}

/* Each datagram of the output into the peer's queue. */
static bool flush(struct ends *ends, enum tls_role role)
{
    enum tls_role to = role == TLS_CLIENT ? TLS_SERVER : TLS_CLIENT;

    for (;;) {
        struct datagram *next = &ends->queue[to][ends->count[to]];
        size_t size = 0;

        if (ends->count[to] == QUEUE)
            return false;
        if (tls_output(ends->session[role], next->data, sizeof(next->data), &size) != TLS_OK)
            return false;
        if (!size)
            return true;
        next->size = size;
        ends->count[to]++;
    }
}

static bool take(struct ends *ends, enum tls_role role, struct datagram *datagram)
{
    if (!ends->count[role])
        return false;
    *datagram = ends->queue[role][0];
    memmove(ends->queue[role], ends->queue[role] + 1, (QUEUE - 1) * sizeof(ends->queue[role][0]));
    ends->count[role]--;
    return true;
}

static bool supply_signature(struct tls_session *session)
{
    struct tls_sign_request request;
    uint8_t signature[1024];
    size_t size;

    if (tls_sign_request(session, &request) != TLS_OK)
        return false;
    size = seam_sign(&request, signature, sizeof(signature));
    return size && tls_supply_signature(session, span_of(signature, size)) == TLS_OK;
}

/* What the session has asked for. false: nothing that can be given. */
static bool supply(struct ends *ends, enum tls_role role, enum tls_event event)
{
    struct tls_session *session = ends->session[role];

    switch (event) {
    case TLS_WANT_VERDICT:
        tls_supply_verdict(session, 0);
        return true;
    case TLS_WANT_CREDENTIAL:
        return tls_supply_credential(session, ends->client) == TLS_OK;
    case TLS_WANT_SIGN:
        ends->signatures++;
        return supply_signature(session);
    default:
        return false;
    }
}

static bool step(struct ends *ends, enum tls_role role, struct span input)
{
    struct tls_result result;

    for (unsigned i = 0; i < 8; i++) {
        tls_step(ends->session[role], input, &result);
        input = span_of(NULL, 0);
        if (!supply(ends, role, result.event))
            break;
    }
    ends->done[role] = ends->done[role] || result.event == TLS_DONE;
    return result.event != TLS_FAILED && flush(ends, role);
}

/* The two hellos and the cookie between them; makes the server's session. */
static bool exchange_cookies(struct ends *ends)
{
    struct tls_prestate prestate;
    struct datagram hello;
    uint8_t answer[TLS_VERIFY_REQUEST_MAX];
    size_t size = 0;

    if (open_end(ends, TLS_CLIENT, NULL) != TLS_OK || !step(ends, TLS_CLIENT, span_of(NULL, 0)) ||
        !take(ends, TLS_SERVER, &hello) ||
        tls_cookie(peer, span_of(hello.data, hello.size), answer, sizeof(answer), &size,
                   &prestate) != TLS_NOT_THERE ||
        !step(ends, TLS_CLIENT, span_of(answer, size)) || !take(ends, TLS_SERVER, &hello) ||
        tls_cookie(peer, span_of(hello.data, hello.size), answer, sizeof(answer), &size,
                   &prestate) != TLS_OK)
        return false;
    return open_end(ends, TLS_SERVER, &prestate) == TLS_OK &&
           step(ends, TLS_SERVER, span_of(hello.data, hello.size));
}

/* The rest; last_first: each side gets what waits for it in reversed order. */
static bool finish(struct ends *ends, bool last_first)
{
    for (unsigned i = 0; i < ROUNDS_MAX && !(ends->done[0] && ends->done[1]); i++) {
        enum tls_role role = i % 2 ? TLS_SERVER : TLS_CLIENT;
        struct datagram datagram;
        size_t last = ends->count[role];

        if (last_first && last > 1) {
            datagram = ends->queue[role][0];
            ends->queue[role][0] = ends->queue[role][last - 1];
            ends->queue[role][last - 1] = datagram;
        }
        if (take(ends, role, &datagram) && !ends->done[role] &&
            !step(ends, role, span_of(datagram.data, datagram.size)))
            return false;
    }
    return ends->done[0] && ends->done[1];
}

static void close_ends(struct ends *ends)
{
    for (int role = TLS_CLIENT; role <= TLS_SERVER; role++) {
        tls_session_free(ends->session[role]);
        ends->session[role] = NULL;
        ends->done[role] = false;
        ends->count[role] = 0;
    }
}

static bool open_ends(struct ends *ends)
{
    memset(ends, 0, sizeof(*ends));
    if (!seam_ready())
        return false;
    ends->server = seam_credential("rsa", false);
    ends->client = seam_credential("client-rsa", false);
    return ends->server && ends->client;
}

static void free_ends(struct ends *ends)
{
    close_ends(ends);
    tls_credential_free(ends->server);
    tls_credential_free(ends->client);
}

/* ---- cookies ---- */

START_TEST(seam_datagram_cookie)
{
    static const struct {
        const char *name;
        size_t size;
        uint8_t bytes[32];
    } bad[] = {
        {"nothing", 0, {0}},
        {"half a header", 6, {22, 0xfe, 0xfd}},
        {"data", 14, {23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
        {"another message", 25, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 2}},
        {"a hello without body", 25, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 1}},
    };
    static struct ends ends;
    struct tls_prestate prestate;
    struct datagram hello;
    uint8_t answer[TLS_VERIFY_REQUEST_MAX];
    size_t size = 0;

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ok_number(tls_cookie(peer, span_of(bad[i].bytes, bad[i].size), answer, sizeof(answer),
                             &size, &prestate),
                  TLS_BAD_ARGUMENT, "%s", bad[i].name);
    if (open_ends(&ends) && ok_number(open_end(&ends, TLS_CLIENT, NULL), TLS_OK, "client") &&
        ok(step(&ends, TLS_CLIENT, span_of(NULL, 0)) && take(&ends, TLS_SERVER, &hello),
           "no hello")) {
        struct span bytes = span_of(hello.data, hello.size);

        ok_number(tls_cookie(peer, bytes, answer, 20, &size, &prestate), TLS_TOO_SMALL, "no room");
        ok_number(tls_cookie(peer, bytes, answer, sizeof(answer), &size, &prestate), TLS_NOT_THERE,
                  "no cookie");
        ok(size > HEADER && answer[0] == 22 && answer[HEADER] == 3, "no HelloVerifyRequest");
        hello.data[HEADER + 6] = 1; /* a piece that is not the first */
        ok_number(tls_cookie(peer, bytes, answer, sizeof(answer), &size, &prestate),
                  TLS_BAD_ARGUMENT, "a hello in pieces");
    }
    free_ends(&ends);
}

/* ---- a handshake ---- */

static void check_info(struct ends *ends, enum tls_role role)
{
    struct tls_info info;

    ok_number(tls_info(ends->session[role], &info), TLS_OK, "info");
    ok_number(info.version, 0xfefd, "version");
    ok_number(info.srtp, srtp[0], "SRTP profile");
    ok_number(info.record_path, TLS_PATH_SESSION, "path");
    ok_number(info.header, HEADER + 8, "header");
    ok_number(info.trailer, 16, "trailer");
    ok_number(info.maximum, MTU - HEADER - 8 - 16, "maximum");
    tls_set_mtu(ends->session[role], 1000);
    ok_number(tls_info(ends->session[role], &info), TLS_OK, "info");
    ok_number(info.maximum, 1000 - HEADER - 8 - 16, "another maximum");
}

static size_t seal(struct ends *ends, enum tls_role role, const char *text, uint8_t *record)
{
    size_t size = strlen(text);
    struct tls_seal seal = {.header = record,
                            .data = record + HEADER + 8,
                            .trailer = record + HEADER + 8 + size,
                            .data_size = size,
                            .trailer_room = 16,
                            .type = TLS_TYPE_DATA};

    memcpy(seal.data, text, size);
    ok_number(tls_seal(ends->session[role], &seal), TLS_OK, "seal");
    return HEADER + 8 + size + seal.trailer_size;
}

static enum tls_status unseal(struct ends *ends, enum tls_role role, uint8_t *record, size_t size,
                              enum tls_reason *reason)
{
    struct tls_unseal unseal = {.record = record, .size = size};
    struct tls_result result = {.event = TLS_DONE, .reason = TLS_REASON_NONE};
    enum tls_status status = tls_unseal(ends->session[role], &unseal, &result);

    *reason = result.reason;
    if (status == TLS_NOT_THERE)
        ok_number(result.event, TLS_WANT_INPUT, "event");
    if (status == TLS_OK)
        ok(unseal.plain_size == 4 && !memcmp(record + unseal.offset, "text", 4), "other text");
    return status;
}

static void check_records(struct ends *ends)
{
    uint8_t record[MTU], copy[MTU];
    size_t size = seal(ends, TLS_CLIENT, "text", record);
    enum tls_reason reason;

    memcpy(copy, record, size);
    copy[size - 1] ^= 1;
    ok_number(unseal(ends, TLS_SERVER, copy, size, &reason), TLS_NOT_THERE, "changed");
    ok_number(reason, TLS_REASON_MAC, "changed: reason");
    memcpy(copy, record, size);
    copy[1] = 3;
    ok_number(unseal(ends, TLS_SERVER, copy, size, &reason), TLS_NOT_THERE, "not DTLS");
    ok_number(reason, TLS_REASON_NOT_TLS, "not DTLS: reason");
    memcpy(copy, record, size);
    copy[4] = 0;
    ok_number(unseal(ends, TLS_SERVER, copy, size, &reason), TLS_NOT_THERE, "epoch 0");
    ok_number(reason, TLS_REASON_UNEXPECTED, "epoch 0: reason");
    memcpy(copy, record, size);
    ok_number(unseal(ends, TLS_SERVER, copy, size, &reason), TLS_OK, "as it was");
    memcpy(copy, record, size);
    ok_number(unseal(ends, TLS_SERVER, copy, size, &reason), TLS_NOT_THERE, "once more");
    ok_number(reason, TLS_REASON_UNEXPECTED, "once more: reason");
}

START_TEST(seam_datagram_handshake)
{
    for (int last_first = 0; last_first < 2; last_first++) {
        static struct ends ends;

        push_context("%s", last_first ? "swapped" : "in order");
        if (open_ends(&ends) && ok(exchange_cookies(&ends), "cookies") &&
            ok(finish(&ends, last_first), "handshake")) {
            check_records(&ends);
            check_info(&ends, TLS_CLIENT);
            check_info(&ends, TLS_SERVER);
        }
        free_ends(&ends);
        pop_context();
    }
}

/* Keys that stay with their provider, on both sides. */
START_TEST(seam_datagram_sign)
{
    static struct ends ends;

    if (!open_ends(&ends))
        return;
    tls_credential_free(ends.server);
    tls_credential_free(ends.client);
    ends.server = seam_credential("rsa", true);
    ends.client = seam_credential("client-rsa", true);
    if (ends.server && ends.client && ok(exchange_cookies(&ends), "cookies") &&
        ok(finish(&ends, false), "handshake")) {
        ok_number(ends.signatures, 2, "signatures");
        check_records(&ends);
    }
    free_ends(&ends);
}

/* Without input the flight comes again, as often as it is asked for, also when a part of the answer
 * has come; with a part of the answer nothing comes. */
START_TEST(seam_datagram_repeat)
{
    static struct ends ends;
    struct datagram datagram;

    if (open_ends(&ends) && ok(exchange_cookies(&ends), "cookies")) {
        size_t pieces = ends.count[TLS_CLIENT];

        ok(pieces > 2, "%zu datagrams", pieces);
        for (unsigned i = 0; i < 3; i++) {
            ends.count[TLS_CLIENT] = 0;
            ok(step(&ends, TLS_SERVER, span_of(NULL, 0)), "no input");
            ok_number(ends.count[TLS_CLIENT], pieces, "datagrams");
        }
        ok(take(&ends, TLS_CLIENT, &datagram) &&
               step(&ends, TLS_CLIENT, span_of(datagram.data, datagram.size)),
           "a piece");
        ok_number(ends.count[TLS_SERVER], 0, "answers to a piece");
        ok(step(&ends, TLS_CLIENT, span_of(NULL, 0)), "no input");
        ok_number(ends.count[TLS_SERVER], 1, "hellos again");
        ok(finish(&ends, false), "handshake");
    }
    free_ends(&ends);
}

/* ---- memory ---- */

static bool whole_handshake(void *argument)
{
    struct ends *ends = argument;
    bool good = exchange_cookies(ends) && finish(ends, true);

    close_ends(ends);
    return good;
}

START_TEST(seam_datagram_memory)
{
    static struct ends ends;

    if (open_ends(&ends))
        ok(each_allocation_fails(whole_handshake, &ends) >= 2, "too few allocations");
    free_ends(&ends);
}
