/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the system knows of the session that the calling thread acts in: lsa/elf/caller.c and
 * lsa/pe/caller.c.
 */
#ifndef SECUR32_DLL_LSA_CALLER_H
#define SECUR32_DLL_LSA_CALLER_H

#include "winsspi.h"

#include "base/span.h"

#define CALLER_SID_MAX 68 /* bytes of a SID of 15 parts, the most that it can have */

struct lsa_caller {
    LUID id;
    WCHAR *name; /* DOMAIN\user or MACHINE\user, for mem_free */
    ULONG session;
    uint8_t sid[CALLER_SID_MAX];
    size_t sid_size;
};

MUST_CHECK NTSTATUS lsa_caller_id(LUID *id);
MUST_CHECK NTSTATUS lsa_caller_get(struct lsa_caller *caller);

#endif
