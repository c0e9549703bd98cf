/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * ask_revocation LEAF.der INTERMEDIATE.der: asks crypt32 over the network whether the chain is
 * revoked, and prints what it says (TrustStatus). Wine remembers the answer. schannel-rs asks with
 * nothing but what is remembered, and Wine has no other place for lists that it could look at.
 */
#include <windows.h>

#include <stdio.h>
#include <wincrypt.h>

static PCCERT_CONTEXT add(HCERTSTORE store, const char *path)
{
    static BYTE der[65536];
    PCCERT_CONTEXT added = NULL;
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(der, 1, sizeof(der), file) : 0;

    if (file)
        fclose(file);
    CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, (DWORD)size,
                                     CERT_STORE_ADD_ALWAYS, &added);
    return added;
}

int main(int count, char **values)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    CERT_CHAIN_PARA para = {.cbSize = sizeof(para)};
    PCCERT_CHAIN_CONTEXT chain;
    PCCERT_CONTEXT leaf;

    if (count != 3 || !(leaf = add(store, values[1])) || !add(store, values[2])) {
        fprintf(stderr, "Usage: ask_revocation LEAF.der INTERMEDIATE.der\n");
        return 2;
    }
    if (!CertGetCertificateChain(NULL, leaf, NULL, store, &para,
                                 CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT, NULL, &chain))
        return 1;
    printf("%08lx\n", chain->TrustStatus.dwErrorStatus);
    return chain->TrustStatus.dwErrorStatus != 0;
}
