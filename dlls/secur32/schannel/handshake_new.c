/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The first call: what a context keeps for its whole life (target name, way of validation, ALPN),
 * and its TLS session. Nothing of it is known to another thread yet, so no lock of the context is
 * held while the session cache and the credential are asked.
 *
 * Sources: Microsoft Learn, "InitializeSecurityContext (Schannel)" (pszTargetName, pInput) and
 * "AcceptSecurityContext (Schannel)"; comments in sspi.h on the flags above bit 31.
 */
#include "schannel/handshake.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "schannel/alerts.h"
#include "schannel/handshake_settings.h"
#include "schannel/session.h"
#include "sspi/buffers.h"

/* Request bits that travel in a SECBUFFER_FLAGS buffer (sspi.h, SEC_FLAGS). */
#define WIDE_MESSAGES (1ull << 32)
#define WIDE_DEFERRED_CRED_VALIDATION (1ull << 33)
#define WIDE_NO_POST_HANDSHAKE_AUTH (1ull << 34)
#define WIDE_EXPLICIT_SESSION (1ull << 36)
#define WIDE_LOW_BITS 0xffffffffull

/* dwSessionLifespan: no entry in the cache. */
#define LIFESPAN_NONE 0xffffffffu

#define NAME_MAX 255

struct beginning {
    struct tls_config config;
    uint64_t wide_request;
    uint8_t *alpn;
    size_t alpn_size;
    uint8_t *resume;
    size_t resume_size;
    struct datagram_options datagram;
};

static void beginning_done(struct beginning *from)
{
    mem_free(from->alpn);
    mem_wipe_free(from->resume, from->resume_size);
}

/* ---- input that only a first call has ---- */

static SECURITY_STATUS read_wide_request(const SecBufferDesc *input, uint64_t *request)
{
    const SecBuffer *buffer = buffers_find(input, SECBUFFER_FLAGS, 0);
    struct span bytes;

    if (!buffer)
        return SEC_E_OK;
    bytes = buffer_span(buffer);
    if (bytes.size < sizeof(*request))
        return SEC_E_INVALID_TOKEN;
    memcpy(request, bytes.data, sizeof(*request));
    if (*request & WIDE_LOW_BITS)
        return SEC_E_INVALID_TOKEN;
    /* Contexts without a record layer, and tickets that the program keeps, are not built. */
    if (*request & (WIDE_MESSAGES | WIDE_EXPLICIT_SESSION))
        return SEC_E_UNSUPPORTED_FUNCTION;
    return SEC_E_OK;
}

static SECURITY_STATUS read_options(const struct handshake *h, struct beginning *to)
{
    const SecBuffer *alpn = buffers_find(h->step->input, SECBUFFER_APPLICATION_PROTOCOLS, 0);
    SECURITY_STATUS status = read_wide_request(h->step->input, &to->wide_request);

    if (status == SEC_E_OK && h->datagram)
        status = datagram_options(h, &to->datagram);
    if (status == SEC_E_OK && alpn)
        status = handshake_alpn(alpn, &to->alpn, &to->alpn_size);
    if (status == SEC_E_OK)
        to->config.alpn = span_of(to->alpn, to->alpn_size);
    return status;
}

/* ---- the target name ---- */

static void lower_case(char *text)
{
    for (; *text; text++) {
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
    }
}

/* The name as it goes over the wire. One that cannot be a host's name is kept in mind, so that no
 * certificate fits it; the handshake goes on without SNI, as Windows does with over-long names. */
static SECURITY_STATUS set_name(struct schan_context *context, const char *utf8)
{
    uint8_t ascii[NAME_MAX];
    size_t size = 0;
    enum tls_name_kind kind = TLS_NAME_NONE;
    enum tls_status called = tls_name(span_of(utf8, strlen(utf8)), &kind, ascii, NAME_MAX, &size);

    if (called == TLS_NO_MEMORY)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (called != TLS_OK || size > NAME_MAX) {
        context->name_unusable = true;
        return SEC_E_OK;
    }
    if (kind == TLS_NAME_NONE)
        return SEC_E_OK;
    if (!context_set_name(context, span_of(ascii, size)))
        return SEC_E_INSUFFICIENT_MEMORY;
    lower_case(context->name);
    context->name_is_address = kind == TLS_NAME_ADDRESS;
    return SEC_E_OK;
}

static SECURITY_STATUS set_target(struct schan_context *context, const WCHAR *target)
{
    size_t length = target ? platform_wide_length(target) : 0;
    char *utf8 = NULL;
    SECURITY_STATUS status;

    if (length == 0)
        return SEC_E_OK;
    if (length > LIMIT_TARGET_NAME) {
        context->name_unusable = true;
        return SEC_E_OK;
    }
    status = platform_utf8_from_wide(target, &utf8);
    if (status == SEC_E_INSUFFICIENT_MEMORY)
        return status;
    if (status != SEC_E_OK) {
        context->name_unusable = true;
        return SEC_E_OK;
    }
    status = set_name(context, utf8);
    mem_free(utf8);
    return status;
}

/* The key of the session cache: the name, never shared between sessions that were validated and
 * such that were not, nor between streams and datagrams. */
static void set_cache_name(struct schan_context *context, bool marked)
{
    char *at = context->name;

    if (!at || context->credential->lifespan_ms == LIFESPAN_NONE)
        return;
    if (marked)
        *--at = SESSION_UNVALIDATED_MARK;
    if (context->datagram)
        *--at = SESSION_DATAGRAM_MARK;
    context->cache_name = at;
}

/* ---- the session ---- */

static SECURITY_STATUS make_session(struct schan_context *context, struct beginning *from)
{
    struct schan_credential *credential = context->credential;
    struct schan_policy policy; /* may be narrowed by another thread meanwhile */
    enum tls_status called;

    schan_credential_policy(credential, from->config.alpn, &policy);
    policy.tls.versions &= context->datagram ? DATAGRAM_VERSIONS : STREAM_VERSIONS;
    if (!policy.tls.versions)
        return SEC_E_ALGORITHM_MISMATCH;
    if (context->datagram) {
        from->config.flags |= TLS_FLAG_DATAGRAM;
        from->config.mtu = context->mtu;
        from->config.srtp = from->datagram.srtp;
        from->config.srtp_count = from->datagram.srtp_count;
    }
    from->config.role = context->role;
    from->config.policy = policy.tls;
    from->config.credential = credential->tls;
    called = tls_session_new(&from->config, &context->tls);
    return tls_call_status(called);
}

/* An ordinary credential of this role. */
static SECURITY_STATUS check_credential(const struct schan_credential *credential,
                                        enum tls_role role)
{
    if (!credential)
        return SEC_E_INVALID_HANDLE;
    if (credential->role != role)
        return SEC_E_NO_CREDENTIALS;
    return SEC_E_OK;
}

/* A client offers post-handshake authentication (RFC 8446 4.2.6) when it has, or may look for, a
 * certificate to answer with; ISC_REQ_NO_POST_HANDSHAKE_AUTH forbids it. */
static bool offers_post_handshake(const struct handshake *h, const struct beginning *from)
{
    const struct schan_credential *credential = h->context->credential;

    if (from->wide_request & WIDE_NO_POST_HANDSHAKE_AUTH)
        return false;
    if (credential->tls)
        return true;
    return !(credential->flags & SCH_CRED_NO_DEFAULT_CREDS) &&
           !(h->step->request & ISC_REQ_USE_SUPPLIED_CREDS);
}

#define REVOCATION_FLAGS                                                                           \
    (SCH_CRED_REVOCATION_CHECK_END_CERT | SCH_CRED_REVOCATION_CHECK_CHAIN |                        \
     SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT)

static void client_config(const struct handshake *h, struct beginning *from)
{
    const struct handshake_settings *settings = handshake_settings();
    const struct schan_context *context = h->context;
    uint32_t flags = TLS_FLAG_ASK_CREDENTIAL;

    if (!context->manual_validation)
        flags |= TLS_FLAG_ASK_VERDICT;
    if (offers_post_handshake(h, from))
        flags |= TLS_FLAG_POST_HANDSHAKE_AUTH;
    if (context->credential->flags & REVOCATION_FLAGS)
        flags |= TLS_FLAG_OCSP;
    if (settings->no_ems_client)
        flags |= TLS_FLAG_NO_EMS;
    if (settings->strict_client)
        flags |= TLS_FLAG_STRICT_RENEGOTIATION;
    from->config.flags = flags;
    from->config.handshake_limit = settings->limit_client;
    if (context->name && !context->name_is_address)
        from->config.server_name = span_of(context->name, strlen(context->name));
    if (context->cache_name && !(h->step->request & REQUEST_OF_WINE_HTTP))
        from->resume =
            session_take(context->credential->id, context->cache_name, &from->resume_size);
    from->config.resume = span_of(from->resume, from->resume_size);
}

static SECURITY_STATUS set_up_client(struct handshake *h, struct beginning *from)
{
    struct schan_context *context = h->context;
    ULONG flags = context->credential->flags;
    bool by_credential = flags & SCH_CRED_MANUAL_CRED_VALIDATION;
    bool by_call = h->step->request & ISC_REQ_MANUAL_CRED_VALIDATION;
    SECURITY_STATUS status = set_target(context, h->step->target);

    if (status == SEC_E_OK)
        status = read_options(h, from);
    if (status != SEC_E_OK)
        return status;

    context->manual_validation = by_credential || by_call;
    context->deferred_validation = (flags & SCH_CRED_DEFERRED_CRED_VALIDATION) ||
                                   (from->wide_request & WIDE_DEFERRED_CRED_VALIDATION);
    by_call = by_call || (from->wide_request & WIDE_DEFERRED_CRED_VALIDATION);
    set_cache_name(context, by_call && !by_credential);
    client_config(h, from);
    return make_session(context, from);
}

static SECURITY_STATUS set_up_server(struct handshake *h, struct beginning *from)
{
    const struct handshake_settings *settings = handshake_settings();
    struct schan_credential *credential = h->context->credential;
    bool ask_peer = h->step->request & ASC_REQ_MUTUAL_AUTH;
    const struct schan_issuers *issuers;
    uint32_t flags = 0;
    SECURITY_STATUS status = read_options(h, from);

    if (status != SEC_E_OK)
        return status;
    from->config.tickets = schan_credential_tickets(credential);
    if (!from->config.tickets)
        flags |= TLS_FLAG_NO_TICKETS | TLS_FLAG_NO_RESUMPTION;
    if (ask_peer)
        flags |= TLS_FLAG_REQUEST_PEER;
    if (settings->no_ems_server)
        flags |= TLS_FLAG_NO_EMS;
    if (settings->strict_server)
        flags |= TLS_FLAG_STRICT_RENEGOTIATION;
    from->config.flags = flags;
    from->config.handshake_limit = ask_peer ? settings->limit_server_auth : settings->limit_server;
    lock_take(&credential->lock);
    issuers = credential->issuers;
    lock_release(&credential->lock);
    if (h->datagram)
        from->config.prestate = &h->prestate;
    if (issuers) {
        from->config.authorities = issuers->names;
        from->config.authority_count = issuers->count;
    }
    return make_session(h->context, from);
}

static SECURITY_STATUS make_context(struct handshake *h, enum tls_role role,
                                    SECURITY_STATUS (*set_up)(struct handshake *,
                                                              struct beginning *))
{
    struct beginning from = {0};
    SECURITY_STATUS status;

    h->context = context_new(role);
    if (!h->context)
        return SEC_E_INSUFFICIENT_MEMORY;
    h->context->receive = h->step->lanes.receive;
    h->context->send = h->step->lanes.send;
    h->context->credential = schan_credential_ref(h->step->credential);
    h->context->datagram = h->datagram;
    h->context->mtu = LIMIT_MTU_DEFAULT;
    status = set_up(h, &from);
    beginning_done(&from);
    if (status != SEC_E_OK) {
        schan_delete_context(h->context);
        h->context = NULL;
    }
    return status;
}

SECURITY_STATUS handshake_new_client(struct handshake *h)
{
    SECURITY_STATUS status = check_credential(h->step->credential, TLS_CLIENT);

    if (status != SEC_E_OK)
        return status;
    /* The server has not spoken yet: whatever stands in TOKEN is not for us. */
    h->input = (struct span){NULL, 0};
    return make_context(h, TLS_CLIENT, set_up_client);
}

SECURITY_STATUS handshake_new_server(struct handshake *h)
{
    const struct schan_credential *credential = h->step->credential;
    SECURITY_STATUS status = check_credential(credential, TLS_SERVER);
    struct span records;

    if (status != SEC_E_OK)
        return status;
    if (!credential->tls)
        return SEC_E_NO_CREDENTIALS;
    if (!h->token_in)
        return SEC_E_INVALID_TOKEN;
    /* No context before the first whole record: programs call again with phContext NULL. */
    status = h->datagram ? datagram_cookie(h) : input_next(h, &records);
    if (status != SEC_E_OK)
        return status;
    return make_context(h, TLS_SERVER, set_up_server);
}
