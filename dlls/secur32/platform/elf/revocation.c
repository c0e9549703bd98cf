/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Revocation on Linux: trust.h. CRLs come from the file that the settings name (CrlFile); nothing
 * is fetched. A certificate that has no CRL and no address of one cannot be checked, which Windows
 * calls CRYPT_E_NO_REVOCATION_CHECK; with an address it could be, which is
 * CRYPT_E_REVOCATION_OFFLINE.
 */
#include "platform/elf/trust.h"

#include <time.h>

#define STATUS_UNKNOWN CERT_TRUST_REVOCATION_STATUS_UNKNOWN
#define STATUS_OFFLINE (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

/* Whether the issuer made this CRL, and its signature is right. */
static bool is_by(const struct library *library, gnutls_x509_crl_t crl, gnutls_x509_crt_t issuer)
{
    gnutls_datum_t name = {NULL, 0}, subject = {NULL, 0};
    unsigned problems = 0;
    bool same;

    same = library->gnutls_x509_crl_get_raw_issuer_dn(crl, &name) >= 0 &&
           library->gnutls_x509_crt_get_raw_dn(issuer, &subject) >= 0 &&
           span_equal(span_of(name.data, name.size), span_of(subject.data, subject.size));
    files_library_free(name.data);
    files_library_free(subject.data);
    return same &&
           library->gnutls_x509_crl_verify(crl, &issuer, 1,
                                           GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                                               GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1,
                                           &problems) >= 0 &&
           problems == 0;
}

static bool is_current(const struct library *library, gnutls_x509_crl_t crl)
{
    time_t now = time(NULL), next = library->gnutls_x509_crl_get_next_update(crl);

    return library->gnutls_x509_crl_get_this_update(crl) <= now &&
           (next == (time_t)-1 || now <= next);
}

static bool has_address(const struct library *library, gnutls_x509_crt_t certificate)
{
    size_t size = 0;

    return library->gnutls_x509_crt_get_crl_dist_points(certificate, 0, NULL, &size, NULL, NULL) ==
           GNUTLS_E_SHORT_MEMORY_BUFFER;
}

/* What is against one certificate. */
static uint32_t check_one(const struct library *library, const struct trust *trust,
                          gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
    bool outdated = false, checked = false;

    for (size_t i = 0; i < trust->crl_count; i++) {
        if (!is_by(library, trust->crls[i], issuer))
            continue;
        /* Revoked is revoked, also by a list that a newer one should have replaced. */
        if (library->gnutls_x509_crt_check_revocation(certificate, &trust->crls[i], 1) != 0)
            return CERT_TRUST_IS_REVOKED;
        if (is_current(library, trust->crls[i]))
            checked = true;
        else
            outdated = true;
    }
    if (checked)
        return 0;
    return outdated || has_address(library, certificate) ? STATUS_OFFLINE : STATUS_UNKNOWN;
}

/* How many certificates from the leaf are asked about. The root is left alone in every mode: nobody
 * could revoke it but itself, and Windows does not miss a CRL of a root. */
static size_t count_asked(const struct library *library, const struct path *path, uint32_t flags)
{
    gnutls_x509_crt_t last = path->members[path->count - 1];
    bool rooted = path->anchored || library->gnutls_x509_crt_check_issuer(last, last);
    size_t below = path->count - (rooted ? 1 : 0);

    if (flags & (PLATFORM_REVOCATION_CHAIN | PLATFORM_REVOCATION_NOT_ROOT))
        return below;
    return (flags & PLATFORM_REVOCATION_END) && below ? 1 : 0;
}

uint32_t revocation_check(const struct library *library, const struct trust *trust,
                          const struct path *path, uint32_t flags)
{
    size_t asked = count_asked(library, path, flags);
    uint32_t bits = 0;

    for (size_t i = 0; i < asked; i++)
        bits |= i + 1 < path->count
                    ? check_one(library, trust, path->members[i], path->members[i + 1])
                    : STATUS_UNKNOWN;
    return bits;
}
