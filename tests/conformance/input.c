/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What later calls of InitializeSecurityContext are given: nothing, too little, other buffer
 * orders, garbage; and that a context survives what should not harm it.
 *
 * Sources: libgit2 calls with an empty token before its first read and wants
 * SEC_E_INCOMPLETE_MESSAGE; the page on SECBUFFER types; Rust's schannel feeds single bytes; curl,
 * Poco and boost-wintls find buffers by type.
 */
#include "common.h"

#include <string.h>

/* Nothing has come yet: not an error, and nothing moves. */
START_TEST(input_empty_after_hello)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct started started;
        size_t size = 0;

        push_context("%s", version_name(both_versions[i]));
        if (started_init(&started, both_versions[i])) {
            SecBuffer in[2];
            SecBufferDesc input = list_make(in, 2);

            for (unsigned times = 0; times < 3; times++) {
                in[0] = buffer_make(SECBUFFER_TOKEN, NULL, 0);
                in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
                ok_status(started_call(&started, &input, &size), SEC_E_INCOMPLETE_MESSAGE,
                          "empty token");
                ok_number(size, 0, "token");
                if (in[1].BufferType == SECBUFFER_MISSING)
                    ok_number(in[1].cbBuffer, 5, "missing");
            }
            input = list_make(in, 0);
            ok_status(started_call(&started, &input, &size), SEC_E_INCOMPLETE_MESSAGE,
                      "no buffers");
            ok_status(started_call(&started, NULL, &size), SEC_E_INCOMPLETE_MESSAGE, "no list");
            if (ok(loop_handshake(&started.loop), "the handshake does not go on"))
                loop_check_traffic(&started.loop);
        }
        started_done(&started);
        pop_context();
    }
}

/* Buffers are found by type: other orders and companions make no difference. */
START_TEST(input_orders)
{
    static const struct {
        const char *name;
        ULONG types[4];
        size_t count;
    } cases[] = {
        {"token alone", {SECBUFFER_TOKEN}, 1},
        {"token, empty", {SECBUFFER_TOKEN, SECBUFFER_EMPTY}, 2},
        {"empty, token", {SECBUFFER_EMPTY, SECBUFFER_TOKEN}, 2},
        {"token, read-only", {SECBUFFER_TOKEN | SECBUFFER_READONLY, SECBUFFER_EMPTY}, 2},
        {"token, read-only with checksum",
         {SECBUFFER_TOKEN | SECBUFFER_READONLY_WITH_CHECKSUM, SECBUFFER_EMPTY},
         2},
        {"token and three empty ones",
         {SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY},
         4},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct started started;

        push_context("%s", cases[i].name);
        if (started_init(&started, VERSION_TLS12)) {
            struct bytes *held = &started.loop.side[LOOP_CLIENT].held;
            SecBuffer in[4];
            SecBufferDesc input = list_make(in, cases[i].count);
            size_t size = 0;

            for (size_t k = 0; k < cases[i].count; k++)
                in[k] = (cases[i].types[k] & ~SECBUFFER_ATTRMASK) == SECBUFFER_TOKEN
                            ? buffer_make(cases[i].types[k], held->data, held->size)
                            : buffer_make(cases[i].types[k], NULL, 0);
            ok_status(started_call(&started, &input, &size), SEC_I_CONTINUE_NEEDED, "status");
            ok(size > 0, "no token");
        }
        started_done(&started);
        pop_context();
    }
}

/* Lists that no caller may give: a status, no crash, and the context lives. */
START_TEST(input_bad_lists)
{
    static SecBuffer many[1000];
    struct started started;
    SecBufferDesc input;
    struct bytes *held;
    SecBuffer in[2];

    if (!started_init(&started, VERSION_TLS12)) {
        started_done(&started);
        return;
    }
    held = &started.loop.side[LOOP_CLIENT].held;
    if (running_on_windows()) {
        skip("codes for lists that cannot be read are not known of Windows");
    } else {
        input = (SecBufferDesc){SECBUFFER_VERSION, 2, NULL};
        ok_status(started_call(&started, &input, NULL), SEC_E_INVALID_TOKEN,
                  "a count without buffers");
        input = (SecBufferDesc){SECBUFFER_VERSION, 1000, many};
        ok_status(started_call(&started, &input, NULL), SEC_E_INVALID_TOKEN, "1000 buffers");
    }
    in[0] = buffer_make(SECBUFFER_DATA, held->data, held->size);
    in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    input = list_make(in, 2);
    ok_status(started_call(&started, &input, NULL), SEC_E_INCOMPLETE_MESSAGE,
              "DATA in place of TOKEN");
    in[0] = buffer_make(SECBUFFER_TOKEN, held->data, held->size);
    in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 5);
    ok_status(started_call(&started, &input, NULL), SEC_E_INVALID_TOKEN, "EMPTY with a size");
    in[0] = buffer_make(SECBUFFER_TOKEN, NULL, 50);
    in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    if (!running_on_windows())
        ok_status(started_call(&started, &input, NULL), SEC_E_INCOMPLETE_MESSAGE,
                  "a size without a pointer is empty");
    if (ok(loop_handshake(&started.loop), "the handshake does not go on"))
        loop_check_traffic(&started.loop);
    started_done(&started);
}

/* No TLS at all in place of the server's answer. */
START_TEST(input_no_tls)
{
    static const struct {
        const char *name, *bytes;
        size_t size;
        SECURITY_STATUS want, also;
    } cases[] = {
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", 28, SEC_E_INVALID_TOKEN,
         SEC_E_ILLEGAL_MESSAGE},
        {"SMTP", "220 mail.example ESMTP\r\n", 24, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
        {"SSH", "SSH-2.0-OpenSSH_9.2\r\n", 21, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
        {"zeros", "\0\0\0\0\0\0\0\0", 8, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
        {"ones", "\xff\xff\xff\xff\xff\xff\xff\xff", 8, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
        {"a record of garbage", "\x16\x03\x03\x00\x04\xaa\xbb\xcc\xdd", 9, SEC_E_ILLEGAL_MESSAGE,
         SEC_E_ILLEGAL_MESSAGE},
        {"application data first", "\x17\x03\x03\x00\x04\xaa\xbb\xcc\xdd", 9, SEC_E_ILLEGAL_MESSAGE,
         SEC_E_ILLEGAL_MESSAGE},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct started started;
            SecBuffer in[2];
            SecBufferDesc input = list_make(in, 2);
            char memory[64];

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            if (started_init(&started, both_versions[v])) {
                SECURITY_STATUS status;

                memcpy(memory, cases[i].bytes, cases[i].size);
                in[0] = buffer_make(SECBUFFER_TOKEN, memory, cases[i].size);
                in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
                status = started_call(&started, &input, NULL);
                if (status != cases[i].also)
                    ok_status(status, cases[i].want, "status");
                /* A further call is an error, and no new beginning. */
                if (status < 0)
                    ok(started_call(&started, NULL, NULL) < 0, "goes on after a failure");
            }
            started_done(&started);
            pop_context();
        }
    }
}

/* Oversized records are refused by their header, before anybody waits for their end. */
START_TEST(input_record_sizes)
{
    static const struct {
        const char *name;
        unsigned length;
        bool incomplete;
    } cases[] = {
        {"2^14", 16384, true},
        {"more than any version allows", 16384 + 2048 + 1, false},
        {"the largest", 65535, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct started started;
        unsigned char memory[] = {
            22, 3, 3, (unsigned char)(cases[i].length >> 8), (unsigned char)cases[i].length, 2, 0};
        SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, memory, sizeof(memory)),
                           buffer_make(SECBUFFER_EMPTY, NULL, 0)};
        SecBufferDesc input = list_make(in, 2);

        push_context("%s", cases[i].name);
        if (started_init(&started, VERSION_TLS12)) {
            SECURITY_STATUS status = started_call(&started, &input, NULL);

            if (cases[i].incomplete) {
                ok_status(status, SEC_E_INCOMPLETE_MESSAGE, "status");
                ok_number(in[1].cbBuffer, cases[i].length - 2, "missing");
            } else {
                ok(status == SEC_E_ILLEGAL_MESSAGE || status == SEC_E_INVALID_TOKEN, "got %08lx",
                   (unsigned long)status & 0xffffffff);
            }
        }
        started_done(&started);
        pop_context();
    }
}

/* A handshake message that announces more than it may is refused by its header, which can come in
 * parts; nobody waits for its end. The limits: Microsoft Learn, "Transport Layer Security (TLS)
 * registry settings", MessageLimitClient, MessageLimitServer, MessageLimitServerClientAuth. */
START_TEST(input_message_sizes)
{
    static const struct {
        const char *name;
        enum loop_role role;
        ULONG more;
        unsigned limit;
    } cases[] = {
        {"client", LOOP_CLIENT, 0, 0x8000},
        {"server", LOOP_SERVER, 0, 0x4000},
        {"server that asks for a certificate", LOOP_SERVER, ASC_REQ_MUTUAL_AUTH, 0x8000},
    };

    for (size_t i = 0; i < 8 * COUNT_OF(cases); i++) {
        bool parts = i & 1, over = i & 2;
        size_t row = i / 8;
        enum test_version version = both_versions[i / 4 % 2];
        /* Whether Windows counts the header is not known; 256 are more than that. */
        unsigned slack = running_on_windows() ? 256 : 0,
                 size = over ? cases[row].limit + slack + 1 : cases[row].limit - slack;
        uint8_t type = cases[row].role == LOOP_CLIENT ? 2 : 1;
        uint8_t message[] = {type, 0, (uint8_t)(size >> 8), (uint8_t)size, 3, 3};
        size_t step = parts ? 1 : sizeof(message);
        struct loop loop;
        struct pair pair;

        push_context("%s, %s, %u bytes%s", version_name(version), cases[row].name, size,
                     parts ? ", byte by byte" : "");
        if (pair_make(&pair, version, "rsa")) {
            struct loop_side *side = &loop.side[cases[row].role];

            loop_init(&loop, &pair.client, &pair.server);
            side->request |= cases[row].more;
            side->unchecked = true;
            loop_step(&loop, LOOP_CLIENT);
            bytes_drop(&side->network, side->network.size);
            for (size_t at = 0; at < sizeof(message) && !side->failed; at += step) {
                uint8_t record[WIRE_HEADER] = {WIRE_HANDSHAKE, 3, 3, 0, (uint8_t)step};

                loop_deliver(&loop, cases[row].role, record, sizeof(record));
                loop_deliver(&loop, cases[row].role, message + at, step);
                loop_read(&loop, cases[row].role);
                loop_step(&loop, cases[row].role);
            }
            ok_status(side->status, over ? SEC_E_ILLEGAL_MESSAGE : SEC_I_CONTINUE_NEEDED, "status");
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* The side that ends the handshake has read its last message and a part of a record behind it. */
static void check_extra(struct loop *loop, enum loop_role last, size_t part)
{
    struct loop_side *from = &loop->side[1 - (int)last], *to = &loop->side[last];
    struct bytes wire = {NULL, 0, 0}, plain = {NULL, 0, 0};

    if (ok(loop_handshake_until(loop, (enum loop_role)(1 - (int)last)) && !to->done,
           "not where it should be") &&
        ok_status(loop_seal(from, "0123456789", 10, &wire), SEC_E_OK, "sealed") &&
        ok(part <= wire.size, "the record is too small for this test")) {
        loop_deliver(loop, last, wire.data, part);
        ok(loop_handshake(loop), "not done: %08lx", (unsigned long)to->status & 0xffffffff);
        ok_number(to->held.size, part, "EXTRA");
        ok(to->held.size == part && !memcmp(to->held.data, wire.data, part), "EXTRA was changed");
        loop_deliver(loop, last, wire.data + part, wire.size - part);
        ok_status(loop_receive(loop, last, 10, &plain), SEC_E_OK, "opened");
        ok(plain.size == 10 && !memcmp(plain.data, "0123456789", 10), "other text");
    }
    bytes_done(&wire);
    bytes_done(&plain);
}

/* Bytes behind the message that ends the handshake come back as EXTRA, untouched. */
START_TEST(input_extra_behind_finished)
{
    static const size_t parts[] = {1, 4, 5, 6, 30};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(parts); i++) {
            struct loop loop;
            struct pair pair;

            push_context("%s, %zu bytes", version_name(both_versions[v]), parts[i]);
            if (pair_make(&pair, both_versions[v], "rsa")) {
                loop_init(&loop, &pair.client, &pair.server);
                /* The last message goes to the client in TLS 1.2, to the server in TLS 1.3. */
                check_extra(&loop, both_versions[v] == VERSION_TLS12 ? LOOP_CLIENT : LOOP_SERVER,
                            parts[i]);
                loop_done(&loop);
                pair_done(&pair);
            }
            pop_context();
        }
    }
}

/* A client of TLS 1.3 is done with the server's flight. What follows it in the same read, be it
 * data that the server sends early or tickets, whole or not, is EXTRA and untouched: only
 * DecryptMessage has the keys for it. */
START_TEST(input_extra_behind_flight)
{
    static const size_t sizes[] = {1, 4, 5, 6, 36, 37, 38, 74, 80};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t behind[80] = {0};
        struct started started;

        for (size_t at = 0; at < sizeof(behind); at += 37)
            memcpy(behind + at, "\x17\x03\x03\x00\x20", 5);
        push_context("%zu bytes", sizes[i]);
        if (started_init(&started, VERSION_TLS13)) {
            struct loop_side *side = &started.loop.side[LOOP_CLIENT];

            bytes_add(&side->held, behind, sizes[i]);
            ok_status(loop_step(&started.loop, LOOP_CLIENT), SEC_E_OK, "the flight");
            ok_number(side->held.size, sizes[i], "EXTRA");
            ok(side->held.size == sizes[i] && !memcmp(side->held.data, behind, sizes[i]),
               "EXTRA was changed");
        }
        started_done(&started);
        pop_context();
    }
}
