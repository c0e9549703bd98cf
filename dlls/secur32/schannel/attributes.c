/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * QueryContextAttributes of the Schannel SSP: the table. Attributes that carry a string are wide
 * here; the dispatcher makes the narrow ones, and answers PACKAGE_INFO for all packages.
 *
 * Sources: Microsoft Learn, "QueryContextAttributes (Schannel)", "SetContextAttributes function";
 * the comments on each attribute in sspi.h and schannel.h. Too early means SEC_E_INVALID_HANDLE, as
 * schannel-rs' authors saw for SESSION_INFO; programs ask after each leg and go on. Which
 * attributes Schannel refuses is not documented; those without filler get
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
#include "schannel/attributes.h"

#include <string.h>

#include "schannel/alerts.h"
#include "sspi/buffers.h"

union attribute_value {
    SecPkgContext_CipherInfo cipher_info; /* the largest */
    SecPkgContext_ConnectionInfoEx connection_info_ex;
    SecPkgContext_ApplicationProtocol application_protocol;
    SecPkgContext_EapKeyBlock eap_key_block;
    SecPkgContext_KeyingMaterial_Inproc keying_material;
    void *align;
};

#define ROW(id, structure) SECPKG_ATTR_##id, #id, sizeof(structure)
#define CTX(name) SecPkgContext_##name
#define ALWAYS ATTRIBUTE_ALWAYS
#define CONNECTED ATTRIBUTE_CONNECTED
#define REFUSED ATTRIBUTE_ALWAYS, false, NULL, NULL

/* clang-format off */
static const struct attribute attributes[] = {
    /* name, structure                                              since, reads, fill, set */
    { ROW(SIZES,                     CTX(Sizes)),                   CONNECTED, false, fill_sizes, NULL },
    { ROW(NAMES,                     CTX(NamesW)),                  CONNECTED, false, fill_names, NULL },
    { ROW(LIFESPAN,                  CTX(Lifespan)),                CONNECTED, false, fill_lifespan, NULL },
    { ROW(DCE_INFO,                  CTX(DceInfo)),                 REFUSED },
    { ROW(STREAM_SIZES,              CTX(StreamSizes)),             CONNECTED, false, fill_stream_sizes, NULL },
    { ROW(KEY_INFO,                  CTX(KeyInfoW)),                CONNECTED, false, fill_key_info, NULL },
    { ROW(AUTHORITY,                 CTX(AuthorityW)),              CONNECTED, false, fill_authority, NULL },
    { ROW(PROTO_INFO,                CTX(ProtoInfoW)),              CONNECTED, false, fill_protocol_info, NULL },
    { ROW(PASSWORD_EXPIRY,           CTX(PasswordExpiry)),          REFUSED },
    { ROW(SESSION_KEY,               CTX(SessionKey)),              REFUSED },
    { ROW(USER_FLAGS,                CTX(UserFlags)),               REFUSED },
    { ROW(NEGOTIATION_INFO,          CTX(NegotiationInfoW)),        REFUSED },
    { ROW(NATIVE_NAMES,              CTX(NativeNamesW)),            REFUSED },
    { ROW(FLAGS,                     CTX(Flags)),                   ALWAYS,    false, fill_flags, NULL },
    { ROW(CREDENTIAL_NAME,           CTX(CredentialNameW)),         REFUSED },
    { ROW(TARGET_INFORMATION,        CTX(TargetInformation)),       REFUSED },
    { ROW(ACCESS_TOKEN,              CTX(AccessToken)),             REFUSED },
    { ROW(TARGET,                    CTX(Target)),                  REFUSED },
    { ROW(AUTHENTICATION_ID,         CTX(AuthzID)),                 REFUSED },
    { ROW(UNIQUE_BINDINGS,           CTX(Bindings)),                CONNECTED, false, fill_unique_bindings, NULL },
    { ROW(ENDPOINT_BINDINGS,         CTX(Bindings)),                CONNECTED, false, fill_endpoint_bindings, NULL },
    { ROW(CLIENT_SPECIFIED_TARGET,   CTX(ClientSpecifiedTarget)),   REFUSED },
    { ROW(DTLS_MTU,                  USHORT),                       REFUSED },
    { ROW(APPLICATION_PROTOCOL,      CTX(ApplicationProtocol)),     CONNECTED, false, fill_application_protocol, NULL },
    { ROW(NEGOTIATED_TLS_EXTENSIONS, CTX(NegotiatedTlsExtensions)), REFUSED },
    { ROW(REMOTE_CRED,               CTX(RemoteCredentialInfo)),    REFUSED },
    { ROW(LOCAL_CRED,                CTX(LocalCredentialInfo)),     REFUSED },
    { ROW(REMOTE_CERT_CONTEXT,       PCCERT_CONTEXT),               ALWAYS,    false, fill_remote_certificate, NULL },
    { ROW(LOCAL_CERT_CONTEXT,        PCCERT_CONTEXT),               CONNECTED, false, fill_local_certificate, NULL },
    { ROW(ROOT_STORE,                HCERTSTORE),                   REFUSED },
    { ROW(ISSUER_LIST_EX,            CTX(IssuerListInfoEx)),        ALWAYS,    false, fill_issuers, NULL },
    { ROW(CONNECTION_INFO,           CTX(ConnectionInfo)),          CONNECTED, false, fill_connection_info, NULL },
    { ROW(EAP_KEY_BLOCK,             CTX(EapKeyBlock)),             CONNECTED, false, fill_eap_key_block, NULL },
    { ROW(MAPPED_CRED_ATTR,          CTX(MappedCredAttr)),          REFUSED },
    { ROW(SESSION_INFO,              CTX(SessionInfo)),             CONNECTED, false, fill_session_info, NULL },
    { ROW(APP_DATA,                  CTX(SessionAppData)),          ALWAYS,    false, fill_app_data, set_app_data },
    { ROW(REMOTE_CERTIFICATES,       CTX(Certificates)),            ALWAYS,    false, fill_remote_certificates, NULL },
    { ROW(CC_POLICY_RESULT,          CTX(ClientCertPolicyResult)),  REFUSED },
    { ROW(LOCAL_CERT_INFO,           CTX(CertInfo)),                REFUSED },
    { ROW(CIPHER_INFO,               CTX(CipherInfo)),              CONNECTED, false, fill_cipher_info, NULL },
    { ROW(EAP_PRF_INFO,              CTX(EapPrfInfo)),              ALWAYS,    false, NULL, set_eap_prf_info },
    { ROW(SUPPORTED_SIGNATURES,      CTX(SupportedSignatures)),     ALWAYS,    false, fill_supported_signatures, NULL },
    { ROW(REMOTE_CERT_CHAIN,         PCCERT_CONTEXT),               ALWAYS,    false, fill_remote_certificate, NULL },
    { ROW(UI_INFO,                   CTX(UiInfo)),                  REFUSED },
    { ROW(EARLY_START,               CTX(EarlyStart)),              REFUSED },
    { ROW(KEYING_MATERIAL_INFO,      CTX(KeyingMaterialInfo)),      ALWAYS,    false, NULL, set_keying_material_info },
    { ROW(KEYING_MATERIAL,           CTX(KeyingMaterial)),          CONNECTED, false, fill_keying_material, NULL },
    { ROW(SRTP_PARAMETERS,           CTX(SrtpParameters)),          CONNECTED, false, fill_srtp, NULL },
    { ROW(TOKEN_BINDING,             CTX(TokenBinding)),            REFUSED },
    { ROW(CONNECTION_INFO_EX,        CTX(ConnectionInfoEx)),        CONNECTED, false, fill_connection_info_ex, NULL },
    { ROW(KEYING_MATERIAL_TOKEN_BINDING, CTX(KeyingMaterial)),      REFUSED },
    { ROW(KEYING_MATERIAL_INPROC,    CTX(KeyingMaterial_Inproc)),   CONNECTED, true,  fill_keying_material_inproc, NULL },
    { ROW(CERT_CHECK_RESULT,         CTX(CertificateValidationResult)), ALWAYS, false, fill_check_result, NULL },
    { ROW(CERT_CHECK_RESULT_INPROC,  CTX(CertificateValidationResult)), CONNECTED, false, fill_check_result_inproc, NULL },
    { ROW(SERIALIZED_REMOTE_CERT_CONTEXT_INPROC, CERT_BLOB),        REFUSED },
    { ROW(SERIALIZED_REMOTE_CERT_CONTEXT, CERT_BLOB),               REFUSED },
};
/* clang-format on */

const struct attribute *attribute_at(size_t index)
{
    return index < COUNT_OF(attributes) ? &attributes[index] : NULL;
}

const struct attribute *attribute_find(ULONG id)
{
    size_t low = 0, high = COUNT_OF(attributes);

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (attributes[middle].id == id)
            return &attributes[middle];
        if (attributes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

SECURITY_STATUS schan_query_context(void *object, const struct ssp_attribute *asked)
{
    const struct attribute *attribute = attribute_find(asked->id);
    struct schan_context *context = object;
    union attribute_value value;
    SECURITY_STATUS status;

    if (!attribute || !attribute->fill)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!asked->buffer)
        return SEC_E_INVALID_TOKEN;
    if (asked->room < attribute->size)
        return SEC_E_BUFFER_TOO_SMALL;
    if (attribute->since == ATTRIBUTE_CONNECTED && !attribute_info(context, NULL))
        return SEC_E_INVALID_HANDLE;

    memset(&value, 0, sizeof(value));
    if (attribute->reads)
        memcpy(&value, asked->buffer, attribute->size);
    status = attribute->fill(context, &value);
    if (status == SEC_E_OK)
        memcpy(asked->buffer, &value, attribute->size); /* all or nothing */
    return status;
}

SECURITY_STATUS schan_set_context(void *object, const struct ssp_attribute *asked)
{
    const struct attribute *attribute = attribute_find(asked->id);
    union attribute_value value;

    if (!attribute || !attribute->set)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (!asked->buffer)
        return SEC_E_INVALID_TOKEN;
    if (asked->room < attribute->size)
        return SEC_E_BUFFER_TOO_SMALL;
    memcpy(&value, asked->buffer, attribute->size);
    return attribute->set(object, &value);
}

/* ---- what fillers share ---- */

bool attribute_info(struct schan_context *context, struct tls_info *info)
{
    bool done;

    lock_take(&context->session);
    done = context->info.done;
    if (done && info)
        *info = context->info;
    lock_release(&context->session);
    return done;
}

struct schan_credential *attribute_credential(struct schan_context *context)
{
    struct schan_credential *credential;

    lock_take(&context->session);
    credential = schan_credential_ref(context->credential);
    lock_release(&context->session);
    return credential;
}

void attribute_copy_text(WCHAR *to, size_t room, const char *ascii)
{
    size_t i;

    for (i = 0; i + 1 < room && ascii[i]; i++)
        to[i] = (unsigned char)ascii[i];
    to[i] = 0;
}

WCHAR *attribute_text(const char *ascii)
{
    size_t room = strlen(ascii) + 1;
    WCHAR *text = buffers_alloc(room * sizeof(*text));

    if (text)
        attribute_copy_text(text, room, ascii);
    return text;
}

SECURITY_STATUS attribute_status(enum tls_status status)
{
    switch (status) {
    case TLS_NOT_READY:
        return SEC_E_INVALID_HANDLE;
    case TLS_NOT_THERE:
        return SEC_E_UNSUPPORTED_FUNCTION;
    default:
        return tls_call_status(status);
    }
}
