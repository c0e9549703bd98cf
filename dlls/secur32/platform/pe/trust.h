/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What platform_judge is made of: the system's trust, and what CRLs say about a path.
 */
#ifndef SECUR32_PLATFORM_PE_TRUST_H
#define SECUR32_PLATFORM_PE_TRUST_H

#include <stdatomic.h>

#include "platform/pe/certs.h"

/* The system's stores as they are now, shared by counting references.
 * locks: (c) constant after creation, (a) atomic */
struct pe_engine {
    atomic_uint references;  /* (a) */
    HCERTCHAINENGINE handle; /* (c) */
    HCERTSTORE disallowed;   /* (c) the user's and the machine's; NULL: there is none */
};

/* Sees every change of the stores that came before the call. NULL: no memory. */
struct pe_engine *pe_engine_acquire(void);
/* NULL is fine. */
void pe_engine_release(struct pe_engine *engine);

/* CERT_TRUST_... bits of what the CRLs say about a chain; flags: PLATFORM_... of a question. */
uint32_t pe_revocation_check(const CERT_SIMPLE_CHAIN *chain, uint32_t flags);

#endif
