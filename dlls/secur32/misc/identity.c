/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Reading an identity of any form into strings, and making an EX2 of strings; see identity.h.
 */
#include "misc/identity.h"

#include <string.h>

#include "base/mem.h"
#include "misc/memory.h"
#include "platform/platform.h"

/* SEC_WINNT_AUTH_DATA_TYPE_PASSWORD of sspi.h */
static const GUID type_password = {
    0x28bfc32f, 0x10f6, 0x4738, {0x98, 0xd1, 0x1a, 0xc0, 0x61, 0xdf, 0x71, 0x6a}};

/* ---- reading
 * ------------------------------------------------------------------------------------------- */

/* A vector of the structure that `from` holds. */
static bool vector_take(struct span from, const SEC_WINNT_AUTH_BYTE_VECTOR *vector,
                        struct span *part)
{
    if (vector->ByteArrayOffset > from.size ||
        vector->ByteArrayLength > from.size - vector->ByteArrayOffset)
        return false;
    *part = (struct span){from.data + vector->ByteArrayOffset, vector->ByteArrayLength};
    return true;
}

/* The password in packed credentials; offsets count from the structure that holds the vector. */
static SECURITY_STATUS unpack_password(struct span packed, struct span *password)
{
    SEC_WINNT_AUTH_PACKED_CREDENTIALS credentials;
    SEC_WINNT_AUTH_DATA_PASSWORD data;
    struct span bytes;

    if (!packed.data)
        return SEC_E_OK;
    if (packed.size < sizeof(credentials))
        return SEC_E_INVALID_TOKEN;
    memcpy(&credentials, packed.data, sizeof(credentials));
    if (!vector_take(packed, &credentials.AuthData.CredData, &bytes))
        return SEC_E_INVALID_TOKEN;
    if (memcmp(&credentials.AuthData.CredType, &type_password, sizeof(type_password)))
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (bytes.size < sizeof(data))
        return SEC_E_INVALID_TOKEN;
    memcpy(&data, bytes.data, sizeof(data));
    if (!vector_take(bytes, &data.UnicodePassword, password) || password->size % sizeof(WCHAR))
        return SEC_E_INVALID_TOKEN;
    return SEC_E_OK;
}

static SECURITY_STATUS text_from_wide(struct span bytes, WCHAR **text)
{
    WCHAR *copy = local_alloc(bytes.size + sizeof(WCHAR));

    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    *text = copy;
    return SEC_E_OK;
}

static SECURITY_STATUS text_from_ansi(struct span bytes, WCHAR **text)
{
    char *narrow = mem_alloc(bytes.size + 1);
    WCHAR *wide = NULL;
    SECURITY_STATUS status;

    if (!narrow)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (bytes.size)
        memcpy(narrow, bytes.data, bytes.size);
    status = platform_wide_from_ansi(narrow, &wide);
    if (status == SEC_E_OK)
        status = identity_copy_text(wide, text);
    if (wide)
        mem_wipe_free(wide, platform_wide_length(wide) * sizeof(*wide));
    mem_wipe_free(narrow, bytes.size);
    return status;
}

SECURITY_STATUS identity_copy_text(const WCHAR *text, WCHAR **copy)
{
    return text_from_wide(span_of(text, platform_wide_length(text) * sizeof(WCHAR)), copy);
}

/* The password's part as it was before it was encrypted here; a copy, for mem_wipe_free. */
static SECURITY_STATUS uncover(struct identity_view *view, uint8_t **copy)
{
    struct span *secret = &view->part[IDENTITY_PASSWORD];

    if (!identity_is_encrypted(view))
        return SEC_E_OK;
    if (!(view->flags & SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED))
        return STATUS_INVALID_PARAMETER;
    if (!secret->size)
        return SEC_E_OK;
    *copy = mem_copy(*secret);
    if (!*copy || !identity_cover(view, *copy, secret->size))
        return SEC_E_INSUFFICIENT_MEMORY;
    secret->data = *copy;
    return SEC_E_OK;
}

/* The parts without the packing of the credentials, as texts. */
static SECURITY_STATUS read_parts(struct identity_view *view, struct identity *parts)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (view->form == IDENTITY_EX2) {
        struct span password = {NULL, 0};

        status = unpack_password(view->part[IDENTITY_PASSWORD], &password);
        view->part[IDENTITY_PASSWORD] = password;
    }
    for (size_t i = 0; i < IDENTITY_PARTS && status == SEC_E_OK; i++)
        if (view->part[i].data)
            status = view->is_ansi ? text_from_ansi(view->part[i], &parts->text[i])
                                   : text_from_wide(view->part[i], &parts->text[i]);
    if (status != SEC_E_OK)
        identity_done(parts);
    return status;
}

SECURITY_STATUS identity_read(const void *identity, struct identity *parts)
{
    struct identity_view view;
    uint8_t *copy = NULL;
    size_t size;
    SECURITY_STATUS status = identity_view(identity, &view);

    *parts = (struct identity){.flags = view.flags &
                                        ~(ULONG)SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED};
    size = view.part[IDENTITY_PASSWORD].size;
    if (status == SEC_E_OK)
        status = uncover(&view, &copy);
    if (status == SEC_E_OK)
        status = read_parts(&view, parts);
    mem_wipe_free(copy, size);
    return status;
}

void identity_done(struct identity *parts)
{
    for (size_t i = 0; i < IDENTITY_PARTS; i++) {
        local_free(parts->text[i]);
        parts->text[i] = NULL;
    }
}

/* ---- making
 * -------------------------------------------------------------------------------------------- */

static struct span text_bytes(const WCHAR *text)
{
    return span_of(text, text ? platform_wide_length(text) * sizeof(WCHAR) : 0);
}

/* What stands before a password in packed credentials. */
struct packing {
    SEC_WINNT_AUTH_PACKED_CREDENTIALS credentials;
    SEC_WINNT_AUTH_DATA_PASSWORD data;
};

_Static_assert(sizeof(struct packing) ==
                   sizeof(SEC_WINNT_AUTH_PACKED_CREDENTIALS) + sizeof(SEC_WINNT_AUTH_DATA_PASSWORD),
               "no gap");

static void pack_password(struct writer *to, struct span password)
{
    struct packing packing;

    memset(&packing, 0, sizeof(packing));
    packing.credentials.cbHeaderLength = sizeof(packing.credentials);
    packing.credentials.cbStructureLength = (USHORT)(sizeof(packing) + password.size);
    packing.credentials.AuthData.CredType = type_password;
    packing.credentials.AuthData.CredData.ByteArrayOffset = sizeof(packing.credentials);
    packing.credentials.AuthData.CredData.ByteArrayLength =
        (USHORT)(sizeof(packing.data) + password.size);
    packing.data.UnicodePassword.ByteArrayOffset = sizeof(packing.data);
    packing.data.UnicodePassword.ByteArrayLength = (USHORT)password.size;
    write_bytes(to, span_of(&packing, sizeof(packing)));
    write_bytes(to, password);
}

/* Where the next part stands; 0 for one that is absent. */
static ULONG place(const struct writer *at, const WCHAR *text)
{
    return text ? (ULONG)at->used : 0;
}

SECURITY_STATUS identity_make(const struct identity *parts, void **identity)
{
    struct span bytes[IDENTITY_PARTS];
    SEC_WINNT_AUTH_IDENTITY_EX2 header = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2,
                                          .cbHeaderLength = sizeof(header),
                                          .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    size_t size = sizeof(header);
    struct writer to;
    void *block;

    header.Flags |= parts->flags & ~(ULONG)SEC_WINNT_AUTH_IDENTITY_ANSI;
    for (size_t i = 0; i < IDENTITY_PARTS; i++) {
        bytes[i] = text_bytes(parts->text[i]);
        if (bytes[i].size > IDENTITY_PART_MAX - sizeof(struct packing))
            return SEC_E_INVALID_TOKEN;
        size += bytes[i].size;
    }
    if (parts->text[IDENTITY_PASSWORD])
        size += sizeof(struct packing);
    block = local_alloc(size);
    if (!block)
        return SEC_E_INSUFFICIENT_MEMORY;

    /* The credentials stand first, where their structures are aligned. */
    to = writer_of(block, size);
    write_bytes(&to, span_of(&header, sizeof(header)));
    header.PackedCredentialsOffset = place(&to, parts->text[IDENTITY_PASSWORD]);
    if (parts->text[IDENTITY_PASSWORD])
        pack_password(&to, bytes[IDENTITY_PASSWORD]);
    header.PackedCredentialsLength = (USHORT)(to.used - sizeof(header));
    header.UserOffset = place(&to, parts->text[IDENTITY_USER]);
    header.UserLength = (USHORT)bytes[IDENTITY_USER].size;
    write_bytes(&to, bytes[IDENTITY_USER]);
    header.DomainOffset = place(&to, parts->text[IDENTITY_DOMAIN]);
    header.DomainLength = (USHORT)bytes[IDENTITY_DOMAIN].size;
    write_bytes(&to, bytes[IDENTITY_DOMAIN]);
    header.PackageListOffset = place(&to, parts->text[IDENTITY_PACKAGES]);
    header.PackageListLength = (USHORT)bytes[IDENTITY_PACKAGES].size;
    write_bytes(&to, bytes[IDENTITY_PACKAGES]);
    header.cbStructureLength = (ULONG)to.used;
    memcpy(block, &header, sizeof(header));
    *identity = block;
    return SEC_E_OK;
}
