/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every attribute of a context that the SDK's headers name, in every phase, through every entry
 * point: too early, connected, closed; A and W; with the exact size, with one byte less, and with
 * memory behind it that must stay as it was. Also from a second thread while the first one uses the
 * context.
 *
 * Which of them Schannel refuses, and with what, is documented for a few only; on Windows the
 * answers are printed, not checked.
 *
 * Sources: sspi.h, schannel.h, minschannel.h of the Windows SDK; Microsoft Learn,
 * "QueryContextAttributes (Schannel)".
 */
#include "common.h"

#include <stdatomic.h>
#include <string.h>

#include "host.h"

enum release { KEEP, FREE_BUFFERS, FREE_CERTIFICATE, FREE_STORE };

#define NONE ((size_t)-1)
#define ROOM 1024
#define ROUNDS_MAX 2000 /* of a thread that asks */
#define FILL 0xd7

struct row {
    const char *name;
    ULONG id;
    size_t size;
    SECURITY_STATUS early, client, server; /* after the first call; connected */
    enum release release;
    size_t pointer[2]; /* offsets of what FreeContextBuffer gets */
};

#define OK SEC_E_OK
#define TOO_EARLY SEC_E_INVALID_HANDLE
#define NOTHING SEC_E_NO_CREDENTIALS
#define UNSUPPORTED SEC_E_UNSUPPORTED_FUNCTION
#define NO_POINTERS                                                                                \
    {                                                                                              \
        NONE, NONE                                                                                 \
    }
#define PLAIN KEEP, NO_POINTERS
#define CTX(name) SecPkgContext_##name
#define AT(type, member) offsetof(CTX(type), member)
#define BUFFER(type, member)                                                                       \
    FREE_BUFFERS,                                                                                  \
    {                                                                                              \
        AT(type, member), NONE                                                                     \
    }
#define ROW(name, size) #name, SECPKG_ATTR_##name, size

/* clang-format off */
static const struct row rows[] = {
    { ROW(SIZES, sizeof(CTX(Sizes))),                         TOO_EARLY, OK, OK, PLAIN },
    { ROW(NAMES, sizeof(CTX(NamesW))),                        TOO_EARLY, NOTHING, NOTHING, PLAIN },
    { ROW(LIFESPAN, sizeof(CTX(Lifespan))),                   TOO_EARLY, OK, OK, PLAIN },
    { ROW(DCE_INFO, sizeof(CTX(DceInfo))),                    UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(STREAM_SIZES, sizeof(CTX(StreamSizes))),            TOO_EARLY, OK, OK, PLAIN },
    { ROW(KEY_INFO, sizeof(CTX(KeyInfoW))),                   TOO_EARLY, OK, OK, FREE_BUFFERS, {AT(KeyInfoW, sSignatureAlgorithmName), AT(KeyInfoW, sEncryptAlgorithmName)} },
    { ROW(AUTHORITY, sizeof(CTX(AuthorityW))),                TOO_EARLY, OK, OK, BUFFER(AuthorityW, sAuthorityName) },
    { ROW(PROTO_INFO, sizeof(CTX(ProtoInfoW))),               TOO_EARLY, OK, OK, BUFFER(ProtoInfoW, sProtocolName) },
    { ROW(PASSWORD_EXPIRY, sizeof(CTX(PasswordExpiry))),      UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(SESSION_KEY, sizeof(CTX(SessionKey))),              UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(PACKAGE_INFO, sizeof(CTX(PackageInfoW))),           OK, OK, OK, BUFFER(PackageInfoW, PackageInfo) },
    { ROW(USER_FLAGS, sizeof(CTX(UserFlags))),                UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(NEGOTIATION_INFO, sizeof(CTX(NegotiationInfoW))),   UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(NATIVE_NAMES, sizeof(CTX(NativeNamesW))),           UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(FLAGS, sizeof(CTX(Flags))),                         OK, OK, OK, PLAIN },
    { ROW(USE_VALIDATED, 4),                                  UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(CREDENTIAL_NAME, sizeof(CTX(CredentialNameW))),     UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(TARGET_INFORMATION, sizeof(CTX(TargetInformation))), UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(ACCESS_TOKEN, sizeof(CTX(AccessToken))),            UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(TARGET, sizeof(CTX(Target))),                       UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(AUTHENTICATION_ID, sizeof(CTX(AuthzID))),           UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(LOGOFF_TIME, sizeof(CTX(LogoffTime))),              UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(NEGO_KEYS, sizeof(CTX(NegoKeys))),                  UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(PROMPTING_NEEDED, 4),                               UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(UNIQUE_BINDINGS, sizeof(CTX(Bindings))),            TOO_EARLY, OK, OK, BUFFER(Bindings, Bindings) },
    { ROW(ENDPOINT_BINDINGS, sizeof(CTX(Bindings))),          TOO_EARLY, OK, OK, BUFFER(Bindings, Bindings) },
    { ROW(CLIENT_SPECIFIED_TARGET, sizeof(CTX(ClientSpecifiedTarget))), UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(LAST_CLIENT_TOKEN_STATUS, sizeof(CTX(LastClientTokenStatus))), UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(NEGO_PKG_INFO, sizeof(CTX(NegoPackageInfo))),       UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(NEGO_STATUS, sizeof(CTX(NegoStatus))),              UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(CONTEXT_DELETED, 4),                                UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(DTLS_MTU, sizeof(USHORT)),                          UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(APPLICATION_PROTOCOL, sizeof(CTX(ApplicationProtocol))), TOO_EARLY, OK, OK, PLAIN },
    { ROW(NEGOTIATED_TLS_EXTENSIONS, sizeof(CTX(NegotiatedTlsExtensions))), TOO_EARLY, OK, OK, BUFFER(NegotiatedTlsExtensions, Extensions) },
    { ROW(IS_LOOPBACK, 4),                                    UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(ISSUER_LIST, 16),                                   UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(REMOTE_CRED, sizeof(CTX(RemoteCredentialInfo))),    UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(LOCAL_CRED, sizeof(CTX(LocalCredentialInfo))),      UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(REMOTE_CERT_CONTEXT, sizeof(PCCERT_CONTEXT)),       NOTHING, OK, NOTHING, FREE_CERTIFICATE, NO_POINTERS },
    { ROW(LOCAL_CERT_CONTEXT, sizeof(PCCERT_CONTEXT)),        TOO_EARLY, NOTHING, OK, FREE_CERTIFICATE, NO_POINTERS },
    { ROW(ISSUER_LIST_EX, sizeof(CTX(IssuerListInfoEx))),     OK, OK, UNSUPPORTED, BUFFER(IssuerListInfoEx, aIssuers) },
    { ROW(CONNECTION_INFO, sizeof(CTX(ConnectionInfo))),      TOO_EARLY, OK, OK, PLAIN },
    { ROW(EAP_KEY_BLOCK, sizeof(CTX(EapKeyBlock))),           TOO_EARLY, OK, OK, PLAIN },
    { ROW(MAPPED_CRED_ATTR, sizeof(CTX(MappedCredAttr))),     UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(SESSION_INFO, sizeof(CTX(SessionInfo))),            TOO_EARLY, OK, OK, PLAIN },
    { ROW(APP_DATA, sizeof(CTX(SessionAppData))),             OK, OK, OK, BUFFER(SessionAppData, pbAppData) },
    { ROW(REMOTE_CERTIFICATES, sizeof(CTX(Certificates))),    NOTHING, OK, NOTHING, BUFFER(Certificates, pbCertificateChain) },
    { ROW(CLIENT_CERT_POLICY, 64),                            UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(CC_POLICY_RESULT, sizeof(CTX(ClientCertPolicyResult))), UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(USE_NCRYPT, 4),                                     UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(LOCAL_CERT_INFO, sizeof(CTX(CertInfo))),            UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(CIPHER_INFO, sizeof(CTX(CipherInfo))),              TOO_EARLY, OK, OK, PLAIN },
    { ROW(EAP_PRF_INFO, sizeof(CTX(EapPrfInfo))),             UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(SUPPORTED_SIGNATURES, sizeof(CTX(SupportedSignatures))), UNSUPPORTED, UNSUPPORTED, OK, BUFFER(SupportedSignatures, pSignatureAndHashAlgorithms) },
    { ROW(REMOTE_CERT_CHAIN, sizeof(PCCERT_CONTEXT)),         NOTHING, OK, NOTHING, FREE_CERTIFICATE, NO_POINTERS },
    { ROW(UI_INFO, sizeof(CTX(UiInfo))),                      UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(EARLY_START, sizeof(CTX(EarlyStart))),              UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(KEYING_MATERIAL_INFO, sizeof(CTX(KeyingMaterialInfo))), UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(KEYING_MATERIAL, sizeof(CTX(KeyingMaterial))),      TOO_EARLY, TOO_EARLY, TOO_EARLY, BUFFER(KeyingMaterial, pbKeyingMaterial) },
    { ROW(SRTP_PARAMETERS, sizeof(CTX(SrtpParameters))),      TOO_EARLY, OK, OK, PLAIN },
    { ROW(TOKEN_BINDING, sizeof(CTX(TokenBinding))),          UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(CONNECTION_INFO_EX, sizeof(CTX(ConnectionInfoEx))), TOO_EARLY, OK, OK, PLAIN },
    { ROW(KEYING_MATERIAL_TOKEN_BINDING, sizeof(CTX(KeyingMaterial))), UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(CERT_CHECK_RESULT, sizeof(CTX(CertificateValidationResult))), NOTHING, OK, NOTHING, PLAIN },
    { ROW(CERT_CHECK_RESULT_INPROC, sizeof(CTX(CertificateValidationResult))), TOO_EARLY, OK, NOTHING, PLAIN },
    { ROW(SESSION_TICKET_KEYS, 16),                           UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { ROW(SERIALIZED_REMOTE_CERT_CONTEXT_INPROC, sizeof(CERT_BLOB)), TOO_EARLY, OK, NOTHING, FREE_BUFFERS, {offsetof(CERT_BLOB, pbData), NONE} },
    { ROW(SERIALIZED_REMOTE_CERT_CONTEXT, sizeof(CERT_BLOB)), NOTHING, OK, NOTHING, FREE_BUFFERS, {offsetof(CERT_BLOB, pbData), NONE} },
    { ROW(SUBJECT_SECURITY_ATTRIBUTES, sizeof(void *)),       UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
    { "0", 0x7777, 16,                                        UNSUPPORTED, UNSUPPORTED, UNSUPPORTED, PLAIN },
};

/* Not defined in TLS 1.3. */
static const ULONG older_only[] = {SECPKG_ATTR_UNIQUE_BINDINGS};
/* clang-format on */

union room {
    void *align;
    BYTE bytes[ROOM];
};

static void *pointer_at(const union room *room, size_t offset)
{
    void *pointer;

    memcpy(&pointer, room->bytes + offset, sizeof(pointer));
    return pointer;
}

/* What was told is the program's: it can be freed, once and by the function that is said. */
static void release(const struct row *row, const union room *room)
{
    for (size_t i = 0; row->release == FREE_BUFFERS && i < COUNT_OF(row->pointer); i++)
        if (row->pointer[i] != NONE && pointer_at(room, row->pointer[i]))
            ok_status(FreeContextBuffer(pointer_at(room, row->pointer[i])), SEC_E_OK, "%s: freed",
                      row->name);
    if (row->release == FREE_CERTIFICATE)
        ok(CertFreeCertificateContext(pointer_at(room, 0)), "%s: freed", row->name);
    if (row->release == FREE_STORE)
        ok(CertCloseStore(pointer_at(room, 0), 0), "%s: closed", row->name);
}

static bool filled_from(const union room *room, size_t start)
{
    for (size_t i = start; i < sizeof(room->bytes); i++)
        if (room->bytes[i] != FILL)
            return false;
    return true;
}

enum entry { ENTRY_W, ENTRY_A, ENTRY_COUNT };

static SECURITY_STATUS query(enum entry entry, CtxtHandle *context, ULONG id, union room *room)
{
    memset(room, FILL, sizeof(*room));
    return entry == ENTRY_W ? QueryContextAttributesW(context, id, room)
                            : QueryContextAttributesA(context, id, room);
}

static void check_row(const struct row *row, CtxtHandle *context, SECURITY_STATUS want)
{
    for (int entry = 0; entry < ENTRY_COUNT; entry++) {
        union room room;
        SECURITY_STATUS got = query((enum entry)entry, context, row->id, &room);

        if (running_on_windows())
            trace("%s, %s: %08lx", row->name, entry == ENTRY_W ? "W" : "A", (unsigned long)got);
        else
            ok_status(got, want, "%s, %s", row->name, entry == ENTRY_W ? "W" : "A");
        ok(filled_from(&room, got == SEC_E_OK ? row->size : 0), "%s, %s: memory was written",
           row->name, entry == ENTRY_W ? "W" : "A");
        if (got == SEC_E_OK)
            release(row, &room);
    }
}

static SECURITY_STATUS for_version(const struct row *row, SECURITY_STATUS want,
                                   enum test_version version)
{
    for (size_t i = 0; i < COUNT_OF(older_only); i++)
        if (row->id == older_only[i] && version == VERSION_TLS13 && want == SEC_E_OK)
            return SEC_E_UNSUPPORTED_FUNCTION;
    return want;
}

static void check_connected(struct loop *loop, enum test_version version)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        push_context("client");
        check_row(&rows[i], &loop->side[LOOP_CLIENT].context,
                  for_version(&rows[i], rows[i].client, version));
        pop_context();
        push_context("server");
        check_row(&rows[i], &loop->side[LOOP_SERVER].context,
                  for_version(&rows[i], rows[i].server, version));
        pop_context();
    }
}

START_TEST(attributes_all_phases)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct loop loop;
        struct pair pair;
        struct bytes plain = {NULL, 0, 0};

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop_step(&loop, LOOP_CLIENT);
            push_context("first call");
            for (size_t i = 0; i < COUNT_OF(rows); i++)
                check_row(&rows[i], &loop.side[LOOP_CLIENT].context, rows[i].early);
            pop_context();
            if (ok(loop_handshake(&loop), "no handshake")) {
                push_context("connected");
                check_connected(&loop, both_versions[v]);
                loop_check_traffic(&loop);
                pop_context();
                ok_status(loop_shutdown(&loop, LOOP_SERVER), SEC_E_OK, "shutdown");
                ok_status(loop_receive(&loop, LOOP_CLIENT, 1, &plain), SEC_I_CONTEXT_EXPIRED,
                          "closed");
                push_context("closed");
                check_connected(&loop, both_versions[v]);
                pop_context();
            }
            loop_done(&loop);
            pair_done(&pair);
        }
        bytes_done(&plain);
        pop_context();
    }
}

/* Numbers that nobody has named, and CredSSP's: refused through both entries, and nothing is
 * written. */
START_TEST(attributes_all_numbers)
{
    struct connection it;

    if (connect_pair(&it, VERSION_TLS12)) {
        for (ULONG i = 0; i <= 0x120; i++) {
            ULONG id = i <= 0xff ? i : 0x80000000u + (i - 0x100) + (i < 0x110 ? 0x80 : 0);
            bool named = false;

            for (size_t k = 0; k < COUNT_OF(rows); k++)
                named = named || rows[k].id == id;
            /* These two have tests of their own. */
            if (named || id == SECPKG_ATTR_ROOT_STORE || id == SECPKG_ATTR_KEYING_MATERIAL_INPROC)
                continue;
            for (int entry = 0; entry < ENTRY_COUNT; entry++) {
                union room room;

                ok_status(query((enum entry)entry, &it.loop.side[LOOP_CLIENT].context, id, &room),
                          SEC_E_UNSUPPORTED_FUNCTION, "%08lx", (unsigned long)id);
                ok(filled_from(&room, 0), "%08lx: memory was written", (unsigned long)id);
            }
        }
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
}

/* While a new handshake of TLS 1.2 is under way the facts of the old one are told. */
START_TEST(attributes_all_renegotiation)
{
    struct connection it;

    if (connect_pair(&it, VERSION_TLS12)) {
        struct bytes plain = {NULL, 0, 0};

        loop_check_traffic(&it.loop);
        if (ok_status(loop_step(&it.loop, LOOP_SERVER), SEC_E_OK, "HelloRequest")) {
            loop_read(&it.loop, LOOP_CLIENT);
            ok_status(loop_unseal(&it.loop.side[LOOP_CLIENT], &plain), SEC_I_RENEGOTIATE, "asked");
            push_context("asked");
            check_connected(&it.loop, VERSION_TLS12);
            pop_context();
            ok_status(loop_step(&it.loop, LOOP_CLIENT), SEC_I_CONTINUE_NEEDED, "hello");
            push_context("under way");
            check_connected(&it.loop, VERSION_TLS12);
            pop_context();
        }
        bytes_done(&plain);
    }
    disconnect(&it);
}

/* ---- the entry points with a size ---- */

typedef SECURITY_STATUS(SEC_ENTRY *query_ex)(PCtxtHandle, ULONG, void *, ULONG);

/* Windows has them in sspicli.dll and in the table, in no import library. */
static query_ex find_query_ex(enum entry entry)
{
    if (entry == ENTRY_W)
        return InitSecurityInterfaceW()->QueryContextAttributesExW;
    return InitSecurityInterfaceA()->QueryContextAttributesExA;
}

static void check_sizes(const struct row *row, CtxtHandle *context, SECURITY_STATUS want,
                        enum entry entry)
{
    query_ex ask = find_query_ex(entry);
    union room room;
    SECURITY_STATUS got;

    memset(&room, FILL, sizeof(room));
    got = ask(context, row->id, &room, (ULONG)row->size);
    ok_status(got, want, "%s: exact size", row->name);
    ok(filled_from(&room, got == SEC_E_OK ? row->size : 0), "%s: more was written", row->name);
    if (got == SEC_E_OK)
        release(row, &room);
    if (want == SEC_E_UNSUPPORTED_FUNCTION)
        return;
    memset(&room, FILL, sizeof(room));
    ok_status(ask(context, row->id, &room, (ULONG)row->size - 1), SEC_E_BUFFER_TOO_SMALL,
              "%s: one byte less", row->name);
    ok_status(ask(context, row->id, &room, 0), SEC_E_BUFFER_TOO_SMALL, "%s: no room", row->name);
    ok(filled_from(&room, 0), "%s: too small, but written", row->name);
    ok(ask(context, row->id, NULL, (ULONG)row->size) < 0, "%s: no memory", row->name);
}

START_TEST(attributes_all_sizes)
{
    struct connection it;

    if (running_on_windows()) {
        skip("which code Windows gives for a size too small is not known");
        return;
    }
    if (connect_pair(&it, VERSION_TLS12))
        for (int entry = 0; entry < ENTRY_COUNT; entry++)
            for (size_t i = 0; i < COUNT_OF(rows); i++)
                check_sizes(&rows[i], &it.loop.side[LOOP_CLIENT].context, rows[i].client,
                            (enum entry)entry);
    disconnect(&it);
}

/* ---- a second thread ---- */

struct asker {
    CtxtHandle context; /* a copy: the loop writes its own at each step */
    atomic_bool stop;
    unsigned rounds;
};

/* Not by release(): only one thread may check. */
static void release_quietly(const struct row *row, const union room *room)
{
    for (size_t i = 0; row->release == FREE_BUFFERS && i < COUNT_OF(row->pointer); i++)
        if (row->pointer[i] != NONE)
            FreeContextBuffer(pointer_at(room, row->pointer[i]));
    if (row->release == FREE_CERTIFICATE)
        CertFreeCertificateContext(pointer_at(room, 0));
}

static void ask_everything(CtxtHandle *context)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int entry = 0; entry < ENTRY_COUNT; entry++) {
            union room room;

            if (query((enum entry)entry, context, rows[i].id, &room) == SEC_E_OK)
                release_quietly(&rows[i], &room);
        }
}

static void set_something(CtxtHandle *context, unsigned round)
{
    BYTE bytes[3] = {1, 2, (BYTE)round};
    DWORD function = round % 4;
    SecPkgContext_SessionAppData data = {0, sizeof(bytes), bytes};
    SecPkgContext_EapPrfInfo eap = {0, sizeof(function), (BYTE *)&function};
    SecPkgContext_KeyingMaterialInfo wish = {9, (char *)"EXPORTER", 0, NULL, 32};

    SetContextAttributesW(context, SECPKG_ATTR_APP_DATA, &data, sizeof(data));
    SetContextAttributesW(context, SECPKG_ATTR_EAP_PRF_INFO, &eap, sizeof(eap));
    SetContextAttributesW(context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &wish, sizeof(wish));
}

static void ask_often(void *argument)
{
    struct asker *asker = argument;

    /* Checkers run one thread at a time, and are not fair. */
    while (!atomic_load(&asker->stop) && asker->rounds < ROUNDS_MAX) {
        ask_everything(&asker->context);
        set_something(&asker->context, asker->rounds++);
        host_thread_yield();
    }
}

/* The whole life of a connection, while each side has a second thread that asks and sets. */
static void live(struct loop *loop)
{
    struct bytes plain = {NULL, 0, 0};

    if (!ok(loop_handshake(loop), "no handshake"))
        return;
    for (unsigned i = 0; i < 10; i++)
        loop_check_traffic(loop);
    ok_status(loop_shutdown(loop, LOOP_SERVER), SEC_E_OK, "shutdown");
    ok_status(loop_receive(loop, LOOP_CLIENT, 1, &plain), SEC_I_CONTEXT_EXPIRED, "closed");
    bytes_done(&plain);
}

START_TEST(attributes_all_threads)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct host_thread *threads[2] = {NULL, NULL};
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            struct asker askers[2] = {{.rounds = 0}, {.rounds = 0}};

            loop_init(&loop, &pair.client, &pair.server);
            loop_step(&loop, LOOP_CLIENT);
            loop_read(&loop, LOOP_SERVER);
            loop_step(&loop, LOOP_SERVER);
            for (size_t i = 0; i < 2; i++) {
                askers[i].context = loop.side[i].context;
                threads[i] = host_thread_start(ask_often, &askers[i]);
                ok(threads[i] != NULL, "no thread");
            }
            live(&loop);
            for (size_t i = 0; i < 2; i++) {
                atomic_store(&askers[i].stop, true);
                if (threads[i])
                    host_thread_join(threads[i]);
            }
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* ---- what is no function of Schannel ---- */

START_TEST(attributes_no_functions)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            CtxtHandle *client = &it.loop.side[LOOP_CLIENT].context;
            CtxtHandle *server = &it.loop.side[LOOP_SERVER].context;
            BYTE text[16] = "text", token[64] = {0};
            SecBuffer buffers[2] = {buffer_make(SECBUFFER_DATA, text, sizeof(text)),
                                    buffer_make(SECBUFFER_TOKEN, token, sizeof(token))};
            SecBufferDesc list = list_make(buffers, 2);
            void *handle = NULL;
            ULONG qop = 0;

            ok_status(MakeSignature(client, 0, &list, 0), SEC_E_UNSUPPORTED_FUNCTION, "sign");
            ok_status(VerifySignature(server, &list, 0, &qop), SEC_E_UNSUPPORTED_FUNCTION,
                      "verify");
            ok_status(CompleteAuthToken(client, &list), SEC_E_UNSUPPORTED_FUNCTION, "complete");
            ok(ImpersonateSecurityContext(server) < 0, "there is nobody to become");
            ok(ImpersonateSecurityContext(client) < 0, "a client becomes somebody");
            if (!running_on_windows()) {
                ok_status(ImpersonateSecurityContext(server), SEC_E_NO_IMPERSONATION,
                          "impersonate");
                ok_status(QuerySecurityContextToken(server, &handle), SEC_E_NO_IMPERSONATION,
                          "token");
                ok(!handle, "a token was handed out");
            }
            ok(!memcmp(text, "text", 5), "data was changed");
            loop_check_traffic(&it.loop);
        }
        disconnect(&it);
        pop_context();
    }
}
