/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The settings file of the Linux build: what the registry holds on Windows, and the few names that
 * only exist here.
 *
 * The file is /etc/secur32.conf, or the one that the environment variable SECUR32_CONFIG names (not
 * in a set-user-ID program). It is read once, at the first question. Shape:
 *
 *   ; comment, also with #
 *   [SCHANNEL\Protocols\TLS 1.2\Client]     below HKLM\...\SecurityProviders\SCHANNEL
 *   Enabled=0                               decimal, or 0x and hexadecimal
 *   [SSL\00010002]                          HKLM\SOFTWARE\Policies\...\Configuration\SSL\00010002
 *   Functions=TLS_AES_256_GCM_SHA384,...    text: the rest of the line; lists are joined by commas
 *   [Lsa]                                   HKLM\SYSTEM\CurrentControlSet\Control\Lsa
 *   FIPSAlgorithmPolicy=0
 *   [secur32]                               only here
 *   TrustFile=/path/roots.pem               more trusted roots; SECUR32_TRUST_FILE names one as
 * well SystemTrust=0                           leaves the system's own roots out
 *   CrlFile=/path/crls.pem                  revocation lists
 *   ClientCertificate=/path/client.pem      the user's certificate with its key, for servers that
 * ask ClientKey=/path/client.key              when the key is not in ClientCertificate
 *
 * Names of sections and values are compared without regard to the case of ASCII letters. The first
 * of several equal names counts. Lines that are none of this are ignored (and traced).
 */
#ifndef SECUR32_PLATFORM_ELF_SETTINGS_H
#define SECUR32_PLATFORM_ELF_SETTINGS_H

#include "platform/platform.h"

/* A value of section [secur32]; lives as long as the process. NULL: not set. */
const char *settings_own(const char *name);

/* For tests: forgets what was read, so that the next question reads again. No thread may be asking.
 */
void settings_forget(void);

/* Reads a whole file of at most `limit` bytes, zero-terminated besides; mem_wipe_free(*data,
 * *size). */
MUST_CHECK SECURITY_STATUS settings_read_file(const char *path, size_t limit, uint8_t **data,
                                              size_t *size);

#endif
