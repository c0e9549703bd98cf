/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What the tests of NTLM, Kerberos and Negotiate share: two contexts of one process that hand each
 * other their tokens. The accounts are told by the environment:
 *
 *   SECUR32_TEST_NTLM=DOMAIN:user:password           an account that the server side knows
 *   SECUR32_TEST_KERBEROS=REALM:user:password:spn    one that the KDC knows, and a service whose
 *                                                    key the server side has
 *   SECUR32_TEST_SELF=ntlm,kerberos                  which of these accounts is the user that the
 *                                                    test runs as
 */
#ifndef SECUR32_TESTS_AUTH_H
#define SECUR32_TESTS_AUTH_H

#include "common.h"

#define AUTH_REQUEST                                                                               \
    (ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |                   \
     ISC_REQ_MUTUAL_AUTH | ISC_REQ_ALLOCATE_MEMORY)

struct auth_account {
    WCHAR domain[64], user[64], password[64], target[128];
};

/* A way to authenticate that can be tested. */
struct auth_way {
    const char *name;
    const WCHAR *package;
    const WCHAR *list; /* PackageList, or NULL */
    bool kerberos;     /* in the end */
    bool target;       /* passes one: Negotiate tries Kerberos */
};

#define AUTH_WAYS 5
extern const struct auth_way auth_ways[AUTH_WAYS];

/* Its account; false after a skip: the package is not there, or no account was told. */
bool auth_account(const struct auth_way *way, struct auth_account *account);

struct auth_side {
    CredHandle credential;
    CtxtHandle context;
    bool has_credential, has_context, done;
    SECURITY_STATUS status;
    ULONG request, attributes;
    TimeStamp expiry;
    struct bytes token; /* the last one that it made */
    unsigned calls;
    void *bindings; /* SEC_CHANNEL_BINDINGS, or NULL */
    size_t bindings_size;
    bool bindings_first; /* in front of the token */
};

struct auth_pair {
    const struct auth_way *way;
    struct auth_account account;
    struct auth_side client, server;
};

/* Credentials of both; false after a skip or a failed check. Always call auth_done. */
bool auth_init(struct auth_pair *pair, const struct auth_way *way);
void auth_done(struct auth_pair *pair);
SECURITY_STATUS auth_client_credential(const struct auth_way *way,
                                       const struct auth_account *account, CredHandle *credential);

/* One call with the other side's token (the first one of a client: without input). */
SECURITY_STATUS auth_step(struct auth_pair *pair, struct auth_side *side);
/* To the end or the first failure, which is in the side's status. true: both are done. */
bool auth_run(struct auth_pair *pair);
/* auth_run with a check that it works; what: for the message. */
bool auth_works(struct auth_pair *pair, const char *what);
/* auth_init and auth_works. */
bool auth_connect(struct auth_pair *pair, const struct auth_way *way);
/* auth_connect, and the sizes of the messages. */
bool auth_connect_sized(struct auth_pair *pair, const struct auth_way *way,
                        SecPkgContext_Sizes *sizes);

#endif
