/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Attributes that are made of the session's secrets: channel bindings, exported keys, the key block
 * of EAP; and the program's own data.
 *
 * Sources: Microsoft Learn, "SecPkgContext_Bindings", "SecPkgContext_KeyingMaterialInfo",
 * "SecPkgContext_KeyingMaterial", "SecPkgContext_EapKeyBlock", "SecPkgContext_EapPrfInfo",
 * "SecPkgContext_SessionAppData"; RFC 5705, RFC 5929, RFC 5216 2.3, RFC 8446 7.5, RFC 9190, RFC
 * 9427. tls-unique is not defined in TLS 1.3 (RFC 8446 appendix C.5): an error, and no invented
 * value.
 */
#include "schannel/attributes.h"

#include <string.h>

#include "base/mem.h"
#include "schannel/binding.h"
#include "sspi/buffers.h"

#define BINDING_VALUE_MAX 128

/* ---- channel bindings ---- */

FILLER(unique_bindings)
{
    uint8_t value[BINDING_VALUE_MAX];
    enum tls_status called;
    size_t size = 0;
    SECURITY_STATUS status;

    lock_take(&context->session);
    called = tls_unique(context->tls, value, sizeof(value), &size);
    lock_release(&context->session);
    if (called != TLS_OK)
        return attribute_status(called);
    status = binding_make(BINDING_UNIQUE, span_of(value, size), out);
    mem_wipe(value, sizeof(value));
    return status;
}

FILLER(endpoint_bindings)
{
    uint8_t value[BINDING_VALUE_MAX];
    enum tls_status called;
    uint8_t *leaf = NULL;
    size_t leaf_size = 0, size = 0;
    SECURITY_STATUS status = attribute_server_leaf(context, &leaf, &leaf_size);

    if (status != SEC_E_OK)
        return status;
    called = tls_end_point(span_of(leaf, leaf_size), value, sizeof(value), &size);
    mem_free(leaf);
    if (called != TLS_OK)
        return attribute_status(called);
    return binding_make(BINDING_END_POINT, span_of(value, size), out);
}

/* ---- exporter ---- */

struct export_wish {
    struct span label, context;
    size_t size;
};

static SECURITY_STATUS export_key(struct schan_context *context, const struct export_wish *wish,
                                  uint8_t **key)
{
    enum tls_status called;
    uint8_t *made = buffers_alloc(wish->size);

    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    lock_take(&context->session);
    /* "A length of 0 and no pointer" is the exporter without context. */
    called = tls_export(context->tls, wish->label, wish->context.size > 0, wish->context, made,
                        wish->size);
    lock_release(&context->session);
    if (called != TLS_OK) {
        buffers_free(made);
        return attribute_status(called);
    }
    *key = made;
    return SEC_E_OK;
}

/* KEYING_MATERIAL_INFO must have been set before. */
FILLER(keying_material)
{
    SecPkgContext_KeyingMaterial *to = out;
    SECURITY_STATUS status = SEC_E_INVALID_HANDLE;
    struct export_wish wish;
    uint8_t *key = NULL;

    lock_take(&context->handshake);
    if (context->exporter.set) {
        wish = (struct export_wish){
            span_of(context->exporter.label, context->exporter.label_size),
            span_of(context->exporter.context, context->exporter.context_size),
            context->exporter.material_size,
        };
        status = export_key(context, &wish, &key);
    }
    if (status == SEC_E_OK) {
        to->cbKeyingMaterial = (DWORD)wish.size;
        to->pbKeyingMaterial = key;
    }
    lock_release(&context->handshake);
    return status;
}

FILLER(keying_material_inproc)
{
    SecPkgContext_KeyingMaterial_Inproc *to = out;
    const struct attribute_export asked = {
        .label = to->pszLabel,
        .label_size = to->cbLabel,
        .context = to->pbContextValue,
        .context_size = to->cbContextValue,
        .material_size = to->cbKeyingMaterial,
    };
    struct export_wish wish = {
        .context = span_of(asked.context, asked.context_size),
        .size = asked.material_size,
    };
    SECURITY_STATUS status = attribute_check_export(&asked, &wish.label);

    return status == SEC_E_OK ? export_key(context, &wish, &to->pbKeyingMaterial) : status;
}

/* ---- EAP ---- */

/* EAP types (RFC 5216, RFC 5281), which TLS 1.3's exporter takes as its context. */
#define EAP_TLS 13
#define EAP_TTLS 21

/* By EAP_PRF_INFO: what the key is derived of. */
static const struct {
    const char *label;
    bool server_first;    /* server_random before client_random */
    bool has_iv;          /* RFC 5216 2.3 */
    const char *exporter; /* TLS 1.3; NULL: not defined */
    uint8_t type;         /* ... and its context; 0: none */
} eap_functions[] = {
    {"client EAP encryption", false, true, "EXPORTER_EAP_TLS_Key_Material", EAP_TLS},
    {"ttls keying material", true, false, "EXPORTER_EAP_TLS_Key_Material", EAP_TTLS},
    {"ttls challenge", true, false, "ttls challenge", 0},
    {"key expansion", true, false, NULL, 0},
};
_Static_assert(COUNT_OF(eap_functions) == ATTRIBUTE_EAP_PRF_COUNT, "one for each number");

static struct span text(const char *zero_terminated)
{
    return span_of(zero_terminated, strlen(zero_terminated));
}

/* RFC 9190 2.3, RFC 9427 2.1 and 2.3; there is no IV any more. What Windows does is not described.
 */
static enum tls_status export_eap(struct schan_context *context, uint32_t function,
                                  SecPkgContext_EapKeyBlock *to) must_hold(&context->session);
static enum tls_status export_eap(struct schan_context *context, uint32_t function,
                                  SecPkgContext_EapKeyBlock *to)
{
    const uint8_t type = eap_functions[function].type;

    if (!eap_functions[function].exporter)
        return TLS_NOT_THERE;
    return tls_export(context->tls, text(eap_functions[function].exporter), type != 0,
                      span_of(&type, type != 0), to->rgbKeys, sizeof(to->rgbKeys));
}

static enum tls_status derive_eap(struct schan_context *context, uint32_t function,
                                  SecPkgContext_EapKeyBlock *to) must_hold(&context->session);
static enum tls_status derive_eap(struct schan_context *context, uint32_t function,
                                  SecPkgContext_EapKeyBlock *to)
{
    struct span label = text(eap_functions[function].label);
    bool server_first = eap_functions[function].server_first;
    enum tls_status called =
        tls_prf(context->tls, label, server_first, to->rgbKeys, sizeof(to->rgbKeys));

    if (called != TLS_OK || !eap_functions[function].has_iv)
        return called;
    return tls_prf_empty(context->tls, label, server_first, to->rgbIVs, sizeof(to->rgbIVs));
}

FILLER(eap_key_block)
{
    enum tls_status called;
    uint32_t function;

    lock_take(&context->handshake);
    function = context->eap_prf;
    lock_release(&context->handshake);
    lock_take(&context->session);
    called = context->info.version == 0x0304 ? export_eap(context, function, out)
                                             : derive_eap(context, function, out);
    lock_release(&context->session);
    return called == TLS_OK ? SEC_E_OK : attribute_status(called);
}

/* ---- the program's own data ---- */

FILLER(app_data)
{
    SecPkgContext_SessionAppData *to = out;
    SECURITY_STATUS status = SEC_E_OK;

    lock_take(&context->handshake);
    if (context->app_data_size) {
        to->pbAppData = buffers_alloc(context->app_data_size);
        if (to->pbAppData) {
            memcpy(to->pbAppData, context->app_data, context->app_data_size);
            to->cbAppData = (DWORD)context->app_data_size;
        } else {
            status = SEC_E_INSUFFICIENT_MEMORY;
        }
    }
    lock_release(&context->handshake);
    return status;
}
