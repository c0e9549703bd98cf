/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See credential.h.
 *
 * Sources: Microsoft Learn, "AcquireCredentialsHandle (Negotiate)", "(NTLM)" and "(Kerberos)".
 */
#include "gss/credential.h"

#include <string.h>

#include "base/mem.h"
#include "gss/identity.h"
#include "gss/status.h"
#include "gss/text.h"
#include "sspi/buffers.h"

/* "Never", as Windows tells it. */
#define EXPIRY_NEVER INT64_MAX

static SECURITY_STATUS check_use(ULONG use)
{
    return (use & SECPKG_CRED_BOTH) && !(use & ~(ULONG)SECPKG_CRED_BOTH & 0xf)
               ? SEC_E_OK
               : SEC_E_UNKNOWN_CREDENTIALS;
}

/* The principal's name only says which of the user's credentials; MIT's default is all of them, and
 * explicit ones have their own. */
SECURITY_STATUS gss_acquire(enum mech package, struct ssp_acquire *call)
{
    struct gss_credential *credential;
    struct mech_library library;
    SECURITY_STATUS status = check_use(call->use);

    if (status != SEC_E_OK)
        return status;
    if (call->get_key)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (mech_load(&library) != MECH_OK)
        return SEC_E_SECPKG_NOT_FOUND;
    credential = mem_alloc(sizeof(*credential));
    if (!credential)
        return SEC_E_INSUFFICIENT_MEMORY;
    atomic_init(&credential->references, 1);
    lock_init(&credential->lock);
    credential->package = package;
    credential->use = call->use;
    credential->allowed = library.mechs & (MECH_BIT(MECH_NTLM) | MECH_BIT(MECH_KERBEROS));
    status = identity_take(call->auth_data, credential);
    if (status != SEC_E_OK) {
        gss_credential_unref(credential);
        return status;
    }
    call->credential = credential;
    call->expiry.QuadPart = EXPIRY_NEVER;
    return SEC_E_OK;
}

struct gss_credential *gss_credential_ref(struct gss_credential *credential)
{
    atomic_fetch_add(&credential->references, 1);
    return credential;
}

void gss_credential_unref(struct gss_credential *credential)
{
    if (!credential || atomic_fetch_sub(&credential->references, 1) != 1)
        return;
    for (size_t side = 0; side < 2; side++)
        for (size_t mech = 0; mech < MECH_COUNT; mech++)
            mech_credential_free(credential->made[side][mech]);
    identity_forget(credential);
    lock_done(&credential->lock);
    mem_wipe_free(credential, sizeof(*credential));
}

void gss_free_credential(void *object)
{
    gss_credential_unref(object);
}

/* An identity is the client's; a server has the system's keys and accounts. */
static enum mech_status make(struct gss_credential *credential, enum mech mech, bool accept,
                             struct mech_credential **made)
{
    struct mech_acquire acquire = {.mech = mech, .allowed = credential->allowed, .accept = accept};
    const char *name = credential->name[mech], *password = credential->password;

    if (!accept && credential->kind == IDENTITY_NULL)
        return MECH_NO_CREDENTIAL;
    if (!accept && credential->kind == IDENTITY_EXPLICIT) {
        if (!name)
            return MECH_NO_CREDENTIAL;
        acquire.name = span_of(name, strlen(name));
        acquire.password = span_of(password, strlen(password));
        acquire.has_password = true;
    }
    return mech_credential_new(&acquire, made);
}

enum mech_status gss_credential_for(struct gss_credential *credential, enum mech mech, bool accept,
                                    struct mech_credential **made)
{
    ULONG use = accept ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND;
    struct mech_credential **kept = &credential->made[accept][mech];
    enum mech_status status = MECH_OK;

    if (!(credential->use & use))
        return MECH_NO_CREDENTIAL;
    lock_take(&credential->lock);
    /* A failure is not kept: what the system has may change (kinit). */
    if (!*kept)
        status = make(credential, mech, accept, kept);
    *made = *kept;
    lock_release(&credential->lock);
    return status;
}

/* The name as the program knows it: without the backslash that keeps an "@" from being read. */
static SECURITY_STATUS tell_name(const char *name, WCHAR **told)
{
    char *plain = mem_alloc(strlen(name) + 1), *to = plain;
    SECURITY_STATUS status;

    if (!plain)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (; *name; name++)
        if (name[0] != '\\' || name[1] != '@')
            *to++ = *name;
    status = text_for_program(plain, told);
    mem_free(plain);
    return status;
}

SECURITY_STATUS gss_query_credential(void *object, const struct ssp_attribute *attribute)
{
    struct gss_credential *credential = object;
    SecPkgCredentials_NamesW names = {NULL};
    struct mech_credential *made = NULL;
    bool accept = !(credential->use & SECPKG_CRED_OUTBOUND);
    enum mech mech = credential->package;
    SECURITY_STATUS status;

    if (attribute->id != SECPKG_CRED_ATTR_NAMES)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (attribute->room < sizeof(names))
        return SEC_E_BUFFER_TOO_SMALL;
    if (credential->kind == IDENTITY_EXPLICIT) {
        const char *name =
            credential->name[mech] ? credential->name[mech] : credential->name[MECH_NTLM];

        status = tell_name(name, &names.sUserName);
    } else {
        status = status_of_mech(gss_credential_for(credential, mech, accept, &made));
        if (status == SEC_E_OK)
            status = text_of_credential(made, &names.sUserName);
    }
    if (status == SEC_E_OK)
        memcpy(attribute->buffer, &names, sizeof(names));
    return status;
}
