/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See facts.h. Memory that an attribute gives is freed as its page says.
 */
#include "facts.h"

#include <stdio.h>
#include <string.h>

#include "stream.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

union value {
    SecPkgContext_Sizes sizes;
    SecPkgContext_StreamSizes stream_sizes;
    SecPkgContext_Lifespan lifespan;
    SecPkgContext_Flags flags;
    SecPkgContext_NamesA names;
    SecPkgContext_KeyInfoA key_info;
    SecPkgContext_AuthorityA authority;
    SecPkgContext_ProtoInfoA protocol;
    SecPkgContext_PackageInfoA package;
    SecPkgContext_Bindings bindings;
    SecPkgContext_ApplicationProtocol application_protocol;
    SecPkgContext_NegotiatedTlsExtensions extensions;
    PCCERT_CONTEXT certificate;
    HCERTSTORE store;
    SecPkgContext_IssuerListInfoEx issuers;
    SecPkgContext_ConnectionInfo connection;
    SecPkgContext_ConnectionInfoEx connection_ex;
    SecPkgContext_CipherInfo cipher;
    SecPkgContext_EapKeyBlock eap;
    SecPkgContext_SessionInfo session;
    SecPkgContext_SessionAppData app_data;
    SecPkgContext_Certificates certificates;
    SecPkgContext_SupportedSignatures signatures;
    SecPkgContext_CertificateValidationResult check;
    SecPkgContext_SrtpParameters srtp;
    SecPkgContext_KeyingMaterial key;
    CERT_BLOB blob;
    SecPkgCred_SupportedAlgs algorithms;
    SecPkgCred_CipherStrengths strengths;
    SecPkgCred_SupportedProtocols protocols;
};

#define SHOW(name) static void show_##name(const union value *value, struct report *report)

SHOW(sizes)
{
    report_number(report, "token", value->sizes.cbMaxToken);
    report_number(report, "signature", value->sizes.cbMaxSignature);
    report_number(report, "block", value->sizes.cbBlockSize);
    report_number(report, "trailer", value->sizes.cbSecurityTrailer);
}

SHOW(stream_sizes)
{
    report_number(report, "header", value->stream_sizes.cbHeader);
    report_number(report, "trailer", value->stream_sizes.cbTrailer);
    report_number(report, "message", value->stream_sizes.cbMaximumMessage);
    report_number(report, "buffers", value->stream_sizes.cBuffers);
    report_number(report, "block", value->stream_sizes.cbBlockSize);
}

SHOW(lifespan)
{
    report_number(report, "start", (unsigned long long)value->lifespan.tsStart.QuadPart);
    report_number(report, "expiry", (unsigned long long)value->lifespan.tsExpiry.QuadPart);
}

SHOW(flags)
{
    report_hex(report, "flags", value->flags.Flags, 8);
}

SHOW(names)
{
    report_text(report, "user", value->names.sUserName);
    FreeContextBuffer(value->names.sUserName);
}

SHOW(key_info)
{
    report_text(report, "signature", value->key_info.sSignatureAlgorithmName);
    report_text(report, "encryption", value->key_info.sEncryptAlgorithmName);
    report_number(report, "key bits", value->key_info.KeySize);
    FreeContextBuffer(value->key_info.sSignatureAlgorithmName);
    FreeContextBuffer(value->key_info.sEncryptAlgorithmName);
}

SHOW(authority)
{
    report_text(report, "name", value->authority.sAuthorityName);
    FreeContextBuffer(value->authority.sAuthorityName);
}

SHOW(protocol)
{
    report_text(report, "name", value->protocol.sProtocolName);
    report_number(report, "major", value->protocol.majorVersion);
    report_number(report, "minor", value->protocol.minorVersion);
    FreeContextBuffer(value->protocol.sProtocolName);
}

SHOW(package)
{
    report_text(report, "name", value->package.PackageInfo->Name);
    FreeContextBuffer(value->package.PackageInfo);
}

/* The value that goes into GSS-API's bindings, with its prefix. */
SHOW(bindings)
{
    const SEC_CHANNEL_BINDINGS *bindings = value->bindings.Bindings;

    report_bytes(report, "data",
                 (const unsigned char *)bindings + bindings->dwApplicationDataOffset,
                 bindings->cbApplicationDataLength);
    FreeContextBuffer(value->bindings.Bindings);
}

SHOW(application_protocol)
{
    const SecPkgContext_ApplicationProtocol *protocol = &value->application_protocol;
    char name[256];

    memcpy(name, protocol->ProtocolId, protocol->ProtocolIdSize);
    name[protocol->ProtocolIdSize] = 0;
    report_number(report, "status", protocol->ProtoNegoStatus);
    report_text(report, "name", name);
}

SHOW(extensions)
{
    for (DWORD i = 0; i < value->extensions.ExtensionsCount; i++) {
        char name[16];

        snprintf(name, sizeof(name), "%lu", (unsigned long)i);
        report_number(report, name, value->extensions.Extensions[i]);
    }
    FreeContextBuffer(value->extensions.Extensions);
}

static unsigned count_certificates(HCERTSTORE store)
{
    PCCERT_CONTEXT context = NULL;
    unsigned count = 0;

    while (store && (context = CertEnumCertificatesInStore(store, context)) != NULL)
        count++;
    return count;
}

SHOW(certificate)
{
    report_number(report, "bytes", value->certificate ? value->certificate->cbCertEncoded : 0);
    if (!value->certificate)
        return;
    report_number(report, "certificates in its store",
                  count_certificates(value->certificate->hCertStore));
    CertFreeCertificateContext(value->certificate);
}

SHOW(store)
{
    report_number(report, "certificates", count_certificates(value->store));
    CertCloseStore(value->store, 0);
}

SHOW(issuers)
{
    report_number(report, "names", value->issuers.cIssuers);
    FreeContextBuffer(value->issuers.aIssuers);
}

SHOW(connection)
{
    report_hex(report, "protocol", value->connection.dwProtocol, 8);
    report_hex(report, "cipher", value->connection.aiCipher, 4);
    report_number(report, "cipher bits", value->connection.dwCipherStrength);
    report_hex(report, "hash", value->connection.aiHash, 4);
    report_number(report, "hash bits", value->connection.dwHashStrength);
    report_hex(report, "exchange", value->connection.aiExch, 4);
    report_number(report, "exchange bits", value->connection.dwExchStrength);
}

SHOW(connection_ex)
{
    report_wide(report, "cipher", value->connection_ex.szCipher);
    report_wide(report, "hash", value->connection_ex.szHash);
    report_wide(report, "exchange", value->connection_ex.szExchange);
}

SHOW(cipher)
{
    report_hex(report, "protocol", value->cipher.dwProtocol, 4);
    report_hex(report, "number", value->cipher.dwCipherSuite, 4);
    report_wide(report, "name", value->cipher.szCipherSuite);
    report_wide(report, "cipher", value->cipher.szCipher);
    report_number(report, "cipher bits", value->cipher.dwCipherLen);
    report_wide(report, "hash", value->cipher.szHash);
    report_wide(report, "exchange", value->cipher.szExchange);
    report_wide(report, "certificate", value->cipher.szCertificate);
    report_number(report, "key type", value->cipher.dwKeyType);
}

SHOW(eap)
{
    report_bytes(report, "keys", value->eap.rgbKeys, sizeof(value->eap.rgbKeys));
    report_bytes(report, "IVs", value->eap.rgbIVs, sizeof(value->eap.rgbIVs));
}

SHOW(session)
{
    report_flag(report, "resumed", value->session.dwFlags & SSL_SESSION_RECONNECT);
    report_bytes(report, "id", value->session.rgbSessionId, value->session.cbSessionId);
}

SHOW(app_data)
{
    report_number(report, "bytes", value->app_data.cbAppData);
    FreeContextBuffer(value->app_data.pbAppData);
}

SHOW(certificates)
{
    report_number(report, "certificates", value->certificates.cCertificates);
    report_number(report, "bytes", value->certificates.cbCertificateChain);
    FreeContextBuffer(value->certificates.pbCertificateChain);
}

SHOW(signatures)
{
    for (WORD i = 0; i < value->signatures.cSignatureAndHashAlgorithms; i++) {
        char name[16];

        snprintf(name, sizeof(name), "%u", i);
        report_hex(report, name, value->signatures.pSignatureAndHashAlgorithms[i], 4);
    }
    FreeContextBuffer(value->signatures.pSignatureAndHashAlgorithms);
}

SHOW(check)
{
    report_hex(report, "trust", value->check.dwChainErrorStatus, 8);
    report_hex(report, "result", (ULONG)value->check.hrVerifyChainStatus, 8);
}

SHOW(srtp)
{
    report_number(report, "profile", value->srtp.ProtectionProfile);
}

SHOW(key)
{
    report_bytes(report, "key", value->key.pbKeyingMaterial, value->key.cbKeyingMaterial);
    FreeContextBuffer(value->key.pbKeyingMaterial);
}

SHOW(blob)
{
    report_number(report, "bytes", value->blob.cbData);
    FreeContextBuffer(value->blob.pbData);
}

SHOW(algorithms)
{
    for (DWORD i = 0; i < value->algorithms.cSupportedAlgs; i++) {
        char name[16];

        snprintf(name, sizeof(name), "%lu", (unsigned long)i);
        report_hex(report, name, value->algorithms.palgSupportedAlgs[i], 4);
    }
    FreeContextBuffer(value->algorithms.palgSupportedAlgs);
}

SHOW(strengths)
{
    report_number(report, "minimum", value->strengths.dwMinimumCipherStrength);
    report_number(report, "maximum", value->strengths.dwMaximumCipherStrength);
}

SHOW(protocols)
{
    report_hex(report, "protocols", value->protocols.grbitProtocol, 8);
}

struct row {
    const char *name;
    ULONG id;
    void (*show)(const union value *value, struct report *report);
};

/* clang-format off */
static const struct row credential_rows[] = {
    {"SUPPORTED_PROTOCOLS", SECPKG_ATTR_SUPPORTED_PROTOCOLS, show_protocols},
    {"CIPHER_STRENGTHS",    SECPKG_ATTR_CIPHER_STRENGTHS,    show_strengths},
    {"SUPPORTED_ALGS",      SECPKG_ATTR_SUPPORTED_ALGS,      show_algorithms},
};

#define ROW(name) #name, SECPKG_ATTR_##name
static const struct row context_rows[] = {
    {ROW(SIZES),                     show_sizes},
    {ROW(NAMES),                     show_names},
    {ROW(LIFESPAN),                  show_lifespan},
    {ROW(STREAM_SIZES),              show_stream_sizes},
    {ROW(KEY_INFO),                  show_key_info},
    {ROW(AUTHORITY),                 show_authority},
    {ROW(PROTO_INFO),                show_protocol},
    {ROW(PACKAGE_INFO),              show_package},
    {ROW(FLAGS),                     show_flags},
    {ROW(UNIQUE_BINDINGS),           show_bindings},
    {ROW(ENDPOINT_BINDINGS),         show_bindings},
    {ROW(APPLICATION_PROTOCOL),      show_application_protocol},
    {ROW(NEGOTIATED_TLS_EXTENSIONS), show_extensions},
    {ROW(REMOTE_CERT_CONTEXT),       show_certificate},
    {ROW(LOCAL_CERT_CONTEXT),        show_certificate},
    {ROW(ROOT_STORE),                show_store},
    {ROW(ISSUER_LIST_EX),            show_issuers},
    {ROW(CONNECTION_INFO),           show_connection},
    {ROW(EAP_KEY_BLOCK),             show_eap},
    {ROW(SESSION_INFO),              show_session},
    {ROW(APP_DATA),                  show_app_data},
    {ROW(REMOTE_CERTIFICATES),       show_certificates},
    {ROW(CIPHER_INFO),               show_cipher},
    {ROW(SUPPORTED_SIGNATURES),      show_signatures},
    {ROW(REMOTE_CERT_CHAIN),         show_certificate},
    {ROW(KEYING_MATERIAL),           show_key},
    {ROW(SRTP_PARAMETERS),           show_srtp},
    {ROW(CONNECTION_INFO_EX),        show_connection_ex},
    {ROW(CERT_CHECK_RESULT),         show_check},
    {ROW(SERIALIZED_REMOTE_CERT_CONTEXT), show_blob},
};
/* clang-format on */

static void show_answer(const struct row *row, SECURITY_STATUS status, const union value *value,
                        struct report *report)
{
    report_open(report, row->name);
    if (status == SEC_E_OK)
        row->show(value, report);
    else
        report_text(report, "refused", status_text(status));
    report_close(report);
}

void facts_show_credential(CredHandle *credential, struct report *report)
{
    for (size_t i = 0; i < COUNT_OF(credential_rows); i++) {
        union value value;
        SECURITY_STATUS status;

        memset(&value, 0, sizeof(value));
        status = QueryCredentialsAttributesA(credential, credential_rows[i].id, &value);
        show_answer(&credential_rows[i], status, &value, report);
    }
}

/* The exporter wants to be told first what to make. */
static void ask_for_key(CtxtHandle *context)
{
    static char label[] = "EXPERIMENTAL sspi-query";
    SecPkgContext_KeyingMaterialInfo info = {sizeof(label), label, 0, NULL, 32};

    SetContextAttributesA(context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof(info));
}

void facts_show_context(CtxtHandle *context, struct report *report)
{
    ask_for_key(context);
    for (size_t i = 0; i < COUNT_OF(context_rows); i++) {
        union value value;
        SECURITY_STATUS status;

        memset(&value, 0, sizeof(value));
        if (context_rows[i].id == SECPKG_ATTR_CIPHER_INFO)
            value.cipher.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
        if (context_rows[i].id == SECPKG_ATTR_CONNECTION_INFO_EX)
            value.connection_ex.dwVersion = SECPKGCONTEXT_CONNECTION_INFO_EX_V1;
        status = QueryContextAttributesA(context, context_rows[i].id, &value);
        show_answer(&context_rows[i], status, &value, report);
    }
}
