/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Automatic validation of the server's certificate: verdicts, the ways to switch it off, and that
 * the server is told by an alert.
 *
 * Sources: the error codes that curl's and Qt's users report from Windows (SEC_E codes, not
 * CERT_E); the pages of SCHANNEL_CRED and ISC_REQ_MANUAL_CRED_VALIDATION. Revocation:
 * revocation.c.
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
    {"rsa", u"0:0:0:0:0:0:0:1", 0, SEC_E_OK, 0},
    {"rsa", u"localhost.", 0, SEC_E_OK, 0},
    {"rsa", u"A.Wild.Example.", 0, SEC_E_OK, 0},
    {"rsa", u"b\u00fccher.example", 0, SEC_E_OK, 0},
    {"rsa", u"xn--bcher-kva.example", 0, SEC_E_OK, 0},
    {"rsa", u"b\u00fccher.wild.example", 0, SEC_E_OK, 0},
    {"rsa", u"b\u00fcche.example", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"rsa", u"other.example", SCH_CRED_NO_SERVERNAME_CHECK, SEC_E_OK, 0},
    {"rsa", u"localhost.evil.example", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"ecdsa", u"localhost", 0, SEC_E_OK, 0},
    {"ecdsa384", u"localhost", 0, SEC_E_OK, 0},
    {"ecdsa521", u"localhost", 0, SEC_E_OK, 0},
    {"by-p256", u"localhost", 0, SEC_E_OK, 0},
    {"by-p384", u"localhost", 0, SEC_E_OK, 0},
    {"by-p521", u"localhost", 0, SEC_E_OK, 0},
    {"pss", u"localhost", 0, SEC_E_OK, 0},
    {"by-pss", u"localhost", 0, SEC_E_OK, 0},
    /* Below a private root: Windows refuses SHA-1 below public ones only. */
    {"sha1", u"localhost", 0, SEC_E_OK, 0},
    /* One way leads to a root that nobody trusts, the other to ours. */
    {"cross", u"localhost", 0, SEC_E_OK, 0},
    {"md5", u"localhost", 0, SEC_E_INVALID_TOKEN, 0},
    {"by-leaf", u"localhost", 0, SEC_E_CERT_UNKNOWN, 0},
    /* Without alternative names the common name counts. */
    {"cn-only", u"elsewhere.example", 0, SEC_E_OK, 0},
    {"cn-only", u"localhost", 0, SEC_E_WRONG_PRINCIPAL, 0},
    /* An address is a text as well (GlobalSign, "Securing a Public IP Address": Windows 10 takes it
     * from either field, older ones from the common name), and no place for a wildcard. */
    {"cn-address", u"127.0.0.1", 0, SEC_E_OK, 0},
    {"cn-address", u"127.0.0.2", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"text-address", u"127.0.0.1", 0, SEC_E_OK, 0},
    {"text-address", u"127.0.0.2", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"text-address", u"127.0.0.3", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"wrong-name", u"localhost", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"wrong-name", u"elsewhere.example", 0, SEC_E_OK, 0},
    {"expired", u"localhost", 0, SEC_E_CERT_EXPIRED, 0},
    {"future", u"localhost", 0, SEC_E_CERT_EXPIRED, 0},
    {"untrusted", u"localhost", 0, SEC_E_UNTRUSTED_ROOT, SCH_SEND_ROOT_CERT},
    /* A chain whose end was not sent and is not known. */
    {"untrusted", u"localhost", 0, SEC_E_UNTRUSTED_ROOT, 0},
    {"self-signed", u"localhost", 0, SEC_E_UNTRUSTED_ROOT, 0},
    {"wrong-use", u"localhost", 0, SEC_E_CERT_UNKNOWN, 0},
    {"any-use", u"localhost", 0, SEC_E_OK, 0}, /* RFC 5280 4.2.1.12: anyExtendedKeyUsage */
    {"untrusted", u"localhost", SCH_CRED_MANUAL_CRED_VALIDATION, SEC_E_OK, 0},
    {"expired", u"other.example", SCH_CRED_MANUAL_CRED_VALIDATION, SEC_E_OK, 0},
    /* Without a flag that asks for it, nobody looks for revocation lists. */
    {"revoked", u"localhost", 0, SEC_E_OK, 0},
};

/* What the server makes of the alert for a client's verdict. Which one Windows sends is not
 * documented: there only the failure is looked at. */
static SECURITY_STATUS told_to_server(SECURITY_STATUS verdict)
{
    return verdict == SEC_E_WRONG_PRINCIPAL || verdict == SEC_E_INVALID_TOKEN ? SEC_E_CERT_UNKNOWN
                                                                              : verdict;
}

/* aws-c-io gives what it has read to one call, and waits for the network after it: the client's
 * second call takes the whole flight of a server of TLS 1.3, and checks its certificate meanwhile.
 */
static void check_one_call(const struct loop *loop)
{
    size_t calls = 0;

    for (size_t i = 0; i < loop->legs && i < LOOP_LEGS && calls < 2; i++) {
        if (loop->leg[i].role != LOOP_CLIENT || ++calls != 2)
            continue;
        ok_status(loop->leg[i].status, SEC_E_OK, "the second call");
        ok_number(loop->leg[i].extra, 0, "EXTRA");
    }
    ok_number(calls, 2, "calls of the client");
}

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
        ok_status(side->status, cases[i].want, "client");
        if (cases[i].want == SEC_E_OK) {
            ok(side->done && loop.side[LOOP_SERVER].done, "not done");
            if (version == VERSION_TLS13)
                check_one_call(&loop);
        } else {
            ok(!side->done && !loop.side[LOOP_SERVER].done, "done in spite of the verdict");
            ok(loop.side[LOOP_SERVER].failed, "the server was not told by an alert");
            if (!running_on_windows())
                ok_status(loop.side[LOOP_SERVER].status, told_to_server(cases[i].want), "server");
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
            ok_status(side->status, switches[i].want, "client");
            loop_done(&loop);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
    FreeCredentialsHandle(&server);
}

/* One automatic validation of a server; the client's status. */
static SECURITY_STATUS validate(const char *name, DWORD server_flags, HCERTSTORE roots)
{
    struct credential_wish server_wish = {.server = true, .flags = server_flags};
    struct credential_wish client_wish = {
        .flags = SCH_CRED_NO_DEFAULT_CREDS, .roots = roots, .no_default_flags = true};
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    CredHandle client, server;
    struct loop loop;

    server_wish.certificate = pki_certificate(name);
    if (!server_wish.certificate ||
        !ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server credential"))
        return status;
    if (ok_status(credential_make(&client_wish, &client), SEC_E_OK, "client credential")) {
        loop_init(&loop, &client, &server);
        loop.side[LOOP_CLIENT].request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        loop_handshake(&loop);
        status = loop.side[LOOP_CLIENT].status;
        loop_done(&loop);
        FreeCredentialsHandle(&client);
    }
    FreeCredentialsHandle(&server);
    return status;
}

/* The user imports a root, and removes it, while the program runs. */
START_TEST(validation_trust_changes)
{
    if (!pki_find("untrusted") || !pki_trust("other", true)) {
        skip("needs a folder made by make-pki, and a system whose trust may be changed");
        return;
    }
    ok_status(validate("untrusted", 0, NULL), SEC_E_OK, "trusted");
    ok(pki_trust("other", false), "not removed");
    ok_status(validate("untrusted", 0, NULL), SEC_E_UNTRUSTED_ROOT, "removed");
    ok(pki_trust("other", true), "not added");
    ok_status(validate("untrusted", SCH_SEND_ROOT_CERT, NULL), SEC_E_OK, "trusted again");
    ok(pki_trust("other", false), "not removed");
    ok_status(validate("untrusted", SCH_SEND_ROOT_CERT, NULL), SEC_E_UNTRUSTED_ROOT,
              "removed again");
}

/* hRootStore: for servers by its page; ours takes it of clients as well. */
START_TEST(validation_root_store)
{
    HCERTSTORE store;

    if (running_on_windows() || !pki_find("untrusted") || !pki_store("other", &store)) {
        skip("needs a folder made by make-pki, and is not what Windows does");
        return;
    }
    ok_status(validate("untrusted", 0, store), SEC_E_OK, "root is not sent");
    ok_status(validate("untrusted", SCH_SEND_ROOT_CERT, store), SEC_E_OK, "root is sent");
    ok_status(validate("self-signed", 0, store), SEC_E_UNTRUSTED_ROOT, "another one");
    ok_status(validate("untrusted", 0, NULL), SEC_E_UNTRUSTED_ROOT, "without the store");
    ok(CertCloseStore(store, 0), "store is closed");
}

/* How many certificates a server sends. */
static void check_chain_sent(const char *name, DWORD flags, size_t want)
{
    struct credential_wish wish = {.server = true, .flags = flags};
    PCCERT_CONTEXT remote = NULL, member = NULL;
    CredHandle client, server;
    struct loop loop;
    size_t count = 0;

    wish.certificate = pki_certificate(name);
    if (!wish.certificate ||
        !ok_status(credential_make(&wish, &server), SEC_E_OK, "server credential"))
        return;
    if (client_make(&client, VERSION_ANY)) {
        if (loop_connect(&loop, &client, &server) &&
            ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote),
                      SEC_E_OK, "the server's certificate")) {
            while ((member = CertEnumCertificatesInStore(remote->hCertStore, member)) != NULL)
                count++;
            CertFreeCertificateContext(remote);
            ok(count == want, "%zu certificates instead of %zu", count, want);
        }
        loop_done(&loop);
        FreeCredentialsHandle(&client);
    }
    FreeCredentialsHandle(&server);
}

START_TEST(validation_chain_sent)
{
    static const struct {
        const char *name;
        DWORD flags;
        size_t want;
    } chains[] = {
        {"rsa", 0, 2},       {"rsa", SCH_SEND_ROOT_CERT, 3},
        {"untrusted", 0, 1}, {"untrusted", SCH_SEND_ROOT_CERT, 2},
        {"by-pss", 0, 2},    {"by-pss", SCH_SEND_ROOT_CERT, 3},
        {"by-p521", 0, 2},   {"self-signed", 0, 1},
    };

    if (!pki_find("untrusted")) {
        skip("needs a folder made by make-pki");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(chains); i++) {
        /* On Linux the chain is what stands in the file, and the root does not. */
        if (chains[i].want == 3 && !running_on_windows() && !running_under_wine())
            continue;
        push_context("%s, flags %lx", chains[i].name, (unsigned long)chains[i].flags);
        check_chain_sent(chains[i].name, chains[i].flags, chains[i].want);
        pop_context();
    }
}
