/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See ntlm_session.h. A signature is the version 1, eight bytes of a checksum and the message's
 * number. The checksum is over all parts, whether they are sealed or not (MS-NLMP 3.4.6.1), as
 * plain text; where a key was exchanged it is sealed as well, behind the data (3.4.4.2).
 *
 * What is found wrong before the stream moves on (version, number: both stand there in clear) does
 * no harm to the context. A wrong checksum does: the stream has moved, the number has not (3.4.4).
 */
#include "gss/mit/ntlm_session.h"

#include <string.h>

#include "base/mem.h"
#include "gss/cipher.h"

#define SIGNATURE_VERSION 1
#define CHECKSUM_AT 4
#define CHECKSUM_SIZE 8
#define NUMBER_AT 12
#define FIELD_SIZE 4

/* 3.4.5.2 and 3.4.5.3; the zero at the end belongs to each. */
#define TEXT_OF(direction, purpose) "session key to " direction " " purpose " key magic constant"
#define CLIENT "client-to-server"
#define SERVER "server-to-client"

struct direction {
    struct message_cipher *cipher;
    uint32_t number; /* of the next message */
};

struct ntlm_session {
    bool seals_checksum; /* constant */
    struct direction send, receive;
};

/* ---- keys ---- */

/* 3.4.5.3: how much of the session key goes into the key for sealing. */
static size_t seal_strength(uint32_t flags)
{
    if (flags & NTLM_FLAG_128)
        return CIPHER_KEY_SIZE;
    return flags & NTLM_FLAG_56 ? 7 : 5;
}

static bool direction_make(struct direction *direction, const struct ntlm_terms *terms,
                           bool from_client)
{
    static const char texts[2][2][sizeof(TEXT_OF(CLIENT, "signing"))] = {
        {TEXT_OF(SERVER, "signing"), TEXT_OF(SERVER, "sealing")},
        {TEXT_OF(CLIENT, "signing"), TEXT_OF(CLIENT, "sealing")}};
    struct span sign_text = span_of(texts[from_client][0], sizeof(texts[0][0]));
    struct span seal_text = span_of(texts[from_client][1], sizeof(texts[0][1]));
    struct span strong = span_of(terms->key.data, seal_strength(terms->flags));
    uint8_t sign_key[CIPHER_KEY_SIZE], seal_key[CIPHER_KEY_SIZE];

    if (cipher_md5(terms->key, sign_text, sign_key) && cipher_md5(strong, seal_text, seal_key))
        direction->cipher = message_cipher_new(sign_key, seal_key);
    mem_wipe(sign_key, sizeof(sign_key));
    mem_wipe(seal_key, sizeof(seal_key));
    return direction->cipher != NULL;
}

struct ntlm_session *ntlm_session_new(const struct ntlm_terms *terms)
{
    const uint32_t needed = NTLM_FLAG_SIGN | NTLM_FLAG_EXTENDED;
    struct ntlm_session *session;

    if ((terms->flags & needed) != needed || terms->key.size != CIPHER_KEY_SIZE || !cipher_load())
        return NULL;
    session = mem_alloc(sizeof(*session));
    if (!session)
        return NULL;
    session->seals_checksum = terms->flags & NTLM_FLAG_KEY_EXCHANGE;
    session->send.number = terms->sent;
    session->receive.number = terms->received;
    if (direction_make(&session->send, terms, !terms->is_server) &&
        direction_make(&session->receive, terms, terms->is_server))
        return session;
    ntlm_session_free(session);
    return NULL;
}

void ntlm_session_free(struct ntlm_session *session)
{
    if (!session)
        return;
    message_cipher_free(session->send.cipher);
    message_cipher_free(session->receive.cipher);
    mem_wipe_free(session, sizeof(*session));
}

/* ---- signatures ---- */

static void put_little(uint8_t *to, uint32_t value)
{
    for (size_t i = 0; i < FIELD_SIZE; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static bool is_text(const struct mech_part *part)
{
    return part->kind != MECH_PART_HEADER && part->kind != MECH_PART_PADDING;
}

/* Without the last step, which seals it. */
static bool signature_make(struct direction *direction, const struct mech_part *parts, size_t count,
                           uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    uint8_t mac[CIPHER_KEY_SIZE];
    bool is_good;

    put_little(signature, SIGNATURE_VERSION);
    put_little(signature + NUMBER_AT, direction->number);
    is_good = message_cipher_mac(direction->cipher, span_of(signature + NUMBER_AT, FIELD_SIZE));
    for (size_t i = 0; i < count; i++)
        if (is_text(&parts[i]))
            is_good = is_good &&
                      message_cipher_mac(direction->cipher, span_of(parts[i].data, parts[i].size));
    message_cipher_mac_end(direction->cipher, mac); /* also where it failed: the next begins anew */
    memcpy(signature + CHECKSUM_AT, mac, CHECKSUM_SIZE);
    return is_good;
}

static bool signature_seal(const struct ntlm_session *session, struct direction *direction,
                           uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    return !session->seals_checksum ||
           message_cipher_stream(direction->cipher, signature + CHECKSUM_AT, CHECKSUM_SIZE);
}

static bool data_stream(struct direction *direction, const struct mech_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_DATA &&
            !message_cipher_stream(direction->cipher, parts[i].data, parts[i].size))
            return false;
    return true;
}

/* ---- both ways ---- */

static enum mech_status protect(struct ntlm_session *session, const struct mech_part *parts,
                                size_t count, uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    struct direction *send = &session->send;

    if (!signature_make(send, parts, count, signature) || !data_stream(send, parts, count) ||
        !signature_seal(session, send, signature))
        return MECH_FAILED;
    send->number++;
    return MECH_OK;
}

static void wipe_data(const struct mech_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_DATA && parts[i].size)
            mem_wipe(parts[i].data, parts[i].size);
}

static enum mech_status unprotect(struct ntlm_session *session, const struct mech_part *parts,
                                  size_t count, const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    struct direction *receive = &session->receive;
    uint8_t wanted[NTLM_SIGNATURE_SIZE], field[FIELD_SIZE];
    enum mech_status status = MECH_ALTERED;

    put_little(field, SIGNATURE_VERSION);
    if (memcmp(signature, field, FIELD_SIZE) != 0)
        return MECH_ALTERED;
    put_little(field, receive->number);
    if (memcmp(signature + NUMBER_AT, field, FIELD_SIZE) != 0)
        return MECH_OUT_OF_SEQUENCE;
    if (!data_stream(receive, parts, count) || !signature_make(receive, parts, count, wanted) ||
        !signature_seal(session, receive, wanted))
        status = MECH_FAILED;
    else if (cipher_equal(signature, wanted, sizeof(wanted)))
        status = MECH_OK;
    if (status == MECH_OK)
        receive->number++;
    else
        wipe_data(parts, count); /* it is not the peer's */
    return status;
}

/* ---- the calls ---- */

/* The header is there: mech_wrap and mech_unwrap see to that. */
static struct mech_part *header_of(struct mech_part *parts)
{
    while (parts->kind != MECH_PART_HEADER)
        parts++;
    return parts;
}

enum mech_status ntlm_seal(struct ntlm_session *session, struct mech_part *parts, size_t count)
{
    struct mech_part *header = header_of(parts);
    size_t room = header->size;
    enum mech_status status;

    header->size = NTLM_SIGNATURE_SIZE;
    if (room < NTLM_SIGNATURE_SIZE)
        return MECH_TOO_SMALL;
    status = protect(session, parts, count, header->data);
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_PADDING)
            parts[i].size = 0; /* NTLM has none */
    return status;
}

enum mech_status ntlm_open(struct ntlm_session *session, struct mech_part *parts, size_t count)
{
    const struct mech_part *header = header_of(parts);

    if (header->size != NTLM_SIGNATURE_SIZE)
        return MECH_BAD_TOKEN;
    return unprotect(session, parts, count, header->data);
}

enum mech_status ntlm_open_stream(struct ntlm_session *session, uint8_t *message,
                                  size_t message_size, size_t *offset, size_t *size)
{
    struct mech_part data = {.kind = MECH_PART_DATA};

    if (message_size < NTLM_SIGNATURE_SIZE)
        return MECH_BAD_TOKEN;
    data.data = message + NTLM_SIGNATURE_SIZE;
    data.size = message_size - NTLM_SIGNATURE_SIZE;
    *offset = NTLM_SIGNATURE_SIZE;
    *size = data.size;
    return unprotect(session, &data, 1, message);
}

/* A signature is that of a message of which nothing is sealed. */
static struct mech_part in_clear(struct span message)
{
    return (struct mech_part){MECH_PART_SIGN_ONLY, (uint8_t *)(uintptr_t)message.data,
                              message.size};
}

enum mech_status ntlm_sign(struct ntlm_session *session, struct span message, uint8_t *to,
                           size_t room, size_t *size)
{
    struct mech_part text = in_clear(message);

    *size = NTLM_SIGNATURE_SIZE;
    return room < NTLM_SIGNATURE_SIZE ? MECH_TOO_SMALL : protect(session, &text, 1, to);
}

enum mech_status ntlm_verify(struct ntlm_session *session, struct span message,
                             struct span signature)
{
    struct mech_part text = in_clear(message);

    return signature.size == NTLM_SIGNATURE_SIZE ? unprotect(session, &text, 1, signature.data)
                                                 : MECH_BAD_TOKEN;
}
