/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SspiEncryptAuthIdentity and its kin: the credentials of an identity are hidden, in place, from
 * whoever looks for them in memory.
 *
 * Differs: on Windows the kernel encrypts. The library has no cryptography of its own, and there is
 * no room for a number that is used once; so the bytes are covered with random ones that the
 * process made once, from a place on that user, domain and the length of the secret say. One
 * identity's cover then tells nothing of another's; of two secrets of one user that are as long as
 * each other it does. For another process, or for the system, nothing can be encrypted.
 *
 * Source: Microsoft Learn, "SspiEncryptAuthIdentityEx function", "SspiDecryptAuthIdentityEx
 * function"; the flags and options, sspi.h.
 */
#include "misc/identity.h"

#include <string.h>

#include "base/sync.h"
#include "misc/system.h"

#define PROTECTED_BY_OTHERS                                                                        \
    (SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED |                                              \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED |                                                \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED)
#define PROTECTED_HERE SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED

#define COVER_SIZE 0x40000
_Static_assert(COVER_SIZE > 2 * IDENTITY_PART_MAX, "most secrets do not share a byte of it");

static struct lock cover_lock = LOCK_INITIALIZER; /* guards the making of the two below; a leaf */
static bool is_made;
static uint8_t cover[COVER_SIZE]; /* constant once it is made; a ring */

static uint64_t spread(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u; /* FNV-1a: it hides nothing, and need not */
    return hash;
}

/* Where an identity's cover begins. What it depends on is there in clear, and stays. */
static size_t cover_start(const struct identity_view *view, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (enum identity_part part = IDENTITY_USER; part <= IDENTITY_DOMAIN; part++) {
        const struct span *text = &view->part[part];

        hash = spread(hash, &text->size, sizeof(text->size));
        hash = spread(hash, text->data, text->size);
    }
    return (size_t)(spread(hash, &size, sizeof(size)) % sizeof(cover));
}

bool identity_cover(const struct identity_view *view, uint8_t *bytes, size_t size)
{
    size_t at = cover_start(view, size);
    bool made;

    lock_take(&cover_lock);
    if (!is_made)
        is_made = random_fill(cover, sizeof(cover));
    made = is_made;
    lock_release(&cover_lock);
    for (size_t i = 0; i < size && made; i++, at = (at + 1) % sizeof(cover))
        bytes[i] ^= cover[at];
    return made;
}

static SECURITY_STATUS change(void *identity, ULONG options, bool encrypt)
{
    struct identity_view view;
    SECURITY_STATUS status = identity_view(identity, &view);
    struct span secret;
    ULONG flags;

    if (status != SEC_E_OK)
        return status;
    if (options != SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS || view.flags & PROTECTED_BY_OTHERS)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (encrypt == !!(view.flags & PROTECTED_HERE))
        return SEC_E_OK;
    secret = view.part[IDENTITY_PASSWORD];
    /* The program's own memory, which it wants changed. */
    if (secret.size && !identity_cover(&view, (uint8_t *)(uintptr_t)secret.data, secret.size))
        return SEC_E_INSUFFICIENT_MEMORY;
    flags = encrypt ? view.flags | PROTECTED_HERE : view.flags & ~(ULONG)PROTECTED_HERE;
    memcpy((char *)identity + view.flags_at, &flags, sizeof(flags));
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentityEx(ULONG options,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return change(identity, options, true);
}

SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return change(identity, SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, true);
}

SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentityEx(ULONG options,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return change(identity, options, false);
}

SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    return change(identity, SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, false);
}

BOOLEAN SEC_ENTRY SspiIsAuthIdentityEncrypted(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    struct identity_view view;

    return identity_view(identity, &view) == SEC_E_OK && identity_is_encrypted(&view);
}
