/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/attributes: the table (order, sizes, completeness against the numbers of the SDK), the
 * rules that hold for every row, and what is told of connections made up here, suite by suite.
 */
#include "schannel/attributes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "harness.h"
#include "schannel/binding.h"
#include "sspi/buffers.h"

#define LINE_MAX_SIZE 512

/* ---- the table ---- */

START_TEST(attributes_table)
{
    const struct attribute *row, *before = NULL;

    for (size_t i = 0; (row = attribute_at(i)); i++) {
        if (before)
            ok(before->id < row->id, "%s after %s", row->name, before->name);
        ok(attribute_find(row->id) == row, "%s is not found", row->name);
        ok(row->size > 0 && row->size <= sizeof(SecPkgContext_CipherInfo), "%s: size %zu",
           row->name, row->size);
        ok(row->fill || row->set || row->since == ATTRIBUTE_ALWAYS, "%s is refused, but when?",
           row->name);
        before = row;
    }
    ok(!attribute_find(0x7777) && !attribute_find(0xffffffff), "found an unknown number");
}

/* Numbers that are for credentials, have no structure, or are no attributes at all. */
static bool is_elsewhere(const char *name)
{
    static const char *const names[] = {
        "ISSUER_LIST",        "SUPPORTED_ALGS", "CIPHER_STRENGTHS",    "SUPPORTED_PROTOCOLS",
        "CLIENT_CERT_POLICY", "USE_NCRYPT",     "SESSION_TICKET_KEYS",
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!strcmp(names[i], name))
            return true;
    }
    return false;
}

static FILE *open_constants(void)
{
    const char *source = getenv("top_srcdir");
    char path[1024];

    snprintf(path, sizeof(path), "%s/tests/data/abi/constants.tsv", source ? source : ".");
    return fopen(path, "r");
}

/* Each attribute of minschannel.h has a row, with the SDK's number. */
START_TEST(attributes_complete)
{
    static const char prefix[] = "SECPKG_ATTR_";
    FILE *file = open_constants();
    char line[LINE_MAX_SIZE], name[LINE_MAX_SIZE], value[LINE_MAX_SIZE], header[LINE_MAX_SIZE];
    size_t found = 0;

    if (!file) {
        skip("no table of the SDK's constants");
        return;
    }
    while (fgets(line, sizeof(line), file)) {
        const struct attribute *row;

        if (sscanf(line, "%511s %511s %511s", name, value, header) != 3 ||
            strncmp(name, prefix, sizeof(prefix) - 1) != 0 ||
            strcmp(header, "minschannel.h") != 0 || is_elsewhere(name + sizeof(prefix) - 1))
            continue;
        found++;
        row = attribute_find((ULONG)strtoul(value, NULL, 16));
        if (ok(row != NULL, "%s has no row", name))
            ok(!strcmp(row->name, name + sizeof(prefix) - 1), "%s is called %s", name, row->name);
    }
    fclose(file);
    ok(found > 25, "%zu attributes", found);
}

/* ---- the document ---- */

static const char *memory_text(enum attribute_memory memory)
{
    static const char *const texts[] = {"", "FreeContextBuffer", "CertFreeCertificateContext",
                                        "CertCloseStore"};

    return texts[memory];
}

static void write_row(FILE *to, const struct attribute *row)
{
    const char *query = !row->fill                          ? "-"
                        : row->since == ATTRIBUTE_CONNECTED ? "connected"
                                                            : "always";

    fprintf(to, "| 0x%02lx | %s | %s | %s | %s | %s | %s |\n", (unsigned long)row->id, row->name,
            row->structure, query, row->set ? "yes" : "-", memory_text(row->memory), row->note);
}

static void write_table(FILE *to)
{
    const struct attribute *row;

    fprintf(to, "| number | SECPKG_ATTR_ | structure | query | set | freed by | |\n"
                "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; (row = attribute_at(i)); i++)
        write_row(to, row);
}

static FILE *open_document(void)
{
    const char *source = getenv("top_srcdir");
    char path[1024];

    snprintf(path, sizeof(path), "%s/doc/attributes.md", source ? source : ".");
    return fopen(path, "r");
}

/* doc/attributes.md has the table as it is; where it has not, attributes.made is what it lacks. */
START_TEST(attributes_document)
{
    FILE *document = open_document(), *made = tmpfile();
    char have[LINE_MAX_SIZE], want[LINE_MAX_SIZE];
    size_t lines = 0;
    bool same = true;

    if (!document || !made) {
        ok(!made, "no doc/attributes.md");
        skip("no document");
        return;
    }
    write_table(made);
    rewind(made);
    while (fgets(want, sizeof(want), made)) {
        do {
            same = fgets(have, sizeof(have), document) != NULL;
        } while (same && have[0] != '|');
        same = same && !strcmp(have, want);
        if (!ok(same, "the document has not: %s", want))
            break;
        lines++;
    }
    fclose(document);
    fclose(made);
    if (!same) {
        FILE *right = fopen("attributes.made", "w");

        if (right) {
            write_table(right);
            fclose(right);
        }
    }
    ok(lines > 50 || !same, "%zu lines", lines);
}

/* ---- rules for all rows ---- */

static SECURITY_STATUS query(struct schan_context *context, ULONG id, void *buffer, size_t room)
{
    const struct ssp_attribute asked = {id, buffer, room};

    return schan_query_context(context, &asked);
}

static SECURITY_STATUS set(struct schan_context *context, ULONG id, void *buffer, size_t room)
{
    const struct ssp_attribute asked = {id, buffer, room};

    return schan_set_context(context, &asked);
}

static bool untouched(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0xee)
            return false;
    }
    return true;
}

START_TEST(attributes_rules)
{
    struct schan_context *context = context_new(TLS_CLIENT);
    unsigned char bytes[sizeof(SecPkgContext_CipherInfo)];
    const struct attribute *row;

    memset(bytes, 0xee, sizeof(bytes));
    for (size_t i = 0; (row = attribute_at(i)); i++) {
        SECURITY_STATUS want = SEC_E_INVALID_HANDLE; /* too early */

        if (!row->fill) {
            ok_status(query(context, row->id, bytes, sizeof(bytes)), SEC_E_UNSUPPORTED_FUNCTION,
                      "%s: refused", row->name);
        } else {
            ok_status(query(context, row->id, bytes, row->size - 1), SEC_E_BUFFER_TOO_SMALL,
                      "%s: a byte too small", row->name);
            ok(query(context, row->id, NULL, row->size) < 0, "%s: no memory", row->name);
            if (row->since == ATTRIBUTE_CONNECTED)
                ok_status(query(context, row->id, bytes, SSP_ROOM_UNKNOWN), want, "%s: too early",
                          row->name);
        }
        if (!row->set)
            ok_status(set(context, row->id, bytes, sizeof(bytes)), SEC_E_UNSUPPORTED_FUNCTION,
                      "%s: not to be set", row->name);
        else
            ok_status(set(context, row->id, bytes, row->size - 1), SEC_E_BUFFER_TOO_SMALL,
                      "%s: set, a byte too small", row->name);
        ok(untouched(bytes, sizeof(bytes)), "%s: memory was written", row->name);
        memset(bytes, 0xee, sizeof(bytes));
    }
    ok_status(query(context, 0x7777, bytes, sizeof(bytes)), SEC_E_UNSUPPORTED_FUNCTION, "unknown");
    ok_status(query(context, 0x7777, NULL, 0), SEC_E_UNSUPPORTED_FUNCTION, "unknown, no memory");
    schan_delete_context(context);
}

/* ---- what is told of a connection ---- */

struct connection_case {
    const char *name;
    enum tls_role role;
    uint16_t version, suite, group;
    DWORD protocol;
    ALG_ID cipher;
    DWORD cipher_bits;
    ALG_ID hash;
    DWORD hash_bits;
    ALG_ID exchange;
    DWORD exchange_bits, block;
    const char *hash_name, *exchange_name, *certificate; /* of CIPHER_INFO */
};

/* clang-format off */
static const struct connection_case connections[] = {
    {"TLS 1.3", TLS_CLIENT, 0x0304, 0x1302, 29, SP_PROT_TLS1_3_CLIENT,
     CALG_AES_256, 256, CALG_SHA_384, 0, 0, 255, 16, "", "", ""},
    {"TLS 1.3, a server", TLS_SERVER, 0x0304, 0x1301, 24, SP_PROT_TLS1_3_SERVER,
     CALG_AES_128, 128, CALG_SHA_256, 0, 0, 384, 16, "", "", ""},
    {"ChaCha20", TLS_CLIENT, 0x0304, 0x1303, 23, SP_PROT_TLS1_3_CLIENT,
     0, 256, CALG_SHA_256, 0, 0, 256, 0, "", "", ""},
    {"TLS 1.2 GCM", TLS_CLIENT, 0x0303, 0xc02f, 23, SP_PROT_TLS1_2_CLIENT,
     CALG_AES_128, 128, CALG_SHA_256, 0, CALG_ECDH_EPHEM, 256, 16, "", "ECDH", "RSA"},
    {"TLS 1.2 CBC", TLS_SERVER, 0x0303, 0xc024, 24, SP_PROT_TLS1_2_SERVER,
     CALG_AES_256, 256, CALG_SHA_384, 384, CALG_ECDH_EPHEM, 384, 16, "SHA384", "ECDH", "ECDSA"},
    {"TLS 1.0", TLS_CLIENT, 0x0301, 0xc013, 25, SP_PROT_TLS1_0_CLIENT,
     CALG_AES_128, 128, CALG_SHA1, 160, CALG_ECDH_EPHEM, 521, 16, "SHA1", "ECDH", "RSA"},
    {"triple DES, finite field", TLS_CLIENT, 0x0302, 0x0013, 256, SP_PROT_TLS1_1_CLIENT,
     CALG_3DES, 168, CALG_SHA1, 160, CALG_DH_EPHEM, 2048, 8, "SHA1", "DH", "DSA"},
};
/* clang-format on */

static struct schan_context *connected(const struct connection_case *from)
{
    struct schan_context *context = context_new(from->role);

    context->info.done = 1;
    context->info.version = from->version;
    context->info.suite = from->suite;
    context->info.group = from->group;
    context->info.header = 13;
    context->info.trailer = 16;
    context->info.maximum = 16384;
    return context;
}

static bool same_text(const WCHAR *wide, const char *ascii)
{
    while (*wide && *wide == (unsigned char)*ascii) {
        wide++;
        ascii++;
    }
    return !*wide && !*ascii;
}

static void check_connection(const struct connection_case *want, struct schan_context *context)
{
    SecPkgContext_ConnectionInfo info;
    SecPkgContext_ConnectionInfoEx more;

    if (ok_status(query(context, SECPKG_ATTR_CONNECTION_INFO, &info, sizeof(info)), SEC_E_OK,
                  "CONNECTION_INFO")) {
        ok_number(info.dwProtocol, want->protocol, "protocol");
        ok_number(info.aiCipher, want->cipher, "cipher");
        ok_number(info.dwCipherStrength, want->cipher_bits, "its strength");
        ok_number(info.aiHash, want->hash, "hash");
        ok_number(info.dwHashStrength, want->hash_bits, "its strength");
        ok_number(info.aiExch, want->exchange, "exchange");
        ok_number(info.dwExchStrength, want->exchange_bits, "its strength");
    }
    if (ok_status(query(context, SECPKG_ATTR_CONNECTION_INFO_EX, &more, sizeof(more)), SEC_E_OK,
                  "CONNECTION_INFO_EX")) {
        ok_number(more.dwVersion, 1, "version");
        ok_number(more.dwProtocol, want->protocol, "protocol");
        ok_number(more.dwCipherStrength, want->cipher_bits, "cipher");
        ok(same_text(more.szExchange, want->exchange_name), "exchange");
        ok_number(more.dwExchStrength, want->exchange_bits, "exchange");
    }
}

static void check_cipher(const struct connection_case *want, struct schan_context *context)
{
    SecPkgContext_CipherInfo info;

    memset(&info, 0, sizeof(info));
    info.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    if (!ok_status(query(context, SECPKG_ATTR_CIPHER_INFO, &info, sizeof(info)), SEC_E_OK,
                   "CIPHER_INFO"))
        return;
    ok_number(info.dwVersion, 1, "version");
    ok_number(info.dwProtocol, want->version, "version of the wire");
    ok_number(info.dwCipherSuite, want->suite, "suite");
    ok_number(info.dwBaseCipherSuite, want->suite, "base suite");
    ok(same_text(info.szCipherSuite, suite_find(want->suite)->name), "name");
    ok_number(info.dwCipherLen, want->cipher_bits, "cipher");
    ok_number(info.dwCipherBlockLen, want->block, "block");
    ok(same_text(info.szHash, want->hash_name), "hash");
    ok_number(info.dwHashLen, want->hash_bits, "hash");
    ok(same_text(info.szExchange, want->exchange_name), "exchange");
    ok(same_text(info.szCertificate, want->certificate), "certificate");
}

static void check_sizes(const struct connection_case *want, struct schan_context *context)
{
    SecPkgContext_StreamSizes sizes;
    SecPkgContext_ProtoInfoW protocol;

    if (ok_status(query(context, SECPKG_ATTR_STREAM_SIZES, &sizes, sizeof(sizes)), SEC_E_OK,
                  "STREAM_SIZES")) {
        ok_number(sizes.cbHeader, 13, "header");
        ok_number(sizes.cbTrailer, 16, "trailer");
        ok_number(sizes.cbMaximumMessage, 16384, "message");
        ok_number(sizes.cBuffers, 4, "buffers");
        ok_number(sizes.cbBlockSize, want->block ? want->block : 1, "block");
    }
    if (ok_status(query(context, SECPKG_ATTR_PROTO_INFO, &protocol, sizeof(protocol)), SEC_E_OK,
                  "PROTO_INFO")) {
        ok(same_text(protocol.sProtocolName, "TLS"), "name");
        ok_number(protocol.majorVersion, 1, "major");
        ok_number(protocol.minorVersion, (ULONG)want->version - 0x0301, "minor");
        buffers_free(protocol.sProtocolName);
    }
}

START_TEST(attributes_connections)
{
    for (size_t i = 0; i < COUNT_OF(connections); i++) {
        struct schan_context *context = connected(&connections[i]);

        push_context("%s", connections[i].name);
        check_connection(&connections[i], context);
        check_cipher(&connections[i], context);
        check_sizes(&connections[i], context);
        schan_delete_context(context);
        pop_context();
    }
}

START_TEST(attributes_sessions)
{
    static const struct {
        const char *name;
        uint16_t version;
        uint8_t resumed;
        DWORD want;
    } cases[] = {
        {"TLS 1.2", 0x0303, 0, 0},
        {"TLS 1.2, resumed", 0x0303, 1, SSL_SESSION_RECONNECT},
        {"TLS 1.3, resumed", 0x0304, 1, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schan_context *context = connected(&connections[0]);
        SecPkgContext_SessionInfo info;

        context->info.version = cases[i].version;
        context->info.resumed = cases[i].resumed;
        context->info.session_id_size = 3;
        memcpy(context->info.session_id, "abc", 3);
        ok_status(query(context, SECPKG_ATTR_SESSION_INFO, &info, sizeof(info)), SEC_E_OK, "%s",
                  cases[i].name);
        ok_number(info.dwFlags, cases[i].want, "%s", cases[i].name);
        ok_number(info.cbSessionId, 3, "%s", cases[i].name);
        ok(!memcmp(info.rgbSessionId, "abc\0", 4), "%s: id", cases[i].name);
        schan_delete_context(context);
    }
}

/* An attribute with two strings: none is left when the second has no memory. */
START_TEST(attributes_no_memory)
{
    struct schan_context *context = connected(&connections[0]);
    SecPkgContext_KeyInfoW info;

    for (long i = 0; i < 2; i++) {
        memset(&info, 0xee, sizeof(info));
        mem_fail_after(i);
        ok_status(query(context, SECPKG_ATTR_KEY_INFO, &info, sizeof(info)),
                  SEC_E_INSUFFICIENT_MEMORY, "string %ld", i);
        mem_fail_after(-1);
        ok(untouched((const unsigned char *)&info, sizeof(info)), "memory was written");
    }
    if (ok_status(query(context, SECPKG_ATTR_KEY_INFO, &info, sizeof(info)), SEC_E_OK, "both")) {
        ok(same_text(info.sEncryptAlgorithmName, "AES"), "cipher");
        ok(same_text(info.sSignatureAlgorithmName, "SHA384"), "hash");
        ok_number(info.KeySize, 256, "key");
        buffers_free(info.sEncryptAlgorithmName);
        buffers_free(info.sSignatureAlgorithmName);
    }
    schan_delete_context(context);
}

/* ---- what programs set ---- */

START_TEST(attributes_keying_info)
{
    static char label[] = "EXPORTER-test";
    static BYTE bytes[] = {1, 2, 3};
    static const struct {
        const char *name;
        WORD label_size;
        char *label;
        WORD context_size;
        BYTE *context;
        DWORD material_size;
        bool good;
    } cases[] = {
        {"with its zero", sizeof(label), label, 0, NULL, 32, true},
        {"without its zero", sizeof(label) - 1, label, 0, NULL, 32, true},
        {"with a context", sizeof(label), label, 3, bytes, 32, true},
        {"no label", 0, label, 0, NULL, 32, false},
        {"no pointer", sizeof(label), NULL, 0, NULL, 32, false},
        {"only a zero", 1, label + sizeof(label) - 1, 0, NULL, 32, false},
        {"a context without pointer", sizeof(label), label, 3, NULL, 32, false},
        {"no bytes", sizeof(label), label, 0, NULL, 0, false},
        {"the most", sizeof(label), label, 0, NULL, LIMIT_KEYING_MATERIAL, true},
        {"more than the most", sizeof(label), label, 0, NULL, LIMIT_KEYING_MATERIAL + 1, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schan_context *context = context_new(TLS_CLIENT);
        SecPkgContext_KeyingMaterialInfo info = {cases[i].label_size, cases[i].label,
                                                 cases[i].context_size, cases[i].context,
                                                 cases[i].material_size};

        for (unsigned times = 0; times < 2; times++)
            ok_status(set(context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof(info)),
                      cases[i].good ? SEC_E_OK : SEC_E_INVALID_PARAMETER, "%s", cases[i].name);
        ok(context->exporter.set == cases[i].good, "%s: set", cases[i].name);
        if (cases[i].good) {
            ok_number(context->exporter.label_size, sizeof(label) - 1, "%s: label", cases[i].name);
            ok_number(context->exporter.context_size, cases[i].context_size, "%s: context",
                      cases[i].name);
        }
        schan_delete_context(context);
    }
}

START_TEST(attributes_eap)
{
    struct schan_context *context = context_new(TLS_CLIENT);
    DWORD number;
    SecPkgContext_EapPrfInfo info = {0, sizeof(number), (BYTE *)&number};

    for (number = 0; number < 6; number++) {
        bool known = number < 4;

        ok_status(set(context, SECPKG_ATTR_EAP_PRF_INFO, &info, sizeof(info)),
                  known ? SEC_E_OK : SEC_E_INVALID_PARAMETER, "function %lu",
                  (unsigned long)number);
        ok_number(context->eap_prf, known ? number : 3, "function %lu", (unsigned long)number);
    }
    number = 0;
    info.cbPrfData = 3;
    ok_status(set(context, SECPKG_ATTR_EAP_PRF_INFO, &info, sizeof(info)), SEC_E_INVALID_PARAMETER,
              "three bytes");
    info.cbPrfData = 4;
    info.pbPrfData = NULL;
    ok_status(set(context, SECPKG_ATTR_EAP_PRF_INFO, &info, sizeof(info)), SEC_E_INVALID_PARAMETER,
              "no pointer");
    schan_delete_context(context);
}

START_TEST(attributes_app_data)
{
    static BYTE bytes[LIMIT_APP_DATA + 1] = {1, 2, 3};
    static const struct {
        const char *name;
        DWORD size;
        bool good;
    } cases[] = {
        {"three bytes", 3, true},
        {"the most", LIMIT_APP_DATA, true},
        {"more than the most", LIMIT_APP_DATA + 1, false},
        {"none", 0, true},
    };
    struct schan_context *context = context_new(TLS_SERVER);
    SecPkgContext_SessionAppData data = {0, 0, NULL}, told;

    ok_status(query(context, SECPKG_ATTR_APP_DATA, &told, sizeof(told)), SEC_E_OK, "nothing yet");
    ok(told.cbAppData == 0 && !told.pbAppData, "nothing yet");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        data.cbAppData = cases[i].size;
        data.pbAppData = bytes;
        ok_status(set(context, SECPKG_ATTR_APP_DATA, &data, sizeof(data)),
                  cases[i].good ? SEC_E_OK : SEC_E_INVALID_PARAMETER, "%s", cases[i].name);
        if (!cases[i].good)
            continue;
        ok_status(query(context, SECPKG_ATTR_APP_DATA, &told, sizeof(told)), SEC_E_OK, "%s",
                  cases[i].name);
        ok_number(told.cbAppData, cases[i].size, "%s", cases[i].name);
        ok(!told.cbAppData ||
               (told.pbAppData != bytes && !memcmp(told.pbAppData, bytes, told.cbAppData)),
           "%s: a copy", cases[i].name);
        buffers_free(told.pbAppData);
    }
    data.cbAppData = 3;
    data.pbAppData = NULL;
    ok_status(set(context, SECPKG_ATTR_APP_DATA, &data, sizeof(data)), SEC_E_INVALID_PARAMETER,
              "no pointer");
    schan_delete_context(context);
}

START_TEST(attributes_binding)
{
    static const char want[] = "tls-unique:\1\2\3";
    static const SEC_CHANNEL_BINDINGS zero;
    SecPkgContext_Bindings bindings;
    SEC_CHANNEL_BINDINGS head;

    if (!ok_status(binding_make(BINDING_UNIQUE, span_of("\1\2\3", 3), &bindings), SEC_E_OK, "made"))
        return;
    ok_number(bindings.BindingsLength, 32 + 14, "length");
    memcpy(&head, bindings.Bindings, sizeof(head));
    ok_number(head.cbApplicationDataLength, 14, "application data");
    ok_number(head.dwApplicationDataOffset, 32, "where it is");
    ok(!memcmp((const char *)bindings.Bindings + 32, want, 14), "application data");
    head.cbApplicationDataLength = head.dwApplicationDataOffset = 0;
    ok(!memcmp(&head, &zero, sizeof(head)), "all else is zero");
    buffers_free(bindings.Bindings);
    mem_fail_after(0);
    ok_status(binding_make(BINDING_UNIQUE, span_of("\1\2\3", 3), &bindings),
              SEC_E_INSUFFICIENT_MEMORY, "no memory");
    mem_fail_after(-1);
}
