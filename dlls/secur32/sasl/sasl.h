/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What SASL adds to a context of a package: how far the exchange about the security layer is, and
 * the options.
 */
#ifndef SECUR32_DLL_SASL_SASL_H
#define SECUR32_DLL_SASL_SASL_H

#include "winsspi.h"

#include "base/span.h"

/* RFC 4752 3.3: three bytes. */
#define SASL_SIZE_MAX 0xffffffu
/* The page of SaslSetContextOption. */
#define SASL_SIZE_DEFAULT 0xffffu
#define SASL_AUTHORIZATION_MAX 1024 /* bytes of an authorization identity that we take */

enum sasl_phase {
    SASL_AUTHENTICATION, /* the package's own exchange */
    SASL_OFFER,          /* server: to say its layers, once the client has sent nothing */
    SASL_LAYERS,         /* client: waits for what the server offers; server: for the choice */
    SASL_DONE
};

struct sasl_context {
    SecHandle handle;
    enum sasl_phase phase;
    ULONG attributes; /* of the package, when it was done */
    TimeStamp expiry;
    ULONG send_size, receive_size;
    bool authorization_forbidden;
    char authorization[SASL_AUTHORIZATION_MAX]; /* UTF-8, not terminated */
    size_t authorization_size;
};

/*
 * A copy of a context's state, as it is at first for one that SASL has not seen; and what became of
 * it. SEC_E_INVALID_HANDLE: the context is none (any more).
 */
MUST_CHECK SECURITY_STATUS sasl_context_get(const SecHandle *handle, struct sasl_context *context);
MUST_CHECK SECURITY_STATUS sasl_context_put(const struct sasl_context *context);

/* A message of the security layer exchange, wrapped without encryption, in memory of
 * buffers_alloc; and what was wrapped so, in `room` bytes. */
MUST_CHECK SECURITY_STATUS sasl_wrap(SecHandle *handle, struct span message, void **wrapped,
                                     size_t *size);
MUST_CHECK SECURITY_STATUS sasl_unwrap(SecHandle *handle, struct span wrapped, uint8_t *message,
                                       size_t room, size_t *size);

#endif
