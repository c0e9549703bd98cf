/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See tickets.h.
 */
#include "tls/gnutls/tickets.h"

#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/sync.h"

/* Sessions without tickets are few: clients that send none, and SCHANNEL's own older ones. */
#define CACHE_SIZE 256
#define ID_MAX 32
#define DATA_MAX 16384 /* with the chain of a client in it */

#define SECRET_HASH_SIZE 64 /* SHA-512 */
#define LIFETIME_DEFAULT_S 36000

struct entry {
    uint8_t id[ID_MAX];
    uint8_t id_size; /* 0: free */
    uint8_t *data;
    size_t size;
};

/* locks: (c) constant after creation, (l) lock */
struct tls_tickets {
    atomic_uint users;
    uint32_t lifetime_s; /* (c) */
    struct lock lock;
    gnutls_datum_t key;               /* (l) of gnutls_malloc; its size is (c) */
    size_t next;                      /* (l) the slot that is reused next */
    struct entry entries[CACHE_SIZE]; /* (l) */
};

/* GnuTLS drops data that is older than the lifetime when it reads it, by a date inside. */
enum tls_status tls_tickets_new(uint32_t lifetime_s, struct tls_tickets **tickets)
{
    struct tls_tickets *created;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    atomic_init(&created->users, 1);
    lock_init(&created->lock);
    created->lifetime_s = lifetime_s;
    if (gnutls.session_ticket_key_generate(&created->key) < 0) {
        tls_tickets_free(created);
        return TLS_NO_MEMORY;
    }
    *tickets = created;
    return TLS_OK;
}

static void entry_clear(struct entry *entry)
{
    mem_wipe_free(entry->data, entry->size);
    mem_wipe(entry, sizeof(*entry));
}

void tls_tickets_free(struct tls_tickets *tickets)
{
    if (!tickets || atomic_fetch_sub_explicit(&tickets->users, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < CACHE_SIZE; i++)
        entry_clear(&tickets->entries[i]);
    if (tickets->key.data) {
        mem_wipe(tickets->key.data, tickets->key.size);
        library_free(tickets->key.data);
    }
    mem_free(tickets);
}

struct tls_tickets *tickets_ref(struct tls_tickets *tickets)
{
    if (tickets)
        atomic_fetch_add_explicit(&tickets->users, 1, memory_order_relaxed);
    return tickets;
}

/* A whole key of GnuTLS's comes out of the hash: name, cipher and MAC in one, from which it makes
 * new ones as time goes by. */
enum tls_status tls_tickets_set_secret(struct tls_tickets *tickets, struct span secret)
{
    uint8_t key[SECRET_HASH_SIZE];

    if (tickets->key.size != sizeof(key))
        return TLS_NO_ALGORITHM;
    if (gnutls.hash_fast(GNUTLS_DIG_SHA512, secret.data, secret.size, key) < 0)
        return TLS_BAD_ARGUMENT;
    lock_take(&tickets->lock);
    memcpy(tickets->key.data, key, sizeof(key));
    lock_release(&tickets->lock);
    mem_wipe(key, sizeof(key));
    return TLS_OK;
}

/* GnuTLS copies the key into its session. */
static int enable_tickets(struct tls_tickets *tickets, gnutls_session_t session)
{
    int error;

    lock_take(&tickets->lock);
    error = gnutls.session_ticket_enable_server(session, &tickets->key);
    lock_release(&tickets->lock);
    return error;
}

/* ---- the cache of session ids, as GnuTLS wants it ---- */

static struct entry *find_entry(struct tls_tickets *tickets, const gnutls_datum_t *id)
    must_hold(&tickets->lock)
{
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        struct entry *entry = &tickets->entries[i];

        if (entry->id_size && entry->id_size == id->size &&
            memcmp(entry->id, id->data, id->size) == 0)
            return entry;
    }
    return NULL;
}

static int store(void *context, gnutls_datum_t id, gnutls_datum_t data)
{
    struct tls_tickets *tickets = context;
    struct entry *entry;
    uint8_t *copy;

    if (id.size == 0 || id.size > ID_MAX || data.size > DATA_MAX)
        return GNUTLS_E_DB_ERROR;
    copy = mem_copy(span_of(data.data, data.size));
    if (!copy)
        return GNUTLS_E_DB_ERROR;

    lock_take(&tickets->lock);
    entry = find_entry(tickets, &id);
    if (!entry) {
        entry = &tickets->entries[tickets->next];
        tickets->next = (tickets->next + 1) % CACHE_SIZE;
    }
    entry_clear(entry);
    memcpy(entry->id, id.data, id.size);
    entry->id_size = (uint8_t)id.size;
    entry->data = copy;
    entry->size = data.size;
    lock_release(&tickets->lock);
    return 0;
}

static gnutls_datum_t retrieve(void *context, gnutls_datum_t id)
{
    struct tls_tickets *tickets = context;
    gnutls_datum_t copy = {NULL, 0};
    struct entry *entry;

    lock_take(&tickets->lock);
    entry = find_entry(tickets, &id);
    if (entry)
        copy.data = library_alloc(entry->size);
    if (copy.data) {
        memcpy(copy.data, entry->data, entry->size);
        copy.size = (unsigned)entry->size;
    }
    lock_release(&tickets->lock);
    return copy;
}

static int forget(void *context, gnutls_datum_t id)
{
    struct tls_tickets *tickets = context;
    struct entry *entry;

    lock_take(&tickets->lock);
    entry = find_entry(tickets, &id);
    if (entry)
        entry_clear(entry);
    lock_release(&tickets->lock);
    return entry ? 0 : GNUTLS_E_DB_ERROR;
}

void tickets_accept(const struct tls_tickets *tickets, gnutls_session_t session)
{
    uint32_t lifetime_s = tickets->lifetime_s ? tickets->lifetime_s : LIFETIME_DEFAULT_S;

    gnutls.db_set_cache_expiration(session, (int)(lifetime_s & INT32_MAX));
}

void tickets_refuse(gnutls_session_t session)
{
    gnutls.db_set_cache_expiration(session, -1); /* older than what was made just now */
}

enum tls_status tickets_attach(struct tls_tickets *tickets, gnutls_session_t session,
                               bool use_tickets)
{
    tickets_accept(tickets, session);
    gnutls.db_set_ptr(session, tickets);
    gnutls.db_set_store_function(session, store);
    gnutls.db_set_retrieve_function(session, retrieve);
    gnutls.db_set_remove_function(session, forget);
    if (use_tickets && enable_tickets(tickets, session) < 0)
        return TLS_NO_MEMORY;
    return TLS_OK;
}
