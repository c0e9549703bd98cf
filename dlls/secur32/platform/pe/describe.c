/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, random bytes and descriptions of certificates, on Windows.
 */
#include "platform/pe/certs.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* RtlGenRandom (Microsoft Learn, "RtlGenRandom function") has this name in advapi32.dll. */
BOOLEAN NTAPI SystemFunction036(PVOID to, ULONG size);

#define NAME_FORM (CERT_X500_NAME_STR | CERT_NAME_STR_REVERSE_FLAG)

void platform_random(void *to, size_t size)
{
    if (size > UINT32_MAX || !SystemFunction036(to, (ULONG)size))
        abort();
}

static char *name_of(CERT_NAME_BLOB *name)
{
    DWORD room = CertNameToStrA(X509_ASN_ENCODING, name, NAME_FORM, NULL, 0);
    char *text = mem_alloc(room + 1);

    if (text)
        CertNameToStrA(X509_ASN_ENCODING, name, NAME_FORM, text, room);
    return text;
}

static int64_t value_of(const FILETIME *time)
{
    return (int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime);
}

SECURITY_STATUS platform_describe(struct span der, struct platform_description *to)
{
    CERT_INFO *info;
    PCCERT_CONTEXT context;
    size_t serial;

    if (der.size > LIMIT_CERTIFICATE)
        return SEC_E_CERT_UNKNOWN;
    context = CertCreateCertificateContext(X509_ASN_ENCODING, der.data, (DWORD)der.size);
    if (!context)
        return SEC_E_CERT_UNKNOWN;
    info = context->pCertInfo;
    memset(to, 0, sizeof(*to));
    to->version = info->dwVersion;
    serial = info->SerialNumber.cbData;
    memcpy(to->serial, info->SerialNumber.pbData,
           serial < sizeof(to->serial) ? serial : sizeof(to->serial));
    to->signature_algorithm = CertOIDToAlgId(info->SignatureAlgorithm.pszObjId);
    to->key_algorithm = CertOIDToAlgId(info->SubjectPublicKeyInfo.Algorithm.pszObjId);
    to->not_before = value_of(&info->NotBefore);
    to->not_after = value_of(&info->NotAfter);
    to->issuer = name_of(&info->Issuer);
    to->subject = name_of(&info->Subject);
    to->key_size = info->SubjectPublicKeyInfo.PublicKey.cbData;
    to->key = mem_copy(span_of(info->SubjectPublicKeyInfo.PublicKey.pbData, to->key_size));
    CertFreeCertificateContext(context);
    if (!to->issuer || !to->subject || !to->key) {
        platform_description_done(to);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    return SEC_E_OK;
}

void platform_description_done(struct platform_description *description)
{
    mem_free(description->issuer);
    mem_free(description->subject);
    mem_free(description->key);
}
