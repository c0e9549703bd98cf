/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every export of secur32.dll, sspicli.dll and schannel.dll is found by its undecorated name, and
 * what two of them have is the same function. On Linux the same names are symbols of the library.
 *
 * Source: the export tables of Windows 10 (19041) and of a Windows 11, tests/data/abi/exports.tsv.
 * curl, SQL Server's client, FreeTDS and PuTTY look names up in secur32.dll, .NET and MSAL in
 * sspicli.dll, MongoDB some in schannel.dll; nobody is known to import by ordinal, and on Windows
 * they differ between versions.
 */
#include "winsspi.h"

#include <string.h>

#include "harness.h"

/* ---- what each function answers to nothing but zeros: something of its own
 * -------------------------- */

/* No public description says what these do; what they answer says so. */
static const char *const not_built[] = {
    "CredParseUserNameWithType",
    "LsaConnectLocalUser",
    "LsaSetMachineCertificate",
    "SecDeleteUserModeContext",
    "SecGetLocaleSpecificEncryptionRules",
    "SecInitUserModeContext",
    "SecpSetIPAddress",
    "SecpTranslateName",
    "SecpTranslateNameEx",
    "SslCopyTlsExtensions",
    "SslLoadCertificate",
    "SspiGetComputerNameForSPN",
    "SspiUnmarshalAuthIdentityInternal",
};

/* Without a result. */
static const char *const silent[] = {
    "SecCacheSspiPackages", "SecFreeCallContext",   "SecpFreeMemory",        "SeciFreeCallContext",
    "SslFreeCertificate",   "SslFreeCustomBuffer",  "SslGenerateRandomBits", "SspiFreeAuthIdentity",
    "SspiLocalFree",        "SspiZeroAuthIdentity",
};

static bool listed(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i], name))
            return true;
    return false;
}

typedef uintptr_t(WINAPI *any_function)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t,
                                        uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t,
                                        uintptr_t, uintptr_t, uintptr_t, uintptr_t);

/* As many arguments as the longest has; the function takes those that it knows. */
static void check_answer(const char *name, void (*function)(void))
{
    any_function call;
    bool absent;
    uint32_t answer;

    /* It takes a structure by value, which on x86_64 is a pointer that is never NULL. */
    if (!strcmp(name, "SslDeserializeCertificateStore"))
        return;
    memcpy(&call, &function, sizeof(call));
    SetLastError(0);
    answer = (uint32_t)call(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    if (listed(silent, COUNT_OF(silent), name))
        return;
    absent = answer == (uint32_t)SEC_E_UNSUPPORTED_FUNCTION ||
             answer == (uint32_t)STATUS_NOT_IMPLEMENTED || answer == ERROR_CALL_NOT_IMPLEMENTED ||
             ((answer & 0xff) == 0 && GetLastError() == ERROR_CALL_NOT_IMPLEMENTED);
    ok(absent == listed(not_built, COUNT_OF(not_built), name), "%s answers %08lx, error %lu", name,
       (unsigned long)answer, (unsigned long)GetLastError());
}

#ifdef _WIN32

enum dll { secur32, sspicli, schannel, dll_count };

static const char *const dll_names[] = {"secur32.dll", "sspicli.dll", "schannel.dll"};

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
    bool all = true;

    for (int dll = 0; dll < dll_count; dll++) {
        modules[dll] = LoadLibraryA(dll_names[dll]);
        all &= ok(modules[dll] != NULL, "no %s: error %lu", dll_names[dll],
                  (unsigned long)GetLastError());
    }
    return all;
}

START_TEST(exports_by_name)
{
    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        FARPROC function = GetProcAddress(modules[exports[i].dll], exports[i].name);

        if (exports[i].certain || !running_on_windows())
            ok(function != NULL, "%s has no %s", dll_names[exports[i].dll], exports[i].name);
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
               "%s: %u is not %s", dll_names[exports[i].dll], ordinal, exports[i].name);
    }
}

/* There is one implementation, to which the other DLLs forward. */
START_TEST(exports_of_both)
{
    size_t both = 0;

    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        FARPROC function = GetProcAddress(modules[secur32], exports[i].name);

        if (exports[i].dll == secur32 || !function)
            continue;
        both++;
        ok(function == GetProcAddress(modules[exports[i].dll], exports[i].name),
           "%s: another function in %s", exports[i].name, dll_names[exports[i].dll]);
    }
    ok(both > 100, "only %zu names are in both", both);
}

START_TEST(exports_answer)
{
    if (running_on_windows() || sizeof(void *) == 4) {
        skip("ours alone, and where the caller takes the arguments off the stack");
        return;
    }
    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        FARPROC found = GetProcAddress(modules[exports[i].dll], exports[i].name);
        void (*function)(void);

        memcpy(&function, &found, sizeof(function));
        if (found)
            check_answer(exports[i].name, function);
    }
}

START_TEST(exports_undecorated)
{
    static const char *const decorated[] = {"AcceptSecurityContext@36", "_AcceptSecurityContext@36",
                                            "GetUserNameExW@12", "InitSecurityInterfaceW@0"};

    if (!load_modules())
        return;
    for (size_t i = 0; i < COUNT_OF(decorated); i++)
        for (int dll = 0; dll < dll_count; dll++)
            ok(GetProcAddress(modules[dll], decorated[i]) == NULL, "%s exports %s", dll_names[dll],
               decorated[i]);
}

#else

static const struct {
    const char *name;
    void (*function)(void);
} exports[] = {
#define EXPORT(dll, name, certain, ordinal10, ordinal11) {#name, (void (*)(void))name},
#include "exports_rows.h"
#undef EXPORT
};

START_TEST(exports_answer)
{
    if (sizeof(void *) == 4) {
        skip("too many arguments");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(exports); i++)
        check_answer(exports[i].name, exports[i].function);
}

/* That this links is the test: every name is a symbol of the library, with a prototype. */
START_TEST(exports_by_name)
{
    for (size_t i = 0; i < COUNT_OF(exports); i++)
        ok(exports[i].function != NULL, "no %s", exports[i].name);
    ok(COUNT_OF(exports) > 200, "only %zu rows", COUNT_OF(exports));
}

#endif
