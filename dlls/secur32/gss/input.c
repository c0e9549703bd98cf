/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See input.h.
 *
 * Sources: MS-NLMP 2.2.1 (the signature of NTLM's messages); RFC 2743 3.1 (framing of first
 * tokens); RFC 4178 4.2 (later ones of SPNEGO); RFC 4120 5.5 (tags of Kerberos' own); Microsoft
 * Learn, "SEC_CHANNEL_BINDINGS structure", "SEC_CHANNEL_BINDINGS_EX structure".
 */
#include "gss/input.h"

#include <string.h>

#include "sspi/buffers.h"

/* ---- tokens ---- */

#define TAG_FRAMED 0x60
#define TAG_OID 0x06
#define TAG_NEG_INIT 0xa0
#define TAG_NEG_RESPONSE 0xa1
#define TAG_AP_REQUEST 0x6e /* DCE style has no frame */
#define TAG_AP_REPLY 0x6f

static bool begins(struct span token, const char *with, size_t size)
{
    return token.size >= size && !memcmp(token.data, with, size);
}

/* DER's length: one byte, or the number of bytes that follow. Its value is the mechanism's to
 * check. */
static bool skip_length(struct span *from)
{
    struct span bytes;
    uint8_t first;

    return span_take_u8(from, &first) && (first < 0x80 || span_take(from, first & 0x7f, &bytes));
}

static enum token_kind framed_kind(struct span token)
{
    static const struct {
        const char *oid;
        size_t size;
        enum token_kind kind;
    } rows[] = {
        {"\x2b\x06\x01\x05\x05\x02", 6, TOKEN_SPNEGO},
        {"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9, TOKEN_KERBEROS},
        {"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 9, TOKEN_KERBEROS}, /* MS-SPNG 1.3.1: its twin */
    };
    struct span oid;
    uint8_t tag, size;

    if (!span_take_u8(&token, &tag) || !skip_length(&token) || !span_take_u8(&token, &tag) ||
        tag != TAG_OID || !span_take_u8(&token, &size) || !span_take(&token, size, &oid))
        return TOKEN_OTHER;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (span_equal(oid, span_of(rows[i].oid, rows[i].size)))
            return rows[i].kind;
    return TOKEN_OTHER;
}

enum token_kind token_kind(struct span token)
{
    if (token.size == 0)
        return TOKEN_NONE;
    if (begins(token, "NTLMSSP", sizeof("NTLMSSP")))
        return TOKEN_NTLM;
    switch (token.data[0]) {
    case TAG_FRAMED:
        return framed_kind(token);
    case TAG_NEG_INIT:
    case TAG_NEG_RESPONSE:
        return TOKEN_SPNEGO;
    case TAG_AP_REQUEST:
    case TAG_AP_REPLY:
        return TOKEN_KERBEROS;
    default:
        return TOKEN_OTHER;
    }
}

/* ---- bindings ---- */

/* Offsets count from the start of the structure. */
static bool part(struct span all, ULONG offset, ULONG size, struct span *to)
{
    if (size == 0)
        return true;
    if (offset > all.size || size > all.size - offset)
        return false;
    *to = span_of(all.data + offset, size);
    return true;
}

static SECURITY_STATUS read_bindings(struct span all, struct mech_bindings *to)
{
    size_t growth = sizeof(SEC_CHANNEL_BINDINGS_EX) - sizeof(SEC_CHANNEL_BINDINGS);
    SEC_CHANNEL_BINDINGS from;
    struct span common = all;
    ULONG magic = 0;

    if (all.size < sizeof(from))
        return SEC_E_INVALID_TOKEN;
    memcpy(&magic, all.data, sizeof(magic));
    /* The longer structure has members in front of the same ones. */
    if (magic == SEC_CHANNEL_BINDINGS_EX_MAGIC) {
        if (all.size < sizeof(SEC_CHANNEL_BINDINGS_EX))
            return SEC_E_INVALID_TOKEN;
        common = span_of(all.data + growth, all.size - growth);
    }
    memcpy(&from, common.data, sizeof(from));
    *to = (struct mech_bindings){.initiator_type = from.dwInitiatorAddrType,
                                 .acceptor_type = from.dwAcceptorAddrType};
    if (!part(all, from.dwInitiatorOffset, from.cbInitiatorLength, &to->initiator) ||
        !part(all, from.dwAcceptorOffset, from.cbAcceptorLength, &to->acceptor) ||
        !part(all, from.dwApplicationDataOffset, from.cbApplicationDataLength, &to->data))
        return SEC_E_INVALID_TOKEN;
    return SEC_E_OK;
}

SECURITY_STATUS gss_input_take(const SecBufferDesc *list, struct gss_input *input)
{
    const SecBuffer *token = buffers_find(list, SECBUFFER_TOKEN, 0);
    const SecBuffer *bindings = buffers_find(list, SECBUFFER_CHANNEL_BINDINGS, 0);
    struct span bytes;

    *input = (struct gss_input){.token = {NULL, 0}};
    if (token)
        input->token = buffer_span(token);
    if (!bindings)
        return SEC_E_OK;
    bytes = buffer_span(bindings);
    if (bytes.size == 0)
        return SEC_E_OK;
    input->has_bindings = true;
    return read_bindings(bytes, &input->bindings);
}
