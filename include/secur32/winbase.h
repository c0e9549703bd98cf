/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The thread's last error, which the functions of secext.h set when they return FALSE. Each thread
 * has its own; it begins as 0.
 */
#ifndef SECUR32_WINBASE_H
#define SECUR32_WINBASE_H

#include "winnt.h"

#ifdef __cplusplus
extern "C" {
#endif

DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD error);

#ifdef __cplusplus
}
#endif

#endif
