/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Load and unload of the DLL. Loading does nothing: see main.c.
 */
#include "winsspi.h"

#include "sspi/handle.h"

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);

/* reserved is not NULL when the process ends: other threads were stopped anywhere, so nothing may
 * be touched, and the memory goes with the process. */
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    if (reason == DLL_PROCESS_ATTACH)
        DisableThreadLibraryCalls(instance);
    else if (reason == DLL_PROCESS_DETACH && !reserved)
        handle_tables_done();
    return TRUE;
}
