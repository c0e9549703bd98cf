/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * No secret is left in freed memory: this program's free() looks through each block before it lets
 * it go. Passwords go through every function that takes one. The library is linked in, and the
 * linker puts that free() in place of the C library's in what it links; so what is looked through
 * is this library's memory, and what MIT's libraries free of their own is not.
 *
 * Kerberos' logon needs a KDC: SECUR32_TEST_SECRETS=REALM:user:service, where the user's password
 * is the secret and the service's key is in the keytab (tests/interop/gss).
 */
#include "winsspi.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gss/package.h"
#include "harness.h"
#include "sspi/package.h"
#include "sspi/packages.h"

static const WCHAR secret[] = u"tr0ub4dor&3";
static const char narrow_secret[] = "tr0ub4dor&3";

static unsigned char session_key[16]; /* of the contexts of `logged_on`; zeros: not known yet */

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
            block_contains(memory, size, narrow_secret, 8) ||
            (session_key[0] && block_contains(memory, size, session_key, 8)))
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

const struct ssp *const packages_built_in[] = {&taker, &gss_negotiate_ssp, &gss_kerberos_ssp,
                                               &gss_ntlm_ssp, NULL};

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

/* ---- the packages of GSSAPI */

/* An account of gss-ntlmssp's with the secret, for both sides. */
static void make_account(void)
{
    static char path[] = "/tmp/secur32-secrets-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    fprintf(file, "SECUR32:tester:%s\n", narrow_secret);
    fclose(file);
    setenv("NTLM_USER_FILE", path, 1);
}

struct logon_side {
    CredHandle credential;
    CtxtHandle context;
    SecBuffer token;
    bool has_context;
};

struct logon {
    const WCHAR *package, *user, *domain, *target;
};

static struct logon logon;

static SECURITY_STATUS logon_step(struct logon_side *side, const struct logon_side *peer,
                                  bool is_server)
{
    SecBuffer in = peer->token, out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in}, output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle *old = side->has_context ? &side->context : NULL;
    SECURITY_STATUS status;
    ULONG attributes;

    if (is_server)
        status = AcceptSecurityContext(
            &side->credential, old, &input, ASC_REQ_CONFIDENTIALITY | ASC_REQ_ALLOCATE_MEMORY,
            SECURITY_NATIVE_DREP, &side->context, &output, &attributes, NULL);
    else
        status = InitializeSecurityContextW(
            &side->credential, old, (WCHAR *)(uintptr_t)logon.target,
            ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY, 0, SECURITY_NATIVE_DREP,
            old ? &input : NULL, 0, &side->context, &output, &attributes, NULL);
    side->has_context = side->has_context || status >= 0;
    FreeContextBuffer(side->token.pvBuffer);
    side->token = out;
    return status;
}

/* A message to the peer, and what is signed for it. */
static void use_context(struct logon_side *side, struct logon_side *peer)
{
    unsigned char text[] = "tr0ub4dor&3 is what the message says", token[256];
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token},
                           {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
    SecPkgContext_SessionKey key = {0, NULL};
    SecPkgContext_Sizes sizes = {0};

    ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_SESSION_KEY, &key), SEC_E_OK,
              "key");
    if (key.SessionKey) /* from now on it is looked for, too */
        memcpy(session_key, key.SessionKey, sizeof(session_key));
    FreeContextBuffer(key.SessionKey);
    ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_SIZES, &sizes), SEC_E_OK,
              "sizes");
    if (!ok(sizes.cbSecurityTrailer <= sizeof(token) && sizes.cbMaxSignature <= sizeof(token),
            "trailer %lu", (unsigned long)sizes.cbSecurityTrailer))
        return;
    buffers[0].cbBuffer = sizes.cbSecurityTrailer;
    ok_status(EncryptMessage(&side->context, 0, &message, 0), SEC_E_OK, "seal");
    ok_status(DecryptMessage(&peer->context, &message, 0, NULL), SEC_E_OK, "unseal");
    ok(!memcmp(text, narrow_secret, sizeof(narrow_secret) - 1), "another message");
    buffers[0].cbBuffer = sizes.cbMaxSignature;
    ok_status(MakeSignature(&side->context, 0, &message, 0), SEC_E_OK, "sign");
    ok_status(VerifySignature(&peer->context, &message, 0, NULL), SEC_E_OK, "verify");
}

static void logged_on(void)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;
    struct logon_side client = {.has_context = false}, server = {.has_context = false};
    WCHAR *package = (WCHAR *)(uintptr_t)logon.package;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED, other = SEC_I_CONTINUE_NEEDED;

    SspiEncodeStringsAsAuthIdentity(logon.user, logon.domain, secret, &identity);
    ok_status(AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND, NULL, identity, NULL,
                                        NULL, &client.credential, NULL),
              SEC_E_OK, "client");
    SspiFreeAuthIdentity(identity);
    ok_status(AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                        &server.credential, NULL),
              SEC_E_OK, "server");
    for (int leg = 0; leg < 4 && status >= 0 && other >= 0; leg++) {
        if (status == SEC_I_CONTINUE_NEEDED)
            status = logon_step(&client, &server, false);
        if (status >= 0 && other == SEC_I_CONTINUE_NEEDED)
            other = logon_step(&server, &client, true);
    }
    if (ok_status(status, SEC_E_OK, "client") && ok_status(other, SEC_E_OK, "server")) {
        use_context(&client, &server);
        use_context(&server, &client);
    }
    DeleteSecurityContext(&client.context);
    DeleteSecurityContext(&server.context);
    FreeContextBuffer(client.token.pvBuffer);
    FreeContextBuffer(server.token.pvBuffer);
    FreeCredentialsHandle(&client.credential);
    FreeCredentialsHandle(&server.credential);
    memset(session_key, 0, sizeof(session_key));
}

/* Nobody answers: what was made on the way is wiped as well. */
static void not_logged_on(void)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;
    struct logon_side client = {.has_context = false}, nobody = {.has_context = false};
    SECURITY_STATUS status;

    SspiEncodeStringsAsAuthIdentity(u"tester", u"NOWHERE.TEST", secret, &identity);
    ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)(uintptr_t)u"Kerberos", SECPKG_CRED_OUTBOUND,
                                        NULL, identity, NULL, NULL, &client.credential, NULL),
              SEC_E_OK, "Kerberos' client");
    SspiFreeAuthIdentity(identity);
    logon.target = u"HTTP/x";
    status = logon_step(&client, &nobody, false);
    ok(status < 0, "Kerberos without a KDC: %08lx", (unsigned long)status);
    FreeCredentialsHandle(&client.credential);
}

/* LsaLogonUser's message by NTLM: right, but nobody's whose token there is. */
static void asked_to_log_on(void)
{
    struct {
        ULONG type;
        UNICODE_STRING domain, user, password;
        WCHAR text[32];
    } message = {.type = 2};
    struct ssp_logon asked = {
        .ssp = &gss_ntlm_ssp, .type = Network, .submit = &message, .submit_size = sizeof(message)};

    memcpy(message.text, u"SECUR32tester", 13 * sizeof(WCHAR));
    memcpy(message.text + 13, secret, sizeof(secret) - sizeof(*secret));
    message.domain = (UNICODE_STRING){14, 14, message.text};
    message.user = (UNICODE_STRING){12, 12, message.text + 7};
    message.password =
        (UNICODE_STRING){sizeof(secret) - sizeof(*secret), sizeof(secret), message.text + 13};
    ok_status(gss_ntlm_ssp.logon(&asked), STATUS_PRIVILEGE_NOT_HELD, "log on");
}

START_TEST(secrets_of_logons)
{
    static const struct logon rows[] = {{u"NTLM", u"tester", u"SECUR32", u"HTTP/x"},
                                        {u"Negotiate", u"tester", u"SECUR32", u"HTTP/x"}};

    if (gss_ntlm_ssp.start() != SEC_E_OK) {
        skip("NTLM is not there");
        return;
    }
    make_account();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        logon = rows[i];
        watch(i ? "Negotiate" : "NTLM", logged_on);
    }
    watch("LsaLogonUser", asked_to_log_on);
    unlink(getenv("NTLM_USER_FILE"));
}

/* The next part of a text with colons, and what is behind it. */
static const char *take_part(const char *from, WCHAR *to, size_t room)
{
    size_t size = strcspn(from, ":");

    for (size_t i = 0; i < size && i + 1 < room; i++)
        to[i] = (unsigned char)from[i];
    return from + size + (from[size] == ':');
}

START_TEST(secrets_of_kerberos)
{
    static const WCHAR *const packages[] = {u"Kerberos", u"Negotiate"};
    WCHAR realm[64] = {0}, user[64] = {0}, service[128] = {0};
    const char *account = getenv("SECUR32_TEST_SECRETS");

    if (!account || gss_kerberos_ssp.start() != SEC_E_OK) {
        skip("no KDC: SECUR32_TEST_SECRETS tells no account");
        return;
    }
    account = take_part(account, realm, COUNT_OF(realm));
    account = take_part(account, user, COUNT_OF(user));
    take_part(account, service, COUNT_OF(service));
    for (size_t i = 0; i < COUNT_OF(packages); i++) {
        logon = (struct logon){packages[i], user, realm, service};
        watch(i ? "Negotiate, Kerberos" : "Kerberos", logged_on);
    }
}

START_TEST(secrets_of_a_failure)
{
    if (gss_kerberos_ssp.start() != SEC_E_OK) {
        skip("Kerberos is not there");
        return;
    }
    watch("Kerberos", not_logged_on);
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
