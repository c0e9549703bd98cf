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

/* A package more, listed last. false: too many. */
MUST_CHECK bool packages_register(const struct ssp *package);

/* The package that has this name, whatever its case; NULL: none, or name is NULL. */
const struct ssp *packages_find(const WCHAR *name);

/* SecPkgInfo of a package under its first name, one piece for FreeContextBuffer. */
MUST_CHECK SECURITY_STATUS packages_info(const struct ssp *package, SecPkgInfoW **info);
/* The same in ANSI, made of any SecPkgInfoW; that one stays. */
MUST_CHECK SECURITY_STATUS packages_narrow_info(const SecPkgInfoW *wide, SecPkgInfoA **info);

#endif
