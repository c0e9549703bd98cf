/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See status.h. Sources: Microsoft Learn, "InitializeSecurityContext (Kerberos)", "(NTLM)",
 * "AcceptSecurityContext (General)", "Context Requirements"; MS-NLMP 3.1.1.2 (integrity comes with
 * replay and sequence detection). Observed: NTLM never says that the server proved itself.
 */
#include "gss/status.h"

/* clang-format off */
static const SECURITY_STATUS statuses[MECH_STATUS_COUNT] = {
    [MECH_OK]              = SEC_E_OK,
    [MECH_CONTINUE]        = SEC_I_CONTINUE_NEEDED,
    [MECH_UNAVAILABLE]     = SEC_E_SECPKG_NOT_FOUND,
    [MECH_BAD_ARGUMENT]    = SEC_E_OUT_OF_SEQUENCE,
    [MECH_NO_MEMORY]       = SEC_E_INSUFFICIENT_MEMORY,
    [MECH_TOO_SMALL]       = SEC_E_BUFFER_TOO_SMALL,
    [MECH_BAD_TOKEN]       = SEC_E_INVALID_TOKEN,
    [MECH_BAD_BINDINGS]    = SEC_E_BAD_BINDINGS,
    [MECH_NO_CREDENTIAL]   = SEC_E_NO_CREDENTIALS,
    [MECH_LOGON_DENIED]    = SEC_E_LOGON_DENIED,
    [MECH_TARGET_UNKNOWN]  = SEC_E_TARGET_UNKNOWN,
    [MECH_WRONG_TARGET]    = SEC_E_WRONG_PRINCIPAL,
    [MECH_NO_AUTHORITY]    = SEC_E_NO_AUTHENTICATING_AUTHORITY,
    [MECH_TIME_SKEW]       = SEC_E_TIME_SKEW,
    [MECH_EXPIRED]         = SEC_E_CONTEXT_EXPIRED,
    [MECH_ETYPE]           = SEC_E_KDC_UNKNOWN_ETYPE,
    [MECH_ALTERED]         = SEC_E_MESSAGE_ALTERED,
    [MECH_OUT_OF_SEQUENCE] = SEC_E_OUT_OF_SEQUENCE,
    [MECH_BAD_QOP]         = SEC_E_QOP_NOT_SUPPORTED,
    [MECH_UNSUPPORTED]     = SEC_E_UNSUPPORTED_FUNCTION,
    [MECH_FAILED]          = SEC_E_INTERNAL_ERROR,
};

struct flag {
    uint32_t mech;
    ULONG initialize; /* ISC_REQ_ and ISC_RET_ are the same here */
    ULONG accept;     /* ASC_RET_ */
};

static const struct flag flags[] = {
    {MECH_FLAG_DELEGATE,       ISC_REQ_DELEGATE,        ASC_RET_DELEGATE},
    {MECH_FLAG_MUTUAL,         ISC_REQ_MUTUAL_AUTH,     ASC_RET_MUTUAL_AUTH},
    {MECH_FLAG_REPLAY,         ISC_REQ_REPLAY_DETECT,   ASC_RET_REPLAY_DETECT},
    {MECH_FLAG_SEQUENCE,       ISC_REQ_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {MECH_FLAG_CONFIDENTIAL,   ISC_REQ_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {MECH_FLAG_INTEGRITY,      ISC_REQ_INTEGRITY,       ASC_RET_INTEGRITY},
    {MECH_FLAG_DCE,            ISC_REQ_USE_DCE_STYLE,   ASC_RET_USED_DCE_STYLE},
    {MECH_FLAG_IDENTIFY,       ISC_REQ_IDENTIFY,        ASC_RET_IDENTIFY},
    {MECH_FLAG_EXTENDED_ERROR, ISC_REQ_EXTENDED_ERROR,  ASC_RET_EXTENDED_ERROR},
};

/* What is told as it was asked. */
#define ECHO_INITIALIZE (ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION | ISC_REQ_IDENTIFY)
#define ECHO_ACCEPT (ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONNECTION)
#define NEEDS_INTEGRITY \
    (ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)
/* clang-format on */

SECURITY_STATUS status_of_mech(enum mech_status status)
{
    return (unsigned)status < MECH_STATUS_COUNT ? statuses[status] : SEC_E_INTERNAL_ERROR;
}

static ULONG with_integrity(ULONG request)
{
    if (request & NEEDS_INTEGRITY)
        return request | ISC_REQ_INTEGRITY;
    return request & ISC_REQ_NO_INTEGRITY ? request & ~(ULONG)ISC_REQ_INTEGRITY : request;
}

uint32_t flags_asked(ULONG request)
{
    uint32_t asked = 0;

    request = with_integrity(request);
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (request & flags[i].initialize)
            asked |= flags[i].mech;
    return asked;
}

ULONG flags_told(bool is_server, ULONG request, uint32_t granted, enum mech mech, bool complete)
{
    ULONG told = 0;

    if (mech == MECH_NTLM || (!is_server && !complete))
        granted &= ~MECH_FLAG_MUTUAL;
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (granted & flags[i].mech)
            told |= is_server ? flags[i].accept : flags[i].initialize;
    if (is_server) {
        /* gss-ntlmssp does not tell a server that messages are numbered; signed ones always are. */
        if (mech == MECH_NTLM && granted & MECH_FLAG_INTEGRITY)
            told |= request & (ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT);
        return told | (request & ECHO_ACCEPT);
    }
    return (told & with_integrity(request)) | (request & ECHO_INITIALIZE);
}
