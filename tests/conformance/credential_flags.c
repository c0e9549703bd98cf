/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every bit of a credential's dwFlags by itself, in both structures and both roles; and what those
 * do that can be seen on the wire or in a verdict. (Others have files of their own: validation.c,
 * revocation.c, client_own.c, session.c.)
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure", "SCH_CREDENTIALS structure", "Specifying
 * Schannel Ciphers and Cipher Strengths"; comments in schannel.h on the flags that no page has.
 * That unknown bits and those of the other role are passed over is what Poco, .NET and Salt rely
 * on.
 */
#include "common.h"

#include <string.h>

/* ---- one bit ---- */

/* Bits with which less than a connection is to be had here. */
static const struct {
    const char *name;
    DWORD flag;
    SECURITY_STATUS acquired, connected;
} refusing[] = {
    /* Only suites with preshared keys: Windows has six, here there are none. */
    {"only preshared keys", SCH_USE_PRESHAREDKEY_ONLY, SEC_E_ALGORITHM_MISMATCH, SEC_E_OK},
    /* The contexts are streams. */
    {"only DTLS", SCH_USE_DTLS_ONLY, SEC_E_OK, SEC_E_ALGORITHM_MISMATCH},
};

static void check_bit(const struct credential_wish *wish, CredHandle *peer)
{
    SECURITY_STATUS acquired = SEC_E_OK, connected = SEC_E_OK, status;
    CredHandle credential;
    struct loop loop;

    for (size_t i = 0; i < COUNT_OF(refusing); i++) {
        if (refusing[i].flag != wish->flags)
            continue;
        acquired = refusing[i].acquired;
        connected = refusing[i].connected;
    }
    if (running_on_windows() && (acquired != SEC_E_OK || connected != SEC_E_OK))
        return;
    status = credential_make(wish, &credential);
    ok_status(status, acquired, "acquired");
    if (status != SEC_E_OK)
        return;
    loop_init(&loop, wish->server ? peer : &credential, wish->server ? &credential : peer);
    loop_handshake(&loop);
    ok_status(loop.side[wish->server ? LOOP_SERVER : LOOP_CLIENT].status, connected, "connected");
    if (connected == SEC_E_OK && loop.side[LOOP_CLIENT].done && loop.side[LOOP_SERVER].done)
        loop_check_traffic(&loop);
    loop_done(&loop);
    FreeCredentialsHandle(&credential);
}

/* A client's bit stands beside MANUAL_CRED_VALIDATION and NO_DEFAULT_CREDS. */
START_TEST(credential_flags_each)
{
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    struct pair pair;

    if (!certificate || !pair_make(&pair, VERSION_ANY, "rsa"))
        return;
    for (int form = 0; form < 4; form++) {
        struct credential_wish wish = {
            .server = form & 1, .old_form = form & 2, .certificate = form & 1 ? certificate : NULL};

        for (unsigned bit = 0; bit < 32; bit++) {
            wish.flags = (DWORD)1 << bit;
            push_context("%s, version %d, flag %08lx", wish.server ? "server" : "client",
                         wish.old_form ? 4 : 5, (unsigned long)wish.flags);
            check_bit(&wish, wish.server ? &pair.client : &pair.server);
            pop_context();
        }
    }
    pair_done(&pair);
}

/* ---- suites in the hello ---- */

/* Is the suite in the ClientHello, and at which place (from 1)? */
static size_t suite_place(const struct bytes *hello, USHORT suite)
{
    struct wire_part suites = wire_suites(hello->data, hello->size);

    for (size_t i = 0; i + 1 < suites.size; i += 2)
        if ((suites.data[i] << 8 | suites.data[i + 1]) == suite)
            return i / 2 + 1;
    return 0;
}

static bool scheme_offered(const struct bytes *hello, USHORT scheme)
{
    struct wire_part part = wire_extension(hello->data, hello->size, 13);

    for (size_t i = 2; part.data && i + 1 < part.size; i += 2)
        if ((part.data[i] << 8 | part.data[i + 1]) == scheme)
            return true;
    return false;
}

static bool group_offered(const struct bytes *hello, USHORT group)
{
    struct wire_part part = wire_extension(hello->data, hello->size, 10);

    for (size_t i = 2; part.data && i + 1 < part.size; i += 2)
        if ((part.data[i] << 8 | part.data[i + 1]) == group)
            return true;
    return false;
}

#define RSA_NULL_SHA256 0x003b
#define RSA_NULL_SHA 0x0002
#define RSA_3DES_SHA 0x000a
#define RSA_RC4_SHA 0x0005
#define RSA_AES_128_SHA 0x002f
#define ECDHE_RSA_AES_128_SHA 0xc013
#define ECDHE_RSA_AES_256_SHA 0xc014
#define ECDHE_RSA_AES_128_GCM 0xc02f
#define ECDHE_RSA_AES_256_GCM 0xc030
#define ECDHE_RSA_AES_128_SHA256 0xc027
#define RSA_AES_128_GCM 0x009c
#define AES_128_GCM_SHA256 0x1301
#define AES_256_GCM_SHA384 0x1302
#define CHACHA20_SHA256 0x1303

/* NULL suites are there when they are asked for, behind all others; strong crypto takes them away
 * again, with 3DES and RC4. */
START_TEST(credential_flags_suites)
{
    static const struct {
        const char *name;
        DWORD flags, minimum, maximum;
        bool null, others;
    } cases[] = {
        {"nothing", 0, 0, 0, false, true},
        {"NULL encryption", SCH_ALLOW_NULL_ENCRYPTION, 0, 0, true, true},
        {"strong", SCH_USE_STRONG_CRYPTO, 0, 0, false, true},
        {"strong and NULL encryption", SCH_USE_STRONG_CRYPTO | SCH_ALLOW_NULL_ENCRYPTION, 0, 0,
         false, true},
        {"minimum -1", 0, 0xffffffff, 0, true, true},
        {"both -1", 0, 0xffffffff, 0xffffffff, true, false},
        {"from 128 on", 0, 128, 0, false, true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                              .dwMinimumCipherStrength = cases[i].minimum,
                              .dwMaximumCipherStrength = cases[i].maximum,
                              .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT,
                              .dwFlags = cases[i].flags | SCH_CRED_MANUAL_CRED_VALIDATION |
                                         SCH_CRED_NO_DEFAULT_CREDS};
        struct bytes hello = {NULL, 0, 0};
        CredHandle client;

        push_context("%s", cases[i].name);
        if (ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL,
                                                &data, NULL, NULL, &client, NULL),
                      SEC_E_OK, "credential")) {
            if (get_hello(&client, u"localhost", &hello)) {
                size_t null = suite_place(&hello, RSA_NULL_SHA256);
                size_t usual = suite_place(&hello, ECDHE_RSA_AES_128_GCM);

                ok((null != 0) == cases[i].null, "RSA_NULL_SHA256");
                ok((suite_place(&hello, RSA_NULL_SHA) != 0) == cases[i].null, "RSA_NULL_SHA");
                ok((usual != 0) == cases[i].others, "ECDHE_RSA_AES_128_GCM");
                ok(!null || !usual || null > usual, "NULL is preferred");
                ok(!suite_place(&hello, RSA_RC4_SHA), "RC4");
                if (cases[i].flags & SCH_USE_STRONG_CRYPTO)
                    ok(!suite_place(&hello, RSA_3DES_SHA), "3DES");
            }
            bytes_done(&hello);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
}

/* palgSupportedAlgs: only suites whose parts are all named, as libstrophe and curl's --ciphers want
 * it. */
START_TEST(credential_algorithms)
{
    static ALG_ID aes256[] = {CALG_AES_256, CALG_SHA_384, CALG_ECDH_EPHEM, CALG_RSA_SIGN};
    static ALG_ID rsa[] = {CALG_RSA_KEYX};
    static ALG_ID sha256[] = {CALG_SHA_256};
    static const struct {
        const char *name;
        ALG_ID *algorithms;
        DWORD count;
        USHORT has, lacks;
    } cases[] = {
        {"AES 256, SHA 384, ECDHE, RSA", aes256, COUNT_OF(aes256), ECDHE_RSA_AES_256_GCM,
         ECDHE_RSA_AES_128_GCM},
        {"RSA's exchange", rsa, COUNT_OF(rsa), RSA_AES_128_GCM, ECDHE_RSA_AES_128_GCM},
        {"SHA 256", sha256, COUNT_OF(sha256), ECDHE_RSA_AES_128_GCM, ECDHE_RSA_AES_256_GCM},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                              .cSupportedAlgs = cases[i].count,
                              .palgSupportedAlgs = cases[i].algorithms,
                              .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT,
                              .dwFlags =
                                  SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
        struct bytes hello = {NULL, 0, 0};
        CredHandle client;

        push_context("%s", cases[i].name);
        if (ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL,
                                                &data, NULL, NULL, &client, NULL),
                      SEC_E_OK, "credential")) {
            if (get_hello(&client, u"localhost", &hello)) {
                ok(suite_place(&hello, cases[i].has) != 0, "has no %04x", cases[i].has);
                ok(!suite_place(&hello, cases[i].lacks), "has %04x", cases[i].lacks);
            }
            bytes_done(&hello);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
}

static bool contains(const uint8_t *data, size_t size, const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i + length <= size; i++)
        if (!memcmp(data + i, text, length))
            return true;
    return false;
}

/* Both ends want no encryption: it works, is told so, and can be read by everybody. */
START_TEST(credential_flags_null)
{
    static const char text[] = "for everybody to read";
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .dwMinimumCipherStrength = 0xffffffff,
                          .dwMaximumCipherStrength = 0xffffffff,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
    SecPkgContext_ConnectionInfo info = {.aiCipher = 1, .dwCipherStrength = 1};
    struct bytes wire = {NULL, 0, 0};
    CredHandle client, server;
    struct loop loop;

    if (!certificate ||
        !ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL,
                                             &data, NULL, NULL, &client, NULL),
                   SEC_E_OK, "client"))
        return;
    data.cCreds = 1;
    data.paCred = &certificate;
    if (ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_INBOUND, NULL, &data,
                                            NULL, NULL, &server, NULL),
                  SEC_E_OK, "server")) {
        if (loop_connect(&loop, &client, &server)) {
            ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_CONNECTION_INFO, &info),
                      SEC_E_OK, "connection info");
            ok_number(info.aiCipher, 0, "cipher");
            ok_number(info.dwCipherStrength, 0, "strength");
            ok_status(loop_seal(&loop.side[LOOP_CLIENT], text, sizeof(text) - 1, &wire), SEC_E_OK,
                      "sealed");
            ok(contains(wire.data, wire.size, text), "it is hidden");
            loop_deliver(&loop, LOOP_SERVER, wire.data, wire.size);
            bytes_done(&wire);
            wire = (struct bytes){NULL, 0, 0};
            ok_status(loop_receive(&loop, LOOP_SERVER, sizeof(text) - 1, &wire), SEC_E_OK, "read");
            loop_check_traffic(&loop);
        }
        bytes_done(&wire);
        loop_done(&loop);
        FreeCredentialsHandle(&server);
    }
    FreeCredentialsHandle(&client);
}

/* ---- single effects ---- */

/* ASC_RET_MUTUAL_AUTH is for certificates that may be mapped to an account. */
START_TEST(credential_flags_mapper)
{
    static const DWORD flags[] = {0, SCH_CRED_NO_SYSTEM_MAPPER};
    PCCERT_CONTEXT certificate = pki_certificate("rsa"), own = pki_certificate("client-rsa");
    CredHandle client, server;

    if (running_on_windows()) {
        skip("a certificate of nobody's is not mapped on Windows");
        return;
    }
    if (!certificate || !own ||
        !ok_status(credential_make(&(struct credential_wish){.certificate = own}, &client),
                   SEC_E_OK, "client"))
        return;
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct credential_wish wish = {
            .server = true, .certificate = certificate, .flags = flags[i]};
        struct loop loop;

        push_context("flags %lx", (unsigned long)flags[i]);
        if (ok_status(credential_make(&wish, &server), SEC_E_OK, "server")) {
            SecPkgContext_Flags told = {0};

            loop_init(&loop, &client, &server);
            loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
            loop.side[LOOP_SERVER].unchecked = true;
            if (ok(loop_handshake(&loop), "no handshake")) {
                ok(!(loop.side[LOOP_SERVER].attributes & ASC_RET_MUTUAL_AUTH) == (flags[i] != 0),
                   "attributes %lx", (unsigned long)loop.side[LOOP_SERVER].attributes);
                ok_status(QueryContextAttributesW(&loop.side[LOOP_SERVER].context,
                                                  SECPKG_ATTR_FLAGS, &told),
                          SEC_E_OK, "FLAGS");
                ok(!(told.Flags & ASC_RET_MUTUAL_AUTH) == (flags[i] != 0), "FLAGS %lx",
                   (unsigned long)told.Flags);
            }
            loop_done(&loop);
            FreeCredentialsHandle(&server);
        }
        pop_context();
    }
    FreeCredentialsHandle(&client);
}

/* The verdict is told, and not acted upon. */
START_TEST(credential_flags_deferred)
{
    PCCERT_CONTEXT certificate = pki_find("untrusted");
    CredHandle server;

    if (!certificate) {
        skip("needs a folder made by make-pki");
        return;
    }
    if (!ok_status(
            credential_make(&(struct credential_wish){.server = true, .certificate = certificate},
                            &server),
            SEC_E_OK, "server"))
        return;
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        const struct credential_wish wish = {.version = both_versions[v],
                                             .no_default_flags = true,
                                             .flags = SCH_CRED_DEFERRED_CRED_VALIDATION |
                                                      SCH_CRED_NO_DEFAULT_CREDS};
        SecPkgContext_CertificateValidationResult result = {0, 0};
        CredHandle client;
        struct loop loop;

        push_context("%s", version_name(both_versions[v]));
        if (!version_available(both_versions[v]) ||
            !ok_status(credential_make(&wish, &client), SEC_E_OK, "client")) {
            pop_context();
            continue;
        }
        loop_init(&loop, &client, &server);
        loop.side[LOOP_CLIENT].request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        if (ok(loop_handshake(&loop), "no handshake")) {
            ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context,
                                              SECPKG_ATTR_CERT_CHECK_RESULT, &result),
                      SEC_E_OK, "result");
            ok_status(result.hrVerifyChainStatus, CERT_E_UNTRUSTEDROOT, "verdict");
            ok(result.dwChainErrorStatus != 0, "nothing against the chain");
            loop_check_traffic(&loop);
        }
        loop_done(&loop);
        FreeCredentialsHandle(&client);
        pop_context();
    }
    FreeCredentialsHandle(&server);
}

/* ---- CRYPTO_SETTINGS ---- */

#define SETTING(usage, id, modes, low, high)                                                       \
    {                                                                                              \
        TlsParametersCngAlgUsage##usage, id, modes, low, high                                      \
    }

enum offered { SUITE, SCHEME, GROUP };

static bool offers(const struct bytes *hello, enum offered kind, USHORT number)
{
    switch (kind) {
    case SUITE:
        return suite_place(hello, number) != 0;
    case SCHEME:
        return scheme_offered(hello, number);
    default:
        return group_offered(hello, number);
    }
}

static UNICODE_STRING unicode_of(const WCHAR *text, bool count_zero)
{
    size_t length = 0;

    while (text[length])
        length++;
    if (count_zero)
        length++;
    return (UNICODE_STRING){(USHORT)(length * sizeof(WCHAR)), (USHORT)(length * sizeof(WCHAR)),
                            (WCHAR *)(uintptr_t)text};
}

/*
 * What programs forbid: msquic everything but AES-128-GCM of TLS 1.3 (its names' Length counts the
 * zero); Qt key exchanges, ciphers and digests that a list of suites leaves out; .NET one of RSA's
 * paddings. `lacks` must not be in the hello, `has` must.
 */
static const struct {
    const char *name;
    struct {
        eTlsAlgorithmUsage usage;
        const WCHAR *id, *mode;
        DWORD minimum, maximum;
    } settings[3];
    size_t count;
    enum offered kind;
    USHORT lacks, has;
} forbidden[] = {
    {"no ChaCha20",
     {SETTING(Cipher, u"CHACHA20_POLY1305", NULL, 0, 0)},
     1,
     SUITE,
     CHACHA20_SHA256,
     AES_128_GCM_SHA256},
    {"msquic: AES 128 only",
     {SETTING(Cipher, u"AES", u"ChainingModeCCM", 0, 0), SETTING(Cipher, u"AES", NULL, 128, 128),
      SETTING(Digest, u"SHA384", NULL, 0, 0)},
     3,
     SUITE,
     AES_256_GCM_SHA384,
     AES_128_GCM_SHA256},
    {"no CBC",
     {SETTING(Cipher, u"AES", u"ChainingModeCBC", 0, 0)},
     1,
     SUITE,
     ECDHE_RSA_AES_128_SHA,
     ECDHE_RSA_AES_128_GCM},
    {"no GCM",
     {SETTING(Cipher, u"AES", u"ChainingModeGCM", 0, 0)},
     1,
     SUITE,
     ECDHE_RSA_AES_128_GCM,
     ECDHE_RSA_AES_128_SHA},
    {"no AES of 128 bits",
     {SETTING(Cipher, u"AES", NULL, 256, 256)},
     1,
     SUITE,
     ECDHE_RSA_AES_128_GCM,
     ECDHE_RSA_AES_256_GCM},
    {"no RSA exchange",
     {SETTING(KeyExchange, u"RSA", NULL, 0, 0)},
     1,
     SUITE,
     RSA_AES_128_GCM,
     ECDHE_RSA_AES_128_GCM},
    {"no ECDH",
     {SETTING(KeyExchange, u"ECDH", NULL, 0, 0)},
     1,
     SUITE,
     ECDHE_RSA_AES_128_GCM,
     RSA_AES_128_GCM},
    {"no ECDSA",
     {SETTING(Signature, u"ECDSA", NULL, 0, 0)},
     1,
     SUITE,
     0xc02b,
     ECDHE_RSA_AES_128_GCM},
    {"no SHA-1",
     {SETTING(Digest, u"SHA1", NULL, 0, 0)},
     1,
     SUITE,
     ECDHE_RSA_AES_256_SHA,
     ECDHE_RSA_AES_128_SHA256},
    {"lower case",
     {SETTING(Digest, u"sha1", NULL, 0, 0)},
     1,
     SUITE,
     RSA_AES_128_SHA,
     RSA_AES_128_GCM},
    {".NET: no PKCS#1",
     {SETTING(CertSig, u"SCH_RSA_PKCS_PAD", NULL, 0, 0)},
     1,
     SCHEME,
     0x0401,
     0x0804},
    {".NET: no PSS", {SETTING(CertSig, u"SCH_RSA_PSS_PAD", NULL, 0, 0)}, 1, SCHEME, 0x0804, 0x0401},
    {"no SHA-1 signatures", {SETTING(CertSig, u"SHA1", NULL, 0, 0)}, 1, SCHEME, 0x0201, 0x0401},
    {"no P-256", {SETTING(KeyExchange, u"ECDH_P256", NULL, 0, 0)}, 1, GROUP, 23, 24},
    {"no short curves", {SETTING(KeyExchange, u"ECDH", NULL, 384, 0)}, 1, GROUP, 23, 24},
    {"nothing that is known",
     {SETTING(Cipher, u"NOSUCHALG", NULL, 0, 0)},
     1,
     SUITE,
     0xffff,
     ECDHE_RSA_AES_128_GCM},
};

static void check_forbidden(size_t i)
{
    CRYPTO_SETTINGS settings[COUNT_OF(forbidden[0].settings)] = {{0}};
    UNICODE_STRING modes[COUNT_OF(settings)];
    TLS_PARAMETERS parameters = {.cDisabledCrypto = (DWORD)forbidden[i].count,
                                 .pDisabledCrypto = settings};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    struct bytes hello = {NULL, 0, 0};
    CredHandle client;

    for (size_t k = 0; k < forbidden[i].count; k++) {
        settings[k].eAlgorithmUsage = forbidden[i].settings[k].usage;
        settings[k].strCngAlgId = unicode_of(forbidden[i].settings[k].id, k % 2);
        settings[k].dwMinBitLength = forbidden[i].settings[k].minimum;
        settings[k].dwMaxBitLength = forbidden[i].settings[k].maximum;
        if (!forbidden[i].settings[k].mode)
            continue;
        modes[k] = unicode_of(forbidden[i].settings[k].mode, true);
        settings[k].cChainingModes = 1;
        settings[k].rgstrChainingModes = &modes[k];
    }
    if (!ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL,
                                             &data, NULL, NULL, &client, NULL),
                   SEC_E_OK, "credential"))
        return;
    if (get_hello(&client, u"localhost", &hello)) {
        ok(!offers(&hello, forbidden[i].kind, forbidden[i].lacks), "has %04x", forbidden[i].lacks);
        ok(offers(&hello, forbidden[i].kind, forbidden[i].has), "has no %04x", forbidden[i].has);
    }
    bytes_done(&hello);
    FreeCredentialsHandle(&client);
}

START_TEST(credential_settings)
{
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        push_context("%s", forbidden[i].name);
        check_forbidden(i);
        pop_context();
    }
}
