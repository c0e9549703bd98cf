/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See old_ntlm.h. A first message may end in front of its version, or in front of the names; there
 * gss-ntlmssp wants all of it. A third one may have its contents where the version would be, though
 * its client echoes the server's flag for one (Linux curl's own NTLM); gss-ntlmssp goes by the
 * flag. Neither may come from a client that signs the messages (MIC), for these have a version: so
 * nobody signed what is changed here.
 *
 * Source: MS-NLMP 2.2.1.1, 2.2.1.3, 2.2.2.5 (NTLMSSP_NEGOTIATE_VERSION), and appendix B about the
 * versions of Windows.
 */
#include "gss/mit/old_ntlm.h"

#include <string.h>

#include "base/mem.h"
#include "gss/mit/ntlm_little.h"

#define MARK "NTLMSSP" /* with its zero */
#define TYPE 8
#define FIRST_MIN 16  /* signature, type, flags */
#define FIRST_SIZE 40 /* with the version */
#define THIRD_SIZE 64 /* without it */
#define THIRD_PARTS 12
#define THIRD_PART_COUNT 6
#define THIRD_VERSIONED 72
#define FLAGS_VERSION_AT 63 /* the byte of the third message's flags */
#define FLAGS_VERSION 0x02u

/* Parts without length may claim to be anywhere. */
static bool has_no_version(struct span third)
{
    for (size_t i = 0; i < THIRD_PART_COUNT; i++) {
        const uint8_t *part = third.data + THIRD_PARTS + 8 * i;

        if (ntlm_little(part, 2) && ntlm_little(part + 4, 4) < THIRD_VERSIONED)
            return true;
    }
    return false;
}

bool old_ntlm_prepare(struct span *token, uint8_t **copy)
{
    size_t size = token->size;
    bool is_first, is_third;
    uint8_t *made;

    if (size < FIRST_MIN || memcmp(token->data, MARK, sizeof(MARK)) != 0)
        return true;
    is_first = ntlm_little(token->data + TYPE, 4) == 1 && size < FIRST_SIZE;
    is_third = ntlm_little(token->data + TYPE, 4) == 3 && size >= THIRD_SIZE &&
               token->data[FLAGS_VERSION_AT] & FLAGS_VERSION && has_no_version(*token);
    if (!is_first && !is_third)
        return true;
    made = mem_alloc(is_first ? FIRST_SIZE : size);
    if (!made)
        return false;
    memcpy(made, token->data, size);
    if (is_third)
        made[FLAGS_VERSION_AT] &= (uint8_t)~FLAGS_VERSION;
    *token = span_of(made, is_first ? FIRST_SIZE : size);
    *copy = made;
    return true;
}
