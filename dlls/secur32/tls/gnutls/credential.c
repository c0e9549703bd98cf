/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See credential.h. No trust list is ever loaded: to judge chains is not the business of a session
 * (TLS_WANT_VERDICT), and GnuTLS takes 6 ms and 4 MB for the system's.
 */
#include "tls/gnutls/credential.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/authorities.h"
#include "tls/gnutls/keys.h"
#include "tls/gnutls/session.h"

struct item {
    gnutls_pcert_st *chain; /* owned by credentials once that is made, but for the array itself */
    unsigned chain_size;
    gnutls_privkey_t key; /* owned by credentials */
    gnutls_pk_algorithm_t algorithm;
    bool outside;
    struct key recipe; /* KEY_OUTSIDE: to make another one for a server's own credentials */
};

struct tls_credential {
    atomic_uint users;
    gnutls_certificate_credentials_t credentials; /* for servers; owns chains and keys */
    struct item *items;
    size_t count;
};

static pthread_once_t client_once = PTHREAD_ONCE_INIT;
static gnutls_certificate_credentials_t client_credentials; /* constant after make_client */

static void free_chain(gnutls_pcert_st *chain, unsigned size)
{
    for (unsigned i = 0; chain && i < size; i++)
        gnutls.pcert_deinit(&chain[i]);
    mem_free(chain);
}

static enum tls_status import_chain(const struct span *der, size_t count, gnutls_pcert_st **chain)
{
    gnutls_pcert_st *created;

    if (count == 0 || count > LIMIT_CHAIN)
        return TLS_BAD_ARGUMENT;
    created = mem_alloc_array(count, sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        gnutls_datum_t bytes = {(unsigned char *)(uintptr_t)der[i].data, (unsigned)der[i].size};
        int error = GNUTLS_E_INVALID_REQUEST;

        if (der[i].size && der[i].size <= LIMIT_CERTIFICATE)
            error = gnutls.pcert_import_x509_raw(&created[i], &bytes, GNUTLS_X509_FMT_DER, 0);
        if (error < 0) {
            TRACE(LOG_TLS, "certificate %u of a chain: %s", i, gnutls.strerror_name(error));
            free_chain(created, i);
            return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_BAD_KEY;
        }
    }
    *chain = created;
    return TLS_OK;
}

/* On success credentials owns what is in chain and key. */
static enum tls_status give_item(gnutls_certificate_credentials_t credentials,
                                 gnutls_pcert_st *chain, unsigned size, gnutls_privkey_t key)
{
    int error = gnutls.certificate_set_key(credentials, NULL, 0, chain, (int)size, key);

    if (error >= 0)
        return TLS_OK;
    TRACE(LOG_TLS, "certificate and key: %s", gnutls.strerror_name(error));
    return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_BAD_KEY;
}

/* A wrong pair would only show when the peer checks a signature. The key identifier is a hash over
 * the public key, which costs microseconds; a trial signature would cost a millisecond. */
static bool same_public_key(gnutls_pubkey_t certified, gnutls_privkey_t key)
{
    unsigned char id[2][64];
    size_t size[2] = {sizeof(id[0]), sizeof(id[1])};
    gnutls_pubkey_t own;
    bool same;

    if (gnutls.pubkey_init(&own) < 0)
        return false;
    same = gnutls.pubkey_import_privkey(own, key, 0, 0) >= 0 &&
           gnutls.pubkey_get_key_id(own, GNUTLS_KEYID_USE_SHA256, id[0], &size[0]) >= 0 &&
           gnutls.pubkey_get_key_id(certified, GNUTLS_KEYID_USE_SHA256, id[1], &size[1]) >= 0 &&
           size[0] == size[1] && memcmp(id[0], id[1], size[0]) == 0;
    gnutls.pubkey_deinit(own);
    return same;
}

static bool key_fits(const struct item *item)
{
    return item->outside || same_public_key(item->chain[0].pubkey, item->key);
}

static enum tls_status add_item(struct tls_credential *credential,
                                const struct tls_certificate *certificate)
{
    struct item *item = &credential->items[credential->count];
    gnutls_pcert_st *chain = NULL;
    gnutls_privkey_t key = NULL;
    enum tls_status status;
    unsigned bits;

    status = import_chain(certificate->chain, certificate->chain_size, &chain);
    if (status != TLS_OK)
        return status;
    status = key_import(&certificate->key, &chain[0], &key);
    if (status != TLS_OK)
        goto done;

    item->chain = chain;
    item->chain_size = (unsigned)certificate->chain_size;
    item->key = key;
    item->algorithm = (gnutls_pk_algorithm_t)gnutls.pubkey_get_pk_algorithm(chain[0].pubkey, &bits);
    item->outside = certificate->key.kind == KEY_OUTSIDE;
    if (item->outside) {
        item->recipe.kind = KEY_OUTSIDE;
        item->recipe.pss = certificate->key.pss;
        item->recipe.outside_id = certificate->key.outside_id;
    }
    status = key_fits(item) ? give_item(credential->credentials, chain, item->chain_size, key)
                            : TLS_BAD_KEY;
    if (status == TLS_OK) {
        credential->count++;
        return TLS_OK;
    }

done:
    if (key)
        gnutls.privkey_deinit(key);
    free_chain(chain, (unsigned)certificate->chain_size);
    return status;
}

/* No trial signature when a key is set: it costs more than a handshake, and a key that is outside
 * cannot sign here. Suites with DHE need parameters for clients that name no group. */
static enum tls_status new_credentials(gnutls_certificate_credentials_t *credentials)
{
    gnutls_certificate_credentials_t created;

    if (gnutls.certificate_allocate_credentials(&created) < 0)
        return TLS_NO_MEMORY;
    gnutls.certificate_set_flags(created, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    if (gnutls.certificate_set_known_dh_params(created, GNUTLS_SEC_PARAM_MEDIUM) < 0) {
        gnutls.certificate_free_credentials(created);
        return TLS_NO_MEMORY;
    }
    *credentials = created;
    return TLS_OK;
}

enum tls_status tls_credential_new(const struct tls_certificate *certificates, size_t count,
                                   struct tls_credential **credential)
{
    struct tls_credential *created;
    enum tls_status status = TLS_NO_MEMORY;

    if (!library_ready())
        return TLS_UNAVAILABLE;
    if (count == 0 || count > LIMIT_CERTIFICATES)
        return TLS_BAD_ARGUMENT;
    created = mem_alloc(sizeof(*created));
    if (!created)
        return TLS_NO_MEMORY;
    atomic_init(&created->users, 1);
    created->items = mem_alloc_array(count, sizeof(*created->items));
    if (created->items)
        status = new_credentials(&created->credentials);
    for (size_t i = 0; i < count && status == TLS_OK; i++)
        status = add_item(created, &certificates[i]);
    if (status != TLS_OK) {
        tls_credential_free(created);
        return status;
    }
    *credential = created;
    return TLS_OK;
}

struct tls_credential *credential_ref(struct tls_credential *credential)
{
    if (credential)
        atomic_fetch_add_explicit(&credential->users, 1, memory_order_relaxed);
    return credential;
}

void tls_credential_free(struct tls_credential *credential)
{
    if (!credential || atomic_fetch_sub_explicit(&credential->users, 1, memory_order_acq_rel) != 1)
        return;
    if (credential->credentials)
        gnutls.certificate_free_credentials(credential->credentials);
    for (size_t i = 0; i < credential->count; i++)
        mem_free(credential->items[i].chain);
    mem_free(credential->items);
    mem_free(credential);
}

bool credential_is_outside(const struct tls_credential *credential)
{
    for (size_t i = 0; credential && i < credential->count; i++)
        if (credential->items[i].outside)
            return true;
    return false;
}

uint8_t credential_index_of(const struct tls_credential *credential, const gnutls_datum_t *leaf)
{
    for (size_t i = 0; credential && leaf && i < credential->count; i++) {
        const gnutls_datum_t *own = &credential->items[i].chain[0].cert;

        if (own->size == leaf->size && memcmp(own->data, leaf->data, own->size) == 0)
            return (uint8_t)(i + 1);
    }
    return 0;
}

/* ---- servers ---- */

/* A second handle of the same key, for another GnuTLS object to own. */
static enum tls_status copy_key(const struct item *item, gnutls_privkey_t *copy)
{
    gnutls_x509_privkey_t parts;
    gnutls_privkey_t created;

    if (item->outside)
        return key_import(&item->recipe, &item->chain[0], copy);
    if (gnutls.privkey_export_x509(item->key, &parts) < 0)
        return TLS_NO_MEMORY;
    if (gnutls.privkey_init(&created) < 0) {
        gnutls.x509_privkey_deinit(parts);
        return TLS_NO_MEMORY;
    }
    if (gnutls.privkey_import_x509(created, parts, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE) < 0) {
        gnutls.x509_privkey_deinit(parts);
        gnutls.privkey_deinit(created);
        return TLS_NO_MEMORY;
    }
    *copy = created;
    return TLS_OK;
}

static enum tls_status copy_item(const struct item *item, gnutls_certificate_credentials_t to)
{
    struct span der[LIMIT_CHAIN];
    gnutls_pcert_st *chain = NULL;
    gnutls_privkey_t key = NULL;
    enum tls_status status;

    for (unsigned i = 0; i < item->chain_size; i++)
        der[i] = span_of(item->chain[i].cert.data, item->chain[i].cert.size);
    status = import_chain(der, item->chain_size, &chain);
    if (status == TLS_OK)
        status = copy_key(item, &key);
    if (status == TLS_OK)
        status = give_item(to, chain, item->chain_size, key);
    if (status == TLS_OK) {
        mem_free(chain); /* its contents are owned now */
        return TLS_OK;
    }
    if (key)
        gnutls.privkey_deinit(key);
    free_chain(chain, item->chain_size);
    return status;
}

enum tls_status credential_for_server(const struct tls_credential *credential,
                                      const struct span *names, size_t count,
                                      gnutls_certificate_credentials_t *use,
                                      gnutls_certificate_credentials_t *own)
{
    gnutls_certificate_credentials_t created;
    enum tls_status status;

    if (count == 0) {
        *use = credential->credentials;
        *own = NULL;
        return TLS_OK;
    }
    status = new_credentials(&created);
    if (status != TLS_OK)
        return status;
    for (size_t i = 0; i < credential->count && status == TLS_OK; i++)
        status = copy_item(&credential->items[i], created);
    if (status == TLS_OK)
        status = authorities_announce(created, names, count);
    if (status != TLS_OK) {
        gnutls.certificate_free_credentials(created);
        return status;
    }
    *use = *own = created;
    return TLS_OK;
}

/* ---- clients ---- */

static int retrieve(gnutls_session_t handle, const struct gnutls_cert_retr_st *info,
                    gnutls_pcert_st **certificates, unsigned *count, gnutls_ocsp_data_st **ocsp,
                    unsigned *ocsp_count, gnutls_privkey_t *key, unsigned *flags)
{
    struct tls_session *session = gnutls.session_get_ptr(handle);

    *ocsp = NULL;
    *ocsp_count = 0;
    *flags = 0; /* all of it stays ours */
    return credential_choose(session->credential, info, certificates, count, key);
}

static void make_client(void)
{
    if (gnutls.certificate_allocate_credentials(&client_credentials) < 0)
        return;
    gnutls.certificate_set_retrieve_function3(client_credentials, retrieve);
}

enum tls_status credential_for_client(gnutls_certificate_credentials_t *use)
{
    pthread_once(&client_once, make_client);
    *use = client_credentials;
    return client_credentials ? TLS_OK : TLS_NO_MEMORY;
}

/* The server takes keys of this kind. */
static bool kind_is_wanted(const struct item *item, const struct gnutls_cert_retr_st *request)
{
    for (unsigned i = 0; i < request->pk_algos_length; i++)
        if (request->pk_algos[i] == item->algorithm)
            return true;
    return request->pk_algos_length == 0;
}

static bool issuer_is_named(const struct item *item, const struct gnutls_cert_retr_st *request)
{
    bool named = false;

    for (unsigned i = 0; i < item->chain_size && !named; i++) {
        gnutls_datum_t issuer = {NULL, 0};
        gnutls_x509_crt_t parsed;

        if (gnutls.x509_crt_init(&parsed) < 0)
            return false;
        if (gnutls.x509_crt_import(parsed, &item->chain[i].cert, GNUTLS_X509_FMT_DER) >= 0 &&
            gnutls.x509_crt_get_raw_issuer_dn(parsed, &issuer) >= 0) {
            for (unsigned j = 0; j < request->nreqs && !named; j++)
                named = request->req_ca_rdn[j].size == issuer.size &&
                        memcmp(request->req_ca_rdn[j].data, issuer.data, issuer.size) == 0;
        }
        library_free(issuer.data);
        gnutls.x509_crt_deinit(parsed);
    }
    return named;
}

/* The first that fits the names, or else the first of a kind that the server takes. */
int credential_choose(const struct tls_credential *credential,
                      const struct gnutls_cert_retr_st *request, gnutls_pcert_st **chain,
                      unsigned *chain_size, gnutls_privkey_t *key)
{
    const struct item *chosen = NULL;

    for (size_t i = 0; credential && i < credential->count; i++) {
        const struct item *item = &credential->items[i];

        if (!kind_is_wanted(item, request))
            continue;
        if (!chosen)
            chosen = item;
        if (credential->count > 1 && request->nreqs && issuer_is_named(item, request)) {
            chosen = item;
            break;
        }
    }
    *chain = chosen ? chosen->chain : NULL;
    *chain_size = chosen ? chosen->chain_size : 0;
    *key = chosen ? chosen->key : NULL;
    return 0;
}
