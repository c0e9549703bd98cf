/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See stream.h. The order of calls is that of Microsoft's "Creating a Secure Connection Using
 * Schannel" and "Recognizing a Request to Renegotiate a Connection".
 */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool stream_fail(struct stream *stream, const char *what, SECURITY_STATUS status)
{
    stream->failed = what;
    stream->status = status;
    return false;
}

static ULONG request_flags(const struct stream *stream)
{
    if (stream->server)
        return ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT | ASC_REQ_CONFIDENTIALITY |
               ASC_REQ_EXTENDED_ERROR | ASC_REQ_ALLOCATE_MEMORY |
               (stream->datagram ? ASC_REQ_DATAGRAM : ASC_REQ_STREAM) |
               (stream->mutual ? ASC_REQ_MUTUAL_AUTH : 0);
    return ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY |
           ISC_REQ_EXTENDED_ERROR | ISC_REQ_ALLOCATE_MEMORY |
           (stream->datagram ? ISC_REQ_DATAGRAM : ISC_REQ_STREAM) | ISC_REQ_USE_SUPPLIED_CREDS |
           (stream->manual ? ISC_REQ_MANUAL_CRED_VALIDATION : 0);
}

/* SEC_APPLICATION_PROTOCOLS with one ALPN list, from "h2,http/1.1". 0: no ALPN, or it is too long.
 */
ULONG stream_alpn_block(const char *names, unsigned char *block, size_t room)
{
    SEC_APPLICATION_PROTOCOLS *protocols = (SEC_APPLICATION_PROTOCOLS *)block;
    SEC_APPLICATION_PROTOCOL_LIST *list = protocols->ProtocolLists;
    size_t used = 0, start = (size_t)(list->ProtocolList - block);

    if (!names)
        return 0;
    while (*names) {
        size_t size = strcspn(names, ",");

        if (!size || size > 255 || size + 1 > room - start - used)
            return 0;
        list->ProtocolList[used] = (unsigned char)size;
        memcpy(list->ProtocolList + used + 1, names, size);
        used += size + 1;
        names += size + (names[size] == ',');
    }
    list->ProtoNegoExt = SecApplicationProtocolNegotiationExt_ALPN;
    list->ProtocolListSize = (unsigned short)used;
    protocols->ProtocolListsSize =
        (ULONG)(offsetof(SEC_APPLICATION_PROTOCOL_LIST, ProtocolList) + used);
    return (ULONG)(start + used);
}

/* One call; the output goes to the socket at once, also that of a failed call: it is an alert. */
SECURITY_STATUS stream_call(struct stream *stream, SecBufferDesc *input)
{
    CtxtHandle *old = stream->have_context ? &stream->context : NULL;
    SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
    ULONG attributes = 0;
    TimeStamp expiry;
    SECURITY_STATUS status;

    if (stream->server)
        status = AcceptSecurityContext(stream->credential, old, input, request_flags(stream), 0,
                                       &stream->context, &output, &attributes, &expiry);
    else
        status = InitializeSecurityContextA(stream->credential, old, (SEC_CHAR *)stream->target,
                                            request_flags(stream), 0, 0, input, 0, &stream->context,
                                            &output, &attributes, &expiry);
    if (stream->verbose)
        fprintf(stderr, "%s: %s, output %lu bytes, attributes %08lx\n",
                stream->server ? "AcceptSecurityContext" : "InitializeSecurityContext",
                status_text(status), (unsigned long)token.cbBuffer, (unsigned long)attributes);
    /* A server of DTLS has none before the client has returned its cookie. */
    if (!old && status >= 0 && (stream->context.dwLower || stream->context.dwUpper))
        stream->have_context = true;
    if (token.pvBuffer && token.cbBuffer &&
        !net_write(stream->socket, token.pvBuffer, token.cbBuffer) && status >= 0)
        status = SEC_E_INTERNAL_ERROR;
    if (token.pvBuffer)
        FreeContextBuffer(token.pvBuffer);
    return status;
}

/* One call with what has been read; drops what was used. */
static SECURITY_STATUS call_with_input(struct stream *stream)
{
    unsigned char alpn[1024];
    SecBuffer in[3] = {{(ULONG)stream->input_size, SECBUFFER_TOKEN, stream->input},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc input = {SECBUFFER_VERSION, 3, in};
    SECURITY_STATUS status;
    size_t rest = 0;

    if (!stream->have_context &&
        (in[2].cbBuffer = stream_alpn_block(stream->alpn, alpn, sizeof(alpn)))) {
        in[2].BufferType = SECBUFFER_APPLICATION_PROTOCOLS;
        in[2].pvBuffer = alpn;
    }
    status = stream_call(stream, &input);
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    if (in[1].BufferType == SECBUFFER_EXTRA && in[1].cbBuffer <= stream->input_size)
        rest = in[1].cbBuffer;
    if (rest)
        memmove(stream->input, stream->input + stream->input_size - rest, rest);
    stream->input_size = rest;
    return status;
}

static bool read_more(struct stream *stream)
{
    long got;

    if (stream->input_size == STREAM_INPUT_ROOM)
        return stream_fail(stream, "a record larger than TLS allows", SEC_E_ILLEGAL_MESSAGE);
    got = net_read(stream->socket, stream->input + stream->input_size,
                   STREAM_INPUT_ROOM - stream->input_size);
    if (got <= 0)
        return stream_fail(stream,
                           got ? "reading from the socket" : "the peer closed the connection", 0);
    stream->input_size += (size_t)got;
    return true;
}

/* Until the status is final. read_first: nothing that was read waits to be used. */
static bool handshake_loop(struct stream *stream, bool read_first)
{
    SECURITY_STATUS status = SEC_E_INCOMPLETE_MESSAGE;
    bool more = read_first;

    for (;;) {
        if (more && !read_more(stream))
            return false;
        status = call_with_input(stream);
        if (status == SEC_E_OK)
            return true;
        /* The certificate that the server wants is not there: go on without. */
        more = status == SEC_E_INCOMPLETE_MESSAGE ||
               (status == SEC_I_CONTINUE_NEEDED && !stream->input_size);
        if (status != SEC_E_INCOMPLETE_MESSAGE && status != SEC_I_CONTINUE_NEEDED &&
            status != SEC_I_INCOMPLETE_CREDENTIALS)
            return stream_fail(stream, "the handshake", status);
    }
}

static bool first_client_call(struct stream *stream)
{
    unsigned char alpn[1024];
    SecBuffer in = {stream_alpn_block(stream->alpn, alpn, sizeof(alpn)),
                    SECBUFFER_APPLICATION_PROTOCOLS, alpn};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
    SECURITY_STATUS status = stream_call(stream, in.cbBuffer ? &input : NULL);

    return status == SEC_I_CONTINUE_NEEDED ||
           stream_fail(stream, "InitializeSecurityContext", status);
}

bool stream_handshake(struct stream *stream)
{
    SECURITY_STATUS status;

    stream->send_lock = tool_lock_new();
    stream->input = malloc(STREAM_INPUT_ROOM);
    stream->plain = malloc(STREAM_INPUT_ROOM);
    if (!stream->send_lock || !stream->input || !stream->plain)
        return stream_fail(stream, "memory", SEC_E_INSUFFICIENT_MEMORY);
    if (stream->datagram) {
        if (!datagram_handshake(stream))
            return false;
    } else {
        if (!stream->server && !first_client_call(stream))
            return false;
        if (!handshake_loop(stream, true))
            return false;
    }
    status = QueryContextAttributesA(&stream->context, SECPKG_ATTR_STREAM_SIZES, &stream->sizes);
    if (status != SEC_E_OK)
        return stream_fail(stream, "QueryContextAttributes(STREAM_SIZES)", status);
    stream->output = malloc((size_t)stream->sizes.cbHeader + stream->sizes.cbMaximumMessage +
                            stream->sizes.cbTrailer);
    return stream->output || stream_fail(stream, "memory", SEC_E_INSUFFICIENT_MEMORY);
}

/* One record. Called with the send lock. */
static bool send_record(struct stream *stream, const unsigned char *data, size_t size)
{
    unsigned char *body = stream->output + stream->sizes.cbHeader;
    SecBuffer message[4] = {
        {stream->sizes.cbHeader, SECBUFFER_STREAM_HEADER, stream->output},
        {(ULONG)size, SECBUFFER_DATA, body},
        {stream->sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, body + size},
        {0, SECBUFFER_EMPTY, NULL},
    };
    SecBufferDesc list = {SECBUFFER_VERSION, 4, message};
    SECURITY_STATUS status;

    if (size)
        memcpy(body, data, size);
    status = EncryptMessage(&stream->context, 0, &list, 0);
    if (status != SEC_E_OK)
        return stream_fail(stream, "EncryptMessage", status);
    if (!net_write(stream->socket, stream->output,
                   (size_t)message[0].cbBuffer + message[1].cbBuffer + message[2].cbBuffer))
        return stream_fail(stream, "writing to the socket", 0);
    return true;
}

bool stream_send(struct stream *stream, const unsigned char *data, size_t size)
{
    bool good = true;

    tool_lock_take(stream->send_lock);
    while (good && size) {
        size_t part = size;

        if (part > stream->sizes.cbMaximumMessage)
            part = stream->sizes.cbMaximumMessage;
        good = send_record(stream, data, part);
        data += part;
        size -= part;
    }
    tool_lock_release(stream->send_lock);
    return good;
}

/* Post-handshake message or renegotiation: back to the handshake's function. */
static bool renegotiate(struct stream *stream)
{
    bool good;

    tool_lock_take(stream->send_lock);
    good = handshake_loop(stream, false);
    tool_lock_release(stream->send_lock);
    return good;
}

SECURITY_STATUS stream_decrypt(struct stream *stream, const unsigned char **data, size_t *size)
{
    SecBuffer message[4] = {{(ULONG)stream->input_size, SECBUFFER_DATA, stream->input},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc list = {SECBUFFER_VERSION, 4, message};
    SECURITY_STATUS status = DecryptMessage(&stream->context, &list, 0, NULL);
    size_t rest = 0;

    *size = 0;
    if (stream->verbose)
        fprintf(stderr, "DecryptMessage of %lu bytes: %s\n", (unsigned long)stream->input_size,
                status_text(status));
    if (status < 0)
        return status;
    for (size_t i = 0; i < 4; i++) {
        if (message[i].BufferType == SECBUFFER_DATA) {
            *data = message[i].pvBuffer;
            *size = message[i].cbBuffer;
        } else if (message[i].BufferType == SECBUFFER_EXTRA &&
                   message[i].cbBuffer <= stream->input_size) {
            rest = message[i].cbBuffer;
        }
    }
    /* What was decrypted moves out of the way, so that the rest can move down. */
    if (*size)
        memcpy(stream->plain, *data, *size);
    *data = stream->plain;
    if (rest)
        memmove(stream->input, stream->input + stream->input_size - rest, rest);
    stream->input_size = rest;
    return status;
}

bool stream_receive(struct stream *stream, const unsigned char **data, size_t *size)
{
    SECURITY_STATUS status;

    if (stream->datagram)
        return datagram_receive(stream, data, size);
    *size = 0;
    while (!stream->input_size ||
           (status = stream_decrypt(stream, data, size)) == SEC_E_INCOMPLETE_MESSAGE)
        if (!read_more(stream))
            return false;
    if (status == SEC_I_RENEGOTIATE)
        return renegotiate(stream);
    if (status == SEC_I_CONTEXT_EXPIRED) {
        stream->peer_closed = true;
        return false;
    }
    if (status != SEC_E_OK)
        return stream_fail(stream, "DecryptMessage", status);
    return true;
}

bool stream_close(struct stream *stream)
{
    DWORD command = SCHANNEL_SHUTDOWN;
    SecBuffer token = {sizeof(command), SECBUFFER_TOKEN, &command};
    SecBufferDesc control = {SECBUFFER_VERSION, 1, &token};
    SECURITY_STATUS status;

    if (!stream->have_context)
        return true;
    tool_lock_take(stream->send_lock);
    status = ApplyControlToken(&stream->context, &control);
    if (status == SEC_E_OK)
        status = stream_call(stream, NULL);
    stream->closed = true;
    tool_lock_release(stream->send_lock);
    return status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED ||
           stream_fail(stream, "closing", status);
}

void stream_done(struct stream *stream)
{
    if (stream->have_context)
        DeleteSecurityContext(&stream->context);
    net_close(stream->socket);
    free(stream->input);
    free(stream->plain);
    free(stream->output);
    free(stream->send_lock);
}
