/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See binding.h.
 *
 * Sources: Microsoft Learn, "SEC_CHANNEL_BINDINGS structure" (all members but the last two are
 * zero); RFC 5929.
 */
#include "schannel/binding.h"

#include <string.h>

#include "sspi/buffers.h"

#define VALUE_MAX 1024

SECURITY_STATUS binding_make(const char *prefix, struct span value,
                             SecPkgContext_Bindings *bindings)
{
    size_t prefix_size = strlen(prefix), size;
    SEC_CHANNEL_BINDINGS *made;
    struct writer to;

    if (value.size > VALUE_MAX)
        return SEC_E_INTERNAL_ERROR;
    size = sizeof(*made) + prefix_size + value.size;
    made = buffers_alloc(size);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    made->cbApplicationDataLength = (ULONG)(prefix_size + value.size);
    made->dwApplicationDataOffset = sizeof(*made);
    to = writer_of(made + 1, size - sizeof(*made));
    write_bytes(&to, span_of(prefix, prefix_size));
    write_bytes(&to, value);
    bindings->BindingsLength = (ULONG)size;
    bindings->Bindings = made;
    return SEC_E_OK;
}
