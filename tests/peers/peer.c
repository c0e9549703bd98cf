/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See peer.h.
 */
#include "peer.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "pki.h"

#define PATH_ROOM 1024
#define ROUNDS_MAX 100000 /* byte by byte */

static enum loop_role peer_role(const struct meeting *meeting)
{
    return (enum loop_role)(1 - (int)meeting->ours);
}

static struct loop_side *our_side(struct meeting *meeting)
{
    return &meeting->loop.side[meeting->ours];
}

const char *habit_name(enum habit habit)
{
    static const char *const names[] = {"EXTRA to the handshake function", "record skipped",
                                        "empty call first", "record decrypted again"};

    return names[habit];
}

/* ---- OpenSSL ---- */

/* Counts handshake messages that the peer reads. */
static void on_message(int write, int version, int type, const void *data, size_t size, SSL *peer,
                       void *argument)
{
    struct meeting *meeting = argument;
    const unsigned char *message = data;

    (void)version;
    (void)peer;
    if (write || type != SSL3_RT_HANDSHAKE || size == 0)
        return;
    if (message[0] == SSL3_MT_KEY_UPDATE)
        meeting->key_updates++;
    if (message[0] == SSL3_MT_FINISHED)
        meeting->handshakes++;
}

static bool load_key(SSL_CTX *library, const char *name)
{
    char certificate[PATH_ROOM], key[PATH_ROOM];

    return pki_path(name, ".pem", certificate, sizeof(certificate)) &&
           pki_path(name, ".key", key, sizeof(key)) &&
           SSL_CTX_use_certificate_chain_file(library, certificate) == 1 &&
           SSL_CTX_use_PrivateKey_file(library, key, SSL_FILETYPE_PEM) == 1;
}

static bool set_version(SSL_CTX *library, enum test_version version)
{
    int number = version == VERSION_TLS12 ? TLS1_2_VERSION : TLS1_3_VERSION;

    return SSL_CTX_set_min_proto_version(library, number) == 1 &&
           SSL_CTX_set_max_proto_version(library, number) == 1;
}

int peer_accepts(int good, X509_STORE_CTX *store)
{
    (void)good;
    (void)store;
    return 1;
}

static bool make_peer(struct meeting *meeting, const struct meeting_wish *wish)
{
    bool server = meeting->ours == LOOP_CLIENT;

    meeting->library = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (!meeting->library || !set_version(meeting->library, wish->version) ||
        !load_key(meeting->library, server ? "rsa" : "client-rsa"))
        return false;
    SSL_CTX_set_options(meeting->library, wish->options);
    if (wish->tickets)
        SSL_CTX_set_num_tickets(meeting->library, (size_t)wish->tickets);
    if (wish->authenticates)
        SSL_CTX_set_post_handshake_auth(meeting->library, 1);
    if (wish->wants_ours)
        SSL_CTX_set_verify(meeting->library, SSL_VERIFY_PEER, peer_accepts);
    if (wish->groups && SSL_CTX_set1_groups_list(meeting->library, wish->groups) != 1)
        return false;
    if (wish->suites && (wish->version == VERSION_TLS13
                             ? SSL_CTX_set_ciphersuites(meeting->library, wish->suites)
                             : SSL_CTX_set_cipher_list(meeting->library, wish->suites)) != 1)
        return false;
    if (wish->fragment)
        SSL_CTX_set_max_send_fragment(meeting->library, wish->fragment);
    meeting->peer = SSL_new(meeting->library);
    meeting->in = BIO_new(BIO_s_mem());
    meeting->out = BIO_new(BIO_s_mem());
    if (!meeting->peer || !meeting->in || !meeting->out)
        return false;
    SSL_set_bio(meeting->peer, meeting->in, meeting->out);
    SSL_set_msg_callback(meeting->peer, on_message);
    SSL_set_msg_callback_arg(meeting->peer, meeting);
    if (server)
        SSL_set_accept_state(meeting->peer);
    else
        SSL_set_connect_state(meeting->peer);
    return true;
}

/* Output of the peer to our network. */
static void fetch(struct meeting *meeting)
{
    char part[4096];
    int size;

    while ((size = BIO_read(meeting->out, part, sizeof(part))) > 0)
        loop_deliver(&meeting->loop, meeting->ours, part, (size_t)size);
}

void meeting_move(struct meeting *meeting)
{
    struct bytes *wire = &meeting->loop.side[peer_role(meeting)].network;
    char part[4096];
    int size, error;

    if (wire->size && BIO_write(meeting->in, wire->data, (int)wire->size) != (int)wire->size)
        abort();
    bytes_drop(wire, wire->size);
    ERR_clear_error();
    while ((size = SSL_read(meeting->peer, part, sizeof(part))) > 0)
        bytes_add(&meeting->read, part, (size_t)size);
    error = SSL_get_error(meeting->peer, size);
    if (error == SSL_ERROR_ZERO_RETURN)
        meeting->closed = true;
    else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE && !meeting->failed) {
        trace("peer: %s", ERR_reason_error_string(ERR_peek_last_error()));
        meeting->failed = true;
    }
    fetch(meeting);
}

bool meeting_peer_send(struct meeting *meeting, const void *data, size_t size)
{
    int sent = SSL_write(meeting->peer, data, (int)size);

    fetch(meeting);
    return ok(sent == (int)size, "the peer sends %d of %zu bytes", sent, size);
}

/* ---- both ---- */

bool meeting_open(struct meeting *meeting, const struct meeting_wish *wish)
{
    struct credential_wish ours = {.server = wish->ours == LOOP_SERVER, .version = wish->version};
    const char *name = ours.server ? "rsa" : "client-rsa";

    memset(meeting, 0, sizeof(*meeting));
    meeting->ours = wish->ours;
    if (!harness_pki_folder()) {
        skip("no test certificates: name a folder made by make-pki with --pki");
        return false;
    }
    if (ours.server || wish->certificate)
        ours.certificate = pki_certificate(name);
    if (!ok_status(credential_make(&ours, &meeting->credential), SEC_E_OK, "credential") ||
        !ok(make_peer(meeting, wish), "no peer"))
        return false;
    loop_init(&meeting->loop, &meeting->credential, &meeting->credential);
    if (wish->ask_certificate) {
        our_side(meeting)->request |= ASC_REQ_MUTUAL_AUTH;
        our_side(meeting)->unchecked = true;
    }
    return true;
}

void meeting_close(struct meeting *meeting)
{
    loop_done(&meeting->loop);
    if (meeting->credential.dwLower || meeting->credential.dwUpper)
        FreeCredentialsHandle(&meeting->credential);
    if (meeting->peer) {
        SSL_free(meeting->peer);
    } else {
        BIO_free(meeting->in);
        BIO_free(meeting->out);
    }
    SSL_CTX_free(meeting->library);
    bytes_done(&meeting->read);
}

bool meeting_handshake(struct meeting *meeting)
{
    struct loop_side *side = our_side(meeting);

    for (unsigned round = 0; round < ROUNDS_MAX && !side->failed && !meeting->failed; round++) {
        bool first = !side->has_context && meeting->ours == LOOP_CLIENT;

        if (side->done && SSL_is_init_finished(meeting->peer))
            break;
        meeting_move(meeting);
        if (side->done)
            continue;
        if (!first && (!side->held.size || side->status == SEC_E_INCOMPLETE_MESSAGE) &&
            !loop_read(&meeting->loop, meeting->ours))
            continue;
        loop_step(&meeting->loop, meeting->ours);
    }
    meeting_move(meeting);
    return ok(side->done && SSL_is_init_finished(meeting->peer), "handshake fails: ours %08lx",
              (unsigned long)side->status & 0xffffffff);
}

bool meeting_connect(struct meeting *meeting, const struct meeting_wish *wish)
{
    return meeting_open(meeting, wish) && meeting_handshake(meeting);
}

SECURITY_STATUS meeting_send(struct meeting *meeting, const void *data, size_t size)
{
    SECURITY_STATUS status = loop_send(&meeting->loop, meeting->ours, data, size);

    if (status == SEC_E_OK)
        meeting_move(meeting);
    return status;
}

/* ---- what programs do with SEC_I_RENEGOTIATE ---- */

/* The handshake call, and more of them while the peer answers. */
static SECURITY_STATUS run_handshake(struct meeting *meeting)
{
    struct loop_side *side = our_side(meeting);
    SECURITY_STATUS status = loop_step(&meeting->loop, meeting->ours);

    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        if (status != SEC_I_CONTINUE_NEEDED && status != SEC_E_INCOMPLETE_MESSAGE)
            break;
        meeting_move(meeting);
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !side->held.size) &&
            !loop_read(&meeting->loop, meeting->ours))
            break;
        status = loop_step(&meeting->loop, meeting->ours);
    }
    meeting_move(meeting); /* the last token */
    return status;
}

/* Without input. */
static SECURITY_STATUS empty_call(struct meeting *meeting)
{
    struct loop_side *side = our_side(meeting);
    struct bytes held = side->held;
    SECURITY_STATUS status;

    memset(&side->held, 0, sizeof(side->held));
    status = loop_step(&meeting->loop, meeting->ours);
    bytes_done(&side->held);
    side->held = held;
    return status;
}

static SECURITY_STATUS decrypt_again(struct loop_side *side, struct bytes *plain)
{
    size_t before = plain->size;

    ok_status(loop_unseal(side, plain), SEC_E_CONTEXT_EXPIRED, "the rewritten record");
    ok_number(plain->size, before, "plaintext of it");
    bytes_drop(&side->held, wire_record_size(side->held.data, side->held.size));
    return SEC_E_OK;
}

/* TLS 1.3 gives the record back as EXTRA; in TLS 1.2 it is consumed. */
static SECURITY_STATUS answer(struct meeting *meeting, enum habit habit, bool has_record,
                              struct bytes *plain)
{
    struct loop_side *side = our_side(meeting);
    SECURITY_STATUS status;

    if (habit == HABIT_SKIP && has_record)
        bytes_drop(&side->held, wire_record_size(side->held.data, side->held.size));
    if (habit == HABIT_SKIP)
        return SEC_E_OK;
    if (habit == HABIT_DECRYPT && has_record)
        return decrypt_again(side, plain);
    if (habit == HABIT_EMPTY_FIRST && has_record) {
        status = empty_call(meeting);
        if (status != SEC_E_OK)
            return status;
    }
    return run_handshake(meeting);
}

SECURITY_STATUS meeting_receive(struct meeting *meeting, enum habit habit, size_t want,
                                struct bytes *plain)
{
    struct loop_side *side = our_side(meeting);
    SECURITY_STATUS status = SEC_E_OK;

    while (status == SEC_E_OK && plain->size < want) {
        size_t before;

        if (!side->held.size && !loop_read(&meeting->loop, meeting->ours))
            return SEC_E_INCOMPLETE_MESSAGE;
        before = side->held.size;
        status = loop_unseal(side, plain);
        if (status == SEC_E_INCOMPLETE_MESSAGE && loop_read(&meeting->loop, meeting->ours)) {
            status = SEC_E_OK;
        } else if (status == SEC_I_RENEGOTIATE) {
            meeting->renegotiates++;
            status = answer(meeting, habit, side->held.size == before, plain);
        }
    }
    return status;
}

bool meeting_talk(struct meeting *meeting, enum habit habit)
{
    static const char ours[] = "what we say", theirs[] = "what the peer says";
    struct bytes plain = {NULL, 0, 0};
    size_t before = meeting->read.size;
    bool good;

    good =
        meeting_peer_send(meeting, theirs, sizeof(theirs)) &&
        ok_status(meeting_receive(meeting, habit, sizeof(theirs), &plain), SEC_E_OK, "received") &&
        ok(plain.size == sizeof(theirs) && !memcmp(plain.data, theirs, plain.size),
           "%zu bytes of something else", plain.size);
    bytes_done(&plain);
    return ok_status(meeting_send(meeting, ours, sizeof(ours)), SEC_E_OK, "sent") &&
           ok(meeting->read.size == before + sizeof(ours) &&
                  !memcmp(meeting->read.data + before, ours, sizeof(ours)),
              "the peer has read %zu bytes", meeting->read.size - before) &&
           good;
}
