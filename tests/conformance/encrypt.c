/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * SECPKG_ATTR_STREAM_SIZES and EncryptMessage: sizes, buffer shapes, what is left in the buffers.
 *
 * Sources: the pages of EncryptMessage (Schannel) and SecPkgContext_StreamSizes; the sizes that
 * curl and DTLS programs print on Windows; libgit2's three buffers, Microsoft's web client's ALERT
 * buffer; SEC_E_ENCRYPT_FAILURE for a message that is too large, as V's library met it.
 */
#include "common.h"

#include <string.h>

#define MEMORY 20000

struct message {
    unsigned char memory[MEMORY];
    SecPkgContext_StreamSizes sizes;
    SecBuffer buffers[5];
    SecBufferDesc list;
};

/* HEADER, DATA of this size, TRAILER, EMPTY; contiguous. */
static void message_set(struct message *message, size_t size)
{
    const SecPkgContext_StreamSizes *sizes = &message->sizes;

    memset(message->memory, 0xee, MEMORY);
    for (size_t i = 0; i < size; i++)
        message->memory[sizes->cbHeader + i] = (unsigned char)i;
    message->buffers[0] = buffer_make(SECBUFFER_STREAM_HEADER, message->memory, sizes->cbHeader);
    message->buffers[1] = buffer_make(SECBUFFER_DATA, message->memory + sizes->cbHeader, size);
    message->buffers[2] = buffer_make(SECBUFFER_STREAM_TRAILER,
                                      message->memory + sizes->cbHeader + size, sizes->cbTrailer);
    message->buffers[3] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    message->list = list_make(message->buffers, 4);
}

static bool get_sizes(struct connection *it, struct message *message)
{
    return ok_status(QueryContextAttributesW(&it->loop.side[LOOP_CLIENT].context,
                                             SECPKG_ATTR_STREAM_SIZES, &message->sizes),
                     SEC_E_OK, "stream sizes");
}

static SECURITY_STATUS encrypt(struct connection *it, struct message *message)
{
    return EncryptMessage(&it->loop.side[LOOP_CLIENT].context, 0, &message->list, 0);
}

/* The server must be able to read what was made, as `size` bytes of the pattern. */
static void check_arrives(struct connection *it, const struct message *message, size_t size)
{
    struct bytes plain = {NULL, 0, 0};
    SECURITY_STATUS status = SEC_E_OK;

    for (size_t i = 0; i < 3; i++)
        loop_deliver(&it->loop, LOOP_SERVER, message->buffers[i].pvBuffer,
                     message->buffers[i].cbBuffer);
    if (size) {
        status = loop_receive(&it->loop, LOOP_SERVER, size, &plain);
    } else {
        loop_read(&it->loop, LOOP_SERVER);
        status = loop_unseal(&it->loop.side[LOOP_SERVER], &plain);
    }
    ok_status(status, SEC_E_OK, "opened");
    ok_number(plain.size, size, "size");
    for (size_t i = 0; i < plain.size; i++)
        if (plain.data[i] != (unsigned char)i) {
            ok(false, "byte %zu differs", i);
            break;
        }
    bytes_done(&plain);
}

START_TEST(encrypt_stream_sizes)
{
    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;
        struct message message;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v]) && get_sizes(&it, &message)) {
            const SecPkgContext_StreamSizes *sizes = &message.sizes;

            /* TLS 1.2 with GCM, seen on Windows: 13 = 5 + 8 of the nonce, and 16 of the tag. */
            if (both_versions[v] == VERSION_TLS12) {
                ok_number(sizes->cbHeader, 13, "header");
                ok_number(sizes->cbTrailer, 16, "trailer");
            } else {
                ok(sizes->cbHeader >= 5 && sizes->cbHeader <= 21, "header %lu",
                   (unsigned long)sizes->cbHeader);
                ok(sizes->cbTrailer >= 17 && sizes->cbTrailer <= 64, "trailer %lu",
                   (unsigned long)sizes->cbTrailer);
            }
            ok_number(sizes->cbMaximumMessage, 16384, "maximum");
            ok_number(sizes->cBuffers, 4, "buffers");
            /* Small clients have memory for a record of 16 KiB and half a KiB. */
            ok(sizes->cbHeader + sizes->cbTrailer <= 512, "overhead");
        }
        disconnect(&it);
        pop_context();
    }
}

START_TEST(encrypt_message_sizes)
{
    static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 1000, 16383, 16384};
    static struct message message;

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v]) && get_sizes(&it, &message)) {
            for (size_t i = 0; i < COUNT_OF(sizes); i++) {
                push_context("%zu bytes", sizes[i]);
                message_set(&message, sizes[i]);
                if (ok_status(encrypt(&it, &message), SEC_E_OK, "status")) {
                    ok_number(message.buffers[0].cbBuffer, message.sizes.cbHeader, "header");
                    ok_number(message.buffers[1].cbBuffer, sizes[i], "data");
                    ok(message.buffers[2].cbBuffer <= message.sizes.cbTrailer, "trailer");
                    check_arrives(&it, &message, sizes[i]);
                }
                pop_context();
            }
            /* One byte too many: refused, the plaintext as it was, the context usable. */
            message_set(&message, message.sizes.cbMaximumMessage + 1);
            ok_status(encrypt(&it, &message), SEC_E_ENCRYPT_FAILURE, "one too many");
            ok(message.memory[message.sizes.cbHeader + 7] == 7, "the plaintext was changed");
            loop_check_traffic(&it.loop);
        }
        disconnect(&it);
        pop_context();
    }
}

/* The bytes must not be readable on the wire, nor two equal messages look alike. */
START_TEST(encrypt_hides)
{
    static struct message first, second;

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v]) && get_sizes(&it, &first)) {
            second.sizes = first.sizes;
            message_set(&first, 256);
            message_set(&second, 256);
            ok_status(encrypt(&it, &first), SEC_E_OK, "first");
            ok_status(encrypt(&it, &second), SEC_E_OK, "second");
            for (unsigned i = 0; i + 4 <= 256; i += 4) {
                const unsigned char *at = first.memory + first.sizes.cbHeader + i;

                if (at[0] == i && at[1] == i + 1 && at[2] == i + 2 && at[3] == i + 3) {
                    ok(false, "plaintext at %u", i);
                    break;
                }
            }
            ok(memcmp(first.memory + first.sizes.cbHeader, second.memory + first.sizes.cbHeader,
                      256) != 0,
               "two records alike");
            check_arrives(&it, &first, 256);
            check_arrives(&it, &second, 256);
        }
        disconnect(&it);
        pop_context();
    }
}

static void shape_three(struct message *message)
{
    message->list.cBuffers = 3;
}

static void shape_alert(struct message *message)
{
    message->buffers[3] = buffer_make(SECBUFFER_ALERT, message->memory + MEMORY - 255, 255);
}

static void shape_large_trailer(struct message *message)
{
    message->buffers[2].cbBuffer += 100;
}

static void shape_version(struct message *message)
{
    message->list.ulVersion = 7;
}

static void shape_five(struct message *message)
{
    message->buffers[4] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    message->list.cBuffers = 5;
}

static void shape_apart(struct message *message)
{
    message->buffers[2].pvBuffer = message->memory + MEMORY - 100;
}

static void shape_no_data(struct message *message)
{
    message->buffers[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
}

static void shape_two_data(struct message *message)
{
    message->buffers[3] = message->buffers[1];
}

static void shape_no_header(struct message *message)
{
    message->buffers[0] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
}

static void shape_no_trailer(struct message *message)
{
    message->buffers[2] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
}

static void shape_small_header(struct message *message)
{
    message->buffers[0].cbBuffer--;
}

static void shape_small_trailer(struct message *message)
{
    /* Less than the 16 bytes of any tag. */
    message->buffers[2].cbBuffer = 15;
}

static void shape_null_header(struct message *message)
{
    message->buffers[0].pvBuffer = NULL;
}

static void shape_null_data(struct message *message)
{
    message->buffers[1].pvBuffer = NULL;
}

static void shape_null_trailer(struct message *message)
{
    message->buffers[2].pvBuffer = NULL;
}

static void shape_nothing(struct message *message)
{
    message->list = list_make(NULL, 0);
}

static void shape_no_buffers(struct message *message)
{
    message->list.pBuffers = NULL;
}

static void shape_many(struct message *message)
{
    message->list.cBuffers = 0xffffffff;
}

START_TEST(encrypt_shapes)
{
    static const struct {
        const char *name;
        void (*shape)(struct message *message);
        SECURITY_STATUS want, also;
        bool ours_only; /* Windows' answer is not known, and it may crash */
    } cases[] = {
        {"three buffers (libgit2)", shape_three, SEC_E_OK, SEC_E_OK, false},
        {"an ALERT buffer (web client)", shape_alert, SEC_E_OK, SEC_E_OK, false},
        {"a large trailer", shape_large_trailer, SEC_E_OK, SEC_E_OK, false},
        {"another version of the list", shape_version, SEC_E_OK, SEC_E_OK, true},
        {"five buffers", shape_five, SEC_E_OK, SEC_E_OK, true},
        {"trailer elsewhere", shape_apart, SEC_E_OK, SEC_E_OK, true},
        {"no data", shape_no_data, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN, false},
        {"two data", shape_two_data, SEC_E_INVALID_TOKEN, SEC_E_OK, true},
        {"no header", shape_no_header, SEC_E_INVALID_TOKEN, SEC_E_BUFFER_TOO_SMALL, true},
        {"no trailer", shape_no_trailer, SEC_E_INVALID_TOKEN, SEC_E_BUFFER_TOO_SMALL, true},
        {"header too small by one", shape_small_header, SEC_E_BUFFER_TOO_SMALL,
         SEC_E_BUFFER_TOO_SMALL, false},
        {"trailer too small", shape_small_trailer, SEC_E_BUFFER_TOO_SMALL, SEC_E_BUFFER_TOO_SMALL,
         false},
        {"header NULL", shape_null_header, SEC_E_INVALID_TOKEN, SEC_E_BUFFER_TOO_SMALL, true},
        {"data NULL", shape_null_data, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN, true},
        {"trailer NULL", shape_null_trailer, SEC_E_INVALID_TOKEN, SEC_E_BUFFER_TOO_SMALL, true},
        {"no buffers", shape_nothing, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN, true},
        {"a count without buffers", shape_no_buffers, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN,
         true},
        {"four thousand million buffers", shape_many, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN,
         true},
    };
    static struct message message, before;

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        struct connection it;

        push_context("%s", version_name(both_versions[v]));
        if (connect_pair(&it, both_versions[v]) && get_sizes(&it, &message)) {
            for (size_t i = 0; i < COUNT_OF(cases); i++) {
                SECURITY_STATUS status;

                if (cases[i].ours_only && running_on_windows()) {
                    skip("%s: Windows' answer is not known", cases[i].name);
                    continue;
                }
                push_context("%s", cases[i].name);
                message_set(&message, 100);
                cases[i].shape(&message);
                before = message;
                status = encrypt(&it, &message);
                if (status != cases[i].also)
                    ok_status(status, cases[i].want, "status");
                if (status == SEC_E_OK)
                    check_arrives(&it, &message, 100);
                else
                    ok(!memcmp(&before, &message, sizeof(before)), "a failure changed something");
                pop_context();
            }
            if (!running_on_windows())
                ok_status(EncryptMessage(&it.loop.side[LOOP_CLIENT].context, 0, NULL, 0),
                          SEC_E_INVALID_TOKEN, "no list");
            loop_check_traffic(&it.loop);
        }
        disconnect(&it);
        pop_context();
    }
}

/* Before the handshake is done there is nothing to encrypt with. */
START_TEST(encrypt_too_early)
{
    SecBuffer token = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    static struct message message;
    CredHandle client;
    CtxtHandle context;
    SECURITY_STATUS status;

    if (!client_make(&client, VERSION_ANY))
        return;
    ok_status(first_call(&client, u"localhost", 0, &token, &context), SEC_I_CONTINUE_NEEDED,
              "first call");
    FreeContextBuffer(token.pvBuffer);
    message.sizes.cbHeader = 21;
    message.sizes.cbTrailer = 64;
    message_set(&message, 100);
    status = EncryptMessage(&context, 0, &message.list, 0);
    ok(status == SEC_E_INVALID_HANDLE || status == SEC_E_CONTEXT_EXPIRED, "encrypt: %08lx",
       (unsigned long)status & 0xffffffff);
    ok(message.memory[21 + 7] == 7, "the plaintext was changed");
    status = QueryContextAttributesW(&context, SECPKG_ATTR_STREAM_SIZES, &message.sizes);
    ok(status < 0, "stream sizes before the handshake: %08lx", (unsigned long)status);
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&client);
}

/* "Send an Schannel alert message. In this case, the pMessage parameter must contain a standard
 * two-byte SSL/TLS event code." (Microsoft Learn, EncryptMessage (Schannel)) */
START_TEST(encrypt_alert)
{
    static const struct {
        const char *name;
        unsigned char level, description;
        SECURITY_STATUS peer;
    } cases[] = {
        {"close_notify", TLS1_ALERT_WARNING, TLS1_ALERT_CLOSE_NOTIFY, SEC_I_CONTEXT_EXPIRED},
        {"internal_error", TLS1_ALERT_FATAL, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR},
    };
    static struct message message;

    for (size_t v = 0; v < COUNT_OF(both_versions); v++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct connection it;

            push_context("%s, %s", version_name(both_versions[v]), cases[i].name);
            if (connect_pair(&it, both_versions[v]) && get_sizes(&it, &message)) {
                struct bytes plain = {NULL, 0, 0};

                message_set(&message, 2);
                message.memory[message.sizes.cbHeader] = cases[i].level;
                message.memory[message.sizes.cbHeader + 1] = cases[i].description;
                ok_status(EncryptMessage(&it.loop.side[LOOP_CLIENT].context, SECQOP_WRAP_OOB_DATA,
                                         &message.list, 0),
                          SEC_E_OK, "sealed");
                for (size_t b = 0; b < 3; b++)
                    loop_deliver(&it.loop, LOOP_SERVER, message.buffers[b].pvBuffer,
                                 message.buffers[b].cbBuffer);
                loop_read(&it.loop, LOOP_SERVER);
                ok_status(loop_unseal(&it.loop.side[LOOP_SERVER], &plain), cases[i].peer, "peer");
                ok_number(plain.size, 0, "data");
                bytes_done(&plain);
            }
            disconnect(&it);
            pop_context();
        }
    }
}

START_TEST(encrypt_qop_refused)
{
    static const struct {
        const char *name;
        ULONG qop;
        size_t size;
        SECURITY_STATUS want;
    } cases[] = {
        {"an alert of one byte", SECQOP_WRAP_OOB_DATA, 1, SEC_E_INVALID_TOKEN},
        {"an alert of three bytes", SECQOP_WRAP_OOB_DATA, 3, SEC_E_INVALID_TOKEN},
        {"no encryption", SECQOP_WRAP_NO_ENCRYPT, 2, SEC_E_QOP_NOT_SUPPORTED},
        {"an unknown one", 1, 2, SEC_E_QOP_NOT_SUPPORTED},
    };
    static struct message message, before;
    struct connection it;

    if (running_on_windows()) {
        skip("Windows' answers are not known");
        return;
    }
    if (connect_pair(&it, VERSION_TLS12) && get_sizes(&it, &message)) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            message_set(&message, cases[i].size);
            before = message;
            ok_status(
                EncryptMessage(&it.loop.side[LOOP_CLIENT].context, cases[i].qop, &message.list, 0),
                cases[i].want, "%s", cases[i].name);
            ok(!memcmp(&before, &message, sizeof(before)), "%s: something changed", cases[i].name);
        }
        loop_check_traffic(&it.loop);
    }
    disconnect(&it);
}
