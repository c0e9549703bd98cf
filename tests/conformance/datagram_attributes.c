/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes of DTLS alone: the MTU, and SRTP (RFC 5764).
 *
 * Sources: Microsoft Learn, "QueryContextAttributes (Schannel)" (SECPKG_ATTR_DTLS_MTU: 200 bytes to
 * 64 KB, 1096 by default, not supported without DTLS); libmatoya and Microsoft's DTLS sample, which
 * set it as a ULONG; str0m and a WebRTC library's test peer in C# for SRTP: profiles are in network
 * order both ways, the exporter is asked before or after the handshake.
 */
#include "common.h"
#include "relay.h"

#include <string.h>

static USHORT get_mtu(struct relay_side *side, const char *when)
{
    USHORT mtu = 0;

    ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_DTLS_MTU, &mtu), SEC_E_OK, "%s",
              when);
    return mtu;
}

START_TEST(datagram_mtu_attribute)
{
    struct relay relay;
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    if (relay_connect(&relay, &pair.client, &pair.server)) {
        struct relay_side *client = &relay.side[LOOP_CLIENT];
        SecPkgContext_StreamSizes before, after;
        USHORT small = 199, least = 200, some = 1300;
        ULONG wide = 1452;

        ok_number(get_mtu(client, "default"), RELAY_MTU, "default");
        QueryContextAttributesW(&client->context, SECPKG_ATTR_STREAM_SIZES, &before);
        ok_status(
            SetContextAttributesW(&client->context, SECPKG_ATTR_DTLS_MTU, &some, sizeof(some)),
            SEC_E_OK, "1300");
        ok_number(get_mtu(client, "1300"), 1300, "1300");
        QueryContextAttributesW(&client->context, SECPKG_ATTR_STREAM_SIZES, &after);
        ok_number(after.cbMaximumMessage, before.cbMaximumMessage + 1300 - RELAY_MTU, "maximum");
        ok_status(
            SetContextAttributesW(&client->context, SECPKG_ATTR_DTLS_MTU, &wide, sizeof(wide)),
            SEC_E_OK, "a ULONG");
        ok_number(get_mtu(client, "1452"), 1452, "1452");
        wide = 0x10000;
        ok_status(
            SetContextAttributesW(&client->context, SECPKG_ATTR_DTLS_MTU, &wide, sizeof(wide)),
            SEC_E_OK, "64 KB");
        wide = 0x104b0;
        ok(SetContextAttributesW(&client->context, SECPKG_ATTR_DTLS_MTU, &wide, sizeof(wide)) < 0,
           "more than 64 KB");
        ok_status(
            SetContextAttributesW(&client->context, SECPKG_ATTR_DTLS_MTU, &least, sizeof(least)),
            SEC_E_OK, "200");
        ok(SetContextAttributesW(&client->context, SECPKG_ATTR_DTLS_MTU, &small, sizeof(small)) < 0,
           "199");
        ok_number(get_mtu(client, "after 199"), 200, "after 199");
        relay_check_traffic(&relay);
    }
    relay_done(&relay);
    pair_done(&pair);
}

/* As libmatoya does: right after the first call. */
START_TEST(datagram_mtu_early)
{
    struct relay relay;
    struct pair pair;
    ULONG mtu = 1400;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    relay_init(&relay, &pair.client, &pair.server);
    relay_step(&relay, LOOP_CLIENT, NULL, 0);
    ok_status(SetContextAttributesW(&relay.side[LOOP_CLIENT].context, SECPKG_ATTR_DTLS_MTU, &mtu,
                                    sizeof(mtu)),
              SEC_E_OK, "1400");
    if (ok(relay_handshake(&relay), "handshake")) {
        SecPkgContext_StreamSizes sizes;

        memset(&sizes, 0, sizeof(sizes));
        QueryContextAttributesW(&relay.side[LOOP_CLIENT].context, SECPKG_ATTR_STREAM_SIZES, &sizes);
        ok_number(sizes.cbHeader + sizes.cbMaximumMessage + sizes.cbTrailer, 1400, "sizes");
    }
    relay_done(&relay);
    pair_done(&pair);
}

START_TEST(datagram_mtu_of_stream)
{
    struct connection connection;
    USHORT mtu = 1200;

    if (connect_pair(&connection, VERSION_TLS12)) {
        CtxtHandle *context = &connection.loop.side[LOOP_CLIENT].context;

        ok_status(QueryContextAttributesW(context, SECPKG_ATTR_DTLS_MTU, &mtu),
                  SEC_E_UNSUPPORTED_FUNCTION, "query");
        ok_status(SetContextAttributesW(context, SECPKG_ATTR_DTLS_MTU, &mtu, sizeof(mtu)),
                  SEC_E_UNSUPPORTED_FUNCTION, "set");
    }
    disconnect(&connection);
}

/* A buffer that says nothing good. */
START_TEST(datagram_mtu_buffer)
{
    static const struct {
        const char *name;
        USHORT mtu;
        size_t size;
    } cases[] = {{"199", 199, 2}, {"0", 0, 2}, {"one byte", 1200, 1}};
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SEC_DTLS_MTU mtu = {cases[i].mtu};
        SecBuffer in = buffer_make(SECBUFFER_DTLS_MTU, &mtu, cases[i].size);
        SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        SecBufferDesc input = list_make(&in, 1), output = list_make(&token, 1);
        CtxtHandle context = {0, 0};
        ULONG attributes;

        ok(InitializeSecurityContextW(&pair.client, NULL, NULL,
                                      ISC_REQ_DATAGRAM | ISC_REQ_ALLOCATE_MEMORY, 0, 0, &input, 0,
                                      &context, &output, &attributes, NULL) < 0,
           "%s is accepted", cases[i].name);
        ok(context.dwLower == 0 && context.dwUpper == 0, "%s: a context", cases[i].name);
    }
    pair_done(&pair);
}

/* ---- SRTP ---- */

#define KEYS 60

/* The size in bytes as this machine has it, then what goes over the wire. */
struct profiles {
    USHORT size;
    unsigned char list[8];
};

static const struct {
    const char *name;
    struct profiles client, server;
    USHORT want; /* as on the wire; 0: none */
} srtp_cases[] = {
    {"one", {2, {0, 1}}, {2, {0, 1}}, 1},
    {"two, the server's choice", {4, {0, 7, 0, 1}}, {2, {0, 1}}, 1},
    {"AES-GCM", {4, {0, 7, 0, 1}}, {4, {0, 7, 0, 1}}, 7},
    {"no common one", {2, {0, 7}}, {2, {0, 1}}, 0},
    {"the server has none", {2, {0, 1}}, {0, {0}}, 0},
    {"the client has none", {0, {0}}, {2, {0, 1}}, 0},
};

static USHORT profile_of(struct relay_side *side)
{
    SecPkgContext_SrtpParameters srtp;

    memset(&srtp, 0xee, sizeof(srtp));
    ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_SRTP_PARAMETERS, &srtp), SEC_E_OK,
              "SRTP parameters");
    return (USHORT)((srtp.ProtectionProfile & 0xff) << 8 | srtp.ProtectionProfile >> 8);
}

static void export_keys(struct relay_side *side, unsigned char *keys)
{
    static char label[] = "EXTRACTOR-dtls_srtp";
    SecPkgContext_KeyingMaterialInfo info = {sizeof(label), label, 0, NULL, KEYS};
    SecPkgContext_KeyingMaterial material = {0, NULL};

    memset(keys, 0, KEYS);
    ok_status(SetContextAttributesW(&side->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info,
                                    sizeof(info)),
              SEC_E_OK, "KEYING_MATERIAL_INFO");
    if (ok_status(QueryContextAttributesW(&side->context, SECPKG_ATTR_KEYING_MATERIAL, &material),
                  SEC_E_OK, "KEYING_MATERIAL") &&
        ok_number(material.cbKeyingMaterial, KEYS, "size")) {
        memcpy(keys, material.pbKeyingMaterial, KEYS);
        FreeContextBuffer(material.pbKeyingMaterial);
    }
}

START_TEST(datagram_srtp)
{
    for (size_t i = 0; i < COUNT_OF(srtp_cases); i++) {
        unsigned char keys[2][KEYS], none[KEYS] = {0};
        struct relay relay;
        struct pair pair;

        push_context("%s", srtp_cases[i].name);
        if (pair_make(&pair, VERSION_DTLS12, "rsa")) {
            relay_init(&relay, &pair.client, &pair.server);
            relay.side[LOOP_CLIENT].extras = &srtp_cases[i].client;
            relay.side[LOOP_CLIENT].extras_size = 2u + srtp_cases[i].client.size;
            relay.side[LOOP_SERVER].extras = &srtp_cases[i].server;
            relay.side[LOOP_SERVER].extras_size = 2u + srtp_cases[i].server.size;
            if (ok(relay_handshake(&relay), "handshake")) {
                for (int role = LOOP_CLIENT; role <= LOOP_SERVER; role++) {
                    ok_number(profile_of(&relay.side[role]), srtp_cases[i].want, "profile");
                    export_keys(&relay.side[role], keys[role]);
                }
                ok(!memcmp(keys[0], keys[1], KEYS), "the sides have other keys");
                ok(memcmp(keys[0], none, KEYS) != 0, "no keys");
            }
            relay_done(&relay);
            pair_done(&pair);
        }
        pop_context();
    }
}

START_TEST(datagram_srtp_malformed)
{
    static const struct {
        const char *name;
        size_t size;
        unsigned char bytes[6];
    } cases[] = {
        {"empty", 0, {0}},
        {"half a size", 1, {2}},
        {"more than is there", 4, {4, 0, 0, 1}},
        {"an odd size", 5, {3, 0, 0, 1, 0}},
    };
    struct pair pair;

    if (!pair_make(&pair, VERSION_DTLS12, "rsa"))
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        SecBuffer in = buffer_make(SECBUFFER_SRTP_PROTECTION_PROFILES,
                                   (void *)(uintptr_t)cases[i].bytes, cases[i].size);
        SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
        SecBufferDesc input = list_make(&in, 1), output = list_make(&token, 1);
        CtxtHandle context = {0, 0};
        ULONG attributes;

        ok(InitializeSecurityContextW(&pair.client, NULL, NULL,
                                      ISC_REQ_DATAGRAM | ISC_REQ_ALLOCATE_MEMORY, 0, 0, &input, 0,
                                      &context, &output, &attributes, NULL) < 0,
           "%s is accepted", cases[i].name);
    }
    pair_done(&pair);
}
