/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The Security Support Provider Interface for programs on Linux: names, values and layouts are
 * those of Windows' Sspi.h (documented on Microsoft Learn, "sspi.h header"), so that code written
 * for Windows compiles unchanged. Link with -lsecur32.
 */
#ifndef SECUR32_SSPI_H
#define SECUR32_SSPI_H

#include "winnt.h"
#include "winerror.h"
#include "subauth.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ISSP_LEVEL 32
#define ISSP_MODE 1
#define SEC_ENTRY

typedef WCHAR SEC_WCHAR;
typedef CHAR SEC_CHAR;
typedef LONG SECURITY_STATUS;
#ifdef UNICODE
typedef SEC_WCHAR *SECURITY_PSTR;
typedef const SEC_WCHAR *SECURITY_PCSTR;
#define SEC_TEXT(string) u##string
#else
typedef SEC_CHAR *SECURITY_PSTR;
typedef const SEC_CHAR *SECURITY_PCSTR;
#define SEC_TEXT(string) string
#endif
#define SEC_FAR
#define __SEC_FAR

typedef UNICODE_STRING SECURITY_STRING, *PSECURITY_STRING;
typedef LARGE_INTEGER SECURITY_INTEGER, *PSECURITY_INTEGER;
typedef SECURITY_INTEGER TimeStamp;
typedef SECURITY_INTEGER *PTimeStamp;

typedef struct _SecHandle {
    ULONG_PTR dwLower;
    ULONG_PTR dwUpper;
} SecHandle, *PSecHandle;

typedef SecHandle CredHandle;
typedef PSecHandle PCredHandle;
typedef SecHandle CtxtHandle;
typedef PSecHandle PCtxtHandle;

#define SecInvalidateHandle(handle)                                                                \
    ((void)(((PSecHandle)(handle))->dwLower = ((PSecHandle)(handle))->dwUpper =                    \
                ((ULONG_PTR)((INT_PTR)-1))))
#define SecIsValidHandle(handle)                                                                   \
    (((PSecHandle)(handle))->dwLower != ((ULONG_PTR)(INT_PTR)-1) &&                                \
     ((PSecHandle)(handle))->dwUpper != ((ULONG_PTR)(INT_PTR)-1))

#include "sspi_flags.h"

typedef struct _SecPkgInfoW {
    ULONG fCapabilities;
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_WCHAR *Name;
    SEC_WCHAR *Comment;
} SecPkgInfoW, *PSecPkgInfoW;

typedef struct _SecPkgInfoA {
    ULONG fCapabilities;
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_CHAR *Name;
    SEC_CHAR *Comment;
} SecPkgInfoA, *PSecPkgInfoA;

typedef struct _SecBuffer {
    ULONG cbBuffer;
    ULONG BufferType;
    void *pvBuffer;
} SecBuffer, *PSecBuffer;

typedef struct _SecBufferDesc {
    ULONG ulVersion; /* SECBUFFER_VERSION */
    ULONG cBuffers;
    PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

typedef struct _SECURITY_PACKAGE_OPTIONS {
    ULONG Size;
    ULONG Type;
    ULONG Flags;
    ULONG SignatureSize;
    void *Signature;
} SECURITY_PACKAGE_OPTIONS, *PSECURITY_PACKAGE_OPTIONS;

#include "sspi_buffers.h"
#include "sspi_attributes.h"

typedef enum _SecDelegationType {
    SecFull,
    SecService,
    SecTree,
    SecDirectory,
    SecObject
} SecDelegationType,
    *PSecDelegationType;

typedef enum _SASL_AUTHZID_STATE {
    Sasl_AuthZIDForbidden,
    Sasl_AuthZIDProcessed
} SASL_AUTHZID_STATE;

typedef void(SEC_ENTRY *SEC_GET_KEY_FN)(void *Arg, void *Principal, ULONG KeyVer, void **Key,
                                        SECURITY_STATUS *Status);

/* ---- functions ---- */

#include "sspi_functions.h"
#include "sspi_identity.h"

#ifdef __cplusplus
}
#endif

#endif
