/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * bench-peer: the server that all implementations of the benchmark talk to. It listens on loopback,
 * a port for each kind of session, prints "NAME PORT" lines and then "ready", and ends when
 * standard input ends. On a connection it obeys lines: "send SIZE COUNT", "state" (answers "resu"
 * or "full"), "quit".
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct port {
    const char *name;
    const char *cipher; /* NULL: the client's choice */
    bool tickets;
};

/* The second part of the name is the version. */
/* clang-format off */
static const struct port ports[] = {
    {"bulk/1.2/AES-128-GCM",       "+AES-128-GCM:-MAC-ALL:+AEAD", false},
    {"bulk/1.2/AES-256-GCM",       "+AES-256-GCM:-MAC-ALL:+AEAD", false},
    {"bulk/1.2/CHACHA20-POLY1305", "+CHACHA20-POLY1305:-MAC-ALL:+AEAD", false},
    {"bulk/1.2/AES-128-CBC-SHA",   "+AES-128-CBC:-MAC-ALL:+SHA1:%NO_ETM", false},
    {"bulk/1.3/AES-128-GCM",       "+AES-128-GCM:-MAC-ALL:+AEAD", false},
    {"bulk/1.3/AES-256-GCM",       "+AES-256-GCM:-MAC-ALL:+AEAD", false},
    {"bulk/1.3/CHACHA20-POLY1305", "+CHACHA20-POLY1305:-MAC-ALL:+AEAD", false},
    {"full/1.2/rsa",      "+AES-128-GCM:-MAC-ALL:+AEAD", false},
    {"full/1.2/ecdsa",    "+AES-128-GCM:-MAC-ALL:+AEAD", false},
    {"full/1.3/rsa",      "+AES-128-GCM:-MAC-ALL:+AEAD", false},
    {"full/1.3/ecdsa",    "+AES-128-GCM:-MAC-ALL:+AEAD", false},
    {"resumed/1.2/rsa",   "+AES-128-GCM:-MAC-ALL:+AEAD", true},
    {"resumed/1.2/ecdsa", "+AES-128-GCM:-MAC-ALL:+AEAD", true},
    {"resumed/1.3/rsa",   "+AES-128-GCM:-MAC-ALL:+AEAD", true},
    {"resumed/1.3/ecdsa", "+AES-128-GCM:-MAC-ALL:+AEAD", true},
};
/* clang-format on */
#define PORTS (sizeof(ports) / sizeof(ports[0]))

struct listener {
    const struct port *port;
    int socket;
    gnutls_priority_t priority;
};

struct client {
    const struct listener *listener;
    int socket;
    unsigned char out[0x40000]; /* many small records, one write */
    size_t used;
};

static gnutls_certificate_credentials_t rsa, ecdsa;
static gnutls_datum_t ticket_key;

static bool flush(struct client *client)
{
    size_t sent = 0;
    ssize_t got;

    while (sent < client->used) {
        got = write(client->socket, client->out + sent, client->used - sent);
        if (got <= 0)
            return false;
        sent += (size_t)got;
    }
    client->used = 0;
    return true;
}

static ssize_t push(gnutls_transport_ptr_t pointer, const void *bytes, size_t size)
{
    struct client *client = pointer;

    if (size > sizeof(client->out) - client->used && !flush(client))
        return -1;
    if (size > sizeof(client->out))
        return -1;
    memcpy(client->out + client->used, bytes, size);
    client->used += size;
    return (ssize_t)size;
}

/* What was said goes out before it is waited for an answer. */
static ssize_t pull(gnutls_transport_ptr_t pointer, void *to, size_t room)
{
    struct client *client = pointer;

    return flush(client) ? read(client->socket, to, room) : -1;
}

static bool obey(gnutls_session_t session, const char *line)
{
    static const unsigned char block[16384];
    unsigned long size, count;

    if (!strncmp(line, "state", 5))
        return gnutls_record_send(session, gnutls_session_is_resumed(session) ? "resu" : "full",
                                  4) > 0;
    if (sscanf(line, "send %lu %lu", &size, &count) != 2 || size > sizeof(block) || !size)
        return false;
    while (count--)
        if (gnutls_record_send(session, block, size) != (ssize_t)size)
            return false;
    return true;
}

static void talk(gnutls_session_t session)
{
    char line[128];
    ssize_t got;
    int status;

    do {
        status = gnutls_handshake(session);
    } while (status < 0 && !gnutls_error_is_fatal(status));
    while (status == 0) {
        got = gnutls_record_recv(session, line, sizeof(line) - 1);
        if (got <= 0)
            return;
        line[got] = 0;
        if (!obey(session, line))
            return;
    }
}

static void *serve(void *argument)
{
    struct client *client = argument;
    const struct port *port = client->listener->port;
    gnutls_session_t session;

    gnutls_init(&session, GNUTLS_SERVER | (port->tickets ? 0 : GNUTLS_NO_TICKETS));
    gnutls_priority_set(session, client->listener->priority);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                           strstr(port->name, "/rsa") ? rsa : ecdsa);
    if (port->tickets)
        gnutls_session_ticket_enable_server(session, &ticket_key);
    gnutls_transport_set_ptr(session, client);
    gnutls_transport_set_push_function(session, push);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_handshake_set_timeout(session, 0);
    talk(session);
    flush(client);
    gnutls_deinit(session);
    close(client->socket);
    free(client);
    return NULL;
}

static void *listen_on(void *argument)
{
    const struct listener *listener = argument;
    struct client *client;
    pthread_t thread;
    int socket, one = 1;

    while ((socket = accept(listener->socket, NULL, NULL)) >= 0) {
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        client = calloc(1, sizeof(*client));
        if (!client) {
            close(socket);
            continue;
        }
        client->listener = listener;
        client->socket = socket;
        if (pthread_create(&thread, NULL, serve, client)) {
            close(socket);
            free(client);
        } else {
            pthread_detach(thread);
        }
    }
    return NULL;
}

static bool start(struct listener *listener, const struct port *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    pthread_t thread;
    char text[256];

    snprintf(text, sizeof(text),
             "NORMAL:-VERS-ALL:+VERS-TLS%.3s:-GROUP-ALL:+GROUP-X25519:-CIPHER-ALL:%s",
             strchr(port->name, '/') + 1, port->cipher);
    listener->port = port;
    listener->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (gnutls_priority_init(&listener->priority, text, NULL) || listener->socket < 0 ||
        bind(listener->socket, (struct sockaddr *)&address, length) ||
        listen(listener->socket, 64) ||
        getsockname(listener->socket, (struct sockaddr *)&address, &length) ||
        pthread_create(&thread, NULL, listen_on, listener))
        return false;
    pthread_detach(thread);
    printf("%s %u\n", port->name, ntohs(address.sin_port));
    return true;
}

static bool load(gnutls_certificate_credentials_t *credentials, const char *folder,
                 const char *name)
{
    char certificate[512], key[512];

    snprintf(certificate, sizeof(certificate), "%s/%s.pem", folder, name);
    snprintf(key, sizeof(key), "%s/%s.key", folder, name);
    if (!gnutls_certificate_allocate_credentials(credentials) &&
        gnutls_certificate_set_x509_key_file(*credentials, certificate, key, GNUTLS_X509_FMT_PEM) >=
            0)
        return true;
    fprintf(stderr, "bench-peer: %s and %s cannot be used\n", certificate, key);
    return false;
}

int main(int count, char **values)
{
    static struct listener listeners[PORTS];
    char byte;

    if (count != 2 || values[1][0] == '-') {
        fprintf(stderr, "Usage: bench-peer PKI-DIR\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (!load(&rsa, values[1], "rsa") || !load(&ecdsa, values[1], "ecdsa") ||
        gnutls_session_ticket_key_generate(&ticket_key))
        return 1;
    for (size_t i = 0; i < PORTS; i++)
        if (!start(&listeners[i], &ports[i])) {
            fprintf(stderr, "bench-peer: %s: %s\n", ports[i].name, strerror(errno));
            return 1;
        }
    printf("ready 0\n");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        continue;
    return 0;
}
