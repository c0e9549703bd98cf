/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Looking at an identity of any form; see identity.h. Of the forms with pointers nothing can be
 * checked but that lengths have pointers and are not absurd; of EX2 everything lies inside the
 * block.
 */
#include "misc/identity.h"

#include <string.h>

#define ENCRYPTED                                                                                  \
    (SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED |                                             \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED |                                              \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED |                                                \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED)

#define ABOVE_SIZES 0xffu           /* of an EX */
#define HIGHEST_OF_PROGRAMS 0x7fffu /* the high half; above it are addresses of the system */

/* A structure with pointers: where its members stand. */
struct layout {
    size_t size, flags;
    size_t pointer[IDENTITY_PARTS], length[IDENTITY_PARTS];
    size_t parts;
};

#define PLAIN(member) offsetof(SEC_WINNT_AUTH_IDENTITY_W, member)
#define EXTENDED(member) offsetof(SEC_WINNT_AUTH_IDENTITY_EXW, member)

static const struct layout plain = {
    sizeof(SEC_WINNT_AUTH_IDENTITY_W),
    PLAIN(Flags),
    {PLAIN(User), PLAIN(Domain), PLAIN(Password)},
    {PLAIN(UserLength), PLAIN(DomainLength), PLAIN(PasswordLength)},
    3,
};

static const struct layout extended = {
    sizeof(SEC_WINNT_AUTH_IDENTITY_EXW),
    EXTENDED(Flags),
    {EXTENDED(User), EXTENDED(Domain), EXTENDED(Password), EXTENDED(PackageList)},
    {EXTENDED(UserLength), EXTENDED(DomainLength), EXTENDED(PasswordLength),
     EXTENDED(PackageListLength)},
    4,
};

_Static_assert(sizeof(SEC_WINNT_AUTH_IDENTITY_A) == sizeof(SEC_WINNT_AUTH_IDENTITY_W), "A = W");
_Static_assert(sizeof(SEC_WINNT_AUTH_IDENTITY_EXA) == sizeof(SEC_WINNT_AUTH_IDENTITY_EXW), "A = W");

static ULONG number_at(const void *identity, size_t offset)
{
    ULONG number;

    memcpy(&number, (const char *)identity + offset, sizeof(number));
    return number;
}

static SECURITY_STATUS view_pointers(const void *identity, const struct layout *layout,
                                     struct identity_view *view)
{
    size_t unit;

    view->size = layout->size;
    view->flags_at = layout->flags;
    view->flags = number_at(identity, layout->flags);
    /* Wine's own encoder of identities sets neither flag and means wide strings. */
    view->is_ansi =
        (view->flags & (SEC_WINNT_AUTH_IDENTITY_ANSI | SEC_WINNT_AUTH_IDENTITY_UNICODE)) ==
        SEC_WINNT_AUTH_IDENTITY_ANSI;
    unit = view->is_ansi ? 1 : sizeof(WCHAR);
    for (size_t i = 0; i < layout->parts; i++) {
        ULONG length = number_at(identity, layout->length[i]);
        const void *pointer;

        memcpy(&pointer, (const char *)identity + layout->pointer[i], sizeof(pointer));
        if (length > IDENTITY_PART_MAX / sizeof(WCHAR) || (!pointer && length))
            return SEC_E_INVALID_TOKEN;
        view->part[i] = (struct span){pointer, length * unit};
    }
    return SEC_E_OK;
}

static bool view_offset(const void *identity, ULONG offset, ULONG length,
                        const SEC_WINNT_AUTH_IDENTITY_EX2 *header, struct span *part)
{
    if (offset == 0 && length == 0)
        return true;
    if (offset < header->cbHeaderLength || offset > header->cbStructureLength ||
        length > header->cbStructureLength - offset)
        return false;
    *part = (struct span){(const uint8_t *)identity + offset, length};
    return true;
}

static SECURITY_STATUS view_block(const void *identity, struct identity_view *view)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 header;

    memcpy(&header, identity, sizeof(header));
    if (header.cbHeaderLength < sizeof(header) || header.cbStructureLength < header.cbHeaderLength)
        return SEC_E_INVALID_TOKEN;
    view->size = header.cbStructureLength;
    view->flags_at = offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, Flags);
    view->flags = header.Flags;
    if ((header.UserLength | header.DomainLength | header.PackageListLength) % sizeof(WCHAR) ||
        !view_offset(identity, header.UserOffset, header.UserLength, &header,
                     &view->part[IDENTITY_USER]) ||
        !view_offset(identity, header.DomainOffset, header.DomainLength, &header,
                     &view->part[IDENTITY_DOMAIN]) ||
        !view_offset(identity, header.PackedCredentialsOffset, header.PackedCredentialsLength,
                     &header, &view->part[IDENTITY_PASSWORD]) ||
        !view_offset(identity, header.PackageListOffset, header.PackageListLength, &header,
                     &view->part[IDENTITY_PACKAGES]))
        return SEC_E_INVALID_TOKEN;
    return SEC_E_OK;
}

/* A plain identity begins with a pointer, whose low half may be the version of an EX; never that of
 * an EX2, which is odd. Behind a version stands the structure's size, which is less than the high
 * half of any address but the lowest ones. */
static bool begins_with_address(const void *identity)
{
    ULONG high = number_at(identity, sizeof(ULONG));

    return sizeof(void *) > sizeof(ULONG) && high > ABOVE_SIZES && high <= HIGHEST_OF_PROGRAMS;
}

SECURITY_STATUS identity_view(const void *identity, struct identity_view *view)
{
    *view = (struct identity_view){.form = IDENTITY_PLAIN};
    if (!identity)
        return SEC_E_INVALID_TOKEN;
    switch (number_at(identity, 0)) {
    case SEC_WINNT_AUTH_IDENTITY_VERSION_2:
        view->form = IDENTITY_EX2;
        return view_block(identity, view);
    case SEC_WINNT_AUTH_IDENTITY_VERSION:
        if (begins_with_address(identity))
            return view_pointers(identity, &plain, view);
        view->form = IDENTITY_EX;
        return view_pointers(identity, &extended, view);
    default:
        return view_pointers(identity, &plain, view);
    }
}

bool identity_is_encrypted(const struct identity_view *view)
{
    return view->flags & ENCRYPTED;
}
