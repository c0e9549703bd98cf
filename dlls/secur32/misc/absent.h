/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What functions answer that are not built yet: an error of their kind, and a line of trace once.
 * None of them reports success or raises an exception.
 */
#ifndef SECUR32_MISC_ABSENT_H
#define SECUR32_MISC_ABSENT_H

#include "winsspi.h"

#include "base/log.h"

static inline SECURITY_STATUS absent_sspi(const char *function)
{
    log_absent(LOG_MISC, function);
    return SEC_E_UNSUPPORTED_FUNCTION;
}

/* For functions whose result is a Win32 error code. */
static inline DWORD absent_win32(const char *function)
{
    log_absent(LOG_MISC, function);
    return ERROR_CALL_NOT_IMPLEMENTED;
}

/* For functions that return FALSE on failure. */
static inline BOOLEAN absent_boolean(const char *function)
{
    SetLastError(absent_win32(function));
    return FALSE;
}

#endif
