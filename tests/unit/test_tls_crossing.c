/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The crossing without Wine: secur32unix.so is opened as Wine would, and its table is called with
 * the parameters that the PE build's unixcall.c packs.
 */
#include "tls/unixcall.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int unix_call(void *params);

static unix_call *const *table;
static struct tls_library facts;
static enum tls_status loaded = TLS_UNAVAILABLE;

static void load(void)
{
    struct param_load call = {.revision = PARAM_REVISION};
    const char *folder = getenv("top_builddir");
    char path[1024];
    void *library;

    snprintf(path, sizeof(path), "%s/x86_64-unix/secur32unix.so", folder ? folder : ".");
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library)
        table = dlsym(library, "__wine_unix_call_funcs");
    if (!table) {
        snprintf(facts.problem, sizeof(facts.problem), "%.200s is not built", path);
        return;
    }
    loaded = (enum tls_status)table[PARAM_LOAD](&call);
    memcpy(facts.problem, call.problem, sizeof(facts.problem));
    facts.versions = call.versions;
}

enum tls_status tls_load(struct tls_library *library)
{
    if (!table)
        load();
    *library = facts;
    return loaded;
}

bool crossing_ready(void)
{
    struct tls_library library;

    return tls_load(&library) == TLS_OK;
}

enum tls_status cross(enum param_call number, void *params)
{
    int status = table[number](params);

    return status == PARAM_REFUSED ? TLS_BAD_ARGUMENT : (enum tls_status)status;
}
