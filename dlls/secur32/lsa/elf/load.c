/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * On Linux no security packages of Windows can be loaded.
 */
#include "lsa/host.h"

void lsa_load(void)
{
}

SECURITY_STATUS lsa_add(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options)
{
    (void)file;
    (void)options;
    return SEC_E_SECPKG_NOT_FOUND; /* whatever the name, no package lies there */
}
