/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * InitSecurityInterfaceA/W: one table per process, members in the documented order, A and W mixed
 * on one handle.
 *
 * Sources: the pages of InitSecurityInterface and SecurityFunctionTable. curl, FreeTDS, Firefox and
 * Poco call everything through the table; go-mssqldb and Indy reach its members by fixed offsets.
 */
#include "common.h"

#include <string.h>

/* What a program that knows only offsets sees: a version, then pointers. */
struct slots {
    ULONG version;
    void *member[31];
};

_Static_assert(sizeof(struct slots) == sizeof(SecurityFunctionTableW), "table with 32 members");
_Static_assert(sizeof(SecurityFunctionTableA) == sizeof(SecurityFunctionTableW), "A and W alike");

/* clang-format off */
static const struct {
    const char *name;
    size_t offset;   /* of the member with that name */
    bool required;   /* programs call it without looking whether it is NULL */
} members[] = {
#define MEMBER(name, required) {#name, offsetof(SecurityFunctionTableW, name), required}
    MEMBER(EnumerateSecurityPackagesW, true),
    MEMBER(QueryCredentialsAttributesW, true),
    MEMBER(AcquireCredentialsHandleW, true),
    MEMBER(FreeCredentialsHandle, true),
    {"Reserved2", sizeof(void *) * 5, false},
    MEMBER(InitializeSecurityContextW, true),
    MEMBER(AcceptSecurityContext, true),
    MEMBER(CompleteAuthToken, true),
    MEMBER(DeleteSecurityContext, true),
    MEMBER(ApplyControlToken, true),
    MEMBER(QueryContextAttributesW, true),
    MEMBER(ImpersonateSecurityContext, true),
    MEMBER(RevertSecurityContext, true),
    MEMBER(MakeSignature, true),
    MEMBER(VerifySignature, true),
    MEMBER(FreeContextBuffer, true),
    MEMBER(QuerySecurityPackageInfoW, true),
    {"Reserved3 (EncryptMessage of old)", sizeof(void *) * 18, false},
    {"Reserved4 (DecryptMessage of old)", sizeof(void *) * 19, false},
    MEMBER(ExportSecurityContext, false),
    MEMBER(ImportSecurityContextW, false),
    MEMBER(AddCredentialsW, false),
    {"Reserved8", sizeof(void *) * 23, false},
    MEMBER(QuerySecurityContextToken, true),
    MEMBER(EncryptMessage, true),
    MEMBER(DecryptMessage, true),
    MEMBER(SetContextAttributesW, true),
    MEMBER(SetCredentialsAttributesW, true),
    MEMBER(ChangeAccountPasswordW, false),
    MEMBER(QueryContextAttributesExW, false),
    MEMBER(QueryCredentialsAttributesExW, false),
#undef MEMBER
};
/* clang-format on */

_Static_assert(COUNT_OF(members) == 31, "every member but the version");

START_TEST(tables_slots)
{
    PSecurityFunctionTableW wide = InitSecurityInterfaceW();
    PSecurityFunctionTableA narrow = InitSecurityInterfaceA();

    if (!ok(wide && narrow, "no table"))
        return;
    ok(InitSecurityInterfaceW() == wide && InitSecurityInterfaceA() == narrow,
       "another table at the second call");
    ok((void *)wide != (void *)narrow, "A and W share one table");
    /* Version 3 has SetContextAttributes, 4 SetCredentialsAttributes, 5 the Ex functions. */
    ok(wide->dwVersion >= SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_4, "version %lu",
       (unsigned long)wide->dwVersion);
    ok_number(narrow->dwVersion, wide->dwVersion, "version of the A table");

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct slots wide_slots, narrow_slots;

        memcpy(&wide_slots, wide, sizeof(wide_slots));
        memcpy(&narrow_slots, narrow, sizeof(narrow_slots));
        ok_number(members[i].offset, sizeof(void *) * (i + 1), "%s stands at", members[i].name);
        if (members[i].required)
            ok(wide_slots.member[i] && narrow_slots.member[i], "%s is NULL", members[i].name);
        ok(!wide_slots.member[i] == !narrow_slots.member[i], "%s: in one table only",
           members[i].name);
    }
}

/* The slots that were SealMessage's and UnsealMessage's: programs of that time look nowhere else.
 */
START_TEST(tables_old_slots)
{
    PSecurityFunctionTableW wide = InitSecurityInterfaceW();
    PSecurityFunctionTableA narrow = InitSecurityInterfaceA();
    struct slots slots, narrow_slots;

    memcpy(&slots, wide, sizeof(slots));
    memcpy(&narrow_slots, narrow, sizeof(narrow_slots));
    if (running_on_windows() && !slots.member[17]) {
        skip("this Windows has nothing there");
        return;
    }
    ok(slots.member[17] == slots.member[24], "Reserved3 is not EncryptMessage");
    ok(slots.member[18] == slots.member[25], "Reserved4 is not DecryptMessage");
    ok(narrow_slots.member[17] == slots.member[17], "another Reserved3 in the A table");
    ok(narrow_slots.member[18] == slots.member[18], "another Reserved4 in the A table");
}

/* Each slot must hold the function of its name: all of them answer a bad handle, a bad name. */
START_TEST(tables_behaviour)
{
    PSecurityFunctionTableA a = InitSecurityInterfaceA();
    PSecurityFunctionTableW w = InitSecurityInterfaceW();
    static char name[] = "Microsoft Unified Security Protocol Provider";
    SecHandle bad = handle_of(0);
    SecPkgInfoA *narrow = NULL;
    SecPkgInfoW *wide = NULL;
    SecBufferDesc list = list_make(NULL, 0);
    SecPkgContext_StreamSizes sizes;
    HANDLE token = NULL;
    ULONG qop, count = 0;

    ok_status(a->QuerySecurityPackageInfoA(name, &narrow), SEC_E_OK, "query A");
    if (narrow)
        ok(!strcmp(narrow->Name, name), "A name: %s", narrow->Name);
    ok_status(w->FreeContextBuffer(narrow), SEC_E_OK, "A memory is freed by W");
    ok_status(w->QuerySecurityPackageInfoW(u"schannel", &wide), SEC_E_OK, "query W");
    ok_status(a->FreeContextBuffer(wide), SEC_E_OK, "W memory is freed by A");
    narrow = NULL;
    ok_status(a->EnumerateSecurityPackagesA(&count, &narrow), SEC_E_OK, "enumerate");
    ok(count > 0, "no package");
    a->FreeContextBuffer(narrow);

    ok_status(w->FreeCredentialsHandle(&bad), SEC_E_INVALID_HANDLE, "free credential");
    ok_status(w->DeleteSecurityContext(&bad), SEC_E_INVALID_HANDLE, "delete context");
    ok_status(w->ApplyControlToken(&bad, &list), SEC_E_INVALID_HANDLE, "control");
    ok_status(w->CompleteAuthToken(&bad, &list), SEC_E_INVALID_HANDLE, "complete");
    ok_status(w->QueryContextAttributesW(&bad, SECPKG_ATTR_STREAM_SIZES, &sizes),
              SEC_E_INVALID_HANDLE, "query context");
    ok_status(w->ImpersonateSecurityContext(&bad), SEC_E_INVALID_HANDLE, "impersonate");
    ok_status(w->RevertSecurityContext(&bad), SEC_E_INVALID_HANDLE, "revert");
    ok_status(w->MakeSignature(&bad, 0, &list, 0), SEC_E_INVALID_HANDLE, "sign");
    ok_status(w->VerifySignature(&bad, &list, 0, &qop), SEC_E_INVALID_HANDLE, "verify");
    ok_status(w->QuerySecurityContextToken(&bad, &token), SEC_E_INVALID_HANDLE, "token");
    ok_status(w->EncryptMessage(&bad, 0, &list, 0), SEC_E_INVALID_HANDLE, "encrypt");
    ok_status(w->DecryptMessage(&bad, &list, 0, &qop), SEC_E_INVALID_HANDLE, "decrypt");
}

/* One credential and one context, used through both character sets and the table. */
START_TEST(tables_mixed)
{
    PSecurityFunctionTableA a = InitSecurityInterfaceA();
    PSecurityFunctionTableW w = InitSecurityInterfaceW();
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc output = list_make(&token, 1);
    CredHandle credential = handle_of(0);
    CtxtHandle context = handle_of(0);
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION};
    TimeStamp expiry;
    ULONG attributes;

    /* Acquired by A, used by W, as Rust's schannel does. */
    if (!ok_status(a->AcquireCredentialsHandleA(NULL, "Schannel", SECPKG_CRED_OUTBOUND, NULL, &data,
                                                NULL, NULL, &credential, &expiry),
                   SEC_E_OK, "acquire A"))
        return;
    ok_status(w->InitializeSecurityContextW(&credential, NULL, u"localhost", CLIENT_REQUEST, 0, 0,
                                            NULL, 0, &context, &output, &attributes, &expiry),
              SEC_I_CONTINUE_NEEDED, "initialize W");
    ok(token.pvBuffer && token.cbBuffer, "no token");
    ok_status(FreeContextBuffer(token.pvBuffer), SEC_E_OK, "token");
    ok_status(DeleteSecurityContext(&context), SEC_E_OK, "context");

    token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    context = handle_of(0);
    ok_status(InitializeSecurityContextA(&credential, NULL, "localhost", CLIENT_REQUEST, 0, 0, NULL,
                                         0, &context, &output, &attributes, &expiry),
              SEC_I_CONTINUE_NEEDED, "initialize A");
    ok_status(a->FreeContextBuffer(token.pvBuffer), SEC_E_OK, "token");
    ok_status(a->DeleteSecurityContext(&context), SEC_E_OK, "context");
    ok_status(w->FreeCredentialsHandle(&credential), SEC_E_OK, "credential");
}
