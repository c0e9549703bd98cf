/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Bytes on the wire as tests look at them: growing buffers, TLS records, and the parts of a
 * ClientHello that the tests of names and protocols want to see.
 */
#ifndef SECUR32_TESTS_WIRE_H
#define SECUR32_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_HEADER 5 /* RFC 8446 5.1: type, version, length */

enum wire_type {
    WIRE_CHANGE_CIPHER_SPEC = 20,
    WIRE_ALERT = 21,
    WIRE_HANDSHAKE = 22,
    WIRE_DATA = 23
};

/* Growing memory of a test; ends the program when there is none. */
struct bytes {
    uint8_t *data;
    size_t size, room;
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_drop(struct bytes *bytes, size_t size); /* from the front */
void bytes_done(struct bytes *bytes);

/* Bytes of the first record, header included, or 0 when not even its header is whole. */
size_t wire_record_size(const uint8_t *data, size_t size);
/* How many bytes the first record still lacks: 0 when it is whole. */
size_t wire_missing(const uint8_t *data, size_t size);
/* True when the bytes are whole records and nothing else. */
bool wire_is_whole(const uint8_t *data, size_t size);
/* Number of records of a type in bytes that are whole records. */
unsigned wire_count(const uint8_t *data, size_t size, enum wire_type type);

struct wire_part {
    const uint8_t *data; /* NULL: not there */
    size_t size;
};

/* Of the ClientHello in the first record; false: there is none, or it is malformed. */
bool wire_is_client_hello(const uint8_t *data, size_t size);
/* Contents of an extension (RFC 8446 4.2), borrowed from the bytes. */
struct wire_part wire_extension(const uint8_t *data, size_t size, uint16_t number);
/* Its cipher suites, two bytes each. */
struct wire_part wire_suites(const uint8_t *data, size_t size);
/* The host name of the server_name extension (RFC 6066 3). */
struct wire_part wire_server_name(const uint8_t *data, size_t size);

#endif
