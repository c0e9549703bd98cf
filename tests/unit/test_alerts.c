/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/alerts: every alert, every reason and every result of the TLS seam has a status, and no
 * status is one that .NET's table of known codes lacks.
 */
#include "schannel/alerts.h"

#include "harness.h"

/* What System.Net.Security knows; on any other status it throws. */
static const SECURITY_STATUS known[] = {
    SEC_E_OK,
    SEC_E_ALGORITHM_MISMATCH,
    SEC_E_APPLICATION_PROTOCOL_MISMATCH,
    SEC_E_BAD_BINDINGS,
    SEC_E_BUFFER_TOO_SMALL,
    SEC_E_CANNOT_INSTALL,
    SEC_E_CANNOT_PACK,
    SEC_E_CERT_EXPIRED,
    SEC_E_CERT_UNKNOWN,
    SEC_E_CONTEXT_EXPIRED,
    SEC_E_DECRYPT_FAILURE,
    SEC_E_ILLEGAL_MESSAGE,
    SEC_E_INCOMPLETE_CREDENTIALS,
    SEC_E_INCOMPLETE_MESSAGE,
    SEC_E_INSUFFICIENT_MEMORY,
    SEC_E_INTERNAL_ERROR,
    SEC_E_INVALID_HANDLE,
    SEC_E_INVALID_TOKEN,
    SEC_E_LOGON_DENIED,
    SEC_E_MESSAGE_ALTERED,
    SEC_E_NO_AUTHENTICATING_AUTHORITY,
    SEC_E_NO_CREDENTIALS,
    SEC_E_NO_IMPERSONATION,
    SEC_E_NO_RENEGOTIATION,
    SEC_E_OUT_OF_SEQUENCE,
    SEC_E_QOP_NOT_SUPPORTED,
    SEC_E_SECPKG_NOT_FOUND,
    SEC_E_TARGET_UNKNOWN,
    SEC_E_UNKNOWN_CREDENTIALS,
    SEC_E_UNSUPPORTED_FUNCTION,
    SEC_E_UNTRUSTED_ROOT,
    SEC_E_WRONG_PRINCIPAL,
    /* of the alerts' own table */
    SEC_E_UNFINISHED_CONTEXT_DELETED,
    CRYPT_E_REVOKED,
};

static bool is_known(SECURITY_STATUS status)
{
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i] == status)
            return true;
    }
    return false;
}

START_TEST(alerts_documented)
{
    static const struct {
        int description;
        SECURITY_STATUS want;
    } cases[] = {
        {10, SEC_E_ILLEGAL_MESSAGE},
        {20, SEC_E_MESSAGE_ALTERED},
        {21, SEC_E_DECRYPT_FAILURE},
        {22, SEC_E_ILLEGAL_MESSAGE},
        {30, SEC_E_MESSAGE_ALTERED},
        {40, SEC_E_ILLEGAL_MESSAGE},
        {42, SEC_E_CERT_UNKNOWN},
        {43, SEC_E_CERT_UNKNOWN},
        {44, CRYPT_E_REVOKED},
        {45, SEC_E_CERT_EXPIRED},
        {46, SEC_E_CERT_UNKNOWN},
        {47, SEC_E_ILLEGAL_MESSAGE},
        {48, SEC_E_UNTRUSTED_ROOT},
        {49, SEC_E_LOGON_DENIED},
        {50, SEC_E_ILLEGAL_MESSAGE},
        {51, SEC_E_DECRYPT_FAILURE},
        {60, SEC_E_ILLEGAL_MESSAGE},
        {70, SEC_E_UNSUPPORTED_FUNCTION},
        {71, SEC_E_ALGORITHM_MISMATCH},
        {80, SEC_E_INTERNAL_ERROR},
        {90, SEC_E_UNFINISHED_CONTEXT_DELETED},
        {100, SEC_E_ILLEGAL_MESSAGE},
        {110, SEC_E_ILLEGAL_MESSAGE},
        {115, SEC_E_ILLEGAL_MESSAGE},
        {120, (SECURITY_STATUS)0x80090367},
        /* not in the page's table: "every other alert" */
        {86, SEC_E_ILLEGAL_MESSAGE},
        {109, SEC_E_ILLEGAL_MESSAGE},
        {112, SEC_E_ILLEGAL_MESSAGE},
        {116, SEC_E_ILLEGAL_MESSAGE},
        {255, SEC_E_ILLEGAL_MESSAGE},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok_status(alert_status(cases[i].description), cases[i].want, "alert %d",
                  cases[i].description);
    for (int description = 1; description < 256; description++) {
        SECURITY_STATUS status = alert_status(description);

        ok(status < 0 && is_known(status), "alert %d: %08lx", description, (unsigned long)status);
    }
}

START_TEST(alerts_reasons)
{
    for (int reason = 0; reason < TLS_REASON_COUNT; reason++) {
        struct tls_result result = {.event = TLS_FAILED,
                                    .reason = (enum tls_reason)reason,
                                    .alert_received = TLS_NO_ALERT,
                                    .alert_sent = TLS_NO_ALERT};
        SECURITY_STATUS status = failure_status(&result);

        ok(status < 0 && is_known(status), "reason %d: %08lx", reason, (unsigned long)status);
        result.alert_received = 48;
        ok_status(failure_status(&result), SEC_E_UNTRUSTED_ROOT, "reason %d with an alert", reason);
    }
}

START_TEST(alerts_calls)
{
    for (int called = 0; called < TLS_STATUS_COUNT; called++) {
        SECURITY_STATUS status = tls_call_status((enum tls_status)called);

        ok((status == SEC_E_OK) == (called == TLS_OK) && is_known(status), "%d: %08lx", called,
           (unsigned long)status);
    }
    ok_status(tls_call_status(TLS_STATUS_COUNT), SEC_E_INTERNAL_ERROR, "out of range");
}

START_TEST(alerts_of_refusals)
{
    static const struct {
        SECURITY_STATUS status;
        uint8_t want;
    } cases[] = {
        {SEC_E_UNTRUSTED_ROOT, 48},  {SEC_E_CERT_EXPIRED, 45},          {CRYPT_E_REVOKED, 44},
        {SEC_E_WRONG_PRINCIPAL, 46}, {CRYPT_E_NO_REVOCATION_CHECK, 46}, {SEC_E_CERT_UNKNOWN, 46},
        {SEC_E_INVALID_TOKEN, 42},   {SEC_E_INTERNAL_ERROR, 80},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok_number(alert_for_status(cases[i].status), cases[i].want, "%08lx",
                  (unsigned long)cases[i].status);
}
