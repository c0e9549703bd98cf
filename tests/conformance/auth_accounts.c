/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * NTLM with names that are out of the ordinary: as long as a program likes, and no password.
 * The client computes its answer for any account; it is the server that denies the logon.
 *
 * Source: Microsoft Learn, "SEC_WINNT_AUTH_IDENTITY structure"; UNLEN (256) of lmcons.h; MS-NLMP
 * 3.3.2 (the user's name counts in capitals).
 */
#include "auth.h"

#include <string.h>

/* Another identity for the client than the account that the server knows. */
struct other {
    const char *name;
    WCHAR unit; /* of which the name is made; 0: the account's own */
    size_t user, domain;
    bool is_usual; /* Windows knows such names */
};

static const struct other others[] = {
    {"the longest names", u'a', 256, 255, true},
    {"a user too long", u'a', 600, 7, false},
    {"a domain too long", u'a', 6, 600, false},
    {"both", u'a', 514, 514, false},
    {"a user of 1000", u'a', 1000, 7, false},
    {"a user of 30000", u'a', 30000, 7, false},
    {"three capitals for each character", u'\ufb03', 100, 7, true},
    {"too many of those", u'\ufb03', 256, 7, false},
    {"letters that are not ASCII", u'\u00e9', 1000, 7, false},
};

static SECURITY_STATUS acquire_other(const struct auth_way *way, const struct other *other,
                                     CredHandle *credential)
{
    static WCHAR text[30000];
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(identity),
        .User = (unsigned short *)text,
        .UserLength = (ULONG)other->user,
        .Domain = (unsigned short *)text,
        .DomainLength = (ULONG)other->domain,
        .Password = (unsigned short *)u"x",
        .PasswordLength = 1,
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
        .PackageList = (unsigned short *)way->list,
        .PackageListLength = way->list ? 4 : 0, /* "NTLM" */
    };

    for (size_t i = 0; i < COUNT_OF(text); i++)
        text[i] = other->unit;
    return AcquireCredentialsHandleW(NULL, (WCHAR *)way->package, SECPKG_CRED_OUTBOUND, NULL,
                                     &identity, NULL, NULL, credential, NULL);
}

static void check_other(const struct auth_way *way, const struct other *other)
{
    struct auth_pair pair;
    CredHandle credential;
    SECURITY_STATUS status;

    if (auth_init(&pair, way)) {
        status = acquire_other(way, other, &credential);
        if (other->is_usual)
            ok_status(status, SEC_E_OK, "acquire");
        if (status == SEC_E_OK) {
            FreeCredentialsHandle(&pair.client.credential);
            pair.client.credential = credential;
            ok(!auth_run(&pair), "somebody that the server does not know was let in");
            if (other->is_usual)
                ok_status(pair.server.status, SEC_E_LOGON_DENIED, "server");
            else if (!running_on_windows())
                ok_status(pair.client.status, SEC_E_NO_CREDENTIALS, "client");
        } else {
            ok_status(status, SEC_E_UNKNOWN_CREDENTIALS, "acquire");
        }
    }
    auth_done(&pair);
}

START_TEST(auth_long_names)
{
    for (size_t way = 0; way < AUTH_WAYS; way++)
        for (size_t i = 0; i < COUNT_OF(others); i++) {
            push_context("%s, %s", auth_ways[way].name, others[i].name);
            if (!auth_ways[way].kerberos)
                check_other(&auth_ways[way], &others[i]);
            pop_context();
        }
}

/* A name is told as a whole or not at all. No text of Windows' has more than 32767 characters
 * (UNICODE_STRING). */
START_TEST(auth_long_targets)
{
    static const size_t lengths[] = {1000, 20000, 33000, 66000};
    static WCHAR text[66001];

    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct auth_pair pair;
        ULONG attributes;
        CtxtHandle context;
        SecBuffer out = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        SecBufferDesc output = list_make(&out, 1);
        SECURITY_STATUS status;

        memset(text, 0, sizeof(text));
        for (size_t k = 0; k < lengths[i]; k++)
            text[k] = k == 4 ? u'/' : u'h';
        if (auth_init(&pair, &auth_ways[0])) {
            status = InitializeSecurityContextW(&pair.client.credential, NULL, text, AUTH_REQUEST,
                                                0, SECURITY_NATIVE_DREP, NULL, 0, &context, &output,
                                                &attributes, NULL);
            if (lengths[i] > 32767) {
                ok(status < 0, "%lu characters were taken", (unsigned long)lengths[i]);
                ok_number(out.cbBuffer, 0, "bytes for the server");
            } else {
                ok_status(status, SEC_I_CONTINUE_NEEDED, "%lu characters",
                          (unsigned long)lengths[i]);
            }
            if (status >= 0)
                DeleteSecurityContext(&context);
            FreeContextBuffer(out.pvBuffer);
        }
        auth_done(&pair);
    }
}

/* The account of the test has a password, so nobody gets in without; but the client can try, as it
 * can for guests. */
START_TEST(auth_no_password)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        struct auth_pair pair;

        push_context("%s", auth_ways[way].name);
        if (!auth_ways[way].kerberos && auth_init(&pair, &auth_ways[way])) {
            FreeCredentialsHandle(&pair.client.credential);
            pair.account.password[0] = 0;
            pair.client.has_credential = ok_status(
                auth_client_credential(&auth_ways[way], &pair.account, &pair.client.credential),
                SEC_E_OK, "acquire");
            ok(!auth_run(&pair), "got in without the password");
            ok_status(pair.server.status, SEC_E_LOGON_DENIED, "server (client %08lx)",
                      (unsigned long)(ULONG)pair.client.status);
        }
        if (!auth_ways[way].kerberos)
            auth_done(&pair);
        pop_context();
    }
}
