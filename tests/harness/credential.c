/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See credential.h.
 */
#include "credential.h"

#include <string.h>

static WCHAR package[] = u"Microsoft Unified Security Protocol Provider";

DWORD credential_protocol(enum test_version version, bool server)
{
    switch (version) {
    case VERSION_TLS12:
        return server ? SP_PROT_TLS1_2_SERVER : SP_PROT_TLS1_2_CLIENT;
    case VERSION_TLS13:
        return server ? SP_PROT_TLS1_3_SERVER : SP_PROT_TLS1_3_CLIENT;
    case VERSION_DTLS10:
        return server ? SP_PROT_DTLS1_0_SERVER : SP_PROT_DTLS1_0_CLIENT;
    case VERSION_DTLS12:
        return server ? SP_PROT_DTLS1_2_SERVER : SP_PROT_DTLS1_2_CLIENT;
    default:
        return 0;
    }
}

static DWORD flags_of(const struct credential_wish *wish)
{
    if (wish->no_default_flags || wish->server)
        return wish->flags;
    return wish->flags | SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS;
}

static SECURITY_STATUS make_old(const struct credential_wish *wish, CredHandle *credential)
{
    PCCERT_CONTEXT certificate = wish->certificate;
    SCHANNEL_CRED data;

    memset(&data, 0, sizeof(data));
    data.dwVersion = SCHANNEL_CRED_VERSION;
    data.cCreds = certificate != NULL;
    data.paCred = certificate ? &certificate : NULL;
    data.grbitEnabledProtocols = credential_protocol(wish->version, wish->server);
    data.hRootStore = wish->roots;
    data.dwSessionLifespan = wish->lifespan_ms;
    data.dwFlags = flags_of(wish);
    return AcquireCredentialsHandleW(NULL, package,
                                     wish->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                     NULL, &data, NULL, NULL, credential, NULL);
}

SECURITY_STATUS credential_make(const struct credential_wish *wish, CredHandle *credential)
{
    PCCERT_CONTEXT certificate = wish->certificate;
    TLS_PARAMETERS parameters;
    SCH_CREDENTIALS data;

    if (wish->old_form)
        return make_old(wish, credential);
    memset(&parameters, 0, sizeof(parameters));
    memset(&data, 0, sizeof(data));
    data.dwVersion = SCH_CREDENTIALS_VERSION;
    data.cCreds = certificate != NULL;
    data.paCred = certificate ? &certificate : NULL;
    data.hRootStore = wish->roots;
    data.dwSessionLifespan = wish->lifespan_ms;
    data.dwFlags = flags_of(wish);
    if (wish->version != VERSION_ANY) {
        parameters.grbitDisabledProtocols = ~credential_protocol(wish->version, wish->server);
        data.cTlsParameters = 1;
        data.pTlsParameters = &parameters;
    }
    return AcquireCredentialsHandleW(NULL, package,
                                     wish->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                     NULL, &data, NULL, NULL, credential, NULL);
}

bool version_available(enum test_version version)
{
    struct credential_wish wish = {.version = version, .old_form = version != VERSION_TLS13};
    CredHandle credential;

    if (credential_make(&wish, &credential) != SEC_E_OK)
        return false;
    FreeCredentialsHandle(&credential);
    return true;
}

const char *version_name(enum test_version version)
{
    static const char *const names[] = {"any version", "TLS 1.2", "TLS 1.3", "DTLS 1.0",
                                        "DTLS 1.2"};

    return names[version];
}

SecBuffer buffer_make(ULONG type, void *data, size_t size)
{
    return (SecBuffer){(ULONG)size, type, data};
}

SecBufferDesc list_make(SecBuffer *buffers, size_t count)
{
    return (SecBufferDesc){SECBUFFER_VERSION, (ULONG)count, buffers};
}
