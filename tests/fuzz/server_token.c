/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: what a client sends to AcceptSecurityContext.
 */
#include "fuzz.h"

static void feed_server(const struct fuzz_plan *plan)
{
    const struct fuzz_pair *pair = fuzz_pair(plan->version);
    struct loop_side *side;
    struct loop loop;

    loop_init(&loop, NULL, (CredHandle *)&pair->server);
    loop.cut = plan->cut;
    side = &loop.side[LOOP_SERVER];
    side->unchecked = true;
    loop_deliver(&loop, LOOP_SERVER, plan->data, plan->size);
    while (!side->failed && !side->done) {
        if ((!side->held.size || side->status == SEC_E_INCOMPLETE_MESSAGE) &&
            !loop_read(&loop, LOOP_SERVER))
            break;
        loop_step(&loop, LOOP_SERVER);
    }
    loop_done(&loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_plan plan = fuzz_plan(data, size);

    if (plan.mode == FUZZ_RAW)
        feed_server(&plan);
    else
        fuzz_handshake(&plan, LOOP_SERVER);
    return 0;
}
