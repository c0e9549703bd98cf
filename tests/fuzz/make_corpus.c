/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Writes a first corpus for the targets: recorded streams for their raw mode, and a few edits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void write_input(const char *folder, const char *name, uint8_t first, const void *data,
                        size_t size)
{
    char path[1024];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s-%02x", folder, name, first);
    file = fopen(path, "wb");
    if (!file || fwrite(&first, 1, 1, file) != 1 || fwrite(data, 1, size, file) != size ||
        fclose(file)) {
        perror(path);
        exit(1);
    }
}

/* All that goes to one side in a handshake and a message. */
static void record(enum test_version version, enum loop_role to, struct bytes *stream)
{
    const struct fuzz_pair *pair = fuzz_pair(version);
    enum loop_role from = to == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT;
    struct loop loop;

    loop_init(&loop, (CredHandle *)&pair->client, (CredHandle *)&pair->server);
    for (unsigned i = 0; i < 100 && !loop.side[to].done; i++) {
        for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
            struct loop_side *side = &loop.side[role];

            if (role == (int)to)
                bytes_add(stream, side->network.data, side->network.size);
            if (!side->done && (loop_read(&loop, (enum loop_role)role) || !loop.legs))
                loop_step(&loop, (enum loop_role)role);
        }
    }
    if (loop.side[from].done)
        loop_seal(&loop.side[from], "message", 7, stream);
    loop_done(&loop);
}

int main(int count, char **folders)
{
    static const uint8_t edits[] = {0, 0,    0, 1, 0, 5, 0, 2,  0, 60,
                                    1, 0xff, 1, 0, 2, 7, 0, 90, 3, 0};

    if (count != 4) {
        fprintf(stderr, "Usage: %s CLIENT-FOLDER SERVER-FOLDER DECRYPT-FOLDER\n", folders[0]);
        return 2;
    }
    for (uint8_t version = 0; version < 2; version++) {
        enum test_version tls = version ? VERSION_TLS13 : VERSION_TLS12;
        uint8_t bits = (uint8_t)(version << 1);
        struct bytes stream = {NULL, 0, 0};

        record(tls, LOOP_CLIENT, &stream);
        write_input(folders[1], "stream", bits, stream.data, stream.size);
        write_input(folders[3], "stream", bits, stream.data, stream.size);
        bytes_done(&stream);
        record(tls, LOOP_SERVER, &stream);
        write_input(folders[2], "stream", bits, stream.data, stream.size);
        bytes_done(&stream);
        for (int i = 1; i < count; i++) {
            for (size_t size = 0; size <= sizeof(edits); size += 4)
                write_input(folders[i], size ? "edit" : "none",
                            (uint8_t)(bits | 1 | (size / 4 % 4) << 2), edits, size);
            write_input(folders[i], "alert", bits, "\x15\x03\x03\x00\x02\x02\x28", 7);
        }
    }
    return 0;
}
