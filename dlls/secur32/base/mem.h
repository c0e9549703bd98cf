/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Heap memory of the library itself. Memory that a program frees with FreeContextBuffer is not
 * this: see sspi/buffers.h.
 */
#ifndef SECUR32_BASE_MEM_H
#define SECUR32_BASE_MEM_H

#include "base/span.h"

/* Zeroed memory, or NULL. mem_alloc_array fails on overflow of count * size. */
MUST_CHECK void *mem_alloc(size_t size);
MUST_CHECK void *mem_alloc_array(size_t count, size_t size);
/* A copy of the bytes; of an empty span a pointer that may be freed but not read. NULL: no memory.
 */
MUST_CHECK void *mem_copy(struct span bytes);
MUST_CHECK char *mem_copy_string(const char *text);
void mem_free(void *memory);

/* Overwrites with zeros in a way that the compiler may not leave out. */
void mem_wipe(void *memory, size_t size);
void mem_wipe_free(void *memory, size_t size);

/* For tests: the allocation after `count` more of them fails, once. Negative switches it off. */
void mem_fail_after(long count);
/* For tests: the failure that was asked for has not happened yet. */
bool mem_failure_pending(void);

#endif
