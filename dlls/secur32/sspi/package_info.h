/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Arrays of SecPkgInfo in one piece of memory, their strings behind them, for FreeContextBuffer.
 */
#ifndef SECUR32_DLL_SSPI_PACKAGE_INFO_H
#define SECUR32_DLL_SSPI_PACKAGE_INFO_H

#include "winsspi.h"

#include "base/span.h"
#include "sspi/package.h"

#define PACKAGE_ROWS_MAX 128

struct package_row {
    const struct ssp *package;
    const WCHAR *name; /* one of the package's */
};

/* At most PACKAGE_ROWS_MAX of them; the result is written only on success. */
MUST_CHECK SECURITY_STATUS package_info_wide(const struct package_row *rows, size_t count,
                                             SecPkgInfoW **info);
MUST_CHECK SECURITY_STATUS package_info_narrow(const SecPkgInfoW *wide, size_t count,
                                               SecPkgInfoA **info);

#endif
