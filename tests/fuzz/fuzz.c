/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See fuzz.h. Also stands for harness.c: a check that fails aborts.
 */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "pki.h"

enum operation { EDIT_XOR, EDIT_SET, EDIT_INSERT, EDIT_DROP, EDIT_CUT, EDIT_COUNT };

#define EDIT_SIZE 4

static unsigned random_state = 1;

bool harness_ok(const char *file, int line, bool condition, const char *format, ...)
{
    va_list arguments;

    if (condition)
        return true;
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    abort();
}

bool harness_ok_number(const char *file, int line, unsigned long got, unsigned long want,
                       bool is_status, const char *format, ...)
{
    (void)is_status;
    return harness_ok(file, line, got == want, "%s: got %lx, want %lx", format, got, want);
}

void harness_skip(const char *file, int line, const char *format, ...)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, format);
    exit(77);
}

const char *harness_pki_folder(void)
{
    return getenv("SECUR32_TEST_PKI");
}

unsigned harness_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

bool running_under_wine(void)
{
    return false;
}

bool running_on_windows(void)
{
    return false;
}

const struct fuzz_pair *fuzz_pair(enum test_version version)
{
    static struct fuzz_pair pairs[VERSION_DTLS12 + 1];
    static bool made[VERSION_DTLS12 + 1];
    size_t at = (size_t)version;

    if (!made[at]) {
        struct credential_wish wish = {.version = version, .old_form = version != VERSION_TLS13};

        if (credential_make(&wish, &pairs[at].client) != SEC_E_OK)
            abort();
        wish.server = true;
        wish.flags = SCH_CRED_DISABLE_RECONNECTS;
        wish.certificate = pki_certificate("ecdsa");
        if (credential_make(&wish, &pairs[at].server) != SEC_E_OK)
            abort();
        made[at] = true;
    }
    return &pairs[at];
}

struct fuzz_plan fuzz_plan(const uint8_t *data, size_t size)
{
    struct fuzz_plan plan = {FUZZ_RAW, VERSION_TLS12, LOOP_WHOLE, NULL, 0};

    random_state = 1;
    if (size == 0)
        return plan;
    plan.mode = data[0] & 1 ? FUZZ_EDITS : FUZZ_RAW;
    plan.version = data[0] & 2 ? VERSION_TLS13 : VERSION_TLS12;
    plan.cut = (enum loop_cut)((data[0] >> 2) & 3);
    plan.data = data + 1;
    plan.size = size - 1;
    return plan;
}

static void edit_once(struct bytes *bytes, size_t at, unsigned operation, uint8_t value)
{
    struct bytes tail = {NULL, 0, 0};

    switch (operation % EDIT_COUNT) {
    case EDIT_XOR:
        bytes->data[at] ^= value;
        break;
    case EDIT_SET:
        bytes->data[at] = value;
        break;
    case EDIT_INSERT:
        bytes_add(&tail, bytes->data + at, bytes->size - at);
        bytes->size = at;
        bytes_add(bytes, &value, 1);
        bytes_add(bytes, tail.data, tail.size);
        bytes_done(&tail);
        break;
    case EDIT_DROP:
        memmove(bytes->data + at, bytes->data + at + 1, bytes->size - at - 1);
        bytes->size--;
        break;
    default:
        bytes->size = at;
        break;
    }
}

void fuzz_edit(const struct fuzz_plan *plan, size_t start, struct bytes *bytes)
{
    size_t size = bytes->size;

    for (size_t i = 0; i + EDIT_SIZE <= plan->size; i += EDIT_SIZE) {
        size_t at = (size_t)(plan->data[i] << 8 | plan->data[i + 1]);

        if (at >= start && at - start < size && at - start < bytes->size)
            edit_once(bytes, at - start, plan->data[i + 2], plan->data[i + 3]);
    }
}

/* One side as far as it goes; what has just come for `to` is edited first. */
static bool move(struct loop *loop, const struct fuzz_plan *plan, enum loop_role role, size_t *seen)
{
    struct loop_side *side = &loop->side[role];

    if (side->network.size > 0 && seen) {
        size_t start = *seen;

        *seen = side->arrived;
        if (start < side->arrived) {
            size_t fresh = side->arrived - start;
            struct bytes part = {NULL, 0, 0};

            bytes_add(&part, side->network.data + side->network.size - fresh, fresh);
            side->network.size -= fresh;
            fuzz_edit(plan, start, &part);
            bytes_add(&side->network, part.data, part.size);
            bytes_done(&part);
        }
    }
    if (side->done || side->failed)
        return false;
    if ((side->has_context || role == LOOP_SERVER) &&
        (!side->held.size || side->status == SEC_E_INCOMPLETE_MESSAGE) && !loop_read(loop, role))
        return false;
    loop_step(loop, role);
    return true;
}

void fuzz_handshake(const struct fuzz_plan *plan, enum loop_role to)
{
    const struct fuzz_pair *pair = fuzz_pair(plan->version);
    struct loop loop;
    size_t seen = 0;

    loop_init(&loop, (CredHandle *)&pair->client, (CredHandle *)&pair->server);
    loop.cut = plan->cut;
    loop.side[LOOP_CLIENT].unchecked = loop.side[LOOP_SERVER].unchecked = true;
    for (unsigned steps = 0; steps < 100000; steps++) {
        bool client = move(&loop, plan, LOOP_CLIENT, to == LOOP_CLIENT ? &seen : NULL);
        bool server = move(&loop, plan, LOOP_SERVER, to == LOOP_SERVER ? &seen : NULL);

        if (!client && !server)
            break;
    }
    loop_done(&loop);
}
