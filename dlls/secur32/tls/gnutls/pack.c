/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sessions as bytes, for ExportSecurityContext: both keys with their numbers, and the facts. The
 * form is ours alone, for one machine and one version of this library; every length of it is
 * checked all the same. What decides where records are written is never believed but made anew.
 */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tls/gnutls/alpn.h"
#include "tls/gnutls/detached.h"
#include "tls/gnutls/errors.h"

#define MAGIC 0x53583031u /* "SX01" */
#define CHAIN_SIZE_MAX (LIMIT_CHAIN * (LIMIT_CERTIFICATE + 3))

#define VERSION_1_2 0x0303
#define VERSION_1_3 0x0304

/* ---- writing ---- */

/* Appends; false: no memory. */
static bool put_number(struct buffer *to, uint64_t value, size_t size)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    return buffer_add(to, bytes, size);
}

static bool put_vector(struct buffer *to, struct span bytes, size_t length_size)
{
    return put_number(to, bytes.size, length_size) && buffer_add(to, bytes.data, bytes.size);
}

static bool put_direction(struct buffer *to, const struct direction *from)
{
    return put_number(to, from->algorithm, 2) && put_number(to, from->modern, 1) &&
           put_number(to, from->sequence, 8) && buffer_add(to, from->iv, sizeof(from->iv)) &&
           put_vector(to, span_of(from->key, from->key_size), 1);
}

static struct span bytes_of(const struct buffer *buffer)
{
    return span_of(buffer->data, buffer->size);
}

static bool put_chain(struct tls_session *session, struct buffer *to)
{
    const gnutls_datum_t *list;
    struct buffer chain = {NULL, 0, 0};
    unsigned count = 0;
    bool good = true;

    if (session->detached)
        return put_vector(to, bytes_of(&session->detached->chain), 4);
    list = gnutls.certificate_get_peers(session->handle, &count);
    for (unsigned i = 0; good && list && i < count && i < LIMIT_CHAIN; i++)
        good = put_vector(&chain, span_of(list[i].data, list[i].size), 3);
    good = good && put_vector(to, bytes_of(&chain), 4);
    buffer_wipe(&chain);
    return good;
}

static bool put_unique(struct tls_session *session, struct buffer *to)
{
    gnutls_datum_t binding = {NULL, 0};
    bool good;

    if (session->detached)
        return put_vector(to, bytes_of(&session->detached->unique), 1);
    if (session->send.modern ||
        gnutls.session_channel_binding(session->handle, GNUTLS_CB_TLS_UNIQUE, &binding) < 0)
        return put_number(to, 0, 1);
    good = binding.size <= UINT8_MAX && put_vector(to, span_of(binding.data, binding.size), 1);
    library_free(binding.data);
    return good;
}

static bool put_alpn(const struct tls_session *session, struct buffer *to)
{
    struct span id = {NULL, 0};

    return !alpn_get(session, &id) ? put_number(to, 0, 1)
                                   : id.size <= UINT8_MAX && put_vector(to, id, 1);
}

static bool put_session(struct tls_session *session, const struct tls_info *info, struct buffer *to)
{
    return put_number(to, MAGIC, 4) && put_number(to, session->role, 1) &&
           put_number(to, session->record_limit, 2) &&
           put_number(to, session->handshake_limit, 4) &&
           put_vector(to, span_of(info, sizeof(*info)), 2) && put_direction(to, &session->send) &&
           put_direction(to, &session->receive) && put_alpn(session, to) &&
           put_unique(session, to) && put_vector(to, bytes_of(&session->schemes), 2) &&
           put_vector(to, bytes_of(&session->extensions), 2) && put_chain(session, to);
}

/* Between messages, with nothing owed to the peer. */
static bool is_quiet(const struct tls_session *session)
{
    const struct scanner *scanner = &session->scanner;
    bool in_message =
        scanner->header_size && (scanner->header_size < MESSAGE_HEADER || scanner->left);

    return session->was_done && session->mode == MODE_CONNECTED && !session->output.size &&
           !in_message && !session->receive.dead && !atomic_load(&session->update_owed);
}

enum tls_status tls_pack(struct tls_session *session, uint8_t *to, size_t room, size_t *size)
{
    struct buffer packed = {NULL, 0, 0};
    enum tls_status status;
    struct tls_info info;

    status = tls_info(session, &info);
    if (status != TLS_OK)
        return status;
    lock_take(&session->library);
    if (session->dead || !is_quiet(session))
        status = TLS_NOT_READY;
    else if (session->datagrams || !direction_is_ours(&session->send) ||
             !direction_is_ours(&session->receive))
        status = TLS_NOT_THERE;
    else if (!put_session(session, &info, &packed))
        status = TLS_NO_MEMORY;
    if (status == TLS_OK) {
        *size = packed.size;
        if (room < packed.size)
            status = TLS_TOO_SMALL;
    }
    if (status == TLS_OK) {
        memcpy(to, packed.data, packed.size);
        direction_wipe(&session->send);
        direction_wipe(&session->receive);
        session->dead = true;
    }
    lock_release(&session->library);
    buffer_wipe(&packed);
    return status;
}

/* ---- reading ---- */

static bool take_u64(struct span *from, uint64_t *value)
{
    uint32_t high, low;

    if (!span_take_u32(from, &high) || !span_take_u32(from, &low))
        return false;
    *value = (uint64_t)high << 32 | low;
    return true;
}

static bool take_direction(struct span *from, struct direction *to)
{
    uint16_t algorithm;
    uint64_t sequence;
    struct span iv, key;
    uint8_t modern;

    return span_take_u16(from, &algorithm) && span_take_u8(from, &modern) && modern <= 1 &&
           take_u64(from, &sequence) && span_take(from, NONCE_SIZE, &iv) &&
           span_take_vector8(from, &key) &&
           direction_restore(to, algorithm, modern, iv, key, sequence) >= 0;
}

static bool keep(struct buffer *to, struct span bytes)
{
    return buffer_add(to, bytes.data, bytes.size);
}

static bool take_facts(struct span *from, struct tls_session *session)
{
    struct span alpn, unique, schemes, extensions, chain, part;
    uint32_t size;

    if (!span_take_vector8(from, &alpn) || !span_take_vector8(from, &unique) ||
        !span_take_vector16(from, &schemes) || !span_take_vector16(from, &extensions) ||
        !span_take_u32(from, &size) || size > CHAIN_SIZE_MAX || !span_take(from, size, &chain) ||
        from->size || schemes.size % 2 || extensions.size % 2)
        return false;
    if (!keep(&session->detached->alpn, alpn) || !keep(&session->detached->unique, unique) ||
        !keep(&session->detached->chain, chain) || !keep(&session->schemes, schemes) ||
        !keep(&session->extensions, extensions))
        return false;
    while (chain.size)
        if (!span_take_vector24(&chain, &part) || part.size > LIMIT_CERTIFICATE)
            return false;
    return true;
}

static bool info_is_good(const struct tls_session *session, const struct tls_info *info)
{
    bool modern = session->send.modern;

    return session->receive.modern == modern &&
           info->version == (modern ? VERSION_1_3 : VERSION_1_2) && info->done &&
           info->session_id_size <= sizeof(info->session_id);
}

static bool take_session(struct span from, struct tls_session *session)
{
    uint32_t magic, handshake_limit;
    uint16_t record_limit;
    struct span info;
    uint8_t role;

    if (!span_take_u32(&from, &magic) || magic != MAGIC || !span_take_u8(&from, &role) ||
        role != session->role || !span_take_u16(&from, &record_limit) ||
        !span_take_u32(&from, &handshake_limit) || handshake_limit > LIMIT_HANDSHAKE_MAX ||
        !span_take_vector16(&from, &info) || info.size != sizeof(session->detached->info))
        return false;
    session->record_limit = record_limit;
    session->handshake_limit = handshake_limit;
    memcpy(&session->detached->info, info.data, info.size);
    return take_direction(&from, &session->send) && take_direction(&from, &session->receive) &&
           info_is_good(session, &session->detached->info) && take_facts(&from, session);
}

enum tls_status tls_unpack(enum tls_role role, struct span bytes, struct tls_session **session)
{
    struct tls_session *created;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    created->role = role;
    lock_init(&created->library);
    atomic_init(&created->update_owed, false);
    created->sink = &created->output;
    created->mode = MODE_CONNECTED;
    created->record_path = TLS_PATH_IN_PLACE;
    created->was_done = created->began = true;
    created->detached = mem_alloc(sizeof(*created->detached));
    if (!created->detached || !take_session(bytes, created)) {
        enum tls_status status = created->detached ? TLS_BAD_ARGUMENT : TLS_NO_MEMORY;

        tls_session_free(created);
        return status;
    }
    *session = created;
    return TLS_OK;
}
