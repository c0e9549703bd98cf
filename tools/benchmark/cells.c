/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The cells of one session: messages, ping-pong, credentials, memory; and the program around them.
 * A time is the first decile of many slices of a fifth of a millisecond: on a machine that does
 * other things too, slices that were cut or shared say nothing about the library.
 */
#include "bench.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/net.h"

#define SLICES_MAXIMUM 4096
#define SLICE_NS 200000u

const char *bench_pki = "tests/pki";
static double slices[SLICES_MAXIMUM];

void result_fail(struct result *result, const char *why, const char *detail)
{
    result->unit = NULL;
    snprintf(result->reason, sizeof(result->reason), "%s%s%s", why, detail && *detail ? ": " : "",
             detail ? detail : "");
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double typical(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return count ? values[count / 10] : 0;
}

static void connection_name(const struct cell *cell, char *name, size_t room)
{
    snprintf(name, room, "bulk/%s/%s", cell->part[1], cell->part[2]);
}

static void slices_done(size_t count, struct result *result)
{
    if (!count) {
        result_fail(result, "nothing was measured", NULL);
        return;
    }
    result->value = typical(slices, count);
    result->unit = "ns";
}

/* Repeats work(argument) in slices until the budget is spent. */
static void repeat(bool (*work)(void *), void *argument, uint64_t budget_ns, struct result *result)
{
    uint64_t begin = system_clock_ns(), now = begin, start;
    size_t batch = 1, count = 0;

    while (now - begin < budget_ns && count < SLICES_MAXIMUM) {
        start = now;
        for (size_t i = 0; i < batch; i++)
            if (!work(argument)) {
                result_fail(result, "failed while it was measured", NULL);
                return;
            }
        now = system_clock_ns();
        if (now - start < SLICE_NS / 2 && batch < 1u << 20) {
            batch *= 2;
            count = 0;
            continue;
        }
        slices[count++] = (double)(now - start) / (double)batch;
    }
    slices_done(count, result);
}

struct sealing {
    const struct engine *engine;
    struct session *session;
    size_t size;
};

static bool seal_once(void *argument)
{
    struct sealing *sealing = argument;

    return sealing->engine->seal(sealing->session, NULL, sealing->size, NULL);
}

void cell_encrypt(const struct engine *engine, const struct cell *cell, struct result *result)
{
    struct wish wish = {.version = cell->part[1], .fresh = true};
    struct connection connection;
    struct sealing sealing = {.engine = engine};
    char name[64];

    connection_name(cell, name, sizeof(name));
    if (connection_open(&connection, engine, name, &wish)) {
        sealing.session = connection.session;
        sealing.size = strtoul(cell->part[3], NULL, 10);
        repeat(seal_once, &sealing, cell->budget_ns, result);
    } else {
        result_fail(result, connection_error(), NULL);
    }
    connection_close(&connection);
}

/* The clock costs, under Wine above all, so it is asked seldom: after so many records, which take
 * some 30 to 60 microseconds. */
static size_t clock_every(size_t size)
{
    return size < 2048 ? 256 : 16;
}

/* Opens what was collected; in slices. */
static bool open_all(struct connection *connection, size_t every, size_t *count)
{
    const struct engine *engine = connection->engine;
    struct wire *in = &connection->in;
    const unsigned char *plain;
    uint64_t start = system_clock_ns(), now;
    size_t done = 0;

    while (wire_record(in)) {
        if (engine->open(connection->session, in, &plain) <= 0)
            return false;
        if (++done % every)
            continue; /* the last slice may be short */
        now = system_clock_ns();
        if (now - start < SLICE_NS && wire_record(in))
            continue;
        if (*count < SLICES_MAXIMUM)
            slices[(*count)++] = (double)(now - start) / (double)done;
        done = 0;
        start = system_clock_ns();
    }
    return true;
}

void cell_decrypt(const struct engine *engine, const struct cell *cell, struct result *result)
{
    struct wish wish = {.version = cell->part[1], .fresh = true};
    size_t size = strtoul(cell->part[3], NULL, 10), count = 0;
    size_t every = clock_every(size), batch = 4000000 / (size + 200) / every * every;
    uint64_t begin = system_clock_ns();
    struct connection connection;
    char name[64];
    bool good;

    connection_name(cell, name, sizeof(name));
    good = connection_open(&connection, engine, name, &wish);
    /* Collecting takes longer than opening: twice the budget, and always two batches. */
    for (int i = 0; good && (i < 2 || system_clock_ns() - begin < 2 * cell->budget_ns); i++) {
        good = connection_collect(&connection, size, batch);
        if (good && !open_all(&connection, every, &count)) {
            result_fail(result, "open", engine->error());
            connection_close(&connection);
            return;
        }
    }
    if (good)
        slices_done(count, result);
    else
        result_fail(result, connection_error(), NULL);
    connection_close(&connection);
}

/* There and back. */
static bool ping_once(void *argument)
{
    struct pair *pair = argument;
    const struct engine *engine = pair->engine;
    const unsigned char *plain;

    return engine->seal(pair->client, NULL, 64, &pair->to_server) &&
           engine->open(pair->server, &pair->to_server, &plain) == 64 &&
           engine->seal(pair->server, NULL, 64, &pair->to_client) &&
           engine->open(pair->client, &pair->to_client, &plain) == 64;
}

/* What is left of the handshake. */
static bool read_tickets(struct pair *pair)
{
    const unsigned char *plain;

    while (wire_record(&pair->to_client))
        if (pair->engine->open(pair->client, &pair->to_client, &plain) < 0)
            return false;
    return true;
}

void cell_pingpong(const struct engine *engine, const struct cell *cell, struct result *result)
{
    struct wish wish = {.version = cell->part[1], .certificate = "rsa", .fresh = true};
    const char *missing = engine->no_server(wish.version);
    struct pair pair;

    if (missing) {
        result_fail(result, "no server", missing);
        return;
    }
    if (pair_open(&pair, engine, &wish) && read_tickets(&pair))
        repeat(ping_once, &pair, cell->budget_ns, result);
    else
        result_fail(result, connection_error(), NULL);
    pair_close(&pair);
}

static bool acquire_once(void *argument)
{
    return ((const struct engine *)argument)->acquire();
}

void cell_acquire(const struct engine *engine, const struct cell *cell, struct result *result)
{
    repeat(acquire_once, (void *)(uintptr_t)engine, cell->budget_ns, result);
}

/* Idle contexts: shaken hands, one message sent and one received, socket closed. What an engine
 * remembers of sessions beside them is not theirs. */
void cell_memory(const struct engine *engine, const struct cell *cell, struct result *result)
{
    struct wish wish = {.version = cell->part[1], .fresh = true, .forget = true};
    struct session **sessions = calloc(cell->contexts, sizeof(*sessions));
    size_t count = 0, before = 0, warm = 50;
    struct connection connection;
    char name[64];
    bool good = sessions != NULL;

    snprintf(name, sizeof(name), "bulk/%s/AES-128-GCM", cell->part[1]);
    for (size_t i = 0; good && i < warm + cell->contexts; i++) {
        /* The first ones pay for what the process has once. */
        if (i == warm)
            before = system_memory();
        good = connection_open(&connection, engine, name, &wish) &&
               connection_peer_resumed(&connection) >= 0;
        if (good && i >= warm)
            sessions[count++] = connection_detach(&connection);
        else
            connection_close(&connection);
    }
    if (!good) {
        result_fail(result, connection_error(), NULL);
    } else if (!before) {
        result_fail(result, "the system does not tell the memory in use", NULL);
    } else {
        result->value = ((double)system_memory() - (double)before) / (double)count;
        result->unit = "bytes";
    }
    while (count)
        engine->destroy(sessions[--count]);
    free(sessions);
}

static const struct {
    const char *kind;
    int parts;
    void (*run)(const struct engine *engine, const struct cell *cell, struct result *result);
} kinds[] = {
    {"encrypt", 4, cell_encrypt},   {"decrypt", 4, cell_decrypt},
    {"pingpong", 2, cell_pingpong}, {"client", 4, cell_handshake},
    {"pair", 4, cell_pair},         {"server", 4, cell_pair},
    {"acquire", 1, cell_acquire},   {"memory", 2, cell_memory},
    {"threads", 2, cell_threads},   {"allocations", 3, cell_allocations},
};

static void run(const struct engine *engine, const char *name, struct cell *cell)
{
    struct result result = {.reason = "no such cell"};
    char text[128], *next = text;
    int parts = 0;

    snprintf(text, sizeof(text), "%s", name);
    for (; next && parts < 5; parts++) {
        cell->part[parts] = next;
        next = strchr(next, '/');
        if (next)
            *next++ = 0;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (!strcmp(kinds[i].kind, cell->part[0]) && kinds[i].parts == parts)
            kinds[i].run(engine, cell, &result);
    if (result.unit)
        printf("%s\t%.3f\t%s\n", name, result.value, result.unit);
    else
        printf("%s\tn/a\t%s\n", name, result.reason);
    fflush(stdout);
}

static const char usage[] =
    "Usage: %s [options] [CELL...]\n"
    "\n"
    "One implementation's part of tools/bench. Measures the cells that are named, or\n"
    "that standard input names, one a line; prints a line each: name, tab, figure,\n"
    "tab, unit; or name, n/a, reason.\n"
    "\n"
    "  --peers FILE    what bench-peer printed\n"
    "  --pki DIR       the test certificates (default: tests/pki)\n"
    "  --budget MS     time for a cell (default: 50)\n"
    "  --contexts N    contexts of the memory cells (default: 1000)\n"
    "  -h, --help      this text\n";

static const struct option long_options[] = {
    {"peers", required_argument, NULL, 'p'},  {"pki", required_argument, NULL, 'k'},
    {"budget", required_argument, NULL, 'b'}, {"contexts", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
};

static int read_options(int count, char **values, struct cell *cell)
{
    int option;

    while ((option = getopt_long(count, values, "h", long_options, NULL)) != -1) {
        if (option == 'p' && !peers_load(optarg)) {
            fprintf(stderr, "%s: %s\n", values[0], connection_error());
            return 1;
        } else if (option == 'k') {
            bench_pki = optarg;
        } else if (option == 'b') {
            cell->budget_ns = strtoull(optarg, NULL, 10) * 1000000;
        } else if (option == 'c') {
            cell->contexts = strtoul(optarg, NULL, 10);
        } else if (option == 'h') {
            printf(usage, values[0]);
            exit(0);
        } else if (option == '?') {
            return 2;
        }
    }
    if (cell->contexts && cell->budget_ns)
        return 0;
    fprintf(stderr, "%s: --budget and --contexts must be positive\n", values[0]);
    return 2;
}

int bench_main(int count, char **values, const struct engine *engine)
{
    struct cell cell = {.budget_ns = 50000000, .contexts = 1000};
    char line[128];
    int status;

    if (!net_start())
        return 1;
    status = read_options(count, values, &cell);
    if (status)
        return status;
    engine->describe(line, sizeof(line));
    printf("engine\t%s\t%s\n", engine->name, line);
    fflush(stdout);
    for (int i = optind; i < count; i++)
        run(engine, values[i], &cell);
    while (optind == count && fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        if (line[0])
            run(engine, line, &cell);
    }
    return 0;
}
