/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DTLS: EncryptMessage and DecryptMessage. One record is one datagram; they come in any order, more
 * than once or not at all, and nothing that comes from the network ends the context but an alert.
 *
 * Sources: Microsoft's DTLS sample in its fork of libcoap (sizes stay as they were but for the
 * trailer; SEC_E_OUT_OF_SEQUENCE, SEC_E_INVALID_TOKEN and SEC_E_INCOMPLETE_MESSAGE are not fatal);
 * str0m (SEC_E_MESSAGE_ALTERED is not; header and trailer are exact for AES-GCM); RFC 6347 4.1.
 */
#include "common.h"
#include "host.h"
#include "relay.h"

#include <stdlib.h>
#include <string.h>

struct talk {
    struct pair pair;
    struct relay relay;
    bool has_pair;
};

static bool talk_begin(struct talk *talk, enum test_version version)
{
    talk->has_pair = pair_make(&talk->pair, version, "rsa");
    return talk->has_pair && relay_connect(&talk->relay, &talk->pair.client, &talk->pair.server);
}

static void talk_end(struct talk *talk)
{
    if (!talk->has_pair)
        return;
    relay_done(&talk->relay);
    pair_done(&talk->pair);
}

static SECURITY_STATUS receive(struct relay_side *side, const struct bytes *wire, const char *want)
{
    struct bytes plain = {NULL, 0, 0};
    size_t extra;
    SECURITY_STATUS status = relay_unseal(side, wire, &plain, &extra);

    if (want && ok_status(status, SEC_E_OK, "\"%s\"", want))
        ok(plain.size == strlen(want) && !memcmp(plain.data, want, plain.size),
           "\"%s\": other text arrived", want);
    bytes_done(&plain);
    return status;
}

START_TEST(datagram_sizes)
{
    for (size_t v = 0; v < COUNT_OF(datagram_versions); v++) {
        struct talk talk;

        push_context("%s", version_name(datagram_versions[v]));
        if (talk_begin(&talk, datagram_versions[v])) {
            struct relay_side *client = &talk.relay.side[LOOP_CLIENT];
            struct bytes wire = {NULL, 0, 0}, plain = {NULL, 0, 0};
            SecPkgContext_StreamSizes sizes;
            unsigned char *text;
            size_t extra;

            memset(&sizes, 0, sizeof(sizes));
            ok_status(QueryContextAttributesW(&client->context, SECPKG_ATTR_DATAGRAM_SIZES, &sizes),
                      SEC_E_OK, "sizes");
            if (datagram_versions[v] == VERSION_DTLS12) {
                ok_number(sizes.cbHeader, 21, "header: 13 and 8 bytes of the nonce");
                ok_number(sizes.cbTrailer, 16, "trailer");
            }
            ok_number(sizes.cBuffers, 4, "buffers");
            ok_number(sizes.cbHeader + sizes.cbMaximumMessage + sizes.cbTrailer, RELAY_MTU,
                      "all of it: the MTU");
            text = malloc(sizes.cbMaximumMessage + 1);
            if (!text)
                abort();
            memset(text, 'x', sizes.cbMaximumMessage + 1);
            ok_status(relay_seal(client, text, sizes.cbMaximumMessage, &wire), SEC_E_OK, "maximum");
            ok(wire.size <= RELAY_MTU, "%zu bytes", wire.size);
            ok_status(relay_unseal(&talk.relay.side[LOOP_SERVER], &wire, &plain, &extra), SEC_E_OK,
                      "maximum");
            ok_number(plain.size, sizes.cbMaximumMessage, "plaintext");
            ok_status(relay_seal(client, text, sizes.cbMaximumMessage + 1, &wire),
                      SEC_E_ENCRYPT_FAILURE, "one more");
            relay_check_traffic(&talk.relay);
            free(text);
            bytes_done(&wire);
            bytes_done(&plain);
        }
        talk_end(&talk);
        pop_context();
    }
}

START_TEST(datagram_order)
{
    static const char *const text[] = {"first", "second", "third", "fourth"};
    static const size_t order[] = {2, 0, 3, 1};
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        struct bytes wire[COUNT_OF(text)];

        memset(wire, 0, sizeof(wire));
        for (size_t i = 0; i < COUNT_OF(text); i++)
            ok_status(relay_seal(&talk.relay.side[LOOP_CLIENT], text[i], strlen(text[i]), &wire[i]),
                      SEC_E_OK, "seal");
        for (size_t i = 0; i < COUNT_OF(order); i++)
            receive(&talk.relay.side[LOOP_SERVER], &wire[order[i]], text[order[i]]);
        for (size_t i = 0; i < COUNT_OF(text); i++) {
            ok_status(receive(&talk.relay.side[LOOP_SERVER], &wire[i], NULL), SEC_E_OUT_OF_SEQUENCE,
                      "\"%s\" once more", text[i]);
            bytes_done(&wire[i]);
        }
        relay_check_traffic(&talk.relay);
    }
    talk_end(&talk);
}

/* Left of the window: it may have come before. */
START_TEST(datagram_too_late)
{
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        struct bytes late = {NULL, 0, 0};

        ok_status(relay_seal(&talk.relay.side[LOOP_CLIENT], "late", 4, &late), SEC_E_OK, "seal");
        for (int i = 0; i < 200; i++) {
            struct bytes wire = {NULL, 0, 0};

            ok_status(relay_seal(&talk.relay.side[LOOP_CLIENT], "soon", 4, &wire), SEC_E_OK,
                      "seal");
            receive(&talk.relay.side[LOOP_SERVER], &wire, "soon");
            bytes_done(&wire);
        }
        ok_status(receive(&talk.relay.side[LOOP_SERVER], &late, NULL), SEC_E_OUT_OF_SEQUENCE,
                  "200 later");
        bytes_done(&late);
        relay_check_traffic(&talk.relay);
    }
    talk_end(&talk);
}

START_TEST(datagram_spoilt)
{
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        struct relay_side *server = &talk.relay.side[LOOP_SERVER];
        struct bytes wire = {NULL, 0, 0}, bad = {NULL, 0, 0};

        ok_status(relay_seal(&talk.relay.side[LOOP_CLIENT], "whole", 5, &wire), SEC_E_OK, "seal");
        for (size_t i = 0; i < wire.size; i++) {
            SECURITY_STATUS status;

            bytes_done(&bad);
            bytes_add(&bad, wire.data, wire.size);
            bad.data[i] ^= 0x41;
            status = receive(server, &bad, NULL);
            ok(status == SEC_E_MESSAGE_ALTERED || status == SEC_E_OUT_OF_SEQUENCE ||
                   status == SEC_E_INVALID_TOKEN || status == SEC_E_INCOMPLETE_MESSAGE,
               "byte %zu changed: %08lx", i, (unsigned long)status & 0xffffffff);
            if (i >= RELAY_HEADER)
                ok_status(status, SEC_E_MESSAGE_ALTERED, "byte %zu changed", i);
        }
        for (size_t i = 0; i < wire.size; i++) {
            SECURITY_STATUS status;

            bytes_done(&bad);
            bytes_add(&bad, wire.data, i);
            status = receive(server, &bad, NULL);
            ok_status(status, SEC_E_INCOMPLETE_MESSAGE, "%zu bytes of it", i);
        }
        bytes_done(&bad);
        receive(server, &wire, "whole");
        relay_check_traffic(&talk.relay);
        bytes_done(&wire);
    }
    talk_end(&talk);
}

START_TEST(datagram_rubbish)
{
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        for (int i = 0; i < 500; i++) {
            struct bytes bad = {NULL, 0, 0};
            size_t size = harness_random() % 100;
            SECURITY_STATUS status;

            for (size_t k = 0; k < size; k++) {
                unsigned char byte = (unsigned char)harness_random();

                bytes_add(&bad, &byte, 1);
            }
            /* Half of them look like records. */
            if (i % 2 && size > RELAY_HEADER) {
                const unsigned char header[] = {(unsigned char)(20 + i % 5),
                                                0xfe,
                                                0xfd,
                                                0,
                                                (unsigned char)(i % 3),
                                                0,
                                                0,
                                                0,
                                                0,
                                                0,
                                                (unsigned char)i,
                                                0,
                                                (unsigned char)(size - RELAY_HEADER)};

                memcpy(bad.data, header, sizeof(header));
            }
            status = receive(&talk.relay.side[i % 4 / 2], &bad, NULL);
            ok(status < 0 && status != SEC_E_CONTEXT_EXPIRED, "rubbish: %08lx",
               (unsigned long)status & 0xffffffff);
            bytes_done(&bad);
        }
        relay_check_traffic(&talk.relay);
    }
    talk_end(&talk);
}

/* What is behind the first record of a datagram is told as of a stream. */
START_TEST(datagram_two_records)
{
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        struct bytes both = {NULL, 0, 0}, rest = {NULL, 0, 0}, plain = {NULL, 0, 0};
        size_t first, extra = 0;

        ok_status(relay_seal(&talk.relay.side[LOOP_CLIENT], "one", 3, &both), SEC_E_OK, "seal");
        first = both.size;
        ok_status(relay_seal(&talk.relay.side[LOOP_CLIENT], "and two", 7, &both), SEC_E_OK, "seal");
        ok_status(relay_unseal(&talk.relay.side[LOOP_SERVER], &both, &plain, &extra), SEC_E_OK,
                  "the first");
        ok(plain.size == 3 && !memcmp(plain.data, "one", 3), "other text");
        if (ok_number(extra, both.size - first, "EXTRA")) {
            bytes_add(&rest, both.data + first, extra);
            receive(&talk.relay.side[LOOP_SERVER], &rest, "and two");
        }
        bytes_done(&both);
        bytes_done(&rest);
        bytes_done(&plain);
    }
    talk_end(&talk);
}

/* close_notify, and what comes after it. */
START_TEST(datagram_shutdown)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct talk talk;

        push_context("%s", role == LOOP_CLIENT ? "client" : "server");
        if (talk_begin(&talk, VERSION_DTLS12)) {
            struct relay_side *side = &talk.relay.side[role];
            enum loop_role to = role == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT;
            struct bytes alert, wire = {NULL, 0, 0};
            DWORD token = SCHANNEL_SHUTDOWN;
            SecBuffer buffer = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token));
            SecBufferDesc list = list_make(&buffer, 1);

            ok_status(ApplyControlToken(&side->context, &list), SEC_E_OK, "control token");
            ok_status(relay_step(&talk.relay, (enum loop_role)role, NULL, 0), SEC_E_OK, "shutdown");
            if (ok(relay_take(&talk.relay, to, &alert), "nothing is sent")) {
                ok_number(alert.data[0], WIRE_ALERT, "record");
                ok_status(receive(&talk.relay.side[to], &alert, NULL), SEC_I_CONTEXT_EXPIRED,
                          "the peer");
                bytes_done(&alert);
            }
            ok_status(relay_seal(side, "x", 1, &wire), SEC_E_CONTEXT_EXPIRED, "EncryptMessage");
            bytes_done(&wire);
        }
        talk_end(&talk);
        pop_context();
    }
}

/* A close_notify that anybody could have written. */
START_TEST(datagram_forged_alert)
{
    static const unsigned char forged[][15] = {
        {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0},
        {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 10, 0, 2, 2, 40},
        {21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 11, 0, 2, 2, 40},
    };
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        for (size_t i = 0; i < COUNT_OF(forged); i++) {
            struct bytes wire = {NULL, 0, 0};
            SECURITY_STATUS status;

            bytes_add(&wire, forged[i], sizeof(forged[i]));
            status = receive(&talk.relay.side[LOOP_SERVER], &wire, NULL);
            ok(status == SEC_E_OUT_OF_SEQUENCE || status == SEC_E_MESSAGE_ALTERED ||
                   status == SEC_E_INVALID_TOKEN,
               "alert %zu: %08lx", i, (unsigned long)status & 0xffffffff);
            bytes_done(&wire);
        }
        relay_check_traffic(&talk.relay);
    }
    talk_end(&talk);
}

/* ---- data in the datagram that completes the handshake ---- */

START_TEST(datagram_behind_finished)
{
    struct bytes datagram, more;
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "ecdsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay.side[LOOP_CLIENT].mtu = relay.side[LOOP_SERVER].mtu = 4096;
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    while (!relay.side[LOOP_SERVER].done &&
           (relay_advance(&relay, LOOP_SERVER) || relay_advance(&relay, LOOP_CLIENT)))
        ;
    if (ok(relay.side[LOOP_SERVER].done && relay_take(&relay, LOOP_CLIENT, &datagram),
           "no last flight")) {
        struct relay_side *client = &relay.side[LOOP_CLIENT];
        size_t finished = datagram.size, extra;
        struct bytes plain = {NULL, 0, 0}, rest = {NULL, 0, 0};

        while (relay_take(&relay, LOOP_CLIENT, &more)) {
            bytes_add(&datagram, more.data, more.size);
            finished = datagram.size;
            bytes_done(&more);
        }
        ok_status(relay_seal(&relay.side[LOOP_SERVER], "at once", 7, &datagram), SEC_E_OK, "seal");
        ok_status(relay_step(&relay, LOOP_CLIENT, datagram.data, datagram.size), SEC_E_OK,
                  "the last flight, and data");
        ok_number(client->extra, datagram.size - finished, "EXTRA");
        bytes_add(&rest, datagram.data + finished, datagram.size - finished);
        ok_status(relay_unseal(client, &rest, &plain, &extra), SEC_E_OK, "the data");
        ok(plain.size == 7 && !memcmp(plain.data, "at once", 7), "other text");
        bytes_done(&datagram);
        bytes_done(&plain);
        bytes_done(&rest);
    }
    relay_done(&relay);
    pair_done(&pair);
}

/* ---- two threads on one context ---- */

#define MESSAGES 600

struct writer {
    struct relay_side side; /* a copy: its handle */
    struct bytes sealed[MESSAGES];
};

static void write_messages(void *argument)
{
    struct writer *writer = argument;

    for (unsigned i = 0; i < MESSAGES; i++)
        ok_status(relay_seal(&writer->side, &i, sizeof(i), &writer->sealed[i]), SEC_E_OK,
                  "message %u", i);
}

static void read_messages(struct relay_side *side, const struct bytes *sealed)
{
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct bytes plain = {NULL, 0, 0};
        size_t extra;

        ok_status(relay_unseal(side, &sealed[i], &plain, &extra), SEC_E_OK, "message %u", i);
        ok(plain.size == sizeof(i) && !memcmp(plain.data, &i, sizeof(i)), "message %u: other text",
           i);
        bytes_done(&plain);
    }
}

/* The client encrypts and decrypts at the same time. */
START_TEST(datagram_threads)
{
    static struct writer client, server;
    struct host_thread *thread;
    struct talk talk;

    if (talk_begin(&talk, VERSION_DTLS12)) {
        client.side = talk.relay.side[LOOP_CLIENT];
        server.side = talk.relay.side[LOOP_SERVER];
        write_messages(&server);
        thread = host_thread_start(write_messages, &client);
        if (ok(thread != NULL, "no thread")) {
            read_messages(&talk.relay.side[LOOP_CLIENT], server.sealed);
            host_thread_join(thread);
            read_messages(&talk.relay.side[LOOP_SERVER], client.sealed);
        }
        for (unsigned i = 0; i < MESSAGES; i++) {
            bytes_done(&client.sealed[i]);
            bytes_done(&server.sealed[i]);
        }
    }
    talk_end(&talk);
}
