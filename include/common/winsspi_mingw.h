/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * mingw-w64's headers, and what version 10 of them lacks of the Windows SDK 10.0.26100: newer names
 * of sspi.h, schannel.h, winerror.h and wincrypt.h, all of minschannel.h and most of credssp.h.
 * Each addition is guarded, so that a newer mingw-w64 can bring its own.
 *
 * Included by winsspi.h; do not include it yourself.
 */
#ifndef SECUR32_WINSSPI_MINGW_H
#define SECUR32_WINSSPI_MINGW_H

#include <stddef.h>
#include <stdint.h>

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

/* Everything that the headers have. A compiler's default hides what came after Windows 10 1507. */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#if !defined(NTDDI_VERSION) || NTDDI_VERSION < 0x0A000010
#undef NTDDI_VERSION
#define NTDDI_VERSION 0x0A000010
#endif

/* We define some of these functions ourselves, so they cannot be dllimport. */
#ifndef _NO_KSECDD_IMPORT_
#define _NO_KSECDD_IMPORT_
#endif

/* All of the NTSTATUS codes, not just the few of winnt.h. */
#ifndef WIN32_NO_STATUS
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#else
#include <windows.h>
#endif
#include <ntstatus.h>
#include <ntsecapi.h>
#include <wincrypt.h>
#include <wincred.h>
#include <bcrypt.h>
#include <sspi.h>

/* mingw-w64 declares these without a calling convention; on i386 they are stdcall like the rest. */
#define SslEmptyCacheA secur32_mingw_SslEmptyCacheA
#define SslEmptyCacheW secur32_mingw_SslEmptyCacheW
#define SslGenerateKeyPair secur32_mingw_SslGenerateKeyPair
#define SslGenerateRandomBits secur32_mingw_SslGenerateRandomBits
#define SslCrackCertificate secur32_mingw_SslCrackCertificate
#define SslFreeCertificate secur32_mingw_SslFreeCertificate
#define SslGetDefaultIssuers secur32_mingw_SslGetDefaultIssuers
#define SSL_EMPTY_CACHE_FN_A secur32_mingw_SSL_EMPTY_CACHE_FN_A
#define SSL_EMPTY_CACHE_FN_W secur32_mingw_SSL_EMPTY_CACHE_FN_W
#include <schannel.h>
#undef SslEmptyCacheA
#undef SslEmptyCacheW
#undef SslGenerateKeyPair
#undef SslGenerateRandomBits
#undef SslCrackCertificate
#undef SslFreeCertificate
#undef SslGetDefaultIssuers
#undef SSL_EMPTY_CACHE_FN_A
#undef SSL_EMPTY_CACHE_FN_W

typedef BOOL(WINAPI *SSL_EMPTY_CACHE_FN_A)(LPSTR pszTargetName, DWORD dwFlags);
typedef BOOL(WINAPI *SSL_EMPTY_CACHE_FN_W)(LPWSTR pszTargetName, DWORD dwFlags);
BOOL WINAPI SslEmptyCacheA(LPSTR pszTargetName, DWORD dwFlags);
BOOL WINAPI SslEmptyCacheW(LPWSTR pszTargetName, DWORD dwFlags);
BOOL WINAPI SslGenerateKeyPair(PSSL_CREDENTIAL_CERTIFICATE pCerts, PSTR pszDN, PSTR pszPassword,
                               DWORD Bits);
VOID WINAPI SslGenerateRandomBits(PUCHAR pRandomData, LONG cRandomData);
BOOL WINAPI SslCrackCertificate(PUCHAR pbCertificate, DWORD cbCertificate, DWORD dwFlags,
                                PX509Certificate *ppCertificate);
VOID WINAPI SslFreeCertificate(PX509Certificate pCertificate);
BOOL WINAPI SslGetDefaultIssuers(PBYTE pbIssuers, DWORD *pcbIssuers);

/* mingw-w64 makes DEFAULT_TLS_SSP_NAME_W_A and ..._W_W of it, which do not exist. */
#undef DEFAULT_TLS_SSP_NAME
#ifdef UNICODE
#define DEFAULT_TLS_SSP_NAME DEFAULT_TLS_SSP_NAME_W
#else
#define DEFAULT_TLS_SSP_NAME DEFAULT_TLS_SSP_NAME_A
#endif

#include <secext.h>
#include <security.h>
#include <credssp.h>

/* security.h, Windows' too, defines ClOUDAP_NAME_A, with a small l, and uses this one. */
#ifndef CLOUDAP_NAME_A
#define CLOUDAP_NAME_A ClOUDAP_NAME_A
#endif

#include "winsspi_additions.h"

#endif
