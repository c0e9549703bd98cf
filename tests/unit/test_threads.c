/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The public functions on one pair of contexts in six threads: each context is written to, read
 * from and asked at the same time, while tickets come and both sides change their keys, because the
 * number of records that a key may protect is set low. No message may be lost, doubled or changed.
 * SECUR32_TEST_MILLION: a million messages each way.
 */
#include "winsspi.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "harness.h"
#include "loop.h"
#include "pki.h"

#define MESSAGES 30000
#define MESSAGES_THOROUGH 1000000
/* GnuTLS takes no more than eight updates of its peer's keys in a second. */
#define UPDATES 3
#define CHUNK 65536
#define ROOM 256

void session_set_key_limit(uint64_t records);

/* Bytes from one thread to another. */
struct pipe {
    pthread_mutex_t lock;
    uint8_t data[CHUNK];
    size_t size;
};

struct way {
    struct loop_side *from, *to;
    bool to_client;
    unsigned messages;
    struct pipe pipe;
    SecPkgContext_StreamSizes sizes;
    atomic_bool stop, done;
    atomic_uint received, renegotiates;
};

static void pipe_write(struct way *way, const uint8_t *data, size_t size)
{
    struct pipe *pipe = &way->pipe;

    for (;;) {
        bool fits;

        pthread_mutex_lock(&pipe->lock);
        fits = size <= sizeof(pipe->data) - pipe->size;
        if (fits) {
            memcpy(pipe->data + pipe->size, data, size);
            pipe->size += size;
        }
        pthread_mutex_unlock(&pipe->lock);
        if (fits || way->stop)
            return;
        sched_yield();
    }
}

static size_t pipe_read(struct way *way, uint8_t *to)
{
    struct pipe *pipe = &way->pipe;
    size_t size;

    pthread_mutex_lock(&pipe->lock);
    size = pipe->size;
    memcpy(to, pipe->data, size);
    pipe->size = 0;
    pthread_mutex_unlock(&pipe->lock);
    return size;
}

/* Message `number`: 4 bytes of it, and up to 60 more. */
static size_t fill(uint8_t *data, unsigned number)
{
    size_t size = sizeof(number) + number % 61;

    memset(data, (int)(number & 0xff), size);
    memcpy(data, &number, sizeof(number));
    return size;
}

static bool is_message(const uint8_t *data, size_t size, unsigned number)
{
    uint8_t want[ROOM];

    return size == fill(want, number) && memcmp(data, want, size) == 0;
}

static void *write_all(void *argument)
{
    struct way *way = argument;
    uint8_t record[ROOM];

    for (unsigned i = 0; i < way->messages && !way->stop; i++) {
        size_t size = fill(record + way->sizes.cbHeader, i);
        SecBuffer buffers[4] = {buffer_make(SECBUFFER_STREAM_HEADER, record, way->sizes.cbHeader),
                                buffer_make(SECBUFFER_DATA, record + way->sizes.cbHeader, size),
                                buffer_make(SECBUFFER_STREAM_TRAILER,
                                            record + way->sizes.cbHeader + size,
                                            way->sizes.cbTrailer),
                                buffer_make(SECBUFFER_EMPTY, NULL, 0)};
        SecBufferDesc message = list_make(buffers, 4);

        if (!ok_status(EncryptMessage(&way->from->context, 0, &message, 0), SEC_E_OK, "message %u",
                       i))
            way->stop = true;
        pipe_write(way, record,
                   (size_t)buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer);
    }
    return NULL;
}

/* The handshake call after SEC_I_RENEGOTIATE. Nothing is owed to the peer: each side changes its
 * own keys and asks for none of the other's. */
static bool answer(struct way *way, uint8_t **at, size_t *left)
{
    struct loop_side *side = way->to;
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, *at, *left),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc input = list_make(in, 2), output = list_make(&token, 1);
    ULONG attributes;
    SECURITY_STATUS status;

    if (way->to_client)
        status = InitializeSecurityContextW(side->credential, &side->context, NULL, side->request,
                                            0, 0, &input, 0, NULL, &output, &attributes, NULL);
    else
        status = AcceptSecurityContext(side->credential, &side->context, &input, side->request, 0,
                                       NULL, &output, &attributes, NULL);
    FreeContextBuffer(token.pvBuffer);
    if (!ok_status(status, SEC_E_OK, "handshake call") || !ok(!token.cbBuffer, "a token"))
        return false;
    if (in[1].BufferType == SECBUFFER_EXTRA) {
        *at += *left - in[1].cbBuffer;
        *left = in[1].cbBuffer;
    } else {
        *left = 0;
    }
    return true;
}

/* One record; false: the end. */
static bool read_one(struct way *way, uint8_t **at, size_t *left)
{
    SecBuffer buffers[4] = {
        buffer_make(SECBUFFER_DATA, *at, *left), buffer_make(SECBUFFER_EMPTY, NULL, 0),
        buffer_make(SECBUFFER_EMPTY, NULL, 0), buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBufferDesc message = list_make(buffers, 4);
    SECURITY_STATUS status = DecryptMessage(&way->to->context, &message, 0, NULL);
    unsigned number = atomic_load(&way->received);

    if (status == SEC_I_RENEGOTIATE) {
        atomic_fetch_add(&way->renegotiates, 1);
        return answer(way, at, left);
    }
    if (!ok_status(status, SEC_E_OK, "message %u", number) ||
        !ok(is_message(buffers[1].pvBuffer, buffers[1].cbBuffer, number), "message %u is another",
            number))
        return false;
    atomic_store(&way->received, number + 1);
    *at += *left;
    *left = buffers[3].BufferType == SECBUFFER_EXTRA ? buffers[3].cbBuffer : 0;
    *at -= *left;
    return true;
}

static void *read_all(void *argument)
{
    struct way *way = argument;
    uint8_t *chunk = malloc(CHUNK);

    while (chunk && !way->stop && atomic_load(&way->received) < way->messages) {
        uint8_t *at = chunk;
        size_t left = pipe_read(way, chunk);

        if (!left)
            sched_yield();
        while (left && !way->stop)
            if (!read_one(way, &at, &left))
                way->stop = true;
    }
    free(chunk);
    way->done = true;
    return NULL;
}

/* Questions that take the same locks. */
static void *ask_all(void *argument)
{
    struct way *way = argument;

    while (!way->done && !way->stop) {
        SecPkgContext_ConnectionInfo info;
        SecPkgContext_StreamSizes sizes;
        CtxtHandle *context = &way->to->context;

        if (QueryContextAttributesW(context, SECPKG_ATTR_CONNECTION_INFO, &info) != SEC_E_OK ||
            QueryContextAttributesW(context, SECPKG_ATTR_STREAM_SIZES, &sizes) != SEC_E_OK) {
            ok(false, "a question fails");
            way->stop = true;
        }
        sched_yield();
    }
    return NULL;
}

static void way_init(struct way *way, struct loop *loop, enum loop_role from, unsigned messages)
{
    memset(way, 0, sizeof(*way));
    way->from = &loop->side[from];
    way->to = &loop->side[1 - (int)from];
    way->to_client = from == LOOP_SERVER;
    way->messages = messages;
    pthread_mutex_init(&way->pipe.lock, NULL);
    ok_status(QueryContextAttributesW(&way->from->context, SECPKG_ATTR_STREAM_SIZES, &way->sizes),
              SEC_E_OK, "sizes");
    /* Tickets behind the handshake. */
    pipe_write(way, way->to->held.data, way->to->held.size);
    pipe_write(way, way->to->network.data, way->to->network.size);
}

static void run_all(struct loop *loop, enum test_version version, unsigned messages)
{
    static void *(*const run[])(void *) = {write_all, read_all, ask_all};
    static struct way ways[2];
    pthread_t threads[6];

    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++)
        way_init(&ways[role], loop, (enum loop_role)role, messages);
    for (size_t i = 0; i < 6; i++)
        ok(pthread_create(&threads[i], NULL, run[i % 3], &ways[i / 3]) == 0, "no thread");
    for (size_t i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 2; i++) {
        ok_number(atomic_load(&ways[i].received), messages, "received, direction %zu", i);
        if (version == VERSION_TLS13)
            ok(atomic_load(&ways[i].renegotiates) >= UPDATES, "%u updates and tickets",
               atomic_load(&ways[i].renegotiates));
        pthread_mutex_destroy(&ways[i].pipe.lock);
    }
}

START_TEST(threads_keys_change)
{
    static const enum test_version versions[] = {VERSION_TLS12, VERSION_TLS13};
    unsigned messages = getenv("SECUR32_TEST_MILLION") ? MESSAGES_THOROUGH : MESSAGES;

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct credential_wish client_wish = {.version = versions[i]},
                               server_wish = {.server = true, .version = versions[i]};
        CredHandle client, server;
        struct loop loop;

        server_wish.certificate = pki_certificate("rsa");
        if (!server_wish.certificate)
            return;
        push_context("%s", version_name(versions[i]));
        session_set_key_limit(messages / UPDATES - 1);
        if (ok_status(credential_make(&client_wish, &client), SEC_E_OK, "client") &&
            ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server")) {
            if (loop_connect(&loop, &client, &server))
                run_all(&loop, versions[i], messages);
            loop_done(&loop);
            FreeCredentialsHandle(&client);
            FreeCredentialsHandle(&server);
        }
        session_set_key_limit(0);
        pop_context();
    }
}
