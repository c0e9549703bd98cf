/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: what DecryptMessage is given, and what a program does with the answer. Edits are
 * made to records that were really sealed; in TLS 1.3 tickets come first.
 */
#include "fuzz.h"

#include <stdlib.h>

/* Every status must come with buffers that the loop's checks accept. */
static void read_all(struct loop *loop, enum loop_role role)
{
    struct bytes plain = {NULL, 0, 0};

    for (unsigned i = 0; i < 1000; i++)
        if (loop_receive(loop, role, plain.size + 1, &plain) != SEC_E_OK)
            break;
    bytes_done(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_plan plan = fuzz_plan(data, size);
    const struct fuzz_pair *pair = fuzz_pair(plan.version);
    struct bytes wire = {NULL, 0, 0};
    struct loop loop;

    loop_init(&loop, (CredHandle *)&pair->client, (CredHandle *)&pair->server);
    if (!loop_handshake(&loop))
        abort();
    loop.cut = plan.cut;
    loop.side[LOOP_CLIENT].unchecked = loop.side[LOOP_SERVER].unchecked = true;
    if (plan.mode == FUZZ_RAW) {
        bytes_add(&wire, plan.data, plan.size);
    } else {
        bytes_add(&wire, loop.side[LOOP_CLIENT].network.data, loop.side[LOOP_CLIENT].network.size);
        bytes_drop(&loop.side[LOOP_CLIENT].network, loop.side[LOOP_CLIENT].network.size);
        for (unsigned i = 0; i < 3; i++)
            if (loop_seal(&loop.side[LOOP_SERVER], "some text", 9, &wire) != SEC_E_OK)
                abort();
        fuzz_edit(&plan, 0, &wire);
    }
    loop_deliver(&loop, LOOP_CLIENT, wire.data, wire.size);
    read_all(&loop, LOOP_CLIENT);
    bytes_done(&wire);
    loop_done(&loop);
    return 0;
}
