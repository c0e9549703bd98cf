/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Challenges of NTLM that Windows takes and gss-ntlmssp 1.2 does not: one whose flags tell of a
 * name, and the name is empty (the library crashes); one whose list has a target's name or channel
 * bindings, which are the client's to put there; and a short one of an old server. .NET's own test
 * server sends the first two. The library is shown another form of them. Where the client signs the
 * three messages (MS-NLMP 3.1.5.1.2), it has then signed a challenge that nobody sent, so they are
 * signed again.
 */
#ifndef SECUR32_GSS_MIT_NTLM_CHALLENGE_H
#define SECUR32_GSS_MIT_NTLM_CHALLENGE_H

#include "base/span.h"

/* What a client remembers, in memory of the heap. */
struct ntlm_challenge {
    uint8_t *first, *second; /* its first message; the challenge as it came, if it was changed */
    size_t first_size, second_size;
};

/* A token that the client has made; its first message is kept. false: no memory. */
MUST_CHECK bool ntlm_challenge_sent(struct ntlm_challenge *challenge, struct span token);
/* A token of the server, bare or of SPNEGO, as the library can read it: as it is, or *copy, which
 * the caller frees and which may be there before. false: no memory. */
MUST_CHECK bool ntlm_challenge_prepare(struct ntlm_challenge *challenge, struct span *token,
                                       uint8_t **copy);
/* Is there a message in the client's new token that must be signed again? */
bool ntlm_challenge_is_signed(const struct ntlm_challenge *challenge, struct span token);
/* Signs it with the session key. */
MUST_CHECK bool ntlm_challenge_sign(const struct ntlm_challenge *challenge, struct span key,
                                    struct span token);
void ntlm_challenge_done(struct ntlm_challenge *challenge);

#endif
