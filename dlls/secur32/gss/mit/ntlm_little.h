/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The order of bytes in NTLM's messages.
 */
#ifndef SECUR32_GSS_MIT_NTLM_LITTLE_H
#define SECUR32_GSS_MIT_NTLM_LITTLE_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t ntlm_little(const uint8_t *from, size_t size)
{
    uint32_t value = 0;

    while (size--)
        value = value << 8 | from[size];
    return value;
}

#endif
