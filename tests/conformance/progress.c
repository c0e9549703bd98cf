/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * How a handshake goes: which call returns what and gives a token, for each version, in whole
 * flights; and that it ends the same however the stream is cut.
 *
 * Sources: the sequences that .NET, Rust's schannel, curl, MongoDB and Microsoft's web client log
 * on Windows: the client is done with TLS 1.3 when it sends its Finished, with TLS 1.2 when it has
 * read the server's; the server of TLS 1.3 is done together with its session tickets.
 */
#include "common.h"

#include <string.h>

static void check_connection_info(struct loop *loop, enum test_version version)
{
    for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
        SecPkgContext_ConnectionInfo info;
        struct loop_side *side = &loop->side[role];

        memset(&info, 0xee, sizeof(info));
        if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_CONNECTION_INFO, &info),
                      SEC_E_OK, "connection info"))
            ok_status(info.dwProtocol, credential_protocol(version, role == LOOP_SERVER),
                      "protocol of the %s", role == LOOP_SERVER ? "server" : "client");
    }
}

START_TEST(progress_legs)
{
    static const struct {
        enum test_version version;
        struct {
            enum loop_role role;
            SECURITY_STATUS status;
            bool token;
        } legs[6];
        size_t count;
    } cases[] = {
        {VERSION_TLS12,
         {{LOOP_CLIENT, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_SERVER, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_CLIENT, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_SERVER, SEC_E_OK, true},
          {LOOP_CLIENT, SEC_E_OK, false}},
         5},
        {VERSION_TLS13,
         {{LOOP_CLIENT, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_SERVER, SEC_I_CONTINUE_NEEDED, true},
          {LOOP_CLIENT, SEC_E_OK, true},
          {LOOP_SERVER, SEC_E_OK, true}},
         4},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loop_leg leg[LOOP_LEGS];
        struct loop loop;
        struct pair pair;
        size_t legs = 0;

        push_context("%s", version_name(cases[i].version));
        if (pair_make(&pair, cases[i].version, "rsa")) {
            loop_connect(&loop, &pair.client, &pair.server);
            /* A flight may take several calls that give no token: those are not told apart here. */
            for (size_t k = 0; k < loop.legs && k < LOOP_LEGS; k++)
                if (loop.leg[k].token || loop.leg[k].status != SEC_I_CONTINUE_NEEDED)
                    leg[legs++] = loop.leg[k];
            ok_number(legs, cases[i].count, "legs");
            for (size_t k = 0; k < legs && k < cases[i].count; k++) {
                ok(leg[k].role == cases[i].legs[k].role, "leg %zu is the other side's", k);
                ok_status(leg[k].status, cases[i].legs[k].status, "leg %zu", k);
                ok(!leg[k].token == !cases[i].legs[k].token, "leg %zu: token of %zu bytes", k,
                   leg[k].token);
            }
            check_connection_info(&loop, cases[i].version);
            loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

static void connect_cut(enum test_version version, const char *certificate, enum loop_cut cut)
{
    struct loop loop;
    struct pair pair;

    if (!pair_make(&pair, version, certificate))
        return;
    loop_init(&loop, &pair.client, &pair.server);
    loop.cut = cut;
    if (ok(loop_handshake(&loop), "handshake fails: client %08lx, server %08lx",
           (unsigned long)loop.side[0].status & 0xffffffff,
           (unsigned long)loop.side[1].status & 0xffffffff)) {
        check_connection_info(&loop, version);
        loop_check_traffic(&loop);
        loop_check_traffic(&loop);
    }
    loop_done(&loop);
    pair_done(&pair);
}

START_TEST(progress_cut)
{
    static const struct {
        const char *name;
        enum loop_cut cut;
        unsigned times;
    } cuts[] = {
        {"whole flights", LOOP_WHOLE, 1},
        {"single records", LOOP_RECORD, 1},
        {"single bytes", LOOP_BYTE, 1},
        {"random places", LOOP_RANDOM, 8},
    };
    static const char *const certificates[] = {"rsa", "ecdsa"};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t c = 0; c < COUNT_OF(certificates); c++) {
            push_context("%s, %s", version_name(both_versions[v]), certificates[c]);
            for (size_t i = 0; i < COUNT_OF(cuts) && pki_certificate(certificates[c]); i++) {
                for (unsigned k = 0; k < cuts[i].times; k++) {
                    push_context("%s, time %u", cuts[i].name, k);
                    connect_cut(both_versions[v], certificates[c], cuts[i].cut);
                    pop_context();
                }
            }
            pop_context();
        }
    }
}

/* The record with the first ClientHello says 3.1 whatever is offered (seen by .NET's parser). */
START_TEST(progress_hello_version)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct bytes hello = {NULL, 0, 0};
        CredHandle client;

        if (!version_available(both_versions[i])) {
            win_skip("%s is not available", version_name(both_versions[i]));
            continue;
        }
        if (!client_make(&client, both_versions[i]))
            continue;
        if (get_hello(&client, u"localhost", &hello))
            ok(hello.data[1] == 3 && hello.data[2] == 1, "%s: record version %u.%u",
               version_name(both_versions[i]), hello.data[1], hello.data[2]);
        bytes_done(&hello);
        FreeCredentialsHandle(&client);
    }
}

/* SCHANNEL_CRED never leads to TLS 1.3, whatever bits it sets; SCH_CREDENTIALS does by default. */
START_TEST(progress_old_form)
{
    static const DWORD masks[] = {0, SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT};
    struct credential_wish server_wish = {.server = true};
    CredHandle client, server;
    struct loop loop;

    server_wish.certificate = pki_certificate("rsa");
    if (!server_wish.certificate ||
        !ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server"))
        return;
    for (size_t i = 0; i < COUNT_OF(masks); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                              .dwFlags =
                                  SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};

        push_context("enabled protocols %08lx", (unsigned long)masks[i]);
        data.grbitEnabledProtocols = masks[i];
        if (ok_status(AcquireCredentialsHandleW(NULL, UNISP, SECPKG_CRED_OUTBOUND, NULL, &data,
                                                NULL, NULL, &client, NULL),
                      SEC_E_OK, "client")) {
            if (loop_connect(&loop, &client, &server))
                check_connection_info(&loop, VERSION_TLS12);
            loop_done(&loop);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
    if (version_available(VERSION_TLS13)) {
        struct credential_wish wish = {.version = VERSION_ANY};

        push_context("SCH_CREDENTIALS with defaults");
        if (ok_status(credential_make(&wish, &client), SEC_E_OK, "client")) {
            if (loop_connect(&loop, &client, &server))
                check_connection_info(&loop, VERSION_TLS13);
            loop_done(&loop);
            FreeCredentialsHandle(&client);
        }
        pop_context();
    } else {
        win_skip("TLS 1.3 is not available");
    }
    FreeCredentialsHandle(&server);
}

/* No common version: the server refuses, its alert gives the client the same answer. */
START_TEST(progress_no_common_version)
{
    struct pair old, new;
    struct loop loop;

    if (!pair_make(&old, VERSION_TLS12, "rsa"))
        return;
    if (!pair_make(&new, VERSION_TLS13, "rsa")) {
        pair_done(&old);
        return;
    }
    loop_init(&loop, &old.client, &new.server);
    ok(!loop_handshake(&loop), "a TLS 1.2 client and a TLS 1.3 server agree");
    ok(loop.side[LOOP_SERVER].failed, "the server does not refuse");
    if (ok(loop.side[LOOP_CLIENT].failed, "the client was not told"))
        ok_status(loop.side[LOOP_CLIENT].status, SEC_E_UNSUPPORTED_FUNCTION, "client");
    loop_done(&loop);

    loop_init(&loop, &new.client, &old.server);
    ok(!loop_handshake(&loop), "a TLS 1.3 client and a TLS 1.2 server agree");
    ok(loop.side[LOOP_SERVER].failed || loop.side[LOOP_CLIENT].failed, "nobody refuses");
    loop_done(&loop);
    pair_done(&new);
    pair_done(&old);
}

/* Programs with memory of their own (MongoDB: 17 KiB) get whole flights. */
START_TEST(progress_own_memory)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[i]));
        if (pair_make(&pair, both_versions[i], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop.side[LOOP_CLIENT].own_room = loop.side[LOOP_SERVER].own_room = 17 * 1024;
            if (ok(loop_handshake(&loop), "handshake fails"))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* A server's flight does not fit: the needed size is told, the same call works with more memory. */
START_TEST(progress_small_memory)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct bytes hello = {NULL, 0, 0};
        struct pair pair;

        push_context("%s", version_name(both_versions[i]));
        if (pair_make(&pair, both_versions[i], "rsa")) {
            static unsigned char memory[20000];
            SecBuffer in[2], token = buffer_make(SECBUFFER_TOKEN, memory, 100);
            SecBufferDesc input = list_make(in, 2), output = list_make(&token, 1);
            CtxtHandle context = handle_of(0), zero = handle_of(0);
            const ULONG request = SERVER_REQUEST & ~(ULONG)ASC_REQ_ALLOCATE_MEMORY;
            ULONG attributes;

            if (get_hello(&pair.client, u"localhost", &hello)) {
                in[0] = buffer_make(SECBUFFER_TOKEN, hello.data, hello.size);
                in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
                ok_status(AcceptSecurityContext(&pair.server, NULL, &input, request, 0, &context,
                                                &output, &attributes, NULL),
                          SEC_E_BUFFER_TOO_SMALL, "100 bytes");
                ok(token.cbBuffer > 100 && token.cbBuffer < sizeof(memory), "needed: %lu",
                   (unsigned long)token.cbBuffer);
                ok(handle_equal(&context, &zero), "a context was made");
                in[0] = buffer_make(SECBUFFER_TOKEN, hello.data, hello.size);
                in[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
                token = buffer_make(SECBUFFER_TOKEN, memory, sizeof(memory));
                if (ok_status(AcceptSecurityContext(&pair.server, NULL, &input, request, 0,
                                                    &context, &output, &attributes, NULL),
                              SEC_I_CONTINUE_NEEDED, "enough"))
                    DeleteSecurityContext(&context);
            }
            bytes_done(&hello);
            pair_done(&pair);
        }
        pop_context();
    }
}
