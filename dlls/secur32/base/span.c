/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See span.h.
 */
#include "base/span.h"

#include <string.h>

struct span span_of(const void *data, size_t size)
{
    return (struct span){data, data ? size : 0};
}

bool span_equal(struct span a, struct span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool span_take(struct span *from, size_t size, struct span *part)
{
    if (size > from->size)
        return false;
    *part = (struct span){from->data, size};
    if (size)
        from->data += size;
    from->size -= size;
    return true;
}

static bool take_number(struct span *from, size_t size, uint32_t *value)
{
    struct span part;

    if (!span_take(from, size, &part))
        return false;
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value = *value << 8 | part.data[i];
    return true;
}

bool span_take_u8(struct span *from, uint8_t *value)
{
    uint32_t number;

    if (!take_number(from, 1, &number))
        return false;
    *value = (uint8_t)number;
    return true;
}

bool span_take_u16(struct span *from, uint16_t *value)
{
    uint32_t number;

    if (!take_number(from, 2, &number))
        return false;
    *value = (uint16_t)number;
    return true;
}

bool span_take_u24(struct span *from, uint32_t *value)
{
    return take_number(from, 3, value);
}

bool span_take_u32(struct span *from, uint32_t *value)
{
    return take_number(from, 4, value);
}

static bool take_vector(struct span *from, size_t width, struct span *part)
{
    struct span rest = *from;
    uint32_t size;

    if (!take_number(&rest, width, &size) || !span_take(&rest, size, part))
        return false;
    *from = rest;
    return true;
}

bool span_take_vector8(struct span *from, struct span *part)
{
    return take_vector(from, 1, part);
}

bool span_take_vector16(struct span *from, struct span *part)
{
    return take_vector(from, 2, part);
}

bool span_take_vector24(struct span *from, struct span *part)
{
    return take_vector(from, 3, part);
}

struct writer writer_of(void *data, size_t room)
{
    return (struct writer){data, data ? room : 0, 0, false};
}

void write_bytes(struct writer *to, struct span bytes)
{
    if (to->overrun || bytes.size > to->room - to->used) {
        to->overrun = true;
        return;
    }
    if (bytes.size)
        memcpy(to->data + to->used, bytes.data, bytes.size);
    to->used += bytes.size;
}

static void write_number(struct writer *to, uint32_t value, size_t size)
{
    uint8_t bytes[4];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    write_bytes(to, span_of(bytes, size));
}

void write_u8(struct writer *to, uint8_t value)
{
    write_number(to, value, 1);
}

void write_u16(struct writer *to, uint16_t value)
{
    write_number(to, value, 2);
}

void write_u24(struct writer *to, uint32_t value)
{
    write_number(to, value, 3);
}

void write_u32(struct writer *to, uint32_t value)
{
    write_number(to, value, 4);
}
