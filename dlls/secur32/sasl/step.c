/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SaslInitializeSecurityContext and SaslAcceptSecurityContext: the package's own exchange, and for
 * GSSAPI (Kerberos) behind it the one about the security layer: the server offers layers and the
 * most that it takes, the client chooses and may say as whom it wants to act. GSS-SPNEGO and NTLM
 * have no such exchange: what was negotiated as integrity and confidentiality is the layer
 * (MS-ADTS 3.1.1.3.4.5.2).
 *
 * Source: RFC 4752 3.1 to 3.3; Microsoft Learn, "SaslAcceptSecurityContext function" (the first
 * input may be one empty TOKEN; SEC_E_ALGORITHM_MISMATCH: authorization ids are not permitted).
 */
#include "sasl/sasl.h"

#include <string.h>

#include "base/mem.h"
#include "platform/platform.h"
#include "sspi/buffers.h"
#include "sspi/handle.h"

/* RFC 4752 3.3. */
#define LAYER_NONE 1
#define LAYER_INTEGRITY 2
#define LAYER_CONFIDENTIALITY 4
#define HEADER_SIZE 4 /* the layers and a size of three bytes */

_Static_assert(ISC_RET_INTEGRITY != ASC_RET_INTEGRITY, "told apart by is_server");

struct call {
    SecHandle *credential, *context, *new_context;
    WCHAR *target;
    ULONG request, data_representation;
    SecBufferDesc *input, *output;
    ULONG *attributes;
    TimeStamp *expiry;
    bool is_server;
    bool package_wrote; /* the output TOKEN is the package's */
    ULONG room;         /* bytes at the output TOKEN, before the package writes how many it used */
};

/* ---- the two exchanges apart
 * ------------------------------------------------------------------------ */

/* GSSAPI is Kerberos without a frame around it. */
static bool has_layers(const SecHandle *context)
{
    struct handle_ref ref;
    bool is_kerberos;

    if (!context || context_acquire(context, USE_OTHER, &ref) != SEC_E_OK)
        return false;
    is_kerberos = platform_wide_same(ref.ssp->names[0], u"Kerberos");
    handle_release(&ref);
    return is_kerberos;
}

static SECURITY_STATUS package_step(const struct call *call, ULONG *attributes, TimeStamp *expiry)
{
    return call->is_server
               ? AcceptSecurityContext(call->credential, call->context, call->input, call->request,
                                       call->data_representation, call->new_context, call->output,
                                       attributes, expiry)
               : InitializeSecurityContextW(call->credential, call->context, call->target,
                                            call->request, 0, call->data_representation,
                                            call->input, 0, call->new_context, call->output,
                                            attributes, expiry);
}

static struct span input_of(const struct call *call)
{
    const SecBuffer *token = buffers_find(call->input, SECBUFFER_TOKEN, 0);

    return token ? buffer_span(token) : span_of(NULL, 0);
}

/* Both functions know the bit for memory of ours as the same. */
static SECURITY_STATUS output_give(const struct call *call, void *take_bytes, size_t size)
{
    SecBuffer *token = buffers_find(call->output, SECBUFFER_TOKEN, 0);
    ULONG allocate = call->is_server ? ASC_REQ_ALLOCATE_MEMORY : ISC_REQ_ALLOCATE_MEMORY;
    SECURITY_STATUS status = SEC_E_OK;

    if (token && call->request & allocate) {
        if (token->pvBuffer && call->package_wrote)
            buffers_free(token->pvBuffer); /* the package's, with nothing in it */
        token->pvBuffer = take_bytes;
        token->cbBuffer = (ULONG)size;
        return SEC_E_OK;
    }
    if (!token || !token->pvBuffer || call->room < size)
        status = size ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
    if (status == SEC_E_OK && token) {
        if (size)
            memcpy(token->pvBuffer, take_bytes, size);
        token->cbBuffer = (ULONG)size;
    }
    buffers_free(take_bytes);
    return status;
}

/* ---- layers
 * ----------------------------------------------------------------------------------------- */

static unsigned layers_of(const struct sasl_context *context, bool is_server)
{
    ULONG integrity = is_server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;
    ULONG confidentiality = is_server ? ASC_RET_CONFIDENTIALITY : ISC_RET_CONFIDENTIALITY;
    unsigned layers = LAYER_NONE;

    if (context->attributes & integrity)
        layers |= LAYER_INTEGRITY;
    if (context->attributes & confidentiality)
        layers |= LAYER_CONFIDENTIALITY;
    return layers;
}

static unsigned highest(unsigned layers)
{
    if (layers & LAYER_CONFIDENTIALITY)
        return LAYER_CONFIDENTIALITY;
    return layers & LAYER_INTEGRITY ? LAYER_INTEGRITY : layers & LAYER_NONE;
}

/* Without a layer no size may be told but 0. */
static void header_put(uint8_t header[HEADER_SIZE], unsigned layers, ULONG size)
{
    if (layers == LAYER_NONE)
        size = 0;
    header[0] = (uint8_t)layers;
    header[1] = (uint8_t)(size >> 16);
    header[2] = (uint8_t)(size >> 8);
    header[3] = (uint8_t)size;
}

static ULONG header_size(const uint8_t header[HEADER_SIZE])
{
    return (ULONG)header[1] << 16 | (ULONG)header[2] << 8 | header[3];
}

static SECURITY_STATUS say(const struct call *call, struct span message)
{
    void *wrapped = NULL;
    size_t size = 0;
    SECURITY_STATUS status = sasl_wrap(call->context, message, &wrapped, &size);

    return status == SEC_E_OK ? output_give(call, wrapped, size) : status;
}

/* The server, once the client has nothing more to say: which layers, and the most that it takes. */
static SECURITY_STATUS offer(const struct call *call, struct sasl_context *context)
{
    uint8_t header[HEADER_SIZE];
    SECURITY_STATUS status;

    if (input_of(call).size)
        return SEC_E_INVALID_TOKEN;
    header_put(header, layers_of(context, true), context->receive_size);
    status = say(call, span_of(header, sizeof(header)));
    if (status != SEC_E_OK)
        return status;
    context->phase = SASL_LAYERS;
    return SEC_I_CONTINUE_NEEDED;
}

/* The server hears the choice. */
static SECURITY_STATUS hear_choice(const struct call *call, struct sasl_context *context)
{
    uint8_t message[HEADER_SIZE + SASL_AUTHORIZATION_MAX];
    size_t size = 0;
    SECURITY_STATUS status =
        sasl_unwrap(call->context, input_of(call), message, sizeof(message), &size);

    if (status != SEC_E_OK)
        return status;
    if (size < HEADER_SIZE || !message[0] || highest(message[0]) != message[0] ||
        !(message[0] & layers_of(context, true)))
        return SEC_E_INVALID_TOKEN;
    if (size > HEADER_SIZE && context->authorization_forbidden)
        return SEC_E_ALGORITHM_MISMATCH;
    context->authorization_size = size - HEADER_SIZE;
    memcpy(context->authorization, message + HEADER_SIZE, context->authorization_size);
    context->send_size = header_size(message);
    context->phase = SASL_DONE;
    return output_give(call, NULL, 0);
}

/* The client hears the offer and chooses the best layer that both have. */
static SECURITY_STATUS choose(const struct call *call, struct sasl_context *context)
{
    uint8_t offered[HEADER_SIZE], message[HEADER_SIZE + SASL_AUTHORIZATION_MAX];
    unsigned layer;
    size_t size = 0;
    SECURITY_STATUS status =
        sasl_unwrap(call->context, input_of(call), offered, sizeof(offered), &size);

    if (status != SEC_E_OK)
        return status;
    if (size != HEADER_SIZE)
        return SEC_E_INVALID_TOKEN;
    layer = highest(offered[0] & layers_of(context, false));
    if (!layer)
        return SEC_E_ALGORITHM_MISMATCH;
    header_put(message, layer, context->receive_size);
    memcpy(message + HEADER_SIZE, context->authorization, context->authorization_size);
    status = say(call, span_of(message, HEADER_SIZE + context->authorization_size));
    if (status == SEC_E_OK) {
        context->send_size = header_size(offered);
        context->phase = SASL_DONE;
    }
    return status;
}

/* ---- steps
 * ------------------------------------------------------------------------------------------ */

/* The package is done: what comes then depends on who has said the last word. */
static SECURITY_STATUS authenticated(struct call *call, struct sasl_context *context)
{
    const SecBuffer *token = buffers_find(call->output, SECBUFFER_TOKEN, 0);

    if (!call->is_server) {
        context->phase = SASL_LAYERS; /* the token, maybe empty, goes out first */
        return SEC_I_CONTINUE_NEEDED;
    }
    context->phase = SASL_OFFER;
    if (token && token->cbBuffer)
        return SEC_I_CONTINUE_NEEDED; /* the client answers with nothing */
    call->input = NULL;
    return offer(call, context);
}

static SECURITY_STATUS first_phase(struct call *call)
{
    struct sasl_context context;
    ULONG attributes = 0;
    TimeStamp expiry = {.QuadPart = 0};
    const SecHandle *handle;
    SECURITY_STATUS status = package_step(call, &attributes, &expiry), kept;

    if (call->attributes)
        *call->attributes = attributes;
    if (call->expiry)
        *call->expiry = expiry;
    handle = call->context ? call->context : call->new_context;
    if (status != SEC_E_OK || !has_layers(handle))
        return status;
    call->package_wrote = true;
    status = sasl_context_get(handle, &context);
    if (status != SEC_E_OK)
        return status;
    call->context = &context.handle;
    context.attributes = attributes;
    context.expiry = expiry;
    status = authenticated(call, &context);
    kept = sasl_context_put(&context);
    return status < 0 || kept == SEC_E_OK ? status : kept;
}

static SECURITY_STATUS later_phase(struct call *call, struct sasl_context *context)
{
    SECURITY_STATUS status, kept;

    if (call->new_context)
        *call->new_context = *call->context;
    if (call->attributes)
        *call->attributes = context->attributes;
    if (call->expiry)
        *call->expiry = context->expiry;
    if (context->phase == SASL_OFFER)
        status = offer(call, context);
    else if (context->phase == SASL_DONE)
        return SEC_E_OUT_OF_SEQUENCE;
    else
        status = call->is_server ? hear_choice(call, context) : choose(call, context);
    kept = status >= 0 ? sasl_context_put(context) : SEC_E_OK;
    return kept == SEC_E_OK ? status : kept;
}

static SECURITY_STATUS step(struct call *call)
{
    struct sasl_context context;
    SECURITY_STATUS status = buffers_check(call->input);
    const SecBuffer *token;

    if (status == SEC_E_OK)
        status = buffers_check(call->output);
    if (status != SEC_E_OK)
        return status;
    token = buffers_find(call->output, SECBUFFER_TOKEN, 0);
    call->room = token ? token->cbBuffer : 0;
    if (!call->context)
        return first_phase(call);
    status = sasl_context_get(call->context, &context);
    if (status != SEC_E_OK)
        return status;
    return context.phase == SASL_AUTHENTICATION ? first_phase(call) : later_phase(call, &context);
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(
    PCredHandle credential, PCtxtHandle context, LPWSTR target, ULONG request, ULONG reserved1,
    ULONG data_representation, PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
    PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    struct call call = {credential,          context, new_context, target,     request,
                        data_representation, input,   output,      attributes, expiry,
                        .is_server = false};

    (void)reserved1;
    (void)reserved2;
    return step(&call);
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextA(
    PCredHandle credential, PCtxtHandle context, LPSTR target, ULONG request, ULONG reserved1,
    ULONG data_representation, PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
    PSecBufferDesc output, ULONG *attributes, PTimeStamp expiry)
{
    WCHAR *wide = NULL;
    SECURITY_STATUS status = platform_wide_from_ansi(target, &wide);

    if (status == SEC_E_OK)
        status = SaslInitializeSecurityContextW(credential, context, wide, request, reserved1,
                                                data_representation, input, reserved2, new_context,
                                                output, attributes, expiry);
    mem_free(wide);
    return status;
}

/* An empty first input asks nothing yet: there is no context before the client has spoken. */
static bool is_empty_start(const struct call *call)
{
    static const SecHandle none;

    return (!call->context || !memcmp(call->context, &none, sizeof(none))) &&
           buffers_check(call->input) == SEC_E_OK && buffers_count(call->input) == 1 &&
           input_of(call).size == 0;
}

SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle credential, PCtxtHandle context,
                                                    PSecBufferDesc input, ULONG request,
                                                    ULONG data_representation,
                                                    PCtxtHandle new_context, PSecBufferDesc output,
                                                    ULONG *attributes, PTimeStamp expiry)
{
    static const SecHandle none;
    struct call call = {credential,          context, new_context, NULL,       request,
                        data_representation, input,   output,      attributes, expiry,
                        .is_server = true};
    struct handle_ref ref;
    SECURITY_STATUS status;

    if (is_empty_start(&call) && new_context) {
        status = credential_acquire(credential, &ref);
        if (status == SEC_E_OK)
            status = buffers_check(output);
        if (status != SEC_E_OK)
            return status;
        handle_release(&ref);
        *new_context = none;
        status = output_give(&call, NULL, 0);
        return status == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status;
    }
    /* The program may pass on the handle that it got for the empty start. */
    if (context && !memcmp(context, &none, sizeof(none)))
        call.context = NULL;
    return step(&call);
}
