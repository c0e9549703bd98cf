/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What Windows allows when nobody says anything, by its version; and the table of protocol
 * versions.
 *
 * Sources: Microsoft Learn, "Protocols in TLS/SSL (Schannel SSP)", "TLS 1.0 and TLS 1.1 deprecation
 * in Windows", "TLS Cipher Suites in Windows 10 v1903", "... 10 v22H2", "... 11", "... 11 v22H2 and
 * later", "TLS Elliptic Curves in Windows 10 version 1607 and later"; schannel.h (SP_PROT_...).
 */
#include "schannel/policy_base.h"

#define BUILD_10_1607 14393
#define BUILD_10_22H2 19045
#define BUILD_SERVER_2022 20348 /* the first one with TLS 1.3, a little before Windows 11 */
#define BUILD_11_22H2 22621
#define BUILD_11_24H2 26100

/* clang-format off */
static const struct protocol protocols[] = {
    { TLS_VERSION_1_0,  0x0301, SP_PROT_TLS1_0_CLIENT,  SP_PROT_TLS1_0_SERVER,  "TLS 1.0" },
    { TLS_VERSION_1_1,  0x0302, SP_PROT_TLS1_1_CLIENT,  SP_PROT_TLS1_1_SERVER,  "TLS 1.1" },
    { TLS_VERSION_1_2,  0x0303, SP_PROT_TLS1_2_CLIENT,  SP_PROT_TLS1_2_SERVER,  "TLS 1.2" },
    { TLS_VERSION_1_3,  0x0304, SP_PROT_TLS1_3_CLIENT,  SP_PROT_TLS1_3_SERVER,  "TLS 1.3" },
    { DTLS_VERSION_1_0, 0xfeff, SP_PROT_DTLS1_0_CLIENT, SP_PROT_DTLS1_0_SERVER, "DTLS 1.0" },
    { DTLS_VERSION_1_2, 0xfefd, SP_PROT_DTLS1_2_CLIENT, SP_PROT_DTLS1_2_SERVER, "DTLS 1.2" },
};
/* clang-format on */

/* Windows 11 22H2; OLDER: only before that. */
static const struct {
    uint16_t number;
    bool older;
} suites[] = {
    {0x1302, false}, /* AES_256_GCM_SHA384 */
    {0x1301, false}, /* AES_128_GCM_SHA256 */
    {0xc02c, false}, /* ECDHE_ECDSA_AES_256_GCM_SHA384 */
    {0xc02b, false}, /* ECDHE_ECDSA_AES_128_GCM_SHA256 */
    {0xc030, false}, /* ECDHE_RSA_AES_256_GCM_SHA384 */
    {0xc02f, false}, /* ECDHE_RSA_AES_128_GCM_SHA256 */
    {0x009f, true},  /* DHE_RSA_AES_256_GCM_SHA384 */
    {0x009e, true},  /* DHE_RSA_AES_128_GCM_SHA256 */
    {0xc024, false}, /* ECDHE_ECDSA_AES_256_CBC_SHA384 */
    {0xc023, false}, /* ECDHE_ECDSA_AES_128_CBC_SHA256 */
    {0xc028, false}, /* ECDHE_RSA_AES_256_CBC_SHA384 */
    {0xc027, false}, /* ECDHE_RSA_AES_128_CBC_SHA256 */
    {0xc00a, false}, /* ECDHE_ECDSA_AES_256_CBC_SHA */
    {0xc009, false}, /* ECDHE_ECDSA_AES_128_CBC_SHA */
    {0xc014, false}, /* ECDHE_RSA_AES_256_CBC_SHA */
    {0xc013, false}, /* ECDHE_RSA_AES_128_CBC_SHA */
    {0x009d, false}, /* RSA_AES_256_GCM_SHA384 */
    {0x009c, false}, /* RSA_AES_128_GCM_SHA256 */
    {0x003d, false}, /* RSA_AES_256_CBC_SHA256 */
    {0x003c, false}, /* RSA_AES_128_CBC_SHA256 */
    {0x0035, false}, /* RSA_AES_256_CBC_SHA */
    {0x002f, false}, /* RSA_AES_128_CBC_SHA */
    {0x000a, true},  /* RSA_3DES_EDE_CBC_SHA */
};

static const uint16_t null_suites[] = {0x003b, 0x0002}; /* RSA_NULL_SHA256, RSA_NULL_SHA */

static const uint16_t groups[] = {29, 23, 24}; /* curve25519, NistP256, NistP384 */

/*
 * The order of a Windows client's signature_algorithms; no page of Microsoft's gives it. Differs:
 * the schemes of keys that are for RSA-PSS alone (RFC 8446 4.2.3) stand behind it, since Windows
 * takes certificates that are signed with them.
 */
static const uint16_t schemes[] = {
    0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503,
    0x0203, 0x0202, 0x0601, 0x0603, 0x0809, 0x080a, 0x080b,
};

_Static_assert(COUNT_OF(suites) + COUNT_OF(null_suites) <= POLICY_SUITES, "they fit");
_Static_assert(COUNT_OF(null_suites) <= POLICY_NULL_SUITES, "they fit");
_Static_assert(COUNT_OF(groups) <= POLICY_GROUPS, "they fit");
_Static_assert(COUNT_OF(schemes) <= POLICY_SCHEMES, "they fit");

/* ---- protocol versions ---- */

const struct protocol *protocol_at(size_t index)
{
    return index < COUNT_OF(protocols) ? &protocols[index] : NULL;
}

static DWORD protocol_bit(const struct protocol *protocol, enum tls_role role)
{
    return role == TLS_SERVER ? protocol->server : protocol->client;
}

uint32_t policy_versions_from_protocols(DWORD bits, enum tls_role role)
{
    uint32_t versions = 0;

    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        if (bits & protocol_bit(&protocols[i], role))
            versions |= protocols[i].version;
    }
    return versions;
}

DWORD policy_protocols_from_versions(uint32_t versions, enum tls_role role)
{
    DWORD bits = 0;

    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        if (versions & protocols[i].version)
            bits |= protocol_bit(&protocols[i], role);
    }
    return bits;
}

DWORD policy_protocol_from_wire(uint16_t version, enum tls_role role)
{
    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        if (protocols[i].wire == version)
            return protocol_bit(&protocols[i], role);
    }
    return 0;
}

/* ---- defaults ---- */

/*
 * Differs: before Windows 8, TLS 1.1 and 1.2 had to be asked for. Servers that know no more than
 * TLS 1.0 are gone, so here they are on.
 */
void policy_default_versions(uint32_t build, uint32_t *on, uint32_t *asked)
{
    const uint32_t old = TLS_VERSION_1_0 | TLS_VERSION_1_1;

    *on = TLS_VERSION_1_2 | DTLS_VERSION_1_0;
    *asked = 0;
    if (build >= BUILD_10_1607)
        *on |= DTLS_VERSION_1_2;
    if (build >= BUILD_SERVER_2022)
        *on |= TLS_VERSION_1_3;
    if (build >= BUILD_11_24H2)
        *asked |= old;
    else
        *on |= old;
}

size_t policy_default_suites(uint32_t build, uint16_t *list, size_t room)
{
    bool with_older = build < BUILD_11_22H2 && build != BUILD_10_22H2;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(suites) && count < room; i++) {
        if (with_older || !suites[i].older)
            list[count++] = suites[i].number;
    }
    return count;
}

static size_t copy_list(const uint16_t *from, size_t count, uint16_t *list, size_t room)
{
    size_t taken = count < room ? count : room;

    for (size_t i = 0; i < taken; i++)
        list[i] = from[i];
    return taken;
}

size_t policy_default_null_suites(uint16_t *list, size_t room)
{
    return copy_list(null_suites, COUNT_OF(null_suites), list, room);
}

size_t policy_default_groups(uint16_t *list, size_t room)
{
    return copy_list(groups, COUNT_OF(groups), list, room);
}

size_t policy_default_schemes(uint16_t *list, size_t room)
{
    return copy_list(schemes, COUNT_OF(schemes), list, room);
}
