/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SECBUFFER_APPLICATION_PROTOCOLS -> the list of RFC 7301. The buffer holds any number of lists;
 * those for NPN, which no Windows since version 1703 speaks, are passed over.
 *
 * Sources: Microsoft Learn, "SEC_APPLICATION_PROTOCOLS" and "SEC_APPLICATION_PROTOCOL_LIST";
 * sspi.h.
 */
#include "schannel/handshake.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sspi/buffers.h"

/* Numbers in the caller's memory: this machine's byte order, any alignment. */
static bool take_native(struct span *from, void *value, size_t size)
{
    struct span part;

    if (!span_take(from, size, &part))
        return false;
    memcpy(value, part.data, size);
    return true;
}

static bool ids_are_good(struct span ids)
{
    while (ids.size) {
        struct span id;

        if (!span_take_vector8(&ids, &id) || id.size == 0)
            return false;
    }
    return true;
}

/* One list off the front; ids of other extensions are left out. */
static bool take_list(struct span *lists, struct writer *ids)
{
    ULONG extension;
    USHORT size;
    struct span list;

    if (!take_native(lists, &extension, sizeof(extension)) ||
        !take_native(lists, &size, sizeof(size)) || !span_take(lists, size, &list))
        return false;
    if (extension != SecApplicationProtocolNegotiationExt_ALPN)
        return true;
    write_bytes(ids, list);
    return ids_are_good(list) && !ids->overrun;
}

SECURITY_STATUS handshake_alpn(const SecBuffer *buffer, uint8_t **ids, size_t *size)
{
    struct span bytes = buffer_span(buffer), lists;
    ULONG lists_size;
    struct writer writer;
    uint8_t *memory;

    if (!take_native(&bytes, &lists_size, sizeof(lists_size)) ||
        !span_take(&bytes, lists_size, &lists))
        return SEC_E_INVALID_TOKEN;
    memory = mem_alloc(lists.size);
    if (!memory)
        return SEC_E_INSUFFICIENT_MEMORY;

    writer = writer_of(memory, lists.size < LIMIT_ALPN_LIST ? lists.size : LIMIT_ALPN_LIST);
    while (lists.size) {
        if (!take_list(&lists, &writer)) {
            mem_free(memory);
            return SEC_E_INVALID_TOKEN;
        }
    }
    *ids = memory;
    *size = writer.used;
    return SEC_E_OK;
}
