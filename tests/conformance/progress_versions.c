/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every set of versions of a client with every set of a server: the highest that both have, or
 * SEC_E_UNSUPPORTED_FUNCTION on both sides.
 *
 * Sources: RFC 8446 4.2.1 and RFC 5246 E.1; Microsoft Learn, "Schannel Error Codes for TLS and SSL
 * Alerts". What Windows makes of sets with a gap in them is not documented.
 */
#include "common.h"

#include <string.h>

#define VERSIONS 4
#define SETS (1u << VERSIONS)
#define TLS13_BIT 8u

static const DWORD clients[VERSIONS] = {SP_PROT_TLS1_0_CLIENT, SP_PROT_TLS1_1_CLIENT,
                                        SP_PROT_TLS1_2_CLIENT, SP_PROT_TLS1_3_CLIENT};
static const DWORD servers[VERSIONS] = {SP_PROT_TLS1_0_SERVER, SP_PROT_TLS1_1_SERVER,
                                        SP_PROT_TLS1_2_SERVER, SP_PROT_TLS1_3_SERVER};

static DWORD mask_of(unsigned set, bool server)
{
    DWORD mask = 0;

    for (unsigned i = 0; i < VERSIONS; i++)
        if (set & 1u << i)
            mask |= server ? servers[i] : clients[i];
    return mask;
}

static bool acquire(unsigned set, bool server, CredHandle *credential)
{
    PCCERT_CONTEXT certificate = pki_certificate("rsa");
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~mask_of(set, server)};
    SCH_CREDENTIALS data = {
        .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &parameters};

    if (server) {
        data.cCreds = 1;
        data.paCred = &certificate;
    } else {
        data.dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS;
    }
    return certificate &&
           AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP,
                                     server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                     &data, NULL, NULL, credential, NULL) == SEC_E_OK;
}

/* The versions that this system has switched on for a side. */
static unsigned available(bool server)
{
    unsigned set = 0;

    for (unsigned i = 0; i < VERSIONS; i++) {
        CredHandle credential;

        if (acquire(1u << i, server, &credential)) {
            set |= 1u << i;
            FreeCredentialsHandle(&credential);
        }
    }
    return set;
}

static bool has_gap(unsigned set)
{
    while (set && !(set & 1))
        set >>= 1;
    return (set & (set + 1)) != 0;
}

/* GnuTLS has TLS 1.3 only beside 1.2 or alone (README, Differences). */
static unsigned without_gap(unsigned set)
{
    return (set & TLS13_BIT) && !(set & TLS13_BIT >> 1) ? TLS13_BIT : set;
}

static unsigned highest(unsigned set)
{
    unsigned bit = TLS13_BIT;

    while (bit && !(set & bit))
        bit >>= 1;
    return bit;
}

static unsigned agreed(struct loop *loop)
{
    SecPkgContext_ConnectionInfo info;

    memset(&info, 0, sizeof(info));
    ok_status(QueryContextAttributesW(&loop->side[LOOP_CLIENT].context, SECPKG_ATTR_CONNECTION_INFO,
                                      &info),
              SEC_E_OK, "connection info");
    for (unsigned i = 0; i < VERSIONS; i++)
        if (info.dwProtocol == clients[i])
            return 1u << i;
    return 0;
}

static void check_sets(unsigned of_client, unsigned of_server, CredHandle *client,
                       CredHandle *server)
{
    unsigned best = highest(without_gap(of_client) & without_gap(of_server));
    /* A hello without the list of versions names the highest only. */
    bool may_miss = best < TLS13_BIT >> 1 && (has_gap(of_client) || has_gap(of_server));
    struct loop loop;

    loop_init(&loop, client, server);
    if (loop_handshake(&loop)) {
        ok_number(agreed(&loop), best, "version");
        loop_check_traffic(&loop);
    } else if (ok(!best || may_miss, "client %08lx, server %08lx",
                  (unsigned long)loop.side[LOOP_CLIENT].status & 0xffffffff,
                  (unsigned long)loop.side[LOOP_SERVER].status & 0xffffffff)) {
        ok_status(loop.side[LOOP_CLIENT].status, SEC_E_UNSUPPORTED_FUNCTION, "client");
        ok_status(loop.side[LOOP_SERVER].status, SEC_E_UNSUPPORTED_FUNCTION, "server");
    }
    loop_done(&loop);
}

START_TEST(progress_version_sets)
{
    unsigned client_has = available(false), server_has = available(true);

    if (!pki_certificate("rsa"))
        return;
    if ((client_has & server_has) != SETS - 1)
        skip("sets with versions that are off here: client %x, server %x", client_has, server_has);
    for (unsigned i = 1; i < SETS * SETS; i++) {
        unsigned of_client = i % SETS, of_server = i / SETS;
        CredHandle client, server;

        if (!of_client || !of_server || (of_client & ~client_has) || (of_server & ~server_has))
            continue;
        if (running_on_windows() && (has_gap(of_client) || has_gap(of_server)))
            continue;
        push_context("client %x, server %x", of_client, of_server);
        if (ok(acquire(of_client, false, &client), "client credential")) {
            if (ok(acquire(of_server, true, &server), "server credential")) {
                check_sets(of_client, of_server, &client, &server);
                FreeCredentialsHandle(&server);
            }
            FreeCredentialsHandle(&client);
        }
        pop_context();
    }
}
