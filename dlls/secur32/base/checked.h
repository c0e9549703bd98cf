/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Arithmetic on lengths that cannot wrap around. Each returns false, and writes nothing, on
 * overflow.
 */
#ifndef SECUR32_BASE_CHECKED_H
#define SECUR32_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

MUST_CHECK static inline bool size_add(size_t a, size_t b, size_t *sum)
{
    size_t value;

    if (__builtin_add_overflow(a, b, &value))
        return false;
    *sum = value;
    return true;
}

MUST_CHECK static inline bool size_multiply(size_t a, size_t b, size_t *product)
{
    size_t value;

    if (__builtin_mul_overflow(a, b, &value))
        return false;
    *product = value;
    return true;
}

MUST_CHECK static inline bool u32_from_size(size_t size, uint32_t *value)
{
    if (size > UINT32_MAX)
        return false;
    *value = (uint32_t)size;
    return true;
}

#endif
