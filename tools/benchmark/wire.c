/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See bench.h: bytes on their way.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

/* Those of the usual size are kept for the next connection. Fresh ones would make the heap grow and
 * shrink with each, and the session that is measured would lie in pages that nobody touched yet. */
#define SPARES 2

static unsigned char *spares[SPARES];

static unsigned char *take_spare(void)
{
    for (size_t i = 0; i < SPARES; i++) {
        unsigned char *bytes = spares[i];

        spares[i] = NULL;
        if (bytes)
            return bytes;
    }
    return NULL;
}

static bool keep_spare(unsigned char *bytes)
{
    for (size_t i = 0; i < SPARES; i++) {
        if (!spares[i]) {
            spares[i] = bytes;
            return true;
        }
    }
    return false;
}

bool wire_make(struct wire *wire, size_t room)
{
    wire->start = wire->end = 0;
    wire->room = room;
    wire->bytes = room == BENCH_WIRE_ROOM ? take_spare() : NULL;
    if (!wire->bytes)
        wire->bytes = calloc(1, room);
    return wire->bytes != NULL;
}

void wire_done(struct wire *wire)
{
    if (!wire->bytes || wire->room != BENCH_WIRE_ROOM || !keep_spare(wire->bytes))
        free(wire->bytes);
    memset(wire, 0, sizeof(*wire));
}

bool wire_append(struct wire *wire, const void *bytes, size_t size)
{
    if (wire->start == wire->end)
        wire->start = wire->end = 0;
    if (size > wire->room - wire->end)
        return false;
    memcpy(wire->bytes + wire->end, bytes, size);
    wire->end += size;
    return true;
}

size_t wire_record(const struct wire *wire)
{
    const unsigned char *header = wire->bytes + wire->start;
    size_t have = wire->end - wire->start, need;

    if (have < 5)
        return 0;
    need = 5 + ((size_t)header[3] << 8 | header[4]);
    return need <= have ? need : 0;
}
