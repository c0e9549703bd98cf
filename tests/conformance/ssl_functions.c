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

START_TEST(ssl_crack_certificate)
{
    TYPE_OF(SslCrackCertificate) crack = FUNCTION(SslCrackCertificate);
    TYPE_OF(SslFreeCertificate) release = FUNCTION(SslFreeCertificate);
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    PX509Certificate cracked = NULL;
    BYTE junk[64] = {0x30, 0x3e};

    if (!crack || !release || !certificate)
        return;
    ok(!crack(junk, sizeof(junk), 0, &cracked) && !cracked, "junk is a certificate");
    if (!running_under_wine() && !running_on_windows()) {
        ok(!crack(certificate->pbCertEncoded, certificate->cbCertEncoded, 0, &cracked) &&
               GetLastError() == (DWORD)SEC_E_UNSUPPORTED_FUNCTION,
           "no CryptoAPI on Linux: error %lx", (unsigned long)GetLastError());
        return;
    }
    if (!ok(crack(certificate->pbCertEncoded, certificate->cbCertEncoded, 0, &cracked) && cracked,
            "error %lx", (unsigned long)GetLastError()))
        return;
    ok_number(cracked->ValidUntil.dwHighDateTime, certificate->pCertInfo->NotAfter.dwHighDateTime,
              "end of validity");
    ok_number(cracked->ValidFrom.dwLowDateTime, certificate->pCertInfo->NotBefore.dwLowDateTime,
              "start of validity");
    ok(cracked->pszSubject && strstr(cracked->pszSubject, "CN="), "subject '%s'",
       cracked->pszSubject ? cracked->pszSubject : "");
    ok(cracked->pszIssuer && strchr(cracked->pszIssuer, '='), "issuer '%s'",
       cracked->pszIssuer ? cracked->pszIssuer : "");
    ok(!memcmp(cracked->SerialNumber, certificate->pCertInfo->SerialNumber.pbData,
               certificate->pCertInfo->SerialNumber.cbData < 16
                   ? certificate->pCertInfo->SerialNumber.cbData
                   : 16),
       "serial number");
    ok(cracked->pPublicKey && cracked->pPublicKey->cbKey > 100, "public key");
    release(cracked);
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
