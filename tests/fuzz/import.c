/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: what ImportSecurityContext is given, and a context that came of it. Edits are made
 * to bytes that ExportSecurityContext really gave.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define UNISP u"Microsoft Unified Security Protocol Provider"

static void export_context(CtxtHandle *context, struct bytes *to)
{
    SecBuffer packed = buffer_make(SECBUFFER_EMPTY, NULL, 0);

    if (ExportSecurityContext(context, 0, &packed, NULL) != SEC_E_OK)
        abort();
    bytes_add(to, packed.pvBuffer, packed.cbBuffer);
    FreeContextBuffer(packed.pvBuffer);
}

static void ask(CtxtHandle *context)
{
    SecPkgContext_CipherInfo cipher;
    SecPkgContext_ApplicationProtocol protocol;
    SecPkgContext_Bindings bindings = {0, NULL};
    SecPkgContext_NegotiatedTlsExtensions extensions = {0, NULL};
    PCCERT_CONTEXT certificate = NULL;

    QueryContextAttributesW(context, SECPKG_ATTR_CIPHER_INFO, &cipher);
    QueryContextAttributesW(context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol);
    if (QueryContextAttributesW(context, SECPKG_ATTR_ENDPOINT_BINDINGS, &bindings) == SEC_E_OK)
        FreeContextBuffer(bindings.Bindings);
    if (QueryContextAttributesW(context, SECPKG_ATTR_UNIQUE_BINDINGS, &bindings) == SEC_E_OK)
        FreeContextBuffer(bindings.Bindings);
    if (QueryContextAttributesW(context, SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, &extensions) ==
        SEC_E_OK)
        FreeContextBuffer(extensions.Extensions);
    if (QueryContextAttributesW(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate) == SEC_E_OK)
        CertFreeCertificateContext(certificate);
    if (QueryContextAttributesW(context, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &certificate) == SEC_E_OK)
        CertFreeCertificateContext(certificate);
}

/* The sizes that the context tells hold for what it writes. */
static void use(struct loop_side *side)
{
    uint8_t record[] = {23, 3, 3, 0, 30, 0,  0,  0,  0,  0,  0,  0,  1,  1,  2,  3,  4, 5,
                        6,  7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};
    struct bytes wire = {NULL, 0, 0}, plain = {NULL, 0, 0};

    ask(&side->context);
    loop_seal(side, "some text", 9, &wire);
    bytes_add(&side->held, record, sizeof(record));
    loop_unseal(side, &plain);
    ask(&side->context);
    bytes_done(&wire);
    bytes_done(&plain);
    bytes_done(&side->held);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_plan plan = fuzz_plan(data, size);
    const struct fuzz_pair *pair = fuzz_pair(plan.version);
    enum loop_role role = plan.cut & 1 ? LOOP_SERVER : LOOP_CLIENT;
    struct bytes packed = {NULL, 0, 0};
    struct loop_side side;
    SecBuffer buffer;
    struct loop loop;

    memset(&side, 0, sizeof(side));
    loop_init(&loop, (CredHandle *)&pair->client, (CredHandle *)&pair->server);
    if (!loop_handshake(&loop))
        abort();
    if (plan.mode == FUZZ_RAW) {
        bytes_add(&packed, plan.data, plan.size);
    } else {
        export_context(&loop.side[role].context, &packed);
        fuzz_edit(&plan, 0, &packed);
    }
    buffer = buffer_make(SECBUFFER_EMPTY, packed.data, packed.size);
    if (ImportSecurityContextW((WCHAR *)UNISP, &buffer, NULL, &side.context) == SEC_E_OK) {
        use(&side);
        DeleteSecurityContext(&side.context);
    }
    bytes_done(&packed);
    loop_done(&loop);
    return 0;
}
