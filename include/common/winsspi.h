/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The one header through which our sources and tests get Windows' types. For Windows it includes
 * mingw-w64's headers and adds what they lack; for Linux it includes our own of include/secur32.
 * WCHAR has 16 bits in both, and u"..." is a string of it; LONG, ULONG and DWORD have 32.
 */
#ifndef SECUR32_WINSSPI_H
#define SECUR32_WINSSPI_H

#ifndef SECURITY_WIN32
#define SECURITY_WIN32
#endif
#ifndef SCHANNEL_USE_BLACKLISTS
#define SCHANNEL_USE_BLACKLISTS /* SCH_CREDENTIALS and its kin */
#endif
#ifndef _SEC_WINNT_AUTH_TYPES
#define _SEC_WINNT_AUTH_TYPES /* the marshalled credentials of sspi.h */
#endif

#ifdef _WIN32
#include "winsspi_mingw.h"
#include "winsspi_undocumented.h"
#else
/* The library is compiled with hidden visibility; what these headers declare is what it exports. */
#pragma GCC visibility push(default)
#include "windows.h"
#include "ntstatus.h"
#include "subauth.h"
#include "wincrypt.h"
#include "wincred.h"
#include "bcrypt.h"
#include "sspi.h"
#include "schannel.h"
#include "secext.h"
#include "security.h"
#include "credssp.h"
#include "ntsecapi.h"
#include "ntsecpkg.h"
#include "secur32.h"
#include "winsspi_undocumented.h"
#pragma GCC visibility pop
#endif

#endif
