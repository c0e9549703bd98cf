/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See ntlm.h. A message is a fixed head whose fields tell length and offset of what follows; a list
 * of pairs (AV_PAIR) ends with a pair of zeros.
 *
 * Source: MS-NLMP 2.2.1.1 to 2.2.1.3 (messages), 2.2.2.1 (AV_PAIR), 2.2.2.7 and 2.2.2.8 (the
 * client's challenge and response of NTLMv2).
 */
#include "gss/ntlm.h"

#include <string.h>

#define MARK "NTLMSSP" /* with its zero */
#define MARK_SIZE sizeof(MARK)
#define TYPE_OFFSET 8

/* Of the flags. */
#define KEY_EXCHANGE 0x40000000u /* the client sends a key */
#define KEY_SIZE 16

/* Of the first message. */
#define NEGOTIATE_SIZE 16 /* the oldest form has no names */
#define NEGOTIATE_FLAGS 12

/* Of the challenge. */
#define CHALLENGE_SIZE 32 /* the oldest form has no list */
#define CHALLENGE_NAME 12
#define CHALLENGE_LIST 40

/* Of the response. */
#define AUTHENTICATE_SIZE 64
#define AUTHENTICATE_FIRST                                                                         \
    12 /* LM, NT, domain, user, workstation, session key: eight bytes each                         \
        */
#define AUTHENTICATE_NT 1
#define AUTHENTICATE_KEY 5
#define AUTHENTICATE_FIELDS 6
#define AUTHENTICATE_FLAGS 60
#define RESPONSE_NTLM1 24
#define RESPONSE_LIST 44

enum pair { PAIR_END, PAIR_FLAGS = 6, PAIR_TIME = 7, PAIR_BINDINGS = 10 };

static uint32_t little(const uint8_t *from, size_t size)
{
    uint32_t value = 0;

    while (size--)
        value = value << 8 | from[size];
    return value;
}

/* Length, room and offset. An empty one may stand anywhere. */
static bool field(struct span message, size_t at, size_t head, struct span *part)
{
    uint32_t size, offset;

    *part = (struct span){NULL, 0};
    if (at + 8 > message.size)
        return false;
    size = little(message.data + at, 2);
    offset = little(message.data + at + 4, 4);
    if (size == 0)
        return true;
    if (offset < head || offset > message.size || size > message.size - offset)
        return false;
    *part = span_of(message.data + offset, size);
    return true;
}

/* Names are UTF-16; the others have the size that their use needs. */
static bool pair_is_sound(uint32_t id, uint32_t size)
{
    switch (id) {
    case PAIR_FLAGS:
        return size == 4;
    case PAIR_TIME:
        return size == 8;
    case PAIR_BINDINGS:
        return size == 16;
    default:
        return size % 2 == 0;
    }
}

static bool list_is_sound(struct span list)
{
    while (list.size >= 4) {
        uint32_t id = little(list.data, 2), size = little(list.data + 2, 2);

        if (id == PAIR_END)
            return size == 0;
        if (size > list.size - 4 || !pair_is_sound(id, size))
            return false;
        list = span_of(list.data + 4 + size, list.size - 4 - size);
    }
    return false;
}

static bool challenge_is_sound(struct span message)
{
    struct span name, list;

    if (message.size < CHALLENGE_SIZE || !field(message, CHALLENGE_NAME, CHALLENGE_SIZE, &name))
        return false;
    if (name.size % 2)
        return false;
    if (message.size < CHALLENGE_LIST + 8)
        return true;
    return field(message, CHALLENGE_LIST, CHALLENGE_LIST + 8, &list) &&
           (list.size == 0 || list_is_sound(list));
}

/* gss-ntlmssp goes by what was agreed on before, whatever this message's flags say, and then takes
 * 16 bytes of it, wherever that is. */
static bool key_is_sound(struct span message, struct span key, const struct ntlm_seen *seen)
{
    bool is_sent = little(message.data + AUTHENTICATE_FLAGS, 4) & KEY_EXCHANGE;
    bool may_be_missing = seen->first && !seen->key_exchange && !is_sent;

    return key.size == KEY_SIZE || (key.size == 0 && may_be_missing);
}

static bool authenticate_is_sound(struct span message, const struct ntlm_seen *seen)
{
    struct span part;

    if (message.size < AUTHENTICATE_SIZE)
        return false;
    for (size_t i = 0; i < AUTHENTICATE_FIELDS; i++) {
        if (!field(message, AUTHENTICATE_FIRST + 8 * i, AUTHENTICATE_SIZE, &part))
            return false;
        if (i == AUTHENTICATE_KEY && !key_is_sound(message, part, seen))
            return false;
        if (i != AUTHENTICATE_NT || part.size <= RESPONSE_NTLM1)
            continue;
        if (part.size < RESPONSE_LIST ||
            !list_is_sound(span_of(part.data + RESPONSE_LIST, part.size - RESPONSE_LIST)))
            return false;
    }
    return true;
}

static bool negotiate_is_sound(struct span message, struct ntlm_seen *seen)
{
    if (message.size < NEGOTIATE_SIZE)
        return false;
    seen->first = true;
    seen->key_exchange =
        seen->key_exchange || little(message.data + NEGOTIATE_FLAGS, 4) & KEY_EXCHANGE;
    return true;
}

static bool message_is_sound(struct span message, struct ntlm_seen *seen)
{
    if (message.size < TYPE_OFFSET + 4)
        return false;
    switch (little(message.data + TYPE_OFFSET, 4)) {
    case 1:
        return negotiate_is_sound(message, seen);
    case 2:
        return challenge_is_sound(message);
    case 3:
        return authenticate_is_sound(message, seen);
    default:
        return false;
    }
}

/* DER's octet string whose contents begin at `at`: the bytes in front tell the length. */
static bool wrapped_size(struct span token, size_t at, size_t *size)
{
    for (size_t bytes = 0; bytes <= 2; bytes++) {
        const uint8_t *head;
        uint32_t value = 0;

        if (at < 2 + bytes)
            return false;
        head = token.data + at - 2 - bytes;
        if (head[0] != 0x04 || (bytes ? head[1] != (0x80 | bytes) : head[1] >= 0x80))
            continue;
        for (size_t i = 0; i < bytes; i++)
            value = value << 8 | head[2 + i];
        *size = bytes ? value : head[1];
        return *size <= token.size - at;
    }
    return false;
}

bool ntlm_is_sound(struct span token, struct ntlm_seen *seen)
{
    for (size_t at = 0; at + MARK_SIZE <= token.size; at++) {
        size_t size = token.size;

        if (memcmp(token.data + at, MARK, MARK_SIZE) != 0)
            continue;
        if (at > 0 && !wrapped_size(token, at, &size))
            return false;
        if (!message_is_sound(span_of(token.data + at, size), seen))
            return false;
        if (at == 0)
            return true; /* what follows is the message's own */
    }
    return true;
}
