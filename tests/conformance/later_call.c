/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What programs change from one call to the next: target, request, credential, memory, and the
 * buffers that stand beside TOKEN.
 *
 * Sources: the pages of InitializeSecurityContext (Schannel) and AcceptSecurityContext (Schannel);
 * MariaDB, Poco and Microsoft's web client give no target later on, and MariaDB drops
 * ISC_REQ_USE_SUPPLIED_CREDS; curl and FFmpeg add it; ZeroC Ice asks for manual validation at the
 * first call only; Rust's schannel repeats the protocols; DTLS programs give the client's address
 * in an EXTRA buffer.
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

/* Automatic validation of a server for "localhost"; the client's status. */
static SECURITY_STATUS validate(const WCHAR *target, const WCHAR *later, HCERTSTORE roots)
{
    struct credential_wish server_wish = {.server = true};
    struct credential_wish client_wish = {
        .flags = SCH_CRED_NO_DEFAULT_CREDS, .roots = roots, .no_default_flags = true};
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    CredHandle client, server;
    struct loop loop;

    server_wish.certificate = pki_certificate("rsa");
    if (!server_wish.certificate ||
        !ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server credential"))
        return status;
    if (ok_status(credential_make(&client_wish, &client), SEC_E_OK, "client credential")) {
        loop_init(&loop, &client, &server);
        loop.side[LOOP_CLIENT].target = target;
        loop.side[LOOP_CLIENT].later_target = later;
        loop.side[LOOP_CLIENT].request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        loop_handshake(&loop);
        status = loop.side[LOOP_CLIENT].status;
        loop_done(&loop);
        FreeCredentialsHandle(&client);
    }
    FreeCredentialsHandle(&server);
    return status;
}

/* The first call's target is the one that counts. No target, or an empty one: there is no name to
 * compare with. */
START_TEST(later_target)
{
    static const struct {
        const char *name;
        const WCHAR *first, *later;
        SECURITY_STATUS want;
        bool ours_only; /* not known of Windows */
    } rows[] = {
        {"NULL later", u"localhost", NULL, SEC_E_OK, false},
        {"empty later", u"localhost", u"", SEC_E_OK, false},
        {"the same", u"localhost", u"localhost", SEC_E_OK, false},
        {"in other letters", u"localhost", u"LocalHost", SEC_E_OK, false},
        {"another one later", u"localhost", u"other.example", SEC_E_OK, true},
        {"another one first", u"other.example", u"localhost", SEC_E_WRONG_PRINCIPAL, true},
        {"NULL at first", NULL, NULL, SEC_E_OK, true},
        {"NULL at first only", NULL, u"other.example", SEC_E_OK, true},
        {"empty", u"", NULL, SEC_E_OK, true},
    };
    HCERTSTORE roots = NULL;

    if (!pki_trust_root(&roots)) {
        skip("needs a folder made by make-pki, and a system that may be made to trust its root");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].ours_only && running_on_windows())
            continue;
        push_context("%s", rows[i].name);
        ok_status(validate(rows[i].first, rows[i].later, roots), rows[i].want, "client");
        pop_context();
    }
    if (roots)
        ok(CertCloseStore(roots, 0), "store is closed");
}

/* ---- the request ---- */

/* Validation is as the first call said; the attributes echo the latest. */
START_TEST(later_request_validation)
{
    static const struct {
        const char *name;
        ULONG first, later;
        SECURITY_STATUS want;
    } rows[] = {
        {"manual at first only (Ice)", ISC_REQ_MANUAL_CRED_VALIDATION, 0, SEC_E_OK},
        {"manual later only", 0, ISC_REQ_MANUAL_CRED_VALIDATION, SEC_E_UNTRUSTED_ROOT},
    };

    for (size_t i = 0; i < COUNT_OF(both_versions) * COUNT_OF(rows); i++) {
        size_t row = i % COUNT_OF(rows);
        struct credential_wish wish = {.version = both_versions[i / COUNT_OF(rows)],
                                       .flags = SCH_CRED_NO_DEFAULT_CREDS,
                                       .no_default_flags = true};
        CredHandle client;
        struct pair pair;

        if (running_on_windows() && rows[row].want != SEC_E_OK)
            continue; /* not known of Windows */
        push_context("%s, %s", version_name(wish.version), rows[row].name);
        if (pair_make(&pair, wish.version, pki_find("untrusted") ? "untrusted" : "rsa")) {
            if (ok_status(credential_make(&wish, &client), SEC_E_OK, "credential")) {
                struct loop loop;
                ULONG *request = &loop.side[LOOP_CLIENT].request;

                loop_init(&loop, &client, &pair.server);
                *request = (*request & ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION) | rows[row].first;
                loop_step(&loop, LOOP_CLIENT);
                *request = (*request & ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION) | rows[row].later;
                loop_handshake(&loop);
                ok_status(loop.side[LOOP_CLIENT].status, rows[row].want, "client");
                loop_done(&loop);
                FreeCredentialsHandle(&client);
            }
            pair_done(&pair);
        }
        pop_context();
    }
}

/* Whether the program is asked for a certificate is as the latest call says; so is who owns the
 * memory. */
START_TEST(later_request_supplied)
{
    static const struct {
        const char *name;
        ULONG first, later;
        SECURITY_STATUS want;
    } rows[] = {
        {"dropped (MariaDB)", ISC_REQ_USE_SUPPLIED_CREDS, 0, SEC_I_INCOMPLETE_CREDENTIALS},
        {"added", 0, ISC_REQ_USE_SUPPLIED_CREDS, SEC_E_OK},
    };

    for (size_t i = 0; i < COUNT_OF(both_versions) * COUNT_OF(rows); i++) {
        size_t row = i % COUNT_OF(rows);
        enum test_version version = both_versions[i / COUNT_OF(rows)];
        struct loop loop;
        struct pair pair;

        push_context("%s, %s", version_name(version), rows[row].name);
        if (pair_make(&pair, version, "rsa")) {
            struct loop_side *client = &loop.side[LOOP_CLIENT];

            loop_init(&loop, &pair.client, &pair.server);
            loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
            loop.side[LOOP_SERVER].unchecked = true;
            client->request |= rows[row].first;
            loop_step(&loop, LOOP_CLIENT);
            client->request &= ~(ULONG)ISC_REQ_USE_SUPPLIED_CREDS;
            client->request |= rows[row].later;
            for (unsigned k = 0; k < 20 && client->status == SEC_I_CONTINUE_NEEDED; k++) {
                loop_read(&loop, LOOP_SERVER);
                if (loop.side[LOOP_SERVER].held.size)
                    loop_step(&loop, LOOP_SERVER);
                loop_read(&loop, LOOP_CLIENT);
                loop_step(&loop, LOOP_CLIENT);
            }
            ok_status(client->status, rows[row].want, "client");
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

START_TEST(later_request_memory)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[i]));
        if (pair_make(&pair, both_versions[i], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop_step(&loop, LOOP_CLIENT);
            loop.side[LOOP_CLIENT].own_room = loop.side[LOOP_SERVER].own_room = 17 * 1024;
            loop_read(&loop, LOOP_SERVER);
            loop_step(&loop, LOOP_SERVER);
            loop.side[LOOP_SERVER].own_room = 0;
            if (ok(loop_handshake(&loop), "handshake fails"))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* The credential: "On the second call ... phCredential can be NULL" (the first page). */
START_TEST(later_no_credential)
{
    for (size_t i = 0; i < COUNT_OF(both_versions); i++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[i]));
        if (pair_make(&pair, both_versions[i], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop_step(&loop, LOOP_CLIENT);
            loop.side[LOOP_CLIENT].credential = NULL;
            loop_read(&loop, LOOP_SERVER);
            loop_step(&loop, LOOP_SERVER);
            loop.side[LOOP_SERVER].credential = NULL;
            if (ok(loop_handshake(&loop), "handshake fails: client %08lx, server %08lx",
                   (unsigned long)loop.side[0].status & 0xffffffff,
                   (unsigned long)loop.side[1].status & 0xffffffff))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* ---- companions of TOKEN ---- */

static unsigned char protocols[] = {9, 0, 0, 0, 2, 0, 0, 0, 3, 0, 2, 'h', '2'};

#define COMPANIONS_MAX 4

struct companions {
    const char *name;
    ULONG types[COMPANIONS_MAX];
    size_t count;
    bool slot; /* an EMPTY stands behind TOKEN */
};

static const struct companions companions[] = {
    {"protocols in place of EMPTY (Qt, aws-c-io)",
     {SECBUFFER_TOKEN, SECBUFFER_APPLICATION_PROTOCOLS},
     2,
     false},
    {"protocols behind EMPTY (Rust, at every call)",
     {SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_APPLICATION_PROTOCOLS},
     3,
     true},
    {"protocols in front",
     {SECBUFFER_APPLICATION_PROTOCOLS, SECBUFFER_TOKEN, SECBUFFER_EMPTY},
     3,
     true},
    {"an EXTRA of nothing (DTLS programs)",
     {SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_EXTRA},
     3,
     true},
    {"parameters of the package",
     {SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_PKG_PARAMS},
     3,
     true},
    {"channel bindings", {SECBUFFER_CHANNEL_BINDINGS, SECBUFFER_TOKEN, SECBUFFER_EMPTY}, 3, true},
};

static void companions_fill(const struct companions *with, SecBuffer *in, void *token, size_t size)
{
    for (size_t k = 0; k < with->count; k++) {
        in[k] = buffer_make(with->types[k], NULL, 0);
        if (with->types[k] == SECBUFFER_TOKEN)
            in[k] = buffer_make(SECBUFFER_TOKEN, token, size);
        if (with->types[k] == SECBUFFER_APPLICATION_PROTOCOLS)
            in[k] = buffer_make(with->types[k], protocols, sizeof(protocols));
    }
}

/* Only EMPTY is for results. */
static void companions_check(const struct companions *with, const SecBuffer *in,
                             const SecBuffer *before)
{
    for (size_t k = 0; k < with->count; k++)
        if (with->types[k] != SECBUFFER_EMPTY)
            ok(!memcmp(&in[k], &before[k], sizeof(in[k])), "buffer %zu was changed", k);
}

static void companions_incomplete(struct started *started, const struct companions *with)
{
    struct bytes *held = &started->loop.side[LOOP_CLIENT].held;
    SecBuffer in[COMPANIONS_MAX], before[COMPANIONS_MAX];
    SecBufferDesc input = list_make(in, with->count);

    companions_fill(with, in, held->data, 3);
    memcpy(before, in, sizeof(before));
    ok_status(started_call(started, &input, NULL), SEC_E_INCOMPLETE_MESSAGE, "three bytes");
    companions_check(with, in, before);
    for (size_t k = 0; k < with->count; k++)
        if (with->types[k] == SECBUFFER_EMPTY) {
            ok_number(in[k].BufferType, SECBUFFER_MISSING, "type of the EMPTY");
            ok_number(in[k].cbBuffer, 2, "missing");
        }
}

/* The whole flight, and two bytes behind it. */
static void companions_extra(struct started *started, const struct companions *with)
{
    struct bytes *held = &started->loop.side[LOOP_CLIENT].held;
    SecBuffer in[COMPANIONS_MAX], before[COMPANIONS_MAX];
    SecBufferDesc input = list_make(in, with->count);
    SECURITY_STATUS status;
    size_t size = 0;

    bytes_add(held, "\x17\x03", 2);
    companions_fill(with, in, held->data, held->size);
    memcpy(before, in, sizeof(before));
    status = started_call(started, &input, &size);
    ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK, "the flight: %08lx",
       (unsigned long)status & 0xffffffff);
    ok(size > 0, "no token");
    companions_check(with, in, before);
    for (size_t k = 0; k < with->count; k++)
        if (with->types[k] == SECBUFFER_EMPTY) {
            ok_number(in[k].BufferType, SECBUFFER_EXTRA, "type of the EMPTY");
            ok_number(in[k].cbBuffer, 2, "extra");
        }
}

START_TEST(later_companions)
{
    for (size_t i = 0; i < COUNT_OF(both_versions) * COUNT_OF(companions); i++) {
        const struct companions *with = &companions[i % COUNT_OF(companions)];
        struct started started;

        push_context("%s, %s", version_name(both_versions[i / COUNT_OF(companions)]), with->name);
        if (started_init(&started, both_versions[i / COUNT_OF(companions)])) {
            companions_incomplete(&started, with);
            companions_extra(&started, with);
        }
        started_done(&started);
        pop_context();
    }
}

/* A server's first call, with a part of a hello. */
START_TEST(later_companions_of_a_server)
{
    struct bytes hello = {NULL, 0, 0};
    struct pair pair;

    if (!pair_make(&pair, VERSION_TLS12, "rsa"))
        return;
    for (size_t i = 0; get_hello(&pair.client, u"localhost", &hello) && i < COUNT_OF(companions);
         i++) {
        SecBuffer in[COMPANIONS_MAX], before[COMPANIONS_MAX];
        SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        SecBufferDesc input = list_make(in, companions[i].count), output = list_make(&token, 1);
        CtxtHandle context = handle_of(0);
        ULONG attributes;

        push_context("%s", companions[i].name);
        companions_fill(&companions[i], in, hello.data, 3);
        memcpy(before, in, sizeof(before));
        ok_status(AcceptSecurityContext(&pair.server, NULL, &input, SERVER_REQUEST, 0, &context,
                                        &output, &attributes, NULL),
                  SEC_E_INCOMPLETE_MESSAGE, "three bytes");
        companions_check(&companions[i], in, before);
        companions_fill(&companions[i], in, hello.data, hello.size);
        memcpy(before, in, sizeof(before));
        if (ok_status(AcceptSecurityContext(&pair.server, NULL, &input, SERVER_REQUEST, 0, &context,
                                            &output, &attributes, NULL),
                      SEC_I_CONTINUE_NEEDED, "the hello")) {
            companions_check(&companions[i], in, before);
            DeleteSecurityContext(&context);
        }
        FreeContextBuffer(token.pvBuffer);
        bytes_drop(&hello, hello.size);
        pop_context();
    }
    bytes_done(&hello);
    pair_done(&pair);
}

/* ---- too little memory, at each call ---- */

/* The call with one byte of room; the needed size, or 0 when there is no token. */
static ULONG ask_size(struct loop *loop, enum loop_role role)
{
    struct loop_side *side = &loop->side[role];
    unsigned char memory[1];
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, side->held.data, side->held.size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, memory, sizeof(memory));
    SecBufferDesc input = list_make(in, 2), output = list_make(&token, 1);
    CtxtHandle *context = side->has_context ? &side->context : NULL, made = handle_of(0);
    ULONG request = side->request & ~(ULONG)ISC_REQ_ALLOCATE_MEMORY, attributes;
    SECURITY_STATUS status;

    if (role == LOOP_CLIENT)
        status = InitializeSecurityContextW(
            side->credential, context, context ? NULL : (WCHAR *)side->target, request, 0, 0,
            context ? &input : NULL, 0, context ? NULL : &made, &output, &attributes, NULL);
    else
        status = AcceptSecurityContext(side->credential, context, &input, request, 0,
                                       context ? NULL : &made, &output, &attributes, NULL);
    if (!ok_status(status, SEC_E_BUFFER_TOO_SMALL, "one byte, %s",
                   role == LOOP_CLIENT ? "client" : "server"))
        return 0;
    ok(made.dwLower == 0 && made.dwUpper == 0, "a context was made");
    ok(token.cbBuffer > 1, "needed: %lu", (unsigned long)token.cbBuffer);
    return token.cbBuffer;
}

/* Programs repeat the call with the same input and what was said to be needed. */
START_TEST(later_small_memory)
{
    static const enum loop_role legs[] = {LOOP_CLIENT, LOOP_SERVER, LOOP_CLIENT, LOOP_SERVER};

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            for (size_t i = 0; i < COUNT_OF(legs); i++) {
                struct loop_side *side = &loop.side[legs[i]];

                loop_read(&loop, legs[i]);
                push_context("leg %zu", i);
                side->own_room = ask_size(&loop, legs[i]);
                ok(loop_step(&loop, legs[i]) >= 0, "and then %08lx",
                   (unsigned long)side->status & 0xffffffff);
                if (side->own_room && i) /* a hello is another one each time */
                    ok_number(loop.leg[i].token, side->own_room, "token");
                side->own_room = 0;
                pop_context();
            }
            if (ok(loop_handshake(&loop), "handshake fails"))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}
