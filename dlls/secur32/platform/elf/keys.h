/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Private keys of the Linux build: read from files, or living in a PKCS#11 token.
 */
#ifndef SECUR32_PLATFORM_ELF_KEYS_H
#define SECUR32_PLATFORM_ELF_KEYS_H

#include "platform/elf/library.h"

/* Constant once filled. All zero: no key. */
struct elf_key {
    gnutls_privkey_t handle; /* NULL: no key */
    gnutls_datum_t der;      /* PKCS#8 without encryption; empty: the key stays in its token */
    uint16_t curve;          /* IANA number of an EC key's group, or 0 */
};

/*
 * PEM or DER: PKCS#1, SEC1 or PKCS#8, the latter also encrypted with the password (UTF-8, or NULL).
 * SEC_E_NO_CREDENTIALS: holds no key. SEC_E_UNKNOWN_CREDENTIALS: it cannot be read (password).
 */
MUST_CHECK SECURITY_STATUS elf_key_read(struct span file, const char *password,
                                        struct elf_key *key);
/* A URL of PKCS#11 (RFC 7512); the password is the PIN unless the URL names one. */
MUST_CHECK SECURITY_STATUS elf_key_open(const char *url, const char *password, struct elf_key *key);
/* take_key becomes the key's own, on failure too. */
MUST_CHECK SECURITY_STATUS elf_key_take(gnutls_x509_privkey_t take_key, struct elf_key *key);

/* Whether the certificate is for this key. */
bool elf_key_fits(const struct elf_key *key, gnutls_x509_crt_t certificate);

/* Wipes and frees. */
void elf_key_done(struct elf_key *key);

#endif
