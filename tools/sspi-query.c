/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * sspi-query: which library answers SSPI calls here, and which security packages it offers.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/provider.h"
#include "sspi/stream.h"

enum { EXIT_GOOD, EXIT_FAILED, EXIT_USAGE };

static const char usage[] =
    "Usage: sspi-query [options]\n"
    "\n"
    "Prints the security packages of this system's SSPI.\n"
    "\n"
    "  -P, --provider  tell which library answers (file, product, version) and whether\n"
    "                  Schannel is there; status 1 if it is not\n"
    "  -h, --help      this text\n"
    "\n"
    "Exit status: 0 good, 1 failure, 2 wrong usage.\n";

/* clang-format off */
static const struct option long_options[] = {
    {"provider", no_argument, NULL, 'P'},
    {"help",     no_argument, NULL, 'h'},
    {NULL,       0,           NULL, 0},
};
/* clang-format on */

static int show_packages(void)
{
    SecPkgInfoA *packages = NULL;
    ULONG count = 0;
    SECURITY_STATUS status = EnumerateSecurityPackagesA(&count, &packages);

    if (status != SEC_E_OK) {
        fprintf(stderr, "sspi-query: EnumerateSecurityPackages: %s\n", status_text(status));
        return EXIT_FAILED;
    }
    for (ULONG i = 0; i < count; i++)
        printf("%-45s capabilities %08lx, version %u, RPC id %u, token at most %lu bytes\n",
               packages[i].Name, (unsigned long)packages[i].fCapabilities, packages[i].wVersion,
               packages[i].wRPCID, (unsigned long)packages[i].cbMaxToken);
    FreeContextBuffer(packages);
    return EXIT_GOOD;
}

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

int main(int count, char **values)
{
    bool provider = false;
    int option;

    while ((option = getopt_long(count, values, "Ph", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_GOOD;
        }
        if (option != 'P') {
            fprintf(stderr, "sspi-query: wrong usage; try --help\n");
            return EXIT_USAGE;
        }
        provider = true;
    }
    if (optind != count) {
        fprintf(stderr, "sspi-query: unexpected argument %s; try --help\n", values[optind]);
        return EXIT_USAGE;
    }
    return provider ? show_provider() : show_packages();
}
