/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Cases about certificates: the client's own, and the server's. See field.h.
 */
#include "field.h"

#include <string.h>

#define MANUAL (SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS)

/* After a handshake: does the peer answer a line? (TLS 1.3 tells a refused certificate only then.)
 */
static void say_answer(struct peer *peer, SECURITY_STATUS status)
{
    char text[100];
    unsigned turns = 0;

    seen("%s", name_of(status));
    if (status != SEC_E_OK)
        return;
    status = peer_say(peer, "enil\n");
    if (status == SEC_E_OK)
        status = peer_listen(peer, text, sizeof(text), &turns);
    if (status == SEC_E_OK)
        seen(", then data");
    else
        seen(", then %s", name_of(status));
}

/* Peer: s_server -rev -verify or -Verify, and the client has no certificate. */
static void no_certificate(const struct arguments *arguments)
{
    static const struct {
        const char *name;
        ULONG request;
    } ways[] = {{"plain", 0}, {"USE_SUPPLIED_CREDS", ISC_REQ_USE_SUPPLIED_CREDS}};

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct peer peer;
        SECURITY_STATUS status;

        acquire(&peer, 5, 0, MANUAL, NULL);
        peer.request |= ways[i].request;
        status = peer_handshake(&peer, arguments->port);
        seen("%s%s: ", i ? "; " : "", ways[i].name);
        if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
            seen("SEC_I_INCOMPLETE_CREDENTIALS, again: ");
            do {
                status = peer_step(&peer);
                if (status == SEC_E_OK)
                    break;
            } while ((status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) &&
                     peer_read(&peer));
        }
        say_answer(&peer, status);
        peer_close(&peer);
    }
}

/* A certificate from a file. Peer: s_server -rev -Verify. `store closed`: before the handshake. */
static void own_certificate(const struct arguments *arguments)
{
    HCERTSTORE store;
    PCCERT_CONTEXT certificate = load_certificate(arguments->file, PKCS12_NO_PERSIST_KEY, &store);
    struct peer peer;
    SECURITY_STATUS status;

    if (!certificate) {
        seen("the file cannot be imported");
        return;
    }
    status = acquire(&peer, 5, 0, MANUAL, certificate);
    CertFreeCertificateContext(certificate);
    CertCloseStore(store, CERT_CLOSE_STORE_FORCE_FLAG);
    if (status != SEC_E_OK) {
        seen("acquire: %s", name_of(status));
        return;
    }
    status = peer_handshake(&peer, arguments->port);
    say_answer(&peer, status);
    peer_close(&peer);
}

/* The certificate lies in the user's MY store. Peer: s_server -rev -Verify. */
static void default_certificate(const struct arguments *arguments)
{
    static const struct {
        const char *name;
        DWORD flags;
    } ways[] = {{"NO_DEFAULT_CREDS", SCH_CRED_NO_DEFAULT_CREDS}, {"default", 0}};
    HCERTSTORE store,
        my = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    PCCERT_CONTEXT certificate = load_certificate(arguments->file, CRYPT_USER_KEYSET, &store);
    PCCERT_CONTEXT kept = NULL;

    CertAddCertificateContextToStore(my, certificate, CERT_STORE_ADD_REPLACE_EXISTING, &kept);
    /* Wine writes a store when it is closed, and that is not before its last certificate is freed;
     * until then who opens it does not see the new one. */
    CertControlStore(my, 0, CERT_STORE_CTRL_COMMIT, NULL);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct peer peer;

        acquire(&peer, 5, SP_PROT_TLS1_3_CLIENT, SCH_CRED_MANUAL_CRED_VALIDATION | ways[i].flags,
                NULL);
        seen("%s%s: ", i ? "; " : "", ways[i].name);
        say_answer(&peer, peer_handshake(&peer, arguments->port));
        peer_close(&peer);
    }
    if (kept)
        CertDeleteCertificateFromStore(kept);
    CertControlStore(my, 0, CERT_STORE_CTRL_COMMIT, NULL);
    CertCloseStore(my, 0);
}

static SECURITY_STATUS remote(struct peer *peer, PCCERT_CONTEXT *certificate)
{
    *certificate = NULL;
    return QueryContextAttributesW(&peer->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, certificate);
}

/* Asked for in the middle and at the end. Peer: s_server, any. */
static void early_question(const struct arguments *arguments)
{
    PCCERT_CONTEXT certificate;
    struct peer peer;
    SECURITY_STATUS status;

    acquire(&peer, 4, SP_PROT_TLS1_2_CLIENT, MANUAL, NULL);
    peer_open(&peer, arguments->port);
    status = peer_step(&peer);
    seen("after the first call: %s", name_of(remote(&peer, &certificate)));
    while (status != SEC_E_OK && peer_read(&peer)) {
        status = peer_step(&peer);
        if (status == SEC_I_CONTINUE_NEEDED)
            seen(", in the middle: %s", name_of(remote(&peer, &certificate)));
        else if (status != SEC_E_INCOMPLETE_MESSAGE)
            break;
    }
    status = remote(&peer, &certificate);
    seen(", at the end: %s", name_of(status));
    peer_close(&peer);
}

/* Automatic validation. Peer: s_server with whatever certificate. */
static void automatic(const struct arguments *arguments)
{
    struct peer peer;

    acquire(&peer, 5, 0, SCH_CRED_AUTO_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS, NULL);
    peer.target = arguments->target;
    seen("%s", name_of(peer_handshake(&peer, arguments->port)));
    peer_close(&peer);
}

/* The caller validates by itself, with nothing but what the context gives and the system's roots.
 */
static void own_validation(const struct arguments *arguments)
{
    CERT_CHAIN_PARA how = {.cbSize = sizeof(how)};
    PCCERT_CHAIN_CONTEXT chain;
    PCCERT_CONTEXT certificate, each = NULL;
    struct peer peer;
    unsigned count = 0;
    SECURITY_STATUS status;

    acquire(&peer, 5, 0, MANUAL, NULL);
    status = peer_handshake(&peer, arguments->port);
    if (status != SEC_E_OK || remote(&peer, &certificate) != SEC_E_OK) {
        seen("%s", name_of(status));
        return;
    }
    while ((each = CertEnumCertificatesInStore(certificate->hCertStore, each)))
        count++;
    seen("%u certificates in its store", count);
    if (CertGetCertificateChain(NULL, certificate, NULL, certificate->hCertStore, &how,
                                CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL, NULL, &chain))
        seen(", chain of %lu, trust status %lx", chain->rgpChain[0]->cElement,
             chain->TrustStatus.dwErrorStatus);
    peer_close(&peer);
}

const struct field_case trust_cases[] = {
    {"no-certificate", no_certificate},
    {"own-certificate", own_certificate},
    {"default-certificate", default_certificate},
    {"early-question", early_question},
    {"automatic", automatic},
    {"own-validation", own_validation},
    {NULL, NULL},
};
