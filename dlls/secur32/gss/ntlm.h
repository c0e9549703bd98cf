/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Are NTLM's messages well formed? They come from strangers, and gss-ntlmssp trusts some of their
 * lengths.
 */
#ifndef SECUR32_GSS_NTLM_H
#define SECUR32_GSS_NTLM_H

#include "base/span.h"

/* What a server has seen of a client's messages; zeros at first. */
struct ntlm_seen {
    bool first;        /* a first message */
    bool key_exchange; /* one that wants to send a key */
};

/* Of a token of any mechanism: each NTLM message in it, bare or as an octet string of SPNEGO, has
 * its parts inside of itself, and the key that gss-ntlmssp will look for. True for a token without
 * one. */
bool ntlm_is_sound(struct span token, struct ntlm_seen *seen);

#endif
