/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam with the first, second, third ... allocation failing: a handshake fails then, with
 * neither a crash nor a leak.
 */
#include "seam_pair.h"

#include <string.h>

#include "allocation.h"
#include "harness.h"

#define ROUNDS_MAX 20

struct work {
    uint32_t version;
    struct tls_credential *server, *client;
    uint8_t wire[2][32768]; /* to the client, to the server */
    size_t size[2];
};

static bool open_session(struct work *work, enum tls_role role, struct tls_session **session)
{
    static const uint16_t suites[] = {0x1301, 0xc02f}, groups[] = {29, 23};
    static const uint16_t schemes[] = {0x0804, 0x0401, 0x0403};
    struct tls_config config = {
        .role = role,
        .flags = role == TLS_CLIENT ? TLS_FLAG_ASK_CREDENTIAL | TLS_FLAG_ASK_VERDICT
                                    : TLS_FLAG_REQUEST_PEER,
        .policy = {work->version, suites, 2, groups, 2, schemes, 3, 0, 0, 0, 0},
        .credential = role == TLS_SERVER ? work->server : NULL,
        .server_name = role == TLS_CLIENT ? span_of("localhost", 9) : span_of(NULL, 0),
    };

    return tls_session_new(&config, session) == TLS_OK;
}

/* One step. *done, or false: it failed. */
static bool move(struct work *work, struct tls_session *session, size_t side, bool *done)
{
    struct tls_result result;
    size_t size = 0;

    tls_step(session, span_of(work->wire[side], work->size[side]), &result);
    memmove(work->wire[side], work->wire[side] + result.consumed,
            work->size[side] - result.consumed);
    work->size[side] -= result.consumed;
    if (result.event == TLS_WANT_VERDICT)
        tls_supply_verdict(session, 0);
    if (result.event == TLS_WANT_CREDENTIAL &&
        tls_supply_credential(session, work->client) != TLS_OK)
        return false;
    if (tls_output(session, work->wire[!side] + work->size[!side],
                   sizeof(work->wire[!side]) - work->size[!side], &size) != TLS_OK)
        return false;
    work->size[!side] += size;
    *done = *done || result.event == TLS_DONE;
    return result.event != TLS_FAILED;
}

static bool handshake(void *argument)
{
    struct work *work = argument;
    struct tls_session *sessions[2] = {NULL, NULL};
    bool done[2] = {false, false};
    bool good = open_session(work, TLS_CLIENT, &sessions[0]) &&
                open_session(work, TLS_SERVER, &sessions[1]);

    work->size[0] = work->size[1] = 0;
    for (unsigned i = 0; good && i < ROUNDS_MAX && !(done[0] && done[1]); i++)
        for (size_t side = 0; good && side < 2; side++)
            if (!done[side])
                good = move(work, sessions[side], side, &done[side]);
    tls_session_free(sessions[0]);
    tls_session_free(sessions[1]);
    return done[0] && done[1];
}

START_TEST(seam_memory)
{
    static const uint32_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};
    struct tls_library library;

    if (tls_load(&library) != TLS_OK) {
        skip("%s", library.problem);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        static struct work work;

        push_context("version %x", versions[i]);
        work.version = versions[i];
        work.server = seam_credential("rsa", false);
        work.client = seam_credential("client-rsa", false);
        if (work.server && work.client)
            ok(each_allocation_fails(handshake, &work) >= 2, "too few allocations");
        tls_credential_free(work.server);
        tls_credential_free(work.client);
        pop_context();
    }
}
