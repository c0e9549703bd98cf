/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GnuTLS as platform/elf uses it: certificates, keys and trust. The library is opened at run time,
 * as the TLS room does it, so that libsecur32.so loads without it.
 */
#ifndef SECUR32_PLATFORM_ELF_LIBRARY_H
#define SECUR32_PLATFORM_ELF_LIBRARY_H

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

#include "platform/platform.h"

#define LIBRARY_FUNCTIONS(X)                                                                       \
    X(gnutls_check_version)                                                                        \
    X(gnutls_ecc_curve_get_id)                                                                     \
    X(gnutls_encode_rs_value)                                                                      \
    X(gnutls_pkcs12_deinit)                                                                        \
    X(gnutls_pkcs12_import)                                                                        \
    X(gnutls_pkcs12_init)                                                                          \
    X(gnutls_pkcs12_simple_parse)                                                                  \
    X(gnutls_pkcs12_verify_mac)                                                                    \
    X(gnutls_privkey_deinit)                                                                       \
    X(gnutls_privkey_get_pk_algorithm)                                                             \
    X(gnutls_privkey_import_url)                                                                   \
    X(gnutls_privkey_import_x509)                                                                  \
    X(gnutls_privkey_init)                                                                         \
    X(gnutls_privkey_set_pin_function)                                                             \
    X(gnutls_privkey_sign_hash)                                                                    \
    X(gnutls_privkey_sign_hash2)                                                                   \
    X(gnutls_pubkey_deinit)                                                                        \
    X(gnutls_pubkey_export_ecc_raw2)                                                               \
    X(gnutls_pubkey_export_ecc_x962)                                                               \
    X(gnutls_pubkey_get_key_id)                                                                    \
    X(gnutls_pubkey_import_privkey)                                                                \
    X(gnutls_pubkey_import_x509)                                                                   \
    X(gnutls_pubkey_init)                                                                          \
    X(gnutls_sign_get_hash_algorithm)                                                              \
    X(gnutls_strerror)                                                                             \
    X(gnutls_x509_crl_deinit)                                                                      \
    X(gnutls_x509_crl_get_next_update)                                                             \
    X(gnutls_x509_crl_get_raw_issuer_dn)                                                           \
    X(gnutls_x509_crl_get_this_update)                                                             \
    X(gnutls_x509_crl_list_import2)                                                                \
    X(gnutls_x509_crl_verify)                                                                      \
    X(gnutls_x509_crt_check_issuer)                                                                \
    X(gnutls_x509_crt_check_key_purpose)                                                           \
    X(gnutls_x509_crt_check_revocation)                                                            \
    X(gnutls_x509_crt_deinit)                                                                      \
    X(gnutls_x509_crt_equals)                                                                      \
    X(gnutls_x509_crt_export2)                                                                     \
    X(gnutls_x509_crt_get_activation_time)                                                         \
    X(gnutls_x509_crt_get_crl_dist_points)                                                         \
    X(gnutls_x509_crt_get_dn3)                                                                     \
    X(gnutls_x509_crt_get_expiration_time)                                                         \
    X(gnutls_x509_crt_get_issuer_dn3)                                                              \
    X(gnutls_x509_crt_get_key_id)                                                                  \
    X(gnutls_x509_crt_get_pk_algorithm)                                                            \
    X(gnutls_x509_crt_get_pk_rsa_raw)                                                              \
    X(gnutls_x509_crt_get_raw_dn)                                                                  \
    X(gnutls_x509_crt_get_raw_issuer_dn)                                                           \
    X(gnutls_x509_crt_get_serial)                                                                  \
    X(gnutls_x509_crt_get_signature_algorithm)                                                     \
    X(gnutls_x509_crt_get_version)                                                                 \
    X(gnutls_x509_crt_import)                                                                      \
    X(gnutls_x509_crt_init)                                                                        \
    X(gnutls_x509_crt_list_import2)                                                                \
    X(gnutls_x509_privkey_deinit)                                                                  \
    X(gnutls_x509_privkey_export2_pkcs8)                                                           \
    X(gnutls_x509_privkey_import2)                                                                 \
    X(gnutls_x509_privkey_init)                                                                    \
    X(gnutls_x509_trust_list_add_cas)                                                              \
    X(gnutls_x509_trust_list_add_system_trust)                                                     \
    X(gnutls_x509_trust_list_deinit)                                                               \
    X(gnutls_x509_trust_list_get_issuer)                                                           \
    X(gnutls_x509_trust_list_init)                                                                 \
    X(gnutls_x509_trust_list_verify_crt2)

struct library {
#define LIBRARY_MEMBER(name) __typeof__(name) *name;
    LIBRARY_FUNCTIONS(LIBRARY_MEMBER)
#undef LIBRARY_MEMBER
};

/* Opened at the first call; NULL: GnuTLS is missing or too old, for the life of the process. */
const struct library *files_library_get(void);

/* Gives memory back that GnuTLS allocated. */
void files_library_free(void *memory);
/* The same after wiping it. */
void library_wipe_free(gnutls_datum_t *datum);

static inline gnutls_datum_t datum_of(struct span bytes)
{
    /* GnuTLS' inputs are not const, though it only reads them. */
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.data, (unsigned)bytes.size};
}

#endif
