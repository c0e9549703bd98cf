/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Automatic validation of the server's certificate: verdicts, the ways to switch it off, and that
 * the server is told by an alert.
 *
 * Sources: the error codes that curl's and Qt's users report from Windows (SEC_E codes, not
 * CERT_E); the pages of SCHANNEL_CRED and ISC_REQ_MANUAL_CRED_VALIDATION.
 */
#include "common.h"

#include <string.h>

static const struct {
    const char *name; /* of the server's certificate */
    const WCHAR *target;
    DWORD flags;
    SECURITY_STATUS want;
    DWORD server_flags;
} cases[] = {
    {"rsa", u"localhost", 0, SEC_E_OK, 0},
    {"rsa", u"LOCALHOST", 0, SEC_E_OK, 0},
    {"rsa", u"a.wild.example", 0, SEC_E_OK, 0},
    {"rsa", u"a.b.wild.example", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"rsa", u"wild.example", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"rsa", u"127.0.0.1", 0, SEC_E_OK, 0},
    {"rsa", u"::1", 0, SEC_E_OK, 0},
    {"rsa", u"127.0.0.2", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"rsa", u"other.example", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"rsa", u"other.example", SCH_CRED_NO_SERVERNAME_CHECK, SEC_E_OK, 0},
    {"rsa", u"localhost.evil.example", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"ecdsa", u"localhost", 0, SEC_E_OK, 0},
    {"wrong-name", u"localhost", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"wrong-name", u"elsewhere.example", 0, SEC_E_OK, 0},
    {"expired", u"localhost", 0, SEC_E_CERT_EXPIRED, 0},
    {"future", u"localhost", 0, SEC_E_CERT_EXPIRED, 0},
    {"untrusted", u"localhost", 0, SEC_E_UNTRUSTED_ROOT, SCH_SEND_ROOT_CERT},
    /* A chain whose end was not sent and is not known. */
    {"untrusted", u"localhost", 0, SEC_E_CERT_UNKNOWN, 0},
    {"self-signed", u"localhost", 0, SEC_E_UNTRUSTED_ROOT, 0},
    {"wrong-use", u"localhost", 0, SEC_E_CERT_UNKNOWN, 0},
    {"untrusted", u"localhost", SCH_CRED_MANUAL_CRED_VALIDATION, SEC_E_OK, 0},
    {"expired", u"other.example", SCH_CRED_MANUAL_CRED_VALIDATION, SEC_E_OK, 0},
    /* Without a flag that asks for it, nobody looks for revocation lists. */
    {"revoked", u"localhost", 0, SEC_E_OK, 0},
};

static void check_case(size_t i, enum test_version version, HCERTSTORE roots)
{
    struct credential_wish server_wish = {
        .server = true, .version = version, .flags = cases[i].server_flags};
    struct credential_wish client_wish = {.version = version,
                                          .flags = cases[i].flags | SCH_CRED_NO_DEFAULT_CREDS,
                                          .roots = roots,
                                          .no_default_flags = true};
    CredHandle client, server;
    struct loop loop;

    server_wish.old_form = client_wish.old_form = version == VERSION_TLS12;
    server_wish.certificate = pki_certificate(cases[i].name);
    if (!server_wish.certificate ||
        !ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server credential"))
        return;
    if (ok_status(credential_make(&client_wish, &client), SEC_E_OK, "client credential")) {
        struct loop_side *side = &loop.side[LOOP_CLIENT];

        loop_init(&loop, &client, &server);
        side->target = cases[i].target;
        side->request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        loop_handshake(&loop);
        /* The chain that Wine's crypt32 builds for the server ends before its root. */
        todo_if(running_under_wine() && cases[i].server_flags == SCH_SEND_ROOT_CERT)
        {
            ok_status(side->status, cases[i].want, "client");
        }
        if (cases[i].want == SEC_E_OK) {
            ok(side->done && loop.side[LOOP_SERVER].done, "not done");
        } else {
            ok(!side->done && !loop.side[LOOP_SERVER].done, "done in spite of the verdict");
            ok(loop.side[LOOP_SERVER].failed, "the server was not told by an alert");
        }
        loop_done(&loop);
        FreeCredentialsHandle(&client);
    }
    FreeCredentialsHandle(&server);
}

START_TEST(validation_verdicts)
{
    HCERTSTORE roots = NULL;

    if (!pki_trust_root(&roots)) {
        skip("needs a folder made by make-pki, and a system that may be made to trust its root");
        return;
    }
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        if (!version_available(both_versions[v])) {
            win_skip("%s is not available", version_name(both_versions[v]));
            continue;
        }
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            push_context("%s, row %zu: %s", version_name(both_versions[v]), i, cases[i].name);
            check_case(i, both_versions[v], roots);
            pop_context();
        }
    }
    if (roots)
        ok(CertCloseStore(roots, 0), "store is closed");
}

/* Without a trusted root nothing but the switches lets a connection through. */
START_TEST(validation_switches)
{
    static const struct {
        const char *name;
        DWORD flags;
        ULONG request;
        SECURITY_STATUS want;
    } switches[] = {
        {"neither", 0, 0, SEC_E_UNTRUSTED_ROOT},
        {"automatic", SCH_CRED_AUTO_CRED_VALIDATION, 0, SEC_E_UNTRUSTED_ROOT},
        {"manual in the credential", SCH_CRED_MANUAL_CRED_VALIDATION, 0, SEC_E_OK},
        {"manual in the call", 0, ISC_REQ_MANUAL_CRED_VALIDATION, SEC_E_OK},
        {"automatic in the credential, manual in the call", SCH_CRED_AUTO_CRED_VALIDATION,
         ISC_REQ_MANUAL_CRED_VALIDATION, SEC_E_OK},
        {"no name check", SCH_CRED_NO_SERVERNAME_CHECK, 0, SEC_E_UNTRUSTED_ROOT},
    };
    /* The root comes along: a chain that only lacks its root is another verdict. */
    struct credential_wish server_wish = {.server = true, .flags = SCH_SEND_ROOT_CERT};
    CredHandle server;

    server_wish.certificate =
        pki_find("untrusted") ? pki_find("untrusted") : pki_certificate("rsa");
    if (!server_wish.certificate ||
        !ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server credential"))
        return;
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        struct credential_wish wish = {.version = VERSION_TLS12,
                                       .old_form = true,
                                       .flags = switches[i].flags | SCH_CRED_NO_DEFAULT_CREDS,
                                       .no_default_flags = true};
        struct loop loop;
        CredHandle client;

        push_context("%s", switches[i].name);
        if (ok_status(credential_make(&wish, &client), SEC_E_OK, "client credential")) {
            struct loop_side *side = &loop.side[LOOP_CLIENT];

            loop_init(&loop, &client, &server);
            side->request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
            side->request |= switches[i].request;
            loop_handshake(&loop);
            todo_if(running_under_wine() && switches[i].want == SEC_E_UNTRUSTED_ROOT)
            {
                ok_status(side->status, switches[i].want, "client");
            }
            loop_done(&loop);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
    FreeCredentialsHandle(&server);
}
