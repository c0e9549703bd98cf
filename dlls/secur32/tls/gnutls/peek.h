/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Seeing a certificate request before GnuTLS does. GnuTLS chooses the client's certificate while it
 * reads the request and cannot pause there; so a client that wants to be asked looks into each
 * record first: in TLS 1.2 the messages are clear text, in TLS 1.3 copies are opened with the
 * handshake key that GnuTLS has just made.
 */
#ifndef SECUR32_TLS_GNUTLS_PEEK_H
#define SECUR32_TLS_GNUTLS_PEEK_H

#include "tls/gnutls/library.h"

/* Handshake message types (IANA). */
#define MESSAGE_HELLO_REQUEST 0
#define MESSAGE_CLIENT_HELLO 1
#define MESSAGE_SERVER_HELLO 2
#define MESSAGE_NEW_SESSION_TICKET 4
#define MESSAGE_CERTIFICATE 11
#define MESSAGE_CERTIFICATE_REQUEST 13
#define MESSAGE_SERVER_HELLO_DONE 14
#define MESSAGE_FINISHED 20
#define MESSAGE_KEY_UPDATE 24

struct tls_session;

/* Follows messages through a stream of handshake bytes, of which it keeps the bodies of one type.
 */
struct scanner {
    uint8_t header[4];
    uint8_t header_size;
    uint8_t wanted; /* type whose body is kept */
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
    bool active;
    struct scanner scanner;
};

enum peek_found {
    PEEK_NOTHING, /* no request, or one that GnuTLS will refuse */
    PEEK_REQUEST, /* it has been read into the session's authorities and peer schemes */
    PEEK_NO_MEMORY
};

/* Looks into a record that is about to be fed: does it complete a certificate request? */
enum peek_found peek_look(struct tls_session *session, struct span record);

/* Reads a CertificateRequest (RFC 5246 7.4.4, RFC 8446 4.3.2). */
enum peek_found peek_read_request(struct tls_session *session, bool modern, struct span body);

#endif
