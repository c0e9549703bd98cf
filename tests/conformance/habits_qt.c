/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A whole connection in the manner of Qt's Schannel plug-in: SCH_CREDENTIALS with a paCred that
 * counts nothing; ISC's request numbers at the server, too; six of the returned bits must be the
 * requested ones at every call; three output buffers; what is incomplete is read from buffer 0;
 * after SEC_I_RENEGOTIATE first a call without input, then one with EXTRA, then five questions that
 * must all be answered; the closing call has neither input nor a new context.
 */
#include "common.h"

#include <string.h>

#define QT_REQUEST                                                                                 \
    (ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |                   \
     ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM | ISC_REQ_MANUAL_CRED_VALIDATION)
#define QT_COMPARED                                                                                \
    (ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM |  \
     ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_MUTUAL_AUTH)

struct qt {
    CredHandle credential;
    CtxtHandle context;
    struct loop loop; /* the server's side of it */
    bool has_context;
    unsigned renegotiations;
};

static SECURITY_STATUS qt_call(struct qt *qt, SecBufferDesc *input)
{
    SecBuffer out[3] = {buffer_make(SECBUFFER_TOKEN, NULL, 0),
                        buffer_make(SECBUFFER_ALERT, NULL, 0),
                        buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBufferDesc output = list_make(out, qt->has_context ? 3 : 1);
    ULONG attributes = 0;
    SECURITY_STATUS status = InitializeSecurityContextW(
        &qt->credential, qt->has_context ? &qt->context : NULL, (WCHAR *)u"localhost", QT_REQUEST,
        0, 0, input, 0, qt->has_context ? NULL : &qt->context, &output, &attributes, NULL);

    if (status >= 0) {
        qt->has_context = true;
        ok_number(attributes & QT_COMPARED, QT_REQUEST & QT_COMPARED, "returned attributes");
        if (out[0].cbBuffer)
            loop_deliver(&qt->loop, LOOP_SERVER, out[0].pvBuffer, out[0].cbBuffer);
    }
    FreeContextBuffer(out[0].pvBuffer);
    return status;
}

/* Gives what was read; what is EXTRA, or not whole, stays. */
static SECURITY_STATUS qt_give(struct qt *qt)
{
    struct bytes *held = &qt->loop.side[LOOP_CLIENT].held;
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, held->data, held->size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBufferDesc input = list_make(in, 2);
    SECURITY_STATUS status = qt_call(qt, &input);

    if (status >= 0)
        bytes_drop(held, held->size - (in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0));
    return status;
}

static bool qt_connect(struct qt *qt)
{
    struct loop_side *server = &qt->loop.side[LOOP_SERVER];
    SECURITY_STATUS status = qt_call(qt, NULL);

    for (unsigned i = 0; i < 20 && status != SEC_E_OK; i++) {
        if (status != SEC_I_CONTINUE_NEEDED && status != SEC_E_INCOMPLETE_MESSAGE)
            break;
        loop_read(&qt->loop, LOOP_SERVER);
        loop_step(&qt->loop, LOOP_SERVER);
        loop_read(&qt->loop, LOOP_CLIENT);
        status = qt_give(qt);
    }
    if (!server->done) {
        loop_read(&qt->loop, LOOP_SERVER);
        loop_step(&qt->loop, LOOP_SERVER);
    }
    return ok_status(status, SEC_E_OK, "the handshake") && ok(server->done, "the server's");
}

static void qt_ask(struct qt *qt, DWORD protocol)
{
    SecPkgContext_ApplicationProtocol alpn;
    SecPkgContext_ConnectionInfo info = {0};
    SecPkgContext_StreamSizes sizes;
    SecPkgContext_CipherInfo cipher;
    PCCERT_CONTEXT peer = NULL;

    memset(&cipher, 0, sizeof(cipher));
    cipher.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    ok_status(QueryContextAttributesW(&qt->context, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK,
              "sizes");
    ok_status(QueryContextAttributesW(&qt->context, SECPKG_ATTR_CIPHER_INFO, &cipher), SEC_E_OK,
              "cipher");
    ok_status(QueryContextAttributesW(&qt->context, SECPKG_ATTR_CONNECTION_INFO, &info), SEC_E_OK,
              "connection");
    ok_number(info.dwProtocol, protocol, "protocol");
    ok_status(QueryContextAttributesW(&qt->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn),
              SEC_E_OK, "application protocol");
    ok_status(QueryContextAttributesW(&qt->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &peer),
              SEC_E_OK, "certificate");
    if (peer)
        CertFreeCertificateContext(peer);
}

/* One DecryptMessage; its text, or its EXTRA, replaces what was held. */
static SECURITY_STATUS qt_decrypt(struct qt *qt, struct bytes *plain)
{
    struct bytes *held = &qt->loop.side[LOOP_CLIENT].held;
    SecBuffer buffers[4] = {buffer_make(SECBUFFER_DATA, held->data, held->size)};
    SecBufferDesc message = list_make(buffers, 4);
    SECURITY_STATUS status = DecryptMessage(&qt->context, &message, 0, NULL);

    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        ok_number(buffers[0].BufferType, SECBUFFER_MISSING, "incomplete: type of buffer 0");
        ok(buffers[0].cbBuffer > 0, "incomplete: nothing is missing");
        return status;
    }
    if (status == SEC_E_OK && ok(buffers[1].BufferType == SECBUFFER_DATA, "no data"))
        bytes_add(plain, buffers[1].pvBuffer, buffers[1].cbBuffer);
    if (status >= 0)
        bytes_drop(held, held->size -
                             (buffers[3].BufferType == SECBUFFER_EXTRA ? buffers[3].cbBuffer : 0));
    return status;
}

static void qt_read(struct qt *qt, const char *text, DWORD protocol)
{
    struct bytes plain = {NULL, 0, 0};

    ok_status(loop_send(&qt->loop, LOOP_SERVER, text, strlen(text)), SEC_E_OK, "the server sends");
    loop_read(&qt->loop, LOOP_CLIENT);
    while (plain.size < strlen(text)) {
        SECURITY_STATUS status = qt_decrypt(qt, &plain);

        if (status == SEC_I_RENEGOTIATE) {
            qt->renegotiations++;
            status = qt_call(qt, NULL);
            ok(status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED, "without input: %08lx",
               (unsigned long)status & 0xffffffff);
            ok_status(qt_give(qt), SEC_E_OK, "with EXTRA");
            qt_ask(qt, protocol);
        } else if (!ok_status(status, SEC_E_OK, "DecryptMessage")) {
            break;
        }
    }
    ok(plain.size == strlen(text) && !memcmp(plain.data, text, plain.size), "other text");
    bytes_done(&plain);
}

static void qt_close(struct qt *qt)
{
    DWORD token = SCHANNEL_SHUTDOWN;
    SecBuffer control = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token));
    SecBufferDesc list = list_make(&control, 1);
    struct bytes plain = {NULL, 0, 0};
    SECURITY_STATUS status;

    ok_status(ApplyControlToken(&qt->context, &list), SEC_E_OK, "control token");
    status = qt_call(qt, NULL);
    ok(status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED, "the closing call: %08lx",
       (unsigned long)status & 0xffffffff);
    ok_status(loop_receive(&qt->loop, LOOP_SERVER, 1, &plain), SEC_I_CONTEXT_EXPIRED,
              "the server is told");
    bytes_done(&plain);
}

static bool qt_credential(struct qt *qt, enum test_version version)
{
    PCCERT_CONTEXT nothing = NULL;
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~credential_protocol(version, false)};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .paCred = &nothing,
                            .dwFlags = SCH_CRED_NO_DEFAULT_CREDS |
                                       SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};

    return ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL,
                                               &data, NULL, NULL, &qt->credential, NULL),
                     SEC_E_OK, "credential");
}

static void qt_run(struct qt *qt, CredHandle *server, enum test_version version)
{
    struct loop_side *side = &qt->loop.side[LOOP_SERVER];

    loop_init(&qt->loop, NULL, server);
    side->request = QT_REQUEST & ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
    side->unchecked = true; /* the loop would expect ASC's bits */
    if (qt_connect(qt)) {
        ok_number(side->attributes & QT_COMPARED & ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION,
                  side->request & QT_COMPARED, "the server's attributes");
        qt_ask(qt, credential_protocol(version, false));
        qt_read(qt, "HTTP/1.1 200 OK\r\n", credential_protocol(version, false));
        ok((qt->renegotiations > 0) == (version == VERSION_TLS13), "%u times SEC_I_RENEGOTIATE",
           qt->renegotiations);
        qt_close(qt);
    }
    if (qt->has_context)
        ok_status(DeleteSecurityContext(&qt->context), SEC_E_OK, "context");
    loop_done(&qt->loop);
}

START_TEST(habits_qt)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct credential_wish wish = {.server = true, .version = both_versions[v]};
        CredHandle server;
        struct qt qt;

        push_context("%s", version_name(both_versions[v]));
        memset(&qt, 0, sizeof(qt));
        wish.certificate = version_available(both_versions[v]) ? pki_certificate("rsa") : NULL;
        if (wish.certificate &&
            ok_status(credential_make(&wish, &server), SEC_E_OK, "server credential")) {
            if (qt_credential(&qt, both_versions[v])) {
                qt_run(&qt, &server, both_versions[v]);
                FreeCredentialsHandle(&qt.credential);
            }
            FreeCredentialsHandle(&server);
        }
        pop_context();
    }
}
