/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Reads pAuthData of AcquireCredentialsHandle. The structures tell themselves apart by their first
 * DWORD; their mappers are reserved and never looked at.
 *
 * Sources: Microsoft Learn, "AcquireCredentialsHandle (Schannel)", "SCHANNEL_CRED structure",
 * "SCH_CREDENTIALS structure", "TLS_PARAMETERS structure"; schannel.h (limits). The documents name
 * no code for a structure that is not recognised but SEC_E_UNKNOWN_CREDENTIALS.
 */
#include "schannel/credential_input.h"

#include <string.h>

#include "base/mem.h"

#define USE_ROLES (SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND)

/* Counts without a list. */
static bool is_list(DWORD count, const void *list, DWORD limit)
{
    return count == 0 || (count <= limit && list);
}

static SECURITY_STATUS read_items(DWORD format, DWORD count, PCCERT_CONTEXT *items,
                                  struct credential_input *input)
{
    if (format > SCH_CRED_FORMAT_CERT_HASH_STORE || !is_list(count, items, LIMIT_CERTIFICATES))
        return SEC_E_UNKNOWN_CREDENTIALS;
    input->format = format;
    input->items = (const void *const *)items;
    input->item_count = count;
    return SEC_E_OK;
}

static SECURITY_STATUS read_v4(const SCHANNEL_CRED *from, struct credential_input *input)
{
    struct schan_wish *wish = &input->wish;

    /* "If cSupportedAlgs is zero or palgSupportedAlgs is NULL, Schannel uses the system defaults."
     */
    if (from->palgSupportedAlgs && from->cSupportedAlgs > LIMIT_ALGORITHMS)
        return SEC_E_UNKNOWN_CREDENTIALS;
    wish->flags = from->dwFlags;
    wish->enabled_protocols = from->grbitEnabledProtocols;
    wish->algorithms = from->palgSupportedAlgs;
    wish->algorithm_count = from->palgSupportedAlgs ? from->cSupportedAlgs : 0;
    wish->minimum_strength = from->dwMinimumCipherStrength;
    wish->maximum_strength = from->dwMaximumCipherStrength;
    input->root_store = from->hRootStore;
    input->lifespan_ms = from->dwSessionLifespan;
    return read_items(from->dwCredFormat, from->cCreds, from->paCred, input);
}

static bool is_general(const TLS_PARAMETERS *parameters)
{
    return !parameters->cAlpnIds && !parameters->rgstrAlpnIds;
}

/* "More than one TLS_PARAMETERS structure without ALPN ids is an error." */
static SECURITY_STATUS read_parameters(struct credential_input *input)
{
    for (DWORD i = 0; i < input->parameter_count; i++) {
        if (!is_general(&input->parameters[i]))
            continue;
        if (input->wish.parameters[0])
            return SEC_E_UNKNOWN_CREDENTIALS;
        input->wish.parameters[0] = &input->parameters[i];
    }
    return SEC_E_OK;
}

static SECURITY_STATUS read_v5(const SCH_CREDENTIALS *from, struct credential_input *input)
{
    SECURITY_STATUS status;

    if (!is_list(from->cTlsParameters, from->pTlsParameters, LIMIT_TLS_PARAMETERS))
        return SEC_E_UNKNOWN_CREDENTIALS;
    input->wish.flags = from->dwFlags;
    input->root_store = from->hRootStore;
    input->lifespan_ms = from->dwSessionLifespan;
    input->parameters = from->pTlsParameters;
    input->parameter_count = from->cTlsParameters;
    status = read_items(from->dwCredFormat, from->cCreds, from->paCred, input);
    return status == SEC_E_OK ? read_parameters(input) : status;
}

/* A credential for both directions is a server's: the page of AcceptSecurityContext takes such a
 * handle, and no page says that InitializeSecurityContext does. */
static SECURITY_STATUS read_use(ULONG use, enum tls_role *role)
{
    if (!(use & USE_ROLES))
        return SEC_E_UNKNOWN_CREDENTIALS;
    *role = use & SECPKG_CRED_INBOUND ? TLS_SERVER : TLS_CLIENT;
    return SEC_E_OK;
}

SECURITY_STATUS credential_read(ULONG use, const void *auth_data, struct credential_input *input)
{
    DWORD version = 0;
    SECURITY_STATUS status;

    memset(input, 0, sizeof(*input));
    status = read_use(use, &input->wish.role);
    if (status != SEC_E_OK || !auth_data)
        return status;

    memcpy(&version, auth_data, sizeof(version));
    input->wish.version = version;
    switch (version) {
    case SCHANNEL_CRED_VERSION:
        return read_v4(auth_data, input);
    case SCH_CREDENTIALS_VERSION:
        return read_v5(auth_data, input);
    default:
        return SEC_E_UNKNOWN_CREDENTIALS;
    }
}

/* ---- policies for single application protocols ---- */

/* ASCII names of RFC 7301, as they stand in the extension. */
static SECURITY_STATUS copy_ids(const TLS_PARAMETERS *from, struct schan_alpn_policy *to)
{
    size_t room = 0;

    for (DWORD i = 0; i < from->cAlpnIds; i++)
        room += 1 + from->rgstrAlpnIds[i].Length / sizeof(WCHAR);
    to->ids = mem_alloc(room ? room : 1);
    if (!to->ids)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (DWORD i = 0; i < from->cAlpnIds; i++) {
        const UNICODE_STRING *id = &from->rgstrAlpnIds[i];
        size_t length = id->Length / sizeof(WCHAR);

        while (length > 0 && !id->Buffer[length - 1])
            length--;
        if (length == 0 || length > LIMIT_ALPN_ID)
            return SEC_E_UNKNOWN_CREDENTIALS;
        to->ids[to->ids_size++] = (uint8_t)length;
        for (size_t k = 0; k < length; k++) {
            if (id->Buffer[k] > 0xff)
                return SEC_E_UNKNOWN_CREDENTIALS;
            to->ids[to->ids_size++] = (uint8_t)id->Buffer[k];
        }
    }
    return SEC_E_OK;
}

/* Without TLS_PARAMS_OPTIONAL an impossible set makes handshakes fail, not this call. */
static SECURITY_STATUS make_alpn_policy(const struct credential_input *input,
                                        const TLS_PARAMETERS *from, struct schan_alpn_policy *to)
{
    struct schan_wish wish = input->wish;
    SECURITY_STATUS status;

    wish.parameters[1] = from;
    status = policy_make(&wish, &to->policy);
    if (status != SEC_E_ALGORITHM_MISMATCH)
        return status;
    if (from->dwFlags & TLS_PARAMS_OPTIONAL)
        return policy_make(&input->wish, &to->policy);
    memset(&to->policy, 0, sizeof(to->policy));
    return SEC_E_OK;
}

SECURITY_STATUS credential_read_alpn(const struct credential_input *input,
                                     struct schan_credential *credential)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (!input->parameter_count)
        return SEC_E_OK;
    credential->alpn_policies =
        mem_alloc_array(input->parameter_count, sizeof(*credential->alpn_policies));
    if (!credential->alpn_policies)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (DWORD i = 0; i < input->parameter_count && status == SEC_E_OK; i++) {
        const TLS_PARAMETERS *from = &input->parameters[i];
        struct schan_alpn_policy *to = &credential->alpn_policies[credential->alpn_policy_count];

        if (is_general(from))
            continue;
        status = make_alpn_policy(input, from, to);
        if (status != SEC_E_OK || credential->role != TLS_SERVER)
            continue;
        credential->alpn_policy_count++;
        status = copy_ids(from, to);
    }
    return status;
}
