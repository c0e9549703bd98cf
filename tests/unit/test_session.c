/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/session: entries belong to a credential and a name, tickets are given once, nothing
 * outlives its time, and the number of entries is bounded.
 */
#include "schannel/session.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "harness.h"
#include "platform/platform.h"

#define LONG_MS 60000

static void store(uint64_t credential, const char *name, const char *data, bool single_use)
{
    session_store(credential, name, span_of(data, strlen(data)), single_use, LONG_MS);
}

/* want NULL: nothing is there. */
static void check_take(uint64_t credential, const char *name, const char *want)
{
    size_t size = 12345;
    uint8_t *got = session_take(credential, name, &size);

    if (!want)
        ok(!got, "%s of %u: got %.*s", name, (unsigned)credential, (int)size, (char *)got);
    else if (ok(got != NULL, "%s of %u: nothing", name, (unsigned)credential))
        ok(size == strlen(want) && !memcmp(got, want, size), "%s: got %.*s, want %s", name,
           (int)size, (char *)got, want);
    if (got)
        mem_wipe_free(got, size);
}

START_TEST(session_keys)
{
    session_forget(0, NULL);
    store(1, "a.example", "one-a", false);
    store(1, "b.example", "one-b", false);
    store(2, "a.example", "two-a", false);
    check_take(1, "a.example", "one-a");
    check_take(1, "a.example", "one-a"); /* TLS 1.2: again and again */
    check_take(1, "b.example", "one-b");
    check_take(2, "a.example", "two-a");
    check_take(2, "b.example", NULL);
    check_take(3, "a.example", NULL);
    check_take(1, "", NULL);
    store(1, "a.example", "newer", false);
    check_take(1, "a.example", "newer");
    ok_number(session_count(), 3, "entries");
    session_forget(1, "a.example");
    check_take(1, "a.example", NULL);
    check_take(1, "b.example", "one-b");
    session_forget(1, NULL);
    check_take(1, "b.example", NULL);
    check_take(2, "a.example", "two-a");
    session_forget(0, NULL);
    ok_number(session_count(), 0, "entries");
}

START_TEST(session_tickets)
{
    char data[16];

    session_forget(0, NULL);
    store(1, "a.example", "first", true);
    store(1, "a.example", "second", true);
    check_take(1, "a.example", "second");
    check_take(1, "a.example", "first");
    check_take(1, "a.example", NULL);
    /* A server that sends tickets without end costs no more than a few. */
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(data, sizeof(data), "%u", i);
        store(1, "a.example", data, true);
    }
    ok(session_count() <= 8, "%zu tickets are kept", session_count());
    check_take(1, "a.example", "999");
    /* The kinds do not mix: the latest handshake says which the server can do now. */
    store(1, "a.example", "tls12", false);
    ok_number(session_count(), 1, "entries");
    check_take(1, "a.example", "tls12");
    store(1, "a.example", "ticket", true);
    check_take(1, "a.example", "ticket");
    check_take(1, "a.example", NULL);
    session_forget(0, NULL);
}

/* Until entries with a lifetime of a millisecond have expired. */
static void wait_for_clock(void)
{
    uint64_t start = platform_monotonic_ms();

    while (platform_monotonic_ms() < start + 2)
        ;
}

START_TEST(session_lifetime)
{
    session_forget(0, NULL);
    session_store(1, "a.example", span_of("x", 1), false, 0);
    check_take(1, "a.example", NULL);
    session_store(1, "a.example", span_of("", 0), false, LONG_MS);
    check_take(1, "a.example", NULL);
    session_store(1, "a.example", span_of("x", 1), false, 1);
    wait_for_clock();
    check_take(1, "a.example", NULL);
    ok_number(session_count(), 0, "the expired one is gone");
    store(1, "a.example", "fresh", true);
    session_store(1, "a.example", span_of("x", 1), true, 1);
    wait_for_clock();
    check_take(1, "a.example", "fresh"); /* behind one that has expired */
    session_forget(0, NULL);
}

/* 20000 entries, as MaximumCacheSize says by default; the longest unused goes. */
START_TEST(session_bound)
{
    char name[32];

    session_forget(0, NULL);
    store(7, "used", "used", false);
    for (unsigned i = 0; i < 19999; i++) {
        snprintf(name, sizeof(name), "%u.example", i);
        store(1 + i % 5, name, "x", false);
    }
    ok_number(session_count(), 20000, "full");
    check_take(7, "used", "used");
    store(7, "one more", "x", false);
    ok_number(session_count(), 20000, "full still");
    check_take(7, "used", "used");
    check_take(1, "0.example", NULL);
    check_take(2, "1.example", "x");
    session_forget(3, NULL);
    ok_number(session_count(), 20000 - 4000, "those of one credential go");
    session_forget(0, NULL);
    ok_number(session_count(), 0, "all go");
}

START_TEST(session_no_memory)
{
    session_forget(0, NULL);
    mem_fail_after(0);
    store(1, "a.example", "data", false);
    ok(!mem_failure_pending(), "no memory was asked for");
    mem_fail_after(-1);
    check_take(1, "a.example", NULL);
    store(1, "a.example", "ticket", true);
    mem_fail_after(0);
    check_take(1, "a.example", NULL);
    mem_fail_after(-1);
    ok(session_count() <= 1, "entries");
    session_forget(0, NULL);
}
