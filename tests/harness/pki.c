/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See pki.h: what does not depend on the platform.
 */
#ifndef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#endif

#include "pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "host.h"

#define NAMES_MAX 64

static struct {
    char name[32];
    PCCERT_CONTEXT certificate; /* NULL: could not be opened */
} opened[NAMES_MAX];
static size_t opened_count;

static void free_all(void)
{
    for (size_t i = 0; i < opened_count; i++)
        if (opened[i].certificate)
            pki_free(opened[i].certificate);
    opened_count = 0;
}

PCCERT_CONTEXT pki_find(const char *name)
{
    for (size_t i = 0; i < opened_count; i++)
        if (!strcmp(opened[i].name, name))
            return opened[i].certificate;
    if (opened_count == NAMES_MAX || strlen(name) >= sizeof(opened[0].name))
        abort();
    if (opened_count == 0)
        atexit(free_all);
    strcpy(opened[opened_count].name, name);
    opened[opened_count].certificate = pki_open(name);
    return opened[opened_count++].certificate;
}

PCCERT_CONTEXT pki_certificate(const char *name)
{
    PCCERT_CONTEXT certificate = pki_find(name);

    if (!certificate && harness_pki_folder())
        skip("certificate \"%s\" with its key cannot be opened here", name);
    else if (!certificate)
        skip("certificate \"%s\" needs a folder made by make-pki (--pki)", name);
    return certificate;
}

bool pki_has_lists(void)
{
    char path[PKI_PATH_MAX];
    FILE *file = pki_path("crl-url", "", path, sizeof(path)) ? fopen(path, "r") : NULL;

    if (!file)
        return false;
    fclose(file);
    return strcmp(host_platform(), "linux") != 0;
}

bool pki_path(const char *name, const char *suffix, char *path, size_t room)
{
    const char *folder = harness_pki_folder();
    int size;

    if (!folder)
        return false;
    size = snprintf(path, room, "%s/%s%s", folder, name, suffix);
    return size > 0 && (size_t)size < room;
}
