/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Credentials: by name and password, or what the system has (ticket cache, keytab; for NTLM what
 * gss-ntlmssp finds: NTLM_USER_FILE or winbind).
 */
#include "base/mem.h"
#include "gss/mit/library.h"

/* SPNEGO takes the mechanisms in the order of preference. */
static const enum mech negotiable[] = {MECH_KERBEROS, MECH_NTLM};

static enum mech_status restrict_mechs(gss_cred_id_t credential, uint32_t allowed)
{
    gss_OID_desc oids[COUNT_OF(negotiable)];
    gss_OID_set_desc set = {0, oids};
    OM_uint32 minor, major;

    for (size_t i = 0; i < COUNT_OF(negotiable); i++)
        if (allowed & MECH_BIT(negotiable[i]))
            oids[set.count++] = *library_oid(negotiable[i]);
    if (set.count == 0)
        return MECH_NO_CREDENTIAL;
    major = gssapi.set_neg_mechs(&minor, credential, &set);
    return GSS_ERROR(major) ? library_status("set_neg_mechs", major, minor) : MECH_OK;
}

/* A server of SPNEGO also takes the bare tokens of what it negotiates, as Windows' does. */
static gss_OID_set_desc wanted_mechs(const struct mech_acquire *acquire, gss_OID_desc oids[])
{
    gss_OID_set_desc set = {1, oids};

    oids[0] = *library_oid(acquire->mech);
    if (acquire->mech != MECH_NEGOTIATE || !acquire->accept)
        return set;
    for (size_t i = 0; i < COUNT_OF(negotiable); i++)
        if (acquire->allowed & MECH_BIT(negotiable[i]))
            oids[set.count++] = *library_oid(negotiable[i]);
    return set;
}

enum mech_status mech_credential_new(const struct mech_acquire *acquire,
                                     struct mech_credential **credential)
{
    int usage = acquire->accept ? GSS_C_ACCEPT : GSS_C_INITIATE;
    gss_OID_desc oids[1 + COUNT_OF(negotiable)];
    gss_OID_set_desc set = wanted_mechs(acquire, oids);
    gss_buffer_desc password = library_buffer(acquire->password);
    struct mech_credential *made = mem_alloc(sizeof(*made));
    enum mech_status status = MECH_OK;
    gss_name_t name = NULL;
    OM_uint32 minor, major;

    if (!made)
        return MECH_NO_MEMORY;
    if (acquire->name.size)
        status = library_name(acquire->name, NAME_USER, &name);
    if (status != MECH_OK)
        goto done;
    if (acquire->has_password)
        major = gssapi.acquire_cred_with_password(&minor, name, &password, GSS_C_INDEFINITE, &set,
                                                  usage, &made->credential, NULL, NULL);
    else
        major = gssapi.acquire_cred(&minor, name, GSS_C_INDEFINITE, &set, usage, &made->credential,
                                    NULL, NULL);
    if (GSS_ERROR(major))
        status = library_status("acquire", major, minor);
    else if (acquire->mech == MECH_NEGOTIATE)
        status = restrict_mechs(made->credential, acquire->allowed);

done:
    if (name)
        gssapi.release_name(&minor, &name);
    if (status == MECH_OK)
        *credential = made;
    else
        mech_credential_free(made);
    return status;
}

void mech_credential_free(struct mech_credential *credential)
{
    OM_uint32 minor;

    if (!credential)
        return;
    if (credential->credential)
        gssapi.release_cred(&minor, &credential->credential);
    mem_free(credential);
}

enum mech_status mech_credential_name(struct mech_credential *credential, uint8_t *to, size_t room,
                                      size_t *size)
{
    gss_name_t name = NULL;
    OM_uint32 minor, major;

    major = gssapi.inquire_cred(&minor, credential->credential, &name, NULL, NULL, NULL);
    if (GSS_ERROR(major))
        return library_status("credential's name", major, minor);
    return library_take_name(name, to, room, size);
}
