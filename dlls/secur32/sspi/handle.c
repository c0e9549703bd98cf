/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See handle.h. Finding takes no lock. A slot's memory is never given back while the library is
 * loaded, so a handle that is long dead can still be looked up, and is found out by its generation.
 *
 * Why an object is destroyed once, and not under a user. All steps here are sequentially
 * consistent:
 *
 *   a user      counts itself in; reads the state and leaves again unless it is {generation, LIVE}
 *   deletion    changes the state from LIVE to DYING; then tries to reap
 *   leaving     counts itself out; reads the state and tries to reap if it is DYING
 *   reaping     if each count was seen as 0 after DYING was seen: DYING to IDLE; who succeeds
 *               destroys
 *
 * A user that found LIVE had counted itself in before DYING came, so no reaper sees its count as 0
 * before it leaves. Whoever counts in later finds DYING and does not touch the object; so counts
 * that were seen as 0 one after another are as good as all at once. The last to leave finds 0
 * everywhere. For senders and receivers the count is a lock's word, 0 when the lock is free. The
 * package takes these locks as well, but only while it is inside in another way.
 */
#include "sspi/handle.h"

#include <stdatomic.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/sync.h"

#define LINE 64 /* bytes that processors keep coherent as one */

/* The state: a generation above two bits. */
#define STATE_IDLE 0u
#define STATE_LIVE 1u
#define STATE_DYING 2u
#define STATE_MASK 3u
#define STATE_BITS 2
#define GENERATION_LAST (UINT32_MAX >> STATE_BITS) /* then the slot is not used again */

/* Chunk n holds FIRST_CHUNK << n slots, so that a slot is found by its number's highest bit. */
#define FIRST_CHUNK_BITS 5
#define FIRST_CHUNK (1u << FIRST_CHUNK_BITS)
#define CHUNKS 20

/* dwLower: a tag in the top byte and the slot's number plus one; dwUpper: the generation. */
#define NUMBER_MASK 0x00ffffffu
#define TAG_CREDENTIAL 0x43000000u
#define TAG_CONTEXT 0x54000000u
#define NO_SLOT UINT32_MAX

_Static_assert(LIMIT_HANDLES <= NUMBER_MASK, "numbers fit beside the tag");
_Static_assert(LIMIT_HANDLES <= (FIRST_CHUNK << CHUNKS) - FIRST_CHUNK, "chunks hold all slots");

/* locks: (c) constant after creation, (a) atomic, (p) written before the state becomes LIVE, read
 * by users, (l) the table's lock */
struct handle_slot {
    struct {
        _Alignas(LINE) struct lock lock;
    } lane[HANDLE_LANES];
    /* What messages only read, and a count that they do not write. */
    _Alignas(LINE) atomic_uint state; /* (a) */
    atomic_uint users;                /* (a) with USE_OTHER */
    uint32_t number;                  /* (c) */
    struct handle_table *table;       /* (c) */
    const struct ssp *ssp;            /* (p) */
    void *object;                     /* (p) */
    uint32_t next_free;               /* (l) */
};

struct handle_table {
    uint32_t tag;                                         /* (c) */
    void (*destroy)(const struct ssp *ssp, void *object); /* (c) */
    _Atomic(struct handle_slot *) chunk[CHUNKS];          /* (a) set once */
    struct lock lock;
    void *memory[CHUNKS]; /* (l) what chunk[] lies in */
    uint32_t made;        /* (l) slots that were ever in use */
    uint32_t rest_next;   /* (l) number of the slot that is to rest next */
    uint32_t first_free;  /* (l) number, or NO_SLOT */
};

static void destroy_context(const struct ssp *ssp, void *object)
{
    ssp->delete_context(object);
}

static void destroy_credential(const struct ssp *ssp, void *object)
{
    ssp->free_credential(object);
}

static struct handle_table contexts = {
    .tag = TAG_CONTEXT,
    .destroy = destroy_context,
    .lock = LOCK_INITIALIZER,
    .first_free = NO_SLOT,
};

static struct handle_table credentials = {
    .tag = TAG_CREDENTIAL,
    .destroy = destroy_credential,
    .lock = LOCK_INITIALIZER,
    .first_free = NO_SLOT,
};

/* ---- slots
 * ------------------------------------------------------------------------------------------ */

static unsigned chunk_of(uint32_t number, uint32_t *offset)
{
    uint32_t position = number + FIRST_CHUNK;
    unsigned chunk = 31u - (unsigned)__builtin_clz(position) - FIRST_CHUNK_BITS;

    *offset = position - (FIRST_CHUNK << chunk);
    return chunk;
}

/* The slot that a handle names, whatever lies in it now; NULL: it can be none of this table. */
static struct handle_slot *slot_find(struct handle_table *table, const SecHandle *handle)
{
    struct handle_slot *chunk;
    uint32_t number, offset;

    if (!handle || (uint64_t)handle->dwLower >> 32 || handle->dwUpper > GENERATION_LAST)
        return NULL;
    number = (uint32_t)handle->dwLower;
    if ((number & ~NUMBER_MASK) != table->tag || (number & NUMBER_MASK) == 0)
        return NULL;
    number = (number & NUMBER_MASK) - 1;
    chunk = atomic_load_explicit(&table->chunk[chunk_of(number, &offset)], memory_order_acquire);
    return chunk ? chunk + offset : NULL;
}

static struct handle_slot *slot_at(struct handle_table *table, uint32_t number)
{
    uint32_t offset;
    unsigned chunk = chunk_of(number, &offset);

    return atomic_load_explicit(&table->chunk[chunk], memory_order_relaxed) + offset;
}

static uint32_t state_of(const SecHandle *handle, uint32_t state)
{
    return (uint32_t)handle->dwUpper << STATE_BITS | state;
}

static bool chunk_make(struct handle_table *table, unsigned chunk) must_hold(&table->lock)
{
    size_t count = (size_t)FIRST_CHUNK << chunk;
    void *memory = mem_alloc_array(count + 1, sizeof(struct handle_slot));
    uintptr_t start = ((uintptr_t)memory + LINE - 1) / LINE * LINE;

    if (!memory)
        return false;
    table->memory[chunk] = memory;
    atomic_store_explicit(&table->chunk[chunk], (struct handle_slot *)start, memory_order_release);
    return true;
}

/* A slot that was never in use. */
static struct handle_slot *slot_make(struct handle_table *table) must_hold(&table->lock)
{
    struct handle_slot *slot;
    uint32_t offset;
    unsigned chunk;

    if (table->made == LIMIT_HANDLES)
        return NULL;
    chunk = chunk_of(table->made, &offset);
    if (!table->memory[chunk] && !chunk_make(table, chunk))
        return NULL;
    slot = atomic_load_explicit(&table->chunk[chunk], memory_order_relaxed) + offset;
    slot->number = table->made++;
    slot->table = table;
    return slot;
}

static SECURITY_STATUS slot_reserve(struct handle_table *table, struct handle_slot **reserved)
{
    struct handle_slot *slot;

    lock_take(&table->lock);
    if (table->first_free == NO_SLOT) {
        slot = slot_make(table);
    } else {
        slot = slot_at(table, table->first_free);
        table->first_free = slot->next_free;
    }
    lock_release(&table->lock);
    if (!slot)
        return SEC_E_INSUFFICIENT_MEMORY;
    *reserved = slot;
    return SEC_E_OK;
}

void handle_cancel(struct handle_slot *slot)
{
    struct handle_table *table;

    if (!slot || atomic_load(&slot->state) >> STATE_BITS == GENERATION_LAST)
        return;
    table = slot->table;
    lock_take(&table->lock);
    slot->next_free = table->first_free;
    table->first_free = slot->number;
    lock_release(&table->lock);
}

SecHandle handle_publish(struct handle_slot *slot, const struct ssp *ssp, void *take_object)
{
    uint32_t generation = (atomic_load(&slot->state) >> STATE_BITS) + 1;
    SecHandle handle = {slot->table->tag | (slot->number + 1), generation};

    slot->ssp = ssp;
    slot->object = take_object;
    atomic_store(&slot->state, generation << STATE_BITS | STATE_LIVE);
    return handle;
}

/* ---- counting
 * --------------------------------------------------------------------------------------- */

static bool slot_is_empty(struct handle_slot *slot)
{
    for (unsigned i = 0; i < HANDLE_LANES; i++)
        if (lock_is_held(&slot->lane[i].lock))
            return false;
    return atomic_load(&slot->users) == 0;
}

/* The object's end, if it is to be now and by us. */
static void slot_reap(struct handle_slot *slot)
{
    uint32_t state = atomic_load(&slot->state);

    if ((state & STATE_MASK) != STATE_DYING || !slot_is_empty(slot))
        return;
    if (!atomic_compare_exchange_strong(&slot->state, &state, (state & ~STATE_MASK) | STATE_IDLE))
        return;
    slot->table->destroy(slot->ssp, slot->object);
    handle_cancel(slot);
}

static void slot_enter(struct handle_slot *slot, enum handle_use use) NO_THREAD_ANALYSIS;
static void slot_enter(struct handle_slot *slot, enum handle_use use)
{
    if (use < HANDLE_LANES)
        lock_take(&slot->lane[use].lock);
    else
        atomic_fetch_add(&slot->users, 1);
}

static void slot_leave(struct handle_slot *slot, enum handle_use use) NO_THREAD_ANALYSIS;
static void slot_leave(struct handle_slot *slot, enum handle_use use)
{
    if (use < HANDLE_LANES)
        lock_release(&slot->lane[use].lock);
    else
        atomic_fetch_sub(&slot->users, 1);
    if ((atomic_load(&slot->state) & STATE_MASK) == STATE_DYING)
        slot_reap(slot);
}

static SECURITY_STATUS slot_acquire(struct handle_table *table, const SecHandle *handle,
                                    enum handle_use use, struct handle_ref *ref)
{
    struct handle_slot *slot = slot_find(table, handle);
    uint32_t live;

    if (!slot)
        return SEC_E_INVALID_HANDLE;
    live = state_of(handle, STATE_LIVE);
    /* A handle that is dead already must not wait for who is in the slot now. */
    if (atomic_load(&slot->state) != live)
        return SEC_E_INVALID_HANDLE;
    slot_enter(slot, use);
    if (atomic_load(&slot->state) != live) {
        slot_leave(slot, use);
        return SEC_E_INVALID_HANDLE;
    }
    *ref = (struct handle_ref){slot->ssp, slot->object, slot, use};
    return SEC_E_OK;
}

static SECURITY_STATUS slot_delete(struct handle_table *table, const SecHandle *handle)
{
    struct handle_slot *slot = slot_find(table, handle);
    uint32_t expected;

    if (!slot)
        return SEC_E_INVALID_HANDLE;
    expected = state_of(handle, STATE_LIVE);
    if (!atomic_compare_exchange_strong(&slot->state, &expected, state_of(handle, STATE_DYING)))
        return SEC_E_INVALID_HANDLE;
    slot_reap(slot);
    return SEC_E_OK;
}

/* ---- resting ---- */

/* With fewer contexts there is nothing to be saved. */
#define REST_FROM 32

static void slot_rest(struct handle_slot *slot)
{
    uint32_t state = atomic_load(&slot->state);

    if ((state & STATE_MASK) != STATE_LIVE)
        return;
    slot_enter(slot, USE_OTHER);
    if (atomic_load(&slot->state) == state && slot->ssp->rest)
        slot->ssp->rest(slot->object);
    slot_leave(slot, USE_OTHER);
}

/* Two visits make an idle context rest. Where the number of contexts grows, those that were made
 * some time before get them at once; where slots are used again and again, one after another. */
void contexts_rest(const struct handle_slot *newest)
{
    uint32_t numbers[] = {newest->number - REST_FROM / 2, newest->number - REST_FROM, 0}, made;

    lock_take(&contexts.lock);
    made = contexts.made;
    contexts.rest_next = (contexts.rest_next + 1) % made; /* newest was made */
    numbers[2] = contexts.rest_next;
    lock_release(&contexts.lock);
    if (made < REST_FROM)
        return;
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (numbers[i] < made)
            slot_rest(slot_at(&contexts, numbers[i]));
}

/* ---- the two kinds
 * ---------------------------------------------------------------------------------- */

SECURITY_STATUS context_acquire(const SecHandle *handle, enum handle_use use,
                                struct handle_ref *ref)
{
    return slot_acquire(&contexts, handle, use, ref);
}

SECURITY_STATUS credential_acquire(const SecHandle *handle, struct handle_ref *ref)
{
    return slot_acquire(&credentials, handle, USE_OTHER, ref);
}

void handle_release(const struct handle_ref *ref)
{
    if (ref->slot)
        slot_leave(ref->slot, ref->use);
}

struct ssp_lanes handle_lanes(struct handle_slot *slot)
{
    return (struct ssp_lanes){&slot->lane[USE_SEND].lock, &slot->lane[USE_RECEIVE].lock};
}

SECURITY_STATUS context_reserve(struct handle_slot **slot)
{
    return slot_reserve(&contexts, slot);
}

SECURITY_STATUS credential_reserve(struct handle_slot **slot)
{
    return slot_reserve(&credentials, slot);
}

SECURITY_STATUS context_delete(const SecHandle *handle)
{
    return slot_delete(&contexts, handle);
}

SECURITY_STATUS credential_delete(const SecHandle *handle)
{
    return slot_delete(&credentials, handle);
}

static void table_done(struct handle_table *table)
{
    lock_take(&table->lock);
    for (unsigned i = 0; i < CHUNKS; i++) {
        atomic_store(&table->chunk[i], NULL);
        mem_free(table->memory[i]);
        table->memory[i] = NULL;
    }
    table->made = table->rest_next = 0;
    table->first_free = NO_SLOT;
    lock_release(&table->lock);
}

void handle_tables_done(void)
{
    table_done(&contexts);
    table_done(&credentials);
}
