/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * QueryContextAttributes: what each attribute says once connected, and that asking too early is an
 * error without effect.
 *
 * Sources: the pages of QueryContextAttributes (Schannel) and of the structures; which members Qt,
 * MariaDB, MongoDB, .NET, msquic and curl read; Microsoft's web client, which asks for all.
 */
#include "common.h"

#include <string.h>

static const WCHAR *ends(const WCHAR *text, size_t room)
{
    for (size_t i = 0; i < room; i++)
        if (!text[i])
            return text + i;
    return NULL;
}

static void check_connection_info(CtxtHandle *context, enum test_version version, bool server)
{
    SecPkgContext_ConnectionInfo info;

    memset(&info, 0xee, sizeof(info));
    if (!ok_status(QueryContextAttributesW(context, SECPKG_ATTR_CONNECTION_INFO, &info), SEC_E_OK,
                   "connection info"))
        return;
    ok_status(info.dwProtocol, credential_protocol(version, server), "protocol");
    ok(info.aiCipher == CALG_AES_128 || info.aiCipher == CALG_AES_256, "cipher %08lx",
       (unsigned long)info.aiCipher);
    ok(info.dwCipherStrength == 128 || info.dwCipherStrength == 256, "strength %lu",
       (unsigned long)info.dwCipherStrength);
    ok((info.aiCipher == CALG_AES_256) == (info.dwCipherStrength == 256), "cipher and strength");
    if (version == VERSION_TLS12)
        ok_status(info.aiExch, CALG_ECDH_EPHEM, "exchange");
    ok(info.dwExchStrength >= 128, "exchange strength %lu", (unsigned long)info.dwExchStrength);
}

static void check_cipher_info(CtxtHandle *context, enum test_version version)
{
    static const WCHAR prefix[] = u"TLS_";
    SecPkgContext_CipherInfo info, narrow;

    memset(&info, 0, sizeof(info));
    info.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    narrow = info;
    if (!ok_status(QueryContextAttributesW(context, SECPKG_ATTR_CIPHER_INFO, &info), SEC_E_OK,
                   "cipher info"))
        return;
    ok_number(info.dwVersion, SECPKGCONTEXT_CIPHERINFO_V1, "version of the structure");
    ok_status(info.dwProtocol, version == VERSION_TLS13 ? 0x0304 : 0x0303, "wire version");
    if (version == VERSION_TLS13)
        ok(info.dwCipherSuite >= 0x1301 && info.dwCipherSuite <= 0x1303, "suite %04lx",
           (unsigned long)info.dwCipherSuite);
    else
        ok(info.dwCipherSuite >= 0xc02b && info.dwCipherSuite <= 0xc030, "suite %04lx",
           (unsigned long)info.dwCipherSuite);
    if (ok(ends(info.szCipherSuite, COUNT_OF(info.szCipherSuite)) != NULL, "name has no end"))
        ok(!memcmp(info.szCipherSuite, prefix, sizeof(prefix) - sizeof(WCHAR)), "name");
    ok(ends(info.szCipher, COUNT_OF(info.szCipher)) && info.szCipher[0] == 'A', "not AES");
    ok(info.dwCipherLen == 128 || info.dwCipherLen == 256, "length %lu",
       (unsigned long)info.dwCipherLen);
    /* The strings are wide through the A entry point, too: MariaDB reads them so. */
    ok_status(QueryContextAttributesA(context, SECPKG_ATTR_CIPHER_INFO, &narrow), SEC_E_OK, "A");
    ok(!memcmp(&info, &narrow, sizeof(info)), "A and W differ");
}

static void check_key_info(CtxtHandle *context)
{
    SecPkgContext_KeyInfoW wide = {0};
    SecPkgContext_KeyInfoA narrow = {0};

    if (ok_status(QueryContextAttributesW(context, SECPKG_ATTR_KEY_INFO, &wide), SEC_E_OK,
                  "key info")) {
        ok(wide.KeySize == 128 || wide.KeySize == 256, "key of %lu bits",
           (unsigned long)wide.KeySize);
        ok(wide.sSignatureAlgorithmName && wide.sEncryptAlgorithmName, "no names");
        ok_status(FreeContextBuffer(wide.sSignatureAlgorithmName), SEC_E_OK, "name is freed");
        ok_status(FreeContextBuffer(wide.sEncryptAlgorithmName), SEC_E_OK, "name is freed");
    }
    if (ok_status(QueryContextAttributesA(context, SECPKG_ATTR_KEY_INFO, &narrow), SEC_E_OK,
                  "key info A")) {
        ok(narrow.sEncryptAlgorithmName && !strncmp(narrow.sEncryptAlgorithmName, "AES", 3),
           "not AES");
        ok_status(FreeContextBuffer(narrow.sSignatureAlgorithmName), SEC_E_OK, "name is freed");
        ok_status(FreeContextBuffer(narrow.sEncryptAlgorithmName), SEC_E_OK, "name is freed");
    }
}

static void check_certificates(CtxtHandle *client, CtxtHandle *server, PCCERT_CONTEXT want)
{
    PCCERT_CONTEXT remote = NULL, again = NULL, local = NULL, none = NULL;

    if (ok_status(QueryContextAttributesW(client, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote),
                  SEC_E_OK, "remote certificate") &&
        ok(remote != NULL, "no certificate")) {
        ok(remote->cbCertEncoded == want->cbCertEncoded &&
               !memcmp(remote->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
           "another certificate");
        ok_status(remote->dwCertEncodingType & X509_ASN_ENCODING, X509_ASN_ENCODING, "encoding");
        ok(remote->hCertStore != NULL, "no store with the chain");
        /* A reference of the caller's own for each call. */
        ok_status(QueryContextAttributesW(client, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &again),
                  SEC_E_OK, "remote certificate again");
        ok(CertFreeCertificateContext(again), "second reference");
        ok(remote->cbCertEncoded == want->cbCertEncoded, "freed with the other reference");
        ok(CertFreeCertificateContext(remote), "first reference");
    }
    if (ok_status(QueryContextAttributesW(server, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &local), SEC_E_OK,
                  "local certificate") &&
        ok(local != NULL, "no certificate")) {
        ok(local->cbCertEncoded == want->cbCertEncoded &&
               !memcmp(local->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
           "another certificate");
        CertFreeCertificateContext(local);
    }
    ok_status(QueryContextAttributesW(server, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &none),
              SEC_E_NO_CREDENTIALS, "the client had no certificate");
}

static void check_session_info(CtxtHandle *context)
{
    SecPkgContext_SessionInfo info;

    memset(&info, 0xee, sizeof(info));
    if (ok_status(QueryContextAttributesW(context, SECPKG_ATTR_SESSION_INFO, &info), SEC_E_OK,
                  "session info")) {
        ok(!(info.dwFlags & SSL_SESSION_RECONNECT), "a first session is called resumed");
        ok(info.cbSessionId <= 32, "session id of %lu bytes", (unsigned long)info.cbSessionId);
    }
}

START_TEST(query_connected)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            CtxtHandle *client = &it.loop.side[LOOP_CLIENT].context;
            CtxtHandle *server = &it.loop.side[LOOP_SERVER].context;
            SecPkgContext_Sizes sizes;
            BYTE room[512];

            /* Before and after traffic (and the tickets in it) the answers are the same. */
            for (unsigned times = 0; times < 2; times++) {
                check_connection_info(client, both_versions[v], false);
                check_connection_info(server, both_versions[v], true);
                check_cipher_info(client, both_versions[v]);
                check_cipher_info(server, both_versions[v]);
                check_key_info(client);
                check_certificates(client, server, pki_certificate("rsa"));
                check_session_info(client);
                check_session_info(server);
                loop_check_traffic(&it.loop);
            }
            ok_status(QueryContextAttributesW(client, SECPKG_ATTR_SIZES, &sizes), SEC_E_OK,
                      "sizes");
            ok_status(QueryContextAttributesW(client, SECPKG_ATTR_NEGOTIATION_INFO, room),
                      SEC_E_UNSUPPORTED_FUNCTION, "negotiation info");
            ok_status(QueryContextAttributesW(client, 0x7777, room), SEC_E_UNSUPPORTED_FUNCTION,
                      "unknown attribute");
            if (!running_on_windows())
                ok(QueryContextAttributesW(client, SECPKG_ATTR_STREAM_SIZES, NULL) < 0,
                   "no memory for the answer");
        }
        disconnect(&it);
        pop_context();
    }
}

/* Each of them is asked in the middle of a handshake, as JDK and Chromium do: no harm. */
START_TEST(query_too_early)
{
    static const struct {
        const char *name;
        ULONG attribute;
        SECURITY_STATUS want; /* SEC_E_OK: any failure */
    } cases[] = {
        {"stream sizes", SECPKG_ATTR_STREAM_SIZES, SEC_E_OK},
        {"connection info", SECPKG_ATTR_CONNECTION_INFO, SEC_E_OK},
        {"session info", SECPKG_ATTR_SESSION_INFO, SEC_E_INVALID_HANDLE},
        {"remote certificate", SECPKG_ATTR_REMOTE_CERT_CONTEXT, SEC_E_OK},
        {"key info", SECPKG_ATTR_KEY_INFO, SEC_E_OK},
        {"unknown", 0x7777, SEC_E_UNSUPPORTED_FUNCTION},
    };
    union {
        SecPkgContext_CipherInfo largest;
        BYTE bytes[2048];
    } room;

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop_step(&loop, LOOP_CLIENT);
            for (size_t i = 0; i < COUNT_OF(cases); i++) {
                SECURITY_STATUS status;

                memset(&room, 0, sizeof(room));
                status = QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                                 cases[i].attribute, &room);
                if (cases[i].want != SEC_E_OK)
                    ok_status(status, cases[i].want, "%s", cases[i].name);
                else
                    ok(status < 0, "%s: answers before there is one", cases[i].name);
            }
            if (ok(loop_handshake(&loop), "the handshake suffers from questions"))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* After the peer has closed, the facts are still there. */
START_TEST(query_after_close)
{
    struct connection it;

    if (connect_pair(&it, VERSION_TLS12)) {
        struct bytes plain = {NULL, 0, 0};

        ok_status(loop_shutdown(&it.loop, LOOP_SERVER), SEC_E_OK, "shutdown");
        ok_status(loop_receive(&it.loop, LOOP_CLIENT, 1, &plain), SEC_I_CONTEXT_EXPIRED, "closed");
        check_connection_info(&it.loop.side[LOOP_CLIENT].context, VERSION_TLS12, false);
        check_cipher_info(&it.loop.side[LOOP_CLIENT].context, VERSION_TLS12);
        bytes_done(&plain);
    }
    disconnect(&it);
}
