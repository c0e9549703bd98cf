/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See alerts.h.
 *
 * Source: Microsoft Learn, "Schannel Error Codes for TLS and SSL Alerts". There
 * no_application_protocol has the name of one code and the number of another; the number is what
 * the pages of the two handshake functions name, and what callers see.
 */
#include "schannel/alerts.h"

#include "base/log.h"

struct alert_row {
    int description;
    SECURITY_STATUS status;
};

/* clang-format off */
static const struct alert_row alert_rows[] = {
    {  10, SEC_E_ILLEGAL_MESSAGE },               /* unexpected_message */
    {  20, SEC_E_MESSAGE_ALTERED },               /* bad_record_mac */
    {  21, SEC_E_DECRYPT_FAILURE },               /* decryption_failed */
    {  22, SEC_E_ILLEGAL_MESSAGE },               /* record_overflow */
    {  30, SEC_E_MESSAGE_ALTERED },               /* decompression_failure */
    {  40, SEC_E_ILLEGAL_MESSAGE },               /* handshake_failure */
    {  42, SEC_E_CERT_UNKNOWN },                  /* bad_certificate */
    {  43, SEC_E_CERT_UNKNOWN },                  /* unsupported_certificate */
    {  44, CRYPT_E_REVOKED },                     /* certificate_revoked */
    {  45, SEC_E_CERT_EXPIRED },                  /* certificate_expired */
    {  46, SEC_E_CERT_UNKNOWN },                  /* certificate_unknown */
    {  47, SEC_E_ILLEGAL_MESSAGE },               /* illegal_parameter */
    {  48, SEC_E_UNTRUSTED_ROOT },                /* unknown_ca */
    {  49, SEC_E_LOGON_DENIED },                  /* access_denied */
    {  50, SEC_E_ILLEGAL_MESSAGE },               /* decode_error */
    {  51, SEC_E_DECRYPT_FAILURE },               /* decrypt_error */
    {  60, SEC_E_ILLEGAL_MESSAGE },               /* export_restriction */
    {  70, SEC_E_UNSUPPORTED_FUNCTION },          /* protocol_version */
    {  71, SEC_E_ALGORITHM_MISMATCH },            /* insufficient_security */
    {  80, SEC_E_INTERNAL_ERROR },                /* internal_error */
    {  90, SEC_E_UNFINISHED_CONTEXT_DELETED },    /* user_canceled */
    { 100, SEC_E_ILLEGAL_MESSAGE },               /* no_renegotiation */
    { 110, SEC_E_ILLEGAL_MESSAGE },               /* unsupported_extension */
    { 115, SEC_E_ILLEGAL_MESSAGE },               /* unknown_psk_identity */
    { 120, SEC_E_APPLICATION_PROTOCOL_MISMATCH }, /* no_application_protocol */
};

/* By enum tls_reason: what we find out ourselves has the status of the alert that we send for it. */
static const SECURITY_STATUS reason_statuses[] = {
    [TLS_REASON_NONE]           = SEC_E_INTERNAL_ERROR,
    [TLS_REASON_ALERT]          = SEC_E_ILLEGAL_MESSAGE,
    [TLS_REASON_NOT_TLS]        = SEC_E_INVALID_TOKEN,
    [TLS_REASON_VERSION]        = SEC_E_UNSUPPORTED_FUNCTION,
    [TLS_REASON_SUITE]          = SEC_E_ALGORITHM_MISMATCH,
    [TLS_REASON_ALPN]           = SEC_E_APPLICATION_PROTOCOL_MISMATCH,
    [TLS_REASON_DECODE]         = SEC_E_ILLEGAL_MESSAGE,
    [TLS_REASON_UNEXPECTED]     = SEC_E_ILLEGAL_MESSAGE,
    [TLS_REASON_TOO_LARGE]      = SEC_E_ILLEGAL_MESSAGE,
    [TLS_REASON_MAC]            = SEC_E_MESSAGE_ALTERED,
    [TLS_REASON_DECRYPT]        = SEC_E_DECRYPT_FAILURE,
    [TLS_REASON_CERTIFICATE]    = SEC_E_CERT_UNKNOWN,
    [TLS_REASON_NO_CERTIFICATE] = SEC_E_NO_CREDENTIALS,
    [TLS_REASON_MEMORY]         = SEC_E_INSUFFICIENT_MEMORY,
    [TLS_REASON_INTERNAL]       = SEC_E_INTERNAL_ERROR,
};
_Static_assert(COUNT_OF(reason_statuses) == TLS_REASON_COUNT, "a status for every reason");

/* By enum tls_status. */
static const SECURITY_STATUS call_statuses[] = {
    [TLS_OK]           = SEC_E_OK,
    [TLS_NO_MEMORY]    = SEC_E_INSUFFICIENT_MEMORY,
    [TLS_UNAVAILABLE]  = SEC_E_SECPKG_NOT_FOUND,
    [TLS_BAD_ARGUMENT] = SEC_E_INTERNAL_ERROR,
    [TLS_BAD_KEY]      = SEC_E_UNKNOWN_CREDENTIALS,
    [TLS_NO_ALGORITHM] = SEC_E_ALGORITHM_MISMATCH,
    [TLS_NOT_READY]    = SEC_E_INVALID_HANDLE,
    [TLS_NOT_THERE]    = SEC_E_UNSUPPORTED_FUNCTION,
    [TLS_TOO_SMALL]    = SEC_E_BUFFER_TOO_SMALL,
    [TLS_LIMIT]        = SEC_E_CONTEXT_EXPIRED,
};
_Static_assert(COUNT_OF(call_statuses) == TLS_STATUS_COUNT, "a status for every result");

/* The alert that mirrors the code for the program; which one Windows sends is not documented. */
static const struct {
    SECURITY_STATUS status;
    uint8_t description;
} refusals[] = {
    { SEC_E_UNTRUSTED_ROOT,         ALERT_UNKNOWN_CA },
    { SEC_E_CERT_EXPIRED,           ALERT_CERTIFICATE_EXPIRED },
    { CRYPT_E_REVOKED,              ALERT_CERTIFICATE_REVOKED },
    { SEC_E_INVALID_TOKEN,          ALERT_BAD_CERTIFICATE },
    { SEC_E_INSUFFICIENT_MEMORY,    ALERT_INTERNAL_ERROR },
    { SEC_E_INTERNAL_ERROR,         ALERT_INTERNAL_ERROR },
};
/* clang-format on */

SECURITY_STATUS alert_status(int description)
{
    for (size_t i = 0; i < COUNT_OF(alert_rows); i++) {
        if (alert_rows[i].description == description)
            return alert_rows[i].status;
    }
    TRACE(LOG_SCHANNEL, "alert %d has no status of its own", description);
    return SEC_E_ILLEGAL_MESSAGE;
}

SECURITY_STATUS failure_status(const struct tls_result *result)
{
    if (result->alert_received != TLS_NO_ALERT)
        return alert_status(result->alert_received);
    if ((unsigned)result->reason >= TLS_REASON_COUNT)
        return SEC_E_INTERNAL_ERROR;
    return reason_statuses[result->reason];
}

uint8_t alert_for_status(SECURITY_STATUS status)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (refusals[i].status == status)
            return refusals[i].description;
    }
    return ALERT_CERTIFICATE_UNKNOWN;
}

SECURITY_STATUS tls_call_status(enum tls_status status)
{
    if ((unsigned)status >= TLS_STATUS_COUNT)
        return SEC_E_INTERNAL_ERROR;
    return call_statuses[status];
}
