/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See fake_package.h.
 */
#include "fake_package.h"

#include <stdlib.h>
#include <string.h>

#include "sspi/buffers.h"
#include "sspi/packages.h"

struct fake fake;

void fake_reset(void)
{
    struct fake clean = {.live_contexts = fake.live_contexts,
                         .live_credentials = fake.live_credentials,
                         .starts = fake.starts,
                         .loads = fake.loads,
                         .found_while_loading = fake.found_while_loading,
                         .outside_listed = fake.outside_listed,
                         .taken_listed = fake.taken_listed};

    fake = clean;
}

static void record_text(size_t at, const WCHAR *text)
{
    size_t length = 0;

    fake.has_text[at] = text != NULL;
    for (; text && text[length] && length + 1 < COUNT_OF(fake.text[at]); length++)
        fake.text[at][length] = text[length];
    fake.text[at][length] = 0;
}

static SECURITY_STATUS fake_start(void)
{
    fake.starts++;
    return SEC_E_OK;
}

static SECURITY_STATUS absent_start(void)
{
    return SEC_E_SECPKG_NOT_FOUND;
}

static SECURITY_STATUS fake_acquire(struct ssp_acquire *call)
{
    fake.calls++;
    record_text(0, call->principal);
    fake.request = call->use;
    fake.auth_data = call->auth_data;
    call->expiry.QuadPart = fake.expiry;
    if (fake.status < 0)
        return fake.status;
    call->credential = calloc(1, 1);
    fake.live_credentials++;
    return fake.status;
}

static SECURITY_STATUS fake_add(void *credential, struct ssp_acquire *call)
{
    fake.calls++;
    fake.credential = credential;
    record_text(0, call->principal);
    return fake.status;
}

static void fake_free_credential(void *credential)
{
    free(credential);
    fake.live_credentials--;
}

static SECURITY_STATUS fake_step(struct ssp_step *step)
{
    fake.calls++;
    record_text(0, step->target);
    fake.request = step->request;
    fake.context = step->context;
    fake.credential = step->credential;
    step->attributes = fake.attributes;
    step->expiry.QuadPart = fake.expiry;
    if (!step->context && fake.makes_context) {
        step->new_context = calloc(1, 1);
        fake.live_contexts++;
    }
    return fake.status;
}

static void fake_delete_context(void *context)
{
    free(context);
    fake.live_contexts--;
}

static SECURITY_STATUS fake_token(void *context, SecBufferDesc *token)
{
    (void)token;
    fake.calls++;
    fake.context = context;
    return fake.status;
}

static SECURITY_STATUS fake_seal(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence)
{
    (void)message;
    fake.calls++;
    fake.context = context;
    fake.request = qop;
    fake.id = sequence;
    return fake.status;
}

static SECURITY_STATUS fake_unseal(void *context, SecBufferDesc *message, ULONG sequence,
                                   ULONG *qop)
{
    (void)message;
    fake.calls++;
    fake.context = context;
    fake.id = sequence;
    if (qop)
        *qop = 77;
    return fake.status;
}

static SECURITY_STATUS give(const struct ssp_attribute *attribute, const void *value, size_t size)
{
    if (attribute->room < size)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(attribute->buffer, value, size);
    return SEC_E_OK;
}

static SECURITY_STATUS give_key_info(const struct ssp_attribute *attribute)
{
    SecPkgContext_KeyInfoW value = {.sSignatureAlgorithmName = buffers_copy_wide(u"signature"),
                                    .sEncryptAlgorithmName = buffers_copy_wide(u"encryption"),
                                    .KeySize = 256,
                                    .SignatureAlgorithm = 1,
                                    .EncryptAlgorithm = 2};
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (value.sSignatureAlgorithmName && value.sEncryptAlgorithmName)
        status = give(attribute, &value, sizeof(value));
    if (status != SEC_E_OK) {
        buffers_free(value.sSignatureAlgorithmName);
        buffers_free(value.sEncryptAlgorithmName);
    }
    return status;
}

static SECURITY_STATUS give_names(const struct ssp_attribute *attribute)
{
    SecPkgContext_NamesW value = {buffers_copy_wide(u"D\u00f6main\\user")};
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (value.sUserName)
        status = give(attribute, &value, sizeof(value));
    if (status != SEC_E_OK)
        buffers_free(value.sUserName);
    return status;
}

static SECURITY_STATUS give_negotiation(const struct ssp_attribute *attribute)
{
    SecPkgContext_NegotiationInfoW value = {NULL, SECPKG_NEGOTIATION_OPTIMISTIC};
    SECURITY_STATUS status = packages_info(packages_find(BARE_NAME), &value.PackageInfo);

    if (status == SEC_E_OK)
        status = give(attribute, &value, sizeof(value));
    return status;
}

static SECURITY_STATUS fake_query(void *object, const struct ssp_attribute *attribute)
{
    SecPkgContext_ClientSpecifiedTarget target = {u"wide in both"};

    (void)object;
    fake.calls++;
    fake.id = attribute->id;
    fake.room = attribute->room;
    if (fake.status != SEC_E_OK)
        return fake.status;
    switch (attribute->id) {
    case SECPKG_ATTR_NAMES: /* the number of SECPKG_CRED_ATTR_NAMES too */
        return give_names(attribute);
    case SECPKG_ATTR_KEY_INFO:
        return give_key_info(attribute);
    case SECPKG_ATTR_NEGOTIATION_INFO:
        return give_negotiation(attribute);
    case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
        return give(attribute, &target, sizeof(target));
    default:
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
}

static SECURITY_STATUS fake_set(void *object, const struct ssp_attribute *attribute)
{
    (void)object;
    fake.calls++;
    fake.id = attribute->id;
    fake.room = attribute->room;
    if (attribute->id == SECPKG_CRED_ATTR_NAMES)
        record_text(0, ((SecPkgCredentials_NamesW *)attribute->buffer)->sUserName);
    return fake.status;
}

static SECURITY_STATUS fake_import(struct ssp_import *import)
{
    fake.calls++;
    if (fake.status < 0)
        return fake.status;
    import->context = calloc(1, 1);
    fake.live_contexts++;
    return fake.status;
}

static SECURITY_STATUS fake_change_password(const struct ssp_password *change)
{
    fake.calls++;
    record_text(0, change->domain);
    record_text(1, change->account);
    record_text(2, change->old_password);
    record_text(3, change->new_password);
    return fake.status;
}

static const WCHAR *const fake_names[] = {FAKE_NAME, FAKE_ALIAS};
static const WCHAR *const bare_names[] = {BARE_NAME};
static const WCHAR *const absent_names[] = {ABSENT_NAME};

static const struct ssp package_fake = {
    .names = fake_names,
    .name_count = COUNT_OF(fake_names),
    .comment = FAKE_COMMENT,
    .capabilities = 0x1234,
    .version = 3,
    .rpc_id = 9,
    .max_token = 4096,
    .start = fake_start,
    .acquire = fake_acquire,
    .add_credentials = fake_add,
    .free_credential = fake_free_credential,
    .query_credential = fake_query,
    .set_credential = fake_set,
    .initialize = fake_step,
    .accept = fake_step,
    .complete = fake_token,
    .control = fake_token,
    .delete_context = fake_delete_context,
    .query_context = fake_query,
    .set_context = fake_set,
    .seal = fake_seal,
    .unseal = fake_unseal,
    .sign = fake_seal,
    .verify = fake_unseal,
    .import_context = fake_import,
    .change_password = fake_change_password,
};

static const struct ssp package_bare = {
    .names = bare_names,
    .name_count = COUNT_OF(bare_names),
    .acquire = fake_acquire,
    .free_credential = fake_free_credential,
    .initialize = fake_step,
    .delete_context = fake_delete_context,
};

static const struct ssp package_absent = {
    .names = absent_names,
    .name_count = COUNT_OF(absent_names),
    .start = absent_start,
};

const struct ssp *const packages_built_in[] = {
    &package_absent,
    &package_fake,
    &package_bare,
    NULL,
};

/* ---- from outside */

static const WCHAR *const outside_names[] = {OUTSIDE_NAME};
static const WCHAR *const taken_names[] = {TAKEN_NAME, u"fake alias"};

static const struct ssp package_outside = {
    .names = outside_names,
    .name_count = COUNT_OF(outside_names),
    .acquire = fake_acquire,
    .free_credential = fake_free_credential,
};

static const struct ssp package_taken = {
    .names = taken_names,
    .name_count = COUNT_OF(taken_names),
};

/* As a DLL may, it asks for the list while it is loaded. */
static void load_outside(void)
{
    fake.loads++;
    fake.found_while_loading = packages_find(FAKE_NAME) && !packages_find(OUTSIDE_NAME);
    fake.outside_listed = packages_register(&package_outside);
    fake.taken_listed = packages_register(&package_taken);
}

static SECURITY_STATUS add_outside(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options)
{
    fake.calls++;
    record_text(0, file);
    fake.request = options ? options->Type : 0;
    return fake.status;
}

const struct packages_source packages_outside = {load_outside, add_outside};
