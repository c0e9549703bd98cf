/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See alpn.h. GnuTLS takes eight names of at most 31 bytes, and refuses more; RFC 7301 and Windows
 * have 255 bytes for a name and 64 KB for the list. A list that GnuTLS takes is its business. For
 * others the extension is written and read here.
 */
#include "tls/gnutls/alpn.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/detached.h"

#define GNUTLS_COUNT_MAX 8
#define GNUTLS_SIZE_MAX 31

/*
 * application_layer_protocol_negotiation. GnuTLS lets no program take the place of what it has
 * itself, but compares all bits of an int and keeps 16: with one bit more it is a number that it
 * does not know, and the right one on the wire. A GnuTLS that looks closer refuses it
 * (TLS_NO_ALGORITHM), and nothing else changes.
 */
#define EXTENSION_ALPN (0x10000 | 16)

#define EXTENSION_PLACES                                                                           \
    (GNUTLS_EXT_FLAG_TLS | GNUTLS_EXT_FLAG_DTLS | GNUTLS_EXT_FLAG_CLIENT_HELLO |                   \
     GNUTLS_EXT_FLAG_EE | GNUTLS_EXT_FLAG_TLS12_SERVER_HELLO)

struct alpn {
    uint8_t chosen[LIMIT_ALPN_ID];
    size_t chosen_size; /* 0: none yet */
    size_t list_size;
    uint8_t list[]; /* ids with 8-bit lengths */
};

static struct span list_of(const struct alpn *alpn)
{
    return span_of(alpn->list, alpn->list_size);
}

/* ---- the extension ---- */

static void put_u16(uint8_t to[2], size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static int send_list(gnutls_buffer_t to, struct span list)
{
    uint8_t size[2];
    int error;

    put_u16(size, list.size);
    error = gnutls.buffer_append_data(to, size, sizeof(size));
    if (error >= 0)
        error = gnutls.buffer_append_data(to, list.data, list.size);
    return error < 0 ? error : (int)(sizeof(size) + list.size);
}

/* A client: all; a server: the one that it chose. */
static int send_extension(gnutls_session_t handle, gnutls_buffer_t to)
{
    const struct tls_session *session = gnutls.session_get_ptr(handle);
    const struct alpn *alpn = session->alpn;
    uint8_t one[1 + LIMIT_ALPN_ID];

    if (session->role == TLS_CLIENT)
        return send_list(to, list_of(alpn));
    if (!alpn->chosen_size)
        return 0;
    one[0] = (uint8_t)alpn->chosen_size;
    memcpy(one + 1, alpn->chosen, alpn->chosen_size);
    return send_list(to, span_of(one, 1 + alpn->chosen_size));
}

static bool list_has(struct span list, struct span wanted)
{
    struct span id;

    while (span_take_vector8(&list, &id)) {
        if (span_equal(id, wanted))
            return true;
    }
    return false;
}

/* RFC 7301 3.1: no empty name. */
static bool list_is_good(struct span list)
{
    struct span id;

    while (list.size) {
        if (!span_take_vector8(&list, &id) || !id.size)
            return false;
    }
    return true;
}

static void choose(struct alpn *alpn, struct span id)
{
    memcpy(alpn->chosen, id.data, id.size);
    alpn->chosen_size = id.size;
}

/* The server's order counts, as on Windows. */
static int choose_for_client(struct alpn *alpn, struct span theirs)
{
    struct span ours = list_of(alpn), id;

    alpn->chosen_size = 0;
    while (span_take_vector8(&ours, &id)) {
        if (list_has(theirs, id)) {
            choose(alpn, id);
            return 0;
        }
    }
    return GNUTLS_E_NO_APPLICATION_PROTOCOL;
}

/* RFC 7301 3.1: exactly one name, and one of those that were offered. */
static int take_answer(struct alpn *alpn, struct span answer)
{
    struct span id;

    if (!span_take_vector8(&answer, &id) || answer.size || !list_has(list_of(alpn), id))
        return GNUTLS_E_RECEIVED_ILLEGAL_PARAMETER;
    choose(alpn, id);
    return 0;
}

static int receive_extension(gnutls_session_t handle, const unsigned char *data, size_t size)
{
    const struct tls_session *session = gnutls.session_get_ptr(handle);
    struct span message = span_of(data, size), list;

    if (!span_take_vector16(&message, &list) || message.size || !list.size || !list_is_good(list))
        return GNUTLS_E_UNEXPECTED_PACKET_LENGTH;
    return session->role == TLS_SERVER ? choose_for_client(session->alpn, list)
                                       : take_answer(session->alpn, list);
}

/* ---- setting up ---- */

/* Into GnuTLS's form; false: it would not take them. */
static bool read_ids(struct span list, gnutls_datum_t ids[GNUTLS_COUNT_MAX], unsigned *count)
{
    struct span id;

    *count = 0;
    while (span_take_vector8(&list, &id)) {
        if (*count == GNUTLS_COUNT_MAX || id.size > GNUTLS_SIZE_MAX)
            return false;
        ids[(*count)++] = (gnutls_datum_t){(unsigned char *)(uintptr_t)id.data, (unsigned)id.size};
    }
    return true;
}

/* Before parameters that depend on it, and when a session is resumed as well. */
static enum tls_status set_ours(struct tls_session *session, struct span list)
{
    int error;

    session->alpn = mem_alloc(sizeof(*session->alpn) + list.size);
    if (!session->alpn)
        return TLS_NO_MEMORY;
    memcpy(session->alpn->list, list.data, list.size);
    session->alpn->list_size = list.size;
    error = gnutls.session_ext_register(session->handle, "ALPN, long", EXTENSION_ALPN,
                                        GNUTLS_EXT_MANDATORY, receive_extension, send_extension,
                                        NULL, NULL, NULL, EXTENSION_PLACES);
    if (error >= 0)
        return TLS_OK;
    TRACE(LOG_TLS, "application protocols: %s", gnutls.strerror_name(error));
    return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_NO_ALGORITHM;
}

enum tls_status alpn_set(struct tls_session *session, const struct tls_config *config)
{
    gnutls_datum_t ids[GNUTLS_COUNT_MAX];
    unsigned count, flags = 0;

    if (!config->alpn.size)
        return TLS_OK;
    if (!list_is_good(config->alpn))
        return TLS_BAD_ARGUMENT;
    if (!read_ids(config->alpn, ids, &count))
        return set_ours(session, config->alpn);
    /* A server chooses by its own order and fails without a common one, as Windows does. */
    if (session->role == TLS_SERVER)
        flags = GNUTLS_ALPN_SERVER_PRECEDENCE | GNUTLS_ALPN_MANDATORY;
    return gnutls.alpn_set_protocols(session->handle, ids, count, flags) < 0 ? TLS_NO_MEMORY
                                                                             : TLS_OK;
}

bool alpn_get(const struct tls_session *session, struct span *id)
{
    gnutls_datum_t value;

    if (session->detached) {
        *id = span_of(session->detached->alpn.data, session->detached->alpn.size);
        return true;
    }
    if (session->alpn) {
        *id = span_of(session->alpn->chosen, session->alpn->chosen_size);
        return id->size != 0;
    }
    if (gnutls.alpn_get_selected_protocol(session->handle, &value) < 0)
        return false;
    *id = span_of(value.data, value.size);
    return true;
}

void alpn_free(struct tls_session *session)
{
    mem_free(session->alpn);
    session->alpn = NULL;
}
