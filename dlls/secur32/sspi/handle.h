/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Handles of credentials and of contexts: plain values that programs copy and keep as they like.
 * Each names a slot and the generation of what lies in it, so that a handle that was deleted, or
 * never made, is refused and harms nothing. An object lives until it is deleted and nobody is
 * inside it.
 */
#ifndef SECUR32_DLL_SSPI_HANDLE_H
#define SECUR32_DLL_SSPI_HANDLE_H

#include "winsspi.h"

#include "base/span.h"
#include "sspi/package.h"

struct handle_slot;

/* How a thread is inside an object. Senders and receivers are let in one at a time, by a lock that
 * is at the same time the count of them: a message costs two atomic operations. Each lock has a
 * cache line of its own: a thread that encrypts and one that decrypts on the same context write to
 * no common line. */
enum handle_use {
    USE_SEND,    /* EncryptMessage, MakeSignature */
    USE_RECEIVE, /* DecryptMessage, VerifySignature */
    HANDLE_LANES,
    USE_OTHER = HANDLE_LANES
};

/* A counted use of a credential or context; filled by an acquire, given back by handle_release. */
struct handle_ref {
    const struct ssp *ssp;
    void *object;
    struct handle_slot *slot;
    enum handle_use use;
};

/* SEC_E_OK, or SEC_E_INVALID_HANDLE: NULL, zero, all ones, deleted, of the other kind, garbage. */
MUST_CHECK SECURITY_STATUS context_acquire(const SecHandle *handle, enum handle_use use,
                                           struct handle_ref *ref);
MUST_CHECK SECURITY_STATUS credential_acquire(const SecHandle *handle, struct handle_ref *ref);
void handle_release(const struct handle_ref *ref);

/* The locks of the directions, for the package whose object lies there or will. */
struct ssp_lanes handle_lanes(struct handle_slot *slot);

/*
 * A new object gets its slot before the package is asked to make it, so that a full table or lack
 * of memory is told while nothing has happened yet. Then exactly one of publish and cancel follows.
 */
MUST_CHECK SECURITY_STATUS context_reserve(struct handle_slot **slot);
MUST_CHECK SECURITY_STATUS credential_reserve(struct handle_slot **slot);
SecHandle handle_publish(struct handle_slot *slot, const struct ssp *ssp, void *take_object);
void handle_cancel(struct handle_slot *slot); /* NULL is fine */

/* The object goes when the last one inside leaves, maybe at once. SEC_E_INVALID_HANDLE as above. */
MUST_CHECK SECURITY_STATUS context_delete(const SecHandle *handle);
MUST_CHECK SECURITY_STATUS credential_delete(const SecHandle *handle);

/* Lets a few contexts rest (struct ssp), each time others, when there are many. */
void contexts_rest(const struct handle_slot *newest);

/* When the library is unloaded: the tables' memory. Nobody may be inside, no handle is valid then.
 */
void handle_tables_done(void);

#endif
