/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Challenges of NTLM from servers that are not Windows: without a name, with pairs in the list that
 * are the client's, and from the time before there were lists. A client answers them all.
 *
 * Source: MS-NLMP 2.2.1.2 (the message), 2.2.2.1 (its list). Observed: the server in .NET's tests
 * of NegotiateAuthentication, which succeed on Windows, has an empty name for a domain, and puts a
 * target's name and bindings into the list that the client must replace.
 */
#include "auth.h"

#include <string.h>

#define FLAGS_COMMON 0xa0888201u /* Unicode, NTLM, always sign, extended, a list, 128, 56 */
#define REQUEST_TARGET 0x4u
#define TYPE_DOMAIN 0x10000u
#define TYPE_SERVER 0x20000u
#define NO_LIST 0x00008201u

static const struct {
    const char *name;
    ULONG flags;
    size_t size; /* of a message that ends there; 0: with a list */
    const WCHAR *domain;
    bool has_target, has_bindings;
} challenges[] = {
    {"usual", FLAGS_COMMON | REQUEST_TARGET | TYPE_DOMAIN, 0, u"TEST", false, false},
    {"an empty name", FLAGS_COMMON | REQUEST_TARGET | TYPE_DOMAIN, 0, u"", false, false},
    {"the same, asked for only", FLAGS_COMMON | REQUEST_TARGET, 0, u"", false, false},
    {"the same, a domain's", FLAGS_COMMON | TYPE_DOMAIN, 0, u"", false, false},
    {"the same, a server's", FLAGS_COMMON | TYPE_SERVER, 0, u"", false, false},
    {"a target of its own", FLAGS_COMMON | TYPE_DOMAIN, 0, u"TEST", true, false},
    {"bindings of its own", FLAGS_COMMON | TYPE_DOMAIN, 0, u"TEST", false, true},
    {"all of it", FLAGS_COMMON | REQUEST_TARGET | TYPE_DOMAIN, 0, u"", true, true},
    {"the oldest form", NO_LIST, 32, u"", false, false},
    {"with a context", NO_LIST, 40, u"", false, false},
    {"with room for a list", NO_LIST, 48, u"", false, false},
    {"with a version", NO_LIST, 56, u"", false, false},
    {"short, a name is asked for", NO_LIST | REQUEST_TARGET | TYPE_DOMAIN, 40, u"", false, false},
};

static void put_number(struct bytes *to, unsigned long number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)(number >> 8 * i);

        bytes_add(to, &byte, 1);
    }
}

static size_t text_size(const WCHAR *text)
{
    size_t size = 0;

    while (text[size])
        size++;
    return size * sizeof(*text);
}

static void put_pair(struct bytes *to, unsigned id, const void *value, size_t size)
{
    put_number(to, id, 2);
    put_number(to, (unsigned long)size, 2);
    if (size)
        bytes_add(to, value, size);
}

static void put_list(struct bytes *to, size_t i)
{
    static const unsigned char bindings[16];

    put_pair(to, 2, challenges[i].domain, text_size(challenges[i].domain));
    put_pair(to, 1, u"SERVER", text_size(u"SERVER"));
    if (challenges[i].has_target)
        put_pair(to, 9, u"DummyTargetName", text_size(u"DummyTargetName"));
    if (challenges[i].has_bindings)
        put_pair(to, 10, bindings, sizeof(bindings));
    put_pair(to, 0, NULL, 0);
}

static void make_challenge(struct bytes *to, size_t i)
{
    size_t name = text_size(challenges[i].domain), end = challenges[i].size;
    struct bytes list = {.data = NULL};

    if (!end)
        put_list(&list, i);
    bytes_add(to, "NTLMSSP\0\2\0\0\0", 12);
    put_number(to, (unsigned long)name, 2);
    put_number(to, (unsigned long)name, 2);
    put_number(to, end ? (unsigned long)end : 56, 4);
    put_number(to, challenges[i].flags, 4);
    bytes_add(to, "\x01\x23\x45\x67\x89\xab\xcd\xef\0\0\0\0\0\0\0\0", 16);
    put_number(to, (unsigned long)list.size, 2);
    put_number(to, (unsigned long)list.size, 2);
    put_number(to, end ? (unsigned long)end : (unsigned long)(56 + name), 4);
    bytes_add(to, "\x06\0\x70\x17\0\0\0\x0f", 8);
    if (end) {
        to->size = end;
    } else {
        if (name)
            bytes_add(to, challenges[i].domain, name);
        bytes_add(to, list.data, list.size);
    }
    bytes_done(&list);
}

static size_t count_of(const struct bytes *token, const WCHAR *text)
{
    size_t size = text_size(text), count = 0;

    for (size_t i = 0; i + size <= token->size; i++)
        count += memcmp(token->data + i, text, size) == 0;
    return count;
}

static void check_answer(const struct auth_pair *pair, size_t i)
{
    const struct bytes *token = &pair->client.token;

    ok_status(pair->client.status, SEC_E_OK, "client");
    if (!ok(token->size > 64 && !memcmp(token->data, "NTLMSSP\0\3", 10), "no third message"))
        return;
    ok(count_of(token, pair->account.user) > 0, "without the user");
    if (!challenges[i].size)
        ok_number(count_of(token, pair->account.target), 1, "targets");
    ok_number(count_of(token, u"DummyTargetName"), 0, "targets that the server made up");
}

START_TEST(auth_challenges)
{
    for (size_t i = 0; i < COUNT_OF(challenges); i++) {
        struct auth_pair pair;

        push_context("%s", challenges[i].name);
        if (auth_init(&pair, &auth_ways[0])) {
            pair.client.request = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION;
            ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "first");
            make_challenge(&pair.server.token, i);
            auth_step(&pair, &pair.client);
            check_answer(&pair, i);
        }
        auth_done(&pair);
        pop_context();
    }
}
