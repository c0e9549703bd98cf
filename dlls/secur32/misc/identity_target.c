/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sspi* functions that connect identities with targets, stored credentials and packages.
 *
 * Sources: Microsoft Learn, the pages of these functions; RFC 1964 and "Name Formats for Unique
 * SPNs" for the shape service/host:port/name.
 */
#include <string.h>

#include "base/mem.h"
#include "misc/identity.h"
#include "misc/memory.h"
#include "platform/platform.h"

#define TYPE_DOMAIN_PASSWORD 2 /* CRED_TYPE_DOMAIN_PASSWORD of wincred.h */

/* ---- arguments for CredRead and CredWrite
 * -------------------------------------------------------------- */

/* "DOMAIN\user", "user", or NULL and SEC_E_OK where there is no user. */
static SECURITY_STATUS full_user(const struct identity *parts, WCHAR **name)
{
    const WCHAR *user = parts->text[IDENTITY_USER], *domain = parts->text[IDENTITY_DOMAIN];
    size_t user_length, domain_length;
    WCHAR *both;

    if (!user)
        return SEC_E_OK;
    if (!domain || !*domain)
        return identity_copy_text(user, name);
    user_length = platform_wide_length(user);
    domain_length = platform_wide_length(domain);
    both = local_alloc((domain_length + 1 + user_length + 1) * sizeof(*both));
    if (!both)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(both, domain, domain_length * sizeof(*both));
    both[domain_length] = '\\';
    memcpy(both + domain_length + 1, user, user_length * sizeof(*both));
    *name = both;
    return SEC_E_OK;
}

/* Without a target the user's name is the target. */
static SECURITY_STATUS target_name(const WCHAR *target, const WCHAR *user, WCHAR **name)
{
    const WCHAR *text = target ? target : user;

    return text ? identity_copy_text(text, name) : SEC_E_INVALID_TOKEN;
}

SECURITY_STATUS SEC_ENTRY SspiPrepareForCredRead(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                                 PCWSTR target, PULONG type, PCWSTR *name)
{
    struct identity parts;
    WCHAR *user = NULL, *made = NULL;
    SECURITY_STATUS status;

    if (!type || !name)
        return SEC_E_INVALID_TOKEN;
    status = identity_read(identity, &parts);
    if (status != SEC_E_OK)
        return status;
    status = full_user(&parts, &user);
    if (status == SEC_E_OK)
        status = target_name(target, user, &made);
    if (status == SEC_E_OK) {
        *type = TYPE_DOMAIN_PASSWORD;
        *name = made;
    }
    local_free(user);
    identity_done(&parts);
    return status;
}

/* All results are freed with SspiLocalFree. The blob is the password without its zero. */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredWrite(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                                  PCWSTR target, PULONG type, PCWSTR *name,
                                                  PCWSTR *user_name, PUCHAR *blob, PULONG blob_size)
{
    struct identity parts;
    WCHAR *user = NULL, *made = NULL;
    SECURITY_STATUS status;

    if (!type || !name || !user_name || !blob || !blob_size)
        return SEC_E_INVALID_TOKEN;
    status = identity_read(identity, &parts);
    if (status != SEC_E_OK)
        return status;
    status = full_user(&parts, &user);
    if (status == SEC_E_OK)
        status = target_name(target, user, &made);
    if (status == SEC_E_OK) {
        WCHAR *password = parts.text[IDENTITY_PASSWORD];

        *type = TYPE_DOMAIN_PASSWORD;
        *name = made;
        *user_name = user;
        *blob = (PUCHAR)password;
        *blob_size = password ? (ULONG)(platform_wide_length(password) * sizeof(WCHAR)) : 0;
        user = NULL;
        parts.text[IDENTITY_PASSWORD] = NULL;
    }
    local_free(user);
    identity_done(&parts);
    return status;
}

/* ---- host names
 * ---------------------------------------------------------------------------------------- */

static const WCHAR *find(const WCHAR *text, WCHAR character)
{
    while (*text && *text != character)
        text++;
    return *text ? text : NULL;
}

/* service/host:port/name, with an IPv6 address in brackets; user@domain; or a plain name. */
SECURITY_STATUS SEC_ENTRY SspiGetTargetHostName(PCWSTR target, PWSTR *host)
{
    const WCHAR *start, *end, *slash, *at;
    WCHAR *copy;

    if (!target || !host)
        return SEC_E_INVALID_TOKEN;
    slash = find(target, '/');
    at = find(target, '@');
    start = slash ? slash + 1 : at ? at + 1 : target;
    if (*start == '[' && find(start, ']'))
        end = find(++start, ']');
    else
        for (end = start; *end && *end != '/' && !(slash && *end == ':'); end++)
            ;
    if (end == start)
        return SEC_E_INVALID_TOKEN;
    copy = local_alloc(((size_t)(end - start) + 1) * sizeof(*copy));
    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(copy, start, (size_t)(end - start) * sizeof(*copy));
    *host = copy;
    return SEC_E_OK;
}

/* ---- packages
 * ------------------------------------------------------------------------------------------ */

/* The list with ",!package" behind it; in such a list "!" excludes. */
static SECURITY_STATUS list_exclude(const WCHAR *list, const WCHAR *package, WCHAR **longer)
{
    size_t list_length = list ? platform_wide_length(list) : 0;
    size_t package_length = platform_wide_length(package), used = 0;
    WCHAR *text;

    if (package_length > IDENTITY_PART_MAX)
        return SEC_E_INVALID_TOKEN;
    text = local_alloc((list_length + 2 + package_length + 1) * sizeof(*text));
    if (!text)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (list_length) {
        memcpy(text, list, list_length * sizeof(*text));
        text[list_length] = ',';
        used = list_length + 1;
    }
    text[used++] = '!';
    memcpy(text + used, package, package_length * sizeof(*text));
    *longer = text;
    return SEC_E_OK;
}

/* identity NULL: the default credentials, whose new identity holds nothing but the list. */
SECURITY_STATUS SEC_ENTRY SspiExcludePackage(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity,
                                             PCWSTR package,
                                             PSEC_WINNT_AUTH_IDENTITY_OPAQUE *result)
{
    struct identity parts = {0};
    WCHAR *list = NULL;
    void *made = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (!package || !*package || !result)
        return SEC_E_INVALID_TOKEN;
    if (identity)
        status = identity_read(identity, &parts);
    if (status == SEC_E_OK)
        status = list_exclude(parts.text[IDENTITY_PACKAGES], package, &list);
    if (status == SEC_E_OK) {
        local_free(parts.text[IDENTITY_PACKAGES]);
        parts.text[IDENTITY_PACKAGES] = list;
        status = identity_make(&parts, &made);
    }
    if (status == SEC_E_OK && identity && SspiIsAuthIdentityEncrypted(identity))
        status = SspiEncryptAuthIdentity(made);
    if (status == SEC_E_OK)
        *result = made;
    else
        local_free(made);
    identity_done(&parts);
    return status;
}
