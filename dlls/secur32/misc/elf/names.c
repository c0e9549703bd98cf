/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The user by Linux's name service, in front of it the computer's name as Windows forms it: the
 * first label of the host name, at most 15 characters, in capitals (Microsoft Learn,
 * "COMPUTER_NAME_FORMAT", ComputerNameNetBIOS).
 */
#include "misc/names.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/platform.h"

#define COMPUTER_MAX 15
#define HOST_MAX 256
#define USER_MAX 256
#define ENTRY_MAX 65536 /* of the user database: with a long list of real name and folders */

static void computer_name(char name[COMPUTER_MAX + 1])
{
    char host[HOST_MAX] = "";
    size_t size = 0;

    if (gethostname(host, sizeof(host) - 1) != 0 || !*host)
        strcpy(host, "localhost");
    for (; size < COMPUTER_MAX && host[size] && host[size] != '.'; size++)
        name[size] =
            host[size] >= 'a' && host[size] <= 'z' ? (char)(host[size] - 'a' + 'A') : host[size];
    name[size] = 0;
}

static DWORD user_name(char *name, size_t room)
{
    struct passwd entry, *found = NULL;
    char *memory = mem_alloc(ENTRY_MAX);
    DWORD error = ERROR_SUCCESS;

    if (!memory)
        return ERROR_NOT_ENOUGH_MEMORY;
    getpwuid_r(geteuid(), &entry, memory, ENTRY_MAX, &found);
    if (!found)
        snprintf(name, room, "%lu", (unsigned long)geteuid());
    else if (strlen(found->pw_name) < room)
        strcpy(name, found->pw_name);
    else
        error = ERROR_NONE_MAPPED;
    mem_free(memory);
    return error;
}

ULONG names_user_number(void)
{
    return geteuid();
}

DWORD names_user(WCHAR **name)
{
    char computer[COMPUTER_MAX + 1], user[USER_MAX], both[COMPUTER_MAX + 1 + USER_MAX];
    DWORD error = user_name(user, sizeof(user));

    if (error != ERROR_SUCCESS)
        return error;
    computer_name(computer);
    snprintf(both, sizeof(both), "%s\\%s", computer, user);
    switch (platform_wide_from_utf8(both, name)) {
    case SEC_E_OK:
        return ERROR_SUCCESS;
    case SEC_E_INSUFFICIENT_MEMORY:
        return ERROR_NOT_ENOUGH_MEMORY;
    default:
        return ERROR_NONE_MAPPED; /* a name that is no UTF-8 */
    }
}
