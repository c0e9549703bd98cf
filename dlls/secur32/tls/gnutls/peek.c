/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See peek.h. Sources: RFC 5246 7.4, RFC 8446 4.
 */
#include "tls/gnutls/peek.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/record.h"

#define EXTENSION_SIGNATURE_ALGORITHMS 13
#define EXTENSION_CERTIFICATE_AUTHORITIES 47

/* Of a renegotiation under a CBC suite only the sizes of records are known. This many times the
 * limit of one message is far more than a handshake has. */
#define OPAQUE_FACTOR 4

/* ---- messages in a stream ---- */

static bool keep(struct scanner *scanner, struct span part)
{
    if (scanner->header[0] != scanner->wanted || part.size == 0)
        return true;
    if (part.size > scanner->body_room - scanner->body_size) {
        size_t room = scanner->body_size + scanner->left;
        uint8_t *body = mem_alloc(room);

        if (!body)
            return false;
        if (scanner->body_size)
            memcpy(body, scanner->body, scanner->body_size);
        mem_free(scanner->body);
        scanner->body = body;
        scanner->body_room = room;
    }
    memcpy(scanner->body + scanner->body_size, part.data, part.size);
    scanner->body_size += part.size;
    return true;
}

enum scan scanner_next(struct scanner *scanner, struct span *from, size_t limit)
{
    struct span part;
    uint8_t byte;

    if (scanner->header_size == MESSAGE_HEADER && scanner->left == 0) {
        scanner->header_size = 0; /* the message of the last call */
        scanner->body_size = 0;
    }
    while (scanner->header_size < MESSAGE_HEADER) {
        if (!span_take_u8(from, &byte))
            return SCAN_MORE;
        scanner->header[scanner->header_size++] = byte;
        if (scanner->header_size == MESSAGE_HEADER)
            scanner->left = (size_t)scanner->header[1] << 16 | (size_t)scanner->header[2] << 8 |
                            scanner->header[3];
    }
    if (scanner->left > limit)
        return SCAN_TOO_LONG;
    if (!span_take(from, scanner->left < from->size ? scanner->left : from->size, &part) ||
        !keep(scanner, part))
        return SCAN_NO_MEMORY;
    scanner->left -= part.size;
    return scanner->left ? SCAN_MORE : SCAN_MESSAGE;
}

void scanner_done(struct scanner *scanner)
{
    mem_wipe_free(scanner->body, scanner->body_size);
    *scanner = (struct scanner){0};
}

/* ---- a certificate request ---- */

/* A list of DER names with 16-bit lengths, as it is kept. */
static bool names_are_good(struct span list)
{
    struct span name;

    while (list.size)
        if (!span_take_vector16(&list, &name) || name.size == 0)
            return false;
    return true;
}

static bool read_extensions(struct span extensions, struct span *names, struct span *schemes)
{
    struct span body;
    uint16_t type;

    while (extensions.size) {
        if (!span_take_u16(&extensions, &type) || !span_take_vector16(&extensions, &body))
            return false;
        if (type == EXTENSION_SIGNATURE_ALGORITHMS && !span_take_vector16(&body, schemes))
            return false;
        if (type == EXTENSION_CERTIFICATE_AUTHORITIES && !span_take_vector16(&body, names))
            return false;
    }
    return true;
}

enum peek_found peek_read_request(struct tls_session *session, bool modern, struct span body)
{
    struct span names = {NULL, 0}, schemes = {NULL, 0}, part;
    gnutls_protocol_t version = gnutls.protocol_get_version(session->handle);
    bool good;

    if (modern)
        good = span_take_vector8(&body, &part) && span_take_vector16(&body, &part) &&
               read_extensions(part, &names, &schemes);
    else if (version == GNUTLS_TLS1_2 || version == GNUTLS_DTLS1_2)
        good = span_take_vector8(&body, &part) && span_take_vector16(&body, &schemes) &&
               span_take_vector16(&body, &names);
    else
        good = span_take_vector8(&body, &part) && span_take_vector16(&body, &names);
    if (!good || !names_are_good(names))
        return PEEK_NOTHING;

    buffer_wipe(&session->authorities);
    buffer_wipe(&session->schemes);
    if (!buffer_add(&session->authorities, names.data, names.size) ||
        !buffer_add(&session->schemes, schemes.data, schemes.size))
        return PEEK_NO_MEMORY;
    return PEEK_REQUEST;
}

/* ---- looking into a record ---- */

/* The plaintext of a protected record, in the copy that the caller has made. Key and number are
 * those of this moment, also in a renegotiation: GnuTLS has read records since they were lent. */
static bool open_copy(struct tls_session *session, struct buffer *copy, struct span *plaintext,
                      uint8_t *type)
{
    struct tls_unseal unseal = {.record = copy->data, .size = copy->size};
    struct direction current = {0};
    struct refusal refusal;
    /* If it does not open, GnuTLS will say what is wrong with it. */
    bool opened = direction_peek(session, &current) && record_open(&current, &unseal, &refusal);

    direction_wipe(&current);
    if (!opened)
        return false;
    *plaintext = span_of(unseal.record + unseal.offset, unseal.plain_size);
    *type = unseal.type;
    return true;
}

/* What comes after these is no request. */
static bool is_last(const struct scanner *scanner, bool modern)
{
    uint8_t type = scanner->header[0];

    return type == MESSAGE_FINISHED || type == MESSAGE_SERVER_HELLO_DONE ||
           (modern && type == MESSAGE_CERTIFICATE);
}

/* Leaves out what was scanned when the record came before. */
static void skip_seen(struct peek *peek, struct span *plaintext)
{
    size_t skip = peek->seen < plaintext->size ? peek->seen : plaintext->size;

    peek->seen = 0;
    *plaintext = span_of(plaintext->data + skip, plaintext->size - skip);
}

static enum peek_found scan(struct tls_session *session, struct span plaintext, bool modern)
{
    struct peek *peek = &session->work->peek;
    size_t size = plaintext.size;
    enum peek_found request;
    enum scan found;

    skip_seen(peek, &plaintext);
    peek->scanner.wanted = peek->wants_request ? MESSAGE_CERTIFICATE_REQUEST : MESSAGE_NONE;
    while ((found = scanner_next(&peek->scanner, &plaintext, session->handshake_limit)) ==
           SCAN_MESSAGE) {
        if (peek->scanner.header[0] == peek->scanner.wanted) {
            request = peek_read_request(session, modern,
                                        span_of(peek->scanner.body, peek->scanner.body_size));
            if (request == PEEK_REQUEST)
                peek->seen = size - plaintext.size;
            if (request != PEEK_NOTHING)
                return request;
        }
        if (is_last(&peek->scanner, modern)) {
            peek->wants_request = false;
            peek->scanner.wanted = MESSAGE_NONE;
        }
    }
    if (found == SCAN_TOO_LONG)
        return PEEK_TOO_LARGE;
    return found == SCAN_NO_MEMORY ? PEEK_NO_MEMORY : PEEK_NOTHING;
}

/* A record whose contents nobody but GnuTLS can see. */
static enum peek_found count_opaque(struct tls_session *session, size_t size)
{
    struct peek *peek = &session->work->peek;

    if (peek->seen) { /* counted when it came before */
        peek->seen = 0;
        return PEEK_NOTHING;
    }
    peek->opaque += size;
    return peek->opaque / OPAQUE_FACTOR > session->handshake_limit ? PEEK_TOO_LARGE : PEEK_NOTHING;
}

enum peek_found peek_look(struct tls_session *session, struct span record)
{
    bool modern = session->began && session_is_modern(session);
    enum peek_found found;
    struct buffer copy = {NULL, 0, 0};
    struct span plaintext;
    uint8_t type = record.data[0];

    if (type != TLS_TYPE_HANDSHAKE && !(modern && type == TLS_TYPE_DATA))
        return PEEK_NOTHING;
    if (type == TLS_TYPE_HANDSHAKE && direction_is_clear(session)) {
        plaintext = span_of(record.data + RECORD_HEADER, record.size - RECORD_HEADER);
        return scan(session, plaintext, modern);
    }
    /* RFC 5246 7.3: in a first handshake of TLS 1.2 only Finished is protected. */
    if (!modern && !session->was_done)
        return count_opaque(session, record.size);
    if (!buffer_add(&copy, record.data, record.size))
        return PEEK_NO_MEMORY;
    if (!open_copy(session, &copy, &plaintext, &type))
        found = count_opaque(session, record.size);
    else
        found = type == TLS_TYPE_HANDSHAKE ? scan(session, plaintext, modern) : PEEK_NOTHING;
    buffer_wipe(&copy);
    return found;
}
