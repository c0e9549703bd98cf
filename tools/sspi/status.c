/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Names of the status codes that a user of TLS meets.
 */
#include "stream.h"

#include <stdio.h>

struct name {
    SECURITY_STATUS status;
    const char *name;
};

#define NAME(code)                                                                                 \
    {                                                                                              \
        code, #code                                                                                \
    }

static const struct name names[] = {
    NAME(SEC_E_OK),
    NAME(SEC_I_CONTINUE_NEEDED),
    NAME(SEC_I_RENEGOTIATE),
    NAME(SEC_I_CONTEXT_EXPIRED),
    NAME(SEC_I_INCOMPLETE_CREDENTIALS),
    NAME(SEC_E_ALGORITHM_MISMATCH),
    NAME(SEC_E_APPLICATION_PROTOCOL_MISMATCH),
    NAME(SEC_E_BUFFER_TOO_SMALL),
    NAME(SEC_E_CERT_EXPIRED),
    NAME(SEC_E_CERT_UNKNOWN),
    NAME(SEC_E_CERT_WRONG_USAGE),
    NAME(SEC_E_CONTEXT_EXPIRED),
    NAME(SEC_E_DECRYPT_FAILURE),
    NAME(SEC_E_ENCRYPT_FAILURE),
    NAME(SEC_E_ILLEGAL_MESSAGE),
    NAME(SEC_E_INCOMPLETE_MESSAGE),
    NAME(SEC_E_INSUFFICIENT_MEMORY),
    NAME(SEC_E_INTERNAL_ERROR),
    NAME(SEC_E_INVALID_HANDLE),
    NAME(SEC_E_INVALID_TOKEN),
    NAME(SEC_E_LOGON_DENIED),
    NAME(SEC_E_MESSAGE_ALTERED),
    NAME(SEC_E_NO_CREDENTIALS),
    NAME(SEC_E_SECPKG_NOT_FOUND),
    NAME(SEC_E_UNFINISHED_CONTEXT_DELETED),
    NAME(SEC_E_UNKNOWN_CREDENTIALS),
    NAME(SEC_E_UNSUPPORTED_FUNCTION),
    NAME(SEC_E_UNTRUSTED_ROOT),
    NAME(SEC_E_WRONG_PRINCIPAL),
    NAME(CRYPT_E_REVOKED),
    NAME(CRYPT_E_NO_REVOCATION_CHECK),
    NAME(CRYPT_E_REVOCATION_OFFLINE),
};

const char *status_text(SECURITY_STATUS status)
{
    static char text[64];
    const char *name = "";

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].status == status)
            name = names[i].name;
    snprintf(text, sizeof(text), "%08lx %s", (unsigned long)(ULONG)status, name);
    return text;
}
