/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificates and keys out of files: certificates_read (certs.h), and the functions of secur32.h
 * by which Linux programs get the PCCERT_CONTEXT and HCERTSTORE that they give to SSPI.
 */
#define _GNU_SOURCE /* memmem */
#include "platform/elf/certs.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "platform/elf/settings.h"

#define URL_PKCS11 "pkcs11:"

/* What a source held. */
struct bundle {
    gnutls_x509_crt_t *crts; /* GnuTLS' array */
    unsigned count;
    gnutls_x509_crt_t *extra; /* the second array that PKCS#12 gives, or NULL */
    unsigned extra_count;
    struct elf_key key;
};

static void free_list(const struct library *library, gnutls_x509_crt_t *crts, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        library->gnutls_x509_crt_deinit(crts[i]);
    files_library_free(crts);
}

static void bundle_done(const struct library *library, struct bundle *bundle)
{
    free_list(library, bundle->crts, bundle->count);
    free_list(library, bundle->extra, bundle->extra_count);
    elf_key_done(&bundle->key);
}

static size_t bundle_size(const struct bundle *bundle)
{
    return (size_t)bundle->count + bundle->extra_count;
}

static gnutls_x509_crt_t bundle_get(const struct bundle *bundle, size_t index)
{
    return index < bundle->count ? bundle->crts[index] : bundle->extra[index - bundle->count];
}

static SECURITY_STATUS unreadable(const struct library *library, int result, const char *what)
{
    TRACE(LOG_PLATFORM, "%s: %s", what, library->gnutls_strerror(result));
    return result == GNUTLS_E_MEMORY_ERROR ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_UNKNOWN_CREDENTIALS;
}

/* ---- the kinds of files ---- */

static SECURITY_STATUS read_certificates(const struct library *library, struct span data,
                                         gnutls_x509_crt_fmt_t format, struct bundle *bundle)
{
    gnutls_datum_t datum = datum_of(data);
    int result =
        library->gnutls_x509_crt_list_import2(&bundle->crts, &bundle->count, &datum, format, 0);

    if (result >= 0)
        return SEC_E_OK;
    bundle->crts = NULL;
    bundle->count = 0;
    unreadable(library, result, "certificates");
    return result == GNUTLS_E_MEMORY_ERROR ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_CERT_UNKNOWN;
}

/* No password is not the empty one to PKCS#12 (RFC 7292, appendix B.1), but people mean either. */
static int check_mac(const struct library *library, gnutls_pkcs12_t pkcs12, const char **password)
{
    int result = library->gnutls_pkcs12_verify_mac(pkcs12, *password);

    if (result < 0 && !*password) {
        *password = "";
        result = library->gnutls_pkcs12_verify_mac(pkcs12, *password);
    }
    return result;
}

static SECURITY_STATUS read_pkcs12(const struct library *library,
                                   const struct certificate_source *source, struct bundle *bundle)
{
    gnutls_datum_t datum = datum_of(source->data);
    const char *password = source->password;
    gnutls_x509_privkey_t key = NULL;
    gnutls_pkcs12_t pkcs12;
    int result = library->gnutls_pkcs12_init(&pkcs12);

    if (result < 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    result = library->gnutls_pkcs12_import(pkcs12, &datum, GNUTLS_X509_FMT_DER, 0);
    if (result < 0) {
        library->gnutls_pkcs12_deinit(pkcs12);
        return SEC_E_CERT_UNKNOWN;
    }
    result = check_mac(library, pkcs12, &password);
    if (result >= 0)
        result = library->gnutls_pkcs12_simple_parse(
            pkcs12, password, &key, &bundle->crts, &bundle->count, &bundle->extra,
            &bundle->extra_count, NULL, GNUTLS_PKCS12_SP_INCLUDE_SELF_SIGNED);
    library->gnutls_pkcs12_deinit(pkcs12);
    if (result < 0) {
        bundle->crts = bundle->extra = NULL;
        bundle->count = bundle->extra_count = 0;
        return unreadable(library, result, "PKCS#12");
    }
    return key ? elf_key_take(key, &bundle->key) : SEC_E_OK;
}

/* Whether the key is to be looked for in the file of the certificates. */
static bool has_own_key(const struct certificate_source *source)
{
    return !source->certificates_only && !source->key_data.size && !source->key_url;
}

static SECURITY_STATUS read_bundle(const struct library *library,
                                   const struct certificate_source *source, struct bundle *bundle)
{
    SECURITY_STATUS status;

    if (memmem(source->data.data, source->data.size, "-----BEGIN ", 11)) {
        status = read_certificates(library, source->data, GNUTLS_X509_FMT_PEM, bundle);
        if (status == SEC_E_OK && has_own_key(source)) {
            status = elf_key_read(source->data, source->password, &bundle->key);
            /* A certificate without its key has its uses. */
            if (status == SEC_E_NO_CREDENTIALS)
                status = SEC_E_OK;
        }
    } else if (read_certificates(library, source->data, GNUTLS_X509_FMT_DER, bundle) == SEC_E_OK) {
        status = SEC_E_OK;
    } else {
        status = read_pkcs12(library, source, bundle);
    }
    if (status != SEC_E_OK || source->certificates_only ||
        (!source->key_data.size && !source->key_url))
        return status;
    elf_key_done(&bundle->key);
    status = source->key_url ? elf_key_open(source->key_url, source->password, &bundle->key)
                             : elf_key_read(source->key_data, source->password, &bundle->key);
    return status == SEC_E_NO_CREDENTIALS ? SEC_E_UNKNOWN_CREDENTIALS : status;
}

/* ---- their order ---- */

/* The first certificate of the key; without a key the first one. false: the key is for none. */
static bool find_leaf(const struct bundle *bundle, size_t *leaf)
{
    for (*leaf = 0; *leaf < bundle_size(bundle); ++*leaf)
        if (!bundle->key.handle || elf_key_fits(&bundle->key, bundle_get(bundle, *leaf)))
            return true;
    return false;
}

/* order: indices, leaf first; *chain: how many of them are leaf, issuer, its issuer ... */
static SECURITY_STATUS arrange(const struct library *library, const struct bundle *bundle,
                               size_t *order, size_t *chain)
{
    size_t count = bundle_size(bundle), swap, found;

    if (!count || !find_leaf(bundle, &order[0])) {
        TRACE(LOG_PLATFORM, "no certificate that the key is for");
        return SEC_E_UNKNOWN_CREDENTIALS;
    }
    for (size_t i = 1; i < count; i++)
        order[i] = i <= order[0] ? i - 1 : i;
    for (*chain = 1; *chain < count && *chain < LIMIT_CHAIN; ++*chain) {
        gnutls_x509_crt_t last = bundle_get(bundle, order[*chain - 1]);

        for (found = *chain; found < count; found++)
            if (library->gnutls_x509_crt_check_issuer(last, bundle_get(bundle, order[found])))
                break;
        if (found == count || library->gnutls_x509_crt_check_issuer(last, last))
            break;
        swap = order[found];
        memmove(&order[*chain + 1], &order[*chain], (found - *chain) * sizeof(*order));
        order[*chain] = swap;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS make_store(const struct library *library, const struct bundle *bundle,
                                  struct elf_store **store)
{
    size_t count = bundle_size(bundle), chain = 0, made = 0;
    size_t *order = mem_alloc_array(count, sizeof(*order));
    gnutls_datum_t *ders = mem_alloc_array(count, sizeof(*ders));
    struct span *spans = mem_alloc_array(count, sizeof(*spans));
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (!order || !ders || !spans)
        goto done;
    status = arrange(library, bundle, order, &chain);
    while (status == SEC_E_OK && made < count) {
        int result = library->gnutls_x509_crt_export2(bundle_get(bundle, order[made]),
                                                      GNUTLS_X509_FMT_DER, &ders[made]);

        if (result < 0) {
            status = unreadable(library, result, "certificate");
            goto done;
        }
        spans[made] = span_of(ders[made].data, ders[made].size);
        made++;
    }
    if (status == SEC_E_OK)
        status = store_new(spans, count, chain, store);

done:
    while (made)
        files_library_free(ders[--made].data);
    mem_free(order);
    mem_free(ders);
    mem_free(spans);
    return status;
}

SECURITY_STATUS certificates_read(const struct certificate_source *source, struct elf_store **store)
{
    const struct library *library = files_library_get();
    struct bundle bundle = {.crts = NULL};
    SECURITY_STATUS status;

    if (!library)
        return SEC_E_INTERNAL_ERROR;
    status = read_bundle(library, source, &bundle);
    if (status == SEC_E_OK)
        status = make_store(library, &bundle, store);
    if (status == SEC_E_OK) {
        (*store)->key = bundle.key;
        bundle.key = (struct elf_key){NULL, {NULL, 0}, 0};
    }
    bundle_done(library, &bundle);
    return status;
}

/* ---- what programs call: secur32.h ---- */

/* Files: SEC_E_NO_CREDENTIALS when they cannot be read. */
static SECURITY_STATUS read_file(const char *path, uint8_t **data, size_t *size)
{
    SECURITY_STATUS status = settings_read_file(path, FILE_SIZE_MAX, data, size);

    return status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY ? status
                                                                     : SEC_E_NO_CREDENTIALS;
}

static SECURITY_STATUS open_source(const struct certificate_source *source, PCCERT_CONTEXT *context)
{
    struct elf_store *store = NULL;
    SECURITY_STATUS status = certificates_read(source, &store);

    if (status == SEC_E_OK && !store->key.handle) {
        store_unref(store);
        return SEC_E_UNKNOWN_CREDENTIALS;
    }
    if (status == SEC_E_OK)
        *context = &store->certificates[0].context;
    return status;
}

SECURITY_STATUS secur32_certificate_open_memory(const void *certificate, size_t certificate_size,
                                                const void *key, size_t key_size,
                                                const char *password, PCCERT_CONTEXT *context)
{
    struct certificate_source source = {.data = span_of(certificate, certificate_size),
                                        .key_data = span_of(key, key_size),
                                        .password = password};

    if (context)
        *context = NULL;
    if (!context || !certificate || (key && !key_size))
        return SEC_E_INVALID_PARAMETER;
    return open_source(&source, context);
}

SECURITY_STATUS secur32_certificate_open(const char *certificate_file, const char *key_file,
                                         const char *password, PCCERT_CONTEXT *context)
{
    struct certificate_source source = {.password = password};
    uint8_t *data = NULL, *key = NULL;
    size_t size = 0, key_size = 0;
    SECURITY_STATUS status;

    if (context)
        *context = NULL;
    if (!context || !certificate_file)
        return SEC_E_INVALID_PARAMETER;
    status = read_file(certificate_file, &data, &size);
    if (status != SEC_E_OK)
        return status;
    source.data = span_of(data, size);
    if (key_file && !strncmp(key_file, URL_PKCS11, strlen(URL_PKCS11)))
        source.key_url = key_file;
    else if (key_file)
        status = read_file(key_file, &key, &key_size);
    source.key_data = span_of(key, key_size);
    if (status == SEC_E_OK && key && !key_size)
        status = SEC_E_UNKNOWN_CREDENTIALS;
    if (status == SEC_E_OK)
        status = open_source(&source, context);
    mem_wipe_free(data, size);
    mem_wipe_free(key, key_size);
    return status;
}

SECURITY_STATUS secur32_store_open(const char *pem_file, HCERTSTORE *store)
{
    struct certificate_source source = {.password = NULL};
    struct elf_store *made;
    uint8_t *data = NULL;
    size_t size = 0;
    SECURITY_STATUS status;

    if (store)
        *store = NULL;
    if (!store || !pem_file)
        return SEC_E_INVALID_PARAMETER;
    status = read_file(pem_file, &data, &size);
    if (status != SEC_E_OK)
        return status;
    source.data = span_of(data, size);
    source.certificates_only = true;
    status = certificates_read(&source, &made);
    if (status == SEC_E_OK)
        *store = made;
    mem_wipe_free(data, size);
    return status;
}
