/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every export of secur32.dll and sspicli.dll is found by its undecorated name, and both DLLs give
 * the same function. On Linux the same names are symbols of the library.
 *
 * Source: the export tables of Windows 10 (19041) and of a Windows 11, tests/data/abi/exports.tsv.
 * curl, SQL Server's client, FreeTDS and PuTTY look names up in secur32.dll, .NET and MSAL in
 * sspicli.dll; nobody is known to import by ordinal, and on Windows they differ between versions.
 */
#include "winsspi.h"

#include "harness.h"

#ifdef _WIN32

enum dll { secur32, sspicli, dll_count };

static const struct {
    enum dll dll;
    const char *name;
    bool certain; /* in every Windows from 10 on; ours has all of them */
    unsigned ordinal10, ordinal11;
} exports[] = {
#define EXPORT(dll, name, certain, ordinal10, ordinal11)                                           \
    {dll, #name, certain, ordinal10, ordinal11},
#include "exports_rows.h"
#undef EXPORT
};

static HMODULE modules[dll_count];

static bool load_modules(void)
{
    modules[secur32] = LoadLibraryA("secur32.dll");
    modules[sspicli] = LoadLibraryA("sspicli.dll");
    ok(modules[secur32] != NULL, "no secur32.dll: error %lu", (unsigned long)GetLastError());
    ok(modules[sspicli] != NULL, "no sspicli.dll: error %lu", (unsigned long)GetLastError());
    return modules[secur32] && modules[sspicli];
}

static const char *dll_name(enum dll dll)
{
    return dll == secur32 ? "secur32.dll" : "sspicli.dll";
}

START_TEST(exports_by_name)
{
    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        FARPROC function = GetProcAddress(modules[exports[i].dll], exports[i].name);

        if (exports[i].certain || !running_on_windows())
            ok(function != NULL, "%s has no %s", dll_name(exports[i].dll), exports[i].name);
    }
    ok(COUNT_OF(exports) > 200, "only %zu rows", COUNT_OF(exports));
}

START_TEST(exports_by_ordinal)
{
    if (!load_modules())
        return;
    if (running_on_windows()) {
        skip("ordinals differ between versions of Windows; ours are Windows 10's and 11's");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        unsigned ordinal = exports[i].dll == secur32 ? exports[i].ordinal10 : exports[i].ordinal11;
        HMODULE module = modules[exports[i].dll];

        if (ordinal)
            ok(GetProcAddress(module, MAKEINTRESOURCEA(ordinal)) ==
                   GetProcAddress(module, exports[i].name),
               "%s: %u is not %s", dll_name(exports[i].dll), ordinal, exports[i].name);
    }
}

/* One of the two DLLs forwards to the other: there is one implementation. */
START_TEST(exports_of_both)
{
    size_t both = 0;

    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        FARPROC function = GetProcAddress(modules[secur32], exports[i].name);

        if (exports[i].dll != sspicli || !function)
            continue;
        both++;
        ok(function == GetProcAddress(modules[sspicli], exports[i].name),
           "%s: another function in sspicli.dll", exports[i].name);
    }
    ok(both > 80, "only %zu names are in both", both);
}

START_TEST(exports_undecorated)
{
    static const char *const decorated[] = {"AcceptSecurityContext@36", "_AcceptSecurityContext@36",
                                            "GetUserNameExW@12", "InitSecurityInterfaceW@0"};

    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(decorated); i++)
        for (int dll = 0; dll < dll_count; dll++)
            ok(GetProcAddress(modules[dll], decorated[i]) == NULL, "%s exports %s",
               dll_name((enum dll)dll), decorated[i]);
}

#else

/* That this links is the test: every name is a symbol of the library, with a prototype. */
START_TEST(exports_by_name)
{
    static const struct {
        const char *name;
        void (*function)(void);
    } exports[] = {
#define EXPORT(dll, name, certain, ordinal10, ordinal11) {#name, (void (*)(void))name},
#include "exports_rows.h"
#undef EXPORT
    };

    for (size_t i = 0; i < COUNT_OF(exports); i++)
        ok(exports[i].function != NULL, "no %s", exports[i].name);
    ok(COUNT_OF(exports) > 200, "only %zu rows", COUNT_OF(exports));
}

#endif
