/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See keys.h.
 */
#include "tls/gnutls/keys.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/algorithms.h"
#include "tls/gnutls/helper.h"

/* struct key, KEY_RSA: n e d p q dp dq qinv. */
enum rsa_part { RSA_N, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QINV };

/* The largest EC coordinate that GnuTLS takes, of secp521r1. */
#define COORDINATE_MAX 66

static gnutls_datum_t datum(struct span bytes)
{
    /* GnuTLS's inputs are const but for the type. */
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.data, (unsigned)bytes.size};
}

static int import_rsa_with(gnutls_x509_privkey_t to, const struct key *key, bool with_d)
{
    gnutls_datum_t part[KEY_PARTS];
    bool has_exponents = key->part[RSA_DP].size && key->part[RSA_DQ].size;

    for (size_t i = 0; i < KEY_PARTS; i++)
        part[i] = datum(key->part[i]);
    return gnutls.x509_privkey_import_rsa_raw2(
        to, &part[RSA_N], &part[RSA_E], with_d ? &part[RSA_D] : NULL, &part[RSA_P], &part[RSA_Q],
        key->part[RSA_QINV].size ? &part[RSA_QINV] : NULL, has_exponents ? &part[RSA_DP] : NULL,
        has_exponents ? &part[RSA_DQ] : NULL);
}

/*
 * The private exponent follows from the primes, and is better not believed: the one that Wine's
 * CAPI provider exports (rsaenh, seen on 8.0) is garbage for some keys. GnuTLS computes dp and dq
 * anew from it, so that every signature would fail.
 */
static int import_rsa(gnutls_x509_privkey_t to, const struct key *key)
{
    int error = import_rsa_with(to, key, false);

    if (error >= 0 || !key->part[RSA_D].size)
        return error;
    return import_rsa_with(to, key, true);
}

static int import_ec(gnutls_x509_privkey_t to, const struct key *key)
{
    gnutls_ecc_curve_t curve = algorithm_curve(key->curve);
    gnutls_datum_t x = datum(key->part[0]), y = datum(key->part[1]), k = datum(key->part[2]);

    if (curve == GNUTLS_ECC_CURVE_INVALID || x.size > COORDINATE_MAX || y.size > COORDINATE_MAX ||
        k.size > COORDINATE_MAX)
        return GNUTLS_E_ECC_UNSUPPORTED_CURVE;
    return gnutls.x509_privkey_import_ecc_raw(to, curve, &x, &y, &k);
}

static int import_parts(gnutls_x509_privkey_t to, const struct key *key)
{
    gnutls_datum_t der = datum(key->der);

    switch (key->kind) {
    case KEY_DER:
        /* Tries PKCS#1, SEC1 and PKCS#8. */
        return gnutls.x509_privkey_import2(to, &der, GNUTLS_X509_FMT_DER, NULL, 0);
    case KEY_RSA:
        return import_rsa(to, key);
    case KEY_EC:
        return import_ec(to, key);
    default:
        return GNUTLS_E_INVALID_REQUEST;
    }
}

static int import_inside(const struct key *key, gnutls_privkey_t to)
{
    gnutls_x509_privkey_t parts;
    int error = gnutls.x509_privkey_init(&parts);

    if (error < 0)
        return error;
    error = import_parts(parts, key);
    if (error >= 0)
        error = gnutls.privkey_import_x509(to, parts, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
    if (error < 0)
        gnutls.x509_privkey_deinit(parts);
    return error;
}

static int import_outside(const struct key *key, const gnutls_pcert_st *leaf, gnutls_privkey_t to)
{
    unsigned bits = 0;
    int algorithm = gnutls.pubkey_get_pk_algorithm(leaf->pubkey, &bits);
    struct outside_key *outside;
    int error;

    if (algorithm < 0)
        return algorithm;
    outside = mem_alloc(sizeof(*outside));
    if (!outside)
        return GNUTLS_E_MEMORY_ERROR;
    outside->id = key->outside_id;
    outside->algorithm = (gnutls_pk_algorithm_t)algorithm;
    outside->bits = bits;
    outside->pss = key->pss;
    error = gnutls.privkey_import_ext4(to, outside, NULL, outside_sign, NULL, outside_free,
                                       outside_info, 0);
    if (error < 0)
        mem_free(outside);
    return error;
}

enum tls_status key_import(const struct key *key, const gnutls_pcert_st *leaf,
                           gnutls_privkey_t *imported)
{
    gnutls_privkey_t created;
    int error = gnutls.privkey_init(&created);

    if (error < 0)
        return TLS_NO_MEMORY;
    error =
        key->kind == KEY_OUTSIDE ? import_outside(key, leaf, created) : import_inside(key, created);
    if (error < 0) {
        TRACE(LOG_TLS, "private key: %s", gnutls.strerror_name(error));
        gnutls.privkey_deinit(created);
        return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_BAD_KEY;
    }
    *imported = created;
    return TLS_OK;
}
