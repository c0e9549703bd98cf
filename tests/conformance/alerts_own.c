/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a handshake function gives when it refuses: the alert, in which buffers, and the attributes.
 * What it finds itself has the status of the alert that it sends, on both sides.
 *
 * Sources: Microsoft Learn, ISC_REQ_EXTENDED_ERROR and SECBUFFER_ALERT of the handshake functions;
 * MariaDB, Poco, mORMot and Microsoft's web client send the TOKEN of a failed call when the
 * returned attributes say EXTENDED_ERROR, .NET and the DTLS sample look at ALERT; RFC 8446 6.2.
 */
#include "common.h"

#include <string.h>

struct refusal {
    SecBuffer token, alert;
    ULONG attributes;
    SECURITY_STATUS status;
};

/* One call with all that is held. */
static void give(struct loop *loop, enum loop_role role, bool extended, bool with_alert,
                 struct refusal *refusal)
{
    struct loop_side *side = &loop->side[role];
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, side->held.data, side->held.size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer out[2] = {buffer_make(SECBUFFER_TOKEN, NULL, 0),
                        buffer_make(SECBUFFER_ALERT, NULL, 0)};
    SecBufferDesc input = list_make(in, 2), output = list_make(out, with_alert ? 2 : 1);
    CtxtHandle context = side->context;
    CtxtHandle *given = side->has_context ? &side->context : NULL;
    ULONG request = side->request;

    refusal->attributes = 0xffffffff; /* MariaDB leaves it uninitialised */
    if (role == LOOP_SERVER) {
        request =
            extended ? request | ASC_REQ_EXTENDED_ERROR : request & ~(ULONG)ASC_REQ_EXTENDED_ERROR;
        refusal->status = AcceptSecurityContext(side->credential, given, &input, request, 0,
                                                &context, &output, &refusal->attributes, NULL);
    } else {
        request =
            extended ? request | ISC_REQ_EXTENDED_ERROR : request & ~(ULONG)ISC_REQ_EXTENDED_ERROR;
        refusal->status =
            InitializeSecurityContextW(side->credential, given, NULL, request, 0, 0, &input, 0,
                                       &context, &output, &refusal->attributes, NULL);
    }
    refusal->token = out[0];
    refusal->alert = out[1];
}

/* A whole alert record in clear text. */
static void check_alert(const SecBuffer *buffer, bool there, uint8_t number, const char *what)
{
    const uint8_t *data = buffer->pvBuffer;

    if (!there) {
        ok_number(buffer->cbBuffer, 0, "%s: size", what);
        ok(!data, "%s: memory", what);
    } else if (ok(data && buffer->cbBuffer == 7, "%s: %lu bytes", what,
                  (unsigned long)buffer->cbBuffer)) {
        ok(data[0] == WIRE_ALERT && data[1] == 3 && data[5] == 2, "%s: no fatal alert", what);
        ok_number(data[6], number, "%s: number", what);
    }
}

struct cause {
    const char *name;
    enum loop_role role;              /* who refuses */
    enum test_version client, server; /* versions */
    const char *record;               /* NULL: what the peer says */
    size_t size;
    uint8_t alert;
    SECURITY_STATUS status, peer;
};

/* A ServerHello of this version, with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 and no session id. */
#define HELLO_OF(version)                                                                          \
    "\x16\x03\x03\x00\x2a\x02\x00\x00\x26" version                                                 \
    "abcdefghijklmnopqrstuvwxyz012345\x00\xc0\x2f\x00"

/* clang-format off */
static const struct cause causes[] = {
    {"an old client",               LOOP_SERVER, VERSION_TLS12, VERSION_TLS13, NULL, 0,
     70, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION},
    {"a new client",                LOOP_SERVER, VERSION_TLS13, VERSION_TLS12, NULL, 0,
     70, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION},
    {"a message without end",       LOOP_SERVER, VERSION_TLS12, VERSION_TLS12,
     "\x16\x03\x03\x00\x04\x01\xff\xff\xff", 9,
     47, SEC_E_ILLEGAL_MESSAGE, SEC_E_ILLEGAL_MESSAGE},
    {"a message without end",       LOOP_CLIENT, VERSION_TLS12, VERSION_TLS12,
     "\x16\x03\x03\x00\x04\x02\xff\xff\xff", 9,
     47, SEC_E_ILLEGAL_MESSAGE, SEC_E_ILLEGAL_MESSAGE},
    {"a message at the wrong time", LOOP_CLIENT, VERSION_TLS12, VERSION_TLS12,
     "\x16\x03\x03\x00\x04\x0e\x00\x00\x00", 9,
     10, SEC_E_ILLEGAL_MESSAGE, SEC_E_ILLEGAL_MESSAGE},
    {"a message at the wrong time", LOOP_CLIENT, VERSION_TLS13, VERSION_TLS13,
     "\x16\x03\x03\x00\x04\x0e\x00\x00\x00", 9,
     10, SEC_E_ILLEGAL_MESSAGE, SEC_E_ILLEGAL_MESSAGE},
    {"a record over the limit",     LOOP_CLIENT, VERSION_TLS12, VERSION_TLS12,
     "\x16\x03\x03\xff\xff\x02\x00", 7,
     22, SEC_E_ILLEGAL_MESSAGE, SEC_E_ILLEGAL_MESSAGE},
    /* Rust's schannel tests a client of SSL 3 alone. */
    {"TLS 1.0, which is not offered", LOOP_CLIENT, VERSION_TLS12, VERSION_TLS12,
     HELLO_OF("\x03\x01"), 47, 70, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION},
    {"SSL 3.0, which is not offered", LOOP_CLIENT, VERSION_TLS12, VERSION_TLS12,
     HELLO_OF("\x03\x00"), 47, 70, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION},
    {"TLS 1.1, which is not offered", LOOP_CLIENT, VERSION_TLS13, VERSION_TLS13,
     HELLO_OF("\x03\x02"), 47, 70, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION},
};
/* clang-format on */

static void check_cause(const struct cause *cause, struct loop *loop, bool extended,
                        bool with_alert)
{
    enum loop_role other = (enum loop_role)(1 - (int)cause->role);
    ULONG echo = cause->role == LOOP_SERVER ? ASC_RET_EXTENDED_ERROR : ISC_RET_EXTENDED_ERROR;
    struct refusal refusal;

    loop_step(loop, LOOP_CLIENT);
    if (cause->record)
        loop_deliver(loop, cause->role, cause->record, cause->size);
    loop_read(loop, cause->role);
    if (cause->record && loop->side[cause->role].held.size > cause->size)
        bytes_drop(&loop->side[cause->role].held, loop->side[cause->role].held.size - cause->size);
    give(loop, cause->role, extended, with_alert, &refusal);
    ok_status(refusal.status, cause->status, "status");
    ok_status(refusal.attributes & echo, extended ? echo : 0, "EXTENDED_ERROR");
    check_alert(&refusal.token, extended, cause->alert, "TOKEN");
    if (with_alert)
        check_alert(&refusal.alert, true, cause->alert, "ALERT");
    /* The peer learns the same. */
    if (cause->role == LOOP_SERVER && refusal.token.pvBuffer) {
        loop_deliver(loop, other, refusal.token.pvBuffer, refusal.token.cbBuffer);
        loop_read(loop, other);
        ok_status(loop_step(loop, other), cause->peer, "the peer's status");
    }
    FreeContextBuffer(refusal.token.pvBuffer);
    if (with_alert)
        FreeContextBuffer(refusal.alert.pvBuffer);
}

START_TEST(alerts_own)
{
    for (size_t i = 0; i < 4 * COUNT_OF(causes); i++) {
        const struct cause *cause = &causes[i / 4];
        bool extended = i & 1, with_alert = i & 2;
        struct pair from, to;
        struct loop loop;

        push_context("%s, %s%s", cause->name, extended ? "EXTENDED_ERROR" : "no flag",
                     with_alert ? ", ALERT" : "");
        if (pair_make(&from, cause->client, "rsa")) {
            if (pair_make(&to, cause->server, "rsa")) {
                loop_init(&loop, &from.client, &to.server);
                loop.side[LOOP_CLIENT].unchecked = true;
                check_cause(cause, &loop, extended, with_alert);
                loop_done(&loop);
                pair_done(&to);
            }
            pair_done(&from);
        }
        pop_context();
    }
}
