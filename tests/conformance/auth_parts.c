/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Messages of which a part is sealed and another stays in clear, as RPC and DCOM send them: the
 * heads of a PDU are only signed, its body is sealed.
 *
 * Sources: Microsoft Learn, "SecBuffer structure" (SECBUFFER_READONLY is not changed and has no
 * checksum, SECBUFFER_READONLY_WITH_CHECKSUM has one); MS-RPCE 3.3.1.5.2.2; MS-NLMP 3.4.6.1: NTLM's
 * signature is over all buffers, also those that the program does not want signed.
 */
#include "auth.h"

#include <string.h>

#define ROOM 256
#define HEAD "the head of a PDU"
#define BODY "what is in it, and nobody shall read"
#define TRAILER "sec_trailer"

/* As Windows' RPC orders them. */
struct pdu {
    char head[sizeof(HEAD)], body[sizeof(BODY)], trailer[sizeof(TRAILER)];
    unsigned char token[ROOM];
    SecBuffer buffers[4];
    SecBufferDesc list;
};

static void pdu_make(struct pdu *pdu, ULONG bits, ULONG token_room)
{
    *pdu = (struct pdu){.head = HEAD, .body = BODY, .trailer = TRAILER};
    pdu->buffers[0] = buffer_make(SECBUFFER_DATA | bits, pdu->head, sizeof(pdu->head));
    pdu->buffers[1] = buffer_make(SECBUFFER_DATA, pdu->body, sizeof(pdu->body));
    pdu->buffers[2] = buffer_make(SECBUFFER_DATA | bits, pdu->trailer, sizeof(pdu->trailer));
    pdu->buffers[3] = buffer_make(SECBUFFER_TOKEN, pdu->token, token_room);
    pdu->list = list_make(pdu->buffers, 4);
}

static bool is_plain(const struct pdu *pdu)
{
    return !memcmp(pdu->body, BODY, sizeof(BODY));
}

static void check_pdu(struct auth_side *from, struct auth_side *to, ULONG bits, ULONG room)
{
    ULONG qop = 0xdead;
    struct pdu pdu;

    pdu_make(&pdu, bits, room);
    if (!ok_status(EncryptMessage(&from->context, 0, &pdu.list, 0), SEC_E_OK, "encrypt"))
        return;
    ok(!is_plain(&pdu), "the body was not sealed");
    ok(!memcmp(pdu.head, HEAD, sizeof(HEAD)) && !memcmp(pdu.trailer, TRAILER, sizeof(TRAILER)),
       "what is read-only changed");
    ok_status(DecryptMessage(&to->context, &pdu.list, 0, &qop), SEC_E_OK, "decrypt");
    ok(is_plain(&pdu), "another text");
    ok(!memcmp(pdu.head, HEAD, sizeof(HEAD)) && !memcmp(pdu.trailer, TRAILER, sizeof(TRAILER)),
       "what is read-only changed");
    ok_number(qop, 0, "qop");
}

static const struct {
    const char *name;
    ULONG bits;
    bool signs_kerberos, signs_ntlm;
} kinds[] = {
    {"read-only", SECBUFFER_READONLY, false, true},
    {"with a checksum", SECBUFFER_READONLY_WITH_CHECKSUM, true, true},
};

START_TEST(auth_parts_in_clear)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        SecPkgContext_Sizes sizes = {0};
        struct auth_pair pair;

        push_context("%s", auth_ways[way].name);
        if (auth_connect_sized(&pair, &auth_ways[way], &sizes))
            for (size_t i = 0; i < 3 * COUNT_OF(kinds); i++) {
                ULONG bits = kinds[i % COUNT_OF(kinds)].bits;

                push_context("%s, message %u", kinds[i % COUNT_OF(kinds)].name, (unsigned)i);
                check_pdu(&pair.client, &pair.server, bits, sizes.cbSecurityTrailer);
                check_pdu(&pair.server, &pair.client, bits, sizes.cbSecurityTrailer);
                pop_context();
            }
        auth_done(&pair);
        pop_context();
    }
}

/* A changed part that is signed; and nothing of a message that is not genuine is left to read. */
START_TEST(auth_parts_altered)
{
    for (size_t way = 0; way < AUTH_WAYS; way++)
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
            bool is_signed =
                auth_ways[way].kerberos ? kinds[i].signs_kerberos : kinds[i].signs_ntlm;
            SecPkgContext_Sizes sizes = {0};
            struct auth_pair pair;
            struct pdu pdu;

            push_context("%s, %s", auth_ways[way].name, kinds[i].name);
            if (auth_connect_sized(&pair, &auth_ways[way], &sizes)) {
                pdu_make(&pdu, kinds[i].bits, sizes.cbSecurityTrailer);
                ok_status(EncryptMessage(&pair.client.context, 0, &pdu.list, 0), SEC_E_OK,
                          "encrypt");
                pdu.head[3] ^= 1;
                ok_status(DecryptMessage(&pair.server.context, &pdu.list, 0, NULL),
                          is_signed ? SEC_E_MESSAGE_ALTERED : SEC_E_OK, "decrypt");
                ok(is_plain(&pdu) == !is_signed, "the body");
            }
            auth_done(&pair);
            pop_context();
        }
}

/* Nothing to seal at all (FreeRDP's messages in clear). */
START_TEST(auth_parts_read_only_alone)
{
    for (size_t way = 0; way < AUTH_WAYS; way++) {
        char text[] = HEAD;
        unsigned char token[ROOM] = {0};
        SecPkgContext_Sizes sizes = {0};
        struct auth_pair pair;
        SecBuffer buffers[2];
        SecBufferDesc list = list_make(buffers, 2);

        push_context("%s", auth_ways[way].name);
        if (!auth_ways[way].kerberos && auth_connect_sized(&pair, &auth_ways[way], &sizes)) {
            buffers[0] = buffer_make(SECBUFFER_TOKEN, token, sizes.cbSecurityTrailer);
            buffers[1] = buffer_make(SECBUFFER_DATA | SECBUFFER_READONLY, text, sizeof(text));
            ok_status(EncryptMessage(&pair.client.context, 0, &list, 0), SEC_E_OK, "encrypt");
            ok(!memcmp(text, HEAD, sizeof(HEAD)), "it was sealed");
            ok_status(DecryptMessage(&pair.server.context, &list, 0, NULL), SEC_E_OK, "decrypt");
        }
        if (!auth_ways[way].kerberos)
            auth_done(&pair);
        pop_context();
    }
}
