/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Messages of the security layer exchange, wrapped by the package: GSS_Wrap without
 * confidentiality, and GSS_Unwrap (RFC 4752 3.1, 3.2), as SSPI spells them (Microsoft Learn,
 * "SSPI/Kerberos Interoperability with GSSAPI").
 */
#include "sasl/sasl.h"

#include <string.h>

#include "base/mem.h"
#include "sspi/buffers.h"

#define TRAILER_MAX 4096 /* of any package; Kerberos' have less than 100 bytes */

SECURITY_STATUS sasl_wrap(SecHandle *handle, struct span message, void **wrapped, size_t *size)
{
    SecPkgContext_Sizes sizes = {0};
    SECURITY_STATUS status = QueryContextAttributesW(handle, SECPKG_ATTR_SIZES, &sizes);
    SecBuffer buffers[3];
    SecBufferDesc list = {SECBUFFER_VERSION, 3, buffers};
    uint8_t *memory;

    if (status != SEC_E_OK)
        return status;
    if (sizes.cbSecurityTrailer > TRAILER_MAX || sizes.cbBlockSize > TRAILER_MAX)
        return SEC_E_INTERNAL_ERROR;
    memory = buffers_alloc(sizes.cbSecurityTrailer + message.size + sizes.cbBlockSize);
    if (!memory)
        return SEC_E_INSUFFICIENT_MEMORY;
    buffers[0] = (SecBuffer){sizes.cbSecurityTrailer, SECBUFFER_TOKEN, memory};
    buffers[1] = (SecBuffer){(ULONG)message.size, SECBUFFER_DATA, memory + sizes.cbSecurityTrailer};
    buffers[2] = (SecBuffer){sizes.cbBlockSize, SECBUFFER_PADDING,
                             memory + sizes.cbSecurityTrailer + message.size};
    memcpy(buffers[1].pvBuffer, message.data, message.size);
    status = EncryptMessage(handle, SECQOP_WRAP_NO_ENCRYPT, &list, 0);
    if (status != SEC_E_OK) {
        buffers_free(memory);
        return status;
    }
    /* The token may have come out shorter: the gap is closed. */
    memmove(memory + buffers[0].cbBuffer, buffers[1].pvBuffer, buffers[1].cbBuffer);
    memmove(memory + buffers[0].cbBuffer + buffers[1].cbBuffer, buffers[2].pvBuffer,
            buffers[2].cbBuffer);
    *wrapped = memory;
    *size = (size_t)buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;
    return SEC_E_OK;
}

SECURITY_STATUS sasl_unwrap(SecHandle *handle, struct span wrapped, uint8_t *message, size_t room,
                            size_t *size)
{
    uint8_t *copy = mem_copy(wrapped); /* opened in place, and the program's is input */
    SecBuffer buffers[2] = {{(ULONG)wrapped.size, SECBUFFER_STREAM, copy},
                            {0, SECBUFFER_DATA, NULL}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    ULONG qop = 0;
    SECURITY_STATUS status;

    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    status = DecryptMessage(handle, &list, 0, &qop);
    if (status == SEC_E_OK && (!buffers[1].pvBuffer || buffers[1].cbBuffer > room))
        status = SEC_E_INVALID_TOKEN;
    if (status == SEC_E_OK) {
        memcpy(message, buffers[1].pvBuffer, buffers[1].cbBuffer);
        *size = buffers[1].cbBuffer;
    }
    mem_wipe_free(copy, wrapped.size);
    return status;
}
