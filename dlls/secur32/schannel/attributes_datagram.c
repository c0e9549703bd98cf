/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes of contexts whose records travel in datagrams (DTLS).
 *
 * Sources: Microsoft Learn, "QueryContextAttributes (Schannel)" and "SetContextAttributes function"
 * (SECPKG_ATTR_DTLS_MTU: 200 bytes to 64 KB; not supported where there is no DTLS). The pages name
 * no structure: Microsoft's DTLS sample and libmatoya set a ULONG, SECBUFFER_DTLS_MTU is a USHORT,
 * and so is what is told. That the SRTP profile is told in network order was seen by str0m.
 */
#include "schannel/attributes.h"

#include "base/limits.h"
#include "schannel/handshake.h"

FILLER(dtls_mtu)
{
    USHORT *to = out;

    if (!context->datagram)
        return SEC_E_UNSUPPORTED_FUNCTION;
    lock_take(&context->handshake);
    *to = (USHORT)context->mtu;
    lock_release(&context->handshake);
    return SEC_E_OK;
}

SETTER(dtls_mtu)
{
    const ULONG *from = in; /* what follows a USHORT is zero */

    if (!context->datagram)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (*from < LIMIT_MTU_MIN || *from > LIMIT_MTU_MAX)
        return SEC_E_INVALID_PARAMETER;
    lock_take(&context->handshake);
    /* A datagram cannot have the last of them. */
    datagram_set_mtu(context, *from < LIMIT_MTU_MAX ? *from : LIMIT_MTU_MAX - 1);
    lock_release(&context->handshake);
    return SEC_E_OK;
}

/* 0: a stream, or no profile was negotiated. No key identifier is ever negotiated. */
FILLER(srtp)
{
    SecPkgContext_SrtpParameters *to = out;
    struct tls_info info;

    if (!attribute_info(context, &info))
        return SEC_E_INVALID_HANDLE;
    to->ProtectionProfile = (WORD)((info.srtp & 0xff) << 8 | (info.srtp >> 8 & 0xff));
    return SEC_E_OK;
}
