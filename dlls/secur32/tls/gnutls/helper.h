/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Handshakes with a key that cannot leave its provider. GnuTLS's sign callback cannot be suspended,
 * so such a handshake runs on a thread of its own: the callback parks there, the caller is told
 * TLS_WANT_SIGN, and its next step wakes the thread. Only one of the two threads runs at a time.
 */
#ifndef SECUR32_TLS_GNUTLS_HELPER_H
#define SECUR32_TLS_GNUTLS_HELPER_H

#include "tls/gnutls/library.h"

/* What stands behind GnuTLS's handle of a key outside. */
struct outside_key {
    uint64_t id;
    gnutls_pk_algorithm_t algorithm;
    unsigned bits;
    bool pss;
};

int outside_sign(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *userdata,
                 unsigned flags, const gnutls_datum_t *hash, gnutls_datum_t *signature);
int outside_info(gnutls_privkey_t key, unsigned flags, void *userdata);
void outside_free(gnutls_privkey_t key, void *userdata);

struct helper;

/* NULL: no memory, or no thread. */
MUST_CHECK struct helper *helper_new(void);
/* Lets a parked call fail, waits for the thread, and frees. NULL is fine. */
void helper_free(struct helper *helper);

typedef int helper_call(gnutls_session_t session);

/* Runs call(session) on the thread, or wakes the parked one. HELPER_PARKED: a signature is wanted;
 * otherwise what the call returned. */
#define HELPER_PARKED 1
int helper_run(struct helper *helper, helper_call *call, gnutls_session_t session);

bool helper_is_parked(const struct helper *helper);
/* While it is parked. */
const struct tls_sign_request *helper_request(const struct helper *helper);
/* An empty signature is the provider's failure. false: no memory. */
bool helper_answer(struct helper *helper, struct span signature);
/* Lets the parked call fail and returns when it has ended. */
void helper_cancel(struct helper *helper);

#endif
