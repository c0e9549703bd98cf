/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Contexts: the steps of client and server, and what a ready one tells.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gss/mit/library.h"
#include "gss/mit/old_ntlm.h"
#include "gss/mit/spnego.h"

/* gss-ntlmssp wants a name of a service; of this one it makes none for the server to see. */
#define NO_TARGET "@"

#define NTLM_KEY_SIZE 16
#define KERBEROS_HEADER_SIZE 60
#define KERBEROS_SIGNATURE_SIZE 50 /* enough for all, where the library cannot tell */

/* GSS_C_INQ_SSPI_SESSION_KEY of MIT's documentation. */
static gss_OID_desc session_key_oid = {
    11, (void *)(uintptr_t) "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x05\x05"};

/* GSS_SPNEGO_REQUIRE_MIC, a number of Samba's, with which MIT's SPNEGO asks a mechanism. */
static gss_OID_desc require_mic_oid = {
    11, (void *)(uintptr_t) "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x02"};

/* ---- what a step begins with ---- */

static struct gss_channel_bindings_struct make_bindings(const struct mech_bindings *from)
{
    return (struct gss_channel_bindings_struct){
        from->initiator_type, library_buffer(from->initiator), from->acceptor_type,
        library_buffer(from->acceptor), library_buffer(from->data)};
}

/* The context of this step, with what the step before left in it gone. */
static struct mech_context *context_ready(struct mech_context **context, bool is_server)
{
    struct mech_context *found = *context;
    OM_uint32 minor;

    if (!found) {
        found = mem_alloc(sizeof(*found));
        if (found) {
            found->is_server = is_server;
            found->chosen = MECH_UNKNOWN;
        }
        *context = found;
        return found;
    }
    if (found->has_failed || found->is_ready || found->is_server != is_server)
        return NULL;
    if (found->output.value)
        gssapi.release_buffer(&minor, &found->output);
    found->output = (gss_buffer_desc){0, NULL};
    return found;
}

/* ---- NTLM ---- */

static enum mech_status session_key(const struct mech_context *context, uint8_t *to, size_t room,
                                    size_t *size)
{
    enum mech_status status = MECH_UNSUPPORTED;
    gss_buffer_set_t set = NULL;
    OM_uint32 minor, major;

    major = gssapi.inquire_sec_context_by_oid(&minor, context->context, &session_key_oid, &set);
    if (GSS_ERROR(major))
        return library_status("session key", major, minor);
    if (set && set->count) {
        *size = set->elements[0].length;
        status = *size > room ? MECH_TOO_SMALL : MECH_OK;
        if (status == MECH_OK && *size)
            memcpy(to, set->elements[0].value, *size);
        mem_wipe(set->elements[0].value, set->elements[0].length);
    }
    gssapi.release_buffer_set(&minor, &set);
    return status;
}

/* From here on NTLM's messages are ours, where they can be. */
static void take_messages(struct mech_context *context)
{
    const struct ntlm_watch *seen = &context->seen;
    uint8_t key[NTLM_KEY_SIZE];
    struct ntlm_terms terms = {
        /* The client chooses from what the server offered (MS-NLMP 2.2.1.3). */
        .flags = seen->challenge_flags & seen->flags,
        .is_server = context->is_server,
        /* SPNEGO signs before the program does; the number is used up, and the stream goes back to
         * its beginning (MS-SPNG 3.3.5.1). */
        .sent = seen->mic_sent,
        .received = seen->mic_received,
    };
    size_t size = 0;

    if (session_key(context, key, sizeof(key), &size) == MECH_OK) {
        terms.key = span_of(key, size);
        context->ntlm = ntlm_session_new(&terms);
        mem_wipe(key, sizeof(key));
    }
    TRACE(LOG_GSS, "NTLM's flags %08x, signed by SPNEGO: %d %d; its messages are %s", terms.flags,
          seen->mic_sent, seen->mic_received, context->ntlm ? "ours" : "the library's");
}

/* See ntlm_challenge.h. */
static enum mech_status sign_again(struct mech_context *context, enum mech_status status)
{
    struct span token = span_of(context->output.value, context->output.length);
    uint8_t key[NTLM_KEY_SIZE];
    enum mech_status called;
    size_t size = 0;

    if (!ntlm_challenge_sent(&context->challenge, token))
        return MECH_NO_MEMORY;
    if (!ntlm_challenge_is_signed(&context->challenge, token))
        return status;
    called = session_key(context, key, sizeof(key), &size);
    if (called == MECH_OK && !ntlm_challenge_sign(&context->challenge, span_of(key, size), token))
        called = MECH_FAILED;
    mem_wipe(key, sizeof(key));
    return called == MECH_OK ? status : MECH_FAILED;
}

/* ---- steps ---- */

static enum mech_status watch(struct mech_context *context, const struct mech_step *step,
                              enum mech_status status)
{
    struct span output = span_of(context->output.value, context->output.length);

    if (!ntlm_watch_token(&context->seen, step->input, false) ||
        !ntlm_watch_token(&context->seen, output, true))
        return MECH_NO_MEMORY;
    if (status == MECH_OK && context->chosen == MECH_NTLM)
        take_messages(context);
    return status;
}

/* What gss-ntlmssp does not pass on of the client's last message. */
static uint32_t told_by_ntlm(const struct mech_context *context)
{
    bool knows = context->is_server && context->chosen == MECH_NTLM && context->is_ready;

    return knows && context->seen.flags & NTLM_FLAG_IDENTIFY ? MECH_FLAG_IDENTIFY : 0;
}

/* What a step of the library came to, as far as both sides have it in common. */
static enum mech_status step_done(struct mech_context *context, struct mech_step *step,
                                  enum mech_status status, OM_uint32 flags)
{
    if (status == MECH_OK || status == MECH_CONTINUE)
        status = watch(context, step, status);
    context->has_failed = status != MECH_OK && status != MECH_CONTINUE;
    context->is_ready = status == MECH_OK;
    if (!context->has_failed)
        context->granted = flags | told_by_ntlm(context);
    step->granted = context->granted;
    step->chosen = context->chosen;
    step->output_size = context->output.length;
    return status;
}

static enum mech_status status_of(const char *of, OM_uint32 major, OM_uint32 minor)
{
    if (GSS_ERROR(major))
        return library_status(of, major, minor);
    return major & GSS_S_CONTINUE_NEEDED ? MECH_CONTINUE : MECH_OK;
}

/* The library could not make sense of the peer's token, and has no word for why. */
static enum mech_status after_token(enum mech_status status)
{
    return status == MECH_FAILED ? MECH_BAD_TOKEN : status;
}

static enum mech_status make_target(const struct mech_step *step, gss_name_t *name)
{
    switch (step->target_kind) {
    case MECH_TARGET_SERVICE:
        return library_name(step->target, NAME_SERVICE, name);
    case MECH_TARGET_PRINCIPAL:
        return library_name(step->target, NAME_PRINCIPAL, name);
    case MECH_TARGET_NONE:
    default:
        return library_name(span_of(NO_TARGET, strlen(NO_TARGET)), NAME_SERVICE, name);
    }
}

/*
 * gss-ntlmssp signs the three messages (MS-NLMP 3.1.5.1.2: a MIC where the server tells the time)
 * only where SPNEGO has asked it whether it will. So it is asked for its bare messages, too; the
 * answer, no at this point, does not matter.
 */
static void ask_for_mic(const struct mech_context *context)
{
    gss_buffer_set_t set = NULL;
    OM_uint32 minor;

    (void)gssapi.inquire_sec_context_by_oid(&minor, context->context, &require_mic_oid, &set);
    gssapi.release_buffer_set(&minor, &set);
}

enum mech_status mech_initiate(struct mech_context **context, struct mech_step *step)
{
    struct mech_context *c = context_ready(context, false);
    struct span token = step->input;
    gss_buffer_desc input;
    uint8_t *copy = NULL;
    struct gss_channel_bindings_struct bindings;
    OM_uint32 minor = 0, major, flags = 0, ignored;
    enum mech_status status;
    gss_name_t target = NULL;
    gss_OID chosen = NULL;
    bool is_first;

    if (!c)
        return *context ? MECH_BAD_ARGUMENT : MECH_NO_MEMORY;
    is_first = !c->context;
    c->has_target = step->target_kind != MECH_TARGET_NONE;
    status = spnego_prepare(&token, &copy) && ntlm_challenge_prepare(&c->challenge, &token, &copy)
                 ? make_target(step, &target)
                 : MECH_NO_MEMORY;
    if (status != MECH_OK) {
        mem_free(copy);
        return step_done(c, step, status, 0);
    }
    input = library_buffer(token);
    if (step->bindings)
        bindings = make_bindings(step->bindings);
    major = gssapi.init_sec_context(&minor, step->credential ? step->credential->credential : NULL,
                                    &c->context, target, library_oid(step->mech), step->request, 0,
                                    step->bindings ? &bindings : NULL, c->context ? &input : NULL,
                                    &chosen, &c->output, &flags, NULL);
    gssapi.release_name(&ignored, &target);
    mem_free(copy);
    status = status_of("initiate", major, minor);
    if (is_first && status == MECH_CONTINUE && step->mech == MECH_NTLM)
        ask_for_mic(c);
    if (step->input.size)
        status = after_token(status);
    c->chosen = library_mech(chosen);
    if (c->chosen == MECH_NEGOTIATE)
        c->chosen = MECH_UNKNOWN;
    if (status == MECH_OK || status == MECH_CONTINUE)
        status = sign_again(c, status);
    return step_done(c, step, status, flags);
}

/* gss-ntlmssp tells of a wrong user or password, and of other bindings, by errno's numbers; SPNEGO
 * passes its failure on with a number of its own. */
static enum mech_status ntlm_refusal(const struct mech_step *step, OM_uint32 major, OM_uint32 minor,
                                     enum mech_status status)
{
    bool is_wrapped = step->mech == MECH_NEGOTIATE;

    if (GSS_ROUTINE_ERROR(major) == GSS_DEFECTIVE_TOKEN && step->bindings &&
        (minor == EACCES || is_wrapped))
        return MECH_BAD_BINDINGS;
    if (GSS_ROUTINE_ERROR(major) == GSS_FAILURE && status == MECH_FAILED)
        return MECH_LOGON_DENIED;
    return status;
}

static bool is_ntlm_last(struct span token)
{
    static const uint8_t mark[] = "NTLMSSP\0\3\0\0"; /* MS-NLMP 2.2.1.3, with the last zero */

    for (; token.size >= sizeof(mark); token.data++, token.size--)
        if (!memcmp(token.data, mark, sizeof(mark)))
            return true;
    return false;
}

enum mech_status mech_accept(struct mech_context **context, struct mech_step *step)
{
    struct mech_context *c = context_ready(context, true);
    struct span token = step->input;
    gss_buffer_desc input;
    uint8_t *copy = NULL;
    struct gss_channel_bindings_struct bindings;
    OM_uint32 minor = 0, major, flags = 0;
    enum mech_status status;
    gss_OID chosen = NULL;

    if (!c)
        return *context ? MECH_BAD_ARGUMENT : MECH_NO_MEMORY;
    /* One is about wrapped tokens, the other about bare ones: there is one copy at most. */
    if (!spnego_prepare(&token, &copy) || !old_ntlm_prepare(&token, &copy))
        return step_done(c, step, MECH_NO_MEMORY, 0);
    input = library_buffer(token);
    if (step->bindings)
        bindings = make_bindings(step->bindings);
    major = gssapi.accept_sec_context(
        &minor, &c->context, step->credential ? step->credential->credential : NULL, &input,
        step->bindings ? &bindings : NULL, NULL, &chosen, &c->output, &flags, NULL, NULL);
    mem_free(copy);
    status = status_of("accept", major, minor);
    if (GSS_ERROR(major) && is_ntlm_last(step->input))
        status = ntlm_refusal(step, major, minor, status);
    status = after_token(status);
    c->chosen = library_mech(chosen);
    if (c->chosen == MECH_NEGOTIATE)
        c->chosen = MECH_UNKNOWN;
    return step_done(c, step, status, flags);
}

enum mech_status mech_output(struct mech_context *context, uint8_t *to, size_t room)
{
    size_t size;

    if (context->output.length > room)
        return MECH_TOO_SMALL;
    return library_take(&context->output, to, room, &size);
}

void mech_context_free(struct mech_context *context)
{
    OM_uint32 minor;

    if (!context)
        return;
    if (context->output.value)
        gssapi.release_buffer(&minor, &context->output);
    if (context->context)
        gssapi.delete_sec_context(&minor, &context->context, NULL);
    ntlm_session_free(context->ntlm);
    ntlm_watch_done(&context->seen);
    ntlm_challenge_done(&context->challenge);
    mem_free(context);
}

/* ---- facts ---- */

/* By the library's own reckoning, which uses up no sequence number. */
static void message_sizes(const struct mech_context *context, struct mech_facts *facts)
{
    gss_iov_buffer_desc seal[] = {{GSS_IOV_BUFFER_TYPE_HEADER, {0, NULL}},
                                  {GSS_IOV_BUFFER_TYPE_DATA, {0, NULL}}};
    gss_iov_buffer_desc sign[] = {{GSS_IOV_BUFFER_TYPE_DATA, {0, NULL}},
                                  {GSS_IOV_BUFFER_TYPE_MIC_TOKEN, {0, NULL}}};
    OM_uint32 minor;

    facts->sealed_header = facts->signature = NTLM_SIGNATURE_SIZE;
    if (context->chosen == MECH_NTLM)
        return;
    facts->sealed_header = KERBEROS_HEADER_SIZE;
    facts->signature = KERBEROS_SIGNATURE_SIZE;
    if (!GSS_ERROR(gssapi.wrap_iov_length(&minor, context->context, 1, 0, NULL, seal, 2)))
        facts->sealed_header = (uint32_t)seal[0].buffer.length;
    if (!GSS_ERROR(gssapi.get_mic_iov_length(&minor, context->context, 0, sign, 2)))
        facts->signature = (uint32_t)sign[1].buffer.length;
}

/* Behind the session key stands an OID whose last number is the encryption type (MIT's
 * documentation of GSS_C_INQ_SSPI_SESSION_KEY). None has more than seven bits. */
static uint32_t encryption_type(const struct mech_context *context)
{
    gss_buffer_set_t set = NULL;
    OM_uint32 minor, major;
    uint32_t type = 0;

    major = gssapi.inquire_sec_context_by_oid(&minor, context->context, &session_key_oid, &set);
    if (GSS_ERROR(major))
        return 0;
    for (size_t i = 0; set && i < set->count; i++) {
        const gss_buffer_desc *element = &set->elements[i];

        if (i == 0)
            mem_wipe(element->value, element->length);
        else if (element->length)
            type = ((const uint8_t *)element->value)[element->length - 1];
    }
    gssapi.release_buffer_set(&minor, &set);
    return type < 128 ? type : 0;
}

enum mech_status mech_facts(struct mech_context *context, struct mech_facts *facts)
{
    OM_uint32 minor, major, lifetime = 0;

    if (!context->is_ready)
        return MECH_BAD_ARGUMENT;
    *facts = (struct mech_facts){
        .granted = context->granted, .chosen = (uint32_t)context->chosen, .lifetime_s = UINT32_MAX};
    if (context->chosen != MECH_NTLM) { /* gss-ntlmssp tells 0 */
        major = gssapi.inquire_context(&minor, context->context, NULL, NULL, &lifetime, NULL, NULL,
                                       NULL, NULL);
        if (GSS_ERROR(major))
            return library_status("facts", major, minor);
        facts->lifetime_s = lifetime;
    }
    facts->two_way = context->ntlm != NULL;
    facts->protection = context->chosen == MECH_NTLM
                            ? context->seen.challenge_flags & context->seen.flags
                            : encryption_type(context);
    message_sizes(context, facts);
    return MECH_OK;
}

/* That the library has accepted the logon proves it: see ntlm_watch.c. */
static enum mech_status named_target(const struct mech_context *context, uint8_t *to, size_t room,
                                     size_t *size)
{
    const struct ntlm_watch *seen = &context->seen;

    if (context->chosen != MECH_NTLM || !context->is_server || !seen->has_target)
        return MECH_UNSUPPORTED;
    *size = seen->target_size;
    if (*size > room)
        return MECH_TOO_SMALL;
    if (*size)
        memcpy(to, seen->target, *size);
    return MECH_OK;
}

enum mech_status mech_text(struct mech_context *context, enum mech_text what, uint8_t *to,
                           size_t room, size_t *size)
{
    bool is_client_name = what == MECH_TEXT_CLIENT;
    gss_name_t name = NULL;
    OM_uint32 minor, major;

    if (!context->is_ready)
        return MECH_BAD_ARGUMENT;
    if (what == MECH_TEXT_KEY)
        return session_key(context, to, room, size);
    if (what == MECH_TEXT_NTLM_TARGET)
        return named_target(context, to, room, size);
    /* An NTLM server does not know its own name, nor does a client that named none; gss-ntlmssp
     * must not be asked then: it copies a string that is not there. */
    if (context->chosen == MECH_NTLM && !context->has_target && !is_client_name)
        return MECH_UNSUPPORTED;
    major = gssapi.inquire_context(&minor, context->context, is_client_name ? &name : NULL,
                                   is_client_name ? NULL : &name, NULL, NULL, NULL, NULL, NULL);
    if (GSS_ERROR(major))
        return library_status("name", major, minor);
    return library_take_name(name, to, room, size);
}
