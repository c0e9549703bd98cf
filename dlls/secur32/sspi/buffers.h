/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Security buffers: checking what a program passes, finding buffers by type, telling EXTRA and
 * MISSING, and the memory that programs free with FreeContextBuffer.
 */
#ifndef SECUR32_DLL_SSPI_BUFFERS_H
#define SECUR32_DLL_SSPI_BUFFERS_H

#include "winsspi.h"

#include "base/limits.h"
#include "base/span.h"

/*
 * SEC_E_OK for NULL, for an empty list, and for a list whose entries can be read: at most
 * LIMIT_BUFFERS of them, pBuffers not NULL. SEC_E_INVALID_TOKEN otherwise. ulVersion is not judged.
 */
MUST_CHECK static inline SECURITY_STATUS buffers_check(const SecBufferDesc *list)
{
    if (!list || list->cBuffers == 0)
        return SEC_E_OK;
    return list->pBuffers && list->cBuffers <= LIMIT_BUFFERS ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

/* Type without its attribute bits (SECBUFFER_READONLY and the like). */
static inline ULONG buffer_type(const SecBuffer *buffer)
{
    return buffer->BufferType & ~(ULONG)SECBUFFER_ATTRMASK;
}

/* Programs mark input with SECBUFFER_READONLY or SECBUFFER_READONLY_WITH_CHECKSUM. */
static inline bool buffer_is_read_only(const SecBuffer *buffer)
{
    return buffer->BufferType & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM);
}

/* The bytes; empty when pvBuffer is NULL, whatever cbBuffer says. */
struct span buffer_span(const SecBuffer *buffer);

/* The nth (from 0) buffer of a type, or NULL. The list may be NULL. */
SecBuffer *buffers_find(const SecBufferDesc *list, ULONG type, size_t nth);
/* The buffer right behind one of the list, or NULL. */
SecBuffer *buffers_after(const SecBufferDesc *list, const SecBuffer *buffer);
static inline size_t buffers_count(const SecBufferDesc *list)
{
    return list && list->pBuffers ? list->cBuffers : 0;
}

/*
 * Memory for the program: zeroed, freed by FreeContextBuffer (also one that an A/W twin returned).
 * Only this function makes such memory.
 */
MUST_CHECK void *buffers_alloc(size_t size);
void buffers_free(void *memory); /* NULL is fine */
/* A zero-terminated copy of a wide string in such memory. */
MUST_CHECK WCHAR *buffers_copy_wide(const WCHAR *text);

#endif
