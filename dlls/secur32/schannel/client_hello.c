/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See client_hello.h. Sources: RFC 8446 4.1.2 and 5.1, RFC 5246 7.4.1.2, RFC 6066 3.
 */
#include "schannel/client_hello.h"

#include "base/limits.h"

#define TYPE_HANDSHAKE 22
#define MESSAGE_CLIENT_HELLO 1
#define MESSAGE_HEADER 4
#define VERSION_AND_RANDOM (2 + 32)
#define SESSION_ID_MAX 32
#define NAME_HOST 0

static SECURITY_STATUS incomplete(struct client_hello *hello, size_t missing)
{
    hello->missing = missing;
    return SEC_E_INCOMPLETE_MESSAGE;
}

/* Strips the record's header. What cannot become a ClientHello is told at the first byte. */
static SECURITY_STATUS open_record(struct span *message, struct client_hello *hello)
{
    struct span all = *message, record;
    uint16_t length;

    if ((all.size > 0 && all.data[0] != TYPE_HANDSHAKE) || (all.size > 1 && all.data[1] != 3))
        return SEC_E_ILLEGAL_MESSAGE;
    if (!span_take(&all, 3, &record) || !span_take_u16(&all, &length))
        return incomplete(hello, LIMIT_RECORD_HEADER - message->size);
    if (length < MESSAGE_HEADER || length > LIMIT_PLAINTEXT)
        return SEC_E_ILLEGAL_MESSAGE;
    if (!span_take(&all, length, &record))
        return incomplete(hello, length - all.size);
    *message = record;
    return SEC_E_OK;
}

static SECURITY_STATUS open_message(struct span *message, bool bare, struct client_hello *hello)
{
    struct span all = *message, body;
    uint32_t length;
    uint8_t type;

    if (all.size > 0 && all.data[0] != MESSAGE_CLIENT_HELLO)
        return SEC_E_ILLEGAL_MESSAGE;
    if (!span_take_u8(&all, &type) || !span_take_u24(&all, &length))
        return incomplete(hello, MESSAGE_HEADER - message->size);
    if (!span_take(&all, length, &body))
        return bare ? incomplete(hello, length - all.size) : SEC_E_ILLEGAL_MESSAGE;
    *message = body;
    return SEC_E_OK;
}

static bool well_formed(struct span list)
{
    struct span body;
    uint16_t type;

    while (list.size)
        if (!span_take_u16(&list, &type) || !span_take_vector16(&list, &body))
            return false;
    return true;
}

static SECURITY_STATUS read_body(struct span body, struct client_hello *hello)
{
    struct span part, session_id, suites, compression;

    if (!span_take(&body, VERSION_AND_RANDOM, &part) || !span_take_vector8(&body, &session_id) ||
        !span_take_vector16(&body, &suites) || !span_take_vector8(&body, &compression))
        return SEC_E_ILLEGAL_MESSAGE;
    if (session_id.size > SESSION_ID_MAX || !suites.size || suites.size % 2 || !compression.size)
        return SEC_E_ILLEGAL_MESSAGE;
    if (!body.size)
        return SEC_E_OK;
    if (!span_take_vector16(&body, &hello->extensions) || body.size ||
        !well_formed(hello->extensions))
        return SEC_E_ILLEGAL_MESSAGE;
    return SEC_E_OK;
}

SECURITY_STATUS client_hello_read(struct span message, bool bare, struct client_hello *hello)
{
    SECURITY_STATUS status = SEC_E_OK;

    *hello = (struct client_hello){.extensions = span_of(NULL, 0)};
    if (!bare)
        status = open_record(&message, hello);
    if (status == SEC_E_OK)
        status = open_message(&message, bare, hello);
    return status == SEC_E_OK ? read_body(message, hello) : status;
}

bool client_hello_find(const struct client_hello *hello, uint16_t type, struct span *body)
{
    struct span list = hello->extensions, found;
    uint16_t number;

    while (span_take_u16(&list, &number) && span_take_vector16(&list, &found))
        if (number == type) {
            *body = found;
            return true;
        }
    return false;
}

SECURITY_STATUS client_hello_server_name(const struct client_hello *hello, struct span *name)
{
    struct span body, list, entry;
    uint8_t kind;

    *name = span_of(NULL, 0);
    if (!client_hello_find(hello, CLIENT_HELLO_SERVER_NAME, &body))
        return SEC_E_OK;
    if (!span_take_vector16(&body, &list) || body.size || !list.size)
        return SEC_E_ILLEGAL_MESSAGE;
    while (list.size) {
        if (!span_take_u8(&list, &kind) || !span_take_vector16(&list, &entry) || !entry.size)
            return SEC_E_ILLEGAL_MESSAGE;
        if (kind == NAME_HOST && !name->size)
            *name = entry;
    }
    return SEC_E_OK;
}
