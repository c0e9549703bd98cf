/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sspi-query: which library answers SSPI calls here, which security packages it offers and what
 * Schannel offers by default; and, of a connection, every attribute.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/certs.h"
#include "sspi/credential.h"
#include "sspi/facts.h"
#include "sspi/offer.h"
#include "sspi/provider.h"
#include "sspi/report.h"
#include "sspi/stream.h"

enum { EXIT_GOOD, EXIT_FAILED, EXIT_USAGE };

static const char usage[] =
    "Usage: sspi-query [options] [HOST:PORT]\n"
    "\n"
    "Prints the security packages of this system's SSPI and what its Schannel offers\n"
    "by default: protocols, cipher suites, groups, signature schemes. With HOST:PORT\n"
    "it connects there and prints every attribute of the connection instead.\n"
    "\n"
    "  -j, --json          one JSON object\n"
    "  -t, --tls VERSION   1.0, 1.1, 1.2 or 1.3 only\n"
    "  -a, --alpn LIST     application protocols, e.g. h2,http/1.1\n"
    "      --ca FILE       trust the PEM certificates in FILE as well\n"
    "  -n, --name NAME     server name to send and to check (default: HOST)\n"
    "      --insecure      do not check the server's certificate\n"
    "      --reconnect     connect twice and print the second connection: with TLS 1.2 it\n"
    "                      resumes the first where the server lets it\n"
    "      --timeout N     give up after N seconds without an answer (default 30)\n"
    "  -P, --provider      tell which library answers (file, product, version) and whether\n"
    "                      Schannel is there; status 1 if it is not\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit status: 0 good, 1 failure, 2 wrong usage.\n";

enum { OPTION_CA = 256, OPTION_INSECURE, OPTION_RECONNECT, OPTION_TIMEOUT };

/* clang-format off */
static const struct option long_options[] = {
    {"json",     no_argument,       NULL, 'j'},
    {"tls",      required_argument, NULL, 't'},
    {"alpn",     required_argument, NULL, 'a'},
    {"ca",       required_argument, NULL, OPTION_CA},
    {"name",     required_argument, NULL, 'n'},
    {"insecure", no_argument,       NULL, OPTION_INSECURE},
    {"reconnect", no_argument,      NULL, OPTION_RECONNECT},
    {"timeout",  required_argument, NULL, OPTION_TIMEOUT},
    {"provider", no_argument,       NULL, 'P'},
    {"help",     no_argument,       NULL, 'h'},
    {NULL,       0,                 NULL, 0},
};
/* clang-format on */

struct options {
    struct credential_wish wish;
    const char *alpn, *roots, *name, *port;
    char *host; /* NULL: no connection */
    unsigned timeout;
    bool json, provider, reconnect;
};

/* ---- without a connection ---- */

static int show_provider(void)
{
    static SEC_CHAR name[] = UNISP_NAME_A;
    struct provider provider;
    SecPkgInfoA *package = NULL;
    SECURITY_STATUS status = QuerySecurityPackageInfoA(name, &package);

    provider_find(&provider);
    printf("file: %s\nproduct: %s\nversion: %s\n", provider.path, provider.product,
           provider.version);
    if (status != SEC_E_OK) {
        printf("Schannel: no (%s)\n", status_text(status));
        return EXIT_FAILED;
    }
    printf("Schannel: yes\n");
    FreeContextBuffer(package);
    return EXIT_GOOD;
}

static bool failed(const char *what, SECURITY_STATUS status)
{
    fprintf(stderr, "sspi-query: %s: %s\n", what, status_text(status));
    return false;
}

static bool show_packages(struct report *report)
{
    SecPkgInfoA *packages = NULL;
    ULONG count = 0;
    SECURITY_STATUS status = EnumerateSecurityPackagesA(&count, &packages);

    if (status != SEC_E_OK)
        return failed("EnumerateSecurityPackages", status);
    report_open(report, "packages");
    for (ULONG i = 0; i < count; i++) {
        report_open(report, packages[i].Name);
        report_hex(report, "capabilities", packages[i].fCapabilities, 8);
        report_number(report, "version", packages[i].wVersion);
        report_number(report, "RPC id", packages[i].wRPCID);
        report_number(report, "largest token", packages[i].cbMaxToken);
        report_text(report, "comment", packages[i].Comment);
        report_close(report);
    }
    report_close(report);
    FreeContextBuffer(packages);
    return true;
}

static bool show_defaults(const struct options *options, struct report *report)
{
    CredHandle credential;
    SECURITY_STATUS status = credential_acquire_for(&options->wish, &credential);

    if (status != SEC_E_OK)
        return failed("AcquireCredentialsHandle", status);
    report_open(report, "credential");
    facts_show_credential(&credential, report);
    report_close(report);
    status = offer_show(&credential, report);
    FreeCredentialsHandle(&credential);
    return status == SEC_E_OK || failed("InitializeSecurityContext", status);
}

/* ---- a connection ---- */

static bool connect_to(const struct options *options, struct stream *stream, CredHandle *credential)
{
    stream->socket = net_connect(options->host, options->port, NET_ANY);
    if (stream->socket == NET_NONE) {
        fprintf(stderr, "sspi-query: cannot connect: %s\n", net_error());
        return false;
    }
    net_timeout(stream->socket, options->timeout);
    stream->credential = credential;
    stream->target = options->name;
    stream->alpn = options->alpn;
    stream->manual = options->wish.insecure;
    return stream_handshake(stream) || failed(stream->failed, stream->status);
}

static bool show_connection(const struct options *options, struct report *report)
{
    static struct stream first, stream;
    static CredHandle credential;
    SECURITY_STATUS status = credential_acquire_for(&options->wish, &credential);

    if (status != SEC_E_OK)
        return failed("AcquireCredentialsHandle", status);
    if (options->reconnect) {
        if (!connect_to(options, &first, &credential))
            return false;
        stream_close(&first);
        stream_done(&first);
    }
    if (!connect_to(options, &stream, &credential))
        return false;
    report_open(report, "connection");
    facts_show_context(&stream.context, report);
    report_close(report);
    stream_close(&stream);
    stream_done(&stream);
    return true;
}

/* ---- the command line ---- */

static bool set_option(struct options *options, int option)
{
    switch (option) {
    case 'j':
        options->json = true;
        return true;
    case 't':
        options->wish.tls = optarg;
        return credential_knows_version(optarg);
    case 'a':
        options->alpn = optarg;
        return true;
    case 'n':
        options->name = optarg;
        return true;
    case 'P':
        options->provider = true;
        return true;
    case OPTION_CA:
        options->roots = optarg;
        return true;
    case OPTION_INSECURE:
        options->wish.insecure = true;
        return true;
    case OPTION_RECONNECT:
        options->reconnect = true;
        return true;
    case OPTION_TIMEOUT:
        options->timeout = (unsigned)strtoul(optarg, NULL, 10);
        return true;
    default:
        return false;
    }
}

/* HOST:PORT, or [ADDRESS]:PORT of IPv6. */
static bool read_place(struct options *options, char *place)
{
    char *colon = strrchr(place, ':');

    if (!colon || colon == place || !colon[1])
        return false;
    *colon = 0;
    options->port = colon + 1;
    options->host = place;
    if (place[0] == '[') {
        if (colon[-1] != ']')
            return false;
        colon[-1] = 0;
        options->host = place + 1;
    }
    if (!options->name)
        options->name = options->host;
    return *options->host != 0;
}

static bool read_options(int count, char **values, struct options *options)
{
    int option;

    options->timeout = 30;
    while ((option = getopt_long(count, values, "jt:a:n:Ph", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(EXIT_GOOD);
        }
        if (!set_option(options, option))
            return false;
    }
    if (count - optind > 1)
        return false;
    return optind == count || read_place(options, values[optind]);
}

int main(int count, char **values)
{
    struct options options = {.timeout = 0};
    struct report report = {.json = false};
    bool good;

    if (!read_options(count, values, &options)) {
        fprintf(stderr, "sspi-query: wrong usage; try --help\n");
        return EXIT_USAGE;
    }
    if (options.provider)
        return show_provider();
    if (options.roots) {
        options.wish.roots = certs_open_roots(options.roots);
        if (!options.wish.roots)
            return EXIT_FAILED;
    }
    if (options.host && !net_start())
        return EXIT_FAILED;
    report.json = options.json;
    report_begin(&report);
    good = options.host ? show_connection(&options, &report)
                        : show_packages(&report) && show_defaults(&options, &report);
    report_end(&report);
    return good ? EXIT_GOOD : EXIT_FAILED;
}
