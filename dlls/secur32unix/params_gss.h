/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The crossing from PE to ELF for gss.h, by the rules of params.h, which includes this file. Every
 * call returns an enum mech_status, or PARAM_REFUSED.
 */
#ifndef SECUR32UNIX_PARAMS_GSS_H
#define SECUR32UNIX_PARAMS_GSS_H

#include "gss/gss.h"

/* clang-format off */
#define PARAM_GSS_CALLS(X) \
    X(MECH_LOAD,            mech_load) \
    X(MECH_CREDENTIAL_NEW,  mech_credential_new) \
    X(MECH_CREDENTIAL_NAME, mech_credential_name) \
    X(MECH_CREDENTIAL_FREE, mech_credential_free) \
    X(MECH_STEP,            mech_step) \
    X(MECH_OUTPUT,          mech_output) \
    X(MECH_CONTEXT_FREE,    mech_context_free) \
    X(MECH_FACTS,           mech_facts) \
    X(MECH_TEXT,            mech_text) \
    X(MECH_CLIENT_IS_SELF,  mech_client_is_self) \
    X(MECH_WRAP,            mech_wrap) \
    X(MECH_UNWRAP,          mech_unwrap) \
    X(MECH_UNWRAP_STREAM,   mech_unwrap_stream) \
    X(MECH_SIGN,            mech_sign) \
    X(MECH_VERIFY,          mech_verify)
/* clang-format on */

struct param_mech_load {
    uint32_t revision; /* in */
    uint32_t mechs;    /* out, and all below */
    char problem[256];
};

struct param_mech_credential_new {
    uint64_t credential; /* out */
    struct param_span name, password;
    uint32_t mech, allowed, accept, has_password;
};

struct param_mech_credential_name {
    uint64_t credential;
    struct param_span to;
    uint32_t size, padding; /* out */
};

struct param_mech_credential_free {
    uint64_t credential;
};

struct param_mech_step {
    uint64_t context; /* in and out */
    uint64_t credential;
    struct param_span target, input;
    struct param_span initiator, acceptor, data; /* of the bindings */
    uint32_t mech, target_kind, request, accept;
    uint32_t has_bindings, initiator_type, acceptor_type;
    uint32_t granted; /* out, and all below */
    uint32_t output_size, chosen;
};

struct param_mech_output {
    uint64_t context;
    struct param_span to;
};

struct param_mech_context_free {
    uint64_t context;
};

struct param_mech_facts {
    uint64_t context;
    uint32_t granted, chosen; /* out, and all below */
    uint32_t lifetime_s, sealed_header, signature, two_way;
    uint32_t protection, padding;
};

struct param_mech_text {
    uint64_t context;
    struct param_span to;
    uint32_t what;
    uint32_t size; /* out */
};

struct param_mech_client_is_self {
    uint64_t context;
    uint32_t is_self, padding; /* out */
};

struct param_mech_part {
    uint64_t data;
    uint32_t size; /* in and out */
    uint32_t kind;
};

struct param_mech_wrap {
    uint64_t context;
    struct param_span parts; /* of struct param_mech_part; size: their number */
    uint32_t seal, padding;
};

struct param_mech_unwrap {
    uint64_t context;
    struct param_span parts;  /* as above */
    uint32_t sealed, padding; /* out */
};

struct param_mech_unwrap_stream {
    uint64_t context;
    struct param_span message;
    uint32_t offset, size; /* out, and all below */
    uint32_t sealed, padding;
};

struct param_mech_sign {
    uint64_t context;
    struct param_span message, to;
    uint32_t size, padding; /* out */
};

struct param_mech_verify {
    uint64_t context;
    struct param_span message, signature;
};

/* clang-format off */
#define PARAM_GSS_LAYOUTS(LAYOUT) \
    LAYOUT(param_mech_load,            264, problem,      8); \
    LAYOUT(param_mech_credential_new,  56,  has_password, 52); \
    LAYOUT(param_mech_credential_name, 32,  padding,      28); \
    LAYOUT(param_mech_step,            136, chosen,       132); \
    LAYOUT(param_mech_output,          24,  to,           8); \
    LAYOUT(param_mech_facts,           40,  padding,      36); \
    LAYOUT(param_mech_text,            32,  size,         28); \
    LAYOUT(param_mech_client_is_self,  16,  padding,      12); \
    LAYOUT(param_mech_part,            16,  kind,         12); \
    LAYOUT(param_mech_wrap,            32,  padding,      28); \
    LAYOUT(param_mech_unwrap,          32,  padding,      28); \
    LAYOUT(param_mech_unwrap_stream,   40,  padding,      36); \
    LAYOUT(param_mech_sign,            48,  padding,      44); \
    LAYOUT(param_mech_verify,          40,  signature,    24)
/* clang-format on */

#endif
