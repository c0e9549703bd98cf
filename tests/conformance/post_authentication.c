/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * TLS 1.3: a server that asks for the client's certificate after the handshake (RFC 8446 4.6.2).
 *
 * Sources: .NET's NegotiateClientCertificateAsync calls AcceptSecurityContext on the connected
 * context with an empty token and ASC_REQ_MUTUAL_AUTH, wants SEC_E_OK with a token (or
 * SEC_E_NO_RENEGOTIATION and a context that lives on), and then feeds records as they come until
 * SEC_E_OK. The page of DecryptMessage (Schannel) for the other way, through SEC_I_RENEGOTIATE;
 * Qt's client calls without input first.
 */
#include "common.h"

#include <string.h>

#define NO_RENEGOTIATION ((SECURITY_STATUS)0x80090360)

/* A connected pair whose client offers to authenticate later. */
struct asking {
    struct pair pair;
    CredHandle client, with; /* the client's; another one of it, with a certificate */
    bool has_pair, has_client, has_with;
    struct loop loop;
};

static bool add_credential(const struct credential_wish *wish, CredHandle *credential, bool *made)
{
    *made = ok_status(credential_make(wish, credential), SEC_E_OK, "client credential");
    return *made;
}

/* certificate: NULL: the client has none, but may look for one. */
static bool asking_init(struct asking *asking, const char *certificate)
{
    struct credential_wish bare = {.version = VERSION_TLS13,
                                   .no_default_flags = true,
                                   .flags = SCH_CRED_MANUAL_CRED_VALIDATION},
                           with = {.version = VERSION_TLS13};

    memset(asking, 0, sizeof(*asking));
    asking->has_pair = pair_make(&asking->pair, VERSION_TLS13, "rsa");
    with.certificate = asking->has_pair ? pki_certificate("client-rsa") : NULL;
    if (!with.certificate || !add_credential(&with, &asking->with, &asking->has_with) ||
        !add_credential(&bare, &asking->client, &asking->has_client))
        return false;
    loop_init(&asking->loop, certificate ? &asking->with : &asking->client, &asking->pair.server);
    return ok(loop_handshake(&asking->loop), "handshake fails: client %08lx, server %08lx",
              (unsigned long)asking->loop.side[0].status & 0xffffffff,
              (unsigned long)asking->loop.side[1].status & 0xffffffff);
}

static void asking_done(struct asking *asking)
{
    loop_done(&asking->loop);
    if (asking->has_client)
        FreeCredentialsHandle(&asking->client);
    if (asking->has_with)
        FreeCredentialsHandle(&asking->with);
    if (asking->has_pair)
        pair_done(&asking->pair);
}

/* The server's call that asks. */
static bool ask(struct asking *asking)
{
    struct loop_side *server = &asking->loop.side[LOOP_SERVER];
    size_t before = asking->loop.side[LOOP_CLIENT].network.size;
    SECURITY_STATUS status;

    server->request |= ASC_REQ_MUTUAL_AUTH;
    server->unchecked = true; /* ASC_RET_MUTUAL_AUTH depends on account mapping */
    status = loop_step(&asking->loop, LOOP_SERVER);
    if (status == NO_RENEGOTIATION && running_on_windows()) {
        skip("this client does not offer post-handshake authentication");
        return false;
    }
    return ok_status(status, SEC_E_OK, "the server's call") &&
           ok(asking->loop.side[LOOP_CLIENT].network.size > before, "no request");
}

/* The client's DecryptMessage comes to the request; tickets before it are taken. */
static bool meet_request(struct asking *asking)
{
    struct loop_side *client = &asking->loop.side[LOOP_CLIENT];
    struct bytes plain = {NULL, 0, 0};
    SECURITY_STATUS status = SEC_E_OK;

    while (loop_read(&asking->loop, LOOP_CLIENT))
        ;
    for (unsigned i = 0; i < 20; i++) {
        size_t record = wire_record_size(client->held.data, client->held.size);

        status = loop_unseal(client, &plain);
        if (status != SEC_I_RENEGOTIATE || client->held.size == record)
            break;
        if (loop_step(&asking->loop, LOOP_CLIENT) != SEC_E_OK)
            break;
    }
    ok_number(plain.size, 0, "data");
    bytes_done(&plain);
    return ok_status(status, SEC_I_RENEGOTIATE, "the request at the client");
}

/* What the server has of the client. */
static void check_server_sees(struct asking *asking, const char *name)
{
    CtxtHandle *server = &asking->loop.side[LOOP_SERVER].context;
    PCCERT_CONTEXT seen = NULL, want = name ? pki_find(name) : NULL;

    ok_status(QueryContextAttributesW(server, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen),
              want ? SEC_E_OK : SEC_E_NO_CREDENTIALS, "the client's certificate");
    if (!seen)
        return;
    if (want)
        ok(seen->cbCertEncoded == want->cbCertEncoded &&
               !memcmp(seen->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
           "another certificate");
    CertFreeCertificateContext(seen);
}

/* How the server's program takes the client's answer. */
enum way {
    WAY_DECRYPT, /* DecryptMessage, and the rewritten record to AcceptSecurityContext */
    WAY_RAW,     /* records as they come to AcceptSecurityContext */
    WAY_COUNT
};

static SECURITY_STATUS take_decrypted(struct asking *asking)
{
    struct loop_side *server = &asking->loop.side[LOOP_SERVER];
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    struct bytes plain = {NULL, 0, 0};

    while (status == SEC_I_CONTINUE_NEEDED && (server->held.size || server->network.size)) {
        loop_read(&asking->loop, LOOP_SERVER);
        status = loop_unseal(server, &plain);
        if (status == SEC_I_RENEGOTIATE)
            status = loop_step(&asking->loop, LOOP_SERVER);
        else if (status == SEC_E_INCOMPLETE_MESSAGE)
            status = SEC_I_CONTINUE_NEEDED;
    }
    ok_number(plain.size, 0, "data");
    bytes_done(&plain);
    return status;
}

static SECURITY_STATUS take_raw(struct asking *asking)
{
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;

    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        if (!loop_read(&asking->loop, LOOP_SERVER) && !asking->loop.side[LOOP_SERVER].held.size)
            break;
        status = loop_step(&asking->loop, LOOP_SERVER);
    }
    return status;
}

static SECURITY_STATUS take_answer(struct asking *asking, enum way way)
{
    return way == WAY_DECRYPT ? take_decrypted(asking) : take_raw(asking);
}

START_TEST(post_authentication_certificate)
{
    static const enum loop_cut cuts[] = {LOOP_WHOLE, LOOP_RECORD, LOOP_BYTE};

    for (size_t i = 0; i < WAY_COUNT * COUNT_OF(cuts); i++) {
        enum way way = (enum way)(i % WAY_COUNT);
        struct asking asking;

        push_context("%s, cut %d", way == WAY_RAW ? "raw records" : "DecryptMessage",
                     (int)cuts[i / WAY_COUNT]);
        if (asking_init(&asking, "client-rsa")) {
            asking.loop.cut = cuts[i / WAY_COUNT];
            loop_check_traffic(&asking.loop);
            check_server_sees(&asking, NULL);
            if (ask(&asking) && meet_request(&asking) &&
                ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "the client's answer")) {
                check_server_sees(&asking, NULL);
                ok_status(take_answer(&asking, way), SEC_E_OK, "the server takes it");
                check_server_sees(&asking, "client-rsa");
                loop_check_traffic(&asking.loop);
            }
        }
        asking_done(&asking);
        pop_context();
    }
}

/* No certificate in the credential, and none in the user's store: the program is asked, once. */
START_TEST(post_authentication_question)
{
    static const struct {
        const char *name;
        bool same_bytes, supplied, new_credential, before;
    } ways[] = {
        {"the same bytes, USE_SUPPLIED_CREDS", true, true, false, false},
        {"the same bytes", true, false, false, false},
        {"an empty token", false, false, false, false},
        {"an empty token, new credential", false, false, true, false},
        {"the same bytes, new credential", true, false, true, false},
        {"USE_SUPPLIED_CREDS at once", true, true, false, true},
        {"new credential at once", true, false, true, true},
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct bytes given = {NULL, 0, 0};
        struct asking asking;

        push_context("%s", ways[i].name);
        if (asking_init(&asking, NULL) && ask(&asking) && meet_request(&asking)) {
            struct loop_side *client = &asking.loop.side[LOOP_CLIENT];

            bytes_add(&given, client->held.data, client->held.size);
            if (!ways[i].before) {
                ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_I_INCOMPLETE_CREDENTIALS,
                          "the question");
                bytes_drop(&client->held, client->held.size);
                if (ways[i].same_bytes)
                    bytes_add(&client->held, given.data, given.size);
            }
            if (ways[i].supplied)
                client->request |= ISC_REQ_USE_SUPPLIED_CREDS;
            if (ways[i].new_credential)
                client->credential = &asking.with;
            ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "goes on");
            ok_number(client->held.size, 0, "bytes left");
            ok_status(take_answer(&asking, WAY_DECRYPT), SEC_E_OK, "the server takes it");
            check_server_sees(&asking, ways[i].new_credential ? "client-rsa" : NULL);
            loop_check_traffic(&asking.loop);
        }
        bytes_done(&given);
        asking_done(&asking);
        pop_context();
    }
}

/* Data in both directions between request and answer. */
START_TEST(post_authentication_data_between)
{
    struct asking asking;

    if (asking_init(&asking, "client-rsa")) {
        struct bytes plain = {NULL, 0, 0};

        loop_check_traffic(&asking.loop);
        if (ask(&asking)) {
            ok_status(loop_send(&asking.loop, LOOP_CLIENT, "early", 5), SEC_E_OK, "sent");
            ok_status(loop_receive(&asking.loop, LOOP_SERVER, 5, &plain), SEC_E_OK, "received");
            if (meet_request(&asking)) {
                ok_status(loop_send(&asking.loop, LOOP_CLIENT, "later", 5), SEC_E_OK, "sent");
                ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "the client's answer");
                ok_status(loop_send(&asking.loop, LOOP_SERVER, "server", 6), SEC_E_OK, "sent");
                ok_status(loop_receive(&asking.loop, LOOP_SERVER, 10, &plain), SEC_E_OK,
                          "received");
                ok_status(take_answer(&asking, WAY_DECRYPT), SEC_E_OK, "the server takes it");
                check_server_sees(&asking, "client-rsa");
                bytes_drop(&plain, plain.size);
                ok_status(loop_receive(&asking.loop, LOOP_CLIENT, 6, &plain), SEC_E_OK,
                          "received by the client");
                loop_check_traffic(&asking.loop);
            }
        }
        bytes_done(&plain);
    }
    asking_done(&asking);
}

/* Qt's client: a call without input first. It may answer there already; the record is no harm. */
START_TEST(post_authentication_empty_call)
{
    struct asking asking;

    if (asking_init(&asking, "client-rsa") && ask(&asking) && meet_request(&asking)) {
        struct loop_side *client = &asking.loop.side[LOOP_CLIENT];
        struct bytes record = {NULL, 0, 0};

        bytes_add(&record, client->held.data, client->held.size);
        bytes_drop(&client->held, client->held.size);
        ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "a call without input");
        bytes_add(&client->held, record.data, record.size);
        ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "and then the record");
        ok_status(take_answer(&asking, WAY_DECRYPT), SEC_E_OK, "the server takes it");
        check_server_sees(&asking, "client-rsa");
        loop_check_traffic(&asking.loop);
        bytes_done(&record);
    }
    asking_done(&asking);
}

/* A server may ask again. */
START_TEST(post_authentication_twice)
{
    struct asking asking;

    if (asking_init(&asking, "client-rsa")) {
        for (unsigned i = 0; i < 3; i++) {
            push_context("time %u", i);
            if (ask(&asking) && meet_request(&asking)) {
                ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "the client's answer");
                ok_status(take_answer(&asking, i % 2 ? WAY_RAW : WAY_DECRYPT), SEC_E_OK,
                          "the server takes it");
                check_server_sees(&asking, "client-rsa");
                loop_check_traffic(&asking.loop);
            }
            pop_context();
        }
    }
    asking_done(&asking);
}

/* Data behind the request, in the same read: they are EXTRA when the program is asked and when it
 * goes on, and open afterwards. */
START_TEST(post_authentication_question_extra)
{
    for (int same_bytes = 0; same_bytes < 2; same_bytes++) {
        struct bytes given = {NULL, 0, 0}, plain = {NULL, 0, 0};
        struct asking asking;

        push_context("%s", same_bytes ? "the same bytes" : "what was EXTRA");
        if (asking_init(&asking, NULL)) {
            struct loop_side *client = &asking.loop.side[LOOP_CLIENT];
            size_t record;

            loop_check_traffic(&asking.loop); /* takes the tickets */
            if (ask(&asking)) {
                ok_status(loop_send(&asking.loop, LOOP_SERVER, "data", 4), SEC_E_OK, "data");
                loop_read(&asking.loop, LOOP_CLIENT);
                record = wire_record_size(client->held.data, client->held.size);
                ok_status(loop_unseal(client, &plain), SEC_I_RENEGOTIATE, "the request");
                bytes_add(&given, client->held.data, client->held.size);
                ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_I_INCOMPLETE_CREDENTIALS,
                          "the question");
                ok_number(client->held.size, given.size - record, "EXTRA with the question");
                if (same_bytes) {
                    bytes_drop(&client->held, client->held.size);
                    bytes_add(&client->held, given.data, given.size);
                }
                ok_status(loop_step(&asking.loop, LOOP_CLIENT), SEC_E_OK, "goes on");
                ok_number(client->held.size, given.size - record, "EXTRA afterwards");
                ok_status(loop_unseal(client, &plain), SEC_E_OK, "the data");
                ok(plain.size == 4 && !memcmp(plain.data, "data", 4), "other data");
                ok_status(take_answer(&asking, WAY_DECRYPT), SEC_E_OK, "the server takes it");
                loop_check_traffic(&asking.loop);
            }
        }
        bytes_done(&given);
        bytes_done(&plain);
        asking_done(&asking);
        pop_context();
    }
}
