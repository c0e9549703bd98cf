/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The states of SASL contexts, by their handles, and their options. A program ends a context with
 * DeleteSecurityContext, which does not come by here: states of contexts that are gone are thrown
 * away when a new one is made. A handle is never given out twice.
 *
 * Source: Microsoft Learn, "SaslSetContextOption function", "SaslGetContextOption function".
 */
#include "sasl/sasl.h"

#include <string.h>

#include "base/mem.h"
#include "base/sync.h"
#include "platform/platform.h"
#include "sspi/handle.h"

struct entry {
    struct sasl_context context;
    struct entry *next;
};

static struct lock entries_lock = LOCK_INITIALIZER; /* guards the list and what is in it */
static struct entry *entries;

static SECURITY_STATUS is_context(const SecHandle *handle)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(handle, USE_OTHER, &ref);

    if (status == SEC_E_OK)
        handle_release(&ref);
    return status;
}

static bool same_handle(const SecHandle *a, const SecHandle *b)
{
    return a->dwLower == b->dwLower && a->dwUpper == b->dwUpper;
}

static struct entry *entry_find(const SecHandle *handle) must_hold(&entries_lock)
{
    for (struct entry *at = entries; at; at = at->next)
        if (same_handle(&at->context.handle, handle))
            return at;
    return NULL;
}

SECURITY_STATUS sasl_context_get(const SecHandle *handle, struct sasl_context *context)
{
    const struct entry *found;
    SECURITY_STATUS status = is_context(handle);

    if (status != SEC_E_OK)
        return status;
    lock_take(&entries_lock);
    found = entry_find(handle);
    if (found)
        *context = found->context;
    lock_release(&entries_lock);
    if (!found)
        *context = (struct sasl_context){
            .handle = *handle, .send_size = SASL_SIZE_DEFAULT, .receive_size = SASL_SIZE_DEFAULT};
    return SEC_E_OK;
}

static struct entry *entry_unlink(const SecHandle *handle) must_hold(&entries_lock)
{
    for (struct entry **at = &entries; *at; at = &(*at)->next)
        if (same_handle(&(*at)->context.handle, handle)) {
            struct entry *found = *at;

            *at = found->next;
            return found;
        }
    return NULL;
}

static void entry_append(struct entry *entry) must_hold(&entries_lock)
{
    struct entry **at = &entries;

    while (*at)
        at = &(*at)->next;
    entry->next = NULL;
    *at = entry;
}

/* Looks whether the first state's context is still there, and moves it to the end or throws it
 * away. Done twice for each new state, the list keeps to the contexts that live. */
static void forget_one(void)
{
    struct entry *first;
    SecHandle handle;

    lock_take(&entries_lock);
    first = entries;
    if (first) {
        handle = first->context.handle;
        entries = first->next;
        entry_append(first);
    }
    lock_release(&entries_lock);
    if (!first || is_context(&handle) == SEC_E_OK)
        return;
    lock_take(&entries_lock);
    first = entry_unlink(&handle);
    lock_release(&entries_lock);
    if (first)
        mem_wipe_free(first, sizeof(*first));
}

SECURITY_STATUS sasl_context_put(const struct sasl_context *context)
{
    struct entry *found, *made = NULL;

    lock_take(&entries_lock);
    found = entry_find(&context->handle);
    if (found)
        found->context = *context;
    lock_release(&entries_lock);
    if (found)
        return SEC_E_OK;
    made = mem_alloc(sizeof(*made));
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    forget_one();
    forget_one();
    made->context = *context;
    lock_take(&entries_lock);
    entry_append(made);
    lock_release(&entries_lock);
    return SEC_E_OK;
}

/* ---- options
 * ---------------------------------------------------------------------------------------- */

/* An authorization identity, which is UTF-8 on the wire, from and to the program's wide text. */
static SECURITY_STATUS authorization_set(struct sasl_context *context, const WCHAR *text,
                                         size_t units)
{
    WCHAR *copy = mem_alloc((units + 1) * sizeof(*copy));
    char *utf8 = NULL;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    size_t size;

    if (copy) {
        memcpy(copy, text, units * sizeof(*copy));
        status = platform_utf8_from_wide(copy, &utf8);
    }
    if (status == SEC_E_OK) {
        size = strlen(utf8);
        if (size > sizeof(context->authorization)) {
            status = SEC_E_INVALID_TOKEN;
        } else {
            memcpy(context->authorization, utf8, size);
            context->authorization_size = size;
        }
    }
    mem_free(utf8);
    mem_free(copy);
    return status;
}

static SECURITY_STATUS option_set(struct sasl_context *context, ULONG option, const void *value,
                                  size_t size)
{
    ULONG number = 0;

    if (option == SASL_OPTION_AUTHZ_STRING)
        return size % sizeof(WCHAR) ? SEC_E_INVALID_TOKEN
                                    : authorization_set(context, value, size / sizeof(WCHAR));
    if (size != sizeof(number))
        return SEC_E_INVALID_TOKEN;
    memcpy(&number, value, sizeof(number));
    switch (option) {
    case SASL_OPTION_SEND_SIZE:
    case SASL_OPTION_RECV_SIZE:
        if (number > SASL_SIZE_MAX)
            return SEC_E_INVALID_TOKEN;
        *(option == SASL_OPTION_SEND_SIZE ? &context->send_size : &context->receive_size) = number;
        return SEC_E_OK;
    case SASL_OPTION_AUTHZ_PROCESSING:
        if (number != Sasl_AuthZIDForbidden && number != Sasl_AuthZIDProcessed)
            return SEC_E_INVALID_TOKEN;
        context->authorization_forbidden = number == Sasl_AuthZIDForbidden;
        return SEC_E_OK;
    default:
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
}

/* value: a ULONG, or for AUTHZ_STRING a wide text of `size` bytes. */
SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle handle, ULONG option, PVOID value,
                                               ULONG size)
{
    struct sasl_context context;
    SECURITY_STATUS status;

    if (!value)
        return SEC_E_INVALID_TOKEN;
    status = sasl_context_get(handle, &context);
    if (status == SEC_E_OK)
        status = option_set(&context, option, value, size);
    return status == SEC_E_OK ? sasl_context_put(&context) : status;
}

static SECURITY_STATUS give(const void *from, size_t from_size, void *value, ULONG size,
                            ULONG *needed)
{
    if (needed)
        *needed = (ULONG)from_size;
    if (!value || size < from_size)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(value, from, from_size);
    return SEC_E_OK;
}

static SECURITY_STATUS give_authorization(const struct sasl_context *context, void *value,
                                          ULONG size, ULONG *needed)
{
    char text[SASL_AUTHORIZATION_MAX + 1];
    WCHAR *wide = NULL;
    SECURITY_STATUS status;

    memcpy(text, context->authorization, context->authorization_size);
    text[context->authorization_size] = 0;
    status = platform_wide_from_utf8(text, &wide);
    if (status == SEC_E_OK)
        status = give(wide, (platform_wide_length(wide) + 1) * sizeof(*wide), value, size, needed);
    mem_free(wide);
    return status;
}

/* needed: may be NULL; the size of the value, which is SEC_E_BUFFER_TOO_SMALL's as well. */
SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle handle, ULONG option, PVOID value,
                                               ULONG size, PULONG needed)
{
    struct sasl_context context;
    SECURITY_STATUS status = sasl_context_get(handle, &context);
    ULONG number;

    if (status != SEC_E_OK)
        return status;
    switch (option) {
    case SASL_OPTION_AUTHZ_STRING:
        return give_authorization(&context, value, size, needed);
    case SASL_OPTION_SEND_SIZE:
        number = context.send_size;
        break;
    case SASL_OPTION_RECV_SIZE:
        number = context.receive_size;
        break;
    case SASL_OPTION_AUTHZ_PROCESSING:
        number = context.authorization_forbidden ? Sasl_AuthZIDForbidden : Sasl_AuthZIDProcessed;
        break;
    default:
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    return give(&number, sizeof(number), value, size, needed);
}
