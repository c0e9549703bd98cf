/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The function tables between the LSA and its packages, of which some ntsecpkg.h of mingw-w64 have
 * the older members only. A package says by its version how many members its table has; those that
 * it lacks are NULL here.
 *
 * Source: ntsecpkg.h of the Windows SDK 10.0.26100; Microsoft Learn, "SECPKG_FUNCTION_TABLE
 * structure", "SECPKG_USER_FUNCTION_TABLE structure", "LSA_SECPKG_FUNCTION_TABLE structure".
 */
#ifndef SECUR32_LSA_PE_TABLES_H
#define SECUR32_LSA_PE_TABLES_H

#include "winsspi.h"

/* mingw-w64 leaves the calling convention out, which on i686 makes these two other functions than
 * the real ones, which winsspi.h declares. */
#define CredMarshalTargetInfo mingw_marshal_target_info
#define CredUnmarshalTargetInfo mingw_unmarshal_target_info
#include <ntsecpkg.h>
#undef CredMarshalTargetInfo
#undef CredUnmarshalTargetInfo

#include "base/span.h"

typedef NTSTATUS(NTAPI *lsa_change_password_function)(PUNICODE_STRING domain,
                                                      PUNICODE_STRING account, PUNICODE_STRING old,
                                                      PUNICODE_STRING new, BOOLEAN impersonating,
                                                      PSecBufferDesc output);

/* How much of a table ntsecpkg.h describes differs: mingw-w64 10 ends with
 * SetCredentialsAttributes, 12 has all. */
struct lsa_functions {
    union {
        SECPKG_FUNCTION_TABLE old;
        struct {
            void *described[29];
            lsa_change_password_function ChangeAccountPassword;
            void *newer[13]; /* QueryMetaData to ExtractTargetInfo: of no use to us */
        };
    };
};

struct lsa_user_functions {
    union {
        SECPKG_USER_FUNCTION_TABLE old;
        void *members[15];
    };
};

_Static_assert(sizeof(struct lsa_functions) == 43 * sizeof(void *), "SDK 26100");
_Static_assert(sizeof(struct lsa_user_functions) == 15 * sizeof(void *), "SDK 26100");

/* Row `index` of the tables that a package of this version gave. */
struct lsa_functions lsa_functions_at(const void *tables, ULONG version, size_t index);
struct lsa_user_functions lsa_user_functions_at(const void *tables, ULONG version, size_t index);

/* What we give to packages: services.c. */
LSA_SECPKG_FUNCTION_TABLE *lsa_services(void);
SECPKG_DLL_FUNCTIONS *lsa_user_services(void);

#endif
