/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Which library answers the SSPI calls of this program.
 */
#ifndef SECUR32_TOOLS_PROVIDER_H
#define SECUR32_TOOLS_PROVIDER_H

#include <stddef.h>

struct provider {
    char path[512];
    char product[128]; /* "secur32" is ours */
    char version[64];
};

/* Empty texts for what cannot be found out. */
void provider_find(struct provider *provider);

#endif
