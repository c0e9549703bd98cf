/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * bench-gnutls: the benchmark on GnuTLS itself, which is what the others are compared to.
 */
#define _POSIX_C_SOURCE 200809L

#include "bench.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
    gnutls_session_t tls;
    struct wire *in, *out; /* during one call */
};

static int last_error;
static gnutls_datum_t ticket_key;
static unsigned char plaintext[16384]; /* one thread opens at a time */

static const char *error(void)
{
    return gnutls_strerror(last_error);
}

static void describe(char *text, size_t room)
{
    snprintf(text, room, "GnuTLS %s", gnutls_check_version(NULL));
}

static const char *no_server(const char *version)
{
    (void)version;
    return NULL;
}

/* Without a place to go, a record is thrown away. */
static ssize_t push(gnutls_transport_ptr_t pointer, const void *bytes, size_t size)
{
    struct session *session = pointer;

    if (session->out && !wire_append(session->out, bytes, size)) {
        errno = ENOBUFS;
        return -1;
    }
    return (ssize_t)size;
}

static ssize_t pull(gnutls_transport_ptr_t pointer, void *to, size_t room)
{
    struct session *session = pointer;
    struct wire *in = session->in;
    size_t have = in ? in->end - in->start : 0;

    if (!have) {
        errno = EAGAIN;
        return -1;
    }
    if (room > have)
        room = have;
    memcpy(to, in->bytes + in->start, room);
    in->start += room;
    return (ssize_t)room;
}

/* Parsed once for each version and number of shares, as a program does it. */
static gnutls_priority_t priority(const char *version)
{
    static gnutls_priority_t known[2];
    gnutls_priority_t *entry = &known[!strcmp(version, "1.3")];
    char text[128];

    /* X25519 is what the peer takes. */
    snprintf(text, sizeof(text),
             "NORMAL:-VERS-ALL:+VERS-TLS%s:%%NO_ETM:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:"
             "+GROUP-SECP384R1",
             version);
    if (!*entry)
        last_error = gnutls_priority_init(entry, text, NULL);
    return *entry;
}

static gnutls_certificate_credentials_t credentials(const char *name)
{
    static gnutls_certificate_credentials_t known[3];
    size_t which = !name ? 0 : !strcmp(name, "rsa") ? 1 : 2;
    char certificate[512], key[512];

    if (known[which])
        return known[which];
    last_error = gnutls_certificate_allocate_credentials(&known[which]);
    if (!name || last_error)
        return known[which];
    snprintf(certificate, sizeof(certificate), "%s/%s.pem", bench_pki, name);
    snprintf(key, sizeof(key), "%s/%s.key", bench_pki, name);
    last_error =
        gnutls_certificate_set_x509_key_file(known[which], certificate, key, GNUTLS_X509_FMT_PEM);
    if (last_error < 0) {
        gnutls_certificate_free_credentials(known[which]);
        known[which] = NULL;
    }
    return known[which];
}

static struct session *create(const struct wish *wish)
{
    gnutls_certificate_credentials_t own = credentials(wish->server ? wish->certificate : NULL);
    gnutls_priority_t order = priority(wish->version);
    struct session *session = calloc(1, sizeof(*session));

    if (!session || !own || !order)
        return NULL;
    last_error = gnutls_init(&session->tls,
                             (wish->server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NONBLOCK);
    if (last_error)
        return NULL;
    gnutls_priority_set(session->tls, order);
    gnutls_credentials_set(session->tls, GNUTLS_CRD_CERTIFICATE, own);
    gnutls_transport_set_ptr(session->tls, session);
    gnutls_transport_set_push_function(session->tls, push);
    gnutls_transport_set_pull_function(session->tls, pull);
    gnutls_handshake_set_timeout(session->tls, 0);
    /* Servers give tickets, in all engines. */
    if (wish->server) {
        if (!ticket_key.data)
            gnutls_session_ticket_key_generate(&ticket_key);
        gnutls_session_ticket_enable_server(session->tls, &ticket_key);
    } else if (!wish->server) {
        gnutls_server_name_set(session->tls, GNUTLS_NAME_DNS, "localhost", 9);
        if (wish->ticket) {
            gnutls_datum_t *ticket = wish->ticket;

            gnutls_session_set_data(session->tls, ticket->data, ticket->size);
        }
    }
    return session;
}

static enum step handshake(struct session *session, struct wire *in, struct wire *out)
{
    int status;

    session->in = in;
    session->out = out;
    status = gnutls_handshake(session->tls);
    session->in = session->out = NULL;
    if (!status)
        return STEP_DONE;
    last_error = status;
    return gnutls_error_is_fatal(status) ? STEP_FAILED : STEP_MORE;
}

static bool seal(struct session *session, const void *data, size_t size, struct wire *out)
{
    static const unsigned char block[16384];
    ssize_t sent;

    if (out)
        out->start = out->end = 0;
    session->out = out;
    sent = gnutls_record_send(session->tls, data ? data : block, size);
    session->out = NULL;
    last_error = sent < 0 ? (int)sent : 0;
    return sent == (ssize_t)size;
}

static long open_record(struct session *session, struct wire *in, const unsigned char **plain)
{
    ssize_t got;

    session->in = in;
    got = gnutls_record_recv(session->tls, plaintext, sizeof(plaintext));
    session->in = NULL;
    *plain = plaintext;
    if (got == GNUTLS_E_AGAIN)
        return 0;
    last_error = got < 0 ? (int)got : 0;
    return got < 0 ? -1 : (long)got;
}

static void *save(struct session *session)
{
    gnutls_datum_t *ticket = calloc(1, sizeof(*ticket));

    if (ticket && !gnutls_session_get_data2(session->tls, ticket) && ticket->size > 4)
        return ticket;
    free(ticket);
    return NULL;
}

static void drop(void *ticket)
{
    gnutls_free(((gnutls_datum_t *)ticket)->data);
    free(ticket);
}

static bool acquire(void)
{
    gnutls_certificate_credentials_t fresh;

    last_error = gnutls_certificate_allocate_credentials(&fresh);
    if (last_error)
        return false;
    gnutls_certificate_free_credentials(fresh);
    return true;
}

static void destroy(struct session *session)
{
    gnutls_deinit(session->tls);
    free(session);
}

static const struct engine engine = {
    .name = "gnutls",
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
