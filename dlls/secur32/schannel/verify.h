/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Automatic validation of the server's certificate: asks the platform for the chain and what it has
 * against it, lets the TLS library check signatures, dates and the name, and turns both into one
 * SECURITY_STATUS and the alert to send. A doubtful chain is refused.
 */
#ifndef SECUR32_SCHANNEL_VERIFY_H
#define SECUR32_SCHANNEL_VERIFY_H

#include "winsspi.h"

#include "schannel/context.h"

/* SEC_E_OK, or the status for the program (SEC_E_UNTRUSTED_ROOT, SEC_E_WRONG_PRINCIPAL,
 * SEC_E_CERT_EXPIRED, CRYPT_E_REVOKED ...). Records trust bits and verdict in the context. Called
 * with the handshake lock held and no other. */
SECURITY_STATUS verify_peer(struct schan_context *context);

/* The code for what was found: CERT_TRUST_ bits of the platform, TLS_CHAIN_ bits of the TLS
 * library, under the flags of the credential. */
SECURITY_STATUS verify_conclude(uint32_t trust, uint32_t problems, ULONG flags);

/* The peer's chain as spans into one allocation (mem_free(*chain)); SEC_E_NO_CREDENTIALS: none. */
SECURITY_STATUS verify_get_chain(struct schan_context *context, struct span **chain, size_t *count);

#endif
