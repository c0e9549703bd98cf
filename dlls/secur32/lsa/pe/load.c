/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Which security DLLs are loaded, and when. Registered are those of HKLM\System\CurrentControlSet\
 * Control: Lsa\Security Packages and Lsa\OSConfig\Security Packages (names without .dll, or full
 * paths), and SecurityProviders\SecurityProviders (names with .dll). Windows' own packages are
 * always tried: Wine's registry does not name msv1_0, where its NTLM is.
 *
 * Source: Microsoft Learn, "Registering SSP/AP DLLs", "Writing and Installing a Security Support
 * Provider", "Restrictions on registering and installing a security package",
 * "AddSecurityPackageW function".
 */
#include "lsa/host.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "lsa/negotiate.h"
#include "lsa/pe/interface.h"
#include "lsa/pe/package.h"
#include "platform/platform.h"

#define MODULES_MAX 32
#define FILE_NAME_MAX 1024 /* units of a file's name with its folders */

/* What a DLL may hold; the values of SECURITY_PACKAGE_OPTIONS.Type. */
#define KIND_ANY SECPKG_OPTIONS_TYPE_UNKNOWN
#define KIND_LSA SECPKG_OPTIONS_TYPE_LSA
#define KIND_SSPI SECPKG_OPTIONS_TYPE_SSPI

static struct lock modules_lock = LOCK_INITIALIZER; /* guards the two below; a leaf */
static HMODULE modules[MODULES_MAX];                /* that were or are being loaded */
static size_t module_count;

/* false: it is known, or there are too many. */
static bool module_is_new(HMODULE module)
{
    bool is_new = true;

    lock_take(&modules_lock);
    for (size_t i = 0; i < module_count && is_new; i++)
        is_new = modules[i] != module;
    is_new = is_new && module_count < MODULES_MAX;
    if (is_new)
        modules[module_count++] = module;
    lock_release(&modules_lock);
    return is_new;
}

/* DLLs whose packages this library has itself: they forward to it, or to the DLL it replaced. */
static bool is_own(const WCHAR *file)
{
    static const WCHAR *const own[] = {L"schannel", L"schannel.dll", L"secur32", L"secur32.dll",
                                       L"security", L"security.dll", L"sspicli", L"sspicli.dll"};

    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (platform_wide_same(own[i], file))
            return true;
    return false;
}

/* Files whose one package is listed already are not even loaded: Wine's, where another provider
 * came first. */
static bool is_superseded(const WCHAR *file)
{
    static const struct {
        const WCHAR *file, *package;
    } known[] = {{L"kerberos", L"Kerberos"},
                 {L"kerberos.dll", L"Kerberos"},
                 {L"msv1_0", L"NTLM"},
                 {L"msv1_0.dll", L"NTLM"}};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (platform_wide_same(known[i].file, file))
            return lsa_host.find(known[i].package) != NULL;
    return false;
}

/* A name alone is one of system32; it gets its .dll by LoadLibrary where it has none. */
static HMODULE load_file(const WCHAR *file)
{
    bool has_folder = wcschr(file, '\\') || wcschr(file, '/');

    if (platform_wide_length(file) > FILE_NAME_MAX)
        return NULL;
    return LoadLibraryExW(
        file, NULL, has_folder ? LOAD_WITH_ALTERED_SEARCH_PATH : LOAD_LIBRARY_SEARCH_SYSTEM32);
}

static bool load_packages(const WCHAR *file, ULONG kind)
{
    HMODULE module;
    bool any = false;

    if (is_own(file) || is_superseded(file))
        return false;
    module = load_file(file);
    if (!module) {
        TRACE(LOG_LSA, "a registered security DLL cannot be loaded: error %lu",
              (unsigned long)GetLastError());
        return false;
    }
    if (!module_is_new(module)) {
        FreeLibrary(module);
        return lsa_host.add_again(module); /* DeleteSecurityPackage may have taken it off */
    }
    /* It stays loaded even when it gave no package: it may have started threads. */
    if (kind != KIND_SSPI)
        any = lsa_package_load(module, lsa_host.add);
    if (!any && kind != KIND_LSA)
        any = interface_load(module, lsa_host.add);
    TRACE(LOG_LSA, "a security DLL was loaded and gave %s", any ? "packages" : "none");
    return any;
}

/* A list of a setting: files between commas, with blanks around them. */
static void load_list(enum platform_settings root, const char *path, const char *name, ULONG kind)
{
    char *list = platform_setting_text(root, path, name);
    char *at = list;

    while (at) {
        char *next = strchr(at, ','), *end;
        WCHAR *file = NULL;

        if (next)
            *next++ = 0;
        at += strspn(at, " \t");
        for (end = at + strlen(at); end > at && (end[-1] == ' ' || end[-1] == '\t'); end--)
            end[-1] = 0;
        if (*at && platform_wide_from_utf8(at, &file) == SEC_E_OK)
            (void)!load_packages(file, kind);
        mem_free(file);
        at = next;
    }
    mem_free(list);
}

void lsa_load(void)
{
    load_list(SETTINGS_LSA, "", "Security Packages", KIND_ANY);
    load_list(SETTINGS_LSA, "OSConfig", "Security Packages", KIND_ANY);
    (void)!load_packages(L"kerberos", KIND_LSA);
    (void)!load_packages(L"msv1_0", KIND_LSA);
    load_list(SETTINGS_PROVIDERS, "", "SecurityProviders", KIND_ANY);
    (void)!lsa_host.add(&negotiate_ssp); /* not where another one has the name */
}

#define LSA_KEY L"SYSTEM\\CurrentControlSet\\Control\\Lsa"
#define LIST_MAX 65536 /* bytes of the registered list */

/* Appends to a REG_MULTI_SZ of `size` bytes, in memory with room for one name and two zeros more.
 * false: it is in the list. */
static bool list_append(WCHAR *list, DWORD *size, const WCHAR *file)
{
    size_t units = *size / sizeof(*list), length = platform_wide_length(file);

    for (size_t at = 0; at < units && list[at]; at += platform_wide_length(list + at) + 1)
        if (platform_wide_same(list + at, file))
            return false;
    while (units && !list[units - 1])
        units--;
    units += units ? 1 : 0; /* the zero of the last name stays */
    memcpy(list + units, file, length * sizeof(*list));
    memset(list + units + length, 0, 2 * sizeof(*list));
    *size = (DWORD)((units + length + 2) * sizeof(*list));
    return true;
}

/* Registers a file for good. */
static SECURITY_STATUS make_permanent(const WCHAR *file)
{
    WCHAR *list = mem_alloc(LIST_MAX + (FILE_NAME_MAX + 3) * sizeof(*list));
    DWORD size = LIST_MAX, type = 0;
    HKEY key = NULL;
    LSTATUS error = ERROR_NOT_ENOUGH_MEMORY;

    if (list)
        error = RegOpenKeyExW(HKEY_LOCAL_MACHINE, LSA_KEY, 0,
                              KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY, &key);
    if (error == ERROR_SUCCESS)
        error = RegQueryValueExW(key, L"Security Packages", NULL, &type, (BYTE *)list, &size);
    if (error == ERROR_FILE_NOT_FOUND || (error == ERROR_SUCCESS && type != REG_MULTI_SZ)) {
        memset(list, 0, LIST_MAX);
        size = 0;
        error = ERROR_SUCCESS;
    }
    if (error == ERROR_SUCCESS && list_append(list, &size, file))
        error = RegSetValueExW(key, L"Security Packages", 0, REG_MULTI_SZ, (BYTE *)list, size);
    if (key)
        RegCloseKey(key);
    mem_free(list);
    switch (error) {
    case ERROR_SUCCESS:
        return SEC_E_OK;
    case ERROR_NOT_ENOUGH_MEMORY:
        return SEC_E_INSUFFICIENT_MEMORY;
    default:
        return SEC_E_NOT_OWNER; /* the package works, but the user may not register it */
    }
}

SECURITY_STATUS lsa_add(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options)
{
    ULONG kind = options ? options->Type : KIND_ANY;

    if (kind != KIND_ANY && kind != KIND_LSA && kind != KIND_SSPI)
        return SEC_E_INVALID_TOKEN;
    if (!load_packages(file, kind))
        return SEC_E_SECPKG_NOT_FOUND;
    return options && options->Flags & SECPKG_OPTIONS_PERMANENT ? make_permanent(file) : SEC_E_OK;
}
