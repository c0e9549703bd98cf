/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SetContextAttributes: each call replaces what the one before said.
 *
 * Sources: Microsoft Learn, "SetContextAttributes function", "SecPkgContext_KeyingMaterialInfo"
 * (cbLabel counts the terminating zero, which is taken off), "SecPkgContext_EapPrfInfo",
 * "SecPkgContext_SessionAppData", "SecPkgContext_EarlyStart".
 */
#include "schannel/attributes.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* A copy that may be NULL for no bytes. */
static SECURITY_STATUS copy_bytes(struct span from, uint8_t **copy)
{
    *copy = NULL;
    if (!from.size)
        return SEC_E_OK;
    *copy = mem_copy(from);
    return *copy ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS attribute_check_export(const struct attribute_export *asked, struct span *label)
{
    if (!asked->label || !asked->label_size || (asked->context_size && !asked->context) ||
        !asked->material_size || asked->material_size > LIMIT_KEYING_MATERIAL)
        return SEC_E_INVALID_PARAMETER;
    *label = span_of(asked->label, asked->label_size);
    if (!label->data[label->size - 1])
        label->size--;
    return label->size ? SEC_E_OK : SEC_E_INVALID_PARAMETER;
}

SETTER(keying_material_info)
{
    const SecPkgContext_KeyingMaterialInfo *from = in;
    const struct attribute_export asked = {
        .label = from->pszLabel,
        .label_size = from->cbLabel,
        .context = from->pbContextValue,
        .context_size = from->cbContextValue,
        .material_size = from->cbKeyingMaterial,
    };
    uint8_t *label_copy = NULL, *context_copy = NULL;
    struct span label;
    SECURITY_STATUS status = attribute_check_export(&asked, &label);

    if (status == SEC_E_OK)
        status = copy_bytes(label, &label_copy);
    if (status == SEC_E_OK)
        status = copy_bytes(span_of(asked.context, asked.context_size), &context_copy);
    if (status != SEC_E_OK) {
        mem_free(label_copy);
        return status;
    }
    lock_take(&context->handshake);
    mem_free(context->exporter.label);
    mem_free(context->exporter.context);
    context->exporter.label = (char *)label_copy;
    context->exporter.label_size = label.size;
    context->exporter.context = context_copy;
    context->exporter.context_size = asked.context_size;
    context->exporter.material_size = asked.material_size;
    context->exporter.set = true;
    lock_release(&context->handshake);
    return SEC_E_OK;
}

SETTER(eap_prf_info)
{
    const SecPkgContext_EapPrfInfo *from = in;
    DWORD number;

    if (from->dwVersion != 0 || from->cbPrfData < sizeof(number) || !from->pbPrfData)
        return SEC_E_INVALID_PARAMETER;
    memcpy(&number, from->pbPrfData, sizeof(number));
    if (number >= ATTRIBUTE_EAP_PRF_COUNT)
        return SEC_E_INVALID_PARAMETER;
    lock_take(&context->handshake);
    context->eap_prf = number;
    lock_release(&context->handshake);
    return SEC_E_OK;
}

/* False Start (RFC 7918) is leave to send early, not a duty: nothing is sent before the server's
 * Finished came. */
SETTER(early_start)
{
    const SecPkgContext_EarlyStart *from = in;

    if (context->role != TLS_CLIENT)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return from->dwEarlyStartFlags & ~(DWORD)ENABLE_TLS_CLIENT_EARLY_START ? SEC_E_INVALID_PARAMETER
                                                                           : SEC_E_OK;
}

SETTER(app_data)
{
    const SecPkgContext_SessionAppData *from = in;
    uint8_t *copy = NULL, *old;
    SECURITY_STATUS status;

    if ((from->cbAppData && !from->pbAppData) || from->cbAppData > LIMIT_APP_DATA)
        return SEC_E_INVALID_PARAMETER;
    status = copy_bytes(span_of(from->pbAppData, from->cbAppData), &copy);
    if (status != SEC_E_OK)
        return status;
    lock_take(&context->handshake);
    old = context->app_data;
    context->app_data = copy;
    context->app_data_size = from->cbAppData;
    lock_release(&context->handshake);
    mem_free(old);
    return SEC_E_OK;
}
