/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See wire.h.
 */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define CLIENT_HELLO 1
#define EXTENSION_SERVER_NAME 0

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
    if (size > bytes->room - bytes->size) {
        size_t room = bytes->size + size + 1024;
        uint8_t *larger = realloc(bytes->data, room);

        if (!larger)
            abort();
        bytes->data = larger;
        bytes->room = room;
    }
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

void bytes_drop(struct bytes *bytes, size_t size)
{
    if (size > bytes->size)
        abort();
    if (size)
        memmove(bytes->data, bytes->data + size, bytes->size - size);
    bytes->size -= size;
}

void bytes_done(struct bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof(*bytes));
}

size_t wire_record_size(const uint8_t *data, size_t size)
{
    if (size < WIRE_HEADER)
        return 0;
    return (size_t)(WIRE_HEADER + (data[3] << 8 | data[4]));
}

size_t wire_missing(const uint8_t *data, size_t size)
{
    size_t whole = wire_record_size(data, size);

    if (!whole)
        return WIRE_HEADER - size;
    return whole > size ? whole - size : 0;
}

bool wire_is_whole(const uint8_t *data, size_t size)
{
    while (size) {
        size_t record = wire_record_size(data, size);

        if (!record || record > size)
            return false;
        data += record;
        size -= record;
    }
    return true;
}

unsigned wire_count(const uint8_t *data, size_t size, enum wire_type type)
{
    unsigned count = 0;

    while (size) {
        size_t record = wire_record_size(data, size);

        if (!record || record > size)
            break;
        count += data[0] == type;
        data += record;
        size -= record;
    }
    return count;
}

/* Takes a vector with a length of `width` bytes from the front of *from. */
static bool take_vector(struct wire_part *from, size_t width, struct wire_part *part)
{
    size_t length = 0;

    if (from->size < width)
        return false;
    for (size_t i = 0; i < width; i++)
        length = length << 8 | from->data[i];
    if (length > from->size - width)
        return false;
    *part = (struct wire_part){from->data + width, length};
    from->data += width + length;
    from->size -= width + length;
    return true;
}

static bool take_bytes(struct wire_part *from, size_t size)
{
    if (from->size < size)
        return false;
    from->data += size;
    from->size -= size;
    return true;
}

/* The extensions of a ClientHello (RFC 8446 4.1.2), in *extensions. */
static bool find_parts(const uint8_t *data, size_t size, struct wire_part *suites,
                       struct wire_part *extensions)
{
    size_t record = wire_record_size(data, size);
    struct wire_part rest = {data, size}, body, part;

    if (!record || record > size || data[0] != WIRE_HANDSHAKE || !take_bytes(&rest, WIRE_HEADER) ||
        !rest.size || rest.data[0] != CLIENT_HELLO || !take_bytes(&rest, 1) ||
        !take_vector(&rest, 3, &body))
        return false;
    if (!take_bytes(&body, 2 + 32) ||    /* legacy_version, random */
        !take_vector(&body, 1, &part) || /* legacy_session_id */
        !take_vector(&body, 2, suites) ||
        !take_vector(&body, 1, &part)) /* legacy_compression_methods */
        return false;
    *extensions = (struct wire_part){body.data, 0};
    return body.size == 0 || take_vector(&body, 2, extensions);
}

static bool find_extensions(const uint8_t *data, size_t size, struct wire_part *extensions)
{
    struct wire_part suites;

    return find_parts(data, size, &suites, extensions);
}

struct wire_part wire_suites(const uint8_t *data, size_t size)
{
    struct wire_part suites = {NULL, 0}, extensions;

    if (!find_parts(data, size, &suites, &extensions))
        suites = (struct wire_part){NULL, 0};
    return suites;
}

bool wire_is_client_hello(const uint8_t *data, size_t size)
{
    struct wire_part extensions;

    return find_extensions(data, size, &extensions);
}

struct wire_part wire_extension(const uint8_t *data, size_t size, uint16_t number)
{
    static const struct wire_part none;
    struct wire_part rest, contents;

    if (!find_extensions(data, size, &rest))
        return none;
    while (rest.size >= 2) {
        uint16_t type = (uint16_t)(rest.data[0] << 8 | rest.data[1]);

        if (!take_bytes(&rest, 2) || !take_vector(&rest, 2, &contents))
            return none;
        if (type == number)
            return contents;
    }
    return none;
}

struct wire_part wire_server_name(const uint8_t *data, size_t size)
{
    static const struct wire_part none;
    struct wire_part extension = wire_extension(data, size, EXTENSION_SERVER_NAME), list, name;

    if (!extension.data || !take_vector(&extension, 2, &list) || !list.size || list.data[0] != 0 ||
        !take_bytes(&list, 1) || !take_vector(&list, 2, &name))
        return none;
    return name;
}
