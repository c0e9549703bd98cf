/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The client's access token, for a server that wants to act as the client.
 *
 * Differs: there is one only where the client is the very user that the server's process runs as,
 * since no other user can be had: under Wine all accounts are one user of the system. A token of
 * the server's own for another name would give that name the server's rights.
 *
 * Source: Microsoft Learn, "QuerySecurityContextToken function", "ImpersonateSecurityContext
 * function" (for server contexts only; SEC_E_NO_IMPERSONATION), "Context Requirements"
 * (ISC_REQ_IDENTIFY: the token only tells who the client is), "SecPkgContext_AccessToken structure"
 * (the handle stays the context's).
 */
#include "gss/context.h"

#include "base/log.h"
#include "base/mem.h"
#include "gss/text.h"
#include "misc/token.h"
#include "platform/platform.h"

static bool has_own_name(struct mech_context *context)
{
    char *name = NULL;
    WCHAR *wide = NULL;
    size_t size = 0;
    bool is_own = text_of_context(context, MECH_TEXT_CLIENT, &name, &size) == MECH_OK &&
                  platform_wide_from_utf8(name, &wide) == SEC_E_OK && token_is_own_account(wide);

    mem_free(wide);
    mem_free(name);
    return is_own;
}

bool gss_client_is_self(struct mech_context *context, enum mech chosen)
{
    bool is_self = false;

    if (chosen == MECH_NTLM)
        return has_own_name(context);
    return mech_client_is_self(context, &is_self) == MECH_OK && is_self;
}

/* With the context's lock. */
static SECURITY_STATUS make_token(const struct gss_context *context, void **token)
{
    SECURITY_STATUS status = SEC_E_NO_IMPERSONATION;

    if (context->is_server && context->phase == PHASE_READY &&
        !(context->facts.granted & MECH_FLAG_ANONYMOUS) &&
        gss_client_is_self(context->mech_context, context->chosen))
        status = token_make(context->facts.granted & MECH_FLAG_IDENTIFY ? TOKEN_USE_IDENTIFY
                                                                        : TOKEN_USE_IMPERSONATE,
                            token);
    TRACE(LOG_GSS, "token of the client of context %p: %08lx%s", (const void *)context,
          (unsigned long)(uint32_t)status,
          status == SEC_E_OK ? "" : ", as there is one only of the user of this process");
    return status;
}

SECURITY_STATUS gss_query_token(void *object, void **token)
{
    struct gss_context *context = object;
    SECURITY_STATUS status;

    lock_take(&context->lock);
    status = make_token(context, token);
    lock_release(&context->lock);
    return status;
}

SECURITY_STATUS gss_impersonate(void *object)
{
    void *token = NULL;
    SECURITY_STATUS status = gss_query_token(object, &token);

    if (status == SEC_E_OK)
        status = token_assume(token);
    token_close(token);
    return status;
}

/* Where nothing can have been begun, an impersonation that the program began otherwise stays. */
SECURITY_STATUS gss_revert(void *object)
{
    void *token = NULL;
    SECURITY_STATUS status = gss_query_token(object, &token);

    token_close(token);
    return status == SEC_E_OK ? token_revert() : status;
}

SECURITY_STATUS gss_fill_access_token(struct gss_context *context, void *value)
{
    SecPkgContext_AccessToken *access = value;
    SECURITY_STATUS status = SEC_E_OK;

    if (!context->is_server)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!context->token)
        status = make_token(context, &context->token);
    if (status == SEC_E_OK)
        access->AccessToken = context->token;
    return status;
}
