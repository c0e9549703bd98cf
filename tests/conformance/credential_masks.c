/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * TLS_PARAMETERS as programs fill it, and what is negotiated then with a server that has both
 * versions: what is named counts, whatever else the mask has.
 *
 * Sources: the credentials of curl, .NET's SslStream, Rust's schannel and Qt, as their own code
 * makes them: grbitDisabledProtocols is the complement of what is wanted, with bits of both sides
 * and of protocols long gone; pDisabledCrypto points somewhere while cDisabledCrypto is 0.
 */
#include "common.h"

#include <string.h>

#define CLIENT12 SP_PROT_TLS1_2_CLIENT
#define CLIENT13 SP_PROT_TLS1_3_CLIENT
#define BOTH_SIDES12 (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER)
#define BOTH_SIDES13 (SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER)

static DWORD negotiated(CredHandle *client, CredHandle *server)
{
    SecPkgContext_ConnectionInfo info = {0};
    struct loop loop;

    loop_init(&loop, client, server);
    if (ok(loop_handshake(&loop), "no handshake"))
        ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                          SECPKG_ATTR_CONNECTION_INFO, &info),
                  SEC_E_OK, "connection info");
    loop_done(&loop);
    return info.dwProtocol;
}

START_TEST(credential_masks)
{
    static CRYPTO_SETTINGS unused[1];
    static const struct {
        const char *name;
        DWORD disabled, want;
        DWORD flags;
        DWORD parameters;
        CRYPTO_SETTINGS *crypto;
    } cases[] = {
        {"curl: 1.2 and later", ~(DWORD)(CLIENT12 | CLIENT13), CLIENT13, SCH_USE_STRONG_CRYPTO, 1,
         unused},
        {"curl: 1.2 only", ~(DWORD)CLIENT12, CLIENT12, SCH_USE_STRONG_CRYPTO, 1, unused},
        {"curl: 1.3 only", ~(DWORD)CLIENT13, CLIENT13, SCH_USE_STRONG_CRYPTO, 1, unused},
        {".NET: the system's choice", 0, CLIENT13, SCH_SEND_AUX_RECORD | SCH_USE_STRONG_CRYPTO, 1,
         unused},
        {".NET: Tls12", ~(DWORD)BOTH_SIDES12, CLIENT12, SCH_SEND_AUX_RECORD | SCH_USE_STRONG_CRYPTO,
         1, unused},
        {".NET: Tls12 | Tls13", ~(DWORD)(BOTH_SIDES12 | BOTH_SIDES13), CLIENT13,
         SCH_SEND_AUX_RECORD | SCH_USE_STRONG_CRYPTO, 1, unused},
        {"Rust: nothing named", 0, CLIENT13, SCH_USE_STRONG_CRYPTO, 0, NULL},
        {"Rust: 1.2", ~(DWORD)CLIENT12, CLIENT12, SCH_USE_STRONG_CRYPTO, 1, NULL},
        {"Qt: all but 1.2", SP_PROT_ALL & ~(DWORD)CLIENT12, CLIENT12, 0, 1, NULL},
        {"Qt: 1.2 or later", SP_PROT_ALL & ~(DWORD)(CLIENT12 | CLIENT13), CLIENT13, 0, 1, NULL},
        {"a server's bits alone", SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER, CLIENT13, 0, 1,
         NULL},
    };
    const struct credential_wish wish = {.server = true, .certificate = pki_certificate("rsa")};
    CredHandle server;

    if (!wish.certificate || !version_available(VERSION_TLS13) ||
        !ok_status(credential_make(&wish, &server), SEC_E_OK, "server"))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TLS_PARAMETERS parameters = {.grbitDisabledProtocols = cases[i].disabled,
                                     .pDisabledCrypto = cases[i].crypto};
        SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                                .dwFlags = cases[i].flags | SCH_CRED_MANUAL_CRED_VALIDATION |
                                           SCH_CRED_NO_DEFAULT_CREDS,
                                .cTlsParameters = cases[i].parameters,
                                .pTlsParameters = cases[i].parameters ? &parameters : NULL};
        CredHandle client;
        SECURITY_STATUS status = AcquireCredentialsHandleW(
            NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL, &client, NULL);

        push_context("%s", cases[i].name);
        if (ok_status(status, SEC_E_OK, "client")) {
            ok_status(negotiated(&client, &server), cases[i].want, "version");
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
    FreeCredentialsHandle(&server);
}

/* Old structure: TLS 1.3 is not for it, whatever it names; finite-field Diffie-Hellman works on
 * both ends although no group of RFC 7919 is named by default. */
START_TEST(credential_old_masks)
{
    static ALG_ID finite_field[] = {CALG_DH_EPHEM, CALG_AES_128, CALG_SHA_256, CALG_RSA_SIGN};
    static const struct {
        const char *name;
        DWORD enabled;
        ALG_ID *algorithms;
        DWORD count;
        ALG_ID exchange; /* 0: any */
    } cases[] = {
        {"nothing named", 0, NULL, 0, 0},
        {"1.2 and 1.3", CLIENT12 | CLIENT13, NULL, 0, 0},
        {"1.2, finite field", CLIENT12, finite_field, COUNT_OF(finite_field), CALG_DH_EPHEM},
    };
    const struct credential_wish wish = {.server = true, .certificate = pki_certificate("rsa")};
    CredHandle server;

    if (!wish.certificate || !ok_status(credential_make(&wish, &server), SEC_E_OK, "server"))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                              .grbitEnabledProtocols = cases[i].enabled,
                              .cSupportedAlgs = cases[i].count,
                              .palgSupportedAlgs = cases[i].algorithms,
                              .dwFlags =
                                  SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
        CredHandle client;
        SECURITY_STATUS status = AcquireCredentialsHandleW(
            NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL, &client, NULL);

        push_context("%s", cases[i].name);
        if (cases[i].exchange && status == SEC_E_ALGORITHM_MISMATCH) {
            skip("these suites are off by default since Windows 11 22H2");
        } else if (ok_status(status, SEC_E_OK, "client")) {
            SecPkgContext_ConnectionInfo info = {0};
            struct loop loop;

            loop_init(&loop, &client, &server);
            if (ok(loop_handshake(&loop), "no handshake")) {
                ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                                  SECPKG_ATTR_CONNECTION_INFO, &info),
                          SEC_E_OK, "connection info");
                ok_status(info.dwProtocol, CLIENT12, "version");
                if (cases[i].exchange)
                    ok_status(info.aiExch, cases[i].exchange, "key exchange");
                loop_check_traffic(&loop);
            }
            loop_done(&loop);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
    FreeCredentialsHandle(&server);
}
