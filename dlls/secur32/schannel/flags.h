/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Tables: what a program asks of InitializeSecurityContext and AcceptSecurityContext (ISC_REQ_,
 * ASC_REQ_) and what it is told (ISC_RET_, ASC_RET_). The two families differ in some values.
 */
#ifndef SECUR32_SCHANNEL_FLAGS_TABLE_H
#define SECUR32_SCHANNEL_FLAGS_TABLE_H

#include "winsspi.h"

#include <stdbool.h>

enum flags_family { FLAGS_INITIALIZE, FLAGS_ACCEPT };

/* SEC_E_UNSUPPORTED_FUNCTION when the request holds a bit that Schannel refuses. */
SECURITY_STATUS flags_check(enum flags_family family, ULONG request);

/* The attributes for this request. peer_mapped: a client certificate came and may be mapped to an
 * account (only AcceptSecurityContext tells that). */
ULONG flags_returned(enum flags_family family, ULONG request, bool peer_mapped);

/* The bits of either family that the package acts upon, in one form. */
bool flags_allocate(ULONG request);
bool flags_extended_error(enum flags_family family, ULONG request);

#endif
