/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Revocation, which platform_judge asks for the path that it built.
 */
#ifndef SECUR32_PLATFORM_PE_TRUST_H
#define SECUR32_PLATFORM_PE_TRUST_H

#include "platform/pe/certs.h"

/* CERT_TRUST_... bits of what the CRLs say about a chain; flags: PLATFORM_... of a question. */
uint32_t pe_revocation_check(const CERT_SIMPLE_CHAIN *chain, uint32_t flags);

#endif
