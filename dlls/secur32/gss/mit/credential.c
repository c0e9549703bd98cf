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

/*
 * gss-ntlmssp 1.2 puts user and domain into 512 units of UTF-16 on its stack, whether they fit or
 * not. A character may become three when it is made a capital.
 */
static bool suits_ntlm(struct span name)
{
    size_t units = 0;

    for (size_t i = 0; i < name.size; i++)
        units += name.data[i] < 0x80 ? 1 : name.data[i] >= 0xc0 ? 3 : 0;
    return units <= 512;
}

static enum mech_status make_name(const struct mech_acquire *acquire, gss_name_t *name)
{
    enum mech_status status;

    if (!acquire->name.size)
        return MECH_OK;
    if (acquire->mech != MECH_KERBEROS && !suits_ntlm(acquire->name))
        return MECH_NO_CREDENTIAL;
    status = library_name(acquire->name, NAME_USER, name);
    return status == MECH_TARGET_UNKNOWN ? MECH_NO_CREDENTIAL : status;
}

/*
 * The call that takes a password wants one that is not empty. gss-ntlmssp takes it from here as
 * well; to Kerberos these words mean nothing, and what it has for the name is not what was given.
 */
static OM_uint32 acquire_without_password(gss_name_t name, gss_OID_set set, OM_uint32 *minor,
                                          gss_cred_id_t *credential)
{
    gss_key_value_element_desc element = {"ntlmssp_password", ""};
    gss_key_value_set_desc store = {1, &element};

    return gssapi.acquire_cred_from(minor, name, GSS_C_INDEFINITE, set, GSS_C_INITIATE, &store,
                                    credential, NULL, NULL);
}

static enum mech_status acquire_with_password(const struct mech_acquire *acquire, gss_name_t name,
                                              gss_OID_set set, gss_cred_id_t *credential)
{
    gss_buffer_desc password = library_buffer(acquire->password);
    bool is_empty = acquire->password.size == 0;
    uint32_t allowed = is_empty ? acquire->allowed & MECH_BIT(MECH_NTLM) : acquire->allowed;
    OM_uint32 minor, major;

    if (is_empty && acquire->mech == MECH_KERBEROS)
        return MECH_LOGON_DENIED; /* no principal's key comes from an empty password */
    if (is_empty)
        major = acquire_without_password(name, set, &minor, credential);
    else
        major = gssapi.acquire_cred_with_password(&minor, name, &password, GSS_C_INDEFINITE, set,
                                                  GSS_C_INITIATE, credential, NULL, NULL);
    if (GSS_ERROR(major))
        return library_status("acquire", major, minor);
    return acquire->mech == MECH_NEGOTIATE ? restrict_mechs(*credential, allowed) : MECH_OK;
}

static enum mech_status acquire_default(const struct mech_acquire *acquire, gss_name_t name,
                                        gss_OID_set set, gss_cred_id_t *credential)
{
    int usage = acquire->accept ? GSS_C_ACCEPT : GSS_C_INITIATE;
    OM_uint32 minor, major;

    major = gssapi.acquire_cred(&minor, name, GSS_C_INDEFINITE, set, usage, credential, NULL, NULL);
    if (GSS_ERROR(major))
        return library_status("acquire", major, minor);
    return acquire->mech == MECH_NEGOTIATE ? restrict_mechs(*credential, acquire->allowed)
                                           : MECH_OK;
}

enum mech_status mech_credential_new(const struct mech_acquire *acquire,
                                     struct mech_credential **credential)
{
    gss_OID_desc oids[1 + COUNT_OF(negotiable)];
    gss_OID_set_desc set = wanted_mechs(acquire, oids);
    struct mech_credential *made = mem_alloc(sizeof(*made));
    enum mech_status status;
    gss_name_t name = NULL;
    OM_uint32 minor;

    if (!made)
        return MECH_NO_MEMORY;
    status = make_name(acquire, &name);
    if (status == MECH_OK)
        status = acquire->has_password
                     ? acquire_with_password(acquire, name, &set, &made->credential)
                     : acquire_default(acquire, name, &set, &made->credential);
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
