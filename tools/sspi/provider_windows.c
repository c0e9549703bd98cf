/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See provider.h: asks the loaded module for its file and its version resource.
 */
#include "provider.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

static void query_text(const void *block, const char *translation, const char *name, char *to,
                       size_t room)
{
    char path[64];
    char *text = NULL;
    UINT size = 0;

    snprintf(path, sizeof(path), "\\StringFileInfo\\%s\\%s", translation, name);
    if (VerQueryValueA(block, path, (void **)&text, &size) && size)
        snprintf(to, room, "%s", text);
}

static void query_version(const void *block, struct provider *provider)
{
    WORD *language = NULL;
    UINT size = 0;
    char translation[16] = "040904b0";

    if (VerQueryValueA(block, "\\VarFileInfo\\Translation", (void **)&language, &size) && size >= 4)
        snprintf(translation, sizeof(translation), "%04x%04x", language[0], language[1]);
    query_text(block, translation, "ProductName", provider->product, sizeof(provider->product));
    query_text(block, translation, "ProductVersion", provider->version, sizeof(provider->version));
}

void provider_find(struct provider *provider)
{
    HMODULE module = GetModuleHandleA("secur32.dll");
    DWORD size, handle;
    void *block;

    *provider = (struct provider){{0}, {0}, {0}};
    if (!module || !GetModuleFileNameA(module, provider->path, sizeof(provider->path)))
        return;
    size = GetFileVersionInfoSizeA(provider->path, &handle);
    block = size ? malloc(size) : NULL;
    if (block && GetFileVersionInfoA(provider->path, 0, size, block))
        query_version(block, provider);
    free(block);
}
