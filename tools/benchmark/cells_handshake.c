/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The cells of handshakes. client/full|resumed/VERSION/CERTIFICATE: the client against the peer;
 * pair/... and server/...: both ends, or the server's end, of a pair in memory. Only time inside
 * the library counts. A cell of resumed handshakes fails unless each was resumed: the peer says so,
 * and in a pair the server sent no certificate, so less than half as much.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#define SAMPLES_MAXIMUM 1000
#define BUDGETS 5 /* a handshake is one sample, and takes as long as some slices of messages */

static double samples[SAMPLES_MAXIMUM];

static void finish(size_t count, struct result *result)
{
    if (!count)
        return;
    result->value = typical(samples, count);
    result->unit = "ns";
}

/* Keeps a ticket for the next handshake; false: the engine gave none. */
static bool keep_ticket(const struct engine *engine, struct session *session, void **ticket)
{
    void *fresh;

    if (!engine->save)
        return true;
    fresh = engine->save(session);
    if (!fresh)
        return *ticket != NULL;
    if (*ticket)
        engine->drop(*ticket);
    *ticket = fresh;
    return true;
}

static bool client_once(const struct engine *engine, const char *peer, struct wish *wish,
                        bool first, double *sample, struct result *result)
{
    struct connection connection;
    bool good = connection_open(&connection, engine, peer, wish);
    int resumed;

    *sample = (double)connection.busy_ns;
    if (!good) {
        result_fail(result, connection_error(), NULL);
    } else if (!wish->fresh) {
        resumed = connection_peer_resumed(&connection);
        if (resumed < 0)
            result_fail(result, connection_error(), NULL);
        else if (!first && !resumed)
            result_fail(result, "the session was not resumed", NULL);
        else if (!keep_ticket(engine, connection.session, &wish->ticket))
            result_fail(result, "no session to resume", NULL);
        good = !result->reason[0];
    }
    connection_close(&connection);
    return good;
}

void cell_handshake(const struct engine *engine, const struct cell *cell, struct result *result)
{
    bool resume = !strcmp(cell->part[1], "resumed");
    struct wish wish = {.version = cell->part[2], .fresh = !resume};
    uint64_t begin = system_clock_ns();
    size_t count = 0;
    char peer[64];
    bool good = true;

    snprintf(peer, sizeof(peer), "%s/%s/%s", cell->part[1], cell->part[2], cell->part[3]);
    result->reason[0] = 0;
    if (resume)
        good = client_once(engine, peer, &wish, true, samples, result);
    while (good && count < SAMPLES_MAXIMUM &&
           (count < 10 || system_clock_ns() - begin < BUDGETS * cell->budget_ns)) {
        good = client_once(engine, peer, &wish, false, &samples[count], result);
        count += good;
    }
    if (wish.ticket)
        engine->drop(wish.ticket);
    if (good)
        finish(count, result);
}

/* The first byte that the server sends makes the client read the tickets before it. */
static bool read_tickets(struct pair *pair)
{
    struct wire record;
    const unsigned char *plain;
    bool good = true;

    while (good && wire_record(&pair->to_client))
        good = pair->engine->open(pair->client, &pair->to_client, &plain) >= 0;
    if (!good || !wire_make(&record, BENCH_RECORD_ROOM))
        return false;
    good = pair->engine->seal(pair->server, "x", 1, &record);
    while (good && wire_record(&record))
        good = pair->engine->open(pair->client, &record, &plain) >= 0;
    wire_done(&record);
    return good;
}

/* full_bytes: what a server sends in a full handshake. */
static bool pair_once(const struct engine *engine, struct wish *wish, struct pair *pair, bool first,
                      size_t full_bytes, struct result *result)
{
    bool good = pair_open(pair, engine, wish);

    if (!good) {
        result_fail(result, connection_error(), NULL);
    } else if (!wish->fresh) {
        if (!first && pair->server_bytes >= full_bytes / 2)
            result_fail(result, "the session was not resumed", NULL);
        if (result->reason[0])
            good = false;
        else if (!read_tickets(pair))
            result_fail(result, "tickets", engine->error());
        else if (!keep_ticket(engine, pair->client, &wish->ticket))
            result_fail(result, "no session to resume", NULL);
        good = !result->reason[0];
    }
    pair_close(pair);
    return good;
}

void cell_pair(const struct engine *engine, const struct cell *cell, struct result *result)
{
    bool resume = !strcmp(cell->part[1], "resumed"), server = !strcmp(cell->part[0], "server");
    struct wish wish = {.version = cell->part[2], .certificate = cell->part[3], .fresh = !resume};
    uint64_t begin = system_clock_ns();
    const char *missing = engine->no_server(wish.version);
    struct pair pair;
    size_t count = 0, full_bytes = 0;
    bool good = true;

    if (missing) {
        result_fail(result, "no server", missing);
        return;
    }
    result->reason[0] = 0;
    /* One that cannot be resumed, whatever cells were measured before; one that may be. */
    if (resume) {
        struct wish full = wish;

        full.fresh = true;
        good = pair_once(engine, &full, &pair, true, 0, result);
        full_bytes = pair.server_bytes;
        good = good && pair_once(engine, &wish, &pair, true, full_bytes, result);
    }
    while (good && count < SAMPLES_MAXIMUM &&
           (count < 10 || system_clock_ns() - begin < BUDGETS * cell->budget_ns)) {
        good = pair_once(engine, &wish, &pair, false, full_bytes, result);
        if (good)
            samples[count++] = (double)pair.server_ns + (server ? 0 : (double)pair.client_ns);
    }
    if (wish.ticket)
        engine->drop(wish.ticket);
    if (good)
        finish(count, result);
}
