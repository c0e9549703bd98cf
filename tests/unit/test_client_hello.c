/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/client_hello and schannel/serialized: what strangers write, cut, bent and nested
 * wrongly. Everything found must lie in the message.
 */
#include "schannel/client_hello.h"

#include <string.h>

#include "base/hello.h"
#include "base/mem.h"
#include "harness.h"
#include "schannel/serialized.h"
#include "sspi/buffers.h"

#define HELLO_ROOM 512
#define RECORD_HEADER 5

/* Bytes between the header of the record and the extensions: a header, version and random, no
 * session id, one suite, no compression. */
static void write_start(struct writer *to)
{
    static const uint8_t random[32] = {1, 2, 3};

    write_u16(to, 0x0303);
    write_bytes(to, span_of(random, sizeof(random)));
    write_u8(to, 0);
    write_u16(to, 2);
    write_u16(to, 0xc02f);
    write_u8(to, 1);
    write_u8(to, 0);
}

/* A record with a ClientHello that has these extensions; NULL: not even their length. */
static size_t make_hello(uint8_t *room, const struct span *extensions)
{
    uint8_t body[HELLO_ROOM];
    struct writer inner = writer_of(body, sizeof(body)), to = writer_of(room, HELLO_ROOM);

    write_start(&inner);
    if (extensions) {
        write_u16(&inner, (uint16_t)extensions->size);
        write_bytes(&inner, *extensions);
    }
    write_u8(&to, 22);
    write_u16(&to, 0x0301);
    write_u16(&to, (uint16_t)(inner.used + 4));
    write_u8(&to, 1);
    write_u24(&to, (uint32_t)inner.used);
    write_bytes(&to, span_of(body, inner.used));
    ok(!inner.overrun && !to.overrun, "the test's own memory");
    return to.used;
}

#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

/* ALPN-like extension 5 with two bytes, then SNI for "host.test". */
static const struct span usual = BYTES("\x00\x05\x00\x02"
                                       "\xab\xcd"
                                       "\x00\x00\x00\x0e\x00\x0c\x00\x00\x09host.test");

static bool inside(struct span part, const uint8_t *message, size_t size)
{
    return !part.size || (part.data >= message && part.data + part.size <= message + size);
}

START_TEST(client_hello_good)
{
    uint8_t message[HELLO_ROOM];
    size_t size = make_hello(message, &usual);
    struct client_hello hello;
    struct span name, body;

    for (int bare = 0; bare < 2; bare++) {
        struct span part =
            span_of(message + (bare ? RECORD_HEADER : 0), size - (bare ? RECORD_HEADER : 0));

        ok_status(client_hello_read(part, bare, &hello), SEC_E_OK, "bare %d", bare);
        ok_number(hello.missing, 0, "bare %d: missing", bare);
        ok_status(client_hello_server_name(&hello, &name), SEC_E_OK, "bare %d: name", bare);
        ok(name.size == 9 && !memcmp(name.data, "host.test", 9) && inside(name, message, size),
           "bare %d: another name", bare);
        ok(hello_find_extension(hello.extensions, 5, &body) && body.size == 2 &&
               body.data[1] == 0xcd,
           "bare %d: extension 5", bare);
        ok(!hello_find_extension(hello.extensions, 16, &body), "bare %d: extension 16", bare);
    }
    size = make_hello(message, NULL);
    ok_status(client_hello_read(span_of(message, size), false, &hello), SEC_E_OK, "no extensions");
    ok_status(client_hello_server_name(&hello, &name), SEC_E_OK, "no extensions: name");
    ok(!name.size, "a name out of nothing");
}

/* Every beginning of a hello wants exactly what it lacks, as far as can be known. */
START_TEST(client_hello_cut)
{
    uint8_t message[HELLO_ROOM];
    size_t size = make_hello(message, &usual);
    struct client_hello hello;

    for (size_t have = 0; have < size; have++) {
        size_t want = have < RECORD_HEADER ? RECORD_HEADER - have : size - have;

        ok_status(client_hello_read(span_of(message, have), false, &hello),
                  SEC_E_INCOMPLETE_MESSAGE, "%zu bytes", have);
        ok(hello.missing == want, "%zu bytes: %zu missing, want %zu", have, hello.missing, want);
        ok(!hello.extensions.size, "%zu bytes: extensions", have);
    }
    for (size_t have = 0; have < size - RECORD_HEADER; have++) {
        size_t want = have < 4 ? 4 - have : size - RECORD_HEADER - have;

        ok_status(client_hello_read(span_of(message + RECORD_HEADER, have), true, &hello),
                  SEC_E_INCOMPLETE_MESSAGE, "bare, %zu bytes", have);
        ok(hello.missing == want, "bare, %zu bytes: %zu missing, want %zu", have, hello.missing,
           want);
    }
}

START_TEST(client_hello_bent)
{
    static const struct {
        const char *name;
        struct span extensions;
        bool hello_good; /* only the name is wrong */
    } cases[] = {
        {"an extension longer than the list", BYTES("\x00\x05\x00\x03\xab\xcd"), false},
        {"half a header", BYTES("\x00\x05\x00"), false},
        {"SNI without a list", BYTES("\x00\x00\x00\x00"), true},
        {"SNI with an empty list", BYTES("\x00\x00\x00\x02\x00\x00"), true},
        {"SNI with an empty name", BYTES("\x00\x00\x00\x05\x00\x03\x00\x00\x00"), true},
        {"SNI whose name is longer than its list", BYTES("\x00\x00\x00\x06\x00\x04\x00\x00\x02x"),
         true},
        {"SNI with more behind the list", BYTES("\x00\x00\x00\x07\x00\x04\x00\x00\x01xy"), true},
        {"SNI whose list is longer", BYTES("\x00\x00\x00\x06\x00\x05\x00\x00\x01x"), true},
        {"half of a second name", BYTES("\x00\x00\x00\x08\x00\x06\x00\x00\x01x\x00\x00"), true},
    };
    uint8_t message[HELLO_ROOM];
    struct client_hello hello;
    struct span name;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t size = make_hello(message, &cases[i].extensions);

        ok_status(client_hello_read(span_of(message, size), false, &hello),
                  cases[i].hello_good ? SEC_E_OK : SEC_E_ILLEGAL_MESSAGE, "%s", cases[i].name);
        if (cases[i].hello_good)
            ok_status(client_hello_server_name(&hello, &name), SEC_E_ILLEGAL_MESSAGE, "%s: name",
                      cases[i].name);
    }
}

START_TEST(client_hello_other)
{
    static const struct {
        const char *name;
        size_t at;
        uint8_t value;
    } cases[] = {
        {"an alert", 0, 21},
        {"a record of SSL 2", 0, 0x80},
        {"text", 0, 'G'},
        {"version 2", 1, 2},
        {"an empty record", 4, 0},
        {"more than a record holds", 3, 0x41},
        {"a ServerHello", 5, 2},
        {"a message longer than its record", 8, 0xff},
        {"a session id too long", 43, 33},
        {"an odd list of suites", 45, 3},
        {"no suites", 45, 0},
        {"no compression method", 48, 0},
    };
    uint8_t message[HELLO_ROOM];
    struct client_hello hello;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t size = make_hello(message, &usual);

        message[cases[i].at] = cases[i].value;
        if (cases[i].at == 4)
            message[3] = 0;
        ok_status(client_hello_read(span_of(message, size), false, &hello), SEC_E_ILLEGAL_MESSAGE,
                  "%s", cases[i].name);
    }
    /* Told at the first byte, not after the rest has been waited for. */
    ok_status(client_hello_read(span_of("GET", 1), false, &hello), SEC_E_ILLEGAL_MESSAGE,
              "a letter");
}

/* Whatever is changed, what is found lies in the message. */
START_TEST(client_hello_random)
{
    uint8_t good[HELLO_ROOM];
    size_t size = make_hello(good, &usual), found = 0;

    for (unsigned round = 0; round < 20000; round++) {
        uint8_t *message = mem_copy(span_of(good, size));
        struct client_hello hello;
        struct span name = {NULL, 0};

        if (!ok(message != NULL, "no memory"))
            return;
        for (unsigned change = harness_random() % 4 + 1; change; change--)
            message[harness_random() % size] = (uint8_t)harness_random();
        if (client_hello_read(span_of(message, size), false, &hello) == SEC_E_OK &&
            client_hello_server_name(&hello, &name) == SEC_E_OK)
            found++;
        if (!inside(name, message, size) || !inside(hello.extensions, message, size))
            ok(false, "round %u: outside", round);
        mem_free(message);
    }
    ok(found > 0 && found < 20000, "%zu of them are still good", found);
}

/* ---- serialized stores ---- */

START_TEST(serialized_round)
{
    static const struct span chain[] = {BYTES("leaf"), BYTES("issuer"), BYTES("r")};
    struct span back[LIMIT_CHAIN];
    CERT_BLOB blob = {0, NULL};
    size_t count = 0;

    ok_status(serialized_write(chain, COUNT_OF(chain), &blob), SEC_E_OK, "write");
    ok_number(blob.cbData, 8 + 3 * 12 + 11 + 12, "size");
    ok_status(serialized_read(span_of(blob.pbData, blob.cbData), back, &count), SEC_E_OK, "read");
    ok_number(count, COUNT_OF(chain), "count");
    for (size_t i = 0; i < count; i++)
        ok(span_equal(chain[i], back[i]), "%zu is another", i);
    for (size_t have = 0; have < blob.cbData; have++)
        ok_status(serialized_read(span_of(blob.pbData, have), back, &count), SEC_E_INVALID_TOKEN,
                  "cut to %zu", have);
    buffers_free(blob.pbData);
}

START_TEST(serialized_bent)
{
#define STORE "\0\0\0\0CERT"
#define ENTRY(id, encoding, size) id "\0\0\0" encoding "\0\0\0" size "\0\0\0"
#define END "\0\0\0\0\0\0\0\0\0\0\0\0"
    static const struct {
        const char *name;
        struct span bytes;
        size_t count; /* 0: SEC_E_INVALID_TOKEN */
    } cases[] = {
        {"one", BYTES(STORE ENTRY("\x20", "\1", "\1") "x" END), 1},
        {"a property before it",
         BYTES(STORE ENTRY("\x0b", "\1", "\2") "ab" ENTRY("\x20", "\1", "\1") "x" END), 1},
        {"more behind the end", BYTES(STORE ENTRY("\x20", "\1", "\1") "x" END "junk"), 1},
        {"another version", BYTES("\1\0\0\0CERT" ENTRY("\x20", "\1", "\1") "x" END), 0},
        {"another type", BYTES("\0\0\0\0CERS" ENTRY("\x20", "\1", "\1") "x" END), 0},
        {"nothing in it", BYTES(STORE END), 0},
        {"an empty certificate", BYTES(STORE ENTRY("\x20", "\1", "\0") END), 0},
        {"another encoding", BYTES(STORE ENTRY("\x20", "\2", "\1") "x" END), 0},
        {"longer than the rest",
         BYTES(STORE "\x20\0\0\0\1\0\0\0\xff\xff\xff\xff"
                     "x" END),
         0},
        {"no such entry",
         BYTES(STORE "\x20\0\1\0\1\0\0\0\1\0\0\0"
                     "x" END),
         0},
    };
    struct span back[LIMIT_CHAIN], many[LIMIT_CHAIN + 1];
    CERT_BLOB blob = {0, NULL};
    size_t count;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SECURITY_STATUS want = cases[i].count ? SEC_E_OK : SEC_E_INVALID_TOKEN;

        count = 0;
        ok_status(serialized_read(cases[i].bytes, back, &count), want, "%s", cases[i].name);
        ok_number(count, cases[i].count, "%s: count", cases[i].name);
    }
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = span_of("x", 1);
    ok_status(serialized_write(many, LIMIT_CHAIN, &blob), SEC_E_OK, "as many as may be");
    ok_status(serialized_read(span_of(blob.pbData, blob.cbData), back, &count), SEC_E_OK, "read");
    buffers_free(blob.pbData);
    ok_status(serialized_write(many, LIMIT_CHAIN + 1, &blob), SEC_E_OK, "one more");
    ok_status(serialized_read(span_of(blob.pbData, blob.cbData), back, &count), SEC_E_INVALID_TOKEN,
              "one more is refused");
    buffers_free(blob.pbData);
}
