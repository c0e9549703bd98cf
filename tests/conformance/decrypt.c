/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DecryptMessage: the four slots, EXTRA and MISSING, incomplete and damaged records, shapes.
 *
 * Sources: the page of DecryptMessage (Schannel); curl and MongoDB read slots 1 and 3 by index,
 * libgit2 checks all four types, Qt reads MISSING in slot 0 and Rust's schannel in slot 1;
 * Microsoft's web client passes five buffers.
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

/* One DecryptMessage by the server on a copy of the bytes. */
struct opening {
    unsigned char *memory;
    SecBuffer buffers[5];
    SecBufferDesc list;
    SECURITY_STATUS status;
};

static void opening_run(struct opening *opening, CtxtHandle *context, const void *data, size_t size,
                        size_t count)
{
    opening->memory = malloc(size + 1);
    if (!opening->memory)
        abort();
    if (size)
        memcpy(opening->memory, data, size);
    opening->memory[size] = 0x5a;
    opening->buffers[0] = buffer_make(SECBUFFER_DATA, opening->memory, size);
    for (size_t i = 1; i < COUNT_OF(opening->buffers); i++)
        opening->buffers[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    opening->list = list_make(opening->buffers, count);
    opening->status = DecryptMessage(context, &opening->list, 0, NULL);
    ok(opening->memory[size] == 0x5a, "a byte behind the input was written");
}

START_TEST(decrypt_slots)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            struct loop_side *client = &it.loop.side[LOOP_CLIENT];
            CtxtHandle *server = &it.loop.side[LOOP_SERVER].context;
            struct bytes wire = {NULL, 0, 0};
            struct opening opening;
            size_t first, total;

            ok_status(loop_seal(client, "first", 5, &wire), SEC_E_OK, "sealed");
            first = wire.size;
            ok_status(loop_seal(client, "second", 6, &wire), SEC_E_OK, "sealed");
            total = wire.size;
            loop_seal(client, "third", 5, &wire);

            /* Two records and a part of a third: the first is opened, the rest is EXTRA. */
            opening_run(&opening, server, wire.data, total + 3, 4);
            if (ok_status(opening.status, SEC_E_OK, "two records")) {
                const SecBuffer *slot = opening.buffers;

                ok_number(slot[0].BufferType, SECBUFFER_STREAM_HEADER, "slot 0");
                ok_number(slot[1].BufferType, SECBUFFER_DATA, "slot 1");
                ok_number(slot[2].BufferType, SECBUFFER_STREAM_TRAILER, "slot 2");
                ok_number(slot[3].BufferType, SECBUFFER_EXTRA, "slot 3");
                ok(slot[0].pvBuffer == opening.memory, "the header is not where it was");
                ok_number(slot[1].cbBuffer, 5, "plaintext");
                ok(!memcmp(slot[1].pvBuffer, "first", 5), "other text");
                ok((unsigned char *)slot[1].pvBuffer == opening.memory + slot[0].cbBuffer,
                   "the plaintext is not right behind the header");
                ok_number(slot[0].cbBuffer + slot[1].cbBuffer + slot[2].cbBuffer, first,
                          "header, data and trailer are the record");
                ok_number(slot[3].cbBuffer, total + 3 - first, "EXTRA");
                ok(slot[3].pvBuffer == opening.memory + first, "EXTRA is not the tail");
                ok(!memcmp(opening.memory + first, wire.data + first, total + 3 - first),
                   "EXTRA was changed");
            }
            free(opening.memory);

            /* Exactly one record: slot 3 stays EMPTY with nothing in it. */
            opening_run(&opening, server, wire.data + first, total - first, 4);
            if (ok_status(opening.status, SEC_E_OK, "one record")) {
                ok_number(opening.buffers[1].cbBuffer, 6, "plaintext");
                ok_number(opening.buffers[3].BufferType, SECBUFFER_EMPTY, "slot 3");
                ok_number(opening.buffers[3].cbBuffer, 0, "slot 3");
            }
            free(opening.memory);

            /* Five buffers, the last for an alert. */
            opening_run(&opening, server, wire.data + total, wire.size - total, 5);
            ok_status(opening.status, SEC_E_OK, "five buffers");
            free(opening.memory);
            bytes_done(&wire);
        }
        disconnect(&it);
        pop_context();
    }
}

/* Every length that is not a whole record: nothing is consumed, what is missing is told. */
START_TEST(decrypt_incomplete)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            CtxtHandle *server = &it.loop.side[LOOP_SERVER].context;
            struct bytes wire = {NULL, 0, 0};
            struct opening opening;

            ok_status(loop_seal(&it.loop.side[LOOP_CLIENT], "some text", 9, &wire), SEC_E_OK,
                      "sealed");
            for (size_t size = 0; size < wire.size; size++) {
                size_t missing = wire_missing(wire.data, size);

                push_context("%zu of %zu bytes", size, wire.size);
                opening_run(&opening, server, wire.data, size, 4);
                ok_status(opening.status, SEC_E_INCOMPLETE_MESSAGE, "status");
                ok(size == 0 || !memcmp(opening.memory, wire.data, size), "the input was changed");
                for (size_t i = 0; i < 2; i++) {
                    ok_number(opening.buffers[i].BufferType, SECBUFFER_MISSING, "slot %zu", i);
                    ok_number(opening.buffers[i].cbBuffer, missing, "slot %zu: missing", i);
                }
                free(opening.memory);
                pop_context();
            }
            opening_run(&opening, server, wire.data, wire.size, 4);
            ok_status(opening.status, SEC_E_OK, "and then the whole record");
            free(opening.memory);
            bytes_done(&wire);
        }
        disconnect(&it);
        pop_context();
    }
}

/* An empty record is a message without bytes, whose pointer can be used. */
START_TEST(decrypt_empty_record)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            struct bytes wire = {NULL, 0, 0};
            struct opening opening;

            ok_status(loop_seal(&it.loop.side[LOOP_CLIENT], "", 0, &wire), SEC_E_OK, "sealed");
            opening_run(&opening, &it.loop.side[LOOP_SERVER].context, wire.data, wire.size, 4);
            ok_status(opening.status, SEC_E_OK, "status");
            ok_number(opening.buffers[1].BufferType, SECBUFFER_DATA, "slot 1");
            ok_number(opening.buffers[1].cbBuffer, 0, "plaintext");
            ok((unsigned char *)opening.buffers[1].pvBuffer >= opening.memory &&
                   (unsigned char *)opening.buffers[1].pvBuffer <= opening.memory + wire.size,
               "slot 1 points elsewhere");
            ok_number(opening.buffers[3].BufferType, SECBUFFER_EMPTY, "slot 3");
            free(opening.memory);
            bytes_done(&wire);
        }
        disconnect(&it);
        pop_context();
    }
}

/* Each byte of a record changed: an error, no plaintext, and the context is dead for reading. */
START_TEST(decrypt_damaged)
{
    static const char text[] = "a text that must not be seen unless its tag is right";

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;
        size_t record = 64, limit = 0;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        for (size_t at = 5; at < record; at += limit++ < 4 ? 1 : 7) {
            struct bytes wire = {NULL, 0, 0};
            struct opening opening;
            struct loop loop;

            push_context("%s, byte %zu", version_name(both_versions[v]), at);
            if (loop_connect(&loop, &pair.client, &pair.server) &&
                ok_status(loop_seal(&loop.side[LOOP_CLIENT], text, sizeof(text), &wire), SEC_E_OK,
                          "sealed")) {
                record = wire.size;
                wire.data[at] ^= 0x40;
                opening_run(&opening, &loop.side[LOOP_SERVER].context, wire.data, wire.size, 4);
                ok(opening.status == SEC_E_MESSAGE_ALTERED ||
                       opening.status == SEC_E_DECRYPT_FAILURE,
                   "got %08lx", (unsigned long)opening.status & 0xffffffff);
                for (size_t i = 0; i + 8 <= wire.size; i++)
                    if (!memcmp(opening.memory + i, text + 8, 8)) {
                        ok(false, "plaintext of a bad record is in the caller's memory");
                        break;
                    }
                free(opening.memory);
                /* The same record undamaged comes too late. */
                wire.data[at] ^= 0x40;
                opening_run(&opening, &loop.side[LOOP_SERVER].context, wire.data, wire.size, 4);
                ok(opening.status < 0, "reads on after a bad record");
                free(opening.memory);
            }
            bytes_done(&wire);
            loop_done(&loop);
            pop_context();
        }
        pair_done(&pair);
    }
}

/* Headers that no record may have. */
START_TEST(decrypt_bad_headers)
{
    static const struct {
        const char *name;
        unsigned char header[5];
    } cases[] = {
        {"unknown type", {99, 3, 3, 0, 32}},
        {"type zero", {0, 3, 3, 0, 32}},
        {"version 2", {23, 2, 0, 0, 32}},
        {"too long", {23, 3, 3, 0x48, 1}},
        {"far too long", {23, 3, 3, 0xff, 0xff}},
        {"too short for a tag", {23, 3, 3, 0, 15}},
        {"empty", {23, 3, 3, 0, 0}},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            unsigned char record[64] = {0};
            struct connection it;
            struct opening opening;

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            memcpy(record, cases[i].header, 5);
            if (connect_pair(&it, both_versions[v])) {
                opening_run(&opening, &it.loop.side[LOOP_SERVER].context, record, sizeof(record),
                            4);
                ok(opening.status < 0 && opening.status != SEC_E_INCOMPLETE_MESSAGE, "got %08lx",
                   (unsigned long)opening.status & 0xffffffff);
                free(opening.memory);
            }
            disconnect(&it);
            pop_context();
        }
    }
}

/* Records out of order or twice do not open. */
START_TEST(decrypt_replay)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (unsigned twice = 0; twice < 2; twice++) {
            struct bytes wire = {NULL, 0, 0};
            struct connection it;
            struct opening opening;

            push_context("%s, %s", version_name(both_versions[v]),
                         twice ? "twice" : "out of order");
            if (connect_pair(&it, both_versions[v])) {
                CtxtHandle *server = &it.loop.side[LOOP_SERVER].context;
                size_t first;

                loop_seal(&it.loop.side[LOOP_CLIENT], "first", 5, &wire);
                first = wire.size;
                loop_seal(&it.loop.side[LOOP_CLIENT], "second", 6, &wire);
                if (twice) {
                    opening_run(&opening, server, wire.data, first, 4);
                    ok_status(opening.status, SEC_E_OK, "first time");
                    free(opening.memory);
                    opening_run(&opening, server, wire.data, first, 4);
                } else {
                    opening_run(&opening, server, wire.data + first, wire.size - first, 4);
                }
                ok(opening.status < 0 && opening.status != SEC_E_INCOMPLETE_MESSAGE, "got %08lx",
                   (unsigned long)opening.status & 0xffffffff);
                free(opening.memory);
            }
            bytes_done(&wire);
            disconnect(&it);
            pop_context();
        }
    }
}

/* Shapes that no caller may give. */
START_TEST(decrypt_shapes)
{
    struct connection it;

    if (running_on_windows()) {
        skip("Windows' answers to these shapes are not known");
        return;
    }
    if (connect_pair(&it, VERSION_TLS12)) {
        CtxtHandle *server = &it.loop.side[LOOP_SERVER].context;
        struct bytes wire = {NULL, 0, 0};
        SecBuffer buffers[4] = {{0}};
        SecBufferDesc list = list_make(buffers, 4);

        loop_seal(&it.loop.side[LOOP_CLIENT], "text", 4, &wire);
        ok_status(DecryptMessage(server, NULL, 0, NULL), SEC_E_INVALID_TOKEN, "no list");
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INVALID_TOKEN, "no data");
        buffers[0] = buffer_make(SECBUFFER_DATA, wire.data, wire.size);
        list = list_make(buffers, 0);
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INVALID_TOKEN, "no buffers");
        list = list_make(buffers, 1);
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INVALID_TOKEN, "one buffer");
        list = list_make(buffers, 3);
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INVALID_TOKEN, "three buffers");
        list = list_make(NULL, 4);
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INVALID_TOKEN, "NULL buffers");
        list = list_make(buffers, 0xffffffff);
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INVALID_TOKEN, "too many buffers");
        list = list_make(buffers, 4);
        buffers[0] = buffer_make(SECBUFFER_DATA, NULL, 100);
        ok_status(DecryptMessage(server, &list, 0, NULL), SEC_E_INCOMPLETE_MESSAGE,
                  "a size without a pointer is empty");
        loop_deliver(&it.loop, LOOP_SERVER, wire.data, wire.size);
        bytes_done(&wire);
        ok_status(loop_receive(&it.loop, LOOP_SERVER, 4, &wire), SEC_E_OK,
                  "the record itself opens after all this");
        bytes_done(&wire);
    }
    disconnect(&it);
}

START_TEST(decrypt_too_early)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    struct opening opening;
    CredHandle client;
    CtxtHandle context;

    if (!client_make(&client, VERSION_ANY))
        return;
    ok_status(first_call(&client, u"localhost", 0, &token, &context), SEC_I_CONTINUE_NEEDED,
              "first call");
    opening_run(&opening, &context, token.pvBuffer, token.cbBuffer, 4);
    ok(opening.status == SEC_E_INVALID_HANDLE || opening.status == SEC_E_CONTEXT_EXPIRED,
       "got %08lx", (unsigned long)opening.status & 0xffffffff);
    ok(!memcmp(opening.memory, token.pvBuffer, token.cbBuffer), "the input was changed");
    free(opening.memory);
    FreeContextBuffer(token.pvBuffer);
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&client);
}

/* Sequence numbers of the program are ignored, and pfQOP, where there is one, gets 0: mORMot passes
 * one, others NULL. */
START_TEST(decrypt_qop)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            SecBuffer buffers[4] = {{0}};
            SecBufferDesc list = list_make(buffers, 4);
            struct bytes wire = {NULL, 0, 0};
            ULONG qop = 0x12345678;

            ok_status(loop_seal(&it.loop.side[LOOP_CLIENT], "text", 4, &wire), SEC_E_OK, "sealed");
            buffers[0] = buffer_make(SECBUFFER_DATA, wire.data, wire.size);
            ok_status(DecryptMessage(&it.loop.side[LOOP_SERVER].context, &list, 0xfffffffe, &qop),
                      SEC_E_OK, "opened");
            ok_number(qop, 0, "pfQOP");
            ok(buffers[1].cbBuffer == 4 && !memcmp(buffers[1].pvBuffer, "text", 4), "text");
            bytes_done(&wire);
            loop_check_traffic(&it.loop);
        }
        disconnect(&it);
        pop_context();
    }
}
