/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * ExportSecurityContext and ImportSecurityContext: a connected context as bytes, for another
 * process of the same machine. The form is private to the package; it holds the keys of the
 * connection, and whoever reads it can read and forge messages.
 *
 * Differs: Windows leaves the old context usable unless SECPKG_CONTEXT_EXPORT_DELETE_OLD says
 * otherwise. Two contexts that seal with one key would use its nonces twice, which gives away what
 * they protect (RFC 8446 5.3), so here the old one can only be asked for attributes from then on;
 * and for the same reason SECPKG_CONTEXT_EXPORT_RESET_NEW is refused.
 *
 * Source: Microsoft Learn, "ExportSecurityContext function", "ImportSecurityContext function".
 */
#include "schannel/attributes.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/handshake.h"
#include "sspi/buffers.h"

#define MAGIC 0x53434831u /* "SCH1" */
#define FIXED_SIZE 64     /* what has one size, and the lengths of what has not */
#define NAME_MAX 255

#define FLAG_RECEIVED_CLOSE 0x01u
#define FLAG_MANUAL 0x02u
#define FLAG_ADDRESS 0x04u
#define FLAG_NAME_UNUSABLE 0x08u
#define FLAG_JUDGED 0x10u
#define FLAG_SERVER 0x20u
#define FLAGS_ALL 0x3fu

/* What a context is but for its TLS session. Borrowed. */
struct facts {
    uint32_t request, flags, chain_trust, chain_status, opened;
    uint64_t connected_at, peer_expiry;
    struct span name, leaf, app_data, session;
};

/* ---- the bytes ---- */

static void write_u64(struct writer *to, uint64_t value)
{
    write_u32(to, (uint32_t)(value >> 32));
    write_u32(to, (uint32_t)value);
}

static bool take_u64(struct span *from, uint64_t *value)
{
    uint32_t high, low;

    if (!span_take_u32(from, &high) || !span_take_u32(from, &low))
        return false;
    *value = (uint64_t)high << 32 | low;
    return true;
}

static void write_part(struct writer *to, struct span part)
{
    write_u32(to, (uint32_t)part.size);
    write_bytes(to, part);
}

static bool take_part(struct span *from, size_t limit, struct span *part)
{
    uint32_t size;

    return span_take_u32(from, &size) && size <= limit && span_take(from, size, part);
}

static void write_facts(struct writer *to, const struct facts *facts)
{
    write_u32(to, MAGIC);
    write_u32(to, facts->request);
    write_u32(to, facts->flags);
    write_u32(to, facts->chain_trust);
    write_u32(to, facts->chain_status);
    write_u32(to, facts->opened);
    write_u64(to, facts->connected_at);
    write_u64(to, facts->peer_expiry);
    write_part(to, facts->name);
    write_part(to, facts->leaf);
    write_part(to, facts->app_data);
}

static bool read_facts(struct span from, struct facts *facts)
{
    uint32_t magic;

    return span_take_u32(&from, &magic) && magic == MAGIC &&
           span_take_u32(&from, &facts->request) && span_take_u32(&from, &facts->flags) &&
           !(facts->flags & ~FLAGS_ALL) && span_take_u32(&from, &facts->chain_trust) &&
           span_take_u32(&from, &facts->chain_status) && span_take_u32(&from, &facts->opened) &&
           take_u64(&from, &facts->connected_at) && take_u64(&from, &facts->peer_expiry) &&
           take_part(&from, NAME_MAX, &facts->name) &&
           take_part(&from, LIMIT_CERTIFICATE, &facts->leaf) &&
           take_part(&from, LIMIT_APP_DATA, &facts->app_data) &&
           take_part(&from, SIZE_MAX, &facts->session) && from.size == 0;
}

/* ---- export ---- */

/* No handshake, no message and no answer is under way. */
static bool is_quiet(struct schan_context *context) must_hold(&context->session);
static bool is_quiet(struct schan_context *context)
{
    return context_phase(context) == PHASE_CONNECTED && !context->request_waits &&
           !context->hello_asked && !context->message_open && !control_waits(context) &&
           !atomic_load(&context->renegotiating) &&
           !(context->replay && context->replay->answer_waits);
}

static void gather(const struct schan_context *context, struct facts *facts)
{
    facts->request = context->request;
    facts->chain_trust = context->chain_trust;
    facts->chain_status = (uint32_t)context->chain_status;
    facts->opened = context->opened;
    facts->connected_at = (uint64_t)context->connected_at;
    facts->peer_expiry = (uint64_t)context->peer_expiry;
    if (context->role == TLS_SERVER)
        facts->flags |= FLAG_SERVER;
    if (atomic_load(&context->received_close))
        facts->flags |= FLAG_RECEIVED_CLOSE;
    if (context->manual_validation)
        facts->flags |= FLAG_MANUAL;
    if (context->name_is_address)
        facts->flags |= FLAG_ADDRESS;
    if (context->name_unusable)
        facts->flags |= FLAG_NAME_UNUSABLE;
    if (context->chain_judged)
        facts->flags |= FLAG_JUDGED;
    if (context->name)
        facts->name = span_of(context->name, strlen(context->name));
    facts->app_data = span_of(context->app_data, context->app_data_size);
}

static SECURITY_STATUS pack_status(enum tls_status called)
{
    return called == TLS_NOT_THERE   ? SEC_E_UNSUPPORTED_FUNCTION
           : called == TLS_NOT_READY ? SEC_E_INVALID_HANDLE
                                     : tls_call_status(called);
}

/* The session's bytes behind all else, in one piece. From TLS_OK on they are the only ones. */
static SECURITY_STATUS pack(struct schan_context *context, const struct facts *facts,
                            SecBuffer *packed) must_hold(&context->session);
static SECURITY_STATUS pack(struct schan_context *context, const struct facts *facts,
                            SecBuffer *packed)
{
    size_t session_size = 0, size = FIXED_SIZE;
    enum tls_status called = tls_pack(context->tls, NULL, 0, &session_size);
    struct writer writer;
    uint8_t *memory;

    if (called != TLS_TOO_SMALL)
        return called == TLS_OK ? SEC_E_INTERNAL_ERROR : pack_status(called);
    if (!size_add(size, facts->name.size, &size) || !size_add(size, facts->leaf.size, &size) ||
        !size_add(size, facts->app_data.size, &size) || !size_add(size, session_size, &size) ||
        size > UINT32_MAX)
        return SEC_E_INSUFFICIENT_MEMORY;
    memory = buffers_alloc(size);
    if (!memory)
        return SEC_E_INSUFFICIENT_MEMORY;
    writer = writer_of(memory, size);
    write_facts(&writer, facts);
    write_u32(&writer, (uint32_t)session_size);
    called = tls_pack(context->tls, memory + writer.used, size - writer.used, &session_size);
    if (called != TLS_OK) {
        buffers_free(memory);
        return pack_status(called);
    }
    packed->pvBuffer = memory;
    packed->cbBuffer = (ULONG)(writer.used + session_size);
    context_failed(context, SEC_E_CONTEXT_EXPIRED, false);
    return SEC_E_OK;
}

SECURITY_STATUS schan_export(void *object, ULONG flags, SecBuffer *packed, void **token)
{
    struct schan_context *context = object;
    struct facts facts = {0};
    uint8_t *leaf = NULL;
    SECURITY_STATUS status;

    if (flags & (SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_TO_KERNEL))
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (context->role == TLS_SERVER) {
        status = attribute_server_leaf(context, &leaf, &facts.leaf.size);
        if (status == SEC_E_INSUFFICIENT_MEMORY)
            return status;
        facts.leaf.data = leaf;
    }
    lock_take(&context->handshake);
    context_lock_tls(context);
    status = SEC_E_INVALID_HANDLE;
    if (is_quiet(context)) {
        gather(context, &facts);
        status = pack(context, &facts, packed);
    }
    context_unlock_tls(context);
    lock_release(&context->handshake);
    mem_free(leaf);
    if (status == SEC_E_OK && token)
        *token = NULL; /* there is no account */
    return status;
}

/* ---- import ---- */

static SECURITY_STATUS copy_part(struct span from, uint8_t **to, size_t *size)
{
    if (!from.size)
        return SEC_E_OK;
    *to = mem_copy(from);
    *size = *to ? from.size : 0;
    return *to ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* Of a context that nobody else knows yet. */
static SECURITY_STATUS fill(struct schan_context *context, const struct facts *facts)
{
    SECURITY_STATUS status =
        context_set_name(context, facts->name) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;

    if (status == SEC_E_OK)
        status = copy_part(facts->leaf, &context->leaf, &context->leaf_size);
    if (status == SEC_E_OK)
        status = copy_part(facts->app_data, &context->app_data, &context->app_data_size);
    context->request = facts->request;
    context->connected_at = (int64_t)facts->connected_at;
    context->peer_expiry = (int64_t)facts->peer_expiry;
    context->opened = facts->opened;
    context->chain_trust = facts->chain_trust;
    context->chain_status = (SECURITY_STATUS)facts->chain_status;
    context->chain_judged = facts->flags & FLAG_JUDGED;
    context->manual_validation = facts->flags & FLAG_MANUAL;
    context->name_is_address = facts->flags & FLAG_ADDRESS;
    context->name_unusable = facts->flags & FLAG_NAME_UNUSABLE;
    atomic_store(&context->received_close, (facts->flags & FLAG_RECEIVED_CLOSE) != 0);
    return status;
}

static SECURITY_STATUS make(const struct facts *facts, const struct ssp_lanes *lanes,
                            struct schan_context **context)
{
    enum tls_role role = facts->flags & FLAG_SERVER ? TLS_SERVER : TLS_CLIENT;
    struct tls_session *session = NULL;
    enum tls_status called = tls_unpack(role, facts->session, &session);
    struct schan_context *made;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (called != TLS_OK)
        return called == TLS_BAD_ARGUMENT ? SEC_E_INVALID_TOKEN : tls_call_status(called);
    made = context_new(role);
    if (!made) {
        tls_session_free(session);
        return status;
    }
    made->tls = session;
    made->send = lanes->send;
    made->receive = lanes->receive;
    made->credential = schan_credential_none(role);
    if (made->credential)
        status = fill(made, facts);
    if (status == SEC_E_OK)
        status = context_connected(made);
    if (status != SEC_E_OK) {
        schan_delete_context(made);
        return status;
    }
    *context = made;
    return SEC_E_OK;
}

SECURITY_STATUS schan_import(struct ssp_import *import)
{
    struct schan_context *made = NULL;
    struct facts facts = {0};
    SECURITY_STATUS status;

    if (!read_facts(buffer_span(import->packed), &facts))
        return SEC_E_INVALID_TOKEN;
    status = make(&facts, &import->lanes, &made);
    if (status == SEC_E_OK)
        import->context = made;
    return status;
}
