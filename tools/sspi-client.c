/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sspi-client: connects to a TLS server through SSPI and joins it with standard input and output.
 * Uses only what Windows has, so it shows the system's own Schannel on Windows.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/certs.h"
#include "sspi/credential.h"
#include "sspi/net.h"
#include "sspi/stream.h"

/* Exit codes. */
enum {
    EXIT_GOOD,
    EXIT_FAILED, /* connecting, the handshake or the transfer */
    EXIT_USAGE,
    EXIT_TRUNCATED /* the peer closed without close_notify */
};

static const char usage[] =
    "Usage: sspi-client [options] HOST PORT\n"
    "\n"
    "Opens a TLS connection through SSPI (Schannel), sends standard input, and\n"
    "writes what comes back to standard output. What was negotiated goes to\n"
    "standard error.\n"
    "\n"
    "  -4, -6              IPv4 or IPv6 only\n"
    "  -t, --tls VERSION   1.0, 1.1, 1.2 or 1.3 only\n"
    "      --dtls          datagrams: DTLS 1.0 or 1.2 over UDP\n"
    "      --mtu N         bytes of a datagram (default 1096)\n"
    "  -a, --alpn LIST     application protocols, e.g. h2,http/1.1\n"
    "  -c, --cert FILE     client certificate with key (PKCS#12; on Linux also PEM)\n"
    "  -k, --key FILE      its key, when in a PEM file of its own (Linux)\n"
    "  -p, --password TEXT password of the certificate's file\n"
    "      --ca FILE       trust the PEM certificates in FILE as well\n"
    "  -n, --name NAME     server name to send and to check (default: HOST)\n"
    "      --insecure      do not check the server's certificate\n"
    "      --ignore-eof    stay when standard input ends; default: send close_notify\n"
    "                      and read on until the server closes\n"
    "      --timeout N     give up after N seconds without an answer (default 0: never)\n"
    "      --quiet         do not tell what was negotiated\n"
    "  -v, --verbose       tell each SSPI call\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit status: 0 good, 1 failure, 2 wrong usage, 3 the server closed without\n"
    "close_notify.\n";

struct options {
    enum net_family family;
    struct credential_wish wish;
    const char *certificate, *key, *password, *roots;
    const char *host, *port, *name, *alpn;
    unsigned timeout, mtu;
    bool ignore_eof, quiet, verbose;
};

enum {
    OPTION_CA = 256,
    OPTION_INSECURE,
    OPTION_IGNORE_EOF,
    OPTION_TIMEOUT,
    OPTION_QUIET,
    OPTION_DTLS,
    OPTION_MTU
};

/* clang-format off */
static const struct option long_options[] = {
    {"tls",        required_argument, NULL, 't'},
    {"alpn",       required_argument, NULL, 'a'},
    {"cert",       required_argument, NULL, 'c'},
    {"key",        required_argument, NULL, 'k'},
    {"password",   required_argument, NULL, 'p'},
    {"ca",         required_argument, NULL, OPTION_CA},
    {"name",       required_argument, NULL, 'n'},
    {"insecure",   no_argument,       NULL, OPTION_INSECURE},
    {"dtls",       no_argument,       NULL, OPTION_DTLS},
    {"mtu",        required_argument, NULL, OPTION_MTU},
    {"ignore-eof", no_argument,       NULL, OPTION_IGNORE_EOF},
    {"timeout",    required_argument, NULL, OPTION_TIMEOUT},
    {"quiet",      no_argument,       NULL, OPTION_QUIET},
    {"verbose",    no_argument,       NULL, 'v'},
    {"help",       no_argument,       NULL, 'h'},
    {NULL,         0,                 NULL, 0},
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
    case 't':
        options->wish.tls = optarg;
        return credential_knows_version(optarg);
    case 'a':
        options->alpn = optarg;
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
    case 'n':
        options->name = optarg;
        return true;
    case 'v':
        options->verbose = true;
        return true;
    case OPTION_CA:
        options->roots = optarg;
        return true;
    case OPTION_INSECURE:
        options->wish.insecure = true;
        return true;
    case OPTION_IGNORE_EOF:
        options->ignore_eof = true;
        return true;
    case OPTION_DTLS:
        options->wish.datagram = true;
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

    while ((option = getopt_long(count, values, "46t:a:c:k:p:n:vh", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(EXIT_GOOD);
        }
        if (!set_option(options, option))
            return false;
    }
    if (count - optind != 2)
        return false;
    options->host = values[optind];
    options->port = values[optind + 1];
    if (!options->name)
        options->name = options->host;
    return true;
}

struct sender {
    struct stream *stream;
    bool ignore_eof;
};

static void send_input(void *argument)
{
    struct sender *sender = argument;
    static unsigned char bytes[0x4000];
    long got;

    while ((got = stdin_read(bytes, sizeof(bytes))) > 0)
        if (!stream_send(sender->stream, bytes, (size_t)got))
            return;
    if (!sender->ignore_eof)
        stream_close(sender->stream);
}

static int transfer(struct stream *stream, const struct options *options)
{
    /* Static: the thread that sends may still be reading standard input when main returns. */
    static struct sender sender;
    const unsigned char *data;
    size_t size;

    sender.stream = stream;
    sender.ignore_eof = options->ignore_eof;
    if (!thread_start(send_input, &sender)) {
        fprintf(stderr, "sspi-client: no thread could be started\n");
        return EXIT_FAILED;
    }
    while (stream_receive(stream, &data, &size))
        if (size && !stdout_write(data, size))
            return EXIT_FAILED;
    if (stream->peer_closed) {
        stream_close(stream);
        return EXIT_GOOD;
    }
    fprintf(stderr, "sspi-client: %s: %s\n", stream->failed, status_text(stream->status));
    return stream->status ? EXIT_FAILED : EXIT_TRUNCATED;
}

static bool load_files(struct options *options)
{
    if (options->certificate) {
        options->wish.certificate =
            certs_open(options->certificate, options->key, options->password);
        if (!options->wish.certificate)
            return false;
    }
    if (options->roots)
        options->wish.roots = certs_open_roots(options->roots);
    return !options->roots || options->wish.roots;
}

static int run(struct options *options)
{
    static struct stream stream;
    static CredHandle credential;
    SECURITY_STATUS status = credential_acquire_for(&options->wish, &credential);

    if (status != SEC_E_OK) {
        fprintf(stderr, "sspi-client: AcquireCredentialsHandle: %s\n", status_text(status));
        return EXIT_FAILED;
    }
    stream.socket = options->wish.datagram
                        ? net_connect_datagram(options->host, options->port, options->family)
                        : net_connect(options->host, options->port, options->family);
    if (stream.socket == NET_NONE) {
        fprintf(stderr, "sspi-client: cannot connect: %s\n", net_error());
        return EXIT_FAILED;
    }
    net_timeout(stream.socket, options->timeout);
    stream.datagram = options->wish.datagram;
    stream.mtu = options->mtu;
    stream.timeout = options->timeout;
    stream.credential = &credential;
    stream.target = options->name;
    stream.alpn = options->alpn;
    stream.manual = options->wish.insecure;
    stream.verbose = options->verbose;
    if (!stream_handshake(&stream)) {
        fprintf(stderr, "sspi-client: %s: %s\n", stream.failed, status_text(stream.status));
        return EXIT_FAILED;
    }
    if (!options->quiet)
        stream_describe(&stream);
    return transfer(&stream, options);
}

int main(int count, char **values)
{
    struct options options = {0};

    if (!read_options(count, values, &options)) {
        fprintf(stderr, "sspi-client: wrong usage; try --help\n");
        return EXIT_USAGE;
    }
    if (!net_start() || !load_files(&options))
        return EXIT_FAILED;
    return run(&options);
}
