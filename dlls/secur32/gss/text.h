/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Texts and keys out of the mechanisms, as memory of ours or for FreeContextBuffer.
 */
#ifndef SECUR32_GSS_TEXT_H
#define SECUR32_GSS_TEXT_H

#include "winsspi.h"

#include "gss/gss.h"

/* A wide copy for FreeContextBuffer. */
MUST_CHECK SECURITY_STATUS text_for_program(const char *utf8, WCHAR **text);
/* The credential's name, likewise. */
MUST_CHECK SECURITY_STATUS text_of_credential(struct mech_credential *credential, WCHAR **text);
/* What the context tells, with a zero behind it; mem_free, or wipe it when it is the key. */
MUST_CHECK enum mech_status text_of_context(struct mech_context *context, enum mech_text what,
                                            char **text, size_t *size);

#endif
