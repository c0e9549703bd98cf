/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The package interface: what a security package (SSP) gives to the dispatcher. Wide strings only;
 * handles are already resolved to the package's own objects; SecBufferDesc arguments have passed
 * buffers_check. The dispatcher keeps an object alive while a function runs on it and calls
 * free_credential / delete_context exactly once, when nobody is inside any more.
 */
#ifndef SECUR32_DLL_SSPI_PACKAGE_H
#define SECUR32_DLL_SSPI_PACKAGE_H

#include "winsspi.h"

#include <stdbool.h>

#include "base/sync.h"

struct ssp;

struct ssp_acquire {
    const struct ssp *ssp; /* the package that is asked */
    const WCHAR *principal;
    ULONG use; /* SECPKG_CRED_... */
    const void *logon_id;
    const void *auth_data;
    SEC_GET_KEY_FN get_key;
    void *get_key_argument;
    /* results */
    void *credential;
    TimeStamp expiry; /* local FILETIME */
};

/*
 * The locks of a context's two directions. seal and sign are called with send held, unseal and
 * verify with receive; all other functions with none. They are in the order of base/sync.h, outlive
 * the context, and may be taken by the package where messages must wait.
 */
struct ssp_lanes {
    struct lock *send, *receive;
};

/* One call of InitializeSecurityContext or AcceptSecurityContext. */
struct ssp_step {
    void *credential; /* may be NULL when context is not */
    void *context;    /* NULL: first call */
    struct ssp_lanes lanes;
    const WCHAR *target;
    ULONG request; /* ISC_REQ_ or ASC_REQ_ bits */
    ULONG data_representation;
    SecBufferDesc *input;  /* may be NULL */
    SecBufferDesc *output; /* may be NULL */
    /* results; attributes and expiry reach the caller on every return, failures included */
    void *new_context; /* first call: the new object, or NULL. With an error status: NULL */
    ULONG attributes;
    TimeStamp expiry;
};

/* A context attribute or a credential attribute. */
struct ssp_attribute {
    ULONG id;
    void *buffer;
    size_t room; /* bytes at buffer; SSP_ROOM_UNKNOWN where the entry point has no size */
};

#define SSP_ROOM_UNKNOWN ((size_t)-1)

/* ImportSecurityContext. */
struct ssp_import {
    const SecBuffer *packed;
    void *token; /* may be NULL */
    struct ssp_lanes lanes;
    void *context; /* result */
};

/* ChangeAccountPassword. */
struct ssp_password {
    const struct ssp *ssp; /* the package that is asked */
    const WCHAR *domain, *account, *old_password, *new_password;
    SecBufferDesc *output;
};

/* LsaCallAuthenticationPackage: a message of the package's own protocol. */
struct ssp_message {
    const struct ssp *ssp; /* the package that is asked */
    bool is_trusted;       /* LsaRegisterLogonProcess made the connection */
    void *submit;
    ULONG submit_size;
    /* results */
    void *result; /* of buffers_alloc, or NULL */
    ULONG result_size;
    NTSTATUS protocol_status;
};

/* LsaLogonUser. */
struct ssp_logon {
    const struct ssp *ssp; /* the package that is asked */
    SECURITY_LOGON_TYPE type;
    const void *submit; /* what the package's own protocol says of the user */
    ULONG submit_size;
    /* results */
    void *profile; /* of buffers_alloc, or NULL */
    ULONG profile_size;
    LUID id;     /* of the session */
    void *token; /* for the program to close */
    NTSTATUS sub_status;
};

struct ssp {
    const WCHAR *const *names; /* the first is the canonical one */
    size_t name_count;
    const WCHAR *comment;
    ULONG capabilities; /* SECPKG_FLAG_... */
    USHORT version, rpc_id;
    ULONG max_token;
    const void *origin; /* the DLL that it came with; NULL: it is the library's own */

    /* SEC_E_OK when the package can work in this process; asked once, before it is listed. */
    SECURITY_STATUS (*start)(void);

    SECURITY_STATUS (*acquire)(struct ssp_acquire *call);
    SECURITY_STATUS (*add_credentials)(void *credential, struct ssp_acquire *call);
    void (*free_credential)(void *credential);
    SECURITY_STATUS (*query_credential)(void *credential, const struct ssp_attribute *attribute);
    SECURITY_STATUS (*set_credential)(void *credential, const struct ssp_attribute *attribute);

    SECURITY_STATUS (*initialize)(struct ssp_step *step);
    SECURITY_STATUS (*accept)(struct ssp_step *step);
    SECURITY_STATUS (*complete)(void *context, SecBufferDesc *token);
    SECURITY_STATUS (*control)(void *context, SecBufferDesc *token);
    void (*delete_context)(void *context);
    /* Now and then, while other contexts are made: gives up what an idle context can make again.
     * Must not wait. May be NULL. */
    void (*rest)(void *context);
    SECURITY_STATUS (*query_context)(void *context, const struct ssp_attribute *attribute);
    SECURITY_STATUS (*set_context)(void *context, const struct ssp_attribute *attribute);

    SECURITY_STATUS (*seal)(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence);
    SECURITY_STATUS (*unseal)(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop);
    SECURITY_STATUS (*sign)(void *context, ULONG qop, SecBufferDesc *message, ULONG sequence);
    SECURITY_STATUS (*verify)(void *context, SecBufferDesc *message, ULONG sequence, ULONG *qop);

    SECURITY_STATUS (*impersonate)(void *context);
    SECURITY_STATUS (*revert)(void *context);
    SECURITY_STATUS (*query_token)(void *context, void **token);
    /* The flag DELETE_OLD is the dispatcher's. */
    SECURITY_STATUS (*export_context)(void *context, ULONG flags, SecBuffer *packed, void **token);
    SECURITY_STATUS (*import_context)(struct ssp_import *import);
    SECURITY_STATUS (*change_password)(const struct ssp_password *change);
    /* The result is of the call as such; NULL answers STATUS_NOT_SUPPORTED. */
    NTSTATUS (*call)(struct ssp_message *message);
    /* NULL: the package has no authority to ask, STATUS_NO_LOGON_SERVERS. */
    NTSTATUS (*logon)(struct ssp_logon *logon);
};

/* A function that a package leaves NULL answers SEC_E_UNSUPPORTED_FUNCTION. */

#endif
