/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the files of platform/elf share about certificates: files that hold them, and the key behind
 * struct platform_certificate.
 */
#ifndef SECUR32_PLATFORM_ELF_CERTS_H
#define SECUR32_PLATFORM_ELF_CERTS_H

#include "platform/elf/store.h"

#define FILE_SIZE_MAX 0x800000 /* bytes of a file with certificates, keys or CRLs */

/* What a certificate comes from. Borrowed. */
struct certificate_source {
    struct span data;     /* PEM, in any order, with or without the key; PKCS#12; or one DER one */
    struct span key_data; /* the key, if it is in another file */
    const char *key_url;  /* the key, if it is in a token (pkcs11:...), else NULL */
    const char *password; /* UTF-8, or NULL */
    bool certificates_only; /* a key that stands there is not looked at */
};

/*
 * A store whose first certificate is the one that the key is for, then its issuers as far as they
 * are there, then the rest. Without a key the first of the file comes first, and nothing is wrong.
 * SEC_E_CERT_UNKNOWN: no certificate. SEC_E_UNKNOWN_CREDENTIALS: a wrong password, a key that
 * cannot be read, or one for none of the certificates.
 */
MUST_CHECK SECURITY_STATUS certificates_read(const struct certificate_source *source,
                                             struct elf_store **store);

const struct elf_key *certificate_key(const struct platform_certificate *certificate);

#endif
