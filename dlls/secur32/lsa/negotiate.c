/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See negotiate.h. A credential holds one of each package that gave one; a context is one of the
 * package that was picked. A client picks Kerberos if it has a credential and the server a name,
 * and NTLM if that fails at once; a server picks by the client's first token.
 *
 * Source: Microsoft Learn, "Microsoft Negotiate"; RFC 4121 4.4 and MS-NLMP 2.2 for the tokens'
 * first bytes; for the list of packages in an identity, "SEC_WINNT_AUTH_IDENTITY_EXW structure".
 */
#include "lsa/negotiate.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "lsa/host.h"
#include "misc/identity.h"
#include "platform/platform.h"
#include "sspi/buffers.h"

enum choice { CHOICE_KERBEROS, CHOICE_NTLM, CHOICES };

static const WCHAR *const choice_names[CHOICES] = {
    [CHOICE_KERBEROS] = u"Kerberos",
    [CHOICE_NTLM] = u"NTLM",
};

struct negotiate_credential {
    struct {
        const struct ssp *ssp; /* NULL: not to be used */
        void *object;
    } of[CHOICES];
};

struct negotiate_context {
    const struct ssp *ssp;
    void *object;
    enum choice choice;
};

/* What the package answers; `arguments` stand in parentheses. */
#define ASK(ssp, member, arguments)                                                                \
    ((ssp)->member ? (ssp)->member arguments : SEC_E_UNSUPPORTED_FUNCTION)

/* ---- which packages
 * --------------------------------------------------------------------------------- */

/* An entry of a list of packages, between commas; "!" in front of it excludes. */
static bool entry_is(const WCHAR *entry, size_t size, const WCHAR *name)
{
    WCHAR text[16];

    if (size >= COUNT_OF(text))
        return false;
    memcpy(text, entry, size * sizeof(*text));
    text[size] = 0;
    return platform_wide_same(text, name);
}

/* Without names that are wanted all are, but those with "!". */
static bool list_allows(const WCHAR *list, const WCHAR *name)
{
    bool any_wanted = false, wanted = false;

    while (*list) {
        size_t size = 0, end;
        bool excluded;

        while (*list == ' ' || *list == ',')
            list++;
        excluded = *list == '!';
        list += excluded;
        while (list[size] && list[size] != ',')
            size++;
        end = size;
        while (end && list[end - 1] == ' ')
            end--;
        if (entry_is(list, end, name)) {
            if (excluded)
                return false;
            wanted = true;
        }
        any_wanted |= end && !excluded;
        list += size;
    }
    return wanted || !any_wanted;
}

/* The packages that the program allows; all where it says nothing. */
static SECURITY_STATUS allowed(const void *auth_data, bool allow[CHOICES])
{
    struct identity parts;
    SECURITY_STATUS status;

    allow[CHOICE_KERBEROS] = allow[CHOICE_NTLM] = true;
    if (!auth_data)
        return SEC_E_OK;
    status = identity_read(auth_data, &parts);
    if (status != SEC_E_OK)
        return status == STATUS_INVALID_PARAMETER ? SEC_E_UNKNOWN_CREDENTIALS : status;
    for (size_t i = 0; i < CHOICES && parts.text[IDENTITY_PACKAGES]; i++)
        allow[i] = list_allows(parts.text[IDENTITY_PACKAGES], choice_names[i]);
    identity_done(&parts);
    return SEC_E_OK;
}

/* ---- credentials
 * ------------------------------------------------------------------------------------ */

static void free_credential(void *object)
{
    struct negotiate_credential *credential = object;

    for (size_t i = 0; i < CHOICES; i++)
        if (credential->of[i].ssp)
            credential->of[i].ssp->free_credential(credential->of[i].object);
    mem_free(credential);
}

/* The credential expires when its last part does. */
static SECURITY_STATUS acquire_parts(struct negotiate_credential *credential,
                                     struct ssp_acquire *call, const bool allow[CHOICES])
{
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;
    bool any = false;

    for (size_t i = 0; i < CHOICES; i++) {
        const struct ssp *ssp = allow[i] ? lsa_host.find(choice_names[i]) : NULL;
        struct ssp_acquire part = *call;

        if (!ssp || !ssp->acquire)
            continue;
        part.ssp = ssp;
        status = ssp->acquire(&part);
        if (status < 0)
            continue;
        credential->of[i].ssp = ssp;
        credential->of[i].object = part.credential;
        if (!any || part.expiry.QuadPart > call->expiry.QuadPart)
            call->expiry = part.expiry;
        any = true;
    }
    return any ? SEC_E_OK : status;
}

static SECURITY_STATUS acquire(struct ssp_acquire *call)
{
    struct negotiate_credential *credential;
    bool allow[CHOICES];
    SECURITY_STATUS status = allowed(call->auth_data, allow);

    if (status != SEC_E_OK)
        return status;
    credential = mem_alloc(sizeof(*credential));
    if (!credential)
        return SEC_E_INSUFFICIENT_MEMORY;
    status = acquire_parts(credential, call, allow);
    if (status == SEC_E_OK)
        call->credential = credential;
    else
        mem_free(credential);
    return status;
}

/* Of the first part that answers. */
static SECURITY_STATUS query_credential(void *object, const struct ssp_attribute *attribute)
{
    const struct negotiate_credential *credential = object;
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;

    for (size_t i = 0; i < CHOICES && status != SEC_E_OK; i++)
        if (credential->of[i].ssp && credential->of[i].ssp->query_credential)
            status = credential->of[i].ssp->query_credential(credential->of[i].object, attribute);
    return status;
}

/* ---- steps
 * ------------------------------------------------------------------------------------------ */

typedef SECURITY_STATUS (*step_function)(struct ssp_step *step);

static step_function step_of(const struct ssp *ssp, bool is_server)
{
    return is_server ? ssp->accept : ssp->initialize;
}

/* A first call with one of the packages; the program's buffers get their sizes back if it fails. */
static SECURITY_STATUS first_step(struct ssp_step *step, enum choice choice, bool is_server)
{
    struct negotiate_credential *credential = step->credential;
    const struct ssp *ssp = credential->of[choice].ssp;
    struct negotiate_context *context = mem_alloc(sizeof(*context));
    struct ssp_step part = *step;
    SecBuffer *token = buffers_find(step->output, SECBUFFER_TOKEN, 0), saved = {0};
    SECURITY_STATUS status;

    if (!context)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (token)
        saved = *token;
    part.credential = credential->of[choice].object;
    status = step_of(ssp, is_server) ? step_of(ssp, is_server)(&part) : SEC_E_UNSUPPORTED_FUNCTION;
    step->attributes = part.attributes;
    step->expiry = part.expiry;
    if (status < 0) {
        if (token)
            *token = saved;
        mem_free(context);
        return status;
    }
    *context = (struct negotiate_context){ssp, part.new_context, choice};
    step->new_context = context;
    return status;
}

static SECURITY_STATUS later_step(struct ssp_step *step, bool is_server)
{
    struct negotiate_credential *credential = step->credential;
    struct negotiate_context *context = step->context;
    struct ssp_step part = *step;
    SECURITY_STATUS status;

    if (!step_of(context->ssp, is_server))
        return SEC_E_UNSUPPORTED_FUNCTION;
    part.context = context->object;
    part.credential = NULL;
    if (credential && credential->of[context->choice].ssp == context->ssp)
        part.credential = credential->of[context->choice].object;
    status = step_of(context->ssp, is_server)(&part);
    step->attributes = part.attributes;
    step->expiry = part.expiry;
    return status;
}

static SECURITY_STATUS initialize(struct ssp_step *step)
{
    const struct negotiate_credential *credential = step->credential;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;

    if (step->context)
        return later_step(step, false);
    if (credential->of[CHOICE_KERBEROS].ssp && step->target && *step->target)
        status = first_step(step, CHOICE_KERBEROS, false);
    if (status < 0 && credential->of[CHOICE_NTLM].ssp)
        status = first_step(step, CHOICE_NTLM, false);
    TRACE(LOG_LSA, "Negotiate as client: %08lx", (unsigned long)status);
    return status;
}

static bool starts_with(struct span token, const void *bytes, size_t size)
{
    return token.size >= size && !memcmp(token.data, bytes, size);
}

/* By the first bytes: NTLM's signature; the mechanism behind the frame of a GSS-API token (RFC 2743
 * 3.1: 0x60, a length of 1 to 5 bytes, the object identifier). CHOICES: neither. */
static enum choice choice_by_token(struct span token)
{
    static const uint8_t kerberos[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};
    static const uint8_t spnego[] = {6, 6, 0x2b, 6, 1, 5, 5, 2};
    static const uint8_t microsoft[] = {6, 9, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2};
    struct span part;
    uint8_t first, length;

    if (starts_with(token, "NTLMSSP", sizeof("NTLMSSP")))
        return CHOICE_NTLM;
    if (!span_take_u8(&token, &first) || first != 0x60 || !span_take_u8(&token, &length))
        return CHOICES;
    if (length & 0x80 && ((length & 0x7f) > 4 || !span_take(&token, length & 0x7f, &part)))
        return CHOICES;
    /* Wine's Kerberos hands tokens to GSSAPI, which knows SPNEGO. */
    if (starts_with(token, kerberos, sizeof(kerberos)) ||
        starts_with(token, microsoft, sizeof(microsoft)) ||
        starts_with(token, spnego, sizeof(spnego)))
        return CHOICE_KERBEROS;
    return CHOICES;
}

/* .NET expects SEC_E_INVALID_HANDLE for a first token that is of no known kind, as Windows says. */
static SECURITY_STATUS accept_client(struct ssp_step *step)
{
    const struct negotiate_credential *credential = step->credential;
    const SecBuffer *token = buffers_find(step->input, SECBUFFER_TOKEN, 0);
    enum choice choice;

    if (step->context)
        return later_step(step, true);
    choice = token ? choice_by_token(buffer_span(token)) : CHOICES;
    if (choice == CHOICES)
        return SEC_E_INVALID_HANDLE;
    if (!credential->of[choice].ssp)
        return SEC_E_NO_CREDENTIALS;
    return first_step(step, choice, true);
}

/* ---- contexts
 * --------------------------------------------------------------------------------------- */

static void delete_context(void *object)
{
    struct negotiate_context *context = object;

    context->ssp->delete_context(context->object);
    mem_free(context);
}

/* The package that was picked, and how far it is. */
static SECURITY_STATUS query_negotiation(const struct negotiate_context *context,
                                         const struct ssp_attribute *attribute)
{
    SecPkgContext_NegotiationInfoW value = {NULL, SECPKG_NEGOTIATION_COMPLETE};
    SECURITY_STATUS status;

    if (attribute->room < sizeof(value))
        return SEC_E_BUFFER_TOO_SMALL;
    status = lsa_host.info(context->ssp, &value.PackageInfo);
    if (status == SEC_E_OK)
        memcpy(attribute->buffer, &value, sizeof(value));
    return status;
}

static SECURITY_STATUS query_package(const struct negotiate_context *context,
                                     const struct ssp_attribute *attribute)
{
    SecPkgContext_PackageInfoW value = {NULL};
    SECURITY_STATUS status;

    if (attribute->room < sizeof(value))
        return SEC_E_BUFFER_TOO_SMALL;
    status = lsa_host.info(context->ssp, &value.PackageInfo);
    if (status == SEC_E_OK)
        memcpy(attribute->buffer, &value, sizeof(value));
    return status;
}

static SECURITY_STATUS query_context(void *object, const struct ssp_attribute *attribute)
{
    const struct negotiate_context *context = object;

    switch (attribute->id) {
    case SECPKG_ATTR_NEGOTIATION_INFO:
        return query_negotiation(context, attribute);
    case SECPKG_ATTR_PACKAGE_INFO:
        return query_package(context, attribute);
    default:
        return ASK(context->ssp, query_context, (context->object, attribute));
    }
}

/* ---- what goes through to the package that was picked, which may lack any of it
 * --------------------- */

static const struct ssp *picked(void *object, void **part)
{
    const struct negotiate_context *context = object;

    *part = context->object;
    return context->ssp;
}

static SECURITY_STATUS set_context(void *object, const struct ssp_attribute *attribute)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, set_context, (object, attribute));
}

static SECURITY_STATUS complete(void *object, SecBufferDesc *token)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, complete, (object, token));
}

static SECURITY_STATUS seal(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, seal, (object, qop, message, sequence));
}

static SECURITY_STATUS unseal(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, unseal, (object, message, sequence, qop));
}

static SECURITY_STATUS sign(void *object, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, sign, (object, qop, message, sequence));
}

static SECURITY_STATUS verify(void *object, SecBufferDesc *message, ULONG sequence, ULONG *qop)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, verify, (object, message, sequence, qop));
}

static SECURITY_STATUS impersonate(void *object)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, impersonate, (object));
}

static SECURITY_STATUS revert(void *object)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, revert, (object));
}

static SECURITY_STATUS query_token(void *object, void **token)
{
    const struct ssp *ssp = picked(object, &object);

    return ASK(ssp, query_token, (object, token));
}

/* ---- the package
 * ------------------------------------------------------------------------------------ */

/* Without a package beneath there is nothing to negotiate. */
static SECURITY_STATUS start(void)
{
    for (size_t i = 0; i < CHOICES; i++)
        if (lsa_host.find(choice_names[i]))
            return SEC_E_OK;
    return SEC_E_SECPKG_NOT_FOUND;
}

static const WCHAR *const names[] = {u"Negotiate"};

/* As Windows describes it. */
const struct ssp negotiate_ssp = {
    .names = names,
    .name_count = COUNT_OF(names),
    .comment = u"Microsoft Package Negotiator",
    .capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION |
                    SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR |
                    SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME |
                    SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_LOGON |
                    SECPKG_FLAG_RESTRICTED_TOKENS,
    .version = 1,
    .rpc_id = 9,
    .max_token = 48256,
    .start = start,
    .acquire = acquire,
    .free_credential = free_credential,
    .query_credential = query_credential,
    .initialize = initialize,
    .accept = accept_client,
    .complete = complete,
    .delete_context = delete_context,
    .query_context = query_context,
    .set_context = set_context,
    .seal = seal,
    .unseal = unseal,
    .sign = sign,
    .verify = verify,
    .impersonate = impersonate,
    .revert = revert,
    .query_token = query_token,
};
