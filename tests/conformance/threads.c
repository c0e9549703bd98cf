/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Several threads: one encrypts while another decrypts on the same context, many connections on one
 * credential, credentials freed and contexts deleted while others are inside.
 *
 * Source: the remarks of EncryptMessage and DecryptMessage: the two may run at the same time on one
 * context in two threads.
 */
#include "common.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define THREADS 4

/* SECUR32_TEST_BRIEF: a tenth, for checkers under which all is slow. */
static unsigned brief(unsigned count)
{
    return getenv("SECUR32_TEST_BRIEF") ? count / 10 : count;
}
#define MESSAGES brief(3000)
#define CONNECTIONS brief(100)

/* Bytes from one thread to another. */
struct pipe {
    struct host_lock lock;
    struct bytes bytes;
};

/* One direction: a context that writes, and one that reads. */
struct direction {
    struct loop_side writer, reader; /* copies: their handles and credentials */
    bool reader_is_client;
    struct pipe pipe;
    atomic_bool stop;
    unsigned sent, received;
};

static void write_messages(void *argument)
{
    struct direction *direction = argument;

    for (unsigned i = 0; i < MESSAGES && !direction->stop; i++) {
        struct bytes wire = {NULL, 0, 0};
        unsigned text[40];

        for (size_t k = 0; k < COUNT_OF(text); k++)
            text[k] = i;
        if (!ok_status(loop_seal(&direction->writer, text, sizeof(text), &wire), SEC_E_OK,
                       "message %u", i))
            direction->stop = true;
        host_lock_take(&direction->pipe.lock);
        bytes_add(&direction->pipe.bytes, wire.data, wire.size);
        host_lock_release(&direction->pipe.lock);
        bytes_done(&wire);
        direction->sent++;
    }
}

/* SEC_I_RENEGOTIATE, as programs answer it, while the other thread goes on encrypting. */
static SECURITY_STATUS answer(struct direction *direction)
{
    struct loop_side *side = &direction->reader;
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, side->held.data, side->held.size),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc input = list_make(in, 2), output = list_make(&token, 1);
    ULONG attributes;
    SECURITY_STATUS status =
        InitializeSecurityContextW(side->credential, &side->context, NULL, side->request, 0, 0,
                                   &input, 0, NULL, &output, &attributes, NULL);

    FreeContextBuffer(token.pvBuffer);
    if (status == SEC_E_OK)
        bytes_drop(&side->held,
                   side->held.size - (in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0));
    return status;
}

static void read_messages(void *argument)
{
    struct direction *direction = argument;
    struct loop_side *side = &direction->reader;
    struct bytes plain = {NULL, 0, 0};

    while (direction->received < MESSAGES && !direction->stop) {
        SECURITY_STATUS status = loop_unseal(side, &plain);

        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            host_lock_take(&direction->pipe.lock);
            bytes_add(&side->held, direction->pipe.bytes.data, direction->pipe.bytes.size);
            bytes_drop(&direction->pipe.bytes, direction->pipe.bytes.size);
            host_lock_release(&direction->pipe.lock);
            host_thread_yield();
        } else if (status == SEC_I_RENEGOTIATE) {
            if (!ok_status(answer(direction), SEC_E_OK, "handshake call"))
                direction->stop = true;
        } else if (!ok_status(status, SEC_E_OK, "message %u", direction->received)) {
            direction->stop = true;
        } else {
            unsigned first = 0;

            memcpy(&first, plain.data, plain.size < sizeof(first) ? plain.size : sizeof(first));
            if (plain.size != 40 * sizeof(unsigned) || first != direction->received) {
                ok(false, "message %u: %zu bytes, number %u", direction->received, plain.size,
                   first);
                direction->stop = true;
            }
            bytes_drop(&plain, plain.size);
            direction->received++;
        }
    }
    bytes_done(&plain);
}

static void direction_init(struct direction *direction, struct loop *loop, enum loop_role from)
{
    memset(direction, 0, sizeof(*direction));
    direction->writer = loop->side[from];
    direction->reader = loop->side[1 - (int)from];
    memset(&direction->writer.held, 0, sizeof(struct bytes));
    memset(&direction->writer.network, 0, sizeof(struct bytes));
    memset(&direction->reader.held, 0, sizeof(struct bytes));
    memset(&direction->reader.network, 0, sizeof(struct bytes));
    /* What came behind the handshake: tickets. */
    bytes_add(&direction->pipe.bytes, loop->side[1 - (int)from].held.data,
              loop->side[1 - (int)from].held.size);
    bytes_add(&direction->pipe.bytes, loop->side[1 - (int)from].network.data,
              loop->side[1 - (int)from].network.size);
}

START_TEST(threads_both_ways)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            struct direction directions[2];
            struct host_thread *threads[4];

            for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++)
                direction_init(&directions[role], &it.loop, (enum loop_role)role);
            for (size_t i = 0; i < 4; i++)
                threads[i] =
                    host_thread_start(i % 2 ? read_messages : write_messages, &directions[i / 2]);
            for (size_t i = 0; i < 4; i++) {
                ok(threads[i] != NULL, "no thread");
                host_thread_join(threads[i]);
            }
            for (size_t i = 0; i < 2; i++) {
                ok_number(directions[i].sent, MESSAGES, "sent, direction %zu", i);
                ok_number(directions[i].received, MESSAGES, "received, direction %zu", i);
                bytes_done(&directions[i].pipe.bytes);
                bytes_done(&directions[i].reader.held);
            }
        }
        disconnect(&it);
        pop_context();
    }
}

static void connect_many(void *argument)
{
    struct pair *pair = argument;

    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct loop loop;

        if (loop_connect(&loop, &pair->client, &pair->server))
            loop_check_traffic(&loop);
        loop_done(&loop);
    }
}

START_TEST(threads_one_credential)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct host_thread *threads[THREADS];
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            for (size_t i = 0; i < THREADS; i++)
                threads[i] = host_thread_start(connect_many, &pair);
            for (size_t i = 0; i < THREADS; i++) {
                ok(threads[i] != NULL, "no thread");
                host_thread_join(threads[i]);
            }
            pair_done(&pair);
        }
        pop_context();
    }
}

/* Sixteen threads acquire and free one certificate's credential (Kestrel's tests lost it so). */
#define ACQUIRERS 16

struct acquirer {
    PCCERT_CONTEXT certificate;
    unsigned failures;
};

static void acquire_often(void *argument)
{
    struct acquirer *acquirer = argument;
    const struct credential_wish wish = {.server = true, .certificate = acquirer->certificate};

    for (unsigned i = 0; i < brief(200); i++) {
        CredHandle credential;

        if (credential_make(&wish, &credential) != SEC_E_OK ||
            FreeCredentialsHandle(&credential) != SEC_E_OK)
            acquirer->failures++;
    }
}

START_TEST(threads_acquire)
{
    struct acquirer acquirers[ACQUIRERS];
    struct host_thread *threads[ACQUIRERS];
    PCCERT_CONTEXT certificate = pki_certificate("rsa");

    if (!certificate)
        return;
    for (size_t i = 0; i < ACQUIRERS; i++) {
        acquirers[i] = (struct acquirer){certificate, 0};
        threads[i] = host_thread_start(acquire_often, &acquirers[i]);
        ok(threads[i] != NULL, "no thread");
    }
    for (size_t i = 0; i < ACQUIRERS; i++) {
        if (threads[i])
            host_thread_join(threads[i]);
        ok(!acquirers[i].failures, "thread %zu: %u failures", i, acquirers[i].failures);
    }
}

/* A thread that uses a context until somebody deletes it. */
struct user {
    struct loop_side side;
    SECURITY_STATUS (*use)(struct loop_side *side);
    SECURITY_STATUS want; /* while the context is there */
    atomic_uint rounds;
};

static SECURITY_STATUS use_encrypt(struct loop_side *side)
{
    struct bytes wire = {NULL, 0, 0};
    SECURITY_STATUS status = loop_seal(side, "text", 4, &wire);

    bytes_done(&wire);
    return status;
}

static SECURITY_STATUS use_decrypt(struct loop_side *side)
{
    SecBuffer buffers[4] = {
        buffer_make(SECBUFFER_DATA, NULL, 0), buffer_make(SECBUFFER_EMPTY, NULL, 0),
        buffer_make(SECBUFFER_EMPTY, NULL, 0), buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBufferDesc message = list_make(buffers, 4);

    return DecryptMessage(&side->context, &message, 0, NULL);
}

static SECURITY_STATUS use_query(struct loop_side *side)
{
    SecPkgContext_ConnectionInfo info;

    return QueryContextAttributesW(&side->context, SECPKG_ATTR_CONNECTION_INFO, &info);
}

static SECURITY_STATUS use_initialize(struct loop_side *side)
{
    uint8_t part[3] = {23, 3, 3};
    SecBuffer in[2] = {buffer_make(SECBUFFER_TOKEN, part, sizeof(part)),
                       buffer_make(SECBUFFER_EMPTY, NULL, 0)};
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    SecBufferDesc input = list_make(in, 2), output = list_make(&token, 1);
    ULONG attributes;

    return InitializeSecurityContextW(side->credential, &side->context, NULL, side->request, 0, 0,
                                      &input, 0, NULL, &output, &attributes, NULL);
}

static const struct {
    const char *name;
    SECURITY_STATUS (*use)(struct loop_side *side);
    SECURITY_STATUS want;
} uses[] = {
    {"EncryptMessage", use_encrypt, SEC_E_OK},
    {"DecryptMessage", use_decrypt, SEC_E_INCOMPLETE_MESSAGE},
    {"QueryContextAttributes", use_query, SEC_E_OK},
    {"InitializeSecurityContext", use_initialize, SEC_E_INCOMPLETE_MESSAGE},
};

static void use_until_gone(void *argument)
{
    struct user *user = argument;

    for (unsigned i = 0; i < 100000000u; i++) {
        SECURITY_STATUS status = user->use(&user->side);

        atomic_fetch_add(&user->rounds, 1);
        if (status != user->want) {
            ok_status(status, SEC_E_INVALID_HANDLE, "the end");
            return;
        }
    }
    ok(false, "the context is never gone");
}

/* All of them are inside when it is deleted. */
START_TEST(threads_delete_inside)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            struct user users[COUNT_OF(uses)];
            struct host_thread *threads[COUNT_OF(uses)];

            for (size_t i = 0; i < COUNT_OF(uses); i++) {
                memset(&users[i], 0, sizeof(users[i]));
                users[i].side = it.loop.side[LOOP_CLIENT];
                users[i].use = uses[i].use;
                users[i].want = uses[i].want;
                threads[i] = host_thread_start(use_until_gone, &users[i]);
                ok(threads[i] != NULL, "no thread for %s", uses[i].name);
            }
            for (size_t i = 0; i < COUNT_OF(uses); i++)
                while (threads[i] && atomic_load(&users[i].rounds) < 100)
                    host_thread_yield();
            ok_status(DeleteSecurityContext(&it.loop.side[LOOP_CLIENT].context), SEC_E_OK,
                      "deleted");
            it.loop.side[LOOP_CLIENT].has_context = false;
            for (size_t i = 0; i < COUNT_OF(uses); i++)
                host_thread_join(threads[i]);
        }
        disconnect(&it);
        pop_context();
    }
}

/* A credential that others are making contexts of goes away. */
struct maker {
    CredHandle *credential;
    atomic_uint *rounds;
};

static void make_until_gone(void *argument)
{
    struct maker *maker = argument;

    for (unsigned i = 0; i < 100000000u; i++) {
        SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        CtxtHandle context = handle_of(0);
        SECURITY_STATUS status = first_call(maker->credential, u"localhost", 0, &token, &context);

        atomic_fetch_add(maker->rounds, 1);
        if (status != SEC_I_CONTINUE_NEEDED) {
            ok_status(status, SEC_E_INVALID_HANDLE, "the end");
            return;
        }
        FreeContextBuffer(token.pvBuffer);
        if (!ok_status(DeleteSecurityContext(&context), SEC_E_OK, "its context"))
            return;
    }
    ok(false, "the credential is never gone");
}

START_TEST(threads_credential_freed)
{
    struct host_thread *threads[THREADS];
    atomic_uint rounds = 0;
    CredHandle credential, copy;

    if (!client_make(&credential, VERSION_ANY))
        return;
    copy = credential; /* the threads' */
    struct maker maker = {&copy, &rounds};

    for (size_t i = 0; i < THREADS; i++) {
        threads[i] = host_thread_start(make_until_gone, &maker);
        ok(threads[i] != NULL, "no thread");
    }
    while (atomic_load(&rounds) < 200)
        host_thread_yield();
    ok_status(FreeCredentialsHandle(&credential), SEC_E_OK, "freed");
    for (size_t i = 0; i < THREADS; i++)
        host_thread_join(threads[i]);
}

/* The credentials go first; the contexts work on, and can be deleted. */
START_TEST(threads_credential_first)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            pair_done(&it.pair);
            it.has_pair = false;
            it.loop.side[LOOP_CLIENT].credential = NULL;
            it.loop.side[LOOP_SERVER].credential = NULL;
            loop_check_traffic(&it.loop);
            ok_status(loop_shutdown(&it.loop, LOOP_CLIENT), SEC_E_OK, "shutdown");
        }
        disconnect(&it);
        pop_context();
    }
}
