/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See library.h.
 */
#include "platform/elf/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define LIBRARY_FILE "libgnutls.so.30"
#define LIBRARY_VERSION_MIN "3.7.0"

static const struct {
    const char *name;
    size_t offset; /* of the pointer in struct library */
} functions[] = {
#define LIBRARY_ROW(name) {#name, offsetof(struct library, name)},
    LIBRARY_FUNCTIONS(LIBRARY_ROW)
#undef LIBRARY_ROW
};

/* Constant after library_once has run. */
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static struct library library;
static gnutls_free_function library_release;
static bool library_usable;

static bool find_functions(void *handle)
{
    /* A variable of the library that holds the function's address. */
    gnutls_free_function *release = dlsym(handle, "gnutls_free");

    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        void *address = dlsym(handle, functions[i].name);

        if (!address) {
            TRACE(LOG_PLATFORM, LIBRARY_FILE " has no %s", functions[i].name);
            return false;
        }
        memcpy((char *)&library + functions[i].offset, &address, sizeof(address));
    }
    if (!release || !*release)
        return false;
    library_release = *release;
    return true;
}

static void open_library(void)
{
    void *handle = dlopen(LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL);

    if (!handle) {
        TRACE(LOG_PLATFORM, "%s", dlerror());
        return;
    }
    if (!find_functions(handle))
        return;
    library_usable = library.gnutls_check_version(LIBRARY_VERSION_MIN) != NULL;
    if (!library_usable)
        TRACE(LOG_PLATFORM, LIBRARY_FILE " is older than " LIBRARY_VERSION_MIN);
}

const struct library *files_library_get(void)
{
    pthread_once(&library_once, open_library);
    return library_usable ? &library : NULL;
}

void files_library_free(void *memory)
{
    if (memory)
        library_release(memory);
}

void library_wipe_free(gnutls_datum_t *datum)
{
    if (datum->data)
        mem_wipe(datum->data, datum->size);
    files_library_free(datum->data);
    *datum = (gnutls_datum_t){NULL, 0};
}
