/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A package of a security DLL as Microsoft documents them ("SSP/AP": SpLsaModeInitialize and
 * SpUserModeInitialize), seen as a struct ssp. Windows runs the first half in the LSA's process and
 * the second in the program's; here both run in the program.
 */
#ifndef SECUR32_LSA_PE_PACKAGE_H
#define SECUR32_LSA_PE_PACKAGE_H

#include "winsspi.h"

#include "base/span.h"
#include "lsa/pe/tables.h"
#include "sspi/package.h"

/* All members are constant after creation; a package is never freed. */
struct lsa_package {
    struct ssp ssp; /* first: the list's pointer is the package's */
    const WCHAR *names[1];
    struct lsa_functions functions;
    struct lsa_user_functions user; /* all NULL where the DLL has no user mode half */
};

struct lsa_credential {
    const struct lsa_package *package;
    LSA_SEC_HANDLE handle;
};

struct lsa_context {
    const struct lsa_package *package;
    LSA_SEC_HANDLE handle;
    bool is_mapped; /* InitUserModeContext was called */
};

/* The packages of a DLL go to `add`, which says whether it keeps what it gets. false: none. */
MUST_CHECK bool lsa_package_load(HMODULE module, bool (*add)(const struct ssp *package));

/* Of context.c and message.c, for the struct ssp. */
SECURITY_STATUS lsa_initialize(struct ssp_step *step);
SECURITY_STATUS lsa_accept(struct ssp_step *step);
SECURITY_STATUS lsa_control(void *context, SecBufferDesc *token);
void lsa_delete_context(void *context);
SECURITY_STATUS lsa_query_context(void *context, const struct ssp_attribute *attribute);
SECURITY_STATUS lsa_set_context(void *context, const struct ssp_attribute *attribute);
SECURITY_STATUS lsa_complete(void *context, SecBufferDesc *token);
SECURITY_STATUS lsa_seal(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence);
SECURITY_STATUS lsa_unseal(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop);
SECURITY_STATUS lsa_sign(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence);
SECURITY_STATUS lsa_verify(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop);
SECURITY_STATUS lsa_query_token(void *context, void **token);
SECURITY_STATUS lsa_impersonate(void *context);
SECURITY_STATUS lsa_revert(void *context);
SECURITY_STATUS lsa_export(void *context, ULONG flags, SecBuffer *packed, void **token);

/* A package's NTSTATUS as programs get it: what has a SEC_E_ twin becomes that. */
SECURITY_STATUS lsa_status(NTSTATUS status);

/* Queries into the program's memory. Where its size is known nothing is written behind it. */
SECURITY_STATUS lsa_query(NTSTATUS(NTAPI *function)(LSA_SEC_HANDLE, ULONG, PVOID),
                          LSA_SEC_HANDLE handle, const struct ssp_attribute *attribute);

#endif
