/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See credential.h.
 */
#include "credential.h"

#include <string.h>

struct version {
    const char *name;
    DWORD client, server; /* SP_PROT_ bits */
    DWORD datagram_client, datagram_server;
};

static const struct version versions[] = {
    {"1.0", SP_PROT_TLS1_0_CLIENT, SP_PROT_TLS1_0_SERVER, SP_PROT_DTLS1_0_CLIENT,
     SP_PROT_DTLS1_0_SERVER},
    {"1.1", SP_PROT_TLS1_1_CLIENT, SP_PROT_TLS1_1_SERVER, 0, 0},
    {"1.2", SP_PROT_TLS1_2_CLIENT, SP_PROT_TLS1_2_SERVER, SP_PROT_DTLS1_2_CLIENT,
     SP_PROT_DTLS1_2_SERVER},
    {"1.3", SP_PROT_TLS1_3_CLIENT, SP_PROT_TLS1_3_SERVER, 0, 0},
};

static const struct version *find_version(const char *tls)
{
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
        if (!strcmp(versions[i].name, tls))
            return &versions[i];
    return NULL;
}

bool credential_knows_version(const char *tls)
{
    return find_version(tls) != NULL;
}

/* 0: the system's choice. */
static DWORD protocols_of(const struct credential_wish *wish)
{
    const struct version *version = wish->tls ? find_version(wish->tls) : NULL;

    if (wish->datagram && !version)
        return wish->server ? SP_PROT_DTLS1_X_SERVER : SP_PROT_DTLS1_X_CLIENT;
    if (!version)
        return 0;
    if (wish->datagram)
        return wish->server ? version->datagram_server : version->datagram_client;
    return wish->server ? version->server : version->client;
}

static DWORD credential_flags(const struct credential_wish *wish)
{
    if (wish->server)
        return SCH_CRED_NO_SYSTEM_MAPPER;
    return SCH_CRED_NO_DEFAULT_CREDS |
           (wish->insecure ? SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_SERVERNAME_CHECK
                           : SCH_CRED_AUTO_CRED_VALIDATION);
}

static SECURITY_STATUS acquire(const struct credential_wish *wish, void *data,
                               CredHandle *credential)
{
    static SEC_CHAR package[] = UNISP_NAME_A;
    TimeStamp expiry;

    return AcquireCredentialsHandleA(NULL, package,
                                     wish->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                     NULL, data, NULL, NULL, credential, &expiry);
}

/* SCHANNEL_CRED, for Windows before 10 version 1809. */
static SECURITY_STATUS acquire_old(const struct credential_wish *wish, DWORD protocols,
                                   CredHandle *credential)
{
    SCHANNEL_CRED data;
    PCCERT_CONTEXT certificate = wish->certificate;

    memset(&data, 0, sizeof(data));
    data.dwVersion = SCHANNEL_CRED_VERSION;
    data.cCreds = certificate ? 1 : 0;
    data.paCred = certificate ? &certificate : NULL;
    data.hRootStore = wish->roots;
    data.grbitEnabledProtocols = protocols;
    data.dwFlags = credential_flags(wish);
    return acquire(wish, &data, credential);
}

SECURITY_STATUS credential_acquire_for(const struct credential_wish *wish, CredHandle *credential)
{
    DWORD protocols = protocols_of(wish);
    PCCERT_CONTEXT certificate = wish->certificate;
    TLS_PARAMETERS parameters;
    SCH_CREDENTIALS data;
    SECURITY_STATUS status;

    memset(&parameters, 0, sizeof(parameters));
    memset(&data, 0, sizeof(data));
    parameters.grbitDisabledProtocols = protocols ? ~protocols : 0;
    data.dwVersion = SCH_CREDENTIALS_VERSION;
    data.cCreds = certificate ? 1 : 0;
    data.paCred = certificate ? &certificate : NULL;
    data.hRootStore = wish->roots;
    data.dwFlags = credential_flags(wish);
    data.cTlsParameters = protocols ? 1 : 0;
    data.pTlsParameters = protocols ? &parameters : NULL;
    status = acquire(wish, &data, credential);
    if (status == SEC_E_UNKNOWN_CREDENTIALS || status == SEC_E_INTERNAL_ERROR)
        status = acquire_old(wish, protocols, credential);
    return status;
}
