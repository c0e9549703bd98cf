/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: what a server sends to InitializeSecurityContext.
 */
#include "fuzz.h"

static void feed_client(const struct fuzz_plan *plan)
{
    const struct fuzz_pair *pair = fuzz_pair(plan->version);
    struct loop_side *side;
    struct loop loop;

    loop_init(&loop, (CredHandle *)&pair->client, NULL);
    loop.cut = plan->cut;
    side = &loop.side[LOOP_CLIENT];
    side->unchecked = true;
    loop_step(&loop, LOOP_CLIENT);
    loop_deliver(&loop, LOOP_CLIENT, plan->data, plan->size);
    while (!side->failed && !side->done) {
        if ((!side->held.size || side->status == SEC_E_INCOMPLETE_MESSAGE) &&
            !loop_read(&loop, LOOP_CLIENT))
            break;
        loop_step(&loop, LOOP_CLIENT);
    }
    loop_done(&loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_plan plan = fuzz_plan(data, size);

    if (plan.mode == FUZZ_RAW)
        feed_client(&plan);
    else
        fuzz_handshake(&plan, LOOP_CLIENT);
    return 0;
}
