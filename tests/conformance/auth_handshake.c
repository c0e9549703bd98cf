/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * NTLM, Kerberos and Negotiate: the exchange of tokens, its statuses and attributes.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (NTLM)", "(Kerberos)", "(Negotiate)" and
 * "AcceptSecurityContext (NTLM)" and so on; "Microsoft Negotiate" (its server also answers bare
 * tokens); MS-NLMP 2.2.1 (messages). Observed: the statuses of an NTLM exchange (pyspnego's tests);
 * Java passes an output buffer that is not initialised; Firefox puts the bindings in front of the
 * token; the server is the one to see a wrong password.
 */
#include "auth.h"

#include <string.h>

static unsigned ntlm_type(const struct bytes *token)
{
    return token->size >= 12 && !memcmp(token->data, "NTLMSSP", 8) ? token->data[8] : 0;
}

START_TEST(auth_infos)
{
    static const struct {
        const char *name;
        const WCHAR *wide;
        USHORT rpc;
        ULONG token, capabilities;
    } rows[] = {
        {"NTLM", u"NTLM", 10, 2888, SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY},
        {"Kerberos", u"Kerberos", 16, 48000, SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_MUTUAL_AUTH},
        {"Negotiate", u"Negotiate", 9, 48256, SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_GSS_COMPATIBLE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SecPkgInfoW *info = NULL;

        push_context("%s", rows[i].name);
        if (QuerySecurityPackageInfoW((WCHAR *)rows[i].wide, &info) == SEC_E_OK) {
            ok_number(info->wRPCID, rows[i].rpc, "RPC id");
            ok_number(info->wVersion, 1, "version");
            ok_number(info->cbMaxToken, rows[i].token, "largest token");
            ok((info->fCapabilities & rows[i].capabilities) == rows[i].capabilities,
               "capabilities %08lx", (unsigned long)info->fCapabilities);
            FreeContextBuffer(info);
        } else {
            skip("the package is not there");
        }
        pop_context();
    }
}

START_TEST(auth_ntlm_legs)
{
    struct auth_pair pair;

    if (auth_init(&pair, &auth_ways[0])) {
        ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 1");
        ok_number(ntlm_type(&pair.client.token), 1, "client 1: message");
        ok_status(auth_step(&pair, &pair.server), SEC_I_CONTINUE_NEEDED, "server 1");
        ok_number(ntlm_type(&pair.server.token), 2, "server 1: message");
        ok_status(auth_step(&pair, &pair.client), SEC_E_OK, "client 2");
        ok_number(ntlm_type(&pair.client.token), 3, "client 2: message");
        ok_status(auth_step(&pair, &pair.server), SEC_E_OK, "server 2");
        ok(pair.server.token.size == 0, "server 2: a token of %lu bytes",
           (unsigned long)pair.server.token.size);
    }
    auth_done(&pair);
}

/* NTLM within SPNEGO takes a leg more: the server signs the list of mechanisms. */
START_TEST(auth_wrapped_legs)
{
    static const struct auth_way ways[] = {
        {"a list that excludes Kerberos", u"Negotiate", u"!Kerberos", false, true},
        {"the same, no target", u"Negotiate", u"!kerberos", false, false},
        {"no list, a service", u"Negotiate", NULL, false, true},
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct auth_pair pair;

        push_context("%s", ways[i].name);
        if (auth_init(&pair, &ways[i])) {
            ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 1");
            ok(pair.client.token.size && pair.client.token.data[0] == 0x60, "client 1: token");
            ok_status(auth_step(&pair, &pair.server), SEC_I_CONTINUE_NEEDED, "server 1");
            /* Where Kerberos was offered first, the server asks for another mechanism. */
            if (!ways[i].list) {
                ok(auth_run(&pair), "client %08lx, server %08lx", (unsigned long)pair.client.status,
                   (unsigned long)pair.server.status);
            } else {
                ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 2");
                ok_status(auth_step(&pair, &pair.server), SEC_E_OK, "server 2");
                ok(pair.server.token.size > 0, "server 2: no token");
                ok_status(auth_step(&pair, &pair.client), SEC_E_OK, "client 3");
                ok(pair.client.token.size == 0, "client 3: a token of %lu bytes",
                   (unsigned long)pair.client.token.size);
            }
        }
        auth_done(&pair);
        pop_context();
    }
}

/* A server that speaks first tells its mechanisms, and a name that means nothing (MS-SPNG 3.2.5.2).
 */
START_TEST(auth_server_first)
{
    static const char hint[] = "not_defined_in_RFC4178@please_ignore";
    struct auth_pair pair;
    bool found = false;

    if (auth_init(&pair, &auth_ways[2])) {
        ok_status(auth_step(&pair, &pair.server), SEC_I_CONTINUE_NEEDED, "server, nothing heard");
        for (size_t at = 0; at + sizeof(hint) - 1 <= pair.server.token.size; at++)
            found = found || !memcmp(pair.server.token.data + at, hint, sizeof(hint) - 1);
        ok(pair.server.token.size && pair.server.token.data[0] == 0x60, "no first token");
        ok(found, "no hint");
        ok(auth_run(&pair), "client %08lx, server %08lx", (unsigned long)pair.client.status,
           (unsigned long)pair.server.status);
    }
    auth_done(&pair);
}

/* One word for each kind of first call that programs make. */
START_TEST(auth_first_inputs)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBuffer empty = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    SecBufferDesc none = list_make(NULL, 0), one = list_make(&token, 1),
                  other = list_make(&empty, 1);
    const struct {
        const char *name;
        SecBufferDesc *input;
    } rows[] = {{"NULL", NULL},
                {".NET: a list without buffers", &none},
                {"PuTTY, serf: an empty token", &one},
                {"an empty buffer", &other}};

    for (size_t way = 0; way < AUTH_WAYS; way++) {
        struct auth_pair pair;

        push_context("%s", auth_ways[way].name);
        if (auth_init(&pair, &auth_ways[way]))
            for (size_t i = 0; i < COUNT_OF(rows); i++) {
                /* Java's output buffer is not initialised. */
                SecBuffer out = buffer_make(SECBUFFER_TOKEN, (void *)(uintptr_t)0x5a5a, 0x5a5a);
                SecBufferDesc output = list_make(&out, 1);
                CtxtHandle context;
                ULONG attributes;
                SECURITY_STATUS status = InitializeSecurityContextW(
                    &pair.client.credential, NULL, pair.account.target, AUTH_REQUEST, 0,
                    SECURITY_NATIVE_DREP, rows[i].input, 0, &context, &output, &attributes, NULL);

                if (!ok_status(status, SEC_I_CONTINUE_NEEDED, "%s", rows[i].name))
                    continue;
                ok(out.cbBuffer > 0 && out.pvBuffer && out.pvBuffer != (void *)(uintptr_t)0x5a5a,
                   "%s: no token", rows[i].name);
                FreeContextBuffer(out.pvBuffer);
                ok_status(DeleteSecurityContext(&context), SEC_E_OK, "%s: delete", rows[i].name);
            }
        auth_done(&pair);
        pop_context();
    }
}

START_TEST(auth_all_ways)
{
    for (size_t i = 0; i < AUTH_WAYS; i++) {
        struct auth_pair pair;

        push_context("%s", auth_ways[i].name);
        if (auth_connect(&pair, &auth_ways[i])) {
            ULONG want = ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY |
                         ISC_RET_INTEGRITY | ISC_RET_ALLOCATED_MEMORY;

            ok((pair.client.attributes & want) == want, "client's attributes %08lx",
               (unsigned long)pair.client.attributes);
            ok(!(pair.client.attributes & ISC_RET_MUTUAL_AUTH) == !auth_ways[i].kerberos,
               "client's attributes %08lx: mutual", (unsigned long)pair.client.attributes);
            want = ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY |
                   ASC_RET_INTEGRITY | ASC_RET_ALLOCATED_MEMORY;
            ok((pair.server.attributes & want) == want, "server's attributes %08lx",
               (unsigned long)pair.server.attributes);
            ok(pair.client.expiry.QuadPart > 0, "client's expiry");
        }
        auth_done(&pair);
        pop_context();
    }
}

/* What was not asked for is not told. */
START_TEST(auth_bare_request)
{
    for (size_t i = 0; i < AUTH_WAYS; i++) {
        struct auth_pair pair;

        push_context("%s", auth_ways[i].name);
        if (auth_init(&pair, &auth_ways[i])) {
            pair.client.request = pair.server.request = ISC_REQ_ALLOCATE_MEMORY;
            auth_works(&pair, "a bare request");
            ok(!(pair.client.attributes & (ISC_RET_CONFIDENTIALITY | ISC_RET_DELEGATE |
                                           ISC_RET_MUTUAL_AUTH | ISC_RET_USED_DCE_STYLE)),
               "client's attributes %08lx", (unsigned long)pair.client.attributes);
        }
        auth_done(&pair);
        pop_context();
    }
}

START_TEST(auth_without_target)
{
    static const struct auth_way ways[] = {
        {"NTLM without a target", u"NTLM", NULL, false, false},
        {"Negotiate without a target", u"Negotiate", NULL, false, false},
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct auth_pair pair;

        auth_connect(&pair, &ways[i]);
        auth_done(&pair);
    }
}

/* Negotiate's server answers NTLM's own messages with the same; NTLM's server takes no wrapping. */
START_TEST(auth_mixed_packages)
{
    static const struct auth_way bare = {"bare NTLM to Negotiate", u"Negotiate", u"NTLM", false,
                                         true};
    struct auth_pair ntlm, negotiate;
    bool have_ntlm = auth_init(&ntlm, &auth_ways[0]);
    bool have_negotiate = auth_init(&negotiate, &bare);

    if (have_ntlm && have_negotiate) {
        CredHandle own = ntlm.server.credential;

        ntlm.server.credential = negotiate.server.credential;
        auth_works(&ntlm, "bare tokens at Negotiate");
        ntlm.server.credential = own;
    }
    auth_done(&ntlm);
    auth_done(&negotiate);
}

/* NegTokenInit of RFC 4178 with NTLM as its only mechanism and no token. */
static const uint8_t spnego_first[] = {0x60, 0x1c, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02,
                                       0xa0, 0x12, 0x30, 0x10, 0xa0, 0x0e, 0x30, 0x0c, 0x06, 0x0a,
                                       0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a};

START_TEST(auth_foreign_tokens)
{
    static const struct {
        const char *name;
        size_t way;
        const void *token;
        size_t size;
        SECURITY_STATUS want;
        SECURITY_STATUS or_else; /* where the machine has no key for Kerberos */
    } rows[] = {
        {"SPNEGO to NTLM", 0, spnego_first, sizeof(spnego_first), SEC_E_INVALID_TOKEN, SEC_E_OK},
        {"nothing to NTLM", 0, "", 0, SEC_E_INVALID_TOKEN, SEC_E_OK},
        {"noise to NTLM", 0, "noise", 5, SEC_E_INVALID_TOKEN, SEC_E_OK},
        {"half a message to NTLM", 0, "NTLMSSP\0\1\0\0", 11, SEC_E_INVALID_TOKEN, SEC_E_OK},
        {"noise to Negotiate", 2, "bogus", 5, SEC_E_INVALID_HANDLE, SEC_E_OK},
        {"the tag of Kerberos to Negotiate", 2, "noise", 5, SEC_E_INVALID_TOKEN,
         SEC_E_NO_CREDENTIALS},
        {"half of SPNEGO to Negotiate", 2, spnego_first, 12, SEC_E_INVALID_TOKEN, SEC_E_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct auth_pair pair;
        SECURITY_STATUS status;

        push_context("%s", rows[i].name);
        if (auth_init(&pair, &auth_ways[rows[i].way])) {
            bytes_add(&pair.client.token, rows[i].token, rows[i].size);
            status = auth_step(&pair, &pair.server);
            if (status != rows[i].or_else || status == SEC_E_OK)
                ok_status(status, rows[i].want, "first call");
            ok(!pair.server.has_context, "a context was made");
        }
        auth_done(&pair);
        pop_context();
    }
}

/* The third message first; the first one twice. */
START_TEST(auth_wrong_order)
{
    static const uint8_t third[88] = "NTLMSSP\0\3";
    struct auth_pair pair;
    SECURITY_STATUS status;

    if (auth_init(&pair, &auth_ways[0])) {
        bytes_add(&pair.client.token, third, sizeof(third));
        status = auth_step(&pair, &pair.server);
        ok(status == SEC_E_INVALID_TOKEN || status == SEC_E_OUT_OF_SEQUENCE, "third first: %08lx",
           (unsigned long)status);
        bytes_drop(&pair.client.token, pair.client.token.size);

        ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 1");
        ok_status(auth_step(&pair, &pair.server), SEC_I_CONTINUE_NEEDED, "server 1");
        status = auth_step(&pair, &pair.server);
        ok(status == SEC_E_INVALID_TOKEN || status == SEC_E_OUT_OF_SEQUENCE, "first twice: %08lx",
           (unsigned long)status);
    }
    auth_done(&pair);
}

START_TEST(auth_wrong_password)
{
    for (size_t i = 0; i < AUTH_WAYS; i++) {
        struct auth_pair pair;
        CredHandle credential;
        SECURITY_STATUS status;

        push_context("%s", auth_ways[i].name);
        if (auth_init(&pair, &auth_ways[i])) {
            pair.account.password[0] ^= 1;
            status = auth_client_credential(&auth_ways[i], &pair.account, &credential);
            ok_status(status, SEC_E_OK, "nobody looks at it yet");
            FreeCredentialsHandle(&pair.client.credential);
            pair.client.credential = credential;
            ok(!auth_run(&pair), "it worked");
            status = pair.client.status < 0 ? pair.client.status : pair.server.status;
            ok_status(status, SEC_E_LOGON_DENIED, "what it came to");
            ok(auth_ways[i].kerberos || pair.client.status >= 0, "the client saw it");
        }
        auth_done(&pair);
        pop_context();
    }
}

/* ---- the room for tokens ---- */

START_TEST(auth_small_buffers)
{
    for (size_t i = 0; i < AUTH_WAYS; i++) {
        struct auth_pair pair;
        unsigned char memory[4096];
        CtxtHandle context = handle_of(0x5a);
        ULONG attributes, needed = 0;

        push_context("%s", auth_ways[i].name);
        if (auth_init(&pair, &auth_ways[i])) {
            for (size_t room = 0; room <= sizeof(memory) && !needed; room++) {
                SecBuffer token = buffer_make(SECBUFFER_TOKEN, memory, room);
                SecBufferDesc output = list_make(&token, 1);
                SECURITY_STATUS status;

                memset(memory, 0x5a, sizeof(memory));
                status = InitializeSecurityContextW(
                    &pair.client.credential, NULL, pair.account.target, ISC_REQ_CONFIDENTIALITY, 0,
                    SECURITY_NATIVE_DREP, NULL, 0, &context, &output, &attributes, NULL);
                if (status >= 0) { /* Kerberos is done when nobody has to prove itself to it */
                    needed = token.cbBuffer;
                    ok(needed <= room, "room %u, used %lu", (unsigned)room, (unsigned long)needed);
                    DeleteSecurityContext(&context);
                    break;
                }
                if (status != SEC_E_INSUFFICIENT_MEMORY && status != SEC_E_BUFFER_TOO_SMALL)
                    ok(false, "room %u: %08lx", (unsigned)room, (unsigned long)status);
                if (memory[room] != 0x5a)
                    ok(false, "room %u: written behind it", (unsigned)room);
                /* Kerberos' tokens are long and cost a question to the KDC. */
                room += auth_ways[i].kerberos ? 200 : 0;
            }
            ok(needed > 0, "no room was enough");
        }
        auth_done(&pair);
        pop_context();
    }
}

/* A later token that did not fit comes with the next call of the same input. */
START_TEST(auth_small_again)
{
    struct auth_pair pair;

    if (auth_init(&pair, &auth_ways[0]) &&
        ok_status(auth_step(&pair, &pair.client), SEC_I_CONTINUE_NEEDED, "client 1") &&
        ok_status(auth_step(&pair, &pair.server), SEC_I_CONTINUE_NEEDED, "server 1")) {
        SecBuffer in = buffer_make(SECBUFFER_TOKEN, pair.server.token.data, pair.server.token.size);
        unsigned char memory[4];
        SecBuffer out = buffer_make(SECBUFFER_TOKEN, memory, sizeof(memory));
        SecBufferDesc input = list_make(&in, 1), output = list_make(&out, 1);
        ULONG attributes;
        SECURITY_STATUS status = InitializeSecurityContextW(
            &pair.client.credential, &pair.client.context, pair.account.target,
            AUTH_REQUEST & ~(ULONG)ISC_REQ_ALLOCATE_MEMORY, 0, SECURITY_NATIVE_DREP, &input, 0,
            &pair.client.context, &output, &attributes, NULL);

        ok(status == SEC_E_INSUFFICIENT_MEMORY || status == SEC_E_BUFFER_TOO_SMALL, "small: %08lx",
           (unsigned long)status);
        ok_status(auth_step(&pair, &pair.client), SEC_E_OK, "client 2 with more room");
        ok_status(auth_step(&pair, &pair.server), SEC_E_OK, "server 2");
    }
    auth_done(&pair);
}

/* ---- channel bindings ---- */

struct bindings {
    SEC_CHANNEL_BINDINGS head;
    char data[32];
};

static void bindings_make(struct bindings *bindings, const char *data)
{
    memset(bindings, 0, sizeof(*bindings));
    bindings->head.cbApplicationDataLength = (ULONG)strlen(data);
    bindings->head.dwApplicationDataOffset = offsetof(struct bindings, data);
    memcpy(bindings->data, data, strlen(data));
}

START_TEST(auth_bindings)
{
    static const struct {
        const char *name, *client, *server;
        bool first;
        ULONG request;
        SECURITY_STATUS want;
    } rows[] = {
        {"the same", "tls-unique:1234", "tls-unique:1234", false, 0, SEC_E_OK},
        {"the same, in front of the token", "tls-unique:1234", "tls-unique:1234", true, 0,
         SEC_E_OK},
        {"others", "tls-unique:1234", "tls-unique:9876", false, 0, SEC_E_BAD_BINDINGS},
        {"the client's alone", "tls-unique:1234", NULL, false, 0, SEC_E_OK},
        {"the server's alone", NULL, "tls-unique:1234", false, 0, SEC_E_BAD_BINDINGS},
        {"the server's alone, may be missing", NULL, "tls-unique:1234", false,
         ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_OK},
    };

    for (size_t way = 0; way < AUTH_WAYS; way++)
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            struct bindings client, server;
            struct auth_pair pair;
            bool done;

            push_context("%s, %s", auth_ways[way].name, rows[i].name);
            done = !auth_init(&pair, &auth_ways[way]);
            if (!done) {
                if (rows[i].client) {
                    bindings_make(&client, rows[i].client);
                    pair.client.bindings = &client;
                    pair.client.bindings_size = sizeof(client);
                }
                if (rows[i].server) {
                    bindings_make(&server, rows[i].server);
                    pair.server.bindings = &server;
                    pair.server.bindings_size = sizeof(server);
                }
                pair.client.bindings_first = pair.server.bindings_first = rows[i].first;
                pair.server.request |= rows[i].request;
                auth_run(&pair);
                ok_status(pair.server.status, rows[i].want, "server (client %08lx)",
                          (unsigned long)pair.client.status);
            }
            auth_done(&pair);
            pop_context();
            if (done)
                break;
        }
}

START_TEST(auth_damaged_bindings)
{
    struct auth_pair pair;
    struct bindings bindings;

    if (auth_init(&pair, &auth_ways[0])) {
        static const struct {
            const char *name;
            ULONG offset, length;
            size_t size;
        } rows[] = {
            {"offset behind the end", 0x10000, 1, sizeof(bindings)},
            {"length behind the end", 32, 0xffffffff, sizeof(bindings)},
            {"offset wraps around", 0xffffffff, 2, sizeof(bindings)},
            {"shorter than its head", 32, 1, sizeof(SEC_CHANNEL_BINDINGS) - 1},
            {"four bytes", 32, 1, 4},
        };

        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            bindings_make(&bindings, "x");
            bindings.head.dwApplicationDataOffset = rows[i].offset;
            bindings.head.cbApplicationDataLength = rows[i].length;
            pair.client.bindings = &bindings;
            pair.client.bindings_size = rows[i].size;
            pair.client.calls = 0;
            ok_status(auth_step(&pair, &pair.client), SEC_E_INVALID_TOKEN, "%s", rows[i].name);
        }
        pair.client.bindings = NULL;
    }
    auth_done(&pair);
}
