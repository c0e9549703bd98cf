/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the user mode half of a package does with a context: messages, tokens, attributes; and what
 * packages' codes mean to programs. See package.h.
 *
 * Source: Microsoft Learn, "SpMakeSignatureFn", "SpSealMessageFn", "SpGetContextTokenFn",
 * "SpQueryContextAttributesFn" and their kin; the codes, ntstatus.h and winerror.h.
 */
#include "lsa/pe/package.h"

#include <string.h>

#include "base/mem.h"

/* ---- codes
 * ------------------------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    NTSTATUS from;
    SECURITY_STATUS to;
} twins[] = {
    {STATUS_NO_MEMORY,               SEC_E_INSUFFICIENT_MEMORY},
    {STATUS_INSUFFICIENT_RESOURCES,  SEC_E_INSUFFICIENT_MEMORY},
    {STATUS_NOT_SUPPORTED,           SEC_E_UNSUPPORTED_FUNCTION},
    {STATUS_NOT_IMPLEMENTED,         SEC_E_UNSUPPORTED_FUNCTION},
    {STATUS_INVALID_HANDLE,          SEC_E_INVALID_HANDLE},
    {STATUS_INVALID_PARAMETER,       SEC_E_INVALID_TOKEN},
    {STATUS_BUFFER_TOO_SMALL,        SEC_E_BUFFER_TOO_SMALL},
    {STATUS_LOGON_FAILURE,           SEC_E_LOGON_DENIED},
    {STATUS_WRONG_PASSWORD,          SEC_E_LOGON_DENIED},
    {STATUS_NO_SUCH_USER,            SEC_E_LOGON_DENIED},
    {STATUS_NO_SUCH_LOGON_SESSION,   SEC_E_NO_CREDENTIALS},
    {STATUS_NO_LOGON_SERVERS,        SEC_E_NO_AUTHENTICATING_AUTHORITY},
    {STATUS_NO_SUCH_PACKAGE,         SEC_E_SECPKG_NOT_FOUND},
    {STATUS_TIME_DIFFERENCE_AT_DC,   SEC_E_TIME_SKEW},
    {STATUS_PRIVILEGE_NOT_HELD,      SEC_E_NOT_OWNER},
};
/* clang-format on */

SECURITY_STATUS lsa_status(NTSTATUS status)
{
    for (size_t i = 0; i < COUNT_OF(twins); i++)
        if (twins[i].from == status)
            return twins[i].to;
    return status;
}

/* ---- messages
 * --------------------------------------------------------------------------------------- */

SECURITY_STATUS lsa_seal(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    const struct lsa_context *context = object;

    if (!context->package->user.old.SealMessage)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(
        context->package->user.old.SealMessage(context->handle, qop, message, sequence));
}

SECURITY_STATUS lsa_sign(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    const struct lsa_context *context = object;

    if (!context->package->user.old.MakeSignature)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(
        context->package->user.old.MakeSignature(context->handle, qop, message, sequence));
}

/* The program may want no qop; the package may write one. */
SECURITY_STATUS lsa_unseal(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    const struct lsa_context *context = object;
    ULONG unwanted = 0;

    if (!context->package->user.old.UnsealMessage)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(context->package->user.old.UnsealMessage(context->handle, message, sequence,
                                                               qop ? qop : &unwanted));
}

SECURITY_STATUS lsa_verify(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    const struct lsa_context *context = object;
    ULONG unwanted = 0;

    if (!context->package->user.old.VerifySignature)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(context->package->user.old.VerifySignature(context->handle, message, sequence,
                                                                 qop ? qop : &unwanted));
}

SECURITY_STATUS lsa_complete(void *object, SecBufferDesc *token)
{
    const struct lsa_context *context = object;

    if (!context->package->user.old.CompleteAuthToken)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(context->package->user.old.CompleteAuthToken(context->handle, token));
}

SECURITY_STATUS lsa_export(void *object, ULONG flags, SecBuffer *packed, void **token)
{
    const struct lsa_context *context = object;

    if (!context->package->user.old.ExportContext)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(
        context->package->user.old.ExportContext(context->handle, flags, packed, token));
}

/* ---- the client's token
 * ----------------------------------------------------------------------------- */

SECURITY_STATUS lsa_query_token(void *object, void **token)
{
    const struct lsa_context *context = object;

    if (!context->package->user.old.GetContextToken)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(context->package->user.old.GetContextToken(context->handle, token));
}

SECURITY_STATUS lsa_impersonate(void *object)
{
    void *token = NULL;
    SECURITY_STATUS status = lsa_query_token(object, &token);

    if (status < 0)
        return status;
    if (!token)
        return SEC_E_NO_IMPERSONATION;
    if (!ImpersonateLoggedOnUser(token))
        status = SEC_E_NO_IMPERSONATION;
    CloseHandle(token);
    return status;
}

SECURITY_STATUS lsa_revert(void *object)
{
    const struct lsa_context *context = object;

    if (!context->package->user.old.GetContextToken)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return RevertToSelf() ? SEC_E_OK : SEC_E_NO_IMPERSONATION;
}

/* ---- attributes
 * ------------------------------------------------------------------------------------- */

/* A package is not told how much memory there is. So what a program tells is compared with what is
 * known of the attribute, and one that is not known is cut off; none is larger than this. */
#define ATTRIBUTE_MAX 1024

/* clang-format off */
static const struct {
    ULONG id; /* of a context; SECPKG_CRED_ATTR_NAMES is NAMES and as large */
    size_t size;
} sizes[] = {
    {SECPKG_ATTR_SIZES,                   sizeof(SecPkgContext_Sizes)},
    {SECPKG_ATTR_NAMES,                   sizeof(SecPkgContext_NamesW)},
    {SECPKG_ATTR_LIFESPAN,                sizeof(SecPkgContext_Lifespan)},
    {SECPKG_ATTR_STREAM_SIZES,            sizeof(SecPkgContext_StreamSizes)},
    {SECPKG_ATTR_KEY_INFO,                sizeof(SecPkgContext_KeyInfoW)},
    {SECPKG_ATTR_AUTHORITY,               sizeof(SecPkgContext_AuthorityW)},
    {SECPKG_ATTR_SESSION_KEY,             sizeof(SecPkgContext_SessionKey)},
    {SECPKG_ATTR_PACKAGE_INFO,            sizeof(SecPkgContext_PackageInfoW)},
    {SECPKG_ATTR_NEGOTIATION_INFO,        sizeof(SecPkgContext_NegotiationInfoW)},
    {SECPKG_ATTR_NATIVE_NAMES,            sizeof(SecPkgContext_NativeNamesW)},
    {SECPKG_ATTR_FLAGS,                   sizeof(SecPkgContext_Flags)},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, sizeof(SecPkgContext_ClientSpecifiedTarget)},
};
/* clang-format on */

static bool is_too_small(const struct ssp_attribute *attribute)
{
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        if (sizes[i].id == attribute->id)
            return attribute->room < sizes[i].size;
    return false;
}

SECURITY_STATUS lsa_query(NTSTATUS(NTAPI *function)(LSA_SEC_HANDLE, ULONG, PVOID),
                          LSA_SEC_HANDLE handle, const struct ssp_attribute *attribute)
{
    union {
        max_align_t align;
        unsigned char bytes[ATTRIBUTE_MAX];
    } value;
    SECURITY_STATUS status;

    if (!function)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (is_too_small(attribute))
        return SEC_E_BUFFER_TOO_SMALL;
    if (attribute->room == SSP_ROOM_UNKNOWN || attribute->room >= sizeof(value))
        return lsa_status(function(handle, attribute->id, attribute->buffer));
    memset(&value, 0, sizeof(value));
    status = lsa_status(function(handle, attribute->id, &value));
    if (status == SEC_E_OK)
        memcpy(attribute->buffer, &value, attribute->room);
    mem_wipe(&value, sizeof(value));
    return status;
}

/* Of a mapped context the user mode half knows more; else the first half is asked first. */
SECURITY_STATUS lsa_query_context(void *object, const struct ssp_attribute *attribute)
{
    const struct lsa_context *context = object;
    SpQueryContextAttributesFn *first = context->package->functions.old.QueryContextAttributes;
    SpQueryContextAttributesFn *second = context->package->user.old.QueryContextAttributes;
    SECURITY_STATUS status;

    if (context->is_mapped) {
        SpQueryContextAttributesFn *swap = first;

        first = second;
        second = swap;
    }
    status = lsa_query(first, context->handle, attribute);
    if (status == SEC_E_UNSUPPORTED_FUNCTION)
        status = lsa_query(second, context->handle, attribute);
    return status;
}

SECURITY_STATUS lsa_set_context(void *object, const struct ssp_attribute *attribute)
{
    const struct lsa_context *context = object;

    if (!context->package->functions.old.SetContextAttributes)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return lsa_status(context->package->functions.old.SetContextAttributes(
        context->handle, attribute->id, attribute->buffer, (ULONG)attribute->room));
}
