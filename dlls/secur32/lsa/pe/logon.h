/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Logons by packages from outside, and what these may ask of the LSA for them.
 */
#ifndef SECUR32_LSA_PE_LOGON_H
#define SECUR32_LSA_PE_LOGON_H

#include "lsa/pe/tables.h"
#include "sspi/package.h"

/* The struct ssp's logon. */
NTSTATUS lsa_logon(struct ssp_logon *logon);

/* CreateLogonSession and DeleteLogonSession: sessions that a package is making. */
NTSTATUS NTAPI lsa_session_create(PLUID id);
NTSTATUS NTAPI lsa_session_delete(PLUID id);

/* CreateToken and CreateTokenEx, which differ in what they tell beside the user. */
NTSTATUS NTAPI lsa_create_token(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE type,
                                SECURITY_IMPERSONATION_LEVEL level,
                                LSA_TOKEN_INFORMATION_TYPE information_type, PVOID information,
                                PTOKEN_GROUPS groups, PUNICODE_STRING account,
                                PUNICODE_STRING authority, PUNICODE_STRING workstation,
                                PUNICODE_STRING profile, PHANDLE token, PNTSTATUS sub_status);
NTSTATUS NTAPI lsa_create_token_ex(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE type,
                                   SECURITY_IMPERSONATION_LEVEL level,
                                   LSA_TOKEN_INFORMATION_TYPE information_type, PVOID information,
                                   PTOKEN_GROUPS groups, PUNICODE_STRING workstation,
                                   PUNICODE_STRING profile, PVOID session,
                                   SECPKG_SESSIONINFO_TYPE session_type, PHANDLE token,
                                   PNTSTATUS sub_status);

#endif
