/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See lsa/caller.h: on Linux a session is a user's, with Samba's SID for users of Unix, S-1-22-1
 * and the number.
 */
#include "lsa/caller.h"

#include <string.h>

#include "misc/names.h"

#define SESSION_HIGH 1 /* below it are the numbers that Windows gives to its own sessions */

NTSTATUS lsa_caller_id(LUID *id)
{
    *id = (LUID){.LowPart = names_user_number(), .HighPart = SESSION_HIGH};
    return STATUS_SUCCESS;
}

NTSTATUS lsa_caller_get(struct lsa_caller *caller)
{
    static const uint8_t unix_user[] = {1, 2, 0, 0, 0, 0, 0, 22, 1, 0, 0, 0};
    uint32_t user = names_user_number();

    *caller = (struct lsa_caller){.session = 0};
    if (names_user(&caller->name) != ERROR_SUCCESS)
        return STATUS_NO_MEMORY;
    memcpy(caller->sid, unix_user, sizeof(unix_user));
    memcpy(caller->sid + sizeof(unix_user), &user, sizeof(user)); /* little-endian, as all we are */
    caller->sid_size = sizeof(unix_user) + sizeof(user);
    return lsa_caller_id(&caller->id);
}
