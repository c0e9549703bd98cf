/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, random bytes and descriptions of certificates, on Linux.
 */
#include "platform/platform.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

/* For a function of Windows from before CryptoAPI, which no program here calls. */
SECURITY_STATUS platform_describe(struct span der, struct platform_description *description)
{
    (void)der;
    (void)description;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

void platform_description_done(struct platform_description *description)
{
    (void)description;
}

/* The kernel does not fail once it has started; without random bytes nothing may go on. */
void platform_random(void *to, size_t size)
{
    uint8_t *at = to;

    while (size) {
        ssize_t got = getrandom(at, size, 0);

        if (got < 0) {
            if (errno == EINTR)
                continue;
            abort();
        }
        at += got;
        size -= (size_t)got;
    }
}
