/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Security packages of strangers, loaded by AddSecurityPackage and by the registry: package_lsa.c
 * and package_client.c, DLLs beside this program. It registers one in the prefix' registry for a
 * moment, so it is not for Windows itself.
 *
 * Sources: Microsoft Learn, "AddSecurityPackageW function", "DeleteSecurityPackageW function",
 * "SECURITY_PACKAGE_OPTIONS structure", "Registering SSP/AP DLLs".
 */
#include "winsspi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "packages.h"

#define LSA_KEY u"SYSTEM\\CurrentControlSet\\Control\\Lsa"
#define CHILD "SECUR32_TEST_REGISTERED" /* set in the process that looks at what is registered */

/* A DLL in this program's folder. */
static WCHAR *beside(const WCHAR *name)
{
    static WCHAR path[MAX_PATH + 64];
    DWORD size = GetModuleFileNameW(NULL, path, MAX_PATH);

    while (size && path[size - 1] != '\\')
        size--;
    wcscpy(path + size, name);
    return path;
}

static bool is_listed(const WCHAR *name)
{
    SecPkgInfoW *all = NULL;
    ULONG count = 0, found = 0;

    ok_status(EnumerateSecurityPackagesW(&count, &all), SEC_E_OK, "enumerate");
    for (ULONG i = 0; i < count; i++)
        found += !wcscmp(all[i].Name, name);
    FreeContextBuffer(all);
    ok(found <= 1, "%lu times", (unsigned long)found);
    return found == 1;
}

/* The list does not forget what it has loaded, so every test has the DLL in it from the first on.
 */
static bool have_package(void)
{
    if (running_on_windows()) {
        skip("a Windows lets only signed packages into its LSA");
        return false;
    }
    if (!is_listed(PACKAGE_NAME))
        ok_status(AddSecurityPackageW(beside(u"package_lsa.dll"), NULL), SEC_E_OK, "add");
    return ok(is_listed(PACKAGE_NAME), "it is not listed");
}

static struct package_counts counts(void)
{
    LSA_STRING name = {11, 12, (char *)(uintptr_t) "Secur32Test"};
    struct package_counts told = {0};
    ULONG number = 0, size = 0;
    NTSTATUS protocol = -1;
    void *result = NULL;
    HANDLE lsa = NULL;
    char text[] = "counts";

    ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect");
    ok_status(LsaLookupAuthenticationPackage(lsa, &name, &number), STATUS_SUCCESS, "look up");
    ok_status(LsaCallAuthenticationPackage(lsa, number, text, 6, &result, &size, &protocol),
              STATUS_SUCCESS, "call");
    ok_status(protocol, STATUS_SUCCESS, "the package's word");
    if (ok_number(size, sizeof(told), "size"))
        memcpy(&told, result, sizeof(told));
    LsaFreeReturnBuffer(result);
    LsaDeregisterLogonProcess(lsa);
    return told;
}

/* ---- how it comes ---- */

START_TEST(packages_refused)
{
    static const struct {
        const char *name;
        const WCHAR *file;
        ULONG type;
        SECURITY_STATUS want;
    } rows[] = {
        {"no such file", u"no_such_package.dll", SECPKG_OPTIONS_TYPE_UNKNOWN,
         SEC_E_SECPKG_NOT_FOUND},
        {"a DLL without packages", u"C:\\windows\\system32\\version.dll",
         SECPKG_OPTIONS_TYPE_UNKNOWN, SEC_E_SECPKG_NOT_FOUND},
        {"a type that there is not", u"no_such_package.dll", 77, SEC_E_INVALID_TOKEN},
    };

    if (running_on_windows()) {
        skip("not to be tried there");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SECURITY_PACKAGE_OPTIONS options = {.Size = sizeof(options), .Type = rows[i].type};

        ok_status(AddSecurityPackageW((WCHAR *)(uintptr_t)rows[i].file, &options), rows[i].want,
                  "%s", rows[i].name);
    }
}

START_TEST(packages_added)
{
    SecPkgInfoW *info = NULL;
    SecPkgInfoA *narrow = NULL;
    char name[] = "secur32test";

    if (!have_package())
        return;
    ok_status(QuerySecurityPackageInfoW((WCHAR *)(uintptr_t)PACKAGE_NAME, &info), SEC_E_OK, "info");
    ok_number(info->fCapabilities, PACKAGE_CAPABILITIES, "capabilities");
    ok_number(info->wRPCID, PACKAGE_RPC, "RPC id");
    ok_number(info->cbMaxToken, PACKAGE_TOKEN, "token");
    ok(!wcscmp(info->Comment, PACKAGE_COMMENT), "comment");
    FreeContextBuffer(info);
    ok_status(QuerySecurityPackageInfoA(name, &narrow), SEC_E_OK, "info, other letters, A");
    ok(!strcmp(narrow->Name, "Secur32Test"), "%s", narrow->Name);
    FreeContextBuffer(narrow);
    ok(AddSecurityPackageW(beside(u"package_lsa.dll"), NULL) < 0, "twice");
    ok_number(counts().initialized, 1, "starts");
}

/* ---- what it does ---- */

struct side {
    CredHandle credential;
    CtxtHandle context;
    unsigned char token[PACKAGE_TOKEN];
    ULONG size, attributes;
};

static SECURITY_STATUS acquire(struct side *side, ULONG use, void *identity)
{
    TimeStamp expiry = {{0}};
    SECURITY_STATUS status =
        AcquireCredentialsHandleW(NULL, (WCHAR *)(uintptr_t)PACKAGE_NAME, use, NULL, identity, NULL,
                                  NULL, &side->credential, &expiry);

    if (status == SEC_E_OK)
        ok(expiry.QuadPart == PACKAGE_EXPIRY, "expiry");
    return status;
}

static SECURITY_STATUS step(struct side *side, bool is_server, bool is_first, const void *text,
                            ULONG room)
{
    SecBuffer in[2] = {{0, SECBUFFER_EMPTY, NULL},
                       {(ULONG)strlen(text), SECBUFFER_TOKEN, (void *)(uintptr_t)text}};
    SecBuffer out = {room, SECBUFFER_TOKEN, side->token};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in}, output = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;

    if (is_server)
        status = AcceptSecurityContext(&side->credential, is_first ? NULL : &side->context, &input,
                                       ASC_REQ_CONFIDENTIALITY, SECURITY_NATIVE_DREP,
                                       &side->context, &output, &side->attributes, NULL);
    else
        status = InitializeSecurityContextW(&side->credential, is_first ? NULL : &side->context,
                                            (WCHAR *)(uintptr_t)u"there", ISC_REQ_CONFIDENTIALITY,
                                            0, SECURITY_NATIVE_DREP, is_first ? NULL : &input, 0,
                                            &side->context, &output, &side->attributes, NULL);
    side->size = out.cbBuffer;
    return status;
}

static void side_done(struct side *side)
{
    ok_status(DeleteSecurityContext(&side->context), SEC_E_OK, "delete");
    ok_status(FreeCredentialsHandle(&side->credential), SEC_E_OK, "free");
}

static bool connect_sides(struct side *client, struct side *server)
{
    return ok_status(acquire(client, SECPKG_CRED_OUTBOUND, NULL), SEC_E_OK, "client") &&
           ok_status(acquire(server, SECPKG_CRED_INBOUND, NULL), SEC_E_OK, "server") &&
           ok_status(step(client, false, true, "", PACKAGE_TOKEN), SEC_I_CONTINUE_NEEDED, "1") &&
           ok(client->size == 11 && !memcmp(client->token, "hello there", 11), "its token") &&
           ok_status(step(server, true, true, "hello there", PACKAGE_TOKEN), SEC_E_OK, "2") &&
           ok(server->size == 7 && !memcmp(server->token, "welcome", 7), "its token") &&
           ok_status(step(client, false, false, "welcome", PACKAGE_TOKEN), SEC_E_OK, "3") &&
           ok_number(client->size, 0, "no token");
}

START_TEST(packages_exchange)
{
    struct side client = {.size = 0}, server = {.size = 0};
    unsigned char text[] = "a text", token[4] = {0};
    SecBuffer buffers[] = {{6, SECBUFFER_DATA, text}, {4, SECBUFFER_TOKEN, token}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    struct package_counts now;
    ULONG qop = 0;

    if (!have_package() || !connect_sides(&client, &server))
        return;
    ok_number(client.attributes, ISC_RET_CONFIDENTIALITY, "client's attributes");
    ok_number(server.attributes, ASC_RET_CONFIDENTIALITY, "server's attributes");
    now = counts();
    ok(now.credentials == 2 && now.contexts == 2 && now.user_contexts == 2,
       "%d credentials, %d and %d contexts", (int)now.credentials, (int)now.contexts,
       (int)now.user_contexts);

    ok_status(MakeSignature(&client.context, 0, &list, 5), SEC_E_OK, "sign");
    ok_status(VerifySignature(&server.context, &list, 5, &qop), SEC_E_OK, "verify");
    ok_number(qop, 7, "qop");
    ok_status(VerifySignature(&server.context, &list, 6, NULL), SEC_E_MESSAGE_ALTERED,
              "another number, no qop");
    ok_status(EncryptMessage(&server.context, 0, &list, 1), SEC_E_OK, "seal");
    ok(memcmp(text, "a text", 6) != 0, "still in clear");
    ok_status(DecryptMessage(&client.context, &list, 1, NULL), SEC_E_OK, "open");
    ok(!memcmp(text, "a text", 6), "another text");
    buffers[1].cbBuffer = 3;
    ok_status(MakeSignature(&client.context, 0, &list, 0), SEC_E_INVALID_TOKEN,
              "STATUS_INVALID_PARAMETER of a package");
    side_done(&client);
    side_done(&server);
    now = counts();
    ok(!now.credentials && !now.contexts && !now.user_contexts, "left: %d, %d, %d",
       (int)now.credentials, (int)now.contexts, (int)now.user_contexts);
}

START_TEST(packages_failures)
{
    struct package_identity right = {PACKAGE_MAGIC}, wrong = {1};
    struct side client = {.size = 0}, server = {.size = 0};

    if (!have_package())
        return;
    ok_status(acquire(&client, SECPKG_CRED_OUTBOUND, &wrong), SEC_E_LOGON_DENIED,
              "STATUS_LOGON_FAILURE of a package");
    ok_status(acquire(&client, SECPKG_CRED_OUTBOUND, &right), SEC_E_OK, "the package's identity");
    ok_status(acquire(&server, SECPKG_CRED_INBOUND, NULL), SEC_E_OK, "server");
    ok_status(step(&server, true, true, "good day", PACKAGE_TOKEN), SEC_E_INVALID_TOKEN, "token");
    ok_status(step(&server, true, true, "nobody", PACKAGE_TOKEN), SEC_E_LOGON_DENIED,
              "STATUS_NO_SUCH_USER of a package");
    ok_status(step(&client, false, true, "", 10), SEC_E_BUFFER_TOO_SMALL, "room");
    ok_status(step(&client, false, true, "", 11), SEC_I_CONTINUE_NEEDED, "room enough");
    ok_status(step(&client, false, false, "go away", PACKAGE_TOKEN), SEC_E_INVALID_TOKEN, "answer");
    ok_status(step(&client, false, false, "welcome", PACKAGE_TOKEN), SEC_E_OK, "and then another");
    side_done(&client);
    ok_status(step(&client, false, true, "", PACKAGE_TOKEN), SEC_E_INVALID_HANDLE, "freed");
    ok_status(FreeCredentialsHandle(&server.credential), SEC_E_OK, "free");
    ok(!counts().credentials && !counts().contexts && !counts().user_contexts, "something is left");
}

START_TEST(packages_attributes)
{
    struct side client = {.size = 0}, server = {.size = 0};
    SecPkgCredentials_NamesW user = {NULL};
    SecPkgContext_NamesW names = {NULL};
    SecPkgContext_NamesA narrow = {NULL};
    SecPkgContext_Sizes sizes = {0};

    if (!have_package() || !connect_sides(&client, &server))
        return;
    ok_status(QueryContextAttributesW(&server.context, SECPKG_ATTR_SIZES, &sizes), SEC_E_OK,
              "of the user's half");
    ok(sizes.cbMaxToken == PACKAGE_TOKEN && sizes.cbMaxSignature == 4, "sizes");
    ok_status(QueryContextAttributesW(&server.context, SECPKG_ATTR_NAMES, &names), SEC_E_OK,
              "of the LSA's half");
    ok(names.sUserName && !wcscmp(names.sUserName, PACKAGE_USER), "user");
    FreeContextBuffer(names.sUserName);
    ok_status(QueryContextAttributesA(&server.context, SECPKG_ATTR_NAMES, &narrow), SEC_E_OK, "A");
    ok(narrow.sUserName && !strcmp(narrow.sUserName, "TEST\\somebody"), "user, A");
    FreeContextBuffer(narrow.sUserName);
    ok_status(QueryContextAttributesW(&server.context, SECPKG_ATTR_LIFESPAN, &sizes),
              SEC_E_UNSUPPORTED_FUNCTION, "of neither");
    ok_status(QueryCredentialsAttributesW(&client.credential, SECPKG_CRED_ATTR_NAMES, &user),
              SEC_E_OK, "of a credential");
    ok(user.sUserName && !wcscmp(user.sUserName, PACKAGE_USER), "credential's user");
    FreeContextBuffer(user.sUserName);
    ok_status(ImpersonateSecurityContext(&server.context), SEC_E_UNSUPPORTED_FUNCTION,
              "without a token");
    ok_status(CompleteAuthToken(&server.context, NULL), SEC_E_UNSUPPORTED_FUNCTION, "not there");
    side_done(&client);
    side_done(&server);
}

START_TEST(packages_messages)
{
    LSA_STRING name = {11, 12, (char *)(uintptr_t) "secur32TEST"};
    char text[] = "forwards";
    NTSTATUS protocol = -1;
    void *result = text;
    ULONG number = 0, size = 77;
    HANDLE lsa = NULL;

    if (!have_package())
        return;
    ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect");
    ok_status(LsaLookupAuthenticationPackage(lsa, &name, &number), STATUS_SUCCESS, "look up");
    ok_status(LsaCallAuthenticationPackage(lsa, number, text, 8, &result, &size, &protocol),
              STATUS_SUCCESS, "call");
    ok(size == 8 && !memcmp(result, "sdrawrof", 8), "another answer");
    ok_status(LsaFreeReturnBuffer(result), STATUS_SUCCESS, "free");
    ok_status(LsaCallAuthenticationPackage(lsa, number, text, 0, &result, &size, &protocol),
              STATUS_SUCCESS, "an empty message");
    ok_status(protocol, STATUS_INVALID_PARAMETER, "the package's word");
    ok(!result && !size, "an answer to it");
    LsaDeregisterLogonProcess(lsa);
}

/* ---- logging on ---- */

struct logon_answer {
    NTSTATUS status, sub_status;
    void *profile;
    ULONG profile_size;
    HANDLE token;
};

static struct logon_answer log_on(char who, SECURITY_LOGON_TYPE type)
{
    LSA_STRING name = {11, 12, (char *)(uintptr_t) "Secur32Test"};
    LSA_STRING origin = {4, 5, (char *)(uintptr_t) "test"};
    TOKEN_SOURCE source = {.SourceName = "test"};
    struct logon_answer answer = {.profile = &answer, .sub_status = 77};
    char information[4] = {who, 1, 2, 3};
    QUOTA_LIMITS quotas;
    HANDLE lsa = NULL;
    ULONG number = 0;
    LUID session;

    ok_status(LsaConnectUntrusted(&lsa), STATUS_SUCCESS, "connect");
    ok_status(LsaLookupAuthenticationPackage(lsa, &name, &number), STATUS_SUCCESS, "look up");
    answer.status = LsaLogonUser(lsa, &origin, type, number, information, sizeof(information), NULL,
                                 &source, &answer.profile, &answer.profile_size, &session,
                                 &answer.token, &quotas, &answer.sub_status);
    ok(information[0] == who && information[3] == 3, "the program's buffer was changed");
    LsaDeregisterLogonProcess(lsa);
    return answer;
}

/* Only the process' own user can have a token. */
START_TEST(packages_logon)
{
    static const struct {
        char who;
        SECURITY_LOGON_TYPE type;
        NTSTATUS want, sub_status;
        TOKEN_TYPE token;
    } rows[] = {
        {PACKAGE_LOGON_OWN, Interactive, STATUS_SUCCESS, STATUS_SUCCESS, TokenPrimary},
        {PACKAGE_LOGON_OWN, Batch, STATUS_SUCCESS, STATUS_SUCCESS, TokenPrimary},
        {PACKAGE_LOGON_PARTS, Network, STATUS_SUCCESS, STATUS_SUCCESS, TokenImpersonation},
        {PACKAGE_LOGON_OTHER, Network, STATUS_PRIVILEGE_NOT_HELD, STATUS_SUCCESS, 0},
        {PACKAGE_LOGON_NOBODY, Network, STATUS_PRIVILEGE_NOT_HELD, STATUS_SUCCESS, 0},
        {PACKAGE_LOGON_REFUSED, Network, STATUS_ACCOUNT_RESTRICTION, STATUS_PASSWORD_EXPIRED, 0},
    };
    struct package_counts before, after;

    if (!have_package())
        return;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool works = rows[i].want == STATUS_SUCCESS;
        struct logon_answer answer;
        TOKEN_TYPE type = 0;
        DWORD size;

        push_context("%c", rows[i].who);
        before = counts();
        answer = log_on(rows[i].who, rows[i].type);
        after = counts();
        ok_status(answer.status, rows[i].want, "log on");
        ok_status(answer.sub_status, rows[i].sub_status, "the second status");
        ok_number(after.logons - before.logons, rows[i].who != PACKAGE_LOGON_REFUSED, "sessions");
        ok_number(after.terminated - before.terminated, !works && after.logons > before.logons,
                  "sessions that ended");
        ok(works ? answer.profile_size == sizeof(PACKAGE_PROFILE) &&
                       !memcmp(answer.profile, PACKAGE_PROFILE, sizeof(PACKAGE_PROFILE))
                 : !answer.profile && !answer.profile_size,
           "profile");
        ok((answer.token != NULL) == works, "token");
        if (works) {
            ok(GetTokenInformation(answer.token, TokenType, &type, sizeof(type), &size),
               "no token");
            ok_number(type, rows[i].token, "kind of token");
            CloseHandle(answer.token);
            LsaFreeReturnBuffer(answer.profile);
        }
        pop_context();
    }
}

/* ---- the other kind ---- */

START_TEST(packages_of_clients)
{
    static const WCHAR *const names[] = {CLIENT_PACKAGE_NAME, CLIENT_PACKAGE_SECOND};
    SECURITY_PACKAGE_OPTIONS options = {.Size = sizeof(options), .Type = SECPKG_OPTIONS_TYPE_LSA};

    if (!have_package())
        return;
    options.Type = SECPKG_OPTIONS_TYPE_SSPI;
    ok_status(AddSecurityPackageW(beside(u"package_client.dll"), &options), SEC_E_OK, "add");
    for (ULONG i = 0; i < COUNT_OF(names); i++) {
        unsigned char token[64];
        SecBuffer out = {sizeof(token), SECBUFFER_TOKEN, token};
        SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
        SecPkgContext_Flags flags = {77};
        CredHandle credential;
        CtxtHandle context;
        ULONG attributes;

        ok(is_listed(names[i]), "package %lu", (unsigned long)i);
        ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)(uintptr_t)names[i],
                                            SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                            &credential, NULL),
                  SEC_E_OK, "acquire");
        ok(credential.dwLower != 0x77, "the package's own handle came through");
        ok_status(InitializeSecurityContextW(&credential, NULL, NULL, 0, 0, SECURITY_NATIVE_DREP,
                                             NULL, 0, &context, &output, &attributes, NULL),
                  SEC_E_OK, "initialize");
        ok(out.cbBuffer == wcslen(names[i]) * sizeof(WCHAR) &&
               !memcmp(token, names[i], out.cbBuffer),
           "token");
        ok_status(QueryContextAttributesW(&context, SECPKG_ATTR_FLAGS, &flags), SEC_E_OK, "flags");
        ok_number(flags.Flags, i, "flags");
        ok_status(EncryptMessage(&context, 0, &output, 0), SEC_E_UNSUPPORTED_FUNCTION, "not there");
        ok_status(DeleteSecurityContext(&context), SEC_E_OK, "delete");
        ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "free");
    }
}

/* ---- how it goes, and comes again ---- */

START_TEST(packages_deleted)
{
    struct side client = {.size = 0}, server = {.size = 0}, late = {.size = 0};
    char name[] = "Secur32Test";

    if (!have_package() || !connect_sides(&client, &server))
        return;
    ok_status(DeleteSecurityPackageA(name), SEC_E_OK, "delete");
    ok(!is_listed(PACKAGE_NAME), "still listed");
    ok_status(DeleteSecurityPackageA(name), SEC_E_SECPKG_NOT_FOUND, "delete again");
    ok_status(acquire(&late, SECPKG_CRED_OUTBOUND, NULL), SEC_E_SECPKG_NOT_FOUND, "acquire");
    /* What there is goes on. */
    side_done(&client);
    side_done(&server);
    ok_status(AddSecurityPackageW(beside(u"package_lsa.dll"), NULL), SEC_E_OK, "add again");
    ok(is_listed(PACKAGE_NAME), "not listed again");
    ok_status(acquire(&late, SECPKG_CRED_OUTBOUND, NULL), SEC_E_OK, "acquire again");
    ok_status(FreeCredentialsHandle(&late.credential), SEC_E_OK, "free");
    ok_number(counts().initialized, 1, "starts");
    ok_status(DeleteSecurityPackageW((WCHAR *)(uintptr_t)u"Schannel"), SEC_E_UNSUPPORTED_FUNCTION,
              "one of the system's");
}

/* ---- the registry ---- */

/* Where security DLLs are registered, by their full paths here. */
static const struct place {
    const WCHAR *path, *value;
    DWORD type;
} places[] = {
    {LSA_KEY, u"Security Packages", REG_MULTI_SZ},
    {LSA_KEY u"\\OSConfig", u"Security Packages", REG_MULTI_SZ},
    {u"SYSTEM\\CurrentControlSet\\Control\\SecurityProviders", u"SecurityProviders", REG_SZ},
};

struct registered {
    const struct place *place;
    HKEY key;
    bool is_new; /* the key */
    BYTE list[4096];
    DWORD size, type;
    LSTATUS was;
};

static bool keep_list(struct registered *registered, const struct place *place)
{
    DWORD disposition = 0;

    registered->place = place;
    registered->size = sizeof(registered->list);
    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, place->path, 0, NULL, 0,
                        KEY_ALL_ACCESS | KEY_WOW64_64KEY, NULL, &registered->key,
                        &disposition) != ERROR_SUCCESS)
        return false;
    registered->is_new = disposition == REG_CREATED_NEW_KEY;
    registered->was = RegQueryValueExW(registered->key, place->value, NULL, &registered->type,
                                       registered->list, &registered->size);
    return registered->was == ERROR_SUCCESS || registered->was == ERROR_FILE_NOT_FOUND;
}

static void restore_list(struct registered *registered)
{
    const struct place *place = registered->place;

    if (registered->was == ERROR_SUCCESS)
        RegSetValueExW(registered->key, place->value, 0, registered->type, registered->list,
                       registered->size);
    else
        RegDeleteValueW(registered->key, place->value);
    RegCloseKey(registered->key);
    if (registered->is_new)
        RegDeleteKeyExW(HKEY_LOCAL_MACHINE, place->path, KEY_WOW64_64KEY, 0);
}

/* A list with something that is no DLL in front. */
static void register_package(const struct registered *registered)
{
    bool is_multi = registered->place->type == REG_MULTI_SZ;
    WCHAR list[MAX_PATH + 128] = u"no such package";
    size_t length = wcslen(list);

    if (!is_multi)
        list[length++] = ',';
    else
        length++; /* its zero */
    wcscpy(list + length, beside(u"package_lsa.dll"));
    length += wcslen(list + length) + (is_multi ? 2 : 1);
    ok_number(RegSetValueExW(registered->key, registered->place->value, 0, registered->place->type,
                             (const BYTE *)list, (DWORD)(length * sizeof(*list))),
              ERROR_SUCCESS, "register");
}

/* Another process, which only looks: its exit code. */
static DWORD look(void)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    char command[2 * MAX_PATH];
    DWORD code = 77;

    GetModuleFileNameA(NULL, command, MAX_PATH);
    snprintf(command + strlen(command), MAX_PATH, " packages_permanent");
    SetEnvironmentVariableA(CHILD, "1");
    if (ok(CreateProcessA(NULL, command, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &startup,
                          &process),
           "no process")) {
        WaitForSingleObject(process.hProcess, 60000);
        GetExitCodeProcess(process.hProcess, &code);
        CloseHandle(process.hThread);
        CloseHandle(process.hProcess);
    }
    SetEnvironmentVariableA(CHILD, NULL);
    return code;
}

/* In a process of its own: there from the first call on, by the registry alone. */
static void look_here(void)
{
    struct side client = {.size = 0}, server = {.size = 0};

    if (ok(is_listed(PACKAGE_NAME), "it is not listed") && connect_sides(&client, &server)) {
        side_done(&client);
        side_done(&server);
    }
}

START_TEST(packages_permanent)
{
    SECURITY_PACKAGE_OPTIONS options = {.Size = sizeof(options),
                                        .Type = SECPKG_OPTIONS_TYPE_LSA,
                                        .Flags = SECPKG_OPTIONS_PERMANENT};
    struct registered registered = {.key = NULL};

    if (getenv(CHILD)) {
        look_here();
        return;
    }
    if (!have_package() || !ok(keep_list(&registered, &places[0]), "the registry cannot be read"))
        return;
    ok_number(look(), 1, "before");
    ok_status(DeleteSecurityPackageW((WCHAR *)(uintptr_t)PACKAGE_NAME), SEC_E_OK, "delete");
    ok_status(AddSecurityPackageW(beside(u"package_lsa.dll"), &options), SEC_E_OK, "add for good");
    ok_number(look(), 0, "afterwards");
    restore_list(&registered);
    ok_number(look(), 1, "in the end");
}

START_TEST(packages_registered)
{
    if (!have_package())
        return;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct registered registered = {.key = NULL};

        push_context("place %zu", i);
        if (ok(keep_list(&registered, &places[i]), "the registry cannot be read")) {
            register_package(&registered);
            ok_number(look(), 0, "registered");
            restore_list(&registered);
            ok_number(look(), 1, "in the end");
        }
        pop_context();
    }
}
