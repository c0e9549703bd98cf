/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See buffers.h. Source: Microsoft Learn, "SecBufferDesc structure" and "SecBuffer structure".
 */
#include "sspi/buffers.h"

#include <string.h>

#include "base/checked.h"
#include "platform/platform.h"

struct span buffer_span(const SecBuffer *buffer)
{
    return span_of(buffer->pvBuffer, buffer->cbBuffer);
}

SecBuffer *buffers_find(const SecBufferDesc *list, ULONG type, size_t nth)
{
    for (size_t i = 0; i < buffers_count(list); i++)
        if (buffer_type(&list->pBuffers[i]) == type && nth-- == 0)
            return &list->pBuffers[i];
    return NULL;
}

SecBuffer *buffers_after(const SecBufferDesc *list, const SecBuffer *buffer)
{
    size_t next = (size_t)(buffer - list->pBuffers) + 1;

    return next < buffers_count(list) ? &list->pBuffers[next] : NULL;
}

void *buffers_alloc(size_t size)
{
    return platform_program_alloc(size);
}

void buffers_free(void *memory)
{
    platform_program_free(memory);
}

WCHAR *buffers_copy_wide(const WCHAR *text)
{
    size_t length = 0, size;
    WCHAR *copy;

    while (text[length])
        length++;
    if (!size_multiply(length + 1, sizeof(WCHAR), &size))
        return NULL;
    copy = buffers_alloc(size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

SECURITY_STATUS SEC_ENTRY FreeContextBuffer(PVOID memory)
{
    buffers_free(memory);
    return SEC_E_OK;
}
