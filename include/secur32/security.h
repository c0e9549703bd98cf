/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The security interfaces in one include, with the names of Windows' packages.
 */
#ifndef SECUR32_SECURITY_H
#define SECUR32_SECURITY_H

#include "sspi.h"
#include "secext.h"

#define NTLMSP_NAME_A "NTLM"
#define NTLMSP_NAME u"NTLM"
#define MICROSOFT_KERBEROS_NAME_A "Kerberos"
#define MICROSOFT_KERBEROS_NAME_W u"Kerberos"
#define MICROSOFT_KERBEROS_NAME MICROSOFT_KERBEROS_NAME_W /* without UNICODE too */
#define NEGOSSP_NAME_A "Negotiate"
#define NEGOSSP_NAME_W u"Negotiate"
#define ClOUDAP_NAME_A "CloudAP" /* with a small l in Windows' header too */
#define CLOUDAP_NAME_A ClOUDAP_NAME_A
#define CLOUDAP_NAME_W u"CloudAP"

#ifdef UNICODE
#define NEGOSSP_NAME NEGOSSP_NAME_W
#define CLOUDAP_NAME CLOUDAP_NAME_W
#else
#define NEGOSSP_NAME NEGOSSP_NAME_A
#define CLOUDAP_NAME CLOUDAP_NAME_A
#endif

#endif
