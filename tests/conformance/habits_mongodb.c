/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A whole connection in the manner of MongoDB (its asio's schannel engine as its callers see it). A
 * server with 17 KiB of its own memory for the token and 1 KiB for an alert, that aborts when the
 * returned attributes, but for two bits, are not the request after any call; a client that does the
 * same, and that answers SEC_I_RENEGOTIATE by no handshake call at all: it gives the EXTRA bytes to
 * DecryptMessage again, is told SEC_E_CONTEXT_EXPIRED, and skips the record by its header.
 */
#include "common.h"

#include <string.h>

#define TOKEN_ROOM (17 * 1024)
#define ALERT_ROOM 1024

#define SERVER_FLAGS                                                                               \
    (ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT | ASC_REQ_CONFIDENTIALITY |                   \
     ASC_REQ_EXTENDED_ERROR | ASC_REQ_STREAM | ASC_REQ_MUTUAL_AUTH)
#define CLIENT_FLAGS                                                                               \
    (ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY |                   \
     ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM | ISC_REQ_USE_SUPPLIED_CREDS |                       \
     ISC_REQ_MANUAL_CRED_VALIDATION)

struct end {
    CredHandle *credential;
    CtxtHandle context;
    bool has_context;
    struct bytes in, *out; /* the other's in */
};

/* EXTRA has a size only: whatever stands in pvBuffer is not looked at. */
static void keep_extra(struct end *end, const SecBuffer *buffer)
{
    size_t extra = buffer->BufferType == SECBUFFER_EXTRA ? buffer->cbBuffer : 0;

    if (ok(extra <= end->in.size, "EXTRA of %zu bytes", extra))
        bytes_drop(&end->in, end->in.size - extra);
}

static SECURITY_STATUS server_step(struct end *end)
{
    static uint8_t token[TOKEN_ROOM], alert[ALERT_ROOM];
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, end->in.data, end->in.size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer out[2] = {buffer_make(SECBUFFER_TOKEN, token, sizeof(token)),
                        buffer_make(SECBUFFER_ALERT, alert, sizeof(alert))};
    SecBufferDesc input = list_make(in, 2), output = list_make(out, 2);
    ULONG attributes = 0;
    SECURITY_STATUS status = AcceptSecurityContext(
        end->credential, end->has_context ? &end->context : NULL, &input, SERVER_FLAGS,
        SECURITY_NATIVE_DREP, &end->context, &output, &attributes, NULL);

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    if (!ok(status >= 0, "server: %08lx", (unsigned long)status & 0xffffffff))
        return status;
    end->has_context = true;
    ok_status(attributes | ASC_RET_EXTENDED_ERROR | ASC_RET_MUTUAL_AUTH, SERVER_FLAGS,
              "server's attributes");
    ok_number(out[1].cbBuffer, 0, "alert");
    bytes_add(end->out, out[0].pvBuffer, out[0].cbBuffer);
    keep_extra(end, &in[1]);
    return status;
}

static SECURITY_STATUS client_step(struct end *end)
{
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, end->in.data, end->in.size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer out[3] = {buffer_make(SECBUFFER_TOKEN, NULL, 0),
                        buffer_make(SECBUFFER_ALERT, NULL, 0),
                        buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBufferDesc input = list_make(in, 2), output = list_make(out, 3);
    ULONG attributes = 0;
    SECURITY_STATUS status = InitializeSecurityContextW(
        end->credential, end->has_context ? &end->context : NULL, (WCHAR *)u"localhost",
        CLIENT_FLAGS, 0, 0, end->has_context ? &input : NULL, 0, &end->context, &output,
        &attributes, NULL);

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    if (!ok(status >= 0, "client: %08lx", (unsigned long)status & 0xffffffff))
        return status;
    ok_status(attributes | ISC_RET_EXTENDED_ERROR, CLIENT_FLAGS | ISC_RET_EXTENDED_ERROR,
              "client's attributes");
    bytes_add(end->out, out[0].pvBuffer, out[0].cbBuffer);
    if (end->has_context)
        keep_extra(end, &in[1]);
    end->has_context = true;
    for (size_t i = 0; i < 3; i++)
        FreeContextBuffer(out[i].pvBuffer);
    return status;
}

static bool shake_hands(struct end *client, struct end *server)
{
    SECURITY_STATUS of_client = client_step(client), of_server = SEC_I_CONTINUE_NEEDED;

    for (unsigned i = 0; i < 20 && (of_client != SEC_E_OK || of_server != SEC_E_OK); i++) {
        if (of_server != SEC_E_OK && server->in.size)
            of_server = server_step(server);
        if (of_client != SEC_E_OK && client->in.size)
            of_client = client_step(client);
        if (of_client < 0 || of_server < 0)
            break;
    }
    return ok_status(of_client, SEC_E_OK, "client") && ok_status(of_server, SEC_E_OK, "server");
}

static SECURITY_STATUS send_text(struct end *end, const char *text)
{
    struct loop_side side = {.context = end->context};

    return loop_seal(&side, text, strlen(text), end->out);
}

/* Until there is a text. *skipped: records that were passed over. */
static void receive_text(struct end *end, const char *want, unsigned *skipped)
{
    struct bytes plain = {NULL, 0, 0};
    bool again = false; /* the EXTRA of SEC_I_RENEGOTIATE is given once more */

    for (unsigned i = 0; i < 20 && end->in.size && plain.size < strlen(want); i++) {
        SecBuffer slot[4] = {buffer_make(SECBUFFER_DATA, end->in.data, end->in.size),
                             buffer_make(SECBUFFER_EMPTY, NULL, 0),
                             buffer_make(SECBUFFER_EMPTY, NULL, 0),
                             buffer_make(SECBUFFER_EMPTY, NULL, 0)};
        SecBufferDesc list = list_make(slot, 4);
        SECURITY_STATUS status = DecryptMessage(&end->context, &list, 0, NULL);

        if (again) {
            ok_status(status, SEC_E_CONTEXT_EXPIRED, "the rewritten record");
            bytes_drop(&end->in, wire_record_size(end->in.data, end->in.size));
            again = false;
            ++*skipped;
        } else if (status == SEC_I_RENEGOTIATE) {
            ok_number(slot[3].BufferType, SECBUFFER_EXTRA, "slot 3");
            keep_extra(end, &slot[3]);
            again = true;
        } else if (ok_status(status, SEC_E_OK, "DecryptMessage")) {
            ok_number(slot[1].BufferType, SECBUFFER_DATA, "slot 1");
            bytes_add(&plain, slot[1].pvBuffer, slot[1].cbBuffer);
            keep_extra(end, &slot[3]);
        } else {
            break;
        }
    }
    ok(plain.size == strlen(want) && !memcmp(plain.data, want, plain.size), "another text");
    bytes_done(&plain);
}

static void close_end(struct end *end)
{
    if (end->has_context)
        ok_status(DeleteSecurityContext(&end->context), SEC_E_OK, "context");
    bytes_done(&end->in);
}

START_TEST(habits_mongodb)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct credential_wish wish = {
            .server = true, .version = both_versions[i], .flags = SCH_CRED_NO_SYSTEM_MAPPER};
        CredHandle credential;
        struct pair pair;

        push_context("%s", version_name(both_versions[i]));
        wish.certificate = pki_certificate("rsa");
        if (wish.certificate && pair_make(&pair, both_versions[i], "rsa")) {
            if (ok_status(credential_make(&wish, &credential), SEC_E_OK, "server credential")) {
                struct end client = {.credential = &pair.client},
                           server = {.credential = &credential};
                unsigned skipped = 0, none = 0;

                client.out = &server.in;
                server.out = &client.in;
                if (shake_hands(&client, &server)) {
                    for (unsigned k = 0; k < 3; k++) {
                        ok_status(send_text(&client, "{hello: 1}"), SEC_E_OK, "sent");
                        receive_text(&server, "{hello: 1}", &none);
                        ok_status(send_text(&server, "{ok: 1}"), SEC_E_OK, "sent");
                        receive_text(&client, "{ok: 1}", &skipped);
                    }
                    ok((skipped > 0) == (both_versions[i] == VERSION_TLS13), "%u records skipped",
                       skipped);
                }
                close_end(&client);
                close_end(&server);
                FreeCredentialsHandle(&credential);
            }
            pair_done(&pair);
        }
        pop_context();
    }
}
