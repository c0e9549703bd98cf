/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Entry points for credentials: acquire, add, free, query and set attributes;
 * ChangeAccountPassword.
 *
 * Sources: Microsoft Learn, the pages of these functions.
 */
#include "winsspi.h"

#include "base/log.h"
#include "sspi/attributes.h"
#include "sspi/buffers.h"
#include "sspi/handle.h"
#include "sspi/packages.h"
#include "sspi/strings.h"

/* ---- acquire
 * ---------------------------------------------------------------------------------------- */

static SECURITY_STATUS acquire(const WCHAR *package, struct ssp_acquire *call, CredHandle *handle)
{
    struct handle_slot *slot = NULL;
    const struct ssp *ssp;
    SECURITY_STATUS status;

    if (!handle)
        return SEC_E_INVALID_HANDLE;
    ssp = packages_find(package);
    if (!ssp)
        return SEC_E_SECPKG_NOT_FOUND;
    if (!ssp->acquire)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = credential_reserve(&slot);
    if (status != SEC_E_OK)
        return status;
    call->ssp = ssp;
    status = ssp->acquire(call);
    if (status < 0)
        handle_cancel(slot);
    else
        *handle = handle_publish(slot, ssp, call->credential);
    return status;
}

/*
 * AcquireCredentialsHandle: a credential of the package with this name.
 *
 * auth_data   the package's own structure; it and what it points to may be freed after the call
 * handle      written on success only
 * expiry      local time; may be NULL
 */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(SEC_WCHAR *principal, SEC_WCHAR *package,
                                                    ULONG use, void *logon_id, void *auth_data,
                                                    SEC_GET_KEY_FN get_key, void *get_key_argument,
                                                    PCredHandle handle, PTimeStamp expiry)
{
    struct ssp_acquire call = {.principal = principal,
                               .use = use,
                               .logon_id = logon_id,
                               .auth_data = auth_data,
                               .get_key = get_key,
                               .get_key_argument = get_key_argument};
    SECURITY_STATUS status = acquire(package, &call, handle);

    if (status >= 0 && expiry)
        *expiry = call.expiry;
    TRACE(LOG_SSPI, "acquire, use %lu: %08lx", (unsigned long)use, (unsigned long)(uint32_t)status);
    return status;
}

/* The authentication data says by itself which character set it has. */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(SEC_CHAR *principal, SEC_CHAR *package,
                                                    ULONG use, void *logon_id, void *auth_data,
                                                    SEC_GET_KEY_FN get_key, void *get_key_argument,
                                                    PCredHandle handle, PTimeStamp expiry)
{
    const char *const narrow[] = {principal, package};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = AcquireCredentialsHandleW(wide[0], wide[1], use, logon_id, auth_data, get_key,
                                       get_key_argument, handle, expiry);
    strings_done(wide, COUNT_OF(wide));
    return status;
}

SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle handle, SEC_WCHAR *principal,
                                          SEC_WCHAR *package, ULONG use, void *auth_data,
                                          SEC_GET_KEY_FN get_key, void *get_key_argument,
                                          PTimeStamp expiry)
{
    struct ssp_acquire call = {.principal = principal,
                               .use = use,
                               .auth_data = auth_data,
                               .get_key = get_key,
                               .get_key_argument = get_key_argument};
    struct handle_ref ref;
    SECURITY_STATUS status = credential_acquire(handle, &ref);

    if (status != SEC_E_OK)
        return status;
    if (!packages_find(package))
        status = SEC_E_SECPKG_NOT_FOUND;
    else if (!ref.ssp->add_credentials)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else
        status = ref.ssp->add_credentials(ref.object, &call);
    if (status >= 0 && expiry)
        *expiry = call.expiry;
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle handle, SEC_CHAR *principal,
                                          SEC_CHAR *package, ULONG use, void *auth_data,
                                          SEC_GET_KEY_FN get_key, void *get_key_argument,
                                          PTimeStamp expiry)
{
    const char *const narrow[] = {principal, package};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = AddCredentialsW(handle, wide[0], wide[1], use, auth_data, get_key, get_key_argument,
                             expiry);
    strings_done(wide, COUNT_OF(wide));
    return status;
}

/* The program's handle is not cleared: that is left to the program, as on Windows. */
SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle handle)
{
    return credential_delete(handle);
}

/* ---- attributes
 * ------------------------------------------------------------------------------------- */

static SECURITY_STATUS ask(PCredHandle handle, const struct ssp_attribute *attribute,
                           attribute_step step)
{
    struct handle_ref ref;
    SECURITY_STATUS status = credential_acquire(handle, &ref);

    if (status != SEC_E_OK)
        return status;
    status = step(&(struct attribute_call){ATTRIBUTE_CREDENTIAL, ref.ssp, ref.object, *attribute});
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle handle, ULONG id, void *buffer)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, SSP_ROOM_UNKNOWN}, attribute_query_wide);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle handle, ULONG id, void *buffer)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, SSP_ROOM_UNKNOWN},
               attribute_query_narrow);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle handle, ULONG id, void *buffer,
                                                        ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_query_wide);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle handle, ULONG id, void *buffer,
                                                        ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_query_narrow);
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle handle, ULONG id, void *buffer,
                                                    ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_set_wide);
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle handle, ULONG id, void *buffer,
                                                    ULONG size)
{
    return ask(handle, &(struct ssp_attribute){id, buffer, size}, attribute_set_narrow);
}

/* ---- passwords
 * -------------------------------------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(SEC_WCHAR *package, SEC_WCHAR *domain,
                                                 SEC_WCHAR *account, SEC_WCHAR *old_password,
                                                 SEC_WCHAR *new_password, BOOLEAN impersonating,
                                                 ULONG reserved, PSecBufferDesc output)
{
    const struct ssp *ssp = packages_find(package);
    SECURITY_STATUS status;

    (void)impersonating; /* a package acts for the calling thread in either case */
    (void)reserved;
    if (!ssp)
        return SEC_E_SECPKG_NOT_FOUND;
    if (!ssp->change_password)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = buffers_check(output);
    if (status != SEC_E_OK)
        return status;
    return ssp->change_password(
        &(struct ssp_password){ssp, domain, account, old_password, new_password, output});
}

SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(SEC_CHAR *package, SEC_CHAR *domain,
                                                 SEC_CHAR *account, SEC_CHAR *old_password,
                                                 SEC_CHAR *new_password, BOOLEAN impersonating,
                                                 ULONG reserved, PSecBufferDesc output)
{
    const char *const narrow[] = {package, domain, account, old_password, new_password};
    WCHAR *wide[COUNT_OF(narrow)];
    SECURITY_STATUS status = strings_widen(narrow, wide, COUNT_OF(wide));

    if (status != SEC_E_OK)
        return status;
    status = ChangeAccountPasswordW(wide[0], wide[1], wide[2], wide[3], wide[4], impersonating,
                                    reserved, output);
    strings_done(wide, COUNT_OF(wide));
    return status;
}
