/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Whole connections in the manner of single programs, where their habits meet in one sequence.
 */
#include "common.h"

#include <string.h>

/*
 * libgit2 (src/libgit2/streams/schannel.c as its callers see it): SCHANNEL_CRED; the returned
 * attributes become the next request, since both are one variable; after the hello a call with an
 * empty token, which must say SEC_E_INCOMPLETE_MESSAGE before anything is read; three buffers for
 * EncryptMessage; the types of all four of DecryptMessage; for closing, one descriptor as input and
 * output, no target and no new context. SEC_I_RENEGOTIATE would be the end.
 */
struct git {
    CredHandle credential;
    CtxtHandle context;
    ULONG flags;
    struct loop loop; /* the server's side of it */
};

static SECURITY_STATUS git_step(struct git *git, bool first)
{
    struct bytes *held = &git->loop.side[LOOP_CLIENT].held;
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, held->data, held->size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer out[2] = {buffer_make(SECBUFFER_TOKEN, NULL, 0),
                        buffer_make(SECBUFFER_ALERT, NULL, 0)};
    SecBufferDesc input = list_make(in, 2), output = list_make(out, first ? 1 : 2);
    SECURITY_STATUS status = InitializeSecurityContextW(
        &git->credential, first ? NULL : &git->context, (WCHAR *)u"localhost", git->flags, 0, 0,
        first ? NULL : &input, 0, first ? &git->context : NULL, &output, &git->flags, NULL);

    if (status >= 0) {
        if (out[0].cbBuffer)
            loop_deliver(&git->loop, LOOP_SERVER, out[0].pvBuffer, out[0].cbBuffer);
        if (!first)
            bytes_drop(held,
                       held->size - (in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0));
    }
    FreeContextBuffer(out[0].pvBuffer);
    return status;
}

static bool git_connect(struct git *git)
{
    struct loop_side *server = &git->loop.side[LOOP_SERVER];
    SECURITY_STATUS status;

    ok_status(git_step(git, true), SEC_I_CONTINUE_NEEDED, "the hello");
    ok_status(git_step(git, false), SEC_E_INCOMPLETE_MESSAGE, "before the first read");
    for (unsigned i = 0; i < 20; i++) {
        if (!server->done) {
            loop_read(&git->loop, LOOP_SERVER);
            loop_step(&git->loop, LOOP_SERVER);
        }
        loop_read(&git->loop, LOOP_CLIENT);
        status = git_step(git, false);
        if (status == SEC_E_OK)
            return ok(server->done, "the server is not done");
        if (status != SEC_I_CONTINUE_NEEDED && status != SEC_E_INCOMPLETE_MESSAGE)
            break;
    }
    return ok_status(status, SEC_E_OK, "the handshake");
}

static void git_write(struct git *git, const char *text)
{
    SecPkgContext_StreamSizes sizes;
    unsigned char memory[512];
    size_t size = strlen(text);
    struct bytes plain = {NULL, 0, 0};
    SecBufferDesc message;
    SecBuffer buffers[3];

    ok_status(QueryContextAttributesW(&git->context, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK,
              "sizes");
    memcpy(memory + sizes.cbHeader, text, size);
    buffers[0] = buffer_make(SECBUFFER_STREAM_HEADER, memory, sizes.cbHeader);
    buffers[1] = buffer_make(SECBUFFER_DATA, memory + sizes.cbHeader, size);
    buffers[2] =
        buffer_make(SECBUFFER_STREAM_TRAILER, memory + sizes.cbHeader + size, sizes.cbTrailer);
    message = list_make(buffers, 3);
    if (ok_status(EncryptMessage(&git->context, 0, &message, 0), SEC_E_OK, "EncryptMessage")) {
        loop_deliver(&git->loop, LOOP_SERVER, memory,
                     (size_t)buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer);
        ok_status(loop_receive(&git->loop, LOOP_SERVER, size, &plain), SEC_E_OK, "it arrives");
        ok(plain.size == size && !memcmp(plain.data, text, size), "as something else");
    }
    bytes_done(&plain);
}

static void git_read(struct git *git, const char *text)
{
    static const ULONG types[] = {SECBUFFER_STREAM_HEADER, SECBUFFER_DATA, SECBUFFER_STREAM_TRAILER,
                                  SECBUFFER_EMPTY};
    struct bytes *held = &git->loop.side[LOOP_CLIENT].held;
    SecBuffer buffers[4];
    SecBufferDesc message = list_make(buffers, 4);

    ok_status(loop_send(&git->loop, LOOP_SERVER, text, strlen(text)), SEC_E_OK, "the server sends");
    loop_read(&git->loop, LOOP_CLIENT);
    buffers[0] = buffer_make(SECBUFFER_DATA, held->data, held->size);
    for (size_t i = 1; i < 4; i++)
        buffers[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    if (ok_status(DecryptMessage(&git->context, &message, 0, NULL), SEC_E_OK, "DecryptMessage")) {
        for (size_t i = 0; i < 4; i++)
            ok_number(buffers[i].BufferType, types[i], "type of buffer %zu", i);
        ok(buffers[1].cbBuffer == strlen(text) && !memcmp(buffers[1].pvBuffer, text, strlen(text)),
           "other text");
    }
    bytes_drop(held, held->size);
}

static void git_close(struct git *git)
{
    DWORD token = SCHANNEL_SHUTDOWN;
    SecBuffer control = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token)),
              both = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc control_list = list_make(&control, 1), list = list_make(&both, 1);
    struct bytes plain = {NULL, 0, 0};

    ok_status(ApplyControlToken(&git->context, &control_list), SEC_E_OK, "control token");
    ok_status(InitializeSecurityContextW(&git->credential, &git->context, NULL, git->flags, 0, 0,
                                         &list, 0, NULL, &list, &git->flags, NULL),
              SEC_E_OK, "the call that closes");
    if (ok(both.pvBuffer && both.cbBuffer, "no alert")) {
        loop_deliver(&git->loop, LOOP_SERVER, both.pvBuffer, both.cbBuffer);
        FreeContextBuffer(both.pvBuffer);
        ok_status(loop_receive(&git->loop, LOOP_SERVER, 1, &plain), SEC_I_CONTEXT_EXPIRED,
                  "the server is told");
    }
    bytes_done(&plain);
}

START_TEST(habits_libgit2)
{
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
    struct credential_wish wish = {.server = true};
    struct git git;
    CredHandle server;

    memset(&git, 0, sizeof(git));
    git.flags = CLIENT_REQUEST;
    data.grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT;
    wish.certificate = pki_certificate("rsa");
    if (!wish.certificate ||
        !ok_status(credential_make(&wish, &server), SEC_E_OK, "server credential"))
        return;
    if (ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)u"Schannel", SECPKG_CRED_OUTBOUND, NULL,
                                            &data, NULL, NULL, &git.credential, NULL),
                  SEC_E_OK, "credential")) {
        loop_init(&git.loop, NULL, &server);
        if (git_connect(&git)) {
            ok_status(git.flags, CLIENT_REQUEST, "the flags have become others");
            git_write(&git, "GET / HTTP/1.1\r\n");
            git_read(&git, "HTTP/1.1 200 OK\r\n");
            git_close(&git);
        }
        ok_status(DeleteSecurityContext(&git.context), SEC_E_OK, "context");
        loop_done(&git.loop);
        FreeCredentialsHandle(&git.credential);
    }
    FreeCredentialsHandle(&server);
}
