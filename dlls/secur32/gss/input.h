/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a program hands to a handshake call: the peer's token and channel bindings.
 */
#ifndef SECUR32_GSS_INPUT_H
#define SECUR32_GSS_INPUT_H

#include "winsspi.h"

#include "gss/gss.h"

/* What a token is, by its first bytes. */
enum token_kind {
    TOKEN_NONE, /* empty */
    TOKEN_NTLM,
    TOKEN_KERBEROS,
    TOKEN_SPNEGO,
    TOKEN_OTHER
};

enum token_kind token_kind(struct span token);

struct gss_input {
    struct span token;
    bool has_bindings;
    struct mech_bindings bindings;
};

/* Both may stand anywhere in the list. SEC_E_INVALID_TOKEN: bindings whose offsets lie outside. */
MUST_CHECK SECURITY_STATUS gss_input_take(const SecBufferDesc *list, struct gss_input *input);

#endif
