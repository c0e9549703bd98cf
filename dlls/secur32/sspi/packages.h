/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The list of security packages, and what is told of them. A package is asked once whether it can
 * work in this process, when the list is first needed; one that cannot is absent.
 */
#ifndef SECUR32_DLL_SSPI_PACKAGES_H
#define SECUR32_DLL_SSPI_PACKAGES_H

#include "winsspi.h"

#include "base/span.h"
#include "sspi/package.h"

/* The packages of the library itself, in the order in which they are listed; ends with NULL. main.c
 * has it, so that nothing needs to run while the library is loaded. */
extern const struct ssp *const packages_built_in[];

/* Where packages from outside the library come from; main.c has it too. What is found is given to
 * packages_register. */
struct packages_source {
    /* All that are registered with the system; called once, after those of the library started. */
    void (*load)(void);
    /* Those of one file, while the program runs; options may be NULL. */
    SECURITY_STATUS (*add)(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options);
};
extern const struct packages_source packages_outside;

/* A package more, listed last; it is never freed. false: it is not listed, since it cannot start,
 * one of its names is taken, or there are too many. */
MUST_CHECK bool packages_register(const struct ssp *package);
/* Takes a package that came from outside off the list; what was made with it goes on working.
 * SEC_E_SECPKG_NOT_FOUND; SEC_E_UNSUPPORTED_FUNCTION: it is one of the library's own. */
MUST_CHECK SECURITY_STATUS packages_remove(const WCHAR *name);
/* Lists again what was taken off and came with this DLL. false: nothing, or its names are taken. */
MUST_CHECK bool packages_return(const void *origin);

/* The package that has this name, whatever its case; NULL: none, or name is NULL. */
const struct ssp *packages_find(const WCHAR *name);

/* Listed packages have numbers above 0 that stay theirs. 0 and NULL: there is none. */
ULONG packages_number(const struct ssp *package);
const struct ssp *packages_at(ULONG number);

/* SecPkgInfo of a package under its first name, one piece for FreeContextBuffer. */
MUST_CHECK SECURITY_STATUS packages_info(const struct ssp *package, SecPkgInfoW **info);
/* The same in ANSI, made of any SecPkgInfoW; that one stays. */
MUST_CHECK SECURITY_STATUS packages_narrow_info(const SecPkgInfoW *wide, SecPkgInfoA **info);

#endif
