/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * secur32unix.dll: a builtin DLL of Wine whose only purpose is to have a Unix library. It finds the
 * way into secur32unix.so and hands it to secur32.dll, which then crosses without it.
 * Source: Wine's unix-call contract (winternl.h, unixlib.h).
 */
#include "secur32unix/helper.h"

#include <string.h>

#include <winbase.h>

/* MEMORY_INFORMATION_CLASS of Wine: the handle of a builtin module's Unix library. */
#define MEMORY_WINE_UNIX_FUNCS 1000

typedef LONG(WINAPI *query_memory)(HANDLE process, const void *address, ULONG what, void *buffer,
                                   SIZE_T size, SIZE_T *done);

/* Wine fills this variable of ntdll; Windows has none. */
#define DISPATCHER "__wine_unix_call_dispatcher"

#define STATUS_NOT_WINE ((LONG)0xc00000bb) /* STATUS_NOT_SUPPORTED */

static HINSTANCE own_module; /* constant after DllMain */

__declspec(dllexport) LONG __cdecl secur32unix_open(struct unix_way *way);

LONG __cdecl secur32unix_open(struct unix_way *way)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FARPROC variable, function;
    unix_dispatcher *dispatcher;
    query_memory query;
    uint64_t library = 0;
    LONG status;

    if (!ntdll)
        return STATUS_NOT_WINE;
    variable = GetProcAddress(ntdll, DISPATCHER);
    function = GetProcAddress(ntdll, "NtQueryVirtualMemory");
    if (!variable || !function)
        return STATUS_NOT_WINE;
    /* C has no cast from a function's address to that of a variable. */
    memcpy(&dispatcher, &variable, sizeof(dispatcher));
    memcpy(&query, &function, sizeof(query));
    status = query(GetCurrentProcess(), own_module, MEMORY_WINE_UNIX_FUNCS, &library,
                   sizeof(library), NULL);
    if (status < 0)
        return status;
    way->library = library;
    way->dispatcher = *dispatcher;
    return 0;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved);

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        own_module = module;
        DisableThreadLibraryCalls(module);
    }
    return TRUE;
}
