/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The system's trust as it is now: trust.h. On Windows the default chain engine notices what is
 * added to a store or taken out of it (Microsoft Learn, "CERT_CHAIN_ENGINE_CONFIG structure",
 * CERT_CHAIN_ENABLE_CACHE_AUTO_UPDATE). Wine's (seen on 8.0) reads the stores once in a process: a
 * root that the user imports meanwhile stays unknown to it, and one that he removes stays trusted.
 * So we have an engine of our own, and a new one after each change.
 *
 * A new engine costs tens of milliseconds under Wine, a chain less than one. The registry tells of
 * changes: there the system stores are kept, on Windows as in a Wine prefix (Microsoft Learn,
 * "System Store Locations").
 */
#include "platform/pe/trust.h"

#include <stddef.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"

static const HKEY hives[] = {HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};

/* locks: (l) engine_lock; they live as long as the process */
static struct lock engine_lock = LOCK_INITIALIZER;
static struct pe_engine *current;     /* (l) with one reference */
static HANDLE changed;                /* (l) event: the stores are not those of current */
static HKEY watched[COUNT_OF(hives)]; /* (l) */

/* Whether any change from now on will set the event. */
static bool watch(void)
{
    bool all = true;

    for (size_t i = 0; i < COUNT_OF(hives); i++) {
        /* A closed key sets the event of its notification. */
        if (watched[i])
            RegCloseKey(watched[i]);
        watched[i] = NULL;
    }
    ResetEvent(changed);
    for (size_t i = 0; i < COUNT_OF(hives); i++)
        all &= RegCreateKeyExW(hives[i], L"Software\\Microsoft\\SystemCertificates", 0, NULL, 0,
                               KEY_NOTIFY, NULL, &watched[i], NULL) == ERROR_SUCCESS &&
               RegNotifyChangeKeyValue(watched[i], TRUE,
                                       REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET, changed,
                                       TRUE) == ERROR_SUCCESS;
    return all;
}

/* NULL: no memory. */
static struct pe_engine *engine_new(void)
{
    /* The structure as it was before Windows 7 made it longer: Wine 8.0 refuses the newest size. */
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize =
                                           offsetof(CERT_CHAIN_ENGINE_CONFIG, hExclusiveRoot)};
    struct pe_engine *made = mem_alloc(sizeof(*made));

    if (!made)
        return NULL;
    *made = (struct pe_engine){.handle = NULL};
    atomic_init(&made->references, 1);
    if (!CertCreateCertificateChainEngine(&config, &made->handle)) {
        TRACE(LOG_PLATFORM, "no chain engine: %08lx", (unsigned long)GetLastError());
        mem_free(made);
        return NULL;
    }
    made->disallowed =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0,
                      CERT_SYSTEM_STORE_CURRENT_USER | CERT_STORE_READONLY_FLAG, L"Disallowed");
    return made;
}

void pe_engine_release(struct pe_engine *engine)
{
    if (!engine || atomic_fetch_sub_explicit(&engine->references, 1, memory_order_acq_rel) != 1)
        return;
    CertFreeCertificateChainEngine(engine->handle);
    if (engine->disallowed)
        CertCloseStore(engine->disallowed, 0);
    mem_free(engine);
}

/* Watches before it reads, so that no change falls between. */
static void renew(void) must_hold(&engine_lock);
static void renew(void)
{
    TRACE(LOG_PLATFORM, "reads the system's stores");
    if (!changed)
        changed = CreateEventW(NULL, TRUE, FALSE, NULL);
    /* What cannot be watched is read anew each time. */
    if (changed && !watch())
        SetEvent(changed);
    pe_engine_release(current);
    current = engine_new();
}

struct pe_engine *pe_engine_acquire(void)
{
    struct pe_engine *engine;

    lock_take(&engine_lock);
    if (!current || WaitForSingleObject(changed, 0) != WAIT_TIMEOUT)
        renew();
    engine = current;
    if (engine)
        atomic_fetch_add_explicit(&engine->references, 1, memory_order_relaxed);
    lock_release(&engine_lock);
    return engine;
}
