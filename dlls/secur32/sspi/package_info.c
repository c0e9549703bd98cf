/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See package_info.h. Both character sets share the packing: the structures are laid out alike, and
 * a string is its bytes with the zero.
 */
#include "sspi/package_info.h"

#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

_Static_assert(sizeof(SecPkgInfoA) == sizeof(SecPkgInfoW), "A and W alike");
_Static_assert(offsetof(SecPkgInfoA, Name) == offsetof(SecPkgInfoW, Name), "A and W alike");
_Static_assert(offsetof(SecPkgInfoA, Comment) == offsetof(SecPkgInfoW, Comment), "A and W alike");

/* A SecPkgInfo whose strings are counted in bytes, the zero included. */
struct entry {
    ULONG capabilities, max_token;
    USHORT version, rpc_id;
    struct span name, comment;
};

static struct span wide_bytes(const WCHAR *text)
{
    return span_of(text, (platform_wide_length(text) + 1) * sizeof(WCHAR));
}

static char *pack_string(struct writer *to, struct span bytes)
{
    char *start = (char *)to->data + to->used;

    write_bytes(to, bytes);
    return start;
}

/* The first strings are wide ones on the boundary that the structures end on. */
static SECURITY_STATUS pack(const struct entry *entries, size_t count, void **packed)
{
    size_t size = count * sizeof(SecPkgInfoA);
    struct writer strings;
    SecPkgInfoA *info;

    for (size_t i = 0; i < count; i++)
        if (!size_add(size, entries[i].name.size, &size) ||
            !size_add(size, entries[i].comment.size, &size))
            return SEC_E_INSUFFICIENT_MEMORY;
    info = buffers_alloc(size);
    if (!info)
        return SEC_E_INSUFFICIENT_MEMORY;
    strings = writer_of(info + count, size - count * sizeof(*info));
    for (size_t i = 0; i < count; i++) {
        info[i].fCapabilities = entries[i].capabilities;
        info[i].wVersion = entries[i].version;
        info[i].wRPCID = entries[i].rpc_id;
        info[i].cbMaxToken = entries[i].max_token;
        info[i].Name = pack_string(&strings, entries[i].name);
        info[i].Comment = pack_string(&strings, entries[i].comment);
    }
    *packed = info;
    return SEC_E_OK;
}

SECURITY_STATUS package_info_wide(const struct package_row *rows, size_t count, SecPkgInfoW **info)
{
    struct entry entries[PACKAGE_ROWS_MAX];
    void *packed = NULL;
    SECURITY_STATUS status;

    for (size_t i = 0; i < count; i++) {
        const struct ssp *package = rows[i].package;

        entries[i] = (struct entry){
            package->capabilities,    package->max_token,
            package->version,         package->rpc_id,
            wide_bytes(rows[i].name), wide_bytes(package->comment ? package->comment : u"")};
    }
    status = pack(entries, count, &packed);
    if (status == SEC_E_OK)
        *info = packed;
    return status;
}

static SECURITY_STATUS narrow_bytes(const WCHAR *wide, struct span *bytes)
{
    char *text = NULL;
    SECURITY_STATUS status = platform_ansi_from_wide(wide ? wide : u"", &text);

    if (status == SEC_E_OK)
        *bytes = span_of(text, strlen(text) + 1);
    return status;
}

SECURITY_STATUS package_info_narrow(const SecPkgInfoW *wide, size_t count, SecPkgInfoA **info)
{
    struct entry entries[PACKAGE_ROWS_MAX] = {0};
    void *packed = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    for (size_t i = 0; i < count && status == SEC_E_OK; i++) {
        entries[i] = (struct entry){.capabilities = wide[i].fCapabilities,
                                    .max_token = wide[i].cbMaxToken,
                                    .version = wide[i].wVersion,
                                    .rpc_id = wide[i].wRPCID};
        status = narrow_bytes(wide[i].Name, &entries[i].name);
        if (status == SEC_E_OK)
            status = narrow_bytes(wide[i].Comment, &entries[i].comment);
    }
    if (status == SEC_E_OK)
        status = pack(entries, count, &packed);
    if (status == SEC_E_OK)
        *info = packed;
    for (size_t i = 0; i < count; i++) {
        mem_free((void *)(uintptr_t)entries[i].name.data); /* made by narrow_bytes */
        mem_free((void *)(uintptr_t)entries[i].comment.data);
    }
    return status;
}
