/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the system knows of the user: misc/elf/names.c and misc/pe/names.c.
 */
#ifndef SECUR32_MISC_NAMES_H
#define SECUR32_MISC_NAMES_H

#include "winsspi.h"

#include "base/span.h"

/* "MACHINE\user" or "DOMAIN\user" of the calling thread, for mem_free. The result is a Win32 error.
 */
MUST_CHECK DWORD names_user(WCHAR **name);
/* The same of the process, whatever its threads act as; on Windows only. */
MUST_CHECK DWORD names_process_user(WCHAR **name);
/* The user's number; on Linux only. */
ULONG names_user_number(void);

#endif
