/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes of both ends of one connection, where the two must agree: channel bindings, exported
 * keys; and those with memory of their own: certificates, package, names.
 *
 * Sources: Microsoft Learn, "SEC_CHANNEL_BINDINGS structure", "SecPkgContext_KeyingMaterialInfo",
 * "SetContextAttributes", "QueryContextAttributesEx", "SecPkgContext_EapPrfInfo"; RFC 5929, RFC
 * 5705, RFC 5216, RFC 9190. That KEYING_MATERIAL
 * fails before KEYING_MATERIAL_INFO was set is on the page, as is the zero that cbLabel counts.
 */
#include "common.h"

#include <string.h>

struct ends {
    CtxtHandle *client, *server;
    enum test_version version;
};

static void each_version(void (*check)(const struct ends *))
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct connection it;

        push_context("%s", version_name(both_versions[i]));
        if (connect_pair(&it, both_versions[i])) {
            struct ends ends = {&it.loop.side[LOOP_CLIENT].context,
                                &it.loop.side[LOOP_SERVER].context, both_versions[i]};

            check(&ends);
            loop_check_traffic(&it.loop);
        }
        disconnect(&it);
        pop_context();
    }
}

/* ---- channel bindings ---- */

static void check_block(const SecPkgContext_Bindings *bindings, const char *prefix)
{
    static const SEC_CHANNEL_BINDINGS zero;
    SEC_CHANNEL_BINDINGS head;
    const char *data = (const char *)bindings->Bindings + sizeof(head);

    memcpy(&head, bindings->Bindings, sizeof(head));
    ok_number(head.dwApplicationDataOffset, sizeof(head), "offset");
    ok_number(head.cbApplicationDataLength, bindings->BindingsLength - sizeof(head), "length");
    ok(head.cbApplicationDataLength > strlen(prefix) && !memcmp(data, prefix, strlen(prefix)),
       "no %s", prefix);
    head.dwApplicationDataOffset = head.cbApplicationDataLength = 0;
    ok(!memcmp(&head, &zero, sizeof(head)), "another member is set");
}

static bool same_block(const SecPkgContext_Bindings *a, const SecPkgContext_Bindings *b)
{
    return a->BindingsLength == b->BindingsLength &&
           !memcmp(a->Bindings, b->Bindings, a->BindingsLength);
}

static void check_bindings(const struct ends *ends, ULONG attribute, const char *prefix)
{
    SecPkgContext_Bindings one = {0, NULL}, other = {0, NULL}, again = {0, NULL};

    if (!ok_status(QueryContextAttributesW(ends->client, attribute, &one), SEC_E_OK, "client") ||
        !ok_status(QueryContextAttributesW(ends->server, attribute, &other), SEC_E_OK, "server") ||
        !ok_status(QueryContextAttributesA(ends->client, attribute, &again), SEC_E_OK, "again"))
        return;
    check_block(&one, prefix);
    ok(same_block(&one, &other), "client and server differ");
    ok(same_block(&one, &again) && one.Bindings != again.Bindings, "each call its own copy");
    ok_status(FreeContextBuffer(one.Bindings), SEC_E_OK, "freed");
    ok_status(FreeContextBuffer(other.Bindings), SEC_E_OK, "freed");
    ok_status(FreeContextBuffer(again.Bindings), SEC_E_OK, "freed");
}

static void check_all_bindings(const struct ends *ends)
{
    SecPkgContext_Bindings none = {0, NULL};

    push_context("end point");
    check_bindings(ends, SECPKG_ATTR_ENDPOINT_BINDINGS, "tls-server-end-point:");
    pop_context();
    push_context("unique");
    if (ends->version == VERSION_TLS13)
        ok(QueryContextAttributesW(ends->client, SECPKG_ATTR_UNIQUE_BINDINGS, &none) < 0 &&
               !none.Bindings,
           "TLS 1.3 has no tls-unique");
    else
        check_bindings(ends, SECPKG_ATTR_UNIQUE_BINDINGS, "tls-unique:");
    pop_context();
}

START_TEST(attributes_bindings)
{
    each_version(check_all_bindings);
}

/* ---- exporter ---- */

struct export_case {
    const char *name;
    const char *label;
    const char *context;
    DWORD size;
};

static const struct export_case exports[] = {
    {"plain", "EXPORTER-secur32-test", NULL, 32},
    {"another label", "EXPORTER-secur32-other", NULL, 32},
    {"a context", "EXPORTER-secur32-test", "context", 32},
    {"another context", "EXPORTER-secur32-test", "Context", 32},
    {"long", "EXPORTER-secur32-test", NULL, 333},
};

static SECURITY_STATUS export_key(CtxtHandle *context, const struct export_case *wish,
                                  SecPkgContext_KeyingMaterial *material)
{
    SecPkgContext_KeyingMaterialInfo info = {
        .cbLabel = (WORD)(strlen(wish->label) + 1),
        .pszLabel = (char *)wish->label,
        .cbContextValue = (WORD)(wish->context ? strlen(wish->context) : 0),
        .pbContextValue = (BYTE *)wish->context,
        .cbKeyingMaterial = wish->size,
    };
    SECURITY_STATUS status =
        SetContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof(info));

    if (status != SEC_E_OK)
        return status;
    return QueryContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL, material);
}

/* The same, asked for and answered in one call. */
static void check_at_once(CtxtHandle *context, const struct export_case *wish,
                          const SecPkgContext_KeyingMaterial *want)
{
    SecPkgContext_KeyingMaterial_Inproc both = {
        .cbLabel = (WORD)(strlen(wish->label) + 1),
        .pszLabel = (char *)wish->label,
        .cbContextValue = (WORD)(wish->context ? strlen(wish->context) : 0),
        .pbContextValue = (BYTE *)wish->context,
        .cbKeyingMaterial = wish->size,
    };

    if (!ok_status(QueryContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL_INPROC, &both),
                   SEC_E_OK, "at once"))
        return;
    ok(both.cbKeyingMaterial == want->cbKeyingMaterial &&
           !memcmp(both.pbKeyingMaterial, want->pbKeyingMaterial, want->cbKeyingMaterial),
       "another key when asked for at once");
    ok_status(FreeContextBuffer(both.pbKeyingMaterial), SEC_E_OK, "freed");
    both.cbLabel = 0;
    ok(QueryContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL_INPROC, &both) < 0,
       "without a label");
}

static void check_export(const struct ends *ends, size_t index,
                         SecPkgContext_KeyingMaterial *material)
{
    const struct export_case *wish = &exports[index];
    SecPkgContext_KeyingMaterial other = {0, NULL};

    if (!ok_status(export_key(ends->client, wish, material), SEC_E_OK, "client") ||
        !ok_status(export_key(ends->server, wish, &other), SEC_E_OK, "server"))
        return;
    ok_number(material->cbKeyingMaterial, wish->size, "size");
    check_at_once(ends->client, wish, material);
    ok(other.cbKeyingMaterial == wish->size &&
           !memcmp(material->pbKeyingMaterial, other.pbKeyingMaterial, wish->size),
       "client and server differ");
    ok_status(FreeContextBuffer(other.pbKeyingMaterial), SEC_E_OK, "freed");
}

static bool same_key(const SecPkgContext_KeyingMaterial *a, const SecPkgContext_KeyingMaterial *b)
{
    return !a->pbKeyingMaterial || !b->pbKeyingMaterial ||
           !memcmp(a->pbKeyingMaterial, b->pbKeyingMaterial, a->cbKeyingMaterial);
}

static void check_exports(const struct ends *ends)
{
    SecPkgContext_KeyingMaterial keys[COUNT_OF(exports)] = {{0, NULL}};

    ok(QueryContextAttributesW(ends->client, SECPKG_ATTR_KEYING_MATERIAL, &keys[0]) < 0,
       "a key that nobody described");
    for (size_t i = 0; i < COUNT_OF(exports); i++) {
        push_context("%s", exports[i].name);
        check_export(ends, i, &keys[i]);
        for (size_t k = 0; k < i; k++)
            ok(exports[k].size != exports[i].size || !same_key(&keys[k], &keys[i]),
               "the same as \"%s\"", exports[k].name);
        pop_context();
    }
    for (size_t i = 0; i < COUNT_OF(exports); i++)
        FreeContextBuffer(keys[i].pbKeyingMaterial);
}

START_TEST(attributes_exporter)
{
    each_version(check_exports);
}

/* ---- EAP ---- */

static SECURITY_STATUS eap_block(CtxtHandle *context, DWORD function,
                                 SecPkgContext_EapKeyBlock *block)
{
    SecPkgContext_EapPrfInfo info = {0, sizeof(function), (BYTE *)&function};
    SECURITY_STATUS status =
        SetContextAttributesW(context, SECPKG_ATTR_EAP_PRF_INFO, &info, sizeof(info));

    memset(block, 0xee, sizeof(*block));
    return status == SEC_E_OK ? QueryContextAttributesW(context, SECPKG_ATTR_EAP_KEY_BLOCK, block)
                              : status;
}

static bool is_zero(const BYTE *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* EAP-TLS' keys are those of the exporter with RFC 5216's, or RFC 9190's, label and context. */
static void check_eap_exported(const struct ends *ends, const SecPkgContext_EapKeyBlock *block)
{
    bool modern = ends->version == VERSION_TLS13;
    struct export_case wish = {
        .label = modern ? "EXPORTER_EAP_TLS_Key_Material" : "client EAP encryption",
        .context = modern ? "\x0d" : NULL,
        .size = sizeof(block->rgbKeys),
    };
    SecPkgContext_KeyingMaterial material = {0, NULL};

    if (!ok_status(export_key(ends->client, &wish, &material), SEC_E_OK, "exported"))
        return;
    ok(!memcmp(material.pbKeyingMaterial, block->rgbKeys, sizeof(block->rgbKeys)),
       "EAP-TLS: other keys than the exporter's");
    FreeContextBuffer(material.pbKeyingMaterial);
}

static void check_eap(const struct ends *ends)
{
    enum { EAP_TLS, EAP_FAST = 3, FUNCTIONS };
    SecPkgContext_EapKeyBlock blocks[FUNCTIONS], theirs;
    bool modern = ends->version == VERSION_TLS13;

    if (modern && running_on_windows()) {
        skip("what Windows answers in TLS 1.3 is not described");
        return;
    }
    for (DWORD i = 0; i < FUNCTIONS; i++) {
        SECURITY_STATUS want = modern && i == EAP_FAST ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK;

        push_context("function %lu", (unsigned long)i);
        if (ok_status(eap_block(ends->client, i, &blocks[i]), want, "client") && want == SEC_E_OK &&
            ok_status(eap_block(ends->server, i, &theirs), SEC_E_OK, "server")) {
            ok(!memcmp(&blocks[i], &theirs, sizeof(theirs)), "client and server differ");
            ok(is_zero(blocks[i].rgbIVs, sizeof(blocks[i].rgbIVs)) == (modern || i != EAP_TLS),
               "initialisation vectors");
            for (DWORD k = 0; k < i; k++)
                ok(memcmp(blocks[k].rgbKeys, blocks[i].rgbKeys, sizeof(blocks[i].rgbKeys)) != 0,
                   "the keys of %lu", (unsigned long)k);
        }
        pop_context();
    }
    check_eap_exported(ends, &blocks[EAP_TLS]);
    ok(eap_block(ends->client, FUNCTIONS, &theirs) < 0, "an unknown function");
}

START_TEST(attributes_eap)
{
    each_version(check_eap);
}

/* ---- certificates ---- */

/* "For each certificate its length, then its bytes." */
static void check_certificate_list(CtxtHandle *client, PCCERT_CONTEXT want)
{
    SecPkgContext_Certificates list = {0, 0, NULL};
    DWORD used = 0, size = 0;

    if (!ok_status(QueryContextAttributesW(client, SECPKG_ATTR_REMOTE_CERTIFICATES, &list),
                   SEC_E_OK, "list"))
        return;
    ok(list.cCertificates >= 1, "no certificate");
    for (DWORD i = 0; i < list.cCertificates; i++) {
        if (!ok(list.cbCertificateChain - used >= sizeof(size), "the list is too short"))
            break;
        memcpy(&size, list.pbCertificateChain + used, sizeof(size));
        used += (DWORD)sizeof(size);
        if (!ok(size <= list.cbCertificateChain - used, "certificate %lu of %lu bytes",
                (unsigned long)i, (unsigned long)size))
            break;
        if (i == 0)
            ok(size == want->cbCertEncoded &&
                   !memcmp(list.pbCertificateChain + used, want->pbCertEncoded, size),
               "the first is another one");
        used += size;
    }
    ok_number(used, list.cbCertificateChain, "size");
    ok_status(FreeContextBuffer(list.pbCertificateChain), SEC_E_OK, "freed");
}

static void check_certificates(const struct ends *ends)
{
    PCCERT_CONTEXT want = pki_certificate("rsa"), chain = NULL;
    SecPkgContext_Certificates none = {0, 0, NULL};

    if (running_on_windows())
        win_skip("REMOTE_CERTIFICATES is for kernel callers of old Windows");
    else
        check_certificate_list(ends->client, want);
    if (ok_status(QueryContextAttributesW(ends->client, SECPKG_ATTR_REMOTE_CERT_CHAIN, &chain),
                  SEC_E_OK, "chain")) {
        ok(chain->cbCertEncoded == want->cbCertEncoded &&
               !memcmp(chain->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
           "another leaf");
        CertFreeCertificateContext(chain);
    }
    ok(QueryContextAttributesW(ends->server, SECPKG_ATTR_REMOTE_CERTIFICATES, &none) < 0,
       "the client had none");
}

START_TEST(attributes_certificates)
{
    each_version(check_certificates);
}

/* ---- strings and the rest ---- */

static void check_package(CtxtHandle *context)
{
    SecPkgContext_PackageInfoW wide = {NULL};
    SecPkgContext_PackageInfoA narrow = {NULL};

    if (ok_status(QueryContextAttributesW(context, SECPKG_ATTR_PACKAGE_INFO, &wide), SEC_E_OK,
                  "W")) {
        ok(wide.PackageInfo->wVersion == 1 && wide.PackageInfo->Name[0], "package");
        ok_status(FreeContextBuffer(wide.PackageInfo), SEC_E_OK, "freed");
    }
    if (ok_status(QueryContextAttributesA(context, SECPKG_ATTR_PACKAGE_INFO, &narrow), SEC_E_OK,
                  "A")) {
        ok(narrow.PackageInfo->wRPCID == UNISP_RPC_ID, "RPC id %u", narrow.PackageInfo->wRPCID);
        ok_status(FreeContextBuffer(narrow.PackageInfo), SEC_E_OK, "freed");
    }
}

static void check_protocol(CtxtHandle *context, enum test_version version)
{
    SecPkgContext_ProtoInfoW protocol = {NULL, 0, 0};
    SecPkgContext_AuthorityA authority = {NULL};

    if (ok_status(QueryContextAttributesW(context, SECPKG_ATTR_PROTO_INFO, &protocol), SEC_E_OK,
                  "protocol")) {
        ok(protocol.sProtocolName && protocol.sProtocolName[0], "no name");
        if (!running_on_windows())
            ok(protocol.majorVersion == 1 &&
                   protocol.minorVersion == (version == VERSION_TLS13 ? 3u : 2u),
               "version %lu.%lu", (unsigned long)protocol.majorVersion,
               (unsigned long)protocol.minorVersion);
        ok_status(FreeContextBuffer(protocol.sProtocolName), SEC_E_OK, "freed");
    }
    if (ok_status(QueryContextAttributesA(context, SECPKG_ATTR_AUTHORITY, &authority), SEC_E_OK,
                  "authority"))
        ok_status(FreeContextBuffer(authority.sAuthorityName), SEC_E_OK, "freed");
}

static void check_plain(const struct ends *ends)
{
    SecPkgContext_ConnectionInfoEx info;
    SecPkgContext_Lifespan life;
    SecPkgContext_Flags flags = {0};

    check_package(ends->client);
    check_protocol(ends->server, ends->version);
    memset(&life, 0, sizeof(life));
    ok_status(QueryContextAttributesW(ends->client, SECPKG_ATTR_LIFESPAN, &life), SEC_E_OK, "life");
    ok(life.tsExpiry.QuadPart > life.tsStart.QuadPart, "ends before it starts");
    ok_status(QueryContextAttributesW(ends->client, SECPKG_ATTR_FLAGS, &flags), SEC_E_OK, "flags");
    ok_status(flags.Flags & ISC_RET_CONFIDENTIALITY, ISC_RET_CONFIDENTIALITY, "flags");
    memset(&info, 0, sizeof(info));
    info.dwVersion = SECPKGCONTEXT_CONNECTION_INFO_EX_V1;
    if (ok_status(QueryContextAttributesW(ends->client, SECPKG_ATTR_CONNECTION_INFO_EX, &info),
                  SEC_E_OK, "connection")) {
        ok_status(info.dwProtocol, credential_protocol(ends->version, false), "protocol");
        ok(info.dwCipherStrength == 128 || info.dwCipherStrength == 256, "strength %lu",
           (unsigned long)info.dwCipherStrength);
    }
}

START_TEST(attributes_plain)
{
    each_version(check_plain);
}

/* What Schannel cannot know of a connection is refused, and nothing is written. */
static void check_refused(const struct ends *ends)
{
    static const struct {
        const char *name;
        ULONG attribute;
    } cases[] = {
        {"DCE_INFO", SECPKG_ATTR_DCE_INFO},
        {"PASSWORD_EXPIRY", SECPKG_ATTR_PASSWORD_EXPIRY},
        {"NEGOTIATION_INFO", SECPKG_ATTR_NEGOTIATION_INFO},
        {"NATIVE_NAMES", SECPKG_ATTR_NATIVE_NAMES},
        {"CLIENT_SPECIFIED_TARGET", SECPKG_ATTR_CLIENT_SPECIFIED_TARGET},
        {"unknown", 0x7777},
    };
    BYTE room[256], same[256];

    memset(same, 0xee, sizeof(same));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        memset(room, 0xee, sizeof(room));
        ok_status(QueryContextAttributesW(ends->client, cases[i].attribute, room),
                  SEC_E_UNSUPPORTED_FUNCTION, "%s", cases[i].name);
        ok(!memcmp(room, same, sizeof(room)), "%s: memory was written", cases[i].name);
    }
    ok_status(SetContextAttributesW(ends->client, 0x7777, room, sizeof(room)),
              SEC_E_UNSUPPORTED_FUNCTION, "setting an unknown one");
}

START_TEST(attributes_refused)
{
    each_version(check_refused);
}
