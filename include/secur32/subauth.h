/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Counted strings. UNICODE_STRING must be known before schannel.h when SCHANNEL_USE_BLACKLISTS is
 * defined; Windows' subauth.h, ntsecapi.h and winternl.h each define it, and so does this one.
 */
#ifndef SECUR32_SUBAUTH_H
#define SECUR32_SUBAUTH_H

#include "windef.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _UNICODE_STRING {
    USHORT Length; /* bytes, without a zero at the end */
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING;

#ifdef __cplusplus
}
#endif

#endif
