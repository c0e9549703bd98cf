/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Facts about the client on whose behalf the calling thread works, which an authority would write
 * into its audit events: the client's address, the target, flags. They are kept until the program
 * frees them; there is no authority that audits.
 *
 * Source: Microsoft Learn, "SeciAllocateAndSetIPAddress function", "SeciFreeCallContext function";
 * sspi.h for their cousins.
 */
#include "winsspi.h"

#include <string.h>

#include "base/mem.h"
#include "misc/system.h"
#include "platform/platform.h"

#define ADDRESS_MAX 128 /* bytes: SOCKADDR_STORAGE of ws2def.h */

struct call_context {
    uint8_t address[ADDRESS_MAX];
    size_t address_size;
    WCHAR *target;
    ULONG flags;
};

static void context_free(struct call_context *context)
{
    if (context)
        mem_free(context->target);
    mem_free(context);
}

/* The thread's context; a new one is for the caller to free, and *is_new tells. */
static SECURITY_STATUS context_get(struct call_context **context, bool *is_new)
{
    *is_new = false;
    *context = thread_value_get();
    if (*context)
        return SEC_E_OK;
    *context = mem_alloc(sizeof(**context));
    if (!*context)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (!thread_value_set(*context)) {
        mem_free(*context);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    *is_new = true;
    return SEC_E_OK;
}

void SEC_ENTRY SeciFreeCallContext(void)
{
    struct call_context *context = thread_value_get();

    if (context && thread_value_set(NULL))
        context_free(context);
}

void SEC_ENTRY SecFreeCallContext(void)
{
    SeciFreeCallContext();
}

/* address: a socket address of the client; target may be NULL.
 * free_context: TRUE: the program calls SeciFreeCallContext later. */
SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetCallTarget(PUCHAR address, ULONG size, LPWSTR target,
                                                       int *free_context)
{
    struct call_context *context;
    WCHAR *copy = NULL;
    bool is_new;
    SECURITY_STATUS status;

    if (!address || !size || size > ADDRESS_MAX || !free_context)
        return SEC_E_INVALID_TOKEN;
    if (target) {
        copy = mem_copy(span_of(target, (platform_wide_length(target) + 1) * sizeof(*target)));
        if (!copy)
            return SEC_E_INSUFFICIENT_MEMORY;
    }
    status = context_get(&context, &is_new);
    if (status != SEC_E_OK) {
        mem_free(copy);
        return status;
    }
    memcpy(context->address, address, size);
    context->address_size = size;
    if (copy) {
        mem_free(context->target);
        context->target = copy;
    }
    *free_context = is_new;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SecAllocateAndSetCallTarget(PUCHAR address, ULONG size, LPWSTR target,
                                                      int *free_context)
{
    return SeciAllocateAndSetCallTarget(address, size, target, free_context);
}

SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetIPAddress(PUCHAR address, ULONG size, int *free_context)
{
    return SeciAllocateAndSetCallTarget(address, size, NULL, free_context);
}

SECURITY_STATUS SEC_ENTRY SecAllocateAndSetIPAddress(PUCHAR address, ULONG size, int *free_context)
{
    return SeciAllocateAndSetCallTarget(address, size, NULL, free_context);
}

SECURITY_STATUS SEC_ENTRY SeciAllocateAndSetCallFlags(ULONG flags, int *free_context)
{
    struct call_context *context;
    bool is_new;
    SECURITY_STATUS status;

    if (!free_context)
        return SEC_E_INVALID_TOKEN;
    status = context_get(&context, &is_new);
    if (status != SEC_E_OK)
        return status;
    context->flags = flags;
    *free_context = is_new;
    return SEC_E_OK;
}
