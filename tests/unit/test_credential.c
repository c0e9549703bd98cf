/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/credential*: what a credential becomes of its structure, where no public function shows
 * it: roles, policies for single application protocols, tickets, sharing of sessions, and each
 * allocation failing.
 */
#include "schannel/credential_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "harness.h"
#include "schannel/session.h"
#include "sspi/buffers.h"

#define STREAMS (TLS_VERSION_1_0 | TLS_VERSION_1_1 | TLS_VERSION_1_2 | TLS_VERSION_1_3)

static WCHAR h2_text[] = u"h2", http_text[] = u"http/1.1";
/* The first one counts its zero, as msquic does. */
static UNICODE_STRING h2 = {6, 6, h2_text}, http = {16, 18, http_text};

static struct schan_credential *acquire(ULONG use, const void *data, SECURITY_STATUS want)
{
    struct ssp_acquire call = {.use = use, .auth_data = data};

    ok_status(schan_acquire(&call), want, "acquired");
    ok((call.credential != NULL) == (want == SEC_E_OK), "credential and status");
    return call.credential;
}

static bool library_is_there(void)
{
    struct tls_library library = {0};

    if (tls_load(&library) == TLS_OK)
        return true;
    skip("no TLS library: %s", library.problem);
    return false;
}

START_TEST(credential_roles)
{
    static const struct {
        const char *name;
        ULONG use;
        enum tls_role role;
    } cases[] = {
        {"outbound", SECPKG_CRED_OUTBOUND, TLS_CLIENT},
        {"inbound", SECPKG_CRED_INBOUND, TLS_SERVER},
        {"both", SECPKG_CRED_BOTH, TLS_SERVER},
        {"outbound and more", SECPKG_CRED_OUTBOUND | SECPKG_CRED_PROCESS_POLICY_ONLY, TLS_CLIENT},
    };

    if (!library_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schan_credential *credential = acquire(cases[i].use, NULL, SEC_E_OK);

        if (!credential)
            continue;
        ok(credential->role == cases[i].role, "%s: role", cases[i].name);
        ok_number(credential->version, 0, "%s: no structure", cases[i].name);
        ok(!(credential->policy.tls.versions & TLS_VERSION_1_3), "%s: TLS 1.3", cases[i].name);
        ok(credential->expiry.QuadPart == INT64_MAX, "%s: ends", cases[i].name);
        schan_free_credential(credential);
    }
}

START_TEST(credential_ids)
{
    struct schan_credential *one, *other;

    if (!library_is_there())
        return;
    one = acquire(SECPKG_CRED_OUTBOUND, NULL, SEC_E_OK);
    other = acquire(SECPKG_CRED_OUTBOUND, NULL, SEC_E_OK);
    if (one && other) {
        ok(one->id && other->id && one->id != other->id, "the same id");
        session_store(one->id, "a.example", span_of("x", 1), false, 60000);
        session_store(other->id, "a.example", span_of("x", 1), false, 60000);
        ok_number(session_count(), 2, "sessions");
    }
    schan_credential_unref(schan_credential_ref(one));
    ok_number(session_count(), 2, "sessions");
    schan_free_credential(one);
    ok_number(session_count(), 1, "they go with the credential");
    schan_free_credential(other);
    ok_number(session_count(), 0, "all");
    schan_credential_unref(NULL);
}

/* ---- structures that are none ---- */

START_TEST(credential_formats)
{
    SCHANNEL_CERT_HASH_STORE hash = {.dwLength = 7};
    const void *item = &hash;
    static const struct {
        const char *name;
        DWORD format, length;
    } cases[] = {
        {"hash, short", SCH_CRED_FORMAT_CERT_HASH, sizeof(SCHANNEL_CERT_HASH) - 1},
        {"hash in a store, short", SCH_CRED_FORMAT_CERT_HASH_STORE,
         sizeof(SCHANNEL_CERT_HASH_STORE) - 1},
        {"unknown format", 3, sizeof(SCHANNEL_CERT_HASH_STORE)},
        {"large format", 0xffffffff, sizeof(SCHANNEL_CERT_HASH_STORE)},
    };

    if (!library_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};

        push_context("%s", cases[i].name);
        hash.dwLength = cases[i].length;
        data.cCreds = 1;
        data.paCred = (PCCERT_CONTEXT *)&item;
        data.dwCredFormat = cases[i].format;
        acquire(SECPKG_CRED_INBOUND, &data, SEC_E_UNKNOWN_CREDENTIALS);
        pop_context();
    }
}

/* ---- application protocols ---- */

static uint32_t versions_for(struct schan_credential *credential, const char *alpn)
{
    struct schan_policy policy;

    schan_credential_policy(credential, span_of(alpn, strlen(alpn)), &policy);
    ok(policy.tls.suites == policy.suites, "the lists are its own");
    return policy.tls.versions & STREAMS;
}

START_TEST(credential_alpn)
{
    TLS_PARAMETERS parameters[] = {
        {.grbitDisabledProtocols = SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_1_SERVER},
        {.cAlpnIds = 1, .rgstrAlpnIds = &h2, .grbitDisabledProtocols = SP_PROT_TLS1_2_SERVER},
        {.cAlpnIds = 1, .rgstrAlpnIds = &http, .grbitDisabledProtocols = 0xffffffff},
    };
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cTlsParameters = COUNT_OF(parameters),
                            .pTlsParameters = parameters};
    struct schan_credential *credential;

    if (!library_is_there())
        return;
    credential = acquire(SECPKG_CRED_INBOUND, &data, SEC_E_OK);
    if (credential) {
        ok_number(versions_for(credential, ""), TLS_VERSION_1_2 | TLS_VERSION_1_3, "none");
        ok_number(versions_for(credential, "\3foo"), TLS_VERSION_1_2 | TLS_VERSION_1_3, "another");
        ok_number(versions_for(credential, "\3foo\2h2"), TLS_VERSION_1_3, "h2");
        ok_number(versions_for(credential, "\10http/1.1"), 0, "http: impossible");
    }
    schan_free_credential(credential);

    parameters[2].dwFlags = TLS_PARAMS_OPTIONAL;
    credential = acquire(SECPKG_CRED_INBOUND, &data, SEC_E_OK);
    if (credential)
        ok_number(versions_for(credential, "\10http/1.1"), TLS_VERSION_1_2 | TLS_VERSION_1_3,
                  "http: impossible, but optional");
    schan_free_credential(credential);

    /* They are for servers only. */
    credential = acquire(SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    if (credential)
        ok_number(versions_for(credential, "\2h2"), STREAMS, "a client");
    schan_free_credential(credential);

    parameters[1].rgstrAlpnIds = NULL;
    acquire(SECPKG_CRED_INBOUND, &data, SEC_E_UNKNOWN_CREDENTIALS);
}

/* ---- resumption ---- */

START_TEST(credential_tickets)
{
    static const struct {
        const char *name;
        DWORD flags, lifespan;
        bool has;
    } cases[] = {
        {"default", 0, 0, true},
        {"a minute", 0, 60000, true},
        {"a millisecond", 0, 1, true},
        {"no lifespan", 0, 0xffffffff, false},
        {"no reconnects", SCH_CRED_DISABLE_RECONNECTS, 0, false},
    };

    if (!library_is_there())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};
        struct schan_credential *credential;
        struct tls_tickets *tickets;

        data.dwFlags = cases[i].flags;
        data.dwSessionLifespan = cases[i].lifespan;
        credential = acquire(SECPKG_CRED_INBOUND, &data, SEC_E_OK);
        if (!credential)
            continue;
        tickets = schan_credential_tickets(credential);
        ok((tickets != NULL) == cases[i].has, "%s", cases[i].name);
        ok(schan_credential_tickets(credential) == tickets, "%s: the same again", cases[i].name);
        schan_free_credential(credential);
    }
}

/* ---- attributes ---- */

static SECURITY_STATUS set(struct schan_credential *credential, ULONG id, void *buffer, size_t room)
{
    const struct ssp_attribute asked = {id, buffer, room};

    return schan_set_credential(credential, &asked);
}

static SECURITY_STATUS query(struct schan_credential *credential, ULONG id, void *buffer,
                             size_t room)
{
    const struct ssp_attribute asked = {id, buffer, room};

    return schan_query_credential(credential, &asked);
}

/* doc/attributes.md says of each attribute whether it can be asked for and set. */
static FILE *open_document(void)
{
    const char *source = getenv("top_srcdir");
    char path[1024];

    snprintf(path, sizeof(path), "%s/doc/attributes.md", source ? source : ".");
    return fopen(path, "r");
}

static void check_documented(struct schan_credential *server, const char *line)
{
    unsigned char room[256];
    char name[64], asked[8], taken[8];
    unsigned id;
    SECURITY_STATUS status;

    if (sscanf(line, "| 0x%x | %63s | %7s | %7s |", &id, name, asked, taken) != 4)
        return;
    memset(room, 0, sizeof(room));
    status = query(server, id, room, sizeof(room));
    ok((status == SEC_E_OK) == !strcmp(asked, "yes"), "%s, asked: %08lx", name,
       (unsigned long)status);
    if (id == SECPKG_ATTR_SUPPORTED_ALGS)
        buffers_free(((SecPkgCred_SupportedAlgs *)(void *)room)->palgSupportedAlgs);
    memset(room, 0, sizeof(room));
    status = set(server, id, room, sizeof(room));
    ok((status != SEC_E_UNSUPPORTED_FUNCTION) == !strcmp(taken, "yes"), "%s, set: %08lx", name,
       (unsigned long)status);
}

START_TEST(credential_document)
{
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION};
    FILE *document = open_document();
    struct schan_credential *server;
    bool credentials = false;
    size_t rows = 0;
    char line[512];

    if (!document || !library_is_there()) {
        skip("no document");
        return;
    }
    server = acquire(SECPKG_CRED_INBOUND, &data, SEC_E_OK);
    while (server && fgets(line, sizeof(line), document)) {
        if (credentials && line[0] == '#') /* other packages' */
            break;
        credentials = credentials || !strncmp(line, "Credentials (", 13);
        if (!credentials || strncmp(line, "| 0x", 4) != 0)
            continue;
        rows++;
        check_documented(server, line);
    }
    ok_number(rows, 6, "rows");
    fclose(document);
    schan_free_credential(server);
}

START_TEST(credential_narrowed)
{
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION};
    SecPkgCred_SupportedProtocols protocols = {SP_PROT_TLS1_2_CLIENT};
    SecPkgCred_CipherStrengths strengths = {256, 256}, told = {0, 0};
    ALG_ID rsa = CALG_RSA_KEYX, none = CALG_MD2;
    SecPkgCred_SupportedAlgs algorithms = {1, &rsa};
    struct schan_credential *credential;

    if (!library_is_there())
        return;
    credential = acquire(SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
    if (!credential)
        return;
    ok_status(set(credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols, sizeof(protocols)),
              SEC_E_OK, "protocols");
    ok_number(versions_for(credential, ""), TLS_VERSION_1_2, "protocols");
    ok_status(set(credential, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths, sizeof(strengths)),
              SEC_E_OK, "strengths");
    ok_status(set(credential, SECPKG_ATTR_SUPPORTED_ALGS, &algorithms, sizeof(algorithms)),
              SEC_E_OK, "algorithms");
    ok_number(credential->policy.tls.suite_count, 3, "009d 003d 0035");
    algorithms.palgSupportedAlgs = &none;
    ok_status(set(credential, SECPKG_ATTR_SUPPORTED_ALGS, &algorithms, sizeof(algorithms)),
              SEC_E_ALGORITHM_MISMATCH, "nothing is left");
    algorithms.palgSupportedAlgs = NULL;
    ok_status(set(credential, SECPKG_ATTR_SUPPORTED_ALGS, &algorithms, sizeof(algorithms)),
              SEC_E_UNKNOWN_CREDENTIALS, "no pointer");
    ok_status(set(credential, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths, sizeof(strengths) - 1),
              SEC_E_BUFFER_TOO_SMALL, "a byte too small");
    ok_number(credential->policy.tls.suite_count, 3, "as before");
    ok_status(query(credential, SECPKG_ATTR_CIPHER_STRENGTHS, &told, sizeof(told)), SEC_E_OK,
              "strengths");
    ok(told.dwMinimumCipherStrength == 256 && told.dwMaximumCipherStrength == 256, "as set");
    ok_status(query(credential, SECPKG_ATTR_CIPHER_STRENGTHS, &told, sizeof(told) - 1),
              SEC_E_BUFFER_TOO_SMALL, "a byte too small");
    ok(query(credential, SECPKG_ATTR_CIPHER_STRENGTHS, NULL, sizeof(told)) < 0, "no memory");
    ok_status(set(credential, SECPKG_CRED_ATTR_NAMES, &told, sizeof(told)),
              SEC_E_UNSUPPORTED_FUNCTION, "a name");
    schan_free_credential(credential);
}

/* ---- keys that cannot make RSA-PSS signatures ---- */

START_TEST(credential_keys_without_pss)
{
    static const struct {
        const char *name;
        struct key key;
        bool tls13;
    } cases[] = {
        {"no RSA-PSS", {.kind = KEY_OUTSIDE}, false},
        {"RSA-PSS", {.kind = KEY_OUTSIDE, .pss = true}, true},
        {"an elliptic curve", {.kind = KEY_OUTSIDE, .curve = 23}, true},
        {"a key that we have", {.kind = KEY_RSA}, true},
    };
    DWORD disabled[] = {0, ~(DWORD)SP_PROT_TLS1_3_CLIENT};

    if (!library_is_there())
        return;
    for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
        TLS_PARAMETERS parameters = {.grbitDisabledProtocols = disabled[i % 2]};
        SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                                .cTlsParameters = 1,
                                .pTlsParameters = &parameters};
        struct tls_certificate list[2] = {{.key = cases[i / 2].key}, {.key = cases[0].key}};
        struct schan_credential *credential = acquire(SECPKG_CRED_OUTBOUND, &data, SEC_E_OK);
        bool only13 = i % 2;

        if (!credential)
            continue;
        for (size_t count = 2; count > 0; count--) {
            bool want = cases[i / 2].tls13 || only13;

            credential->certificate_count = count;
            credential_fit_versions(credential, list);
            ok(!(credential->policy.tls.versions & TLS_VERSION_1_3) == !want, "%s, of %zu: TLS 1.3",
               cases[i / 2].name, count);
            ok(!(credential->policy.tls.versions & TLS_VERSION_1_2) == only13, "%s: TLS 1.2",
               cases[i / 2].name);
        }
        credential->certificate_count = 0;
        schan_free_credential(credential);
    }
}

/* ---- no memory ---- */

static bool acquire_once(void *argument)
{
    struct ssp_acquire call = {.use = SECPKG_CRED_INBOUND, .auth_data = argument};
    SECURITY_STATUS status = schan_acquire(&call);

    ok(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY, "status %08lx",
       (unsigned long)status);
    ok((call.credential != NULL) == (status == SEC_E_OK), "credential and status");
    schan_free_credential(call.credential);
    return status == SEC_E_OK;
}

START_TEST(credential_no_memory)
{
    TLS_PARAMETERS parameters[] = {
        {.cAlpnIds = 1, .rgstrAlpnIds = &h2},
        {.cAlpnIds = 1, .rgstrAlpnIds = &http},
    };
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cTlsParameters = COUNT_OF(parameters),
                            .pTlsParameters = parameters};

    if (!library_is_there())
        return;
    acquire_once(&data); /* what is loaded once in the process */
    ok(each_allocation_fails(acquire_once, &data) >= 3, "too few allocations");
}
