/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A TLS library that does what the records say, for tests of what stands above tls/tls.h: the first
 * byte of a handshake record's body is what happens when it is read, the rest is padding. Nothing
 * is encrypted: the first byte of an application record's body is its inner content type.
 */
#ifndef SECUR32_TESTS_FAKE_TLS_H
#define SECUR32_TESTS_FAKE_TLS_H

#include "tls/tls.h"

#define FAKE_MORE 'm'        /* taken; more is needed */
#define FAKE_OUTPUT 'o'      /* taken; there is output */
#define FAKE_DONE 'd'        /* taken; the handshake is complete */
#define FAKE_DONE_OUTPUT 'D' /* the same, with output */
#define FAKE_VERDICT 'v'     /* taken (a message, too); the peer's certificate is to be judged */
#define FAKE_CREDENTIAL 'c'  /* not taken until a certificate is supplied */
#define FAKE_SIGN 's'        /* taken; a signature is wanted */
#define FAKE_FAIL 'f'        /* taken; fails with an alert of ours */
#define FAKE_ALERT 'a'       /* taken; the peer's fatal alert handshake_failure */
#define FAKE_CLOSE 'q'       /* taken; close_notify */
#define FAKE_ASK 'r'         /* a message: the peer wants a handshake or a certificate */
#define FAKE_TICKET 't'      /* a message: a ticket */
#define FAKE_UPDATE 'u'      /* a message: an update of keys that wants an answer */

#define FAKE_OUTPUT_SIZE 32 /* of the record that each output is */

/* What the next session will be, and what was seen of the last one. */
struct fake {
    uint16_t version;
    enum tls_record_path path;
    /* seen */
    unsigned steps, sessions, supplied, verdicts, signatures, alerts, stored;
    const struct tls_credential *credential; /* last one supplied */
    uint8_t verdict;
    size_t fed; /* bytes that tls_step took */
    bool peer_requested;
    uint32_t flags; /* of the last session's config */
    char server_name[256];
    size_t alpn_size;
};

extern struct fake fake;

void fake_reset(void);

#endif
