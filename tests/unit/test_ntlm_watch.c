/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * gss/mit/ntlm_watch: flags, the target's name and SPNEGO's MIC in tokens good and bad.
 */
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "gss/mit/ntlm_watch.h"
#include "harness.h"

#define LIST_AT (64 + 44)

/* A third message whose NTLMv2 response has the list. */
static struct bytes {
    uint8_t data[256];
    size_t size;
} third_of(const void *list, size_t size)
{
    struct bytes third = {.data = "NTLMSSP\0\3", .size = LIST_AT + size};

    third.data[20] = (uint8_t)(44 + size);
    third.data[24] = 64;
    memcpy(third.data + 60, "\x35\x82\x88\xe2", 4);
    memcpy(third.data + LIST_AT, list, size);
    return third;
}

/* The message as the response of a NegTokenResp, and a MIC of so many bytes behind it. */
static struct bytes wrap(struct bytes message, size_t mic)
{
    struct bytes token = {.size = 0};
    uint8_t *to = token.data;
    size_t size = message.size + 6 + (mic ? mic + 4 : 0);

    *to++ = 0xa1, *to++ = 0x81, *to++ = (uint8_t)(size + 3);
    *to++ = 0x30, *to++ = 0x81, *to++ = (uint8_t)size;
    *to++ = 0xa2, *to++ = 0x81, *to++ = (uint8_t)(message.size + 3);
    *to++ = 0x04, *to++ = 0x81, *to++ = (uint8_t)message.size;
    memcpy(to, message.data, message.size);
    to += message.size;
    if (mic)
        *to++ = 0xa3, *to++ = (uint8_t)(mic + 2), *to++ = 0x04, *to++ = (uint8_t)mic;
    token.size = (size_t)(to - token.data) + mic;
    return token;
}

#define NAMED "\2\0\2\0D\0\x09\0\4\0H\0/\0\0\0\0" /* with the last zero */

static bool watched(struct ntlm_watch *watch, struct bytes token)
{
    *watch = (struct ntlm_watch){.flags = 0};
    return ok(ntlm_watch_token(watch, span_of(token.data, token.size), false), "no memory");
}

START_TEST(watch_targets)
{
    static const struct {
        const char *name, *list;
        size_t size;
        bool want;
        size_t target_size;
    } rows[] = {
        {"named", NAMED, sizeof(NAMED), true, 4},
        {"an empty name", "\x09\0\0\0\0\0\0", 8, true, 0},
        {"the first of two", "\x09\0\2\0A\0\x09\0\4\0BBBB\0\0\0", 18, true, 2},
        {"none", "\2\0\2\0D\0\0\0\0", 10, false, 0},
        {"behind the end", "\0\0\0\0\x09\0\2\0A", 10, false, 0},
        {"no end", "\x09\0\2\0A", 6, true, 2},
        {"longer than the list", "\x09\0\x10\0A", 6, false, 0},
        {"behind one that is longer than the list", "\2\0\x7f\0\x09\0\2\0A", 10, false, 0},
        {"a cut head", "\x09\0\2", 3, false, 0},
        {"an empty list", "", 0, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int wrapped = 0; wrapped < 2; wrapped++) {
            struct bytes third = third_of(rows[i].list, rows[i].size);
            struct ntlm_watch watch;

            push_context("%s, %s", rows[i].name, wrapped ? "wrapped" : "bare");
            if (watched(&watch, wrapped ? wrap(third, 0) : third)) {
                ok(watch.has_target == rows[i].want, "has %d", watch.has_target);
                ok_number(watch.target_size, rows[i].target_size, "size");
                ok(watch.flags == 0xe2888235, "flags %08x", (unsigned)watch.flags);
                ok(!watch.mic_received && !watch.mic_sent, "MIC");
            }
            ntlm_watch_done(&watch);
            pop_context();
        }
}

START_TEST(watch_flags_and_mic)
{
    struct bytes challenge = {.data = "NTLMSSP\0\2", .size = 48};
    struct ntlm_watch watch = {.flags = 0};
    struct bytes third = wrap(third_of(NAMED, sizeof(NAMED)), 16);

    memcpy(challenge.data + 20, "\x35\x82\x8a\xe2", 4);
    ok(ntlm_watch_token(&watch, span_of(challenge.data, challenge.size), true), "challenge");
    ok(watch.challenge_flags == 0xe28a8235 && watch.flags == 0, "challenge's flags");
    ok(ntlm_watch_token(&watch, span_of(third.data, third.size), false), "third");
    ok(watch.challenge_flags == 0xe28a8235 && watch.flags == 0xe2888235, "both flags");
    ok(watch.mic_received && !watch.mic_sent && watch.has_target, "its MIC and name");
    ok(ntlm_watch_token(&watch, span_of(third.data, third.size), true) && watch.mic_sent,
       "the other's MIC");
    ntlm_watch_done(&watch);
    for (size_t size = 15; size <= 17; size++)
        if (watched(&watch, wrap(third_of(NAMED, sizeof(NAMED)), size))) {
            ok(watch.mic_received == (size == 16), "a MIC of %zu bytes", size);
            ntlm_watch_done(&watch);
        }
}

/* A message elsewhere in the token is not the one that the library reads. */
START_TEST(watch_decoys)
{
    struct bytes third = third_of(NAMED, sizeof(NAMED)), other = third_of("\0\0\0", 4), token;
    struct ntlm_watch watch;

    token = wrap(other, 16); /* in the place of a MIC, and behind everything */
    memcpy(token.data + token.size - 16, third.data, 16);
    memcpy(token.data + token.size, third.data, 64);
    token.size += 64;
    if (watched(&watch, token))
        ok(!watch.has_target, "a decoy's name");
    ntlm_watch_done(&watch);
    token = wrap(third, 0);
    token.data[6] = 0xa1; /* in the place of the mechanism */
    if (watched(&watch, token))
        ok(!watch.has_target && watch.flags == 0, "a decoy's flags");
    ntlm_watch_done(&watch);
    token.data[6] = 0xa2;
    token.data[9] = 0x0c; /* no octets */
    if (watched(&watch, token))
        ok(!watch.has_target && watch.flags == 0, "a text's flags");
    ntlm_watch_done(&watch);
}

/* Whatever is cut off or changed: it reads inside the token, which stands at the end of its memory.
 */
START_TEST(watch_hostile)
{
    struct bytes token = wrap(third_of(NAMED, sizeof(NAMED)), 16);

    for (size_t skipped = 0; skipped <= 12; skipped += 12) /* 12: bare */
        for (size_t size = 0; size <= token.size - skipped; size++)
            for (size_t at = 0; at <= size && (at < 2 || size == token.size - skipped); at++)
                for (int value = 0; value < 256; value += at < size ? 1 : 256) {
                    struct ntlm_watch watch = {.flags = 0};
                    uint8_t *copy = malloc(size ? size : 1);

                    memcpy(copy, token.data + skipped, size);
                    if (at < size)
                        copy[at] = (uint8_t)value;
                    if (!ntlm_watch_token(&watch, span_of(copy, size), false))
                        ok(false, "no memory");
                    if (watch.target_size > size)
                        ok(false, "a name of %zu bytes in %zu", watch.target_size, size);
                    ntlm_watch_done(&watch);
                    free(copy);
                }
    ok(true, "none was read beyond its end");
}

static bool watch_once(void *argument)
{
    struct bytes third = third_of(NAMED, sizeof(NAMED));
    struct ntlm_watch watch = {.flags = 0};
    bool done = ntlm_watch_token(&watch, span_of(third.data, third.size), false);

    (void)argument;
    ok(done == watch.has_target, "a name without memory");
    ntlm_watch_done(&watch);
    return done;
}

START_TEST(watch_memory)
{
    ok_number(each_allocation_fails(watch_once, NULL), 1, "allocations");
}
