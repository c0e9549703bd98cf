/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What was negotiated, as the context's attributes tell it.
 */
#include "stream.h"

#include <stdio.h>

/* Attributes hold UTF-16; the names shown are ASCII. */
static void narrow(const WCHAR *from, char *to, size_t room)
{
    size_t i = 0;

    for (; from[i] && i + 1 < room; i++)
        to[i] = from[i] < 0x7f ? (char)from[i] : '?';
    to[i] = 0;
}

static const char *protocol_name(DWORD protocol)
{
    if (protocol & SP_PROT_DTLS1_2)
        return "DTLS 1.2";
    if (protocol & SP_PROT_DTLS1_0)
        return "DTLS 1.0";
    if (protocol & (SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER))
        return "TLS 1.3";
    if (protocol & (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER))
        return "TLS 1.2";
    if (protocol & (SP_PROT_TLS1_1_CLIENT | SP_PROT_TLS1_1_SERVER))
        return "TLS 1.1";
    if (protocol & (SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_0_SERVER))
        return "TLS 1.0";
    return "unknown protocol";
}

void stream_describe(struct stream *stream)
{
    SecPkgContext_ConnectionInfo connection = {0};
    SecPkgContext_CipherInfo cipher = {0};
    SecPkgContext_ApplicationProtocol alpn = {0};
    SecPkgContext_SessionInfo session = {0};
    PCCERT_CONTEXT certificate = NULL;
    char name[64];

    if (!QueryContextAttributesA(&stream->context, SECPKG_ATTR_CONNECTION_INFO, &connection))
        fprintf(stderr, "protocol: %s\n", protocol_name(connection.dwProtocol));
    cipher.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    if (!QueryContextAttributesA(&stream->context, SECPKG_ATTR_CIPHER_INFO, &cipher)) {
        narrow(cipher.szCipherSuite, name, sizeof(name));
        fprintf(stderr, "cipher suite: %s\n", name);
    }
    if (!QueryContextAttributesA(&stream->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn) &&
        alpn.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success)
        fprintf(stderr, "application protocol: %.*s\n", (int)alpn.ProtocolIdSize,
                (const char *)alpn.ProtocolId);
    if (!QueryContextAttributesA(&stream->context, SECPKG_ATTR_SESSION_INFO, &session))
        fprintf(stderr, "session: %s\n",
                session.dwFlags & SSL_SESSION_RECONNECT ? "resumed" : "new");
    if (!QueryContextAttributesA(&stream->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
                                 (void *)&certificate) &&
        certificate) {
        fprintf(stderr, "peer certificate: %lu bytes\n", (unsigned long)certificate->cbCertEncoded);
        CertFreeCertificateContext(certificate);
    } else {
        fprintf(stderr, "peer certificate: none\n");
    }
}
