/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See relay.h.
 */
#ifndef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#endif

#include "relay.h"

#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "harness.h"

#define STEPS_MAX 4000
#define TIMEOUTS_MAX 200

static const unsigned char client_address[16] = {2, 0, 0x30, 0x39, 127, 0, 0, 1};

static enum loop_role peer_of(enum loop_role role)
{
    return role == LOOP_CLIENT ? LOOP_SERVER : LOOP_CLIENT;
}

void relay_init(struct relay *relay, CredHandle *client, CredHandle *server)
{
    struct relay_side *side = relay->side;

    memset(relay, 0, sizeof(*relay));
    side[LOOP_CLIENT].credential = client;
    side[LOOP_CLIENT].target = u"localhost";
    side[LOOP_CLIENT].request = ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
                                ISC_REQ_CONFIDENTIALITY | ISC_REQ_DATAGRAM |
                                ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR |
                                ISC_REQ_MANUAL_CRED_VALIDATION;
    side[LOOP_SERVER].credential = server;
    side[LOOP_SERVER].request = ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
                                ASC_REQ_CONFIDENTIALITY | ASC_REQ_DATAGRAM |
                                ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR;
    side[LOOP_SERVER].address = client_address;
    side[LOOP_SERVER].address_size = sizeof(client_address);
}

void relay_done(struct relay *relay)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct relay_side *side = &relay->side[role];

        if (side->has_context)
            ok_status(DeleteSecurityContext(&side->context), SEC_E_OK, "context is deleted");
        side->has_context = false;
        for (size_t i = 0; i < RELAY_QUEUE; i++)
            bytes_done(&side->queue[i]);
    }
}

/* ---- the network ---- */

void relay_deliver(struct relay *relay, enum loop_role to, const void *data, size_t size)
{
    struct relay_side *side = &relay->side[to];

    if (!ok(side->queued < RELAY_QUEUE, "too many datagrams are on their way"))
        return;
    bytes_drop(&side->queue[side->queued], side->queue[side->queued].size);
    bytes_add(&side->queue[side->queued++], data, size);
}

static bool happens(const struct relay *relay, unsigned each, unsigned percent)
{
    return (each && relay->sent % each == 0) || (percent && harness_random() % 100 < percent);
}

static void send_datagram(struct relay *relay, enum loop_role to, const void *data, size_t size)
{
    struct relay_side *side = &relay->side[to];

    relay->sent++;
    if (happens(relay, relay->lose_each, relay->lose_percent))
        return;
    relay_deliver(relay, to, data, size);
    if (happens(relay, relay->repeat_each, relay->repeat_percent))
        relay_deliver(relay, to, data, size);
    if (side->queued > 1 && happens(relay, relay->swap_each, relay->swap_percent)) {
        struct bytes last = side->queue[side->queued - 1];

        side->queue[side->queued - 1] = side->queue[side->queued - 2];
        side->queue[side->queued - 2] = last;
    }
}

bool relay_take(struct relay *relay, enum loop_role role, struct bytes *datagram)
{
    struct relay_side *side = &relay->side[role];
    struct bytes first = side->queue[0];

    if (!side->queued)
        return false;
    memmove(side->queue, side->queue + 1, (RELAY_QUEUE - 1) * sizeof(side->queue[0]));
    side->queue[RELAY_QUEUE - 1] = (struct bytes){NULL, 0, 0};
    side->queued--;
    *datagram = first;
    return true;
}

/* ---- one call ---- */

static bool is_whole_records(const uint8_t *data, size_t size)
{
    while (size) {
        size_t record;

        if (size < RELAY_HEADER)
            return false;
        record = RELAY_HEADER + ((size_t)data[11] << 8 | data[12]);
        if (record > size)
            return false;
        data += record;
        size -= record;
    }
    return true;
}

static void note_token(struct relay *relay, enum loop_role role, const SecBuffer *token)
{
    struct relay_side *side = &relay->side[role];
    size_t mtu = side->mtu ? side->mtu : RELAY_MTU;

    side->datagrams++;
    if (token->cbBuffer > side->largest)
        side->largest = token->cbBuffer;
    if (!side->smallest || token->cbBuffer < side->smallest)
        side->smallest = token->cbBuffer;
    ok(token->cbBuffer <= mtu, "a token of %lu bytes, the MTU is %zu",
       (unsigned long)token->cbBuffer, mtu);
    ok(is_whole_records(token->pvBuffer, token->cbBuffer), "the token is not whole records");
    send_datagram(relay, peer_of(role), token->pvBuffer, token->cbBuffer);
}

static size_t fill_input(struct relay_side *side, enum loop_role role, const void *datagram,
                         size_t size, SecBuffer *in)
{
    static SEC_DTLS_MTU mtu;
    size_t count = 0;

    if (datagram) {
        in[count++] =
            buffer_make(SECBUFFER_TOKEN | SECBUFFER_READONLY, (void *)(uintptr_t)datagram, size);
        in[count++] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
        if (role == LOOP_SERVER && !side->no_address)
            in[count++] =
                buffer_make(SECBUFFER_EXTRA, (void *)(uintptr_t)side->address, side->address_size);
    }
    if (side->mtu) {
        mtu.PathMTU = side->mtu;
        in[count++] = buffer_make(SECBUFFER_DTLS_MTU, &mtu, sizeof(mtu));
    }
    if (side->extras)
        in[count++] = buffer_make(SECBUFFER_SRTP_PROTECTION_PROFILES,
                                  (void *)(uintptr_t)side->extras, side->extras_size);
    if (side->alpn)
        in[count++] = buffer_make(SECBUFFER_APPLICATION_PROTOCOLS, side->alpn, side->alpn_size);
    return count;
}

static SECURITY_STATUS perform(struct relay_side *side, enum loop_role role, SecBufferDesc *input,
                               CtxtHandle *context, SecBufferDesc *output)
{
    TimeStamp expiry;

    side->attributes = 0xdeadbeef;
    if (role == LOOP_SERVER)
        return AcceptSecurityContext(side->credential, side->has_context ? &side->context : NULL,
                                     input->cBuffers ? input : NULL, side->request, 0, context,
                                     output, &side->attributes, &expiry);
    return InitializeSecurityContextW(side->credential, side->has_context ? &side->context : NULL,
                                      side->has_context ? NULL : (WCHAR *)(uintptr_t)side->target,
                                      side->request, 0, 0, input->cBuffers ? input : NULL, 0,
                                      context, output, &side->attributes, &expiry);
}

static void check_attributes(const struct relay_side *side, enum loop_role role)
{
    /* The values of both families are the same for all of these. */
    ULONG want = ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY |
                 ISC_RET_DATAGRAM | ISC_RET_ALLOCATED_MEMORY;

    if (role == LOOP_CLIENT)
        want |= side->request & (ISC_RET_EXTENDED_ERROR | ISC_RET_MANUAL_CRED_VALIDATION |
                                 ISC_RET_USED_SUPPLIED_CREDS);
    else
        want |= side->request & ASC_RET_EXTENDED_ERROR;
    ok_status(side->attributes & ~(ULONG)ISC_RET_MUTUAL_AUTH, want, "%s's attributes",
              role == LOOP_CLIENT ? "client" : "server");
}

static void take_results(struct relay_side *side, const CtxtHandle *context)
{
    bool made = context->dwLower || context->dwUpper;

    if (side->status < 0 && side->status != SEC_E_INCOMPLETE_MESSAGE &&
        side->status != SEC_E_ILLEGAL_MESSAGE)
        side->failed = true;
    if (side->has_context || !made)
        return;
    ok(side->status >= 0, "a first call that fails made a context");
    side->context = *context;
    side->has_context = true;
}

SECURITY_STATUS relay_call(struct relay *relay, enum loop_role role, const void *datagram,
                           size_t size)
{
    struct relay_side *side = &relay->side[role];
    SecBuffer in[6], out[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
    SecBufferDesc input = list_make(in, fill_input(side, role, datagram, size, in));
    SecBufferDesc output = list_make(out, 2);
    CtxtHandle context = {0, 0};

    side->calls++;
    side->status = perform(side, role, &input, &context, &output);
    take_results(side, &context);
    if (side->status >= 0)
        check_attributes(side, role);
    if (out[0].cbBuffer && out[0].pvBuffer)
        note_token(relay, role, &out[0]);
    for (size_t i = 0; i < 2; i++)
        if (out[i].pvBuffer)
            ok_status(FreeContextBuffer(out[i].pvBuffer), SEC_E_OK, "output is freed");
    if (side->status == SEC_E_OK)
        side->done = true;
    side->extra = datagram && in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
    return side->status;
}

SECURITY_STATUS relay_step(struct relay *relay, enum loop_role role, const void *datagram,
                           size_t size)
{
    SECURITY_STATUS status = relay_call(relay, role, datagram, size);

    for (unsigned i = 0; status == SEC_I_MESSAGE_FRAGMENT && i < STEPS_MAX; i++) {
        relay->side[role].fragments++;
        status = relay_call(relay, role, NULL, 0);
    }
    return status;
}

/* ---- a handshake ---- */

/* A datagram to a side that is done: data, or a flight of the peer once more. */
static void to_connected(struct relay *relay, enum loop_role role, struct bytes *datagram)
{
    struct relay_side *side = &relay->side[role];
    struct bytes plain = {NULL, 0, 0};
    SECURITY_STATUS status;
    size_t extra;

    status = relay_unseal(side, datagram, &plain, &extra);
    if (status == SEC_E_UNFINISHED_CONTEXT_DELETED) {
        side->repeats++;
        ok_status(relay_step(relay, role, datagram->data, datagram->size), SEC_E_OK,
                  "the last flight once more");
    } else {
        ok(status == SEC_E_OUT_OF_SEQUENCE || status == SEC_E_MESSAGE_ALTERED ||
               status == SEC_E_INVALID_TOKEN || status == SEC_E_INCOMPLETE_MESSAGE ||
               status == SEC_E_OK,
           "a late datagram: %08lx", (unsigned long)status & 0xffffffff);
    }
    bytes_done(&plain);
}

bool relay_advance(struct relay *relay, enum loop_role role)
{
    struct relay_side *side = &relay->side[role];
    struct bytes datagram;

    if (side->failed || !relay_take(relay, role, &datagram))
        return false;
    if (side->done)
        to_connected(relay, role, &datagram);
    else
        relay_step(relay, role, datagram.data, datagram.size);
    bytes_done(&datagram);
    return true;
}

/* The timers do not run out at the same time. */
static bool time_out(struct relay *relay)
{
    for (int i = 0; i < 2; i++) {
        enum loop_role role = relay->timeouts++ % 3 ? LOOP_CLIENT : LOOP_SERVER;
        struct relay_side *side = &relay->side[role];

        if (side->done || side->failed || (role == LOOP_SERVER && !side->has_context) ||
            side->timeouts >= TIMEOUTS_MAX)
            continue;
        side->timeouts++;
        relay_step(relay, role, NULL, 0);
        return true;
    }
    return relay->timeouts < TIMEOUTS_MAX;
}

bool relay_handshake(struct relay *relay)
{
    struct relay_side *client = &relay->side[LOOP_CLIENT], *server = &relay->side[LOOP_SERVER];

    if (!client->has_context)
        relay_step(relay, LOOP_CLIENT, NULL, 0);
    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        bool moved = relay_advance(relay, LOOP_SERVER);

        moved |= relay_advance(relay, LOOP_CLIENT);
        if (client->failed || server->failed)
            return false;
        if (!moved && client->done && server->done)
            return true;
        if (!moved && !time_out(relay))
            return false;
    }
    ok(false, "the handshake does not end");
    return false;
}

bool relay_connect(struct relay *relay, CredHandle *client, CredHandle *server)
{
    relay_init(relay, client, server);
    return ok(relay_handshake(relay), "handshake fails: client %08lx, server %08lx",
              (unsigned long)relay->side[LOOP_CLIENT].status & 0xffffffff,
              (unsigned long)relay->side[LOOP_SERVER].status & 0xffffffff);
}

/* ---- messages ---- */

SECURITY_STATUS relay_seal(struct relay_side *side, const void *data, size_t size,
                           struct bytes *wire)
{
    return context_seal(&side->context, data, size, is_whole_records, wire);
}

SECURITY_STATUS relay_unseal(struct relay_side *side, const struct bytes *wire, struct bytes *plain,
                             size_t *extra)
{
    SecBuffer buffers[4] = {{0}};
    SecBufferDesc message = list_make(buffers, 4);
    uint8_t *copy = malloc(wire->size + 1);
    SECURITY_STATUS status;

    if (!copy)
        abort();
    if (wire->size)
        memcpy(copy, wire->data, wire->size);
    buffers[0] = buffer_make(SECBUFFER_DATA, copy, wire->size);
    for (size_t i = 1; i < 4; i++)
        buffers[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    status = DecryptMessage(&side->context, &message, 0, NULL);
    *extra = 0;
    if (status >= 0) {
        const uint8_t *data = buffers[1].pvBuffer;

        ok_number(buffers[1].BufferType, SECBUFFER_DATA, "type of buffer 1");
        if (ok(data >= copy && data <= copy + wire->size &&
                   buffers[1].cbBuffer <= (size_t)(copy + wire->size - data),
               "the data stand outside of the caller's memory"))
            bytes_add(plain, data, buffers[1].cbBuffer);
        if (buffers[3].BufferType == SECBUFFER_EXTRA)
            *extra = buffers[3].cbBuffer;
    } else if (status != SEC_E_DECRYPT_FAILURE) {
        ok(!wire->size || !memcmp(copy, wire->data, wire->size),
           "%08lx: a datagram that was dropped was changed", (unsigned long)status & 0xffffffff);
    }
    free(copy);
    return status;
}

void relay_check_traffic(struct relay *relay)
{
    static const char *const text[] = {"from the client", "from the server, which says more"};

    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        struct bytes wire = {NULL, 0, 0}, plain = {NULL, 0, 0};
        size_t size = strlen(text[role]), extra = 1;

        if (ok_status(relay_seal(&relay->side[role], text[role], size, &wire), SEC_E_OK,
                      "EncryptMessage") &&
            ok_status(
                relay_unseal(&relay->side[peer_of((enum loop_role)role)], &wire, &plain, &extra),
                SEC_E_OK, "DecryptMessage")) {
            ok(plain.size == size && !memcmp(plain.data, text[role], size),
               "other text of %zu bytes arrived from the %s", plain.size,
               role == LOOP_CLIENT ? "client" : "server");
            ok_number(extra, 0, "EXTRA");
        }
        bytes_done(&wire);
        bytes_done(&plain);
    }
}
