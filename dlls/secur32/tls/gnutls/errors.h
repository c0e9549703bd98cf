/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GnuTLS's error numbers as reasons and alerts of tls.h.
 */
#ifndef SECUR32_TLS_GNUTLS_ERRORS_H
#define SECUR32_TLS_GNUTLS_ERRORS_H

#include "tls/gnutls/library.h"

struct error_row {
    int error;
    enum tls_reason reason;
    int alert; /* to send; TLS_NO_ALERT: none */
};

/* An error that is not in the table is internal, and traced with its number. */
struct error_row error_find(int error);
const struct error_row *error_at(size_t index); /* NULL past the end; for tests */

enum tls_status error_status(int error);

/* Descriptions that are used by name (RFC 8446 6). */
enum {
    ALERT_CLOSE_NOTIFY = 0,
    ALERT_UNEXPECTED_MESSAGE = 10,
    ALERT_BAD_RECORD_MAC = 20,
    ALERT_RECORD_OVERFLOW = 22,
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_BAD_CERTIFICATE = 42,
    ALERT_ILLEGAL_PARAMETER = 47,
    ALERT_DECODE_ERROR = 50,
    ALERT_DECRYPT_ERROR = 51,
    ALERT_PROTOCOL_VERSION = 70,
    ALERT_INSUFFICIENT_SECURITY = 71,
    ALERT_INTERNAL_ERROR = 80,
    ALERT_USER_CANCELED = 90,
    ALERT_NO_RENEGOTIATION = 100,
    ALERT_MISSING_EXTENSION = 109,
    ALERT_UNSUPPORTED_EXTENSION = 110,
    ALERT_UNRECOGNIZED_NAME = 112,
    ALERT_CERTIFICATE_REQUIRED = 116,
    ALERT_NO_APPLICATION_PROTOCOL = 120
};

#endif
