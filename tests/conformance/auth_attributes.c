/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * NTLM, Kerberos and Negotiate: attributes of contexts and credentials, and the forms of
 * identities.
 *
 * Sources: Microsoft Learn, "QueryContextAttributes (General)", "SEC_WINNT_AUTH_IDENTITY_EXW
 * structure". Observed: node-expose-sspi asks for all of these after a login; NAMES is
 * "DOMAIN\user"; Java needs SIZES and NATIVE_NAMES; the strings of an identity may be freed right
 * after AcquireCredentialsHandle (Go's SQL Server driver, Chromium).
 */
#include "auth.h"

#include <string.h>

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

/* What the account is called in a context. */
static void account_name(const struct auth_way *way, const struct auth_account *account, WCHAR *to)
{
    const WCHAR *first = way->kerberos ? account->user : account->domain;
    const WCHAR *second = way->kerberos ? account->domain : account->user;

    memcpy(to, first, length(first) * sizeof(WCHAR));
    to += length(first);
    *to++ = way->kerberos ? u'@' : u'\\';
    memcpy(to, second, (length(second) + 1) * sizeof(WCHAR));
}

static void check_names(struct auth_pair *pair, struct auth_side *side)
{
    SecPkgContext_NativeNamesW native = {NULL, NULL};
    SecPkgContext_NamesW names = {NULL};
    SecPkgContext_NamesA narrow = {NULL};
    WCHAR want[256];

    account_name(pair->way, &pair->account, want);
    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_NAMES, &names), SEC_E_OK,
                  "NAMES"))
        ok(same(names.sUserName, want), "other user");
    FreeContextBuffer(names.sUserName);
    if (ok_status(QueryContextAttributesA(&side->context, SECPKG_ATTR_NAMES, &narrow), SEC_E_OK,
                  "NAMES, A"))
        ok(strlen(narrow.sUserName) == length(want), "other user, A");
    FreeContextBuffer(narrow.sUserName);
    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_NATIVE_NAMES, &native),
                  SEC_E_OK, "NATIVE_NAMES")) {
        ok(native.sClientName && same(native.sClientName, want), "other native user");
        ok(native.sServerName != NULL, "no server's name");
    }
    FreeContextBuffer(native.sClientName);
    FreeContextBuffer(native.sServerName);
}

static void check_key_info(struct auth_pair *pair, struct auth_side *side)
{
    SecPkgContext_KeyInfoW info = {NULL, NULL, 0, 0, 0};
    SecPkgContext_AuthorityW authority = {NULL};

    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_KEY_INFO, &info), SEC_E_OK,
                  "KEY_INFO")) {
        ok(length(info.sSignatureAlgorithmName) > 0 && length(info.sEncryptAlgorithmName) > 0,
           "no names");
        ok(info.SignatureAlgorithm && info.EncryptAlgorithm, "no numbers");
        if (pair->way->kerberos)
            ok(info.KeySize == 128 || info.KeySize == 256, "%lu bits", (unsigned long)info.KeySize);
        else
            ok(info.KeySize == 128 && info.EncryptAlgorithm == 0x6801 &&
                   same(info.sSignatureAlgorithmName, u"HMAC-MD5") &&
                   same(info.sEncryptAlgorithmName, u"RSADSI RC4"),
               "not 128 bits of RC4 with HMAC-MD5");
    }
    FreeContextBuffer(info.sSignatureAlgorithmName);
    FreeContextBuffer(info.sEncryptAlgorithmName);
    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_AUTHORITY, &authority),
                  SEC_E_OK, "AUTHORITY"))
        ok(same(authority.sAuthorityName, pair->account.domain), "another authority");
    FreeContextBuffer(authority.sAuthorityName);
}

static void check_packages(struct auth_pair *pair, struct auth_side *side)
{
    const WCHAR *want = pair->way->kerberos ? u"Kerberos" : u"NTLM";
    SecPkgContext_PackageInfoW package = {NULL};
    SecPkgContext_NegotiationInfoW negotiation = {NULL, 0xdead};

    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_PACKAGE_INFO, &package),
                  SEC_E_OK, "PACKAGE_INFO"))
        ok(same(package.PackageInfo->Name, want), "other package");
    FreeContextBuffer(package.PackageInfo);
    if (ok_status(
            QueryContextAttributesW(&side->context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation),
            SEC_E_OK, "NEGOTIATION_INFO")) {
        ok(same(negotiation.PackageInfo->Name, want), "other package was negotiated");
        ok_number(negotiation.NegotiationState, SECPKG_NEGOTIATION_COMPLETE, "state");
    }
    FreeContextBuffer(negotiation.PackageInfo);
}

static void check_sizes(struct auth_pair *pair, struct auth_side *side)
{
    SecPkgContext_Sizes sizes = {0};
    SecPkgContext_Lifespan life = {0};
    SecPkgContext_Flags flags = {0};

    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_SIZES, &sizes), SEC_E_OK,
                  "SIZES")) {
        ok_number(sizes.cbMaxToken, pair->way->kerberos ? 48000 : 2888, "token");
        if (pair->way->kerberos)
            ok(sizes.cbMaxSignature >= 28 && sizes.cbSecurityTrailer >= 28, "signature, trailer");
        else
            ok(sizes.cbMaxSignature == 16 && sizes.cbSecurityTrailer == 16, "signature, trailer");
    }
    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_LIFESPAN, &life), SEC_E_OK,
                  "LIFESPAN"))
        ok(life.tsStart.QuadPart > 0 && life.tsExpiry.QuadPart > life.tsStart.QuadPart,
           "it ended before it began");
    ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_FLAGS, &flags), SEC_E_OK,
              "FLAGS");
    ok_number(flags.Flags, side->attributes, "FLAGS");
}

static void check_key(struct auth_pair *pair)
{
    SecPkgContext_SessionKey key[2] = {{0, NULL}, {0, NULL}};

    ok_status(QueryContextAttributesW(&pair->client.context, SECPKG_ATTR_SESSION_KEY, &key[0]),
              SEC_E_OK, "client's SESSION_KEY");
    ok_status(QueryContextAttributesW(&pair->server.context, SECPKG_ATTR_SESSION_KEY, &key[1]),
              SEC_E_OK, "server's SESSION_KEY");
    ok(key[0].SessionKeyLength >= 16 && key[0].SessionKeyLength == key[1].SessionKeyLength &&
           !memcmp(key[0].SessionKey, key[1].SessionKey, key[0].SessionKeyLength),
       "the keys differ");
    ok(pair->way->kerberos || key[0].SessionKeyLength == 16, "NTLM's key is not of 16 bytes");
    FreeContextBuffer(key[0].SessionKey);
    FreeContextBuffer(key[1].SessionKey);
}

START_TEST(auth_attributes)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        struct auth_pair pair;
        SecPkgContext_ClientSpecifiedTarget target = {NULL};

        push_context("%s", auth_ways[way].name);
        if (auth_connect(&pair, &auth_ways[way])) {
            for (size_t side = 0; side < 2; side++) {
                struct auth_side *of = side ? &pair.server : &pair.client;

                push_context(side ? "server" : "client");
                check_names(&pair, of);
                check_key_info(&pair, of);
                check_packages(&pair, of);
                check_sizes(&pair, of);
                ok_status(QueryContextAttributesW(&of->context, SECPKG_ATTR_STREAM_SIZES, &target),
                          SEC_E_UNSUPPORTED_FUNCTION, "STREAM_SIZES");
                pop_context();
            }
            check_key(&pair);
            if (ok_status(QueryContextAttributesW(&pair.client.context,
                                                  SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target),
                          SEC_E_OK, "CLIENT_SPECIFIED_TARGET"))
                ok(same(target.sTargetName, pair.account.target), "other target");
            FreeContextBuffer(target.sTargetName);
        }
        auth_done(&pair);
        pop_context();
    }
}

/* ---- whom the client named ---- */

/* Names that Kerberos does not have either; NTLM hands them on as they are. Differs: gss-ntlmssp
 * cannot tell a name without a slash. */
static const struct {
    const char *name;
    const WCHAR *target;
    bool is_told;
} named[] = {
    {"a service", u"HTTP/localhost", true},
    {"with a port", u"MSSQLSvc/host.test:1433", true},
    {"of three parts", u"ldap/dc.test/test", true},
    {"with a realm", u"HTTP/host.test@TEST", true},
    {"not ASCII", u"HTTP/h\u00f6st", true},
    {"without a service", u"host", false},
    {"a principal", u"user@TEST", false},
    {"a service at somebody", u"user@TEST/x", false},
    {"half a service", u"HTTP/", false},
};

static void check_named(const struct auth_way *way, size_t i)
{
    SecPkgContext_ClientSpecifiedTarget target = {NULL};
    struct auth_pair pair;
    SECURITY_STATUS status;
    size_t length = 0;

    if (auth_init(&pair, way)) {
        while (named[i].target[length])
            length++;
        memcpy(pair.account.target, named[i].target, (length + 1) * sizeof(*named[i].target));
        ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 1");
        ok_status(auth_step(&pair, &pair.server), SEC_I_CONTINUE_NEEDED, "server 1");
        ok_status(QueryContextAttributesW(&pair.server.context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
                                          &target),
                  SEC_E_INVALID_HANDLE, "too early");
        if (auth_works(&pair, named[i].name)) {
            check_names(&pair, &pair.client);
            status = QueryContextAttributesW(&pair.server.context,
                                             SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);
            if (!named[i].is_told && !running_on_windows())
                ok_status(status, SEC_E_TARGET_UNKNOWN, "a name that cannot be told");
            else if (ok_status(status, SEC_E_OK, "the server's"))
                ok(same(target.sTargetName, named[i].target), "another name");
            FreeContextBuffer(target.sTargetName);
        }
    }
    auth_done(&pair);
}

START_TEST(auth_named_targets)
{
    for (size_t way = 0; way < AUTH_WAYS; way++)
        for (size_t i = 0; i < COUNT_OF(named); i++) {
            /* Negotiate without a list would try Kerberos for them. */
            bool is_meant = !auth_ways[way].kerberos && (auth_ways[way].list || way == 0);

            push_context("%s, %s", auth_ways[way].name, named[i].name);
            if (is_meant)
                check_named(&auth_ways[way], i);
            pop_context();
        }
}

/* What is answered where the client names nobody is not known of Windows, but that it is a failure:
 * .NET goes on then. */
START_TEST(auth_named_no_target)
{
    SecPkgContext_ClientSpecifiedTarget target = {NULL};
    struct auth_way way = auth_ways[0];
    struct auth_pair pair;

    way.target = false;
    if (auth_connect(&pair, &way)) {
        SECURITY_STATUS status = QueryContextAttributesW(
            &pair.server.context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);

        if (status == SEC_E_OK)
            ok(running_on_windows() && target.sTargetName && !*target.sTargetName, "a name");
        else
            ok(running_on_windows() || status == SEC_E_TARGET_UNKNOWN, "got %08lx",
               (unsigned long)status);
        FreeContextBuffer(target.sTargetName);
        check_names(&pair, &pair.client);
    }
    auth_done(&pair);
}

START_TEST(auth_attributes_early)
{
    struct auth_pair pair;

    if (auth_init(&pair, &auth_ways[0]) &&
        ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 1")) {
        SecPkgContext_NegotiationInfoW negotiation = {NULL, 0xdead};
        SecPkgContext_SessionKey key = {0, NULL};
        unsigned char token[64] = {0}, text[16] = {0};
        SecBuffer buffers[] = {buffer_make(SECBUFFER_TOKEN, token, sizeof(token)),
                               buffer_make(SECBUFFER_DATA, text, sizeof(text))};
        SecBufferDesc list = list_make(buffers, 2);

        ok_status(QueryContextAttributesW(&pair.client.context, SECPKG_ATTR_NEGOTIATION_INFO,
                                          &negotiation),
                  SEC_E_OK, "NEGOTIATION_INFO");
        ok_number(negotiation.NegotiationState, SECPKG_NEGOTIATION_IN_PROGRESS, "state");
        FreeContextBuffer(negotiation.PackageInfo);
        ok_status(QueryContextAttributesW(&pair.client.context, SECPKG_ATTR_SESSION_KEY, &key),
                  SEC_E_INVALID_HANDLE, "SESSION_KEY");
        ok_status(EncryptMessage(&pair.client.context, 0, &list, 0), SEC_E_INVALID_HANDLE,
                  "encrypt");
        ok_status(DecryptMessage(&pair.client.context, &list, 0, NULL), SEC_E_INVALID_HANDLE,
                  "decrypt");
        ok_status(MakeSignature(&pair.client.context, 0, &list, 0), SEC_E_INVALID_HANDLE, "sign");
        ok_status(VerifySignature(&pair.client.context, &list, 0, NULL), SEC_E_INVALID_HANDLE,
                  "verify");
    }
    auth_done(&pair);
}

/* ---- identities ---- */

static void narrow_copy(char *to, const WCHAR *from)
{
    do
        *to++ = (char)*from;
    while (*from++);
}

/* What the credential is made of is overwritten before it is used. */
static SECURITY_STATUS acquire_and_forget(const struct auth_way *way, void *identity, size_t size,
                                          void *strings, size_t strings_size,
                                          CredHandle *credential)
{
    SECURITY_STATUS status =
        AcquireCredentialsHandleW(NULL, (WCHAR *)way->package, SECPKG_CRED_OUTBOUND, NULL, identity,
                                  NULL, NULL, credential, NULL);

    memset(identity, 0x5a, size);
    memset(strings, 0x5a, strings_size);
    return status;
}

static SECURITY_STATUS acquire_plain_ansi(const struct auth_way *way,
                                          const struct auth_account *account,
                                          CredHandle *credential)
{
    char text[3][128];
    SEC_WINNT_AUTH_IDENTITY_A identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};

    narrow_copy(text[0], account->user);
    narrow_copy(text[1], account->domain);
    narrow_copy(text[2], account->password);
    identity.User = (unsigned char *)text[0];
    identity.UserLength = (ULONG)strlen(text[0]);
    identity.Domain = (unsigned char *)text[1];
    identity.DomainLength = (ULONG)strlen(text[1]);
    identity.Password = (unsigned char *)text[2];
    identity.PasswordLength = (ULONG)strlen(text[2]);
    return acquire_and_forget(way, &identity, sizeof(identity), text, sizeof(text), credential);
}

/* DOMAIN\user, and user@DOMAIN, in the user's place. */
static SECURITY_STATUS acquire_joined(const struct auth_way *way,
                                      const struct auth_account *account, WCHAR separator,
                                      CredHandle *credential)
{
    const WCHAR *first = separator == u'@' ? account->user : account->domain;
    const WCHAR *second = separator == u'@' ? account->domain : account->user;
    WCHAR text[2][256] = {{0}};
    SEC_WINNT_AUTH_IDENTITY_W identity = {.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};

    memcpy(text[0], first, length(first) * sizeof(WCHAR));
    text[0][length(first)] = separator;
    memcpy(text[0] + length(first) + 1, second, length(second) * sizeof(WCHAR));
    memcpy(text[1], account->password, length(account->password) * sizeof(WCHAR));
    identity.User = (unsigned short *)text[0];
    identity.UserLength = (ULONG)length(text[0]);
    identity.Password = (unsigned short *)text[1];
    identity.PasswordLength = (ULONG)length(text[1]);
    return acquire_and_forget(way, &identity, sizeof(identity), text, sizeof(text), credential);
}

static SECURITY_STATUS acquire_encoded(const struct auth_way *way,
                                       const struct auth_account *account, CredHandle *credential)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;
    SECURITY_STATUS status = SspiEncodeStringsAsAuthIdentity(account->user, account->domain,
                                                             account->password, &identity);

    if (status != SEC_E_OK)
        return status;
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)way->package, SECPKG_CRED_OUTBOUND, NULL,
                                       identity, NULL, NULL, credential, NULL);
    SspiFreeAuthIdentity(identity);
    return status;
}

static bool holds(const struct bytes *token, const WCHAR *text)
{
    size_t size = length(text) * sizeof(WCHAR);

    for (size_t i = 0; i + size <= token->size; i++)
        if (!memcmp(token->data + i, text, size))
            return true;
    return false;
}

/* NTLM by itself hands user@DOMAIN on as the user's name (.NET's tests of Windows look at the
 * message); which account that is only a domain controller can tell. */
static bool sends_whole_user(const struct auth_way *way)
{
    return same(way->package, u"NTLM");
}

static void check_whole_user(struct auth_pair *pair)
{
    SecPkgCredentials_NamesW names = {NULL};
    WCHAR want[256];
    size_t size = length(pair->account.user);

    memcpy(want, pair->account.user, size * sizeof(WCHAR));
    want[size] = u'@';
    memcpy(want + size + 1, pair->account.domain,
           (length(pair->account.domain) + 1) * sizeof(WCHAR));
    if (ok_status(
            QueryCredentialsAttributesW(&pair->client.credential, SECPKG_CRED_ATTR_NAMES, &names),
            SEC_E_OK, "the credential's name"))
        ok(same(names.sUserName, want), "another name");
    FreeContextBuffer(names.sUserName);
    auth_run(pair);
    ok_status(pair->client.status, SEC_E_OK, "client");
    ok(holds(&pair->client.token, want), "the user is not in the message as a whole");
    if (!running_on_windows())
        ok_status(pair->server.status, SEC_E_LOGON_DENIED, "server");
}

START_TEST(auth_identities)
{
    static const char *const forms[] = {"plain, ANSI", "DOMAIN\\user", "user@DOMAIN", "encoded"};

    for (size_t way = 0; way < AUTH_WAYS; way++)
        for (size_t form = 0; form < COUNT_OF(forms); form++) {
            struct auth_pair pair;

            /* Without a list Negotiate would try Kerberos with NTLM's account. */
            push_context("%s, %s", auth_ways[way].name, forms[form]);
            if (auth_init(&pair, &auth_ways[way])) {
                CredHandle credential;
                SECURITY_STATUS status =
                    form == 0   ? acquire_plain_ansi(pair.way, &pair.account, &credential)
                    : form == 1 ? acquire_joined(pair.way, &pair.account, u'\\', &credential)
                    : form == 2 ? acquire_joined(pair.way, &pair.account, u'@', &credential)
                                : acquire_encoded(pair.way, &pair.account, &credential);

                if (ok_status(status, SEC_E_OK, "acquire")) {
                    FreeCredentialsHandle(&pair.client.credential);
                    pair.client.credential = credential;
                    if (form == 2 && sends_whole_user(pair.way))
                        check_whole_user(&pair);
                    else
                        auth_works(&pair, "the identity");
                }
            }
            auth_done(&pair);
            pop_context();
        }
}

START_TEST(auth_package_lists)
{
    static const struct {
        const char *name;
        const WCHAR *list;
        SECURITY_STATUS want;
    } rows[] = {
        {"NTLM", u"NTLM", SEC_I_CONTINUE_NEEDED},
        {"lower case", u"ntlm", SEC_I_CONTINUE_NEEDED},
        {"two", u"Kerberos,NTLM", SEC_I_CONTINUE_NEEDED},
        {"not Kerberos", u"!Kerberos", SEC_I_CONTINUE_NEEDED},
        {"neither", u"!ntlm,!kerberos", SEC_E_NO_CREDENTIALS},
        {"an unknown one", u"nobody", SEC_E_NO_CREDENTIALS},
        {"in and out", u"ntlm,!ntlm", SEC_E_NO_CREDENTIALS},
        /* There is no KDC for the domain of an account of NTLM's. */
        {"not NTLM", u"!ntlm", SEC_E_NO_AUTHENTICATING_AUTHORITY},
        {"Kerberos", u"Kerberos", SEC_E_NO_AUTHENTICATING_AUTHORITY},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct auth_way way = {rows[i].name, u"Negotiate", rows[i].list, false, true};
        struct auth_pair pair;

        if (auth_init(&pair, &way))
            ok_status(auth_step(&pair, &pair.client), rows[i].want, "%s", rows[i].name);
        auth_done(&pair);
    }
}

START_TEST(auth_damaged_identities)
{
    static const unsigned char short_ex2[64] = {0x01, 0x02, 0, 0, 0xff, 0xff, 0xff, 0xff};
    SEC_WINNT_AUTH_IDENTITY_W no_pointer = {.UserLength = 5, .Flags = 2};
    SEC_WINNT_AUTH_IDENTITY_W too_long = {
        .User = (unsigned short *)u"x", .UserLength = 0xffffffff, .Flags = 2};
    const struct {
        const char *name;
        const void *data;
    } rows[] = {
        {"a length without a pointer", &no_pointer},
        {"a length beyond all measure", &too_long},
        {"a block with lengths beyond its end", short_ex2},
    };

    for (size_t way = 0; way < AUTH_WAYS; way++) {
        SecPkgInfoW *info = NULL;

        if (QuerySecurityPackageInfoW((WCHAR *)auth_ways[way].package, &info) != SEC_E_OK) {
            skip("%s is not there", auth_ways[way].name);
            continue;
        }
        FreeContextBuffer(info);
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            CredHandle credential;
            SECURITY_STATUS status = AcquireCredentialsHandleW(
                NULL, (WCHAR *)auth_ways[way].package, SECPKG_CRED_OUTBOUND, NULL,
                (void *)(uintptr_t)rows[i].data, NULL, NULL, &credential, NULL);

            ok_status(status, SEC_E_UNKNOWN_CREDENTIALS, "%s: %s", auth_ways[way].name,
                      rows[i].name);
            if (status >= 0)
                FreeCredentialsHandle(&credential);
        }
    }
}

START_TEST(auth_credential_names)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        SecPkgCredentials_NamesW names = {NULL};
        struct auth_pair pair;

        if (auth_init(&pair, &auth_ways[way]) &&
            ok_status(QueryCredentialsAttributesW(&pair.client.credential, SECPKG_CRED_ATTR_NAMES,
                                                  &names),
                      SEC_E_OK, "%s", auth_ways[way].name)) {
            ok(length(names.sUserName) ==
                   length(pair.account.user) + length(pair.account.domain) + 1,
               "%s: other name", auth_ways[way].name);
            FreeContextBuffer(names.sUserName);
        }
        auth_done(&pair);
    }
}

/* A client's credential is not a server's. */
START_TEST(auth_wrong_use)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        struct auth_pair pair;

        if (auth_init(&pair, &auth_ways[way]) && auth_step(&pair, &pair.client) >= 0) {
            CredHandle own = pair.server.credential;

            pair.server.credential = pair.client.credential;
            ok_status(auth_step(&pair, &pair.server), SEC_E_NO_CREDENTIALS, "%s",
                      auth_ways[way].name);
            pair.server.credential = own;
        }
        auth_done(&pair);
    }
}
