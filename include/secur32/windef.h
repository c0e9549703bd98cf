/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Windows' basic types for programs on Linux. The widths are those of Windows on every machine:
 * LONG, ULONG and DWORD have 32 bits and WCHAR has 16, whatever long and wchar_t have here; so
 * every structure built from them has Windows' layout. Write wide strings as u"...".
 */
#ifndef SECUR32_WINDEF_H
#define SECUR32_WINDEF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* There is one calling convention here. */
#define WINAPI
#define APIENTRY
#define CALLBACK
#define NTAPI
#define WINADVAPI
#define CONST const
#define VOID void
#define FAR
#define NEAR

#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif

#define MAX_PATH 260
#define ANYSIZE_ARRAY 1

/* i386 Linux would give eight-byte integers an alignment of four inside structures. */
#define SECUR32_ALIGN8 __attribute__((aligned(8)))

typedef char CHAR;
typedef unsigned char UCHAR;
typedef unsigned char BYTE;
typedef unsigned char BOOLEAN;
typedef int16_t SHORT;
typedef uint16_t USHORT;
typedef uint16_t WORD;
#ifdef __cplusplus
typedef char16_t WCHAR;
#else
typedef unsigned short WCHAR;
#endif
typedef int INT;
typedef unsigned int UINT;
typedef int BOOL;
typedef int32_t LONG;
typedef uint32_t ULONG;
typedef uint32_t DWORD;
typedef int32_t LONG32;
typedef uint32_t ULONG32;
typedef uint32_t DWORD32;
typedef int64_t LONGLONG SECUR32_ALIGN8;
typedef uint64_t ULONGLONG SECUR32_ALIGN8;
typedef int64_t LONG64 SECUR32_ALIGN8;
typedef uint64_t ULONG64 SECUR32_ALIGN8;
typedef uint64_t DWORD64 SECUR32_ALIGN8;
typedef uint64_t DWORDLONG SECUR32_ALIGN8;
typedef intptr_t INT_PTR;
typedef uintptr_t UINT_PTR;
typedef intptr_t LONG_PTR;
typedef uintptr_t ULONG_PTR;
typedef uintptr_t DWORD_PTR;
typedef size_t SIZE_T;
typedef LONG HRESULT;
typedef LONG NTSTATUS;

typedef CHAR *PCHAR;
typedef UCHAR *PUCHAR;
typedef BYTE *PBYTE;
typedef BYTE *LPBYTE;
typedef BOOLEAN *PBOOLEAN;
typedef SHORT *PSHORT;
typedef USHORT *PUSHORT;
typedef WORD *PWORD;
typedef WORD *LPWORD;
typedef INT *PINT;
typedef UINT *PUINT;
typedef BOOL *PBOOL;
typedef BOOL *LPBOOL;
typedef LONG *PLONG;
typedef LONG *LPLONG;
typedef ULONG *PULONG;
typedef DWORD *PDWORD;
typedef DWORD *LPDWORD;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef ULONG_PTR *PULONG_PTR;
typedef NTSTATUS *PNTSTATUS;
typedef void *PVOID;
typedef void *LPVOID;
typedef const void *LPCVOID;

typedef CHAR *PSTR;
typedef CHAR *LPSTR;
typedef CHAR *PCH;
typedef const CHAR *PCSTR;
typedef const CHAR *LPCSTR;
typedef WCHAR *PWCHAR;
typedef WCHAR *PWCH;
typedef WCHAR *PWSTR;
typedef WCHAR *LPWSTR;
typedef const WCHAR *PCWCH;
typedef const WCHAR *PCWSTR;
typedef const WCHAR *LPCWSTR;

#ifdef UNICODE
typedef WCHAR TCHAR;
typedef LPWSTR PTSTR;
typedef LPWSTR LPTSTR;
typedef LPCWSTR PCTSTR;
typedef LPCWSTR LPCTSTR;
#define SECUR32_TEXT(string) u##string
#else
typedef CHAR TCHAR;
typedef LPSTR PTSTR;
typedef LPSTR LPTSTR;
typedef LPCSTR PCTSTR;
typedef LPCSTR LPCTSTR;
#define SECUR32_TEXT(string) string
#endif
#define TEXT(string) SECUR32_TEXT(string)

typedef void *HANDLE;
typedef HANDLE *PHANDLE;
typedef HANDLE *LPHANDLE;
typedef struct HWND__ *HWND;
typedef struct HINSTANCE__ *HINSTANCE;
typedef HINSTANCE HMODULE;

typedef INT_PTR(WINAPI *FARPROC)(void);

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;
#endif
typedef GUID *PGUID;
typedef GUID *LPGUID;

#define LOBYTE(word) ((BYTE)((DWORD_PTR)(word)&0xff))
#define HIBYTE(word) ((BYTE)(((DWORD_PTR)(word) >> 8) & 0xff))
#define LOWORD(dword) ((WORD)((DWORD_PTR)(dword)&0xffff))
#define HIWORD(dword) ((WORD)(((DWORD_PTR)(dword) >> 16) & 0xffff))

#ifdef __cplusplus
}
#endif

#endif
