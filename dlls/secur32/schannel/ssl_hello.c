/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Functions of schannel.dll for servers that read a ClientHello before they choose a credential.
 *
 * Sources: Microsoft Learn, "SslGetServerIdentity function"; schannel.h of the Windows SDK
 * (SCH_EXTENSION_DATA, SCH_NO_RECORD_HEADER). That bytes which are no ClientHello give
 * SEC_E_ILLEGAL_MESSAGE was seen on Windows; a hello without a name is not described: ours gives
 * SEC_E_OK and no name, which callers test for.
 */
#include "schannel/client_hello.h"

#include "base/hello.h"

/* The name stays in the message, and has no zero behind it. */
SECURITY_STATUS WINAPI SslGetServerIdentity(PBYTE hello_bytes, DWORD size, PBYTE *identity,
                                            PDWORD identity_size, DWORD flags)
{
    struct client_hello hello;
    struct span name;
    SECURITY_STATUS status;

    if (!hello_bytes || !identity || !identity_size || flags)
        return SEC_E_INVALID_PARAMETER;
    *identity = NULL;
    *identity_size = 0;
    status = client_hello_read(span_of(hello_bytes, size), false, &hello);
    if (status == SEC_E_OK)
        status = client_hello_server_name(&hello, &name);
    if (status != SEC_E_OK || !name.size)
        return status;
    *identity = hello_bytes + (name.data - hello_bytes);
    *identity_size = (DWORD)name.size;
    return SEC_E_OK;
}

/* Each element names an extension and gets where its body lies in the message; NULL: it has none.
 * bytes_to_read may be NULL; with SEC_E_INCOMPLETE_MESSAGE it says how much must come. */
SECURITY_STATUS WINAPI SslGetExtensions(const BYTE *hello_bytes, DWORD size,
                                        SCH_EXTENSION_DATA *extensions, BYTE count,
                                        DWORD *bytes_to_read, SchGetExtensionsOptions flags)
{
    struct client_hello hello;
    SECURITY_STATUS status;

    if (!hello_bytes || (count && !extensions) || ((unsigned)flags & ~1u))
        return SEC_E_INVALID_PARAMETER;
    status = client_hello_read(span_of(hello_bytes, size), flags == SCH_NO_RECORD_HEADER, &hello);
    if (bytes_to_read)
        *bytes_to_read = (DWORD)hello.missing;
    if (status != SEC_E_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        struct span body = {NULL, 0};

        if (!hello_find_extension(hello.extensions, extensions[i].ExtensionType, &body))
            body = span_of(NULL, 0);
        extensions[i].pExtData = body.data;
        extensions[i].cbExtData = (DWORD)body.size;
    }
    return SEC_E_OK;
}
