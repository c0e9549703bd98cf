/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes that tell what was negotiated.
 *
 * Sources: Microsoft Learn, the pages of the structures; schannel.h. Of AEAD suites Windows tells
 * the hash of the suite with strength 0 in CONNECTION_INFO (as .NET prints it) and none in
 * CIPHER_INFO, whose members are those of Get-TlsCipherSuite. dwProtocol of CONNECTION_INFO is one
 * SP_PROT_ bit of the own side, that of CIPHER_INFO the version on the wire. Strings are WCHAR
 * through both entries.
 */
#include "schannel/attributes.h"

#include <string.h>

#include "base/mem.h"
#include "schannel/flags.h"
#include "schannel/package.h"
#include "sspi/buffers.h"

#define RECORD_BUFFERS 4 /* STREAM_SIZES: header, data, trailer and an empty one */

#define DTLS_MAJOR 0xfe
#define EXTENSIONS_MAX 256 /* a server answers only what was offered, which is about twenty */

static void tell_protocol(const struct tls_info *info, ULONG *major, ULONG *minor)
{
    if (info->version >> 8 == DTLS_MAJOR) {
        *major = 1;
        *minor = info->version == 0xfeff ? 0 : 2;
        return;
    }
    *major = 1;
    *minor = (info->version & 0xffu) - 1;
}

/* ---- sizes ---- */

static ULONG block_size(const struct suite *suite)
{
    return suite->block_size ? suite->block_size : 1;
}

FILLER(stream_sizes)
{
    SecPkgContext_StreamSizes *to = out;
    struct attribute_facts facts;
    SECURITY_STATUS status = attribute_facts(context, &facts);

    if (status != SEC_E_OK)
        return status;
    to->cbHeader = facts.info.header;
    to->cbTrailer = facts.info.trailer;
    to->cbMaximumMessage = facts.info.maximum;
    to->cBuffers = RECORD_BUFFERS;
    to->cbBlockSize = block_size(facts.suite);
    return SEC_E_OK;
}

FILLER(sizes)
{
    SecPkgContext_Sizes *to = out;
    struct attribute_facts facts;
    SECURITY_STATUS status = attribute_facts(context, &facts);

    if (status != SEC_E_OK)
        return status;
    to->cbMaxToken = schan_ssp.max_token;
    to->cbMaxSignature = 0; /* MakeSignature is not for this package */
    to->cbBlockSize = block_size(facts.suite);
    to->cbSecurityTrailer = facts.info.header + facts.info.trailer;
    return SEC_E_OK;
}

/* From the first handshake on; to the end of a client certificate's validity, on the server,
 * otherwise to a maximum. */
FILLER(lifespan)
{
    SecPkgContext_Lifespan *to = out;
    int64_t start, expiry;

    lock_take(&context->session);
    start = context->connected_at;
    expiry = context->peer_expiry;
    lock_release(&context->session);
    to->tsStart.QuadPart = start;
    to->tsExpiry.QuadPart = expiry ? expiry : INT64_MAX;
    return SEC_E_OK;
}

FILLER(flags)
{
    SecPkgContext_Flags *to = out;
    struct schan_credential *credential = attribute_credential(context);
    bool server = context->role == TLS_SERVER, mapped = false;
    struct tls_info info;

    if (server && credential && attribute_info(context, &info))
        mapped = info.peer_chain_size && !(credential->flags & SCH_CRED_NO_SYSTEM_MAPPER);
    schan_credential_unref(credential);
    lock_take(&context->handshake);
    to->Flags = flags_returned(server ? FLAGS_ACCEPT : FLAGS_INITIALIZE, context->request, mapped);
    lock_release(&context->handshake);
    return SEC_E_OK;
}

/* ---- strengths ---- */

/* RSA key exchange: the server's key. */
static DWORD server_key_bits(struct schan_context *context)
{
    struct tls_certificate_facts facts = {0};
    uint8_t *leaf = NULL;
    size_t size = 0;

    if (attribute_server_leaf(context, &leaf, &size) != SEC_E_OK)
        return 0;
    if (tls_certificate_facts(span_of(leaf, size), &facts) != TLS_OK)
        facts.key_bits = 0;
    mem_free(leaf);
    return facts.key_bits;
}

static DWORD exchange_bits(struct schan_context *context, const struct attribute_facts *facts)
{
    if (facts->suite->exchange == SUITE_EXCHANGE_RSA)
        return server_key_bits(context);
    if (facts->group)
        return facts->group->bits;
    return facts->info.dh_bits;
}

static DWORD hash_bits(const struct suite *suite)
{
    return suite_is_aead(suite) ? 0 : suite->hash_bits;
}

FILLER(connection_info)
{
    SecPkgContext_ConnectionInfo *to = out;
    struct attribute_facts facts;
    SECURITY_STATUS status = attribute_facts(context, &facts);

    if (status != SEC_E_OK)
        return status;
    to->dwProtocol = policy_protocol_from_wire(facts.info.version, context->role);
    to->aiCipher = facts.suite->cipher;
    to->dwCipherStrength = facts.suite->cipher_bits;
    to->aiHash = facts.suite->hash;
    to->dwHashStrength = hash_bits(facts.suite);
    to->aiExch = suite_exchange_part(facts.suite)->algorithm;
    to->dwExchStrength = exchange_bits(context, &facts);
    return SEC_E_OK;
}

FILLER(connection_info_ex)
{
    SecPkgContext_ConnectionInfoEx *to = out;
    struct attribute_facts facts;
    SECURITY_STATUS status = attribute_facts(context, &facts);

    if (status != SEC_E_OK)
        return status;
    to->dwVersion = SECPKGCONTEXT_CONNECTION_INFO_EX_V1;
    to->dwProtocol = policy_protocol_from_wire(facts.info.version, context->role);
    attribute_copy_text(to->szCipher, COUNT_OF(to->szCipher), facts.suite->cipher_name);
    to->dwCipherStrength = facts.suite->cipher_bits;
    attribute_copy_text(to->szHash, COUNT_OF(to->szHash), facts.suite->hash_name);
    to->dwHashStrength = hash_bits(facts.suite);
    attribute_copy_text(to->szExchange, COUNT_OF(to->szExchange),
                        suite_exchange_part(facts.suite)->name);
    to->dwExchStrength = exchange_bits(context, &facts);
    return SEC_E_OK;
}

FILLER(cipher_info)
{
    SecPkgContext_CipherInfo *to = out;
    const struct suite_part *exchange;
    const struct suite *suite;
    struct attribute_facts facts;
    SECURITY_STATUS status = attribute_facts(context, &facts);

    if (status != SEC_E_OK)
        return status;
    suite = facts.suite;
    exchange = suite_exchange_part(suite);
    to->dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    to->dwProtocol = facts.info.version;
    to->dwCipherSuite = suite->number;
    to->dwBaseCipherSuite = suite->number;
    attribute_copy_text(to->szCipherSuite, COUNT_OF(to->szCipherSuite), suite->name);
    attribute_copy_text(to->szCipher, COUNT_OF(to->szCipher), suite->cipher_name);
    to->dwCipherLen = suite->cipher_bits;
    to->dwCipherBlockLen = suite->block_size;
    attribute_copy_text(to->szHash, COUNT_OF(to->szHash),
                        suite_is_aead(suite) ? "" : suite->hash_name);
    to->dwHashLen = hash_bits(suite);
    attribute_copy_text(to->szExchange, COUNT_OF(to->szExchange), exchange->name);
    to->dwMinExchangeLen = exchange->minimum_bits;
    to->dwMaxExchangeLen = exchange->maximum_bits;
    attribute_copy_text(to->szCertificate, COUNT_OF(to->szCertificate),
                        suite_signature_part(suite)->name);
    to->dwKeyType = facts.group && !facts.group->finite_field ? facts.group->number : 0;
    return SEC_E_OK;
}

/* ---- strings ---- */

FILLER(key_info)
{
    SecPkgContext_KeyInfoW *to = out;
    struct attribute_facts facts;
    SECURITY_STATUS status = attribute_facts(context, &facts);

    if (status != SEC_E_OK)
        return status;
    to->sSignatureAlgorithmName = attribute_text(facts.suite->hash_name);
    to->sEncryptAlgorithmName = attribute_text(facts.suite->cipher_name);
    if (!to->sSignatureAlgorithmName || !to->sEncryptAlgorithmName) {
        buffers_free(to->sSignatureAlgorithmName);
        buffers_free(to->sEncryptAlgorithmName);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    to->KeySize = facts.suite->cipher_bits;
    to->SignatureAlgorithm = facts.suite->hash;
    to->EncryptAlgorithm = facts.suite->cipher;
    return SEC_E_OK;
}

/* No authority took part. Programs free the string, so there is one. */
FILLER(authority)
{
    SecPkgContext_AuthorityW *to = out;

    (void)context;
    to->sAuthorityName = attribute_text("");
    return to->sAuthorityName ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

FILLER(protocol_info)
{
    SecPkgContext_ProtoInfoW *to = out;
    struct tls_info info;

    if (!attribute_info(context, &info))
        return SEC_E_INVALID_HANDLE;
    to->sProtocolName = attribute_text(info.version >> 8 == DTLS_MAJOR ? "DTLS" : "TLS");
    if (!to->sProtocolName)
        return SEC_E_INSUFFICIENT_MEMORY;
    tell_protocol(&info, &to->majorVersion, &to->minorVersion);
    return SEC_E_OK;
}

/* ---- extensions and sessions ---- */

/* "None" with SEC_E_OK when none was negotiated: curl and Qt take an error for a failed connection.
 */
FILLER(application_protocol)
{
    SecPkgContext_ApplicationProtocol *to = out;
    enum tls_status called;
    size_t size = 0;

    if (!attribute_info(context, NULL))
        return SEC_E_INVALID_HANDLE;
    lock_take(&context->session);
    called = tls_alpn(context->tls, to->ProtocolId, sizeof(to->ProtocolId), &size);
    lock_release(&context->session);
    if (called == TLS_NOT_THERE) {
        to->ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_None;
        to->ProtoNegoExt = SecApplicationProtocolNegotiationExt_None;
        return SEC_E_OK;
    }
    if (called != TLS_OK)
        return attribute_status(called);
    to->ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_Success;
    to->ProtoNegoExt = SecApplicationProtocolNegotiationExt_ALPN;
    to->ProtocolIdSize = (UCHAR)size; /* at most sizeof(ProtocolId) */
    return SEC_E_OK;
}

/* A session that TLS 1.3 resumed is not called so: schannel-rs' tests see the flag in TLS 1.2 only.
 */
FILLER(session_info)
{
    SecPkgContext_SessionInfo *to = out;
    struct tls_info info;

    if (!attribute_info(context, &info))
        return SEC_E_INVALID_HANDLE;
    to->dwFlags = info.resumed && info.version != 0x0304 ? SSL_SESSION_RECONNECT : 0;
    to->cbSessionId = info.session_id_size;
    memcpy(to->rgbSessionId, info.session_id, info.session_id_size);
    return SEC_E_OK;
}

/* Windows has no order of its own here: the one in which they stood. */
FILLER(extensions)
{
    SecPkgContext_NegotiatedTlsExtensions *to = out;
    uint8_t wire[EXTENSIONS_MAX * 2];
    enum tls_status called;
    struct span list;
    size_t size = 0;
    uint16_t type;

    lock_take(&context->session);
    called = tls_extensions(context->tls, wire, sizeof(wire), &size);
    lock_release(&context->session);
    if (called != TLS_OK)
        return attribute_status(called);
    to->Extensions = buffers_alloc(size ? size : 1);
    if (!to->Extensions)
        return SEC_E_INSUFFICIENT_MEMORY;
    list = span_of(wire, size);
    while (span_take_u16(&list, &type))
        to->Extensions[to->ExtensionsCount++] = type;
    return SEC_E_OK;
}
