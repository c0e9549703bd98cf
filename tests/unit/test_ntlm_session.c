/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * gss/mit/ntlm_session: the published examples of MS-NLMP, messages in every shape, each byte of a
 * message changed, weak keys, and what is left to the library. Needs GnuTLS, and no GSSAPI.
 */
#include <string.h>

#include "allocation.h"
#include "gss/cipher.h"
#include "gss/mit/ntlm_session.h"
#include "harness.h"

#define BASIC (NTLM_FLAG_SIGN | NTLM_FLAG_EXTENDED)
#define STRONG (BASIC | NTLM_FLAG_128 | NTLM_FLAG_56 | NTLM_FLAG_KEY_EXCHANGE)
#define HEADER NTLM_SIGNATURE_SIZE

static const uint8_t fives[] = "\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55\x55";

static struct ntlm_session *session_of(bool is_server, uint32_t flags)
{
    const struct ntlm_terms terms = {flags, is_server, span_of(fives, 16), 0, 0};

    return ntlm_session_new(&terms);
}

struct pair {
    struct ntlm_session *client, *server;
};

/* false after a skip. */
static bool have_ciphers(void)
{
    if (!cipher_load())
        skip("GnuTLS has no RC4 or MD5 here");
    return cipher_load();
}

static bool pair_make(struct pair *pair, uint32_t flags)
{
    *pair = (struct pair){NULL, NULL};
    if (have_ciphers())
        *pair = (struct pair){session_of(false, flags), session_of(true, flags)};
    return have_ciphers() && ok(pair->client && pair->server, "no sessions");
}

static void pair_done(struct pair *pair)
{
    ntlm_session_free(pair->client);
    ntlm_session_free(pair->server);
}

/* ---- what Microsoft published ---- */

/* 4.2.3.4 (56 bits, no key exchange) and 4.2.4.4 (128 bits, with one). */
START_TEST(ntlm_published_examples)
{
    static const struct {
        const char *name, *key, *sealed, *signature;
        uint32_t flags;
    } rows[] = {
        {"4.2.3.4", "\xeb\x93\x42\x9a\x8b\xd9\x52\xf8\xb8\x9c\x55\xb8\x7f\x47\x5e\xdc",
         "\xa0\x23\x72\xf6\x53\x02\x73\xf3\xaa\x1e\xb9\x01\x90\xce\x52\x00\xc9\x9d",
         "\1\0\0\0\xff\x2a\xeb\x52\xf6\x81\x79\x3a\0\0\0", BASIC | NTLM_FLAG_56},
        {"4.2.4.4", (const char *)fives,
         "\x54\xe5\x01\x65\xbf\x19\x36\xdc\x99\x60\x20\xc1\x81\x1b\x0f\x06\xfb\x5f",
         "\1\0\0\0\x7f\xb3\x8e\xc5\xc5\x5d\x49\x76\0\0\0", STRONG},
    };
    static const uint8_t text[] = "P\0l\0a\0i\0n\0t\0e\0x\0t"; /* with the zero: UTF-16 */

    for (size_t i = 0; i < COUNT_OF(rows) && have_ciphers(); i++) {
        struct ntlm_terms terms = {rows[i].flags, false, span_of(rows[i].key, 16), 0, 0};
        struct ntlm_session *client = ntlm_session_new(&terms), *server;
        uint8_t data[sizeof(text)], header[HEADER];
        struct mech_part parts[] = {{MECH_PART_HEADER, header, HEADER},
                                    {MECH_PART_DATA, data, sizeof(data)}};

        push_context("%s", rows[i].name);
        terms.is_server = true;
        server = ntlm_session_new(&terms);
        memcpy(data, text, sizeof(text));
        if (ok(client && server, "no sessions")) {
            ok_number(ntlm_seal(client, parts, 2), MECH_OK, "seal");
            ok(!memcmp(data, rows[i].sealed, sizeof(text)), "sealed text");
            ok(!memcmp(header, rows[i].signature, HEADER), "signature");
            ok_number(ntlm_open(server, parts, 2), MECH_OK, "open");
            ok(!memcmp(data, text, sizeof(text)), "opened text");
        }
        ntlm_session_free(client);
        ntlm_session_free(server);
        pop_context();
    }
}

/* ---- messages: H header, D data, S signed, R read-only, P padding, E empty data ---- */

#define TEXT "sixteen letters."
#define TEXT_SIZE (sizeof(TEXT) - 1)

struct message {
    uint8_t memory[8][TEXT_SIZE];
    struct mech_part parts[8];
    size_t count;
};

static void make(struct message *message, const char *layout)
{
    static const struct {
        char letter;
        enum mech_part_kind kind;
        size_t size;
    } letters[] = {{'H', MECH_PART_HEADER, HEADER},       {'D', MECH_PART_DATA, TEXT_SIZE},
                   {'S', MECH_PART_SIGN_ONLY, TEXT_SIZE}, {'R', MECH_PART_READ_ONLY, TEXT_SIZE},
                   {'P', MECH_PART_PADDING, 1},           {'E', MECH_PART_DATA, 0}};

    memset(message, 0, sizeof(*message));
    message->count = strlen(layout);
    for (size_t i = 0; i < message->count; i++) {
        size_t k = 0;

        while (letters[k].letter != layout[i])
            k++;
        message->parts[i] =
            (struct mech_part){letters[k].kind, message->memory[i], letters[k].size};
        if (letters[k].size == TEXT_SIZE && letters[k].kind != MECH_PART_HEADER)
            memcpy(message->memory[i], TEXT, TEXT_SIZE);
    }
}

/* Of a kind: all of it is as it was, or (was_sealed) none. */
static bool is_text(const struct message *message, enum mech_part_kind kind, bool was_sealed)
{
    for (size_t i = 0; i < message->count; i++)
        if (message->parts[i].kind == kind && message->parts[i].size &&
            (memcmp(message->memory[i], TEXT, TEXT_SIZE) != 0) != was_sealed)
            return false;
    return true;
}

static const char *const layouts[] = {"HD",   "DH",  "HDP",  "DHD",  "DDDH", "HE", "EH",
                                      "PDHD", "SDH", "SDSH", "RDRH", "HSRD", "HS", "HR"};

START_TEST(ntlm_layouts)
{
    static const uint32_t flags[] = {STRONG, BASIC, BASIC | NTLM_FLAG_56,
                                     BASIC | NTLM_FLAG_KEY_EXCHANGE};
    struct message message;
    struct pair pair;

    for (size_t f = 0; f < COUNT_OF(flags); f++) {
        if (!pair_make(&pair, flags[f]))
            break;
        for (size_t i = 0; i < 2 * COUNT_OF(layouts); i++) {
            struct ntlm_session *from = i % 2 ? pair.server : pair.client;
            struct ntlm_session *to = i % 2 ? pair.client : pair.server;

            push_context("flags %x, %s", (unsigned)flags[f], layouts[i / 2]);
            make(&message, layouts[i / 2]);
            ok_number(ntlm_seal(from, message.parts, message.count), MECH_OK, "seal");
            ok(is_text(&message, MECH_PART_DATA, true), "it was not sealed");
            for (size_t k = 0; k < message.count; k++)
                if (message.parts[k].kind == MECH_PART_PADDING)
                    ok_number(message.parts[k].size, 0, "padding");
            ok(is_text(&message, MECH_PART_SIGN_ONLY, false) &&
                   is_text(&message, MECH_PART_READ_ONLY, false),
               "what is not to be sealed changed");
            ok_number(ntlm_open(to, message.parts, message.count), MECH_OK, "open");
            ok(is_text(&message, MECH_PART_DATA, false), "another text");
            pop_context();
        }
        pair_done(&pair);
    }
}

/* One message in any number of parts is the same message. */
START_TEST(ntlm_pieces)
{
    uint8_t whole[HEADER + 3 * TEXT_SIZE];
    size_t offset = 0, size = 0;
    struct message message;
    struct pair pair;

    if (!pair_make(&pair, STRONG))
        return;
    make(&message, "DHDED");
    ok_number(ntlm_seal(pair.client, message.parts, message.count), MECH_OK, "seal");
    memcpy(whole, message.memory[1], HEADER);
    for (size_t i = 0, at = HEADER; i < message.count; i++)
        if (message.parts[i].kind == MECH_PART_DATA) {
            memcpy(whole + at, message.memory[i], message.parts[i].size);
            at += message.parts[i].size;
        }
    ok_number(ntlm_open_stream(pair.server, whole, sizeof(whole), &offset, &size), MECH_OK, "open");
    ok(offset == HEADER && size == 3 * TEXT_SIZE, "%zu bytes at %zu", size, offset);
    ok(!memcmp(whole + offset, TEXT TEXT TEXT, size), "another text");
    make(&message, "H");
    ok_number(ntlm_seal(pair.client, message.parts, 1), MECH_OK, "seal nothing");
    ok_number(ntlm_open_stream(pair.server, message.memory[0], HEADER, &offset, &size), MECH_OK,
              "open nothing");
    ok_number(size, 0, "size");
    for (size_t cut = 0; cut < HEADER; cut++)
        ok_number(ntlm_open_stream(pair.server, whole, cut, &offset, &size), MECH_BAD_TOKEN,
                  "%zu bytes", cut);
    pair_done(&pair);
}

START_TEST(ntlm_signatures)
{
    struct span texts[] = {span_of(TEXT, TEXT_SIZE), {NULL, 0}, span_of(TEXT, 1)};
    uint8_t signature[HEADER + 1];
    struct pair pair;
    size_t size;

    if (!pair_make(&pair, STRONG))
        return;
    for (size_t i = 0; i < 6; i++) {
        struct span text = texts[i % COUNT_OF(texts)];

        ok_number(ntlm_sign(pair.client, text, signature, HEADER - 1, &size), MECH_TOO_SMALL,
                  "room");
        ok_number(size, HEADER, "told");
        ok_number(ntlm_sign(pair.client, text, signature, HEADER, &size), MECH_OK, "sign");
        ok_number(signature[12], i, "number");
        ok_number(ntlm_verify(pair.server, text, span_of(signature, HEADER - 1)), MECH_BAD_TOKEN,
                  "shorter");
        ok_number(ntlm_verify(pair.server, text, span_of(signature, HEADER + 1)), MECH_BAD_TOKEN,
                  "longer");
        ok_number(ntlm_verify(pair.server, text, span_of(signature, HEADER)), MECH_OK, "verify");
    }
    pair_done(&pair);
}

START_TEST(ntlm_header_sizes)
{
    struct message message;
    struct pair pair;

    if (!pair_make(&pair, STRONG))
        return;
    for (size_t size = 0; size < HEADER; size++) {
        make(&message, "DH");
        message.parts[1].size = size;
        ok_number(ntlm_open(pair.server, message.parts, 2), MECH_BAD_TOKEN, "open %zu", size);
        ok_number(ntlm_seal(pair.client, message.parts, 2), MECH_TOO_SMALL, "seal %zu", size);
        ok_number(message.parts[1].size, HEADER, "told");
        ok(is_text(&message, MECH_PART_DATA, false), "the text changed");
    }
    make(&message, "DH");
    ok_number(ntlm_seal(pair.client, message.parts, 2), MECH_OK, "seal");
    ok_number(message.memory[1][12], 0, "what did not fit used up a number");
    pair_done(&pair);
}

/* ---- trouble ---- */

/* Each bit of a message, its signature included, with and without sealed checksums. */
static void change_each(uint32_t flags, const char *layout)
{
    for (size_t bit = 0; bit < 8 * TEXT_SIZE * strlen(layout); bit++) {
        size_t part = bit / (8 * TEXT_SIZE), byte = bit / 8 % TEXT_SIZE;
        enum mech_status want = MECH_ALTERED;
        struct message message;
        struct pair pair;

        if (!pair_make(&pair, flags))
            return;
        make(&message, layout);
        if (layout[part] == 'H' && byte >= 12)
            want = MECH_OUT_OF_SEQUENCE; /* the number, in clear */
        ok_number(ntlm_seal(pair.client, message.parts, message.count), MECH_OK, "seal");
        message.memory[part][byte] ^= (uint8_t)(1u << bit % 8);
        ok_number(ntlm_open(pair.server, message.parts, message.count), want, "bit %zu", bit);
        ok(is_text(&message, MECH_PART_DATA, true), "bit %zu: plain text is left", bit);
        if (layout[part] == 'H' && (byte >= 12 || byte < 4)) {
            message.memory[part][byte] ^= (uint8_t)(1u << bit % 8);
            ok_number(ntlm_open(pair.server, message.parts, message.count), MECH_OK,
                      "bit %zu: the genuine one", bit);
        } else {
            ok(ntlm_open(pair.server, message.parts, message.count) != MECH_OK,
               "bit %zu: a message whose stream is past", bit);
        }
        pair_done(&pair);
    }
}

START_TEST(ntlm_each_bit)
{
    change_each(STRONG, "SHD");
    change_each(BASIC, "SHD");
    change_each(STRONG, "RDH");
}

START_TEST(ntlm_order)
{
    struct message messages[3], copy;
    struct pair pair;

    if (!pair_make(&pair, STRONG))
        return;
    for (size_t i = 0; i < 3; i++) {
        make(&messages[i], "HD");
        ok_number(ntlm_seal(pair.client, messages[i].parts, 2), MECH_OK, "seal");
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t other = 0; other < 3; other++) {
            if (other == i)
                continue;
            copy = messages[other]; /* its parts still point to the original's memory: */
            for (size_t k = 0; k < 2; k++)
                copy.parts[k].data = copy.memory[k];
            ok_number(ntlm_open(pair.server, copy.parts, 2), MECH_OUT_OF_SEQUENCE, "%zu for %zu",
                      other, i);
        }
        copy = messages[i];
        for (size_t k = 0; k < 2; k++)
            copy.parts[k].data = copy.memory[k];
        ok_number(ntlm_open(pair.server, copy.parts, 2), MECH_OK, "%zu", i);
        ok(is_text(&copy, MECH_PART_DATA, false), "%zu: another text", i);
    }
    pair_done(&pair);
}

/* One's own message is not the peer's. */
START_TEST(ntlm_reflection)
{
    struct message message;
    struct pair pair;

    if (!pair_make(&pair, STRONG))
        return;
    make(&message, "HD");
    ok_number(ntlm_seal(pair.client, message.parts, 2), MECH_OK, "seal");
    ok_number(ntlm_open(pair.client, message.parts, 2), MECH_ALTERED, "to itself");
    pair_done(&pair);
}

/* ---- beginnings ---- */

START_TEST(ntlm_terms)
{
    static const struct {
        const char *name;
        uint32_t flags;
        size_t key;
        bool want;
    } rows[] = {
        {"strong", STRONG, 16, true},
        {"weak", BASIC, 16, true},
        {"no extended session security", STRONG & ~NTLM_FLAG_EXTENDED, 16, false},
        {"no signing", STRONG & ~NTLM_FLAG_SIGN, 16, false},
        {"nothing seen", 0, 16, false},
        {"no key", STRONG, 0, false},
        {"a short key", STRONG, 15, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows) && have_ciphers(); i++) {
        const struct ntlm_terms terms = {rows[i].flags, false, span_of(fives, rows[i].key), 0, 0};
        struct ntlm_session *session = ntlm_session_new(&terms);

        ok((session != NULL) == rows[i].want, "%s", rows[i].name);
        ntlm_session_free(session);
    }
    ntlm_session_free(NULL);
}

/* After SPNEGO's signatures the numbers go on, and the stream begins anew. */
START_TEST(ntlm_used_numbers)
{
    struct ntlm_terms terms = {STRONG, false, span_of(fives, 16), 1, 0};
    struct message first, later;
    struct pair pair;

    if (!pair_make(&pair, STRONG))
        return;
    make(&first, "HD");
    ok_number(ntlm_seal(pair.client, first.parts, 2), MECH_OK, "seal");
    ntlm_session_free(pair.client);
    pair.client = ntlm_session_new(&terms);
    make(&later, "HD");
    ok(pair.client && ntlm_seal(pair.client, later.parts, 2) == MECH_OK, "seal");
    ok_number(later.memory[0][12], 1, "number");
    ok(!memcmp(first.memory[1], later.memory[1], TEXT_SIZE), "another stream");
    ok_number(ntlm_open(pair.server, later.parts, 2), MECH_OUT_OF_SEQUENCE, "one that begins at 0");
    ntlm_session_free(pair.server);
    terms = (struct ntlm_terms){STRONG, true, span_of(fives, 16), 0, 1};
    pair.server = ntlm_session_new(&terms);
    ok(pair.server && ntlm_open(pair.server, later.parts, 2) == MECH_OK, "one that begins at 1");
    pair_done(&pair);
}

static bool make_session(void *argument)
{
    struct ntlm_session *session = session_of(false, STRONG);
    bool made = session != NULL;

    (void)argument;
    ntlm_session_free(session);
    return made;
}

START_TEST(ntlm_memory)
{
    if (have_ciphers())
        ok_number(each_allocation_fails(make_session, NULL), 3, "allocations");
}
