/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the benchmark's programs share. cells.c has the cells and the clock; each program brings one
 * engine (sspi.c, gnutls.c, openssl.c). No engine does input or output: bytes come and go through
 * struct wire, so that a socket is never inside a time that is measured.
 */
#ifndef SECUR32_BENCH_H
#define SECUR32_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes from start to end wait to be read. */
struct wire {
    unsigned char *bytes;
    size_t start, end, room;
};

enum step { STEP_MORE, STEP_DONE, STEP_FAILED };

/* What a session should be. */
struct wish {
    bool server;
    bool fresh;              /* client: must not resume */
    bool forget;             /* client: nothing is to be kept for a later session */
    const char *version;     /* "1.2" or "1.3" */
    const char *certificate; /* server: "rsa" or "ecdsa" */
    void *ticket;            /* client: what save() gave, or NULL */
};

struct session; /* the engine's own */

struct engine {
    const char *name;
    /* What answers, e.g. a library and its version. */
    void (*describe)(char *text, size_t room);
    /* Why there is no server for this version; NULL: there is one. */
    const char *(*no_server)(const char *version);
    struct session *(*create)(const struct wish *wish);
    /* Takes what it can from in, appends to out. */
    enum step (*handshake)(struct session *session, struct wire *in, struct wire *out);
    /*
     * Protects one message of so many bytes. data NULL: whatever bytes, already where the engine
     * wants them. out NULL: the record is thrown away; else it replaces what out holds.
     */
    bool (*seal)(struct session *session, const void *data, size_t size, struct wire *out);
    /* Opens the next record, which is whole. Bytes of plaintext, 0 for none (a ticket), or -1. */
    long (*open)(struct session *session, struct wire *in, const unsigned char **plain);
    /* For the next client's wish.ticket. NULL function: the engine remembers by itself. */
    void *(*save)(struct session *session);
    void (*drop)(void *ticket);
    /* One client credential, acquired and freed. */
    bool (*acquire)(void);
    /* Why it failed, for the reader. */
    const char *(*error)(void);
    void (*destroy)(struct session *session);
};

/* The options of the program that engines need. */
extern const char *bench_pki;

int bench_main(int count, char **values, const struct engine *engine);

/* wire.c */
bool wire_make(struct wire *wire, size_t room);
void wire_done(struct wire *wire);
bool wire_append(struct wire *wire, const void *bytes, size_t size);
/* Length of the whole TLS record at the start, 0 while it is not whole. */
size_t wire_record(const struct wire *wire);

/* system_posix.c, system_windows.c */
uint64_t system_clock_ns(void);
/* Resident memory of this process; 0: cannot be told. */
size_t system_memory(void);
/* How often this thread has asked for memory so far; NO_COUNT: cannot be told. */
size_t system_allocations(void);
#define NO_COUNT ((size_t)-1)

/* connect.c: sessions with the peer and with each other. */
#define BENCH_RECORD_ROOM 0x5000
#define BENCH_WIRE_ROOM 0x20000

struct connection {
    const struct engine *engine;
    struct session *session;
    intptr_t socket;
    struct wire in, out;
    uint64_t busy_ns; /* inside the engine's handshake */
};

bool peers_load(const char *file);
/* Connects to a peer by its name in the peers' list and shakes hands. */
bool connection_open(struct connection *connection, const struct engine *engine, const char *peer,
                     const struct wish *wish);
/* Asks the peer for records; they are in connection->in afterwards, whole, not opened. */
bool connection_collect(struct connection *connection, size_t size, size_t count);
/* Asks the peer whether it resumed: 1, 0; -1: no answer. Reads tickets on the way. */
int connection_peer_resumed(struct connection *connection);
/* The socket goes, the session stays and is the caller's. */
struct session *connection_detach(struct connection *connection);
void connection_close(struct connection *connection);
const char *connection_error(void);

struct pair {
    const struct engine *engine;
    struct session *client, *server;
    struct wire to_server, to_client;
    uint64_t client_ns, server_ns;
    size_t server_bytes; /* that the server sent until both were done */
};

bool pair_open(struct pair *pair, const struct engine *engine, const struct wish *wish);
void pair_close(struct pair *pair);

/* cells.c, cells_threads.c, cells_handshake.c: a result, or the reason why there is none. */
struct result {
    double value;
    const char *unit;
    char reason[160];
};

struct cell {
    const char *part[5]; /* of its name, between the slashes */
    uint64_t budget_ns;
    size_t contexts;
};

void result_fail(struct result *result, const char *why, const char *detail);
/* What the undisturbed samples say: the first decile. */
double typical(double *values, size_t count);
void cell_encrypt(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_decrypt(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_pingpong(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_handshake(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_pair(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_allocations(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_acquire(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_memory(const struct engine *engine, const struct cell *cell, struct result *result);
void cell_threads(const struct engine *engine, const struct cell *cell, struct result *result);

#endif
