/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes that need more than a plain connection: the serialized chain and its reader, the root
 * store, a server's policy for client certificates, the extensions, what can be set.
 *
 * Sources: schannel.h and minschannel.h of the Windows SDK; Microsoft Learn, "SCHANNEL_CRED
 * structure", "SetContextAttributes function"; how msquic uses CLIENT_CERT_POLICY.
 */
#include "common.h"

#include <string.h>

/* ---- the chain as one blob ---- */

static size_t certificates_in(HCERTSTORE store)
{
    PCCERT_CONTEXT context = NULL;
    size_t count = 0;

    while ((context = CertEnumCertificatesInStore(store, context)) != NULL)
        count++;
    return count;
}

typedef SECURITY_STATUS(WINAPI *deserialize_function)(CERT_BLOB, PCCERT_CONTEXT *);

static deserialize_function find_deserialize(void)
{
#ifdef _WIN32
    HMODULE module = LoadLibraryA("schannel.dll");

    return module ? (deserialize_function)(void (*)(void))GetProcAddress(
                        module, "SslDeserializeCertificateStore")
                  : NULL;
#else
    return SslDeserializeCertificateStore;
#endif
}

static void check_serialized(CtxtHandle *context, ULONG attribute, PCCERT_CONTEXT remote)
{
    deserialize_function deserialize = find_deserialize();
    CERT_BLOB blob = {0, NULL};
    PCCERT_CONTEXT leaf = NULL;
    SECURITY_STATUS status = QueryContextAttributesW(context, attribute, &blob);

    if (!deserialize || status == SEC_E_UNSUPPORTED_FUNCTION) {
        win_skip("no serialized certificates");
        return;
    }
    if (!ok_status(status, SEC_E_OK, "the chain"))
        return;
    if (ok_status(deserialize(blob, &leaf), SEC_E_OK, "read") && ok(leaf != NULL, "no leaf")) {
        ok(leaf->cbCertEncoded == remote->cbCertEncoded &&
               !memcmp(leaf->pbCertEncoded, remote->pbCertEncoded, leaf->cbCertEncoded),
           "another leaf");
        ok_number(certificates_in(leaf->hCertStore), certificates_in(remote->hCertStore),
                  "certificates");
        CertFreeCertificateContext(leaf);
    }
    ok(deserialize((CERT_BLOB){blob.cbData - 1, blob.pbData}, &leaf) < 0 && !leaf, "a byte less");
    ok_status(FreeContextBuffer(blob.pbData), SEC_E_OK, "freed");
}

START_TEST(attributes_serialized)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            CtxtHandle *client = &it.loop.side[LOOP_CLIENT].context;
            PCCERT_CONTEXT remote = NULL;

            if (ok_status(QueryContextAttributesW(client, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote),
                          SEC_E_OK, "leaf")) {
                check_serialized(client, SECPKG_ATTR_SERIALIZED_REMOTE_CERT_CONTEXT, remote);
                check_serialized(client, SECPKG_ATTR_SERIALIZED_REMOTE_CERT_CONTEXT_INPROC, remote);
                CertFreeCertificateContext(remote);
            }
        }
        disconnect(&it);
        pop_context();
    }
}

/* ---- a server and its clients' certificates ---- */

/* Connects with a client certificate, without any judgment on the way. */
static bool connect_certified(struct loop *loop, CredHandle *client, CredHandle *server)
{
    loop_init(loop, client, server);
    loop->side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
    loop->side[LOOP_SERVER].unchecked = true;
    return ok(loop_handshake(loop), "no handshake");
}

static SECURITY_STATUS set_policy(CredHandle *server, const SecPkgCred_ClientCertPolicy *policy)
{
    return SetCredentialsAttributesW(server, SECPKG_ATTR_CLIENT_CERT_POLICY,
                                     (void *)(uintptr_t)policy, sizeof(*policy));
}

static const GUID policy_id = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

static void check_judged(CredHandle *client, CredHandle *server, bool want_good)
{
    SecPkgContext_CertificateValidationResult check = {0, 0};
    SecPkgContext_ClientCertPolicyResult result;
    struct loop loop;

    memset(&result, 0, sizeof(result));
    if (connect_certified(&loop, client, server)) {
        CtxtHandle *context = &loop.side[LOOP_SERVER].context;

        ok_status(QueryContextAttributesW(context, SECPKG_ATTR_CERT_CHECK_RESULT, &check), SEC_E_OK,
                  "check");
        ok_status(QueryContextAttributesW(context, SECPKG_ATTR_CC_POLICY_RESULT, &result), SEC_E_OK,
                  "policy");
        if (want_good)
            ok_status(result.dwPolicyResult, SEC_E_OK, "the policy's result");
        else
            ok(result.dwPolicyResult < 0, "a stranger's certificate is good");
        ok_status(check.hrVerifyChainStatus, result.dwPolicyResult, "both results");
        ok(!memcmp(&result.guidPolicyId, &policy_id, sizeof(policy_id)), "another policy");
    }
    loop_done(&loop);
}

START_TEST(attributes_client_policy)
{
    PCCERT_CONTEXT server_certificate = pki_certificate("rsa");
    PCCERT_CONTEXT good = pki_certificate("client-rsa"), stranger = pki_find("self-signed");
    const SecPkgCred_ClientCertPolicy policy = {.guidPolicyId = policy_id};
    CredHandle client, other, server;
    HCERTSTORE roots = NULL;

    if (!server_certificate || !good || !stranger)
        return;
    if (running_on_windows() || !pki_trust_root(&roots)) {
        skip("the test's root cannot be trusted here");
        return;
    }
    if (ok_status(credential_make(&(struct credential_wish){.server = true,
                                                            .certificate = server_certificate,
                                                            .roots = roots},
                                  &server),
                  SEC_E_OK, "server") &&
        ok_status(credential_make(&(struct credential_wish){.certificate = good}, &client),
                  SEC_E_OK, "client") &&
        ok_status(credential_make(&(struct credential_wish){.certificate = stranger}, &other),
                  SEC_E_OK, "stranger")) {
        SecPkgCred_ClientCertPolicy listed = policy;

        ok_status(set_policy(&client, &policy), SEC_E_UNSUPPORTED_FUNCTION, "on a client");
        ok_status(SetCredentialsAttributesW(&server, SECPKG_ATTR_CLIENT_CERT_POLICY, &listed,
                                            sizeof(listed) - 1),
                  SEC_E_BUFFER_TOO_SMALL, "a byte less");
        /* As .NET does for SslCertificateTrust. */
        listed.pwszSslCtlStoreName = (LPWSTR)u"Root";
        ok_status(set_policy(&server, &listed),
                  running_under_wine() ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION, "a store by name");
        ok_status(set_policy(&server, &policy), SEC_E_OK, "on the server");
        check_judged(&client, &server, true);
        check_judged(&other, &server, false);
        FreeCredentialsHandle(&client);
        FreeCredentialsHandle(&other);
        FreeCredentialsHandle(&server);
    }
    if (roots)
        CertCloseStore(roots, 0);
}

/* ---- the root store ---- */

START_TEST(attributes_root_store)
{
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    CredHandle client, server;
    HCERTSTORE roots = NULL, told = NULL;
    struct loop loop;

    if (!certificate)
        return;
    if (running_on_windows() || !pki_trust_root(&roots)) {
        skip("the test's root cannot be trusted here");
        return;
    }
    if (ok_status(credential_make(&(struct credential_wish){.server = true,
                                                            .certificate = certificate,
                                                            .roots = roots},
                                  &server),
                  SEC_E_OK, "server") &&
        client_make(&client, VERSION_ANY)) {
        if (loop_connect(&loop, &client, &server)) {
            SECURITY_STATUS status = QueryContextAttributesW(&loop.side[LOOP_SERVER].context,
                                                             SECPKG_ATTR_ROOT_STORE, &told);

            if (ok_status(status, SEC_E_OK, "the server's store") && ok(told != NULL, "none")) {
                if (roots)
                    ok_number(certificates_in(told), certificates_in(roots), "certificates");
                ok(CertCloseStore(told, 0), "closed");
            }
            told = NULL;
            status = QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                             SECPKG_ATTR_ROOT_STORE, &told);
            if (running_under_wine()) {
                ok_status(status, SEC_E_OK, "the system's store");
                ok(told && CertCloseStore(told, 0), "closed");
            } else {
                ok_status(status, SEC_E_NO_CREDENTIALS, "no store on Linux");
            }
        }
        loop_done(&loop);
        FreeCredentialsHandle(&client);
        FreeCredentialsHandle(&server);
    }
    if (roots)
        CertCloseStore(roots, 0);
}

/* ---- the server's extensions, and what can be set ---- */

static bool has_extension(const SecPkgContext_NegotiatedTlsExtensions *list, USHORT type)
{
    for (DWORD i = 0; i < list->ExtensionsCount; i++)
        if (list->Extensions[i] == type)
            return true;
    return false;
}

START_TEST(attributes_extensions)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        SecPkgContext_NegotiatedTlsExtensions ours = {0, NULL}, theirs = {0, NULL};
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v]) &&
            ok_status(QueryContextAttributesW(&it.loop.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, &ours),
                      SEC_E_OK, "client") &&
            ok_status(QueryContextAttributesW(&it.loop.side[LOOP_SERVER].context,
                                              SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, &theirs),
                      SEC_E_OK, "server")) {
            /* supported_versions (RFC 8446 4.2.1); renegotiation_info (RFC 5746 3.2) */
            USHORT sure = both_versions[v] == VERSION_TLS13 ? 43 : 0xff01;

            ok(has_extension(&ours, sure), "client: no %u", sure);
            ok(has_extension(&theirs, sure), "server: no %u", sure);
            ok(!has_extension(&ours, 16), "ALPN although nobody asked");
            if (!running_on_windows())
                ok(ours.ExtensionsCount == theirs.ExtensionsCount &&
                       !memcmp(ours.Extensions, theirs.Extensions,
                               ours.ExtensionsCount * sizeof(*ours.Extensions)),
                   "client and server differ");
            ok_status(FreeContextBuffer(ours.Extensions), SEC_E_OK, "freed");
            ok_status(FreeContextBuffer(theirs.Extensions), SEC_E_OK, "freed");
        }
        disconnect(&it);
        pop_context();
    }
}

START_TEST(attributes_early_start)
{
    SecPkgContext_EarlyStart start = {ENABLE_TLS_CLIENT_EARLY_START};
    struct loop loop;
    struct pair pair;

    if (!pair_make(&pair, VERSION_TLS12, "rsa"))
        return;
    loop_init(&loop, &pair.client, &pair.server);
    loop_step(&loop, LOOP_CLIENT);
    ok_status(SetContextAttributesW(&loop.side[LOOP_CLIENT].context, SECPKG_ATTR_EARLY_START,
                                    &start, sizeof(start)),
              SEC_E_OK, "set");
    ok(SetContextAttributesW(&loop.side[LOOP_CLIENT].context, SECPKG_ATTR_EARLY_START, &start,
                             sizeof(start) - 1) < 0,
       "a byte less");
    if (ok(loop_handshake(&loop), "no handshake"))
        loop_check_traffic(&loop);
    loop_done(&loop);
    pair_done(&pair);
}

START_TEST(attributes_lifespan)
{
    SecPkgContext_Lifespan early, late;
    struct connection it;

    memset(&early, 0, sizeof(early));
    memset(&late, 0, sizeof(late));
    if (connect_pair(&it, VERSION_TLS12)) {
        CtxtHandle *client = &it.loop.side[LOOP_CLIENT].context;

        ok_status(QueryContextAttributesW(client, SECPKG_ATTR_LIFESPAN, &early), SEC_E_OK, "first");
        loop_check_traffic(&it.loop);
        ok_status(QueryContextAttributesW(client, SECPKG_ATTR_LIFESPAN, &late), SEC_E_OK, "again");
        ok(early.tsStart.QuadPart == late.tsStart.QuadPart, "another start");
        if (!running_on_windows())
            ok(early.tsStart.QuadPart > INT64_C(132000000000000000), "starts before 2019");
        ok(late.tsExpiry.QuadPart > late.tsStart.QuadPart, "ends before it starts");
    }
    disconnect(&it);
}
