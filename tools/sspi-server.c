/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sspi-server: accepts TLS connections through SSPI, one after another, and either sends back what
 * comes or joins the connection with standard input and output.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/certs.h"
#include "sspi/credential.h"
#include "sspi/net.h"
#include "sspi/stream.h"

enum { EXIT_GOOD, EXIT_FAILED, EXIT_USAGE };

static const char usage[] =
    "Usage: sspi-server [options] --cert FILE\n"
    "\n"
    "Listens for TLS connections through SSPI (Schannel). The first line on standard\n"
    "output is \"listening on port N\". What was negotiated goes to standard error.\n"
    "\n"
    "  -c, --cert FILE     certificate with key (PKCS#12; on Linux also PEM)\n"
    "  -k, --key FILE      its key, when in a PEM file of its own (Linux)\n"
    "  -p, --password TEXT password of the certificate's file\n"
    "  -4, -6              IPv4 or IPv6 only\n"
    "  -l, --listen ADDR   address to listen on (default 127.0.0.1)\n"
    "  -P, --port N        port (default 0: a free one is chosen)\n"
    "  -t, --tls VERSION   1.0, 1.1, 1.2 or 1.3 only\n"
    "      --dtls          datagrams: DTLS 1.0 or 1.2 over UDP; implies --once\n"
    "      --mtu N         bytes of a datagram (default 1096)\n"
    "  -a, --alpn LIST     application protocols, most wanted first\n"
    "      --mutual        ask clients for a certificate\n"
    "      --ca FILE       trust the PEM certificates in FILE for them\n"
    "      --echo          send back what comes (the default)\n"
    "      --pipe          write what comes to standard output, send standard input;\n"
    "                      implies --once\n"
    "      --once          end after one connection\n"
    "      --timeout N     drop a connection after N silent seconds (default 0: never)\n"
    "      --quiet         do not tell what was negotiated\n"
    "  -v, --verbose       tell each SSPI call\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit status: 0 good, 1 failure (with --once: also of the connection), 2 wrong\n"
    "usage.\n";

struct options {
    enum net_family family;
    struct credential_wish wish;
    const char *certificate, *key, *password, *roots;
    const char *address, *port, *alpn;
    unsigned timeout, mtu;
    bool mutual, pipe, once, quiet, verbose;
};

enum {
    OPTION_CA = 256,
    OPTION_MUTUAL,
    OPTION_ECHO,
    OPTION_PIPE,
    OPTION_ONCE,
    OPTION_TIMEOUT,
    OPTION_QUIET,
    OPTION_DTLS,
    OPTION_MTU
};

/* clang-format off */
static const struct option long_options[] = {
    {"cert",     required_argument, NULL, 'c'},
    {"key",      required_argument, NULL, 'k'},
    {"password", required_argument, NULL, 'p'},
    {"listen",   required_argument, NULL, 'l'},
    {"port",     required_argument, NULL, 'P'},
    {"tls",      required_argument, NULL, 't'},
    {"alpn",     required_argument, NULL, 'a'},
    {"ca",       required_argument, NULL, OPTION_CA},
    {"mutual",   no_argument,       NULL, OPTION_MUTUAL},
    {"echo",     no_argument,       NULL, OPTION_ECHO},
    {"pipe",     no_argument,       NULL, OPTION_PIPE},
    {"dtls",     no_argument,       NULL, OPTION_DTLS},
    {"mtu",      required_argument, NULL, OPTION_MTU},
    {"once",     no_argument,       NULL, OPTION_ONCE},
    {"timeout",  required_argument, NULL, OPTION_TIMEOUT},
    {"quiet",    no_argument,       NULL, OPTION_QUIET},
    {"verbose",  no_argument,       NULL, 'v'},
    {"help",     no_argument,       NULL, 'h'},
    {NULL,       0,                 NULL, 0},
};
/* clang-format on */

static bool set_option(struct options *options, int option)
{
    switch (option) {
    case '4':
        options->family = NET_IPV4;
        return true;
    case '6':
        options->family = NET_IPV6;
        return true;
    case 'c':
        options->certificate = optarg;
        return true;
    case 'k':
        options->key = optarg;
        return true;
    case 'p':
        options->password = optarg;
        return true;
    case 'l':
        options->address = optarg;
        return true;
    case 'P':
        options->port = optarg;
        return true;
    case 't':
        options->wish.tls = optarg;
        return credential_knows_version(optarg);
    case 'a':
        options->alpn = optarg;
        return true;
    case 'v':
        options->verbose = true;
        return true;
    case OPTION_CA:
        options->roots = optarg;
        return true;
    case OPTION_MUTUAL:
        options->mutual = true;
        return true;
    case OPTION_ECHO:
        options->pipe = false;
        return true;
    case OPTION_PIPE:
        options->pipe = options->once = true;
        return true;
    case OPTION_ONCE:
        options->once = true;
        return true;
    case OPTION_DTLS:
        options->wish.datagram = options->once = true;
        return true;
    case OPTION_MTU:
        options->mtu = (unsigned)strtoul(optarg, NULL, 10);
        return options->mtu <= UINT16_MAX;
    case OPTION_TIMEOUT:
        options->timeout = (unsigned)strtoul(optarg, NULL, 10);
        return true;
    case OPTION_QUIET:
        options->quiet = true;
        return true;
    default:
        return false;
    }
}

static bool read_options(int count, char **values, struct options *options)
{
    int option;

    options->wish.server = true;
    options->address = "127.0.0.1";
    options->port = "0";
    while ((option = getopt_long(count, values, "46c:k:p:l:P:t:a:vh", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(EXIT_GOOD);
        }
        if (!set_option(options, option))
            return false;
    }
    if (options->family == NET_IPV6 && !strcmp(options->address, "127.0.0.1"))
        options->address = "::1";
    return optind == count && options->certificate;
}

static void send_input(void *argument)
{
    static unsigned char bytes[0x4000];
    struct stream *stream = argument;
    long got;

    while ((got = stdin_read(bytes, sizeof(bytes))) > 0)
        if (!stream_send(stream, bytes, (size_t)got))
            return;
    stream_close(stream);
}

/* The client's data until it closes. */
static bool serve(struct stream *stream, const struct options *options)
{
    const unsigned char *data;
    size_t size;

    if (options->pipe && !thread_start(send_input, stream))
        return false;
    while (stream_receive(stream, &data, &size)) {
        if (!size)
            continue;
        if (options->pipe ? !stdout_write(data, size) : !stream_send(stream, data, size))
            return false;
    }
    if (!stream->peer_closed) {
        fprintf(stderr, "sspi-server: %s: %s\n", stream->failed, status_text(stream->status));
        return false;
    }
    return stream_close(stream);
}

static bool serve_connection(intptr_t socket, CredHandle *credential, const struct options *options)
{
    /* Static: with --pipe a thread may still use it when main returns. */
    static struct stream stream;
    bool good;

    memset(&stream, 0, sizeof(stream));
    stream.socket = socket;
    stream.credential = credential;
    stream.server = true;
    stream.mutual = options->mutual;
    stream.alpn = options->alpn;
    stream.verbose = options->verbose;
    stream.datagram = options->wish.datagram;
    stream.mtu = options->mtu;
    stream.timeout = options->timeout;
    net_timeout(socket, options->timeout);
    if (stream.datagram && !net_accept_datagram(socket, stream.address, sizeof(stream.address),
                                                &stream.address_size)) {
        fprintf(stderr, "sspi-server: %s\n", net_error());
        return false;
    }
    good = stream_handshake(&stream);
    if (good && !options->quiet)
        stream_describe(&stream);
    if (!good)
        fprintf(stderr, "sspi-server: %s: %s\n", stream.failed, status_text(stream.status));
    else
        good = serve(&stream, options);
    if (options->pipe && options->once)
        net_shutdown(socket);
    else
        stream_done(&stream);
    return good;
}

static int run(const struct options *options)
{
    static CredHandle credential;
    SECURITY_STATUS status = credential_acquire_for(&options->wish, &credential);
    intptr_t listener, socket;
    bool good;

    if (status != SEC_E_OK) {
        fprintf(stderr, "sspi-server: AcquireCredentialsHandle: %s\n", status_text(status));
        return EXIT_FAILED;
    }
    listener = options->wish.datagram
                   ? net_listen_datagram(options->address, options->port, options->family)
                   : net_listen(options->address, options->port, options->family);
    if (listener == NET_NONE) {
        fprintf(stderr, "sspi-server: cannot listen: %s\n", net_error());
        return EXIT_FAILED;
    }
    printf("listening on port %u\n", net_port(listener));
    fflush(stdout);
    do {
        socket = options->wish.datagram ? listener : net_accept(listener);
        if (socket == NET_NONE) {
            fprintf(stderr, "sspi-server: %s\n", net_error());
            return EXIT_FAILED;
        }
        good = serve_connection(socket, &credential, options);
    } while (!options->once);
    FreeCredentialsHandle(&credential);
    return good ? EXIT_GOOD : EXIT_FAILED;
}

int main(int count, char **values)
{
    struct options options = {0};

    if (!read_options(count, values, &options)) {
        fprintf(stderr, "sspi-server: wrong usage; try --help\n");
        return EXIT_USAGE;
    }
    if (!net_start())
        return EXIT_FAILED;
    options.wish.certificate = certs_open(options.certificate, options.key, options.password);
    if (options.roots)
        options.wish.roots = certs_open_roots(options.roots);
    if (!options.wish.certificate || (options.roots && !options.wish.roots))
        return EXIT_FAILED;
    return run(&options);
}
