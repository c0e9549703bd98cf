/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * ProcessPrng, the one function of bcryptprimitives.dll that programs in Rust take from it and that
 * Wine 8.0 has not got. It lies beside such a program, which does not start without.
 */
#include <windows.h>

#include <ntsecapi.h> /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T size)
{
    return size <= MAXDWORD && RtlGenRandom(to, (ULONG)size);
}
