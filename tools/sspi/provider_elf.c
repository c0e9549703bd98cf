/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See provider.h: asks the dynamic linker where the functions come from.
 */
#define _GNU_SOURCE /* dladdr */
#define _GNU_SOURCE /* dladdr */

#include "provider.h"

#include <dlfcn.h>
#include <stdio.h>

#include "winsspi.h"

void provider_find(struct provider *provider)
{
    Dl_info info;

    *provider = (struct provider){{0}, "secur32", PACKAGE_VERSION};
    if (dladdr((void *)(uintptr_t)EnumerateSecurityPackagesA, &info) && info.dli_fname)
        snprintf(provider->path, sizeof(provider->path), "%s", info.dli_fname);
}
