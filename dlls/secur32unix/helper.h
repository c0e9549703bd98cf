/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What secur32.dll and its helper secur32unix.dll agree on: Wine's way from PE to ELF. Only a
 * builtin DLL of Wine has a Unix library; secur32.dll is none, so the helper finds the way and
 * hands it over.
 */
#ifndef SECUR32UNIX_HELPER_H
#define SECUR32UNIX_HELPER_H

#include <stdint.h>

#include <windef.h>

/* Wine's unix-call contract: the Unix library's handle, a call's number, its parameters. */
typedef LONG(WINAPI *unix_dispatcher)(uint64_t library, unsigned call, void *params);

struct unix_way {
    uint64_t library;
    unix_dispatcher dispatcher;
};

#define HELPER_FILE "secur32unix.dll"
#define HELPER_OPEN "secur32unix_open"

/* 0 is success; else an NTSTATUS: not under Wine, or secur32unix.so was not found. */
typedef LONG(__cdecl *helper_open)(struct unix_way *way);

#endif
