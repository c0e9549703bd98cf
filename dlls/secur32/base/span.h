/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Bounded reading and writing of bytes. A span is borrowed memory with its length; a writer fills
 * borrowed memory and remembers whether it ran out of room. Nothing here allocates.
 */
#ifndef SECUR32_BASE_SPAN_H
#define SECUR32_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct span {
    const uint8_t *data; /* may be NULL when size is 0 */
    size_t size;
};

struct writer {
    uint8_t *data;
    size_t room;
    size_t used;  /* never above room */
    bool overrun; /* a write did not fit; nothing of it was written */
};

struct span span_of(const void *data, size_t size);
bool span_equal(struct span a, struct span b);

/* Each takes from the front of *from and returns false, changing nothing, when too little is left.
 */
MUST_CHECK bool span_take(struct span *from, size_t size, struct span *part);
MUST_CHECK bool span_take_u8(struct span *from, uint8_t *value);
MUST_CHECK bool span_take_u16(struct span *from, uint16_t *value); /* network order */
MUST_CHECK bool span_take_u24(struct span *from, uint32_t *value);
MUST_CHECK bool span_take_u32(struct span *from, uint32_t *value);
/* A vector of TLS presentation language: a length of 1, 2 or 3 bytes, then so many bytes. */
MUST_CHECK bool span_take_vector8(struct span *from, struct span *part);
MUST_CHECK bool span_take_vector16(struct span *from, struct span *part);
MUST_CHECK bool span_take_vector24(struct span *from, struct span *part);

struct writer writer_of(void *data, size_t room);
void write_bytes(struct writer *to, struct span bytes);
void write_u8(struct writer *to, uint8_t value);
void write_u16(struct writer *to, uint16_t value); /* network order */
void write_u24(struct writer *to, uint32_t value);
void write_u32(struct writer *to, uint32_t value);

#endif
