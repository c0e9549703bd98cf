/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam: two threads, one for each direction of one pair of sessions, while keys change.
 * They lock as tls.h says: a direction's lock for a message, all three for what may write or change
 * keys.
 */
#include "seam_pair.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "harness.h"

#define MESSAGES 20000
#define SIZE 64
#define AROUND 128

void session_set_key_limit(uint64_t records) __attribute__((weak));

struct locks {
    pthread_mutex_t receive, send, session;
};

struct way {
    struct end *from, *to;
    struct locks *from_locks, *to_locks;
    struct tls_info info;
    bool asks; /* for new keys of the other, once */
    unsigned updates_seen;
    atomic_uint failures;
};

static void count_failure(struct way *way, const char *what, int detail)
{
    if (atomic_fetch_add(&way->failures, 1) == 0)
        trace("%s: %d", what, detail);
}

/* Opens one record; a message takes the other locks of its end too. */
static void open_record(struct way *way, uint8_t *record, size_t size)
{
    struct tls_unseal unseal = {.record = record, .size = size};
    struct tls_session *session = way->to->session;
    struct tls_result result;
    enum tls_status status;

    pthread_mutex_lock(&way->to_locks->receive);
    status = tls_unseal(session, &unseal, &result);
    if (status != TLS_OK) {
        count_failure(way, "unseal", (int)status);
    } else if (unseal.type == TLS_TYPE_HANDSHAKE) {
        way->updates_seen++;
        pthread_mutex_lock(&way->to_locks->send);
        pthread_mutex_lock(&way->to_locks->session);
        tls_message(session, span_of(record + unseal.offset, unseal.plain_size), &result);
        pthread_mutex_unlock(&way->to_locks->session);
        pthread_mutex_unlock(&way->to_locks->send);
        if (result.event != TLS_DONE)
            count_failure(way, "message", (int)result.event);
    } else if (unseal.plain_size != SIZE || !seam_is_filled(record + unseal.offset, SIZE)) {
        count_failure(way, "plaintext", (int)unseal.plain_size);
    }
    pthread_mutex_unlock(&way->to_locks->receive);
}

static void open_all(struct way *way, uint8_t *bytes, size_t size)
{
    while (size >= 5) {
        size_t record = 5 + ((size_t)bytes[3] << 8 | bytes[4]);

        if (record > size) {
            count_failure(way, "half a record", (int)size);
            return;
        }
        open_record(way, bytes, record);
        bytes += record;
        size -= record;
    }
}

static void send_one(struct way *way, uint8_t seed)
{
    uint8_t record[SIZE + AROUND];
    struct tls_seal seal = {.header = record, .data_size = SIZE, .type = TLS_TYPE_DATA};
    enum tls_status status;

    seal.data = record + way->info.header;
    seal.trailer = seal.data + SIZE;
    seal.trailer_room = way->info.trailer;
    for (size_t i = 0; i < SIZE; i++)
        seal.data[i] = (uint8_t)(seed + i * 7);
    pthread_mutex_lock(&way->from_locks->send);
    status = tls_seal(way->from->session, &seal);
    pthread_mutex_unlock(&way->from_locks->send);
    if (status == TLS_OK)
        open_all(way, record, way->info.header + SIZE + seal.trailer_size);
    else
        count_failure(way, "seal", (int)status);
}

/* New keys, asking for the other's, which will come behind one of its messages. */
static void update_keys(struct way *way)
{
    struct tls_session *session = way->from->session;
    struct tls_result result;
    uint8_t output[AROUND];
    size_t size = 0;

    pthread_mutex_lock(&way->from_locks->send);
    pthread_mutex_lock(&way->from_locks->session);
    tls_update_keys(session, true, &result);
    if (result.event != TLS_DONE || tls_output(session, output, sizeof(output), &size) != TLS_OK)
        count_failure(way, "update", (int)result.event);
    pthread_mutex_unlock(&way->from_locks->session);
    pthread_mutex_unlock(&way->from_locks->send);
    open_all(way, output, size);
}

static void *run(void *argument)
{
    struct way *way = argument;

    for (unsigned i = 0; i < MESSAGES; i++) {
        send_one(way, (uint8_t)i);
        /* GnuTLS takes at most eight updates a second from its peer, and no request for one while
         * its own request is unanswered: so only one end asks. */
        if (way->asks && i == MESSAGES / 2)
            update_keys(way);
    }
    return NULL;
}

static void init_locks(struct locks *locks)
{
    pthread_mutex_init(&locks->receive, NULL);
    pthread_mutex_init(&locks->send, NULL);
    pthread_mutex_init(&locks->session, NULL);
}

static void run_both(struct pair *pair, bool updates)
{
    struct locks client, server;
    struct way ways[2] = {{&pair->client, &pair->server, &client, &server, {0}, false, 0, 0},
                          {&pair->server, &pair->client, &server, &client, {0}, false, 0, 0}};
    pthread_t threads[2];

    init_locks(&client);
    init_locks(&server);
    for (size_t i = 0; i < 2; i++)
        ok(tls_info(ways[i].from->session, &ways[i].info) == TLS_OK, "info");
    ways[0].asks = ways[0].info.version == 0x0304;
    for (size_t i = 0; i < 2; i++)
        ok(pthread_create(&threads[i], NULL, run, &ways[i]) == 0, "thread");
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 2; i++) {
        ok_number(atomic_load(&ways[i].failures), 0, "failures of direction %u", (unsigned)i);
        if (updates || ways[i].asks)
            ok(ways[i].updates_seen >= 1, "%u updates in direction %u", ways[i].updates_seen,
               (unsigned)i);
    }
}

static void run_version(uint32_t version, bool updates)
{
    struct seam_settings settings = {.versions = version};
    struct pair pair;

    push_context("version %x", version);
    if (pair_open(&pair, &settings)) {
        ok(pair_handshake(&pair), "no handshake");
        pair_receive(&pair, &pair.client);
        run_both(&pair, updates);
        pair_close(&pair);
    }
    pop_context();
}

START_TEST(seam_threads)
{
    run_version(TLS_VERSION_1_2, false);
    run_version(TLS_VERSION_1_3, false);
}

/* Each end takes new keys by itself, again and again. */
START_TEST(seam_threads_updates)
{
    if (!session_set_key_limit) {
        skip("the limit cannot be set through the crossing");
        return;
    }
    session_set_key_limit(MESSAGES / 3);
    run_version(TLS_VERSION_1_3, true);
    session_set_key_limit(0);
}
