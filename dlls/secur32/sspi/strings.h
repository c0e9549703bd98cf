/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * From the narrow entry points to the wide ones: several strings at once, and strings in memory
 * that programs free.
 */
#ifndef SECUR32_DLL_SSPI_STRINGS_H
#define SECUR32_DLL_SSPI_STRINGS_H

#include "winsspi.h"

#include "base/span.h"

/*
 * Wide copies of `count` strings, NULL for NULL. On failure none is left. They are wiped by
 * strings_done, since some are passwords.
 */
MUST_CHECK SECURITY_STATUS strings_widen(const char *const *narrow, WCHAR **wide, size_t count);
void strings_done(WCHAR **wide, size_t count);

/* An ANSI copy, for FreeContextBuffer, of a wide string; NULL for NULL. */
MUST_CHECK SECURITY_STATUS strings_narrow_buffer(const WCHAR *wide, char **narrow);

#endif
