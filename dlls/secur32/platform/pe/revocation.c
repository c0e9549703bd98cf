/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Revocation on Windows, decided here over CRLs that the system fetches, caches and reads.
 *
 * Why not by CertGetCertificateChain or CertVerifyRevocation: Wine's (seen on 8.0) take a CRL with
 * a forged signature, one that has run out, and a forged OCSP answer for good, and say "offline" of
 * a certificate that has no CRL at all. So a CRL counts here only when its issuer signed it, it is
 * current, and it is for this certificate. OCSP answers can only be believed when they say
 * "revoked": a certificate with no other address stays unchecked.
 *
 * The bits: no address of a CRL, none in the stores: REVOCATION_STATUS_UNKNOWN, which programs see
 * as CRYPT_E_NO_REVOCATION_CHECK. An address, but nothing usable to be had from it:
 * OFFLINE_REVOCATION besides, CRYPT_E_REVOCATION_OFFLINE.
 */
#include "platform/pe/trust.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define STATUS_UNKNOWN CERT_TRUST_REVOCATION_STATUS_UNKNOWN
#define STATUS_OFFLINE (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

/* Windows waits 15 seconds for one address (Microsoft Learn, "CertGetCertificateChain"); and a peer
 * shall not make us wait for ever by a list of addresses. */
#define WAIT_ONE_MS 15000
#define WAIT_ALL_MS 20000
#define ADDRESSES_MAX 8

typedef BOOL(WINAPI *retrieve_function)(LPCWSTR, LPCSTR, DWORD, DWORD, LPVOID *, HCRYPTASYNC,
                                        PCRYPT_CREDENTIALS, LPVOID, PCRYPT_RETRIEVE_AUX_INFO);

enum answer {
    ANSWER_NONE, /* no usable CRL */
    ANSWER_GOOD,
    ANSWER_REVOKED
};

struct revocation {
    retrieve_function retrieve; /* NULL: this system cannot fetch */
    HCERTSTORE store;           /* the system's intermediates and CRLs, or NULL */
    uint32_t flags;
    uint64_t deadline_ms;
};

/*
 * cryptnet.dll is loaded on demand and stays: when Wine's crypt32 unloads its own reference while a
 * request that timed out still runs, that thread returns into memory that is gone.
 */
static retrieve_function find_retrieve(void)
{
    HMODULE module = LoadLibraryExW(L"cryptnet.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    FARPROC found = module ? GetProcAddress(module, "CryptRetrieveObjectByUrlW") : NULL;
    retrieve_function retrieve = NULL;

    memcpy(&retrieve, &found, sizeof(found));
    return retrieve;
}

/* ---- one CRL ---- */

static enum answer ask_crl(PCCRL_CONTEXT crl, PCCERT_CONTEXT certificate, PCCERT_CONTEXT issuer)
{
    PCRL_ENTRY entry = NULL;

    if (!CertCompareCertificateName(X509_ASN_ENCODING, &crl->pCrlInfo->Issuer,
                                    &issuer->pCertInfo->Subject))
        return ANSWER_NONE;
    /* A CRL of the same issuer for other certificates does not name this one, and means nothing
     * (RFC 5280 5.2.5, issuing distribution point). */
    if (!CertIsValidCRLForCertificate(certificate, crl, 0, NULL))
        return ANSWER_NONE;
    if (!CryptVerifyCertificateSignatureEx(
            0, X509_ASN_ENCODING, CRYPT_VERIFY_CERT_SIGN_SUBJECT_CRL, (void *)(uintptr_t)crl,
            CRYPT_VERIFY_CERT_SIGN_ISSUER_CERT, (void *)(uintptr_t)issuer, 0, NULL)) {
        TRACE(LOG_PLATFORM, "a CRL's signature is not its issuer's");
        return ANSWER_NONE;
    }
    if (!CertFindCertificateInCRL(certificate, crl, 0, NULL, &entry))
        return ANSWER_NONE;
    /* Revoked is revoked, also by a list that a newer one should have replaced. */
    if (entry)
        return ANSWER_REVOKED;
    return CertVerifyCRLTimeValidity(NULL, crl->pCrlInfo) == 0 ? ANSWER_GOOD : ANSWER_NONE;
}

static enum answer ask_store(const struct revocation *revocation, PCCERT_CONTEXT certificate,
                             PCCERT_CONTEXT issuer)
{
    PCCRL_CONTEXT crl = NULL;
    enum answer answer = ANSWER_NONE;

    if (!revocation->store)
        return ANSWER_NONE;
    while (answer == ANSWER_NONE && (crl = CertEnumCRLsInStore(revocation->store, crl)) != NULL)
        answer = ask_crl(crl, certificate, issuer);
    if (crl)
        CertFreeCRLContext(crl);
    return answer;
}

/* how: CRYPT_CACHE_ONLY_RETRIEVAL or CRYPT_WIRE_ONLY_RETRIEVAL. */
static enum answer ask_address(const struct revocation *revocation, const WCHAR *url, DWORD how,
                               PCCERT_CONTEXT certificate, PCCERT_CONTEXT issuer)
{
    uint64_t now = platform_monotonic_ms(), left;
    void *object = NULL;
    enum answer answer;

    if (!revocation->retrieve || now >= revocation->deadline_ms)
        return ANSWER_NONE;
    left = revocation->deadline_ms - now;
    if (!revocation->retrieve(url, CONTEXT_OID_CRL, how,
                              left < WAIT_ONE_MS ? (DWORD)left : WAIT_ONE_MS, &object, NULL, NULL,
                              NULL, NULL))
        return ANSWER_NONE;
    answer = ask_crl(object, certificate, issuer);
    CertFreeCRLContext(object);
    return answer;
}

/* ---- one certificate ---- */

static bool is_http(const CERT_ALT_NAME_ENTRY *name)
{
    static const WCHAR scheme[] = L"http://";
    size_t i = 0;

    if (name->dwAltNameChoice != CERT_ALT_NAME_URL || !name->pwszURL)
        return false;
    while (scheme[i] && (name->pwszURL[i] | 0x20) == (scheme[i] | 0x20))
        i++;
    return !scheme[i];
}

/* The addresses of the certificate's CRLs; LocalFree(*points). NULL: there are none. */
static CRL_DIST_POINTS_INFO *read_addresses(PCCERT_CONTEXT certificate)
{
    const CERT_INFO *info = certificate->pCertInfo;
    CERT_EXTENSION *extension =
        CertFindExtension(szOID_CRL_DIST_POINTS, info->cExtension, info->rgExtension);
    CRL_DIST_POINTS_INFO *points = NULL;
    DWORD size = 0;

    if (!extension || !CryptDecodeObjectEx(X509_ASN_ENCODING, X509_CRL_DIST_POINTS,
                                           extension->Value.pbData, extension->Value.cbData,
                                           CRYPT_DECODE_ALLOC_FLAG, NULL, &points, &size))
        return NULL;
    return points;
}

/* All http addresses in their order, by one way of fetching. Others than http do not occur in the
 * web's certificates, and a file or a directory is nothing that a peer should make us open. */
static enum answer ask_addresses(const struct revocation *revocation,
                                 const CRL_DIST_POINTS_INFO *points, DWORD how,
                                 PCCERT_CONTEXT certificate, PCCERT_CONTEXT issuer)
{
    enum answer answer = ANSWER_NONE;
    size_t asked = 0;

    for (DWORD i = 0; i < points->cDistPoint; i++) {
        const CRL_DIST_POINT *point = &points->rgDistPoint[i];
        const CERT_ALT_NAME_INFO *names = &point->DistPointName.FullName;

        if (point->DistPointName.dwDistPointNameChoice != CRL_DIST_POINT_FULL_NAME)
            continue;
        for (DWORD j = 0; j < names->cAltEntry && asked < ADDRESSES_MAX; j++) {
            if (!is_http(&names->rgAltEntry[j]))
                continue;
            asked++;
            answer =
                ask_address(revocation, names->rgAltEntry[j].pwszURL, how, certificate, issuer);
            if (answer != ANSWER_NONE)
                return answer;
        }
    }
    return answer;
}

/*
 * What the system makes of a certificate that has no address of a CRL. Good is not believed (see
 * above); the worst that a forged "revoked" can do is what a cut wire does, too.
 */
static uint32_t ask_system(PCCERT_CONTEXT certificate, PCCERT_CONTEXT issuer)
{
    CERT_REVOCATION_PARA para = {.cbSize = sizeof(para), .pIssuerCert = issuer};
    CERT_REVOCATION_STATUS answer = {.cbSize = sizeof(answer)};
    void *subject = (void *)(uintptr_t)certificate;
    const CERT_INFO *info = certificate->pCertInfo;

    if (!CertFindExtension(szOID_AUTHORITY_INFO_ACCESS, info->cExtension, info->rgExtension) ||
        CertVerifyRevocation(X509_ASN_ENCODING, CERT_CONTEXT_REVOCATION_TYPE, 1, &subject, 0, &para,
                             &answer))
        return STATUS_UNKNOWN;
    TRACE(LOG_PLATFORM, "the system's own check of revocation: %08lx",
          (unsigned long)answer.dwError);
    if (answer.dwError == (DWORD)CRYPT_E_REVOKED)
        return CERT_TRUST_IS_REVOKED;
    return answer.dwError == (DWORD)CRYPT_E_REVOCATION_OFFLINE ? STATUS_OFFLINE : STATUS_UNKNOWN;
}

static uint32_t check_one(const struct revocation *revocation, PCCERT_CONTEXT certificate,
                          PCCERT_CONTEXT issuer)
{
    bool fetch = !(revocation->flags & (PLATFORM_REVOCATION_CACHE | PLATFORM_NO_URL));
    CRL_DIST_POINTS_INFO *points = read_addresses(certificate);
    enum answer answer = ask_store(revocation, certificate, issuer);

    if (points && answer == ANSWER_NONE)
        answer = ask_addresses(revocation, points, CRYPT_CACHE_ONLY_RETRIEVAL, certificate, issuer);
    if (points && answer == ANSWER_NONE && fetch)
        answer = ask_addresses(revocation, points, CRYPT_WIRE_ONLY_RETRIEVAL, certificate, issuer);
    LocalFree(points);
    if (answer == ANSWER_REVOKED)
        return CERT_TRUST_IS_REVOKED;
    if (answer == ANSWER_GOOD)
        return 0;
    if (points)
        return STATUS_OFFLINE;
    return fetch && platform_monotonic_ms() < revocation->deadline_ms
               ? ask_system(certificate, issuer)
               : STATUS_UNKNOWN;
}

/* ---- the chain ---- */

/* How many certificates from the leaf are asked about. The root is left alone in every mode: nobody
 * could revoke it but itself, and Windows does not miss a CRL of a root. */
static DWORD count_asked(const CERT_SIMPLE_CHAIN *chain, uint32_t flags)
{
    DWORD below = chain->cElement;

    if (pe_is_self_issued(chain->rgpElement[below - 1]->pCertContext))
        below--;
    if (flags & (PLATFORM_REVOCATION_CHAIN | PLATFORM_REVOCATION_NOT_ROOT))
        return below;
    return (flags & PLATFORM_REVOCATION_END) && below ? 1 : 0;
}

uint32_t pe_revocation_check(const CERT_SIMPLE_CHAIN *chain, uint32_t flags)
{
    struct revocation revocation = {.flags = flags};
    DWORD asked = count_asked(chain, flags);
    uint32_t bits = 0;

    if (!asked)
        return 0;
    /* Of a chain that leads nowhere nothing is fetched: its addresses are a stranger's. */
    if (chain->TrustStatus.dwErrorStatus &
        (CERT_TRUST_IS_PARTIAL_CHAIN | CERT_TRUST_IS_UNTRUSTED_ROOT | CERT_TRUST_IS_CYCLIC))
        return STATUS_UNKNOWN;
    revocation.retrieve = find_retrieve();
    revocation.store = CertOpenSystemStoreW(0, L"CA");
    revocation.deadline_ms = platform_monotonic_ms() + WAIT_ALL_MS;
    for (DWORD i = 0; i < asked; i++)
        bits |= i + 1 < chain->cElement ? check_one(&revocation, chain->rgpElement[i]->pCertContext,
                                                    chain->rgpElement[i + 1]->pCertContext)
                                        : STATUS_UNKNOWN;
    if (revocation.store)
        CertCloseStore(revocation.store, 0);
    return bits;
}
