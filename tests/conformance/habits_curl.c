/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A whole connection in the manner of curl (lib/vtls/schannel.c as its callers see it): the first
 * output typed EMPTY, later TOKEN, ALERT and EMPTY; no phNewContext later on; a copy of the input
 * for each call; EXTRA by its size in slot 1 of handshakes and slot 3 of messages; the returned
 * attributes equal to the request, whole word; SEC_I_RENEGOTIATE answered with the EXTRA bytes, as
 * often as it comes; and a close_notify that is waited for.
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

#define CURL_REQUEST                                                                               \
    (ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY |                   \
     ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM | ISC_REQ_USE_SUPPLIED_CREDS)

static unsigned char protocols[] = {18,  0,   0, 0,   2,   0,   0,   0,   12,  0,   2,
                                    'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

struct curl {
    CredHandle credential;
    CtxtHandle context;
    struct loop loop;      /* the server's side, and what it sent */
    struct bytes received; /* curl's encrypted buffer */
    struct bytes plain;
    bool closed;
};

static bool curl_read(struct curl *curl)
{
    struct bytes *network = &curl->loop.side[LOOP_CLIENT].network;
    size_t size = network->size;

    bytes_add(&curl->received, network->data, size);
    bytes_drop(network, size);
    return size != 0;
}

static void curl_hello(struct curl *curl)
{
    SecBuffer in = buffer_make(SECBUFFER_APPLICATION_PROTOCOLS, protocols, sizeof(protocols));
    SecBuffer out = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    SecBufferDesc input = list_make(&in, 1), output = list_make(&out, 1);
    ULONG attributes = 0;

    ok_status(InitializeSecurityContextW(&curl->credential, NULL, (WCHAR *)u"localhost",
                                         CURL_REQUEST, 0, 0, &input, 0, &curl->context, &output,
                                         &attributes, NULL),
              SEC_I_CONTINUE_NEEDED, "first call");
    loop_deliver(&curl->loop, LOOP_SERVER, out.pvBuffer, out.cbBuffer);
    ok_status(FreeContextBuffer(out.pvBuffer), SEC_E_OK, "token is freed");
}

/* One call with a copy of what has been received. */
static SECURITY_STATUS curl_step(struct curl *curl)
{
    struct bytes *received = &curl->received;
    uint8_t *copy = malloc(received->size + 1);
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, copy, received->size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer out[3] = {buffer_make(SECBUFFER_TOKEN, NULL, 0),
                        buffer_make(SECBUFFER_ALERT, NULL, 0),
                        buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBufferDesc input = list_make(in, 2), output = list_make(out, 3);
    ULONG attributes = 0;
    SECURITY_STATUS status;

    if (!copy)
        abort();
    if (received->size)
        memcpy(copy, received->data, received->size);
    status =
        InitializeSecurityContextW(&curl->credential, &curl->context, (WCHAR *)u"localhost",
                                   CURL_REQUEST, 0, 0, &input, 0, NULL, &output, &attributes, NULL);
    free(copy);
    if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED) {
        size_t extra = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;

        if (out[0].BufferType == SECBUFFER_TOKEN && out[0].cbBuffer)
            loop_deliver(&curl->loop, LOOP_SERVER, out[0].pvBuffer, out[0].cbBuffer);
        if (ok(extra <= received->size, "EXTRA of %zu bytes", extra))
            bytes_drop(received, received->size - extra);
    }
    for (size_t i = 0; i < 3; i++)
        FreeContextBuffer(out[i].pvBuffer);
    if (status == SEC_E_OK)
        ok_status(attributes, CURL_REQUEST, "attributes");
    return status;
}

/* The server takes what has come and answers. */
static void server_moves(struct curl *curl)
{
    struct loop_side *server = &curl->loop.side[LOOP_SERVER];

    while (!server->done && !server->failed && loop_read(&curl->loop, LOOP_SERVER))
        loop_step(&curl->loop, LOOP_SERVER);
}

static bool curl_connect(struct curl *curl)
{
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;

    curl_hello(curl);
    for (unsigned i = 0; i < 20 && status != SEC_E_OK; i++) {
        server_moves(curl);
        if ((!curl->received.size || status == SEC_E_INCOMPLETE_MESSAGE) && !curl_read(curl))
            break;
        status = curl_step(curl);
        if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE)
            break;
    }
    server_moves(curl);
    return ok_status(status, SEC_E_OK, "handshake");
}

static void curl_check_facts(struct curl *curl)
{
    SecPkgContext_ApplicationProtocol protocol;
    PCCERT_CONTEXT certificate = NULL;

    if (ok_status(
            QueryContextAttributesW(&curl->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol),
            SEC_E_OK, "protocol"))
        ok(protocol.ProtocolIdSize == 2 && !memcmp(protocol.ProtocolId, "h2", 2), "another one");
    if (ok_status(
            QueryContextAttributesW(&curl->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate),
            SEC_E_OK, "certificate"))
        CertFreeCertificateContext(certificate);
}

static void curl_send(struct curl *curl, const char *text)
{
    static unsigned char memory[32 * 1024];
    SecPkgContext_StreamSizes sizes = {0};
    size_t size = strlen(text);
    SecBuffer out[4];
    SecBufferDesc list = list_make(out, 4);

    ok_status(QueryContextAttributesW(&curl->context, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK,
              "sizes");
    memcpy(memory + sizes.cbHeader, text, size);
    out[0] = buffer_make(SECBUFFER_STREAM_HEADER, memory, sizes.cbHeader);
    out[1] = buffer_make(SECBUFFER_DATA, memory + sizes.cbHeader, size);
    out[2] = buffer_make(SECBUFFER_STREAM_TRAILER, memory + sizes.cbHeader + size, sizes.cbTrailer);
    out[3] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    if (ok_status(EncryptMessage(&curl->context, 0, &list, 0), SEC_E_OK, "send")) {
        ok_number(out[1].cbBuffer, size, "what was written");
        loop_deliver(&curl->loop, LOOP_SERVER, memory,
                     (size_t)out[0].cbBuffer + out[1].cbBuffer + out[2].cbBuffer);
    }
}

/* All that has been received; returns the status that ended it. turns: SEC_I_RENEGOTIATE. */
static SECURITY_STATUS curl_receive(struct curl *curl, unsigned *turns)
{
    SECURITY_STATUS status = SEC_E_OK;

    while (status == SEC_E_OK && curl->received.size) {
        SecBuffer slot[4] = {buffer_make(SECBUFFER_DATA, curl->received.data, curl->received.size),
                             buffer_make(SECBUFFER_EMPTY, NULL, 0),
                             buffer_make(SECBUFFER_EMPTY, NULL, 0),
                             buffer_make(SECBUFFER_EMPTY, NULL, 0)};
        SecBufferDesc list = list_make(slot, 4);

        status = DecryptMessage(&curl->context, &list, 0, NULL);
        if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED)
            break;
        if (slot[1].BufferType == SECBUFFER_DATA)
            bytes_add(&curl->plain, slot[1].pvBuffer, slot[1].cbBuffer);
        if (slot[3].BufferType == SECBUFFER_EXTRA && slot[3].cbBuffer)
            bytes_drop(&curl->received, curl->received.size - slot[3].cbBuffer);
        else
            bytes_drop(&curl->received, curl->received.size);
        if (status == SEC_I_RENEGOTIATE) {
            ++*turns;
            status = curl_step(curl);
        }
    }
    return status;
}

static void curl_close(struct curl *curl)
{
    DWORD token = SCHANNEL_SHUTDOWN;
    SecBuffer control = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token)),
              out = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    SecBufferDesc control_list = list_make(&control, 1), output = list_make(&out, 1);
    ULONG attributes;
    SECURITY_STATUS status;

    ok_status(ApplyControlToken(&curl->context, &control_list), SEC_E_OK, "control token");
    status = InitializeSecurityContextW(&curl->credential, &curl->context, (WCHAR *)u"localhost",
                                        CURL_REQUEST, 0, 0, NULL, 0, &curl->context, &output,
                                        &attributes, NULL);
    ok(status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED, "closing: %08lx",
       (unsigned long)status & 0xffffffff);
    loop_deliver(&curl->loop, LOOP_SERVER, out.pvBuffer, out.cbBuffer);
    FreeContextBuffer(out.pvBuffer);
}

static void curl_transfer(struct curl *curl, enum test_version version)
{
    struct loop_side *server = &curl->loop.side[LOOP_SERVER];
    struct bytes plain = {NULL, 0, 0};
    unsigned turns = 0;

    curl_check_facts(curl);
    for (unsigned i = 0; i < 3; i++) {
        curl_send(curl, "GET / HTTP/1.1\r\n\r\n");
        ok_status(loop_receive(&curl->loop, LOOP_SERVER, 18, &plain), SEC_E_OK, "request");
        bytes_drop(&plain, plain.size);
        loop_send(&curl->loop, LOOP_SERVER, "HTTP/1.1 200 OK\r\n", 17);
        loop_send(&curl->loop, LOOP_SERVER, "\r\n", 2);
        curl_read(curl);
        ok_status(curl_receive(curl, &turns), SEC_E_OK, "answer");
        ok_number(curl->plain.size, 19, "answer");
        bytes_drop(&curl->plain, curl->plain.size);
    }
    ok((turns > 0) == (version == VERSION_TLS13), "%u times SEC_I_RENEGOTIATE", turns);
    curl_check_facts(curl);
    curl_close(curl);
    ok_status(loop_receive(&curl->loop, LOOP_SERVER, 1, &plain), SEC_I_CONTEXT_EXPIRED, "closed");
    ok_status(loop_shutdown(&curl->loop, LOOP_SERVER), SEC_E_OK, "and so does the server");
    curl_read(curl);
    ok_status(curl_receive(curl, &turns), SEC_I_CONTEXT_EXPIRED, "the server's close_notify");
    ok(server->done, "the server is not done");
    bytes_done(&plain);
}

START_TEST(habits_curl)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct curl curl;
        struct pair pair;

        push_context("%s", version_name(both_versions[i]));
        memset(&curl, 0, sizeof(curl));
        if (pair_make(&pair, both_versions[i], "rsa")) {
            curl.credential = pair.client;
            loop_init(&curl.loop, NULL, &pair.server);
            curl.loop.side[LOOP_SERVER].alpn = protocols;
            curl.loop.side[LOOP_SERVER].alpn_size = sizeof(protocols);
            if (curl_connect(&curl))
                curl_transfer(&curl, both_versions[i]);
            ok_status(DeleteSecurityContext(&curl.context), SEC_E_OK, "context");
            loop_done(&curl.loop);
            bytes_done(&curl.received);
            bytes_done(&curl.plain);
            pair_done(&pair);
        }
        pop_context();
    }
}
