/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See certs.h: Windows.
 */
#include "certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PKCS12_NO_PERSIST_KEY
#define PKCS12_NO_PERSIST_KEY 0x8000
#endif
#ifndef PKCS12_NAMED_NO_PERSIST_KEY
#define PKCS12_NAMED_NO_PERSIST_KEY 0x20000
#endif

#define FILE_MAXIMUM 0x100000

static unsigned char *read_file(const char *name, DWORD *size)
{
    unsigned char *bytes = malloc(FILE_MAXIMUM);
    FILE *file = fopen(name, "rb");

    *size = 0;
    if (!file) {
        fprintf(stderr, "%s: cannot be opened\n", name);
        free(bytes);
        return NULL;
    }
    if (bytes)
        *size = (DWORD)fread(bytes, 1, FILE_MAXIMUM - 1, file);
    fclose(file);
    if (bytes)
        bytes[*size] = 0;
    return bytes;
}

/*
 * A key that exists only while the program runs but has a name, which is what Schannel needs;
 * where the flags are unknown, a plain import.
 */
static HCERTSTORE import(const unsigned char *bytes, DWORD size, const char *password)
{
    static const DWORD flags[] = {PKCS12_NO_PERSIST_KEY | PKCS12_NAMED_NO_PERSIST_KEY,
                                  CRYPT_EXPORTABLE};
    CRYPT_DATA_BLOB blob = {size, (BYTE *)(uintptr_t)bytes};
    WCHAR wide[256] = {0};
    HCERTSTORE store = NULL;

    for (size_t i = 0; password && password[i] && i < 255; i++)
        wide[i] = (unsigned char)password[i];
    for (size_t i = 0; i < 2 && !store; i++)
        store = PFXImportCertStore(&blob, wide, flags[i]);
    return store;
}

PCCERT_CONTEXT certs_open(const char *file, const char *key_file, const char *password)
{
    PCCERT_CONTEXT context = NULL;
    HCERTSTORE store;
    unsigned char *bytes;
    DWORD size;

    if (key_file) {
        fprintf(stderr, "%s: on Windows certificate and key come from one PKCS#12 file\n",
                key_file);
        return NULL;
    }
    bytes = read_file(file, &size);
    if (!bytes)
        return NULL;
    store = import(bytes, size, password);
    free(bytes);
    if (!store) {
        fprintf(stderr, "%s: not imported as PKCS#12, error %08lx (wrong --password?)\n", file,
                (unsigned long)GetLastError());
        return NULL;
    }
    while ((context = CertEnumCertificatesInStore(store, context))) {
        DWORD room = 0;

        if (CertGetCertificateContextProperty(context, CERT_KEY_PROV_INFO_PROP_ID, NULL, &room) ||
            CertGetCertificateContextProperty(context, CERT_KEY_CONTEXT_PROP_ID, NULL, &room))
            return context;
    }
    fprintf(stderr, "%s: holds no certificate with a private key\n", file);
    CertCloseStore(store, 0);
    return NULL;
}

HCERTSTORE certs_open_roots(const char *file)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    DWORD size, found = 0;
    unsigned char *bytes = read_file(file, &size);
    char *next = (char *)bytes;

    while (store && next && (next = strstr(next, begin))) {
        BYTE der[0x4000];
        DWORD room = sizeof(der);

        if (CryptStringToBinaryA(next, 0, CRYPT_STRING_BASE64HEADER, der, &room, NULL, NULL) &&
            CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, room,
                                             CERT_STORE_ADD_REPLACE_EXISTING, NULL))
            found++;
        next += sizeof(begin) - 1;
    }
    free(bytes);
    if (found)
        return store;
    fprintf(stderr, "%s: no PEM certificates could be read\n", file);
    if (store)
        CertCloseStore(store, 0);
    return NULL;
}
