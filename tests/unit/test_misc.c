/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Functions that few programs call, and what they must keep to all the same: facts about a thread's
 * client, performance counters, flags of channel bindings, the forms with an A or an Ex at the end,
 * and logging on.
 *
 * Sources: Microsoft Learn, "SeciAllocateAndSetIPAddress function", "SeciFreeCallContext function",
 * "SspiEncryptAuthIdentityEx function", "LsaLogonUser function"; comments in sspi.h.
 */
#include "winsspi.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "host.h"

#define ADDRESS_SIZE 128 /* of SOCKADDR_STORAGE, the largest there is */

/* ---- facts about a thread's client ---- */

static void other_thread(void *argument)
{
    unsigned char address[16] = {2};
    int *own = argument;

    ok_status(SeciAllocateAndSetIPAddress(address, sizeof(address), own), SEC_E_OK, "its own");
    SeciFreeCallContext();
}

START_TEST(misc_call_context)
{
    unsigned char address[ADDRESS_SIZE + 1] = {2};
    WCHAR target[] = u"HTTP/localhost";
    struct host_thread *thread;
    int mine = 77, own = 77;

    ok_status(SeciAllocateAndSetIPAddress(NULL, 16, &mine), SEC_E_INVALID_TOKEN, "no address");
    ok_status(SeciAllocateAndSetIPAddress(address, 0, &mine), SEC_E_INVALID_TOKEN, "no size");
    ok_status(SeciAllocateAndSetIPAddress(address, sizeof(address), &mine), SEC_E_INVALID_TOKEN,
              "a long address");
    ok_status(SeciAllocateAndSetIPAddress(address, 16, NULL), SEC_E_INVALID_TOKEN, "no answer");
    ok_number(mine, 77, "answer");

    ok_status(SeciAllocateAndSetIPAddress(address, 16, &mine), SEC_E_OK, "first");
    ok(mine == TRUE, "who makes it frees it");
    ok_status(SecAllocateAndSetIPAddress(address, ADDRESS_SIZE, &mine), SEC_E_OK, "second");
    ok(mine == FALSE, "it was made before");
    ok_status(SeciAllocateAndSetCallTarget(address, 16, target, &mine), SEC_E_OK, "with a target");
    ok_status(SecAllocateAndSetCallTarget(address, 16, target, &mine), SEC_E_OK, "another target");
    ok_status(SeciAllocateAndSetCallFlags(1, &mine), SEC_E_OK, "flags");
    ok(mine == FALSE, "it was made before");

    thread = host_thread_start(other_thread, &own);
    if (ok(thread != NULL, "no thread")) {
        host_thread_join(thread);
        ok(own == TRUE, "another thread has none of it");
    }
    SeciFreeCallContext();
    SecFreeCallContext(); /* nothing to do */
    ok_status(SeciAllocateAndSetCallFlags(1, &mine), SEC_E_OK, "after the end");
    ok(mine == TRUE, "after the end it is new");
    SecFreeCallContext();
}

/* ---- performance counters: there are none ---- */

START_TEST(misc_performance)
{
    WCHAR query[] = u"Global";
    unsigned char memory[16];
    void *at = memory;
    DWORD size = sizeof(memory), types = 7;

    ok_number(OpenLsaPerformanceData(NULL), ERROR_SUCCESS, "open");
    ok_number(CollectLsaPerformanceData(query, &at, &size, &types), ERROR_SUCCESS, "collect");
    ok(at == memory && size == 0 && types == 0, "%lu bytes, %lu types", (unsigned long)size,
       (unsigned long)types);
    ok_number(CollectLsaPerformanceData(NULL, &at, &size, &types), ERROR_INVALID_PARAMETER, "NULL");
    ok_number(CloseLsaPerformanceData(), ERROR_SUCCESS, "close");
}

/* ---- flags of channel bindings ---- */

START_TEST(misc_binding_flags)
{
    static const char text[] = "tls-server-end-point:x";
    SEC_CHANNEL_BINDINGS plain = {.cbApplicationDataLength = sizeof(text),
                                  .dwApplicationDataOffset = sizeof(plain)};
    SecPkgContext_Bindings bindings = {sizeof(plain) + sizeof(text), NULL}, short_one;
    SEC_CHANNEL_BINDINGS_EX *extended;

    ok_status(SspiSetChannelBindingFlags(NULL, 1), SEC_E_INVALID_PARAMETER, "NULL");
    ok_status(SspiSetChannelBindingFlags(&bindings, 1), SEC_E_INVALID_PARAMETER, "no bindings");
    /* Memory as QueryContextAttributes gives it; an enumeration is some. */
    for (int round = 0; round < 2; round++) {
        SecPkgInfoW *info = NULL;
        ULONG count = 0;

        ok_status(EnumerateSecurityPackagesW(&count, &info), SEC_E_OK, "memory");
        ok(count * sizeof(*info) >= bindings.BindingsLength, "little memory");
        bindings = (SecPkgContext_Bindings){sizeof(plain) + sizeof(text),
                                            (SEC_CHANNEL_BINDINGS *)(void *)info};
        memcpy(bindings.Bindings, &plain, sizeof(plain));
        memcpy(bindings.Bindings + 1, text, sizeof(text));
        if (round == 0) {
            bindings.Bindings->dwApplicationDataOffset = 0xffffffff;
            ok_status(SspiSetChannelBindingFlags(&bindings, 1), SEC_E_INVALID_PARAMETER, "outside");
            bindings.Bindings->dwApplicationDataOffset = 4;
            ok_status(SspiSetChannelBindingFlags(&bindings, 1), SEC_E_INVALID_PARAMETER, "head");
            FreeContextBuffer(bindings.Bindings);
        }
    }
    short_one = (SecPkgContext_Bindings){sizeof(plain) - 1, bindings.Bindings};
    ok_status(SspiSetChannelBindingFlags(&short_one, 1), SEC_E_INVALID_PARAMETER, "short");
    ok_status(SspiSetChannelBindingFlags(&bindings, 2), SEC_E_INVALID_PARAMETER, "unknown flag");
    ok_status(SspiSetChannelBindingFlags(&bindings, SEC_CHANNEL_BINDINGS_AUDIT_BINDINGS), SEC_E_OK,
              "audit");
    extended = (SEC_CHANNEL_BINDINGS_EX *)(void *)bindings.Bindings;
    ok_number(extended->magicNumber, SEC_CHANNEL_BINDINGS_EX_MAGIC, "magic");
    ok_number(extended->flags, 1, "flags");
    ok_number(extended->cbStructureLength, bindings.BindingsLength, "length");
    ok(!memcmp((char *)extended + extended->dwApplicationDataOffset, text, sizeof(text)), "data");
    ok_status(SspiSetChannelBindingFlags(&bindings, 0), SEC_E_OK, "no audit");
    ok((void *)extended == (void *)bindings.Bindings && extended->flags == 0, "in place");
    FreeContextBuffer(bindings.Bindings);
}

/* ---- A and Ex ---- */

START_TEST(misc_identities_ex)
{
    static const struct {
        const char *name;
        ULONG options;
        SECURITY_STATUS want;
    } rows[] = {
        {"this process", SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, SEC_E_OK},
        {"this logon", SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_LOGON, SEC_E_UNSUPPORTED_FUNCTION},
        {"the system", SEC_WINNT_AUTH_IDENTITY_ENCRYPT_FOR_SYSTEM, SEC_E_UNSUPPORTED_FUNCTION},
        {"nothing", 0, SEC_E_UNSUPPORTED_FUNCTION},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL, copy = NULL;
        BOOLEAN same = FALSE;

        SspiEncodeStringsAsAuthIdentity(u"user", u"DOM", u"secret", &identity);
        SspiCopyAuthIdentity(identity, &copy);
        ok_status(SspiEncryptAuthIdentityEx(rows[i].options, identity), rows[i].want, "%s",
                  rows[i].name);
        ok(SspiIsAuthIdentityEncrypted(identity) == (rows[i].want == SEC_E_OK), "%s: encrypted",
           rows[i].name);
        ok_status(SspiDecryptAuthIdentityEx(rows[i].options, identity), rows[i].want, "%s",
                  rows[i].name);
        ok_status(SspiCompareAuthIdentities(identity, copy, NULL, &same), SEC_E_OK, "compare");
        ok(same, "%s: another identity", rows[i].name);
        SspiFreeAuthIdentity(copy);
        SspiFreeAuthIdentity(identity);
    }
    ok_status(SspiEncryptAuthIdentityEx(2, NULL), SEC_E_INVALID_TOKEN, "NULL");
}

START_TEST(misc_narrow)
{
    char text[64];
    ULONG size = sizeof(text);

    SetLastError(0xdead);
    ok(!GetComputerObjectNameA(NameFullyQualifiedDN, text, &size), "computer");
    ok_number(GetLastError(), ERROR_CANT_ACCESS_DOMAIN_INFO, "computer");
    SetLastError(0xdead);
    ok(!TranslateNameA("NOSUCHMACHINE\\nobody", NameSamCompatible, NameDisplay, text, &size),
       "translate");
    ok_number(GetLastError(), ERROR_NO_SUCH_DOMAIN, "translate");
    SetLastError(0xdead);
    ok(!TranslateNameA(NULL, NameSamCompatible, NameDisplay, text, &size), "no name");
    ok_number(GetLastError(), ERROR_INVALID_PARAMETER, "no name");
    SecpFreeMemory(NULL);
    SecCacheSspiPackages();
}

START_TEST(misc_credential_attributes)
{
    WCHAR package[] = u"NTLM";
    SecPkgCredentials_NamesA names = {NULL};
    SEC_WINNT_AUTH_IDENTITY_W identity = {.User = (unsigned short *)(uintptr_t)u"user",
                                          .UserLength = 4,
                                          .Domain = (unsigned short *)(uintptr_t)u"DOM",
                                          .DomainLength = 3,
                                          .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    CredHandle credential;
    SECURITY_STATUS status = AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND, NULL,
                                                       &identity, NULL, NULL, &credential, NULL);

    if (status == SEC_E_SECPKG_NOT_FOUND) {
        skip("NTLM is not there");
        return;
    }
    ok_status(status, SEC_E_OK, "acquire");
    ok_status(QueryCredentialsAttributesExA(&credential, SECPKG_CRED_ATTR_NAMES, &names,
                                            sizeof(names) - 1),
              SEC_E_BUFFER_TOO_SMALL, "too small");
    ok_status(
        QueryCredentialsAttributesExA(&credential, SECPKG_CRED_ATTR_NAMES, &names, sizeof(names)),
        SEC_E_OK, "names");
    ok(names.sUserName && !strcmp(names.sUserName, "DOM\\user"), "%s",
       names.sUserName ? names.sUserName : "none");
    FreeContextBuffer(names.sUserName);
    ok_status(QueryCredentialsAttributesExA(&credential, 77, &names, sizeof(names)),
              SEC_E_UNSUPPORTED_FUNCTION, "unknown");
    FreeCredentialsHandle(&credential);
    ok_status(
        QueryCredentialsAttributesExA(&credential, SECPKG_CRED_ATTR_NAMES, &names, sizeof(names)),
        SEC_E_INVALID_HANDLE, "freed");
}

/* As the W form, of which tests/unit/test_sasl.c has more. */
START_TEST(misc_sasl_narrow)
{
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    char target[] = "ldap/localhost";
    CredHandle credential = {1, 2};
    CtxtHandle context;
    ULONG attributes;

    ok_status(SaslInitializeSecurityContextA(&credential, NULL, target, 0, 0, SECURITY_NATIVE_DREP,
                                             NULL, 0, &context, &output, &attributes, NULL),
              SEC_E_INVALID_HANDLE, "a handle that was never one");
}

/* ---- logging on: nobody can by Schannel ---- */

START_TEST(misc_logon)
{
    static char information[64];
    static const struct {
        const char *name;
        SECURITY_LOGON_TYPE type;
        bool has_information;
        NTSTATUS want;
    } rows[] = {
        {"a network logon", Network, true, STATUS_NO_LOGON_SERVERS},
        {"an interactive logon", Interactive, true, STATUS_NO_LOGON_SERVERS},
        {"a type that there is not", (SECURITY_LOGON_TYPE)99, true, STATUS_INVALID_LOGON_TYPE},
        {"no information", Network, false, STATUS_INVALID_PARAMETER},
    };
    LSA_STRING origin = {4, 5, (char *)(uintptr_t) "test"}, name = {8, 9, information};
    TOKEN_SOURCE source = {.SourceName = "test"};
    ULONG package = 0, size = 77;
    HANDLE lsa = NULL, token = &token;
    void *profile = information;
    NTSTATUS sub_status = 77;
    QUOTA_LIMITS quotas;
    LUID session;

    memcpy(information, "Schannel", 8);
    ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect");
    ok_status(LsaLookupAuthenticationPackage(lsa, &name, &package), STATUS_SUCCESS, "look up");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ok_status(LsaLogonUser(lsa, &origin, rows[i].type, package,
                               rows[i].has_information ? information : NULL, sizeof(information),
                               NULL, &source, &profile, &size, &session, &token, &quotas,
                               &sub_status),
                  rows[i].want, "%s", rows[i].name);
    ok(!profile && !size && !token && !sub_status, "results");
    ok_status(LsaDeregisterLogonProcess(lsa), STATUS_SUCCESS, "end");
    ok_status(LsaLogonUser(lsa, &origin, Network, package, information, sizeof(information), NULL,
                           &source, &profile, &size, &session, &token, &quotas, &sub_status),
              STATUS_INVALID_HANDLE, "after the end");
}

START_TEST(misc_logon_ex)
{
    WCHAR user[] = u"user", domain[] = u"DOM", password[] = u"secret";
    HANDLE token = NULL;

    SetLastError(0xdead);
    ok(!LogonUserExExW(user, domain, password, 2, 0, NULL, &token, NULL, NULL, NULL, NULL), "it");
    /* Where GSSAPI has NTLM there is somebody to ask. */
    ok(GetLastError() == ERROR_NO_LOGON_SERVERS || GetLastError() == ERROR_LOGON_FAILURE,
       "error %lu", (unsigned long)GetLastError());
    ok(!LogonUserExExW(NULL, domain, password, 2, 0, NULL, &token, NULL, NULL, NULL, NULL), "no");
    ok_number(GetLastError(), ERROR_INVALID_PARAMETER, "no user");
}

/* With an account that NTLM's side knows; on Linux there is no token for it. */
START_TEST(misc_logon_ex_account)
{
    WCHAR user[] = u"tester", domain[] = u"SECUR32", password[] = u"Secret-1",
          wrong[] = u"secret-1";
    const char *account = getenv("SECUR32_TEST_NTLM");
    void *profile = NULL;
    HANDLE token = NULL;
    DWORD size = 0;

    if (!account || strcmp(account, "SECUR32:tester:Secret-1") != 0) {
        skip("SECUR32_TEST_NTLM tells no account");
        return;
    }
    ok(!LogonUserExExW(user, domain, wrong, 3, 0, NULL, &token, NULL, &profile, &size, NULL), "no");
    ok_number(GetLastError(), ERROR_LOGON_FAILURE, "a wrong password");
    ok(!LogonUserExExW(user, domain, password, 3, 0, NULL, &token, NULL, &profile, &size, NULL),
       "a token");
    ok_number(GetLastError(), ERROR_PRIVILEGE_NOT_HELD, "the right password");
    ok(!token && !profile && !size, "results");
    ok(!LogonUserExExW(user, domain, password, 99, 0, NULL, &token, NULL, NULL, NULL, NULL), "no");
    ok_number(GetLastError(), ERROR_INVALID_PARAMETER, "a type that there is not");
}

START_TEST(misc_user_info)
{
    LUID unknown = {.LowPart = 0xfffffffe, .HighPart = 0x7fffffff};
    SECURITY_USER_DATA *data = NULL;
    void *information = NULL;

    ok_status(GetSecurityUserInfo(NULL, 0, NULL), STATUS_INVALID_PARAMETER, "no result");
    ok_status(GetSecurityUserInfo(&unknown, 0, &information), STATUS_NO_SUCH_LOGON_SESSION,
              "unknown");
    ok(!information, "something of an unknown session");
    if (ok_status(GetSecurityUserInfo(NULL, 0, &information), STATUS_SUCCESS, "own")) {
        data = information;
        ok(data->UserName.Length > 0 && data->UserName.Buffer, "user");
        ok(data->LogonDomainName.Length > 0 && data->LogonDomainName.Buffer, "domain");
        ok_status(LsaFreeReturnBuffer(information), STATUS_SUCCESS, "free");
    }
}

/* There is no domain whose group of protected users one could be in. */
START_TEST(misc_protected_user)
{
    BOOLEAN is_protected = TRUE;

    ok_status(SeciIsProtectedUser(NULL), STATUS_INVALID_PARAMETER, "nowhere to put it");
    ok_status(SeciIsProtectedUser(&is_protected), STATUS_SUCCESS, "protected user");
    ok_number(is_protected, FALSE, "protected user");
}
