/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What this room gives to the list of packages, and what it needs of it: main.c ties both.
 */
#ifndef SECUR32_DLL_LSA_HOST_H
#define SECUR32_DLL_LSA_HOST_H

#include "winsspi.h"

#include "base/span.h"
#include "sspi/package.h"

/* The list of packages; see sspi/packages.h for what these functions do. */
struct lsa_host {
    bool (*add)(const struct ssp *package);
    bool (*add_again)(const void *origin);
    const struct ssp *(*find)(const WCHAR *name);
    SECURITY_STATUS (*info)(const struct ssp *package, SecPkgInfoW **info);
    ULONG (*number)(const struct ssp *package);
    const struct ssp *(*at)(ULONG number);
};

/* Of main.c. */
extern const struct lsa_host lsa_host;

/* All packages that are registered with the system, then Negotiate over them. */
void lsa_load(void);
/* Those of one file. SEC_E_SECPKG_NOT_FOUND: there is none, or it has no package that can start
 * here and that is not listed yet. */
MUST_CHECK SECURITY_STATUS lsa_add(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options);

#endif
