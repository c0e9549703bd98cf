/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SspiSetChannelBindingFlags: channel bindings as QueryContextAttributes gave them, turned into the
 * longer structure that has flags.
 *
 * Source: Microsoft Learn, "SspiSetChannelBindingFlags function", "SEC_CHANNEL_BINDINGS_EX
 * structure".
 */
#include "winsspi.h"

#include <string.h>

#include "sspi/buffers.h"

/* Both structures end with the same members. */
#define COMMON_SIZE (sizeof(SEC_CHANNEL_BINDINGS))
#define HEADER_GROWTH (sizeof(SEC_CHANNEL_BINDINGS_EX) - sizeof(SEC_CHANNEL_BINDINGS))

_Static_assert(offsetof(SEC_CHANNEL_BINDINGS_EX, dwInitiatorAddrType) == HEADER_GROWTH, "alike");

/* Offsets count from the start of the structure. */
static bool move(ULONG *offset, ULONG size, ULONG total)
{
    if (size == 0)
        return true;
    if (*offset < COMMON_SIZE || *offset > total || size > total - *offset)
        return false;
    *offset += (ULONG)HEADER_GROWTH;
    return true;
}

static SECURITY_STATUS extend(const SEC_CHANNEL_BINDINGS *plain, ULONG size, ULONG flags,
                              SEC_CHANNEL_BINDINGS_EX **extended)
{
    SEC_CHANNEL_BINDINGS_EX *to = buffers_alloc(size + HEADER_GROWTH);

    if (!to)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy((unsigned char *)to + HEADER_GROWTH, plain, size);
    to->magicNumber = SEC_CHANNEL_BINDINGS_EX_MAGIC;
    to->flags = flags;
    to->cbHeaderLength = sizeof(*to);
    to->cbStructureLength = (ULONG)(size + HEADER_GROWTH);
    if (!move(&to->dwInitiatorOffset, to->cbInitiatorLength, size) ||
        !move(&to->dwAcceptorOffset, to->cbAcceptorLength, size) ||
        !move(&to->dwApplicationDataOffset, to->cbApplicationDataLength, size)) {
        buffers_free(to);
        return SEC_E_INVALID_PARAMETER;
    }
    *extended = to;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SspiSetChannelBindingFlags(PSecPkgContext_Bindings bindings, ULONG flags)
{
    SEC_CHANNEL_BINDINGS_EX *extended = NULL;
    SECURITY_STATUS status;
    ULONG magic;

    if (!bindings || !bindings->Bindings || bindings->BindingsLength < COMMON_SIZE ||
        bindings->BindingsLength > UINT32_MAX - HEADER_GROWTH ||
        (flags & ~(ULONG)SEC_CHANNEL_BINDINGS_VALID_FLAGS))
        return SEC_E_INVALID_PARAMETER;
    memcpy(&magic, bindings->Bindings, sizeof(magic));
    if (magic == SEC_CHANNEL_BINDINGS_EX_MAGIC) {
        ((SEC_CHANNEL_BINDINGS_EX *)bindings->Bindings)->flags = flags;
        return SEC_E_OK;
    }
    status = extend(bindings->Bindings, bindings->BindingsLength, flags, &extended);
    if (status != SEC_E_OK)
        return status;
    buffers_free(bindings->Bindings);
    bindings->Bindings = (SEC_CHANNEL_BINDINGS *)extended;
    bindings->BindingsLength = extended->cbStructureLength;
    return SEC_E_OK;
}
