/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the files of platform/pe share about certificates and stores.
 */
#ifndef SECUR32_PLATFORM_PE_CERTS_H
#define SECUR32_PLATFORM_PE_CERTS_H

#include "platform/pe/keys.h"

/* How certificates are encoded; messages may be PKCS#7. */
#define PE_ENCODING (X509_ASN_ENCODING | PKCS_7_ASN_ENCODING)

/* A DER certificate as a borrowed span. */
static inline struct span pe_der(PCCERT_CONTEXT context)
{
    return span_of(context->pbCertEncoded, context->cbCertEncoded);
}

/* A store in memory with these certificates in this order, and the context of the first, which
 * keeps the store. */
MUST_CHECK SECURITY_STATUS pe_context_new(const struct span *ders, size_t count,
                                          PCCERT_CONTEXT *context);

/* The chain's certificates copied into one block: the spans, then the bytes; mem_free(*copy). */
MUST_CHECK SECURITY_STATUS pe_copy_chain(const CERT_SIMPLE_CHAIN *chain, size_t count,
                                         struct span **copy);

/* Whether issuer and subject are one name. */
bool pe_is_self_issued(PCCERT_CONTEXT context);

#endif
