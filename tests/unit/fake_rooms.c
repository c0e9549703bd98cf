/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See fake_rooms.h.
 */
#include "fake_rooms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fake_tls.h"
#include "harness.h"
#include "schannel/session.h"
#include "sspi/buffers.h"

struct fake_rooms rooms;

static char some_tls_credential, some_certificate;

static void reset_credential(struct schan_credential *credential, enum tls_role role, bool with)
{
    memset(credential, 0, sizeof(*credential));
    atomic_init(&credential->references, 1000);
    credential->role = role;
    credential->policy.tls.versions = TLS_VERSION_1_2 | TLS_VERSION_1_3;
    credential->flags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS;
    credential->tls = with ? (struct tls_credential *)(void *)&some_tls_credential : NULL;
}

static struct lock send_lane = LOCK_INITIALIZER, receive_lane = LOCK_INITIALIZER;
const struct ssp_lanes fake_lanes = {&send_lane, &receive_lane};

void fake_rooms_reset(void)
{
    fake_reset();
    memset(&rooms, 0, sizeof(rooms));
    reset_credential(&rooms.client, TLS_CLIENT, false);
    reset_credential(&rooms.client_with_certificate, TLS_CLIENT, true);
    reset_credential(&rooms.server, TLS_SERVER, true);
}

/* ---- credentials and sessions ---- */

struct schan_credential *schan_credential_ref(struct schan_credential *credential)
{
    if (credential)
        atomic_fetch_add(&credential->references, 1);
    return credential;
}

void schan_credential_unref(struct schan_credential *credential)
{
    if (credential)
        atomic_fetch_sub(&credential->references, 1);
}

void schan_credential_policy(struct schan_credential *credential, struct span alpn,
                             struct schan_policy *policy)
{
    (void)alpn;
    *policy = credential->policy;
}

struct tls_tickets *schan_credential_tickets(struct schan_credential *credential)
{
    (void)credential;
    return NULL;
}

struct platform_certificate *schan_credential_key(const struct schan_credential *credential,
                                                  uint64_t outside_id)
{
    (void)credential;
    return outside_id == 7 ? (struct platform_certificate *)(void *)&some_certificate : NULL;
}

SECURITY_STATUS schan_credential_with(struct schan_credential *base,
                                      struct platform_certificate *certificate,
                                      struct schan_credential **credential)
{
    (void)base;
    (void)certificate;
    *credential = schan_credential_ref(&rooms.client_with_certificate);
    return SEC_E_OK;
}

void session_store(uint64_t credential_id, const char *name, struct span data, bool single_use,
                   uint32_t lifetime_ms)
{
    (void)credential_id;
    (void)name;
    (void)data;
    (void)single_use;
    (void)lifetime_ms;
    fake.stored++;
}

uint8_t *session_take(uint64_t credential_id, const char *name, size_t *size)
{
    (void)credential_id;
    (void)name;
    *size = 0;
    return NULL;
}

void session_forget(uint64_t credential_id, const char *name)
{
    (void)credential_id;
    (void)name;
}

/* ---- platform ---- */

size_t platform_wide_length(const WCHAR *wide)
{
    size_t length = 0;

    while (wide[length])
        length++;
    return length;
}

SECURITY_STATUS platform_utf8_from_wide(const WCHAR *wide, char **utf8)
{
    size_t length = platform_wide_length(wide);
    char *text = mem_alloc(length + 1);

    if (!text)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)wide[i];
    *utf8 = text;
    return SEC_E_OK;
}

bool platform_setting_number(enum platform_settings root, const char *path, const char *name,
                             uint32_t *value)
{
    (void)root;
    (void)path;
    (void)name;
    (void)value;
    return false;
}

int64_t platform_now(void)
{
    return 1;
}

int64_t platform_filetime_from_unix(int64_t seconds)
{
    return seconds;
}

int64_t platform_local_from_utc(int64_t filetime)
{
    return filetime;
}

void platform_certificate_unref(struct platform_certificate *certificate)
{
    (void)certificate;
}

SECURITY_STATUS platform_sign(struct platform_certificate *certificate, uint16_t scheme,
                              struct span hash, uint8_t *signature, size_t room, size_t *size)
{
    (void)certificate;
    (void)scheme;
    rooms.signatures++;
    if (rooms.sign_status != SEC_E_OK || room < hash.size)
        return rooms.sign_status;
    memcpy(signature, hash.data, hash.size);
    *size = hash.size;
    return SEC_E_OK;
}

SECURITY_STATUS platform_default_client(const struct span *authorities, size_t count,
                                        struct platform_certificate **certificate)
{
    (void)authorities;
    rooms.authorities = count;
    if (!rooms.default_certificate)
        return SEC_E_NO_CREDENTIALS;
    *certificate = rooms.default_certificate;
    return SEC_E_OK;
}

SECURITY_STATUS platform_judge(const struct platform_question *question,
                               struct platform_verdict *verdict)
{
    verdict->trust = rooms.trust;
    verdict->path = (struct span *)(uintptr_t)question->chain;
    verdict->path_count = question->count;
    return SEC_E_OK;
}

void platform_verdict_done(struct platform_verdict *verdict)
{
    (void)verdict;
}

/* ---- calls ---- */

static uint8_t *add_record(struct call *call, uint8_t type, size_t size)
{
    uint8_t *record = call->bytes + call->size;

    if (size < 5 || size > CALL_ROOM - call->size)
        abort();
    memset(record, 0x55, size);
    record[0] = type;
    record[1] = record[2] = 3;
    record[3] = (uint8_t)((size - 5) >> 8);
    record[4] = (uint8_t)(size - 5);
    call->size += size;
    return record + 5;
}

void call_add(struct call *call, char what, size_t size)
{
    add_record(call, 22, size)[0] = (uint8_t)what;
}

void call_add_data(struct call *call, uint8_t type, const void *plain, size_t size)
{
    uint8_t *body = add_record(call, 23, 5 + 1 + size);

    body[0] = type;
    if (size)
        memcpy(body + 1, plain, size);
}

static void take_out(struct call *call, SecBuffer *buffer, uint8_t *to, size_t *size)
{
    *size = 0;
    if (buffer->pvBuffer && buffer->cbBuffer <= CALL_ROOM && buffer->cbBuffer) {
        memcpy(to, buffer->pvBuffer, buffer->cbBuffer);
        *size = buffer->cbBuffer;
    }
    if (!call->own_memory)
        buffers_free(buffer->pvBuffer);
}

SECURITY_STATUS call_make(struct call *call)
{
    uint8_t *own = calloc(2, CALL_ROOM);
    ULONG out_type = call->empty_output ? SECBUFFER_EMPTY : SECBUFFER_TOKEN;
    SecBufferDesc input = {SECBUFFER_VERSION, call->no_slot ? 1 : 2, call->in};
    SecBufferDesc output = {SECBUFFER_VERSION, 2, call->out};
    struct ssp_step step = {.credential = call->credential,
                            .context = call->context,
                            .lanes = fake_lanes,
                            .target = call->target,
                            .request = call->request,
                            .input = call->no_input ? NULL : &input,
                            .output = call->no_output ? NULL : &output};
    SECURITY_STATUS status;

    if (!own)
        abort();
    call->in[0] = (SecBuffer){(ULONG)call->size, SECBUFFER_TOKEN, call->bytes};
    call->in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    call->out[0] = (SecBuffer){(ULONG)call->room, out_type, call->own_memory ? own : NULL};
    call->out[1] =
        (SecBuffer){CALL_ROOM, SECBUFFER_ALERT, call->own_memory ? own + CALL_ROOM : NULL};
    if (!call->own_memory)
        call->request |= ISC_REQ_ALLOCATE_MEMORY;

    status = schan_initialize(&step);
    if (!call->context && step.new_context)
        call->context = step.new_context;
    call->attributes = step.attributes;
    call->used = call->size;
    if (call->in[1].BufferType == SECBUFFER_EXTRA)
        call->used = call->size - call->in[1].cbBuffer;
    take_out(call, &call->out[0], call->token, &call->token_size);
    take_out(call, &call->out[1], call->alert, &call->alert_size);
    free(own);
    return status;
}

void *start_client(struct call *call)
{
    memset(call, 0, sizeof(*call));
    call->credential = &rooms.client;
    call->target = u"host.test";
    call->request = ISC_REQ_STREAM;
    ok_status(call_make(call), SEC_I_CONTINUE_NEEDED, "first call");
    ok_number(call->token_size, FAKE_OUTPUT_SIZE, "first flight");
    return call->context;
}

void *connect_client(struct call *call, uint16_t version)
{
    void *context = start_client(call);

    fake.version = version;
    call_add(call, FAKE_DONE, 10);
    ok_status(call_make(call), SEC_E_OK, "connected");
    call->size = 0;
    return context;
}
