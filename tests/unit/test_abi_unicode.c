/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The names without A or W of a program that defines UNICODE: each one is the W one.
 */
#define UNICODE
#define _UNICODE
#include "winsspi.h"

#include <string.h>

#include "harness.h"

#ifdef _WIN32
#define ABI_ROWS "tests/unit/abi_pe.h"
#else
#define ABI_ROWS "tests/unit/abi_elf.h"
#endif

#define SIZE(type, size32, size64)
#define FIELD(type, field, offset32, offset64, size32, size64)
#define NUMBER(name, value)
#define LONG_NUMBER(name, value)
#define ADDRESS(name, value)
#define WIDE(name, value)
#define NARROW(name, value)
#define GENERIC(name, narrow, wide) {#name, (name), (wide), sizeof(name), sizeof(wide)},
#define LEFT_OUT(header, reason, count)

START_TEST(abi_unicode_texts)
{
    static const struct {
        const char *name;
        const void *got, *want;
        size_t size, want_size;
    } rows[] = {
#include ABI_ROWS
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ok(rows[i].size == rows[i].want_size, "size of %s: got %zu, want %zu", rows[i].name,
           rows[i].size, rows[i].want_size);
        if (rows[i].size == rows[i].want_size)
            ok(memcmp(rows[i].got, rows[i].want, rows[i].size) == 0, "%s: another text",
               rows[i].name);
    }
    ok(COUNT_OF(rows) > 8, "only %zu rows", COUNT_OF(rows));
}

/* The types of the two must be the same: a conditional of unlike pointers does not compile. */
START_TEST(abi_unicode_functions)
{
    ACQUIRE_CREDENTIALS_HANDLE_FN acquire = NULL;
    INITIALIZE_SECURITY_CONTEXT_FN initialize = NULL;
    QUERY_CONTEXT_ATTRIBUTES_FN query = NULL;
    SecurityFunctionTable table = {.dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5};
    SEC_WINNT_AUTH_IDENTITY identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};

    acquire = acquire ? acquire : table.AcquireCredentialsHandle;
    initialize = initialize ? initialize : table.InitializeSecurityContextW;
    query = query ? query : table.QueryContextAttributes;
    ok(!acquire && !initialize && !query, "members of an empty table");
    ok(sizeof(table) == sizeof(SecurityFunctionTableW), "another table");
    ok(sizeof(identity) == sizeof(SEC_WINNT_AUTH_IDENTITY_W), "another identity");
    ok(sizeof(*SEC_TEXT("x")) == sizeof(WCHAR), "SEC_TEXT is narrow");
}
