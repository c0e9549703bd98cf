/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See common.h.
 */
#include "common.h"

#include <string.h>

const enum test_version both_versions[2] = {VERSION_TLS12, VERSION_TLS13};
const enum test_version datagram_versions[2] = {VERSION_DTLS10, VERSION_DTLS12};

bool client_make(CredHandle *client, enum test_version version)
{
    struct credential_wish wish = {.version = version,
                                   .old_form = version != VERSION_ANY && version != VERSION_TLS13};

    return ok_status(credential_make(&wish, client), SEC_E_OK, "client credential");
}

bool pair_make(struct pair *pair, enum test_version version, const char *certificate)
{
    struct credential_wish wish = {.server = true, .version = version};

    if (!version_available(version)) {
        win_skip("%s is not available", version_name(version));
        return false;
    }
    if (version == VERSION_TLS13 && running_on_windows() && !harness_pki_folder()) {
        skip("the key made here cannot sign for TLS 1.3; give certificates with --pki");
        return false;
    }
    wish.certificate = pki_certificate(certificate);
    wish.old_form = version != VERSION_ANY && version != VERSION_TLS13;
    if (!wish.certificate || !client_make(&pair->client, version))
        return false;
    if (ok_status(credential_make(&wish, &pair->server), SEC_E_OK, "server credential, %s",
                  certificate))
        return true;
    FreeCredentialsHandle(&pair->client);
    return false;
}

void pair_done(struct pair *pair)
{
    ok_status(FreeCredentialsHandle(&pair->client), SEC_E_OK, "client credential is freed");
    ok_status(FreeCredentialsHandle(&pair->server), SEC_E_OK, "server credential is freed");
}

bool connect_pair(struct connection *connection, enum test_version version)
{
    memset(connection, 0, sizeof(*connection));
    connection->has_pair = pair_make(&connection->pair, version, "rsa");
    return connection->has_pair &&
           loop_connect(&connection->loop, &connection->pair.client, &connection->pair.server);
}

void disconnect(struct connection *connection)
{
    loop_done(&connection->loop);
    if (connection->has_pair)
        pair_done(&connection->pair);
    connection->has_pair = false;
}

bool started_init(struct started *started, enum test_version version)
{
    struct loop *loop = &started->loop;

    memset(started, 0, sizeof(*started));
    started->has_pair = pair_make(&started->pair, version, "rsa");
    if (!started->has_pair)
        return false;
    loop_init(loop, &started->pair.client, &started->pair.server);
    if (!ok_status(loop_step(loop, LOOP_CLIENT), SEC_I_CONTINUE_NEEDED, "hello") ||
        !ok(loop_read(loop, LOOP_SERVER), "no hello") ||
        !ok_status(loop_step(loop, LOOP_SERVER), SEC_I_CONTINUE_NEEDED, "answer"))
        return false;
    return ok(loop_read(loop, LOOP_CLIENT), "no answer");
}

void started_done(struct started *started)
{
    if (!started->has_pair)
        return;
    loop_done(&started->loop);
    pair_done(&started->pair);
}

SECURITY_STATUS started_call(struct started *started, SecBufferDesc *input, size_t *size)
{
    struct loop_side *side = &started->loop.side[LOOP_CLIENT];
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc output = list_make(&token, 1);
    ULONG attributes;
    SECURITY_STATUS status =
        InitializeSecurityContextW(side->credential, &side->context, NULL, side->request, 0, 0,
                                   input, 0, NULL, &output, &attributes, NULL);

    if (size)
        *size = token.cbBuffer;
    FreeContextBuffer(token.pvBuffer);
    return status;
}

bool status_is_known(SECURITY_STATUS status)
{
    static const SECURITY_STATUS known[] = {
        SEC_E_ALGORITHM_MISMATCH,
        SEC_E_APPLICATION_PROTOCOL_MISMATCH,
        SEC_E_BUFFER_TOO_SMALL,
        SEC_E_CERT_EXPIRED,
        SEC_E_CERT_UNKNOWN,
        SEC_E_CONTEXT_EXPIRED,
        SEC_E_DECRYPT_FAILURE,
        SEC_E_ILLEGAL_MESSAGE,
        SEC_E_INCOMPLETE_MESSAGE,
        SEC_E_INTERNAL_ERROR,
        SEC_E_INVALID_HANDLE,
        SEC_E_INVALID_TOKEN,
        SEC_E_LOGON_DENIED,
        SEC_E_MESSAGE_ALTERED,
        SEC_E_NO_CREDENTIALS,
        SEC_E_UNFINISHED_CONTEXT_DELETED,
        SEC_E_UNSUPPORTED_FUNCTION,
        SEC_E_UNTRUSTED_ROOT,
        CRYPT_E_REVOKED,
    };

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (status == known[i])
            return true;
    return status >= 0;
}

SECURITY_STATUS first_call(CredHandle *client, const WCHAR *target, ULONG more, SecBuffer *token,
                           CtxtHandle *context)
{
    SecBufferDesc output = list_make(token, 1);
    ULONG attributes;

    memset(context, 0, sizeof(*context));
    return InitializeSecurityContextW(client, NULL, (WCHAR *)target, CLIENT_REQUEST | more, 0, 0,
                                      NULL, 0, context, &output, &attributes, NULL);
}

bool get_hello(CredHandle *client, const WCHAR *target, struct bytes *hello)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    CtxtHandle context;

    if (!ok_status(first_call(client, target, 0, &token, &context), SEC_I_CONTINUE_NEEDED,
                   "first call"))
        return false;
    bytes_add(hello, token.pvBuffer, token.cbBuffer);
    FreeContextBuffer(token.pvBuffer);
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "context is deleted");
    return ok(wire_is_client_hello(hello->data, hello->size), "the token is no ClientHello");
}

SecHandle handle_of(unsigned char value)
{
    SecHandle handle;

    memset(&handle, value, sizeof(handle));
    return handle;
}

bool handle_equal(const SecHandle *a, const SecHandle *b)
{
    return a->dwLower == b->dwLower && a->dwUpper == b->dwUpper;
}
