/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * RSA keys in parts, as platforms give them: what may be missing or wrong in them.
 */
#include "harness.h"
#include "seam_pair.h"

#include <string.h>

#define INTEGER 0x02

/* The contents of the next element of a DER; *tag tells what it is. */
static bool next(struct span *der, uint8_t *tag, struct span *contents)
{
    struct span header, length;
    size_t size;

    if (!span_take(der, 2, &header))
        return false;
    *tag = header.data[0];
    size = header.data[1];
    if (size & 0x80) {
        if (!span_take(der, size & 0x7f, &length))
            return false;
        size = 0;
        for (size_t i = 0; i < length.size; i++)
            size = size << 8 | length.data[i];
    }
    return span_take(der, size, contents);
}

/* Goes down through PKCS#8 (RFC 5208 5) to the numbers. */
static bool split(struct span der, struct span *parts)
{
    struct span inner, part;
    uint8_t tag;

    if (!next(&der, &tag, &inner) || !next(&inner, &tag, &part) || !next(&inner, &tag, &part) ||
        !next(&inner, &tag, &part) || !next(&part, &tag, &inner) || !next(&inner, &tag, &part))
        return false;
    for (size_t i = 0; i < KEY_PARTS; i++)
        if (!next(&inner, &tag, &parts[i]) || tag != INTEGER)
            return false;
    return true;
}

static void to_parts(struct key *key)
{
    struct span parts[KEY_PARTS];

    if (!ok(split(key->der, parts), "the key is not PKCS#8"))
        return;
    key->kind = KEY_RSA;
    memcpy(key->part, parts, sizeof(parts));
}

static void without_exponents(struct key *key)
{
    to_parts(key);
    key->part[2] = key->part[5] = key->part[6] = key->part[7] = span_of(NULL, 0);
}

/* As Wine's CAPI provider exports some keys. */
static void wrong_private_exponent(struct key *key)
{
    static uint8_t wrong[1024];

    to_parts(key);
    if (key->part[2].size > sizeof(wrong))
        return;
    memset(wrong, 0x55, sizeof(wrong));
    key->part[2].data = wrong;
}

START_TEST(seam_rsa_parts)
{
    static const struct {
        const char *name;
        void (*change)(struct key *key);
    } cases[] = {
        {"all parts", to_parts},
        {"no exponents", without_exponents},
        {"a wrong private exponent", wrong_private_exponent},
    };
    static const uint32_t versions[] = {TLS_VERSION_1_2, TLS_VERSION_1_3};

    if (!seam_ready())
        return;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t v = 0; v < COUNT_OF(versions); v++) {
            struct seam_settings settings = {.versions = versions[v],
                                             .change_key = cases[i].change};
            static struct pair pair;

            push_context("%s, version %02x", cases[i].name, (unsigned)versions[v]);
            if (pair_open(&pair, &settings)) {
                ok(pair_handshake(&pair), "handshake fails");
                pair_close(&pair);
            }
            pop_context();
        }
    }
}
