/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/record_*: EncryptMessage and DecryptMessage in each of their shapes, what DecryptMessage
 * makes of records that hold no data, and the calls of the handshake functions that follow; over a
 * TLS library that does what the test says.
 */
#include "schannel/context.h"

#include <string.h>

#include "fake_rooms.h"
#include "fake_tls.h"
#include "harness.h"
#include "schannel/alerts.h"
#include "schannel/record.h"

/* A DecryptMessage of what stands in call->bytes. */
struct opening {
    SecBuffer slot[5];
    size_t count;
};

static SECURITY_STATUS open_message(struct call *call, struct opening *opening)
{
    SecBufferDesc list = {SECBUFFER_VERSION, 0, opening->slot};
    ULONG qop = 77;
    SECURITY_STATUS status;

    if (!opening->count) {
        *opening = (struct opening){.count = 4};
        opening->slot[0] = (SecBuffer){(ULONG)call->size, SECBUFFER_DATA, call->bytes};
    }
    list.cBuffers = (ULONG)opening->count;
    status = schan_unseal(call->context, &list, 0, &qop);
    return status;
}

static void check_slots(const struct call *call, const struct opening *opening, size_t data,
                        size_t extra)
{
    const SecBuffer *slot = opening->slot;
    const uint8_t *start = slot[1].pvBuffer;

    ok_number(slot[0].BufferType, SECBUFFER_STREAM_HEADER, "first slot");
    ok_number(slot[1].BufferType, SECBUFFER_DATA, "second slot");
    ok_number(slot[2].BufferType, SECBUFFER_STREAM_TRAILER, "third slot");
    ok_number(slot[1].cbBuffer, data, "data");
    ok(start >= call->bytes && start + data <= call->bytes + call->size, "data lie in the buffer");
    ok(slot[0].pvBuffer == call->bytes, "the header starts the buffer");
    if (!extra) {
        ok_number(slot[3].BufferType, SECBUFFER_EMPTY, "fourth slot");
        ok_number(slot[3].cbBuffer, 0, "fourth slot is empty");
        return;
    }
    ok_number(slot[3].BufferType, SECBUFFER_EXTRA, "fourth slot");
    ok_number(slot[3].cbBuffer, extra, "extra");
    ok(slot[3].pvBuffer == call->bytes + call->size - extra, "it is the tail");
}

START_TEST(message_open)
{
    static const struct {
        const char *name;
        size_t data, more; /* of the first record, and bytes behind it */
    } cases[] = {
        {"a byte", 1, 0},
        {"nothing", 0, 0},
        {"nothing, more behind", 0, 7},
        {"some, more behind", 100, 300},
    };
    uint8_t text[128];

    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct opening opening = {.count = 0};
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        context = connect_client(&call, 0x0304);
        call_add_data(&call, TLS_TYPE_DATA, text, cases[i].data);
        if (cases[i].more)
            call_add(&call, 'x', cases[i].more);
        ok_status(open_message(&call, &opening), SEC_E_OK, "status");
        check_slots(&call, &opening, cases[i].data, cases[i].more);
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(message_open_incomplete)
{
    struct call call;
    uint8_t before[CALL_ROOM];
    size_t whole;
    void *context;

    fake_rooms_reset();
    context = connect_client(&call, 0x0303);
    call_add_data(&call, TLS_TYPE_DATA, "some text", 9);
    whole = call.size;
    for (call.size = 0; call.size < whole; call.size++) {
        struct opening opening = {.count = 0};
        size_t want = call.size < 5 ? 5 - call.size : whole - call.size;

        memcpy(before, call.bytes, whole);
        ok_status(open_message(&call, &opening), SEC_E_INCOMPLETE_MESSAGE, "%zu bytes", call.size);
        for (size_t i = 0; i < 2; i++) {
            ok_number(opening.slot[i].BufferType, SECBUFFER_MISSING, "slot %zu", i);
            ok_number(opening.slot[i].cbBuffer, want, "slot %zu, %zu bytes given", i, call.size);
        }
        ok(!memcmp(before, call.bytes, whole), "%zu bytes: nothing is touched", call.size);
    }
    schan_delete_context(context);
}

START_TEST(message_open_buffers)
{
    static const struct {
        const char *name;
        size_t count;
        ULONG types[5];
        SECURITY_STATUS want;
    } cases[] = {
        {"as documented", 4, {1, 0, 0, 0}, SEC_E_OK},
        {"with an alert buffer", 5, {1, 0, 0, 0, 17}, SEC_E_OK},
        {"data not first", 4, {0, 1, 0, 0}, SEC_E_OK},
        {"data last", 4, {0, 0, 0, 1}, SEC_E_OK},
        {"three", 3, {1, 0, 0}, SEC_E_INVALID_TOKEN},
        {"none", 0, {0}, SEC_E_INVALID_TOKEN},
        {"two data", 4, {1, 1, 0, 0}, SEC_E_INVALID_TOKEN},
        {"no data", 4, {0, 0, 0, 0}, SEC_E_INVALID_TOKEN},
        {"a token", 4, {1, 2, 0, 0}, SEC_E_INVALID_TOKEN},
        {"read-only", 4, {1 | SECBUFFER_READONLY, 0, 0, 0}, SEC_E_INVALID_TOKEN},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct opening opening = {.count = 1};
        SecBufferDesc list = {SECBUFFER_VERSION, (ULONG)cases[i].count, opening.slot};
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        context = connect_client(&call, 0x0303);
        call_add_data(&call, TLS_TYPE_DATA, "text", 4);
        for (size_t k = 0; k < cases[i].count; k++) {
            opening.slot[k].BufferType = cases[i].types[k];
            if ((cases[i].types[k] & 0xf) == SECBUFFER_DATA) {
                opening.slot[k].pvBuffer = call.bytes;
                opening.slot[k].cbBuffer = (ULONG)call.size;
            }
        }
        ok_status(schan_unseal(context, &list, 0, NULL), cases[i].want, "status");
        if (cases[i].want == SEC_E_OK)
            check_slots(&call, &opening, 4, 0);
        schan_delete_context(context);
        pop_context();
    }
}

static const struct {
    const char *name;
    uint16_t version;
    uint8_t bytes[16];
    size_t size;
    SECURITY_STATUS want, then;
} failures[] = {
    {"bad tag, 1.3", 0x0304, {23, 3, 3, 0, 0}, 5, SEC_E_DECRYPT_FAILURE, SEC_E_CONTEXT_EXPIRED},
    {"bad tag, 1.2", 0x0303, {23, 3, 3, 0, 0}, 5, SEC_E_MESSAGE_ALTERED, SEC_E_CONTEXT_EXPIRED},
    {"too long, 1.3", 0x0304, {23, 3, 3, 0x41, 1}, 5, SEC_E_ILLEGAL_MESSAGE, SEC_E_CONTEXT_EXPIRED},
    {"too long, 1.2", 0x0303, {23, 3, 3, 0x48, 1}, 5, SEC_E_ILLEGAL_MESSAGE, SEC_E_CONTEXT_EXPIRED},
    {"not TLS", 0x0303, {'H'}, 1, SEC_E_ILLEGAL_MESSAGE, SEC_E_CONTEXT_EXPIRED},
    {"fatal alert",
     0x0303,
     {23, 3, 3, 0, 3, 21, 2, 48},
     8,
     SEC_E_UNTRUSTED_ROOT,
     SEC_E_CONTEXT_EXPIRED},
    {"warning, 1.3",
     0x0304,
     {23, 3, 3, 0, 3, 21, 1, 46},
     8,
     SEC_E_CERT_UNKNOWN,
     SEC_E_CONTEXT_EXPIRED},
    {"warning, 1.2", 0x0303, {23, 3, 3, 0, 3, 21, 1, 112}, 8, SEC_E_OK, SEC_E_OK},
    {"user_canceled, 1.3", 0x0304, {23, 3, 3, 0, 3, 21, 1, 90}, 8, SEC_E_OK, SEC_E_OK},
    {"close_notify",
     0x0304,
     {23, 3, 3, 0, 3, 21, 1, 0},
     8,
     SEC_I_CONTEXT_EXPIRED,
     SEC_I_CONTEXT_EXPIRED},
    {"unknown type", 0x0304, {23, 3, 3, 0, 1, 99}, 6, SEC_E_ILLEGAL_MESSAGE, SEC_E_CONTEXT_EXPIRED},
    {"bad message",
     0x0304,
     {23, 3, 3, 0, 2, 22, 'f'},
     7,
     SEC_E_ILLEGAL_MESSAGE,
     SEC_E_CONTEXT_EXPIRED},
};

START_TEST(message_open_failures)
{

    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        struct opening opening = {.count = 0}, again = {.count = 0};
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", failures[i].name);
        context = connect_client(&call, failures[i].version);
        memcpy(call.bytes, failures[i].bytes, failures[i].size);
        call.size = failures[i].size;
        ok_status(open_message(&call, &opening), failures[i].want, "status");
        if (failures[i].want >= 0)
            check_slots(&call, &opening, 0, 0);
        call.size = 0;
        call_add_data(&call, TLS_TYPE_DATA, "text", 4);
        ok_status(open_message(&call, &again), failures[i].then, "afterwards");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(message_before_and_after)
{
    struct opening opening = {.count = 0};
    uint8_t memory[64];
    SecBuffer seal[3] = {{5, SECBUFFER_STREAM_HEADER, memory},
                         {4, SECBUFFER_DATA, memory + 5},
                         {17, SECBUFFER_STREAM_TRAILER, memory + 9}};
    SecBufferDesc list = {SECBUFFER_VERSION, 3, seal};
    struct call call;
    void *context;

    fake_rooms_reset();
    context = start_client(&call);
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(open_message(&call, &opening), SEC_E_INVALID_HANDLE, "open before the end");
    ok_status(schan_seal(context, 0, &list, 0), SEC_E_INVALID_HANDLE, "seal before the end");
    schan_delete_context(context);
}

/* Tickets, key updates and requests of TLS 1.3. */
START_TEST(message_rewritten)
{
    static const struct {
        const char *name;
        char message;
        size_t token;
    } cases[] = {
        {"ticket", FAKE_TICKET, 0},
        {"part of a message", 'x', 0},
        {"update of keys", FAKE_UPDATE, FAKE_OUTPUT_SIZE},
        {"request", FAKE_ASK, FAKE_OUTPUT_SIZE},
        {"certificate to be judged", FAKE_VERDICT, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases) * 4; i++) {
        bool empty_first = i % 4 == 1, back_to_open = i % 4 == 2, skipped = i % 4 == 3;
        struct opening opening = {.count = 0}, next = {.count = 0};
        char text[20] = {cases[i / 4].message};
        size_t record, behind, token = 0;
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s, way %zu", cases[i / 4].name, i % 4);
        context = connect_client(&call, 0x0304);
        call_add_data(&call, TLS_TYPE_HANDSHAKE, text, sizeof(text));
        record = call.size;
        call_add_data(&call, TLS_TYPE_DATA, "text", 4);
        behind = call.size - record;

        ok_status(open_message(&call, &opening), SEC_I_RENEGOTIATE, "status");
        check_slots(&call, &opening, 0, call.size);
        ok_number(call.bytes[0], RECORD_HANDSHAKE, "the record is rewritten");
        ok_number((unsigned)call.bytes[3] << 8 | call.bytes[4], record - 5, "its length is kept");

        if (empty_first) {
            size_t size = call.size;

            call.size = 0;
            ok_status(call_make(&call), SEC_E_OK, "without input first");
            token += call.token_size;
            call.size = size;
        }
        if (back_to_open) {
            struct opening again = {.count = 0};

            ok_status(open_message(&call, &again), SEC_E_CONTEXT_EXPIRED, "decrypted once more");
            ok_number(again.slot[3].BufferType, SECBUFFER_EMPTY, "no EXTRA");
        }
        if (!skipped) {
            ok_status(call_make(&call), SEC_E_OK, "brought back");
            token += call.token_size;
            ok_number(call.used, record, "one record is taken");
            ok_number(token, cases[i / 4].token, "token");
        }
        memmove(call.bytes, call.bytes + record, behind);
        call.size = behind;
        ok_status(open_message(&call, &next), SEC_E_OK, "data go on");
        check_slots(&call, &next, 4, 0);
        schan_delete_context(context);
        pop_context();
    }
}

/* DecryptMessage does not ask the platform; the handshake function does, and tells the verdict. */
START_TEST(message_verdict)
{
    struct opening opening = {.count = 0};
    struct call call;
    void *context;

    fake_rooms_reset();
    context = connect_client(&call, 0x0304);
    rooms.trust = CERT_TRUST_IS_UNTRUSTED_ROOT;
    call_add_data(&call, TLS_TYPE_HANDSHAKE, "v", 1);
    ok_status(open_message(&call, &opening), SEC_I_RENEGOTIATE, "status");
    ok_number(fake.verdicts, 0, "verdicts before the handshake call");
    ok_status(call_make(&call), SEC_E_UNTRUSTED_ROOT, "verdict");
    ok_number(fake.verdicts, 1, "verdicts");
    ok_number(fake.verdict, 48, "alert");
    schan_delete_context(context);
}

START_TEST(message_rewritten_unknown)
{
    struct call call;
    void *context;

    fake_rooms_reset();
    context = connect_client(&call, 0x0304);
    call_add(&call, FAKE_TICKET, 20);
    call.request |= ISC_REQ_EXTENDED_ERROR;
    ok_status(call_make(&call), SEC_E_ILLEGAL_MESSAGE, "a record in clear that is not ours");
    ok_number(call.token[5], 10, "unexpected_message");
    schan_delete_context(context);

    fake_rooms_reset();
    context = connect_client(&call, 0x0304);
    call_add_data(&call, TLS_TYPE_HANDSHAKE, "t", 1);
    call_add_data(&call, TLS_TYPE_HANDSHAKE, "t", 1);
    ok_status(call_make(&call), SEC_E_OK, "a ticket that was not decrypted");
    ok_number(call.used, call.size / 2, "one record is taken");
    call.size = 0;
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(call_make(&call), SEC_E_ILLEGAL_MESSAGE, "data are not for this function");
    schan_delete_context(context);

    fake_rooms_reset();
    context = connect_client(&call, 0x0304);
    ok_status(call_make(&call), SEC_E_NO_RENEGOTIATION, "nothing is pending");
    schan_delete_context(context);
}

/* TLS 1.2: a new handshake that the peer asks for. */
START_TEST(message_renegotiation)
{
    for (int way = 0; way < 3; way++) {
        struct opening opening = {.count = 0}, next = {.count = 0};
        struct call call;
        void *context;
        size_t record;

        fake_rooms_reset();
        push_context("way %d", way);
        context = connect_client(&call, 0x0303);
        call_add_data(&call, TLS_TYPE_HANDSHAKE, "r", 1);
        call.bytes[0] = RECORD_HANDSHAKE;
        record = call.size;
        if (way == 2)
            call_add_data(&call, TLS_TYPE_DATA, "text", 4);
        ok_status(open_message(&call, &opening), SEC_I_RENEGOTIATE, "status");
        check_slots(&call, &opening, 0, call.size - record);

        /* No bytes, the same buffer as it is now, or what came behind it. */
        if (way == 0)
            call.size = 0;
        if (way == 2) {
            memmove(call.bytes, call.bytes + record, call.size - record);
            call.size -= record;
        }
        ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "new hello");
        ok_number(call.token_size, FAKE_OUTPUT_SIZE, "token");
        ok_number(call.used, way == 1 ? record : 0, "used");

        /* In the meantime data go on, and handshake records are not for DecryptMessage. */
        call.size = 0;
        call_add_data(&call, TLS_TYPE_DATA, "text", 4);
        ok_status(open_message(&call, &next), SEC_E_OK, "data go on");
        call.size = 0;
        call_add(&call, FAKE_MORE, 10);
        call_add(&call, FAKE_DONE, 10);
        next.count = 0;
        ok_status(open_message(&call, &next), SEC_I_RENEGOTIATE, "a handshake record");
        check_slots(&call, &next, 0, call.size);
        ok_status(call_make(&call), SEC_E_OK, "complete");
        ok_number(call.used, call.size, "all is used");
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(message_renegotiation_of_ours)
{
    struct call call;
    void *context;

    fake_rooms_reset();
    context = connect_client(&call, 0x0303);
    ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "a call without input begins anew");
    ok_number(call.token_size, FAKE_OUTPUT_SIZE, "token");
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "and again: the peer's turn");
    ok_number(call.in[1].cbBuffer, 5, "missing");
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "data are for DecryptMessage");
    {
        struct opening opening = {.count = 0};

        ok_status(open_message(&call, &opening), SEC_E_OK, "which opens them");
        check_slots(&call, &opening, 4, 0);
    }
    call.size = 0;
    call_add(&call, FAKE_OUTPUT, 10);
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "and no harm was done");
    ok_number(call.used, 10, "used");
    call.size = 0;
    call_add(&call, FAKE_DONE, 10);
    ok_status(call_make(&call), SEC_E_OK, "complete");
    schan_delete_context(context);
}

START_TEST(message_seal)
{
    static const struct {
        const char *name;
        ULONG header, trailer, types[4];
        size_t count, data;
        ULONG qop;
        SECURITY_STATUS want;
    } cases[] = {
        {"as documented", 5, 17, {7, 1, 6, 0}, 4, 4, 0, SEC_E_OK},
        {"three buffers", 5, 17, {7, 1, 6}, 3, 4, 0, SEC_E_OK},
        {"an alert buffer behind", 5, 17, {7, 1, 6, 17}, 4, 4, 0, SEC_E_OK},
        {"empty message", 5, 17, {7, 1, 6, 0}, 4, 0, 0, SEC_E_OK},
        {"longest message", 5, 17, {7, 1, 6, 0}, 4, 16384, 0, SEC_E_OK},
        {"one byte more", 5, 17, {7, 1, 6, 0}, 4, 16385, 0, SEC_E_ENCRYPT_FAILURE},
        {"header too small", 4, 17, {7, 1, 6, 0}, 4, 4, 0, SEC_E_BUFFER_TOO_SMALL},
        {"header larger", 9, 17, {7, 1, 6, 0}, 4, 4, 0, SEC_E_OK},
        {"trailer too small", 5, 0, {7, 1, 6, 0}, 4, 4, 0, SEC_E_BUFFER_TOO_SMALL},
        {"no data", 5, 17, {7, 0, 6, 0}, 4, 4, 0, SEC_E_INVALID_TOKEN},
        {"no header", 5, 17, {0, 1, 6, 0}, 4, 4, 0, SEC_E_INVALID_TOKEN},
        {"no trailer", 5, 17, {7, 1, 0, 0}, 4, 4, 0, SEC_E_INVALID_TOKEN},
        {"read-only data", 5, 17, {7, 1 | SECBUFFER_READONLY, 6, 0}, 4, 4, 0, SEC_E_INVALID_TOKEN},
        {"an alert", 5, 17, {7, 1, 6, 0}, 4, 2, SECQOP_WRAP_OOB_DATA, SEC_E_OK},
        {"an alert of three bytes",
         5,
         17,
         {7, 1, 6, 0},
         4,
         3,
         SECQOP_WRAP_OOB_DATA,
         SEC_E_INVALID_TOKEN},
        {"not encrypted",
         5,
         17,
         {7, 1, 6, 0},
         4,
         4,
         SECQOP_WRAP_NO_ENCRYPT,
         SEC_E_QOP_NOT_SUPPORTED},
    };
    static uint8_t memory[17000], before[17000];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer buffers[4] = {
            {cases[i].header, cases[i].types[0], memory},
            {(ULONG)cases[i].data, cases[i].types[1], memory + 16},
            {cases[i].trailer, cases[i].types[2], memory + 16 + cases[i].data},
            {0, cases[i].types[3], NULL},
        };
        SecBufferDesc list = {SECBUFFER_VERSION, (ULONG)cases[i].count, buffers};
        struct call call;
        void *context;

        fake_rooms_reset();
        push_context("%s", cases[i].name);
        context = connect_client(&call, 0x0303);
        memset(memory, 0, sizeof(memory));
        memcpy(before, memory, sizeof(memory));
        ok_status(schan_seal(context, cases[i].qop, &list, 0), cases[i].want, "status");
        if (cases[i].want == SEC_E_OK) {
            ok_number(buffers[0].cbBuffer, 5, "header");
            ok_number(buffers[1].cbBuffer, cases[i].data, "data");
            ok_number(buffers[2].cbBuffer, 1, "trailer is as long as needed");
            ok_number(memory[16 + cases[i].data], cases[i].qop ? TLS_TYPE_ALERT : TLS_TYPE_DATA,
                      "type");
        } else {
            ok(!memcmp(before, memory, sizeof(memory)), "nothing is written");
            ok_number(buffers[1].cbBuffer, cases[i].data, "data's size");
        }
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(message_seal_alerts)
{
    static const struct {
        uint8_t level, description;
        SECURITY_STATUS then;
    } cases[] = {
        {1, 0, SEC_E_CONTEXT_EXPIRED},
        {2, 46, SEC_E_CONTEXT_EXPIRED},
        {1, 90, SEC_E_OK},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t memory[64] = {0, 0, 0, 0, 0, cases[i].level, cases[i].description};
        SecBuffer buffers[3] = {{5, SECBUFFER_STREAM_HEADER, memory},
                                {2, SECBUFFER_DATA, memory + 5},
                                {17, SECBUFFER_STREAM_TRAILER, memory + 7}};
        SecBufferDesc list = {SECBUFFER_VERSION, 3, buffers};
        struct call call;
        void *context;

        fake_rooms_reset();
        context = connect_client(&call, 0x0303);
        ok_status(schan_seal(context, SECQOP_WRAP_OOB_DATA, &list, 0), SEC_E_OK, "alert %zu", i);
        buffers[0].cbBuffer = 5;
        buffers[2].cbBuffer = 17;
        ok_status(schan_seal(context, 0, &list, 0), cases[i].then, "alert %zu: then", i);
        schan_delete_context(context);
    }
}
