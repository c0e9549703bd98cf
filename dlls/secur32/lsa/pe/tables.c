/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See tables.h.
 */
#include "lsa/pe/tables.h"

#include <string.h>

/* clang-format off */
/* How many members a table has that a package of a version gives. */
static const struct {
    ULONG version; /* SECPKG_INTERFACE_VERSION and its successors */
    size_t members;
} versions[] = {
    {0x00010000, 27},
    {0x00020000, 28}, /* SetContextAttributes */
    {0x00040000, 29}, /* SetCredentialsAttributes */
    {0x00080000, 30}, /* ChangeAccountPassword */
    {0x00100000, 34},
    {0x00200000, 35},
    {0x00400000, 36},
    {0x00800000, 38},
    {0x01000000, 39},
    {0x02000000, 42},
    {0x04000000, 43},
};
/* clang-format on */

#define USER_MEMBERS 14 /* version 1; version 2 has one more */

static size_t members_of(ULONG version)
{
    size_t members = versions[0].members;

    for (size_t i = 0; i < COUNT_OF(versions); i++)
        if (version >= versions[i].version)
            members = versions[i].members;
    return members;
}

struct lsa_functions lsa_functions_at(const void *tables, ULONG version, size_t index)
{
    struct lsa_functions functions;
    size_t size = members_of(version) * sizeof(void *);

    memset(&functions, 0, sizeof(functions));
    memcpy(&functions, (const char *)tables + index * size, size);
    return functions;
}

struct lsa_user_functions lsa_user_functions_at(const void *tables, ULONG version, size_t index)
{
    struct lsa_user_functions functions;
    size_t members = version >= versions[1].version ? USER_MEMBERS + 1 : USER_MEMBERS;
    size_t size = members * sizeof(void *);

    memset(&functions, 0, sizeof(functions));
    memcpy(&functions, (const char *)tables + index * size, size);
    return functions;
}
