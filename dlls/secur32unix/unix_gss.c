/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The ELF end of the crossing for gss.h: each call checks its parameters, as far as can be seen
 * from here, and calls the function of its name.
 */
#include "secur32unix/unix.h"

#include <string.h>

/* ---- the library and credentials ---- */

int unix_mech_load(void *params)
{
    struct param_mech_load *call = params;
    struct mech_library library;
    enum mech_status status;

    if (call->revision != PARAM_REVISION)
        return PARAM_REFUSED;
    status = mech_load(&library);
    call->mechs = library.mechs;
    memcpy(call->problem, library.problem, sizeof(call->problem));
    return (int)status;
}

int unix_mech_credential_new(void *params)
{
    struct param_mech_credential_new *call = params;
    struct mech_acquire acquire = {.allowed = call->allowed,
                                   .accept = call->accept != 0,
                                   .has_password = call->has_password != 0};
    struct mech_credential *credential = NULL;
    enum mech_status status;

    if (call->mech >= MECH_COUNT || !read_span(call->name, &acquire.name) ||
        !read_span(call->password, &acquire.password))
        return PARAM_REFUSED;
    acquire.mech = (enum mech)call->mech;
    status = mech_credential_new(&acquire, &credential);
    call->credential = (uintptr_t)credential;
    return (int)status;
}

int unix_mech_credential_name(void *params)
{
    struct param_mech_credential_name *call = params;
    enum mech_status status;
    size_t size = 0;

    if (!is_address(call->credential) || !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    status = mech_credential_name(address(call->credential), address(call->to.data), call->to.size,
                                  &size);
    call->size = (uint32_t)size;
    return (int)status;
}

int unix_mech_credential_free(void *params)
{
    const struct param_mech_credential_free *call = params;

    mech_credential_free(address(call->credential));
    return MECH_OK;
}

/* ---- contexts ---- */

int unix_mech_step(void *params)
{
    struct param_mech_step *call = params;
    struct mech_context *context = address(call->context);
    struct mech_bindings bindings = {.initiator_type = call->initiator_type,
                                     .acceptor_type = call->acceptor_type};
    struct mech_step step = {.credential = address(call->credential),
                             .request = call->request,
                             .bindings = call->has_bindings ? &bindings : NULL};
    enum mech_status status;

    if (call->mech >= MECH_COUNT || call->target_kind > MECH_TARGET_PRINCIPAL ||
        !read_span(call->target, &step.target) || !read_span(call->input, &step.input) ||
        !read_span(call->initiator, &bindings.initiator) ||
        !read_span(call->acceptor, &bindings.acceptor) || !read_span(call->data, &bindings.data))
        return PARAM_REFUSED;
    step.mech = (enum mech)call->mech;
    step.target_kind = (enum mech_target_kind)call->target_kind;
    status = call->accept ? mech_accept(&context, &step) : mech_initiate(&context, &step);
    call->context = (uintptr_t)context;
    call->granted = step.granted;
    call->output_size = step.output_size < PARAM_BYTES_MAX ? (uint32_t)step.output_size : 0;
    call->chosen = (uint32_t)step.chosen;
    return (int)status;
}

int unix_mech_output(void *params)
{
    const struct param_mech_output *call = params;

    if (!is_address(call->context) || !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    return (int)mech_output(address(call->context), address(call->to.data), call->to.size);
}

int unix_mech_context_free(void *params)
{
    const struct param_mech_context_free *call = params;

    mech_context_free(address(call->context));
    return MECH_OK;
}

int unix_mech_facts(void *params)
{
    struct param_mech_facts *call = params;
    struct mech_facts facts = {0};
    enum mech_status status;

    if (!is_address(call->context))
        return PARAM_REFUSED;
    status = mech_facts(address(call->context), &facts);
    call->granted = facts.granted;
    call->chosen = facts.chosen;
    call->lifetime_s = facts.lifetime_s;
    call->sealed_header = facts.sealed_header;
    call->signature = facts.signature;
    call->two_way = facts.two_way;
    call->protection = facts.protection;
    return (int)status;
}

int unix_mech_text(void *params)
{
    struct param_mech_text *call = params;
    enum mech_status status;
    size_t size = 0;

    if (!is_address(call->context) || call->what >= MECH_TEXT_COUNT ||
        !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    status = mech_text(address(call->context), (enum mech_text)call->what, address(call->to.data),
                       call->to.size, &size);
    call->size = (uint32_t)size;
    return (int)status;
}

int unix_mech_client_is_self(void *params)
{
    struct param_mech_client_is_self *call = params;
    enum mech_status status;
    bool is_self = false;

    if (!is_address(call->context))
        return PARAM_REFUSED;
    status = mech_client_is_self(address(call->context), &is_self);
    call->is_self = is_self;
    return (int)status;
}

/* ---- messages ---- */

static bool read_parts(struct param_span from, struct mech_part *parts)
{
    const struct param_mech_part *list = address(from.data);

    if (from.size > MECH_PARTS_MAX || (from.size && !is_address(from.data)))
        return false;
    for (uint32_t i = 0; i < from.size; i++) {
        struct param_span memory = {list[i].data, list[i].size, 0};

        if (list[i].kind >= MECH_PART_KINDS || !memory_is_good(memory, memory.size))
            return false;
        parts[i] = (struct mech_part){(enum mech_part_kind)list[i].kind, address(list[i].data),
                                      list[i].size};
    }
    return true;
}

static void write_parts(const struct mech_part *parts, struct param_span to)
{
    struct param_mech_part *list = address(to.data);

    for (uint32_t i = 0; i < to.size; i++)
        list[i].size = (uint32_t)parts[i].size;
}

int unix_mech_wrap(void *params)
{
    const struct param_mech_wrap *call = params;
    struct mech_part parts[MECH_PARTS_MAX];
    enum mech_status status;

    if (!is_address(call->context) || !read_parts(call->parts, parts))
        return PARAM_REFUSED;
    status = mech_wrap(address(call->context), call->seal != 0, parts, call->parts.size);
    write_parts(parts, call->parts);
    return (int)status;
}

int unix_mech_unwrap(void *params)
{
    struct param_mech_unwrap *call = params;
    struct mech_part parts[MECH_PARTS_MAX];
    enum mech_status status;
    bool sealed = true;

    if (!is_address(call->context) || !read_parts(call->parts, parts))
        return PARAM_REFUSED;
    status = mech_unwrap(address(call->context), parts, call->parts.size, &sealed);
    write_parts(parts, call->parts);
    call->sealed = sealed;
    return (int)status;
}

int unix_mech_unwrap_stream(void *params)
{
    struct param_mech_unwrap_stream *call = params;
    size_t offset = 0, size = 0;
    enum mech_status status;
    bool sealed = true;

    if (!is_address(call->context) || !memory_is_good(call->message, call->message.size))
        return PARAM_REFUSED;
    status = mech_unwrap_stream(address(call->context), address(call->message.data),
                                call->message.size, &offset, &size, &sealed);
    call->offset = (uint32_t)offset; /* both lie in the message */
    call->size = (uint32_t)size;
    call->sealed = sealed;
    return (int)status;
}

int unix_mech_sign(void *params)
{
    struct param_mech_sign *call = params;
    enum mech_status status;
    struct span message;
    size_t size = 0;

    if (!is_address(call->context) || !read_span(call->message, &message) ||
        !memory_is_good(call->to, call->to.size))
        return PARAM_REFUSED;
    status =
        mech_sign(address(call->context), message, address(call->to.data), call->to.size, &size);
    call->size = (uint32_t)size;
    return (int)status;
}

int unix_mech_verify(void *params)
{
    const struct param_mech_verify *call = params;
    struct span message, signature;

    if (!is_address(call->context) || !read_span(call->message, &message) ||
        !read_span(call->signature, &signature))
        return PARAM_REFUSED;
    return (int)mech_verify(address(call->context), message, signature);
}
