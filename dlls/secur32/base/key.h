/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * A private key on its way from the platform (which finds it) to the TLS library (which uses it):
 * both seams speak this struct. All members are borrowed.
 */
#ifndef SECUR32_BASE_KEY_H
#define SECUR32_BASE_KEY_H

#include "base/span.h"

enum key_kind {
    KEY_NONE,
    KEY_DER,    /* der: PKCS#8, PKCS#1 or SEC1, unencrypted */
    KEY_RSA,    /* part[0..7] = n e d p q dp dq qinv, big-endian; d dp dq qinv may be empty */
    KEY_EC,     /* part[0..2] = x y k, big-endian; curve */
    KEY_OUTSIDE /* cannot leave its provider: signatures are asked for one by one */
};

#define KEY_PARTS 8

struct key {
    enum key_kind kind;
    uint16_t curve;      /* IANA group number of an EC key */
    bool pss;            /* KEY_OUTSIDE, RSA: the provider can make RSA-PSS signatures */
    uint64_t outside_id; /* KEY_OUTSIDE: comes back with each request to sign */
    struct span der;
    struct span part[KEY_PARTS];
};

#endif
