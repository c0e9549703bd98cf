/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * AddSecurityPackage and DeleteSecurityPackage: packages come and go while the program runs. Those
 * of the library cannot be removed, as on Windows those of the system cannot.
 *
 * Source: Microsoft Learn, the pages of these functions.
 */
#include "winsspi.h"

#include "sspi/packages.h"
#include "sspi/strings.h"

/*
 * name     the file that holds the packages, as it would stand in the list of security packages
 * options  may be NULL: a package of any kind, for this process only
 */
SECURITY_STATUS SEC_ENTRY AddSecurityPackageW(LPWSTR name, PSECURITY_PACKAGE_OPTIONS options)
{
    if (!name || !*name || (options && options->Size < sizeof(*options)))
        return SEC_E_INVALID_TOKEN;
    return packages_outside.add(name, options);
}

SECURITY_STATUS SEC_ENTRY AddSecurityPackageA(LPSTR name, PSECURITY_PACKAGE_OPTIONS options)
{
    const char *const narrow[] = {name};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = AddSecurityPackageW(wide[0], options);
    strings_done(wide, COUNT_OF(wide));
    return status;
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageW(LPWSTR name)
{
    return packages_remove(name);
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
