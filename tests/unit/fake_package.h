/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A security package for tests of the dispatcher: it records what it is asked, and answers what the
 * test wants. It stands in the list in place of the library's own packages.
 */
#ifndef SECUR32_TESTS_FAKE_PACKAGE_H
#define SECUR32_TESTS_FAKE_PACKAGE_H

#include "winsspi.h"

#include "sspi/package.h"

struct fake {
    /* what the next calls answer */
    SECURITY_STATUS status;
    bool makes_context; /* a first call makes one */
    ULONG attributes;
    LONGLONG expiry;
    /* what was asked */
    unsigned calls;
    WCHAR text[5][64]; /* strings of the last call, in the order of its arguments */
    bool has_text[5];
    ULONG request, id;
    void *context, *credential;
    const void *auth_data;
    size_t room;
    int live_contexts, live_credentials;
    unsigned starts, loads;
    bool found_while_loading, outside_listed, taken_listed;
};

extern struct fake fake;

/* Everything zero but the counters of live objects. */
void fake_reset(void);

#define FAKE_NAME u"Fake"
#define FAKE_ALIAS u"Fake Alias"
#define BARE_NAME u"Bare"            /* nothing but credentials and contexts */
#define ABSENT_NAME u"Cannot Start"  /* its start fails */
#define OUTSIDE_NAME u"From Outside" /* registered while the list is made */
#define TAKEN_NAME u"Comes Too Late" /* its second name is one of FAKE_NAME's */
#define FAKE_COMMENT u"A package for tests \u00e9"

#endif
