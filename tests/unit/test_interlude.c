/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/interlude: data between the records of a renegotiation, given to the handshake function;
 * over a TLS library that does what the test says.
 */
#include "schannel/interlude.h"

#include <string.h>

#include "allocation.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fake_rooms.h"
#include "fake_tls.h"
#include "harness.h"
#include "schannel/record.h"

/* A client of TLS 1.2 that has begun a new handshake. */
static void *begin(struct call *call)
{
    void *context;

    fake_rooms_reset();
    context = connect_client(call, 0x0303);
    call->size = 0;
    ok_status(call_make(call), SEC_I_CONTINUE_NEEDED, "a new hello");
    fake.fed = 0;
    return context;
}

/* All of the input is the program's still. */
static void check_kept(const struct call *call)
{
    ok_number(call->in[1].BufferType, SECBUFFER_EXTRA, "type");
    ok_number(call->in[1].cbBuffer, call->size, "extra");
    ok(call->in[1].pvBuffer == call->bytes, "it is all of it");
}

/* DecryptMessage on all that is there: the text, and what remains of the bytes. */
static void open_next(struct call *call, const char *want)
{
    SecBuffer slot[4] = {{(ULONG)call->size, SECBUFFER_DATA, call->bytes}};
    SecBufferDesc list = {SECBUFFER_VERSION, 4, slot};
    size_t extra;

    ok_status(schan_unseal(call->context, &list, 0, NULL), SEC_E_OK, "DecryptMessage, \"%s\"",
              want);
    ok_number(slot[1].BufferType, SECBUFFER_DATA, "slot 1");
    ok_number(slot[1].cbBuffer, strlen(want), "data");
    ok((uint8_t *)slot[1].pvBuffer >= call->bytes &&
           (uint8_t *)slot[1].pvBuffer <= call->bytes + call->size,
       "data lie elsewhere");
    if (slot[1].cbBuffer == strlen(want))
        ok(!memcmp(slot[1].pvBuffer, want, strlen(want)), "other data");
    extra = slot[3].BufferType == SECBUFFER_EXTRA ? slot[3].cbBuffer : 0;
    if (ok(extra < call->size, "nothing was taken")) {
        memmove(call->bytes, call->bytes + call->size - extra, extra);
        call->size = extra;
    }
}

/* Data before, between and behind; the program keeps it all until the end. */
START_TEST(interlude_to_the_end)
{
    struct call call;
    void *context = begin(&call);

    call.size = 0;
    call_add_data(&call, TLS_TYPE_DATA, "one", 3);
    for (int i = 0; i < 2; i++) {
        ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "data alone");
        ok_number(call.in[1].BufferType, SECBUFFER_MISSING, "type");
        ok_number(call.in[1].cbBuffer, 5, "missing");
    }
    call_add_data(&call, TLS_TYPE_DATA, "two", 3);
    call_add(&call, FAKE_MORE, 10);
    call_add(&call, FAKE_MORE, 12);
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "no token yet");
    call_add(&call, FAKE_OUTPUT, 10);
    ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "an answer");
    ok_number(call.token_size, FAKE_OUTPUT_SIZE, "token");
    check_kept(&call);
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "the same at once");
    call_add_data(&call, TLS_TYPE_DATA, "three", 5);
    call_add(&call, FAKE_DONE, 10);
    call_add_data(&call, TLS_TYPE_DATA, "new", 3);
    ok_status(call_make(&call), SEC_E_OK, "complete");
    check_kept(&call);
    ok_number(fake.fed, 10 + 12 + 10 + 10, "bytes that were fed, once each");
    ok_status(call_make(&call), SEC_E_OUT_OF_SEQUENCE, "the rest is for DecryptMessage");

    open_next(&call, "one");
    open_next(&call, "two");
    for (int i = 0; i < 3; i++)
        open_next(&call, "");
    open_next(&call, "three");
    open_next(&call, "");
    open_next(&call, "new");
    ok_number(call.size, 0, "bytes left");
    schan_delete_context(context);
}

/* What stood in front of the first data is a part of it, and is read once. */
START_TEST(interlude_behind_records)
{
    struct call call;
    void *context = begin(&call);

    call.size = 0;
    call_add(&call, FAKE_MORE, 10);
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "more is needed");
    call_add(&call, FAKE_DONE, 10);
    ok_status(call_make(&call), SEC_E_OK, "complete");
    check_kept(&call);
    ok_number(fake.fed, 20, "bytes that were fed");
    open_next(&call, "");
    open_next(&call, "text");
    open_next(&call, "");
    ok_number(call.size, 0, "bytes left");
    schan_delete_context(context);
}

/* A program that gives the data to DecryptMessage before it goes on. */
START_TEST(interlude_taken_at_once)
{
    struct call call;
    void *context = begin(&call);

    call.size = 0;
    call_add_data(&call, TLS_TYPE_DATA, "one", 3);
    call_add(&call, FAKE_OUTPUT, 10);
    call_add_data(&call, TLS_TYPE_DATA, "two", 3);
    ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "an answer");
    check_kept(&call);
    open_next(&call, "one");
    open_next(&call, "");
    open_next(&call, "two");
    ok_number(call.size, 0, "bytes left");
    call_add(&call, FAKE_DONE, 10);
    ok_status(call_make(&call), SEC_E_OK, "complete");
    ok_number(call.used, 10, "used");
    schan_delete_context(context);
}

/* A program that does not show it again goes on, and has the data when it does. */
START_TEST(interlude_put_aside)
{
    uint8_t aside[64];
    struct call call;
    void *context = begin(&call);
    size_t size;

    call.size = 0;
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "data alone");
    memcpy(aside, call.bytes, size = call.size);
    call.size = 0;
    ok_status(call_make(&call), SEC_E_INCOMPLETE_MESSAGE, "nothing");
    call_add(&call, FAKE_OUTPUT, 10);
    ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "goes on");
    ok_number(call.used, 10, "used");
    call.size = 0;
    call_add_data(&call, TLS_TYPE_DATA, "more", 4);
    ok_status(call_make(&call), SEC_E_OUT_OF_SEQUENCE, "other data out of their order");
    call.size = 0;
    call_add(&call, FAKE_DONE, 10);
    ok_status(call_make(&call), SEC_E_OK, "complete");
    memcpy(call.bytes, aside, call.size = size);
    open_next(&call, "text");
    schan_delete_context(context);
}

/* The program is asked for a certificate meanwhile, in each of its ways to go on. */
START_TEST(interlude_question)
{
    for (int way = 0; way < 3; way++) {
        struct call call;
        void *context;
        size_t whole;

        push_context("way %d", way);
        context = begin(&call);
        call.size = 0;
        call_add_data(&call, TLS_TYPE_DATA, "one", 3);
        call_add(&call, FAKE_CREDENTIAL, 10);
        call_add_data(&call, TLS_TYPE_DATA, "two", 3);
        whole = call.size;
        ok_status(call_make(&call), SEC_I_INCOMPLETE_CREDENTIALS, "the question");
        check_kept(&call);
        if (way == 1)
            call.credential = &rooms.client_with_certificate;
        if (way == 2)
            call.size = 0;
        ok_status(call_make(&call), way == 2 ? SEC_I_CONTINUE_NEEDED : SEC_E_INCOMPLETE_MESSAGE,
                  "goes on");
        ok_number(fake.fed, 10, "bytes that were fed");
        call.size = whole;
        call_add(&call, FAKE_DONE, 10);
        ok_status(call_make(&call), SEC_E_OK, "complete");
        check_kept(&call);
        ok_number(fake.fed, 20, "bytes that were fed");
        open_next(&call, "one");
        open_next(&call, "");
        open_next(&call, "two");
        open_next(&call, "");
        ok_number(call.size, 0, "bytes left");
        schan_delete_context(context);
        pop_context();
    }
}

/* The answer has no room: the same call with more of it. */
START_TEST(interlude_small_memory)
{
    struct call call;
    void *context = begin(&call);

    call.size = 0;
    call.own_memory = true;
    call.request &= ~(ULONG)ISC_REQ_ALLOCATE_MEMORY;
    call.room = 1;
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    call_add(&call, FAKE_OUTPUT, 10);
    ok_status(call_make(&call), SEC_E_BUFFER_TOO_SMALL, "one byte");
    call.room = CALL_ROOM;
    ok_status(call_make(&call), SEC_I_CONTINUE_NEEDED, "enough");
    check_kept(&call);
    call_add(&call, FAKE_DONE, 10);
    ok_status(call_make(&call), SEC_E_OK, "complete");
    check_kept(&call);
    ok_number(fake.fed, 20, "bytes that were fed");
    open_next(&call, "text");
    schan_delete_context(context);
}

/* Who cannot be told of EXTRA gets the data neither opened nor lost. */
START_TEST(interlude_refused)
{
    struct call call;
    void *context = begin(&call);

    call.size = 0;
    call.no_slot = true;
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    ok_status(call_make(&call), SEC_E_OUT_OF_SEQUENCE, "no EMPTY behind TOKEN");
    open_next(&call, "text");
    schan_delete_context(context);
}

/* No more than so many bytes are kept. */
START_TEST(interlude_limit)
{
    static uint8_t record[5 + 16384] = {RECORD_DATA, 3, 3, 0x40, 0};
    struct schan_context *context;
    struct span none = {NULL, 0};
    struct call call;
    size_t used = 0;

    record[5] = TLS_TYPE_DATA;
    context = begin(&call);
    while (used + sizeof(record) <= LIMIT_INTERLUDE) {
        ok_status(interlude_add_data(context, none, span_of(record, sizeof(record))), SEC_E_OK,
                  "%zu bytes", used);
        used += sizeof(record);
    }
    for (int over = 1; over >= 0; over--) {
        size_t size = LIMIT_INTERLUDE - used + (size_t)over;

        record[3] = (uint8_t)((size - 5) >> 8);
        record[4] = (uint8_t)(size - 5);
        ok_status(interlude_add_data(context, none, span_of(record, size)),
                  over ? SEC_E_OUT_OF_SEQUENCE : SEC_E_OK, "%d over the limit", over);
    }
    schan_delete_context(context);
}

static bool with_data(void *argument)
{
    struct call *call = argument;
    SECURITY_STATUS status = call_make(call);

    schan_delete_context(call->context);
    call->context = NULL;
    return status == SEC_E_INCOMPLETE_MESSAGE;
}

/* The new handshake is begun before memory runs out. */
static bool whole_interlude(void *argument)
{
    struct call call;
    long count = *(long *)argument;

    mem_fail_after(-1);
    begin(&call);
    call_add(&call, FAKE_MORE, 10);
    call_add_data(&call, TLS_TYPE_DATA, "text", 4);
    call_add(&call, FAKE_MORE, 10);
    mem_fail_after(count);
    ++*(long *)argument;
    return with_data(&call);
}

START_TEST(interlude_without_memory)
{
    long count = 0;

    ok(each_allocation_fails(whole_interlude, &count) > 3, "few allocations");
}
