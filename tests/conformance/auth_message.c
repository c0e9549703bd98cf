/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * EncryptMessage, DecryptMessage, MakeSignature and VerifySignature of NTLM, Kerberos and
 * Negotiate, in the orders of buffers that programs use.
 *
 * Sources: Microsoft Learn, "EncryptMessage (Kerberos)", "(NTLM)" and the pages of the others.
 * Observed: {TOKEN, DATA} (FreeRDP), {DATA, TOKEN} (pywin32), {TOKEN, DATA, PADDING} (curl, .NET,
 * Java, Firefox), {DATA, TOKEN, PADDING} (pywin32), several DATA (WinRM), {STREAM, DATA} to decrypt
 * a message in one piece (curl, .NET, Java); a DATA alone is SEC_E_INVALID_TOKEN (pyspnego's
 * tests); NTLM seals whatever qop says.
 */
#include "auth.h"

#include <string.h>

#define SAID "what one side tells the other"
#define SAID_SIZE (sizeof(SAID) - 1)
#define ROOM 256

/* T: token, D: data, P: padding, E: empty data. */
static const char *const layouts[] = {"TD", "DT", "TDP", "DTP", "DTD", "TDD", "PDTD", "TDE"};

struct message {
    unsigned char token[ROOM], padding[ROOM], data[4][SAID_SIZE];
    SecBuffer buffer[6];
    SecBufferDesc list;
    size_t data_count;
};

static void message_make(struct message *message, const char *layout,
                         const SecPkgContext_Sizes *sizes)
{
    size_t count = strlen(layout);

    memset(message, 0, sizeof(*message));
    for (size_t i = 0; i < count; i++) {
        switch (layout[i]) {
        case 'T':
            message->buffer[i] =
                buffer_make(SECBUFFER_TOKEN, message->token, sizes->cbSecurityTrailer);
            break;
        case 'P':
            message->buffer[i] =
                buffer_make(SECBUFFER_PADDING, message->padding, sizes->cbBlockSize);
            break;
        case 'D':
            memcpy(message->data[message->data_count], SAID, SAID_SIZE);
            message->buffer[i] =
                buffer_make(SECBUFFER_DATA, message->data[message->data_count++], SAID_SIZE);
            break;
        default:
            message->buffer[i] = buffer_make(SECBUFFER_DATA, message->token, 0);
            break;
        }
    }
    message->list = list_make(message->buffer, count);
}

static bool data_is_text(const struct message *message)
{
    for (size_t i = 0; i < message->data_count; i++)
        if (memcmp(message->data[i], SAID, SAID_SIZE) != 0)
            return false;
    return true;
}

static void check_layout(struct auth_side *from, struct auth_side *to, const char *layout,
                         const SecPkgContext_Sizes *sizes)
{
    struct message message;
    ULONG qop = 0xdead;

    push_context("%s", layout);
    message_make(&message, layout, sizes);
    ok_status(EncryptMessage(&from->context, 0, &message.list, 0), SEC_E_OK, "encrypt");
    ok(message.data_count == 0 || !data_is_text(&message), "it is still plain text");
    for (size_t i = 0; i < message.list.cBuffers; i++)
        if (message.buffer[i].BufferType == SECBUFFER_TOKEN)
            ok(message.buffer[i].cbBuffer <= sizes->cbSecurityTrailer, "longer token");
        else if (message.buffer[i].BufferType == SECBUFFER_DATA)
            ok(message.buffer[i].cbBuffer == 0 || message.buffer[i].cbBuffer == SAID_SIZE,
               "the data has another length");
    ok_status(DecryptMessage(&to->context, &message.list, 0, &qop), SEC_E_OK, "decrypt");
    ok(data_is_text(&message), "other text");
    ok_number(qop, 0, "qop");
    pop_context();
}

START_TEST(auth_seal_layouts)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        SecPkgContext_Sizes sizes = {0};
        struct auth_pair pair;

        push_context("%s", auth_ways[way].name);
        if (auth_connect_sized(&pair, &auth_ways[way], &sizes) &&
            ok(sizes.cbSecurityTrailer <= ROOM && sizes.cbBlockSize <= ROOM, "sizes"))
            for (size_t i = 0; i < COUNT_OF(layouts); i++) {
                check_layout(&pair.client, &pair.server, layouts[i], &sizes);
                check_layout(&pair.server, &pair.client, layouts[i], &sizes);
            }
        auth_done(&pair);
        pop_context();
    }
}

/* An empty message is one like others to MS-NLMP (3.4.2 and 3.4.3: the signature of no text,
 * nothing sealed) and to RFC 4121. */
START_TEST(auth_seal_empty)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        SecPkgContext_Sizes sizes = {0};
        struct auth_pair pair;

        push_context("%s", auth_ways[way].name);
        if (auth_connect_sized(&pair, &auth_ways[way], &sizes)) {
            struct message message;

            message_make(&message, "TE", &sizes);
            ok_status(EncryptMessage(&pair.client.context, 0, &message.list, 0), SEC_E_OK,
                      "encrypt");
            ok_status(DecryptMessage(&pair.server.context, &message.list, 0, NULL), SEC_E_OK,
                      "decrypt");
            /* It had a number. */
            check_layout(&pair.client, &pair.server, "TD", &sizes);
        }
        auth_done(&pair);
        pop_context();
    }
}

START_TEST(auth_sign_empty)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        SecPkgContext_Sizes sizes = {0};
        struct auth_pair pair;

        push_context("%s", auth_ways[way].name);
        if (auth_connect_sized(&pair, &auth_ways[way], &sizes)) {
            struct message message;

            message_make(&message, "ET", &sizes);
            message.buffer[1].cbBuffer = sizes.cbMaxSignature;
            ok_status(MakeSignature(&pair.client.context, 0, &message.list, 0), SEC_E_OK, "make");
            ok_status(VerifySignature(&pair.server.context, &message.list, 0, NULL), SEC_E_OK,
                      "verify");
            check_layout(&pair.client, &pair.server, "TD", &sizes);
        }
        auth_done(&pair);
        pop_context();
    }
}

/* The token and the data in one piece, as they go over the wire. */
static size_t seal_whole(struct auth_side *from, ULONG qop, unsigned char *whole)
{
    unsigned char token[ROOM], padding[ROOM];
    SecPkgContext_Sizes sizes = {0};
    SecBuffer buffers[3];
    SecBufferDesc list = list_make(buffers, 3);
    unsigned char text[] = SAID;
    size_t size;

    if (!ok_status(QueryContextAttributesW(&from->context, SECPKG_ATTR_SIZES, &sizes), SEC_E_OK,
                   "sizes"))
        return 0;
    buffers[0] = buffer_make(SECBUFFER_TOKEN, token, sizes.cbSecurityTrailer);
    buffers[1] = buffer_make(SECBUFFER_DATA, text, SAID_SIZE);
    buffers[2] = buffer_make(SECBUFFER_PADDING, padding, sizes.cbBlockSize);
    if (!ok_status(EncryptMessage(&from->context, qop, &list, 0), SEC_E_OK, "encrypt"))
        return 0;
    size = buffers[0].cbBuffer;
    memcpy(whole, token, size);
    memcpy(whole + size, text, buffers[1].cbBuffer);
    size += buffers[1].cbBuffer;
    memcpy(whole + size, padding, buffers[2].cbBuffer);
    return size + buffers[2].cbBuffer;
}

START_TEST(auth_unseal_stream)
{
    static const ULONG qops[] = {0, SECQOP_WRAP_NO_ENCRYPT};

    for (size_t way = 0; way < AUTH_WAYS; way++)
        for (size_t i = 0; i < COUNT_OF(qops); i++) {
            unsigned char whole[2 * ROOM + SAID_SIZE];
            SecBuffer buffers[2];
            SecBufferDesc list = list_make(buffers, 2);
            struct auth_pair pair;
            size_t size;
            ULONG qop = 0xdead;

            push_context("%s, qop %lx", auth_ways[way].name, (unsigned long)qops[i]);
            if (auth_connect(&pair, &auth_ways[way]) &&
                (size = seal_whole(&pair.client, qops[i], whole)) > 0) {
                buffers[0] = buffer_make(SECBUFFER_STREAM, whole, size);
                buffers[1] = buffer_make(SECBUFFER_DATA, NULL, 0);
                ok_status(DecryptMessage(&pair.server.context, &list, 0, &qop), SEC_E_OK,
                          "decrypt");
                ok(buffers[1].cbBuffer == SAID_SIZE &&
                       (unsigned char *)buffers[1].pvBuffer >= whole &&
                       (unsigned char *)buffers[1].pvBuffer + SAID_SIZE <= whole + size &&
                       !memcmp(buffers[1].pvBuffer, SAID, SAID_SIZE),
                   "the data is not in the stream");
                ok_number(qop, auth_ways[way].kerberos ? qops[i] : 0, "qop");
            }
            auth_done(&pair);
            pop_context();
        }
}

START_TEST(auth_altered_messages)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        for (size_t at = 0; at < 3; at++) {
            unsigned char whole[2 * ROOM + SAID_SIZE];
            SecBuffer buffers[2];
            SecBufferDesc list = list_make(buffers, 2);
            struct auth_pair pair;
            SECURITY_STATUS status;
            size_t size;

            push_context("%s, place %u", auth_ways[way].name, (unsigned)at);
            if (auth_connect(&pair, &auth_ways[way]) &&
                (size = seal_whole(&pair.client, 0, whole)) > 0) {
                whole[at == 0 ? 5 : at == 1 ? size / 2 : size - 1] ^= 0x10;
                buffers[0] = buffer_make(SECBUFFER_STREAM, whole, size);
                buffers[1] = buffer_make(SECBUFFER_DATA, NULL, 0);
                status = DecryptMessage(&pair.server.context, &list, 0, NULL);
                ok(status == SEC_E_MESSAGE_ALTERED ||
                       (at == 0 &&
                        (status == SEC_E_INVALID_TOKEN || status == SEC_E_OUT_OF_SEQUENCE)),
                   "got %08lx", (unsigned long)status);
            }
            auth_done(&pair);
            pop_context();
        }
    }
}

START_TEST(auth_seal_refusals)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        unsigned char token[ROOM] = {0}, text[] = SAID;
        struct auth_pair pair;
        SecBuffer buffers[2];

        push_context("%s", auth_ways[way].name);
        if (auth_connect(&pair, &auth_ways[way])) {
            SecBufferDesc one = list_make(buffers, 1), two = list_make(buffers, 2);

            buffers[0] = buffer_make(SECBUFFER_DATA, text, SAID_SIZE);
            ok_status(EncryptMessage(&pair.client.context, 0, &one, 0), SEC_E_INVALID_TOKEN,
                      "data alone");
            ok_status(DecryptMessage(&pair.client.context, &one, 0, NULL), SEC_E_INVALID_TOKEN,
                      "data alone");
            buffers[1] = buffer_make(SECBUFFER_TOKEN, token, 8);
            ok_status(EncryptMessage(&pair.client.context, 0, &two, 0), SEC_E_BUFFER_TOO_SMALL,
                      "a small token");
            ok(!memcmp(text, SAID, SAID_SIZE), "the text changed");
            ok_status(EncryptMessage(&pair.client.context, 1, &two, 0), SEC_E_QOP_NOT_SUPPORTED,
                      "unknown qop");
            buffers[1] = buffer_make(SECBUFFER_TOKEN, NULL, 60);
            ok_status(EncryptMessage(&pair.client.context, 0, &two, 0), SEC_E_INVALID_TOKEN,
                      "a token without memory");
            ok_status(MakeSignature(&pair.client.context, 0, &two, 0), SEC_E_INVALID_TOKEN,
                      "a signature without memory");
        }
        auth_done(&pair);
        pop_context();
    }
}

/* What was not negotiated must not leave as plain text. */
START_TEST(auth_seal_not_negotiated)
{
    unsigned char token[ROOM] = {0}, text[] = SAID;
    SecBuffer buffers[2] = {buffer_make(SECBUFFER_TOKEN, token, 16),
                            buffer_make(SECBUFFER_DATA, text, SAID_SIZE)};
    SecBufferDesc list = list_make(buffers, 2);
    struct auth_pair pair;

    if (auth_init(&pair, &auth_ways[0])) {
        pair.client.request = pair.server.request = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_INTEGRITY;
        if (ok(auth_run(&pair), "client %08lx, server %08lx", (unsigned long)pair.client.status,
               (unsigned long)pair.server.status))
            ok_status(EncryptMessage(&pair.client.context, 0, &list, 0), SEC_E_UNSUPPORTED_FUNCTION,
                      "NTLM with integrity alone");
        ok(!memcmp(text, SAID, SAID_SIZE), "the text changed");
    }
    auth_done(&pair);
}

START_TEST(auth_signatures)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        unsigned char token[ROOM], text[] = SAID, more[] = "more of it";
        SecPkgContext_Sizes sizes = {0};
        struct auth_pair pair;
        ULONG qop = 0xdead;

        push_context("%s", auth_ways[way].name);
        if (auth_connect_sized(&pair, &auth_ways[way], &sizes)) {
            SecBuffer make[] = {buffer_make(SECBUFFER_DATA | SECBUFFER_READONLY, text, SAID_SIZE),
                                buffer_make(SECBUFFER_DATA, more, sizeof(more)),
                                buffer_make(SECBUFFER_TOKEN, token, sizes.cbMaxSignature)};
            SecBufferDesc list = list_make(make, 3), reversed;
            SecBuffer check[3];

            ok_status(MakeSignature(&pair.client.context, 0, &list, 0), SEC_E_OK, "make");
            ok(make[2].cbBuffer > 0 && make[2].cbBuffer <= sizes.cbMaxSignature, "%lu bytes",
               (unsigned long)make[2].cbBuffer);
            check[0] = make[2];
            check[1] = make[0];
            check[2] = make[1];
            reversed = list_make(check, 3);
            ok_status(VerifySignature(&pair.server.context, &reversed, 0, &qop), SEC_E_OK,
                      "verify");
            ok_number(qop, 0, "qop");

            make[2].cbBuffer = sizes.cbMaxSignature;
            ok_status(MakeSignature(&pair.client.context, SECQOP_WRAP_NO_ENCRYPT, &list, 1),
                      SEC_E_OK, "make, .NET's qop");
            text[0] ^= 1;
            ok_status(VerifySignature(&pair.server.context, &list, 1, &qop), SEC_E_MESSAGE_ALTERED,
                      "altered");
            make[2].cbBuffer = 4;
            ok_status(MakeSignature(&pair.client.context, 0, &list, 2), SEC_E_BUFFER_TOO_SMALL,
                      "a small token");
        }
        auth_done(&pair);
        pop_context();
    }
}

/* The third message before the second. */
START_TEST(auth_swapped_messages)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        unsigned char whole[3][2 * ROOM + SAID_SIZE];
        SecBuffer buffers[2];
        SecBufferDesc list = list_make(buffers, 2);
        struct auth_pair pair;
        size_t size[3];

        push_context("%s", auth_ways[way].name);
        if (auth_connect(&pair, &auth_ways[way])) {
            for (size_t i = 0; i < 3; i++)
                size[i] = seal_whole(&pair.client, 0, whole[i]);
            for (size_t i = 0; i < 3; i += 2) {
                buffers[0] = buffer_make(SECBUFFER_STREAM, whole[i], size[i]);
                buffers[1] = buffer_make(SECBUFFER_DATA, NULL, 0);
                ok_status(DecryptMessage(&pair.server.context, &list, 0, NULL),
                          i ? SEC_E_OUT_OF_SEQUENCE : SEC_E_OK, "message %u", (unsigned)i);
            }
        }
        auth_done(&pair);
        pop_context();
    }
}

/* A message that comes a second time. */
START_TEST(auth_replayed_message)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        unsigned char whole[2 * ROOM + SAID_SIZE], copy[2 * ROOM + SAID_SIZE];
        SecBuffer buffers[2];
        SecBufferDesc list = list_make(buffers, 2);
        struct auth_pair pair;
        SECURITY_STATUS status;
        size_t size;

        push_context("%s", auth_ways[way].name);
        if (auth_connect(&pair, &auth_ways[way]) &&
            (size = seal_whole(&pair.client, 0, whole)) > 0) {
            memcpy(copy, whole, size);
            buffers[0] = buffer_make(SECBUFFER_STREAM, whole, size);
            buffers[1] = buffer_make(SECBUFFER_DATA, NULL, 0);
            ok_status(DecryptMessage(&pair.server.context, &list, 0, NULL), SEC_E_OK, "first");
            buffers[0] = buffer_make(SECBUFFER_STREAM, copy, size);
            buffers[1] = buffer_make(SECBUFFER_DATA, NULL, 0);
            status = DecryptMessage(&pair.server.context, &list, 0, NULL);
            ok_status(status, SEC_E_OUT_OF_SEQUENCE, "again");
        }
        auth_done(&pair);
        pop_context();
    }
}
