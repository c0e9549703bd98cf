/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What NTLM's messages say, bare or within SPNEGO, while they pass to and from the library: it does
 * not tell all that it has read. Nothing of it may be believed before the library has accepted the
 * logon.
 */
#ifndef SECUR32_GSS_MIT_NTLM_WATCH_H
#define SECUR32_GSS_MIT_NTLM_WATCH_H

#include "base/span.h"

struct ntlm_watch {
    uint32_t challenge_flags, flags; /* of the second and the third message; 0: not seen */
    bool mic_sent, mic_received;     /* SPNEGO's, which used up a number */
    bool has_target;                 /* the third message names one, */
    uint8_t *target;                 /* in UTF-16, little endian; of the heap */
    size_t target_size;
};

/* A token that goes to the peer, or came from it. false: no memory. */
MUST_CHECK bool ntlm_watch_token(struct ntlm_watch *watch, struct span token, bool is_sent);
/* A pair of the list in a third message, of AUTHENTICATE_SIZE (64) bytes at least. */
bool ntlm_watch_pair(struct span authenticate, uint32_t wanted, struct span *value);
void ntlm_watch_done(struct ntlm_watch *watch);

#endif
