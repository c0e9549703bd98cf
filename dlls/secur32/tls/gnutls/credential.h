/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificates with keys, shared by sessions. GnuTLS chooses among a server's by suite, name and
 * scheme; a client's are chosen here, since Windows sends a certificate whatever issuers the server
 * names, which GnuTLS would not.
 */
#ifndef SECUR32_TLS_GNUTLS_CREDENTIAL_H
#define SECUR32_TLS_GNUTLS_CREDENTIAL_H

#include "tls/gnutls/library.h"

struct tls_credential *credential_ref(struct tls_credential *credential);

/* A key of it is outside: handshakes need a helper. */
bool credential_is_outside(const struct tls_credential *credential);

/* Which of the certificates this leaf is: 1 + index; 0: none. */
uint8_t credential_index_of(const struct tls_credential *credential, const gnutls_datum_t *leaf);

/* GnuTLS's object for a server's session. names: issuers to send with a certificate request; with
 * none it is the shared one. *own must be freed by credential_free_server, after the session. */
MUST_CHECK enum tls_status credential_for_server(const struct tls_credential *credential,
                                                 const struct span *names, size_t count,
                                                 gnutls_certificate_credentials_t *use,
                                                 gnutls_certificate_credentials_t *own);
/* ... of a client's: one for all, it asks the session. */
MUST_CHECK enum tls_status credential_for_client(gnutls_certificate_credentials_t *use);

/* The retrieve callback of clients. */
int credential_choose(const struct tls_credential *credential,
                      const struct gnutls_cert_retr_st *request, gnutls_pcert_st **chain,
                      unsigned *chain_size, gnutls_privkey_t *key);

#endif
