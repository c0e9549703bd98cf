/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Finding the way to the other side, once per process: the helper is loaded by name and not
 * imported, so that secur32.dll loads without it, and says what is missing.
 */
#include "tls/unixcall.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/sync.h"
#include "secur32unix/helper.h"

#include <winbase.h>

#define REMEDY "run \"secur32-setup install\", which puts it in its place"

static struct lock load_lock = LOCK_INITIALIZER;
static bool tried;                               /* guarded by load_lock */
static bool way_found;                           /* constant once tried */
static struct unix_way way;                      /* constant once tried */
static struct tls_library facts;                 /* constant once tried */
static enum tls_status loaded = TLS_UNAVAILABLE; /* constant once tried */

static void problem(const char *text, unsigned long code)
{
    snprintf(facts.problem, sizeof(facts.problem), text, code);
}

static bool find_way(void)
{
    HMODULE helper = LoadLibraryA(HELPER_FILE);
    helper_open open;
    FARPROC function;
    LONG status;

    if (!helper) {
        problem(HELPER_FILE " cannot be loaded (error %lu): " REMEDY, GetLastError());
        return false;
    }
    function = GetProcAddress(helper, HELPER_OPEN);
    if (!function) {
        problem(HELPER_FILE " is of another version (error %lu): " REMEDY, GetLastError());
        return false;
    }
    memcpy(&open, &function, sizeof(open));
    status = open(&way);
    if (status < 0) {
        problem("secur32unix.so was not found for " HELPER_FILE " (status %08lx): " REMEDY
                ", or name its folder in WINEDLLPATH",
                (unsigned long)status);
        return false;
    }
    return true;
}

static void load_library(void)
{
    struct param_load call = {.revision = PARAM_REVISION};
    int status = way.dispatcher(way.library, PARAM_LOAD, &call);

    if (status == PARAM_REFUSED) {
        problem("secur32unix.so is of another version (status %08lx): " REMEDY,
                (unsigned long)status);
        return;
    }
    memcpy(facts.name, call.name, sizeof(facts.name));
    memcpy(facts.version, call.version, sizeof(facts.version));
    memcpy(facts.problem, call.problem, sizeof(facts.problem));
    facts.versions = call.versions;
    loaded = status == TLS_OK ? TLS_OK : TLS_UNAVAILABLE;
}

static enum tls_status load(void)
{
    lock_take(&load_lock);
    if (!tried) {
        way_found = find_way();
        if (way_found)
            load_library();
        tried = true;
        if (loaded != TLS_OK)
            TRACE(LOG_TLS, "%s", facts.problem);
    }
    lock_release(&load_lock);
    return loaded;
}

enum tls_status tls_load(struct tls_library *library)
{
    enum tls_status status = load();

    *library = facts;
    return status;
}

bool crossing_ready(void)
{
    return load() == TLS_OK;
}

const char *crossing_problem(void)
{
    (void)load();
    return way_found ? NULL : facts.problem;
}

int cross_any(enum param_call number, void *params)
{
    return (int)way.dispatcher(way.library, (unsigned)number, params);
}

enum tls_status cross(enum param_call number, void *params)
{
    int status = cross_any(number, params);

    if (status >= 0 && status < TLS_STATUS_COUNT)
        return (enum tls_status)status;
    TRACE(LOG_TLS, "call %d: status %08lx", (int)number, (unsigned long)status);
    return TLS_BAD_ARGUMENT;
}
