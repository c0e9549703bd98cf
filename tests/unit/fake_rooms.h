/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What handshakes ask of credentials, session cache and platform, in as many lines as a test needs;
 * and the calls of a program on a context of the package. Goes with fake_tls.h.
 */
#ifndef SECUR32_TESTS_FAKE_ROOMS_H
#define SECUR32_TESTS_FAKE_ROOMS_H

#include "schannel/context.h"

#define CALL_ROOM 4096

struct fake_rooms {
    struct schan_credential client, server, client_with_certificate;
    struct platform_certificate *default_certificate; /* what the user's store holds */
    SECURITY_STATUS sign_status;
    uint32_t trust; /* the platform's verdict on every chain */
    unsigned signatures;
    size_t authorities; /* names in the last question for a default certificate */
};

extern struct fake_rooms rooms;

/* What the dispatcher's handle would bring; one pair for all contexts, which nobody shares. */
extern const struct ssp_lanes fake_lanes;

/* Also resets fake_tls. */
void fake_rooms_reset(void);

/* One call of Initialize- or AcceptSecurityContext on the package. */
struct call {
    /* to be set */
    void *context;
    struct schan_credential *credential; /* NULL: none is given */
    const WCHAR *target;
    ULONG request;
    uint8_t bytes[CALL_ROOM]; /* TOKEN */
    size_t size;
    bool no_input, no_slot, own_memory, empty_output, no_output;
    size_t room; /* own_memory */
    /* results */
    SecBuffer in[2], out[2];                    /* TOKEN and EMPTY; TOKEN and ALERT */
    uint8_t token[CALL_ROOM], alert[CALL_ROOM]; /* copies */
    size_t token_size, alert_size;
    size_t used;
    ULONG attributes;
};

/* Appends a handshake record with this body's first byte; size: of the whole record, at least 6. */
void call_add(struct call *call, char what, size_t size);
/* Appends an application record with an inner content type and plaintext. */
void call_add_data(struct call *call, uint8_t type, const void *plain, size_t size);
SECURITY_STATUS call_make(struct call *call);

/* A client that has sent its first flight; its later calls start from `call`. */
void *start_client(struct call *call);
/* A client whose handshake is complete. */
void *connect_client(struct call *call, uint16_t version);

#endif
