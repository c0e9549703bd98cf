/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See identity.h.
 *
 * Sources: Microsoft Learn, "SEC_WINNT_AUTH_IDENTITY_EXW structure" (PackageList: names with
 * commas, "!" in front of what must not be used); "Name Formats for Unique SPNs". Observed: curl
 * passes "!ntlm", Java "Kerberos"; users come as "DOMAIN\user" or "user@realm" without a domain.
 */
#include "gss/identity.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "misc/identity.h"
#include "platform/platform.h"

/* ---- names ---- */

/* prefix, middle and suffix in one string; NULL: no memory. */
static char *join(const char *prefix, const char *middle, const char *suffix)
{
    size_t size = strlen(prefix) + strlen(middle) + strlen(suffix) + 1;
    char *text = mem_alloc(size);

    if (text)
        snprintf(text, size, "%s%s%s", prefix, middle, suffix);
    return text;
}

/* Realms of Windows are in capitals, and programs write them as they like. */
static void capitals(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

/*
 * gss-ntlmssp takes what is behind an "@" for the domain, unless a backslash stands in front of it.
 * Windows' NTLM sends a user principal name as the user, and no domain (observed by the tests of
 * .NET's NegotiateAuthentication). NULL: no memory.
 */
static char *whole_user(const char *user)
{
    char *text = mem_alloc(2 * strlen(user) + 1), *to = text;

    if (!text)
        return NULL;
    for (; *user; *to++ = *user++)
        if (*user == '@')
            *to++ = '\\';
    *to = '\0';
    return text;
}

/*
 * "user@REALM" means the same to Kerberos and to NTLM where the two are negotiated. A user with an
 * "@" of its own (a user principal name) and a domain has no such form: Kerberos is told that the
 * first "@" is part of the name, NTLM gets DOMAIN\user, and the two cannot be negotiated.
 */
static SECURITY_STATUS make_names(struct gss_credential *credential, const char *user, char *domain)
{
    const char *at = strchr(user, '@');
    bool is_plain = !(at && *domain);
    char *realm, *name, *escaped;

    credential->name[MECH_NTLM] = *domain ? join(domain, "\\", user) : whole_user(user);
    if (!credential->name[MECH_NTLM])
        return SEC_E_INSUFFICIENT_MEMORY;
    capitals(domain);
    name = *domain && is_plain ? join(user, "@", domain) : mem_copy_string(user);
    if (name && !is_plain) {
        name[at - user] = '\0';
        escaped = join(name, "\\@", at + 1);
        mem_free(name);
        name = escaped ? join(escaped, "@", domain) : NULL;
        mem_free(escaped);
    }
    if (!name)
        return SEC_E_INSUFFICIENT_MEMORY;
    realm = strrchr(name, '@');
    if (realm)
        capitals(realm);
    credential->name[MECH_KERBEROS] = name;
    if (!is_plain)
        return SEC_E_OK;
    credential->name[MECH_NEGOTIATE] = mem_copy_string(name);
    return credential->name[MECH_NEGOTIATE] ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS split_names(struct gss_credential *credential, char *user, char *domain)
{
    char *backslash = *domain ? NULL : strchr(user, '\\');

    if (!backslash)
        return make_names(credential, user, domain);
    *backslash = '\0';
    return make_names(credential, backslash + 1, user);
}

/* ---- the list of packages ---- */

static uint32_t named_mechs(const char *name, size_t size)
{
    static const struct {
        const char *name;
        uint32_t bits;
    } rows[] = {
        {"ntlm", MECH_BIT(MECH_NTLM)},
        {"kerberos", MECH_BIT(MECH_KERBEROS)},
        {"negotiate", MECH_BIT(MECH_NTLM) | MECH_BIT(MECH_KERBEROS)},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool same = strlen(rows[i].name) == size;

        for (size_t k = 0; same && k < size; k++)
            same = (name[k] | 0x20) == rows[i].name[k];
        if (same)
            return rows[i].bits;
    }
    return 0;
}

/* A list without a name that is not excluded means: all but those. */
static uint32_t listed_mechs(const char *list, bool *names_some)
{
    uint32_t included = 0, excluded = 0;

    *names_some = false;
    while (*list) {
        size_t size = strcspn(list, ","), start = strspn(list, " \t"), end = size;
        bool exclude = list[start] == '!';

        start += exclude;
        while (end > start && (list[end - 1] == ' ' || list[end - 1] == '\t'))
            end--;
        if (start < end) {
            uint32_t bits = named_mechs(list + start, end - start);

            excluded |= exclude ? bits : 0;
            included |= exclude ? 0 : bits;
            *names_some = *names_some || !exclude;
        }
        list += size + (list[size] == ',');
    }
    return (*names_some ? included : ~0u) & ~excluded;
}

static SECURITY_STATUS take_list(const WCHAR *list, struct gss_credential *credential)
{
    char *text = NULL;
    bool names_some;
    SECURITY_STATUS status;

    if (!list || !*list || credential->package != MECH_NEGOTIATE)
        return SEC_E_OK;
    status = platform_utf8_from_wide(list, &text);
    if (status == SEC_E_OK) {
        credential->allowed &= listed_mechs(text, &names_some);
        credential->wraps_ntlm = !names_some && credential->allowed == MECH_BIT(MECH_NTLM);
    }
    mem_free(text);
    return status;
}

/* ---- identities ---- */

static void wipe_text(char *text)
{
    if (text)
        mem_wipe_free(text, strlen(text));
}

static SECURITY_STATUS take_parts(const struct identity *parts, struct gss_credential *credential)
{
    const WCHAR *user = parts->text[IDENTITY_USER], *domain = parts->text[IDENTITY_DOMAIN],
                *password = parts->text[IDENTITY_PASSWORD];
    char *narrow_user = NULL, *narrow_domain = NULL;
    SECURITY_STATUS status;

    /* Programs that only have a list of packages to tell pass nothing else. */
    if (!user && !domain && !password)
        return SEC_E_OK;
    if (!user || !*user) {
        credential->kind = IDENTITY_NULL;
        return SEC_E_OK;
    }
    credential->kind = IDENTITY_EXPLICIT;
    status = platform_utf8_from_wide(user, &narrow_user);
    if (status == SEC_E_OK)
        status = platform_utf8_from_wide(domain ? domain : u"", &narrow_domain);
    if (status == SEC_E_OK)
        status = platform_utf8_from_wide(password ? password : u"", &credential->password);
    if (status == SEC_E_OK)
        status = split_names(credential, narrow_user, narrow_domain);
    mem_free(narrow_user);
    mem_free(narrow_domain);
    return status;
}

SECURITY_STATUS identity_take(const void *auth_data, struct gss_credential *credential)
{
    WCHAR *password;
    struct identity parts;
    SECURITY_STATUS status;

    if (!auth_data)
        return SEC_E_OK;
    status = identity_read(auth_data, &parts);
    if (status != SEC_E_OK)
        return status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_UNKNOWN_CREDENTIALS;
    status = take_list(parts.text[IDENTITY_PACKAGES], credential);
    if (status == SEC_E_OK)
        status = take_parts(&parts, credential);
    password = parts.text[IDENTITY_PASSWORD];
    if (password)
        mem_wipe(password, platform_wide_length(password) * sizeof(*password));
    identity_done(&parts);
    return status;
}

void identity_forget(struct gss_credential *credential)
{
    for (size_t i = 0; i < MECH_COUNT; i++)
        mem_free(credential->name[i]);
    wipe_text(credential->password);
}

/* ---- targets ---- */

/* Characters. A field of NTLM's third message has room for 65535 bytes, with the server's own names
 * in it; gss-ntlmssp would put the rest of the length there, and so name somebody else. */
#define TARGET_MAX 32000

/*
 * "service/host" becomes GSSAPI's "service@host", so that the host's realm is found. What has a
 * realm or a third part is a principal as it stands. A bare name is an account's: no service, so it
 * is a principal to Kerberos.
 */
SECURITY_STATUS target_take(const WCHAR *name, struct gss_target *target)
{
    SECURITY_STATUS status;
    char *slash;

    *target = (struct gss_target){MECH_TARGET_NONE, NULL};
    if (!name || !*name)
        return SEC_E_OK;
    if (platform_wide_length(name) > TARGET_MAX)
        return SEC_E_TARGET_UNKNOWN;
    status = platform_utf8_from_wide(name, &target->text);
    if (status != SEC_E_OK)
        return status == SEC_E_INSUFFICIENT_MEMORY ? status : SEC_E_TARGET_UNKNOWN;
    slash = strchr(target->text, '/');
    target->kind = MECH_TARGET_PRINCIPAL;
    if (!slash || slash == target->text || !slash[1] || strchr(slash + 1, '/') ||
        strchr(target->text, '@'))
        return SEC_E_OK;
    *slash = '@';
    target->kind = MECH_TARGET_SERVICE;
    return SEC_E_OK;
}

enum mech_target_kind target_for_ntlm(struct gss_target *target)
{
    char *slash;

    if (target->kind != MECH_TARGET_PRINCIPAL)
        return target->kind;
    slash = strchr(target->text, '/');
    if (!slash || slash == target->text || !slash[1] ||
        memchr(target->text, '@', (size_t)(slash - target->text)))
        return MECH_TARGET_NONE;
    *slash = '@';
    target->kind = MECH_TARGET_SERVICE;
    return target->kind;
}
