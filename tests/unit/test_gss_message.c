/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * gss/mit/message, where NTLM's messages are not ntlm_session's: how the parts of a message come
 * together and apart again, over a library that does what the test says: it "seals" by turning each
 * byte over, behind a header of equal bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "allocation.h"
#include "gss/mit/library.h"
#include "harness.h"

#define HEADER 16
#define SEALED_HEADER 60
#define MARK 0x53
#define FAILURE ((OM_uint32)GSS_BAD_SIG << 16)
#define TEXT "sixteen letters."

static struct {
    OM_uint32 status;  /* of each call that does something */
    bool is_open;      /* it does not seal */
    size_t more;       /* bytes that the result has too many */
    unsigned wraps;    /* calls that use up a number */
    unsigned released; /* buffers that were */
    bool left_text;    /* of them: one still had the text in it */
} fake;

static void turn(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)~bytes[i];
}

static OM_uint32 release_buffer(OM_uint32 *minor, gss_buffer_t buffer)
{
    *minor = 0;
    if (buffer->value) {
        fake.released++;
        if (buffer->length >= 4 && !memcmp(buffer->value, TEXT, 4))
            fake.left_text = true;
    }
    free(buffer->value);
    *buffer = (gss_buffer_desc){0, NULL};
    return 0;
}

static OM_uint32 wrap(OM_uint32 *minor, gss_ctx_id_t context, int seal, OM_uint32 qop,
                      gss_buffer_t plain, int *sealed, gss_buffer_t to)
{
    (void)context;
    (void)seal;
    (void)qop;
    *minor = 0;
    fake.wraps++;
    if (GSS_ERROR(fake.status))
        return fake.status;
    to->length = HEADER + plain->length + fake.more;
    to->value = calloc(1, to->length);
    memset(to->value, MARK, HEADER);
    memcpy((uint8_t *)to->value + HEADER, plain->value, plain->length);
    turn((uint8_t *)to->value + HEADER, plain->length);
    *sealed = !fake.is_open;
    return fake.status;
}

static OM_uint32 unwrap(OM_uint32 *minor, gss_ctx_id_t context, gss_buffer_t sealed,
                        gss_buffer_t to, int *was_sealed, OM_uint32 *qop)
{
    (void)context;
    (void)was_sealed;
    (void)qop;
    *minor = 0;
    if (GSS_ERROR(fake.status))
        return fake.status;
    to->length = sealed->length - HEADER + fake.more;
    to->value = calloc(1, to->length + 1);
    memcpy(to->value, (uint8_t *)sealed->value + HEADER, sealed->length - HEADER);
    turn(to->value, sealed->length - HEADER);
    return fake.status;
}

static OM_uint32 wrap_iov_length(OM_uint32 *minor, gss_ctx_id_t context, int seal, OM_uint32 qop,
                                 int *sealed, gss_iov_buffer_desc *iov, int count)
{
    (void)context;
    (void)seal;
    (void)qop;
    (void)sealed;
    *minor = 0;
    for (int i = 0; i < count; i++)
        if (iov[i].type == GSS_IOV_BUFFER_TYPE_HEADER)
            iov[i].buffer = (gss_buffer_desc){SEALED_HEADER, NULL};
        else if (iov[i].type == GSS_IOV_BUFFER_TYPE_PADDING)
            iov[i].buffer = (gss_buffer_desc){0, NULL};
        else
            iov[i].buffer.value = NULL;
    return 0;
}

static OM_uint32 wrap_iov(OM_uint32 *minor, gss_ctx_id_t context, int seal, OM_uint32 qop,
                          int *sealed, gss_iov_buffer_desc *iov, int count)
{
    (void)context;
    (void)qop;
    *minor = 0;
    fake.wraps++;
    for (int i = 0; i < count; i++)
        if (iov[i].type == GSS_IOV_BUFFER_TYPE_HEADER)
            memset(iov[i].buffer.value, MARK, iov[i].buffer.length);
        else if (iov[i].type == GSS_IOV_BUFFER_TYPE_DATA && seal)
            turn(iov[i].buffer.value, iov[i].buffer.length);
    *sealed = seal && !fake.is_open;
    return fake.status;
}

/* It decrypts before it knows whether the message is genuine. */
static OM_uint32 unwrap_iov(OM_uint32 *minor, gss_ctx_id_t context, int *sealed, OM_uint32 *qop,
                            gss_iov_buffer_desc *iov, int count)
{
    (void)context;
    (void)qop;
    *minor = 0;
    for (int i = 0; i < count; i++)
        if (iov[i].type == GSS_IOV_BUFFER_TYPE_DATA && iov[i].buffer.value)
            turn(iov[i].buffer.value, iov[i].buffer.length);
    if (iov[0].type == GSS_IOV_BUFFER_TYPE_STREAM) {
        iov[1].buffer = (gss_buffer_desc){iov[0].buffer.length - SEALED_HEADER + fake.more,
                                          (uint8_t *)iov[0].buffer.value + SEALED_HEADER};
        if (!fake.more)
            turn(iov[1].buffer.value, iov[1].buffer.length);
    }
    *sealed = !fake.is_open;
    return fake.status;
}

static OM_uint32 get_mic(OM_uint32 *minor, gss_ctx_id_t context, OM_uint32 qop,
                         gss_buffer_t message, gss_buffer_t to)
{
    (void)context;
    (void)qop;
    *minor = 0;
    fake.wraps++;
    to->length = HEADER;
    to->value = malloc(HEADER);
    memset(to->value, (int)message->length, HEADER);
    return fake.status;
}

static OM_uint32 verify_mic(OM_uint32 *minor, gss_ctx_id_t context, gss_buffer_t message,
                            gss_buffer_t signature, OM_uint32 *qop)
{
    (void)context;
    (void)qop;
    *minor = 0;
    if (signature->length != HEADER || *(uint8_t *)signature->value != (uint8_t)message->length)
        return FAILURE;
    return fake.status;
}

static struct mech_context context_of(enum mech mech)
{
    memset(&fake, 0, sizeof(fake));
    gssapi.release_buffer = release_buffer;
    gssapi.wrap = wrap;
    gssapi.unwrap = unwrap;
    gssapi.wrap_iov_length = wrap_iov_length;
    gssapi.wrap_iov = wrap_iov;
    gssapi.unwrap_iov = unwrap_iov;
    gssapi.get_mic = get_mic;
    gssapi.verify_mic = verify_mic;
    return (struct mech_context){
        .chosen = mech, .is_ready = true, .granted = MECH_FLAG_CONFIDENTIAL | MECH_FLAG_INTEGRITY};
}

/* ---- messages: H header, D data, S signed, R read-only, P padding, E empty data ---- */

struct message {
    uint8_t memory[8][SEALED_HEADER];
    struct mech_part parts[8];
    size_t count, header;
};

static void make(struct message *message, const char *layout, size_t header_room)
{
    static const struct {
        char letter;
        enum mech_part_kind kind;
    } letters[] = {{'H', MECH_PART_HEADER},    {'D', MECH_PART_DATA},
                   {'E', MECH_PART_DATA},      {'S', MECH_PART_SIGN_ONLY},
                   {'R', MECH_PART_READ_ONLY}, {'P', MECH_PART_PADDING}};

    memset(message, 0, sizeof(*message));
    message->count = strlen(layout);
    for (size_t i = 0; i < message->count; i++) {
        struct mech_part *part = &message->parts[i];
        size_t k = 0;

        while (letters[k].letter != layout[i])
            k++;
        part->kind = letters[k].kind;
        part->data = message->memory[i];
        if (strchr("DSR", layout[i])) {
            part->size = sizeof(TEXT) - 1;
            memcpy(part->data, TEXT, part->size);
        } else if (layout[i] == 'H') {
            message->header = i;
            part->size = header_room;
        } else if (layout[i] == 'P') {
            part->size = 1;
        }
    }
}

static bool is_text(const struct message *message, bool turned)
{
    for (size_t i = 0; i < message->count; i++) {
        uint8_t text[] = TEXT;

        if (message->parts[i].kind != MECH_PART_DATA || !message->parts[i].size)
            continue;
        if (turned)
            turn(text, sizeof(text) - 1);
        if (memcmp(message->memory[i], text, sizeof(text) - 1) != 0)
            return false;
    }
    return true;
}

static const char *const layouts[] = {"HD",  "DH",  "DHD", "PDHD", "DDDH",
                                      "HDE", "EHD", "HDP", "RHDR"};

START_TEST(gss_message_layouts)
{
    for (int mech = 0; mech < MECH_NEGOTIATE; mech++)
        for (size_t i = 0; i < COUNT_OF(layouts); i++) {
            struct mech_context context = context_of((enum mech)mech);
            size_t header = mech == MECH_NTLM ? HEADER : SEALED_HEADER;
            struct message message;
            bool sealed = false;

            push_context("mechanism %d, %s", mech, layouts[i]);
            make(&message, layouts[i], SEALED_HEADER);
            ok_number(mech_wrap(&context, true, message.parts, message.count), MECH_OK, "wrap");
            ok(is_text(&message, true), "what was sealed");
            ok_number(message.parts[message.header].size, header, "header");
            for (size_t k = 0; k < message.count; k++)
                if (message.parts[k].kind == MECH_PART_PADDING)
                    ok_number(message.parts[k].size, 0, "padding");
            for (size_t k = 0; k < SEALED_HEADER; k++)
                if (message.memory[message.header][k] != (k < header ? MARK : 0))
                    ok(false, "byte %zu of the header", k);
            ok_number(mech_unwrap(&context, message.parts, message.count, &sealed), MECH_OK,
                      "unwrap");
            ok(sealed && is_text(&message, false), "what was opened");
            ok(!fake.left_text, "text in freed memory");
            pop_context();
        }
}

START_TEST(gss_message_refusals)
{
    static const struct {
        const char *name, *layout;
        size_t room;
        bool no_seal, is_open;
        size_t more;
        OM_uint32 status;
        enum mech_status ntlm, kerberos;
        unsigned ntlm_wraps, kerberos_wraps;
    } rows[] = {
        {"no header", "D", 60, false, false, 0, 0, MECH_BAD_ARGUMENT, MECH_BAD_ARGUMENT, 0, 0},
        {"two headers", "HDH", 60, false, false, 0, 0, MECH_BAD_ARGUMENT, MECH_BAD_ARGUMENT, 0, 0},
        {"two paddings", "HPP", 60, false, false, 0, 0, MECH_BAD_ARGUMENT, MECH_BAD_ARGUMENT, 0, 0},
        {"a small header", "HD", 15, false, false, 0, 0, MECH_TOO_SMALL, MECH_TOO_SMALL, 0, 0},
        {"not negotiated", "HD", 60, true, false, 0, 0, MECH_UNSUPPORTED, MECH_OK, 0, 1},
        {"signed parts", "HSD", 60, false, false, 0, 0, MECH_UNSUPPORTED, MECH_OK, 0, 1},
        {"no text", "HE", 60, false, false, 0, 0, MECH_UNSUPPORTED, MECH_OK, 0, 1},
        {"it was not sealed", "HD", 60, false, true, 0, 0, MECH_UNSUPPORTED, MECH_UNSUPPORTED, 1,
         1},
        {"it became longer", "HD", 60, false, false, 1, 0, MECH_UNSUPPORTED, MECH_OK, 1, 1},
        {"it failed", "HD", 60, false, false, 0, FAILURE, MECH_ALTERED, MECH_ALTERED, 1, 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int mech = 0; mech < MECH_NEGOTIATE; mech++) {
            bool is_ntlm = mech == MECH_NTLM;
            enum mech_status want = is_ntlm ? rows[i].ntlm : rows[i].kerberos;
            struct mech_context context = context_of((enum mech)mech);
            struct message message;

            push_context("mechanism %d, %s", mech, rows[i].name);
            make(&message, rows[i].layout, rows[i].room);
            context.granted = rows[i].no_seal ? MECH_FLAG_INTEGRITY : context.granted;
            fake.status = rows[i].status;
            fake.is_open = rows[i].is_open;
            fake.more = rows[i].more;
            ok_number(mech_wrap(&context, true, message.parts, message.count), want, "wrap");
            ok_number(fake.wraps, is_ntlm ? rows[i].ntlm_wraps : rows[i].kerberos_wraps,
                      "numbers that were used up");
            if (want == MECH_TOO_SMALL)
                ok_number(message.parts[0].size, is_ntlm ? HEADER : SEALED_HEADER, "told");
            if (is_ntlm && want != MECH_OK)
                ok(is_text(&message, false), "the text changed");
            pop_context();
        }
}

/* A part that is read-only is not signed by NTLM without extended session security; with it the
 * library would have to, and cannot. Kerberos never does. */
START_TEST(gss_message_read_only)
{
    for (int i = 0; i < 4; i++) {
        struct mech_context context = context_of(i % 2 ? MECH_NTLM : MECH_KERBEROS);
        enum mech_status want = i == 3 ? MECH_UNSUPPORTED : MECH_OK;
        struct message message;
        bool sealed;

        context.seen.flags = i > 1 ? NTLM_FLAG_EXTENDED : 0;
        make(&message, "RDHR", SEALED_HEADER);
        ok_number(mech_wrap(&context, true, message.parts, message.count), want, "%d: wrap", i);
        ok(!memcmp(message.memory[0], TEXT, sizeof(TEXT) - 1), "%d: it changed", i);
        ok_number(mech_unwrap(&context, message.parts, message.count, &sealed), want, "%d: unwrap",
                  i);
        ok_number(message.parts[0].size, sizeof(TEXT) - 1, "%d: its size", i);
    }
}

START_TEST(gss_message_opening)
{
    static const struct {
        const char *name;
        OM_uint32 status;
        size_t more;
        enum mech_status ntlm, kerberos;
    } rows[] = {
        {"a wrong signature", FAILURE, 0, MECH_ALTERED, MECH_ALTERED},
        {"it came again", GSS_S_DUPLICATE_TOKEN, 0, MECH_OUT_OF_SEQUENCE, MECH_OUT_OF_SEQUENCE},
        {"it came too late", GSS_S_OLD_TOKEN, 0, MECH_OUT_OF_SEQUENCE, MECH_OUT_OF_SEQUENCE},
        {"it came too early", GSS_S_GAP_TOKEN, 0, MECH_OUT_OF_SEQUENCE, MECH_OUT_OF_SEQUENCE},
        {"more text than there was", 0, 1, MECH_BAD_TOKEN, MECH_OK},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int mech = 0; mech < MECH_NEGOTIATE; mech++) {
            enum mech_status want = mech == MECH_NTLM ? rows[i].ntlm : rows[i].kerberos;
            struct mech_context context = context_of((enum mech)mech);
            struct message message;
            bool sealed;

            push_context("mechanism %d, %s", mech, rows[i].name);
            make(&message, "DH", HEADER);
            turn(message.memory[0], sizeof(TEXT) - 1);
            fake.status = rows[i].status;
            fake.more = rows[i].more;
            ok_number(mech_unwrap(&context, message.parts, message.count, &sealed), want, "unwrap");
            if (GSS_ERROR(rows[i].status))
                ok(!is_text(&message, false), "plain text of a message that is not genuine");
            ok(!fake.left_text, "text in freed memory");
            pop_context();
        }
}

START_TEST(gss_message_header_sizes)
{
    for (size_t size = 0; size < 20; size++) {
        struct mech_context context = context_of(MECH_NTLM);
        struct message message;
        bool sealed;

        make(&message, "HD", size);
        ok_number(mech_unwrap(&context, message.parts, message.count, &sealed),
                  size == HEADER ? MECH_OK : MECH_BAD_TOKEN, "%zu bytes", size);
    }
}

START_TEST(gss_message_stream)
{
    for (int mech = 0; mech < MECH_NEGOTIATE; mech++) {
        size_t header = mech == MECH_NTLM ? HEADER : SEALED_HEADER, offset = 0, size = 0;
        uint8_t whole[SEALED_HEADER + sizeof(TEXT) - 1] = {0};
        struct mech_context context = context_of((enum mech)mech);
        bool sealed = false;

        push_context("mechanism %d", mech);
        memcpy(whole + header, TEXT, sizeof(TEXT) - 1);
        turn(whole + header, sizeof(TEXT) - 1);
        ok_number(
            mech_unwrap_stream(&context, whole, header + sizeof(TEXT) - 1, &offset, &size, &sealed),
            MECH_OK, "unwrap");
        ok(sealed && offset == header && size == sizeof(TEXT) - 1 &&
               !memcmp(whole + offset, TEXT, size),
           "%zu bytes at %zu", size, offset);
        fake.more = 1;
        ok(mech_unwrap_stream(&context, whole, header + sizeof(TEXT) - 1, &offset, &size,
                              &sealed) != MECH_OK,
           "more than there is");
        fake.more = 0;
        if (mech == MECH_NTLM)
            for (size_t cut = 0; cut <= HEADER; cut++)
                ok_number(mech_unwrap_stream(&context, whole, cut, &offset, &size, &sealed),
                          cut < HEADER ? MECH_BAD_TOKEN : MECH_UNSUPPORTED, "%zu bytes", cut);
        ok(!fake.left_text, "text in freed memory");
        pop_context();
    }
}

START_TEST(gss_message_signatures)
{
    for (int mech = 0; mech < MECH_NEGOTIATE; mech++) {
        enum mech_status empty = mech == MECH_NTLM ? MECH_UNSUPPORTED : MECH_OK;
        struct mech_context context = context_of((enum mech)mech);
        struct span text = span_of(TEXT, 5), nothing = {NULL, 0};
        uint8_t signature[HEADER];
        size_t size = 0;

        push_context("mechanism %d", mech);
        ok_number(mech_sign(&context, text, signature, sizeof(signature), &size), MECH_OK, "sign");
        ok_number(size, HEADER, "size");
        ok_number(mech_verify(&context, text, span_of(signature, size)), MECH_OK, "verify");
        ok_number(mech_verify(&context, span_of(TEXT, 6), span_of(signature, size)),
                  mech == MECH_NTLM ? MECH_OUT_OF_SEQUENCE : MECH_ALTERED,
                  "another text, NTLM: the number of the one before");
        signature[12]++; /* the next number */
        ok_number(mech_verify(&context, span_of(TEXT, 6), span_of(signature, size)), MECH_ALTERED,
                  "another text");
        ok_number(mech_sign(&context, text, signature, HEADER - 1, &size), MECH_TOO_SMALL, "room");
        ok_number(size, HEADER, "told");
        ok_number(mech_sign(&context, nothing, signature, HEADER, &size), empty, "no text");
        ok_number(mech_verify(&context, nothing, span_of(memset(signature, 0, HEADER), HEADER)),
                  empty, "no text");
        fake.status = GSS_S_UNSEQ_TOKEN;
        signature[0] = 5;
        ok_number(mech_verify(&context, text, span_of(signature, HEADER)), MECH_OUT_OF_SEQUENCE,
                  "out of order");
        context.is_ready = false;
        ok_number(mech_sign(&context, text, signature, HEADER, &size), MECH_BAD_ARGUMENT, "early");
        ok_number(mech_verify(&context, text, text), MECH_BAD_ARGUMENT, "early");
        pop_context();
    }
}

static bool wrap_and_unwrap(void *argument)
{
    struct mech_context context = context_of(MECH_NTLM);
    struct message message;
    enum mech_status status;
    bool sealed;

    (void)argument;
    make(&message, "DHD", HEADER);
    status = mech_wrap(&context, true, message.parts, message.count);
    if (status == MECH_OK)
        status = mech_unwrap(&context, message.parts, message.count, &sealed);
    ok(status == MECH_OK || status == MECH_NO_MEMORY, "status %d", (int)status);
    return status == MECH_OK;
}

START_TEST(gss_message_memory)
{
    ok_number(each_allocation_fails(wrap_and_unwrap, NULL), 2, "allocations");
}
