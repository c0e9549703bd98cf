/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * DTLS over a socket of datagrams through the public SSPI. The order of calls is that of
 * Microsoft's DTLS sample in its fork of libcoap: SEC_I_MESSAGE_FRAGMENT asks for another call at
 * once, silence for one without input, and SEC_E_UNFINISHED_CONTEXT_DELETED for the same datagram
 * to be given to the handshake function.
 */
#include "stream.h"

#include <stdio.h>
#include <string.h>

/* Seconds without a datagram before a handshake is given up, if nothing else is said: a peer that
 * doubles its timer is silent for half as long as it has tried. */
#define SILENT_MAX 60

/* Adds the buffers that each call has. */
static void add_options(const struct stream *stream, SecBuffer *in, SecBufferDesc *input,
                        SEC_DTLS_MTU *mtu)
{
    if (!stream->mtu)
        return;
    mtu->PathMTU = (USHORT)stream->mtu;
    in[input->cBuffers++] = (SecBuffer){sizeof(*mtu), SECBUFFER_DTLS_MTU, mtu};
}

/* One call, with the datagram that was read or with none. */
static SECURITY_STATUS step(struct stream *stream)
{
    unsigned char alpn[1024];
    SecBuffer in[5];
    SecBufferDesc input = {SECBUFFER_VERSION, 0, in};
    SEC_DTLS_MTU mtu;
    ULONG size;
    SECURITY_STATUS status;

    if (stream->input_size) {
        in[0] = (SecBuffer){(ULONG)stream->input_size, SECBUFFER_TOKEN, stream->input};
        in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        in[2] = (SecBuffer){(ULONG)stream->address_size, SECBUFFER_EXTRA, stream->address};
        input.cBuffers = stream->server ? 3 : 2;
    }
    add_options(stream, in, &input, &mtu);
    if (!stream->have_context && (size = stream_alpn_block(stream->alpn, alpn, sizeof(alpn))))
        in[input.cBuffers++] = (SecBuffer){size, SECBUFFER_APPLICATION_PROTOCOLS, alpn};
    status = stream_call(stream, input.cBuffers ? &input : NULL);
    stream->input_size = 0;
    return status;
}

/* A call, and those that its output needs. */
static SECURITY_STATUS flight(struct stream *stream)
{
    SECURITY_STATUS status = step(stream);

    while (status == SEC_I_MESSAGE_FRAGMENT || status == SEC_I_INCOMPLETE_CREDENTIALS)
        status = step(stream);
    return status;
}

static bool is_under_way(SECURITY_STATUS status)
{
    return status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE;
}

static bool read_datagram(struct stream *stream)
{
    long got = net_read(stream->socket, stream->input, STREAM_INPUT_ROOM);

    stream->input_size = got > 0 ? (size_t)got : 0;
    return got > 0;
}

bool datagram_handshake(struct stream *stream)
{
    unsigned silent = 0, limit = stream->timeout ? stream->timeout : SILENT_MAX;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;

    net_timeout(stream->socket, 1);
    if (!stream->server)
        status = flight(stream);
    while (is_under_way(status)) {
        if (read_datagram(stream))
            silent = 0;
        else if (++silent >= limit)
            return stream_fail(stream, "the peer is silent", 0);
        /* Nothing came: the last flight once more. A server without context has said nothing. */
        if (stream->input_size || stream->have_context)
            status = flight(stream);
    }
    return status == SEC_E_OK || stream_fail(stream, "the handshake", status);
}

/* What is wrong with a single datagram harms nothing. */
static bool is_dropped(SECURITY_STATUS status)
{
    return status == SEC_E_OUT_OF_SEQUENCE || status == SEC_E_MESSAGE_ALTERED ||
           status == SEC_E_INVALID_TOKEN || status == SEC_E_INCOMPLETE_MESSAGE;
}

/* The peer has lost our last flight. */
static bool repeat_flight(struct stream *stream)
{
    SECURITY_STATUS status;

    tool_lock_take(stream->send_lock);
    status = flight(stream);
    tool_lock_release(stream->send_lock);
    return status == SEC_E_OK || stream_fail(stream, "the last flight", status);
}

bool datagram_receive(struct stream *stream, const unsigned char **data, size_t *size)
{
    unsigned silent = 0;
    SECURITY_STATUS status;

    *size = 0;
    while (!stream->input_size) {
        if (read_datagram(stream))
            break;
        /* Nobody answers a close_notify for sure. */
        if (stream->closed) {
            stream->peer_closed = true;
            return false;
        }
        if (stream->timeout && ++silent >= stream->timeout)
            return stream_fail(stream, "the peer is silent", 0);
    }
    status = stream_decrypt(stream, data, size);
    if (status == SEC_E_UNFINISHED_CONTEXT_DELETED)
        return repeat_flight(stream);
    if (is_dropped(status)) {
        stream->input_size = 0;
        return true;
    }
    if (status == SEC_I_CONTEXT_EXPIRED) {
        stream->peer_closed = true;
        return false;
    }
    return status == SEC_E_OK || stream_fail(stream, "DecryptMessage", status);
}
