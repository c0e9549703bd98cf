/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * NTLM's messages after the logon (MS-NLMP 3.4), with extended session security. gss-ntlmssp, which
 * did the logon, can neither protect an empty message nor sign what it does not seal.
 *
 * The two directions share nothing that changes: one thread may send while another receives.
 */
#ifndef SECUR32_GSS_MIT_NTLM_SESSION_H
#define SECUR32_GSS_MIT_NTLM_SESSION_H

#include "gss/gss.h"

/* Of the flags that both sides agreed on (MS-NLMP 2.2.2.5). */
#define NTLM_FLAG_SIGN 0x10u
#define NTLM_FLAG_EXTENDED 0x80000u
#define NTLM_FLAG_IDENTIFY 0x100000u
#define NTLM_FLAG_128 0x20000000u
#define NTLM_FLAG_KEY_EXCHANGE 0x40000000u
#define NTLM_FLAG_56 0x80000000u

#define NTLM_SIGNATURE_SIZE 16 /* 2.2.2.9 */

struct ntlm_terms {
    uint32_t flags;
    bool is_server;
    struct span key; /* the exported session key */
    /* Numbers that SPNEGO's signatures used up. */
    uint32_t sent, received;
};

struct ntlm_session;

/* NULL: it cannot be done here, and is the library's. */
MUST_CHECK struct ntlm_session *ntlm_session_new(const struct ntlm_terms *terms);
void ntlm_session_free(struct ntlm_session *session); /* NULL is fine */

/* As mech_wrap and the others of gss.h; what the parts must be is checked there. */
MUST_CHECK enum mech_status ntlm_seal(struct ntlm_session *session, struct mech_part *parts,
                                      size_t count);
MUST_CHECK enum mech_status ntlm_open(struct ntlm_session *session, struct mech_part *parts,
                                      size_t count);
MUST_CHECK enum mech_status ntlm_open_stream(struct ntlm_session *session, uint8_t *message,
                                             size_t message_size, size_t *offset, size_t *size);
MUST_CHECK enum mech_status ntlm_sign(struct ntlm_session *session, struct span message,
                                      uint8_t *to, size_t room, size_t *size);
MUST_CHECK enum mech_status ntlm_verify(struct ntlm_session *session, struct span message,
                                        struct span signature);

#endif
