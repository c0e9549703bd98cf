/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Functions of schannel.dll about certificates.
 *
 * Sources: Microsoft Learn, "SslCrackCertificate function", "SslFreeCertificate function",
 * "X509Certificate structure"; schannel.h of the Windows SDK (SslDeserializeCertificateStore).
 */
#include "winsspi.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"
#include "schannel/serialized.h"

/* What the attribute SERIALIZED_REMOTE_CERT_CONTEXT gave, as the leaf's context, which has the rest
 * of the chain in its store. */
SECURITY_STATUS WINAPI SslDeserializeCertificateStore(CERT_BLOB serialized, PCCERT_CONTEXT *context)
{
    struct span chain[LIMIT_CHAIN];
    const void *made = NULL;
    size_t count = 0;
    SECURITY_STATUS status;

    if (!context)
        return SEC_E_INVALID_PARAMETER;
    *context = NULL;
    if (!serialized.pbData || !serialized.cbData)
        return SEC_E_INVALID_PARAMETER;
    status = serialized_read(span_of(serialized.pbData, serialized.cbData), chain, &count);
    if (status == SEC_E_OK)
        status = platform_context_from_chain(chain, count, &made);
    *context = made;
    return status;
}

/* ---- the structure of before CryptoAPI ---- */

static FILETIME filetime_of(int64_t value)
{
    return (FILETIME){(DWORD)(uint64_t)value, (DWORD)((uint64_t)value >> 32)};
}

/* One block: the structure, the key, the two names. */
static X509Certificate *pack(const struct platform_description *from)
{
    size_t key_size = offsetof(PctPublicKey, pKey) + from->key_size;
    size_t key_room = (key_size + sizeof(DWORD) - 1) / sizeof(DWORD) * sizeof(DWORD);
    size_t issuer = strlen(from->issuer) + 1, subject = strlen(from->subject) + 1;
    X509Certificate *to = mem_alloc(sizeof(*to) + key_room + issuer + subject);

    if (!to)
        return NULL;
    to->Version = from->version;
    memcpy(to->SerialNumber, from->serial, sizeof(to->SerialNumber));
    to->SignatureAlgorithm = from->signature_algorithm;
    to->ValidFrom = filetime_of(from->not_before);
    to->ValidUntil = filetime_of(from->not_after);
    to->pPublicKey = (PctPublicKey *)(to + 1);
    to->pPublicKey->Type = from->key_algorithm;
    to->pPublicKey->cbKey = (DWORD)from->key_size;
    memcpy((uint8_t *)to->pPublicKey + offsetof(PctPublicKey, pKey), from->key, from->key_size);
    to->pszIssuer = (char *)to->pPublicKey + key_room;
    memcpy(to->pszIssuer, from->issuer, issuer);
    to->pszSubject = to->pszIssuer + issuer;
    memcpy(to->pszSubject, from->subject, subject);
    return to;
}
_Static_assert(sizeof(((struct platform_description *)0)->serial) ==
                   sizeof(((X509Certificate *)0)->SerialNumber),
               "serial numbers alike");

/* Differs: DER alone is read, from a file or not, and the public key is told as it stands in the
 * certificate; the form that Windows gives it is not described. */
BOOL WINAPI SslCrackCertificate(PUCHAR bytes, DWORD size, DWORD flags,
                                PX509Certificate *certificate)
{
    struct platform_description description;
    SECURITY_STATUS status = SEC_E_INVALID_PARAMETER;

    (void)flags;
    if (!certificate) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    *certificate = NULL;
    if (bytes && size)
        status = platform_describe(span_of(bytes, size), &description);
    if (status == SEC_E_OK) {
        *certificate = pack(&description);
        platform_description_done(&description);
        status = *certificate ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
    }
    if (status != SEC_E_OK)
        SetLastError((DWORD)status);
    return status == SEC_E_OK;
}

VOID WINAPI SslFreeCertificate(PX509Certificate certificate)
{
    mem_free(certificate);
}
