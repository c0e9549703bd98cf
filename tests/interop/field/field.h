/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The program of tests/interop/field-cases: each case does what a program in the field does and
 * prints what it sees, for whichever secur32.dll is there. It judges nothing.
 */
#ifndef SECUR32_TESTS_FIELD_H
#define SECUR32_TESTS_FIELD_H

#include <winsock2.h>

#include "winsspi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define ROOM 65536
#define CLIENT_REQUEST                                                                             \
    (ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY | ISC_REQ_STREAM |  \
     ISC_REQ_ALLOCATE_MEMORY)

struct arguments {
    unsigned short port; /* of the peer */
    const char *file;    /* PKCS#12, password "secret" */
    const WCHAR *target;
    int count;
};

/* A client's connection, as its program keeps it. */
struct peer {
    SOCKET socket;
    CredHandle credential;
    CtxtHandle context;
    bool has_context;
    ULONG request;
    const WCHAR *target;
    unsigned char in[ROOM];
    unsigned long have;
    bool quiet;
};

/* A short text for a status. */
const char *name_of(SECURITY_STATUS status);
/* Adds to the one line that is printed at the end. */
void seen(const char *format, ...) __attribute__((format(__MINGW_PRINTF_FORMAT, 1, 2)));

/* version 4 or 5; protocols: SP_PROT_ bits of v4, or disabled ones of v5; 0: the system's. */
SECURITY_STATUS acquire(struct peer *peer, unsigned version, DWORD protocols, DWORD flags,
                        PCCERT_CONTEXT certificate);
bool peer_open(struct peer *peer, unsigned short port);
void peer_close(struct peer *peer);
bool peer_read(struct peer *peer);
bool peer_write(struct peer *peer, const void *data, unsigned long size);
/* Keeps the last `extra` bytes of what is there. */
void peer_keep(struct peer *peer, unsigned long extra);
/* One InitializeSecurityContext with what is there; sends the token, keeps EXTRA. */
SECURITY_STATUS peer_step(struct peer *peer);
/* Connects and steps until it is no longer SEC_I_CONTINUE_NEEDED. */
SECURITY_STATUS peer_handshake(struct peer *peer, unsigned short port);
/* Sends a line. */
SECURITY_STATUS peer_say(struct peer *peer, const char *line);
/* DecryptMessage on what is there; the text, if there is room for it, and EXTRA kept. */
SECURITY_STATUS peer_hear(struct peer *peer, char *text, size_t room);
/* Reads until a text, answering SEC_I_RENEGOTIATE; returns the last status. turns: how many. */
SECURITY_STATUS peer_listen(struct peer *peer, char *text, size_t room, unsigned *turns);

/* The first certificate of a PKCS#12 file that has a key. */
PCCERT_CONTEXT load_certificate(const char *file, DWORD flags, HCERTSTORE *store);

struct field_case {
    const char *name;
    void (*run)(const struct arguments *arguments);
};
extern const struct field_case client_cases[], trust_cases[], server_cases[], wininet_cases[],
    winhttp_cases[];

#endif
