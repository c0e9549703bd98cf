/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Functions that talk to the local security authority. There is none here yet: each says so.
 *
 * Source of the prototypes: ntsecapi.h; Microsoft Learn, "LSA Logon functions".
 */
#include "misc/absent.h"

NTSTATUS NTAPI LsaConnectUntrusted(PHANDLE lsa)
{
    (void)lsa;
    return absent_lsa("LsaConnectUntrusted");
}

NTSTATUS NTAPI LsaRegisterLogonProcess(PLSA_STRING name, PHANDLE lsa, PLSA_OPERATIONAL_MODE mode)
{
    (void)name;
    (void)lsa;
    (void)mode;
    return absent_lsa("LsaRegisterLogonProcess");
}

NTSTATUS NTAPI LsaDeregisterLogonProcess(HANDLE lsa)
{
    (void)lsa;
    return absent_lsa("LsaDeregisterLogonProcess");
}

NTSTATUS NTAPI LsaLookupAuthenticationPackage(HANDLE lsa, PLSA_STRING name, PULONG package)
{
    (void)lsa;
    (void)name;
    (void)package;
    return absent_lsa("LsaLookupAuthenticationPackage");
}

NTSTATUS NTAPI LsaCallAuthenticationPackage(HANDLE lsa, ULONG package, PVOID submit,
                                            ULONG submit_size, PVOID *result, PULONG result_size,
                                            PNTSTATUS protocol_status)
{
    (void)lsa;
    (void)package;
    (void)submit;
    (void)submit_size;
    (void)result;
    (void)result_size;
    (void)protocol_status;
    return absent_lsa("LsaCallAuthenticationPackage");
}

NTSTATUS NTAPI LsaLogonUser(HANDLE lsa, PLSA_STRING origin, SECURITY_LOGON_TYPE type, ULONG package,
                            PVOID information, ULONG information_size, PTOKEN_GROUPS groups,
                            PTOKEN_SOURCE source, PVOID *profile, PULONG profile_size, PLUID logon,
                            PHANDLE token, PQUOTA_LIMITS quotas, PNTSTATUS sub_status)
{
    (void)lsa;
    (void)origin;
    (void)type;
    (void)package;
    (void)information;
    (void)information_size;
    (void)groups;
    (void)source;
    (void)profile;
    (void)profile_size;
    (void)logon;
    (void)token;
    (void)quotas;
    (void)sub_status;
    return absent_lsa("LsaLogonUser");
}

NTSTATUS NTAPI LsaFreeReturnBuffer(PVOID buffer)
{
    (void)buffer; /* none of these functions returns one */
    return absent_lsa("LsaFreeReturnBuffer");
}

NTSTATUS NTAPI LsaEnumerateLogonSessions(PULONG count, PLUID *sessions)
{
    (void)count;
    (void)sessions;
    return absent_lsa("LsaEnumerateLogonSessions");
}

NTSTATUS NTAPI LsaGetLogonSessionData(PLUID session, PSECURITY_LOGON_SESSION_DATA *data)
{
    (void)session;
    (void)data;
    return absent_lsa("LsaGetLogonSessionData");
}

NTSTATUS NTAPI LsaRegisterPolicyChangeNotification(POLICY_NOTIFICATION_INFORMATION_CLASS policy,
                                                   HANDLE event)
{
    (void)policy;
    (void)event;
    return absent_lsa("LsaRegisterPolicyChangeNotification");
}

NTSTATUS NTAPI LsaUnregisterPolicyChangeNotification(POLICY_NOTIFICATION_INFORMATION_CLASS policy,
                                                     HANDLE event)
{
    (void)policy;
    (void)event;
    return absent_lsa("LsaUnregisterPolicyChangeNotification");
}

NTSTATUS WINAPI GetSecurityUserInfo(PLUID session, ULONG flags, void **information)
{
    (void)session;
    (void)flags;
    (void)information;
    return absent_lsa("GetSecurityUserInfo");
}

BOOL WINAPI LogonUserExExW(LPWSTR user, LPWSTR domain, LPWSTR password, DWORD type, DWORD provider,
                           PTOKEN_GROUPS groups, PHANDLE token, PSID *sid, PVOID *profile,
                           LPDWORD profile_size, PQUOTA_LIMITS quotas)
{
    (void)user;
    (void)domain;
    (void)password;
    (void)type;
    (void)provider;
    (void)groups;
    (void)token;
    (void)sid;
    (void)profile;
    (void)profile_size;
    (void)quotas;
    return absent_boolean("LogonUserExExW");
}

NTSTATUS WINAPI LsaConnectLocalUser(void)
{
    return absent_lsa("LsaConnectLocalUser");
}

NTSTATUS WINAPI LsaSetMachineCertificate(void)
{
    return absent_lsa("LsaSetMachineCertificate");
}

/* ---- target information as one block
 * ----------------------------------------------------------------- */

NTSTATUS WINAPI CredMarshalTargetInfo(PCREDENTIAL_TARGET_INFORMATIONW info, PUSHORT *buffer,
                                      PULONG size)
{
    (void)info;
    (void)buffer;
    (void)size;
    return absent_lsa("CredMarshalTargetInfo");
}

NTSTATUS WINAPI CredUnmarshalTargetInfo(PUSHORT buffer, ULONG size,
                                        PCREDENTIAL_TARGET_INFORMATIONW *info, PULONG used)
{
    (void)buffer;
    (void)size;
    (void)info;
    (void)used;
    return absent_lsa("CredUnmarshalTargetInfo");
}
