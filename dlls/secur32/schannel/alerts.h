/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Tables: TLS alert, and what tls.h says, <-> SECURITY_STATUS. No status comes out that callers
 * with a closed list of known codes (.NET) would not know.
 */
#ifndef SECUR32_SCHANNEL_ALERTS_H
#define SECUR32_SCHANNEL_ALERTS_H

#include "winsspi.h"

#include "tls/tls.h"

/* The error twin of SEC_I_NO_RENEGOTIATION: what Windows returns; its header has only the other. */
#ifndef SEC_E_NO_RENEGOTIATION
#define SEC_E_NO_RENEGOTIATION ((SECURITY_STATUS)0x80090360)
#endif

#define ALERT_LEVEL_WARNING 1
#define ALERT_LEVEL_FATAL 2

#define ALERT_CLOSE_NOTIFY 0
#define ALERT_UNEXPECTED_MESSAGE 10
#define ALERT_BAD_RECORD_MAC 20
#define ALERT_RECORD_OVERFLOW 22
#define ALERT_HANDSHAKE_FAILURE 40
#define ALERT_BAD_CERTIFICATE 42
#define ALERT_UNSUPPORTED_CERTIFICATE 43
#define ALERT_CERTIFICATE_REVOKED 44
#define ALERT_CERTIFICATE_EXPIRED 45
#define ALERT_CERTIFICATE_UNKNOWN 46
#define ALERT_UNKNOWN_CA 48
#define ALERT_DECODE_ERROR 50
#define ALERT_INTERNAL_ERROR 80
#define ALERT_USER_CANCELED 90
#define ALERT_NO_RENEGOTIATION 100

/* The status for a fatal alert that came. */
SECURITY_STATUS alert_status(int description);
/* The status for TLS_FAILED. */
SECURITY_STATUS failure_status(const struct tls_result *result);
/* Which alert tells the peer of a certificate that was refused with this status. */
uint8_t alert_for_status(SECURITY_STATUS status);
/* The status for a call of tls.h that failed. */
SECURITY_STATUS tls_call_status(enum tls_status status);

#endif
