/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The tools' credential: SCH_CREDENTIALS where the system knows them, SCHANNEL_CRED elsewhere.
 */
#ifndef SECUR32_TOOLS_CREDENTIAL_H
#define SECUR32_TOOLS_CREDENTIAL_H

#include "winsspi.h"

#include <stdbool.h>

struct credential_wish {
    bool server;
    const char *tls;            /* "1.0" ... "1.3"; NULL: the system's choice */
    PCCERT_CONTEXT certificate; /* NULL: none */
    HCERTSTORE roots;           /* NULL: the system's */
    bool insecure;              /* client: do not validate */
    bool datagram;              /* DTLS */
};

SECURITY_STATUS credential_acquire_for(const struct credential_wish *wish, CredHandle *credential);

/* Whether the text names a version: 1.0, 1.1, 1.2, 1.3 (DTLS: 1.0, 1.2). */
bool credential_knows_version(const char *tls);

#endif
