/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See text.h.
 */
#include "gss/text.h"

#include "base/mem.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

/* Names and keys are far shorter; those that are not are asked for again. */
#define FIRST_ROOM 256
#define ROOM_MAX 0x10000

SECURITY_STATUS text_for_program(const char *utf8, WCHAR **text)
{
    WCHAR *wide = NULL;
    SECURITY_STATUS status = platform_wide_from_utf8(utf8, &wide);

    if (status != SEC_E_OK)
        return status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_INTERNAL_ERROR;
    *text = buffers_copy_wide(wide);
    mem_free(wide);
    return *text ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

struct source {
    struct mech_credential *credential;
    struct mech_context *context;
    enum mech_text what;
};

static enum mech_status ask(const struct source *from, char *to, size_t room, size_t *size)
{
    if (from->credential)
        return mech_credential_name(from->credential, (uint8_t *)to, room, size);
    return mech_text(from->context, from->what, (uint8_t *)to, room, size);
}

static enum mech_status fetch(const struct source *from, char **text, size_t *size)
{
    size_t room = FIRST_ROOM;

    for (;;) {
        char *to = mem_alloc(room + 1);
        enum mech_status status;

        if (!to)
            return MECH_NO_MEMORY;
        status = ask(from, to, room, size);
        if (status == MECH_OK) {
            *text = to;
            return status;
        }
        mem_free(to);
        if (status != MECH_TOO_SMALL || *size <= room || *size > ROOM_MAX)
            return status;
        room = *size;
    }
}

SECURITY_STATUS text_of_credential(struct mech_credential *credential, WCHAR **text)
{
    char *name = NULL;
    size_t size = 0;
    enum mech_status called = fetch(&(struct source){.credential = credential}, &name, &size);
    SECURITY_STATUS status;

    if (called == MECH_UNSUPPORTED) /* a server's that stands for no name */
        return SEC_E_NO_CREDENTIALS;
    if (called == MECH_NO_MEMORY)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (called != MECH_OK)
        return SEC_E_NO_CREDENTIALS;
    status = text_for_program(name, text);
    mem_free(name);
    return status;
}

enum mech_status text_of_context(struct mech_context *context, enum mech_text what, char **text,
                                 size_t *size)
{
    return fetch(&(struct source){.context = context, .what = what}, text, size);
}
