/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the files of the crossing's ELF end share: reading parameters, and the calls that
 * unix_gss.c has.
 */
#ifndef SECUR32UNIX_UNIX_H
#define SECUR32UNIX_UNIX_H

#include "secur32unix/params.h"

static inline bool is_address(uint64_t value)
{
    return value != 0 && value <= UINTPTR_MAX;
}

static inline void *address(uint64_t value)
{
    return (void *)(uintptr_t)value;
}

static inline bool memory_is_good(struct param_span span, uint64_t size)
{
    return span.size <= PARAM_BYTES_MAX && size <= PARAM_BYTES_MAX &&
           (size == 0 || is_address(span.data));
}

static inline bool read_span(struct param_span from, struct span *to)
{
    if (!memory_is_good(from, from.size))
        return false;
    *to = span_of(address(from.data), from.size);
    return true;
}

#define UNIX_DECLARE(number, name) int unix_##name(void *params);
PARAM_GSS_CALLS(UNIX_DECLARE)

#endif
