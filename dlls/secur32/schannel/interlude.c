/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See interlude.h.
 */
#include "schannel/interlude.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* One or more records that are passed over in one, or a record of data. */
struct piece {
    struct piece *next;
    size_t size;
    size_t offset, plain_size; /* of the data in it */
    uint8_t *opened;           /* the record, opened; NULL: no data */
    uint8_t wire[];            /* as the program has it */
};

struct schan_interlude {
    struct piece *first, **end;
    size_t size; /* of all pieces */
};

static void piece_free(struct piece *piece)
{
    if (piece->opened)
        mem_wipe_free(piece->opened, piece->size);
    mem_free(piece);
}

static struct piece *piece_new(struct span records)
{
    struct piece *piece = mem_alloc(sizeof(*piece) + records.size);

    if (!piece)
        return NULL;
    piece->size = records.size;
    memcpy(piece->wire, records.data, records.size);
    return piece;
}

static void append(struct schan_context *context, struct piece *take_piece)
{
    struct schan_interlude *interlude;

    lock_take(&context->session);
    interlude = context->interlude;
    *interlude->end = take_piece;
    interlude->end = &take_piece->next;
    interlude->size += take_piece->size;
    lock_release(&context->session);
}

/* The interlude, which only the handshake functions make; NULL: no memory. */
static struct schan_interlude *begin(struct schan_context *context)
{
    struct schan_interlude *interlude = context->interlude;

    if (!interlude) {
        interlude = mem_alloc(sizeof(*interlude));
        if (!interlude)
            return NULL;
        interlude->end = &interlude->first;
        lock_take(&context->session);
        context->interlude = interlude;
        lock_release(&context->session);
    }
    atomic_store(&context->has_interlude, true);
    return interlude;
}

static size_t interlude_size(struct schan_context *context)
{
    size_t size;

    lock_take(&context->session);
    size = context->interlude ? context->interlude->size : 0;
    lock_release(&context->session);
    return size;
}

static bool is_at_front(const struct schan_interlude *interlude, struct span input)
{
    struct span part;

    for (const struct piece *piece = interlude->first; piece; piece = piece->next)
        if (!span_take(&input, piece->size, &part) ||
            memcmp(part.data, piece->wire, piece->size) != 0)
            return false;
    return true;
}

size_t interlude_shown(struct schan_context *context, struct span input)
{
    size_t size = 0;

    if (!atomic_load(&context->has_interlude))
        return 0;
    lock_take(&context->session);
    if (context->interlude && is_at_front(context->interlude, input))
        size = context->interlude->size;
    lock_release(&context->session);
    return size;
}

SECURITY_STATUS interlude_add(struct schan_context *context, struct span records)
{
    struct piece *piece;

    if (!records.size || !atomic_load(&context->has_interlude))
        return SEC_E_OK;
    piece = piece_new(records);
    if (!piece)
        return SEC_E_INSUFFICIENT_MEMORY;
    append(context, piece);
    return SEC_E_OK;
}

/* With the data of `piece`, or an error that has failed the context. */
static SECURITY_STATUS open_data(struct schan_context *context, struct piece *piece)
{
    struct record_opened opened;
    SECURITY_STATUS status;

    piece->opened = mem_copy(span_of(piece->wire, piece->size));
    if (!piece->opened)
        return SEC_E_INSUFFICIENT_MEMORY;
    lock_take(context->receive);
    status = schan_open_record(context, piece->opened, piece->size, &opened);
    lock_release(context->receive);
    piece->offset = opened.offset;
    piece->plain_size = opened.plain_size;
    return status;
}

SECURITY_STATUS interlude_add_data(struct schan_context *context, struct span before,
                                   struct span record)
{
    bool begins = !atomic_load(&context->has_interlude);
    struct piece *piece;
    SECURITY_STATUS status;

    /* Nobody's buffer is that large; the program may still take it with DecryptMessage. */
    if (interlude_size(context) + record.size > LIMIT_INTERLUDE)
        return SEC_E_OUT_OF_SEQUENCE;
    piece = piece_new(record);
    if (!piece || !begin(context)) {
        mem_free(piece);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    status = begins ? interlude_add(context, before) : SEC_E_OK;
    if (status == SEC_E_OK)
        status = open_data(context, piece);
    if (status != SEC_E_OK) {
        piece_free(piece);
        return status;
    }
    append(context, piece);
    return SEC_E_OK;
}

/* The first piece, if the record is it. */
static struct piece *take_first(struct schan_context *context, struct span record)
{
    struct schan_interlude *interlude = context->interlude;
    struct piece *piece = interlude ? interlude->first : NULL;

    if (!piece || piece->size < record.size || memcmp(piece->wire, record.data, record.size) != 0)
        return NULL;
    interlude->size -= record.size;
    if (piece->size > record.size) { /* several records, none of them data */
        piece->size -= record.size;
        memmove(piece->wire, piece->wire + record.size, piece->size);
        return piece;
    }
    interlude->first = piece->next;
    if (!piece->next)
        interlude->end = &interlude->first;
    return piece;
}

bool interlude_open(struct schan_context *context, uint8_t *record, size_t size,
                    struct record_opened *opened)
{
    struct piece *piece;
    bool whole = false;

    if (!atomic_load_explicit(&context->has_interlude, memory_order_relaxed))
        return false;
    *opened = (struct record_opened){0};
    lock_take(&context->session);
    piece = take_first(context, span_of(record, size));
    if (piece) {
        whole = context->interlude->first != piece;
        atomic_store(&context->has_interlude, context->interlude->size != 0);
    }
    lock_release(&context->session);
    if (!piece)
        return false;
    if (piece->opened) {
        opened->offset = piece->offset;
        opened->plain_size = piece->plain_size;
        memcpy(record + piece->offset, piece->opened + piece->offset, piece->plain_size);
    }
    if (whole)
        piece_free(piece);
    return true;
}

void interlude_free(struct schan_context *context)
{
    struct schan_interlude *interlude = context->interlude;

    context->interlude = NULL;
    while (interlude && interlude->first) {
        struct piece *piece = interlude->first;

        interlude->first = piece->next;
        piece_free(piece);
    }
    mem_free(interlude);
}
