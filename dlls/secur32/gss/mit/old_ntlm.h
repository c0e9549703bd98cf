/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Messages of old NTLM clients, which Windows' servers take, in the form that gss-ntlmssp reads.
 */
#ifndef SECUR32_GSS_MIT_OLD_NTLM_H
#define SECUR32_GSS_MIT_OLD_NTLM_H

#include "base/span.h"

/* A client's token as the library can read it: as it is, or a copy that the caller frees, of a bare
 * message without the version that came with Windows XP. false: no memory. */
MUST_CHECK bool old_ntlm_prepare(struct span *token, uint8_t **copy);

#endif
