/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The gss room without its library: tables of statuses, flags and errors, names of accounts and
 * targets, lists of packages, kinds of tokens, channel bindings, and the form of NTLM's messages.
 */
#include "winsspi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#include "gss/context.h"
#include "gss/identity.h"
#include "gss/input.h"
#include "gss/mit/library.h"
#include "gss/mit/old_ntlm.h"
#include "gss/ntlm.h"
#include "gss/package.h"
#include "gss/status.h"
#include "platform/elf/settings.h"

#define BYTES(text) span_of(text, sizeof(text) - 1)

/* ---- tables ---- */

START_TEST(gss_statuses)
{
    for (int status = 0; status < MECH_STATUS_COUNT; status++) {
        SECURITY_STATUS told = status_of_mech((enum mech_status)status);

        if (status <= MECH_CONTINUE)
            ok_status(told, status == MECH_OK ? SEC_E_OK : SEC_I_CONTINUE_NEEDED, "%d", status);
        else
            ok(told < 0, "%d is no failure: %08lx", status, (unsigned long)told);
        /* Both mean that the call cannot be made now. */
        for (int other = 0; other < status; other++)
            ok(status_of_mech((enum mech_status)other) != told ||
                   (other == MECH_BAD_ARGUMENT && status == MECH_OUT_OF_SEQUENCE),
               "%d and %d tell the same", other, status);
    }
    ok_status(status_of_mech(MECH_STATUS_COUNT), SEC_E_INTERNAL_ERROR, "behind the last");
    ok_status(status_of_mech((enum mech_status) - 1), SEC_E_INTERNAL_ERROR, "before the first");
}

START_TEST(gss_flags_asked)
{
    static const struct {
        const char *name;
        ULONG request;
        uint32_t want;
    } rows[] = {
        {"nothing", 0, 0},
        {"sealing needs signing", ISC_REQ_CONFIDENTIALITY,
         MECH_FLAG_CONFIDENTIAL | MECH_FLAG_INTEGRITY},
        {"numbering needs signing", ISC_REQ_SEQUENCE_DETECT,
         MECH_FLAG_SEQUENCE | MECH_FLAG_INTEGRITY},
        {"no integrity", ISC_REQ_NO_INTEGRITY | ISC_REQ_INTEGRITY, 0},
        {"no integrity, but sealing", ISC_REQ_NO_INTEGRITY | ISC_REQ_CONFIDENTIALITY,
         MECH_FLAG_CONFIDENTIAL | MECH_FLAG_INTEGRITY},
        {"PuTTY", ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY,
         MECH_FLAG_MUTUAL | MECH_FLAG_REPLAY | MECH_FLAG_CONFIDENTIAL | MECH_FLAG_INTEGRITY},
        {"delegation, DCE", ISC_REQ_DELEGATE | ISC_REQ_USE_DCE_STYLE,
         MECH_FLAG_DELEGATE | MECH_FLAG_DCE},
        {"what the mechanism has no word for", ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ok_number(flags_asked(rows[i].request), rows[i].want, "%s", rows[i].name);
}

START_TEST(gss_flags_told)
{
    static const struct {
        const char *name;
        bool is_server;
        ULONG request;
        uint32_t granted;
        enum mech mech;
        bool complete;
        ULONG want;
    } rows[] = {
        {"a client is told no more than it asked for", false, ISC_REQ_INTEGRITY, 0xffff,
         MECH_KERBEROS, true, ISC_RET_INTEGRITY},
        {"nor what was not granted", false, ISC_REQ_CONFIDENTIALITY, MECH_FLAG_INTEGRITY,
         MECH_KERBEROS, true, ISC_RET_INTEGRITY},
        {"mutual when it is done", false, ISC_REQ_MUTUAL_AUTH, MECH_FLAG_MUTUAL, MECH_KERBEROS,
         true, ISC_RET_MUTUAL_AUTH},
        {"not before", false, ISC_REQ_MUTUAL_AUTH, MECH_FLAG_MUTUAL, MECH_KERBEROS, false, 0},
        {"never NTLM", false, ISC_REQ_MUTUAL_AUTH, MECH_FLAG_MUTUAL, MECH_NTLM, true, 0},
        {"memory and connection as asked", false, ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION, 0,
         MECH_NTLM, false, ISC_RET_ALLOCATED_MEMORY | ISC_RET_CONNECTION},
        {"a server is told all", true, 0, MECH_FLAG_CONFIDENTIAL | MECH_FLAG_INTEGRITY,
         MECH_KERBEROS, true, ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY},
        {"NTLM's server, numbering", true, ASC_REQ_SEQUENCE_DETECT, MECH_FLAG_INTEGRITY, MECH_NTLM,
         true, ASC_RET_SEQUENCE_DETECT | ASC_RET_INTEGRITY},
        {"NTLM's server without signing", true, ASC_REQ_SEQUENCE_DETECT, 0, MECH_NTLM, true, 0},
        {"a server's own numbers", true, 0, MECH_FLAG_IDENTIFY | MECH_FLAG_EXTENDED_ERROR,
         MECH_KERBEROS, true, ASC_RET_IDENTIFY | ASC_RET_EXTENDED_ERROR},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ok_number(flags_told(rows[i].is_server, rows[i].request, rows[i].granted, rows[i].mech,
                             rows[i].complete),
                  rows[i].want, "%s", rows[i].name);
}

#define ROUTINE(error) ((OM_uint32)(error) << 16)
#define CALLING 0x01000000u
#define KRB5 0x96c73a00u

START_TEST(gss_errors)
{
    static const struct {
        const char *name;
        OM_uint32 major, minor;
        enum mech_status want;
    } rows[] = {
        {"a token", ROUTINE(GSS_DEFECTIVE_TOKEN), 0, MECH_BAD_TOKEN},
        {"a signature", ROUTINE(GSS_BAD_SIG), 0, MECH_ALTERED},
        {"bindings", ROUTINE(GSS_BAD_BINDINGS), 0, MECH_BAD_BINDINGS},
        {"no credential", ROUTINE(GSS_NO_CRED), 0, MECH_NO_CREDENTIAL},
        {"no credential, the KDC's word", ROUTINE(GSS_NO_CRED), KRB5 + 24, MECH_LOGON_DENIED},
        {"no credential, no key of a server", ROUTINE(GSS_NO_CRED), KRB5 + 181, MECH_NO_CREDENTIAL},
        {"a failure without a number", ROUTINE(GSS_FAILURE), 0, MECH_FAILED},
        {"a failure with an unknown one", ROUTINE(GSS_FAILURE), KRB5 + 9999, MECH_FAILED},
        {"a failure of memory", ROUTINE(GSS_FAILURE), ENOMEM, MECH_NO_MEMORY},
        {"an unknown service", ROUTINE(GSS_FAILURE), KRB5 + 7, MECH_TARGET_UNKNOWN},
        {"clocks", ROUTINE(GSS_FAILURE), KRB5 + 37, MECH_TIME_SKEW},
        {"no KDC", ROUTINE(GSS_FAILURE), KRB5 + 156, MECH_NO_AUTHORITY},
        {"another key", ROUTINE(GSS_FAILURE), KRB5 + 41, MECH_WRONG_TARGET},
        {"Kerberos' number beside another error", ROUTINE(GSS_DEFECTIVE_TOKEN), KRB5 + 37,
         MECH_BAD_TOKEN},
        {"the call itself", CALLING, 0, MECH_BAD_ARGUMENT},
        {"an error that RFC 2744 does not have", ROUTINE(200), 0, MECH_FAILED},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ok_number(library_status("test", rows[i].major, rows[i].minor), rows[i].want, "%s",
                  rows[i].name);
}

START_TEST(gss_oids)
{
    uint8_t longer[32] = {0};
    gss_OID_desc other = {0, longer};

    for (int mech = 0; mech < MECH_COUNT; mech++) {
        gss_OID oid = library_oid((enum mech)mech);

        ok_number(library_mech(oid), mech, "there and back");
        memcpy(longer, oid->elements, oid->length);
        for (OM_uint32 size = 0; size <= oid->length + 1; size++) {
            other.length = size;
            ok_number(library_mech(&other), size == oid->length ? mech : MECH_UNKNOWN, "%u bytes",
                      (unsigned)size);
        }
    }
    ok_number(library_mech(NULL), MECH_UNKNOWN, "none");
}

/* ---- names ---- */

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

START_TEST(gss_account_names)
{
    static const struct {
        const char *name;
        const WCHAR *user, *domain;
        const char *ntlm, *kerberos, *negotiate;
    } rows[] = {
        {"user and domain", u"user", u"Dom", "Dom\\user", "user@DOM", "user@DOM"},
        {"user alone", u"user", u"", "user", "user", "user"},
        {"DOMAIN\\user", u"Dom\\user", u"", "Dom\\user", "user@DOM", "user@DOM"},
        {"a backslash beside a domain", u"a\\b", u"Dom", "Dom\\a\\b", "a\\b@DOM", "a\\b@DOM"},
        {"user@realm", u"user@example.test", u"", "user\\@example.test", "user@EXAMPLE.TEST",
         "user@EXAMPLE.TEST"},
        {"user@realm and a domain", u"me@mail.test", u"Dom", "Dom\\me@mail.test",
         "me\\@mail.test@DOM", NULL},
        {"not ASCII", u"\u00fcser", u"d\u00f6m", "d\u00f6m\\\u00fcser", "\u00fcser@D\u00f6M",
         "\u00fcser@D\u00f6M"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gss_credential credential = {.package = MECH_NEGOTIATE};
        PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;

        push_context("%s", rows[i].name);
        ok_status(
            SspiEncodeStringsAsAuthIdentity(rows[i].user, rows[i].domain, u"secret", &identity),
            SEC_E_OK, "encode");
        ok_status(identity_take(identity, &credential), SEC_E_OK, "take");
        ok_number(credential.kind, IDENTITY_EXPLICIT, "kind");
        ok(same(credential.name[MECH_NTLM], rows[i].ntlm), "NTLM: %s", credential.name[MECH_NTLM]);
        ok(same(credential.name[MECH_KERBEROS], rows[i].kerberos), "Kerberos: %s",
           credential.name[MECH_KERBEROS]);
        ok(same(credential.name[MECH_NEGOTIATE], rows[i].negotiate), "Negotiate: %s",
           credential.name[MECH_NEGOTIATE] ? credential.name[MECH_NEGOTIATE] : "none");
        ok(same(credential.password, "secret"), "password");
        identity_forget(&credential);
        SspiFreeAuthIdentity(identity);
        pop_context();
    }
}

static bool take_identity(void *identity)
{
    struct gss_credential credential = {.package = MECH_NEGOTIATE};
    SECURITY_STATUS status = identity_take(identity, &credential);

    ok(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY, "%08lx", (unsigned long)status);
    identity_forget(&credential);
    return status == SEC_E_OK;
}

START_TEST(gss_account_memory)
{
    static const WCHAR *const users[] = {u"user", u"me@mail.test", u"Dom\\user"};

    for (size_t i = 0; i < COUNT_OF(users); i++) {
        PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity = NULL;

        SspiEncodeStringsAsAuthIdentity(users[i], i == 2 ? u"" : u"Dom", u"secret", &identity);
        ok(each_allocation_fails(take_identity, identity) > 3, "hardly an allocation");
        SspiFreeAuthIdentity(identity);
    }
}

START_TEST(gss_package_lists)
{
    enum { NONE, NTLM = MECH_BIT(MECH_NTLM), KERBEROS = MECH_BIT(MECH_KERBEROS) };
    static const struct {
        const WCHAR *list;
        uint32_t want;
    } rows[] = {
        {u"", NTLM | KERBEROS},
        {u"NTLM", NTLM},
        {u"Kerberos", KERBEROS},
        {u"kerberos, NTLM", NTLM | KERBEROS},
        {u"!ntlm", KERBEROS},
        {u" !NTLM , !Kerberos", NONE},
        {u"Negotiate", NTLM | KERBEROS},
        {u"Negotiate,!Kerberos", NTLM},
        {u"NTLM,!NTLM", NONE},
        {u"Schannel", NONE},
        {u"!Schannel", NTLM | KERBEROS},
        {u",,", NTLM | KERBEROS},
        {u"NTLMX", NONE},
        {u"NTL", NONE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gss_credential credential = {.package = MECH_NEGOTIATE, .allowed = NTLM | KERBEROS};
        SEC_WINNT_AUTH_IDENTITY_EXW identity = {
            .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
            .Length = sizeof(identity),
            .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
            .PackageList = (unsigned short *)(uintptr_t)rows[i].list,
        };

        while (rows[i].list[identity.PackageListLength])
            identity.PackageListLength++;
        ok_status(identity_take(&identity, &credential), SEC_E_OK, "row %zu", i);
        ok_number(credential.allowed, rows[i].want, "row %zu", i);
        ok_number(credential.kind, IDENTITY_DEFAULT, "row %zu: a list alone is no account", i);
        identity_forget(&credential);
    }
}

START_TEST(gss_targets)
{
    static const struct {
        const WCHAR *name;
        enum mech_target_kind kind;
        const char *text;
    } rows[] = {
        {NULL, MECH_TARGET_NONE, NULL},
        {u"", MECH_TARGET_NONE, NULL},
        {u"HTTP/localhost", MECH_TARGET_SERVICE, "HTTP@localhost"},
        {u"MSSQLSvc/host:1433", MECH_TARGET_SERVICE, "MSSQLSvc@host:1433"},
        {u"HTTP/host@REALM", MECH_TARGET_PRINCIPAL, "HTTP/host@REALM"},
        {u"ldap/dc.test/test", MECH_TARGET_PRINCIPAL, "ldap/dc.test/test"},
        {u"user", MECH_TARGET_PRINCIPAL, "user"},
        {u"user@REALM", MECH_TARGET_PRINCIPAL, "user@REALM"},
        {u"/host", MECH_TARGET_PRINCIPAL, "/host"},
        {u"HTTP/", MECH_TARGET_PRINCIPAL, "HTTP/"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gss_target target;

        ok_status(target_take(rows[i].name, &target), SEC_E_OK, "row %zu", i);
        ok_number(target.kind, rows[i].kind, "row %zu: kind", i);
        ok(same(target.text, rows[i].text), "row %zu: %s", i, target.text ? target.text : "none");
        mem_free(target.text);
    }
}

/* What NTLM makes of them. */
START_TEST(gss_ntlm_targets)
{
    static const struct {
        const WCHAR *name;
        enum mech_target_kind kind;
        const char *text;
    } rows[] = {
        {u"", MECH_TARGET_NONE, NULL},
        {u"HTTP/localhost", MECH_TARGET_SERVICE, "HTTP@localhost"},
        {u"HTTP/host@REALM", MECH_TARGET_SERVICE, "HTTP@host@REALM"},
        {u"ldap/dc.test/test", MECH_TARGET_SERVICE, "ldap@dc.test/test"},
        {u"user", MECH_TARGET_NONE, "user"},
        {u"user@REALM", MECH_TARGET_NONE, "user@REALM"},
        {u"user@REALM/x", MECH_TARGET_NONE, "user@REALM/x"},
        {u"/host", MECH_TARGET_NONE, "/host"},
        {u"HTTP/", MECH_TARGET_NONE, "HTTP/"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gss_target target;

        ok_status(target_take(rows[i].name, &target), SEC_E_OK, "row %zu", i);
        for (int call = 0; call < 2; call++) { /* the second changes nothing */
            ok_number(target_for_ntlm(&target), rows[i].kind, "row %zu: kind", i);
            ok(same(target.text, rows[i].text), "row %zu: %s", i,
               target.text ? target.text : "none");
        }
        mem_free(target.text);
    }
}

/* ---- which packages there are ---- */

static void set_packages(const char *list)
{
    static char path[] = "/tmp/secur32-gss-XXXXXX";
    int file = mkstemp(path);
    FILE *stream = fdopen(file, "w");

    fprintf(stream, "[Lsa]\nGssapiPackages=%s\n", list);
    fclose(stream);
    setenv("SECUR32_CONFIG", path, 1);
    settings_forget();
    free(platform_setting_text(SETTINGS_LSA, "", "GssapiPackages"));
    unlink(path);
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
}

START_TEST(gss_setting)
{
    static const struct {
        const char *list;
        bool ntlm, kerberos;
    } rows[] = {
        {"NTLM,Kerberos", true, true},   {"ntlm", true, false},
        {" Kerberos\t", false, true},    {"NTLMSSP", false, false},
        {"x, kerberos ,y", false, true}, {"NTL,M", false, false},
    };
    bool have_ntlm = gss_ntlm_ssp.start() == SEC_E_OK;
    bool have_kerberos = gss_kerberos_ssp.start() == SEC_E_OK;

    if (!have_ntlm || !have_kerberos)
        skip("NTLM%s, Kerberos%s", have_ntlm ? "" : " is not there",
             have_kerberos ? "" : " is not there");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_packages(rows[i].list);
        ok_status(gss_ntlm_ssp.start(),
                  rows[i].ntlm && have_ntlm ? SEC_E_OK : SEC_E_SECPKG_NOT_FOUND, "NTLM of \"%s\"",
                  rows[i].list);
        ok_status(gss_kerberos_ssp.start(),
                  rows[i].kerberos && have_kerberos ? SEC_E_OK : SEC_E_SECPKG_NOT_FOUND,
                  "Kerberos of \"%s\"", rows[i].list);
    }
    unsetenv("SECUR32_CONFIG");
    settings_forget();
}

/* ---- tokens and bindings ---- */

START_TEST(gss_token_kinds)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t size;
        enum token_kind want;
    } rows[] = {
        {"nothing", "", 0, TOKEN_NONE},
        {"NTLM", "NTLMSSP\0\1", 9, TOKEN_NTLM},
        {"NTLM's mark alone", "NTLMSSP", 8, TOKEN_NTLM},
        {"less than its mark", "NTLMSSP", 7, TOKEN_OTHER},
        {"SPNEGO's first", "\x60\x08\x06\x06\x2b\x06\x01\x05\x05\x02", 10, TOKEN_SPNEGO},
        {"SPNEGO's first, long length", "\x60\x82\x01\x00\x06\x06\x2b\x06\x01\x05\x05\x02", 12,
         TOKEN_SPNEGO},
        {"SPNEGO's first, cut in the OID", "\x60\x08\x06\x06\x2b\x06\x01\x05\x05", 9, TOKEN_OTHER},
        {"Kerberos", "\x60\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 13, TOKEN_KERBEROS},
        {"Kerberos as Microsoft wrote it once",
         "\x60\x0b\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 13, TOKEN_KERBEROS},
        {"another mechanism", "\x60\x05\x06\x03\x2a\x03\x04", 7, TOKEN_OTHER},
        {"a frame around no OID", "\x60\x02\x30\x00", 4, TOKEN_OTHER},
        {"a frame alone", "\x60", 1, TOKEN_OTHER},
        {"a length that does not end", "\x60\x84\x01\x00", 4, TOKEN_OTHER},
        {"SPNEGO without a frame", "\xa0\x02\x30\x00", 4, TOKEN_SPNEGO},
        {"SPNEGO's answer", "\xa1\x02\x30\x00", 4, TOKEN_SPNEGO},
        {"AP-REQ", "\x6e\x00", 2, TOKEN_KERBEROS},
        {"AP-REP", "\x6f\x00", 2, TOKEN_KERBEROS},
        {"a TLS record", "\x16\x03\x01", 3, TOKEN_OTHER},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ok_number(token_kind(span_of(rows[i].bytes, rows[i].size)), rows[i].want, "%s",
                  rows[i].name);
}

struct bound {
    SEC_CHANNEL_BINDINGS head;
    char text[16];
};

struct bound_ex {
    SEC_CHANNEL_BINDINGS_EX head;
    char text[16];
};

START_TEST(gss_bindings)
{
    struct bound plain = {.text = "initiacceptdata"};
    struct bound_ex longer = {.text = "data"};
    SecBuffer buffers[] = {{sizeof(plain), SECBUFFER_CHANNEL_BINDINGS, &plain},
                           {5, SECBUFFER_TOKEN, plain.text}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    struct gss_input input;
    ULONG text = offsetof(struct bound, text);

    plain.head = (SEC_CHANNEL_BINDINGS){1, 5, text, 2, 6, text + 5, 4, text + 11};
    ok_status(gss_input_take(&list, &input), SEC_E_OK, "bindings in front");
    ok(input.has_bindings && span_equal(input.token, BYTES("initi")), "token");
    ok(input.bindings.initiator_type == 1 && input.bindings.acceptor_type == 2, "types");
    ok(span_equal(input.bindings.initiator, BYTES("initi")) &&
           span_equal(input.bindings.acceptor, BYTES("accept")) &&
           span_equal(input.bindings.data, BYTES("data")),
       "parts");

    longer.head =
        (SEC_CHANNEL_BINDINGS_EX){.magicNumber = SEC_CHANNEL_BINDINGS_EX_MAGIC,
                                  .cbApplicationDataLength = 4,
                                  .dwApplicationDataOffset = offsetof(struct bound_ex, text)};
    buffers[0] = (SecBuffer){sizeof(longer), SECBUFFER_CHANNEL_BINDINGS, &longer};
    ok_status(gss_input_take(&list, &input), SEC_E_OK, "the longer structure");
    ok(span_equal(input.bindings.data, BYTES("data")), "its data");
    for (ULONG size = 1; size < sizeof(longer.head); size++) {
        buffers[0].cbBuffer = size;
        ok_status(gss_input_take(&list, &input), SEC_E_INVALID_TOKEN, "%lu bytes of it",
                  (unsigned long)size);
    }
    buffers[0].cbBuffer = 0;
    ok_status(gss_input_take(&list, &input), SEC_E_OK, "an empty buffer");
    ok(!input.has_bindings, "has bindings");

    buffers[0] = (SecBuffer){sizeof(plain), SECBUFFER_CHANNEL_BINDINGS, &plain};
    for (size_t at = 0; at < sizeof(plain.head) / sizeof(ULONG); at++) {
        struct bound bent = plain;
        ULONG *member = (ULONG *)(void *)&bent.head + at;

        if (at == 0 || at == 3) /* types of addresses may be any */
            continue;
        buffers[0].pvBuffer = &bent;
        *member = UINT32_MAX;
        ok_status(gss_input_take(&list, &input), SEC_E_INVALID_TOKEN, "member %zu", at);
        *member = (ULONG)sizeof(bent) + (at % 3 == 2 ? 0 : 1);
        ok_status(gss_input_take(&list, &input), SEC_E_INVALID_TOKEN, "member %zu, one more", at);
    }
    ok_status(gss_input_take(NULL, &input), SEC_E_OK, "no list");
    ok(!input.has_bindings && input.token.size == 0, "of no list");
}

/* ---- NTLM's messages ---- */

/* Behind a first message without key exchange. */
static bool is_sound(struct span token)
{
    struct ntlm_seen seen = {.first = true};

    return ntlm_is_sound(token, &seen);
}

/* A challenge with a name and a list. */
static const uint8_t challenge[] = "NTLMSSP\0\2\0\0\0" /* signature, type */
                                   "\2\0\2\0\70\0\0\0" /* the name: two bytes at 56 */
                                   "\5\0\0\0"
                                   "12345678"
                                   "\0\0\0\0\0\0\0\0"
                                   "\20\0\20\0\72\0\0\0" /* the list: 16 bytes at 58 */
                                   "\6\1\0\0\0\0\0\17"
                                   "S\0"
                                   "\7\0\10\0" /* the time */
                                   "abcdefgh"
                                   "\0\0\0\0";
#define CHALLENGE_SIZE (sizeof(challenge) - 1)

START_TEST(gss_ntlm_challenges)
{
    static const struct {
        const char *name;
        size_t at;
        uint8_t value;
    } rows[] = {
        {"an unknown type", 8, 4},           {"type 0", 8, 0},
        {"a name of odd length", 12, 1},     {"a name behind the end", 16, 0x4b},
        {"a name that is too long", 13, 1},  {"a name in the head", 16, 31},
        {"a list behind the end", 44, 0x3b}, {"a list in the head", 44, 47},
        {"a list that is cut", 40, 15},      {"a time of another size", 60, 6},
        {"a pair that is too long", 61, 1},  {"an end with contents", 72, 1},
    };
    uint8_t bent[CHALLENGE_SIZE];

    ok(is_sound(span_of(challenge, CHALLENGE_SIZE)), "as it should be");
    for (size_t size = 8; size < CHALLENGE_SIZE; size++)
        ok(!is_sound(span_of(challenge, size)), "cut after %zu bytes", size);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memcpy(bent, challenge, sizeof(bent));
        bent[rows[i].at] = rows[i].value;
        ok(!is_sound(span_of(bent, sizeof(bent))), "%s", rows[i].name);
    }
    ok(is_sound(BYTES("NTLMSSP\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                      "12345678")),
       "the oldest form");
}

/* As an octet string in something else: the bytes in front must tell its length. */
START_TEST(gss_ntlm_wrapped)
{
    uint8_t token[4 + CHALLENGE_SIZE + 3] = {0xa1, 0x7f, 0x04, CHALLENGE_SIZE};

    memcpy(token + 4, challenge, CHALLENGE_SIZE);
    ok(is_sound(span_of(token, sizeof(token))), "short length");
    ok(!is_sound(span_of(token, sizeof(token) - 4)), "cut");
    token[3] = CHALLENGE_SIZE - 1;
    ok(!is_sound(span_of(token, sizeof(token))), "too short");
    token[1] = 0x04;
    token[2] = 0x81;
    token[3] = CHALLENGE_SIZE;
    ok(is_sound(span_of(token, sizeof(token))), "a length of one byte more");
    token[1] = 0x05;
    ok(!is_sound(span_of(token, sizeof(token))), "no octet string");
    ok(!is_sound(span_of(token + 3, CHALLENGE_SIZE)), "no room for a length");
    ok(is_sound(BYTES("\xa1\x03\x04\x01x")), "without NTLM");
}

START_TEST(gss_ntlm_authenticates)
{
    uint8_t message[64 + 48] = "NTLMSSP\0\3";

    ok(is_sound(span_of(message, 64)), "all parts empty");
    ok(!is_sound(span_of(message, 63)), "a head that is cut");
    for (size_t i = 0; i < 6; i++) {
        uint8_t *part = message + 12 + 8 * i;

        part[0] = i == 5 ? 16 : 24;
        part[4] = (uint8_t)(sizeof(message) - part[0]);
        ok(is_sound(span_of(message, sizeof(message))), "part %zu", i);
        part[4]++;
        ok(!is_sound(span_of(message, sizeof(message))), "part %zu behind the end", i);
        part[4] = 63;
        ok(!is_sound(span_of(message, sizeof(message))), "part %zu in the head", i);
        memset(part, 0, 8);
    }
    for (uint8_t size = 0; size < 24; size++) {
        message[52] = size;
        message[56] = 64;
        message[63] = 0x40; /* a key is promised */
        ok(is_sound(span_of(message, sizeof(message))) == (size == 16), "a key of %d", size);
        message[63] = 0;
        ok(is_sound(span_of(message, sizeof(message))) == (size == 16 || size == 0),
           "a key of %d that is not promised", size);
    }
    memset(message + 52, 0, 12);
    message[20] = 48; /* a response of NTLMv2 whose list is its end */
    message[24] = 64;
    ok(is_sound(span_of(message, sizeof(message))), "NTLMv2");
    message[20] = 47;
    ok(!is_sound(span_of(message, sizeof(message))), "NTLMv2, the list is cut");
    message[20] = 25;
    ok(!is_sound(span_of(message, sizeof(message))), "neither NTLM nor NTLMv2");
}

/* Whether the third message needs a key is what the first one said, not what it says itself. */
START_TEST(gss_ntlm_keys)
{
    static const struct {
        const char *name;
        bool first, wrapped;
        uint8_t first_flags, third_flags, size;
        bool want;
    } rows[] = {
        {"agreed on, there", true, false, 0x40, 0x40, 16, true},
        {"agreed on, not there", true, false, 0x40, 0x40, 0, false},
        {"agreed on, neither there nor told of", true, false, 0x40, 0, 0, false},
        {"the same within SPNEGO", true, true, 0x40, 0, 0, false},
        {"not agreed on, not there", true, false, 0, 0, 0, true},
        {"not agreed on, there", true, false, 0, 0, 16, true},
        {"not agreed on, told of, not there", true, false, 0, 0x40, 0, false},
        {"no first message, not there", false, false, 0, 0, 0, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t first[2 + 32] = "\x04\x20NTLMSSP\0\1", third[64 + 16] = "NTLMSSP\0\3";
        struct ntlm_seen seen = {.first = false};
        size_t skipped = rows[i].wrapped ? 0 : 2;

        first[2 + 15] = rows[i].first_flags;
        third[52] = rows[i].size;
        third[56] = 64;
        third[63] = rows[i].third_flags;
        if (rows[i].first)
            ok(ntlm_is_sound(span_of(first + skipped, sizeof(first) - skipped), &seen), "%s: first",
               rows[i].name);
        ok(ntlm_is_sound(span_of(third, sizeof(third)), &seen) == rows[i].want, "%s", rows[i].name);
    }
}

/* ---- old clients ---- */

START_TEST(gss_old_messages)
{
    uint8_t first[44] = "NTLMSSP\0\1\0\0\0\6\x82\x08", third[96] = "NTLMSSP\0\3";

    for (size_t size = 0; size <= sizeof(first); size++) {
        struct span token = span_of(first, size);
        uint8_t *copy = NULL;

        ok(old_ntlm_prepare(&token, &copy), "first, %zu bytes", size);
        ok((copy != NULL) == (size >= 16 && size < 40), "first, %zu bytes: a copy", size);
        ok(token.size == (copy ? 40 : size) && (size == 0 || !memcmp(token.data, first, size)),
           "first, %zu bytes: became %zu", size, token.size);
        mem_free(copy);
    }
    for (uint8_t offset = 64; offset < 80; offset++) {
        struct span token = span_of(third, sizeof(third));
        uint8_t *copy = NULL;

        third[20] = 8; /* a response */
        third[24] = offset;
        third[16] = 8; /* a part without length, which does not count */
        third[63] = 0x42;
        ok(old_ntlm_prepare(&token, &copy), "third, contents at %d", offset);
        ok((copy != NULL) == (offset < 72), "third, contents at %d: a copy", offset);
        ok(token.size == sizeof(third) && token.data[63] == (copy ? 0x40 : 0x42),
           "third, contents at %d: flags %02x", offset, token.data[63]);
        mem_free(copy);
        copy = NULL;
        third[63] = 0x40; /* no version is promised */
        token = span_of(third, sizeof(third));
        ok(old_ntlm_prepare(&token, &copy) && !copy, "third, no version");
        token = span_of(third, 63);
        ok(old_ntlm_prepare(&token, &copy) && !copy, "third, a cut head");
    }
}
