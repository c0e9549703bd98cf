/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What libsecur32 adds to Windows' interface, on Linux only: certificates and trust from files,
 * where a program on Windows takes them from a certificate store. The results are used as those of
 * Windows are: a context goes into SCHANNEL_CRED.paCred or SCH_CREDENTIALS.paCred, a store into
 * hRootStore.
 */
#ifndef SECUR32_SECUR32_H
#define SECUR32_SECUR32_H

#include "sspi.h"
#include "wincrypt.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * secur32_certificate_open: a certificate with its chain and its private key.
 *
 * certificate_file   PEM: the certificate, then the rest of its chain; or PKCS#12
 * key_file           PEM: the private key, plain or encrypted; or a "pkcs11:" URL. NULL: the key
 *                    stands in certificate_file
 * password           of the key or of the PKCS#12 file; NULL: none
 * context            the result; free it with CertFreeCertificateContext. A credential keeps a
 *                    reference of its own
 *
 * Returns SEC_E_OK, SEC_E_INVALID_PARAMETER (context or certificate_file is NULL),
 * SEC_E_NO_CREDENTIALS (a file cannot be read), SEC_E_CERT_UNKNOWN (no certificate in it),
 * SEC_E_UNKNOWN_CREDENTIALS (no key, a wrong password, or a key of another certificate),
 * SEC_E_INTERNAL_ERROR (no GnuTLS), SEC_E_INSUFFICIENT_MEMORY. *context is NULL unless SEC_E_OK is
 * returned.
 */
SECURITY_STATUS secur32_certificate_open(const char *certificate_file, const char *key_file,
                                         const char *password, PCCERT_CONTEXT *context);

/* The same of memory, which may be freed afterwards; key NULL and key_size 0: as key_file NULL. */
SECURITY_STATUS secur32_certificate_open_memory(const void *certificate, size_t certificate_size,
                                                const void *key, size_t key_size,
                                                const char *password, PCCERT_CONTEXT *context);

/*
 * secur32_store_open: a store of the certificates in a PEM file, for hRootStore: roots that are
 * trusted besides the system's, or, of a server, the authorities that it names to its clients.
 *
 * Close it with CertCloseStore; a credential keeps a reference of its own. Returns SEC_E_OK,
 * SEC_E_INVALID_PARAMETER, SEC_E_NO_CREDENTIALS (the file cannot be read), SEC_E_CERT_UNKNOWN (no
 * certificate in it), SEC_E_INTERNAL_ERROR (no GnuTLS), SEC_E_INSUFFICIENT_MEMORY. *store is NULL
 * unless SEC_E_OK is returned.
 */
SECURITY_STATUS secur32_store_open(const char *pem_file, HCERTSTORE *store);

#ifdef __cplusplus
}
#endif

#endif
