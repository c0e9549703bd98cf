/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * allocations/encrypt|decrypt/VERSION: how often memory is asked for, a message.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#define SIZE 1024
#define MESSAGES 200

static bool seal_all(struct connection *connection)
{
    for (int i = 0; i < MESSAGES; i++)
        if (!connection->engine->seal(connection->session, NULL, SIZE, NULL))
            return false;
    return true;
}

static bool open_all(struct connection *connection)
{
    const unsigned char *plain;

    for (int i = 0; i < MESSAGES; i++)
        if (connection->engine->open(connection->session, &connection->in, &plain) != SIZE)
            return false;
    return true;
}

void cell_allocations(const struct engine *engine, const struct cell *cell, struct result *result)
{
    struct wish wish = {.version = cell->part[2], .fresh = true};
    bool decrypt = !strcmp(cell->part[1], "decrypt"), good;
    struct connection connection;
    size_t before = system_allocations();
    char name[64];

    if (before == NO_COUNT) {
        result_fail(result, "cannot be counted here", NULL);
        return;
    }
    snprintf(name, sizeof(name), "bulk/%s/AES-128-GCM", cell->part[2]);
    /* Twice the messages, so that what the first one pays for is not counted. */
    good = connection_open(&connection, engine, name, &wish) &&
           (decrypt ? connection_collect(&connection, SIZE, 2 * MESSAGES) && open_all(&connection)
                    : seal_all(&connection));
    before = system_allocations();
    good = good && (decrypt ? open_all(&connection) : seal_all(&connection));
    if (good) {
        result->value = (double)(system_allocations() - before) / MESSAGES;
        result->unit = "allocations";
    } else {
        result_fail(result, "failed while it was counted", connection_error());
    }
    connection_close(&connection);
}
