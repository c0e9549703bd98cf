/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: tokens of NTLM and SPNEGO, of which one is edited on its way or stands there as the
 * input has it, then messages. The first byte chooses: bit 0 raw or edits (fuzz.h), bits 1 and 2
 * the package and its identity, bits 4 and 5 which token it is. Nobody may come in with a wrong
 * token of the last kind: a context that both have must have one key.
 *
 * The account is that of NTLM_USER_FILE, which tests/fuzz/run makes: SECUR32:tester:Secret-1.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "harness.h"

#define LEGS 6
#define ROOM 8192

struct way {
    const WCHAR *package, *list;
};

/* The first two are NTLM's own messages, the others SPNEGO's. */
static const struct way ways[4] = {
    {u"NTLM", NULL}, {u"Negotiate", u"NTLM"}, {u"Negotiate", u"!Kerberos"}, {u"Negotiate", NULL}};

static CredHandle credentials[4][2];

static void acquire(size_t way)
{
    static bool made[4];
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                            .Length = sizeof(identity),
                                            .User = (unsigned short *)(uintptr_t)u"tester",
                                            .UserLength = 6,
                                            .Domain = (unsigned short *)(uintptr_t)u"SECUR32",
                                            .DomainLength = 7,
                                            .Password = (unsigned short *)(uintptr_t)u"Secret-1",
                                            .PasswordLength = 8,
                                            .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    WCHAR *package = (WCHAR *)(uintptr_t)ways[way].package;

    if (made[way])
        return;
    identity.PackageList = (unsigned short *)(uintptr_t)ways[way].list;
    while (ways[way].list && ways[way].list[identity.PackageListLength])
        identity.PackageListLength++;
    if (AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                  &credentials[way][0], NULL) != SEC_E_OK ||
        AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                  &credentials[way][1], NULL) != SEC_E_OK) {
        harness_skip(__FILE__, __LINE__, "NTLM or Negotiate is not there");
    }
    made[way] = true;
}

struct side {
    CtxtHandle context;
    bool has_context, is_done;
    struct bytes token; /* what it said last */
};

static SECURITY_STATUS step(struct side *side, const struct bytes *heard, size_t way,
                            bool is_server)
{
    static unsigned char memory[ROOM];
    /* Of exact size, so that a sanitizer sees a byte too much. */
    unsigned char *copy = malloc(heard->size ? heard->size : 1);
    SecBuffer in = {(ULONG)heard->size, SECBUFFER_TOKEN, copy},
              out = {ROOM, SECBUFFER_TOKEN, memory};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in}, output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle *old = side->has_context ? &side->context : NULL;
    SECURITY_STATUS status;
    ULONG attributes;

    if (!copy)
        abort();
    if (heard->size)
        memcpy(copy, heard->data, heard->size);
    if (is_server)
        status =
            AcceptSecurityContext(&credentials[way][1], old, &input, ASC_REQ_CONFIDENTIALITY,
                                  SECURITY_NATIVE_DREP, &side->context, &output, &attributes, NULL);
    else
        status = InitializeSecurityContextW(
            &credentials[way][0], old, (WCHAR *)(uintptr_t)u"HTTP/localhost",
            ISC_REQ_CONFIDENTIALITY, 0, SECURITY_NATIVE_DREP, old ? &input : NULL, 0,
            &side->context, &output, &attributes, NULL);
    free(copy);
    side->has_context = side->has_context || status >= 0;
    side->is_done = status == SEC_E_OK;
    bytes_drop(&side->token, side->token.size);
    if (status >= 0 && out.cbBuffer)
        bytes_add(&side->token, memory, out.cbBuffer);
    return status;
}

/* A sealed text with the plan's edits in it, or the plan itself in its place. */
static void open_message(struct side *from, struct side *to, const struct fuzz_plan *plan)
{
    unsigned char token[64], text[] = "a message of the fuzzer";
    SecBuffer out[2] = {{16, SECBUFFER_TOKEN, token}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc sealed = {SECBUFFER_VERSION, 2, out};
    struct bytes whole = {NULL, 0, 0};
    SecBuffer in[2] = {{0, SECBUFFER_STREAM, NULL}, {0, SECBUFFER_DATA, NULL}};
    SecBufferDesc opened = {SECBUFFER_VERSION, 2, in};

    if (EncryptMessage(&from->context, 0, &sealed, 0) != SEC_E_OK)
        return;
    bytes_add(&whole, token, out[0].cbBuffer);
    bytes_add(&whole, text, out[1].cbBuffer);
    if (plan->mode == FUZZ_EDITS)
        fuzz_edit(plan, 0, &whole);
    else
        bytes_drop(&whole, whole.size), bytes_add(&whole, plan->data, plan->size);
    in[0].cbBuffer = (ULONG)whole.size;
    in[0].pvBuffer = whole.data;
    if (DecryptMessage(&to->context, &opened, 0, NULL) == SEC_E_OK &&
        ((uint8_t *)in[1].pvBuffer < whole.data ||
         in[1].cbBuffer > whole.size - (size_t)((uint8_t *)in[1].pvBuffer - whole.data)))
        abort();
    bytes_done(&whole);
}

/* They need not be the same: without a signature over all messages (MIC) NTLM lets flags be
 * changed. */
static void read_key(struct side *side)
{
    SecPkgContext_SessionKey key = {0, NULL};

    if (QueryContextAttributesW(&side->context, SECPKG_ATTR_SESSION_KEY, &key) == SEC_E_OK &&
        key.SessionKeyLength < 16)
        abort();
    FreeContextBuffer(key.SessionKey);
}

/* A name of UTF-16, or that there is none. */
static void read_target(struct side *side)
{
    SecPkgContext_ClientSpecifiedTarget target = {NULL};
    SECURITY_STATUS status =
        QueryContextAttributesW(&side->context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);

    if (status == SEC_E_OK ? !target.sTargetName : status != SEC_E_TARGET_UNKNOWN)
        abort();
    FreeContextBuffer(target.sTargetName);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_plan plan = fuzz_plan(data, size);
    size_t way = size ? data[0] >> 1 & 3 : 0, bent = size ? data[0] >> 4 & 3 : 0;
    struct side client = {.has_context = false}, server = {.has_context = false};
    SECURITY_STATUS status = SEC_E_OK;

    acquire(way);
    for (size_t leg = 0; leg < LEGS && status >= 0; leg++) {
        struct side *side = leg % 2 ? &server : &client, *peer = leg % 2 ? &client : &server;

        if (leg == bent + 1 && plan.mode == FUZZ_EDITS)
            fuzz_edit(&plan, 0, &peer->token);
        else if (leg == bent + 1)
            bytes_drop(&peer->token, peer->token.size),
                bytes_add(&peer->token, plan.data, plan.size);
        if (!side->is_done)
            status = step(side, &peer->token, way, leg % 2);
        if (client.is_done && server.is_done)
            break;
    }
    if (client.is_done && server.is_done) {
        read_key(&client);
        read_key(&server);
        read_target(&server);
        open_message(&client, &server, &plan);
    }
    if (client.has_context)
        DeleteSecurityContext(&client.context);
    if (server.has_context)
        DeleteSecurityContext(&server.context);
    bytes_done(&client.token);
    bytes_done(&server.token);
    return 0;
}
