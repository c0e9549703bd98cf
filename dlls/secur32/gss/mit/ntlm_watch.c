/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See ntlm_watch.h. Within SPNEGO the message is the one that its place makes it, the response of a
 * NegTokenResp, and no other that stands in the token: else somebody in between could show us
 * another message than the library.
 *
 * The target's name is in the list of the client's NTLMv2 response; what proves the password is
 * reckoned over all of it.
 *
 * Source: MS-NLMP 2.2.1.2, 2.2.1.3 (messages), 2.2.2.1 (AV_PAIR), 2.2.2.7 and 2.2.2.8 (NTLMv2's
 * response); RFC 4178 4.2.2.
 */
#include "gss/mit/ntlm_watch.h"

#include <string.h>

#include "base/mem.h"
#include "gss/mit/ntlm_little.h"
#include "gss/mit/spnego.h"

#define MARK "NTLMSSP" /* with its zero */
#define TYPE_AT 8
#define CHALLENGE 2
#define AUTHENTICATE 3
#define CHALLENGE_FLAGS_AT 20
#define CHALLENGE_SIZE 32
#define AUTHENTICATE_NT_AT 20
#define AUTHENTICATE_FLAGS_AT 60
#define AUTHENTICATE_SIZE 64
#define RESPONSE_LIST_AT 44 /* in NTLMv2's; the older one has 24 bytes */
#define PAIR_HEAD 4
#define PAIR_END 0
#define PAIR_TARGET 9     /* MsvAvTargetName */
#define SIGNATURE_SIZE 16 /* SPNEGO's MIC is one of NTLM's */

/* The list of an NTLMv2 response; empty: there is none. */
static struct span list_of(struct span message)
{
    const uint8_t *field = message.data + AUTHENTICATE_NT_AT;
    uint32_t size = ntlm_little(field, 2), offset = ntlm_little(field + 4, 4);

    if (offset > message.size || size > message.size - offset || size <= RESPONSE_LIST_AT)
        return (struct span){NULL, 0};
    return span_of(message.data + offset + RESPONSE_LIST_AT, size - RESPONSE_LIST_AT);
}

bool ntlm_watch_pair(struct span authenticate, uint32_t wanted, struct span *value)
{
    struct span list = list_of(authenticate);

    while (list.size >= PAIR_HEAD) {
        uint32_t id = ntlm_little(list.data, 2), size = ntlm_little(list.data + 2, 2);

        if (id == PAIR_END || size > list.size - PAIR_HEAD)
            return false;
        *value = span_of(list.data + PAIR_HEAD, size);
        if (id == wanted)
            return true;
        list = span_of(value->data + size, list.size - PAIR_HEAD - size);
    }
    return false;
}

static bool watch_authenticate(struct ntlm_watch *watch, struct span message)
{
    struct span target;

    watch->flags = ntlm_little(message.data + AUTHENTICATE_FLAGS_AT, 4);
    ntlm_watch_done(watch); /* of an earlier one */
    if (!ntlm_watch_pair(message, PAIR_TARGET, &target))
        return true;
    watch->target = mem_copy(target);
    watch->target_size = target.size;
    watch->has_target = watch->target != NULL;
    return watch->has_target;
}

bool ntlm_watch_token(struct ntlm_watch *watch, struct span token, bool is_sent)
{
    struct span message = token, mic;
    uint32_t type;

    if (spnego_response(token, &message, &mic) && mic.size == SIGNATURE_SIZE)
        *(is_sent ? &watch->mic_sent : &watch->mic_received) = true;
    if (message.size < CHALLENGE_SIZE || memcmp(message.data, MARK, sizeof(MARK)) != 0)
        return true;
    type = ntlm_little(message.data + TYPE_AT, 4);
    if (type == CHALLENGE)
        watch->challenge_flags = ntlm_little(message.data + CHALLENGE_FLAGS_AT, 4);
    return type != AUTHENTICATE || message.size < AUTHENTICATE_SIZE ||
           watch_authenticate(watch, message);
}

void ntlm_watch_done(struct ntlm_watch *watch)
{
    mem_free(watch->target);
    watch->target = NULL;
    watch->target_size = 0;
    watch->has_target = false;
}
