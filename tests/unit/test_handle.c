/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sspi/handle: values, generations, two kinds, objects that die when the last user leaves, many
 * slots, lack of memory, and threads that use, delete and make the same handles at once. Worth
 * running under the thread sanitizer too.
 */
#include "sspi/handle.h"

#include <stdatomic.h>
#include <string.h>

#include "allocation.h"
#include "harness.h"
#include "host.h"

#define USES (USE_OTHER + 1)

/* What the tests' package makes. */
struct object {
    atomic_int users, destroyed, rested;
    atomic_int inside[USES];
};

static atomic_int live_objects;

static void destroy(void *memory)
{
    struct object *object = memory;

    ok(atomic_load(&object->users) == 0, "destroyed with somebody inside");
    ok(atomic_fetch_add(&object->destroyed, 1) == 0, "destroyed twice");
    atomic_fetch_sub(&live_objects, 1);
}

static SecHandle ends_when_resting;

static void rest(void *memory)
{
    struct object *object = memory;

    atomic_fetch_add(&object->users, 1);
    ok(atomic_load(&object->destroyed) == 0, "a destroyed object rests");
    atomic_fetch_add(&object->rested, 1);
    atomic_fetch_sub(&object->users, 1);
    if (ends_when_resting.dwLower && context_delete(&ends_when_resting) == SEC_E_OK)
        ends_when_resting.dwLower = 0;
}

static const struct ssp package = {
    .free_credential = destroy, .delete_context = destroy, .rest = rest};
static const struct ssp other_package = {.free_credential = destroy, .delete_context = destroy};

static SecHandle make(struct object *object)
{
    struct handle_slot *slot = NULL;
    SecHandle none = {0, 0};

    memset(object, 0, sizeof(*object));
    if (!ok_status(context_reserve(&slot), SEC_E_OK, "reserve"))
        return none;
    atomic_fetch_add(&live_objects, 1);
    return handle_publish(slot, &package, object);
}

static bool is_plain(ULONG_PTR word)
{
    return word != 0 && (uint64_t)word < UINT32_MAX;
}

START_TEST(handle_values)
{
    struct object object;
    struct handle_ref ref;
    SecHandle handle = make(&object);

    ok(is_plain(handle.dwLower) && is_plain(handle.dwUpper), "words %llx %llx",
       (unsigned long long)handle.dwLower, (unsigned long long)handle.dwUpper);
    if (ok_status(context_acquire(&handle, USE_SEND, &ref), SEC_E_OK, "acquire")) {
        ok(ref.ssp == &package && ref.object == &object, "another object");
        handle_release(&ref);
    }
    ok_status(context_delete(&handle), SEC_E_OK, "delete");
    ok(atomic_load(&object.destroyed) == 1, "not destroyed");
    ok_status(context_delete(&handle), SEC_E_INVALID_HANDLE, "deleted twice");
    ok_status(context_acquire(&handle, USE_OTHER, &ref), SEC_E_INVALID_HANDLE, "stale");
}

/* Each bit of a good handle matters. */
START_TEST(handle_bits)
{
    struct object object;
    struct handle_ref ref;
    SecHandle handle = make(&object);

    for (size_t bit = 0; bit < sizeof(handle) * 8; bit++) {
        SecHandle bent = handle;

        ((unsigned char *)&bent)[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ok_status(context_acquire(&bent, USE_OTHER, &ref), SEC_E_INVALID_HANDLE, "bit %zu", bit);
        ok_status(context_delete(&bent), SEC_E_INVALID_HANDLE, "bit %zu, delete", bit);
    }
    ok_status(context_delete(&handle), SEC_E_OK, "the good one");
}

START_TEST(handle_never_made)
{
    static const SecHandle cases[] = {
        {0, 0},
        {(ULONG_PTR)-1, (ULONG_PTR)-1},
        {0x54000000, 0},
        {0x54000000, 1},
        {0x54000001, 0},
        {0x54ffffff, 1},
        {0x54fffffe, 0x3fffffff},
        {0x5400ffff, 1},
        {0x54000001, (ULONG_PTR)-1},
        {(ULONG_PTR)-1, 1},
        {1, 1},
    };
    struct handle_ref ref;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ok_status(context_acquire(&cases[i], USE_OTHER, &ref), SEC_E_INVALID_HANDLE, "%zu", i);
        ok_status(context_delete(&cases[i]), SEC_E_INVALID_HANDLE, "delete %zu", i);
        ok_status(credential_acquire(&cases[i], &ref), SEC_E_INVALID_HANDLE, "credential %zu", i);
        ok_status(credential_delete(&cases[i]), SEC_E_INVALID_HANDLE, "free %zu", i);
    }
    ok_status(context_acquire(NULL, USE_OTHER, &ref), SEC_E_INVALID_HANDLE, "NULL");
    ok_status(context_delete(NULL), SEC_E_INVALID_HANDLE, "delete NULL");
}

START_TEST(handle_kinds)
{
    struct object object, credential;
    struct handle_slot *slot = NULL;
    struct handle_ref ref;
    SecHandle context = make(&object), handle;

    ok_status(credential_acquire(&context, &ref), SEC_E_INVALID_HANDLE, "context as credential");
    ok_status(credential_delete(&context), SEC_E_INVALID_HANDLE, "context as credential, delete");
    memset(&credential, 0, sizeof(credential));
    if (ok_status(credential_reserve(&slot), SEC_E_OK, "reserve")) {
        atomic_fetch_add(&live_objects, 1);
        handle = handle_publish(slot, &other_package, &credential);
        ok_status(context_acquire(&handle, USE_OTHER, &ref), SEC_E_INVALID_HANDLE,
                  "credential as context");
        ok_status(context_delete(&handle), SEC_E_INVALID_HANDLE, "credential as context, delete");
        if (ok_status(credential_acquire(&handle, &ref), SEC_E_OK, "credential")) {
            ok(ref.ssp == &other_package && ref.object == &credential, "another object");
            handle_release(&ref);
        }
        ok_status(credential_delete(&handle), SEC_E_OK, "free");
    }
    ok_status(context_delete(&context), SEC_E_OK, "delete");
}

/* An object that was deleted while somebody is inside goes when that one leaves. */
START_TEST(handle_deleted_in_use)
{
    for (unsigned first = 0; first < USES; first++) {
        struct object object;
        struct handle_ref refs[USES], late;
        SecHandle handle = make(&object);

        for (unsigned use = 0; use < USES; use++)
            if (!ok_status(context_acquire(&handle, (enum handle_use)use, &refs[use]), SEC_E_OK,
                           "use %u", use))
                return;
        ok_status(context_delete(&handle), SEC_E_OK, "delete");
        ok_status(context_delete(&handle), SEC_E_INVALID_HANDLE, "deleted twice");
        for (unsigned use = 0; use < USES; use++) /* does not wait for who is inside */
            ok_status(context_acquire(&handle, (enum handle_use)use, &late), SEC_E_INVALID_HANDLE,
                      "late %u", use);
        for (unsigned i = 0; i < USES; i++) {
            ok(atomic_load(&object.destroyed) == 0, "destroyed under use %u", i);
            handle_release(&refs[(first + i) % USES]);
        }
        ok(atomic_load(&object.destroyed) == 1, "not destroyed by the last one, from %u", first);
    }
}

START_TEST(handle_reuse)
{
    struct object first, second;
    struct handle_ref ref;
    SecHandle old = make(&first), new;

    ok_status(context_delete(&old), SEC_E_OK, "delete");
    new = make(&second);
    ok(old.dwLower == new.dwLower, "another slot: the next checks test nothing");
    ok(old.dwUpper != new.dwUpper, "the same handle again");
    ok_status(context_acquire(&old, USE_OTHER, &ref), SEC_E_INVALID_HANDLE, "old");
    ok_status(context_delete(&old), SEC_E_INVALID_HANDLE, "old, delete");
    ok_status(context_delete(&new), SEC_E_OK, "new");
}

START_TEST(handle_cancelled)
{
    struct handle_slot *slot = NULL, *again = NULL;

    handle_cancel(NULL);
    if (ok_status(context_reserve(&slot), SEC_E_OK, "reserve")) {
        handle_cancel(slot);
        ok_status(context_reserve(&again), SEC_E_OK, "again");
        ok(again == slot, "a cancelled slot is not used again");
        handle_cancel(again);
    }
}

#define MANY 5000

START_TEST(handle_many)
{
    static struct object objects[MANY];
    static SecHandle handles[MANY];
    struct handle_ref ref;

    for (size_t i = 0; i < MANY; i++)
        handles[i] = make(&objects[i]);
    for (size_t i = 0; i < MANY; i++)
        if (context_acquire(&handles[i], USE_OTHER, &ref) != SEC_E_OK ||
            ref.object != &objects[i]) {
            ok(false, "handle %zu", i);
            return;
        } else {
            handle_release(&ref);
        }
    for (size_t i = 0; i < MANY; i += 2)
        if (context_delete(&handles[i]) != SEC_E_OK)
            ok(false, "delete %zu", i);
    for (size_t i = 0; i < MANY; i++)
        if (context_delete(&handles[i]) != (i % 2 ? SEC_E_OK : SEC_E_INVALID_HANDLE))
            ok(false, "delete %zu, later", i);
    ok(atomic_load(&live_objects) == 0, "%d objects left", atomic_load(&live_objects));
}

#define RESTING 200

/* All in turn, whatever lies between them; one that is deleted meanwhile goes. */
START_TEST(handle_rest)
{
    static struct object objects[RESTING];
    static SecHandle handles[RESTING];

    struct handle_slot *newest = NULL;

    for (size_t i = 0; i < RESTING; i++)
        handles[i] = make(&objects[i]);
    if (!ok_status(context_reserve(&newest), SEC_E_OK, "reserve"))
        return;
    for (size_t i = 0; i < RESTING; i += 2)
        ok_status(context_delete(&handles[i]), SEC_E_OK, "delete %zu", i);
    for (size_t i = 0; i < MANY; i++)
        contexts_rest(newest);
    for (size_t i = 0; i < RESTING; i++)
        ok((atomic_load(&objects[i].rested) != 0) == (i % 2 != 0), "%zu rested %d times", i,
           atomic_load(&objects[i].rested));
    ends_when_resting = handles[1];
    for (size_t i = 0; i < MANY && ends_when_resting.dwLower; i++)
        contexts_rest(newest);
    handle_cancel(newest);
    ok(atomic_load(&objects[1].destroyed) == 1, "not destroyed");
    for (size_t i = 3; i < RESTING; i += 2)
        ok_status(context_delete(&handles[i]), SEC_E_OK, "delete %zu, later", i);
    ok(atomic_load(&live_objects) == 0, "%d objects left", atomic_load(&live_objects));
}

/* Reserving tells that memory is short, and works again later. */
START_TEST(handle_no_memory)
{
    static struct handle_slot *slots[200];
    size_t used = 0;
    SECURITY_STATUS status = SEC_E_OK;

    mem_fail_after(0);
    while (used < COUNT_OF(slots) && status == SEC_E_OK) {
        status = credential_reserve(&slots[used]);
        used += status == SEC_E_OK;
    }
    mem_fail_after(-1);
    ok_status(status, SEC_E_INSUFFICIENT_MEMORY, "%zu slots without memory", used);
    ok_status(credential_reserve(&slots[used]), SEC_E_OK, "memory again");
    for (size_t i = 0; i <= used; i++)
        handle_cancel(slots[i]);
}

/* ---- threads
 * ---------------------------------------------------------------------------------------- */

#define PLACES 4
#define ROUNDS 20000
#define THREADS 4

/* Handles that all threads use, delete and replace at random. */
static struct {
    atomic_ullong handle[PLACES]; /* both words, packed */
    atomic_long uses, deletions;
    struct handle_slot *newest;
} shared;

/* Never used twice, so that a visit to a dead object is seen. */
static struct object pool[PLACES + THREADS * ROUNDS];
static atomic_uint pool_next;

static unsigned long long pack(const SecHandle *handle)
{
    return (unsigned long long)handle->dwLower << 32 | handle->dwUpper;
}

static SecHandle unpack(unsigned long long packed)
{
    return (SecHandle){(ULONG_PTR)(packed >> 32), (ULONG_PTR)(packed & UINT32_MAX)};
}

static void use(SecHandle handle, unsigned kind)
{
    enum handle_use lane = (enum handle_use)(kind % USES);
    struct handle_ref ref;
    struct object *object;

    if (context_acquire(&handle, lane, &ref) != SEC_E_OK)
        return;
    object = ref.object;
    atomic_fetch_add(&object->users, 1);
    if (atomic_fetch_add(&object->inside[lane], 1) != 0 && lane < HANDLE_LANES)
        ok(false, "two threads in lane %d", lane);
    if (atomic_load(&object->destroyed) != 0)
        ok(false, "inside an object that is destroyed");
    if (kind % 7 == 0)
        host_thread_yield();
    atomic_fetch_sub(&object->inside[lane], 1);
    atomic_fetch_sub(&object->users, 1);
    atomic_fetch_add(&shared.uses, 1);
    handle_release(&ref);
}

/* The one who deleted puts a new object in its place. */
static void replace(unsigned place, SecHandle handle)
{
    struct handle_slot *slot = NULL;

    if (context_delete(&handle) != SEC_E_OK)
        return;
    atomic_fetch_add(&shared.deletions, 1);
    if (context_reserve(&slot) != SEC_E_OK)
        return;
    atomic_fetch_add(&live_objects, 1);
    handle = handle_publish(slot, &package, &pool[atomic_fetch_add(&pool_next, 1)]);
    atomic_store(&shared.handle[place], pack(&handle));
}

static void play(void *argument)
{
    unsigned state = *(unsigned *)argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned place;

        state = state * 1664525 + 1013904223;
        place = (state >> 16) % PLACES;
        if ((state >> 8) % 8 == 0)
            replace(place, unpack(atomic_load(&shared.handle[place])));
        else
            use(unpack(atomic_load(&shared.handle[place])), state >> 20);
        contexts_rest(shared.newest);
    }
}

START_TEST(handle_threads)
{
    struct host_thread *threads[THREADS] = {NULL};
    unsigned seeds[COUNT_OF(threads)];
    struct handle_slot *slots[RESTING];

    /* Only many contexts rest. */
    for (unsigned i = 0; i < COUNT_OF(slots); i++)
        ok_status(context_reserve(&slots[i]), SEC_E_OK, "slot %u", i);
    for (unsigned i = 0; i < COUNT_OF(slots); i++)
        handle_cancel(slots[i]);
    shared.newest = slots[0];
    for (unsigned i = 0; i < PLACES; i++) {
        SecHandle handle = make(&pool[atomic_fetch_add(&pool_next, 1)]);

        atomic_store(&shared.handle[i], pack(&handle));
    }
    for (unsigned i = 0; i < COUNT_OF(threads); i++) {
        seeds[i] = harness_random();
        threads[i] = host_thread_start(play, &seeds[i]);
        ok(threads[i] != NULL, "thread %u", i);
    }
    for (unsigned i = 0; i < COUNT_OF(threads); i++)
        if (threads[i])
            host_thread_join(threads[i]);
    for (unsigned i = 0; i < PLACES; i++) {
        SecHandle handle = unpack(atomic_load(&shared.handle[i]));

        ok_status(context_delete(&handle), SEC_E_OK, "place %u", i);
    }
    ok(atomic_load(&live_objects) == 0, "%d objects left", atomic_load(&live_objects));
    ok(atomic_load(&shared.uses) > 0 && atomic_load(&shared.deletions) > 0,
       "%ld uses, %ld deletions", atomic_load(&shared.uses), atomic_load(&shared.deletions));
}
