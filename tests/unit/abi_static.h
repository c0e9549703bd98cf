/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The rows of the ABI test as static assertions. It needs no C library, so that a compiler for a
 * machine whose library is not installed can check them too (test_abi_m32.sh).
 */
#ifndef SECUR32_TESTS_ABI_STATIC_H
#define SECUR32_TESTS_ABI_STATIC_H

#include "winsspi.h"

#include <stddef.h>

#ifdef _WIN32
#define ABI_ROWS "tests/unit/abi_pe.h"
#else
#define ABI_ROWS "tests/unit/abi_elf.h"
#endif

#define BY_POINTER(bytes32, bytes64) (sizeof(void *) == 8 ? (bytes64) : (bytes32))
#define FIELD_SIZE(type, field) sizeof(((type *)0)->field)

#define SIZE(type, size32, size64)                                                                 \
    _Static_assert(sizeof(type) == BY_POINTER(size32, size64), "size of " #type);
#define FIELD(type, field, offset32, offset64, size32, size64)                                     \
    _Static_assert(offsetof(type, field) == BY_POINTER(offset32, offset64),                        \
                   "offset of " #type "." #field);                                                 \
    _Static_assert(FIELD_SIZE(type, field) == BY_POINTER(size32, size64),                          \
                   "size of " #type "." #field);
#define NUMBER(name, value)                                                                        \
    _Static_assert(((unsigned long long)(name)&0xffffffff) == (value), "value of " #name);
#define LONG_NUMBER(name, value)                                                                   \
    _Static_assert((unsigned long long)(name) == (value) && sizeof(name) == 8, "value of " #name);
#define ADDRESS(name, value)
#define WIDE(name, value) _Static_assert(sizeof(name) == sizeof(value), "length of " #name);
#define NARROW(name, value) _Static_assert(sizeof(name) == sizeof(value), "length of " #name);
#define GENERIC(name, narrow, wide)                                                                \
    _Static_assert(sizeof(name) == sizeof(narrow), "length of " #name);
#define LEFT_OUT(header, reason, count)

#include ABI_ROWS

#undef SIZE
#undef FIELD
#undef NUMBER
#undef LONG_NUMBER
#undef ADDRESS
#undef WIDE
#undef NARROW
#undef GENERIC
#undef LEFT_OUT

/* Eight-byte integers are aligned to eight bytes on 32-bit Windows, but not on i386 Linux. */
_Static_assert(_Alignof(SEC_FLAGS) == 8, "alignment of SEC_FLAGS");
_Static_assert(_Alignof(SecPkgContext_Lifespan) == 8, "alignment of SecPkgContext_Lifespan");
_Static_assert(_Alignof(SecPkgContext_PasswordExpiry) == 8, "alignment of ..._PasswordExpiry");
_Static_assert(_Alignof(SecPkgContext_LogoffTime) == 8, "alignment of SecPkgContext_LogoffTime");
_Static_assert(_Alignof(SEC_WINNT_AUTH_FIDO_DATA) == 8, "alignment of SEC_WINNT_AUTH_FIDO_DATA");

/* The widths that everything else stands on. */
_Static_assert(sizeof(LONG) == 4 && sizeof(ULONG) == 4 && sizeof(DWORD) == 4, "four bytes");
_Static_assert(sizeof(WCHAR) == 2 && (WCHAR)-1 > 0, "WCHAR");
_Static_assert(sizeof(SECURITY_STATUS) == 4 && (SECURITY_STATUS)-1 < 0, "SECURITY_STATUS");
_Static_assert(sizeof(BOOLEAN) == 1 && sizeof(BOOL) == 4, "BOOLEAN and BOOL");

#endif
