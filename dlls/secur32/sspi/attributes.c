/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See attributes.h. Only structures with strings of SEC_CHAR or SEC_WCHAR stand in the table;
 * others are the same in A and W. So are CIPHER_INFO and CONNECTION_INFO_EX, whose arrays are WCHAR
 * in both (MariaDB asks for the first one through A), and CLIENT_SPECIFIED_TARGET.
 *
 * Source: sspi.h; Microsoft Learn, "QueryContextAttributes (General) function".
 */
#include "sspi/attributes.h"

#include <string.h>

#include "base/log.h"
#include "sspi/buffers.h"
#include "sspi/packages.h"
#include "sspi/strings.h"

#define NONE ((size_t)-1)
#define STRINGS_MAX 2

struct layout {
    enum attribute_kind kind;
    ULONG id;
    size_t size;
    size_t string[STRINGS_MAX]; /* offsets of pointers to strings */
    size_t info;                /* offset of a pointer to SecPkgInfo */
};

/* clang-format off */
#define AT(type, member) offsetof(type, member)
#define CTX(type) SecPkgContext_##type##W
static const struct layout layouts[] = {
    /* kind, id                                           size                           strings, package info */
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_NAMES,                sizeof(CTX(Names)),            {AT(CTX(Names), sUserName), NONE}, NONE},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_KEY_INFO,             sizeof(CTX(KeyInfo)),          {AT(CTX(KeyInfo), sSignatureAlgorithmName), AT(CTX(KeyInfo), sEncryptAlgorithmName)}, NONE},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_AUTHORITY,            sizeof(CTX(Authority)),        {AT(CTX(Authority), sAuthorityName), NONE}, NONE},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_PROTO_INFO,           sizeof(CTX(ProtoInfo)),        {AT(CTX(ProtoInfo), sProtocolName), NONE}, NONE},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_PACKAGE_INFO,         sizeof(CTX(PackageInfo)),      {NONE, NONE}, AT(CTX(PackageInfo), PackageInfo)},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_NEGOTIATION_INFO,     sizeof(CTX(NegotiationInfo)),  {NONE, NONE}, AT(CTX(NegotiationInfo), PackageInfo)},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_NATIVE_NAMES,         sizeof(CTX(NativeNames)),      {AT(CTX(NativeNames), sClientName), AT(CTX(NativeNames), sServerName)}, NONE},
    {ATTRIBUTE_CONTEXT, SECPKG_ATTR_CREDENTIAL_NAME,      sizeof(CTX(CredentialName)),   {AT(CTX(CredentialName), sCredentialName), NONE}, NONE},
    {ATTRIBUTE_CREDENTIAL, SECPKG_CRED_ATTR_NAMES,        sizeof(SecPkgCredentials_NamesW), {AT(SecPkgCredentials_NamesW, sUserName), NONE}, NONE},
    {ATTRIBUTE_CREDENTIAL, SECPKG_CRED_ATTR_SSI_PROVIDER, sizeof(SecPkgCredentials_SSIProviderW), {AT(SecPkgCredentials_SSIProviderW, sProviderName), NONE}, NONE},
};
/* clang-format on */

/* Room for each of these structures, aligned for it. */
union value {
    max_align_t align;
    unsigned char bytes[64];
};

_Static_assert(sizeof(SecPkgContext_KeyInfoW) <= sizeof(union value), "fits");
_Static_assert(sizeof(SecPkgCredentials_SSIProviderW) <= sizeof(union value), "fits");
_Static_assert(sizeof(SecPkgContext_KeyInfoA) == sizeof(SecPkgContext_KeyInfoW), "A and W alike");

static const struct layout *layout_find(const struct attribute_call *call)
{
    for (size_t i = 0; i < COUNT_OF(layouts); i++)
        if (layouts[i].kind == call->kind && layouts[i].id == call->attribute.id)
            return &layouts[i];
    return NULL;
}

/* The package's own function; NULL: it has none. */
typedef SECURITY_STATUS (*attribute_function)(void *object, const struct ssp_attribute *attribute);

static attribute_function query_function(const struct attribute_call *call)
{
    return call->kind == ATTRIBUTE_CONTEXT ? call->ssp->query_context : call->ssp->query_credential;
}

static attribute_function set_function(const struct attribute_call *call)
{
    return call->kind == ATTRIBUTE_CONTEXT ? call->ssp->set_context : call->ssp->set_credential;
}

static void *pointer_get(const void *value, size_t offset)
{
    void *pointer;

    memcpy(&pointer, (const char *)value + offset, sizeof(pointer));
    return pointer;
}

static void pointer_set(void *value, size_t offset, void *pointer)
{
    memcpy((char *)value + offset, &pointer, sizeof(pointer));
}

/* What of the value is memory for FreeContextBuffer; of SSI_PROVIDER the blob is left out, which A
 * and W share. */
static void value_free(const struct layout *layout, const void *value)
{
    for (size_t i = 0; i < STRINGS_MAX; i++)
        if (layout->string[i] != NONE)
            buffers_free(pointer_get(value, layout->string[i]));
    if (layout->info != NONE)
        buffers_free(pointer_get(value, layout->info));
}

/* narrow is a copy of wide, and gets pointers of its own or, on failure, none. */
static SECURITY_STATUS value_narrow(const struct layout *layout, const void *wide, void *narrow)
{
    SECURITY_STATUS status = SEC_E_OK;

    for (size_t i = 0; i < STRINGS_MAX; i++)
        if (layout->string[i] != NONE)
            pointer_set(narrow, layout->string[i], NULL);
    if (layout->info != NONE)
        pointer_set(narrow, layout->info, NULL);

    for (size_t i = 0; i < STRINGS_MAX && status == SEC_E_OK; i++) {
        char *text = NULL;

        if (layout->string[i] == NONE)
            continue;
        status = strings_narrow_buffer(pointer_get(wide, layout->string[i]), &text);
        if (status == SEC_E_OK)
            pointer_set(narrow, layout->string[i], text);
    }
    if (status == SEC_E_OK && layout->info != NONE && pointer_get(wide, layout->info)) {
        SecPkgInfoA *info = NULL;

        status = packages_narrow_info(pointer_get(wide, layout->info), &info);
        if (status == SEC_E_OK)
            pointer_set(narrow, layout->info, info);
    }
    if (status != SEC_E_OK)
        value_free(layout, narrow);
    return status;
}

/* PACKAGE_INFO is the same for all packages but those that hide another one. */
static SECURITY_STATUS query_package_info(const struct attribute_call *call)
{
    SecPkgContext_PackageInfoW value = {0};
    SECURITY_STATUS status;

    if (call->kind != ATTRIBUTE_CONTEXT || call->attribute.id != SECPKG_ATTR_PACKAGE_INFO)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (call->attribute.room < sizeof(value))
        return SEC_E_BUFFER_TOO_SMALL;
    status = packages_info(call->ssp, &value.PackageInfo);
    if (status == SEC_E_OK)
        memcpy(call->attribute.buffer, &value, sizeof(value));
    return status;
}

SECURITY_STATUS attribute_query_wide(const struct attribute_call *call)
{
    attribute_function function = query_function(call);
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;

    if (!call->attribute.buffer)
        return SEC_E_INVALID_TOKEN;
    if (function)
        status = function(call->object, &call->attribute);
    if (status == SEC_E_UNSUPPORTED_FUNCTION)
        status = query_package_info(call);
    TRACE(LOG_SSPI, "%s attribute %lx: %08lx",
          call->kind == ATTRIBUTE_CONTEXT ? "context" : "credential",
          (unsigned long)call->attribute.id, (unsigned long)(uint32_t)status);
    return status;
}

SECURITY_STATUS attribute_query_narrow(const struct attribute_call *call)
{
    const struct layout *layout = layout_find(call);
    struct attribute_call wide_call = *call;
    union value wide = {0}, narrow;
    SECURITY_STATUS status;

    if (!layout)
        return attribute_query_wide(call);
    if (!call->attribute.buffer)
        return SEC_E_INVALID_TOKEN;
    if (call->attribute.room < layout->size)
        return SEC_E_BUFFER_TOO_SMALL;
    wide_call.attribute.buffer = &wide;
    wide_call.attribute.room = layout->size;
    status = attribute_query_wide(&wide_call);
    if (status != SEC_E_OK)
        return status;
    narrow = wide;
    status = value_narrow(layout, &wide, &narrow);
    value_free(layout, &wide);
    if (status == SEC_E_OK)
        memcpy(call->attribute.buffer, &narrow, layout->size);
    return status;
}

SECURITY_STATUS attribute_set_wide(const struct attribute_call *call)
{
    attribute_function function = set_function(call);

    if (!function)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!call->attribute.buffer && call->attribute.room)
        return SEC_E_INVALID_TOKEN;
    return function(call->object, &call->attribute);
}

SECURITY_STATUS attribute_set_narrow(const struct attribute_call *call)
{
    const struct layout *layout = layout_find(call);
    struct attribute_call wide_call = *call;
    const char *narrow[STRINGS_MAX] = {NULL};
    WCHAR *strings[STRINGS_MAX] = {NULL};
    union value wide = {0};
    SECURITY_STATUS status;

    if (!layout || layout->info != NONE || !set_function(call) || !call->attribute.buffer)
        return attribute_set_wide(call);
    if (call->attribute.room < layout->size)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(&wide, call->attribute.buffer, layout->size);
    for (size_t i = 0; i < STRINGS_MAX; i++)
        if (layout->string[i] != NONE)
            narrow[i] = pointer_get(&wide, layout->string[i]);
    status = strings_widen(narrow, strings, STRINGS_MAX);
    if (status != SEC_E_OK)
        return status;
    for (size_t i = 0; i < STRINGS_MAX; i++)
        if (layout->string[i] != NONE)
            pointer_set(&wide, layout->string[i], strings[i]);
    wide_call.attribute.buffer = &wide;
    wide_call.attribute.room = layout->size;
    status = attribute_set_wide(&wide_call);
    strings_done(strings, STRINGS_MAX);
    return status;
}
