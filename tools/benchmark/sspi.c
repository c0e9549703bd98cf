/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * bench-sspi: the benchmark on the public SSPI. It uses only what Windows has, so the same program
 * measures this library on Linux, whichever secur32 a Wine prefix has, and Windows itself.
 */
#include "bench.h"
#include "winsspi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/certs.h"
#include "sspi/credential.h"
#include "sspi/provider.h"
#include "sspi/stream.h"

#define CLIENT_FLAGS                                                                               \
    (ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY | ISC_REQ_STREAM |  \
     ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MANUAL_CRED_VALIDATION)
#define SERVER_FLAGS                                                                               \
    (ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT | ASC_REQ_CONFIDENTIALITY | ASC_REQ_STREAM |  \
     ASC_REQ_ALLOCATE_MEMORY)

struct session {
    CredHandle *credential;
    CtxtHandle context;
    bool server, forget, have_context;
    char target[32];
    SecPkgContext_StreamSizes sizes;
    unsigned char *scratch; /* of records that are thrown away; made at the first */
};

static SECURITY_STATUS last_status;

static const char *error(void)
{
    return status_text(last_status);
}

static void describe(char *text, size_t room)
{
    struct provider provider;

    provider_find(&provider);
    snprintf(text, room, "%.40s %.30s", provider.product[0] ? provider.product : "secur32",
             provider.version);
}

/* Made once for each role, version and certificate, and kept. */
static CredHandle *credential_for(const struct wish *wish)
{
    static CredHandle handles[2][3];
    static bool have[2][3], tried[2][3];
    size_t version = !strcmp(wish->version, "1.3");
    size_t kind = !wish->server ? 0 : !strcmp(wish->certificate, "rsa") ? 1 : 2;
    struct credential_wish credential = {
        .server = wish->server, .tls = wish->version, .insecure = true};
    char path[512];

    if (have[version][kind])
        return &handles[version][kind];
    last_status = SEC_E_NO_CREDENTIALS;
    if (tried[version][kind])
        return NULL;
    tried[version][kind] = true;
    if (wish->server) {
        snprintf(path, sizeof(path), "%s/%s.pfx", bench_pki, wish->certificate);
        credential.certificate = certs_open(path, NULL, "secret");
        if (!credential.certificate)
            return NULL;
    }
    last_status = credential_acquire_for(&credential, &handles[version][kind]);
    have[version][kind] = last_status == SEC_E_OK;
    return have[version][kind] ? &handles[version][kind] : NULL;
}

/* Wine's secur32 has clients only, which shows in the first call already. */
static const char *no_server(const char *version)
{
    struct wish wish = {.server = true, .version = version, .certificate = "rsa"};
    SecBuffer in = {0, SECBUFFER_TOKEN, NULL}, out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in}, output = {SECBUFFER_VERSION, 1, &out};
    CredHandle *credential = credential_for(&wish);
    ULONG attributes;
    CtxtHandle context;
    TimeStamp expiry;

    if (!credential)
        return error();
    last_status = AcceptSecurityContext(credential, NULL, &input, SERVER_FLAGS, 0, &context,
                                        &output, &attributes, &expiry);
    return last_status == SEC_E_UNSUPPORTED_FUNCTION ? error() : NULL;
}

static struct session *create(const struct wish *wish)
{
    static unsigned number;
    CredHandle *credential = credential_for(wish);
    struct session *session = credential ? calloc(1, sizeof(*session)) : NULL;

    if (!session)
        return NULL;
    session->credential = credential;
    session->server = wish->server;
    session->forget = wish->forget;
    /* Sessions are remembered by the target's name. */
    if (wish->fresh)
        snprintf(session->target, sizeof(session->target), "h%u.localhost", number++);
    else
        snprintf(session->target, sizeof(session->target), "localhost");
    return session;
}

/* Wine's own secur32 does not know this, and remembers nothing. */
static void forget(struct session *session)
{
    SCHANNEL_SESSION_TOKEN token = {SCHANNEL_SESSION, SSL_SESSION_DISABLE_RECONNECTS};
    SecBuffer buffer = {sizeof(token), SECBUFFER_TOKEN, &token};
    SecBufferDesc list = {SECBUFFER_VERSION, 1, &buffer};

    ApplyControlToken(&session->context, &list);
}

static SECURITY_STATUS call(struct session *session, SecBufferDesc *input, SecBufferDesc *output)
{
    CtxtHandle *old = session->have_context ? &session->context : NULL;
    ULONG attributes;
    TimeStamp expiry;
    SECURITY_STATUS status;

    if (session->server)
        status = AcceptSecurityContext(session->credential, old, input, SERVER_FLAGS, 0,
                                       &session->context, output, &attributes, &expiry);
    else
        status = InitializeSecurityContextA(session->credential, old, session->target, CLIENT_FLAGS,
                                            0, 0, input, 0, &session->context, output, &attributes,
                                            &expiry);
    if (!old && (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED))
        session->have_context = true;
    if (!old && session->have_context && session->forget)
        forget(session);
    return status;
}

/* One call; what it did not use stays in the wire. */
static SECURITY_STATUS step_once(struct session *session, struct wire *in, struct wire *out)
{
    SecBuffer inputs[2] = {{(ULONG)(in->end - in->start), SECBUFFER_TOKEN, in->bytes + in->start},
                           {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, inputs}, output = {SECBUFFER_VERSION, 1, &token};
    bool first = !session->server && !session->have_context;
    SECURITY_STATUS status = call(session, first ? NULL : &input, &output);

    if (status != SEC_E_INCOMPLETE_MESSAGE && !first)
        in->start = in->end - (inputs[1].BufferType == SECBUFFER_EXTRA ? inputs[1].cbBuffer : 0);
    if (token.pvBuffer) {
        if (token.cbBuffer && !wire_append(out, token.pvBuffer, token.cbBuffer))
            status = SEC_E_BUFFER_TOO_SMALL;
        FreeContextBuffer(token.pvBuffer);
    }
    return status;
}

static enum step handshake(struct session *session, struct wire *in, struct wire *out)
{
    bool started = session->have_context || session->server;

    do {
        if (started && in->start == in->end)
            return STEP_MORE;
        started = true;
        last_status = step_once(session, in, out);
    } while (last_status == SEC_I_CONTINUE_NEEDED);
    if (last_status == SEC_E_INCOMPLETE_MESSAGE)
        return STEP_MORE;
    if (last_status == SEC_E_OK)
        last_status =
            QueryContextAttributesA(&session->context, SECPKG_ATTR_STREAM_SIZES, &session->sizes);
    return last_status == SEC_E_OK ? STEP_DONE : STEP_FAILED;
}

static bool seal(struct session *session, const void *data, size_t size, struct wire *out)
{
    const SecPkgContext_StreamSizes *sizes = &session->sizes;
    unsigned char *at = out ? out->bytes : session->scratch;
    SecBuffer buffers[4] = {{sizes->cbHeader, SECBUFFER_STREAM_HEADER, NULL},
                            {(ULONG)size, SECBUFFER_DATA, NULL},
                            {sizes->cbTrailer, SECBUFFER_STREAM_TRAILER, NULL},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};

    if (!at)
        at = session->scratch = calloc(1, BENCH_RECORD_ROOM);
    if (!at)
        return false;
    buffers[0].pvBuffer = at;
    buffers[1].pvBuffer = at + sizes->cbHeader;
    buffers[2].pvBuffer = at + sizes->cbHeader + size;
    if (data)
        memcpy(buffers[1].pvBuffer, data, size);
    last_status = EncryptMessage(&session->context, 0, &message, 0);
    if (out) {
        out->start = 0;
        out->end = (size_t)buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;
    }
    return last_status == SEC_E_OK;
}

/* A post-handshake message goes back into the handshake. */
static long renegotiate(struct session *session, SecBuffer *extra)
{
    SecBuffer inputs[2] = {{extra->cbBuffer, SECBUFFER_TOKEN, extra->pvBuffer},
                           {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, inputs}, output = {SECBUFFER_VERSION, 1, &token};

    last_status = call(session, &input, &output);
    if (token.pvBuffer)
        FreeContextBuffer(token.pvBuffer);
    return last_status == SEC_E_OK || last_status == SEC_I_CONTINUE_NEEDED ? 0 : -1;
}

static long open_record(struct session *session, struct wire *in, const unsigned char **plain)
{
    size_t length = wire_record(in);
    SecBuffer buffers[4] = {{(ULONG)length, SECBUFFER_DATA, in->bytes + in->start},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};

    last_status = DecryptMessage(&session->context, &message, 0, NULL);
    in->start += length;
    if (last_status == SEC_E_OK) {
        for (int i = 1; i < 4; i++)
            if (buffers[i].BufferType == SECBUFFER_DATA) {
                *plain = buffers[i].pvBuffer;
                return (long)buffers[i].cbBuffer;
            }
        return 0;
    }
    for (int i = 1; i < 4 && last_status == SEC_I_RENEGOTIATE; i++)
        if (buffers[i].BufferType == SECBUFFER_EXTRA)
            return renegotiate(session, &buffers[i]);
    return last_status == SEC_I_RENEGOTIATE ? 0 : -1;
}

static bool acquire(void)
{
    struct credential_wish wish = {.insecure = true};
    CredHandle credential;

    last_status = credential_acquire_for(&wish, &credential);
    if (last_status != SEC_E_OK)
        return false;
    return FreeCredentialsHandle(&credential) == SEC_E_OK;
}

static void destroy(struct session *session)
{
    if (session->have_context)
        DeleteSecurityContext(&session->context);
    free(session->scratch);
    free(session);
}

static const struct engine engine = {
    .name = "sspi",
    .describe = describe,
    .no_server = no_server,
    .create = create,
    .handshake = handshake,
    .seal = seal,
    .open = open_record,
    .acquire = acquire,
    .error = error,
    .destroy = destroy,
};

int main(int count, char **values)
{
    return bench_main(count, values, &engine);
}
