/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * bench-openssl: the benchmark on OpenSSL.
 */
#include "bench.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
    SSL *tls;
    BIO *bio;
    struct wire *in, *out; /* during one call */
};

static char error_text[256];
static unsigned char plaintext[16384]; /* one thread opens at a time */

static const char *error(void)
{
    ERR_error_string_n(ERR_peek_last_error(), error_text, sizeof(error_text));
    return error_text;
}

static void describe(char *text, size_t room)
{
    snprintf(text, room, "%s", OpenSSL_version(OPENSSL_VERSION));
}

static const char *no_server(const char *version)
{
    (void)version;
    return NULL;
}

static int bio_write(BIO *bio, const char *bytes, int size)
{
    struct session *session = BIO_get_data(bio);

    if (session->out && !wire_append(session->out, bytes, (size_t)size))
        return -1;
    return size;
}

static int bio_read(BIO *bio, char *to, int room)
{
    struct session *session = BIO_get_data(bio);
    struct wire *in = session->in;
    size_t have = in ? in->end - in->start : 0;

    BIO_clear_retry_flags(bio);
    if (!have) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if ((size_t)room > have)
        room = (int)have;
    memcpy(to, in->bytes + in->start, (size_t)room);
    in->start += (size_t)room;
    return room;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_PUSH || command == BIO_CTRL_POP;
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static BIO *new_bio(struct session *session)
{
    static BIO_METHOD *method;
    BIO *bio;

    if (!method) {
        method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 100, "wire");
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_ctrl(method, bio_control);
        BIO_meth_set_create(method, bio_create);
    }
    bio = BIO_new(method);
    if (bio)
        BIO_set_data(bio, session);
    return bio;
}

static SSL_CTX *new_context(const char *certificate, const char *version)
{
    int number = !strcmp(version, "1.3") ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    char path[512];

    if (!context)
        return NULL;
    SSL_CTX_set_min_proto_version(context, number);
    SSL_CTX_set_max_proto_version(context, number);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
    if (!certificate)
        return context;
    snprintf(path, sizeof(path), "%s/%s.pem", bench_pki, certificate);
    if (SSL_CTX_use_certificate_chain_file(context, path) == 1) {
        snprintf(path, sizeof(path), "%s/%s.key", bench_pki, certificate);
        if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) == 1)
            return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

static SSL_CTX *context_for(const struct wish *wish)
{
    static SSL_CTX *known[2][3];
    const char *certificate = wish->server ? wish->certificate : NULL;
    SSL_CTX **entry = &known[!strcmp(wish->version, "1.3")][!certificate                  ? 0
                                                            : !strcmp(certificate, "rsa") ? 1
                                                                                          : 2];

    if (!*entry)
        *entry = new_context(certificate, wish->version);
    return *entry;
}

static struct session *create(const struct wish *wish)
{
    SSL_CTX *context = context_for(wish);
    struct session *session = context ? calloc(1, sizeof(*session)) : NULL;

    if (!session)
        return NULL;
    session->tls = SSL_new(context);
    session->bio = new_bio(session);
    if (!session->tls || !session->bio)
        return NULL;
    SSL_set_bio(session->tls, session->bio, session->bio);
    if (wish->server) {
        SSL_set_accept_state(session->tls);
        return session;
    }
    SSL_set_connect_state(session->tls);
    SSL_set_tlsext_host_name(session->tls, "localhost");
    if (wish->ticket)
        SSL_set_session(session->tls, wish->ticket);
    return session;
}

static enum step handshake(struct session *session, struct wire *in, struct wire *out)
{
    int status;

    session->in = in;
    session->out = out;
    ERR_clear_error();
    status = SSL_do_handshake(session->tls);
    session->in = session->out = NULL;
    if (status == 1)
        return STEP_DONE;
    return SSL_get_error(session->tls, status) == SSL_ERROR_WANT_READ ? STEP_MORE : STEP_FAILED;
}

static bool seal(struct session *session, const void *data, size_t size, struct wire *out)
{
    static const unsigned char block[16384];
    int sent;

    if (out)
        out->start = out->end = 0;
    session->out = out;
    sent = SSL_write(session->tls, data ? data : block, (int)size);
    session->out = NULL;
    return sent == (int)size;
}

static long open_record(struct session *session, struct wire *in, const unsigned char **plain)
{
    int got;

    session->in = in;
    got = SSL_read(session->tls, plaintext, sizeof(plaintext));
    session->in = NULL;
    *plain = plaintext;
    if (got > 0)
        return got;
    return SSL_get_error(session->tls, got) == SSL_ERROR_WANT_READ ? 0 : -1;
}

static void *save(struct session *session)
{
    SSL_SESSION *ticket = SSL_get1_session(session->tls);

    if (ticket && SSL_SESSION_is_resumable(ticket))
        return ticket;
    SSL_SESSION_free(ticket);
    return NULL;
}

static void drop(void *ticket)
{
    SSL_SESSION_free(ticket);
}

/* A context loads no trust list here either. */
static bool acquire(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    SSL_CTX_free(context);
    return context != NULL;
}

/* As a program that closes without a word, but keeps the session. */
static void destroy(struct session *session)
{
    SSL_set_quiet_shutdown(session->tls, 1);
    SSL_shutdown(session->tls);
    SSL_free(session->tls);
    free(session);
}

static const struct engine engine = {
    .name = "openssl",
    .describe = describe,
    .no_server = no_server,
    .create = create,
    .handshake = handshake,
    .seal = seal,
    .open = open_record,
    .save = save,
    .drop = drop,
    .acquire = acquire,
    .error = error,
    .destroy = destroy,
};

int main(int count, char **values)
{
    return bench_main(count, values, &engine);
}
