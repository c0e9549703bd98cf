/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * EnumerateSecurityPackages and QuerySecurityPackageInfo, in both character sets.
 *
 * Sources: the pages of these functions and of SecPkgInfo; the start-up search of .NET's SslStream,
 * which walks the list for "Microsoft Unified Security Protocol Provider"; libpq, which asks for
 * names in lower case; libgit2 and msquic, which ask for "Schannel".
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

/* The documents tie STREAM to Schannel; the others are what its callers ask of it. */
#define WANTED_FLAGS                                                                               \
    (SECPKG_FLAG_STREAM | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_CONNECTION)

static size_t length(const WCHAR *text)
{
    size_t size = 0;

    while (text[size])
        size++;
    return size;
}

static bool same(const WCHAR *a, const WCHAR *b)
{
    return length(a) == length(b) && !memcmp(a, b, length(a) * sizeof(WCHAR));
}

static void check_schannel(const SecPkgInfoW *info)
{
    ok(same(info->Name, UNISP), "other name");
    ok(info->Comment && length(info->Comment) > 0, "no comment");
    ok((info->fCapabilities & WANTED_FLAGS) == WANTED_FLAGS, "capabilities %08lx lack %08lx",
       (unsigned long)info->fCapabilities, (unsigned long)(WANTED_FLAGS & ~info->fCapabilities));
    ok_number(info->wVersion, 1, "version");
    ok_number(info->wRPCID, 14, "RPC id (RPC_C_AUTHN_GSS_SCHANNEL)");
    /* Programs allocate their token buffer by this: a whole TLS record must fit. */
    ok(info->cbMaxToken >= 16384 + 5 && info->cbMaxToken <= 65535, "token size %lu",
       (unsigned long)info->cbMaxToken);
}

START_TEST(packages_enumerate)
{
    SecPkgInfoW *wide = NULL;
    SecPkgInfoA *narrow = NULL;
    ULONG wide_count = 0, narrow_count = 0;
    bool found = false;

    if (!ok_status(EnumerateSecurityPackagesW(&wide_count, &wide), SEC_E_OK, "W") ||
        !ok_status(EnumerateSecurityPackagesA(&narrow_count, &narrow), SEC_E_OK, "A"))
        return;
    ok_number(narrow_count, wide_count, "A and W list as many packages");
    for (ULONG i = 0; i < wide_count; i++) {
        SecPkgInfoW *info = NULL;

        if (same(wide[i].Name, UNISP)) {
            found = true;
            check_schannel(&wide[i]);
        }
        /* What is listed can be asked for. */
        if (ok_status(QuerySecurityPackageInfoW(wide[i].Name, &info), SEC_E_OK, "package %lu",
                      (unsigned long)i)) {
            ok(same(info->Name, wide[i].Name), "package %lu has another name", (unsigned long)i);
            ok_number(info->fCapabilities, wide[i].fCapabilities, "package %lu: capabilities",
                      (unsigned long)i);
            ok_number(info->cbMaxToken, wide[i].cbMaxToken, "package %lu: token", (unsigned long)i);
            ok_status(FreeContextBuffer(info), SEC_E_OK, "info is freed");
        }
        if (i < narrow_count)
            ok(strlen(narrow[i].Name) == length(wide[i].Name), "package %lu: A name differs",
               (unsigned long)i);
    }
    ok(found, "Schannel is not listed");
    ok_status(FreeContextBuffer(wide), SEC_E_OK, "W list is freed");
    ok_status(FreeContextBuffer(narrow), SEC_E_OK, "A list is freed");
}

START_TEST(packages_names)
{
    static const struct {
        const char *name, *narrow;
        const WCHAR *wide;
        SECURITY_STATUS want;
    } cases[] = {
        {"full name", "Microsoft Unified Security Protocol Provider", UNISP, SEC_E_OK},
        {"lower case", "microsoft unified security protocol provider",
         u"microsoft unified security protocol provider", SEC_E_OK},
        {"upper case", "MICROSOFT UNIFIED SECURITY PROTOCOL PROVIDER",
         u"MICROSOFT UNIFIED SECURITY PROTOCOL PROVIDER", SEC_E_OK},
        {"Schannel", "Schannel", u"Schannel", SEC_E_OK},
        {"schannel", "schannel", u"schannel", SEC_E_OK},
        {"Default TLS SSP", "Default TLS SSP", u"Default TLS SSP", SEC_E_OK},
        {"unknown", "No Such Package", u"No Such Package", SEC_E_SECPKG_NOT_FOUND},
        {"empty", "", u"", SEC_E_SECPKG_NOT_FOUND},
        {"a prefix", "Schan", u"Schan", SEC_E_SECPKG_NOT_FOUND},
        {"longer", "Schannel2", u"Schannel2", SEC_E_SECPKG_NOT_FOUND},
        {"trailing blank", "Schannel ", u"Schannel ", SEC_E_SECPKG_NOT_FOUND},
        {"not ASCII", "Sch\xc3\xa4nnel", u"Sch\x00e4nnel", SEC_E_SECPKG_NOT_FOUND},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecPkgInfoA *narrow = NULL;
        SecPkgInfoW *wide = NULL;

        push_context("%s", cases[i].name);
        ok_status(QuerySecurityPackageInfoA((char *)cases[i].narrow, &narrow), cases[i].want, "A");
        ok_status(QuerySecurityPackageInfoW((WCHAR *)cases[i].wide, &wide), cases[i].want, "W");
        ok(!narrow == (cases[i].want != SEC_E_OK), "A info");
        ok(!wide == (cases[i].want != SEC_E_OK), "W info");
        if (narrow && wide) {
            ok_number(narrow->fCapabilities, wide->fCapabilities, "capabilities of A and W");
            ok_number(narrow->cbMaxToken, wide->cbMaxToken, "token of A and W");
        }
        if (narrow)
            ok_status(FreeContextBuffer(narrow), SEC_E_OK, "A info is freed");
        if (wide)
            ok_status(FreeContextBuffer(wide), SEC_E_OK, "W info is freed");
        pop_context();
    }
}

START_TEST(packages_long_name)
{
    static WCHAR wide[70000];
    static char narrow[70000];
    SecPkgInfoW *wide_info = NULL;
    SecPkgInfoA *narrow_info = NULL;

    for (size_t i = 0; i + 1 < COUNT_OF(wide); i++)
        wide[i] = (WCHAR)(narrow[i] = 'x');
    ok_status(QuerySecurityPackageInfoW(wide, &wide_info), SEC_E_SECPKG_NOT_FOUND, "W");
    ok_status(QuerySecurityPackageInfoA(narrow, &narrow_info), SEC_E_SECPKG_NOT_FOUND, "A");
    ok(!wide_info && !narrow_info, "info of a package that is not there");
}

START_TEST(packages_free_null)
{
    /* Many programs free without looking; it must do no harm, whatever it says. */
    SECURITY_STATUS status = FreeContextBuffer(NULL);

    ok(status == SEC_E_OK || broken(status == SEC_E_INVALID_HANDLE), "got %08lx",
       (unsigned long)status);
}

/* ---- where the system has neither GSSAPI nor packages of its own ---- */

static const struct {
    const char *narrow;
    const WCHAR *wide;
} authentication[] = {{"Negotiate", u"Negotiate"}, {"Kerberos", u"Kerberos"}, {"NTLM", u"NTLM"}};

static void check_absent(size_t row)
{
    SecPkgInfoW *info = NULL;
    CredHandle credential = {0xdead, 0xdead};
    SEC_WINNT_AUTH_IDENTITY_W identity = {.User = (unsigned short *)(uintptr_t)u"user",
                                          .UserLength = 4,
                                          .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    WCHAR *name = (WCHAR *)(uintptr_t)authentication[row].wide;

    ok_status(QuerySecurityPackageInfoW(name, &info), SEC_E_SECPKG_NOT_FOUND, "info");
    ok(!info, "info of what is absent");
    for (ULONG use = SECPKG_CRED_INBOUND; use <= SECPKG_CRED_BOTH; use++)
        ok_status(AcquireCredentialsHandleW(NULL, name, use, NULL, use == 2 ? &identity : NULL,
                                            NULL, NULL, &credential, NULL),
                  SEC_E_SECPKG_NOT_FOUND, "credential, use %lu", (unsigned long)use);
    ok_status(AcquireCredentialsHandleA(NULL, (char *)(uintptr_t)authentication[row].narrow,
                                        SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &credential,
                                        NULL),
              SEC_E_SECPKG_NOT_FOUND, "credential, A");
    ok(credential.dwLower == 0xdead && credential.dwUpper == 0xdead, "the handle was written");
}

static bool is_authentication(const WCHAR *name)
{
    for (size_t i = 0; i < COUNT_OF(authentication); i++)
        if (same(name, authentication[i].wide))
            return true;
    return false;
}

/* SECUR32_TEST_ABSENT says that they are (tests/interop/absent). */
START_TEST(packages_absent)
{
    SecPkgInfoW *list = NULL;
    WCHAR *profiles = NULL;
    ULONG count = 0;

    if (!getenv("SECUR32_TEST_ABSENT")) {
        skip("the system may have them");
        return;
    }
    if (ok_status(EnumerateSecurityPackagesW(&count, &list), SEC_E_OK, "list"))
        for (ULONG i = 0; i < count; i++)
            ok(!is_authentication(list[i].Name), "package %lu is listed", (unsigned long)i);
    ok(count > 0, "Schannel is gone, too");
    FreeContextBuffer(list);
    for (size_t i = 0; i < COUNT_OF(authentication); i++) {
        push_context("%s", authentication[i].narrow);
        check_absent(i);
        pop_context();
    }
    count = 0xdead;
    if (SaslEnumerateProfilesW(&profiles, &count) == SEC_E_OK)
        ok_number(count, 0, "profiles of SASL");
    FreeContextBuffer(profiles);
}
