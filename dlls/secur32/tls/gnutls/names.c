/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a target name is. Sources: RFC 1035 2.3.4 and RFC 5890 (lengths and IDNA), RFC 6066 3 (an
 * address is never sent as a server name).
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/log.h"
#include "tls/gnutls/library.h"

#define HOST_MAX 255
#define HOST_LABEL_MAX 63

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

/* IPv6 may stand in brackets, and have a zone, which is for this machine alone. */
static bool is_address(struct span text)
{
    char copy[INET6_ADDRSTRLEN + 1];
    uint8_t address[16];
    const uint8_t *zone;

    if (text.size >= 2 && text.data[0] == '[' && text.data[text.size - 1] == ']')
        text = span_of(text.data + 1, text.size - 2);
    zone = memchr(text.data, '%', text.size);
    if (zone)
        text.size = (size_t)(zone - text.data);
    if (text.size == 0 || text.size >= sizeof(copy))
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = 0;
    return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

static bool labels_are_good(struct span name)
{
    size_t label = 0;

    if (name.size == 0 || name.size > HOST_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];

        if (byte <= ' ' || byte == 0x7f || (byte == '.' && label == 0))
            return false;
        label = byte == '.' ? 0 : label + 1;
        if (label > HOST_LABEL_MAX)
            return false;
    }
    return true;
}

static enum tls_status give(struct span name, uint8_t *ascii, size_t room, size_t *size)
{
    if (!labels_are_good(name))
        return TLS_BAD_ARGUMENT;
    *size = name.size;
    if (room < name.size)
        return TLS_TOO_SMALL;
    memcpy(ascii, name.data, name.size);
    return TLS_OK;
}

static struct span without_final_dot(struct span name)
{
    if (name.size && name.data[name.size - 1] == '.')
        name.size--;
    return name;
}

static enum tls_status map_name(struct span target, uint8_t *ascii, size_t room, size_t *size)
{
    gnutls_datum_t mapped = {NULL, 0};
    enum tls_status status;
    int error;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    /* Longer than any name, in UTF-8 of four bytes a character. */
    if (target.size > 4 * HOST_MAX || memchr(target.data, 0, target.size))
        return TLS_BAD_ARGUMENT;
    error = gnutls.idna_map((const char *)target.data, (unsigned)target.size, &mapped, 0);
    if (error < 0) {
        TRACE(LOG_TLS, "target name: %s", gnutls.strerror_name(error));
        return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_BAD_ARGUMENT;
    }
    status = give(without_final_dot(span_of(mapped.data, mapped.size)), ascii, room, size);
    library_free(mapped.data);
    return status;
}

enum tls_status tls_name(struct span target, enum tls_name_kind *kind, uint8_t *ascii, size_t room,
                         size_t *size)
{
    enum tls_status status;

    if (target.size == 0) {
        *kind = TLS_NAME_NONE;
        *size = 0;
        return TLS_OK;
    }
    if (is_address(target)) {
        *size = target.size;
        if (room < target.size)
            return TLS_TOO_SMALL;
        memcpy(ascii, target.data, target.size);
        *kind = TLS_NAME_ADDRESS;
        return TLS_OK;
    }
    status = is_ascii(target) ? give(without_final_dot(target), ascii, room, size)
                              : map_name(target, ascii, room, size);
    if (status == TLS_OK)
        *kind = TLS_NAME_HOST;
    return status;
}
