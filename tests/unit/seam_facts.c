/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The TLS seam: names, certificates, bindings and exported keys. See test_tls_seam.c.
 */
#include "seam_pair.h"

#include <string.h>

#include "harness.h"

START_TEST(seam_names)
{
    static const struct {
        const char *name;
        enum tls_status status;
        enum tls_name_kind kind;
        const char *ascii;
    } cases[] = {
        {"", TLS_OK, TLS_NAME_NONE, ""},
        {"example.com", TLS_OK, TLS_NAME_HOST, "example.com"},
        {"example.com.", TLS_OK, TLS_NAME_HOST, "example.com"},
        {"localhost", TLS_OK, TLS_NAME_HOST, "localhost"},
        {"under_score.example", TLS_OK, TLS_NAME_HOST, "under_score.example"},
        {"b\xc3\xbc"
         "cher.example",
         TLS_OK, TLS_NAME_HOST, "xn--bcher-kva.example"},
        {"127.0.0.1", TLS_OK, TLS_NAME_ADDRESS, "127.0.0.1"},
        {"::1", TLS_OK, TLS_NAME_ADDRESS, "::1"},
        {"fe80::1%eth0", TLS_OK, TLS_NAME_ADDRESS, "fe80::1%eth0"},
        {"a..b", TLS_BAD_ARGUMENT, TLS_NAME_NONE, NULL},
        {".", TLS_BAD_ARGUMENT, TLS_NAME_NONE, NULL},
        {".a", TLS_BAD_ARGUMENT, TLS_NAME_NONE, NULL},
        {"with space", TLS_BAD_ARGUMENT, TLS_NAME_NONE, NULL},
        {"\xff\xfe.example", TLS_BAD_ARGUMENT, TLS_NAME_NONE, NULL},
        {"0123456789012345678901234567890123456789012345678901234567890123.example",
         TLS_BAD_ARGUMENT, TLS_NAME_NONE, NULL},
        {"012345678901234567890123456789012345678901234567890123456789012.example", TLS_OK,
         TLS_NAME_HOST, "012345678901234567890123456789012345678901234567890123456789012.example"},
    };

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum tls_name_kind kind = TLS_NAME_NONE;
        uint8_t ascii[256];
        size_t size = 0;
        enum tls_status status = tls_name(span_of(cases[i].name, strlen(cases[i].name)), &kind,
                                          ascii, sizeof(ascii), &size);

        ok_number(status, cases[i].status, "\"%s\": status", cases[i].name);
        if (status != TLS_OK || cases[i].status != TLS_OK)
            continue;
        ok_number(kind, cases[i].kind, "\"%s\": kind", cases[i].name);
        ok(size == strlen(cases[i].ascii) && memcmp(ascii, cases[i].ascii, size) == 0,
           "\"%s\": got %.*s", cases[i].name, (int)size, (char *)ascii);
        ok(!size || tls_name(span_of(cases[i].name, strlen(cases[i].name)), &kind, ascii, size - 1,
                             &size) == TLS_TOO_SMALL,
           "\"%s\": no room", cases[i].name);
    }
}

START_TEST(seam_bindings)
{
    static const uint32_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        struct seam_settings settings = {.versions = versions[i]};
        const struct span label = span_of("EXPORTER-test", 13);
        const struct span context = span_of("context", 7);
        uint8_t ours[64], theirs[64], other[64];
        size_t our_size = 0, their_size = 0;
        struct pair pair;

        if (!pair_open(&pair, &settings))
            return;
        push_context("version %x", versions[i]);
        ok(tls_export(pair.client.session, label, false, context, ours, 32) == TLS_NOT_READY,
           "before the handshake");
        ok(pair_handshake(&pair), "no handshake");
        ok(tls_export(pair.client.session, label, true, context, ours, 32) == TLS_OK, "ours");
        ok(tls_export(pair.server.session, label, true, context, theirs, 32) == TLS_OK, "theirs");
        ok(memcmp(ours, theirs, 32) == 0, "exported keys differ");
        ok(tls_export(pair.server.session, label, false, context, other, 32) == TLS_OK, "other");
        ok(memcmp(ours, other, 32) != 0, "the context changes nothing");

        if (versions[i] == TLS_VERSION_1_2) {
            ok(tls_unique(pair.client.session, ours, sizeof(ours), &our_size) == TLS_OK, "ours");
            ok(tls_unique(pair.server.session, theirs, sizeof(theirs), &their_size) == TLS_OK,
               "theirs");
            ok(our_size == 12 && span_equal(span_of(ours, our_size), span_of(theirs, their_size)),
               "tls-unique differs");
            ok(tls_prf(pair.client.session, label, true, ours, 48) == TLS_OK, "ours");
            ok(tls_prf(pair.server.session, label, true, theirs, 48) == TLS_OK, "theirs");
            ok(memcmp(ours, theirs, 48) == 0, "PRF differs");
            ok(tls_prf_empty(pair.client.session, label, true, other, 48) == TLS_OK, "ours");
            ok(memcmp(ours, other, 48) != 0, "the secret changes nothing");
            ok(tls_prf_empty(pair.server.session, label, true, theirs, 48) == TLS_OK, "theirs");
            ok(memcmp(other, theirs, 48) == 0, "PRF of nothing differs");
            ok(tls_prf_empty(pair.server.session, label, false, theirs, 48) == TLS_OK, "turned");
            ok(memcmp(other, theirs, 48) != 0, "the order of the randoms changes nothing");
        } else {
            ok(tls_unique(pair.client.session, ours, sizeof(ours), &our_size) == TLS_NOT_THERE,
               "tls-unique in TLS 1.3");
            ok(tls_prf(pair.client.session, label, true, ours, 48) == TLS_NOT_THERE,
               "PRF in TLS 1.3");
            ok(tls_prf_empty(pair.client.session, label, true, ours, 48) == TLS_NOT_THERE,
               "PRF of nothing in TLS 1.3");
        }
        ok(tls_server_name(pair.server.session, ours, sizeof(ours), &our_size) == TLS_OK &&
               span_equal(span_of(ours, our_size), span_of("localhost", 9)),
           "the server does not see the name");
        ok(tls_server_name(pair.client.session, ours, sizeof(ours), &our_size) == TLS_NOT_THERE,
           "a client has a server name");
        ok(tls_peer_schemes(pair.server.session, ours, sizeof(ours), &our_size) == TLS_OK &&
               our_size >= 2,
           "no schemes");
        ok(tls_extensions(pair.client.session, ours, sizeof(ours), &our_size) == TLS_OK, "ours");
        ok(tls_extensions(pair.server.session, theirs, sizeof(theirs), &their_size) == TLS_OK,
           "theirs");
        ok(our_size >= 2 && our_size % 2 == 0 &&
               span_equal(span_of(ours, our_size), span_of(theirs, their_size)),
           "the server's extensions differ");
        pair_close(&pair);
        pop_context();
    }
}

START_TEST(seam_peer_certificate)
{
    struct seam_settings settings = {.versions = TLS_VERSION_1_3};
    struct span leaf = seam_certificate("rsa");
    uint8_t der[4096];
    size_t size = 0;
    struct pair pair;

    if (!leaf.size || !pair_open(&pair, &settings))
        return;
    ok(pair_handshake(&pair), "no handshake");
    ok(tls_peer_certificate(pair.client.session, 0, der, sizeof(der), &size) == TLS_OK, "leaf");
    ok(span_equal(span_of(der, size), leaf), "another leaf");
    ok(tls_peer_certificate(pair.client.session, 0, der, leaf.size - 1, &size) == TLS_TOO_SMALL &&
           size == leaf.size,
       "no room");
    ok(tls_peer_certificate(pair.client.session, 1, der, sizeof(der), &size) == TLS_OK,
       "intermediate");
    ok(tls_peer_certificate(pair.client.session, 2, der, sizeof(der), &size) == TLS_NOT_THERE,
       "one too many");
    ok(tls_peer_certificate(pair.server.session, 0, der, sizeof(der), &size) == TLS_NOT_THERE,
       "a client without");
    pair_close(&pair);
}

START_TEST(seam_certificate_facts)
{
    struct tls_certificate_facts facts;
    struct span rsa = seam_certificate("rsa"), ecdsa = seam_certificate("ecdsa");
    uint8_t hash[64];
    size_t size = 0;

    if (!seam_ready())
        return;
    if (!rsa.size || !ecdsa.size)
        return;
    ok(tls_certificate_facts(rsa, &facts) == TLS_OK, "rsa");
    ok_number(facts.key_kind, 1, "kind");
    ok_number(facts.key_bits, 2048, "bits");
    ok(facts.not_before_s < facts.not_after_s, "dates");
    ok(tls_certificate_facts(ecdsa, &facts) == TLS_OK, "ecdsa");
    ok_number(facts.key_kind, 3, "kind");
    ok_number(facts.curve, 23, "curve");
    ok(tls_certificate_facts(span_of("junk", 4), &facts) == TLS_BAD_ARGUMENT, "junk");
    ok(tls_end_point(rsa, hash, sizeof(hash), &size) == TLS_OK && size >= 32, "end point");
    ok(tls_end_point(rsa, hash, 1, &size) == TLS_TOO_SMALL, "no room");
    ok(tls_end_point(span_of("junk", 4), hash, sizeof(hash), &size) == TLS_BAD_ARGUMENT, "junk");
}

START_TEST(seam_judge)
{
    static const struct {
        const char *name, *leaf, *issuer, *host;
        enum tls_role role;
        uint32_t want;
    } cases[] = {
        {"good", "rsa", "inter", "localhost", TLS_SERVER, 0},
        {"no name asked", "ecdsa", "inter", "", TLS_SERVER, 0},
        {"wildcard", "rsa", "inter", "a.wild.example", TLS_SERVER, 0},
        {"address", "rsa", "inter", "127.0.0.1", TLS_SERVER, 0},
        {"IPv6 address", "rsa", "inter", "::1", TLS_SERVER, 0},
        {"other name", "rsa", "inter", "other.example", TLS_SERVER, TLS_CHAIN_NAME},
        {"other address", "rsa", "inter", "127.0.0.2", TLS_SERVER, TLS_CHAIN_NAME},
        {"expired", "expired", "inter", "localhost", TLS_SERVER, TLS_CHAIN_EXPIRED},
        {"future", "future", "inter", "localhost", TLS_SERVER, TLS_CHAIN_NOT_YET},
        {"wrong use", "wrong-use", "inter", "localhost", TLS_SERVER, TLS_CHAIN_PURPOSE},
        {"other issuer", "untrusted", "inter", "localhost", TLS_SERVER, TLS_CHAIN_UNKNOWN_ISSUER},
        {"client", "client-rsa", "inter", "", TLS_CLIENT, 0},
    };

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct span chain[2] = {seam_certificate(cases[i].leaf), seam_certificate(cases[i].issuer)};
        struct tls_chain question = {.certificates = chain,
                                     .count = 2,
                                     .name = span_of(cases[i].host, strlen(cases[i].host)),
                                     .peer_role = cases[i].role};
        uint32_t problems = 0xffffffff;

        if (!chain[0].size || !chain[1].size)
            continue;
        ok(tls_judge(&question, &problems) == TLS_OK, "%s: status", cases[i].name);
        ok_number(problems, cases[i].want, "%s", cases[i].name);
    }
}
