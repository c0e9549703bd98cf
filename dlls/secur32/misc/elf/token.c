/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See misc/token.h.
 */
#include "misc/token.h"

bool token_is_own_account(const WCHAR *name)
{
    (void)name;
    return false;
}

bool token_is_own_sid(const void *sid)
{
    (void)sid;
    return false;
}

SECURITY_STATUS token_make(enum token_use use, void **token)
{
    (void)use;
    (void)token;
    return SEC_E_NO_IMPERSONATION;
}

bool token_session(void *token, LUID *id)
{
    (void)token;
    (void)id;
    return false;
}

void token_close(void *token)
{
    (void)token;
}

SECURITY_STATUS token_assume(void *token)
{
    (void)token;
    return SEC_E_NO_IMPERSONATION;
}

SECURITY_STATUS token_revert(void)
{
    return SEC_E_NO_IMPERSONATION;
}
