/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Schannel credentials as tests want them.
 */
#ifndef SECUR32_TESTS_CREDENTIAL_H
#define SECUR32_TESTS_CREDENTIAL_H

#include "winsspi.h"

#include <stdbool.h>

enum test_version { VERSION_ANY, VERSION_TLS12, VERSION_TLS13, VERSION_DTLS10, VERSION_DTLS12 };

struct credential_wish {
    bool server;
    bool old_form;              /* SCHANNEL_CRED (version 4) in place of SCH_CREDENTIALS (5) */
    enum test_version version;  /* the only protocol version to allow */
    PCCERT_CONTEXT certificate; /* NULL: none */
    DWORD flags;           /* added to MANUAL_CRED_VALIDATION and NO_DEFAULT_CREDS of a client */
    HCERTSTORE roots;      /* hRootStore */
    DWORD lifespan_ms;     /* dwSessionLifespan */
    bool no_default_flags; /* only `flags` */
};

/* AcquireCredentialsHandleW with the wish. */
SECURITY_STATUS credential_make(const struct credential_wish *wish, CredHandle *credential);

/* The SP_PROT_ bit of a version for one side. */
DWORD credential_protocol(enum test_version version, bool server);

/* Can this system do it at all? (TLS 1.3: Windows 11 and later.) */
bool version_available(enum test_version version);
const char *version_name(enum test_version version);

SecBuffer buffer_make(ULONG type, void *data, size_t size);
SecBufferDesc list_make(SecBuffer *buffers, size_t count);

#endif
