/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See hello.h.
 */
#include "base/hello.h"

#define RANDOM_SIZE 32
#define SESSION_ID_MAX 32

static bool is_list_of_extensions(struct span list)
{
    struct span body;
    uint16_t type;

    while (list.size)
        if (!hello_next_extension(&list, &type, &body))
            return false;
    return true;
}

bool hello_read_client(struct span body, bool datagram, struct hello_client *hello)
{
    struct span cookie;

    *hello = (struct hello_client){.version = 0};
    if (!span_take_u16(&body, &hello->version) || !span_take(&body, RANDOM_SIZE, &hello->random) ||
        !span_take_vector8(&body, &hello->session_id) ||
        (datagram && !span_take_vector8(&body, &cookie)) ||
        !span_take_vector16(&body, &hello->suites) ||
        !span_take_vector8(&body, &hello->compressions))
        return false;
    if (hello->session_id.size > SESSION_ID_MAX || !hello->suites.size || hello->suites.size % 2 ||
        !hello->compressions.size)
        return false;
    if (!body.size)
        return true;
    return span_take_vector16(&body, &hello->extensions) && !body.size &&
           is_list_of_extensions(hello->extensions);
}

bool hello_next_extension(struct span *list, uint16_t *type, struct span *body)
{
    struct span rest = *list, found;
    uint16_t number;

    if (!span_take_u16(&rest, &number) || !span_take_vector16(&rest, &found))
        return false;
    *type = number;
    *body = found;
    *list = rest;
    return true;
}

bool hello_find_extension(struct span list, uint16_t type, struct span *body)
{
    struct span found;
    uint16_t number;

    while (hello_next_extension(&list, &number, &found))
        if (number == type) {
            *body = found;
            return true;
        }
    return false;
}
