/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The account of a server's client.
 *
 * Differs: a client certificate is never mapped to an account, so there is nobody to become.
 *
 * Source: Microsoft Learn, "ImpersonateSecurityContext function" (for server contexts only;
 * SEC_E_NO_IMPERSONATION), "Mapping Certificates".
 */
#include "schannel/context.h"

SECURITY_STATUS schan_impersonate(void *object)
{
    const struct schan_context *context = object;

    return context->role == TLS_SERVER ? SEC_E_NO_IMPERSONATION : SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS schan_query_token(void *object, void **token)
{
    (void)token;
    return schan_impersonate(object);
}
