/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * schannel/verify: which code comes of what was found against a server's chain, for each flag of
 * the credential that bears on it.
 */
#include "schannel/verify.h"

#include "harness.h"

#define CHECK SCH_CRED_REVOCATION_CHECK_CHAIN
#define UNKNOWN CERT_TRUST_REVOCATION_STATUS_UNKNOWN
#define OFFLINE (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

START_TEST(verify_conclusions)
{
    static const struct {
        const char *name;
        uint32_t trust, problems;
        ULONG flags;
        SECURITY_STATUS want;
    } cases[] = {
        {"good", 0, 0, 0, SEC_E_OK},
        {"untrusted root", CERT_TRUST_IS_UNTRUSTED_ROOT, 0, 0, SEC_E_UNTRUSTED_ROOT},
        {"unknown issuer", 0, TLS_CHAIN_UNKNOWN_ISSUER, 0, SEC_E_UNTRUSTED_ROOT},
        {"other name", 0, TLS_CHAIN_NAME, 0, SEC_E_WRONG_PRINCIPAL},
        {"other name, not compared", 0, TLS_CHAIN_NAME, SCH_CRED_NO_SERVERNAME_CHECK, SEC_E_OK},
        {"untrusted, name not compared", CERT_TRUST_IS_UNTRUSTED_ROOT, TLS_CHAIN_NAME,
         SCH_CRED_NO_SERVERNAME_CHECK, SEC_E_UNTRUSTED_ROOT},
        {"expired", CERT_TRUST_IS_NOT_TIME_VALID, 0, 0, SEC_E_CERT_EXPIRED},
        {"expired by the library", 0, TLS_CHAIN_EXPIRED, 0, SEC_E_CERT_EXPIRED},
        {"not yet valid", 0, TLS_CHAIN_NOT_YET, 0, SEC_E_CERT_EXPIRED},
        {"revoked", CERT_TRUST_IS_REVOKED, 0, CHECK, CRYPT_E_REVOKED},
        {"revoked, ignoring what is unknown", CERT_TRUST_IS_REVOKED, 0,
         CHECK | SCH_CRED_IGNORE_NO_REVOCATION_CHECK | SCH_CRED_IGNORE_REVOCATION_OFFLINE,
         CRYPT_E_REVOKED},
        {"weak", 0, TLS_CHAIN_WEAK, 0, SEC_E_INVALID_TOKEN},
        {"partial", CERT_TRUST_IS_PARTIAL_CHAIN, 0, 0, SEC_E_UNTRUSTED_ROOT},
        {"bad signature", 0, TLS_CHAIN_BAD_SIGNATURE, 0, SEC_E_CERT_UNKNOWN},
        {"other usage", CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 0, 0, SEC_E_CERT_UNKNOWN},
        {"constraints", CERT_TRUST_INVALID_NAME_CONSTRAINTS, 0, 0, SEC_E_CERT_UNKNOWN},
        {"malformed", 0, TLS_CHAIN_MALFORMED, 0, SEC_E_CERT_UNKNOWN},
        {"a bit that nobody knows", 0x40000000, 0, 0, SEC_E_CERT_UNKNOWN},
        {"a problem that nobody knows", 0, 0x40000000, 0, SEC_E_CERT_UNKNOWN},
        {"unknown, not asked for", UNKNOWN, 0, 0, SEC_E_OK},
        {"offline, not asked for", OFFLINE, 0, 0, SEC_E_OK},
        {"unknown", UNKNOWN, 0, CHECK, CRYPT_E_NO_REVOCATION_CHECK},
        {"offline", OFFLINE, 0, CHECK, CRYPT_E_REVOCATION_OFFLINE},
        {"unknown, of the end", UNKNOWN, 0, SCH_CRED_REVOCATION_CHECK_END_CERT,
         CRYPT_E_NO_REVOCATION_CHECK},
        {"unknown, without the root", UNKNOWN, 0, SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT,
         CRYPT_E_NO_REVOCATION_CHECK},
        {"unknown, ignored", UNKNOWN, 0, CHECK | SCH_CRED_IGNORE_NO_REVOCATION_CHECK, SEC_E_OK},
        {"unknown, the other ignored", UNKNOWN, 0, CHECK | SCH_CRED_IGNORE_REVOCATION_OFFLINE,
         CRYPT_E_NO_REVOCATION_CHECK},
        {"offline, ignored", OFFLINE, 0, CHECK | SCH_CRED_IGNORE_REVOCATION_OFFLINE, SEC_E_OK},
        {"offline, the other ignored", OFFLINE, 0, CHECK | SCH_CRED_IGNORE_NO_REVOCATION_CHECK,
         CRYPT_E_REVOCATION_OFFLINE},
        {"ignored without a check is no check", UNKNOWN, 0, SCH_CRED_IGNORE_NO_REVOCATION_CHECK,
         SEC_E_OK},
        {"the name before the dates", CERT_TRUST_IS_NOT_TIME_VALID, TLS_CHAIN_NAME, 0,
         SEC_E_WRONG_PRINCIPAL},
        {"the root before the name", CERT_TRUST_IS_UNTRUSTED_ROOT, TLS_CHAIN_NAME, 0,
         SEC_E_UNTRUSTED_ROOT},
        {"expired and unknown", CERT_TRUST_IS_NOT_TIME_VALID | UNKNOWN, 0, CHECK,
         SEC_E_CERT_EXPIRED},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok_status(verify_conclude(cases[i].trust, cases[i].problems, cases[i].flags), cases[i].want,
                  "%s", cases[i].name);
}

/* Whatever single thing is held against a chain, but for revocation that was not asked for: it is
 * refused. */
START_TEST(verify_refuses_every_bit)
{
    for (int bit = 0; bit < 32; bit++) {
        uint32_t one = (uint32_t)1 << bit;

        ok((one & OFFLINE) || verify_conclude(one, 0, 0) < 0, "trust %08lx", (unsigned long)one);
        ok(verify_conclude(0, one, 0) < 0, "problem %08lx", (unsigned long)one);
        ok(verify_conclude(one, 0, CHECK) < 0, "trust %08lx with revocation", (unsigned long)one);
    }
}
