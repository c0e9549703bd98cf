/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The life of a context: made, connected, failed, deleted; and what of it goes into the session
 * cache. The calls of the program stand in handshake*.c, record*.c and control.c.
 */
#include "schannel/context.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/handshake.h"
#include "schannel/interlude.h"
#include "schannel/session.h"

/* Entries of the cache live for ten hours unless the credential says otherwise (Microsoft Learn,
 * "SCHANNEL_CRED structure", dwSessionLifespan). */
#define SESSION_LIFESPAN_MS (10u * 60 * 60 * 1000)

/* A ticket with its session is some hundred bytes, with the peer's certificates in it two thousand
 * and more; some that are longer still are worth another try. */
#define SESSION_DATA_USUAL 4096
#define SESSION_DATA_MAX 0x40000
/* A server that sends more tickets at once is not worth keeping them. */
#define SESSION_TICKETS_MAX 16

struct schan_context *context_new(enum tls_role role)
{
    struct schan_context *context = mem_alloc(sizeof(*context));

    if (!context)
        return NULL;
    context->role = role;
    lock_init(&context->handshake);
    lock_init(&context->session);
    atomic_init(&context->phase, PHASE_HANDSHAKE);
    atomic_init(&context->record_path, TLS_PATH_NONE);
    atomic_init(&context->received_close, false);
    atomic_init(&context->sent_close, false);
    atomic_init(&context->renegotiating, false);
    atomic_init(&context->session_disabled, false);
    atomic_init(&context->has_interlude, false);
    return context;
}

bool context_set_name(struct schan_context *context, struct span name)
{
    if (!name.size)
        return true;
    context->marked_name = mem_alloc(SESSION_MARKS + name.size + 1);
    if (!context->marked_name)
        return false;
    context->name = context->marked_name + SESSION_MARKS;
    memcpy(context->name, name.data, name.size);
    return true;
}

void schan_delete_context(void *object)
{
    struct schan_context *context = object;

    if (!context)
        return;
    tls_session_free(context->tls);
    schan_credential_unref(context->credential);
    handshake_replay_free(context);
    interlude_free(context);
    mem_free(context->marked_name);
    mem_free(context->exporter.label);
    mem_free(context->exporter.context);
    mem_free(context->app_data);
    mem_free(context->leaf);
    mem_wipe_free(context, sizeof(*context));
}

/* Whoever uses a direction now does not want it to rest. */
void schan_rest(void *object)
{
    struct schan_context *context = object;

    if (context_phase(context) != PHASE_CONNECTED ||
        atomic_load(&context->record_path) != TLS_PATH_IN_PLACE)
        return;
    if (!lock_try(context->receive))
        return;
    if (lock_try(context->send)) {
        tls_rest(context->tls);
        lock_release(context->send);
    }
    lock_release(context->receive);
}

enum schan_phase context_phase(const struct schan_context *context)
{
    return (enum schan_phase)atomic_load_explicit(&context->phase, memory_order_acquire);
}

void context_set_phase(struct schan_context *context, enum schan_phase phase)
{
    atomic_store_explicit(&context->phase, (int)phase, memory_order_release);
}

void context_lock_tls(struct schan_context *context)
{
    lock_take(context->receive);
    lock_take(context->send);
    lock_take(&context->session);
}

void context_unlock_tls(struct schan_context *context)
{
    lock_release(&context->session);
    lock_release(context->send);
    lock_release(context->receive);
}

SECURITY_STATUS context_connected(struct schan_context *context)
{
    int64_t now = platform_local_from_utc(platform_now());
    struct tls_info info;
    enum tls_status called;

    context_lock_tls(context);
    called = tls_info(context->tls, &info);
    if (called == TLS_OK) {
        bool modern = info.version == 0x0304;

        context->info = info;
        if (!context->connected_at)
            context->connected_at = now;
        context->receive_limit = modern ? LIMIT_CIPHERTEXT_TLS13 : LIMIT_CIPHERTEXT_TLS12;
        context->receive_modern = modern;
        context->send_header = info.header;
        context->send_trailer = info.trailer;
        context->send_maximum = info.maximum;
        context->request_waits = context->hello_asked = false;
        atomic_store(&context->renegotiating, false);
        atomic_store(&context->record_path, info.record_path);
        /* A shutdown that was asked for meanwhile is not undone. */
        if (context_phase(context) == PHASE_HANDSHAKE)
            context_set_phase(context, PHASE_CONNECTED);
    }
    context_unlock_tls(context);
    if (called == TLS_OK)
        TRACE(LOG_SCHANNEL, "%p: connected, version %04x suite %04x%s", (void *)context,
              info.version, info.suite, info.resumed ? ", resumed" : "");
    return tls_call_status(called);
}

void context_failed(struct schan_context *context, SECURITY_STATUS status, bool alert_waits)
{
    TRACE(LOG_SCHANNEL, "%p: failed with %08lx", (void *)context, (unsigned long)(uint32_t)status);
    context->failure = status;
    context->alert_waits = alert_waits;
    context_set_phase(context, PHASE_FAILED);
}

size_t context_output_size(struct schan_context *context)
{
    size_t size = 0;

    return tls_output(context->tls, NULL, 0, &size) == TLS_TOO_SMALL ? size : 0;
}

/* What a session, or one ticket of it, goes into the cache with. */
struct store {
    uint64_t credential_id;
    uint32_t lifespan_ms;
    bool single_use;
};

static enum tls_status session_data(struct schan_context *context, uint8_t *data, size_t room,
                                    size_t *size)
{
    enum tls_status called;

    lock_take(&context->session);
    called = tls_session_data(context->tls, data, room, size);
    lock_release(&context->session);
    return called;
}

static bool store_large(struct schan_context *context, const struct store *store, size_t room)
{
    uint8_t *data = mem_alloc(room);
    size_t size = 0;
    bool good = data && session_data(context, data, room, &size) == TLS_OK;

    if (good)
        session_store(store->credential_id, context->cache_name, span_of(data, size),
                      store->single_use, store->lifespan_ms);
    mem_wipe_free(data, room);
    return good;
}

/* false: there is none. */
static bool store_one(struct schan_context *context, const struct store *store)
{
    uint8_t data[SESSION_DATA_USUAL];
    size_t size = 0;
    enum tls_status called = session_data(context, data, sizeof(data), &size);

    if (called == TLS_TOO_SMALL)
        return size <= SESSION_DATA_MAX && store_large(context, store, size);
    if (called != TLS_OK)
        return false;
    session_store(store->credential_id, context->cache_name, span_of(data, size), store->single_use,
                  store->lifespan_ms);
    mem_wipe(data, size);
    return true;
}

void context_store_sessions(struct schan_context *context)
{
    struct store store;
    bool resumed;

    if (!context->cache_name || atomic_load(&context->session_disabled))
        return;

    lock_take(&context->session);
    store.credential_id = context->credential->id;
    store.lifespan_ms = context->credential->lifespan_ms;
    store.single_use = context->info.version == 0x0304;
    resumed = context->info.resumed;
    lock_release(&context->session);

    /* The entry that was resumed is still there; storing it anew would let it live for ever. */
    if (!store.single_use && resumed)
        return;

    if (store.lifespan_ms == 0)
        store.lifespan_ms = SESSION_LIFESPAN_MS;
    for (unsigned i = 0; i < SESSION_TICKETS_MAX && store_one(context, &store); i++)
        if (!store.single_use)
            break;
}
