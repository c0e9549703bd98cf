/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Memory of identities and of the strings that Sspi* functions return: freed by
 * SspiFreeAuthIdentity or SspiLocalFree (Microsoft's pages name now the one, now the other for the
 * same string). On Windows it is that of LocalAlloc, since credui.dll makes identities with it that
 * are freed here. All of it is wiped when it is freed.
 */
#ifndef SECUR32_MISC_MEMORY_H
#define SECUR32_MISC_MEMORY_H

#include "base/span.h"

MUST_CHECK void *local_alloc(size_t size); /* zeroed */
void local_free(void *memory);             /* NULL is fine */

#endif
