/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GSSAPI's C binding, as far as we use it: written down from RFC 2744 (types, appendix A), RFC 4178
 * (set_neg_mechs), RFC 5588 and MIT's documentation of its IOV and password calls, so that building
 * needs no header of a library that is opened at run time.
 */
#ifndef SECUR32_GSS_MIT_ABI_H
#define SECUR32_GSS_MIT_ABI_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t OM_uint32;

typedef struct gss_name_struct *gss_name_t;
typedef struct gss_cred_id_struct *gss_cred_id_t;
typedef struct gss_ctx_id_struct *gss_ctx_id_t;

typedef struct gss_OID_desc_struct {
    OM_uint32 length;
    void *elements;
} gss_OID_desc, *gss_OID;

typedef struct gss_OID_set_desc_struct {
    size_t count;
    gss_OID elements;
} gss_OID_set_desc, *gss_OID_set;

typedef struct gss_buffer_desc_struct {
    size_t length;
    void *value;
} gss_buffer_desc, *gss_buffer_t;

typedef struct gss_buffer_set_desc_struct {
    size_t count;
    gss_buffer_desc *elements;
} gss_buffer_set_desc, *gss_buffer_set_t;

typedef struct gss_key_value_element_struct {
    const char *key, *value;
} gss_key_value_element_desc;

typedef struct gss_key_value_set_struct {
    OM_uint32 count;
    gss_key_value_element_desc *elements;
} gss_key_value_set_desc;

typedef struct gss_channel_bindings_struct {
    OM_uint32 initiator_addrtype;
    gss_buffer_desc initiator_address;
    OM_uint32 acceptor_addrtype;
    gss_buffer_desc acceptor_address;
    gss_buffer_desc application_data;
} * gss_channel_bindings_t;

typedef struct gss_iov_buffer_desc_struct {
    OM_uint32 type;
    gss_buffer_desc buffer;
} gss_iov_buffer_desc;

/* clang-format off */
#define GSS_C_INITIATE              1
#define GSS_C_ACCEPT                2
#define GSS_C_INDEFINITE            UINT32_MAX
#define GSS_C_GSS_CODE              1
#define GSS_C_MECH_CODE             2

/* Status: a calling error, a routine error, and bits with more. */
#define GSS_ERROR(status)           ((status) & 0xffff0000u)
#define GSS_ROUTINE_ERROR(status)   (((status) >> 16) & 0xffu)
#define GSS_S_CONTINUE_NEEDED       0x01u
#define GSS_S_DUPLICATE_TOKEN       0x02u
#define GSS_S_OLD_TOKEN             0x04u
#define GSS_S_UNSEQ_TOKEN           0x08u
#define GSS_S_GAP_TOKEN             0x10u

/* Routine errors, RFC 2744 3.9.1. */
#define GSS_BAD_MECH                1
#define GSS_BAD_NAME                2
#define GSS_BAD_NAMETYPE            3
#define GSS_BAD_BINDINGS            4
#define GSS_BAD_STATUS              5
#define GSS_BAD_SIG                 6
#define GSS_NO_CRED                 7
#define GSS_NO_CONTEXT              8
#define GSS_DEFECTIVE_TOKEN         9
#define GSS_DEFECTIVE_CREDENTIAL    10
#define GSS_CREDENTIALS_EXPIRED     11
#define GSS_CONTEXT_EXPIRED         12
#define GSS_FAILURE                 13
#define GSS_BAD_QOP                 14
#define GSS_UNAUTHORIZED            15
#define GSS_UNAVAILABLE             16
#define GSS_DUPLICATE_ELEMENT       17
#define GSS_NAME_NOT_MN             18

/* The kinds of gss_iov_buffer_desc. */
#define GSS_IOV_BUFFER_TYPE_EMPTY     0
#define GSS_IOV_BUFFER_TYPE_DATA      1
#define GSS_IOV_BUFFER_TYPE_HEADER    2
#define GSS_IOV_BUFFER_TYPE_PADDING   9
#define GSS_IOV_BUFFER_TYPE_STREAM    10
#define GSS_IOV_BUFFER_TYPE_SIGN_ONLY 11
#define GSS_IOV_BUFFER_TYPE_MIC_TOKEN 12

/* X(result and name, parameters): every function that we call. All are in MIT krb5 1.12, the first
 * that reads /etc/gss/mech.d. */
#define GSSAPI_FUNCTIONS(X) \
    X(accept_sec_context, (OM_uint32 *, gss_ctx_id_t *, gss_cred_id_t, gss_buffer_t, \
        gss_channel_bindings_t, gss_name_t *, gss_OID *, gss_buffer_t, OM_uint32 *, OM_uint32 *, \
        gss_cred_id_t *)) \
    X(acquire_cred, (OM_uint32 *, gss_name_t, OM_uint32, gss_OID_set, int, gss_cred_id_t *, \
        gss_OID_set *, OM_uint32 *)) \
    X(acquire_cred_from, (OM_uint32 *, gss_name_t, OM_uint32, gss_OID_set, int, \
        const gss_key_value_set_desc *, gss_cred_id_t *, gss_OID_set *, OM_uint32 *)) \
    X(acquire_cred_with_password, (OM_uint32 *, gss_name_t, gss_buffer_t, OM_uint32, gss_OID_set, \
        int, gss_cred_id_t *, gss_OID_set *, OM_uint32 *)) \
    X(delete_sec_context, (OM_uint32 *, gss_ctx_id_t *, gss_buffer_t)) \
    X(display_name, (OM_uint32 *, gss_name_t, gss_buffer_t, gss_OID *)) \
    X(display_status, (OM_uint32 *, OM_uint32, int, gss_OID, OM_uint32 *, gss_buffer_t)) \
    X(get_mic, (OM_uint32 *, gss_ctx_id_t, OM_uint32, gss_buffer_t, gss_buffer_t)) \
    X(get_mic_iov_length, (OM_uint32 *, gss_ctx_id_t, OM_uint32, gss_iov_buffer_desc *, int)) \
    X(import_name, (OM_uint32 *, gss_buffer_t, gss_OID, gss_name_t *)) \
    X(indicate_mechs, (OM_uint32 *, gss_OID_set *)) \
    X(init_sec_context, (OM_uint32 *, gss_cred_id_t, gss_ctx_id_t *, gss_name_t, gss_OID, \
        OM_uint32, OM_uint32, gss_channel_bindings_t, gss_buffer_t, gss_OID *, gss_buffer_t, \
        OM_uint32 *, OM_uint32 *)) \
    X(inquire_context, (OM_uint32 *, gss_ctx_id_t, gss_name_t *, gss_name_t *, OM_uint32 *, \
        gss_OID *, OM_uint32 *, int *, int *)) \
    X(inquire_cred, (OM_uint32 *, gss_cred_id_t, gss_name_t *, OM_uint32 *, int *, gss_OID_set *)) \
    X(inquire_sec_context_by_oid, (OM_uint32 *, gss_ctx_id_t, gss_OID, gss_buffer_set_t *)) \
    X(localname, (OM_uint32 *, gss_name_t, gss_OID, gss_buffer_t)) \
    X(release_buffer, (OM_uint32 *, gss_buffer_t)) \
    X(release_buffer_set, (OM_uint32 *, gss_buffer_set_t *)) \
    X(release_cred, (OM_uint32 *, gss_cred_id_t *)) \
    X(release_name, (OM_uint32 *, gss_name_t *)) \
    X(release_oid_set, (OM_uint32 *, gss_OID_set *)) \
    X(set_neg_mechs, (OM_uint32 *, gss_cred_id_t, gss_OID_set)) \
    X(unwrap, (OM_uint32 *, gss_ctx_id_t, gss_buffer_t, gss_buffer_t, int *, OM_uint32 *)) \
    X(unwrap_iov, (OM_uint32 *, gss_ctx_id_t, int *, OM_uint32 *, gss_iov_buffer_desc *, int)) \
    X(verify_mic, (OM_uint32 *, gss_ctx_id_t, gss_buffer_t, gss_buffer_t, OM_uint32 *)) \
    X(wrap, (OM_uint32 *, gss_ctx_id_t, int, OM_uint32, gss_buffer_t, int *, gss_buffer_t)) \
    X(wrap_iov, (OM_uint32 *, gss_ctx_id_t, int, OM_uint32, int *, gss_iov_buffer_desc *, int)) \
    X(wrap_iov_length, (OM_uint32 *, gss_ctx_id_t, int, OM_uint32, int *, gss_iov_buffer_desc *, \
        int))
/* clang-format on */

#endif
