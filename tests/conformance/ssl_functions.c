/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The functions that Windows has in schannel.dll only: reading a ClientHello before there is a
 * context, emptying the session cache, certificates. On Linux the library itself has them.
 *
 * Sources: Microsoft Learn, the pages of these functions; that they are found by GetProcAddress is
 * said there. SEC_E_ILLEGAL_MESSAGE for 256 bytes of nothing: a test of the .NET library Vanara,
 * which passes on Windows.
 */
#include "common.h"

#include <string.h>

/* No such function in this Windows: NULL. */
#ifdef _WIN32
#define FIND(name) find_function(#name)
static FARPROC find_function(const char *name)
{
    HMODULE module = LoadLibraryA("schannel.dll");
    FARPROC function = module ? GetProcAddress(module, name) : NULL;

    if (!function)
        win_skip("schannel.dll has no %s", name);
    return function;
}
#else
#define FIND(name) ((void (*)(void))(name))
#endif

#define TYPE_OF(name) __typeof__(&name)
/* Function pointers of any type may be converted to each other; the way over void(void) is silent.
 */
#define FUNCTION(name) ((TYPE_OF(name))(void (*)(void))FIND(name))

START_TEST(ssl_server_identity)
{
    TYPE_OF(SslGetServerIdentity) identity = FUNCTION(SslGetServerIdentity);
    struct bytes hello = {NULL, 0, 0};
    BYTE zeros[256] = {0};
    CredHandle client;
    PBYTE name = zeros;
    DWORD size = 1;

    if (!identity || !client_make(&client, VERSION_ANY))
        return;
    if (get_hello(&client, u"sni.example", &hello)) {
        ok_status(identity(hello.data, (DWORD)hello.size, &name, &size, 0), SEC_E_OK, "a hello");
        if (ok(size == 11 && name > hello.data && name + size < hello.data + hello.size, "where"))
            ok(!memcmp(name, "sni.example", 11), "another name");
        ok_status(identity(hello.data, (DWORD)hello.size - 1, &name, &size, 0),
                  SEC_E_INCOMPLETE_MESSAGE, "a byte too few");
        ok_status(identity(hello.data, 4, &name, &size, 0), SEC_E_INCOMPLETE_MESSAGE, "four bytes");
        ok_status(identity(NULL, (DWORD)hello.size, &name, &size, 0), SEC_E_INVALID_PARAMETER,
                  "no message");
        ok_status(identity(hello.data, (DWORD)hello.size, NULL, &size, 0), SEC_E_INVALID_PARAMETER,
                  "no place for the name");
        ok_status(identity(hello.data, (DWORD)hello.size, &name, NULL, 0), SEC_E_INVALID_PARAMETER,
                  "no place for its size");
    }
    bytes_done(&hello);
    hello = (struct bytes){NULL, 0, 0};
    if (get_hello(&client, NULL, &hello)) {
        SECURITY_STATUS status = identity(hello.data, (DWORD)hello.size, &name, &size, 0);

        ok(status == SEC_E_OK && !name && !size, "no SNI: %08lx, %lu bytes", (unsigned long)status,
           (unsigned long)size);
    }
    bytes_done(&hello);
    ok_status(identity(zeros, sizeof(zeros), &name, &size, 0), SEC_E_ILLEGAL_MESSAGE, "zeros");
    FreeCredentialsHandle(&client);
}

START_TEST(ssl_extensions)
{
    TYPE_OF(SslGetExtensions) extensions = FUNCTION(SslGetExtensions);
    SCH_EXTENSION_DATA wanted[] = {{0, NULL, 0}, {10, NULL, 0}, {0xeaea, (BYTE *)wanted, 9}};
    struct bytes hello = {NULL, 0, 0};
    CredHandle client;
    DWORD missing = 99;

    if (!extensions || !client_make(&client, VERSION_ANY))
        return;
    if (get_hello(&client, u"sni.example", &hello)) {
        struct wire_part name = wire_extension(hello.data, hello.size, 0);
        struct wire_part groups = wire_extension(hello.data, hello.size, 10);
        DWORD size = (DWORD)hello.size;

        ok_status(extensions(hello.data, size, wanted, 3, &missing, SCH_EXTENSIONS_OPTIONS_NONE),
                  SEC_E_OK, "a record");
        ok_number(missing, 0, "bytes to read");
        ok(wanted[0].pExtData == name.data && wanted[0].cbExtData == name.size, "server_name");
        ok(wanted[1].pExtData == groups.data && wanted[1].cbExtData == groups.size, "groups");
        ok(!wanted[2].pExtData && !wanted[2].cbExtData, "one that is not there");
        ok_status(extensions(hello.data + WIRE_HEADER, size - WIRE_HEADER, wanted, 1, &missing,
                             SCH_NO_RECORD_HEADER),
                  SEC_E_OK, "without the record's header");
        ok(wanted[0].pExtData == name.data, "server_name without a header");
        ok_status(
            extensions(hello.data, size - 7, wanted, 1, &missing, SCH_EXTENSIONS_OPTIONS_NONE),
            SEC_E_INCOMPLETE_MESSAGE, "seven bytes too few");
        todo_if(running_on_windows()) /* what the number counts is not described */
            ok_number(missing, 7, "bytes to read of seven");
        ok_status(extensions(hello.data, size, wanted, 1, &missing, SCH_NO_RECORD_HEADER),
                  SEC_E_ILLEGAL_MESSAGE, "a header where none is");
    }
    bytes_done(&hello);
    FreeCredentialsHandle(&client);
}

/* TLS 1.2: whether the server sees the session come back. */
static bool resumes(struct pair *pair)
{
    SecPkgContext_SessionInfo info = {0, 0, {0}};
    struct loop loop;
    bool resumed = false;

    if (loop_connect(&loop, &pair->client, &pair->server)) {
        ok_status(QueryContextAttributesW(&loop.side[LOOP_CLIENT].context, SECPKG_ATTR_SESSION_INFO,
                                          &info),
                  SEC_E_OK, "session info");
        resumed = info.dwFlags & SSL_SESSION_RECONNECT;
        loop_shutdown(&loop, LOOP_CLIENT);
    }
    loop_done(&loop);
    return resumed;
}

START_TEST(ssl_empty_cache)
{
    TYPE_OF(SslEmptyCacheA) narrow = FUNCTION(SslEmptyCacheA);
    TYPE_OF(SslEmptyCacheW) wide = FUNCTION(SslEmptyCacheW);
    struct pair pair;

    if (!narrow || !wide || !pair_make(&pair, VERSION_TLS12, "rsa"))
        return;
    ok(wide(NULL, 0), "the whole cache: error %lu", (unsigned long)GetLastError());
    ok(!resumes(&pair), "the first time");
    ok(resumes(&pair), "the second time");
    ok(wide((LPWSTR)u"other.example", 0), "another server");
    ok(resumes(&pair), "another server was emptied");
    ok(wide((LPWSTR)u"LOCALHOST", 0), "this server");
    ok(!resumes(&pair), "this server was emptied");
    ok(narrow((LPSTR) "localhost", 0), "this server, ANSI");
    ok(!resumes(&pair), "this server was emptied, ANSI");
    ok(resumes(&pair), "and filled again");
    ok(narrow(NULL, 0), "the whole cache, ANSI");
    ok(!resumes(&pair), "everything was emptied");
    pair_done(&pair);
}

static void check_cracked(PCCERT_CONTEXT certificate, const X509Certificate *cracked)
{
    const CERT_INFO *info = certificate->pCertInfo;

    ok(!memcmp(&cracked->ValidUntil, &info->NotAfter, sizeof(FILETIME)), "end of validity");
    ok(!memcmp(&cracked->ValidFrom, &info->NotBefore, sizeof(FILETIME)), "start of validity");
    ok(cracked->pszSubject && strstr(cracked->pszSubject, "CN="), "subject '%s'",
       cracked->pszSubject ? cracked->pszSubject : "");
    ok(cracked->pszIssuer && strstr(cracked->pszIssuer, "CN="), "issuer '%s'",
       cracked->pszIssuer ? cracked->pszIssuer : "");
    ok(!memcmp(cracked->SerialNumber, info->SerialNumber.pbData,
               info->SerialNumber.cbData < 16 ? info->SerialNumber.cbData : 16),
       "serial number");
    ok_number(cracked->Version, 2, "version 3");
}

/* The key is told as it stands in the certificate (Windows' form is not described): of RSA a
 * SEQUENCE (RFC 8017 A.1.1), of ECDSA an uncompressed point (RFC 5480 2.2), somewhere in it. */
static void check_cracked_key(PCCERT_CONTEXT certificate, const X509Certificate *cracked,
                              BYTE first)
{
    const PctPublicKey *key = cracked->pPublicKey;
    DWORD at = 0;

    if (!ok(key && key->cbKey > 60 && key->cbKey < certificate->cbCertEncoded, "no public key"))
        return;
    if (running_on_windows())
        return;
    ok(key->pKey[0] == first, "it starts with %02x", key->pKey[0]);
    while (at + key->cbKey <= certificate->cbCertEncoded &&
           memcmp(certificate->pbCertEncoded + at, key->pKey, key->cbKey) != 0)
        at++;
    ok(at + key->cbKey <= certificate->cbCertEncoded, "it is not in the certificate");
}

START_TEST(ssl_crack_certificate)
{
    static const struct {
        const char *name;
        BYTE first; /* of the key */
    } cases[] = {{"rsa", 0x30}, {"ecdsa", 0x04}, {"ecdsa384", 0x04}, {"by-pss", 0x30}};
    TYPE_OF(SslCrackCertificate) crack = FUNCTION(SslCrackCertificate);
    TYPE_OF(SslFreeCertificate) release = FUNCTION(SslFreeCertificate);
    PX509Certificate cracked = NULL;
    BYTE junk[64] = {0x30, 0x3e};

    if (!crack || !release)
        return;
    ok(!crack(junk, sizeof(junk), 0, &cracked) && !cracked, "junk is a certificate");
    ok(!crack(NULL, 0, 0, &cracked) && !cracked, "nothing is a certificate");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PCCERT_CONTEXT certificate = pki_certificate(cases[i].name);

        push_context("%s", cases[i].name);
        if (certificate &&
            ok(crack(certificate->pbCertEncoded, certificate->cbCertEncoded, 0, &cracked) &&
                   cracked,
               "error %lx", (unsigned long)GetLastError())) {
            check_cracked(certificate, cracked);
            check_cracked_key(certificate, cracked, cases[i].first);
            release(cracked);
            ok(!crack(certificate->pbCertEncoded, certificate->cbCertEncoded - 1, 0, &cracked) &&
                   !cracked,
               "a byte less");
        }
        pop_context();
    }
}

START_TEST(ssl_deserialize)
{
    TYPE_OF(SslDeserializeCertificateStore)
    deserialize = FUNCTION(SslDeserializeCertificateStore);
    BYTE junk[40] = {0, 0, 0, 0, 'C', 'E', 'R', 'T', 0x20, 0, 0, 0, 1, 0, 0, 0, 4};
    PCCERT_CONTEXT context = NULL;

    if (!deserialize)
        return;
    ok(deserialize((CERT_BLOB){sizeof(junk), junk}, &context) < 0 && !context, "junk");
    ok(deserialize((CERT_BLOB){0, NULL}, &context) < 0 && !context, "nothing");
}

START_TEST(ssl_misc)
{
    TYPE_OF(SslGetMaximumKeySize) largest = FUNCTION(SslGetMaximumKeySize);
    TYPE_OF(SslGenerateRandomBits) random_bits = FUNCTION(SslGenerateRandomBits);
    BYTE first[32] = {0}, second[33] = {0};

    if (!largest || !random_bits)
        return;
    ok(largest(0) >= 1024, "%lu bits", (unsigned long)largest(0));
    random_bits(first, sizeof(first));
    random_bits(second, sizeof(first));
    ok(memcmp(first, second, sizeof(first)) != 0, "twice the same bytes");
    ok(!second[sizeof(first)], "too many bytes");
}
