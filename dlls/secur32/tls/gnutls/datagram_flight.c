/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See datagram.h: messages come in pieces, in any order, and more than once. They are put together
 * here, and GnuTLS gets a flight when it is whole, each message once and in order. It could do so
 * itself, but forgets its own flight when the first message of the answer comes, and so could not
 * repeat it when the rest of the answer is lost (RFC 6347 4.2.4 wants that); and with a message
 * twice in its buffers, GnuTLS 3.7 takes no data any more.
 *
 * Which message ends a flight stands in RFC 6347 4.2.4 (figures 1 and 2) and RFC 5077 3.1.
 */
#include "tls/gnutls/datagram.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define TYPE_CHANGE_CIPHER_SPEC 20
#define EXTENSION_SESSION_TICKET 35
#define RANDOM_SIZE 32

/* Records of the next epoch that are kept; a Finished is below 100 bytes. */
#define SEALED_MAX 2048
/* Of one record that GnuTLS is given: it may be up to 2^14 with its header. */
#define PART_MAX (LIMIT_PLAINTEXT - DATAGRAM_MESSAGE_HEADER)
#define EMPTY_CERTIFICATE 3

bool datagram_take_piece(struct span *body, struct datagram_piece *piece)
{
    uint32_t size, offset, length;

    if (!span_take_u8(body, &piece->type) || !span_take_u24(body, &size) ||
        !span_take_u16(body, &piece->number) || !span_take_u24(body, &offset) ||
        !span_take_u24(body, &length) || !span_take(body, length, &piece->bytes))
        return false;
    piece->size = size;
    piece->offset = offset;
    return offset <= size && length <= size - offset;
}

/* ---- messages ---- */

void flight_done(struct datagrams *datagrams)
{
    for (size_t i = 0; i < datagrams->message_count; i++) {
        mem_free(datagrams->message[i].body);
        mem_free(datagrams->message[i].have);
    }
    datagrams->message_count = 0;
    datagrams->message_bytes = 0;
    datagrams->changed = false;
    buffer_wipe(&datagrams->sealed);
}

static struct datagram_message *find_number(struct datagrams *datagrams, uint16_t number)
{
    for (size_t i = 0; i < datagrams->message_count; i++)
        if (datagrams->message[i].number == number)
            return &datagrams->message[i];
    return NULL;
}

static const struct datagram_message *find_type(const struct datagrams *datagrams, uint8_t type)
{
    for (size_t i = 0; i < datagrams->message_count; i++)
        if (datagrams->message[i].type == type)
            return &datagrams->message[i];
    return NULL;
}

/* *message NULL: there are enough. false: no memory. */
static bool begin_message(struct tls_session *session, const struct datagram_piece *piece,
                          struct datagram_message **message)
{
    struct datagrams *datagrams = session->datagrams;
    struct datagram_message begun = {
        .type = piece->type, .number = piece->number, .size = piece->size, .left = piece->size};

    *message = NULL;
    if (datagrams->message_count == FLIGHT_MESSAGES ||
        piece->size > 2 * session->handshake_limit - datagrams->message_bytes)
        return true;
    begun.body = mem_alloc(piece->size + 1);
    begun.have = mem_alloc(piece->size + 1);
    if (!begun.body || !begun.have) {
        mem_free(begun.body);
        mem_free(begun.have);
        return false;
    }
    datagrams->message_bytes += piece->size;
    *message = &datagrams->message[datagrams->message_count++];
    **message = begun;
    return true;
}

static bool add_piece(struct tls_session *session, const struct datagram_piece *piece)
{
    struct datagram_message *message = find_number(session->datagrams, piece->number);

    if (!message && !begin_message(session, piece, &message))
        return false;
    if (!message || message->type != piece->type || message->size != piece->size)
        return true;
    for (size_t i = 0; i < piece->bytes.size; i++) {
        size_t at = piece->offset + i;

        if (message->have[at])
            continue;
        message->have[at] = 1;
        message->body[at] = piece->bytes.data[i];
        message->left--;
    }
    return true;
}

/* ---- is it whole? ---- */

/* No number is lacking, and no byte. */
static bool messages_are_whole(struct datagrams *datagrams)
{
    for (size_t i = 0; i < datagrams->message_count; i++) {
        const struct datagram_message *message =
            find_number(datagrams, (uint16_t)(datagrams->next + i));

        if (!message || message->left)
            return false;
    }
    return true;
}

/* The ServerHello says that a NewSessionTicket comes (RFC 5077 3.2). */
static bool promises_ticket(const struct datagram_message *hello)
{
    struct span body = {hello->body, hello->size}, part, list;
    uint16_t type;

    if (!span_take(&body, 2 + RANDOM_SIZE, &part) || !span_take_vector8(&body, &part) ||
        !span_take(&body, 3, &part) || !span_take_vector16(&body, &list))
        return false;
    while (span_take_u16(&list, &type) && span_take_vector16(&list, &part))
        if (type == EXTENSION_SESSION_TICKET)
            return true;
    return false;
}

static bool is_finished(const struct datagrams *datagrams)
{
    return datagrams->changed && datagrams->sealed.size;
}

static bool server_is_whole(struct datagrams *datagrams)
{
    const struct datagram_message *hello = find_type(datagrams, MESSAGE_SERVER_HELLO);

    if (hello)
        datagrams->ticket = promises_ticket(hello);
    if (find_type(datagrams, MESSAGE_HELLO_VERIFY_REQUEST) ||
        find_type(datagrams, MESSAGE_SERVER_HELLO_DONE))
        return true;
    return is_finished(datagrams) &&
           (!datagrams->ticket || find_type(datagrams, MESSAGE_NEW_SESSION_TICKET));
}

static bool client_is_whole(const struct datagrams *datagrams)
{
    const struct datagram_message *certificate = find_type(datagrams, MESSAGE_CERTIFICATE);

    if (find_type(datagrams, MESSAGE_CLIENT_HELLO))
        return true;
    if (datagrams->made_done && !find_type(datagrams, MESSAGE_CLIENT_KEY_EXCHANGE))
        return false;
    if (certificate && certificate->size > EMPTY_CERTIFICATE &&
        !find_type(datagrams, MESSAGE_CERTIFICATE_VERIFY))
        return false;
    return is_finished(datagrams);
}

static bool is_whole(struct tls_session *session)
{
    struct datagrams *datagrams = session->datagrams;

    if (!messages_are_whole(datagrams))
        return false;
    return session->role == TLS_CLIENT ? server_is_whole(datagrams) : client_is_whole(datagrams);
}

/* ---- records for GnuTLS ---- */

/* In clear text numbers are nobody's secret: GnuTLS sees one after the other. */
static bool add_clear(struct datagrams *datagrams, uint8_t type, struct span first,
                      struct span second, struct buffer *records)
{
    uint64_t number = datagrams->given++;
    size_t size = first.size + second.size;
    const uint8_t header[DATAGRAM_HEADER] = {type,
                                             datagrams->version[0],
                                             datagrams->version[1],
                                             0,
                                             0,
                                             0,
                                             0,
                                             (uint8_t)(number >> 24),
                                             (uint8_t)(number >> 16),
                                             (uint8_t)(number >> 8),
                                             (uint8_t)number,
                                             (uint8_t)(size >> 8),
                                             (uint8_t)size};

    return buffer_add(records, header, sizeof(header)) &&
           buffer_add(records, first.data, first.size) &&
           buffer_add(records, second.data, second.size);
}

static bool add_message(struct datagrams *datagrams, const struct datagram_message *message,
                        struct buffer *records)
{
    size_t offset = 0;

    do {
        size_t left = message->size - offset, part = left < PART_MAX ? left : PART_MAX;
        uint8_t header[DATAGRAM_MESSAGE_HEADER];
        struct writer to = writer_of(header, sizeof(header));

        write_u8(&to, message->type);
        write_u24(&to, (uint32_t)message->size); /* it came so */
        write_u16(&to, message->number);
        write_u24(&to, (uint32_t)offset);
        write_u24(&to, (uint32_t)part);
        if (!add_clear(datagrams, TLS_TYPE_HANDSHAKE, span_of(header, sizeof(header)),
                       span_of(message->body + offset, part), records))
            return false;
        offset += part;
    } while (offset < message->size);
    return true;
}

static bool keep_request(struct datagrams *datagrams)
{
    const struct datagram_message *request = find_type(datagrams, MESSAGE_CERTIFICATE_REQUEST);

    if (!request)
        return true;
    buffer_wipe(&datagrams->request);
    return buffer_add(&datagrams->request, request->body, request->size);
}

static bool hand_over(struct datagrams *datagrams, struct buffer *records)
{
    static const uint8_t change = 1;
    size_t count = datagrams->message_count;
    bool good = keep_request(datagrams);

    for (size_t i = 0; good && i < count; i++)
        good = add_message(datagrams, find_number(datagrams, (uint16_t)(datagrams->next + i)),
                           records);
    if (good && datagrams->changed)
        good = add_clear(datagrams, TYPE_CHANGE_CIPHER_SPEC, span_of(&change, 1), span_of(NULL, 0),
                         records);
    good = good && buffer_add(records, datagrams->sealed.data, datagrams->sealed.size);
    datagrams->keyed = datagrams->changed;
    datagrams->before = datagrams->next;
    datagrams->next += (uint32_t)count;
    flight_done(datagrams);
    return good;
}

/* ---- what came ---- */

/* The record has the begin of a flight. Has the peer sent it, or is it a copy that the network has
 * made of the last one? Not by which number is larger: anybody could send the largest. */
static bool is_sent_anew(struct datagrams *datagrams, struct span record)
{
    uint64_t number = datagram_number(record.data);
    bool anew = number != datagrams->first_came;

    datagrams->first_came = number;
    return anew;
}

static enum flight add_handshake(struct tls_session *session, struct span record)
{
    struct datagrams *datagrams = session->datagrams;
    struct span body = {record.data + DATAGRAM_HEADER, record.size - DATAGRAM_HEADER};
    enum flight found = FLIGHT_KEPT;
    struct datagram_piece piece;

    while (datagram_take_piece(&body, &piece)) {
        if (piece.number < datagrams->next) {
            /* Ours may have been lost. One repetition for all the pieces of theirs. */
            if (piece.number == datagrams->before && piece.offset == 0 &&
                is_sent_anew(datagrams, record))
                found = FLIGHT_REPEATED;
            continue;
        }
        if (piece.number == datagrams->next && piece.offset == 0)
            (void)is_sent_anew(datagrams, record);
        if (piece.size > session->handshake_limit)
            return FLIGHT_TOO_LARGE;
        if (!add_piece(session, &piece))
            return FLIGHT_NO_MEMORY;
    }
    return found;
}

/* Whether it is the peer's, nobody knows before GnuTLS has opened it. */
static enum flight add_sealed(struct datagrams *datagrams, struct span record,
                              struct buffer *records)
{
    if (datagrams->keyed)
        return buffer_add(records, record.data, record.size) ? FLIGHT_PASS : FLIGHT_NO_MEMORY;
    if (record.size > SEALED_MAX - datagrams->sealed.size)
        return FLIGHT_KEPT;
    return buffer_add(&datagrams->sealed, record.data, record.size) ? FLIGHT_KEPT
                                                                    : FLIGHT_NO_MEMORY;
}

static enum flight add_record(struct tls_session *session, struct span record,
                              struct buffer *records)
{
    struct datagrams *datagrams = session->datagrams;
    unsigned epoch = (unsigned)record.data[3] << 8 | record.data[4];
    struct span body = {record.data + DATAGRAM_HEADER, record.size - DATAGRAM_HEADER};

    if (record.data[1] != 0xfe || epoch > 1)
        return FLIGHT_KEPT;
    if (epoch == 1)
        return record.data[0] == TLS_TYPE_HANDSHAKE ? add_sealed(datagrams, record, records)
                                                    : FLIGHT_KEPT;
    datagrams->version[0] = record.data[1];
    datagrams->version[1] = record.data[2];
    switch (record.data[0]) {
    case TLS_TYPE_HANDSHAKE:
        return add_handshake(session, record);
    case TYPE_CHANGE_CIPHER_SPEC:
        datagrams->changed = datagrams->changed || span_equal(body, span_of("\1", 1));
        return FLIGHT_KEPT;
    case TLS_TYPE_ALERT:
        return add_clear(datagrams, TLS_TYPE_ALERT, body, span_of(NULL, 0), records)
                   ? FLIGHT_PASS
                   : FLIGHT_NO_MEMORY;
    default:
        return FLIGHT_KEPT;
    }
}

enum flight flight_add(struct tls_session *session, struct span record, struct buffer *records)
{
    enum flight found = add_record(session, record, records);

    if (found != FLIGHT_KEPT || !is_whole(session))
        return found;
    return hand_over(session->datagrams, records) ? FLIGHT_WHOLE : FLIGHT_NO_MEMORY;
}
