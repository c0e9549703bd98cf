/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Every maximum of the library, with the document it comes from.
 */
#ifndef SECUR32_BASE_LIMITS_H
#define SECUR32_BASE_LIMITS_H

/* clang-format off */
#define LIMIT_BUFFERS              64       /* SecBufferDesc.cBuffers; no caller known passes more than 9 */
#define LIMIT_TARGET_NAME          65535    /* bytes of UTF-8; a host name has 255 at most (RFC 1035 2.3.4) */
#define LIMIT_ALPN_LIST            65535    /* RFC 7301 3.1: a 16-bit length */
#define LIMIT_ALPN_ID              255      /* RFC 7301 3.1: an 8-bit length */
#define LIMIT_RECORD_HEADER        5        /* RFC 8446 5.1 */
#define LIMIT_DATAGRAM_HEADER      13       /* RFC 6347 4.1 */
#define LIMIT_MTU_MIN              200      /* SECPKG_ATTR_DTLS_MTU: 200 bytes to 64 KB, 1096 by default */
#define LIMIT_MTU_MAX              0x10000
#define LIMIT_MTU_DEFAULT          1096
#define LIMIT_PLAINTEXT            16384    /* RFC 8446 5.1: 2^14 */
#define LIMIT_CIPHERTEXT_TLS12     (LIMIT_PLAINTEXT + 2048) /* RFC 5246 6.2.3 */
#define LIMIT_CIPHERTEXT_TLS13     (LIMIT_PLAINTEXT + 256)  /* RFC 8446 5.2 */
#define LIMIT_HANDSHAKE_CLIENT     0x8000   /* SCHANNEL\Messaging MessageLimitClient, in bytes */
#define LIMIT_HANDSHAKE_SERVER     0x4000   /* ... MessageLimitServer */
#define LIMIT_HANDSHAKE_SERVER_AUTH 0x8000  /* ... MessageLimitServerClientAuth */
#define LIMIT_HANDSHAKE_MAX        0xffffff /* ... the most that either may be set to: 2^24 - 1 */
#define LIMIT_EMPTY_RECORDS        32       /* in a row, before the peer is told unexpected_message */
#define LIMIT_INTERLUDE            0x100000 /* bytes of records between those of a renegotiation; ours */
#define LIMIT_CERTIFICATES         100      /* SCH_CRED_MAX_SUPPORTED_CERTS */
#define LIMIT_ALGORITHMS           256      /* SCH_CRED_MAX_SUPPORTED_ALGS */
#define LIMIT_TLS_PARAMETERS       16       /* SCH_CRED_MAX_SUPPORTED_PARAMETERS */
#define LIMIT_CHAIN                16       /* certificates of one chain, ours or the peer's */
#define LIMIT_CERTIFICATE          65536    /* bytes of one DER certificate that we accept */
#define LIMIT_KEYING_MATERIAL      0x2000   /* bytes of one exported key; RFC 5869 2.3 allows 255 hashes */
#define LIMIT_APP_DATA             0x10000  /* SECPKG_ATTR_APP_DATA of one context; ours */
#define LIMIT_HANDLES              0x00ffffff /* live handles of one kind in a process */
/* clang-format on */

#endif
