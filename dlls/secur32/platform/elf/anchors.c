/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Trusted roots and CRLs of the process: trust.h. The system's list is read once per process, not
 * per credential, for it costs milliseconds and megabytes.
 */
#define _GNU_SOURCE /* secure_getenv, memmem */
#include "platform/elf/trust.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sync.h"
#include "platform/elf/certs.h"
#include "platform/elf/settings.h"

#define CRLS_MAX 1024

/* locks: (l) trust_lock while being read, constant afterwards */
static struct lock trust_lock = LOCK_INITIALIZER;
static bool trust_known;       /* (l) */
static struct trust own_trust; /* (l) */

/* A new list, or the one that is there. */
static bool list_ready(const struct library *library, gnutls_x509_trust_list_t *list)
{
    return *list || library->gnutls_x509_trust_list_init(list, 0) >= 0;
}

/* Adds one DER certificate; false: no memory, or no certificate. */
static bool add_root(const struct library *library, gnutls_x509_trust_list_t list, struct span der)
{
    gnutls_datum_t data = datum_of(der);
    gnutls_x509_crt_t crt;

    if (library->gnutls_x509_crt_init(&crt) < 0)
        return false;
    /* On success the list owns the certificate. */
    if (library->gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_DER) >= 0 &&
        library->gnutls_x509_trust_list_add_cas(list, &crt, 1, 0) == 1)
        return true;
    library->gnutls_x509_crt_deinit(crt);
    return false;
}

SECURITY_STATUS trust_from_store(const void *handle, gnutls_x509_trust_list_t *list)
{
    const struct library *library = files_library_get();
    const struct elf_store *store = store_from_handle(handle);
    gnutls_x509_trust_list_t made = NULL;

    if (!library)
        return SEC_E_INTERNAL_ERROR;
    if (!store)
        return SEC_E_UNKNOWN_CREDENTIALS;
    if (!list_ready(library, &made))
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < store->count; i++)
        if (!add_root(library, made, store_der(store, i))) {
            library->gnutls_x509_trust_list_deinit(made, 1);
            return SEC_E_INSUFFICIENT_MEMORY;
        }
    *list = made;
    return SEC_E_OK;
}

static void add_file(const struct library *library, const char *path, const char *what)
{
    struct certificate_source source = {.password = NULL};
    struct elf_store *store = NULL;
    uint8_t *data = NULL;
    size_t size = 0;
    SECURITY_STATUS status = settings_read_file(path, FILE_SIZE_MAX, &data, &size);

    source.data = span_of(data, size);
    if (status == SEC_E_OK)
        status = certificates_read(&source, &store);
    if (status != SEC_E_OK)
        log_notice("%s: no certificate could be read from %s; its roots are not trusted", what,
                   path);
    else if (list_ready(library, &own_trust.lists[TRUST_LOCAL]))
        for (size_t i = 0; i < store->count; i++)
            if (!add_root(library, own_trust.lists[TRUST_LOCAL], store_der(store, i)))
                TRACE(LOG_PLATFORM, "%s: certificate %zu not added", path, i);
    store_unref(store);
    mem_free(data);
}

static void add_system(const struct library *library)
{
    const char *wanted = settings_own("SystemTrust");
    int count;

    if ((wanted && !strcmp(wanted, "0")) || !list_ready(library, &own_trust.lists[TRUST_SYSTEM]))
        return;
    count = library->gnutls_x509_trust_list_add_system_trust(own_trust.lists[TRUST_SYSTEM], 0, 0);
    TRACE(LOG_PLATFORM, "system trust: %d certificates", count);
}

static void add_crls(const struct library *library, const char *path)
{
    gnutls_x509_crl_t *crls = NULL;
    unsigned count = 0;
    gnutls_datum_t datum;
    uint8_t *data = NULL;
    size_t size = 0;
    int result = GNUTLS_E_FILE_ERROR;

    if (settings_read_file(path, FILE_SIZE_MAX, &data, &size) == SEC_E_OK) {
        datum = datum_of(span_of(data, size));
        result = library->gnutls_x509_crl_list_import2(
            &crls, &count, &datum,
            memmem(data, size, "-----BEGIN ", 11) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, 0);
    }
    mem_free(data);
    if (result < 0) {
        log_notice("CrlFile: no CRL could be read from %s", path);
        return;
    }
    own_trust.crls = crls;
    own_trust.crl_count = count < CRLS_MAX ? count : CRLS_MAX;
}

static void load(const struct library *library)
{
    const char *file;

    add_system(library);
    file = settings_own("TrustFile");
    if (file)
        add_file(library, file, "TrustFile");
    file = secure_getenv("SECUR32_TRUST_FILE");
    if (file && *file)
        add_file(library, file, "SECUR32_TRUST_FILE");
    file = settings_own("CrlFile");
    if (file)
        add_crls(library, file);
}

SECURITY_STATUS trust_get(struct trust *trust)
{
    const struct library *library = files_library_get();

    if (!library)
        return SEC_E_INTERNAL_ERROR;
    lock_take(&trust_lock);
    if (!trust_known)
        load(library);
    trust_known = true;
    *trust = own_trust;
    lock_release(&trust_lock);
    return SEC_E_OK;
}

void trust_forget(void)
{
    const struct library *library = files_library_get();
    gnutls_x509_crl_t *crls;

    if (!library)
        return;
    lock_take(&trust_lock);
    for (size_t i = 0; i < TRUST_SOURCES; i++)
        if (own_trust.lists[i])
            library->gnutls_x509_trust_list_deinit(own_trust.lists[i], 1);
    crls = (gnutls_x509_crl_t *)(uintptr_t)own_trust.crls;
    for (size_t i = 0; i < own_trust.crl_count; i++)
        library->gnutls_x509_crl_deinit(crls[i]);
    files_library_free(crls);
    own_trust = (struct trust){.crls = NULL};
    trust_known = false;
    lock_release(&trust_lock);
}
