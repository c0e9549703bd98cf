/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Seeing what a handshake record holds before GnuTLS does, for two reasons. GnuTLS chooses the
 * client's certificate while it reads the request and cannot pause there; so a client that wants to
 * be asked must find the request first. And GnuTLS looks at the length of a message only when it
 * has come to its end; one that announces more than it may is refused here, by its header. Messages
 * in clear text are read as they are; of protected ones copies are opened with the key of the
 * moment.
 */
#ifndef SECUR32_TLS_GNUTLS_PEEK_H
#define SECUR32_TLS_GNUTLS_PEEK_H

#include "tls/gnutls/library.h"

/* Handshake message types (IANA). */
#define MESSAGE_HELLO_REQUEST 0
#define MESSAGE_CLIENT_HELLO 1
#define MESSAGE_SERVER_HELLO 2
#define MESSAGE_HELLO_VERIFY_REQUEST 3
#define MESSAGE_NEW_SESSION_TICKET 4
#define MESSAGE_CERTIFICATE 11
#define MESSAGE_CERTIFICATE_REQUEST 13
#define MESSAGE_SERVER_HELLO_DONE 14
#define MESSAGE_CERTIFICATE_VERIFY 15
#define MESSAGE_CLIENT_KEY_EXCHANGE 16
#define MESSAGE_FINISHED 20
#define MESSAGE_KEY_UPDATE 24
#define MESSAGE_NONE 255 /* not assigned */

struct tls_session;

/* Follows messages through a stream of handshake bytes, of which it keeps the bodies of one type.
 */
struct scanner {
    uint8_t header[4];
    uint8_t header_size;
    uint8_t wanted; /* type whose body is kept, or MESSAGE_NONE */
    size_t left;    /* of the message under way */
    uint8_t *body;  /* kept */
    size_t body_size, body_room;
};

enum scan {
    SCAN_MORE,     /* all bytes were used */
    SCAN_MESSAGE,  /* a message ended; the type is header[0] */
    SCAN_TOO_LONG, /* the message is over the limit */
    SCAN_NO_MEMORY
};

/* Takes bytes from *from up to the end of the next message. */
enum scan scanner_next(struct scanner *scanner, struct span *from, size_t limit);
void scanner_done(struct scanner *scanner);

struct peek {
    bool wants_request;
    size_t seen;   /* plaintext of the next record that was scanned already: it comes again */
    size_t opaque; /* bytes of records that could not be opened (suites that are no AEAD) */
    struct scanner scanner;
};

/* All of it. */
#define PEEK_SEEN_ALL SIZE_MAX

enum peek_found {
    PEEK_NOTHING, /* no request, or one that GnuTLS will refuse */
    PEEK_REQUEST, /* it has been read into the session's authorities and peer schemes */
    PEEK_TOO_LARGE,
    PEEK_NO_MEMORY
};

/* Looks into a record that is about to be fed: does it complete a certificate request, or begin a
 * message over the session's limit? After PEEK_REQUEST the record is looked into once more. */
enum peek_found peek_look(struct tls_session *session, struct span record);

/* Reads a CertificateRequest (RFC 5246 7.4.4, RFC 8446 4.3.2). */
enum peek_found peek_read_request(struct tls_session *session, bool modern, struct span body);

#endif
