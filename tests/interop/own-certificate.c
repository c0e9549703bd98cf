/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Imports a PKCS#12 file (password "secret") into the user's MY store, as a person would with a
 * double click, and prints the certificate's thumbprint, by which programs name it; or says why it
 * cannot be. For the tests of unmodified programs.
 */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <wincrypt.h>

#define FILE_MAX 65536
#define HASH_SIZE 20

static HCERTSTORE import_file(const char *name)
{
    static BYTE bytes[FILE_MAX];
    CRYPT_DATA_BLOB blob = {0, bytes};
    FILE *file = fopen(name, "rb");

    if (!file)
        return NULL;
    blob.cbData = (DWORD)fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    return PFXImportCertStore(&blob, L"secret", CRYPT_USER_KEYSET);
}

static BOOL add(PCCERT_CONTEXT certificate)
{
    HCERTSTORE my =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    BOOL done = my && CertAddCertificateContextToStore(my, certificate,
                                                       CERT_STORE_ADD_REPLACE_EXISTING, NULL);

    return my && CertCloseStore(my, 0) && done;
}

int main(int argc, char **argv)
{
    HCERTSTORE store = argc == 2 ? import_file(argv[1]) : NULL;
    PCCERT_CONTEXT certificate = NULL;
    BYTE hash[HASH_SIZE];
    DWORD size = sizeof(hash), error = GetLastError();

    if (argc != 2) {
        puts("Usage: own-certificate FILE.p12");
        return 2;
    }
    if (!store) {
        printf("not imported: PFXImportCertStore fails with %08lx\n", error);
        return 1;
    }
    certificate = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY,
                                             NULL, NULL);
    if (!certificate)
        certificate = CertEnumCertificatesInStore(store, NULL);
    if (!certificate) {
        puts("not imported: PFXImportCertStore gives an empty store");
        return 1;
    }
    if (!add(certificate) ||
        !CertGetCertificateContextProperty(certificate, CERT_SHA1_HASH_PROP_ID, hash, &size)) {
        printf("not imported: error %08lx\n", GetLastError());
        return 1;
    }
    for (DWORD i = 0; i < size; i++)
        printf("%02x", hash[i]);
    putchar('\n');
    return 0;
}
