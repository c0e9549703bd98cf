/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * QueryCredentialsAttributes and SetCredentialsAttributes of Schannel: every number through each
 * entry point, with its size and one byte less; and what is set as it shows in the ClientHello.
 *
 * Sources: Microsoft Learn, "QueryCredentialsAttributes function", "SetCredentialsAttributes
 * function"; minschannel.h of the Windows SDK. That what is set only takes away follows from the
 * page on the TLS registry settings: a program can narrow, never widen.
 */
#include "common.h"

#include <string.h>

#define ROOM 128
#define FILL 0xd7
#define NUMBERS 0x80

union room {
    void *align;
    BYTE bytes[ROOM];
};

struct row {
    ULONG id;
    size_t size, pointer; /* pointer: offset of what FreeContextBuffer gets, or NONE */
    SECURITY_STATUS anonymous, server;
};

#define NONE ((size_t)-1)
#define OK SEC_E_OK

/* clang-format off */
static const struct row rows[] = {
    { SECPKG_CRED_ATTR_NAMES,          sizeof(SecPkgCredentials_NamesW),      NONE, SEC_E_NO_CREDENTIALS, SEC_E_UNSUPPORTED_FUNCTION },
    { SECPKG_ATTR_SUPPORTED_ALGS,      sizeof(SecPkgCred_SupportedAlgs),      offsetof(SecPkgCred_SupportedAlgs, palgSupportedAlgs), OK, OK },
    { SECPKG_ATTR_CIPHER_STRENGTHS,    sizeof(SecPkgCred_CipherStrengths),    NONE, OK, OK },
    { SECPKG_ATTR_SUPPORTED_PROTOCOLS, sizeof(SecPkgCred_SupportedProtocols), NONE, OK, OK },
};
/* clang-format on */

typedef SECURITY_STATUS(SEC_ENTRY *ask_function)(PCredHandle, ULONG, void *);
typedef SECURITY_STATUS(SEC_ENTRY *ask_ex_function)(PCredHandle, ULONG, void *, ULONG);

static bool untouched(const union room *room, size_t from)
{
    for (size_t i = from; i < sizeof(room->bytes); i++)
        if (room->bytes[i] != FILL)
            return false;
    return true;
}

static void release(const struct row *row, const union room *room)
{
    void *pointer;

    if (row->pointer == NONE)
        return;
    memcpy(&pointer, room->bytes + row->pointer, sizeof(pointer));
    ok_status(FreeContextBuffer(pointer), SEC_E_OK, "freed");
}

static const struct row *find_row(ULONG id)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

static void check_numbers(CredHandle *credential, ask_function ask, bool server)
{
    for (ULONG id = 0; id < NUMBERS; id++) {
        const struct row *row = find_row(id);
        SECURITY_STATUS want = !row     ? SEC_E_UNSUPPORTED_FUNCTION
                               : server ? row->server
                                        : row->anonymous;
        union room room;
        SECURITY_STATUS got;

        memset(&room, FILL, sizeof(room));
        got = ask(credential, id, &room);
        ok_status(got, want, "%02lx", (unsigned long)id);
        ok(untouched(&room, got == SEC_E_OK && row ? row->size : 0), "%02lx: memory was written",
           (unsigned long)id);
        if (row && got == SEC_E_OK)
            release(row, &room);
    }
}

static void check_sizes(CredHandle *credential, ask_ex_function ask)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        union room room;

        if (row->anonymous != SEC_E_OK)
            continue;
        memset(&room, FILL, sizeof(room));
        ok_status(ask(credential, row->id, &room, (ULONG)row->size), SEC_E_OK, "%02lx: exact",
                  (unsigned long)row->id);
        ok(untouched(&room, row->size), "%02lx: more was written", (unsigned long)row->id);
        release(row, &room);
        memset(&room, FILL, sizeof(room));
        ok_status(ask(credential, row->id, &room, (ULONG)row->size - 1), SEC_E_BUFFER_TOO_SMALL,
                  "%02lx: one byte less", (unsigned long)row->id);
        ok_status(ask(credential, row->id, &room, 0), SEC_E_BUFFER_TOO_SMALL, "%02lx: no room",
                  (unsigned long)row->id);
        ok(untouched(&room, 0), "%02lx: too small, but written", (unsigned long)row->id);
        ok(ask(credential, row->id, NULL, (ULONG)row->size) < 0, "%02lx: no memory",
           (unsigned long)row->id);
    }
}

START_TEST(credential_attributes_all)
{
    struct pair pair;

    if (running_on_windows()) {
        skip("what Windows answers to other numbers is not known");
        return;
    }
    if (!pair_make(&pair, VERSION_ANY, "rsa"))
        return;
    push_context("client");
    check_numbers(&pair.client, QueryCredentialsAttributesW, false);
    check_numbers(&pair.client, QueryCredentialsAttributesA, false);
    check_sizes(&pair.client, InitSecurityInterfaceW()->QueryCredentialsAttributesExW);
    check_sizes(&pair.client, InitSecurityInterfaceA()->QueryCredentialsAttributesExA);
    pop_context();
    push_context("server");
    check_numbers(&pair.server, QueryCredentialsAttributesW, true);
    check_numbers(&pair.server, QueryCredentialsAttributesA, true);
    pop_context();
    pair_done(&pair);
}

/* ---- setting ---- */

#define ECDHE_RSA_AES_128_GCM 0xc02f
#define ECDHE_RSA_AES_256_GCM 0xc030

static bool offers(const struct bytes *hello, USHORT suite)
{
    struct wire_part suites = wire_suites(hello->data, hello->size);

    for (size_t i = 0; i + 1 < suites.size; i += 2)
        if ((suites.data[i] << 8 | suites.data[i + 1]) == suite)
            return true;
    return false;
}

static void check_offer(CredHandle *client, bool aes128, bool aes256)
{
    struct bytes hello = {NULL, 0, 0};

    if (get_hello(client, u"localhost", &hello)) {
        ok(offers(&hello, ECDHE_RSA_AES_128_GCM) == aes128, "AES 128");
        ok(offers(&hello, ECDHE_RSA_AES_256_GCM) == aes256, "AES 256");
    }
    bytes_done(&hello);
}

static SECURITY_STATUS set(CredHandle *client, ULONG id, void *data, size_t size)
{
    return SetCredentialsAttributesW(client, id, data, (ULONG)size);
}

START_TEST(credential_attributes_strengths)
{
    SecPkgCred_CipherStrengths strengths = {256, 0}, told = {0, 0};
    CredHandle client;

    if (!client_make(&client, VERSION_TLS12))
        return;
    check_offer(&client, true, true);
    ok(set(&client, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths, sizeof(strengths) - 1) < 0,
       "a byte less");
    check_offer(&client, true, true);
    ok_status(set(&client, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths, sizeof(strengths)), SEC_E_OK,
              "at least 256");
    check_offer(&client, false, true);
    ok_status(QueryCredentialsAttributesW(&client, SECPKG_ATTR_CIPHER_STRENGTHS, &told), SEC_E_OK,
              "asked");
    ok_number(told.dwMinimumCipherStrength, 256, "at least");
    /* Nothing can be both, and what was taken away does not come back. */
    if (!running_on_windows()) {
        strengths = (SecPkgCred_CipherStrengths){0, 128};
        ok_status(set(&client, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths, sizeof(strengths)),
                  SEC_E_ALGORITHM_MISMATCH, "at most 128");
        strengths = (SecPkgCred_CipherStrengths){128, 0};
        ok_status(set(&client, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths, sizeof(strengths)),
                  SEC_E_OK, "at least 128");
        check_offer(&client, false, true);
    }
    FreeCredentialsHandle(&client);
}

START_TEST(credential_attributes_algorithms)
{
    static ALG_ID list[] = {CALG_AES_128}, impossible[] = {CALG_RC2};
    SecPkgCred_SupportedAlgs algorithms = {COUNT_OF(list), list};
    SecPkgCred_SupportedAlgs none = {COUNT_OF(impossible), impossible};
    CredHandle client;

    if (!client_make(&client, VERSION_TLS12))
        return;
    ok_status(set(&client, SECPKG_ATTR_SUPPORTED_ALGS, &algorithms, sizeof(algorithms)), SEC_E_OK,
              "AES 128");
    check_offer(&client, true, false);
    if (!running_on_windows()) {
        ok_status(set(&client, SECPKG_ATTR_SUPPORTED_ALGS, &none, sizeof(none)),
                  SEC_E_ALGORITHM_MISMATCH, "RC2");
        none.palgSupportedAlgs = NULL;
        ok(set(&client, SECPKG_ATTR_SUPPORTED_ALGS, &none, sizeof(none)) < 0, "no pointer");
        check_offer(&client, true, false);
    }
    FreeCredentialsHandle(&client);
}

START_TEST(credential_attributes_protocols)
{
    SecPkgCred_SupportedProtocols protocols = {SP_PROT_TLS1_2_CLIENT}, told = {0};
    struct bytes hello = {NULL, 0, 0};
    CredHandle client;

    if (!version_available(VERSION_TLS13) || !client_make(&client, VERSION_ANY))
        return;
    ok_status(SetCredentialsAttributesA(&client, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols,
                                        sizeof(protocols)),
              SEC_E_OK, "TLS 1.2");
    ok_status(QueryCredentialsAttributesA(&client, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &told),
              SEC_E_OK, "asked");
    ok_status(told.grbitProtocol & (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT),
              SP_PROT_TLS1_2_CLIENT, "protocols");
    /* supported_versions (RFC 8446 4.2.1) */
    if (get_hello(&client, u"localhost", &hello)) {
        struct wire_part versions = wire_extension(hello.data, hello.size, 43);

        for (size_t i = 1; i + 1 < versions.size; i += 2)
            ok(versions.data[i + 1] < 4, "TLS 1.3 is offered");
    }
    bytes_done(&hello);
    if (!running_on_windows()) {
        protocols.grbitProtocol = SP_PROT_TLS1_3_CLIENT;
        ok_status(set(&client, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols, sizeof(protocols)),
                  SEC_E_ALGORITHM_MISMATCH, "TLS 1.3 again");
    }
    FreeCredentialsHandle(&client);
}
