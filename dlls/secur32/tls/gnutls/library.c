/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See library.h. The system's GnuTLS configuration (/etc/gnutls/config,
 * GNUTLS_SYSTEM_PRIORITY_FILE) stays in force: what a distribution disables there is gone for us
 * too. It can add nothing, since our priority strings start from NONE and name each algorithm.
 */
#include "tls/gnutls/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "tls/gnutls/algorithms.h"

#define LIBRARY_FILE "libgnutls.so.30"
#define VERSION_MIN "3.7.0"
#define REMEDY "install the package libgnutls30 (Debian, Ubuntu) or gnutls (Fedora, Arch)"

struct gnutls_library gnutls; /* constant after load_once */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static enum tls_status loaded = TLS_UNAVAILABLE;
static struct tls_library facts = {.name = "GnuTLS"};
static gnutls_alloc_function *alloc_function; /* &gnutls_malloc */
static gnutls_free_function *free_function;   /* &gnutls_free */

struct symbol {
    const char *name;
    size_t offset; /* in struct gnutls_library */
};

/* clang-format off */
#define GNUTLS_ROW(name) {"gnutls_" #name, offsetof(struct gnutls_library, name)},
static const struct symbol symbols[] = {GNUTLS_FUNCTIONS(GNUTLS_ROW)};

static const struct {
    const char *name;
    uint32_t bit;
} versions[] = {
    {"VERS-TLS1.0",  TLS_VERSION_1_0},
    {"VERS-TLS1.1",  TLS_VERSION_1_1},
    {"VERS-TLS1.2",  TLS_VERSION_1_2},
    {"VERS-TLS1.3",  TLS_VERSION_1_3},
    {"VERS-DTLS1.0", DTLS_VERSION_1_0},
    {"VERS-DTLS1.2", DTLS_VERSION_1_2},
};
/* clang-format on */

static bool find_symbols(void *library)
{
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        void *address = dlsym(library, symbols[i].name);

        if (!address) {
            snprintf(facts.problem, sizeof(facts.problem),
                     LIBRARY_FILE " lacks %s: it is not GnuTLS " VERSION_MIN " or newer; " REMEDY,
                     symbols[i].name);
            return false;
        }
        /* POSIX lets dlsym's result be used as a function; ISO C has no cast for it. */
        memcpy((char *)&gnutls + symbols[i].offset, &address, sizeof(address));
    }
    alloc_function = dlsym(library, "gnutls_malloc");
    free_function = dlsym(library, "gnutls_free");
    return alloc_function && free_function;
}

/* A trial, since the system's configuration may have disabled it. */
static uint32_t find_versions(void)
{
    uint32_t mask = 0;

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        gnutls_priority_t priority;
        char text[128];

        snprintf(text, sizeof(text), "NORMAL:-VERS-ALL:+%s", versions[i].name);
        if (gnutls.priority_init(&priority, text, NULL) < 0)
            continue;
        gnutls.priority_deinit(priority);
        mask |= versions[i].bit;
    }
    return mask;
}

static void load_once(void)
{
    void *library = dlopen(LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL);
    const char *version;

    if (!library) {
        const char *why = dlerror();

        snprintf(facts.problem, sizeof(facts.problem), "GnuTLS is missing (%.100s): " REMEDY,
                 why ? why : LIBRARY_FILE);
        return;
    }
    /* Never closed: GnuTLS is not made to be unloaded, and others in the process may share it. */
    if (!find_symbols(library))
        return;
    version = gnutls.check_version(NULL);
    snprintf(facts.version, sizeof(facts.version), "%s", version ? version : "");
    if (!gnutls.check_version(VERSION_MIN)) {
        snprintf(facts.problem, sizeof(facts.problem),
                 "GnuTLS %s is too old, " VERSION_MIN " is needed: " REMEDY, facts.version);
        return;
    }
    if (gnutls.global_init() < 0 || !algorithms_load()) {
        snprintf(facts.problem, sizeof(facts.problem), "GnuTLS %s cannot be initialised",
                 facts.version);
        return;
    }
    facts.versions = find_versions();
    loaded = TLS_OK;
}

enum tls_status tls_load(struct tls_library *library)
{
    pthread_once(&once, load_once);
    if (loaded != TLS_OK)
        TRACE(LOG_TLS, "%s", facts.problem);
    *library = facts;
    return loaded;
}

bool library_ready(void)
{
    pthread_once(&once, load_once);
    return loaded == TLS_OK;
}

void *library_alloc(size_t size)
{
    return (*alloc_function)(size);
}

void library_free(void *memory)
{
    if (memory)
        (*free_function)(memory);
}
