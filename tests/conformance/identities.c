/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Identities that are encrypted in place, and target information as text.
 *
 * Sources: the pages of SspiEncryptAuthIdentity, SspiEncodeAuthIdentityAsStrings (refuses what is
 * encrypted), CredMarshalTargetInfo and CredUnmarshalTargetInfo; the published text of target
 * information with nothing in it.
 */
#include "common.h"

#include <string.h>

static bool contains(const void *memory, size_t size, const void *part, size_t part_size)
{
    for (size_t i = 0; i + part_size <= size; i++)
        if (!memcmp((const char *)memory + i, part, part_size))
            return true;
    return false;
}

static bool same(PCWSTR a, PCWSTR b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

START_TEST(identities_encrypted)
{
    static const WCHAR password[] = u"correct horse";
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL, copy = NULL;
    PCWSTR user = NULL, domain = NULL, packed = NULL;
    BOOLEAN same_user = FALSE, same_identity = FALSE;
    char *bytes = NULL;
    ULONG size = 0;

    if (!ok_status(SspiEncodeStringsAsAuthIdentity(u"user", u"DOM", password, &identity), SEC_E_OK,
                   "encode"))
        return;
    ok(!SspiIsAuthIdentityEncrypted(identity), "encrypted at first");
    ok_status(SspiEncryptAuthIdentity(identity), SEC_E_OK, "encrypt");
    ok(SspiIsAuthIdentityEncrypted(identity), "not encrypted");
    ok_status(SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &packed),
              STATUS_INVALID_PARAMETER, "strings of what is encrypted");
    if (ok_status(SspiMarshalAuthIdentity(identity, &size, &bytes), SEC_E_OK, "marshal")) {
        ok(!contains(bytes, size, password, sizeof(password) - sizeof(*password)),
           "the password is in it");
        SspiLocalFree(bytes);
    }
    ok_status(SspiCopyAuthIdentity(identity, &copy), SEC_E_OK, "copy");
    ok(SspiIsAuthIdentityEncrypted(copy), "the copy is not encrypted");
    ok_status(SspiDecryptAuthIdentity(identity), SEC_E_OK, "decrypt");
    ok(!SspiIsAuthIdentityEncrypted(identity), "still encrypted");
    if (ok_status(SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &packed), SEC_E_OK,
                  "strings")) {
        ok(same(user, u"user") && same(domain, u"DOM") && same(packed, password), "other strings");
        SspiLocalFree((void *)(uintptr_t)user);
        SspiLocalFree((void *)(uintptr_t)domain);
        SspiLocalFree((void *)(uintptr_t)packed);
    }
    ok_status(SspiDecryptAuthIdentity(copy), SEC_E_OK, "decrypt the copy");
    ok_status(SspiCompareAuthIdentities(identity, copy, &same_user, &same_identity), SEC_E_OK,
              "compare");
    ok(same_user && same_identity, "the copy is another identity");
    SspiFreeAuthIdentity(copy);
    SspiFreeAuthIdentity(identity);
}

/* ---- target information */

typedef NTSTATUS(WINAPI *marshal_function)(PCREDENTIAL_TARGET_INFORMATIONW, PUSHORT *, PULONG);
typedef NTSTATUS(WINAPI *unmarshal_function)(PUSHORT, ULONG, PCREDENTIAL_TARGET_INFORMATIONW *,
                                             PULONG);

#ifdef _WIN32
static void local_free(void *memory)
{
    LocalFree(memory);
}

/* mingw-w64's import library does not have both on both machines. */
static bool target_functions(marshal_function *marshal, unmarshal_function *unmarshal)
{
    HMODULE module = LoadLibraryA("secur32.dll");
    FARPROC first = GetProcAddress(module, "CredMarshalTargetInfo");
    FARPROC second = GetProcAddress(module, "CredUnmarshalTargetInfo");

    memcpy(marshal, &first, sizeof(first));
    memcpy(unmarshal, &second, sizeof(second));
    return first && second;
}
#else
static void local_free(void *memory)
{
    SspiLocalFree(memory);
}

static bool target_functions(marshal_function *marshal, unmarshal_function *unmarshal)
{
    *marshal = CredMarshalTargetInfo;
    *unmarshal = CredUnmarshalTargetInfo;
    return true;
}
#endif

static bool same_or_none(const WCHAR *a, const WCHAR *b)
{
    return a && b ? same(a, b) : !a && !b;
}

START_TEST(identities_target_info)
{
    static const WCHAR nothing[] = u"1UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAYBAAAA";
    DWORD types[] = {1, 2, 0x80000000};
    CREDENTIAL_TARGET_INFORMATIONW full = {.TargetName = (WCHAR *)(uintptr_t)u"server",
                                           .DnsServerName = (WCHAR *)(uintptr_t)u"server.test",
                                           .PackageName = (WCHAR *)(uintptr_t)u"Kerberos",
                                           .Flags = 0x12345678,
                                           .CredTypeCount = COUNT_OF(types),
                                           .CredTypes = types};
    CREDENTIAL_TARGET_INFORMATIONW empty = {.Flags = 0}, *back = NULL;
    marshal_function marshal;
    unmarshal_function unmarshal;
    USHORT *text = NULL;
    WCHAR spn[256] = u"cifs/server";
    ULONG size = 0, used = 0;

    if (!ok(target_functions(&marshal, &unmarshal), "no functions"))
        return;
    if (ok_status(marshal(&empty, &text, &size), STATUS_SUCCESS, "nothing")) {
        ok(size == sizeof(nothing) - sizeof(WCHAR) && !memcmp(text, nothing, size),
           "%lu bytes of another text", (unsigned long)size);
        local_free(text);
    }
    if (!ok_status(marshal(&full, &text, &size), STATUS_SUCCESS, "marshal"))
        return;
    /* Behind a service's name, as Kerberos gets it. */
    memcpy(spn + 11, text, size);
    if (ok_status(unmarshal((USHORT *)spn, 22 + size, &back, &used), STATUS_SUCCESS, "unmarshal")) {
        ok_number(used, size, "used");
        ok(same_or_none(back->TargetName, full.TargetName) &&
               same_or_none(back->NetbiosServerName, full.NetbiosServerName) &&
               same_or_none(back->DnsServerName, full.DnsServerName) &&
               same_or_none(back->DnsTreeName, full.DnsTreeName) &&
               same_or_none(back->PackageName, full.PackageName),
           "other names");
        ok_number(back->Flags, full.Flags, "flags");
        ok(back->CredTypeCount == COUNT_OF(types) && !memcmp(back->CredTypes, types, sizeof(types)),
           "other types");
        local_free(back);
    }
    for (ULONG cut = 0; cut < size; cut++)
        ok_status(unmarshal(text, cut, &back, &used), STATUS_INVALID_PARAMETER, "cut at %lu",
                  (unsigned long)cut);
    local_free(text);
}

/* Each unit of the text changed in each bit: refused, or something that can be read whole. */
START_TEST(identities_hostile_target_info)
{
    DWORD types[] = {7};
    CREDENTIAL_TARGET_INFORMATIONW info = {.TargetName = (WCHAR *)(uintptr_t)u"name",
                                           .DnsTreeName = (WCHAR *)(uintptr_t)u"tree",
                                           .CredTypeCount = 1,
                                           .CredTypes = types},
                                   *back;
    marshal_function marshal;
    unmarshal_function unmarshal;
    USHORT *text = NULL;
    ULONG size = 0, read = 0;

    if (!ok(target_functions(&marshal, &unmarshal), "no functions") ||
        !ok_status(marshal(&info, &text, &size), STATUS_SUCCESS, "marshal"))
        return;
    for (ULONG unit = 0; unit < size / sizeof(*text); unit++)
        for (unsigned bit = 0; bit < 16; bit++) {
            NTSTATUS status;

            back = NULL;
            text[unit] ^= (USHORT)(1u << bit);
            status = unmarshal(text, size, &back, NULL);
            text[unit] ^= (USHORT)(1u << bit);
            if (status == STATUS_SUCCESS) {
                read++;
                ok(back->CredTypeCount <= 255, "unit %lu, bit %u", (unsigned long)unit, bit);
                local_free(back);
            } else {
                ok_status(status, STATUS_INVALID_PARAMETER, "unit %lu, bit %u", (unsigned long)unit,
                          bit);
            }
        }
    ok(read > 0, "no change of a name was taken");
    local_free(text);
}
