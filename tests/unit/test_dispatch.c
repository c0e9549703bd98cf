/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The dispatcher over a package of the test: which calls reach it and with what, when handles are
 * written, what A and W share, and that lack of memory leaves nothing behind.
 */
#include "winsspi.h"

#include <string.h>

#include "allocation.h"
#include "fake_package.h"
#include "harness.h"
#include "sspi/packages.h"

static const SecHandle untouched = {0x1111, 0x2222};

static bool handle_same(const SecHandle *a, const SecHandle *b)
{
    return a->dwLower == b->dwLower && a->dwUpper == b->dwUpper;
}

static bool wide_same(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static SecHandle acquire_from(const WCHAR *package)
{
    SecHandle credential = untouched;

    fake_reset();
    ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)(uintptr_t)package, SECPKG_CRED_OUTBOUND,
                                        NULL, NULL, NULL, NULL, &credential, NULL),
              SEC_E_OK, "acquire");
    return credential;
}

static SecHandle context_from(SecHandle *credential)
{
    SecHandle context = untouched;

    fake_reset();
    fake.makes_context = true;
    fake.status = SEC_I_CONTINUE_NEEDED;
    ok_status(InitializeSecurityContextW(credential, NULL, NULL, 0, 0, 0, NULL, 0, &context, NULL,
                                         NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "first call");
    fake_reset();
    return context;
}

/* ---- credentials
 * ---------------------------------------------------------------------------------------- */

START_TEST(dispatch_acquire)
{
    static char principal[] = "h\xc3\xb6", package[] = "fAKE aLIAS";
    static WCHAR wide_principal[] = u"h\u00f6", wide_package[] = u"fake";
    int data;
    TimeStamp expiry = {.QuadPart = 5};
    SecHandle handle = untouched;

    fake_reset();
    fake.expiry = 99;
    ok_status(
        AcquireCredentialsHandleA(principal, package, 2, NULL, &data, NULL, NULL, &handle, &expiry),
        SEC_E_OK, "A");
    ok(wide_same(fake.text[0], wide_principal), "principal through A");
    ok(fake.auth_data == &data && fake.request == 2, "arguments");
    ok(expiry.QuadPart == 99, "expiry");
    ok(!handle_same(&handle, &untouched), "no handle");
    ok_status(FreeCredentialsHandle(&handle), SEC_E_OK, "free");
    ok_status(FreeCredentialsHandle(&handle), SEC_E_INVALID_HANDLE, "free twice");

    ok_status(AcquireCredentialsHandleW(wide_principal, wide_package, 1, NULL, NULL, NULL, NULL,
                                        &handle, NULL),
              SEC_E_OK, "W, no expiry wanted");
    ok_status(FreeCredentialsHandle(&handle), SEC_E_OK, "free");
    ok_number(fake.live_credentials, 0, "live credentials");
}

START_TEST(dispatch_acquire_fails)
{
    static WCHAR package[] = FAKE_NAME, unknown[] = u"Fak", absent[] = ABSENT_NAME;
    TimeStamp expiry = {.QuadPart = 5};
    SecHandle handle = untouched;

    fake_reset();
    fake.status = SEC_E_NO_CREDENTIALS;
    ok_status(AcquireCredentialsHandleW(NULL, package, 1, NULL, NULL, NULL, NULL, &handle, &expiry),
              SEC_E_NO_CREDENTIALS, "package refuses");
    ok_status(AcquireCredentialsHandleW(NULL, unknown, 1, NULL, NULL, NULL, NULL, &handle, &expiry),
              SEC_E_SECPKG_NOT_FOUND, "unknown package");
    ok_status(AcquireCredentialsHandleW(NULL, absent, 1, NULL, NULL, NULL, NULL, &handle, &expiry),
              SEC_E_SECPKG_NOT_FOUND, "package that cannot start");
    ok_status(AcquireCredentialsHandleW(NULL, NULL, 1, NULL, NULL, NULL, NULL, &handle, &expiry),
              SEC_E_SECPKG_NOT_FOUND, "no package");
    ok_status(AcquireCredentialsHandleA(NULL, NULL, 1, NULL, NULL, NULL, NULL, &handle, &expiry),
              SEC_E_SECPKG_NOT_FOUND, "no package, A");
    ok(handle_same(&handle, &untouched) && expiry.QuadPart == 5, "a failure wrote results");
    ok_status(AcquireCredentialsHandleW(NULL, package, 1, NULL, NULL, NULL, NULL, NULL, NULL),
              SEC_E_INVALID_HANDLE, "nowhere to put the handle");
    ok_number(fake.calls, 1, "calls of the package");
    ok_number(fake.live_credentials, 0, "live credentials");
    ok_number(fake.starts, 1, "starts of the package");
}

/* ---- contexts
 * ------------------------------------------------------------------------------------------- */

START_TEST(dispatch_first_call_writes)
{
    static const struct {
        const char *name;
        SECURITY_STATUS status, want;
        bool makes;
    } cases[] = {
        {"continue", SEC_I_CONTINUE_NEEDED, SEC_I_CONTINUE_NEEDED, true},
        {"done at once", SEC_E_OK, SEC_E_OK, true},
        {"fails", SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN, false},
        {"fails, but made one", SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN, true},
        {"incomplete", SEC_E_INCOMPLETE_MESSAGE, SEC_E_INCOMPLETE_MESSAGE, false},
        {"succeeds without one", SEC_E_OK, SEC_E_INTERNAL_ERROR, false},
    };
    SecHandle credential = acquire_from(FAKE_NAME);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecHandle context = untouched;
        ULONG flags = 0x1234; /* libgit2: request and attributes in one variable */
        TimeStamp expiry = {.QuadPart = 5};
        bool succeeds = cases[i].want >= 0;

        push_context("%s", cases[i].name);
        fake_reset();
        fake.status = cases[i].status;
        fake.makes_context = cases[i].makes;
        fake.attributes = 0x5678;
        fake.expiry = 99;
        ok_status(InitializeSecurityContextW(&credential, NULL, NULL, flags, 0, 0, NULL, 0,
                                             &context, NULL, &flags, &expiry),
                  cases[i].want, "status");
        ok_number(fake.request, 0x1234, "request");
        ok_number(flags, 0x5678, "attributes");
        ok(expiry.QuadPart == 99, "expiry");
        ok(handle_same(&context, &untouched) == !succeeds, "the handle");
        ok_status(DeleteSecurityContext(&context), succeeds ? SEC_E_OK : SEC_E_INVALID_HANDLE,
                  "delete");
        ok_number(fake.live_contexts, 0, "live contexts");
        pop_context();
    }
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

START_TEST(dispatch_later_calls)
{
    SecHandle credential = acquire_from(FAKE_NAME), context = context_from(&credential);
    SecHandle other = untouched, copy = context;

    fake.status = SEC_I_CONTINUE_NEEDED;
    ok_status(InitializeSecurityContextW(&credential, &context, NULL, 0, 0, 0, NULL, 0, NULL, NULL,
                                         NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "no new context (curl)");
    ok(fake.context && fake.credential, "the package's objects");
    ok_status(InitializeSecurityContextW(&credential, &context, NULL, 0, 0, 0, NULL, 0, &context,
                                         NULL, NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "the same variable (.NET)");
    ok(handle_same(&context, &copy), "the handle changed");
    ok_status(InitializeSecurityContextW(NULL, &context, NULL, 0, 0, 0, NULL, 0, &other, NULL, NULL,
                                         NULL),
              SEC_I_CONTINUE_NEEDED, "another variable, no credential");
    ok(handle_same(&other, &copy) && !fake.credential, "the handle in another variable");
    fake.status = SEC_E_ILLEGAL_MESSAGE;
    other = untouched;
    ok_status(AcceptSecurityContext(&credential, &context, NULL, 0, 0, &other, NULL, NULL, NULL),
              SEC_E_ILLEGAL_MESSAGE, "a failure");
    ok(handle_same(&other, &untouched), "a failure wrote the other variable");

    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "credential first");
    ok_status(InitializeSecurityContextW(&credential, &context, NULL, 0, 0, 0, NULL, 0, NULL, NULL,
                                         NULL, NULL),
              SEC_E_INVALID_HANDLE, "a credential that is gone");
    ok_status(DeleteSecurityContext(&copy), SEC_E_OK, "delete");
    ok_number(fake.live_contexts, 0, "live contexts");
    ok_number(fake.live_credentials, 0, "live credentials");
}

START_TEST(dispatch_step_refuses)
{
    SecHandle credential = acquire_from(FAKE_NAME), context = context_from(&credential);
    SecHandle bare = acquire_from(BARE_NAME), made = untouched;
    SecBufferDesc broken = {SECBUFFER_VERSION, 1, NULL};
    ULONG attributes = 0xdeadbeef;

    fake_reset();
    ok_status(
        InitializeSecurityContextW(&bare, &context, NULL, 0, 0, 0, NULL, 0, NULL, NULL, NULL, NULL),
        SEC_E_INVALID_HANDLE, "credential of another package");
    ok_status(InitializeSecurityContextW(&credential, NULL, NULL, 0, 0, 0, NULL, 0, NULL, NULL,
                                         NULL, NULL),
              SEC_E_INVALID_HANDLE, "nowhere to put a new context");
    ok_status(
        InitializeSecurityContextW(NULL, NULL, NULL, 0, 0, 0, NULL, 0, &made, NULL, NULL, NULL),
        SEC_E_INVALID_HANDLE, "neither handle");
    ok_status(AcceptSecurityContext(&bare, NULL, NULL, 0, 0, &made, NULL, NULL, NULL),
              SEC_E_UNSUPPORTED_FUNCTION, "a package that accepts nothing");
    ok_status(InitializeSecurityContextW(&credential, NULL, NULL, 0, 0, 0, &broken, 0, &made, NULL,
                                         &attributes, NULL),
              SEC_E_INVALID_TOKEN, "broken input");
    ok_number(attributes, 0, "attributes of a call that did not reach the package");
    ok_status(InitializeSecurityContextW(&credential, NULL, NULL, 0, 0, 0, NULL, 0, &made, &broken,
                                         NULL, NULL),
              SEC_E_INVALID_TOKEN, "broken output");
    ok(handle_same(&made, &untouched), "a handle was written");
    ok_number(fake.calls, 0, "calls of the package");
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&bare), SEC_E_OK, "free");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

START_TEST(dispatch_target)
{
    static char target[] = "h\xc3\xb6st.example";
    SecHandle credential = acquire_from(FAKE_NAME), context = untouched;

    fake_reset();
    fake.makes_context = true;
    ok_status(InitializeSecurityContextA(&credential, NULL, target, 7, 0, 0, NULL, 0, &context,
                                         NULL, NULL, NULL),
              SEC_E_OK, "A");
    ok(wide_same(fake.text[0], u"h\u00f6st.example"), "target");
    ok_status(InitializeSecurityContextA(&credential, &context, NULL, 7, 0, 0, NULL, 0, NULL, NULL,
                                         NULL, NULL),
              SEC_E_OK, "A without target");
    ok(!fake.has_text[0], "a target out of nothing");
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

/* ---- messages and the rest
 * ------------------------------------------------------------------------------ */

START_TEST(dispatch_messages)
{
    SecHandle credential = acquire_from(FAKE_NAME), context = context_from(&credential);
    SecBufferDesc list = {SECBUFFER_VERSION, 0, NULL}, broken = {SECBUFFER_VERSION, 2, NULL};
    ULONG qop = 0;

    fake.status = SEC_E_CONTEXT_EXPIRED;
    ok_status(EncryptMessage(&context, 11, &list, 12), SEC_E_CONTEXT_EXPIRED, "encrypt");
    ok(fake.request == 11 && fake.id == 12, "arguments of encrypt");
    ok_status(DecryptMessage(&context, &list, 13, &qop), SEC_E_CONTEXT_EXPIRED, "decrypt");
    ok(qop == 77 && fake.id == 13, "arguments of decrypt");
    ok_status(DecryptMessage(&context, &list, 13, NULL), SEC_E_CONTEXT_EXPIRED, "no qop");
    ok_status(MakeSignature(&context, 21, &list, 22), SEC_E_CONTEXT_EXPIRED, "sign");
    ok(fake.request == 21 && fake.id == 22, "arguments of sign");
    ok_status(VerifySignature(&context, &list, 23, &qop), SEC_E_CONTEXT_EXPIRED, "verify");
    ok_status(ApplyControlToken(&context, &list), SEC_E_CONTEXT_EXPIRED, "control");
    ok_status(CompleteAuthToken(&context, &list), SEC_E_CONTEXT_EXPIRED, "complete");
    fake_reset();
    ok_status(EncryptMessage(&context, 0, NULL, 0), SEC_E_INVALID_TOKEN, "encrypt nothing");
    ok_status(DecryptMessage(&context, NULL, 0, NULL), SEC_E_INVALID_TOKEN, "decrypt nothing");
    ok_status(EncryptMessage(&context, 0, &broken, 0), SEC_E_INVALID_TOKEN, "encrypt, broken");
    ok_status(DecryptMessage(&context, &broken, 0, NULL), SEC_E_INVALID_TOKEN, "decrypt, broken");
    ok_status(MakeSignature(&context, 0, NULL, 0), SEC_E_INVALID_TOKEN, "sign nothing");
    ok_status(VerifySignature(&context, &broken, 0, NULL), SEC_E_INVALID_TOKEN, "verify, broken");
    ok_status(ApplyControlToken(&context, &broken), SEC_E_INVALID_TOKEN, "control, broken");
    ok_number(fake.calls, 0, "calls of the package");
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

/* What a package leaves out is unsupported, whatever the arguments. */
START_TEST(dispatch_unsupported)
{
    static char domain[] = "d";
    SecHandle credential = acquire_from(BARE_NAME), context = context_from(&credential), made;
    SecBufferDesc list = {SECBUFFER_VERSION, 0, NULL};
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    char bare[] = "bare", memory[64];
    void *token = NULL;
    ULONG qop;

#define UNSUPPORTED(call) ok_status(call, SEC_E_UNSUPPORTED_FUNCTION, "%s", #call)
    UNSUPPORTED(EncryptMessage(&context, 0, &list, 0));
    UNSUPPORTED(DecryptMessage(&context, &list, 0, &qop));
    UNSUPPORTED(MakeSignature(&context, 0, &list, 0));
    UNSUPPORTED(VerifySignature(&context, &list, 0, &qop));
    UNSUPPORTED(ApplyControlToken(&context, &list));
    UNSUPPORTED(CompleteAuthToken(&context, &list));
    UNSUPPORTED(ImpersonateSecurityContext(&context));
    UNSUPPORTED(RevertSecurityContext(&context));
    UNSUPPORTED(QuerySecurityContextToken(&context, &token));
    UNSUPPORTED(ExportSecurityContext(&context, 0, &packed, &token));
    UNSUPPORTED(ImportSecurityContextA(bare, &packed, NULL, &made));
    UNSUPPORTED(QueryContextAttributesW(&context, SECPKG_ATTR_NAMES, memory));
    UNSUPPORTED(QueryContextAttributesA(&context, SECPKG_ATTR_NAMES, memory));
    UNSUPPORTED(SetContextAttributesA(&context, SECPKG_ATTR_NAMES, memory, sizeof(memory)));
    UNSUPPORTED(QueryCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, memory));
    UNSUPPORTED(SetCredentialsAttributesW(&credential, SECPKG_CRED_ATTR_NAMES, memory, 8));
    UNSUPPORTED(AddCredentialsA(&credential, NULL, bare, 0, NULL, NULL, NULL, NULL));
    UNSUPPORTED(ChangeAccountPasswordA(bare, domain, domain, domain, domain, FALSE, 0, &list));
#undef UNSUPPORTED
    ok_status(ImportSecurityContextA(domain, &packed, NULL, &made), SEC_E_SECPKG_NOT_FOUND,
              "import into no package");
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

START_TEST(dispatch_import)
{
    static char package[] = "fake";
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SecHandle context = untouched;

    fake_reset();
    fake.status = SEC_E_NO_CREDENTIALS;
    ok_status(ImportSecurityContextA(package, &packed, NULL, &context), SEC_E_NO_CREDENTIALS,
              "fails");
    ok(handle_same(&context, &untouched), "a handle was written");
    fake.status = SEC_E_OK;
    ok_status(ImportSecurityContextA(package, NULL, NULL, &context), SEC_E_INVALID_TOKEN,
              "nothing to import");
    ok_status(ImportSecurityContextA(package, &packed, NULL, NULL), SEC_E_INVALID_HANDLE,
              "nowhere to put it");
    ok_status(ImportSecurityContextA(package, &packed, NULL, &context), SEC_E_OK, "import");
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_number(fake.live_contexts, 0, "live contexts");
}

START_TEST(dispatch_password)
{
    static char package[] = "Fake", domain[] = "dom", account[] = "me", old[] = "o", new[] = "n";

    fake_reset();
    fake.status = SEC_E_LOGON_DENIED;
    ok_status(ChangeAccountPasswordA(package, domain, account, old, new, FALSE, 0, NULL),
              SEC_E_LOGON_DENIED, "status");
    ok(wide_same(fake.text[0], u"dom") && wide_same(fake.text[1], u"me") &&
           wide_same(fake.text[2], u"o") && wide_same(fake.text[3], u"n"),
       "arguments");
}

/* ---- attributes
 * ----------------------------------------------------------------------------------------- */

START_TEST(dispatch_attributes)
{
    SecHandle credential = acquire_from(FAKE_NAME), context = context_from(&credential);
    SecPkgContext_NamesA names = {0};
    SecPkgContext_KeyInfoA key = {0};
    SecPkgContext_PackageInfoA package = {0};
    SecPkgContext_PackageInfoW wide_package = {0};
    SecPkgContext_NegotiationInfoA negotiation = {0};
    SecPkgContext_ClientSpecifiedTarget target = {0};

    if (ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_NAMES, &names), SEC_E_OK, "names"))
        ok(!strcmp(names.sUserName, "D\xc3\xb6main\\user"), "user %s", names.sUserName);
    FreeContextBuffer(names.sUserName);
    if (ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_KEY_INFO, &key), SEC_E_OK, "key")) {
        ok(!strcmp(key.sSignatureAlgorithmName, "signature"), "signature name");
        ok(!strcmp(key.sEncryptAlgorithmName, "encryption"), "encryption name");
        ok(key.KeySize == 256 && key.SignatureAlgorithm == 1 && key.EncryptAlgorithm == 2, "key");
    }
    FreeContextBuffer(key.sSignatureAlgorithmName);
    FreeContextBuffer(key.sEncryptAlgorithmName);
    /* The package does not know PACKAGE_INFO: the dispatcher does. */
    if (ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_PACKAGE_INFO, &package), SEC_E_OK,
                  "package"))
        ok(!strcmp(package.PackageInfo->Name, "Fake") && package.PackageInfo->cbMaxToken == 4096,
           "package %s", package.PackageInfo->Name);
    FreeContextBuffer(package.PackageInfo);
    if (ok_status(QueryContextAttributesW(&context, SECPKG_ATTR_PACKAGE_INFO, &wide_package),
                  SEC_E_OK, "package, wide"))
        ok(wide_same(wide_package.PackageInfo->Comment, FAKE_COMMENT), "comment");
    FreeContextBuffer(wide_package.PackageInfo);
    if (ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation),
                  SEC_E_OK, "negotiation")) {
        ok(!strcmp(negotiation.PackageInfo->Name, "Bare"), "package %s",
           negotiation.PackageInfo->Name);
        ok_number(negotiation.NegotiationState, SECPKG_NEGOTIATION_OPTIMISTIC, "state");
    }
    FreeContextBuffer(negotiation.PackageInfo);
    ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target),
              SEC_E_OK, "target");
    ok(wide_same(target.sTargetName, u"wide in both"), "an attribute that is wide in A too");
    names.sUserName = NULL;
    ok_status(QueryCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, &names), SEC_E_OK,
              "credential's names");
    FreeContextBuffer(names.sUserName);
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

START_TEST(dispatch_attribute_sizes)
{
    SecHandle credential = acquire_from(FAKE_NAME), context = context_from(&credential);
    unsigned char memory[sizeof(SecPkgContext_KeyInfoA)], before[sizeof(memory)];
    SecPkgContext_KeyInfoA key;

    memset(memory, 0x5a, sizeof(memory));
    memcpy(before, memory, sizeof(before));
    ok_status(QueryContextAttributesExA(&context, SECPKG_ATTR_KEY_INFO, memory, sizeof(memory) - 1),
              SEC_E_BUFFER_TOO_SMALL, "one byte too small, A");
    ok_status(QueryContextAttributesExW(&context, SECPKG_ATTR_KEY_INFO, memory, sizeof(memory) - 1),
              SEC_E_BUFFER_TOO_SMALL, "one byte too small, W");
    ok_status(QueryContextAttributesExW(&context, SECPKG_ATTR_PACKAGE_INFO, memory, 1),
              SEC_E_BUFFER_TOO_SMALL, "package info");
    ok_status(QueryContextAttributesExA(&context, 0x4711, memory, sizeof(memory)),
              SEC_E_UNSUPPORTED_FUNCTION, "unknown");
    fake.status = SEC_E_INVALID_HANDLE;
    ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_KEY_INFO, memory), SEC_E_INVALID_HANDLE,
              "too early");
    fake.status = SEC_E_OK;
    ok(!memcmp(memory, before, sizeof(memory)), "a failure wrote the buffer");
    ok_status(QueryContextAttributesA(&context, SECPKG_ATTR_KEY_INFO, NULL), SEC_E_INVALID_TOKEN,
              "no buffer, A");
    ok_status(QueryContextAttributesW(&context, SECPKG_ATTR_KEY_INFO, NULL), SEC_E_INVALID_TOKEN,
              "no buffer, W");
    if (ok_status(QueryContextAttributesExA(&context, SECPKG_ATTR_KEY_INFO, &key, sizeof(key)),
                  SEC_E_OK, "just enough")) {
        FreeContextBuffer(key.sSignatureAlgorithmName);
        FreeContextBuffer(key.sEncryptAlgorithmName);
    }
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

START_TEST(dispatch_attribute_set)
{
    static char user[] = "\xc3\xb6";
    SecHandle credential = acquire_from(FAKE_NAME);
    SecPkgCredentials_NamesA names = {user};
    ULONG number = 1;

    fake_reset();
    ok_status(SetCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, &names, sizeof(names)),
              SEC_E_OK, "names");
    ok(wide_same(fake.text[0], u"\u00f6"), "user");
    ok_status(SetCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, &names, 1),
              SEC_E_BUFFER_TOO_SMALL, "too small");
    ok_status(SetCredentialsAttributesA(&credential, 0x60, &number, sizeof(number)), SEC_E_OK,
              "number");
    ok(fake.id == 0x60 && fake.room == sizeof(number), "arguments");
    ok_status(SetCredentialsAttributesW(&credential, 0x60, NULL, 4), SEC_E_INVALID_TOKEN,
              "no buffer");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
}

/* ---- lack of memory
 * ------------------------------------------------------------------------------------- */

struct memory_case {
    SecHandle credential, context;
    SECURITY_STATUS status;
};

static bool is_answer(struct memory_case *it, SECURITY_STATUS status)
{
    it->status = status;
    ok(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY, "got %08lx",
       (unsigned long)status);
    return status == SEC_E_OK;
}

static bool query_key(void *argument)
{
    struct memory_case *it = argument;
    SecPkgContext_KeyInfoA key;

    if (!is_answer(it, QueryContextAttributesA(&it->context, SECPKG_ATTR_KEY_INFO, &key)))
        return false;
    FreeContextBuffer(key.sSignatureAlgorithmName);
    FreeContextBuffer(key.sEncryptAlgorithmName);
    return true;
}

static bool query_package(void *argument)
{
    struct memory_case *it = argument;
    SecPkgContext_PackageInfoA package;

    if (!is_answer(it, QueryContextAttributesA(&it->context, SECPKG_ATTR_PACKAGE_INFO, &package)))
        return false;
    FreeContextBuffer(package.PackageInfo);
    return true;
}

static bool enumerate(void *argument)
{
    SecPkgInfoA *info;
    ULONG count;

    if (!is_answer(argument, EnumerateSecurityPackagesA(&count, &info)))
        return false;
    FreeContextBuffer(info);
    return true;
}

static bool acquire(void *argument)
{
    static char principal[] = "somebody", package[] = "fake";
    SecHandle handle;

    if (!is_answer(argument, AcquireCredentialsHandleA(principal, package, 1, NULL, NULL, NULL,
                                                       NULL, &handle, NULL)))
        return false;
    ok_status(FreeCredentialsHandle(&handle), SEC_E_OK, "free");
    return true;
}

START_TEST(dispatch_memory)
{
    struct memory_case it = {.credential = acquire_from(FAKE_NAME)};

    it.context = context_from(&it.credential);
    ok(each_allocation_fails(query_key, &it) >= 6, "key info");
    ok(each_allocation_fails(query_package, &it) >= 4, "package info");
    ok(each_allocation_fails(enumerate, &it) >= 4, "enumerate");
    ok(each_allocation_fails(acquire, &it) >= 2, "acquire");
    ok_status(DeleteSecurityContext(&it.context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&it.credential), SEC_E_OK, "free");
    ok_number(fake.live_credentials, 0, "live credentials");
}

/* ---- packages
 * ------------------------------------------------------------------------------------------- */

START_TEST(dispatch_packages)
{
    static char alias[] = "FAKE ALIAS", absent[] = "Cannot Start";
    SecPkgInfoW *wide = NULL;
    SecPkgInfoA *narrow = NULL;
    ULONG count = 0;

    if (ok_status(EnumerateSecurityPackagesW(&count, &wide), SEC_E_OK, "enumerate")) {
        ok_number(count, 4, "count");
        ok(wide_same(wide[0].Name, FAKE_NAME) && wide_same(wide[1].Name, FAKE_ALIAS) &&
               wide_same(wide[2].Name, BARE_NAME),
           "names");
        ok(wide_same(wide[1].Comment, FAKE_COMMENT) && wide_same(wide[2].Comment, u""), "comments");
        ok(wide[0].fCapabilities == 0x1234 && wide[0].wVersion == 3 && wide[0].wRPCID == 9 &&
               wide[0].cbMaxToken == 4096,
           "numbers");
    }
    ok_status(FreeContextBuffer(wide), SEC_E_OK, "free");
    if (ok_status(QuerySecurityPackageInfoA(alias, &narrow), SEC_E_OK, "alias"))
        ok(!strcmp(narrow->Name, "Fake Alias") &&
               !strcmp(narrow->Comment, "A package for tests \xc3\xa9"),
           "alias is %s, %s", narrow->Name, narrow->Comment);
    ok_status(FreeContextBuffer(narrow), SEC_E_OK, "free");
    ok_status(QuerySecurityPackageInfoA(absent, &narrow), SEC_E_SECPKG_NOT_FOUND, "absent");
    ok_status(QuerySecurityPackageInfoA(NULL, &narrow), SEC_E_SECPKG_NOT_FOUND, "no name");
    ok_status(QuerySecurityPackageInfoA(alias, NULL), SEC_E_INVALID_HANDLE, "no result");
    ok_status(EnumerateSecurityPackagesW(NULL, &wide), SEC_E_INVALID_HANDLE, "no count");
    ok_status(EnumerateSecurityPackagesA(&count, NULL), SEC_E_INVALID_HANDLE, "no list");
    ok_status(FreeContextBuffer(NULL), SEC_E_OK, "free NULL");
    ok_status(DeleteSecurityPackageA(absent), SEC_E_SECPKG_NOT_FOUND, "delete what is absent");
    ok_status(DeleteSecurityPackageA(alias), SEC_E_UNSUPPORTED_FUNCTION, "delete");
}

/* Packages from outside: who is first has the name, and only such a package can be removed. */
START_TEST(dispatch_outside)
{
    static char narrow_file[] = "file.dll";
    static WCHAR file[] = u"file", outside[] = OUTSIDE_NAME, taken[] = TAKEN_NAME, empty[] = u"";
    SECURITY_PACKAGE_OPTIONS options = {.Size = sizeof(options), .Type = SECPKG_OPTIONS_TYPE_SSPI};
    CredHandle credential;

    fake_reset();
    ok(packages_find(outside) != NULL, "what is registered is listed");
    ok_number(fake.loads, 1, "loads");
    ok(fake.found_while_loading, "the list can be asked for while packages are loaded");
    ok(fake.outside_listed && !fake.taken_listed, "the name's first owner keeps it");
    ok(!packages_find(taken), "no name of a package that is refused is listed");

    fake.status = SEC_E_SECPKG_NOT_FOUND;
    ok_status(AddSecurityPackageW(file, NULL), SEC_E_SECPKG_NOT_FOUND, "add");
    ok(wide_same(fake.text[0], u"file") && fake.request == 0, "add: what was asked");
    fake.status = SEC_E_OK;
    ok_status(AddSecurityPackageA(narrow_file, &options), SEC_E_OK, "add with options");
    ok(wide_same(fake.text[0], u"file.dll") && fake.request == SECPKG_OPTIONS_TYPE_SSPI,
       "add with options: what was asked");
    options.Size--;
    ok_status(AddSecurityPackageW(file, &options), SEC_E_INVALID_TOKEN, "add: short options");
    ok_status(AddSecurityPackageW(NULL, NULL), SEC_E_INVALID_TOKEN, "add: no name");
    ok_status(AddSecurityPackageW(empty, NULL), SEC_E_INVALID_TOKEN, "add: empty name");

    fake_reset();
    ok_status(AcquireCredentialsHandleW(NULL, outside, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &credential, NULL),
              SEC_E_OK, "acquire");
    ok_status(DeleteSecurityPackageW(outside), SEC_E_OK, "remove");
    ok(!packages_find(outside), "it is off the list");
    ok_status(DeleteSecurityPackageW(outside), SEC_E_SECPKG_NOT_FOUND, "remove again");
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "its credential can be freed");
    ok_number(fake.live_credentials, 0, "credentials");
}
