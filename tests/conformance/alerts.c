/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Alerts that come: each number gives one status, before keys and after the handshake; and alerts
 * that a program sends through a control token.
 *
 * Sources: the table of TLS alerts and their codes on Microsoft Learn, and the codes that .NET,
 * curl and cargo report for single alerts; RFC 8446 6 for the numbers.
 */
#include "common.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *name;
    unsigned char number;
    SECURITY_STATUS want;
} alerts[] = {
    {"unexpected_message",         10, SEC_E_ILLEGAL_MESSAGE},
    {"bad_record_mac",             20, SEC_E_MESSAGE_ALTERED},
    {"decryption_failed",          21, SEC_E_DECRYPT_FAILURE},
    {"record_overflow",            22, SEC_E_ILLEGAL_MESSAGE},
    {"decompression_failure",      30, SEC_E_MESSAGE_ALTERED},
    {"handshake_failure",          40, SEC_E_ILLEGAL_MESSAGE},
    {"bad_certificate",            42, SEC_E_CERT_UNKNOWN},
    {"unsupported_certificate",    43, SEC_E_CERT_UNKNOWN},
    {"certificate_revoked",        44, CRYPT_E_REVOKED},
    {"certificate_expired",        45, SEC_E_CERT_EXPIRED},
    {"certificate_unknown",        46, SEC_E_CERT_UNKNOWN},
    {"illegal_parameter",          47, SEC_E_ILLEGAL_MESSAGE},
    {"unknown_ca",                 48, SEC_E_UNTRUSTED_ROOT},
    {"access_denied",              49, SEC_E_LOGON_DENIED},
    {"decode_error",               50, SEC_E_ILLEGAL_MESSAGE},
    {"decrypt_error",              51, SEC_E_DECRYPT_FAILURE},
    {"export_restriction",         60, SEC_E_ILLEGAL_MESSAGE},
    {"protocol_version",           70, SEC_E_UNSUPPORTED_FUNCTION},
    {"insufficient_security",      71, SEC_E_ALGORITHM_MISMATCH},
    {"internal_error",             80, SEC_E_INTERNAL_ERROR},
    {"inappropriate_fallback",     86, SEC_E_ILLEGAL_MESSAGE},
    {"user_canceled",              90, SEC_E_UNFINISHED_CONTEXT_DELETED},
    {"no_renegotiation",          100, SEC_E_ILLEGAL_MESSAGE},
    {"missing_extension",         109, SEC_E_ILLEGAL_MESSAGE},
    {"unsupported_extension",     110, SEC_E_ILLEGAL_MESSAGE},
    {"unrecognized_name",         112, SEC_E_ILLEGAL_MESSAGE},
    {"unknown_psk_identity",      115, SEC_E_ILLEGAL_MESSAGE},
    {"certificate_required",      116, SEC_E_ILLEGAL_MESSAGE},
    {"no_application_protocol",   120, SEC_E_APPLICATION_PROTOCOL_MISMATCH},
    {"a number that nobody has",   99, SEC_E_ILLEGAL_MESSAGE},
    {"the largest number",        255, SEC_E_ILLEGAL_MESSAGE},
};
/* clang-format on */

/* In answer to the hello, in the clear. */
START_TEST(alerts_before_keys)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        CredHandle client;

        if (!version_available(both_versions[v]) || !client_make(&client, both_versions[v]))
            continue;
        for (size_t i = 0; i < COUNT_OF(alerts); i++) {
            unsigned char record[] = {WIRE_ALERT, 3, 3, 0, 2, 2, alerts[i].number};
            struct loop loop;

            push_context("%s, %s", version_name(both_versions[v]), alerts[i].name);
            loop_init(&loop, &client, NULL);
            loop_step(&loop, LOOP_CLIENT);
            loop_deliver(&loop, LOOP_CLIENT, record, sizeof(record));
            loop_read(&loop, LOOP_CLIENT);
            ok_status(loop_step(&loop, LOOP_CLIENT), alerts[i].want, "status");
            ok(loop_step(&loop, LOOP_CLIENT) < 0, "goes on after a fatal alert");
            loop_done(&loop);
            pop_context();
        }
        FreeCredentialsHandle(&client);
    }
}

/* After the handshake, protected: the server's program sends it through a control token. */
START_TEST(alerts_after_handshake)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        for (size_t i = 0; i < COUNT_OF(alerts); i++) {
            SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, alerts[i].number};
            struct bytes plain = {NULL, 0, 0};
            struct loop loop;

            push_context("%s, %s", version_name(both_versions[v]), alerts[i].name);
            if (loop_connect(&loop, &pair.client, &pair.server)) {
                ok_status(loop_control(&loop, LOOP_SERVER, &token, sizeof(token)), SEC_E_OK,
                          "sent");
                ok_status(loop_receive(&loop, LOOP_CLIENT, 1, &plain), alerts[i].want, "received");
                ok_number(plain.size, 0, "plaintext");
            }
            bytes_done(&plain);
            loop_done(&loop);
            pop_context();
        }
        pair_done(&pair);
    }
}

/* In the handshake, and under its keys where there are some: the client's program is asked for a
 * certificate, and sends an alert instead of an answer. */
START_TEST(alerts_in_handshake)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct pair pair;

        if (!pair_make(&pair, both_versions[v], "rsa"))
            continue;
        for (size_t i = 0; i < COUNT_OF(alerts); i++) {
            SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, alerts[i].number};
            struct loop loop;

            push_context("%s, %s", version_name(both_versions[v]), alerts[i].name);
            loop_init(&loop, &pair.client, &pair.server);
            loop.side[LOOP_SERVER].request |= ASC_REQ_MUTUAL_AUTH;
            loop.side[LOOP_CLIENT].unchecked = loop.side[LOOP_SERVER].unchecked = true;
            loop_step(&loop, LOOP_CLIENT);
            loop_read(&loop, LOOP_SERVER);
            loop_step(&loop, LOOP_SERVER);
            loop_read(&loop, LOOP_CLIENT);
            for (unsigned k = 0; k < 20 && loop.side[LOOP_CLIENT].held.size; k++)
                if (loop_step(&loop, LOOP_CLIENT) != SEC_I_CONTINUE_NEEDED)
                    break;
            ok_status(loop.side[LOOP_CLIENT].status, SEC_I_INCOMPLETE_CREDENTIALS, "the question");
            ok_status(loop_control(&loop, LOOP_CLIENT, &token, sizeof(token)), SEC_E_OK, "sent");
            ok(loop_read(&loop, LOOP_SERVER), "nothing arrives");
            ok_status(loop_step(&loop, LOOP_SERVER), alerts[i].want, "received");
            ok(loop_step(&loop, LOOP_SERVER) < 0, "goes on after a fatal alert");
            loop_done(&loop);
            pop_context();
        }
        pair_done(&pair);
    }
}

/* After a fatal alert the context is good for nothing more. */
START_TEST(alerts_afterwards)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, TLS1_ALERT_UNKNOWN_CA};
        struct bytes plain = {NULL, 0, 0}, wire = {NULL, 0, 0};
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v])) {
            struct loop_side *client = &it.loop.side[LOOP_CLIENT];

            loop_check_traffic(&it.loop);
            loop_control(&it.loop, LOOP_SERVER, &token, sizeof(token));
            loop_read(&it.loop, LOOP_CLIENT);
            ok_status(loop_unseal(client, &plain), SEC_E_UNTRUSTED_ROOT, "the alert");
            ok_status(loop_unseal(client, &plain), SEC_E_CONTEXT_EXPIRED, "DecryptMessage");
            ok_status(loop_seal(client, "text", 4, &wire), SEC_E_CONTEXT_EXPIRED, "EncryptMessage");
            ok(loop_step(&it.loop, LOOP_CLIENT) < 0, "the handshake function goes on");
            ok_number(plain.size, 0, "plaintext");
        }
        bytes_done(&plain);
        bytes_done(&wire);
        disconnect(&it);
        pop_context();
    }
}

/* A server warns that it does not know the name, and goes on (RFC 6066 3). What Windows makes of it
 * is not known. */
START_TEST(alerts_warning)
{
    static const uint8_t warning[] = {WIRE_ALERT, 3, 3, 0, 2, 1, 112};

    if (running_on_windows()) {
        skip("not known of Windows");
        return;
    }
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct loop loop;
        struct pair pair;

        push_context("%s", version_name(both_versions[v]));
        if (pair_make(&pair, both_versions[v], "rsa")) {
            loop_init(&loop, &pair.client, &pair.server);
            loop_step(&loop, LOOP_CLIENT);
            loop_deliver(&loop, LOOP_CLIENT, warning, sizeof(warning));
            if (ok(loop_handshake(&loop), "handshake fails: client %08lx",
                   (unsigned long)loop.side[LOOP_CLIENT].status & 0xffffffff))
                loop_check_traffic(&loop);
            loop_done(&loop);
            pair_done(&pair);
        }
        pop_context();
    }
}

/* close_notify in answer to the hello, as Qt and MongoDB handle it. */
START_TEST(alerts_close_in_handshake)
{
    unsigned char record[] = {WIRE_ALERT, 3, 3, 0, 2, 1, 0};
    struct loop loop;
    CredHandle client;

    if (!client_make(&client, VERSION_TLS12))
        return;
    loop_init(&loop, &client, NULL);
    loop.side[LOOP_CLIENT].unchecked = true;
    loop_step(&loop, LOOP_CLIENT);
    loop_deliver(&loop, LOOP_CLIENT, record, sizeof(record));
    loop_read(&loop, LOOP_CLIENT);
    ok_status(loop_step(&loop, LOOP_CLIENT), SEC_I_CONTEXT_EXPIRED, "status");
    loop_done(&loop);
    FreeCredentialsHandle(&client);
}

/* Alert records that are none. */
START_TEST(alerts_malformed)
{
    static const struct {
        const char *name;
        unsigned char record[9];
        size_t size;
    } cases[] = {
        {"empty", {WIRE_ALERT, 3, 3, 0, 0}, 5},
        {"one byte", {WIRE_ALERT, 3, 3, 0, 1, 2}, 6},
        {"level zero", {WIRE_ALERT, 3, 3, 0, 2, 0, 40}, 7},
        {"level three", {WIRE_ALERT, 3, 3, 0, 2, 3, 40}, 7},
    };
    CredHandle client;

    if (!client_make(&client, VERSION_TLS12))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loop loop;

        push_context("%s", cases[i].name);
        loop_init(&loop, &client, NULL);
        loop_step(&loop, LOOP_CLIENT);
        loop_deliver(&loop, LOOP_CLIENT, cases[i].record, cases[i].size);
        loop_read(&loop, LOOP_CLIENT);
        ok(loop_step(&loop, LOOP_CLIENT) < 0, "taken");
        loop_done(&loop);
        pop_context();
    }
    FreeCredentialsHandle(&client);
}
