/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The CredSSP package's credentials and attributes, as Windows' credssp.h has them.
 */
#ifndef SECUR32_CREDSSP_H
#define SECUR32_CREDSSP_H

#include "schannel.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CREDSSP_NAME u"CREDSSP"
#define TS_SSP_NAME_A "TSSSP"
#define TS_SSP_NAME u"TSSSP"
#define szOID_TS_KP_TS_SERVER_AUTH "1.3.6.1.4.1.311.54.1.2"

/* SECPKG_ATTR_SERVER_AUTH_FLAGS. */
#define CREDSSP_SERVER_AUTH_NEGOTIATE 1
#define CREDSSP_SERVER_AUTH_CERTIFICATE 2
#define CREDSSP_SERVER_AUTH_LOOPBACK 4

/* Attributes. */
#define SECPKG_ALT_ATTR 0x80000000
#define SECPKG_ATTR_CREDS 0x80000080
#define SECPKG_ATTR_NEGOTIATION_PACKAGE 0x80000081
#define SECPKG_ATTR_C_ACCESS_TOKEN 0x80000012
#define SECPKG_ATTR_C_FULL_ACCESS_TOKEN 0x80000082
#define SECPKG_ATTR_SERVER_AUTH_FLAGS 0x80000083
#define SECPKG_ATTR_CERT_TRUST_STATUS 0x80000084
#define SECPKG_ATTR_C_FULL_IDENT_TOKEN 0x80000085
#define SECPKG_ATTR_CREDS_2 0x80000086

/* CREDSSP_CRED_EX. */
#define CREDSSP_CRED_EX_VERSION 0
#define CREDSSP_FLAG_REDIRECT 1

typedef struct _SecPkgContext_ClientCreds {
    ULONG AuthBufferLen;
    PUCHAR AuthBuffer;
} SecPkgContext_ClientCreds, *PSecPkgContext_ClientCreds;

typedef enum _CREDSSP_SUBMIT_TYPE {
    CredsspPasswordCreds = 2,
    CredsspSchannelCreds = 4,
    CredsspCertificateCreds = 13,
    CredsspSubmitBufferBoth = 50,
    CredsspSubmitBufferBothOld = 51,
    CredsspCredEx = 100
} CREDSPP_SUBMIT_TYPE; /* so spelt on Windows */

typedef struct _CREDSSP_CRED {
    CREDSPP_SUBMIT_TYPE Type;
    PVOID pSchannelCred;
    PVOID pSpnegoCred;
} CREDSSP_CRED, *PCREDSSP_CRED;

typedef struct _CREDSSP_CRED_EX {
    CREDSPP_SUBMIT_TYPE Type;
    DWORD Version; /* CREDSSP_CRED_EX_VERSION */
    DWORD Flags;
    DWORD Reserved;
    CREDSSP_CRED Cred;
} CREDSSP_CRED_EX, *PCREDSSP_CRED_EX;

#ifdef __cplusplus
}
#endif

#endif
