/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SPNEGO's responses, and what MIT's SPNEGO must be helped with. RFC 4178 4.2.2 has the MIC over
 * the list of mechanisms under the tag [3] of a NegTokenResp; MIT krb5 1.21 and some after it look
 * for it under [4] (github.com/krb5/krb5, pull request 1451). With NTLM both sides send one, so
 * that the client calls the server's last token defective, and the server leaves its own MIC out.
 * Such a library gets the peer's tokens with the tag that it looks for.
 */
#ifndef SECUR32_GSS_MIT_SPNEGO_H
#define SECUR32_GSS_MIT_SPNEGO_H

#include "base/span.h"

/* Offset of the MIC's tag in a NegTokenResp; 0: there is none, or it is another token. */
size_t spnego_mic_offset(struct span token);

/* What a NegTokenResp has in it: the mechanism's token and the MIC, either of which may be empty.
 * false: it is another token, and nothing is written. */
MUST_CHECK bool spnego_response(struct span token, struct span *response, struct span *mic);

/* A token of the peer as the library can read it: as it is, or a copy that the caller frees.
 * false: no memory. */
MUST_CHECK bool spnego_prepare(struct span *token, uint8_t **copy);

#endif
