/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See output.h.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (General)", pOutput. Observed: programs that
 * grow their buffer know SEC_E_INSUFFICIENT_MEMORY and SEC_E_BUFFER_TOO_SMALL.
 */
#include "gss/output.h"

#include "gss/status.h"
#include "sspi/buffers.h"

_Static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY, "one bit for both");

static bool allocates(const struct ssp_step *step)
{
    return step->request & ISC_REQ_ALLOCATE_MEMORY;
}

void gss_output_clear(const struct ssp_step *step)
{
    SecBuffer *token = buffers_find(step->output, SECBUFFER_TOKEN, 0);

    if (token && allocates(step)) {
        token->pvBuffer = NULL;
        token->cbBuffer = 0;
    }
}

static SECURITY_STATUS too_small(enum mech mech)
{
    return mech == MECH_NTLM ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_BUFFER_TOO_SMALL;
}

SECURITY_STATUS gss_output_deliver(const struct gss_output *output, enum mech mech)
{
    SecBuffer *token = buffers_find(output->step->output, SECBUFFER_TOKEN, 0);
    void *memory;
    enum mech_status called;

    if (output->size == 0) {
        if (token)
            token->cbBuffer = 0;
        return SEC_E_OK;
    }
    if (!token)
        return SEC_E_INVALID_TOKEN;
    if (!allocates(output->step) && (!token->pvBuffer || token->cbBuffer < output->size))
        return too_small(mech);
    memory = allocates(output->step) ? buffers_alloc(output->size) : token->pvBuffer;
    if (!memory)
        return SEC_E_INSUFFICIENT_MEMORY;
    called = mech_output(output->mech_context, memory, output->size);
    if (called != MECH_OK) {
        if (allocates(output->step))
            buffers_free(memory);
        return status_of_mech(called);
    }
    token->pvBuffer = memory;
    token->cbBuffer = (ULONG)output->size; /* what the peer's handshake allows, far below 4 GB */
    return SEC_E_OK;
}
