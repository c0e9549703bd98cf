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

struct listed {
    const struct ssp *package; /* written with start_lock before the count */
    atomic_bool is_removed;
};

static struct listed packages[PACKAGES_MAX];
static atomic_size_t package_count;
static size_t built_in_count; /* the first so many are the library's own; as packages[] */
static atomic_bool all_asked;
/* The thread that loads packages and holds start_lock. A DLL that it loads may ask for the list:
 * then it gets what is there so far. */
static atomic_uintptr_t starting_thread;

static bool is_starting_here(void)
{
    return atomic_load(&starting_thread) == platform_thread_self();
}

/* One row of the first `count` packages: one that is listed, under one of its names. */
static struct listed *row_find(size_t count, const WCHAR *name, struct package_row *row)
{
    for (size_t i = 0; name && i < count; i++) {
        const struct ssp *package = packages[i].package;

        for (size_t k = 0; k < package->name_count && !atomic_load(&packages[i].is_removed); k++)
            if (platform_wide_same(package->names[k], name)) {
                *row = (struct package_row){package, package->names[k]};
                return &packages[i];
            }
    }
    return NULL;
}

/* Whoever comes first has the name: the library's own packages, then those from outside. */
static bool names_are_free(const struct ssp *package, size_t count)
{
    struct package_row row;

    for (size_t k = 0; k < package->name_count; k++)
        if (row_find(count, package->names[k], &row))
            return false;
    return true;
}

static bool start_package(const struct ssp *package) must_hold(&start_lock)
{
    size_t count = atomic_load_explicit(&package_count, memory_order_relaxed);
    SECURITY_STATUS status;

    if (count == PACKAGES_MAX || !names_are_free(package, count))
        return false;
    status = package->start ? package->start() : SEC_E_OK;
    if (status != SEC_E_OK) {
        TRACE(LOG_SSPI, "package %u cannot start: %08lx", (unsigned)package->rpc_id,
              (unsigned long)(uint32_t)status);
        return false;
    }
    packages[count].package = package;
    atomic_store_explicit(&package_count, count + 1, memory_order_release);
    return true;
}

static void start_all(void)
{
    if (is_starting_here())
        return;
    lock_take(&start_lock);
    if (!atomic_load_explicit(&all_asked, memory_order_relaxed)) {
        atomic_store(&starting_thread, platform_thread_self());
        for (size_t i = 0; packages_built_in[i]; i++)
            if (start_package(packages_built_in[i]))
                built_in_count++;
        packages_outside.load();
        atomic_store(&starting_thread, 0);
        atomic_store_explicit(&all_asked, true, memory_order_release);
    }
    lock_release(&start_lock);
}

/* How many packages there are; the first so many of packages[] may be read. */
static size_t packages_ready(void)
{
    if (!atomic_load_explicit(&all_asked, memory_order_acquire))
        start_all();
    return atomic_load_explicit(&package_count, memory_order_acquire);
}

/* With start_lock held by this very thread when it loads what is registered. */
bool packages_register(const struct ssp *package) NO_THREAD_ANALYSIS
{
    bool registered;

    if (is_starting_here())
        return start_package(package);
    packages_ready();
    lock_take(&start_lock);
    registered = start_package(package);
    lock_release(&start_lock);
    return registered;
}

SECURITY_STATUS packages_remove(const WCHAR *name)
{
    struct package_row row;
    struct listed *found = row_find(packages_ready(), name, &row);

    if (!found)
        return SEC_E_SECPKG_NOT_FOUND;
    if ((size_t)(found - packages) < built_in_count)
        return SEC_E_UNSUPPORTED_FUNCTION;
    atomic_store(&found->is_removed, true);
    return SEC_E_OK;
}

bool packages_return(const void *origin)
{
    bool any = false;

    packages_ready();
    if (is_starting_here()) /* then nothing was taken off yet */
        return false;
    lock_take(&start_lock);
    for (size_t i = 0; i < atomic_load_explicit(&package_count, memory_order_relaxed); i++) {
        const struct ssp *package = packages[i].package;

        if (package->origin != origin || !atomic_load(&packages[i].is_removed) ||
            !names_are_free(package, atomic_load_explicit(&package_count, memory_order_relaxed)))
            continue;
        atomic_store(&packages[i].is_removed, false);
        any = true;
    }
    lock_release(&start_lock);
    return any;
}

const struct ssp *packages_find(const WCHAR *name)
{
    struct package_row row;

    return row_find(packages_ready(), name, &row) ? row.package : NULL;
}

ULONG packages_number(const struct ssp *package)
{
    size_t count = packages_ready();

    for (size_t i = 0; i < count; i++)
        if (packages[i].package == package && !atomic_load(&packages[i].is_removed))
            return (ULONG)i + 1;
    return 0;
}

const struct ssp *packages_at(ULONG number)
{
    if (number == 0 || number > packages_ready() || atomic_load(&packages[number - 1].is_removed))
        return NULL;
    return packages[number - 1].package;
}

SECURITY_STATUS packages_info(const struct ssp *package, SecPkgInfoW **info)
{
    struct package_row row = {package, package->names[0]};

    return package_info_wide(&row, 1, info);
}

static size_t rows_all(struct package_row *rows, size_t room)
{
    size_t count = packages_ready(), used = 0;

    for (size_t i = 0; i < count; i++) {
        const struct ssp *package = packages[i].package;

        for (size_t k = 0; k < package->name_count && used < room; k++)
            if (!atomic_load(&packages[i].is_removed))
                rows[used++] = (struct package_row){package, package->names[k]};
    }
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
    if (!row_find(packages_ready(), name, &row))
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
