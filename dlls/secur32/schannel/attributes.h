/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Inside the attributes of contexts: one row per attribute, and the functions that fill or take the
 * structures.
 *
 *   attributes.c              the table; QueryContextAttributes
 *   attributes_connection.c   what was negotiated
 *   attributes_certificate.c  certificates of both sides, names
 *   attributes_verdict.c      what is to be held of the peer's
 *   attributes_key.c          bindings and exported keys
 *   attributes_datagram.c     of DTLS alone
 *   attributes_set.c          SetContextAttributes
 *
 * A filler gets a zeroed structure (or, for those that take arguments in it, the caller's) and is
 * called without locks; it takes the context's session lock to copy facts, and the handshake lock
 * where context.h says so. Messages need neither. A filler that fails leaves nothing allocated.
 */
#ifndef SECUR32_SCHANNEL_ATTRIBUTES_H
#define SECUR32_SCHANNEL_ATTRIBUTES_H

#include "schannel/context.h"
#include "schannel/suites.h"

enum attribute_since {
    ATTRIBUTE_ALWAYS,   /* the filler says whether it is there yet */
    ATTRIBUTE_CONNECTED /* too early: SEC_E_INVALID_HANDLE */
};

/* What of the answer is the program's to free, and how. */
enum attribute_memory {
    ATTRIBUTE_PLAIN,       /* nothing */
    ATTRIBUTE_BUFFER,      /* FreeContextBuffer, of each pointer */
    ATTRIBUTE_CERTIFICATE, /* CertFreeCertificateContext */
    ATTRIBUTE_STORE        /* CertCloseStore */
};

struct attribute {
    ULONG id;
    const char *name;      /* without SECPKG_ATTR_ */
    const char *structure; /* as schannel.h and sspi.h call it */
    size_t size;           /* of the structure in the caller's memory */
    enum attribute_since since;
    bool reads; /* the caller's structure holds arguments */
    enum attribute_memory memory;
    /* NULL: Windows documents it, and we refuse it with SEC_E_UNSUPPORTED_FUNCTION */
    SECURITY_STATUS (*fill)(struct schan_context *context, void *out);
    SECURITY_STATUS (*set)(struct schan_context *context, const void *in);
    const char *note; /* for doc/attributes.md, which is made of this table */
};

const struct attribute *attribute_at(size_t index); /* NULL past the end; ordered by id */
const struct attribute *attribute_find(ULONG id);

/* The facts of the latest handshake that was completed; false: none was. */
bool attribute_info(struct schan_context *context, struct tls_info *info);
/* The same with what the tables say of it. SEC_E_INVALID_HANDLE: none was completed. */
struct attribute_facts {
    struct tls_info info;
    const struct suite *suite;
    const struct group *group; /* NULL: none */
};
MUST_CHECK SECURITY_STATUS attribute_facts(struct schan_context *context,
                                           struct attribute_facts *facts);
/* A reference to the credential that the context uses now. */
struct schan_credential *attribute_credential(struct schan_context *context);
/* A zero-terminated wide copy for the program, of ASCII. NULL: no memory. */
MUST_CHECK WCHAR *attribute_text(const char *ascii);
void attribute_copy_text(WCHAR *to, size_t room, const char *ascii);
/* Of a failed call of tls.h that asked for a fact. */
SECURITY_STATUS attribute_status(enum tls_status status);

#define ATTRIBUTE_EAP_PRF_COUNT 4u

/* What a program asks of the exporter (RFC 5705). */
struct attribute_export {
    const void *label, *context;
    size_t label_size, context_size, material_size;
};

/* The label without its zero. SEC_E_INVALID_PARAMETER: sizes and pointers that do not fit. */
MUST_CHECK SECURITY_STATUS attribute_check_export(const struct attribute_export *asked,
                                                  struct span *label);

#define FILLER(name) SECURITY_STATUS fill_##name(struct schan_context *context, void *out)
#define SETTER(name) SECURITY_STATUS set_##name(struct schan_context *context, const void *in)

/* attributes_connection.c */
FILLER(sizes);
FILLER(lifespan);
FILLER(stream_sizes);
FILLER(key_info);
FILLER(authority);
FILLER(protocol_info);
FILLER(flags);
FILLER(application_protocol);
FILLER(connection_info);
FILLER(connection_info_ex);
FILLER(cipher_info);
FILLER(session_info);
FILLER(extensions);

/* attributes_datagram.c */
FILLER(dtls_mtu);
FILLER(srtp);
SETTER(dtls_mtu);

/* attributes_certificate.c */
FILLER(names);
FILLER(remote_certificate);
FILLER(local_certificate);
FILLER(remote_certificates);
FILLER(issuers);
FILLER(supported_signatures);
FILLER(serialized_certificates);
FILLER(root_store);
/* The server's certificate, theirs or ours, in memory to be freed with mem_free.
 * SEC_E_NO_CREDENTIALS: there is none. */
MUST_CHECK SECURITY_STATUS attribute_server_leaf(struct schan_context *context, uint8_t **leaf,
                                                 size_t *size);

/* attributes_verdict.c */
FILLER(check_result);
FILLER(check_result_inproc);
FILLER(policy_result);

/* attributes_key.c */
FILLER(unique_bindings);
FILLER(endpoint_bindings);
FILLER(keying_material);
FILLER(keying_material_inproc);
FILLER(eap_key_block);
FILLER(app_data);

/* attributes_set.c */
SETTER(keying_material_info);
SETTER(eap_prf_info);
SETTER(app_data);
SETTER(early_start);

#endif
