/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Negotiate over the Kerberos and NTLM packages that are in the list, where no other Negotiate is.
 * It picks one of them and speaks its raw tokens, which servers that know SPNEGO take as well; it
 * has no SPNEGO of its own.
 */
#ifndef SECUR32_DLL_LSA_NEGOTIATE_H
#define SECUR32_DLL_LSA_NEGOTIATE_H

#include "sspi/package.h"

extern const struct ssp negotiate_ssp;

#endif
