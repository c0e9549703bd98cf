/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a client credential offers, read where no setting can hide it: in the ClientHello.
 */
#ifndef SECUR32_TOOLS_OFFER_H
#define SECUR32_TOOLS_OFFER_H

#include "report.h"

/* SEC_E_OK, or what the first InitializeSecurityContext said; then nothing is told. */
SECURITY_STATUS offer_show(CredHandle *credential, struct report *report);

#endif
