/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Whom the process trusts, the path from a peer's certificate to one of them, and revocation.
 */
#ifndef SECUR32_PLATFORM_ELF_TRUST_H
#define SECUR32_PLATFORM_ELF_TRUST_H

#include "base/limits.h"
#include "platform/elf/library.h"

/* Lists of trusted roots, in the order in which they are asked. */
enum trust_source {
    TRUST_SYSTEM,  /* the distribution's */
    TRUST_LOCAL,   /* TrustFile and SECUR32_TRUST_FILE */
    TRUST_PROGRAM, /* hRootStore */
    TRUST_SOURCES
};

struct trust {
    gnutls_x509_trust_list_t lists[TRUST_SOURCES]; /* NULL: nothing of this kind */
    const gnutls_x509_crl_t *crls;
    size_t crl_count;
};

/* The process' own lists and CRLs, read at the first call (6 ms and 4 MB for 144 roots); they stay
 * the process'. lists[TRUST_PROGRAM] is NULL. */
MUST_CHECK SECURITY_STATUS trust_get(struct trust *trust);
/* For tests: forgets them, so that the next call reads again. No thread may be judging. */
void trust_forget(void);

/* A list of the certificates of a store (HCERTSTORE); gnutls_x509_trust_list_deinit(list, 1). */
MUST_CHECK SECURITY_STATUS trust_from_store(const void *store, gnutls_x509_trust_list_t *list);

/* ---- paths ---- */

/* A chain from the leaf; the certificates are borrowed from the peer's, but for the anchor. */
struct path {
    gnutls_x509_crt_t members[LIMIT_CHAIN + 1];
    size_t count;
    gnutls_x509_crt_t anchor; /* owned: the trusted one, when the peer did not send it; or NULL */
    bool anchored;            /* the last member is trusted */
    enum trust_source source; /* by which list, when anchored */
};

/* Looks through the peer's certificates (leaf first, the others in any order) for a path to a
 * trusted one; without one, the longest that there is. path_done afterwards. */
void path_find(const struct library *library, const struct trust *trust,
               const gnutls_x509_crt_t *sent, size_t count, struct path *path);
void path_done(const struct library *library, struct path *path);

/* ---- revocation ---- */

/* CERT_TRUST_... bits of what the CRLs say about the path; flags: PLATFORM_REVOCATION_... */
uint32_t revocation_check(const struct library *library, const struct trust *trust,
                          const struct path *path, uint32_t flags);

#endif
