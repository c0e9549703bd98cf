/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The message functions: EncryptMessage, DecryptMessage, MakeSignature, VerifySignature. The first
 * and third count as senders, the others as receivers, so that both directions run side by side.
 *
 * Sources: Microsoft Learn, the pages of these functions; sspi.h.
 */
#include "winsspi.h"

#include "base/log.h"
#include "sspi/buffers.h"
#include "sspi/handle.h"

/* There is no message function without buffers. */
static SECURITY_STATUS check(const SecBufferDesc *message)
{
    return message ? buffers_check(message) : SEC_E_INVALID_TOKEN;
}

/*
 * EncryptMessage: seals one message in place, in the caller's buffers.
 *
 * context   a context whose handshake is done
 * qop       0, or a flag of the package (Schannel: SECQOP_WRAP_OOB_DATA seals an alert)
 * message   Schannel wants one STREAM_HEADER, one DATA and one STREAM_TRAILER, sized as
 *           SECPKG_ATTR_STREAM_SIZES says. Their memory stays the caller's; on success the three
 *           cbBuffer give the bytes to send, in this order.
 * sequence  unused by stream packages
 *
 * May run at the same time as DecryptMessage on the same context.
 */
SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle context, ULONG qop, PSecBufferDesc message,
                                         ULONG sequence)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_SEND, &ref);

    if (status != SEC_E_OK)
        return status;
    status = check(message);
    if (status == SEC_E_OK)
        status = ref.ssp->seal ? ref.ssp->seal(ref.object, qop, message, sequence)
                               : SEC_E_UNSUPPORTED_FUNCTION;
    handle_release(&ref);
    if (status != SEC_E_OK)
        TRACE(LOG_SSPI, "encrypt: %08lx", (unsigned long)(uint32_t)status);
    return status;
}

/*
 * DecryptMessage: opens one message in place, in the caller's buffers.
 *
 * message   Schannel wants one DATA buffer with what came from the peer, and three EMPTY ones
 * qop       may be NULL
 */
SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle context, PSecBufferDesc message,
                                         ULONG sequence, PULONG qop)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_RECEIVE, &ref);

    if (status != SEC_E_OK)
        return status;
    status = check(message);
    if (status == SEC_E_OK)
        status = ref.ssp->unseal ? ref.ssp->unseal(ref.object, message, sequence, qop)
                                 : SEC_E_UNSUPPORTED_FUNCTION;
    handle_release(&ref);
    if (status != SEC_E_OK)
        TRACE(LOG_SSPI, "decrypt: %08lx", (unsigned long)(uint32_t)status);
    return status;
}

SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle context, ULONG qop, PSecBufferDesc message,
                                        ULONG sequence)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_SEND, &ref);

    if (status != SEC_E_OK)
        return status;
    if (!ref.ssp->sign)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else
        status = check(message);
    if (status == SEC_E_OK)
        status = ref.ssp->sign(ref.object, qop, message, sequence);
    handle_release(&ref);
    return status;
}

SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle context, PSecBufferDesc message,
                                          ULONG sequence, PULONG qop)
{
    struct handle_ref ref;
    SECURITY_STATUS status = context_acquire(context, USE_RECEIVE, &ref);

    if (status != SEC_E_OK)
        return status;
    if (!ref.ssp->verify)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else
        status = check(message);
    if (status == SEC_E_OK)
        status = ref.ssp->verify(ref.object, message, sequence, qop);
    handle_release(&ref);
    return status;
}

/* The names of the first SSPI, still exported and imported. */
SECURITY_STATUS SEC_ENTRY SealMessage(PCtxtHandle context, ULONG qop, PSecBufferDesc message,
                                      ULONG sequence)
{
    return EncryptMessage(context, qop, message, sequence);
}

SECURITY_STATUS SEC_ENTRY UnsealMessage(PCtxtHandle context, PSecBufferDesc message, ULONG sequence,
                                        PULONG qop)
{
    return DecryptMessage(context, message, sequence, qop);
}
