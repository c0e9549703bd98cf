/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * MIT's GSSAPI library, opened at run time: gssapi.wrap(...) is gss_wrap(...). The table is
 * complete once mech_load has said MECH_OK, and constant from then on. Also what the files of this
 * folder share: the objects of gss.h, OIDs, and the mapping of statuses.
 */
#ifndef SECUR32_GSS_MIT_LIBRARY_H
#define SECUR32_GSS_MIT_LIBRARY_H

#include "gss/gss.h"
#include "gss/mit/abi.h"
#include "gss/mit/ntlm_challenge.h"
#include "gss/mit/ntlm_session.h"
#include "gss/mit/ntlm_watch.h"

#define GSSAPI_MEMBER(name, parameters) OM_uint32(*name) parameters;

struct gssapi_library {
    GSSAPI_FUNCTIONS(GSSAPI_MEMBER)
};

extern struct gssapi_library gssapi;

struct mech_credential {
    gss_cred_id_t credential;
};

struct mech_context {
    gss_ctx_id_t context;
    enum mech chosen;
    bool is_server, is_ready, has_failed;
    bool has_target; /* a client's: it named a server */
    uint32_t granted;
    struct ntlm_watch seen;
    struct ntlm_challenge challenge; /* a client's */
    struct ntlm_session *ntlm;       /* protects NTLM's messages; NULL: the library does */
    bool has_received;               /* by the library: a message of NTLM's that was genuine */
    uint32_t next;                   /* the number of the one behind it */
    gss_buffer_desc output;          /* the library's memory */
};

/* What a call of the library that failed means. of: what it was about, for the trace. */
enum mech_status library_status(const char *of, OM_uint32 major, OM_uint32 minor);

/* The mechanism's OID, and back; MECH_UNKNOWN: none of ours. NULL is fine. */
gss_OID library_oid(enum mech mech);
enum mech library_mech(gss_OID oid);

/* The name in one form: "user" or "service@host" or a principal. */
enum name_form { NAME_USER, NAME_SERVICE, NAME_PRINCIPAL, NAME_FORMS };
MUST_CHECK enum mech_status library_name(struct span text, enum name_form form, gss_name_t *name);

gss_buffer_desc library_buffer(struct span bytes);
/* Copies what a call gave into the caller's memory, and frees it. */
MUST_CHECK enum mech_status library_take(gss_buffer_t from, uint8_t *to, size_t room, size_t *size);
/* The text of a name, likewise; the name is freed. NULL: MECH_UNSUPPORTED. */
MUST_CHECK enum mech_status library_take_name(gss_name_t name, uint8_t *to, size_t room,
                                              size_t *size);

#endif
