/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Revocation in automatic validation: every flag of the credential that bears on it. Without lists
 * that are served (make-pki --crl-url) only what is missing can be seen; the Linux build fetches
 * none anyway.
 *
 * Sources: Microsoft Learn, "SCHANNEL_CRED structure" (SCH_CRED_REVOCATION_CHECK_... and
 * SCH_CRED_IGNORE_...); what curl's users report of CRYPT_E_NO_REVOCATION_CHECK and
 * CRYPT_E_REVOCATION_OFFLINE.
 */
#include "common.h"

#include <string.h>

#define END SCH_CRED_REVOCATION_CHECK_END_CERT
#define CHAIN SCH_CRED_REVOCATION_CHECK_CHAIN
#define NOT_ROOT SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT
#define CACHE SCH_CRED_REVOCATION_CHECK_CACHE_ONLY
#define PASS_NONE SCH_CRED_IGNORE_NO_REVOCATION_CHECK
#define PASS_OFFLINE SCH_CRED_IGNORE_REVOCATION_OFFLINE
#define NO_LIST CRYPT_E_NO_REVOCATION_CHECK
#define OFFLINE CRYPT_E_REVOCATION_OFFLINE

/* clang-format off */
/* In this order: the cache remembers, even from one run to the next with the same folder. */
static const struct {
    const char *name; /* of the server's certificate */
    DWORD flags;
    SECURITY_STATUS without, with; /* lists */
} rows[] = {
    { "no-crl",        0,                                   SEC_E_OK, SEC_E_OK },
    { "no-crl",        PASS_NONE | PASS_OFFLINE,            SEC_E_OK, SEC_E_OK },
    { "no-crl",        CACHE,                               SEC_E_OK, SEC_E_OK },
    { "no-crl",        END,                                 NO_LIST,  NO_LIST },
    { "no-crl",        CHAIN,                               NO_LIST,  NO_LIST },
    { "no-crl",        NOT_ROOT,                            NO_LIST,  NO_LIST },
    { "no-crl",        END | PASS_NONE,                     SEC_E_OK, SEC_E_OK },
    { "no-crl",        END | PASS_OFFLINE,                  NO_LIST,  NO_LIST },
    { "no-crl",        CHAIN | PASS_NONE,                   SEC_E_OK, SEC_E_OK },
    { "crl-offline",   0,                                   SEC_E_OK, SEC_E_OK },
    { "crl-offline",   END,                                 OFFLINE,  OFFLINE },
    { "crl-offline",   CHAIN,                               OFFLINE,  OFFLINE },
    { "crl-offline",   NOT_ROOT,                            OFFLINE,  OFFLINE },
    { "crl-offline",   END | CACHE,                         OFFLINE,  OFFLINE },
    { "crl-offline",   END | PASS_OFFLINE,                  SEC_E_OK, SEC_E_OK },
    { "crl-offline",   END | PASS_NONE,                     OFFLINE,  OFFLINE },
    { "crl-offline",   END | PASS_NONE | PASS_OFFLINE,      SEC_E_OK, SEC_E_OK },
    { "crl-cache",     END | CACHE,                         NO_LIST,  OFFLINE },
    { "crl-cache",     END,                                 NO_LIST,  SEC_E_OK },
    { "crl-cache",     END | CACHE,                         NO_LIST,  SEC_E_OK },
    { "rsa",           END,                                 NO_LIST,  SEC_E_OK },
    { "rsa",           CHAIN,                               NO_LIST,  SEC_E_OK },
    { "rsa",           NOT_ROOT,                            NO_LIST,  SEC_E_OK },
    { "by-p256",       CHAIN,                               NO_LIST,  SEC_E_OK },
    { "by-p384",       CHAIN,                               NO_LIST,  SEC_E_OK },
    { "by-p521",       CHAIN,                               NO_LIST,  SEC_E_OK },
    { "revoked",       0,                                   SEC_E_OK, SEC_E_OK },
    { "revoked",       END,                                 OFFLINE,  CRYPT_E_REVOKED },
    { "revoked",       CHAIN,                               OFFLINE,  CRYPT_E_REVOKED },
    { "revoked",       END | PASS_NONE | PASS_OFFLINE,      SEC_E_OK, CRYPT_E_REVOKED },
    { "inter-revoked", END,                                 NO_LIST,  SEC_E_OK },
    { "inter-revoked", CHAIN,                               NO_LIST,  CRYPT_E_REVOKED },
    { "inter-revoked", NOT_ROOT,                            NO_LIST,  CRYPT_E_REVOKED },
    /* The chain's own fault comes first. */
    { "expired",       CHAIN,                               SEC_E_CERT_EXPIRED,   SEC_E_CERT_EXPIRED },
    { "untrusted",     CHAIN,                               SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT },
    { "self-signed",   END | PASS_NONE | PASS_OFFLINE,      SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT },
    /* Nobody asks when the program judges by itself. */
    { "revoked",       CHAIN | SCH_CRED_MANUAL_CRED_VALIDATION, SEC_E_OK, SEC_E_OK },
};
/* clang-format on */

static void check_row(size_t i, bool lists, HCERTSTORE roots)
{
    struct credential_wish server_wish = {.server = true};
    struct credential_wish client_wish = {.version = VERSION_TLS12,
                                          .old_form = true,
                                          .flags = rows[i].flags | SCH_CRED_NO_DEFAULT_CREDS,
                                          .roots = roots,
                                          .no_default_flags = true};
    SECURITY_STATUS want = lists ? rows[i].with : rows[i].without;
    CredHandle client, server;
    struct loop loop;

    server_wish.certificate = pki_certificate(rows[i].name);
    if (!server_wish.certificate ||
        !ok_status(credential_make(&server_wish, &server), SEC_E_OK, "server credential"))
        return;
    if (ok_status(credential_make(&client_wish, &client), SEC_E_OK, "client credential")) {
        loop_init(&loop, &client, &server);
        loop.side[LOOP_CLIENT].request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        loop_handshake(&loop);
        /* Wine's crypt32 (8.0) knows no P-521, of which the list's signature is: it does not count.
         */
        todo_if(lists && running_under_wine() && !strcmp(rows[i].name, "by-p521"))
        {
            ok_status(loop.side[LOOP_CLIENT].status, want, "client");
        }
        want = loop.side[LOOP_CLIENT].status;
        ok(loop.side[LOOP_SERVER].done == (want == SEC_E_OK), "the server is %s",
           want == SEC_E_OK ? "not done" : "done in spite of the verdict");
        /* certificate_revoked has its own alert; of the others nothing is documented. */
        if (want == CRYPT_E_REVOKED)
            ok_status(loop.side[LOOP_SERVER].status, CRYPT_E_REVOKED, "server");
        loop_done(&loop);
        FreeCredentialsHandle(&client);
    }
    FreeCredentialsHandle(&server);
}

START_TEST(revocation_flags)
{
    bool lists = pki_has_lists();
    HCERTSTORE roots = NULL;

    if (!pki_trust_root(&roots)) {
        skip("needs a folder made by make-pki, and a system that may be made to trust its root");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        push_context("row %zu: %s, flags %lx, %s lists", i, rows[i].name,
                     (unsigned long)rows[i].flags, lists ? "with" : "without");
        check_row(i, lists, roots);
        pop_context();
    }
    if (roots)
        ok(CertCloseStore(roots, 0), "store is closed");
}
