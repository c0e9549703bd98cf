/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Entry points that ask or use a context that was made: attributes, impersonation, the token.
 *
 * Sources: Microsoft Learn, the pages of these functions.
 */
#include "winsspi.h"

#include "sspi/attributes.h"
#include "sspi/handle.h"

/* ---- attributes
 * ------------------------------------------------------------------------------------- */

static SECURITY_STATUS ask(PCtxtHandle handle, const struct ssp_attribute *attribute,
                           attribute_step step)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(handle, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    status = step(&(struct attribute_call){ATTRIBUTE_CONTEXT, ref.ssp, ref.object, *attribute});
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle handle, ULONG id, void *buffer)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, SSP_ROOM_UNKNOWN}, attribute_query_wide);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle handle, ULONG id, void *buffer)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, SSP_ROOM_UNKNOWN},
               attribute_query_narrow);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle handle, ULONG id, void *buffer,
                                                    ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_query_wide);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle handle, ULONG id, void *buffer,
                                                    ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_query_narrow);
}

SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle handle, ULONG id, void *buffer,
                                                ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_set_wide);
}

SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle handle, ULONG id, void *buffer,
                                                ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_set_narrow);
}

/* ---- the client's identity
 * -------------------------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle handle)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(handle, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    status = ref.ssp->impersonate ? ref.ssp->impersonate(ref.object) : SEC_E_UNSUPPORTED_FUNCTION;
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle handle)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(handle, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    status = ref.ssp->revert ? ref.ssp->revert(ref.object) : SEC_E_UNSUPPORTED_FUNCTION;
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle handle, void **token)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(handle, USE_OTHER, &ref);

    if (status != SEC_E_OK)
        return status;
    if (!ref.ssp->query_token)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!token)
        status = SEC_E_INVALID_TOKEN;
    else
        status = ref.ssp->query_token(ref.object, token);
    handle_release(&ref);
    return status;
}
