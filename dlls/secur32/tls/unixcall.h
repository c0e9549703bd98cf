/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the PE build's files of this room share: the crossing itself, and the objects of tls.h,
 * which here only hold the address of the object on the other side (64 bits, also for 32-bit
 * programs).
 */
#ifndef SECUR32_TLS_UNIXCALL_H
#define SECUR32_TLS_UNIXCALL_H

#include "secur32unix/params.h"

struct tls_credential {
    uint64_t other;
};

struct tls_tickets {
    uint64_t other;
};

struct tls_session {
    uint64_t other;
};

/* NULL: there is a way to the other side, whatever libraries that has; else what is missing. */
const char *crossing_problem(void);

/* false: there is no way to the other side. Every function that needs no object asks this first. */
bool crossing_ready(void);

/* One call. Objects exist only once crossing_ready has said true. */
enum tls_status cross(enum param_call number, void *params);
/* The same for calls with results of another kind. */
int cross_any(enum param_call number, void *params);

static inline struct param_span param_memory(const void *data, size_t size)
{
    return (struct param_span){(uintptr_t)data, size < UINT32_MAX ? (uint32_t)size : UINT32_MAX, 0};
}

static inline struct param_span param_bytes(struct span bytes)
{
    return param_memory(bytes.data, bytes.size);
}

#endif
