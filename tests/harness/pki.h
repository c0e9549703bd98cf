/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificates of the tests. They come from a folder that the script make-pki has filled (--pki
 * DIR, SECUR32_TEST_PKI). Without one, the Windows build makes a self-signed "rsa" by itself, which
 * is enough for all tests but those of validation. See doc/testing.md.
 */
#ifndef SECUR32_TESTS_PKI_H
#define SECUR32_TESTS_PKI_H

#include "winsspi.h"

#include <stdbool.h>

/*
 * A certificate with its key, usable in paCred; by its name in make-pki ("rsa", "ecdsa",
 * "client-rsa", ...). The same one for each call; stays the harness'. NULL: cannot be had, and why
 * has been said by a skip.
 */
PCCERT_CONTEXT pki_certificate(const char *name);

/* As above, without a word. */
PCCERT_CONTEXT pki_find(const char *name);

/* pki_find: of the platform, called once per name; pki_free gives back what it gave. */
PCCERT_CONTEXT pki_open(const char *name);
void pki_free(PCCERT_CONTEXT certificate);

/*
 * Lets automatic validation trust the root of the folder: on Linux by a store for hRootStore, which
 * the caller closes; in a Wine prefix by the prefix's own store (*store is NULL then). false: not
 * possible here. Never done on a person's Windows.
 */
bool pki_trust_root(HCERTSTORE *store);

/*
 * The store of the prefix trusts this CA ("root", "other") from now on, or no longer. false: not
 * possible here (only Wine has a store that is the test's to change).
 */
bool pki_trust(const char *ca, bool trusted);

/* A store that holds this CA alone, for hRootStore; the caller closes it. */
bool pki_store(const char *ca, HCERTSTORE *store);

/* Whether the folder was made with addresses of revocation lists, and something serves them: the
 * Windows build fetches, the Linux one does not. */
bool pki_has_lists(void);

/* Where a key can be kept but in the program's memory. None of them gives it away, but CNG under
 * Wine. */
enum pki_keeper {
    PKI_PROVIDER,     /* CAPI, PROV_RSA_AES, AT_KEYEXCHANGE */
    PKI_PROVIDER_OLD, /* CAPI, PROV_RSA_FULL: by itself it knows no SHA-2 */
    PKI_SIGNATURE,    /* CAPI, PROV_RSA_AES, AT_SIGNATURE */
    PKI_CNG,          /* a handle in CERT_KEY_CONTEXT_PROP_ID */
    PKI_KEEPERS
};

/* A new context of the certificate with its key at that keeper; free it with pki_kept_free. NULL:
 * not possible here (it is so only under Wine). One at a time. */
PCCERT_CONTEXT pki_kept(const char *name, enum pki_keeper keeper);
void pki_kept_free(PCCERT_CONTEXT certificate, enum pki_keeper keeper);
/* Whether what the keeper itself signs fits the certificate: see has_long_parts of make-pki. */
bool pki_kept_signs(PCCERT_CONTEXT certificate, enum pki_keeper keeper);

/* The certificate without its key; lost: with the name of a container that does not exist. Free it
 * with CertFreeCertificateContext. NULL: not possible here. */
PCCERT_CONTEXT pki_keyless(const char *name, bool lost);

/* SHA-1 of the certificate; false: not possible here. */
bool pki_thumbprint(PCCERT_CONTEXT certificate, BYTE hash[20]);

/* Puts one that pki_kept gave into the user's own certificates, or takes it out. */
bool pki_own(PCCERT_CONTEXT certificate, bool there);

/* The path of a file in the folder; false: no folder, or no room. */
bool pki_path(const char *name, const char *suffix, char *path, size_t room);

#define PKI_PASSWORD "secret"
#define PKI_PATH_MAX 1024

#endif
