/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What this room needs of the system besides names and memory: misc/elf/system.c and
 * misc/pe/system.c.
 */
#ifndef SECUR32_MISC_SYSTEM_H
#define SECUR32_MISC_SYSTEM_H

#include "base/span.h"

/* From the system's generator. */
MUST_CHECK bool random_fill(void *memory, size_t size);

/* One pointer for each thread; NULL at first. Whoever set it frees it. */
void *thread_value_get(void);
MUST_CHECK bool thread_value_set(void *value);

#endif
