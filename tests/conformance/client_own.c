/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A server asks, and the program named no certificate: the user's own ones, the server's list of
 * issuers, and when the program is asked.
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure" (SCH_CRED_NO_DEFAULT_CREDS),
 * "SecPkgContext_IssuerListInfoEx"; curl's users see their own certificate sent without being
 * asked.
 */
#include "common.h"

#include <stdio.h>
#include <string.h>

/* A client without certificate at a server that asks for one. */
struct asking {
    CredHandle client, server;
    struct loop loop;
    HCERTSTORE roots;
    bool ready;
};

struct asking_wish {
    enum test_version version;
    const char *issuer; /* the CA that the server names; NULL: none */
    DWORD flags;        /* of the client's credential */
    ULONG request;      /* more of the client's calls */
    const char *given;  /* the client's certificate; NULL: none */
};

static bool asking_init(struct asking *asking, const struct asking_wish *wish)
{
    bool old_form = wish->version == VERSION_TLS12;
    struct credential_wish server = {
        .server = true, .version = wish->version, .old_form = old_form};
    struct credential_wish client = {.version = wish->version,
                                     .old_form = old_form,
                                     .flags = wish->flags | SCH_CRED_MANUAL_CRED_VALIDATION,
                                     .no_default_flags = true};

    memset(asking, 0, sizeof(*asking));
    server.certificate = pki_certificate("rsa");
    if (!server.certificate || (wish->issuer && !pki_store(wish->issuer, &asking->roots)))
        return false;
    server.roots = asking->roots;
    client.certificate = wish->given ? pki_certificate(wish->given) : NULL;
    if (!ok_status(credential_make(&server, &asking->server), SEC_E_OK, "server credential"))
        return false;
    if (!ok_status(credential_make(&client, &asking->client), SEC_E_OK, "client credential")) {
        FreeCredentialsHandle(&asking->server);
        return false;
    }
    loop_init(&asking->loop, &asking->client, &asking->server);
    asking->loop.side[LOOP_CLIENT].request |= wish->request;
    asking->loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
    asking->loop.side[LOOP_SERVER].unchecked = true;
    asking->ready = true;
    return true;
}

static void asking_done(struct asking *asking)
{
    if (asking->ready) {
        loop_done(&asking->loop);
        FreeCredentialsHandle(&asking->client);
        FreeCredentialsHandle(&asking->server);
    }
    if (asking->roots)
        CertCloseStore(asking->roots, 0);
}

/* Whether the client is asked; if so, it goes on without a certificate. */
static bool handshake(struct asking *asking)
{
    bool asked = false;

    loop_handshake(&asking->loop);
    for (size_t i = 0; i < asking->loop.legs && i < LOOP_LEGS; i++)
        asked |= asking->loop.leg[i].status == SEC_I_INCOMPLETE_CREDENTIALS;
    if (asking->loop.side[LOOP_CLIENT].status == SEC_I_INCOMPLETE_CREDENTIALS) {
        loop_step(&asking->loop, LOOP_CLIENT);
        loop_handshake(&asking->loop);
    }
    ok(asking->loop.side[LOOP_CLIENT].done && asking->loop.side[LOOP_SERVER].done,
       "handshake fails: client %08lx, server %08lx",
       (unsigned long)asking->loop.side[LOOP_CLIENT].status & 0xffffffff,
       (unsigned long)asking->loop.side[LOOP_SERVER].status & 0xffffffff);
    return asked;
}

/* Whether the server has a certificate of the client. */
static bool arrived(struct asking *asking)
{
    PCCERT_CONTEXT seen = NULL;

    if (QueryContextAttributesW(&asking->loop.side[LOOP_SERVER].context,
                                SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen) != SEC_E_OK)
        return false;
    CertFreeCertificateContext(seen);
    return true;
}

static void check_wish(const char *name, const struct asking_wish *wish, bool want_asked,
                       bool want_arrived)
{
    struct asking asking;
    bool asked;

    push_context("%s, %s", version_name(wish->version), name);
    if (asking_init(&asking, wish)) {
        asked = handshake(&asking);
        ok(asked == want_asked, "%s", asked ? "the program is asked" : "the program is not asked");
        ok(arrived(&asking) == want_arrived, "a certificate %s",
           want_arrived ? "did not arrive" : "arrived");
    }
    asking_done(&asking);
    pop_context();
}

/* The user has a certificate of the test's CA, whose key makes every signature. */
START_TEST(client_own_certificate)
{
    PCCERT_CONTEXT own = pki_kept("client-rsa", PKI_PROVIDER);
    HCERTSTORE roots;

    if (!own || !pki_trust_root(&roots) || !pki_own(own, true)) {
        skip("needs a folder made by make-pki, and stores that are the test's");
        pki_kept_free(own, PKI_PROVIDER);
        return;
    }
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct asking_wish wish = {.version = both_versions[v]};
        /* CryptoAPI makes no signature for TLS 1.3: such a certificate is not offered there. */
        bool fits = both_versions[v] == VERSION_TLS12;

        check_wish("any issuer", &wish, !fits, fits);
        wish.issuer = "root";
        check_wish("its issuer", &wish, !fits, fits);
        wish.issuer = "other";
        check_wish("another issuer", &wish, true, false);
        wish.issuer = NULL;
        wish.flags = SCH_CRED_NO_DEFAULT_CREDS;
        check_wish("forbidden", &wish, true, false);
        wish.flags = 0;
        wish.request = ISC_REQ_USE_SUPPLIED_CREDS;
        check_wish("the program's alone", &wish, false, false);
    }
    ok(pki_own(own, false), "not removed");
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct asking_wish wish = {.version = both_versions[v]};

        check_wish("none is left", &wish, true, false);
    }
    pki_kept_free(own, PKI_PROVIDER);
}

/* A certificate that the program named is sent, whoever the server says that he trusts. */
START_TEST(client_own_given)
{
    static const char *const issuers[] = {NULL, "root", "other"};

    if (!pki_find("client-rsa")) {
        skip("needs a folder made by make-pki");
        return;
    }
    if (running_on_windows()) {
        skip("not known of Windows when the issuer is not in the list");
        return;
    }
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(issuers); i++) {
            struct asking_wish wish = {
                .version = both_versions[v], .issuer = issuers[i], .given = "client-rsa"};

            check_wish(issuers[i] ? issuers[i] : "no list", &wish, false, true);
            wish.request = ISC_REQ_USE_SUPPLIED_CREDS;
            check_wish("with USE_SUPPLIED_CREDS", &wish, false, true);
        }
    }
}

/* Whether these bytes stand in the CA's certificate. */
static bool is_in_ca(const char *ca, const CERT_NAME_BLOB *name)
{
    char path[PKI_PATH_MAX];
    static unsigned char der[8192];
    FILE *file = pki_path(ca, ".cer", path, sizeof(path)) ? fopen(path, "rb") : NULL;
    size_t size = file ? fread(der, 1, sizeof(der), file) : 0;

    if (file)
        fclose(file);
    for (size_t i = 0; name->cbData && i + name->cbData <= size; i++)
        if (!memcmp(der + i, name->pbData, name->cbData))
            return true;
    return false;
}

START_TEST(client_own_issuer_list)
{
    if (!pki_find("client-rsa")) {
        skip("needs a folder made by make-pki");
        return;
    }
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct asking_wish wish = {
            .version = both_versions[v], .issuer = "other", .flags = SCH_CRED_NO_DEFAULT_CREDS};
        struct asking asking;

        push_context("%s", version_name(both_versions[v]));
        if (asking_init(&asking, &wish)) {
            struct loop_side *client = &asking.loop.side[LOOP_CLIENT];
            SecPkgContext_IssuerListInfoEx list = {NULL, 99};

            loop_handshake(&asking.loop);
            if (ok_status(client->status, SEC_I_INCOMPLETE_CREDENTIALS, "the question") &&
                ok_status(
                    QueryContextAttributesW(&client->context, SECPKG_ATTR_ISSUER_LIST_EX, &list),
                    SEC_E_OK, "issuer list")) {
                if (ok(list.cIssuers == 1 && list.aIssuers, "%lu issuers",
                       (unsigned long)list.cIssuers))
                    ok(is_in_ca("other", &list.aIssuers[0]), "another name");
                if (list.aIssuers)
                    ok_status(FreeContextBuffer(list.aIssuers), SEC_E_OK, "list is freed");
            }
        }
        asking_done(&asking);
        pop_context();
    }
}
