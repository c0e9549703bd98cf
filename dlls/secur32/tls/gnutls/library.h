/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * GnuTLS, opened at run time, so that the library loads where GnuTLS is missing: the table of all
 * its functions that we use. gnutls.init(...) is gnutls_init(...). The table is complete once
 * tls_load has said TLS_OK, and constant from then on.
 */
#ifndef SECUR32_TLS_GNUTLS_LIBRARY_H
#define SECUR32_TLS_GNUTLS_LIBRARY_H

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/dtls.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "tls/tls.h"

/* All of them are in GnuTLS 3.7.0. */
/* clang-format off */
#define GNUTLS_FUNCTIONS(X) \
    X(aead_cipher_decrypt)              X(aead_cipher_decryptv2) \
    X(aead_cipher_deinit)               X(aead_cipher_encrypt) \
    X(aead_cipher_encryptv2)            X(aead_cipher_init) \
    X(alert_get)                        X(alert_send) \
    X(alpn_get_selected_protocol)       X(alpn_set_protocols) \
    X(auth_get_type)                    X(buffer_append_data) \
    X(certificate_allocate_credentials) \
    X(certificate_client_get_request_status) \
    X(certificate_free_credentials)     X(certificate_get_ours) \
    X(certificate_get_peers)            X(certificate_server_set_request) \
    X(certificate_set_flags)            X(certificate_set_key) \
    X(certificate_set_known_dh_params)  X(certificate_set_retrieve_function3) \
    X(certificate_set_trust_list)       X(certificate_type_get) \
    X(check_version)                    X(cipher_get) \
    X(cipher_get_block_size)            X(cipher_get_iv_size) \
    X(cipher_get_name)                  X(cipher_get_tag_size) \
    X(cipher_suite_info)                X(credentials_set) \
    X(db_set_cache_expiration)          X(db_set_ptr) \
    X(db_set_remove_function)           X(db_set_retrieve_function) \
    X(db_set_store_function)            X(deinit) \
    X(dh_get_prime_bits)                X(dh_set_prime_bits) \
    X(dtls_cookie_send)                 X(dtls_cookie_verify) \
    X(dtls_get_data_mtu)                X(dtls_prestate_set) \
    X(dtls_set_mtu)                     X(dtls_set_timeouts) \
    X(ecc_curve_get_id)                 X(ecc_curve_get_name) \
    X(error_is_fatal)                   X(error_to_alert) \
    X(global_deinit)                    X(global_init) \
    X(group_get)                        X(group_get_name) \
    X(group_list)                       X(handshake) \
    X(handshake_get_last_in)            X(handshake_set_hook_function) \
    X(handshake_set_max_packet_length)  X(handshake_set_read_function) \
    X(handshake_set_post_client_hello_function) \
    X(handshake_write)                  X(hash_fast) \
    X(hash_get_len)                     X(hmac_fast) \
    X(hmac_get_len) \
    X(idna_map)                         X(init) \
    X(kx_get)                           X(kx_get_name) \
    X(mac_get)                          X(mac_get_name) \
    X(ocsp_status_request_get2) \
    X(pcert_deinit)                     X(pcert_import_x509_raw) \
    X(prf)                              X(prf_hash_get) \
    X(prf_rfc5705) \
    X(priority_deinit)                  X(priority_init) \
    X(priority_set)                     X(privkey_deinit) \
    X(privkey_export_x509)              X(privkey_get_pk_algorithm) \
    X(privkey_import_ext4)              X(privkey_import_x509) \
    X(privkey_init)                     X(protocol_get_id) \
    X(protocol_get_version)             X(pubkey_deinit) \
    X(pubkey_export_ecc_raw2)           X(pubkey_get_pk_algorithm) \
    X(pubkey_get_key_id)                X(pubkey_import_privkey) \
    X(pubkey_import_x509)               X(pubkey_init) \
    X(reauth)                           X(record_get_max_size) \
    X(record_get_discarded) \
    X(record_get_state)                 X(record_recv) \
    X(record_send)                      X(record_set_state) \
    X(rehandshake)                      X(rnd) \
    X(safe_renegotiation_status)        X(server_name_get) \
    X(server_name_set)                  X(session_channel_binding) \
    X(session_ext_master_secret_status) X(session_ext_register) \
    X(session_get_data2) \
    X(session_get_flags)                X(session_get_id2) \
    X(session_get_ptr)                  X(session_get_random) \
    X(session_is_resumed) \
    X(session_key_update)               X(session_set_data) \
    X(session_set_ptr)                  X(session_set_verify_function) \
    X(session_ticket_enable_server)     X(session_ticket_key_generate) \
    X(session_ticket_send)              \
    X(sign_algorithm_get)               X(sign_algorithm_get_client) \
    X(sign_get_hash_algorithm)          X(sign_get_name) \
    X(sign_list)                        X(sign_supports_pk_algorithm) \
    X(srtp_get_selected_profile)        X(srtp_set_profile) \
    X(strerror_name)                    X(transport_set_ptr) \
    X(transport_set_pull_function)      X(transport_set_pull_timeout_function) \
    X(transport_set_push_function)      X(x509_crl_deinit) \
    X(x509_crl_import)                  X(x509_crl_init) \
    X(x509_crt_check_hostname2)         X(x509_crt_check_key_purpose) \
    X(x509_crt_deinit)                  X(x509_crt_get_activation_time) \
    X(x509_crt_get_expiration_time)     X(x509_crt_get_key_usage) \
    X(x509_crt_get_pk_algorithm)        X(x509_crt_get_pk_ecc_raw) \
    X(x509_crt_get_raw_dn)              X(x509_crt_get_raw_issuer_dn) \
    X(x509_crt_get_signature_algorithm) X(x509_crt_import) \
    X(x509_crt_init)                    X(x509_privkey_deinit) \
    X(x509_privkey_import)              X(x509_privkey_import2) \
    X(x509_privkey_import_ecc_raw)      X(x509_privkey_import_rsa_raw2) \
    X(x509_privkey_init)                X(x509_trust_list_add_cas) \
    X(x509_trust_list_add_crls)         X(x509_trust_list_deinit) \
    X(x509_trust_list_init)             X(x509_trust_list_verify_crt2)
/* clang-format on */

#define GNUTLS_MEMBER(name) __typeof__(gnutls_##name) *name;

struct gnutls_library {
    GNUTLS_FUNCTIONS(GNUTLS_MEMBER)
};

extern struct gnutls_library gnutls;

/* gnutls_malloc and gnutls_free are variables of the library that hold functions. */
void *library_alloc(size_t size);
void library_free(void *memory);

/* What every function of tls.h that may be the first one calls. */
bool library_ready(void);

#endif
