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

#define ROW(id, structure) SECPKG_ATTR_##id, #id, #structure, sizeof(structure)
#define ALWAYS ATTRIBUTE_ALWAYS, false
#define CONNECTED ATTRIBUTE_CONNECTED, false
#define CONNECTED_READS ATTRIBUTE_CONNECTED, true
#define PLAIN ATTRIBUTE_PLAIN
#define BUFFER ATTRIBUTE_BUFFER
#define CERTIFICATE ATTRIBUTE_CERTIFICATE
#define STORE ATTRIBUTE_STORE
#define QUERY(name) fill_##name, NULL
#define SET(name) NULL, set_##name
#define BOTH(name) fill_##name, set_##name
#define REFUSED ATTRIBUTE_ALWAYS, false, ATTRIBUTE_PLAIN, NULL, NULL

/* clang-format off */
static const struct attribute attributes[] = {
    /* name, structure; since when; what to free; functions; note */
    { ROW(SIZES, SecPkgContext_Sizes),
      CONNECTED, PLAIN, QUERY(sizes), "cbMaxSignature is 0: there is no MakeSignature" },
    { ROW(NAMES, SecPkgContext_NamesW),
      CONNECTED, BUFFER, QUERY(names), "SEC_E_NO_CREDENTIALS: client certificates are not mapped to accounts" },
    { ROW(LIFESPAN, SecPkgContext_Lifespan),
      CONNECTED, PLAIN, QUERY(lifespan), "from the first handshake to the end of a client certificate's validity (server), else for ever" },
    { ROW(DCE_INFO, SecPkgContext_DceInfo),
      REFUSED, "of Kerberos" },
    { ROW(STREAM_SIZES, SecPkgContext_StreamSizes),
      CONNECTED, PLAIN, QUERY(stream_sizes), "" },
    { ROW(KEY_INFO, SecPkgContext_KeyInfoW),
      CONNECTED, BUFFER, QUERY(key_info), "" },
    { ROW(AUTHORITY, SecPkgContext_AuthorityW),
      CONNECTED, BUFFER, QUERY(authority), "an empty string" },
    { ROW(PROTO_INFO, SecPkgContext_ProtoInfoW),
      CONNECTED, BUFFER, QUERY(protocol_info), "TLS or DTLS, and its version" },
    { ROW(PASSWORD_EXPIRY, SecPkgContext_PasswordExpiry),
      REFUSED, "of NTLM" },
    { ROW(SESSION_KEY, SecPkgContext_SessionKey),
      REFUSED, "TLS has no one session key; KEYING_MATERIAL exports one" },
    { ROW(USER_FLAGS, SecPkgContext_UserFlags),
      REFUSED, "of NTLM" },
    { ROW(NEGOTIATION_INFO, SecPkgContext_NegotiationInfoW),
      REFUSED, "of Negotiate" },
    { ROW(NATIVE_NAMES, SecPkgContext_NativeNamesW),
      REFUSED, "of Kerberos" },
    { ROW(FLAGS, SecPkgContext_Flags),
      ALWAYS, PLAIN, QUERY(flags), "" },
    { ROW(CREDENTIAL_NAME, SecPkgContext_CredentialNameW),
      REFUSED, "of Kerberos" },
    { ROW(TARGET_INFORMATION, SecPkgContext_TargetInformation),
      REFUSED, "of Kerberos" },
    { ROW(ACCESS_TOKEN, SecPkgContext_AccessToken),
      REFUSED, "client certificates are not mapped to accounts" },
    { ROW(TARGET, SecPkgContext_Target),
      REFUSED, "of Kerberos" },
    { ROW(AUTHENTICATION_ID, SecPkgContext_AuthzID),
      REFUSED, "of Kerberos" },
    { ROW(UNIQUE_BINDINGS, SecPkgContext_Bindings),
      CONNECTED, BUFFER, QUERY(unique_bindings), "tls-unique; not defined in TLS 1.3: SEC_E_UNSUPPORTED_FUNCTION" },
    { ROW(ENDPOINT_BINDINGS, SecPkgContext_Bindings),
      CONNECTED, BUFFER, QUERY(endpoint_bindings), "tls-server-end-point" },
    { ROW(CLIENT_SPECIFIED_TARGET, SecPkgContext_ClientSpecifiedTarget),
      REFUSED, "of Kerberos" },
    { ROW(DTLS_MTU, USHORT),
      ALWAYS, PLAIN, BOTH(dtls_mtu), "DTLS; a stream has none: SEC_E_UNSUPPORTED_FUNCTION" },
    { ROW(APPLICATION_PROTOCOL, SecPkgContext_ApplicationProtocol),
      CONNECTED, PLAIN, QUERY(application_protocol), "status None when there is none" },
    { ROW(NEGOTIATED_TLS_EXTENSIONS, SecPkgContext_NegotiatedTlsExtensions),
      CONNECTED, BUFFER, QUERY(extensions), "those that the server answered with" },
    { ROW(REMOTE_CRED, SecPkgContext_RemoteCredentialInfo),
      REFUSED, "obsolete: REMOTE_CERT_CONTEXT" },
    { ROW(LOCAL_CRED, SecPkgContext_LocalCredentialInfo),
      REFUSED, "obsolete: LOCAL_CERT_CONTEXT" },
    { ROW(REMOTE_CERT_CONTEXT, PCCERT_CONTEXT),
      ALWAYS, CERTIFICATE, QUERY(remote_certificate), "its store holds the chain as it came, leaf first" },
    { ROW(LOCAL_CERT_CONTEXT, PCCERT_CONTEXT),
      CONNECTED, CERTIFICATE, QUERY(local_certificate), "" },
    { ROW(ROOT_STORE, HCERTSTORE),
      ALWAYS, STORE, QUERY(root_store), "hRootStore of the credential; without one the system's roots on Windows, SEC_E_NO_CREDENTIALS on Linux" },
    { ROW(ISSUER_LIST_EX, SecPkgContext_IssuerListInfoEx),
      ALWAYS, BUFFER, QUERY(issuers), "client, once the server has asked for a certificate; one block" },
    { ROW(CONNECTION_INFO, SecPkgContext_ConnectionInfo),
      CONNECTED, PLAIN, QUERY(connection_info), "" },
    { ROW(EAP_KEY_BLOCK, SecPkgContext_EapKeyBlock),
      CONNECTED, PLAIN, QUERY(eap_key_block), "by EAP_PRF_INFO; in TLS 1.3 as RFC 9190 and RFC 9427 say, without rgbIVs" },
    { ROW(MAPPED_CRED_ATTR, SecPkgContext_MappedCredAttr),
      REFUSED, "client certificates are not mapped to accounts" },
    { ROW(SESSION_INFO, SecPkgContext_SessionInfo),
      CONNECTED, PLAIN, QUERY(session_info), "a session that TLS 1.3 resumed is not called so" },
    { ROW(APP_DATA, SecPkgContext_SessionAppData),
      ALWAYS, BUFFER, BOTH(app_data), "" },
    { ROW(REMOTE_CERTIFICATES, SecPkgContext_Certificates),
      ALWAYS, BUFFER, QUERY(remote_certificates), "" },
    { ROW(CC_POLICY_RESULT, SecPkgContext_ClientCertPolicyResult),
      ALWAYS, PLAIN, QUERY(policy_result), "server whose credential has CLIENT_CERT_POLICY" },
    { ROW(LOCAL_CERT_INFO, SecPkgContext_CertInfo),
      REFUSED, "for callers in the kernel" },
    { ROW(CIPHER_INFO, SecPkgContext_CipherInfo),
      CONNECTED, PLAIN, QUERY(cipher_info), "" },
    { ROW(EAP_PRF_INFO, SecPkgContext_EapPrfInfo),
      ALWAYS, PLAIN, SET(eap_prf_info), "" },
    { ROW(SUPPORTED_SIGNATURES, SecPkgContext_SupportedSignatures),
      ALWAYS, BUFFER, QUERY(supported_signatures), "the structure has no words for RSA-PSS and EdDSA" },
    { ROW(REMOTE_CERT_CHAIN, PCCERT_CONTEXT),
      ALWAYS, CERTIFICATE, QUERY(remote_certificate), "as REMOTE_CERT_CONTEXT" },
    { ROW(UI_INFO, SecPkgContext_UiInfo),
      REFUSED, "nothing here asks a person" },
    { ROW(EARLY_START, SecPkgContext_EarlyStart),
      ALWAYS, PLAIN, SET(early_start), "taken, without effect: no data goes before the server's Finished" },
    { ROW(KEYING_MATERIAL_INFO, SecPkgContext_KeyingMaterialInfo),
      ALWAYS, PLAIN, SET(keying_material_info), "" },
    { ROW(KEYING_MATERIAL, SecPkgContext_KeyingMaterial),
      CONNECTED, BUFFER, QUERY(keying_material), "after KEYING_MATERIAL_INFO was set" },
    { ROW(SRTP_PARAMETERS, SecPkgContext_SrtpParameters),
      CONNECTED, PLAIN, QUERY(srtp), "0: no profile, as of a stream" },
    { ROW(TOKEN_BINDING, SecPkgContext_TokenBinding),
      REFUSED, "no browser or server has it any more" },
    { ROW(CONNECTION_INFO_EX, SecPkgContext_ConnectionInfoEx),
      CONNECTED, PLAIN, QUERY(connection_info_ex), "" },
    { ROW(KEYING_MATERIAL_TOKEN_BINDING, SecPkgContext_KeyingMaterial),
      REFUSED, "as TOKEN_BINDING" },
    { ROW(KEYING_MATERIAL_INPROC, SecPkgContext_KeyingMaterial_Inproc),
      CONNECTED_READS, BUFFER, QUERY(keying_material_inproc), "asks and answers in one call" },
    { ROW(CERT_CHECK_RESULT, SecPkgContext_CertificateValidationResult),
      ALWAYS, PLAIN, QUERY(check_result), "" },
    { ROW(CERT_CHECK_RESULT_INPROC, SecPkgContext_CertificateValidationResult),
      CONNECTED, PLAIN, QUERY(check_result_inproc), "" },
    { ROW(SERIALIZED_REMOTE_CERT_CONTEXT_INPROC, CERT_BLOB),
      CONNECTED, BUFFER, QUERY(serialized_certificates), "for SslDeserializeCertificateStore" },
    { ROW(SERIALIZED_REMOTE_CERT_CONTEXT, CERT_BLOB),
      ALWAYS, BUFFER, QUERY(serialized_certificates), "for SslDeserializeCertificateStore" },
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

/* The MTU is given as a USHORT or, by most programs, as a ULONG. */
static size_t given_size(const struct attribute *attribute, size_t room)
{
    return attribute->id == SECPKG_ATTR_DTLS_MTU && room >= sizeof(ULONG) ? sizeof(ULONG)
                                                                          : attribute->size;
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
    memset(&value, 0, sizeof(value));
    memcpy(&value, asked->buffer, given_size(attribute, asked->room));
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

SECURITY_STATUS attribute_facts(struct schan_context *context, struct attribute_facts *facts)
{
    if (!attribute_info(context, &facts->info))
        return SEC_E_INVALID_HANDLE;
    facts->suite = suite_find(facts->info.suite);
    facts->group = group_find(facts->info.group);
    return facts->suite ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
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
