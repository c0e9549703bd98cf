/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The GSSAPI seam: NTLM, Kerberos and their negotiation (SPNEGO) by the system's GSSAPI library.
 * gss/mit does it with MIT's libgssapi_krb5, opened at run time; the PE build crosses to it
 * (gss/unixcall.c). Text is UTF-8. No SECURITY_STATUS, no GSSAPI type and no Windows handle passes.
 *
 * The objects do not lock: one thread at a time may be inside a context, but see two_way; a
 * credential may be used by several contexts at once.
 */
#ifndef SECUR32_GSS_GSS_H
#define SECUR32_GSS_GSS_H

#include "base/span.h"

enum mech {
    MECH_NTLM,      /* MS-NLMP */
    MECH_KERBEROS,  /* RFC 4121 */
    MECH_NEGOTIATE, /* RFC 4178: chooses between the two */
    MECH_COUNT,
    MECH_UNKNOWN = MECH_COUNT /* not chosen yet */
};

#define MECH_BIT(mech) (1u << (mech))

/* Results. All but the first two are failures. */
enum mech_status {
    MECH_OK,
    MECH_CONTINUE,     /* the peer has to answer */
    MECH_UNAVAILABLE,  /* no library, or it lacks the mechanism */
    MECH_BAD_ARGUMENT, /* a call that cannot be meant, or in the wrong state */
    MECH_NO_MEMORY,
    MECH_TOO_SMALL,       /* the result does not fit; its size is told */
    MECH_BAD_TOKEN,       /* malformed, or of another mechanism */
    MECH_BAD_BINDINGS,    /* the channel bindings are not the peer's */
    MECH_NO_CREDENTIAL,   /* nothing to authenticate with */
    MECH_LOGON_DENIED,    /* wrong user, password or key */
    MECH_TARGET_UNKNOWN,  /* no such service */
    MECH_WRONG_TARGET,    /* the ticket is for another service or key */
    MECH_NO_AUTHORITY,    /* no KDC can be reached */
    MECH_TIME_SKEW,       /* the clocks differ too much */
    MECH_EXPIRED,         /* the ticket or context has expired */
    MECH_ETYPE,           /* no common encryption type */
    MECH_ALTERED,         /* a message's checksum is wrong */
    MECH_OUT_OF_SEQUENCE, /* a message came again, or too late, or too early */
    MECH_BAD_QOP,
    MECH_UNSUPPORTED, /* the mechanism cannot do this, or it was not negotiated */
    MECH_FAILED,
    MECH_STATUS_COUNT
};

/* Flags of a context, asked for and granted. */
#define MECH_FLAG_DELEGATE 0x1u
#define MECH_FLAG_MUTUAL 0x2u
#define MECH_FLAG_REPLAY 0x4u
#define MECH_FLAG_SEQUENCE 0x8u
#define MECH_FLAG_CONFIDENTIAL 0x10u
#define MECH_FLAG_INTEGRITY 0x20u
#define MECH_FLAG_ANONYMOUS 0x40u
#define MECH_FLAG_BOUND 0x800u /* granted only: the channel bindings were compared and match */
#define MECH_FLAG_DCE 0x1000u
#define MECH_FLAG_IDENTIFY 0x2000u
#define MECH_FLAG_EXTENDED_ERROR 0x4000u

/* ---- the library ---- */

struct mech_library {
    uint32_t mechs;    /* bits of what can be used */
    char problem[256]; /* when there is none: why, and the remedy */
};

/* MECH_OK: at least one mechanism is there. Every other function may be called only after that. */
enum mech_status mech_load(struct mech_library *library);

/* ---- credentials ---- */

struct mech_credential;

struct mech_acquire {
    enum mech mech;
    uint32_t allowed;  /* MECH_NEGOTIATE: bits of what may be negotiated */
    bool accept;       /* a server's */
    bool has_password; /* with the name; otherwise what the system has for the name */
    struct span name;  /* "user@REALM", "user"; empty: the default */
    struct span password;
};

MUST_CHECK enum mech_status mech_credential_new(const struct mech_acquire *acquire,
                                                struct mech_credential **credential);
void mech_credential_free(struct mech_credential *credential); /* NULL is fine */
/* The name that it stands for. MECH_TOO_SMALL: *size tells the room it needs. */
MUST_CHECK enum mech_status mech_credential_name(struct mech_credential *credential, uint8_t *to,
                                                 size_t room, size_t *size);

/* ---- contexts ---- */

struct mech_context;

/* Channel bindings (RFC 2744 3.11). */
struct mech_bindings {
    uint32_t initiator_type, acceptor_type;
    struct span initiator, acceptor, data;
};

enum mech_target_kind {
    MECH_TARGET_NONE,      /* only NTLM needs none */
    MECH_TARGET_SERVICE,   /* "service@host" (RFC 2743 4.1) */
    MECH_TARGET_PRINCIPAL, /* a Kerberos principal (RFC 1964 2.1.1) */
};

struct mech_step {
    enum mech mech;                     /* first call */
    struct mech_credential *credential; /* first call; kept by the caller as long as the context */
    enum mech_target_kind target_kind;  /* client */
    struct span target;                 /* client */
    uint32_t request;                   /* client: MECH_FLAG_ bits */
    const struct mech_bindings *bindings;
    struct span input;
    /* results, failures included */
    uint32_t granted;   /* MECH_FLAG_ bits, as far as they are known */
    size_t output_size; /* of the token for the peer; 0: none */
    enum mech chosen;
};

/*
 * One step of a client or a server. *context: NULL at the first call, which makes it, also when it
 * fails with a token for the peer. After a failure it may only be asked for that and freed.
 */
MUST_CHECK enum mech_status mech_initiate(struct mech_context **context, struct mech_step *step);
MUST_CHECK enum mech_status mech_accept(struct mech_context **context, struct mech_step *step);
/* The token of the last step; room is its output_size at least. */
MUST_CHECK enum mech_status mech_output(struct mech_context *context, uint8_t *to, size_t room);
void mech_context_free(struct mech_context *context); /* NULL is fine */

/* Of a context that is ready. */
struct mech_facts {
    uint32_t granted;
    uint32_t chosen;        /* enum mech */
    uint32_t lifetime_s;    /* UINT32_MAX: it does not end */
    uint32_t sealed_header; /* bytes in front of sealed data */
    uint32_t signature;     /* bytes of a signature, at most */
    /* One thread may wrap or sign, another unwrap or verify, a third ask; otherwise one at a time.
     */
    uint32_t two_way;
    /* NTLM: the flags that were agreed on (MS-NLMP 2.2.2.5); Kerberos: the number of the encryption
     * type (RFC 3961 8); 0: unknown. */
    uint32_t protection;
};

MUST_CHECK enum mech_status mech_facts(struct mech_context *context, struct mech_facts *facts);

enum mech_text {
    MECH_TEXT_CLIENT,
    MECH_TEXT_SERVER,
    MECH_TEXT_KEY,
    MECH_TEXT_NTLM_TARGET, /* an NTLM server's: whom the client named; in UTF-16, little endian */
    MECH_TEXT_COUNT
};

/* A name, or the session key. MECH_TOO_SMALL: *size tells the room. MECH_UNSUPPORTED: unknown. */
MUST_CHECK enum mech_status mech_text(struct mech_context *context, enum mech_text what,
                                      uint8_t *to, size_t room, size_t *size);

/* Of a server's context that is ready: is the client, by the system's own mapping, the very user
 * that this process runs as? MECH_UNSUPPORTED: the mechanism maps to no user of the system (NTLM).
 */
MUST_CHECK enum mech_status mech_client_is_self(struct mech_context *context, bool *is_self);

/* ---- messages ---- */

enum mech_part_kind {
    MECH_PART_DATA,
    MECH_PART_SIGN_ONLY, /* protected, not sealed */
    MECH_PART_READ_ONLY, /* not sealed; NTLM signs it all the same, Kerberos does not */
    MECH_PART_HEADER,    /* one at most; it stands in front whatever its place in the list */
    MECH_PART_PADDING,   /* one at most */
    MECH_PART_KINDS
};

/* A part of a message. size is the room of a header or padding, and is written as it is used. */
struct mech_part {
    enum mech_part_kind kind;
    uint8_t *data;
    size_t size;
};

#define MECH_PARTS_MAX 64

/* Seals the data in place, or only signs it; needs one header. */
MUST_CHECK enum mech_status mech_wrap(struct mech_context *context, bool seal,
                                      struct mech_part *parts, size_t count);
/* The reverse, in place. *sealed: it was sealed. */
MUST_CHECK enum mech_status mech_unwrap(struct mech_context *context, struct mech_part *parts,
                                        size_t count, bool *sealed);
/* The same for a message in one piece; the plaintext is `size` bytes from `offset` on. */
MUST_CHECK enum mech_status mech_unwrap_stream(struct mech_context *context, uint8_t *message,
                                               size_t message_size, size_t *offset, size_t *size,
                                               bool *sealed);
/* MECH_TOO_SMALL: *size tells the room. */
MUST_CHECK enum mech_status mech_sign(struct mech_context *context, struct span message,
                                      uint8_t *to, size_t room, size_t *size);
MUST_CHECK enum mech_status mech_verify(struct mech_context *context, struct span message,
                                        struct span signature);

#endif
