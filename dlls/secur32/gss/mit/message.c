/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Messages. Kerberos works in place on the caller's parts (gss_wrap_iov). NTLM's are
 * ntlm_session.c's. Where that cannot do them (no extended session security, no GnuTLS) they are
 * gss-ntlmssp's, which has no such call: there the data is gathered, and what gss_wrap makes
 * (MS-NLMP 3.4.6: a signature of 16 bytes, then as many sealed bytes as there were plain ones) is
 * scattered again; what is empty, or only signed, is refused.
 */
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "gss/mit/library.h"

#define NTLM_HEADER NTLM_SIGNATURE_SIZE
#define NTLM_NUMBER 12 /* in it, to its end */

static const OM_uint32 iov_types[MECH_PART_KINDS] = {
    [MECH_PART_DATA] = GSS_IOV_BUFFER_TYPE_DATA,
    [MECH_PART_SIGN_ONLY] = GSS_IOV_BUFFER_TYPE_SIGN_ONLY,
    [MECH_PART_HEADER] = GSS_IOV_BUFFER_TYPE_HEADER,
    [MECH_PART_PADDING] = GSS_IOV_BUFFER_TYPE_PADDING,
};

/* A message that came again or in the wrong order is told by bits beside the success. */
static enum mech_status status_of(const char *of, OM_uint32 major, OM_uint32 minor)
{
    if (GSS_ERROR(major))
        return library_status(of, major, minor);
    return major & (GSS_S_DUPLICATE_TOKEN | GSS_S_OLD_TOKEN | GSS_S_UNSEQ_TOKEN | GSS_S_GAP_TOKEN)
               ? MECH_OUT_OF_SEQUENCE
               : MECH_OK;
}

/* ---- in place ---- */

static void parts_to_iov(const struct mech_part *parts, gss_iov_buffer_desc *iov, size_t count)
{
    for (size_t i = 0; i < count; i++)
        iov[i] =
            parts[i].kind == MECH_PART_READ_ONLY
                ? (gss_iov_buffer_desc){GSS_IOV_BUFFER_TYPE_EMPTY, {0, NULL}}
                : (gss_iov_buffer_desc){iov_types[parts[i].kind], {parts[i].size, parts[i].data}};
}

static enum mech_status wrap_in_place(struct mech_context *context, bool seal,
                                      struct mech_part *parts, size_t count)
{
    gss_iov_buffer_desc iov[MECH_PARTS_MAX];
    bool too_small = false;
    OM_uint32 minor, major;
    int sealed = 0;

    parts_to_iov(parts, iov, count);
    major = gssapi.wrap_iov_length(&minor, context->context, seal, 0, NULL, iov, (int)count);
    if (GSS_ERROR(major))
        return library_status("wrap length", major, minor);
    for (size_t i = 0; i < count; i++) {
        too_small = too_small || iov[i].buffer.length > parts[i].size;
        if (parts[i].kind == MECH_PART_HEADER || parts[i].kind == MECH_PART_PADDING)
            parts[i].size = iov[i].buffer.length;
        iov[i].buffer.value = parts[i].data; /* which the reckoning sets to NULL */
    }
    if (too_small)
        return MECH_TOO_SMALL;
    major = gssapi.wrap_iov(&minor, context->context, seal, 0, &sealed, iov, (int)count);
    if (GSS_ERROR(major))
        return library_status("wrap", major, minor);
    return seal && !sealed ? MECH_UNSUPPORTED : MECH_OK;
}

static void wipe_data(const struct mech_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_DATA && parts[i].size)
            mem_wipe(parts[i].data, parts[i].size);
}

static enum mech_status unwrap_in_place(struct mech_context *context, struct mech_part *parts,
                                        size_t count, bool *sealed)
{
    gss_iov_buffer_desc iov[MECH_PARTS_MAX];
    OM_uint32 minor, major;
    int was_sealed = 0;

    parts_to_iov(parts, iov, count);
    major = gssapi.unwrap_iov(&minor, context->context, &was_sealed, NULL, iov, (int)count);
    *sealed = was_sealed != 0;
    /* Kerberos decrypts before it knows whether the message is genuine. */
    if (GSS_ERROR(major))
        wipe_data(parts, count);
    return status_of("unwrap", major, minor);
}

/* ---- gathered ---- */

/* Parts that are only signed the library cannot do. One that is read-only is signed with extended
 * session security alone (MS-NLMP 3.4.6.1). */
static bool is_beyond(const struct mech_context *context, const struct mech_part *part)
{
    bool signs_all = context->seen.flags & NTLM_FLAG_EXTENDED;

    return part->size &&
           (part->kind == MECH_PART_SIGN_ONLY || (part->kind == MECH_PART_READ_ONLY && signs_all));
}

static enum mech_status data_size(const struct mech_context *context, const struct mech_part *parts,
                                  size_t count, size_t *total)
{
    *total = NTLM_HEADER;
    for (size_t i = 0; i < count; i++) {
        if (is_beyond(context, &parts[i]))
            return MECH_UNSUPPORTED;
        if (parts[i].kind == MECH_PART_DATA && !size_add(*total, parts[i].size, total))
            return MECH_BAD_ARGUMENT;
    }
    return MECH_OK;
}

static struct mech_part *find_header(struct mech_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_HEADER)
            return &parts[i];
    return NULL;
}

static void gather(const struct mech_part *parts, size_t count, uint8_t *to)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_DATA && parts[i].size) {
            memcpy(to, parts[i].data, parts[i].size);
            to += parts[i].size;
        }
}

static void scatter(struct mech_part *parts, size_t count, const uint8_t *from)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_DATA && parts[i].size) {
            memcpy(parts[i].data, from, parts[i].size);
            from += parts[i].size;
        }
}

/* NTLM has none. */
static void empty_padding(struct mech_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == MECH_PART_PADDING)
            parts[i].size = 0;
}

static void wipe_buffer(gss_buffer_desc *buffer)
{
    OM_uint32 minor;

    if (buffer->value)
        mem_wipe(buffer->value, buffer->length);
    gssapi.release_buffer(&minor, buffer);
}

static enum mech_status wrap_gathered(struct mech_context *context, struct mech_part *parts,
                                      size_t count)
{
    struct mech_part *header = find_header(parts, count);
    gss_buffer_desc plain = {0, NULL}, sealed = {0, NULL};
    OM_uint32 minor, major;
    enum mech_status status;
    int was_sealed = 0;
    uint8_t *memory;
    size_t total;

    if (!header)
        return MECH_BAD_ARGUMENT;
    status = data_size(context, parts, count, &total);
    if (status != MECH_OK)
        return status;
    if (header->size < NTLM_HEADER) {
        header->size = NTLM_HEADER;
        return MECH_TOO_SMALL;
    }
    if (total == NTLM_HEADER) /* gss-ntlmssp takes an empty message for a missing one */
        return MECH_UNSUPPORTED;
    memory = mem_alloc(total);
    if (!memory)
        return MECH_NO_MEMORY;
    gather(parts, count, memory);
    plain = (gss_buffer_desc){total - NTLM_HEADER, memory};
    major = gssapi.wrap(&minor, context->context, 1, 0, &plain, &was_sealed, &sealed);
    if (GSS_ERROR(major))
        status = library_status("wrap", major, minor);
    else if (!was_sealed || sealed.length != total)
        status = MECH_UNSUPPORTED;
    if (status == MECH_OK) {
        memcpy(header->data, sealed.value, NTLM_HEADER);
        header->size = NTLM_HEADER;
        empty_padding(parts, count);
        scatter(parts, count, (const uint8_t *)sealed.value + NTLM_HEADER);
    }
    wipe_buffer(&sealed);
    mem_wipe_free(memory, total);
    return status;
}

/*
 * What came of a message of NTLM's. gss-ntlmssp has one word for a wrong number and a wrong text;
 * but a signature ends with the number in clear (MS-NLMP 2.2.2.9.2; the older form of 2.2.2.9.1 has
 * it covered). The first one need not be 0: SPNEGO may have used that up.
 */
static enum mech_status ntlm_received(struct mech_context *context, enum mech_status status,
                                      struct span signature)
{
    uint32_t number = 0;

    if (signature.size < NTLM_HEADER)
        return status;
    for (size_t i = NTLM_HEADER; i > NTLM_NUMBER; i--)
        number = number << 8 | signature.data[i - 1];
    if (status == MECH_OK) {
        context->has_received = true;
        context->next = number + 1;
    } else if (status == MECH_ALTERED && context->has_received && number != context->next) {
        status = MECH_OUT_OF_SEQUENCE;
    }
    return status;
}

static enum mech_status unwrap_whole(struct mech_context *context, struct span message,
                                     gss_buffer_desc *plain)
{
    gss_buffer_desc input = library_buffer(message);
    OM_uint32 minor, major;
    enum mech_status status;

    if (message.size < NTLM_HEADER)
        return MECH_BAD_TOKEN;
    if (message.size == NTLM_HEADER)
        return MECH_UNSUPPORTED;
    major = gssapi.unwrap(&minor, context->context, &input, plain, NULL, NULL);
    status = ntlm_received(context, status_of("unwrap", major, minor), message);
    if (status == MECH_OK && plain->length != message.size - NTLM_HEADER)
        status = MECH_BAD_TOKEN;
    return status;
}

static enum mech_status unwrap_gathered(struct mech_context *context, struct mech_part *parts,
                                        size_t count)
{
    struct mech_part *header = find_header(parts, count);
    gss_buffer_desc plain = {0, NULL};
    enum mech_status status;
    uint8_t *memory;
    size_t total;

    if (!header)
        return MECH_BAD_ARGUMENT;
    status = data_size(context, parts, count, &total);
    if (status != MECH_OK)
        return status;
    if (header->size != NTLM_HEADER)
        return MECH_BAD_TOKEN;
    memory = mem_alloc(total);
    if (!memory)
        return MECH_NO_MEMORY;
    memcpy(memory, header->data, NTLM_HEADER);
    gather(parts, count, memory + NTLM_HEADER);
    status = unwrap_whole(context, span_of(memory, total), &plain);
    if (status == MECH_OK)
        scatter(parts, count, plain.value);
    wipe_buffer(&plain);
    mem_free(memory);
    return status;
}

/* ---- the seam ---- */

static bool parts_are_good(const struct mech_context *context, const struct mech_part *parts,
                           size_t count)
{
    size_t seen[MECH_PART_KINDS] = {0};

    if (!context->is_ready || count > MECH_PARTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        seen[parts[i].kind]++;
    return seen[MECH_PART_HEADER] == 1 && seen[MECH_PART_PADDING] <= 1;
}

enum mech_status mech_wrap(struct mech_context *context, bool seal, struct mech_part *parts,
                           size_t count)
{
    if (!parts_are_good(context, parts, count))
        return MECH_BAD_ARGUMENT;
    /* What was not negotiated must not leave as plain text. */
    if (context->chosen == MECH_NTLM && !(context->granted & MECH_FLAG_CONFIDENTIAL))
        return MECH_UNSUPPORTED;
    if (context->ntlm)
        return ntlm_seal(context->ntlm, parts, count);
    if (context->chosen == MECH_NTLM)
        return wrap_gathered(context, parts, count);
    return wrap_in_place(context, seal, parts, count);
}

enum mech_status mech_unwrap(struct mech_context *context, struct mech_part *parts, size_t count,
                             bool *sealed)
{
    *sealed = true;
    if (!parts_are_good(context, parts, count))
        return MECH_BAD_ARGUMENT;
    if (context->chosen == MECH_NTLM && !(context->granted & MECH_FLAG_CONFIDENTIAL))
        return MECH_UNSUPPORTED;
    if (context->ntlm)
        return ntlm_open(context->ntlm, parts, count);
    if (context->chosen == MECH_NTLM)
        return unwrap_gathered(context, parts, count);
    return unwrap_in_place(context, parts, count, sealed);
}

static enum mech_status unwrap_ntlm_stream(struct mech_context *context, uint8_t *message,
                                           size_t message_size, size_t *offset, size_t *size)
{
    gss_buffer_desc plain = {0, NULL};
    enum mech_status status;

    status = unwrap_whole(context, span_of(message, message_size), &plain);
    if (status == MECH_OK) {
        *offset = NTLM_HEADER;
        *size = plain.length;
        if (plain.length)
            memcpy(message + NTLM_HEADER, plain.value, plain.length);
    }
    wipe_buffer(&plain);
    return status;
}

enum mech_status mech_unwrap_stream(struct mech_context *context, uint8_t *message,
                                    size_t message_size, size_t *offset, size_t *size, bool *sealed)
{
    gss_iov_buffer_desc iov[] = {{GSS_IOV_BUFFER_TYPE_STREAM, {message_size, message}},
                                 {GSS_IOV_BUFFER_TYPE_DATA, {0, NULL}}};
    enum mech_status status;
    OM_uint32 minor, major;
    int was_sealed = 0;

    *sealed = true;
    if (!context->is_ready)
        return MECH_BAD_ARGUMENT;
    if (context->chosen == MECH_NTLM && !(context->granted & MECH_FLAG_CONFIDENTIAL))
        return MECH_UNSUPPORTED;
    if (context->ntlm)
        return ntlm_open_stream(context->ntlm, message, message_size, offset, size);
    if (context->chosen == MECH_NTLM)
        return unwrap_ntlm_stream(context, message, message_size, offset, size);
    major = gssapi.unwrap_iov(&minor, context->context, &was_sealed, NULL, iov, 2);
    if (GSS_ERROR(major) && message_size)
        mem_wipe(message, message_size);
    status = status_of("unwrap", major, minor);
    if (status != MECH_OK)
        return status;
    /* The data lies in the message. */
    *sealed = was_sealed != 0;
    *offset = iov[1].buffer.length ? (size_t)((uint8_t *)iov[1].buffer.value - message) : 0;
    *size = iov[1].buffer.length;
    return *offset <= message_size && *size <= message_size - *offset ? MECH_OK : MECH_FAILED;
}

enum mech_status mech_sign(struct mech_context *context, struct span message, uint8_t *to,
                           size_t room, size_t *size)
{
    gss_buffer_desc input = library_buffer(message), signature = {0, NULL};
    OM_uint32 minor, major;

    if (!context->is_ready)
        return MECH_BAD_ARGUMENT;
    if (context->ntlm)
        return ntlm_sign(context->ntlm, message, to, room, size);
    if (context->chosen == MECH_NTLM && message.size == 0)
        return MECH_UNSUPPORTED;
    major = gssapi.get_mic(&minor, context->context, 0, &input, &signature);
    if (GSS_ERROR(major)) {
        enum mech_status status = library_status("sign", major, minor);

        /* So gss-ntlmssp says that signing was not negotiated. */
        return context->chosen == MECH_NTLM && status == MECH_FAILED ? MECH_UNSUPPORTED : status;
    }
    return library_take(&signature, to, room, size);
}

enum mech_status mech_verify(struct mech_context *context, struct span message,
                             struct span signature)
{
    gss_buffer_desc input = library_buffer(message), token = library_buffer(signature);
    enum mech_status status;
    OM_uint32 minor, major;

    if (!context->is_ready)
        return MECH_BAD_ARGUMENT;
    if (context->ntlm)
        return ntlm_verify(context->ntlm, message, signature);
    if (context->chosen == MECH_NTLM && message.size == 0)
        return MECH_UNSUPPORTED;
    major = gssapi.verify_mic(&minor, context->context, &input, &token, NULL);
    status = status_of("verify", major, minor);
    return context->chosen == MECH_NTLM ? ntlm_received(context, status, signature) : status;
}
