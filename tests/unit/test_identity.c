/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sspi* functions: identities of every form, EX2 blocks bent in every way, targets and host names.
 */
#include "winsspi.h"

#include <string.h>

#include "allocation.h"
#include "harness.h"

#define TEXT_MAX 0x7fff

static bool same(const WCHAR *a, const WCHAR *b)
{
    if (!a || !b)
        return a == b;
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static void check_strings(void *identity, const WCHAR *user, const WCHAR *domain,
                          const WCHAR *password)
{
    PCWSTR got[3] = {NULL};

    if (!ok_status(SspiEncodeAuthIdentityAsStrings(identity, &got[0], &got[1], &got[2]), SEC_E_OK,
                   "as strings"))
        return;
    ok(same(got[0], user), "user");
    ok(same(got[1], domain), "domain");
    ok(same(got[2], password), "password");
    for (size_t i = 0; i < COUNT_OF(got); i++)
        SspiLocalFree((void *)(uintptr_t)got[i]);
}

START_TEST(identity_strings)
{
    static const struct {
        const char *name;
        const WCHAR *user, *domain, *password;
        SECURITY_STATUS want;
    } cases[] = {
        {"all", u"user", u"DOMAIN", u"p\u00e4ss", SEC_E_OK},
        {"empty strings", u"", u"", u"", SEC_E_OK},
        {"no domain", u"user@domain", NULL, u"secret", SEC_E_OK},
        {"no password", u"user", u"DOMAIN", NULL, SEC_E_OK},
        {"a password alone", NULL, NULL, u"secret", SEC_E_OK},
        {"nothing", NULL, NULL, NULL, SEC_E_INVALID_TOKEN},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SEC_WINNT_AUTH_IDENTITY_EX2 *identity = NULL;
        SECURITY_STATUS status = SspiEncodeStringsAsAuthIdentity(
            cases[i].user, cases[i].domain, cases[i].password, (void **)&identity);

        push_context("%s", cases[i].name);
        ok_status(status, cases[i].want, "status");
        if (status == SEC_E_OK) {
            ok_number(identity->Version, SEC_WINNT_AUTH_IDENTITY_VERSION_2, "version");
            ok_number(identity->cbHeaderLength, sizeof(*identity), "header");
            ok(identity->Flags == SEC_WINNT_AUTH_IDENTITY_UNICODE, "flags");
            ok_status(SspiValidateAuthIdentity(identity), SEC_E_OK, "valid");
            ok(!SspiIsAuthIdentityEncrypted(identity), "encrypted");
            check_strings(identity, cases[i].user, cases[i].domain, cases[i].password);
        }
        SspiFreeAuthIdentity(identity);
        pop_context();
    }
    ok_status(SspiEncodeStringsAsAuthIdentity(u"a", u"b", u"c", NULL), SEC_E_INVALID_TOKEN,
              "nowhere to put it");
    SspiFreeAuthIdentity(NULL);
    SspiLocalFree(NULL);
    SspiZeroAuthIdentity(NULL);
}

/* The lengths of an EX2 have 16 bits. */
START_TEST(identity_long)
{
    static WCHAR text[TEXT_MAX + 2];
    static const struct {
        size_t length;
        SECURITY_STATUS want;
    } cases[] = {
        {32000, SEC_E_OK},
        {TEXT_MAX, SEC_E_INVALID_TOKEN},
        {TEXT_MAX + 1, SEC_E_INVALID_TOKEN},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        void *identity = NULL;

        for (size_t k = 0; k < cases[i].length; k++)
            text[k] = 'x';
        text[cases[i].length] = 0;
        ok_status(SspiEncodeStringsAsAuthIdentity(text, u"d", text, &identity), cases[i].want,
                  "length %zu", cases[i].length);
        if (identity)
            check_strings(identity, text, u"d", text);
        SspiFreeAuthIdentity(identity);
    }
}

START_TEST(identity_forms)
{
    static WCHAR user[] = u"userX", domain[] = u"domX", password[] = u"passX", list[] = u"!ntlmX";
    static char narrow_user[] = "user", narrow_domain[] = "dom", narrow_password[] = "pass";
    SEC_WINNT_AUTH_IDENTITY_W wide = {user, 4, domain, 3, password, 4, 2};
    SEC_WINNT_AUTH_IDENTITY_W unmarked = {user, 4, domain, 3, password, 4, 0};
    SEC_WINNT_AUTH_IDENTITY_A narrow = {
        (UCHAR *)narrow_user, 4, (UCHAR *)narrow_domain, 3, (UCHAR *)narrow_password, 4, 1};
    SEC_WINNT_AUTH_IDENTITY_EXW extended = {SEC_WINNT_AUTH_IDENTITY_VERSION,
                                            sizeof(extended),
                                            user,
                                            4,
                                            domain,
                                            3,
                                            password,
                                            4,
                                            2,
                                            list,
                                            5};
    struct {
        const char *name;
        void *identity;
    } cases[] = {
        {"wide", &wide},
        {"without flags", &unmarked},
        {"narrow", &narrow},
        {"extended", &extended},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        BOOLEAN same_user = FALSE, same_identity = FALSE;
        void *copy = NULL, *unmarshalled = NULL;
        char *bytes = NULL;
        ULONG size = 0;

        push_context("%s", cases[i].name);
        check_strings(cases[i].identity, u"user", u"dom", u"pass");
        if (ok_status(SspiCopyAuthIdentity(cases[i].identity, &copy), SEC_E_OK, "copy"))
            check_strings(copy, u"user", u"dom", u"pass");
        ok_status(SspiCompareAuthIdentities(copy, cases[i].identity, &same_user, &same_identity),
                  SEC_E_OK, "compare");
        ok(same_user && same_identity, "a copy differs");
        if (ok_status(SspiMarshalAuthIdentity(cases[i].identity, &size, &bytes), SEC_E_OK,
                      "marshal") &&
            ok_status(SspiUnmarshalAuthIdentity(size, bytes, &unmarshalled), SEC_E_OK, "unmarshal"))
            check_strings(unmarshalled, u"user", u"dom", u"pass");
        ok_status(SspiUnmarshalAuthIdentity(size - 1, bytes, &unmarshalled), SEC_E_INVALID_TOKEN,
                  "one byte short");
        SspiFreeAuthIdentity(unmarshalled);
        SspiLocalFree(bytes);
        SspiFreeAuthIdentity(copy);
        pop_context();
    }
}

/* A user's name at an address whose low half is an EX's version. Nothing is read there, since it is
 * empty. */
START_TEST(identity_at_a_version)
{
    static const uint64_t addresses[] = {0x7b0c00000200, 0x10000000200, 0x7fff00000200};
    WCHAR domain[] = u"DOMAIN", password[] = u"secret";

    if (sizeof(void *) < sizeof(uint64_t)) {
        skip("an address has no two halves");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        SEC_WINNT_AUTH_IDENTITY_W identity = {.Domain = (unsigned short *)domain,
                                              .DomainLength = COUNT_OF(domain) - 1,
                                              .Password = (unsigned short *)password,
                                              .PasswordLength = COUNT_OF(password) - 1,
                                              .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};

        memcpy(&identity.User, &addresses[i], sizeof(identity.User));
        push_context("%d", (int)i);
        check_strings(&identity, u"", u"DOMAIN", u"secret");
        pop_context();
    }
}

START_TEST(identity_compared)
{
    static const struct {
        const char *name;
        const WCHAR *first[3], *second[3];
        bool same_user, same_identity;
    } cases[] = {
        {"same", {u"u", u"d", u"p"}, {u"u", u"d", u"p"}, true, true},
        {"case of names", {u"U", u"D", u"p"}, {u"u", u"d", u"p"}, true, true},
        {"case of the password", {u"u", u"d", u"P"}, {u"u", u"d", u"p"}, true, false},
        {"no password", {u"u", u"d", NULL}, {u"u", u"d", u""}, true, false},
        {"no domain", {u"u", NULL, u"p"}, {u"u", u"d", u"p"}, false, false},
        {"user", {u"u2", u"d", u"p"}, {u"u", u"d", u"p"}, false, false},
    };
    BOOLEAN user, identity;
    void *first = NULL, *second = NULL;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const WCHAR *const *a = cases[i].first, *const *b = cases[i].second;

        ok_status(SspiEncodeStringsAsAuthIdentity(a[0], a[1], a[2], &first), SEC_E_OK, "first");
        ok_status(SspiEncodeStringsAsAuthIdentity(b[0], b[1], b[2], &second), SEC_E_OK, "second");
        ok_status(SspiCompareAuthIdentities(first, second, &user, &identity), SEC_E_OK, "%s",
                  cases[i].name);
        ok(user == cases[i].same_user, "%s: user", cases[i].name);
        ok(identity == cases[i].same_identity, "%s: identity", cases[i].name);
        SspiFreeAuthIdentity(first);
        SspiFreeAuthIdentity(second);
    }
    ok_status(SspiCompareAuthIdentities(NULL, NULL, &user, &identity), SEC_E_OK, "none and none");
    ok(user && identity, "none and none differ");
    ok_status(SspiEncodeStringsAsAuthIdentity(u"u", NULL, NULL, &first), SEC_E_OK, "first");
    ok_status(SspiCompareAuthIdentities(first, NULL, &user, &identity), SEC_E_OK, "one and none");
    ok(!user && !identity, "one and none are the same");
    ok_status(SspiCompareAuthIdentities(first, first, NULL, NULL), SEC_E_OK, "no results wanted");
    SspiFreeAuthIdentity(first);
}

/* An EX2 on the heap, of exactly its size, so that a sanitizer sees a read behind it. */
static void *marshalled(ULONG *size, char **bytes)
{
    void *identity = NULL;

    ok_status(SspiEncodeStringsAsAuthIdentity(u"user", u"domain", u"password", &identity), SEC_E_OK,
              "encode");
    ok_status(SspiMarshalAuthIdentity(identity, size, bytes), SEC_E_OK, "marshal");
    SspiFreeAuthIdentity(identity);
    return *bytes;
}

static void use_everything(void *identity)
{
    PCWSTR strings[3] = {NULL};
    void *made = NULL;
    BOOLEAN same_user;

    if (SspiEncodeAuthIdentityAsStrings(identity, &strings[0], &strings[1], &strings[2]) ==
        SEC_E_OK)
        for (size_t i = 0; i < COUNT_OF(strings); i++)
            SspiLocalFree((void *)(uintptr_t)strings[i]);
    if (SspiExcludePackage(identity, u"NTLM", &made) == SEC_E_OK)
        SspiFreeAuthIdentity(made);
    if (SspiCompareAuthIdentities(identity, identity, &same_user, NULL) == SEC_E_OK)
        ok(same_user, "differs from itself");
}

/* Any byte of a marshalled identity can be anything: it is refused, or used without harm. */
START_TEST(identity_bent)
{
    ULONG size = 0;
    char *bytes = NULL;
    unsigned accepted = 0, refused = 0;

    marshalled(&size, &bytes);
    for (size_t at = 0; at < size; at++)
        for (unsigned k = 0; k < 4; k++) {
            static const unsigned char values[] = {0x00, 0xff, 0x7f, 0x01};
            void *identity = NULL;
            char old = bytes[at];

            bytes[at] = (char)(k < 3 ? values[k] : (unsigned char)old ^ 1);
            if (SspiUnmarshalAuthIdentity(size, bytes, &identity) == SEC_E_OK) {
                use_everything(identity);
                accepted++;
            } else {
                refused++;
            }
            SspiFreeAuthIdentity(identity);
            bytes[at] = old;
        }
    ok(accepted > 0 && refused > 0, "%u accepted, %u refused", accepted, refused);
    for (ULONG shorter = 0; shorter < size; shorter++) {
        void *identity = NULL;

        ok_status(SspiUnmarshalAuthIdentity(shorter, bytes, &identity), SEC_E_INVALID_TOKEN,
                  "%lu bytes", (unsigned long)shorter);
    }
    SspiLocalFree(bytes);
    ok_status(SspiUnmarshalAuthIdentity(100, NULL, (void **)&bytes), SEC_E_INVALID_TOKEN, "NULL");
}

START_TEST(identity_refused)
{
    SEC_WINNT_AUTH_IDENTITY_W no_pointer = {NULL, 4, NULL, 0, NULL, 0, 2};
    WCHAR user[] = u"u";
    SEC_WINNT_AUTH_IDENTITY_W too_long = {user, 0x8000, NULL, 0, NULL, 0, 2};
    SEC_WINNT_AUTH_IDENTITY_W encrypted = {user, 1, NULL, 0, NULL, 0, 2 | 0x10};
    PCWSTR strings[3];
    void *copy = NULL;

    ok_status(SspiValidateAuthIdentity(NULL), SEC_E_INVALID_TOKEN, "NULL");
    ok_status(SspiValidateAuthIdentity(&no_pointer), SEC_E_INVALID_TOKEN, "no pointer");
    ok_status(SspiValidateAuthIdentity(&too_long), SEC_E_INVALID_TOKEN, "too long");
    ok_status(SspiCopyAuthIdentity(&no_pointer, &copy), SEC_E_INVALID_TOKEN, "copy");
    ok_status(SspiCopyAuthIdentity(&encrypted, NULL), SEC_E_INVALID_TOKEN, "copy to nowhere");
    ok(SspiIsAuthIdentityEncrypted(&encrypted), "encrypted");
    ok(!SspiIsAuthIdentityEncrypted(NULL), "NULL is encrypted");
    ok_status(SspiEncodeAuthIdentityAsStrings(&encrypted, &strings[0], &strings[1], &strings[2]),
              (SECURITY_STATUS)0xC000000D, "strings of an encrypted identity");
    ok_status(SspiEncryptAuthIdentity(&too_long), SEC_E_INVALID_TOKEN, "encrypt");
    ok_status(SspiEncryptAuthIdentity(NULL), SEC_E_INVALID_TOKEN, "encrypt NULL");
}

START_TEST(identity_zeroed)
{
    WCHAR user[] = u"user", password[] = u"secret!";
    SEC_WINNT_AUTH_IDENTITY_W wide = {user, 4, NULL, 0, password, 6, 2};
    SEC_WINNT_AUTH_IDENTITY_EX2 *block = NULL;
    ULONG size;
    bool zero = true;

    SspiZeroAuthIdentity(&wide);
    ok(!user[0] && !user[3] && !password[0] && !password[5], "not wiped");
    ok(password[6] == '!', "wiped too much");
    ok_status(SspiEncodeStringsAsAuthIdentity(u"u", u"d", u"p", (void **)&block), SEC_E_OK, "make");
    size = block->cbStructureLength;
    SspiZeroAuthIdentity(block);
    for (ULONG i = 0; i < size; i++)
        zero = zero && !((unsigned char *)block)[i];
    ok(zero, "block not wiped");
    SspiFreeAuthIdentity(block);
}

START_TEST(identity_excluded)
{
    static WCHAR list[] = u"Kerberos,NTLM", user[] = u"u";
    SEC_WINNT_AUTH_IDENTITY_EXW extended = {
        SEC_WINNT_AUTH_IDENTITY_VERSION, sizeof(extended), user, 1, NULL, 0, NULL, 0, 2, list, 13};
    struct {
        const char *name;
        void *identity;
        const WCHAR *want;
    } cases[] = {
        {"default credentials", NULL, u"!NTLM"},
        {"a list", &extended, u"Kerberos,NTLM,!NTLM"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SEC_WINNT_AUTH_IDENTITY_EX2 *made = NULL;
        WCHAR got[64] = {0};

        if (!ok_status(SspiExcludePackage(cases[i].identity, u"NTLM", (void **)&made), SEC_E_OK,
                       "%s", cases[i].name))
            continue;
        if (ok(made->PackageListLength < sizeof(got), "%s: length", cases[i].name))
            memcpy(got, (char *)made + made->PackageListOffset, made->PackageListLength);
        ok(same(got, cases[i].want), "%s: list", cases[i].name);
        SspiFreeAuthIdentity(made);
    }
    ok_status(SspiExcludePackage(NULL, NULL, (void **)&cases), SEC_E_INVALID_TOKEN, "no package");
    ok_status(SspiExcludePackage(NULL, u"NTLM", NULL), SEC_E_INVALID_TOKEN, "no result");
}

START_TEST(identity_host_names)
{
    static const struct {
        const WCHAR *target, *host;
    } cases[] = {
        {u"HTTP/www.example.com", u"www.example.com"},
        {u"HTTP/www.example.com:8080", u"www.example.com"},
        {u"ldap/dc.example.com/example.com", u"dc.example.com"},
        {u"ldap/dc.example.com:389/example.com", u"dc.example.com"},
        {u"host/[2001:db8::1]:80", u"2001:db8::1"},
        {u"server", u"server"},
        {u"user@example.com", u"example.com"},
        {u"HTTP/", NULL},
        {u"HTTP//x", NULL},
        {u"HTTP/:80", NULL},
        {u"", NULL},
        {u"a/[", u"["},
        {u"a/[]", NULL},
    };
    WCHAR *host = NULL;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        host = NULL;
        ok_status(SspiGetTargetHostName(cases[i].target, &host),
                  cases[i].host ? SEC_E_OK : SEC_E_INVALID_TOKEN, "%zu", i);
        ok(same(host, cases[i].host), "%zu: host", i);
        SspiLocalFree(host);
    }
    ok_status(SspiGetTargetHostName(NULL, &host), SEC_E_INVALID_TOKEN, "NULL");
    ok_status(SspiGetTargetHostName(u"a", NULL), SEC_E_INVALID_TOKEN, "no result");
}

START_TEST(identity_stored)
{
    void *identity = NULL;
    PCWSTR name = NULL, user = NULL;
    ULONG type = 0, size = 0;
    UCHAR *blob = NULL;

    ok_status(SspiEncodeStringsAsAuthIdentity(u"me", u"DOM", u"pw", &identity), SEC_E_OK, "make");
    if (ok_status(SspiPrepareForCredRead(identity, u"target", &type, &name), SEC_E_OK, "read"))
        ok(type == 2 && same(name, u"target"), "target of read");
    SspiLocalFree((void *)(uintptr_t)name);
    if (ok_status(SspiPrepareForCredWrite(identity, NULL, &type, &name, &user, &blob, &size),
                  SEC_E_OK, "write")) {
        ok(type == 2 && same(name, u"DOM\\me") && same(user, u"DOM\\me"), "names of write");
        ok(size == 4 && !memcmp(blob, u"pw", 4), "blob");
    }
    SspiLocalFree((void *)(uintptr_t)name);
    SspiLocalFree((void *)(uintptr_t)user);
    SspiLocalFree(blob);
    ok_status(SspiPrepareForCredRead(identity, u"t", NULL, &name), SEC_E_INVALID_TOKEN, "no type");
    ok_status(SspiPrepareForCredRead(NULL, u"t", &type, &name), SEC_E_INVALID_TOKEN, "no identity");
    SspiFreeAuthIdentity(identity);
}

/* ---- lack of memory
 * ------------------------------------------------------------------------------------- */

static bool encode(void *argument)
{
    void *identity = NULL;
    PCWSTR strings[3];
    bool succeeded;

    (void)argument;
    if (SspiEncodeStringsAsAuthIdentity(u"u", u"d", u"p", &identity) != SEC_E_OK)
        return false;
    succeeded = SspiEncodeAuthIdentityAsStrings(identity, &strings[0], &strings[1], &strings[2]) ==
                SEC_E_OK;
    for (size_t i = 0; succeeded && i < COUNT_OF(strings); i++)
        SspiLocalFree((void *)(uintptr_t)strings[i]);
    SspiFreeAuthIdentity(identity);
    return succeeded;
}

static bool prepare(void *argument)
{
    SEC_WINNT_AUTH_IDENTITY_A narrow = {(UCHAR *)"u", 1, (UCHAR *)"d", 1, (UCHAR *)"p", 1, 1};
    PCWSTR name, user;
    ULONG type, size;
    UCHAR *blob;

    (void)argument;
    if (SspiPrepareForCredWrite(&narrow, NULL, &type, &name, &user, &blob, &size) != SEC_E_OK)
        return false;
    SspiLocalFree((void *)(uintptr_t)name);
    SspiLocalFree((void *)(uintptr_t)user);
    SspiLocalFree(blob);
    return true;
}

static bool exclude(void *argument)
{
    SEC_WINNT_AUTH_IDENTITY_A narrow = {(UCHAR *)"u", 1, (UCHAR *)"d", 1, (UCHAR *)"p", 1, 1};
    void *made = NULL;

    (void)argument;
    if (SspiExcludePackage(&narrow, u"NTLM", &made) != SEC_E_OK)
        return false;
    SspiFreeAuthIdentity(made);
    return true;
}

START_TEST(identity_memory)
{
    ok(each_allocation_fails(encode, NULL) >= 4, "encode");
    ok(each_allocation_fails(prepare, NULL) >= 5, "prepare");
    ok(each_allocation_fails(exclude, NULL) >= 5, "exclude");
}

/* The covers of two identities differ, or their passwords would be known but for their difference.
 */
START_TEST(identity_covers)
{
    static const struct {
        const char *name;
        WCHAR user[8], domain[8];
        ULONG length;
    } rows[] = {
        {"the first", u"user", u"DOM", 16},        {"another user", u"usfr", u"DOM", 16},
        {"another domain", u"user", u"DPM", 16},   {"a longer password", u"user", u"DOM", 17},
        {"the letter moved", u"userD", u"OM", 16},
    };
    WCHAR covered[COUNT_OF(rows)][32];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SEC_WINNT_AUTH_IDENTITY_W identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
        size_t same = 0;

        memset(covered[i], 0, sizeof(covered[i]));
        identity.User = (unsigned short *)(uintptr_t)rows[i].user;
        identity.Domain = (unsigned short *)(uintptr_t)rows[i].domain;
        identity.Password = (unsigned short *)covered[i];
        identity.DomainLength = rows[i].domain[2] ? 3 : 2;
        identity.UserLength = rows[i].user[4] ? 5 : 4;
        identity.PasswordLength = rows[i].length;
        ok_status(SspiEncryptAuthIdentity(&identity), SEC_E_OK, "%s: encrypt", rows[i].name);
        for (size_t k = 0; k < rows[i].length; k++)
            same += i > 0 && covered[i][k] == covered[0][k];
        ok(same < 4, "%s: %zu of the bytes are covered alike", rows[i].name, same);
    }
    for (size_t k = 0; k < rows[0].length; k++)
        if (covered[0][k])
            return;
    ok(false, "it is not covered");
}
