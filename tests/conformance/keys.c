/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Private keys that stay where they are kept: signatures come from the key's provider. What a
 * credential is given may be freed at once. Several certificates in one credential.
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure" (paCred); RFC 8446 4.2.3: TLS 1.3 takes no
 * PKCS#1 signature of an RSA key, and CryptoAPI makes no other. curl closes its store right after
 * AcquireCredentialsHandle.
 */
#include "common.h"

#include <string.h>

static const struct {
    const char *name;
    enum pki_keeper keeper;
    bool tls13;
} keepers[] = {
    {"PROV_RSA_AES", PKI_PROVIDER, false},
    {"PROV_RSA_FULL", PKI_PROVIDER_OLD, false},
    {"AT_SIGNATURE", PKI_SIGNATURE, false},
    {"CNG", PKI_CNG, true},
};

/* What the two sides agreed on, or that they did not. */
struct outcome {
    bool done;
    SECURITY_STATUS client, server;
    DWORD protocol;
    bool seen; /* the server has the client's certificate */
};

static struct outcome connect_with(CredHandle *client, CredHandle *server, bool mutual)
{
    struct outcome outcome = {false, SEC_E_OK, SEC_E_OK, 0, false};
    SecPkgContext_ConnectionInfo info;
    PCCERT_CONTEXT seen = NULL;
    struct loop loop;

    loop_init(&loop, client, server);
    loop.side[LOOP_SERVER].unchecked = mutual;
    if (mutual)
        loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
    outcome.done = loop_handshake(&loop);
    outcome.client = loop.side[LOOP_CLIENT].status;
    outcome.server = loop.side[LOOP_SERVER].status;
    if (outcome.done) {
        loop_check_traffic(&loop);
        if (ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_CONNECTION_INFO, &info),
                      SEC_E_OK, "connection info"))
            outcome.protocol = info.dwProtocol;
        if (QueryContextAttributesW(&loop.side[LOOP_SERVER].context,
                                    SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen) == SEC_E_OK) {
            outcome.seen = true;
            CertFreeCertificateContext(seen);
        }
    }
    loop_done(&loop);
    return outcome;
}

static void check_version(const struct outcome *outcome, enum test_version version, bool tls13)
{
    DWORD want = version == VERSION_TLS12 || !tls13 ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_3_CLIENT;

    ok(outcome->done, "handshake fails: client %08lx, server %08lx",
       (unsigned long)outcome->client & 0xffffffff, (unsigned long)outcome->server & 0xffffffff);
    ok(outcome->protocol == want, "protocol %lx instead of %lx", (unsigned long)outcome->protocol,
       (unsigned long)want);
}

/* As a server, and as a client that is asked for it, in TLS 1.2 alone and in what both like best.
 */
static void check_keeper(size_t i, enum test_version version, bool server_side)
{
    const char *name = server_side ? "rsa" : "client-rsa";
    struct credential_wish with = {
        .server = server_side, .version = version, .old_form = version == VERSION_TLS12};
    struct credential_wish other = {
        .server = !server_side, .version = version, .old_form = version == VERSION_TLS12};
    CredHandle kept, peer;
    struct outcome outcome;

    other.certificate = server_side ? NULL : pki_certificate("rsa");
    with.certificate = pki_kept(name, keepers[i].keeper);
    if (!ok(with.certificate != NULL, "the key could not be put there"))
        return;
    if (!pki_kept_signs(with.certificate, keepers[i].keeper)) {
        skip("what the provider signs with this key does not fit the certificate");
        pki_kept_free(with.certificate, keepers[i].keeper);
        return;
    }
    if (ok_status(credential_make(&other, &peer), SEC_E_OK, "the peer's credential")) {
        if (ok_status(credential_make(&with, &kept), SEC_E_OK, "credential")) {
            outcome = connect_with(server_side ? &peer : &kept, server_side ? &kept : &peer,
                                   !server_side);
            check_version(&outcome, version, keepers[i].tls13 && version_available(VERSION_TLS13));
            ok(server_side || outcome.seen, "the client's certificate did not arrive");
            FreeCredentialsHandle(&kept);
        }
        FreeCredentialsHandle(&peer);
    }
    pki_kept_free(with.certificate, keepers[i].keeper);
}

START_TEST(keys_of_providers)
{
    PCCERT_CONTEXT probe = pki_kept("rsa", PKI_PROVIDER);

    if (!probe) {
        skip("needs a folder made by make-pki, and a system with providers that are the test's");
        return;
    }
    pki_kept_free(probe, PKI_PROVIDER);
    for (size_t i = 0; i < COUNT_OF(keepers); i++) {
        for (size_t side = 0; side < 2; side++) {
            push_context("%s of a %s", keepers[i].name, side ? "server" : "client");
            check_keeper(i, VERSION_TLS12, side == 1);
            check_keeper(i, VERSION_ANY, side == 1);
            pop_context();
        }
    }
}

/* Where TLS 1.3 is the only version, a key without RSA-PSS leads to an error on both sides, and to
 * nothing half done. */
START_TEST(keys_without_pss)
{
    struct credential_wish with = {.server = true, .version = VERSION_TLS13};
    struct credential_wish other = {.version = VERSION_TLS13};
    CredHandle server, client;
    struct outcome outcome;

    with.certificate = pki_kept("rsa", PKI_PROVIDER);
    if (!with.certificate || !version_available(VERSION_TLS13)) {
        skip("needs TLS 1.3 and a key in a provider");
        return;
    }
    if (ok_status(credential_make(&with, &server), SEC_E_OK, "server credential")) {
        if (ok_status(credential_make(&other, &client), SEC_E_OK, "client credential")) {
            outcome = connect_with(&client, &server, false);
            ok(!outcome.done && outcome.server < 0 && outcome.client < 0,
               "client %08lx, server %08lx", (unsigned long)outcome.client & 0xffffffff,
               (unsigned long)outcome.server & 0xffffffff);
            FreeCredentialsHandle(&client);
        }
        FreeCredentialsHandle(&server);
    }
    pki_kept_free(with.certificate, PKI_PROVIDER);
}

/* The credential keeps what it needs. */
START_TEST(keys_freed_at_once)
{
    struct credential_wish server_wish = {.server = true}, client_wish = {0};
    CredHandle server, client;
    struct outcome outcome;

    if (!pki_find("client-rsa") || !pki_certificate("rsa"))
        return;
    server_wish.certificate = pki_open("rsa");
    client_wish.certificate = pki_open("client-rsa");
    if (!ok(server_wish.certificate && client_wish.certificate, "not opened again"))
        return;
    if (ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server credential")) {
        pki_free(server_wish.certificate);
        if (ok_status(credential_make(&client_wish, &client), SEC_E_OK, "client credential")) {
            pki_free(client_wish.certificate);
            outcome = connect_with(&client, &server, true);
            ok(outcome.done && outcome.seen, "client %08lx, server %08lx",
               (unsigned long)outcome.client & 0xffffffff,
               (unsigned long)outcome.server & 0xffffffff);
            FreeCredentialsHandle(&client);
        }
        FreeCredentialsHandle(&server);
    }
}

/* Programs name both encodings, of which the high half is about messages. */
START_TEST(keys_encodings)
{
    static const struct {
        const char *name;
        DWORD encoding;
        SECURITY_STATUS want;
    } encodings[] = {
        {"X.509", X509_ASN_ENCODING, SEC_E_OK},
        {"X.509 and PKCS#7", X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, SEC_E_OK},
        {"PKCS#7", PKCS_7_ASN_ENCODING, SEC_E_UNKNOWN_CREDENTIALS},
        {"none", 0, SEC_E_UNKNOWN_CREDENTIALS},
    };
    struct credential_wish wish = {.server = true, .certificate = pki_certificate("rsa")};
    CERT_CONTEXT *context = (CERT_CONTEXT *)(uintptr_t)wish.certificate;
    CredHandle credential;
    DWORD before;

    if (!context)
        return;
    before = context->dwCertEncodingType;
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        if (running_on_windows() && encodings[i].want != SEC_E_OK)
            continue;
        context->dwCertEncodingType = encodings[i].encoding;
        if (ok_status(credential_make(&wish, &credential), encodings[i].want, "%s",
                      encodings[i].name) &&
            encodings[i].want == SEC_E_OK)
            FreeCredentialsHandle(&credential);
    }
    context->dwCertEncodingType = before;
}

/* ---- several certificates ---- */

static SECURITY_STATUS make_several(bool server, PCCERT_CONTEXT *list, DWORD count,
                                    CredHandle *credential)
{
    static WCHAR package[] = UNISP;
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = count, .paCred = list};

    data.grbitEnabledProtocols = credential_protocol(VERSION_TLS12, server);
    if (!server)
        data.dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS;
    return AcquireCredentialsHandleW(NULL, package,
                                     server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                     &data, NULL, NULL, credential, NULL);
}

/* A client that wants one kind of signature only. */
static SECURITY_STATUS make_picky(ALG_ID kind, CredHandle *credential)
{
    static WCHAR package[] = UNISP;
    ALG_ID algorithms[] = {CALG_AES_128, CALG_AES_256,    CALG_SHA_256,
                           CALG_SHA_384, CALG_ECDH_EPHEM, kind};
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .cSupportedAlgs = COUNT_OF(algorithms),
                          .palgSupportedAlgs = algorithms,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};

    data.grbitEnabledProtocols = credential_protocol(VERSION_TLS12, false);
    return AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL,
                                     credential, NULL);
}

static void check_picky(CredHandle *server, ALG_ID kind, PCCERT_CONTEXT want)
{
    PCCERT_CONTEXT remote = NULL;
    CredHandle client;
    struct loop loop;

    if (!ok_status(make_picky(kind, &client), SEC_E_OK, "client credential"))
        return;
    if (loop_connect(&loop, &client, server) &&
        ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                          SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote),
                  SEC_E_OK, "the server's certificate")) {
        ok(remote->cbCertEncoded == want->cbCertEncoded &&
               !memcmp(remote->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
           "another certificate");
        CertFreeCertificateContext(remote);
    }
    loop_done(&loop);
    FreeCredentialsHandle(&client);
}

START_TEST(keys_chosen_by_kind)
{
    PCCERT_CONTEXT rsa = pki_certificate("rsa"), ecdsa = rsa ? pki_certificate("ecdsa") : NULL;

    if (!ecdsa)
        return;
    for (size_t order = 0; order < 2; order++) {
        PCCERT_CONTEXT list[] = {order ? rsa : ecdsa, order ? ecdsa : rsa};
        CredHandle server;

        push_context("%s first", order ? "RSA" : "ECDSA");
        if (ok_status(make_several(true, list, COUNT_OF(list), &server), SEC_E_OK, "server")) {
            push_context("RSA is wanted");
            check_picky(&server, CALG_RSA_SIGN, rsa);
            pop_context();
            push_context("ECDSA is wanted");
            check_picky(&server, CALG_ECDSA, ecdsa);
            pop_context();
            FreeCredentialsHandle(&server);
        }
        pop_context();
    }
}

/* A client with two: one of them goes to the server. */
START_TEST(keys_two_of_a_client)
{
    PCCERT_CONTEXT list[] = {pki_find("client-ecdsa"), pki_find("client-rsa")};
    struct credential_wish wish = {.server = true, .version = VERSION_TLS12, .old_form = true};
    CredHandle client, server;
    struct outcome outcome;

    if (!list[1] || !(wish.certificate = pki_certificate("rsa"))) {
        skip("needs a folder made by make-pki");
        return;
    }
    if (!list[0])
        list[0] = list[1];
    if (!ok_status(make_several(false, list, COUNT_OF(list), &client), SEC_E_OK, "client"))
        return;
    if (ok_status(credential_make(&wish, &server), SEC_E_OK, "server")) {
        outcome = connect_with(&client, &server, true);
        ok(outcome.done && outcome.seen, "client %08lx, server %08lx",
           (unsigned long)outcome.client & 0xffffffff, (unsigned long)outcome.server & 0xffffffff);
        FreeCredentialsHandle(&server);
    }
    FreeCredentialsHandle(&client);
}
