/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * InitializeSecurityContext and AcceptSecurityContext of contexts whose records travel in datagrams
 * (DTLS). Each call is given one datagram, or none, and gives one. While more of the flight waits
 * the status is SEC_I_MESSAGE_FRAGMENT and the next call, without input, gives the next datagram;
 * without any waiting, such a call repeats the flight: the program's timer has run out. A server
 * has no context before the client has returned its cookie.
 *
 * Sources: Microsoft's DTLS sample in its fork of libcoap (buffers, statuses, timers, cookies);
 * str0m, libmatoya and a test peer of a WebRTC library in C#, which see the same; sspi.h on
 * SECBUFFER_DTLS_MTU and SECBUFFER_SRTP_PROTECTION_PROFILES; RFC 6347. That a first call of a
 * server without SECBUFFER_EXTRA gets SEC_E_INVALID_PARAMETER was reported on Stack Overflow
 * ("DTLS using Schannel"), and by another that less than a header is SEC_E_ILLEGAL_MESSAGE to a
 * server.
 */
#include "schannel/handshake.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/record.h"
#include "schannel/record_open.h"
#include "sspi/buffers.h"

/* ---- which contexts ---- */

bool datagram_wanted(const struct handshake *h)
{
    ULONG stream = h->family == FLAGS_INITIALIZE ? ISC_REQ_STREAM : ASC_REQ_STREAM;
    struct schan_policy policy;

    /* libmatoya asks for both, and means datagrams. */
    if (h->step->request & ISC_REQ_DATAGRAM)
        return true;
    if ((h->step->request & stream) || !h->step->credential)
        return false;
    schan_credential_policy(h->step->credential, span_of(NULL, 0), &policy);
    return !(policy.tls.versions & STREAM_VERSIONS);
}

/* ---- buffers of their own ---- */

static SECURITY_STATUS read_mtu(const SecBufferDesc *input, uint32_t *mtu)
{
    const SecBuffer *buffer = buffers_find(input, SECBUFFER_DTLS_MTU, 0);
    SEC_DTLS_MTU given;
    struct span bytes;

    if (!buffer)
        return SEC_E_OK;
    bytes = buffer_span(buffer);
    if (bytes.size < sizeof(given))
        return SEC_E_INVALID_TOKEN;
    memcpy(&given, bytes.data, sizeof(given));
    if (given.PathMTU < LIMIT_MTU_MIN)
        return SEC_E_INVALID_PARAMETER;
    *mtu = given.PathMTU;
    return SEC_E_OK;
}

/* The size is a USHORT of this machine; the profiles are as they stand on the wire. */
static SECURITY_STATUS read_srtp(const SecBufferDesc *input, struct datagram_options *to)
{
    const SecBuffer *buffer = buffers_find(input, SECBUFFER_SRTP_PROTECTION_PROFILES, 0);
    struct span bytes, list;
    USHORT size;

    if (!buffer)
        return SEC_E_OK;
    bytes = buffer_span(buffer);
    if (bytes.size < sizeof(size))
        return SEC_E_INVALID_TOKEN;
    memcpy(&size, bytes.data, sizeof(size));
    if (!span_take(&bytes, sizeof(size), &list) || !span_take(&bytes, size, &list) || size % 2)
        return SEC_E_INVALID_TOKEN;
    while (to->srtp_count < COUNT_OF(to->srtp) && span_take_u16(&list, &to->srtp[to->srtp_count]))
        to->srtp_count++;
    return SEC_E_OK;
}

SECURITY_STATUS datagram_options(const struct handshake *h, struct datagram_options *to)
{
    SECURITY_STATUS status = read_mtu(h->step->input, &h->context->mtu);

    return status == SEC_E_OK ? read_srtp(h->step->input, to) : status;
}

void datagram_set_mtu(struct schan_context *context, uint32_t mtu)
{
    struct tls_info info;

    context_lock_tls(context);
    context->mtu = mtu;
    tls_set_mtu(context->tls, mtu);
    if (context->info.done && tls_info(context->tls, &info) == TLS_OK) {
        context->info.maximum = info.maximum;
        context->send_maximum = info.maximum;
    }
    context_unlock_tls(context);
}

/* ---- input ---- */

/* Whether there is something to be fed. What is wrong with single records is found below, and
 * dropped there. */
static SECURITY_STATUS check_input(struct handshake *h, bool server)
{
    struct span rest = input_rest(h);
    size_t size;

    switch (datagram_record_cut(rest, &size, &h->missing)) {
    case RECORD_PARTIAL:
        if (server && rest.size < LIMIT_DATAGRAM_HEADER)
            return SEC_E_ILLEGAL_MESSAGE;
        return SEC_E_INCOMPLETE_MESSAGE;
    case RECORD_NOT_TLS:
        return SEC_E_INVALID_TOKEN;
    default:
        return SEC_E_OK;
    }
}

/* ---- a server's first calls ---- */

static SECURITY_STATUS answer_hello(struct handshake *h, struct span answer)
{
    h->used = h->input.size;
    return output_put(h, answer);
}

SECURITY_STATUS datagram_cookie(struct handshake *h)
{
    const SecBuffer *peer = buffers_find(h->step->input, SECBUFFER_EXTRA, 0);
    uint8_t answer[TLS_VERIFY_REQUEST_MAX];
    SECURITY_STATUS status;
    size_t size = 0;

    if (!h->token_in)
        return SEC_E_INVALID_TOKEN;
    if (!peer)
        return SEC_E_INVALID_PARAMETER;
    status = check_input(h, true);
    if (status != SEC_E_OK)
        return status;
    switch (tls_cookie(buffer_span(peer), h->input, answer, sizeof(answer), &size, &h->prestate)) {
    case TLS_OK:
        return SEC_E_OK;
    case TLS_NOT_THERE:
        return answer_hello(h, span_of(answer, size));
    case TLS_BAD_ARGUMENT:
        return SEC_E_ILLEGAL_MESSAGE;
    default:
        return SEC_E_INTERNAL_ERROR;
    }
}

/* ---- the handshake ---- */

static size_t output_size(struct schan_context *context)
{
    size_t size;

    lock_take(&context->session);
    size = context_output_size(context);
    lock_release(&context->session);
    return size;
}

/* A ClientHello goes in one datagram: a server that keeps no state cannot read it in pieces. */
static bool hello_does_not_fit(const struct handshake *h)
{
    return !h->step->context && h->context->role == TLS_CLIENT && h->result.event == TLS_FAILED &&
           h->result.reason == TLS_REASON_TOO_LARGE;
}

SECURITY_STATUS datagram_call(struct handshake *h)
{
    bool empty = h->used == h->input.size;
    size_t waits = output_size(h->context);
    SECURITY_STATUS status;

    if (empty && waits) {
        h->result.output_size = waits;
        return SEC_I_CONTINUE_NEEDED;
    }
    if (!empty) {
        status = check_input(h, h->context->role == TLS_SERVER);
        if (status == SEC_E_INVALID_TOKEN) { /* no record: anybody may have sent it */
            h->used = h->input.size;
            return SEC_I_CONTINUE_NEEDED;
        }
        if (status != SEC_E_OK)
            return status;
    }
    status = handshake_run(h, empty);
    return hello_does_not_fit(h) ? SEC_E_CANNOT_PACK : status;
}

SECURITY_STATUS datagram_later_call(struct handshake *h)
{
    uint32_t mtu = h->context->mtu;
    SECURITY_STATUS status = read_mtu(h->step->input, &mtu);

    if (status != SEC_E_OK)
        return status;
    if (mtu != h->context->mtu)
        datagram_set_mtu(h->context, mtu);
    input_skip_repeated(h);
    return context_phase(h->context) == PHASE_HANDSHAKE ? datagram_call(h)
                                                        : datagram_connected_call(h);
}

/* ---- afterwards ---- */

/* The peer repeats its last flight, perhaps: DecryptMessage has not seen this datagram. */
static SECURITY_STATUS look_for_flight(struct handshake *h)
{
    struct schan_context *context = h->context;
    struct datagram_opened opened;
    uint8_t *copy = mem_copy(input_rest(h));
    SECURITY_STATUS status;

    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    lock_take(context->receive);
    status = schan_open_datagram(context, copy, input_rest(h).size, &opened);
    lock_release(context->receive);
    mem_wipe_free(copy, input_rest(h).size);
    h->used = h->input.size;
    if (status == SEC_I_CONTEXT_EXPIRED || context_phase(context) == PHASE_FAILED)
        return status;
    h->result.output_size = output_size(context);
    return SEC_E_OK;
}

SECURITY_STATUS datagram_connected_call(struct handshake *h)
{
    struct span rest = input_rest(h);
    size_t waits = output_size(h->context);

    /* Data are for DecryptMessage, and still are. */
    if (rest.size && rest.data[0] == RECORD_DATA && !waits)
        return SEC_E_OUT_OF_SEQUENCE;
    if (rest.size && rest.data[0] == RECORD_DATA)
        rest.size = 0;
    if (waits) {
        h->used += rest.size;
        h->result.output_size = waits;
        return SEC_E_OK;
    }
    if (rest.size)
        return look_for_flight(h);
    return atomic_load(&h->context->received_close) ? SEC_I_CONTEXT_EXPIRED : SEC_E_OK;
}

/* ---- output ---- */

SECURITY_STATUS datagram_delivered(struct handshake *h, SECURITY_STATUS status)
{
    return output_size(h->context) ? SEC_I_MESSAGE_FRAGMENT : status;
}
