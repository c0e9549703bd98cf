/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * QueryContextAttributes: a table of what can be asked, and when.
 *
 * Sources: Microsoft Learn, "QueryContextAttributes (General)", "(Kerberos)", "(NTLM)"; the
 * comments on each attribute in sspi.h. Too early means SEC_E_INVALID_HANDLE, as for Schannel.
 * Observed: Java needs SIZES and NATIVE_NAMES, .NET and Chromium NEGOTIATION_INFO, also while the
 * handshake goes on.
 */
#include "gss/context.h"

#include <string.h>

#include "base/mem.h"
#include "gss/status.h"
#include "gss/text.h"
#include "platform/platform.h"
#include "sspi/buffers.h"
#include "sspi/packages.h"

typedef SECURITY_STATUS fill(struct gss_context *context, void *value);

static SECURITY_STATUS fill_sizes(struct gss_context *context, void *value)
{
    SecPkgContext_Sizes *sizes = value;

    sizes->cbMaxToken = gss_package(context->chosen)->max_token;
    sizes->cbMaxSignature = context->facts.signature;
    sizes->cbBlockSize = context->chosen == MECH_NTLM ? 0 : 1; /* both are stream ciphers' */
    sizes->cbSecurityTrailer = context->facts.sealed_header;
    return SEC_E_OK;
}

static SECURITY_STATUS fill_lifespan(struct gss_context *context, void *value)
{
    SecPkgContext_Lifespan *lifespan = value;

    lifespan->tsStart = context->start;
    lifespan->tsExpiry = gss_context_expiry(context);
    return SEC_E_OK;
}

static SECURITY_STATUS fill_flags(struct gss_context *context, void *value)
{
    SecPkgContext_Flags *flags = value;

    flags->Flags = context->attributes;
    return SEC_E_OK;
}

/* ---- names ---- */

/* What is not known is an empty name, not an error. */
static SECURITY_STATUS name_of(struct gss_context *context, enum mech_text what, WCHAR **name)
{
    char *text = NULL;
    size_t size = 0;
    enum mech_status called = text_of_context(context->mech_context, what, &text, &size);
    SECURITY_STATUS status;

    if (called == MECH_UNSUPPORTED)
        return text_for_program("", name);
    if (called != MECH_OK)
        return status_of_mech(called);
    status = text_for_program(text, name);
    mem_free(text);
    return status;
}

static SECURITY_STATUS fill_names(struct gss_context *context, void *value)
{
    SecPkgContext_NamesW *names = value;

    return name_of(context, MECH_TEXT_CLIENT, &names->sUserName);
}

static SECURITY_STATUS fill_native_names(struct gss_context *context, void *value)
{
    SecPkgContext_NativeNamesW *names = value;
    SECURITY_STATUS status = name_of(context, MECH_TEXT_CLIENT, &names->sClientName);

    if (status == SEC_E_OK)
        status = name_of(context, MECH_TEXT_SERVER, &names->sServerName);
    if (status != SEC_E_OK) {
        buffers_free(names->sClientName);
        names->sClientName = NULL;
    }
    return status;
}

/* What an NTLM client named. A client of Windows names even nothing; what is answered where the
 * name is missing is not described, only that it is a failure (observed: .NET goes on then). */
static SECURITY_STATUS ntlm_target(struct gss_context *context, WCHAR **name)
{
    char *text = NULL; /* UTF-16, and a zero byte */
    size_t size = 0;
    enum mech_status called =
        text_of_context(context->mech_context, MECH_TEXT_NTLM_TARGET, &text, &size);
    WCHAR *wide;

    if (called == MECH_UNSUPPORTED)
        return SEC_E_TARGET_UNKNOWN;
    if (called != MECH_OK)
        return status_of_mech(called);
    wide = mem_alloc(size + sizeof(*wide));
    if (wide) {
        memcpy(wide, text, size);
        *name = buffers_copy_wide(wide);
    }
    mem_free(wide);
    mem_free(text);
    return *name ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* A server of Kerberos reads it in the ticket, without the realm. */
static SECURITY_STATUS fill_target(struct gss_context *context, void *value)
{
    SecPkgContext_ClientSpecifiedTarget *target = value;
    SECURITY_STATUS status;

    if (!context->is_server) {
        target->sTargetName = buffers_copy_wide(context->target_name ? context->target_name : u"");
        return target->sTargetName ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
    }
    if (context->phase != PHASE_READY)
        return SEC_E_INVALID_HANDLE;
    if (context->chosen == MECH_NTLM)
        return ntlm_target(context, &target->sTargetName);
    status = name_of(context, MECH_TEXT_SERVER, &target->sTargetName);
    for (WCHAR *at = target->sTargetName; status == SEC_E_OK && at && *at; at++)
        if (*at == '@')
            *at = 0;
    return status;
}

/* Who has vouched for the client: the part of its name that is the domain's. */
static SECURITY_STATUS fill_authority(struct gss_context *context, void *value)
{
    bool is_ntlm = context->chosen == MECH_NTLM;
    SecPkgContext_AuthorityW *authority = value;
    WCHAR *name = NULL, *at;
    SECURITY_STATUS status = name_of(context, MECH_TEXT_CLIENT, &name);

    if (!name)
        return status == SEC_E_OK ? SEC_E_INTERNAL_ERROR : status;
    for (at = name; *at && *at != (is_ntlm ? '\\' : '@'); at++)
        continue;
    if (is_ntlm)
        *(*at ? at : name) = 0;
    authority->sAuthorityName = buffers_copy_wide(is_ntlm ? name : at + (*at == '@'));
    buffers_free(name);
    return authority->sAuthorityName ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* ---- what protects messages ---- */

struct algorithms {
    uint32_t protection; /* as mech_facts tells it, of Kerberos */
    const WCHAR *sign, *encrypt;
    ULONG bits, sign_id, encrypt_id; /* KERB_CHECKSUM_ and KERB_ETYPE_, or CALG_, numbers */
};

#define CHECKSUM_CRC32 ((ULONG)-132)    /* KERB_CHECKSUM_REAL_CRC32 */
#define CHECKSUM_HMAC_MD5 ((ULONG)-138) /* KERB_CHECKSUM_HMAC_MD5 */
#define RC4 0x6801                      /* CALG_RC4 */

/* clang-format off */
/* Observed of Wine's NTLM; Windows' names for Kerberos are not described, so these are RFC 3961's. */
static const struct algorithms ntlm_old =
    {0,  u"RSADSI RC4-CRC32", u"RSADSI RC4", 128, CHECKSUM_CRC32, RC4};
static const struct algorithms ntlm_extended =
    {0,  u"HMAC-MD5",         u"RSADSI RC4", 128, CHECKSUM_HMAC_MD5, RC4};
static const struct algorithms kerberos[] = {
    {17, u"hmac-sha1-96-aes128",   u"aes128-cts-hmac-sha1-96",    128, 15, 17},
    {18, u"hmac-sha1-96-aes256",   u"aes256-cts-hmac-sha1-96",    256, 16, 18},
    {19, u"hmac-sha256-128-aes128", u"aes128-cts-hmac-sha256-128", 128, 19, 19},
    {20, u"hmac-sha384-192-aes256", u"aes256-cts-hmac-sha384-192", 256, 20, 20},
    {23, u"hmac-md5",              u"rc4-hmac",                   128, CHECKSUM_HMAC_MD5, 23},
};
/* clang-format on */

#define NTLM_EXTENDED 0x80000u /* MS-NLMP 2.2.2.5 */
#define NTLM_128 0x20000000u
#define NTLM_56 0x80000000u

static const struct algorithms *algorithms_of(const struct gss_context *context)
{
    uint32_t protection = context->facts.protection;

    if (context->chosen == MECH_NTLM)
        return protection & NTLM_EXTENDED ? &ntlm_extended : &ntlm_old;
    for (size_t i = 0; i < COUNT_OF(kerberos); i++)
        if (kerberos[i].protection == protection)
            return &kerberos[i];
    return NULL;
}

/* MS-NLMP 3.4.5.3: shorter keys are there with extended session security. */
static ULONG bits_of(const struct gss_context *context, const struct algorithms *used)
{
    if (used != &ntlm_extended || context->facts.protection & NTLM_128)
        return used->bits;
    return context->facts.protection & NTLM_56 ? 56 : 40;
}

static SECURITY_STATUS fill_key_info(struct gss_context *context, void *value)
{
    const struct algorithms *used = algorithms_of(context);
    SecPkgContext_KeyInfoW *info = value;

    if (!used)
        return SEC_E_UNSUPPORTED_FUNCTION;
    info->sSignatureAlgorithmName = buffers_copy_wide(used->sign);
    info->sEncryptAlgorithmName = buffers_copy_wide(used->encrypt);
    info->KeySize = bits_of(context, used);
    info->SignatureAlgorithm = used->sign_id;
    info->EncryptAlgorithm = used->encrypt_id;
    if (info->sSignatureAlgorithmName && info->sEncryptAlgorithmName)
        return SEC_E_OK;
    buffers_free(info->sSignatureAlgorithmName);
    buffers_free(info->sEncryptAlgorithmName);
    return SEC_E_INSUFFICIENT_MEMORY;
}

/* ---- the package ---- */

static const struct ssp *package_of(const struct gss_context *context)
{
    bool known = context->phase == PHASE_READY && context->chosen < MECH_COUNT;

    return gss_package(known ? context->chosen : context->credential->package);
}

static SECURITY_STATUS fill_package(struct gss_context *context, void *value)
{
    SecPkgContext_PackageInfoW *info = value;

    return packages_info(package_of(context), &info->PackageInfo);
}

static SECURITY_STATUS fill_negotiation(struct gss_context *context, void *value)
{
    SecPkgContext_NegotiationInfoW *info = value;

    info->NegotiationState = context->phase == PHASE_READY ? SECPKG_NEGOTIATION_COMPLETE
                                                           : SECPKG_NEGOTIATION_IN_PROGRESS;
    return packages_info(package_of(context), &info->PackageInfo);
}

static SECURITY_STATUS fill_last_token(struct gss_context *context, void *value)
{
    SecPkgContext_LastClientTokenStatus *last = value;

    last->LastClientTokenStatus = context->phase == PHASE_READY ? SecPkgAttrLastClientTokenYes
                                                                : SecPkgAttrLastClientTokenMaybe;
    return SEC_E_OK;
}

static SECURITY_STATUS fill_session_key(struct gss_context *context, void *value)
{
    SecPkgContext_SessionKey *key = value;
    char *bytes = NULL;
    size_t size = 0;
    enum mech_status called = text_of_context(context->mech_context, MECH_TEXT_KEY, &bytes, &size);

    if (called != MECH_OK)
        return status_of_mech(called);
    key->SessionKey = buffers_alloc(size ? size : 1);
    if (key->SessionKey) {
        memcpy(key->SessionKey, bytes, size);
        key->SessionKeyLength = (ULONG)size;
    }
    mem_wipe_free(bytes, size);
    return key->SessionKey ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* ---- the table ---- */

/* clang-format off */
static const struct {
    ULONG id;
    bool early; /* may be asked before the context is ready */
    size_t size;
    fill *fill;
} rows[] = {
    {SECPKG_ATTR_SIZES,                    false, sizeof(SecPkgContext_Sizes),                 fill_sizes},
    {SECPKG_ATTR_NAMES,                    false, sizeof(SecPkgContext_NamesW),                fill_names},
    {SECPKG_ATTR_LIFESPAN,                 false, sizeof(SecPkgContext_Lifespan),              fill_lifespan},
    {SECPKG_ATTR_KEY_INFO,                 false, sizeof(SecPkgContext_KeyInfoW),              fill_key_info},
    {SECPKG_ATTR_AUTHORITY,                false, sizeof(SecPkgContext_AuthorityW),            fill_authority},
    {SECPKG_ATTR_SESSION_KEY,              false, sizeof(SecPkgContext_SessionKey),            fill_session_key},
    {SECPKG_ATTR_PACKAGE_INFO,             true,  sizeof(SecPkgContext_PackageInfoW),          fill_package},
    {SECPKG_ATTR_NEGOTIATION_INFO,         true,  sizeof(SecPkgContext_NegotiationInfoW),      fill_negotiation},
    {SECPKG_ATTR_NATIVE_NAMES,             false, sizeof(SecPkgContext_NativeNamesW),          fill_native_names},
    {SECPKG_ATTR_FLAGS,                    true,  sizeof(SecPkgContext_Flags),                 fill_flags},
    {SECPKG_ATTR_ACCESS_TOKEN,             false, sizeof(SecPkgContext_AccessToken),           gss_fill_access_token},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,  true,  sizeof(SecPkgContext_ClientSpecifiedTarget), fill_target},
    {SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, true,  sizeof(SecPkgContext_LastClientTokenStatus), fill_last_token},
};
/* clang-format on */

/* Room for each of these structures, aligned for it. */
union value {
    max_align_t align;
    unsigned char bytes[64];
};

SECURITY_STATUS gss_query_context(void *object, const struct ssp_attribute *attribute)
{
    struct gss_context *context = object;
    union value value = {0};
    SECURITY_STATUS status = SEC_E_INVALID_HANDLE;
    size_t i = 0;

    while (i < COUNT_OF(rows) && rows[i].id != attribute->id)
        i++;
    if (i == COUNT_OF(rows))
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (attribute->room < rows[i].size)
        return SEC_E_BUFFER_TOO_SMALL;
    lock_take(&context->lock);
    if (rows[i].early || context->phase == PHASE_READY)
        status = rows[i].fill(context, &value);
    lock_release(&context->lock);
    if (status == SEC_E_OK)
        memcpy(attribute->buffer, &value, rows[i].size);
    return status;
}
