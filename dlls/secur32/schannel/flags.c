/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See flags.h. Callers compare the returned word with what they asked for, some of them bit by bit
 * from the first SEC_I_CONTINUE_NEEDED on, and abort on any difference: what is returned is the
 * echo of the latest request and the bits that a stream always has, nothing else.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (Schannel)" and "AcceptSecurityContext
 * (Schannel)"; the comparisons in curl, MongoDB, ZeroC Ice and Qt.
 */
#include "schannel/flags.h"

#include <stddef.h>

#include "base/span.h"

enum flag_rule {
    FLAG_ALWAYS, /* whatever was asked */
    FLAG_STREAM, /* unless datagrams were asked for */
    FLAG_ECHO,   /* when asked */
    FLAG_MAPPED, /* when asked, and a client certificate may be mapped */
    FLAG_REFUSED /* asking for it fails the call */
};

struct flag {
    ULONG request, returned;
    enum flag_rule rule;
};

/* clang-format off */
static const struct flag initialize_flags[] = {
    /* request                        returned                         rule */
    { ISC_REQ_DELEGATE,               0,                               FLAG_REFUSED },
    { ISC_REQ_MUTUAL_AUTH,            ISC_RET_MUTUAL_AUTH,             FLAG_ECHO },
    { ISC_REQ_REPLAY_DETECT,          ISC_RET_REPLAY_DETECT,           FLAG_ALWAYS },
    { ISC_REQ_SEQUENCE_DETECT,        ISC_RET_SEQUENCE_DETECT,         FLAG_ALWAYS },
    { ISC_REQ_CONFIDENTIALITY,        ISC_RET_CONFIDENTIALITY,         FLAG_ALWAYS },
    { ISC_REQ_PROMPT_FOR_CREDS,       0,                               FLAG_REFUSED },
    { ISC_REQ_USE_SUPPLIED_CREDS,     ISC_RET_USED_SUPPLIED_CREDS,     FLAG_ECHO },
    { ISC_REQ_ALLOCATE_MEMORY,        ISC_RET_ALLOCATED_MEMORY,        FLAG_ECHO },
    { ISC_REQ_DATAGRAM,               ISC_RET_DATAGRAM,                FLAG_ECHO },
    { ISC_REQ_CONNECTION,             ISC_RET_CONNECTION,              FLAG_ECHO },
    { ISC_REQ_EXTENDED_ERROR,         ISC_RET_EXTENDED_ERROR,          FLAG_ECHO },
    { ISC_REQ_STREAM,                 ISC_RET_STREAM,                  FLAG_STREAM },
    { ISC_REQ_INTEGRITY,              ISC_RET_INTEGRITY,               FLAG_ECHO },
    { ISC_REQ_MANUAL_CRED_VALIDATION, ISC_RET_MANUAL_CRED_VALIDATION,  FLAG_ECHO },
};

/* Servers are also called with the numbers of the other family, and such bits are ignored: 0x40 is
 * SESSION_TICKET here, not a request to prompt. */
static const struct flag accept_flags[] = {
    /* request                        returned                         rule */
    { ASC_REQ_DELEGATE,               0,                               FLAG_REFUSED },
    { ASC_REQ_MUTUAL_AUTH,            ASC_RET_MUTUAL_AUTH,             FLAG_MAPPED },
    { ASC_REQ_REPLAY_DETECT,          ASC_RET_REPLAY_DETECT,           FLAG_ALWAYS },
    { ASC_REQ_SEQUENCE_DETECT,        ASC_RET_SEQUENCE_DETECT,         FLAG_ALWAYS },
    { ASC_REQ_CONFIDENTIALITY,        ASC_RET_CONFIDENTIALITY,         FLAG_ALWAYS },
    { ASC_REQ_SESSION_TICKET,         ASC_RET_SESSION_TICKET,          FLAG_ECHO },
    { ASC_REQ_ALLOCATE_MEMORY,        ASC_RET_ALLOCATED_MEMORY,        FLAG_ECHO },
    { ASC_REQ_DATAGRAM,               ASC_RET_DATAGRAM,                FLAG_ECHO },
    { ASC_REQ_CONNECTION,             ASC_RET_CONNECTION,              FLAG_ECHO },
    { ASC_REQ_EXTENDED_ERROR,         ASC_RET_EXTENDED_ERROR,          FLAG_ECHO },
    { ASC_REQ_STREAM,                 ASC_RET_STREAM,                  FLAG_STREAM },
};
/* clang-format on */

_Static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY, "one test serves both families");
_Static_assert(ISC_REQ_DATAGRAM == ASC_REQ_DATAGRAM, "one test serves both families");

static const struct flag *family_flags(enum flags_family family, size_t *count)
{
    if (family == FLAGS_INITIALIZE) {
        *count = COUNT_OF(initialize_flags);
        return initialize_flags;
    }
    *count = COUNT_OF(accept_flags);
    return accept_flags;
}

SECURITY_STATUS flags_check(enum flags_family family, ULONG request)
{
    size_t count;
    const struct flag *flags = family_flags(family, &count);

    for (size_t i = 0; i < count; i++) {
        if (flags[i].rule == FLAG_REFUSED && (request & flags[i].request))
            return SEC_E_UNSUPPORTED_FUNCTION;
    }
    return SEC_E_OK;
}

static bool flag_holds(const struct flag *flag, ULONG request, bool peer_mapped)
{
    bool asked = (request & flag->request) != 0;

    switch (flag->rule) {
    case FLAG_ALWAYS:
        return true;
    case FLAG_STREAM:
        return !(request & ISC_REQ_DATAGRAM);
    case FLAG_ECHO:
        return asked;
    case FLAG_MAPPED:
        return asked && peer_mapped;
    case FLAG_REFUSED:
        return false;
    }
    return false;
}

ULONG flags_returned(enum flags_family family, ULONG request, bool peer_mapped)
{
    size_t count;
    const struct flag *flags = family_flags(family, &count);
    ULONG returned = 0;

    for (size_t i = 0; i < count; i++) {
        if (flag_holds(&flags[i], request, peer_mapped))
            returned |= flags[i].returned;
    }
    return returned;
}

bool flags_allocate(ULONG request)
{
    return (request & ISC_REQ_ALLOCATE_MEMORY) != 0;
}

bool flags_extended_error(enum flags_family family, ULONG request)
{
    ULONG bit = family == FLAGS_INITIALIZE ? ISC_REQ_EXTENDED_ERROR : ASC_REQ_EXTENDED_ERROR;

    return (request & bit) != 0;
}
