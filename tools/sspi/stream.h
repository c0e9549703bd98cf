/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * TLS over a socket through the public SSPI, as a program for Windows would do it. Reading and
 * writing may happen in two threads at once.
 */
#ifndef SECUR32_TOOLS_STREAM_H
#define SECUR32_TOOLS_STREAM_H

#include "winsspi.h"

#include "net.h"

#define STREAM_INPUT_ROOM 0x10000

struct stream {
    /* set by the caller before stream_handshake */
    intptr_t socket;
    CredHandle *credential;
    bool server;
    bool mutual;                /* server: ask for a client certificate */
    const char *target;         /* client: name of the server; NULL: none */
    const char *alpn;           /* comma list; NULL: none */
    bool manual;                /* client: do not validate the server */
    bool verbose;               /* tell each call on standard error */
    bool datagram;              /* DTLS: the socket is one of datagrams */
    unsigned mtu;               /* ... of so many bytes at most; 0: the default */
    unsigned timeout;           /* ... seconds of silence after which it ends; 0: never */
    unsigned char address[128]; /* ... of the client (server) */
    size_t address_size;
    /* the stream's own */
    CtxtHandle context;
    bool have_context;
    SecPkgContext_StreamSizes sizes;
    struct tool_lock *send_lock; /* guards the order of what goes to the socket */
    unsigned char *input;
    size_t input_size;
    unsigned char *plain;   /* what stream_receive gave out last */
    unsigned char *output;  /* header, data, trailer of one record; guarded by send_lock */
    SECURITY_STATUS status; /* of the last call that failed */
    const char *failed;     /* and what it was */
    bool peer_closed;       /* close_notify came */
    bool closed;            /* ours went out */
};

bool stream_handshake(struct stream *stream);
bool stream_send(struct stream *stream, const unsigned char *data, size_t size);
/* Plaintext of the next record, valid until the next call; size 0: nothing this time (a ticket).
 * false: the stream ended; stream->peer_closed tells whether properly. */
bool stream_receive(struct stream *stream, const unsigned char **data, size_t *size);
/* Sends close_notify. */
bool stream_close(struct stream *stream);
void stream_done(struct stream *stream);

/* ---- stream.c, for datagram.c ---- */

bool stream_fail(struct stream *stream, const char *what, SECURITY_STATUS status);
ULONG stream_alpn_block(const char *names, unsigned char *block, size_t room);
/* One call of the handshake function; its output goes to the socket. */
SECURITY_STATUS stream_call(struct stream *stream, SecBufferDesc *input);
/* DecryptMessage of what lies in the input. */
SECURITY_STATUS stream_decrypt(struct stream *stream, const unsigned char **data, size_t *size);

/* ---- datagram.c: DTLS ---- */

bool datagram_handshake(struct stream *stream);
bool datagram_receive(struct stream *stream, const unsigned char **data, size_t *size);

/* "80090325 SEC_E_UNTRUSTED_ROOT"; static memory for known codes, else a static buffer. */
const char *status_text(SECURITY_STATUS status);
/* What was negotiated, a line each, to standard error. */
void stream_describe(struct stream *stream);

#endif
