/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The token of a handshake call, in memory of the package or of the caller.
 */
#ifndef SECUR32_GSS_OUTPUT_H
#define SECUR32_GSS_OUTPUT_H

#include "sspi/package.h"

#include "gss/gss.h"

struct gss_output {
    struct ssp_step *step;
    struct mech_context *mech_context;
    size_t size; /* 0: no token */
};

/* Remembers the room of the caller's buffer before anything else can fail: JDK's structures are not
 * initialised, and read after every success. */
void gss_output_clear(const struct ssp_step *step);
/* The package's code for a buffer without enough room. */
MUST_CHECK SECURITY_STATUS gss_output_deliver(const struct gss_output *output, enum mech mech);

#endif
