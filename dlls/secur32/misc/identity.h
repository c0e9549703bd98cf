/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Identities: the structures that programs pass as authentication data, in all their forms, seen as
 * one.
 *
 *   SEC_WINNT_AUTH_IDENTITY_A/W     pointers and lengths in characters; no version
 *   SEC_WINNT_AUTH_IDENTITY_EXA/EXW version 0x200, and a list of packages
 *   SEC_WINNT_AUTH_IDENTITY_EX2     version 0x201, one block with offsets and lengths in bytes; the
 *                                   credentials are SEC_WINNT_AUTH_PACKED_CREDENTIALS
 *
 * Source: sspi.h; Microsoft Learn, the pages of these structures.
 */
#ifndef SECUR32_MISC_IDENTITY_H
#define SECUR32_MISC_IDENTITY_H

#include "winsspi.h"

#include "base/span.h"

/* The most bytes of a part, and of a whole EX2, whose lengths have 16 bits. */
#define IDENTITY_PART_MAX 0xfffe

enum identity_part {
    IDENTITY_USER,
    IDENTITY_DOMAIN,
    IDENTITY_PASSWORD, /* EX2: the packed credentials */
    IDENTITY_PACKAGES,
    IDENTITY_PARTS
};

enum identity_form { IDENTITY_PLAIN, IDENTITY_EX, IDENTITY_EX2 };

/* The parts as they stand there. */
struct identity_view {
    enum identity_form form;
    ULONG flags;
    bool is_ansi;                     /* not for EX2 */
    size_t size;                      /* of the structure; of an EX2, of the whole block */
    size_t flags_at;                  /* offset of the structure's Flags */
    struct span part[IDENTITY_PARTS]; /* data NULL: absent */
};

/* SEC_E_INVALID_TOKEN: NULL, offsets outside, lengths without a pointer or too long. */
MUST_CHECK SECURITY_STATUS identity_view(const void *identity, struct identity_view *view);
bool identity_is_encrypted(const struct identity_view *view);

/* An identity's parts in UTF-16, without the packing of the credentials. */
struct identity {
    ULONG flags;
    WCHAR *text[IDENTITY_PARTS]; /* zero-terminated; NULL when absent */
};

/*
 * What SspiEncryptAuthIdentity encrypted is read as it was before; the flags do not tell it then.
 * SEC_E_UNSUPPORTED_FUNCTION: credentials that are no password (certificates and the like).
 * STATUS_INVALID_PARAMETER: they are encrypted by somebody else.
 */
MUST_CHECK SECURITY_STATUS identity_read(const void *identity, struct identity *parts);
void identity_done(struct identity *parts);

/* Hides an identity's secret from whoever looks for it in memory, and shows it again. false: it
 * cannot be done. */
MUST_CHECK bool identity_cover(const struct identity_view *view, uint8_t *bytes, size_t size);

/* An EX2, to be freed with local_free. SEC_E_INVALID_TOKEN: too long. */
MUST_CHECK SECURITY_STATUS identity_make(const struct identity *parts, void **identity);
/* A wide string for local_free. */
MUST_CHECK SECURITY_STATUS identity_copy_text(const WCHAR *text, WCHAR **copy);

#endif
