/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Channel bindings as programs hand them to NTLM, Kerberos and Negotiate: a SEC_CHANNEL_BINDINGS
 * with nothing but application data, "tls-unique:" or "tls-server-end-point:" and the value (RFC
 * 5929).
 */
#ifndef SECUR32_SCHANNEL_BINDING_H
#define SECUR32_SCHANNEL_BINDING_H

#include "winsspi.h"

#include "base/span.h"

#define BINDING_UNIQUE "tls-unique:"
#define BINDING_END_POINT "tls-server-end-point:"

/* A block of its own, for FreeContextBuffer. */
MUST_CHECK SECURITY_STATUS binding_make(const char *prefix, struct span value,
                                        SecPkgContext_Bindings *bindings);

#endif
