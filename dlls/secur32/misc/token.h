/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Access tokens of the user that the process runs as: misc/elf/token.c and misc/pe/token.c. There
 * are none for other users: under Wine all accounts are one user of the system. On Linux there are
 * none at all, and each of these says SEC_E_NO_IMPERSONATION.
 */
#ifndef SECUR32_MISC_TOKEN_H
#define SECUR32_MISC_TOKEN_H

#include "winsspi.h"

#include "base/span.h"

/* "DOMAIN\\user" is the account of the process: its domain without regard to case, as everywhere;
 * its user letter by letter, since there may be another one behind it whose name has other letters.
 */
bool token_is_own_account(const WCHAR *name);
/* The SID is that user's. */
bool token_is_own_sid(const void *sid);

enum token_use {
    TOKEN_USE_IDENTIFY,    /* only tells who the user is */
    TOKEN_USE_IMPERSONATE, /* to act as the user */
    TOKEN_USE_PRIMARY,     /* to start processes with */
};

/* A token for token_close, or for the program's CloseHandle. */
MUST_CHECK SECURITY_STATUS token_make(enum token_use use, void **token);
/* The logon session of it. false: unknown. */
bool token_session(void *token, LUID *id);
void token_close(void *token); /* NULL is fine */
/* The calling thread acts with the token, until it reverts. */
MUST_CHECK SECURITY_STATUS token_assume(void *token);
MUST_CHECK SECURITY_STATUS token_revert(void);

#endif
