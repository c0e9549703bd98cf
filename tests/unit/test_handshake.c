/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/handshake*: what a call takes of its input and tells of it, calls that are repeated,
 * output that does not fit, failures, control tokens, calls on a connected context; over a TLS
 * library that does what the test says.
 */
#include "schannel/handshake.h"

#include <string.h>

#include "allocation.h"
#include "fake_rooms.h"
#include "fake_tls.h"
#include "harness.h"
#include "schannel/alerts.h"
#include "sspi/buffers.h"

static void check_extra(const struct call *call, size_t want)
{
    if (!want) {
        ok_number(call->in[1].BufferType, SECBUFFER_EMPTY, "nothing is left");
        return;
    }
    ok_number(call->in[1].BufferType, SECBUFFER_EXTRA, "something is left");
    ok_number(call->in[1].cbBuffer, want, "what is left");
    ok(call->in[1].pvBuffer == call->bytes + call->size - want, "it is the tail");
}

START_TEST(handshake_progress)
{
    static const struct {
        const char *name, *records; /* of ten bytes each */
        size_t tail;                /* and so many bytes of one more */
        SECURITY_STATUS want;
        size_t extra, missing, token;
    } cases[] = {
        {"nothing", "", 0, SEC_E_INCOMPLETE_MESSAGE, 0, 5, 0},
        {"a byte", "", 1, SEC_E_INCOMPLETE_MESSAGE, 0, 4, 0},
        {"a header", "", 5, SEC_E_INCOMPLETE_MESSAGE, 0, 5, 0},
        {"all but a byte", "", 9, SEC_E_INCOMPLETE_MESSAGE, 0, 1, 0},
        {"a record", "m", 0, SEC_I_CONTINUE_NEEDED, 0, 0, 0},
        {"and a part", "m", 7, SEC_I_CONTINUE_NEEDED, 7, 0, 0},
        {"three", "mmm", 0, SEC_I_CONTINUE_NEEDED, 0, 0, 0},
        {"output", "mo", 0, SEC_I_CONTINUE_NEEDED, 0, 0, FAKE_OUTPUT_SIZE},
        {"output, more behind", "mom", 3, SEC_I_CONTINUE_NEEDED, 13, 0, FAKE_OUTPUT_SIZE},
        {"done", "mmd", 0, SEC_E_OK, 0, 0, 0},
        {"done with output", "D", 0, SEC_E_OK, 0, 0, FAKE_OUTPUT_SIZE},
        {"done, more behind", "mdmm", 4, SEC_E_OK, 24, 0, 0},
        {"signed", "smo", 0, SEC_I_CONTINUE_NEEDED, 0, 0, FAKE_OUTPUT_SIZE},
        {"closed", "mq", 0, SEC_I_CONTEXT_EXPIRED, 0, 0, 0},
        {"refused by the peer", "ma", 0, SEC_E_ILLEGAL_MESSAGE, 0, 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        context = start_client(&call);
        for (const char *record = cases[i].records; *record; record++)
            call_add(&call, *record, 10);
        if (cases[i].tail) {
            call_add(&call, 'x', 10);
            call.size -= 10 - cases[i].tail;
        }
        ok_status(call_make(&call), cases[i].want, "status");
        if (cases[i].want == SEC_E_INCOMPLETE_MESSAGE) {
            ok_number(call.in[1].BufferType, SECBUFFER_MISSING, "MISSING");
            ok_number(call.in[1].cbBuffer, cases[i].missing, "how much");
        } else {
            check_extra(&call, cases[i].extra);
        }
        ok_number(call.token_size, cases[i].token, "token");
        ok_status(call.attributes, 0x811c, "attributes");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(handshake_not_tls)
{
    static const struct {
        const char *bytes;
        size_t size;
        SECURITY_STATUS want;
        bool alert;
    } cases[] = {
        {"H", 1, SEC_E_INVALID_TOKEN, false},
        {"HTTP/1.1 400 Bad Request\r\n\r\n", 28, SEC_E_INVALID_TOKEN, false},
        {"\x16\x02", 2, SEC_E_INVALID_TOKEN, false},
        {"\x16\x03\x03\xff\xff", 5, SEC_E_ILLEGAL_MESSAGE, true},
        {"\x80\x2e\x01", 3, SEC_E_INVALID_TOKEN, false}, /* only a server knows that hello */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        void *context;

        fake_rooms_reset();
        context = start_client(&call);
        memcpy(call.bytes, cases[i].bytes, cases[i].size);
        call.size = cases[i].size;
        call.request |= ISC_REQ_EXTENDED_ERROR;
        ok_status(call_make(&call), cases[i].want, "case %zu", i);
        ok((call.token_size != 0) == cases[i].alert, "case %zu: token of %zu bytes", i,
           call.token_size);
        ok(call.alert_size == call.token_size, "case %zu: alert of %zu bytes", i, call.alert_size);
        call.size = 0;
        ok_status(call_make(&call), cases[i].want, "case %zu: and again", i);
        ok(!call.token_size, "case %zu: the alert came once", i);
        schan_delete_context(context);
    }
}

/* SEC_I_INCOMPLETE_CREDENTIALS, and the call after it in the five shapes that programs have. */
START_TEST(handshake_credentials)
{
    static const struct {
        const char *name;
        bool again, supplied, other;
    } shapes[] = {
        {"same bytes, flag set", true, true, false},
        {"same bytes", true, false, false},
        {"no bytes", false, false, false},
        {"no bytes, other credential", false, false, true},
        {"same bytes, other credential", true, false, true},
    };
    static const struct {
        const char *records;
        size_t tail, extra; /* after the second call, when the bytes come again */
        SECURITY_STATUS want;
    } flights[] = {
        {"mcmo", 0, 0, SEC_I_CONTINUE_NEEDED},
        {"co", 0, 0, SEC_I_CONTINUE_NEEDED},
        {"mcD", 0, 0, SEC_E_OK},
        {"mco", 6, 6, SEC_I_CONTINUE_NEEDED},
        {"mcm", 6, 6, SEC_I_CONTINUE_NEEDED},
    };

    for (size_t i = 0; i < COUNT_OF(shapes) * COUNT_OF(flights); i++) {
        size_t shape = i / COUNT_OF(flights), flight = i % COUNT_OF(flights), whole;
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s, %s+%zu", shapes[shape].name, flights[flight].records,
                     flights[flight].tail);
        context = start_client(&call);
        for (const char *record = flights[flight].records; *record; record++)
            call_add(&call, *record, 10);
        whole = call.size;
        if (flights[flight].tail) {
            call_add(&call, 'x', 10);
            call.size -= 10 - flights[flight].tail;
        }
        ok_status(call_make(&call), SEC_I_INCOMPLETE_CREDENTIALS, "asked");
        ok(!call.token_size, "no token");
        check_extra(&call, flights[flight].tail);
        ok_number(fake.supplied, 0, "nothing is supplied yet");

        if (!shapes[shape].again)
            call.size = 0;
        if (shapes[shape].supplied)
            call.request |= ISC_REQ_USE_SUPPLIED_CREDS;
        if (shapes[shape].other)
            call.credential = &rooms.client_with_certificate;
        ok_status(call_make(&call), flights[flight].want, "goes on");
        check_extra(&call, shapes[shape].again ? flights[flight].extra : 0);
        ok_number(fake.supplied, 1, "supplied once");
        ok(fake.credential == (shapes[shape].other ? rooms.client_with_certificate.tls : NULL),
           "the right one");
        ok_number(fake.fed, whole, "every record is read once");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(handshake_credentials_without_asking)
{
    static const struct {
        const char *name;
        bool with, supplied, default_allowed, in_store;
        SECURITY_STATUS want;
        bool certificate;
    } cases[] = {
        {"certificate given", true, false, false, false, SEC_I_CONTINUE_NEEDED, true},
        {"certificate given, flag", true, true, false, false, SEC_I_CONTINUE_NEEDED, true},
        {"flag alone", false, true, false, false, SEC_I_CONTINUE_NEEDED, false},
        {"flag, default allowed", false, true, true, true, SEC_I_CONTINUE_NEEDED, false},
        {"default found", false, false, true, true, SEC_I_CONTINUE_NEEDED, true},
        {"default not found", false, false, true, false, SEC_I_INCOMPLETE_CREDENTIALS, false},
        {"default forbidden", false, false, false, true, SEC_I_INCOMPLETE_CREDENTIALS, false},
    };
    static char certificate;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        if (cases[i].default_allowed)
            rooms.client.flags &= ~(ULONG)SCH_CRED_NO_DEFAULT_CREDS;
        if (cases[i].in_store)
            rooms.default_certificate = (struct platform_certificate *)(void *)&certificate;
        context = start_client(&call);
        if (cases[i].with)
            call.credential = &rooms.client_with_certificate;
        if (cases[i].supplied)
            call.request |= ISC_REQ_USE_SUPPLIED_CREDS;
        call_add(&call, FAKE_CREDENTIAL, 10);
        call_add(&call, FAKE_OUTPUT, 10);
        ok_status(call_make(&call), cases[i].want, "status");
        ok((fake.credential != NULL) == cases[i].certificate, "a certificate goes out");
        if (cases[i].default_allowed && !cases[i].supplied)
            ok_number(rooms.authorities, 2, "issuers asked for");
        schan_delete_context(context);
        ok_number(atomic_load(&rooms.client.references), 1000, "references");
        ok_number(atomic_load(&rooms.client_with_certificate.references), 1000, "references");
        pop_context();
    }
}

START_TEST(handshake_verdict)
{
    static const struct {
        const char *name;
        uint32_t trust;
        ULONG flags;
        SECURITY_STATUS want;
        unsigned verdicts;
        uint8_t alert;
    } cases[] = {
        {"good", 0, 0, SEC_E_OK, 1, 0},
        {"untrusted", CERT_TRUST_IS_UNTRUSTED_ROOT, 0, SEC_E_UNTRUSTED_ROOT, 1, 48},
        {"expired", CERT_TRUST_IS_NOT_TIME_VALID, 0, SEC_E_CERT_EXPIRED, 1, 45},
        {"deferred", CERT_TRUST_IS_NOT_TIME_VALID, SCH_CRED_DEFERRED_CRED_VALIDATION, SEC_E_OK, 1,
         0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        rooms.client.flags = cases[i].flags;
        rooms.trust = cases[i].trust;
        context = start_client(&call);
        ok(fake.flags & TLS_FLAG_ASK_VERDICT, "a verdict is wanted");
        call.request |= ISC_REQ_EXTENDED_ERROR;
        call_add(&call, FAKE_VERDICT, 10);
        call_add(&call, FAKE_DONE, 10);
        ok_status(call_make(&call), cases[i].want, "status");
        ok_number(fake.verdicts, cases[i].verdicts, "verdicts");
        ok_number(call.token_size, cases[i].alert ? FAKE_OUTPUT_SIZE : 0, "alert's size");
        if (cases[i].alert)
            ok_number(call.token[5], cases[i].alert, "alert");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(handshake_signature_fails)
{
    static const struct {
        SECURITY_STATUS status, want;
    } cases[] = {
        {SEC_E_NO_CREDENTIALS, SEC_E_NO_CREDENTIALS},
        {SEC_E_ALGORITHM_MISMATCH, SEC_E_ALGORITHM_MISMATCH},
        {SEC_E_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR},
        {SEC_E_UNKNOWN_CREDENTIALS, SEC_E_INTERNAL_ERROR},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        void *context;

        fake_rooms_reset();
        rooms.sign_status = cases[i].status;
        context = start_client(&call);
        call_add(&call, FAKE_SIGN, 10);
        ok_status(call_make(&call), cases[i].want, "the provider's refusal %08lx",
                  (unsigned long)cases[i].status & 0xffffffff);
        ok_number(rooms.signatures, 1, "asked once");
        schan_delete_context(context);
    }
}

START_TEST(handshake_output_memory)
{
    static const struct {
        const char *name;
        bool own, empty_type, none;
        size_t room;
        SECURITY_STATUS want;
    } cases[] = {
        {"allocated", false, false, false, 0, SEC_I_CONTINUE_NEEDED},
        {"allocated, EMPTY", false, true, false, 0, SEC_I_CONTINUE_NEEDED},
        {"room enough", true, false, false, CALL_ROOM, SEC_I_CONTINUE_NEEDED},
        {"just enough", true, true, false, FAKE_OUTPUT_SIZE, SEC_I_CONTINUE_NEEDED},
        {"one byte short", true, false, false, FAKE_OUTPUT_SIZE - 1, SEC_E_BUFFER_TOO_SMALL},
        {"one byte", true, false, false, 1, SEC_E_BUFFER_TOO_SMALL},
        {"no byte", true, false, false, 0, SEC_E_INSUFFICIENT_MEMORY},
        {"no buffer", false, false, true, 0, SEC_E_INVALID_TOKEN},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call = {.credential = &rooms.client,
                            .own_memory = cases[i].own,
                            .room = cases[i].room,
                            .empty_output = cases[i].empty_type,
                            .no_output = cases[i].none,
                            .no_input = true};

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        ok_status(call_make(&call), cases[i].want, "status");
        if (cases[i].want == SEC_I_CONTINUE_NEEDED) {
            ok_number(call.out[0].BufferType, SECBUFFER_TOKEN, "type");
            ok_number(call.token_size, FAKE_OUTPUT_SIZE, "size");
            ok_number(call.out[1].cbBuffer, 0, "alert buffer is emptied");
            schan_delete_context(call.context);
        } else {
            ok(!call.context, "no context is left");
            if (!cases[i].none)
                ok_number(call.out[0].cbBuffer, FAKE_OUTPUT_SIZE, "size that is needed");
        }
        pop_context();
    }
}

/* An answer that does not fit comes again with the same input, and the input is read once. */
START_TEST(handshake_output_again)
{
    static const struct {
        const char *records;
        SECURITY_STATUS want;
        size_t extra;
    } cases[] = {
        {"mo", SEC_I_CONTINUE_NEEDED, 0},
        {"omm", SEC_I_CONTINUE_NEEDED, 20},
        {"D", SEC_E_OK, 0},
        {"Dmm", SEC_E_OK, 20},
    };

    for (size_t i = 0; i < COUNT_OF(cases) * 2; i++) {
        bool again = i % 2;
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s, input %s", cases[i / 2].records, again ? "again" : "not again");
        context = start_client(&call);
        for (const char *record = cases[i / 2].records; *record; record++)
            call_add(&call, *record, 10);
        call.own_memory = true;
        call.request = 0;
        for (size_t room = 0; room < FAKE_OUTPUT_SIZE; room += 31) {
            call.room = room;
            ok_status(call_make(&call), room ? SEC_E_BUFFER_TOO_SMALL : SEC_E_INSUFFICIENT_MEMORY,
                      "room %zu", room);
            ok_number(call.out[0].cbBuffer, FAKE_OUTPUT_SIZE, "size that is needed");
            check_extra(&call, 0);
        }
        if (!again)
            call.size = 0;
        call.room = FAKE_OUTPUT_SIZE;
        ok_status(call_make(&call), cases[i / 2].want, "status");
        ok_number(call.token_size, FAKE_OUTPUT_SIZE, "token");
        check_extra(&call, again ? cases[i / 2].extra : 0);
        ok_number(fake.fed, strlen(cases[i / 2].records) * 10 - cases[i / 2].extra, "read once");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(handshake_failure_output)
{
    static const struct {
        const char *name;
        bool extended, own;
        size_t room, token, alert;
    } cases[] = {
        {"extended", true, false, 0, FAKE_OUTPUT_SIZE, FAKE_OUTPUT_SIZE},
        {"not extended", false, false, 0, 0, FAKE_OUTPUT_SIZE},
        {"extended, own memory", true, true, CALL_ROOM, FAKE_OUTPUT_SIZE, FAKE_OUTPUT_SIZE},
        {"extended, no room", true, true, 4, 0, FAKE_OUTPUT_SIZE},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        context = start_client(&call);
        call.request = cases[i].extended ? ISC_REQ_EXTENDED_ERROR : 0;
        call.own_memory = cases[i].own;
        call.room = cases[i].room;
        call_add(&call, FAKE_FAIL, 10);
        ok_status(call_make(&call), SEC_E_ILLEGAL_MESSAGE, "status");
        ok_number(call.token_size, cases[i].token, "token");
        ok_number(call.out[0].cbBuffer, cases[i].token, "token's cbBuffer");
        ok_number(call.alert_size, cases[i].alert, "alert");
        ok(((call.attributes & ISC_RET_EXTENDED_ERROR) != 0) == cases[i].extended, "attributes");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(handshake_later_input)
{
    struct call call;
    void *context;
    SecBuffer in[2] = {{0, SECBUFFER_TOKEN, NULL}, {5, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
    struct ssp_step step = {.credential = &rooms.client, .lanes = fake_lanes, .input = &input};

    fake_rooms_reset();
    context = start_client(&call);
    step.context = context;
    ok_status(schan_initialize(&step), SEC_E_INVALID_TOKEN, "EMPTY of five bytes");
    call_add(&call, FAKE_DONE, 10);
    call.no_slot = true;
    call.credential = NULL;
    ok_status(call_make(&call), SEC_E_OK, "no harm was done; no credential, no EMPTY");
    schan_delete_context(context);
}

static SECURITY_STATUS control(void *context, void *token, size_t size)
{
    SecBuffer buffer = {(ULONG)size, SECBUFFER_TOKEN, token};
    SecBufferDesc list = {SECBUFFER_VERSION, 1, &buffer};

    return schan_control(context, &list);
}

START_TEST(handshake_control)
{
    DWORD shutdown = SCHANNEL_SHUTDOWN, renegotiate = SCHANNEL_RENEGOTIATE, unknown = 17;
    SCHANNEL_ALERT_TOKEN alert = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, 42};
    SCHANNEL_SESSION_TOKEN session = {SCHANNEL_SESSION, SSL_SESSION_DISABLE_RECONNECTS};
    struct call call;
    void *context;

    fake_rooms_reset();
    context = connect_client(&call, 0x0303);
    ok_status(control(context, &renegotiate, 4), SEC_E_UNSUPPORTED_FUNCTION, "renegotiate");
    ok_status(control(context, &unknown, 4), SEC_E_INVALID_TOKEN, "unknown");
    ok_status(control(context, &shutdown, 3), SEC_E_INVALID_TOKEN, "three bytes");
    ok_status(control(context, &alert, 8), SEC_E_INVALID_TOKEN, "short alert");
    ok_status(control(context, &session, 4), SEC_E_INVALID_TOKEN, "short session");
    ok_status(control(context, &session, sizeof(session)), SEC_E_OK, "session");
    session.dwFlags = 3;
    ok_status(control(context, &session, sizeof(session)), SEC_E_INVALID_TOKEN, "both flags");
    ok_status(control(context, &shutdown, 4), SEC_E_OK, "shutdown");
    call.no_input = true;
    ok_status(call_make(&call), SEC_E_OK, "close_notify");
    ok_number(call.token_size, FAKE_OUTPUT_SIZE, "token");
    ok_number(call.token[5], 0, "it is close_notify");
    ok_status(control(context, &shutdown, 4), SEC_E_OK, "once more");
    ok_status(call_make(&call), SEC_E_OK, "nothing more");
    ok_number(call.token_size, 0, "no token");
    ok_status(call_make(&call), SEC_I_CONTEXT_EXPIRED, "closed");
    schan_delete_context(context);

    fake_rooms_reset();
    context = connect_client(&call, 0x0304);
    alert.dwAlertNumber = 256;
    ok_status(control(context, &alert, sizeof(alert)), SEC_E_INVALID_TOKEN, "no alert's number");
    alert.dwAlertNumber = 42;
    ok_status(control(context, &alert, sizeof(alert)), SEC_E_OK, "alert");
    ok_status(call_make(&call), SEC_E_OK, "alert is emitted");
    ok_number(call.token[5], 42, "bad_certificate");
    ok_status(call_make(&call), SEC_E_CONTEXT_EXPIRED, "dead");
    schan_delete_context(context);

    fake_rooms_reset();
    context = start_client(&call);
    ok_status(control(context, &shutdown, 4), SEC_E_OK, "in mid-handshake");
    ok_status(call_make(&call), SEC_E_OK, "close_notify");
    ok_number(call.token_size, FAKE_OUTPUT_SIZE, "token");
    schan_delete_context(context);
}

START_TEST(handshake_server_first)
{
    SecBuffer in[2], out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in}, output = {SECBUFFER_VERSION, 1, &out};
    static const struct {
        const char *name, *bytes;
        size_t size;
        SECURITY_STATUS want;
        size_t missing;
        bool context;
    } cases[] = {
        {"nothing", "", 0, SEC_E_INCOMPLETE_MESSAGE, 5, false},
        {"four bytes", "\x16\x03\x01\x00", 4, SEC_E_INCOMPLETE_MESSAGE, 1, false},
        {"part", "\x16\x03\x01\x00\x04o", 6, SEC_E_INCOMPLETE_MESSAGE, 3, false},
        {"HTTP", "GET / HTTP/1.1\r\n", 16, SEC_E_INVALID_TOKEN, 0, false},
        {"hello", "\x16\x03\x01\x00\x01o", 6, SEC_I_CONTINUE_NEEDED, 0, true},
        {"part of a hello", "\x16\x03\x01\x00\x01m", 6, SEC_I_CONTINUE_NEEDED, 0, true},
        {"bad hello",
         "\x16\x03\x01\x00\x01"
         "f",
         6, SEC_E_ILLEGAL_MESSAGE, 0, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ssp_step step = {.credential = &rooms.server,
                                .lanes = fake_lanes,
                                .request = ASC_REQ_ALLOCATE_MEMORY,
                                .input = &input,
                                .output = &output};

        fake_rooms_reset();
        in[0] = (SecBuffer){(ULONG)cases[i].size, SECBUFFER_TOKEN, (void *)cases[i].bytes};
        in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        ok_status(schan_accept(&step), cases[i].want, "%s", cases[i].name);
        ok((step.new_context != NULL) == cases[i].context, "%s: context", cases[i].name);
        if (cases[i].missing)
            ok_number(in[1].cbBuffer, cases[i].missing, "%s: missing", cases[i].name);
        ok_number(fake.sessions, cases[i].want == SEC_E_ILLEGAL_MESSAGE || cases[i].context,
                  "%s: sessions made", cases[i].name);
        buffers_free(out.pvBuffer);
        schan_delete_context(step.new_context);
        ok_number(atomic_load(&rooms.server.references), 1000, "%s: references", cases[i].name);
    }
    rooms.server.tls = NULL;
    ok_status(schan_accept(&(struct ssp_step){.credential = &rooms.server, .input = &input}),
              SEC_E_NO_CREDENTIALS, "server without certificate");
    ok_status(schan_accept(&(struct ssp_step){.credential = &rooms.client, .input = &input}),
              SEC_E_NO_CREDENTIALS, "client's credential");
}

/* Name, ALPN, question for a certificate and its repetition, verdict, an answer that does not fit.
 */
static bool whole_handshake(void *argument)
{
    static char certificate;
    struct call call = {.credential = &rooms.client, .target = u"host.test", .no_input = true};
    bool done;

    (void)argument;
    fake_rooms_reset();
    rooms.client.flags = 0;
    rooms.client_with_certificate.lifespan_ms = rooms.client.lifespan_ms =
        UINT32_MAX; /* a session that cannot be cached is no failure */
    rooms.default_certificate = (struct platform_certificate *)(void *)&certificate;
    if (call_make(&call) != SEC_I_CONTINUE_NEEDED)
        return false;
    call.no_input = false;
    call_add(&call, FAKE_CREDENTIAL, 10);
    call_add(&call, FAKE_VERDICT, 10);
    call_add(&call, FAKE_DONE_OUTPUT, 10);
    call.own_memory = true;
    call.request = 0;
    call.room = 1;
    done = call_make(&call) == SEC_E_BUFFER_TOO_SMALL;
    call.room = CALL_ROOM;
    done = done && call_make(&call) == SEC_E_OK;
    schan_delete_context(call.context);
    ok_number(atomic_load(&rooms.client.references), 1000, "references");
    ok_number(atomic_load(&rooms.client_with_certificate.references), 1000, "references");
    return done;
}

static bool asked_handshake(void *argument)
{
    struct call call = {.credential = &rooms.client, .no_input = true};
    bool done;

    (void)argument;
    fake_rooms_reset();
    if (call_make(&call) != SEC_I_CONTINUE_NEEDED)
        return false;
    call.no_input = false;
    call_add(&call, FAKE_CREDENTIAL, 10);
    call_add(&call, FAKE_DONE, 10);
    done = call_make(&call) == SEC_I_INCOMPLETE_CREDENTIALS && call_make(&call) == SEC_E_OK;
    schan_delete_context(call.context);
    return done;
}

START_TEST(handshake_without_memory)
{
    ok(each_allocation_fails(whole_handshake, NULL) > 5, "few allocations");
    ok(each_allocation_fails(asked_handshake, NULL) > 3, "few allocations");
}
