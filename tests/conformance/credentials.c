/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * AcquireCredentialsHandle of Schannel: both structures, protocol masks, counts, versions, flags;
 * and what QueryCredentialsAttributes says of the result.
 *
 * Sources: the pages of AcquireCredentialsHandle (Schannel), SCHANNEL_CRED, SCH_CREDENTIALS and
 * TLS_PARAMETERS; the masks that curl, Rust's schannel, Qt, .NET and mORMot pass; the error codes
 * that .NET and Ice show to their users.
 */
#include "common.h"

#include <string.h>

#define ALL_CLIENT                                                                                 \
    (SP_PROT_PCT1_CLIENT | SP_PROT_SSL2_CLIENT | SP_PROT_SSL3_CLIENT | SP_PROT_TLS1_0_CLIENT |     \
     SP_PROT_TLS1_1_CLIENT | SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT)

static SECURITY_STATUS acquire(ULONG use, void *data, CredHandle *credential)
{
    *credential = handle_of(0);
    return AcquireCredentialsHandleW(NULL, UNISP, use, NULL, data, NULL, NULL, credential, NULL);
}

/* Checks the status; on success the handle must be usable once, on failure untouched. */
static void check_acquire(const char *name, ULONG use, void *data, SECURITY_STATUS want)
{
    CredHandle credential, zero = handle_of(0);
    SECURITY_STATUS status = acquire(use, data, &credential);

    ok_status(status, want, "%s", name);
    if (status == SEC_E_OK) {
        ok(!handle_equal(&credential, &zero), "%s: zero handle", name);
        ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "%s: freed", name);
        ok_status(FreeCredentialsHandle(&credential), SEC_E_INVALID_HANDLE, "%s: freed twice",
                  name);
    } else {
        ok(handle_equal(&credential, &zero), "%s: the handle was written", name);
    }
}

START_TEST(credentials_use)
{
    static const struct {
        const char *name;
        ULONG use;
        SECURITY_STATUS want;
    } cases[] = {
        {"outbound", SECPKG_CRED_OUTBOUND, SEC_E_OK},
        {"inbound without a certificate", SECPKG_CRED_INBOUND, SEC_E_OK},
        {"no direction", 0, SEC_E_UNKNOWN_CREDENTIALS},
        {"unknown direction", 0x100, SEC_E_UNKNOWN_CREDENTIALS},
    };
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (running_on_windows() && cases[i].want != SEC_E_OK) {
            skip("%s: the documents name no code for it", cases[i].name);
            continue;
        }
        check_acquire(cases[i].name, cases[i].use, &data, cases[i].want);
    }
    check_acquire("no data at all", SECPKG_CRED_OUTBOUND, NULL, SEC_E_OK);
}

/* A wrong version of the structure is SEC_E_UNKNOWN_CREDENTIALS. */
START_TEST(credentials_version)
{
    static const struct {
        const char *name;
        DWORD version;
        SECURITY_STATUS want;
    } cases[] = {
        {"zero", 0, SEC_E_UNKNOWN_CREDENTIALS},
        {"six", 6, SEC_E_UNKNOWN_CREDENTIALS},
        {"large", 0x80000004, SEC_E_UNKNOWN_CREDENTIALS},
        {"all ones", 0xffffffff, SEC_E_UNKNOWN_CREDENTIALS},
        {"four", SCHANNEL_CRED_VERSION, SEC_E_OK},
        {"five", SCH_CREDENTIALS_VERSION, SEC_E_OK},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        union {
            SCHANNEL_CRED four;
            SCH_CREDENTIALS five;
        } data;

        memset(&data, 0, sizeof(data));
        data.four.dwVersion = cases[i].version;
        check_acquire(cases[i].name, SECPKG_CRED_OUTBOUND, &data, cases[i].want);
    }
}

/*
 * SCHANNEL_CRED names what is enabled. Nothing usable left is told here, not at the first handshake
 * call (curl's users see it so on systems without TLS 1.3).
 */
START_TEST(credentials_enabled_protocols)
{
    static const struct {
        const char *name;
        ULONG use;
        DWORD enabled;
        SECURITY_STATUS want;
    } cases[] = {
        {"system's choice", SECPKG_CRED_OUTBOUND, 0, SEC_E_OK},
        {"TLS 1.2", SECPKG_CRED_OUTBOUND, SP_PROT_TLS1_2_CLIENT, SEC_E_OK},
        {"TLS 1.2, both sides' bits", SECPKG_CRED_OUTBOUND, SP_PROT_TLS1_2, SEC_E_OK},
        {"TLS 1.0 to 1.2", SECPKG_CRED_OUTBOUND,
         SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_1_CLIENT | SP_PROT_TLS1_2_CLIENT, SEC_E_OK},
        {"all there ever were", SECPKG_CRED_OUTBOUND, ALL_CLIENT, SEC_E_OK},
        {"SSL 2 and PCT beside TLS 1.2", SECPKG_CRED_OUTBOUND,
         SP_PROT_SSL2_CLIENT | SP_PROT_PCT1_CLIENT | SP_PROT_TLS1_2_CLIENT, SEC_E_OK},
        {"SSL 2 alone", SECPKG_CRED_OUTBOUND, SP_PROT_SSL2_CLIENT, SEC_E_ALGORITHM_MISMATCH},
        {"PCT alone", SECPKG_CRED_OUTBOUND, SP_PROT_PCT1_CLIENT, SEC_E_ALGORITHM_MISMATCH},
        {"SSL 3 alone", SECPKG_CRED_OUTBOUND, SP_PROT_SSL3_CLIENT, SEC_E_ALGORITHM_MISMATCH},
        {"SSL 3 beside TLS 1.2", SECPKG_CRED_OUTBOUND, SP_PROT_SSL3_CLIENT | SP_PROT_TLS1_2_CLIENT,
         SEC_E_OK},
        /* curl's users on Server 2019; this structure never has TLS 1.3. */
        {"TLS 1.3 alone", SECPKG_CRED_OUTBOUND, SP_PROT_TLS1_3_CLIENT, SEC_E_ALGORITHM_MISMATCH},
        {"the other side's bit", SECPKG_CRED_OUTBOUND, SP_PROT_TLS1_2_SERVER,
         SEC_E_ALGORITHM_MISMATCH},
        {"server: TLS 1.2", SECPKG_CRED_INBOUND, SP_PROT_TLS1_2_SERVER, SEC_E_OK},
        {"server: the client's bit", SECPKG_CRED_INBOUND, SP_PROT_TLS1_2_CLIENT,
         SEC_E_ALGORITHM_MISMATCH},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};

        data.grbitEnabledProtocols = cases[i].enabled;
        check_acquire(cases[i].name, cases[i].use, &data, cases[i].want);
    }
}

/* SCH_CREDENTIALS names what is disabled, most often as ~wanted with bits that nobody knows. */
START_TEST(credentials_disabled_protocols)
{
    static const struct {
        const char *name;
        ULONG use;
        DWORD disabled;
        SECURITY_STATUS want;
    } cases[] = {
        {"nothing", SECPKG_CRED_OUTBOUND, 0, SEC_E_OK},
        {"all but TLS 1.2", SECPKG_CRED_OUTBOUND, ~(DWORD)SP_PROT_TLS1_2_CLIENT, SEC_E_OK},
        {"all but TLS 1.2, of the known ones", SECPKG_CRED_OUTBOUND,
         ALL_CLIENT & ~(DWORD)SP_PROT_TLS1_2_CLIENT, SEC_E_OK},
        {"all but 1.2 and 1.3", SECPKG_CRED_OUTBOUND,
         ~(DWORD)(SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT), SEC_E_OK},
        {"all of the other side", SECPKG_CRED_OUTBOUND,
         SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER, SEC_E_OK},
        {"all", SECPKG_CRED_OUTBOUND, 0xffffffff, SEC_E_ALGORITHM_MISMATCH},
        {"all of a client", SECPKG_CRED_OUTBOUND,
         ALL_CLIENT | SP_PROT_DTLS1_0_CLIENT | SP_PROT_DTLS1_2_CLIENT, SEC_E_ALGORITHM_MISMATCH},
        {"server: all but TLS 1.2", SECPKG_CRED_INBOUND, ~(DWORD)SP_PROT_TLS1_2_SERVER, SEC_E_OK},
        {"server: all but a client's", SECPKG_CRED_INBOUND, ~(DWORD)SP_PROT_TLS1_2_CLIENT,
         SEC_E_ALGORITHM_MISMATCH},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TLS_PARAMETERS parameters = {.grbitDisabledProtocols = cases[i].disabled};
        SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                                .cTlsParameters = 1,
                                .pTlsParameters = &parameters};

        check_acquire(cases[i].name, cases[i].use, &data, cases[i].want);
    }
}

/* Counts of SCH_CREDENTIALS against the limits that schannel.h names. */
START_TEST(credentials_parameter_counts)
{
    static TLS_PARAMETERS parameters[SCH_CRED_MAX_SUPPORTED_PARAMETERS + 1];
    static CRYPTO_SETTINGS settings[SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS + 1];
    static WCHAR name[] = u"NOSUCHALG";
    static UNICODE_STRING protocol = {4, 4, u"h2"};
    static const struct {
        const char *name;
        DWORD parameters, settings;
        bool with_protocols, no_pointer;
        SECURITY_STATUS want;
    } cases[] = {
        {"none", 0, 0, false, true, SEC_E_OK},
        {"one", 1, 0, false, false, SEC_E_OK},
        {"one, and a pointer to no settings", 1, 0, false, false, SEC_E_OK},
        {"two without protocols", 2, 0, false, false, SEC_E_UNKNOWN_CREDENTIALS},
        {"most, each but one with protocols", SCH_CRED_MAX_SUPPORTED_PARAMETERS, 0, true, false,
         SEC_E_OK},
        {"one too many", SCH_CRED_MAX_SUPPORTED_PARAMETERS + 1, 0, true, false,
         SEC_E_UNKNOWN_CREDENTIALS},
        {"most settings", 1, SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS, false, false, SEC_E_OK},
        {"one setting too many", 1, SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS + 1, false, false,
         SEC_E_UNKNOWN_CREDENTIALS},
        {"one, but no pointer", 1, 0, false, true, SEC_E_UNKNOWN_CREDENTIALS},
    };

    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        settings[i].eAlgorithmUsage = TlsParametersCngAlgUsageCipher;
        settings[i].strCngAlgId.Buffer = name;
        settings[i].strCngAlgId.Length = sizeof(name) - sizeof(WCHAR);
        settings[i].strCngAlgId.MaximumLength = sizeof(name);
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION};

        if (running_on_windows() && cases[i].want != SEC_E_OK) {
            skip("%s: an error, but the documents do not name it", cases[i].name);
            continue;
        }
        memset(parameters, 0, sizeof(parameters));
        for (size_t k = 1; k < COUNT_OF(parameters) && cases[i].with_protocols; k++) {
            parameters[k].cAlpnIds = 1;
            parameters[k].rgstrAlpnIds = &protocol;
        }
        parameters[0].cDisabledCrypto = cases[i].settings;
        parameters[0].pDisabledCrypto = settings;
        data.cTlsParameters = cases[i].parameters;
        data.pTlsParameters = cases[i].no_pointer ? NULL : parameters;
        check_acquire(cases[i].name, SECPKG_CRED_OUTBOUND, &data, cases[i].want);
    }
}

/* Certificates: counts, null pointers, and contexts that have no private key. */
START_TEST(credentials_certificates)
{
    PCCERT_CONTEXT good = pki_certificate("rsa"), list[2];
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};

    if (!good)
        return;
    list[0] = list[1] = good;
    data.paCred = list;
    data.cCreds = 0;
    check_acquire("pointer without a count (Qt)", SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    data.cCreds = 1;
    check_acquire("client with one", SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    check_acquire("server with one", SECPKG_CRED_INBOUND, &data, SEC_E_OK);
    data.cCreds = 2;
    check_acquire("server with two", SECPKG_CRED_INBOUND, &data, SEC_E_OK);
    if (running_on_windows()) {
        skip("codes for unusable pointers are not known of Windows");
        return;
    }
    data.cCreds = SCH_CRED_MAX_SUPPORTED_CERTS + 1;
    check_acquire("more than the most", SECPKG_CRED_INBOUND, &data, SEC_E_UNKNOWN_CREDENTIALS);
    data.cCreds = 0xffffffff;
    check_acquire("a huge count", SECPKG_CRED_INBOUND, &data, SEC_E_UNKNOWN_CREDENTIALS);
    data.cCreds = 1;
    data.paCred = NULL;
    check_acquire("a count without a pointer", SECPKG_CRED_INBOUND, &data,
                  SEC_E_UNKNOWN_CREDENTIALS);
    list[0] = NULL;
    data.paCred = list;
    check_acquire("a null certificate", SECPKG_CRED_INBOUND, &data, SEC_E_UNKNOWN_CREDENTIALS);
}

/* No key: SEC_E_NO_CREDENTIALS; a key that is gone: SEC_E_UNKNOWN_CREDENTIALS. So .NET, Kestrel and
 * Ice tell their users. */
static void check_keyless(const char *name, bool lost, SECURITY_STATUS want)
{
    PCCERT_CONTEXT certificate = pki_keyless("rsa", lost);
    SCHANNEL_CRED four = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 1, .paCred = &certificate};
    SCH_CREDENTIALS five = {
        .dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 1, .paCred = &certificate};

    if (!certificate) {
        skip("%s: needs a folder made by make-pki, and a system with key containers", name);
        return;
    }
    push_context("%s", name);
    check_acquire("server, version 4", SECPKG_CRED_INBOUND, &four, want);
    check_acquire("server, version 5", SECPKG_CRED_INBOUND, &five, want);
    check_acquire("client, version 4", SECPKG_CRED_OUTBOUND, &four, want);
    check_acquire("client, version 5", SECPKG_CRED_OUTBOUND, &five, want);
    pop_context();
    CertFreeCertificateContext(certificate);
}

START_TEST(credentials_keyless)
{
    check_keyless("no key", false, SEC_E_NO_CREDENTIALS);
    check_keyless("the key is gone", true, SEC_E_UNKNOWN_CREDENTIALS);
}

/* One of many that is no good fails the whole call. */
START_TEST(credentials_one_bad)
{
    PCCERT_CONTEXT list[2] = {pki_certificate("rsa"), pki_keyless("rsa", false)};
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 2, .paCred = list};

    if (!list[1]) {
        skip("needs a folder made by make-pki");
        return;
    }
    if (list[0])
        check_acquire("a good one and one without key", SECPKG_CRED_INBOUND, &data,
                      SEC_E_NO_CREDENTIALS);
    CertFreeCertificateContext(list[1]);
}

/* paCred as thumbprints (SCH_CRED_FORMAT_CERT_HASH_STORE, as msquic passes it): a certificate of a
 * store of the user's. */
START_TEST(credentials_by_hash)
{
    PCCERT_CONTEXT kept = pki_kept("client-rsa", PKI_PROVIDER);
    SCHANNEL_CERT_HASH_STORE hash = {.dwLength = sizeof(hash), .pwszStoreName = u"MY"};
    void *items[1] = {&hash};
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .cCreds = 1,
                          .paCred = (PCCERT_CONTEXT *)(void *)items,
                          .dwCredFormat = SCH_CRED_FORMAT_CERT_HASH_STORE};

    if (!kept || !pki_thumbprint(kept, hash.ShaHash)) {
        skip("needs a folder made by make-pki, and a system with stores that are the test's");
        return;
    }
    if (ok(pki_own(kept, true), "not put into the store")) {
        check_acquire("in the store", SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
        hash.ShaHash[0] ^= 1;
        check_acquire("another hash", SECPKG_CRED_OUTBOUND, &data, SEC_E_NO_CREDENTIALS);
        hash.ShaHash[0] ^= 1;
        hash.dwFlags = SCH_MACHINE_CERT_HASH;
        check_acquire("in a store of the machine's", SECPKG_CRED_OUTBOUND, &data,
                      SEC_E_NO_CREDENTIALS);
        ok(pki_own(kept, false), "not taken out");
    }
    pki_kept_free(kept, PKI_PROVIDER);
}

/* A list of algorithms that no suite satisfies is told at once (a test of Rust's schannel). */
START_TEST(credentials_algorithms)
{
    static ALG_ID impossible[] = {CALG_RC2, CALG_ECDSA};
    static ALG_ID digest[] = {CALG_MD2};
    static ALG_ID usual[] = {CALG_AES_128, CALG_AES_256, CALG_SHA_256,  CALG_SHA_384,
                             CALG_ECDH,    CALG_ECDSA,   CALG_RSA_SIGN, CALG_ECDH_EPHEM};
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};

    data.palgSupportedAlgs = impossible;
    data.cSupportedAlgs = COUNT_OF(impossible);
    check_acquire("RC2 with ECDSA", SECPKG_CRED_OUTBOUND, &data, SEC_E_ALGORITHM_MISMATCH);
    data.palgSupportedAlgs = digest;
    data.cSupportedAlgs = COUNT_OF(digest);
    check_acquire("MD2", SECPKG_CRED_OUTBOUND, &data, SEC_E_ALGORITHM_MISMATCH);
    data.palgSupportedAlgs = usual;
    data.cSupportedAlgs = COUNT_OF(usual);
    check_acquire("AES, SHA-2, ECDHE", SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    data.cSupportedAlgs = 0;
    check_acquire("a pointer without a count", SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    data.palgSupportedAlgs = NULL;
    data.cSupportedAlgs = 3;
    check_acquire("a count without a pointer", SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    data.palgSupportedAlgs = usual;
    if (running_on_windows()) {
        skip("the code for too many algorithms is not known of Windows");
        return;
    }
    data.cSupportedAlgs = 0x7fffffff;
    check_acquire("more algorithms than there are", SECPKG_CRED_OUTBOUND, &data,
                  SEC_E_UNKNOWN_CREDENTIALS);
}

/* Flags of the other side and unknown ones are ignored (Poco, .NET). */
START_TEST(credentials_flags)
{
    static const struct {
        const char *name;
        ULONG use;
        DWORD flags;
    } cases[] = {
        {"manual and automatic", SECPKG_CRED_OUTBOUND,
         SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_AUTO_CRED_VALIDATION},
        {"client: no system mapper", SECPKG_CRED_OUTBOUND, SCH_CRED_NO_SYSTEM_MAPPER},
        {"server: client's flags", SECPKG_CRED_INBOUND,
         SCH_CRED_AUTO_CRED_VALIDATION | SCH_CRED_MANUAL_CRED_VALIDATION |
             SCH_CRED_NO_DEFAULT_CREDS},
        {"strong crypto", SECPKG_CRED_OUTBOUND, SCH_USE_STRONG_CRYPTO},
        {"auxiliary record", SECPKG_CRED_OUTBOUND, SCH_SEND_AUX_RECORD},
        {"send root", SECPKG_CRED_OUTBOUND, SCH_SEND_ROOT_CERT},
        {"unknown ones", SECPKG_CRED_OUTBOUND, 0x50000000},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED four = {.dwVersion = SCHANNEL_CRED_VERSION};
        SCH_CREDENTIALS five = {.dwVersion = SCH_CREDENTIALS_VERSION};

        four.dwFlags = five.dwFlags = cases[i].flags;
        push_context("version 4");
        check_acquire(cases[i].name, cases[i].use, &four, SEC_E_OK);
        pop_context();
        push_context("version 5");
        check_acquire(cases[i].name, cases[i].use, &five, SEC_E_OK);
        pop_context();
    }
}

START_TEST(credentials_package_names)
{
    static const struct {
        const char *name;
        const WCHAR *package;
        SECURITY_STATUS want;
    } cases[] = {
        {"full", UNISP, SEC_E_OK},
        {"Schannel", u"schannel", SEC_E_OK},
        {"unknown", u"Nothing", SEC_E_SECPKG_NOT_FOUND},
        {"empty", u"", SEC_E_SECPKG_NOT_FOUND},
    };
    CredHandle credential;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SECURITY_STATUS status;

        credential = handle_of(0);
        status = AcquireCredentialsHandleW(NULL, (WCHAR *)cases[i].package, SECPKG_CRED_OUTBOUND,
                                           NULL, NULL, NULL, NULL, &credential, NULL);
        ok_status(status, cases[i].want, "%s", cases[i].name);
        if (status == SEC_E_OK)
            FreeCredentialsHandle(&credential);
    }
    if (!running_on_windows())
        ok_status(AcquireCredentialsHandleW(NULL, NULL, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL,
                                            NULL, &credential, NULL),
                  SEC_E_SECPKG_NOT_FOUND, "no name");
}

/* Without a certificate the credential never ends in practice; with one, it ends with that. */
START_TEST(credentials_expiry)
{
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    struct credential_wish wish = {.certificate = certificate};
    TimeStamp without, with;
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};
    CredHandle credential;

    if (!certificate)
        return;
    without.QuadPart = with.QuadPart = 0;
    ok_status(AcquireCredentialsHandleW(NULL, UNISP, SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL,
                                        &credential, &without),
              SEC_E_OK, "without certificate");
    FreeCredentialsHandle(&credential);
    data.cCreds = 1;
    data.paCred = &wish.certificate;
    ok_status(AcquireCredentialsHandleW(NULL, UNISP, SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL,
                                        &credential, &with),
              SEC_E_OK, "with certificate");
    FreeCredentialsHandle(&credential);
    /* FILETIME: 1e7 per second, from 1601; the test certificate lasts a year at most. */
    ok(with.QuadPart > 0 && without.QuadPart - with.QuadPart > 0, "not before the other one");
}

START_TEST(credentials_query)
{
    SecPkgCred_SupportedProtocols protocols = {0};
    SecPkgCred_CipherStrengths strengths = {0, 0};
    SecPkgCred_SupportedAlgs algorithms = {0, NULL};
    SecPkgCredentials_NamesW names = {NULL};
    struct credential_wish wish = {.version = VERSION_TLS12, .old_form = true};
    CredHandle credential;
    BYTE room[512];

    if (!ok_status(credential_make(&wish, &credential), SEC_E_OK, "credential"))
        return;
    ok_status(QueryCredentialsAttributesW(&credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols),
              SEC_E_OK, "protocols");
    ok_status(protocols.grbitProtocol & ALL_CLIENT, SP_PROT_TLS1_2_CLIENT, "only TLS 1.2");
    ok_status(QueryCredentialsAttributesA(&credential, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths),
              SEC_E_OK, "strengths");
    ok(strengths.dwMinimumCipherStrength >= 40 && strengths.dwMaximumCipherStrength >= 256 &&
           strengths.dwMinimumCipherStrength <= strengths.dwMaximumCipherStrength,
       "strengths from %lu to %lu", (unsigned long)strengths.dwMinimumCipherStrength,
       (unsigned long)strengths.dwMaximumCipherStrength);
    ok_status(QueryCredentialsAttributesW(&credential, SECPKG_ATTR_SUPPORTED_ALGS, &algorithms),
              SEC_E_OK, "algorithms");
    ok(algorithms.cSupportedAlgs > 0 && algorithms.palgSupportedAlgs, "no algorithm");
    if (algorithms.palgSupportedAlgs)
        ok_status(FreeContextBuffer(algorithms.palgSupportedAlgs), SEC_E_OK, "list is freed");
    ok_status(QueryCredentialsAttributesW(&credential, SECPKG_CRED_ATTR_NAMES, &names),
              SEC_E_NO_CREDENTIALS, "name of an anonymous credential");
    ok_status(QueryCredentialsAttributesW(&credential, 0x7777, room), SEC_E_UNSUPPORTED_FUNCTION,
              "unknown attribute");
    ok_status(SetCredentialsAttributesW(&credential, 0x7777, room, sizeof(room)),
              SEC_E_UNSUPPORTED_FUNCTION, "setting an unknown attribute");
    FreeCredentialsHandle(&credential);
}
