/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See session.h. Entries hang in chains by a hash of their key, newest first, and in one list by
 * age of use; when a setting's or our own bound is reached, the one that nobody asked for longest
 * goes. So a hostile server costs a bounded amount of memory, and a look-up does not depend on how
 * many sessions are kept.
 *
 * Sources: Microsoft Learn, "Transport Layer Security (TLS) registry settings" (ClientCacheTime,
 * MaximumCacheSize: 20000 entries), "SCHANNEL_CRED structure" (dwSessionLifespan); RFC 8446
 * appendix C.4 (tickets of TLS 1.3 are used once).
 */
#include "schannel/session.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/sync.h"
#include "platform/platform.h"
#include "schannel/policy.h"

#define CHAINS 1024
_Static_assert((CHAINS & (CHAINS - 1)) == 0, "a power of two");

/* Of one name and credential: tickets of TLS 1.3 may be many, and only the newest are worth it. */
#define ENTRIES_OF_A_NAME 8

struct link {
    struct entry *next, **from; /* from: the pointer that points here */
};

struct entry {
    struct link by_key, by_credential;
    struct entry *older, *newer; /* by use */
    uint64_t credential_id, expires_ms;
    char *name; /* name and data lie behind the struct, in one block with it */
    uint8_t *data;
    size_t size;
    bool single_use;
};

static struct {
    struct lock lock;
    struct entry *keys[CHAINS], *credentials[CHAINS];
    struct entry *newest, *oldest;
    size_t count;
} cache = {.lock = LOCK_INITIALIZER};

/* ---- entries ---- */

static void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    mem_wipe(entry->data, entry->size);
    mem_free(entry);
}

static struct entry *entry_new(uint64_t credential_id, const char *name, struct span data)
{
    size_t name_size = strlen(name) + 1, size;
    struct entry *entry;

    if (!size_add(sizeof(*entry) + name_size, data.size, &size))
        return NULL;
    entry = mem_alloc(size);
    if (!entry)
        return NULL;
    entry->credential_id = credential_id;
    entry->name = (char *)(entry + 1);
    entry->data = (uint8_t *)entry->name + name_size;
    entry->size = data.size;
    memcpy(entry->name, name, name_size);
    if (data.size)
        memcpy(entry->data, data.data, data.size);
    return entry;
}

/* FNV-1a. It need not resist anybody: the names are those that the program connects to. */
static size_t key_chain(uint64_t credential_id, const char *name)
{
    uint32_t hash = 2166136261u;

    for (unsigned shift = 0; shift < 64; shift += 8)
        hash = (hash ^ (uint8_t)(credential_id >> shift)) * 16777619u;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return (hash ^ (hash >> 16)) & (CHAINS - 1);
}

static size_t credential_chain(uint64_t credential_id)
{
    return (size_t)credential_id & (CHAINS - 1); /* they are counted up */
}

static bool is_for(const struct entry *entry, uint64_t credential_id, const char *name)
{
    return entry->credential_id == credential_id && !strcmp(entry->name, name);
}

/* ---- the lists; all with the lock held ---- */

static void use_list_remove(struct entry *entry) must_hold(&cache.lock);
static void use_list_remove(struct entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        cache.newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        cache.oldest = entry->newer;
    entry->older = entry->newer = NULL;
}

static void use_list_add(struct entry *entry) must_hold(&cache.lock);
static void use_list_add(struct entry *entry)
{
    entry->older = cache.newest;
    entry->newer = NULL;
    if (cache.newest)
        cache.newest->newer = entry;
    else
        cache.oldest = entry;
    cache.newest = entry;
}

static void add(struct entry *entry) must_hold(&cache.lock);
static void add(struct entry *entry)
{
    struct entry **key = &cache.keys[key_chain(entry->credential_id, entry->name)];
    struct entry **credential = &cache.credentials[credential_chain(entry->credential_id)];

    entry->by_key = (struct link){*key, key};
    if (*key)
        (*key)->by_key.from = &entry->by_key.next;
    *key = entry;
    entry->by_credential = (struct link){*credential, credential};
    if (*credential)
        (*credential)->by_credential.from = &entry->by_credential.next;
    *credential = entry;
    use_list_add(entry);
    cache.count++;
}

static void take_out(struct entry *entry) must_hold(&cache.lock);
static void take_out(struct entry *entry)
{
    *entry->by_key.from = entry->by_key.next;
    if (entry->by_key.next)
        entry->by_key.next->by_key.from = entry->by_key.from;
    *entry->by_credential.from = entry->by_credential.next;
    if (entry->by_credential.next)
        entry->by_credential.next->by_credential.from = entry->by_credential.from;
    use_list_remove(entry);
    cache.count--;
}

static void drop(struct entry *entry) must_hold(&cache.lock);
static void drop(struct entry *entry)
{
    take_out(entry);
    entry_free(entry);
}

/* A session of TLS 1.2 takes the place of the one before; of tickets some are kept. */
static void make_room_for(const struct entry *entry) must_hold(&cache.lock);
static void make_room_for(const struct entry *entry)
{
    struct entry *it = cache.keys[key_chain(entry->credential_id, entry->name)], *next;
    size_t kept = 1;

    for (; it; it = next) {
        next = it->by_key.next;
        if (!is_for(it, entry->credential_id, entry->name))
            continue;
        if (it->single_use != entry->single_use || !entry->single_use || kept >= ENTRIES_OF_A_NAME)
            drop(it);
        else
            kept++;
    }
}

/* ---- the functions of the header ---- */

void session_store(uint64_t credential_id, const char *name, struct span data, bool single_use,
                   uint32_t lifetime_ms)
{
    struct policy_limits limits;
    struct entry *entry;
    uint64_t now = platform_monotonic_ms();

    policy_limits_get(&limits);
    if (lifetime_ms > limits.client_cache_ms)
        lifetime_ms = limits.client_cache_ms;
    if (!lifetime_ms || !limits.cache_entries || !data.size)
        return;
    entry = entry_new(credential_id, name, data);
    if (!entry)
        return;
    entry->single_use = single_use;
    entry->expires_ms = now + lifetime_ms;

    lock_take(&cache.lock);
    make_room_for(entry);
    while (cache.count >= limits.cache_entries)
        drop(cache.oldest);
    add(entry);
    lock_release(&cache.lock);
}

/* The newest entry that is still good; the expired ones on the way go. */
static struct entry *find(uint64_t credential_id, const char *name, uint64_t now)
    must_hold(&cache.lock);
static struct entry *find(uint64_t credential_id, const char *name, uint64_t now)
{
    struct entry *it = cache.keys[key_chain(credential_id, name)], *next;

    for (; it; it = next) {
        next = it->by_key.next;
        if (!is_for(it, credential_id, name))
            continue;
        if (it->expires_ms > now)
            return it;
        drop(it);
    }
    return NULL;
}

uint8_t *session_take(uint64_t credential_id, const char *name, size_t *size)
{
    uint64_t now = platform_monotonic_ms();
    struct entry *entry;
    uint8_t *data = NULL;

    lock_take(&cache.lock);
    entry = find(credential_id, name, now);
    if (entry) {
        data = mem_copy(span_of(entry->data, entry->size));
        *size = entry->size;
        if (entry->single_use) {
            drop(entry);
        } else {
            use_list_remove(entry);
            use_list_add(entry);
        }
    }
    lock_release(&cache.lock);
    return data;
}

void session_forget(uint64_t credential_id, const char *name)
{
    struct entry *it, *next;

    lock_take(&cache.lock);
    it = credential_id ? cache.credentials[credential_chain(credential_id)] : cache.newest;
    for (; it; it = next) {
        next = credential_id ? it->by_credential.next : it->older;
        if ((!credential_id || it->credential_id == credential_id) &&
            (!name || !strcmp(it->name, name)))
            drop(it);
    }
    lock_release(&cache.lock);
}

void session_forget_server(const char *name)
{
    struct entry *it, *next;

    lock_take(&cache.lock);
    for (it = cache.newest; it; it = next) {
        const char *kept = it->name;

        kept += kept[0] == SESSION_DATAGRAM_MARK;
        kept += kept[0] == SESSION_UNVALIDATED_MARK;
        next = it->older;
        if (!strcmp(kept, name))
            drop(it);
    }
    lock_release(&cache.lock);
}

size_t session_count(void)
{
    size_t count;

    lock_take(&cache.lock);
    count = cache.count;
    lock_release(&cache.lock);
    return count;
}
