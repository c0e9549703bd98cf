/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See ntlm_challenge.h.
 *
 * Source: MS-NLMP 2.2.1.1 to 2.2.1.3 (messages), 2.2.2.5 (flags), 2.2.2.1 (MsvAvFlags), 3.1.5.1.2
 * (the MIC: HMAC-MD5 by the session key over all three, the third with zeros in its place).
 * Observed: the tests of .NET's NegotiateAuthentication succeed on Windows.
 */
#include "gss/mit/ntlm_challenge.h"

#include <string.h>

#include "base/mem.h"
#include "gss/cipher.h"
#include "gss/mit/ntlm_little.h"
#include "gss/mit/ntlm_watch.h"
#include "gss/mit/spnego.h"

#define MARK "NTLMSSP" /* with its zero */
#define TYPE_AT 8
#define FIRST_SIZE 40  /* and behind that names, which are empty where the version is told */
#define SECOND_SIZE 32 /* the oldest form, and the only short one that the library knows */
#define SECOND_LIST 40
#define SECOND_LIST_END 48
#define SECOND_FULL 56
#define NAME_AT 12
#define FLAGS_AT 20
#define NAME_FLAGS 0x30004u /* NTLMSSP_REQUEST_TARGET, NTLMSSP_TARGET_TYPE_ of the two kinds */
#define MIC_AT 72
#define MIC_SIZE 16
#define PAIR_HEAD 4
#define PAIR_END 0
#define PAIR_FLAGS 6
#define PAIR_FLAGS_SIGNED 0x02u
#define PAIR_TARGET 9
#define PAIR_BINDINGS 10

/* The message of this type in a token of SPNEGO's answers, or bare. */
static bool find_message(struct span token, uint32_t type, size_t size, struct span *message)
{
    struct span mic;

    if (!spnego_response(token, message, &mic))
        *message = token;
    return message->size >= size && memcmp(message->data, MARK, sizeof(MARK)) == 0 &&
           ntlm_little(message->data + TYPE_AT, 4) == type;
}

/* SPNEGO's first token, which the library made, has it somewhere behind its list. */
static bool find_first(struct span token, struct span *message)
{
    for (; token.size >= FIRST_SIZE; token = span_of(token.data + 1, token.size - 1))
        if (find_message(token, 1, FIRST_SIZE, message)) {
            *message = span_of(message->data, FIRST_SIZE);
            return true;
        }
    return false;
}

bool ntlm_challenge_sent(struct ntlm_challenge *challenge, struct span token)
{
    struct span message;

    if (challenge->first || !find_first(token, &message))
        return true;
    challenge->first = mem_copy(message);
    challenge->first_size = message.size;
    return challenge->first != NULL;
}

static bool is_unnamed(struct span message)
{
    return ntlm_little(message.data + NAME_AT, 2) == 0 &&
           ntlm_little(message.data + FLAGS_AT, 4) & NAME_FLAGS;
}

/* Neither a name nor a list. */
static bool is_short(struct span message)
{
    return message.size > SECOND_SIZE && message.size < SECOND_FULL &&
           ntlm_little(message.data + NAME_AT, 2) == 0 &&
           (message.size < SECOND_LIST_END || ntlm_little(message.data + SECOND_LIST, 2) == 0);
}

/* The list's place in a message of full length; 0: it has none. */
static size_t list_of(struct span message, size_t *size)
{
    size_t at;

    if (message.size < SECOND_FULL)
        return 0;
    *size = ntlm_little(message.data + SECOND_LIST, 2);
    at = ntlm_little(message.data + SECOND_LIST + 4, 4);
    return at >= SECOND_LIST_END && at <= message.size && *size <= message.size - at ? at : 0;
}

/* Takes the client's pairs out of a list; how long it is then. */
static size_t list_strip(uint8_t *list, size_t size)
{
    size_t from = 0, to = 0;

    while (size - from >= PAIR_HEAD) {
        uint32_t id = ntlm_little(list + from, 2), room = ntlm_little(list + from + 2, 2);

        if (id == PAIR_END || room > size - from - PAIR_HEAD)
            break;
        if (id != PAIR_TARGET && id != PAIR_BINDINGS) {
            memmove(list + to, list + from, PAIR_HEAD + room);
            to += PAIR_HEAD + room;
        }
        from += PAIR_HEAD + room;
    }
    memmove(list + to, list + from, size - from);
    return to + size - from;
}

static bool has_clients_pairs(struct span message)
{
    size_t size, at = list_of(message, &size);
    bool has_any = false;

    while (at && size >= PAIR_HEAD) {
        uint32_t id = ntlm_little(message.data + at, 2);
        size_t room = PAIR_HEAD + ntlm_little(message.data + at + 2, 2);

        if (id == PAIR_END || room > size)
            break;
        has_any = has_any || id == PAIR_TARGET || id == PAIR_BINDINGS;
        at += room;
        size -= room;
    }
    return has_any;
}

static void change(uint8_t *bytes, struct span message)
{
    size_t size, at = list_of(message, &size);

    if (is_unnamed(message))
        for (size_t i = 0; i < 4; i++)
            bytes[FLAGS_AT + i] &= (uint8_t) ~(NAME_FLAGS >> 8 * i);
    if (at) {
        size = list_strip(bytes + at, size);
        bytes[SECOND_LIST] = (uint8_t)size;
        bytes[SECOND_LIST + 1] = (uint8_t)(size >> 8);
    }
}

bool ntlm_challenge_prepare(struct ntlm_challenge *challenge, struct span *token, uint8_t **copy)
{
    struct span message;
    bool is_bare, shortens;

    if (challenge->second || !find_message(*token, 2, SECOND_SIZE, &message))
        return true;
    is_bare = message.data == token->data;
    shortens = is_bare && is_short(message);
    if (!is_unnamed(message) && !shortens && !has_clients_pairs(message))
        return true;
    challenge->second = mem_copy(message);
    challenge->second_size = message.size;
    if (challenge->second && !*copy)
        *copy = mem_copy(*token);
    if (!challenge->second || !*copy)
        return false;
    change(*copy + (message.data - token->data), message);
    *token = span_of(*copy, shortens ? SECOND_SIZE : token->size);
    return true;
}

bool ntlm_challenge_is_signed(const struct ntlm_challenge *challenge, struct span token)
{
    struct span message, flags;

    return challenge->second && find_message(token, 3, MIC_AT + MIC_SIZE, &message) &&
           ntlm_watch_pair(message, PAIR_FLAGS, &flags) && flags.size == 4 &&
           flags.data[0] & PAIR_FLAGS_SIGNED;
}

bool ntlm_challenge_sign(const struct ntlm_challenge *challenge, struct span key, struct span token)
{
    struct message_cipher *cipher;
    struct span message;
    uint8_t *mic;
    bool is_good;

    if (!challenge->first || key.size != CIPHER_KEY_SIZE || !cipher_load() ||
        !find_message(token, 3, MIC_AT + MIC_SIZE, &message))
        return false;
    cipher = message_cipher_new(key.data, key.data);
    if (!cipher)
        return false;
    mic = (uint8_t *)(uintptr_t)message.data + MIC_AT; /* the token is the library's output */
    memset(mic, 0, MIC_SIZE);
    is_good = message_cipher_mac(cipher, span_of(challenge->first, challenge->first_size)) &&
              message_cipher_mac(cipher, span_of(challenge->second, challenge->second_size)) &&
              message_cipher_mac(cipher, message);
    message_cipher_mac_end(cipher, mic);
    message_cipher_free(cipher);
    return is_good;
}

void ntlm_challenge_done(struct ntlm_challenge *challenge)
{
    mem_free(challenge->first);
    mem_free(challenge->second);
    *challenge = (struct ntlm_challenge){.first = NULL};
}
