/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See bench.h: sessions with the peer over loopback, and pairs in memory. Only the engine's calls
 * are timed.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/net.h"

#define PEERS_MAXIMUM 64

static struct {
    char name[64], port[16];
} peers[PEERS_MAXIMUM];
static size_t peer_count;
static char error_text[128];

const char *connection_error(void)
{
    return error_text;
}

static bool fail(const char *what, const char *why)
{
    snprintf(error_text, sizeof(error_text), "%s%s%s", what, *why ? ": " : "", why);
    return false;
}

bool peers_load(const char *file)
{
    FILE *list = fopen(file, "r");

    if (!list)
        return fail("no list of peers", file);
    while (peer_count < PEERS_MAXIMUM &&
           fscanf(list, "%63s %15s", peers[peer_count].name, peers[peer_count].port) == 2)
        peer_count++;
    fclose(list);
    return peer_count > 0 || fail("empty list of peers", file);
}

static const char *find_port(const char *name)
{
    for (size_t i = 0; i < peer_count; i++)
        if (!strcmp(peers[i].name, name))
            return peers[i].port;
    return NULL;
}

/* A new session belongs to the handshake: in SSPI the first call makes it. */
static struct session *timed_create(const struct engine *engine, const struct wish *wish,
                                    uint64_t *spent)
{
    uint64_t begin = system_clock_ns();
    struct session *session = engine->create(wish);

    *spent += system_clock_ns() - begin;
    return session;
}

static enum step timed_step(const struct engine *engine, struct session *session, struct wire *in,
                            struct wire *out, uint64_t *spent)
{
    uint64_t begin = system_clock_ns();
    enum step step = engine->handshake(session, in, out);

    *spent += system_clock_ns() - begin;
    return step;
}

static bool flush(struct connection *connection)
{
    struct wire *out = &connection->out;
    bool good = out->end == out->start ||
                net_write(connection->socket, out->bytes + out->start, out->end - out->start);

    out->start = out->end = 0;
    return good || fail("sending", net_error());
}

static bool fill(struct connection *connection)
{
    struct wire *in = &connection->in;
    long got;

    if (in->start == in->end)
        in->start = in->end = 0;
    if (in->end == in->room)
        return fail("the peer sends too much", "");
    got = net_read(connection->socket, in->bytes + in->end, in->room - in->end);
    if (got <= 0)
        return fail("the peer closed", "");
    in->end += (size_t)got;
    return true;
}

static bool shake(struct connection *connection)
{
    enum step step;

    for (;;) {
        step = timed_step(connection->engine, connection->session, &connection->in,
                          &connection->out, &connection->busy_ns);
        if (step == STEP_FAILED)
            return fail("handshake", connection->engine->error());
        if (!flush(connection))
            return false;
        if (step == STEP_DONE)
            return true;
        if (!fill(connection))
            return fail("the peer ended the handshake", "");
    }
}

bool connection_open(struct connection *connection, const struct engine *engine, const char *peer,
                     const struct wish *wish)
{
    const char *port = find_port(peer);

    memset(connection, 0, sizeof(*connection));
    connection->engine = engine;
    connection->socket = NET_NONE;
    if (!port)
        return fail("no such peer", peer);
    connection->socket = net_connect("127.0.0.1", port, NET_IPV4);
    if (connection->socket == NET_NONE)
        return fail("connecting", net_error());
    net_timeout(connection->socket, 30);
    /* Two writes in a row would wait 40 ms for the peer's acknowledgement, and the next handshake
     * would be measured on a processor that has slept. */
    net_no_delay(connection->socket);
    connection->session = timed_create(engine, wish, &connection->busy_ns);
    if (!connection->session)
        return fail("new session", engine->error());
    return wire_make(&connection->in, BENCH_WIRE_ROOM) &&
           wire_make(&connection->out, BENCH_WIRE_ROOM) && shake(connection);
}

static bool command(struct connection *connection, const char *text)
{
    return (connection->engine->seal(connection->session, text, strlen(text), &connection->out) ||
            fail("seal", connection->engine->error())) &&
           flush(connection);
}

/* Opens what is there until data comes. */
static long read_data(struct connection *connection, const unsigned char **plain)
{
    long got;

    for (;;) {
        while (!wire_record(&connection->in))
            if (!fill(connection))
                return -1;
        got = connection->engine->open(connection->session, &connection->in, plain);
        if (got < 0)
            fail("open", connection->engine->error());
        if (got)
            return got;
    }
}

int connection_peer_resumed(struct connection *connection)
{
    const unsigned char *plain = NULL;

    if (!command(connection, "state\n") || read_data(connection, &plain) < 1)
        return -1;
    return *plain == 'r';
}

static size_t count_records(struct wire wire, size_t enough)
{
    size_t count = 0, length;

    while (count < enough && (length = wire_record(&wire))) {
        wire.start += length;
        count++;
    }
    return count;
}

bool connection_collect(struct connection *connection, size_t size, size_t count)
{
    /* No suite here adds more than 70 bytes to a message. */
    size_t need = count * (size + 80) + BENCH_WIRE_ROOM;
    char text[64];

    /* Also takes the tickets, so that only data follows. */
    if (connection_peer_resumed(connection) < 0)
        return false;
    if (connection->in.room < need) {
        wire_done(&connection->in);
        if (!wire_make(&connection->in, need))
            return fail("no memory", "");
    }
    snprintf(text, sizeof(text), "send %lu %lu\n", (unsigned long)size, (unsigned long)count);
    if (!command(connection, text))
        return false;
    /* The smallest record that can hold it; counting for certain costs a walk. */
    while (connection->in.end < count * (size + 5) || count_records(connection->in, count) < count)
        if (!fill(connection))
            return false;
    return true;
}

struct session *connection_detach(struct connection *connection)
{
    struct session *session = connection->session;

    connection->session = NULL;
    connection_close(connection);
    return session;
}

void connection_close(struct connection *connection)
{
    if (connection->session)
        connection->engine->destroy(connection->session);
    connection->session = NULL;
    if (connection->socket != NET_NONE)
        net_close(connection->socket);
    connection->socket = NET_NONE;
    wire_done(&connection->in);
    wire_done(&connection->out);
}

bool pair_open(struct pair *pair, const struct engine *engine, const struct wish *wish)
{
    struct wish client = *wish, server = *wish;
    enum step client_step = STEP_MORE, server_step = STEP_MORE;
    size_t unread;

    memset(pair, 0, sizeof(*pair));
    pair->engine = engine;
    client.server = false;
    server.server = true;
    pair->client = timed_create(engine, &client, &pair->client_ns);
    pair->server = pair->client ? timed_create(engine, &server, &pair->server_ns) : NULL;
    if (!pair->server)
        return fail("new session", engine->error());
    if (!wire_make(&pair->to_client, BENCH_WIRE_ROOM) ||
        !wire_make(&pair->to_server, BENCH_WIRE_ROOM))
        return fail("no memory", "");
    for (int turn = 0; turn < 10 && (client_step != STEP_DONE || server_step != STEP_DONE);
         turn++) {
        if (client_step == STEP_MORE)
            client_step = timed_step(engine, pair->client, &pair->to_client, &pair->to_server,
                                     &pair->client_ns);
        unread = pair->to_client.end - pair->to_client.start;
        if (client_step != STEP_FAILED && server_step == STEP_MORE)
            server_step = timed_step(engine, pair->server, &pair->to_server, &pair->to_client,
                                     &pair->server_ns);
        pair->server_bytes += pair->to_client.end - pair->to_client.start - unread;
        if (client_step == STEP_FAILED || server_step == STEP_FAILED)
            return fail(client_step == STEP_FAILED ? "client handshake" : "server handshake",
                        engine->error());
    }
    return (client_step == STEP_DONE && server_step == STEP_DONE) ||
           fail("the handshake does not end", "");
}

void pair_close(struct pair *pair)
{
    if (pair->client)
        pair->engine->destroy(pair->client);
    if (pair->server)
        pair->engine->destroy(pair->server);
    wire_done(&pair->to_client);
    wire_done(&pair->to_server);
}
