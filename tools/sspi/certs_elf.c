/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See certs.h: the ELF build.
 */
#include "certs.h"

#include <stdio.h>

#include "secur32.h"
#include "stream.h"

PCCERT_CONTEXT certs_open(const char *file, const char *key_file, const char *password)
{
    PCCERT_CONTEXT context = NULL;
    SECURITY_STATUS status = secur32_certificate_open(file, key_file, password, &context);

    if (status == SEC_E_OK)
        return context;
    fprintf(stderr,
            "%s: no certificate with a key could be read (%s). It must hold a PEM chain and its "
            "key, or be PKCS#12 with the right --password.\n",
            file, status_text(status));
    return NULL;
}

HCERTSTORE certs_open_roots(const char *file)
{
    HCERTSTORE store = NULL;
    SECURITY_STATUS status = secur32_store_open(file, &store);

    if (status == SEC_E_OK)
        return store;
    fprintf(stderr, "%s: no PEM certificates could be read (%s)\n", file, status_text(status));
    return NULL;
}
