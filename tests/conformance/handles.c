/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Handles that are not valid: never made, all zero, all ones, freed, freed and reused, garbage, of
 * the other kind. Every function that takes one answers SEC_E_INVALID_HANDLE and harms no other
 * handle.
 *
 * Sources: FFmpeg, PuTTY, go-mssqldb and libmatoya free handles that are zero or that were freed;
 * .NET and Go copy and store them as plain values.
 */
#include "common.h"

#include <string.h>

static SECURITY_STATUS SEC_ENTRY do_initialize(SecHandle *handle)
{
    SecBuffer out = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc output = list_make(&out, 1);
    CtxtHandle context;
    ULONG attributes;

    return InitializeSecurityContextW(NULL, handle, NULL, CLIENT_REQUEST, 0, 0, NULL, 0, &context,
                                      &output, &attributes, NULL);
}

static SECURITY_STATUS SEC_ENTRY do_accept(SecHandle *handle)
{
    SecBuffer out = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc output = list_make(&out, 1);
    CtxtHandle context;
    ULONG attributes;

    return AcceptSecurityContext(NULL, handle, NULL, SERVER_REQUEST, 0, &context, &output,
                                 &attributes, NULL);
}

static SECURITY_STATUS SEC_ENTRY do_encrypt(SecHandle *handle)
{
    char memory[64] = {0};
    SecBuffer data = buffer_make(SECBUFFER_DATA, memory, sizeof(memory));
    SecBufferDesc list = list_make(&data, 1);

    return EncryptMessage(handle, 0, &list, 0);
}

static SECURITY_STATUS SEC_ENTRY do_decrypt(SecHandle *handle)
{
    char memory[64] = {0};
    SecBuffer data[4] = {buffer_make(SECBUFFER_DATA, memory, sizeof(memory))};
    SecBufferDesc list = list_make(data, 4);

    return DecryptMessage(handle, &list, 0, NULL);
}

static SECURITY_STATUS SEC_ENTRY do_sign(SecHandle *handle)
{
    SecBufferDesc list = list_make(NULL, 0);

    return MakeSignature(handle, 0, &list, 0);
}

static SECURITY_STATUS SEC_ENTRY do_verify(SecHandle *handle)
{
    SecBufferDesc list = list_make(NULL, 0);
    ULONG qop;

    return VerifySignature(handle, &list, 0, &qop);
}

static SECURITY_STATUS SEC_ENTRY do_control(SecHandle *handle)
{
    DWORD token = SCHANNEL_SHUTDOWN;
    SecBuffer buffer = buffer_make(SECBUFFER_TOKEN, &token, sizeof(token));
    SecBufferDesc list = list_make(&buffer, 1);

    return ApplyControlToken(handle, &list);
}

static SECURITY_STATUS SEC_ENTRY do_complete(SecHandle *handle)
{
    SecBufferDesc list = list_make(NULL, 0);

    return CompleteAuthToken(handle, &list);
}

static SECURITY_STATUS SEC_ENTRY do_query_w(SecHandle *handle)
{
    SecPkgContext_StreamSizes sizes;

    return QueryContextAttributesW(handle, SECPKG_ATTR_STREAM_SIZES, &sizes);
}

static SECURITY_STATUS SEC_ENTRY do_query_a(SecHandle *handle)
{
    SecPkgContext_StreamSizes sizes;

    return QueryContextAttributesA(handle, SECPKG_ATTR_STREAM_SIZES, &sizes);
}

static SECURITY_STATUS SEC_ENTRY do_token(SecHandle *handle)
{
    HANDLE token = NULL;

    return QuerySecurityContextToken(handle, &token);
}

static SECURITY_STATUS SEC_ENTRY do_set(SecHandle *handle)
{
    ULONG value = 0;

    return SetContextAttributesW(handle, SECPKG_ATTR_APP_DATA, &value, sizeof(value));
}

static SECURITY_STATUS SEC_ENTRY do_query_credential(SecHandle *handle)
{
    SecPkgCred_CipherStrengths strengths;

    return QueryCredentialsAttributesW(handle, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths);
}

static SECURITY_STATUS SEC_ENTRY do_first_call(SecHandle *handle)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    CtxtHandle context;

    return first_call(handle, u"localhost", 0, &token, &context);
}

struct use {
    const char *name;
    SECURITY_STATUS(SEC_ENTRY *call)(SecHandle *handle);
};

static const struct use context_uses[] = {
    {"InitializeSecurityContext", do_initialize},
    {"AcceptSecurityContext", do_accept},
    {"EncryptMessage", do_encrypt},
    {"DecryptMessage", do_decrypt},
    {"MakeSignature", do_sign},
    {"VerifySignature", do_verify},
    {"ApplyControlToken", do_control},
    {"CompleteAuthToken", do_complete},
    {"QueryContextAttributesW", do_query_w},
    {"QueryContextAttributesA", do_query_a},
    {"SetContextAttributesW", do_set},
    {"QuerySecurityContextToken", do_token},
    {"ImpersonateSecurityContext", ImpersonateSecurityContext},
    {"RevertSecurityContext", RevertSecurityContext},
    {"DeleteSecurityContext", DeleteSecurityContext},
};

static const struct use credential_uses[] = {
    {"InitializeSecurityContext with the credential", do_first_call},
    {"QueryCredentialsAttributesW", do_query_credential},
    {"FreeCredentialsHandle", FreeCredentialsHandle},
};

static void check_refused(const SecHandle *handle, const struct use *uses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SecHandle copy = *handle;

        ok_status(uses[i].call(&copy), SEC_E_INVALID_HANDLE, "%s", uses[i].name);
    }
}

START_TEST(handles_never_made)
{
    static const struct {
        const char *name;
        unsigned char value;
    } cases[] = {
        {"all zero", 0}, {"all ones", 0xff}, {"ones", 0x01}, {"letters", 0x41}, {"high bits", 0x80},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecHandle handle = handle_of(cases[i].value);

        push_context("%s", cases[i].name);
        check_refused(&handle, context_uses, COUNT_OF(context_uses));
        check_refused(&handle, credential_uses, COUNT_OF(credential_uses));
        pop_context();
    }
}

START_TEST(handles_random)
{
    for (unsigned i = 0; i < 2000; i++) {
        SecHandle handle = handle_of(0);
        unsigned char *bytes = (unsigned char *)&handle;

        for (size_t k = 0; k < sizeof(handle); k++)
            bytes[k] = harness_random() % 3 ? 0 : (unsigned char)harness_random();
        if (i % 2)
            ok_status(DeleteSecurityContext(&handle), SEC_E_INVALID_HANDLE, "context %u", i);
        else
            ok_status(FreeCredentialsHandle(&handle), SEC_E_INVALID_HANDLE, "credential %u", i);
    }
}

START_TEST(handles_null)
{
    ok_status(DeleteSecurityContext(NULL), SEC_E_INVALID_HANDLE, "DeleteSecurityContext");
    ok_status(FreeCredentialsHandle(NULL), SEC_E_INVALID_HANDLE, "FreeCredentialsHandle");
    if (running_on_windows()) {
        skip("whether the other functions survive NULL is not known of Windows");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(context_uses); i++)
        if (context_uses[i].call != do_initialize && context_uses[i].call != do_accept)
            ok_status(context_uses[i].call(NULL), SEC_E_INVALID_HANDLE, "%s", context_uses[i].name);
    for (size_t i = 1; i < COUNT_OF(credential_uses); i++)
        ok_status(credential_uses[i].call(NULL), SEC_E_INVALID_HANDLE, "%s",
                  credential_uses[i].name);
    ok_status(do_initialize(NULL), SEC_E_INVALID_HANDLE, "neither credential nor context");
    ok_status(do_accept(NULL), SEC_E_INVALID_HANDLE, "neither credential nor context, server");
}

START_TEST(handles_stale)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    CredHandle credential, old_credential, other;
    CtxtHandle context, old_context;

    if (!client_make(&credential, VERSION_ANY))
        return;
    ok_status(first_call(&credential, u"localhost", 0, &token, &context), SEC_I_CONTINUE_NEEDED,
              "first call");
    FreeContextBuffer(token.pvBuffer);

    old_context = context;
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "deleted");
    push_context("deleted");
    check_refused(&old_context, context_uses, COUNT_OF(context_uses));
    pop_context();

    old_credential = credential;
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "freed");
    push_context("freed");
    check_refused(&old_credential, credential_uses, COUNT_OF(credential_uses));
    pop_context();

    /* The place is used again; the old handle must not reach the new object. */
    if (!client_make(&credential, VERSION_ANY) || !client_make(&other, VERSION_ANY))
        return;
    push_context("freed, and its place in use again");
    check_refused(&old_credential, credential_uses, COUNT_OF(credential_uses));
    pop_context();
    ok_status(FreeCredentialsHandle(&other), SEC_E_OK, "the other one lives");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "the new one lives");
}

START_TEST(handles_wrong_kind)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    CredHandle credential;
    CtxtHandle context;

    if (!client_make(&credential, VERSION_ANY))
        return;
    ok_status(first_call(&credential, u"localhost", 0, &token, &context), SEC_I_CONTINUE_NEEDED,
              "first call");
    FreeContextBuffer(token.pvBuffer);
    push_context("a credential as context");
    check_refused(&credential, context_uses, COUNT_OF(context_uses));
    pop_context();
    push_context("a context as credential");
    check_refused(&context, credential_uses, COUNT_OF(credential_uses));
    pop_context();
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "the context lives");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "the credential lives");
}

START_TEST(handles_copied)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    CredHandle credential, credential_copy;
    CtxtHandle context, context_copy;

    if (!client_make(&credential, VERSION_ANY))
        return;
    credential_copy = credential;
    ok_status(first_call(&credential_copy, u"localhost", 0, &token, &context),
              SEC_I_CONTINUE_NEEDED, "a copied credential works");
    FreeContextBuffer(token.pvBuffer);
    context_copy = context;
    ok_status(DeleteSecurityContext(&context_copy), SEC_E_OK, "a copied context works");
    ok_status(DeleteSecurityContext(&context), SEC_E_INVALID_HANDLE, "the original is gone too");
    ok_status(FreeCredentialsHandle(&credential_copy), SEC_E_OK, "copy is freed");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_INVALID_HANDLE, "original is gone too");
}

START_TEST(handles_many)
{
    static CtxtHandle contexts[300];
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    CredHandle credential;

    if (!client_make(&credential, VERSION_ANY))
        return;
    for (size_t i = 0; i < COUNT_OF(contexts); i++) {
        ok_status(first_call(&credential, u"localhost", 0, &token, &contexts[i]),
                  SEC_I_CONTINUE_NEEDED, "context %zu", i);
        FreeContextBuffer(token.pvBuffer);
        for (size_t k = 0; k < i; k++)
            if (handle_equal(&contexts[k], &contexts[i]))
                ok(false, "contexts %zu and %zu have one handle", k, i);
    }
    /* MariaDB frees the credential first: the contexts keep what they need. */
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "credential first");
    for (size_t i = 0; i < COUNT_OF(contexts); i += 2)
        ok_status(DeleteSecurityContext(&contexts[i]), SEC_E_OK, "context %zu", i);
    for (size_t i = 0; i < COUNT_OF(contexts); i++)
        ok_status(DeleteSecurityContext(&contexts[i]), i % 2 ? SEC_E_OK : SEC_E_INVALID_HANDLE,
                  "context %zu, later", i);
}

/* What a library does with contexts that are idle while others are made must not show: each talks
 * as before, also in the middle of a series of messages. */
START_TEST(handles_many_idle)
{
    static struct loop loops[60];

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;
        size_t count = 0;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            while (count < COUNT_OF(loops) &&
                   loop_connect(&loops[count], &pair.client, &pair.server)) {
                if (count % 3 == 0) /* some have not said a word yet */
                    loop_check_traffic(&loops[count]);
                if (count % 8 == 7)
                    loop_check_traffic(&loops[count / 2]);
                count++;
            }
            ok_number(count, COUNT_OF(loops), "connections");
            for (size_t i = 0; i < count; i++) {
                loop_check_traffic(&loops[i]);
                loop_check_traffic(&loops[i]);
                loop_done(&loops[i]);
            }
            pair_done(&pair);
        }
        pop_context();
    }
}
