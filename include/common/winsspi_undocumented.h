/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Prototypes of the exports that no public header declares. Where Microsoft has a page, or an old
 * header had the function, the types are from there; of the others only the number of stack bytes
 * on i386 is known, and each argument is a pointer-sized value without a meaning. Of some not even
 * that: they take no argument here, which on i386 leaves the stack to the caller.
 *
 * Included by winsspi.h; do not include it yourself.
 */
#ifndef SECUR32_WINSSPI_UNDOCUMENTED_H
#define SECUR32_WINSSPI_UNDOCUMENTED_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- other names of EncryptMessage and DecryptMessage, from before Windows 2000 ---- */

SECURITY_STATUS SEC_ENTRY SealMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                      ULONG MessageSeqNo);
SECURITY_STATUS SEC_ENTRY UnsealMessage(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                        ULONG MessageSeqNo, ULONG *pfQOP);

/* ---- the client's address in audit events ("SeciAllocateAndSetIPAddress function") ---- */

SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetIPAddress(PUCHAR lpIpAddress, ULONG cchIpAddress,
                                                      int *FreeCallContext);
void SEC_ENTRY SeciFreeCallContext(void);
/* On Windows 11 the same code as SecAllocateAndSetCallTarget. */
SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetCallTarget(PUCHAR lpIpAddress, ULONG cchIpAddress,
                                                       LPWSTR TargetName, int *FreeCallContext);
SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetCallFlags(ULONG Flags, int *FreeCallContext);
SECURITY_STATUS SEC_ENTRY SecpSetIPAddress(void);
/* ntlsa.h of the Windows SDK, which gives it no calling convention. */
NTSTATUS SeciIsProtectedUser(PBOOLEAN ProtectedUser);

/* ---- performance counters (the entry points of a counter DLL: "OpenPerformanceData") ---- */

DWORD WINAPI OpenLsaPerformanceData(LPWSTR DeviceNames);
DWORD WINAPI CollectLsaPerformanceData(LPWSTR Query, LPVOID *Data, LPDWORD Size, LPDWORD Types);
DWORD WINAPI CloseLsaPerformanceData(void);

/* ---- local security authority ---- */

/* SECURITY_USER_DATA of ntsecpkg.h, freed with LsaFreeReturnBuffer. */
NTSTATUS WINAPI GetSecurityUserInfo(PLUID LogonId, ULONG Flags, void **UserInformation);
BOOL WINAPI LogonUserExExW(LPWSTR User, LPWSTR Domain, LPWSTR Password, DWORD LogonType,
                           DWORD LogonProvider, PTOKEN_GROUPS Groups, PHANDLE Token, PSID *LogonSid,
                           PVOID *Profile, LPDWORD ProfileLength, PQUOTA_LIMITS Quota);
NTSTATUS WINAPI LsaConnectLocalUser(void);
NTSTATUS WINAPI LsaSetMachineCertificate(void);

/* ---- schannel.dll: SpLsaModeInitializeFn of ntsecpkg.h, and what nobody describes ---- */

NTSTATUS WINAPI SpLsaModeInitialize(ULONG LsaVersion, PULONG PackageVersion, void **Tables,
                                    PULONG Count);
NTSTATUS WINAPI SpUserModeInitialize(ULONG LsaVersion, PULONG PackageVersion, void **Tables,
                                     PULONG Count);
BOOL WINAPI SslLoadCertificate(ULONG_PTR, ULONG_PTR, ULONG_PTR);
SECURITY_STATUS WINAPI SslCopyTlsExtensions(void);
void WINAPI SslFreeCustomBuffer(void);

/* ---- names ---- */

BOOLEAN SEC_ENTRY SecpTranslateName(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR,
                                    ULONG_PTR);
BOOLEAN SEC_ENTRY SecpTranslateNameEx(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR,
                                      ULONG_PTR);
void SEC_ENTRY SecpFreeMemory(void *Memory);
SECURITY_STATUS SEC_ENTRY SspiGetComputerNameForSPN(ULONG_PTR, ULONG_PTR);
DWORD WINAPI CredParseUserNameWithType(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR);

/* ---- packages and identities ---- */

void SEC_ENTRY SecCacheSspiPackages(void);
SECURITY_STATUS SEC_ENTRY SecInitUserModeContext(PCtxtHandle Context, PSecBuffer Packed);
SECURITY_STATUS SEC_ENTRY SecDeleteUserModeContext(PCtxtHandle Context);
SECURITY_STATUS SEC_ENTRY SecGetLocaleSpecificEncryptionRules(void);
SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentityInternal(ULONG_PTR, ULONG_PTR, ULONG_PTR,
                                                            ULONG_PTR);

#ifdef __cplusplus
}
#endif

#endif
