/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See fake_tls.h.
 */
#include "fake_tls.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 5
#define OUTPUT_MAX 512
#define TRAILER 17

struct tls_session {
    enum tls_role role;
    uint32_t flags;
    bool begun, done, supplied, verdict_waits, refused, sign_waits, answer_waits, ask_waits,
        message_waits;
    uint8_t output[OUTPUT_MAX];
    size_t output_size;
};

struct fake fake;

void fake_reset(void)
{
    memset(&fake, 0, sizeof(fake));
    fake.version = 0x0303;
    fake.path = TLS_PATH_IN_PLACE;
}

static void begin_result(const struct tls_session *session, struct tls_result *result)
{
    *result = (struct tls_result){.event = TLS_WANT_INPUT,
                                  .alert_received = TLS_NO_ALERT,
                                  .alert_sent = TLS_NO_ALERT,
                                  .output_size = session->output_size};
}

static void add_output(struct tls_session *session, uint8_t type, uint8_t mark)
{
    uint8_t record[FAKE_OUTPUT_SIZE] = {type, 3, 3, 0, FAKE_OUTPUT_SIZE - HEADER, mark};

    if (session->output_size > OUTPUT_MAX - sizeof(record))
        abort();
    memcpy(session->output + session->output_size, record, sizeof(record));
    session->output_size += sizeof(record);
}

static void fail(struct tls_session *session, struct tls_result *result, enum tls_reason reason,
                 int alert)
{
    result->event = TLS_FAILED;
    result->reason = reason;
    result->alert_sent = alert;
    add_output(session, 21, (uint8_t)alert);
}

/* ---- library, names, credentials ---- */

enum tls_status tls_load(struct tls_library *library)
{
    strcpy(library->name, "fake");
    return TLS_OK;
}

enum tls_status tls_name(struct span target, enum tls_name_kind *kind, uint8_t *ascii, size_t room,
                         size_t *size)
{
    if (target.size > room)
        return TLS_BAD_ARGUMENT;
    if (target.size)
        memcpy(ascii, target.data, target.size);
    *size = target.size;
    *kind = !target.size                                     ? TLS_NAME_NONE
            : target.data[0] >= '0' && target.data[0] <= '9' ? TLS_NAME_ADDRESS
                                                             : TLS_NAME_HOST;
    return TLS_OK;
}

enum tls_status tls_certificate_facts(struct span certificate, struct tls_certificate_facts *facts)
{
    (void)certificate;
    memset(facts, 0, sizeof(*facts));
    return TLS_OK;
}

enum tls_status tls_judge(const struct tls_chain *chain, uint32_t *problems)
{
    (void)chain;
    *problems = 0;
    return TLS_OK;
}

/* ---- sessions ---- */

enum tls_status tls_session_new(const struct tls_config *config, struct tls_session **session)
{
    *session = calloc(1, sizeof(**session));
    if (!*session)
        return TLS_NO_MEMORY;
    (*session)->role = config->role;
    (*session)->flags = config->flags;
    fake.sessions++;
    fake.flags = config->flags;
    memset(fake.server_name, 0, sizeof(fake.server_name));
    if (config->server_name.size)
        memcpy(fake.server_name, config->server_name.data, config->server_name.size);
    fake.alpn_size = config->alpn.size;
    return TLS_OK;
}

void tls_session_free(struct tls_session *session)
{
    free(session);
}

/* One record; false: the step ends here. */
static bool read_record(struct tls_session *session, uint8_t what, bool *taken,
                        struct tls_result *result)
{
    *taken = true;
    switch (what) {
    case FAKE_OUTPUT:
        add_output(session, 22, what);
        return false;
    case FAKE_DONE_OUTPUT:
        add_output(session, 22, what);
        /* fall through */
    case FAKE_DONE:
        session->done = true;
        result->event = TLS_DONE;
        return false;
    case FAKE_VERDICT:
        session->verdict_waits = true;
        result->event = TLS_WANT_VERDICT;
        return false;
    case FAKE_SIGN:
        session->sign_waits = true;
        result->event = TLS_WANT_SIGN;
        return false;
    case FAKE_CREDENTIAL:
        if (session->supplied)
            return true;
        *taken = false;
        result->event = TLS_WANT_CREDENTIAL;
        return false;
    case FAKE_FAIL:
        fail(session, result, TLS_REASON_DECODE, 50);
        return false;
    case FAKE_ALERT:
        result->event = TLS_FAILED;
        result->reason = TLS_REASON_ALERT;
        result->alert_received = 40;
        return false;
    case FAKE_CLOSE:
        result->event = TLS_CLOSED;
        return false;
    default:
        return true;
    }
}

void tls_step(struct tls_session *session, struct span input, struct tls_result *result)
{
    bool going = true;

    begin_result(session, result);
    fake.steps++;
    if (session->refused) {
        fail(session, result, TLS_REASON_CERTIFICATE, fake.verdict);
        going = false;
    } else if (session->role == TLS_CLIENT && !session->begun) {
        add_output(session, 22, 1);
        going = false;
    } else if (session->message_waits) {
        session->message_waits = session->verdict_waits;
        result->event = session->verdict_waits ? TLS_WANT_VERDICT : TLS_DONE;
        going = false;
    } else if (session->ask_waits) {
        session->ask_waits = false;
        add_output(session, 22, 2);
        if (fake.version == 0x0304)
            result->event = TLS_DONE;
        going = false;
    }
    session->begun = true;
    while (going && input.size) {
        size_t size = HEADER + ((size_t)input.data[3] << 8 | input.data[4]);
        bool taken;

        if (size > input.size)
            abort(); /* not a whole record: against the contract */
        going = read_record(session, input.data[HEADER], &taken, result);
        if (taken) {
            result->consumed += size;
            fake.fed += size;
            input.data += size;
            input.size -= size;
        }
    }
    result->output_size = session->output_size;
}

enum tls_status tls_output(struct tls_session *session, uint8_t *to, size_t room, size_t *size)
{
    *size = session->output_size;
    if (session->output_size > room)
        return TLS_TOO_SMALL;
    if (session->output_size)
        memcpy(to, session->output, session->output_size);
    session->output_size = 0;
    return TLS_OK;
}

void tls_supply_verdict(struct tls_session *session, uint8_t alert)
{
    if (!session->verdict_waits)
        abort();
    session->verdict_waits = false;
    session->refused = alert != 0;
    fake.verdicts++;
    fake.verdict = alert;
}

enum tls_status tls_supply_credential(struct tls_session *session,
                                      const struct tls_credential *credential)
{
    session->supplied = true;
    fake.supplied++;
    fake.credential = credential;
    return TLS_OK;
}

enum tls_status tls_sign_request(struct tls_session *session, struct tls_sign_request *request)
{
    if (!session->sign_waits)
        return TLS_NOT_READY;
    *request = (struct tls_sign_request){.outside_id = 7, .scheme = 0x0804, .hash_size = 32};
    return TLS_OK;
}

enum tls_status tls_supply_signature(struct tls_session *session, struct span signature)
{
    session->sign_waits = false;
    fake.signatures++;
    if (!signature.size) {
        fake.verdict = 80;
        session->refused = true;
    }
    return TLS_OK;
}

enum tls_status tls_info(struct tls_session *session, struct tls_info *info)
{
    *info = (struct tls_info){.version = fake.version,
                              .record_path = (uint8_t)fake.path,
                              .done = session->done,
                              .header = HEADER,
                              .trailer = TRAILER,
                              .maximum = 16384,
                              .block = 1};
    return TLS_OK;
}

enum tls_status tls_alpn(struct tls_session *session, uint8_t *id, size_t room, size_t *size)
{
    (void)session;
    (void)id;
    (void)room;
    (void)size;
    return TLS_NOT_THERE;
}

enum tls_status tls_peer_certificate(struct tls_session *session, size_t index, uint8_t *der,
                                     size_t room, size_t *size)
{
    (void)session;
    if (index)
        return TLS_NOT_THERE;
    *size = 4;
    if (room < 4)
        return TLS_TOO_SMALL;
    memcpy(der, "leaf", 4);
    return TLS_OK;
}

enum tls_status tls_authority(struct tls_session *session, size_t index, uint8_t *der, size_t room,
                              size_t *size)
{
    (void)session;
    if (index > 1)
        return TLS_NOT_THERE;
    *size = 6;
    if (room < 6)
        return TLS_TOO_SMALL;
    memcpy(der, "issuer", 6);
    return TLS_OK;
}

enum tls_status tls_session_data(struct tls_session *session, uint8_t *data, size_t room,
                                 size_t *size)
{
    (void)session;
    (void)data;
    (void)room;
    (void)size;
    return TLS_NOT_THERE;
}

/* ---- records ---- */

void tls_rest(struct tls_session *session)
{
    (void)session;
}

enum tls_status tls_seal(struct tls_session *session, struct tls_seal *seal)
{
    size_t body = 1 + seal->data_size;

    (void)session;
    if (seal->trailer_room < 1)
        return TLS_TOO_SMALL;
    seal->header[0] = 23;
    seal->header[1] = seal->header[2] = 3;
    seal->header[3] = (uint8_t)(body >> 8);
    seal->header[4] = (uint8_t)body;
    for (size_t i = 0; i < seal->data_size; i++)
        seal->data[i] ^= 0xff;
    seal->trailer[0] = seal->type;
    seal->trailer_size = 1;
    return TLS_OK;
}

enum tls_status tls_unseal(struct tls_session *session, struct tls_unseal *unseal,
                           struct tls_result *result)
{
    if (unseal->size == HEADER) {
        begin_result(session, result);
        result->event = TLS_FAILED;
        result->reason = TLS_REASON_MAC;
        result->alert_sent = 20;
        return TLS_OK;
    }
    unseal->type = unseal->record[HEADER];
    unseal->offset = HEADER + 1;
    unseal->plain_size = unseal->size - HEADER - 1;
    if (unseal->type == TLS_TYPE_ALERT) {
        unseal->alert_fatal = unseal->record[HEADER + 1] == 2;
        unseal->alert = unseal->record[HEADER + 2];
    }
    return TLS_OK;
}

void tls_message(struct tls_session *session, struct span plaintext, struct tls_result *result)
{
    begin_result(session, result);
    switch (plaintext.size ? plaintext.data[0] : 0) {
    case FAKE_ASK:
        session->ask_waits = true;
        result->event = TLS_RENEGOTIATE;
        break;
    case FAKE_VERDICT:
        session->verdict_waits = session->message_waits = true;
        result->event = TLS_WANT_VERDICT;
        break;
    case FAKE_UPDATE:
        session->answer_waits = true;
        /* fall through */
    case FAKE_TICKET:
        result->event = TLS_DONE;
        break;
    case FAKE_FAIL:
        fail(session, result, TLS_REASON_UNEXPECTED, 10);
        result->output_size = session->output_size;
        break;
    default:
        break;
    }
}

void tls_answer(struct tls_session *session, struct tls_result *result)
{
    if (session->answer_waits)
        add_output(session, 23, 'U');
    session->answer_waits = false;
    begin_result(session, result);
    result->event = TLS_DONE;
}

void tls_rehandshake(struct tls_session *session, bool request_peer, struct tls_result *result)
{
    fake.peer_requested = request_peer;
    add_output(session, 22, 3);
    begin_result(session, result);
}

void tls_alert(struct tls_session *session, bool fatal, uint8_t description,
               struct tls_result *result)
{
    (void)fatal;
    fake.alerts++;
    add_output(session, 21, description);
    begin_result(session, result);
}

/* ---- datagrams ---- */

enum tls_status tls_cookie(struct span peer, struct span datagram, uint8_t *answer, size_t room,
                           size_t *size, struct tls_prestate *prestate)
{
    (void)peer;
    (void)datagram;
    (void)answer;
    (void)room;
    (void)size;
    (void)prestate;
    return TLS_UNAVAILABLE;
}

void tls_set_mtu(struct tls_session *session, uint32_t mtu)
{
    (void)session;
    (void)mtu;
}
