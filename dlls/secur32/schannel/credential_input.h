/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Inside the credential: what AcquireCredentialsHandle was given, and its certificates.
 */
#ifndef SECUR32_SCHANNEL_CREDENTIAL_INPUT_H
#define SECUR32_SCHANNEL_CREDENTIAL_INPUT_H

#include "schannel/credential.h"

/* All pointers are the caller's. */
struct credential_input {
    struct schan_wish wish;
    DWORD format;             /* SCH_CRED_FORMAT_... */
    const void *const *items; /* as the format says */
    DWORD item_count;
    const void *root_store;
    DWORD lifespan_ms;
    const TLS_PARAMETERS *parameters; /* v5 */
    DWORD parameter_count;
};

/* auth_data: NULL, SCHANNEL_CRED or SCH_CREDENTIALS. SEC_E_UNKNOWN_CREDENTIALS: none of these, or
 * counts that cannot be. */
MUST_CHECK SECURITY_STATUS credential_read(ULONG use, const void *auth_data,
                                           struct credential_input *input);

/* The policies of a server for single application protocols. */
MUST_CHECK SECURITY_STATUS credential_read_alpn(const struct credential_input *input,
                                                struct schan_credential *credential);

/* Opens all certificates with their keys, or fails: credential->certificates, tls and expiry. */
MUST_CHECK SECURITY_STATUS credential_open_certificates(const struct credential_input *input,
                                                        struct schan_credential *credential);
/* Makes credential->tls of its certificates, and its expiry. */
MUST_CHECK SECURITY_STATUS credential_use_certificates(struct schan_credential *credential);
/*
 * TLS 1.3 has only RSA-PSS for RSA keys (RFC 8446 4.2.3). Keys that stay with a provider which
 * cannot make such signatures (CSPs, some TPMs) serve up to TLS 1.2: where all are of that kind,
 * the older versions are all that is offered, unless only TLS 1.3 is allowed.
 * list: credential->certificates.
 */
void credential_fit_versions(struct schan_credential *credential,
                             const struct tls_certificate *list);

#endif
