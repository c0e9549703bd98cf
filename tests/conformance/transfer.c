/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * ExportSecurityContext and ImportSecurityContext: a connection goes on in the context that was
 * imported, and says the same of itself; when that cannot be had; bytes that nobody exported.
 *
 * Source: Microsoft Learn, "ExportSecurityContext function", "ImportSecurityContext function".
 * What the bytes are is the package's own, and what of the old context still works is not said, so
 * Windows' answers to that are not checked.
 */
#include "common.h"

#include <string.h>

static SECURITY_STATUS import_bytes(void *data, size_t size, CtxtHandle *context)
{
    SecBuffer packed = buffer_make(SECBUFFER_EMPTY, data, size);

    *context = handle_of(0);
    return ImportSecurityContextW((WCHAR *)UNISP, &packed, NULL, context);
}

/* The old context can be asked, and protects nothing any more. */
static void check_old(struct loop_side *side, bool deleted)
{
    SecPkgContext_ConnectionInfo info;
    struct bytes wire = {NULL, 0, 0};

    if (deleted) {
        ok_status(DeleteSecurityContext(&side->context), SEC_E_INVALID_HANDLE, "deleted twice");
        return;
    }
    if (!running_on_windows()) {
        ok_status(loop_seal(side, "x", 1, &wire), SEC_E_CONTEXT_EXPIRED, "the old one seals");
        ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_CONNECTION_INFO, &info),
                  SEC_E_OK, "the old one knows");
    }
    bytes_done(&wire);
    ok_status(DeleteSecurityContext(&side->context), SEC_E_OK, "old one deleted");
}

/* The side goes on with another context; false: it could not. */
static bool move(struct loop_side *side, ULONG flags)
{
    SecBuffer packed = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    void *token = &packed;
    CtxtHandle made;
    SECURITY_STATUS status = ExportSecurityContext(&side->context, flags, &packed, &token);

    if (running_on_windows() && status < 0) {
        skip("this Windows exports nothing: %08lx", (unsigned long)status);
        return false;
    }
    if (!ok_status(status, SEC_E_OK, "export") ||
        !ok(packed.pvBuffer && packed.cbBuffer, "no bytes"))
        return false;
    if (!running_on_windows())
        ok(!token, "a token");
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &made);
    ok_status(FreeContextBuffer(packed.pvBuffer), SEC_E_OK, "freed");
    if (!ok_status(status, SEC_E_OK, "import"))
        return false;
    check_old(side, flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    side->context = made;
    return true;
}

/* ---- what both contexts say ---- */

static const struct {
    const char *name;
    ULONG id;
    size_t size;
    bool bindings;
} facts[] = {
    {"CONNECTION_INFO", SECPKG_ATTR_CONNECTION_INFO, sizeof(SecPkgContext_ConnectionInfo), false},
    {"CIPHER_INFO", SECPKG_ATTR_CIPHER_INFO, sizeof(SecPkgContext_CipherInfo), false},
    {"STREAM_SIZES", SECPKG_ATTR_STREAM_SIZES, sizeof(SecPkgContext_StreamSizes), false},
    {"SESSION_INFO", SECPKG_ATTR_SESSION_INFO, sizeof(SecPkgContext_SessionInfo), false},
    {"LIFESPAN", SECPKG_ATTR_LIFESPAN, sizeof(SecPkgContext_Lifespan), false},
    {"ENDPOINT_BINDINGS", SECPKG_ATTR_ENDPOINT_BINDINGS, sizeof(SecPkgContext_Bindings), true},
    {"UNIQUE_BINDINGS", SECPKG_ATTR_UNIQUE_BINDINGS, sizeof(SecPkgContext_Bindings), true},
};

#define FACT_ROOM 1024

struct told {
    SECURITY_STATUS status;
    BYTE bytes[FACT_ROOM];
    size_t size;
};

static void ask(CtxtHandle *context, size_t i, struct told *told)
{
    union {
        SecPkgContext_CipherInfo largest;
        SecPkgContext_Bindings bindings;
        BYTE bytes[FACT_ROOM];
    } room;

    memset(&room, 0, sizeof(room));
    memset(told, 0, sizeof(*told));
    told->status = QueryContextAttributesW(context, facts[i].id, &room);
    if (told->status != SEC_E_OK)
        return;
    told->size = facts[i].size;
    if (facts[i].bindings) {
        told->size = room.bindings.BindingsLength;
        memcpy(told->bytes, room.bindings.Bindings, told->size);
        FreeContextBuffer(room.bindings.Bindings);
    } else {
        memcpy(told->bytes, room.bytes, told->size);
    }
}

static void ask_all(CtxtHandle *context, struct told told[COUNT_OF(facts)])
{
    for (size_t i = 0; i < COUNT_OF(facts); i++)
        ask(context, i, &told[i]);
}

static void check_same(CtxtHandle *context, const struct told before[COUNT_OF(facts)])
{
    static struct told after;

    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        ask(context, i, &after);
        ok_status(after.status, before[i].status, "%s", facts[i].name);
        ok(after.size == before[i].size && !memcmp(after.bytes, before[i].bytes, after.size),
           "%s is another", facts[i].name);
    }
}

static void check_certificates(struct loop *loop)
{
    PCCERT_CONTEXT want = pki_certificate("rsa"), remote = NULL, local = NULL;

    if (ok_status(QueryContextAttributesW(&loop->side[LOOP_CLIENT].context,
                                          SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote),
                  SEC_E_OK, "the server's, of the client")) {
        ok(remote->cbCertEncoded == want->cbCertEncoded, "another certificate");
        CertFreeCertificateContext(remote);
    }
    if (ok_status(QueryContextAttributesW(&loop->side[LOOP_SERVER].context,
                                          SECPKG_ATTR_LOCAL_CERT_CONTEXT, &local),
                  SEC_E_OK, "the server's, of itself")) {
        ok(local->cbCertEncoded == want->cbCertEncoded, "another certificate");
        CertFreeCertificateContext(local);
    }
}

/* What follows from secrets that were left behind is refused, not made up. */
static void check_secrets(CtxtHandle *context)
{
    SecPkgContext_KeyingMaterialInfo wish = {9, (char *)"EXPORTER", 0, NULL, 32};
    SecPkgContext_KeyingMaterial material = {0, NULL};

    if (running_on_windows())
        return;
    ok_status(SetContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &wish, sizeof(wish)),
              SEC_E_OK, "a wish");
    ok_status(QueryContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL, &material),
              SEC_E_UNSUPPORTED_FUNCTION, "exported keys");
}

/* ---- moving ---- */

static void check_moved(struct loop *loop, enum loop_role role, ULONG flags)
{
    static struct told before[COUNT_OF(facts)];

    ask_all(&loop->side[role].context, before);
    if (!move(&loop->side[role], flags))
        return;
    check_same(&loop->side[role].context, before);
    check_secrets(&loop->side[role].context);
    loop_check_traffic(loop);
    check_certificates(loop);
    check_same(&loop->side[role].context, before);
}

START_TEST(transfer_moves)
{
    static const struct {
        const char *name;
        bool talk_first;
        ULONG flags;
    } cases[] = {
        {"at once", false, 0},
        {"at once, the old one goes", false, SECPKG_CONTEXT_EXPORT_DELETE_OLD},
        {"after messages", true, 0},
        {"after messages, the old one goes", true, SECPKG_CONTEXT_EXPORT_DELETE_OLD},
    };

    for (size_t v = 0; v < COUNT_OF(both_versions); v++)
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct connection it;

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            if (connect_pair(&it, both_versions[v])) {
                struct bytes plain = {NULL, 0, 0};

                if (cases[i].talk_first)
                    loop_check_traffic(&it.loop);
                check_moved(&it.loop, LOOP_CLIENT, cases[i].flags);
                check_moved(&it.loop, LOOP_SERVER, cases[i].flags);
                check_moved(&it.loop, LOOP_CLIENT, cases[i].flags);
                ok_status(loop_shutdown(&it.loop, LOOP_SERVER), SEC_E_OK, "shutdown");
                ok_status(loop_receive(&it.loop, LOOP_CLIENT, 1, &plain), SEC_I_CONTEXT_EXPIRED,
                          "closed");
                bytes_done(&plain);
            }
            disconnect(&it);
            pop_context();
        }
}

/* A damaged record ends the imported context with an alert that its peer understands. */
START_TEST(transfer_alert)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v]) && move(&it.loop.side[LOOP_SERVER], 0)) {
            struct bytes plain = {NULL, 0, 0}, wire = {NULL, 0, 0};

            ok_status(loop_seal(&it.loop.side[LOOP_CLIENT], "text", 4, &wire), SEC_E_OK, "sealed");
            wire.data[wire.size - 1] ^= 1;
            loop_deliver(&it.loop, LOOP_SERVER, wire.data, wire.size);
            ok(loop_receive(&it.loop, LOOP_SERVER, 4, &plain) < 0, "it can be read");
            ok(loop_seal(&it.loop.side[LOOP_SERVER], "text", 4, &plain) < 0, "it lives on");
            bytes_done(&plain);
            bytes_done(&wire);
        }
        disconnect(&it);
        pop_context();
    }
}

/* ---- refusals ---- */

START_TEST(transfer_refused)
{
    SecBuffer packed = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    struct connection it;
    struct pair pair;
    struct loop loop;

    if (running_on_windows()) {
        skip("which contexts Windows does not export is not described");
        return;
    }
    if (pair_make(&pair, VERSION_TLS12, "rsa")) {
        loop_init(&loop, &pair.client, &pair.server);
        loop_step(&loop, LOOP_CLIENT);
        ok_status(ExportSecurityContext(&loop.side[LOOP_CLIENT].context, 0, &packed, NULL),
                  SEC_E_INVALID_HANDLE, "before the end of the handshake");
        if (ok(loop_handshake(&loop), "no handshake"))
            loop_check_traffic(&loop);
        loop_done(&loop);
        pair_done(&pair);
    }
    if (connect_pair(&it, VERSION_TLS12)) {
        CtxtHandle *client = &it.loop.side[LOOP_CLIENT].context;

        ok_status(ExportSecurityContext(client, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL),
                  SEC_E_UNSUPPORTED_FUNCTION, "numbers from the start");
        ok_status(ExportSecurityContext(client, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &packed, NULL),
                  SEC_E_UNSUPPORTED_FUNCTION, "to the kernel");
        ok(ExportSecurityContext(client, 0, NULL, NULL) < 0, "nowhere to");
        ok(ExportSecurityContext(NULL, 0, &packed, NULL) < 0, "nothing");
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
    ok(!packed.pvBuffer && !packed.cbBuffer, "something was handed out");
}

/* Records of these suites are the TLS library's, which gives none of it away. */
START_TEST(transfer_no_aead)
{
    static ALG_ID cbc[] = {CALG_SHA1, CALG_AES_128};
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT,
                          .cSupportedAlgs = COUNT_OF(cbc),
                          .palgSupportedAlgs = cbc,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
    SecBuffer packed = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    CredHandle client, server;
    struct loop loop;

    if (running_on_windows()) {
        skip("Windows has no such limit");
        return;
    }
    if (!certificate ||
        !ok_status(AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP, SECPKG_CRED_OUTBOUND, NULL,
                                             &data, NULL, NULL, &client, NULL),
                   SEC_E_OK, "client"))
        return;
    if (ok_status(
            credential_make(&(struct credential_wish){.server = true, .certificate = certificate},
                            &server),
            SEC_E_OK, "server")) {
        if (loop_connect(&loop, &client, &server)) {
            ok_status(ExportSecurityContext(&loop.side[LOOP_CLIENT].context, 0, &packed, NULL),
                      SEC_E_UNSUPPORTED_FUNCTION, "a CBC suite");
            loop_check_traffic(&loop);
        }
        loop_done(&loop);
        FreeCredentialsHandle(&server);
    }
    FreeCredentialsHandle(&client);
}

/* Cut at each place, and changed in each byte: an error, or a context that can be used. */
START_TEST(transfer_hostile)
{
    SecBuffer packed = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    struct connection it;
    CtxtHandle made;
    BYTE *bytes;

    if (running_on_windows()) {
        skip("the bytes are Windows' own");
        return;
    }
    if (!connect_pair(&it, VERSION_TLS12) ||
        !ok_status(ExportSecurityContext(&it.loop.side[LOOP_CLIENT].context, 0, &packed, NULL),
                   SEC_E_OK, "export")) {
        disconnect(&it);
        return;
    }
    bytes = packed.pvBuffer;
    for (ULONG size = 0; size < packed.cbBuffer; size++)
        if (!ok(import_bytes(bytes, size, &made) < 0, "%lu bytes", (unsigned long)size))
            DeleteSecurityContext(&made);
    ok(import_bytes(NULL, 100, &made) < 0, "no memory");
    for (ULONG at = 0; at < packed.cbBuffer; at++) {
        struct loop_side side = {.has_context = true};
        struct bytes wire = {NULL, 0, 0};

        bytes[at] ^= 0x81;
        if (import_bytes(bytes, packed.cbBuffer, &side.context) == SEC_E_OK) {
            static struct told told[COUNT_OF(facts)];

            ask_all(&side.context, told);
            loop_seal(&side, "text", 4, &wire);
            DeleteSecurityContext(&side.context);
        }
        bytes[at] ^= 0x81;
        bytes_done(&wire);
    }
    ok_status(import_bytes(bytes, packed.cbBuffer, &made), SEC_E_OK, "as it was");
    DeleteSecurityContext(&made);
    FreeContextBuffer(packed.pvBuffer);
    disconnect(&it);
}
