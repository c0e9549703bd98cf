/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * No secret is left in freed memory: this program's free() looks through each block before it lets
 * it go. Passwords go through every function that takes one.
 */
#include "winsspi.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "sspi/package.h"
#include "sspi/packages.h"

static const WCHAR secret[] = u"tr0ub4dor&3";
static const char narrow_secret[] = "tr0ub4dor&3";

static volatile bool is_watching; /* volatile: a compiler knows that free() reads neither */
static volatile unsigned found;   /* blocks with the secret in them */

static bool block_contains(const char *block, size_t size, const void *part, size_t part_size)
{
    for (size_t i = 0; i + part_size <= size; i++)
        if (!memcmp(block + i, part, part_size))
            return true;
    return false;
}

/* The linker puts the second in place of free() in all that is linked here, and lets it call the
 * first. */
void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    if (memory && is_watching) {
        size_t size = malloc_usable_size(memory);

        /* Less than all of it would tell enough. */
        if (block_contains(memory, size, secret, 8 * sizeof(*secret)) ||
            block_contains(memory, size, narrow_secret, 8))
            found++;
    }
    __real_free(memory);
}

/* ---- a package that takes passwords */

static SECURITY_STATUS acquire(struct ssp_acquire *call)
{
    call->credential = calloc(1, 1);
    return SEC_E_OK;
}

static SECURITY_STATUS change_password(const struct ssp_password *change)
{
    return change->new_password ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

static const WCHAR *const names[] = {u"Taker"};

static const struct ssp taker = {
    .names = names,
    .name_count = 1,
    .acquire = acquire,
    .free_credential = free,
    .change_password = change_password,
};

const struct ssp *const packages_built_in[] = {&taker, NULL};

static void load_nothing(void)
{
}

static SECURITY_STATUS add_nothing(const WCHAR *file, const SECURITY_PACKAGE_OPTIONS *options)
{
    (void)file;
    (void)options;
    return SEC_E_SECPKG_NOT_FOUND;
}

const struct packages_source packages_outside = {load_nothing, add_nothing};

/* ---- the test */

static void watch(const char *what, void (*body)(void))
{
    found = 0;
    is_watching = true;
    body();
    is_watching = false;
    ok_number(found, 0, "%s: blocks with the secret", what);
}

static PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity_new(void)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;

    ok_status(SspiEncodeStringsAsAuthIdentity(u"user", u"domain", secret, &identity), SEC_E_OK,
              "encode");
    return identity;
}

static void copies(void)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = identity_new(), copy = NULL, other = NULL;
    char *bytes = NULL;
    ULONG size = 0;

    ok_status(SspiCopyAuthIdentity(identity, &copy), SEC_E_OK, "copy");
    ok_status(SspiMarshalAuthIdentity(identity, &size, &bytes), SEC_E_OK, "marshal");
    ok_status(SspiUnmarshalAuthIdentity(size, bytes, &other), SEC_E_OK, "unmarshal");
    SspiLocalFree(bytes);
    SspiFreeAuthIdentity(other);
    ok_status(SspiExcludePackage(identity, u"NTLM", &other), SEC_E_OK, "exclude");
    SspiFreeAuthIdentity(other);
    SspiFreeAuthIdentity(copy);
    SspiFreeAuthIdentity(identity);
}

static void strings(void)
{
    SEC_WINNT_AUTH_IDENTITY_A narrow = {.Password = (unsigned char *)(uintptr_t)narrow_secret,
                                        .PasswordLength = sizeof(narrow_secret) - 1,
                                        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = identity_new();
    PCWSTR user = NULL, domain = NULL, password = NULL, target = NULL;
    UCHAR *blob = NULL;
    ULONG type, size;

    ok_status(SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &password), SEC_E_OK,
              "strings");
    SspiLocalFree((void *)(uintptr_t)user);
    SspiLocalFree((void *)(uintptr_t)domain);
    SspiLocalFree((void *)(uintptr_t)password);
    ok_status(SspiPrepareForCredWrite(identity, NULL, &type, &target, &user, &blob, &size),
              SEC_E_OK, "for CredWrite");
    SspiLocalFree((void *)(uintptr_t)target);
    SspiLocalFree((void *)(uintptr_t)user);
    SspiLocalFree(blob);
    ok_status(SspiEncodeAuthIdentityAsStrings(&narrow, NULL, NULL, &password), SEC_E_OK, "ANSI");
    SspiLocalFree((void *)(uintptr_t)password);
    SspiFreeAuthIdentity(identity);
}

static void encrypted(void)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = identity_new(), other = NULL;
    BOOLEAN same = FALSE;

    ok_status(SspiCopyAuthIdentity(identity, &other), SEC_E_OK, "copy");
    ok_status(SspiEncryptAuthIdentity(identity), SEC_E_OK, "encrypt");
    ok_status(SspiCompareAuthIdentities(identity, other, NULL, &same), SEC_E_OK, "compare");
    ok(same, "another identity");
    ok_status(SspiDecryptAuthIdentity(identity), SEC_E_OK, "decrypt");
    SspiFreeAuthIdentity(other);
    SspiFreeAuthIdentity(identity);
}

static void passwords(void)
{
    char package[] = "Taker", domain[] = "domain", account[] = "account", password[16];
    SecBufferDesc output = {SECBUFFER_VERSION, 0, NULL};

    strcpy(password, narrow_secret);
    ok_status(
        ChangeAccountPasswordA(package, domain, account, password, password, FALSE, 0, &output),
        SEC_E_OK, "change");
}

START_TEST(secrets_watched)
{
    char *memory = calloc(1, 64);

    memcpy(memory, narrow_secret, sizeof(narrow_secret));
    __asm__ __volatile__("" : : "r"(memory) : "memory"); /* that it is written though it goes */
    found = 0;
    is_watching = true;
    free(memory);
    is_watching = false;
    ok_number(found, 1, "the watch sees one");
}

START_TEST(secrets_freed)
{
    watch("copies", copies);
    watch("strings", strings);
    watch("encrypted", encrypted);
    watch("passwords", passwords);
}
