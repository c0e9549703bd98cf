/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See packages.h. A package with several names is listed under each of them, as Windows lists
 * Schannel also as "Microsoft Unified Security Protocol Provider"; whatever is listed can be asked
 * for.
 *
 * Sources: Microsoft Learn, "EnumerateSecurityPackagesW function" (one array, freed at once),
 * "QuerySecurityPackageInfoW function". libpq passes names in lower case, so case does not count.
 */
#include "sspi/packages.h"

#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "platform/platform.h"
#include "sspi/buffers.h"
#include "sspi/package_info.h"

#define PACKAGES_MAX 32

/* Outermost of all locks. It is held while a package starts: nobody else can be inside the package
 * before that, and whoever asks for the list meanwhile has to wait for the answer. */
static struct lock start_lock = LOCK_INITIALIZER;

static const struct ssp *packages[PACKAGES_MAX]; /* written with start_lock before the count */
static atomic_size_t package_count;
static atomic_bool built_in_asked;

static bool start_package(const struct ssp *package) must_hold(&start_lock)
{
    size_t count = atomic_load_explicit(&package_count, memory_order_relaxed);
    SECURITY_STATUS status;

    if (count == PACKAGES_MAX)
        return false;
    status = package->start ? package->start() : SEC_E_OK;
    if (status != SEC_E_OK) {
        TRACE(LOG_SSPI, "package %u cannot start: %08lx", (unsigned)package->rpc_id,
              (unsigned long)status);
        return true;
    }
    packages[count] = package;
    atomic_store_explicit(&package_count, count + 1, memory_order_release);
    return true;
}

static void start_built_in(void)
{
    lock_take(&start_lock);
    if (!atomic_load_explicit(&built_in_asked, memory_order_relaxed)) {
        for (size_t i = 0; packages_built_in[i]; i++)
            if (!start_package(packages_built_in[i]))
                break;
        atomic_store_explicit(&built_in_asked, true, memory_order_release);
    }
    lock_release(&start_lock);
}

/* How many packages there are; the first so many of packages[] may be read. */
static size_t packages_ready(void)
{
    if (!atomic_load_explicit(&built_in_asked, memory_order_acquire))
        start_built_in();
    return atomic_load_explicit(&package_count, memory_order_acquire);
}

bool packages_register(const struct ssp *package)
{
    bool registered;

    packages_ready();
    lock_take(&start_lock);
    registered = start_package(package);
    lock_release(&start_lock);
    return registered;
}

/* One row of the list: a package under one of its names. */
static bool row_find(const WCHAR *name, struct package_row *row)
{
    size_t count = packages_ready();

    if (!name)
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->name_count; k++)
            if (platform_wide_same(packages[i]->names[k], name)) {
                *row = (struct package_row){packages[i], packages[i]->names[k]};
                return true;
            }
    return false;
}

const struct ssp *packages_find(const WCHAR *name)
{
    struct package_row row;

    return row_find(name, &row) ? row.package : NULL;
}

SECURITY_STATUS packages_info(const struct ssp *package, SecPkgInfoW **info)
{
    struct package_row row = {package, package->names[0]};

    return package_info_wide(&row, 1, info);
}

static size_t rows_all(struct package_row *rows, size_t room)
{
    size_t count = packages_ready(), used = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->name_count && used < room; k++)
            rows[used++] = (struct package_row){packages[i], packages[i]->names[k]};
    return used;
}

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(PULONG count, PSecPkgInfoW *info)
{
    struct package_row rows[PACKAGE_ROWS_MAX];
    size_t used = rows_all(rows, COUNT_OF(rows));
    SECURITY_STATUS status;

    if (!count || !info)
        return SEC_E_INVALID_HANDLE;
    status = package_info_wide(rows, used, info);
    if (status == SEC_E_OK)
        *count = (ULONG)used;
    return status;
}

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(PULONG count, PSecPkgInfoA *info)
{
    SecPkgInfoW *wide = NULL;
    ULONG used = 0;
    SECURITY_STATUS status;

    if (!count || !info)
        return SEC_E_INVALID_HANDLE;
    status = EnumerateSecurityPackagesW(&used, &wide);
    if (status == SEC_E_OK)
        status = package_info_narrow(wide, used, info);
    if (status == SEC_E_OK)
        *count = used;
    buffers_free(wide);
    return status;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(SEC_WCHAR *name, PSecPkgInfoW *info)
{
    struct package_row row;

    if (!info)
        return SEC_E_INVALID_HANDLE;
    if (!row_find(name, &row))
        return SEC_E_SECPKG_NOT_FOUND;
    return package_info_wide(&row, 1, info);
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(SEC_CHAR *name, PSecPkgInfoA *info)
{
    SecPkgInfoW *wide = NULL;
    WCHAR *wide_name = NULL;
    SECURITY_STATUS status;

    if (!info)
        return SEC_E_INVALID_HANDLE;
    status = platform_wide_from_ansi(name, &wide_name);
    if (status == SEC_E_OK)
        status = QuerySecurityPackageInfoW(wide_name, &wide);
    else if (status != SEC_E_INSUFFICIENT_MEMORY)
        status = SEC_E_SECPKG_NOT_FOUND; /* no package has a name that is no text */
    if (status == SEC_E_OK)
        status = packages_narrow_info(wide, info);
    buffers_free(wide);
    mem_free(wide_name);
    return status;
}

SECURITY_STATUS packages_narrow_info(const SecPkgInfoW *wide, SecPkgInfoA **info)
{
    return package_info_narrow(wide, 1, info);
}
