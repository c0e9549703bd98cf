/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The step machine: feeds whole records to tls_step and answers what it asks for (a verdict, a
 * certificate, a signature), until there is output, the handshake is complete, the input is used up
 * or the program must be asked. While the platform works, only the handshake lock is held.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (Schannel)" and "Performing Authentication
 * Using Schannel"; for ISC_REQ_USE_SUPPLIED_CREDS what schannel-rs, curl and Poco see, which is the
 * opposite of the page.
 */
#include "schannel/handshake.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/verify.h"

/* Steps in a row that take nothing: each has its cause (verdict, certificate, signature, a new
 * handshake), and none comes twice. More is a bug, and must not become a loop. */
#define IDLE_STEPS_MAX 16

/* An RSA signature of a key of 16384 bits. */
#define SIGNATURE_MAX 2048

/* One DER name; a server's whole list has 16 bits of length. */
#define AUTHORITIES_MAX 1024

/* What an event leads to. */
enum go {
    GO_STEP,  /* step once more, without input */
    GO_INPUT, /* give it the next records */
    GO_TELL   /* the caller must be told *status */
};

SECURITY_STATUS handshake_fail(struct handshake *h, SECURITY_STATUS status)
{
    lock_take(&h->context->session);
    context_failed(h->context, status, h->result.output_size != 0);
    lock_release(&h->context->session);
    return status;
}

SECURITY_STATUS handshake_fail_alert(struct handshake *h, SECURITY_STATUS status, uint8_t alert)
{
    context_lock_tls(h->context);
    tls_alert(h->context->tls, true, alert, &h->result);
    context_unlock_tls(h->context);
    return handshake_fail(h, status);
}

/* ---- the peer's certificate ---- */

static void give_verdict(struct handshake *h)
{
    SECURITY_STATUS verdict = verify_peer(h->context);

    if (verdict != SEC_E_OK)
        h->verdict = verdict;
    lock_take(&h->context->session);
    tls_supply_verdict(h->context->tls, verdict == SEC_E_OK ? 0 : alert_for_status(verdict));
    lock_release(&h->context->session);
}

/* ---- our certificate ---- */

static void free_authorities(struct span *authorities, size_t count)
{
    for (size_t i = 0; authorities && i < count; i++)
        mem_free((void *)(uintptr_t)authorities[i].data);
    mem_free(authorities);
}

/* One name of the server's list as a copy. */
static enum tls_status copy_authority(struct schan_context *context, size_t index,
                                      struct span *name)
{
    uint8_t *copy = NULL;
    size_t size = 0;
    enum tls_status called;

    lock_take(&context->session);
    called = tls_authority(context->tls, index, NULL, 0, &size);
    if (called == TLS_TOO_SMALL) {
        copy = mem_alloc(size);
        called = copy ? tls_authority(context->tls, index, copy, size, &size) : TLS_NO_MEMORY;
    }
    lock_release(&context->session);
    if (called != TLS_OK) {
        mem_free(copy);
        return called;
    }
    *name = (struct span){copy, size};
    return TLS_OK;
}

/* All of them. A part would not do: with none, any certificate fits. */
static SECURITY_STATUS copy_authorities(struct schan_context *context, struct span **names,
                                        size_t *count)
{
    enum tls_status called = TLS_OK;

    *count = 0;
    *names = mem_alloc_array(AUTHORITIES_MAX, sizeof(**names));
    if (!*names)
        return SEC_E_INSUFFICIENT_MEMORY;
    while (*count < AUTHORITIES_MAX) {
        called = copy_authority(context, *count, &(*names)[*count]);
        if (called != TLS_OK)
            break;
        ++*count;
    }
    return called == TLS_NO_MEMORY ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
}

/* The user's own certificate is only offered when its key can sign: what nobody chose must not
 * break the connection. */
static bool can_sign(struct schan_context *context, const struct schan_credential *credential)
{
    struct tls_info info;
    enum tls_status called;

    lock_take(&context->session);
    called = tls_info(context->tls, &info);
    lock_release(&context->session);
    return !credential->no_tls13_key || (called == TLS_OK && info.version != 0x0304);
}

/* A credential with the user's own certificate that the server would take. */
static SECURITY_STATUS find_default_credential(struct handshake *h, struct schan_credential *base,
                                               struct schan_credential **credential)
{
    struct platform_certificate *certificate = NULL;
    struct span *names;
    size_t count;
    SECURITY_STATUS status = copy_authorities(h->context, &names, &count);

    if (status == SEC_E_OK)
        status = platform_default_client(names, count, &certificate);
    if (status == SEC_E_OK)
        status = schan_credential_with(base, certificate, credential);
    if (status == SEC_E_OK && !can_sign(h->context, *credential)) {
        schan_credential_unref(*credential);
        status = SEC_E_NO_CREDENTIALS;
    }
    platform_certificate_unref(certificate);
    free_authorities(names, count);
    return status;
}

/* take_credential becomes the context's own, NULL: an empty Certificate goes out. */
static SECURITY_STATUS use_credential(struct handshake *h, struct schan_credential *take_credential)
{
    struct schan_context *context = h->context;
    struct schan_credential *old = NULL;
    enum tls_status called;

    lock_take(&context->session);
    called = tls_supply_credential(context->tls, take_credential ? take_credential->tls : NULL);
    if (called == TLS_OK && take_credential) {
        old = context->credential;
        context->credential = take_credential;
        take_credential = NULL;
    }
    lock_release(&context->session);
    schan_credential_unref(take_credential);
    schan_credential_unref(old);
    return tls_call_status(called);
}

/* SEC_I_INCOMPLETE_CREDENTIALS: the program must be asked. */
static SECURITY_STATUS give_credential(struct handshake *h)
{
    struct schan_context *context = h->context;
    struct schan_credential *credential = h->step->credential;
    struct schan_credential *found;
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;

    /* Any later call may name another credential, or none. */
    if (!credential || credential->role != TLS_CLIENT)
        credential = context->credential;
    if (credential->tls)
        return use_credential(h, schan_credential_ref(credential));
    /* The second time it goes on without, whatever the flags say: programs would ask for ever. */
    if (context->credential_asked || (h->step->request & ISC_REQ_USE_SUPPLIED_CREDS))
        return use_credential(h, NULL);
    if (!(credential->flags & SCH_CRED_NO_DEFAULT_CREDS))
        status = find_default_credential(h, credential, &found);
    if (status == SEC_E_OK)
        return use_credential(h, found);
    if (status == SEC_E_INSUFFICIENT_MEMORY)
        return status;
    if (h->step->request & REQUEST_OF_WINE_HTTP)
        return use_credential(h, NULL);
    context->credential_asked = true;
    return SEC_I_INCOMPLETE_CREDENTIALS;
}

/* ---- a key that cannot leave its provider ---- */

static SECURITY_STATUS sign(struct handshake *h, const struct tls_sign_request *request,
                            uint8_t *signature, size_t *size)
{
    struct platform_certificate *certificate =
        schan_credential_key(h->context->credential, request->outside_id);

    if (!certificate)
        return SEC_E_NO_CREDENTIALS;
    return platform_sign(certificate, request->scheme, span_of(request->hash, request->hash_size),
                         signature, SIGNATURE_MAX, size);
}

/* What programs know of a provider's refusals: the key is gone, or its provider is of old and does
 * not know the hash (seen by the MongoDB driver with keys of PROV_RSA_FULL). */
static SECURITY_STATUS sign_verdict(SECURITY_STATUS status)
{
    if (status == SEC_E_NO_CREDENTIALS || status == SEC_E_ALGORITHM_MISMATCH)
        return status;
    return SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS give_signature(struct handshake *h)
{
    struct tls_sign_request request;
    uint8_t signature[SIGNATURE_MAX];
    size_t size = 0;
    enum tls_status called;
    SECURITY_STATUS status;

    lock_take(&h->context->session);
    called = tls_sign_request(h->context->tls, &request);
    lock_release(&h->context->session);
    if (called != TLS_OK)
        return tls_call_status(called);

    /* The provider may ask a person: this can take a minute. */
    status = sign(h, &request, signature, &size);
    if (status != SEC_E_OK) {
        TRACE(LOG_SCHANNEL, "%p: the key's provider fails with %08lx", (void *)h->context,
              (unsigned long)(uint32_t)status);
        h->verdict = sign_verdict(status);
        size = 0;
    }
    lock_take(&h->context->session);
    called = tls_supply_signature(h->context->tls, span_of(signature, size));
    lock_release(&h->context->session);
    return tls_call_status(called);
}

/* ---- events ---- */

/* When the client's certificate ends; AcceptSecurityContext tells it as the context's expiry. */
static void note_peer_expiry(struct schan_context *context)
{
    struct span *chain = NULL;
    size_t count = 0;
    struct tls_certificate_facts facts;
    int64_t expiry;

    if (verify_get_chain(context, &chain, &count) != SEC_E_OK)
        return;
    if (tls_certificate_facts(chain[0], &facts) == TLS_OK) {
        expiry = platform_local_from_utc(platform_filetime_from_unix(facts.not_after_s));
        lock_take(&context->session);
        context->peer_expiry = expiry;
        lock_release(&context->session);
    }
    mem_free(chain);
}

SECURITY_STATUS handshake_note_peer(struct handshake *h)
{
    SECURITY_STATUS status = context_connected(h->context);

    if (status != SEC_E_OK)
        return handshake_fail(h, status);
    if (h->context->role == TLS_SERVER && h->context->info.peer_chain_size)
        note_peer_expiry(h->context);
    return SEC_E_OK;
}

static SECURITY_STATUS complete(struct handshake *h)
{
    SECURITY_STATUS status = handshake_note_peer(h);

    if (status != SEC_E_OK)
        return status;
    if (!input_return_kept(h))
        return handshake_fail(h, SEC_E_INTERNAL_ERROR);
    h->context->credential_asked = false;
    h->store_session = true;
    return SEC_E_OK;
}

/* SEC_I_CONTEXT_EXPIRED: the peer says good-bye before the handshake is complete. */
static SECURITY_STATUS peer_closed(struct handshake *h)
{
    atomic_store(&h->context->received_close, true);
    if (context_phase(h->context) == PHASE_HANDSHAKE)
        (void)handshake_fail(h, SEC_E_CONTEXT_EXPIRED);
    return SEC_I_CONTEXT_EXPIRED;
}

static enum go ask_credential(struct handshake *h, SECURITY_STATUS *status)
{
    *status = give_credential(h);
    if (*status == SEC_E_OK)
        return GO_STEP;
    if (*status == SEC_I_INCOMPLETE_CREDENTIALS)
        *status = input_remember(h, true) == SEC_E_OK ? *status : SEC_E_INSUFFICIENT_MEMORY;
    if (*status < 0)
        *status = handshake_fail_alert(h, *status, ALERT_INTERNAL_ERROR);
    return GO_TELL;
}

static enum go ask_signature(struct handshake *h, SECURITY_STATUS *status)
{
    *status = give_signature(h);
    if (*status == SEC_E_OK)
        return GO_STEP;
    *status = handshake_fail_alert(h, *status, ALERT_INTERNAL_ERROR);
    return GO_TELL;
}

static enum go peer_refuses(struct handshake *h, SECURITY_STATUS *status)
{
    atomic_store(&h->context->renegotiating, false);
    lock_take(&h->context->session);
    h->context->request_waits = false;
    lock_release(&h->context->session);
    *status = alert_status(ALERT_NO_RENEGOTIATION);
    return GO_TELL;
}

/* A record of one byte is the change_cipher_spec that only middleboxes want (RFC 8446 D.4); it goes
 * with the Finished. Seen in aws-c-io: a program that is told of it takes it for the answer to the
 * whole flight, and waits for the network while the rest lies in its buffer. */
static bool output_is_flight(const struct handshake *h)
{
    return h->result.output_size > LIMIT_RECORD_HEADER + 1;
}

static enum go answer_event(struct handshake *h, SECURITY_STATUS *status)
{
    switch (h->result.event) {
    case TLS_WANT_INPUT:
        *status = SEC_I_CONTINUE_NEEDED;
        return output_is_flight(h) ? GO_TELL : GO_INPUT;
    case TLS_DONE:
        *status = complete(h);
        return GO_TELL;
    case TLS_WANT_VERDICT:
        give_verdict(h);
        return GO_STEP;
    case TLS_WANT_CREDENTIAL:
        return ask_credential(h, status);
    case TLS_WANT_SIGN:
        return ask_signature(h, status);
    case TLS_RENEGOTIATE:
        return GO_STEP;
    case TLS_REFUSED:
        return peer_refuses(h, status);
    case TLS_CLOSED:
        *status = peer_closed(h);
        return GO_TELL;
    default: /* TLS_FAILED */
        *status = handshake_fail(h, h->verdict < 0 ? h->verdict : failure_status(&h->result));
        return GO_TELL;
    }
}

SECURITY_STATUS handshake_no_records(struct handshake *h, SECURITY_STATUS status)
{
    if (h->context->datagram)
        return SEC_I_CONTINUE_NEEDED; /* the peer's flight is not whole yet */
    /* In an interlude the program would come at once with what is EXTRA, and that is all. */
    if (h->interlude && status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    if (h->progress && (status == SEC_E_INCOMPLETE_MESSAGE || status == SEC_E_OUT_OF_SEQUENCE))
        return SEC_I_CONTINUE_NEEDED;
    if (status == SEC_E_INVALID_TOKEN) {
        h->result.output_size = 0;
        return handshake_fail(h, status); /* no TLS is spoken: an alert would tell nobody */
    }
    if (status == SEC_E_ILLEGAL_MESSAGE)
        return handshake_fail_alert(h, status, h->refusal);
    return status;
}

SECURITY_STATUS handshake_run(struct handshake *h, bool begin)
{
    enum go go = begin ? GO_STEP : GO_INPUT;
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    unsigned idle = 0;

    while (go != GO_TELL) {
        struct span records = {NULL, 0};

        if (go == GO_INPUT) {
            SECURITY_STATUS cut = input_next(h, &records);

            if (cut != SEC_E_OK)
                return handshake_no_records(h, cut);
        }
        context_lock_tls(h->context);
        tls_step(h->context->tls, records, &h->result);
        context_unlock_tls(h->context);
        if (input_taken(h, h->result.consumed <= records.size ? h->result.consumed
                                                              : records.size) != SEC_E_OK)
            return handshake_fail_alert(h, SEC_E_INSUFFICIENT_MEMORY, ALERT_INTERNAL_ERROR);

        idle = h->result.consumed ? 0 : idle + 1;
        if (idle > IDLE_STEPS_MAX)
            return handshake_fail_alert(h, SEC_E_INTERNAL_ERROR, ALERT_INTERNAL_ERROR);
        go = answer_event(h, &status);
    }
    return status;
}
