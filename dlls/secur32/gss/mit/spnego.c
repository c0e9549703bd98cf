/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See spnego.h. The library does not tell its version, and distributions mend it without changing
 * that; so it is asked: a client of NTLM gets a response with a MIC that is false. A library that
 * sees the MIC refuses it.
 */
#include "gss/mit/spnego.h"

#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gss/mit/library.h"

#define TAG_RESPONSE 0xa1 /* NegotiationToken's second choice */
#define TAG_SEQUENCE 0x30
#define TAG_TOKEN 0xa2
#define TAG_MIC 0xa3
#define TAG_OCTETS 0x04
#define TAG_LOOKED_FOR 0xa4

/* ---- the token ---- */

/* DER: takes the element at the front of `from`, whose contents go to `value`. */
static bool take_element(struct span *from, uint8_t *tag, struct span *value)
{
    size_t size, head = 2;

    if (from->size < head)
        return false;
    *tag = from->data[0];
    size = from->data[1];
    if (size >= 0x80) {
        size_t bytes = size & 0x7f;

        if (bytes == 0 || bytes > 3 || bytes > from->size - head)
            return false;
        size = 0;
        for (size_t i = 0; i < bytes; i++)
            size = size << 8 | from->data[head + i];
        head += bytes;
    }
    if (size > from->size - head)
        return false;
    *value = span_of(from->data + head, size);
    *from = span_of(value->data + size, from->size - head - size);
    return true;
}

/* The fields of a NegTokenResp. */
static bool take_fields(struct span token, struct span *fields)
{
    struct span value;
    uint8_t tag;

    return take_element(&token, &tag, &value) && tag == TAG_RESPONSE &&
           take_element(&value, &tag, fields) && tag == TAG_SEQUENCE;
}

/* The first one with the tag, and where it is. */
static bool find_field(struct span fields, uint8_t wanted, struct span *value, const uint8_t **at)
{
    uint8_t tag;

    while (fields.size > 0) {
        *at = fields.data;
        if (!take_element(&fields, &tag, value))
            return false;
        if (tag == wanted)
            return true;
    }
    return false;
}

size_t spnego_mic_offset(struct span token)
{
    struct span fields, value;
    const uint8_t *at;

    if (!take_fields(token, &fields) || !find_field(fields, TAG_MIC, &value, &at))
        return 0;
    return (size_t)(at - token.data);
}

static struct span octets_of(struct span fields, uint8_t wanted)
{
    struct span value, octets;
    const uint8_t *at;
    uint8_t tag;

    if (find_field(fields, wanted, &value, &at) && take_element(&value, &tag, &octets) &&
        tag == TAG_OCTETS)
        return octets;
    return (struct span){NULL, 0};
}

bool spnego_response(struct span token, struct span *response, struct span *mic)
{
    struct span fields;

    if (!take_fields(token, &fields))
        return false;
    *response = octets_of(fields, TAG_TOKEN);
    *mic = octets_of(fields, TAG_MIC);
    return true;
}

/* ---- the library ---- */

/* clang-format off */
/* accept-incomplete, NTLM, a challenge (MS-NLMP 2.2.1.2) of the server "S", and sixteen zeros for
 * a MIC. */
static const uint8_t false_response[] = {
    0xa1, 0x71, 0x30, 0x6f,
    0xa0, 0x03, 0x0a, 0x01, 0x01,
    0xa1, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a,
    0xa2, 0x46, 0x04, 0x44,
        'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 2, 0, 0, 0,
        2, 0, 2, 0, 56, 0, 0, 0,                        /* the target's name */
        0x35, 0x82, 0x8a, 0x62,                         /* flags */
        1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, /* the challenge */
        10, 0, 10, 0, 58, 0, 0, 0,                      /* the list */
        6, 1, 0, 0, 0, 0, 0, 15,                        /* version */
        'S', 0,
        1, 0, 2, 0, 'S', 0, 0, 0, 0, 0,
    0xa3, 0x12, 0x04, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
/* clang-format on */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool overlooks; /* constant after ask_once */

/* Two steps of a client that nobody answers. Not by mech_initiate, which asks this file. */
static bool takes_false_mic(gss_cred_id_t credential)
{
    gss_buffer_desc input = {0, NULL}, output = {0, NULL};
    struct span target = span_of("host@s", 6);
    OM_uint32 minor, major = GSS_S_CONTINUE_NEEDED;
    gss_ctx_id_t context = NULL;
    gss_name_t name = NULL;

    if (library_name(target, NAME_SERVICE, &name) != MECH_OK)
        return false;
    for (int call = 0; call < 2 && !GSS_ERROR(major); call++) {
        major = gssapi.init_sec_context(&minor, credential, &context, name,
                                        library_oid(MECH_NEGOTIATE), MECH_FLAG_INTEGRITY, 0, NULL,
                                        &input, NULL, &output, NULL, NULL);
        if (output.value)
            gssapi.release_buffer(&minor, &output);
        output = (gss_buffer_desc){0, NULL};
        input = library_buffer(span_of(false_response, sizeof(false_response)));
    }
    if (context)
        gssapi.delete_sec_context(&minor, &context, NULL);
    gssapi.release_name(&minor, &name);
    return !GSS_ERROR(major);
}

static void ask_once(void)
{
    const struct mech_acquire acquire = {.mech = MECH_NEGOTIATE,
                                         .name = span_of("user", 4),
                                         .password = span_of("word", 4),
                                         .has_password = true,
                                         .allowed = MECH_BIT(MECH_NTLM)};
    struct mech_credential *credential;

    if (mech_credential_new(&acquire, &credential) != MECH_OK)
        return;
    overlooks = takes_false_mic(credential->credential);
    mech_credential_free(credential);
    if (overlooks)
        TRACE(LOG_GSS, "this GSSAPI looks for SPNEGO's MIC in a wrong place, and gets it there");
}

/* Found out by the first call. */
static bool overlooks_mic(void)
{
    pthread_once(&once, ask_once);
    return overlooks;
}

bool spnego_prepare(struct span *token, uint8_t **copy)
{
    size_t offset = spnego_mic_offset(*token);

    *copy = NULL;
    if (offset == 0 || !overlooks_mic())
        return true;
    *copy = mem_alloc(token->size);
    if (!*copy)
        return false;
    memcpy(*copy, token->data, token->size);
    (*copy)[offset] = TAG_LOOKED_FOR;
    *token = span_of(*copy, token->size);
    return true;
}
