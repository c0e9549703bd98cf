/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a program that uses the security interfaces expects of Windows' own windows.h, and no more:
 * types, error codes, the last error and, as on Windows, wincrypt.h unless WIN32_LEAN_AND_MEAN.
 */
#ifndef SECUR32_WINDOWS_H
#define SECUR32_WINDOWS_H

#include "windef.h"
#include "winnt.h"
#include "winbase.h"
#include "winerror.h"

#ifndef WIN32_LEAN_AND_MEAN
#include "wincrypt.h"
#endif

#endif
