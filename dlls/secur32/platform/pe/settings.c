/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, settings, on Windows: the registry. The keys are those of the machine's own width, so
 * that a 32-bit program sees the same policy as a 64-bit one.
 */
#include "platform/platform.h"

#include <string.h>
#include <windows.h>

#include "base/mem.h"

#define PATH_UNITS_MAX 256  /* a key's path; ours are constants of the library */
#define NAME_UNITS_MAX 64   /* a value's name; likewise */
#define TEXT_SIZE_MAX 65536 /* bytes of a value; a list of all suites has about 3000 */

static const WCHAR *const root_paths[SETTINGS_COUNT] = {
    [SETTINGS_SCHANNEL] = L"SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL",
    [SETTINGS_SSL_POLICY] =
        L"SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002",
    [SETTINGS_SSL_LOCAL] =
        L"SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Configuration\\Local\\SSL\\00010002",
    [SETTINGS_LSA] = L"SYSTEM\\CurrentControlSet\\Control\\Lsa",
    [SETTINGS_PROVIDERS] = L"SYSTEM\\CurrentControlSet\\Control\\SecurityProviders",
};

/* Appends ASCII; false: no room. */
static bool append(WCHAR *text, size_t room, size_t *used, const char *ascii)
{
    for (; *ascii; ascii++) {
        if (*used + 1 >= room)
            return false;
        text[(*used)++] = (WCHAR)(unsigned char)*ascii;
    }
    text[*used] = 0;
    return true;
}

/* NULL: there is no such key. */
static HKEY open_key(enum platform_settings root, const char *path)
{
    WCHAR full[PATH_UNITS_MAX];
    size_t used = wcslen(root_paths[root]);
    HKEY key;

    memcpy(full, root_paths[root], (used + 1) * sizeof(*full));
    if (*path &&
        (!append(full, PATH_UNITS_MAX, &used, "\\") || !append(full, PATH_UNITS_MAX, &used, path)))
        return NULL;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, full, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key) !=
        ERROR_SUCCESS)
        return NULL;
    return key;
}

/* Reads a value; *size: room, then what was used. */
static bool query(enum platform_settings root, const char *path, const char *name, DWORD *type,
                  void *data, DWORD *size)
{
    WCHAR wide[NAME_UNITS_MAX] = {0};
    size_t used = 0;
    HKEY key = append(wide, NAME_UNITS_MAX, &used, name) ? open_key(root, path) : NULL;
    LSTATUS result;

    if (!key)
        return false;
    result = RegQueryValueExW(key, wide, NULL, type, data, size);
    RegCloseKey(key);
    return result == ERROR_SUCCESS;
}

bool platform_setting_number(enum platform_settings root, const char *path, const char *name,
                             uint32_t *value)
{
    DWORD number, type, size = sizeof(number);

    if (!query(root, path, name, &type, &number, &size) || type != REG_DWORD ||
        size != sizeof(number))
        return false;
    *value = number;
    return true;
}

/* The registry does not promise that a text ends with its zero, nor a list with two. */
static char *text_from_value(WCHAR *units, size_t count, bool list)
{
    char *text = NULL;

    while (count && !units[count - 1])
        count--;
    for (size_t i = 0; i < count && list; i++)
        if (!units[i])
            units[i] = ',';
    units[count] = 0;
    if (platform_utf8_from_wide(units, &text) != SEC_E_OK)
        return NULL;
    return text;
}

char *platform_setting_text(enum platform_settings root, const char *path, const char *name)
{
    DWORD type, size = 0;
    WCHAR *units;
    char *text = NULL;

    if (!query(root, path, name, &type, NULL, &size) || size > TEXT_SIZE_MAX ||
        (type != REG_SZ && type != REG_EXPAND_SZ && type != REG_MULTI_SZ))
        return NULL;
    units = mem_alloc(size + sizeof(*units));
    if (!units)
        return NULL;
    if (query(root, path, name, &type, units, &size))
        text = text_from_value(units, size / sizeof(*units), type == REG_MULTI_SZ);
    mem_free(units);
    return text;
}

/* Not GetVersionEx, which tells programs without a manifest that all is Windows 8. */
uint32_t platform_windows_build(void)
{
    LONG(WINAPI * get_version)(RTL_OSVERSIONINFOW *);
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");

    if (!found)
        return 0;
    memcpy(&get_version, &found, sizeof(found));
    if (get_version(&version) < 0)
        return 0;
    return version.dwBuildNumber;
}
