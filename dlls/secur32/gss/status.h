/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Tables between the seam and SSPI: statuses, and the flags of contexts.
 */
#ifndef SECUR32_GSS_STATUS_H
#define SECUR32_GSS_STATUS_H

#include "winsspi.h"

#include "gss/gss.h"

SECURITY_STATUS status_of_mech(enum mech_status status);

/* What is asked of the mechanism for ISC_REQ_ bits. */
uint32_t flags_asked(ULONG request);
/* ISC_RET_ or ASC_RET_ bits. A client is told no more than it asked for; complete: it is known
 * whether the server proved itself. */
ULONG flags_told(bool is_server, ULONG request, uint32_t granted, enum mech mech, bool complete);

#endif
