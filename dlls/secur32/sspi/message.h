/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Exports of the message functions that no header of Windows declares.
 */
#ifndef SECUR32_DLL_SSPI_MESSAGE_H
#define SECUR32_DLL_SSPI_MESSAGE_H

#include "winsspi.h"

SECURITY_STATUS SEC_ENTRY SealMessage(PCtxtHandle context, ULONG qop, PSecBufferDesc message,
                                      ULONG sequence);
SECURITY_STATUS SEC_ENTRY UnsealMessage(PCtxtHandle context, PSecBufferDesc message, ULONG sequence,
                                        PULONG qop);

#endif
