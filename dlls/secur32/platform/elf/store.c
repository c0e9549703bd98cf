/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Certificate contexts and stores on Linux: store.h, and the functions of wincrypt.h by which
 * programs use them.
 */
#include "platform/elf/store.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#define STORE_MAGIC 0x45525453u /* "STRE" */
#define STORE_MAX 4096          /* certificates; Mozilla's roots are about 150 */
#define SERIAL_MAX 64           /* bytes; RFC 5280 4.1.2.2 wants at most 20 */

/* ---- making them ---- */

static bool copy_blob(const gnutls_datum_t *from, DWORD *size, BYTE **data)
{
    *data = mem_copy(span_of(from->data, from->size));
    *size = *data ? from->size : 0;
    return *data != NULL;
}

static FILETIME filetime_from_unix(time_t seconds)
{
    uint64_t value = (uint64_t)platform_filetime_from_unix(seconds);

    return (FILETIME){(DWORD)value, (DWORD)(value >> 32)};
}

/* CERT_INFO has the serial number with its lowest byte first. */
static bool copy_serial(const struct library *library, gnutls_x509_crt_t crt, CERT_INFO *info)
{
    uint8_t serial[SERIAL_MAX], reversed[SERIAL_MAX];
    size_t size = sizeof(serial);
    gnutls_datum_t blob = {reversed, 0};

    if (library->gnutls_x509_crt_get_serial(crt, serial, &size) < 0)
        size = 0;
    for (size_t i = 0; i < size; i++)
        reversed[i] = serial[size - 1 - i];
    blob.size = (unsigned)size;
    return copy_blob(&blob, &info->SerialNumber.cbData, &info->SerialNumber.pbData);
}

static SECURITY_STATUS describe(const struct library *library, gnutls_x509_crt_t crt,
                                struct elf_certificate *certificate)
{
    CERT_INFO *info = &certificate->info;
    gnutls_datum_t subject = {NULL, 0}, issuer = {NULL, 0};
    SECURITY_STATUS status = SEC_E_UNKNOWN_CREDENTIALS;

    if (library->gnutls_x509_crt_get_raw_dn(crt, &subject) < 0 ||
        library->gnutls_x509_crt_get_raw_issuer_dn(crt, &issuer) < 0)
        goto done;
    status = SEC_E_INSUFFICIENT_MEMORY;
    if (!copy_blob(&subject, &info->Subject.cbData, &info->Subject.pbData) ||
        !copy_blob(&issuer, &info->Issuer.cbData, &info->Issuer.pbData) ||
        !copy_serial(library, crt, info))
        goto done;
    info->NotBefore = filetime_from_unix(library->gnutls_x509_crt_get_activation_time(crt));
    info->NotAfter = filetime_from_unix(library->gnutls_x509_crt_get_expiration_time(crt));
    certificate->self_issued =
        span_equal(span_of(subject.data, subject.size), span_of(issuer.data, issuer.size));
    status = SEC_E_OK;

done:
    files_library_free(subject.data);
    files_library_free(issuer.data);
    return status;
}

static SECURITY_STATUS fill(const struct library *library, struct span der,
                            struct elf_certificate *certificate)
{
    gnutls_datum_t data = datum_of(der);
    gnutls_x509_crt_t crt;
    SECURITY_STATUS status;
    int result;

    if (!der.size || der.size > LIMIT_CERTIFICATE)
        return SEC_E_UNKNOWN_CREDENTIALS;
    if (library->gnutls_x509_crt_init(&crt) < 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    result = library->gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_DER);
    if (result < 0) {
        TRACE(LOG_PLATFORM, "certificate: %s", library->gnutls_strerror(result));
        status = SEC_E_UNKNOWN_CREDENTIALS;
    } else {
        status = describe(library, crt, certificate);
    }
    library->gnutls_x509_crt_deinit(crt);
    if (status != SEC_E_OK)
        return status;
    certificate->context.pbCertEncoded = mem_copy(der);
    if (!certificate->context.pbCertEncoded)
        return SEC_E_INSUFFICIENT_MEMORY;
    certificate->context.cbCertEncoded = (DWORD)der.size;
    certificate->context.dwCertEncodingType = X509_ASN_ENCODING;
    certificate->context.pCertInfo = &certificate->info;
    certificate->context.hCertStore = certificate->store;
    return SEC_E_OK;
}

SECURITY_STATUS store_new(const struct span *ders, size_t count, size_t chain_count,
                          struct elf_store **store)
{
    const struct library *library = files_library_get();
    struct elf_store *made;
    SECURITY_STATUS status = SEC_E_OK;

    if (!library)
        return SEC_E_INTERNAL_ERROR;
    if (count > STORE_MAX)
        return SEC_E_UNKNOWN_CREDENTIALS;
    made = mem_alloc(sizeof(*made) + count * sizeof(made->certificates[0]));
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    made->magic = STORE_MAGIC;
    atomic_init(&made->references, 1);
    made->chain_count = chain_count;
    while (status == SEC_E_OK && made->count < count) {
        struct elf_certificate *next = &made->certificates[made->count];

        next->store = made;
        status = fill(library, ders[made->count++], next);
    }
    if (status == SEC_E_OK)
        *store = made;
    else
        store_unref(made);
    return status;
}

struct elf_store *store_ref(struct elf_store *store)
{
    atomic_fetch_add_explicit(&store->references, 1, memory_order_relaxed);
    return store;
}

void store_unref(struct elf_store *store)
{
    if (!store || atomic_fetch_sub_explicit(&store->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < store->count; i++) {
        struct elf_certificate *certificate = &store->certificates[i];

        mem_free(certificate->info.Subject.pbData);
        mem_free(certificate->info.Issuer.pbData);
        mem_free(certificate->info.SerialNumber.pbData);
        mem_free(certificate->context.pbCertEncoded);
    }
    elf_key_done(&store->key);
    store->magic = 0;
    mem_free(store);
}

struct span store_der(const struct elf_store *store, size_t index)
{
    const CERT_CONTEXT *context = &store->certificates[index].context;

    return span_of(context->pbCertEncoded, context->cbCertEncoded);
}

/* ---- finding them again ---- */

struct elf_store *store_from_handle(const void *handle)
{
    /* Handles are our own pointers, which the program only keeps. */
    struct elf_store *store = (struct elf_store *)(uintptr_t)handle;

    return store && store->magic == STORE_MAGIC ? store : NULL;
}

/* The index of a context in its store; false: the context is none of ours. */
static bool find_index(const CERT_CONTEXT *context, struct elf_store **store, size_t *index)
{
    uintptr_t offset;

    *store = context ? store_from_handle(context->hCertStore) : NULL;
    if (!*store || (uintptr_t)context < (uintptr_t)(*store)->certificates)
        return false;
    offset = (uintptr_t)context - (uintptr_t)(*store)->certificates;
    *index = offset / sizeof(struct elf_certificate);
    return *index < (*store)->count && offset % sizeof(struct elf_certificate) == 0;
}

struct elf_certificate *store_certificate(const void *context)
{
    struct elf_store *store;
    size_t index;

    return find_index(context, &store, &index) ? &store->certificates[index] : NULL;
}

/* ---- what programs call (Microsoft Learn, wincrypt.h) ---- */

PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT context)
{
    struct elf_certificate *certificate = store_certificate(context);

    if (certificate)
        store_ref(certificate->store);
    return context;
}

/* TRUE whatever is passed: the page says "always returns nonzero". */
BOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT context)
{
    struct elf_certificate *certificate = store_certificate(context);

    if (certificate)
        store_unref(certificate->store);
    return TRUE;
}

/* Frees the previous one, gives a new reference to the next; NULL at the end. */
PCCERT_CONTEXT WINAPI CertEnumCertificatesInStore(HCERTSTORE handle, PCCERT_CONTEXT previous)
{
    struct elf_store *store = store_from_handle(handle), *owner;
    PCCERT_CONTEXT next = NULL;
    size_t index = 0;

    if (store && previous)
        index = find_index(previous, &owner, &index) && owner == store ? index + 1 : store->count;
    if (store && index < store->count) {
        store_ref(store);
        next = &store->certificates[index].context;
    } else {
        SetLastError((DWORD)CRYPT_E_NOT_FOUND);
    }
    CertFreeCertificateContext(previous);
    return next;
}

BOOL WINAPI CertCloseStore(HCERTSTORE handle, DWORD flags)
{
    (void)flags; /* contexts keep what they need in any case */
    store_unref(store_from_handle(handle));
    return TRUE;
}

/* ---- the seam ---- */

SECURITY_STATUS platform_context_from_chain(const struct span *chain, size_t count,
                                            const void **context)
{
    struct elf_store *store;
    SECURITY_STATUS status;

    if (!count || count > LIMIT_CHAIN)
        return SEC_E_UNKNOWN_CREDENTIALS;
    status = store_new(chain, count, count, &store);
    if (status == SEC_E_OK)
        *context = &store->certificates[0].context;
    return status;
}

void platform_context_free(const void *context)
{
    CertFreeCertificateContext(context);
}

const void *platform_store_ref(const void *handle)
{
    struct elf_store *store = store_from_handle(handle);

    return store ? store_ref(store) : NULL;
}

SECURITY_STATUS platform_store_named(const WCHAR *name, const void **store)
{
    (void)name;
    (void)store;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

/* GnuTLS reads them from wherever the distribution keeps them. */
const void *platform_store_roots(void)
{
    return NULL;
}

void platform_store_free(const void *handle)
{
    store_unref(store_from_handle(handle));
}

SECURITY_STATUS platform_store_names(const void *handle, struct span **names, size_t *count)
{
    const struct elf_store *store = store_from_handle(handle);
    size_t bytes = 0;
    struct span *made;
    struct writer to;

    if (!store)
        return SEC_E_UNKNOWN_CREDENTIALS;
    /* A store has at most STORE_MAX certificates, and a name is shorter than its certificate. */
    for (size_t i = 0; i < store->count; i++)
        bytes += store->certificates[i].info.Subject.cbData;
    made = mem_alloc(store->count * sizeof(*made) + bytes);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    to = writer_of(made + store->count, bytes);
    for (size_t i = 0; i < store->count; i++) {
        const CERT_NAME_BLOB *name = &store->certificates[i].info.Subject;

        made[i] = span_of(to.data + to.used, name->cbData);
        write_bytes(&to, span_of(name->pbData, name->cbData));
    }
    *names = made;
    *count = store->count;
    return SEC_E_OK;
}
