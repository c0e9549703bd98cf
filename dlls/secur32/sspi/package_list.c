/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * AddSecurityPackage and DeleteSecurityPackage. Packages from outside cannot be loaded yet, and
 * those of the library cannot be removed, as on Windows those of the system cannot.
 *
 * Source: Microsoft Learn, the pages of these functions.
 */
#include "winsspi.h"

#include "base/log.h"
#include "sspi/packages.h"
#include "sspi/strings.h"

static SECURITY_STATUS add(void)
{
    log_absent(LOG_SSPI, "AddSecurityPackage");
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY AddSecurityPackageW(LPWSTR name, PSECURITY_PACKAGE_OPTIONS options)
{
    (void)name;
    (void)options;
    return add();
}

SECURITY_STATUS SEC_ENTRY AddSecurityPackageA(LPSTR name, PSECURITY_PACKAGE_OPTIONS options)
{
    (void)name;
    (void)options;
    return add();
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageW(LPWSTR name)
{
    if (!packages_find(name))
        return SEC_E_SECPKG_NOT_FOUND;
    log_absent(LOG_SSPI, "DeleteSecurityPackage");
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageA(LPSTR name)
{
    const char *const narrow[] = {name};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = DeleteSecurityPackageW(wide[0]);
    strings_done(wide, COUNT_OF(wide));
    return status;
}
