/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See client_hello.h. Sources: RFC 8446 4.1.2 and 5.1, RFC 6066 3.
 */
#include "schannel/client_hello.h"

#include "base/hello.h"
#include "base/limits.h"

#define TYPE_HANDSHAKE 22
#define MESSAGE_CLIENT_HELLO 1
#define MESSAGE_HEADER 4
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

SECURITY_STATUS client_hello_read(struct span message, bool bare, struct client_hello *hello)
{
    struct hello_client body;
    SECURITY_STATUS status = SEC_E_OK;

    *hello = (struct client_hello){.extensions = span_of(NULL, 0)};
    if (!bare)
        status = open_record(&message, hello);
    if (status == SEC_E_OK)
        status = open_message(&message, bare, hello);
    if (status != SEC_E_OK)
        return status;
    if (!hello_read_client(message, false, &body))
        return SEC_E_ILLEGAL_MESSAGE;
    hello->extensions = body.extensions;
    return SEC_E_OK;
}

SECURITY_STATUS client_hello_server_name(const struct client_hello *hello, struct span *name)
{
    struct span body, list, entry;
    uint8_t kind;

    *name = span_of(NULL, 0);
    if (!hello_find_extension(hello->extensions, CLIENT_HELLO_SERVER_NAME, &body))
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
