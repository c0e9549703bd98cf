/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A chain of certificates as a serialized store: what crypt32 writes and reads as well, with the
 * leaf in front.
 */
#ifndef SECUR32_SCHANNEL_SERIALIZED_H
#define SECUR32_SCHANNEL_SERIALIZED_H

#include "winsspi.h"

#include "base/limits.h"
#include "base/span.h"

/* In memory for FreeContextBuffer. */
MUST_CHECK SECURITY_STATUS serialized_write(const struct span *chain, size_t count, CERT_BLOB *to);

/* The certificates point into the bytes. Properties of certificates are passed over; lists of
 * revoked certificates and whatever else a store may hold are not read: SEC_E_INVALID_TOKEN. */
MUST_CHECK SECURITY_STATUS serialized_read(struct span bytes, struct span chain[LIMIT_CHAIN],
                                           size_t *count);

#endif
