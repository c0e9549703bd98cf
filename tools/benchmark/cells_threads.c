/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Two threads. threads/contexts: each seals on a context of its own; threads/directions: one seals
 * and one opens on the same context. The figure is the time of both works one after the other,
 * divided by the time of both at once; 2 is perfect. The best of the trials counts on either side,
 * since a trial in which a thread waits for a processor says nothing about locks. A context that
 * fails meanwhile is the result.
 */
#include "bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "sspi/net.h"

#define MESSAGE 4096
#define MESSAGES 500
#define TRIALS 8

struct work {
    const struct engine *engine;
    struct session *session;
    struct wire *in; /* NULL: seal */
    uint64_t begin, end;
    bool failed;
    atomic_int *gate; /* how many are still to come */
    atomic_bool finished;
};

static void do_work(void *argument)
{
    struct work *work = argument;
    const unsigned char *plain;

    atomic_fetch_sub(work->gate, 1);
    while (atomic_load(work->gate) > 0)
        continue;
    work->begin = system_clock_ns();
    for (int i = 0; i < MESSAGES && !work->failed; i++)
        work->failed = work->in ? work->engine->open(work->session, work->in, &plain) != MESSAGE
                                : !work->engine->seal(work->session, NULL, MESSAGE, NULL);
    work->end = system_clock_ns();
    atomic_store(&work->finished, true);
}

static uint64_t alone(struct work *work)
{
    atomic_int gate = 1;

    work->gate = &gate;
    do_work(work);
    return work->end - work->begin;
}

/* Time from the first begin to the last end; 0: no thread. */
static uint64_t together(struct work *first, struct work *second)
{
    uint64_t begin, end;
    atomic_int gate = 2;

    first->gate = second->gate = &gate;
    atomic_store(&second->finished, false);
    if (!thread_start(do_work, second))
        return 0;
    do_work(first);
    while (!atomic_load(&second->finished))
        continue;
    begin = first->begin < second->begin ? first->begin : second->begin;
    end = first->end > second->end ? first->end : second->end;
    return end - begin;
}

static void least(uint64_t *best, uint64_t value)
{
    if (value && value < *best)
        *best = value;
}

static void measure(struct work *works, struct result *result)
{
    uint64_t single[2] = {UINT64_MAX, UINT64_MAX}, both = UINT64_MAX;

    for (int i = 0; i < TRIALS; i++) {
        for (int side = 0; side < 2; side++)
            least(&single[side], alone(&works[side]));
        least(&both, together(&works[0], &works[1]));
        if (works[0].failed || works[1].failed) {
            result_fail(result, "the context was lost", works[0].engine->error());
            return;
        }
    }
    if (both == UINT64_MAX) {
        result_fail(result, "no second thread", NULL);
        return;
    }
    result->value = (double)(single[0] + single[1]) / (double)both;
    result->unit = "x";
}

void cell_threads(const struct engine *engine, const struct cell *cell, struct result *result)
{
    bool directions = !strcmp(cell->part[1], "directions");
    struct wish wish = {.version = "1.2", .fresh = true};
    struct connection connections[2];
    struct work works[2];
    bool good = true;

    memset(connections, 0, sizeof(connections));
    memset(works, 0, sizeof(works));
    connections[1].socket = NET_NONE;
    good = connection_open(&connections[0], engine, "bulk/1.2/AES-128-GCM", &wish) &&
           (directions || connection_open(&connections[1], engine, "bulk/1.2/AES-128-GCM", &wish));
    for (int i = 0; i < 2; i++) {
        works[i].engine = engine;
        works[i].session = connections[directions ? 0 : i].session;
    }
    /* All of it now: the peer cannot read on after messages that were thrown away. */
    if (good && directions) {
        works[1].in = &connections[0].in;
        good = connection_collect(&connections[0], MESSAGE, 2 * TRIALS * MESSAGES);
    }
    if (good)
        measure(works, result);
    else
        result_fail(result, connection_error(), NULL);
    connection_close(&connections[0]);
    connection_close(&connections[1]);
}
