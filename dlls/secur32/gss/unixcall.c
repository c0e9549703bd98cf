/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The PE build's gss.h: packs parameters, crosses to the ELF side, unpacks. No decision is made
 * here. An object's pointer is that of a small struct with the other side's address.
 */
#include "tls/unixcall.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct mech_credential {
    uint64_t other;
};

struct mech_context {
    uint64_t other;
};

static enum mech_status cross_mech(enum param_call number, void *params)
{
    int status = cross_any(number, params);

    return status >= 0 && status < MECH_STATUS_COUNT ? (enum mech_status)status : MECH_BAD_ARGUMENT;
}

/* ---- the library and credentials ---- */

enum mech_status mech_load(struct mech_library *library)
{
    struct param_mech_load call = {.revision = PARAM_REVISION};
    const char *problem = crossing_problem();
    enum mech_status status;

    *library = (struct mech_library){0};
    if (problem) {
        snprintf(library->problem, sizeof(library->problem), "%s", problem);
        return MECH_UNAVAILABLE;
    }
    status = cross_mech(PARAM_MECH_LOAD, &call);
    if (status == MECH_BAD_ARGUMENT) {
        snprintf(library->problem, sizeof(library->problem),
                 "secur32unix.so is of another version");
        return MECH_UNAVAILABLE;
    }
    library->mechs = call.mechs;
    memcpy(library->problem, call.problem, sizeof(library->problem));
    return status;
}

enum mech_status mech_credential_new(const struct mech_acquire *acquire,
                                     struct mech_credential **credential)
{
    struct param_mech_credential_new call = {.name = param_bytes(acquire->name),
                                             .password = param_bytes(acquire->password),
                                             .mech = (uint32_t)acquire->mech,
                                             .allowed = acquire->allowed,
                                             .accept = acquire->accept,
                                             .has_password = acquire->has_password};
    struct mech_credential *made = mem_alloc(sizeof(*made));
    enum mech_status status;

    if (!made)
        return MECH_NO_MEMORY;
    status = cross_mech(PARAM_MECH_CREDENTIAL_NEW, &call);
    if (status != MECH_OK) {
        mem_free(made);
        return status;
    }
    made->other = call.credential;
    *credential = made;
    return MECH_OK;
}

void mech_credential_free(struct mech_credential *credential)
{
    struct param_mech_credential_free call;

    if (!credential)
        return;
    call.credential = credential->other;
    (void)cross_mech(PARAM_MECH_CREDENTIAL_FREE, &call);
    mem_free(credential);
}

enum mech_status mech_credential_name(struct mech_credential *credential, uint8_t *to, size_t room,
                                      size_t *size)
{
    struct param_mech_credential_name call = {.credential = credential->other,
                                              .to = param_memory(to, room)};
    enum mech_status status = cross_mech(PARAM_MECH_CREDENTIAL_NAME, &call);

    *size = call.size;
    return status;
}

/* ---- contexts ---- */

static enum mech_status step_either(struct mech_context **context, struct mech_step *step,
                                    bool accept)
{
    static const struct mech_bindings none;
    const struct mech_bindings *bindings = step->bindings ? step->bindings : &none;
    struct param_mech_step call = {
        .credential = step->credential ? step->credential->other : 0,
        .target = param_bytes(step->target),
        .input = param_bytes(step->input),
        .initiator = param_bytes(bindings->initiator),
        .acceptor = param_bytes(bindings->acceptor),
        .data = param_bytes(bindings->data),
        .mech = (uint32_t)step->mech,
        .target_kind = (uint32_t)step->target_kind,
        .request = step->request,
        .accept = accept,
        .has_bindings = step->bindings != NULL,
        .initiator_type = bindings->initiator_type,
        .acceptor_type = bindings->acceptor_type,
        .chosen = MECH_UNKNOWN,
    };
    enum mech_status status;

    if (!*context)
        *context = mem_alloc(sizeof(**context));
    if (!*context)
        return MECH_NO_MEMORY;
    call.context = (*context)->other;
    status = cross_mech(PARAM_MECH_STEP, &call);
    (*context)->other = call.context;
    step->granted = call.granted;
    step->output_size = call.output_size;
    step->chosen = call.chosen < MECH_COUNT ? (enum mech)call.chosen : MECH_UNKNOWN;
    return status;
}

enum mech_status mech_initiate(struct mech_context **context, struct mech_step *step)
{
    return step_either(context, step, false);
}

enum mech_status mech_accept(struct mech_context **context, struct mech_step *step)
{
    return step_either(context, step, true);
}

enum mech_status mech_output(struct mech_context *context, uint8_t *to, size_t room)
{
    struct param_mech_output call = {context->other, param_memory(to, room)};

    return cross_mech(PARAM_MECH_OUTPUT, &call);
}

void mech_context_free(struct mech_context *context)
{
    struct param_mech_context_free call;

    if (!context)
        return;
    call.context = context->other;
    (void)cross_mech(PARAM_MECH_CONTEXT_FREE, &call);
    mem_free(context);
}

enum mech_status mech_facts(struct mech_context *context, struct mech_facts *facts)
{
    struct param_mech_facts call = {.context = context->other};
    enum mech_status status = cross_mech(PARAM_MECH_FACTS, &call);

    *facts = (struct mech_facts){call.granted,   call.chosen,  call.lifetime_s, call.sealed_header,
                                 call.signature, call.two_way, call.protection};
    return status;
}

enum mech_status mech_text(struct mech_context *context, enum mech_text what, uint8_t *to,
                           size_t room, size_t *size)
{
    struct param_mech_text call = {
        .context = context->other, .to = param_memory(to, room), .what = (uint32_t)what};
    enum mech_status status = cross_mech(PARAM_MECH_TEXT, &call);

    *size = call.size;
    return status;
}

enum mech_status mech_client_is_self(struct mech_context *context, bool *is_self)
{
    struct param_mech_client_is_self call = {.context = context->other};
    enum mech_status status = cross_mech(PARAM_MECH_CLIENT_IS_SELF, &call);

    *is_self = status == MECH_OK && call.is_self != 0;
    return status;
}

/* ---- messages ---- */

static bool pack_parts(const struct mech_part *parts, size_t count, struct param_mech_part *packed)
{
    if (count > MECH_PARTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > UINT32_MAX)
            return false;
        packed[i] = (struct param_mech_part){(uintptr_t)parts[i].data, (uint32_t)parts[i].size,
                                             (uint32_t)parts[i].kind};
    }
    return true;
}

static void unpack_parts(const struct param_mech_part *packed, struct mech_part *parts,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        parts[i].size = packed[i].size;
}

enum mech_status mech_wrap(struct mech_context *context, bool seal, struct mech_part *parts,
                           size_t count)
{
    struct param_mech_part packed[MECH_PARTS_MAX];
    struct param_mech_wrap call = {
        .context = context->other, .parts = param_memory(packed, count), .seal = seal};
    enum mech_status status;

    if (!pack_parts(parts, count, packed))
        return MECH_BAD_ARGUMENT;
    status = cross_mech(PARAM_MECH_WRAP, &call);
    unpack_parts(packed, parts, count);
    return status;
}

enum mech_status mech_unwrap(struct mech_context *context, struct mech_part *parts, size_t count,
                             bool *sealed)
{
    struct param_mech_part packed[MECH_PARTS_MAX];
    struct param_mech_unwrap call = {.context = context->other,
                                     .parts = param_memory(packed, count)};
    enum mech_status status;

    *sealed = true;
    if (!pack_parts(parts, count, packed))
        return MECH_BAD_ARGUMENT;
    status = cross_mech(PARAM_MECH_UNWRAP, &call);
    unpack_parts(packed, parts, count);
    *sealed = call.sealed != 0;
    return status;
}

enum mech_status mech_unwrap_stream(struct mech_context *context, uint8_t *message,
                                    size_t message_size, size_t *offset, size_t *size, bool *sealed)
{
    struct param_mech_unwrap_stream call = {.context = context->other,
                                            .message = param_memory(message, message_size)};
    enum mech_status status = cross_mech(PARAM_MECH_UNWRAP_STREAM, &call);

    *offset = call.offset;
    *size = call.size;
    *sealed = call.sealed != 0;
    return status;
}

enum mech_status mech_sign(struct mech_context *context, struct span message, uint8_t *to,
                           size_t room, size_t *size)
{
    struct param_mech_sign call = {
        .context = context->other, .message = param_bytes(message), .to = param_memory(to, room)};
    enum mech_status status = cross_mech(PARAM_MECH_SIGN, &call);

    *size = call.size;
    return status;
}

enum mech_status mech_verify(struct mech_context *context, struct span message,
                             struct span signature)
{
    struct param_mech_verify call = {context->other, param_bytes(message), param_bytes(signature)};

    return cross_mech(PARAM_MECH_VERIFY, &call);
}
