/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sspi* functions on identities as such: encode, copy, compare, check, marshal, wipe, free. To
 * encrypt is identity_protect.c's.
 *
 * Sources: Microsoft Learn, the pages of these functions; the comments in sspi.h on who frees what.
 */
#include <string.h>

#include "base/mem.h"
#include "misc/identity.h"
#include "misc/memory.h"
#include "platform/platform.h"

/* ---- strings
 * ------------------------------------------------------------------------------------------- */

/* user, domain: NULL: none. packed: the password. The identity is freed with SspiFreeAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiEncodeStringsAsAuthIdentity(PCWSTR user, PCWSTR domain, PCWSTR packed,
                                                          PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    struct identity parts = {0};

    if (!identity || (!user && !domain && !packed))
        return SEC_E_INVALID_TOKEN;
    parts.text[IDENTITY_USER] = (WCHAR *)(uintptr_t)user; /* read only */
    parts.text[IDENTITY_DOMAIN] = (WCHAR *)(uintptr_t)domain;
    parts.text[IDENTITY_PASSWORD] = (WCHAR *)(uintptr_t)packed;
    return identity_make(&parts, identity);
}

/* Each string is freed with SspiLocalFree, and is NULL where the identity has none. */
SECURITY_STATUS SEC_ENTRY SspiEncodeAuthIdentityAsStrings(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                                          PCWSTR *user, PCWSTR *domain,
                                                          PCWSTR *packed)
{
    struct {
        PCWSTR *to;
        enum identity_part part;
    } wanted[] = {{user, IDENTITY_USER}, {domain, IDENTITY_DOMAIN}, {packed, IDENTITY_PASSWORD}};
    struct identity parts;
    SECURITY_STATUS status;

    /* The page: not while it is encrypted. */
    if (SspiIsAuthIdentityEncrypted(identity))
        return STATUS_INVALID_PARAMETER;
    status = identity_read(identity, &parts);
    if (status != SEC_E_OK)
        return status;
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (wanted[i].to) {
            *wanted[i].to = parts.text[wanted[i].part];
            parts.text[wanted[i].part] = NULL;
        }
    identity_done(&parts);
    return SEC_E_OK;
}

/* ---- whole identities
 * ---------------------------------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY SspiValidateAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    struct identity_view view;

    return identity_view(identity, &view);
}

/* A block as it is, encrypted or not; the forms with pointers become one. */
static SECURITY_STATUS copy_as_block(const void *identity, void **copy, size_t *size)
{
    struct identity_view view;
    struct identity parts;
    SECURITY_STATUS status = identity_view(identity, &view);
    void *made = NULL;

    if (status != SEC_E_OK)
        return status;
    if (view.form == IDENTITY_EX2) {
        made = local_alloc(view.size);
        if (!made)
            return SEC_E_INSUFFICIENT_MEMORY;
        memcpy(made, identity, view.size);
    } else {
        status = identity_read(identity, &parts);
        if (status != SEC_E_OK)
            return status;
        status = identity_make(&parts, &made);
        identity_done(&parts);
        if (status == SEC_E_OK && identity_is_encrypted(&view))
            status = SspiEncryptAuthIdentity(made);
        if (status != SEC_E_OK) {
            local_free(made);
            return status;
        }
        view.size = ((SEC_WINNT_AUTH_IDENTITY_EX2 *)made)->cbStructureLength;
    }
    *copy = made;
    *size = view.size;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SspiCopyAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                               PSEC_WINNT_AUTH_IDENTITY_OPAQUE *copy)
{
    size_t size;

    return copy ? copy_as_block(identity, copy, &size) : SEC_E_INVALID_TOKEN;
}

/* The bytes are an EX2; they are freed with SspiLocalFree. */
SECURITY_STATUS SEC_ENTRY SspiMarshalAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                                  ULONG *size, char **bytes)
{
    void *copy = NULL;
    size_t used = 0;
    SECURITY_STATUS status;

    if (!size || !bytes)
        return SEC_E_INVALID_TOKEN;
    status = copy_as_block(identity, &copy, &used);
    if (status != SEC_E_OK)
        return status;
    *size = (ULONG)used;
    *bytes = copy;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentity(ULONG size, char *bytes,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *identity)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 header;

    if (!bytes || !identity || size < sizeof(header))
        return SEC_E_INVALID_TOKEN;
    memcpy(&header, bytes, sizeof(header));
    if (header.Version != SEC_WINNT_AUTH_IDENTITY_VERSION_2 || header.cbStructureLength > size)
        return SEC_E_INVALID_TOKEN;
    return SspiCopyAuthIdentity(bytes, identity);
}

void SEC_ENTRY SspiZeroAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    struct identity_view view;

    if (!identity || identity_view(identity, &view) != SEC_E_OK)
        return;
    if (view.form == IDENTITY_EX2) {
        mem_wipe(identity, view.size);
        return;
    }
    for (size_t i = 0; i < IDENTITY_PARTS; i++)
        if (view.part[i].data) /* the program's own strings, which it may write */
            mem_wipe((void *)(uintptr_t)view.part[i].data, view.part[i].size);
}

void SEC_ENTRY SspiFreeAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    local_free(identity);
}

void SEC_ENTRY SspiLocalFree(PVOID memory)
{
    local_free(memory);
}

/* ---- comparing
 * ----------------------------------------------------------------------------------------- */

static bool same_name(const WCHAR *a, const WCHAR *b)
{
    return a && b ? platform_wide_same(a, b) : a == b;
}

static bool same_text(const WCHAR *a, const WCHAR *b)
{
    return a && b ? span_equal(span_of(a, platform_wide_length(a) * sizeof(*a)),
                               span_of(b, platform_wide_length(b) * sizeof(*b)))
                  : a == b;
}

SECURITY_STATUS SEC_ENTRY SspiCompareAuthIdentities(PSEC_WINNT_AUTH_IDENTITY_OPAQUE first,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE second,
                                                    PBOOLEAN same_user, PBOOLEAN same_identity)
{
    struct identity a = {0}, b = {0};
    bool user, identity;
    SECURITY_STATUS status = SEC_E_OK;

    if (first)
        status = identity_read(first, &a);
    if (status == SEC_E_OK && second)
        status = identity_read(second, &b);
    if (status == SEC_E_OK) {
        user = !first == !second && same_name(a.text[IDENTITY_USER], b.text[IDENTITY_USER]) &&
               same_name(a.text[IDENTITY_DOMAIN], b.text[IDENTITY_DOMAIN]);
        identity = user && same_text(a.text[IDENTITY_PASSWORD], b.text[IDENTITY_PASSWORD]) &&
                   same_name(a.text[IDENTITY_PACKAGES], b.text[IDENTITY_PACKAGES]);
        if (same_user)
            *same_user = user;
        if (same_identity)
            *same_identity = identity;
    }
    identity_done(&b);
    identity_done(&a);
    return status;
}
