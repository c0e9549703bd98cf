/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Of Windows' ntsecpkg.h, the interface between the LSA and its packages, only what secur32
 * exports: target information as one block, and what LSA knows about a logged-on user.
 */
#ifndef SECUR32_NTSECPKG_H
#define SECUR32_NTSECPKG_H

#include "wincred.h"
#include "subauth.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _SECURITY_USER_DATA {
    UNICODE_STRING UserName;
    UNICODE_STRING LogonDomainName;
    UNICODE_STRING LogonServer;
    PSID pSid;
} SECURITY_USER_DATA, *PSECURITY_USER_DATA;

NTSTATUS WINAPI CredMarshalTargetInfo(PCREDENTIAL_TARGET_INFORMATIONW InTargetInfo, PUSHORT *Buffer,
                                      PULONG BufferSize);
NTSTATUS WINAPI CredUnmarshalTargetInfo(PUSHORT Buffer, ULONG BufferSize,
                                        PCREDENTIAL_TARGET_INFORMATIONW *RetTargetInfo,
                                        PULONG RetActualSize);

#ifdef __cplusplus
}
#endif

#endif
