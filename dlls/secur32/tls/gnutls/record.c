/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See record.h. The one-shot AEAD calls are used with output = input: it is not documented that
 * they may be, but they are several times faster than the calls on vectors for small records, and a
 * test compares them for every cipher and size. Sources: RFC 8446 5, RFC 5246 6.2.3.3, RFC 5288,
 * RFC 7905.
 */
#include "tls/gnutls/record.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "tls/gnutls/errors.h"

#define AAD_SIZE 13 /* sequence number, type, version, length */
#define EXPLICIT_SIZE 8
#define TYPE_CHANGE_CIPHER_SPEC 20
#define VERSION_MAJOR 3
#define VERSION_MINOR 3

/* KeyUpdate: record header, message header, one byte, inner content type; and a tag. */
#define KEY_UPDATE_SIZE (RECORD_HEADER + MESSAGE_HEADER + 1 + 1)

/* So many records may go out after the key's limit when the caller gives no room for a KeyUpdate.
 */
#define LIMIT_SLACK (UINT64_C(1) << 20)

/* Sixteen bytes that are written at once: GnuTLS copies nonces and additional data in pieces that
 * need not be those in which we would write them, and a processor is slow to read what lies in two
 * writes that it has not finished. */
typedef uint64_t words __attribute__((vector_size(16)));

struct bytes {
    _Alignas(words) uint8_t at[16];
};

static void put_words(struct bytes *to, uint64_t first, uint64_t second)
{
    words both = {first, second};

    memcpy(to->at, &both, sizeof(both));
}

/* GnuTLS's machines that we build for are little-endian. */
static uint64_t network_u64(uint64_t value)
{
    return __builtin_bswap64(value);
}

static uint16_t network_u16(size_t value)
{
    return __builtin_bswap16((uint16_t)value);
}

static uint64_t get_u64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, sizeof(value));
    return value;
}

/* iv XOR number (in network order), in its last eight bytes; for TLS 1.2's AES these are zero in
 * iv, which gives its salt and explicit nonce. */
static inline void make_nonce(const struct direction *direction, uint64_t number,
                              struct bytes *nonce)
{
    uint64_t first = get_u64(direction->iv);
    uint32_t last;

    memcpy(&last, direction->iv + 8, sizeof(last));
    put_words(nonce, first ^ number << 32, last ^ number >> 32);
}

/* The additional data; returns its size. header: the record's, the first three bytes count. */
static inline size_t make_aad(const struct direction *direction, const uint8_t *header,
                              size_t plain_size, struct bytes *aad)
{
    uint32_t start = header[0] | (uint32_t)header[1] << 8 | (uint32_t)header[2] << 16;

    if (direction->modern) {
        put_words(aad, start | (uint64_t)header[3] << 24 | (uint64_t)header[4] << 32, 0);
        return RECORD_HEADER;
    }
    put_words(aad, network_u64(direction->sequence),
              start | (uint64_t)network_u16(plain_size) << 24);
    return AAD_SIZE;
}

static inline void make_header(const struct direction *direction, uint8_t type, size_t plain_size,
                               uint8_t *header)
{
    size_t body = direction->explicit_size + plain_size + direction->modern + direction->tag_size;
    uint64_t number = network_u64(direction->sequence);

    header[0] = direction->modern ? TLS_TYPE_DATA : type;
    header[1] = VERSION_MAJOR;
    header[2] = VERSION_MINOR;
    header[3] = (uint8_t)(body >> 8);
    header[4] = (uint8_t)body;
    if (direction->explicit_size)
        memcpy(header + RECORD_HEADER, &number, sizeof(number));
}

/* ---- sealing ---- */

/* The trailer is elsewhere: two pieces in, and the tag apart. */
static int seal_apart(const struct direction *send, const struct bytes *nonce,
                      const struct bytes *aad, size_t aad_size, struct tls_seal *seal)
{
    const giovec_t auth = {(void *)(uintptr_t)aad->at, aad_size};
    const giovec_t plain[2] = {{seal->data, seal->data_size}, {seal->trailer, send->modern}};
    size_t tag_size = send->tag_size;

    return gnutls.aead_cipher_encryptv2(send->cipher, nonce->at, NONCE_SIZE, &auth, 1, plain,
                                        send->modern ? 2 : 1, seal->trailer + send->modern,
                                        &tag_size);
}

/* Writes one record with the next number. */
static enum tls_status seal_record(struct direction *send, struct tls_seal *seal)
{
    size_t sealed = seal->data_size + send->modern + send->tag_size, aad_size;
    struct bytes nonce, aad;
    int error;

    make_header(send, seal->type, seal->data_size, seal->header);
    aad_size = make_aad(send, seal->header, seal->data_size, &aad);
    make_nonce(send, network_u64(send->sequence), &nonce);
    if (send->modern)
        seal->trailer[0] = seal->type;
    if (seal->trailer == seal->data + seal->data_size)
        error = gnutls.aead_cipher_encrypt(send->cipher, nonce.at, NONCE_SIZE, aad.at, aad_size,
                                           send->tag_size, seal->data,
                                           seal->data_size + send->modern, seal->data, &sealed);
    else
        error = seal_apart(send, &nonce, &aad, aad_size, seal);
    send->sequence++; /* never twice, even if it failed half-way */
    if (error < 0) {
        TRACE(LOG_TLS, "sealing: %s", gnutls.strerror_name(error));
        return error == GNUTLS_E_MEMORY_ERROR ? TLS_NO_MEMORY : TLS_BAD_ARGUMENT;
    }
    seal->trailer_size = (size_t)send->modern + send->tag_size;
    return TLS_OK;
}

/* Behind the record that was just sealed. A failure leaves the update due. */
static void append_key_update(struct tls_session *session, struct tls_seal *seal)
{
    struct buffer record = {NULL, 0, 0};
    size_t room = seal->trailer_room - seal->trailer_size;

    lock_take(&session->library);
    if (!session->dead && key_update_write(session, false, &record) && record.size <= room) {
        memcpy(seal->trailer + seal->trailer_size, record.data, record.size);
        seal->trailer_size += record.size;
    } else if (record.size) {
        /* The keys have changed and the peer would not know: it cannot be mended. */
        session->dead = true;
        direction_wipe(&session->send);
    }
    lock_release(&session->library);
    buffer_wipe(&record);
}

static bool key_update_is_due(struct tls_session *session)
{
    const struct direction *send = &session->send;

    return send->modern && !session->detached &&
           (send->sequence >= send->limit ||
            atomic_load_explicit(&session->update_owed, memory_order_relaxed));
}

enum tls_status tls_seal(struct tls_session *session, struct tls_seal *seal)
{
    struct direction *send = &session->send;
    enum tls_status status;
    size_t trailer;

    if (!send->cipher) {
        if (!direction_is_ours(send))
            return session_path_seal(session, seal);
        if (direction_make_cipher(send) < 0)
            return TLS_NO_MEMORY;
    }
    assert(!send->lent);
    trailer = (size_t)send->modern + send->tag_size;
    if (seal->data_size > LIMIT_PLAINTEXT)
        return TLS_BAD_ARGUMENT;
    if (seal->trailer_room < trailer)
        return TLS_TOO_SMALL;
    if (send->sequence == UINT64_MAX ||
        (send->sequence >= send->limit && send->sequence - send->limit >= LIMIT_SLACK))
        return TLS_LIMIT;

    status = seal_record(send, seal);
    if (status == TLS_OK && key_update_is_due(session) &&
        seal->trailer_room - trailer >= (size_t)KEY_UPDATE_SIZE + send->tag_size)
        append_key_update(session, seal);
    return status;
}

bool record_seal_again(struct direction *direction, uint64_t sequence, uint8_t type,
                       struct span plaintext, struct buffer *record)
{
    static const uint8_t room[LIMIT_PLAINTEXT + 1 + EXPLICIT_SIZE + 32];
    struct direction copy;
    size_t header_size = RECORD_HEADER + (size_t)direction->explicit_size;
    struct tls_seal seal = {.type = type, .data_size = plaintext.size};
    size_t start = record->size;
    bool sealed;

    if (plaintext.size > LIMIT_PLAINTEXT || !direction_is_ours(direction) ||
        (!direction->cipher && direction_make_cipher(direction) < 0))
        return false;
    if (!buffer_add(record, room, header_size) ||
        !buffer_add(record, plaintext.data, plaintext.size) ||
        !buffer_add(record, room, (size_t)direction->modern + direction->tag_size))
        return false;
    seal.header = record->data + start;
    seal.data = seal.header + header_size;
    seal.trailer = seal.data + plaintext.size;
    seal.trailer_room = (size_t)direction->modern + direction->tag_size;
    copy = *direction;
    copy.sequence = sequence;
    sealed = seal_record(&copy, &seal) == TLS_OK;
    mem_wipe(&copy, sizeof(copy));
    return sealed;
}

/* ---- opening ---- */

static bool refuse(struct refusal *refusal, enum tls_reason reason, uint8_t alert)
{
    refusal->reason = reason;
    refusal->alert = alert;
    return false;
}

static bool check_header(const struct direction *receive, const struct tls_unseal *unseal,
                         struct refusal *refusal)
{
    const uint8_t *header = unseal->record;
    size_t body, limit, least;

    if (unseal->size < RECORD_HEADER)
        return refuse(refusal, TLS_REASON_DECODE, ALERT_DECODE_ERROR);
    body = (size_t)header[3] << 8 | header[4];
    limit = receive->modern ? LIMIT_CIPHERTEXT_TLS13 : LIMIT_CIPHERTEXT_TLS12;
    least = (size_t)receive->explicit_size + receive->tag_size + receive->modern;
    if (header[1] != VERSION_MAJOR)
        return refuse(refusal, TLS_REASON_NOT_TLS, ALERT_DECODE_ERROR);
    if (body > limit)
        return refuse(refusal, TLS_REASON_TOO_LARGE, ALERT_RECORD_OVERFLOW);
    /* RFC 8446 5: after the handshake all is of outer type application_data; a
     * change_cipher_spec is an error, and an alert in clear text is anybody's. */
    if (header[0] > TLS_TYPE_DATA || header[0] <= TYPE_CHANGE_CIPHER_SPEC ||
        (receive->modern && header[0] != TLS_TYPE_DATA))
        return refuse(refusal, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE);
    if (header[2] != VERSION_MINOR)
        return refuse(refusal, TLS_REASON_VERSION, ALERT_PROTOCOL_VERSION);
    if (body != unseal->size - RECORD_HEADER)
        return refuse(refusal, TLS_REASON_DECODE, ALERT_DECODE_ERROR);
    if (body < least)
        return refuse(refusal, TLS_REASON_MAC, ALERT_BAD_RECORD_MAC);
    return true;
}

static bool open_body(const struct direction *receive, struct tls_unseal *unseal)
{
    uint8_t *text = unseal->record + RECORD_HEADER + receive->explicit_size;
    size_t sealed = unseal->size - RECORD_HEADER - receive->explicit_size;
    size_t plain = sealed - receive->tag_size;
    size_t aad_size;
    struct bytes nonce, aad;

    make_nonce(receive,
               receive->explicit_size ? get_u64(unseal->record + RECORD_HEADER)
                                      : network_u64(receive->sequence),
               &nonce);
    aad_size = make_aad(receive, unseal->record, plain, &aad);
    unseal->offset = (size_t)(text - unseal->record);
    unseal->plain_size = plain;
    if (gnutls.aead_cipher_decrypt(receive->cipher, nonce.at, NONCE_SIZE, aad.at, aad_size,
                                   receive->tag_size, text, sealed, text, &plain) >= 0)
        return true;
    /* What the cipher made of a forged record lies there now. */
    mem_wipe(text, sealed);
    return false;
}

/* RFC 8446 5.4: the type is the last byte that is not zero. */
static bool find_inner_type(struct tls_unseal *unseal)
{
    const uint8_t *text = unseal->record + unseal->offset;
    size_t size = unseal->plain_size;

    while (size && text[size - 1] == 0)
        size--;
    if (size == 0)
        return false;
    unseal->type = text[size - 1];
    unseal->plain_size = size - 1;
    return true;
}

static bool check_content(const struct direction *receive, struct tls_unseal *unseal,
                          struct refusal *refusal)
{
    const uint8_t *text = unseal->record + unseal->offset;

    if (unseal->plain_size > LIMIT_PLAINTEXT + (size_t)receive->modern)
        return refuse(refusal, TLS_REASON_TOO_LARGE, ALERT_RECORD_OVERFLOW);
    if (!receive->modern)
        unseal->type = unseal->record[0];
    else if (!find_inner_type(unseal))
        return refuse(refusal, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE);
    if (unseal->plain_size > LIMIT_PLAINTEXT)
        return refuse(refusal, TLS_REASON_TOO_LARGE, ALERT_RECORD_OVERFLOW);

    switch (unseal->type) {
    case TLS_TYPE_DATA:
        return true;
    case TLS_TYPE_HANDSHAKE:
        return unseal->plain_size != 0 ||
               refuse(refusal, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE);
    case TLS_TYPE_ALERT:
        if (unseal->plain_size != 2)
            return refuse(refusal, TLS_REASON_DECODE, ALERT_DECODE_ERROR);
        unseal->alert = text[1];
        /* RFC 8446 6: the level means nothing any more. */
        unseal->alert_fatal = receive->modern
                                  ? text[1] != ALERT_CLOSE_NOTIFY && text[1] != ALERT_USER_CANCELED
                                  : text[0] != 1;
        return true;
    default:
        return refuse(refusal, TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE);
    }
}

bool record_open(const struct direction *direction, struct tls_unseal *unseal,
                 struct refusal *refusal)
{
    if (!check_header(direction, unseal, refusal))
        return false;
    if (!open_body(direction, unseal))
        return refuse(refusal, TLS_REASON_MAC, ALERT_BAD_RECORD_MAC);
    if (!check_content(direction, unseal, refusal)) {
        mem_wipe(unseal->record, unseal->size);
        return false;
    }
    return true;
}

/* An endless stream of empty records is work without progress. */
static bool is_flood(struct direction *receive, const struct tls_unseal *unseal)
{
    if (unseal->type != TLS_TYPE_DATA || unseal->plain_size) {
        receive->empty_records = 0;
        return false;
    }
    return ++receive->empty_records > LIMIT_EMPTY_RECORDS;
}

/* alert: sent once the caller passes it to tls_alert, for which it needs more locks. */
static void tell_failure(struct tls_result *result, enum tls_reason reason, uint8_t alert)
{
    result_clear(result);
    result->event = TLS_FAILED;
    result->reason = reason;
    result->alert_sent = alert;
}

void tls_rest(struct tls_session *session)
{
    direction_rest(&session->send);
    direction_rest(&session->receive);
}

enum tls_status tls_unseal(struct tls_session *session, struct tls_unseal *unseal,
                           struct tls_result *result)
{
    struct direction *receive = &session->receive;
    struct refusal refusal = {TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE};
    bool good;

    if (!receive->cipher && !receive->dead) {
        if (!direction_is_ours(receive))
            return session_path_unseal(session, unseal, result);
        if (direction_make_cipher(receive) < 0) {
            tell_failure(result, TLS_REASON_MEMORY, ALERT_INTERNAL_ERROR);
            return TLS_NO_MEMORY;
        }
    }
    assert(!receive->lent);
    if (receive->sequence == UINT64_MAX) {
        tell_failure(result, TLS_REASON_INTERNAL, ALERT_INTERNAL_ERROR);
        return TLS_LIMIT;
    }
    good = !receive->dead && record_open(receive, unseal, &refusal);
    if (good && !is_flood(receive, unseal)) {
        receive->sequence++;
        return TLS_OK;
    }
    if (good) {
        mem_wipe(unseal->record, unseal->size);
        refusal = (struct refusal){TLS_REASON_UNEXPECTED, ALERT_UNEXPECTED_MESSAGE};
    }
    receive->dead = true;
    tell_failure(result, refusal.reason, refusal.alert);
    return TLS_BAD_ARGUMENT;
}
