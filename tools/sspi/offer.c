/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See offer.h. Sources: RFC 8446 4.1.2 and 4.2; the names are IANA's ("TLS Parameters").
 */
#include "offer.h"

#include <stdio.h>
#include <string.h>

#define RECORD_HEADER 5
#define MESSAGE_HEADER 4
#define VERSION_AND_RANDOM 34

struct name {
    unsigned number;
    const char *name;
};

/* clang-format off */
static const struct name versions[] = {
    {0x0301, "TLS 1.0"}, {0x0302, "TLS 1.1"}, {0x0303, "TLS 1.2"}, {0x0304, "TLS 1.3"},
    {0, NULL},
};
static const struct name suites[] = {
    {0x0002, "TLS_RSA_WITH_NULL_SHA"}, {0x003b, "TLS_RSA_WITH_NULL_SHA256"},
    {0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"}, {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
    {0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"}, {0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
    {0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"}, {0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
    {0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"}, {0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"}, {0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
    {0x1301, "TLS_AES_128_GCM_SHA256"}, {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}, {0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"}, {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"}, {0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    {0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"}, {0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}, {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0, NULL},
};
static const struct name groups[] = {
    {23, "secp256r1"}, {24, "secp384r1"}, {25, "secp521r1"}, {29, "x25519"}, {30, "x448"},
    {256, "ffdhe2048"}, {257, "ffdhe3072"}, {258, "ffdhe4096"}, {259, "ffdhe6144"}, {260, "ffdhe8192"},
    {0, NULL},
};
static const struct name schemes[] = {
    {0x0201, "rsa_pkcs1_sha1"}, {0x0203, "ecdsa_sha1"}, {0x0202, "dsa_sha1"},
    {0x0401, "rsa_pkcs1_sha256"}, {0x0501, "rsa_pkcs1_sha384"}, {0x0601, "rsa_pkcs1_sha512"},
    {0x0403, "ecdsa_secp256r1_sha256"}, {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"}, {0x0805, "rsa_pss_rsae_sha384"}, {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"}, {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"}, {0x080a, "rsa_pss_pss_sha384"}, {0x080b, "rsa_pss_pss_sha512"},
    {0, NULL},
};
/* clang-format on */

/* Bytes that are read from the front; too little left: size becomes 0 and bad true. */
struct reader {
    const unsigned char *data;
    size_t size;
    bool bad;
};

static struct reader take(struct reader *from, size_t size)
{
    struct reader part = {from->data, size, from->bad || size > from->size};

    if (part.bad) {
        from->bad = true;
        from->size = part.size = 0;
    } else {
        from->data += size;
        from->size -= size;
    }
    return part;
}

static size_t take_number(struct reader *from, unsigned bytes)
{
    struct reader part = take(from, bytes);
    size_t value = 0;

    for (size_t i = 0; i < part.size; i++)
        value = value << 8 | part.data[i];
    return value;
}

static struct reader take_vector(struct reader *from, unsigned bytes)
{
    return take(from, take_number(from, bytes));
}

static void show_list(struct report *report, const char *title, struct reader list,
                      const struct name *names)
{
    report_open(report, title);
    while (list.size && !list.bad) {
        unsigned number = (unsigned)take_number(&list, 2);
        const struct name *name = names;
        char text[16];

        while (name->name && name->number != number)
            name++;
        snprintf(text, sizeof(text), "0x%04x", number);
        report_text(report, text, name->name ? name->name : "");
    }
    report_close(report);
}

static void show_extension(struct report *report, size_t type, struct reader body)
{
    if (type == 10)
        show_list(report, "groups", take_vector(&body, 2), groups);
    else if (type == 13)
        show_list(report, "signature schemes", take_vector(&body, 2), schemes);
    else if (type == 43)
        show_list(report, "versions", take_vector(&body, 1), versions);
}

static void show_hello(struct report *report, const SecBuffer *token)
{
    struct reader hello = {token->pvBuffer, token->cbBuffer, false}, extensions;

    report_open(report, "offered by default");
    take(&hello, RECORD_HEADER + MESSAGE_HEADER + VERSION_AND_RANDOM);
    take_vector(&hello, 1);
    show_list(report, "cipher suites", take_vector(&hello, 2), suites);
    take_vector(&hello, 1);
    extensions = take_vector(&hello, 2);
    while (extensions.size && !extensions.bad) {
        size_t type = take_number(&extensions, 2);

        show_extension(report, type, take_vector(&extensions, 2));
    }
    report_close(report);
}

SECURITY_STATUS offer_show(CredHandle *credential, struct report *report)
{
    static SEC_CHAR target[] = "host.invalid";
    SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc list = {SECBUFFER_VERSION, 1, &token};
    CtxtHandle context;
    ULONG attributes;
    TimeStamp expiry;
    SECURITY_STATUS status =
        InitializeSecurityContextA(credential, NULL, target,
                                   ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM |
                                       ISC_REQ_CONFIDENTIALITY | ISC_REQ_USE_SUPPLIED_CREDS,
                                   0, 0, NULL, 0, &context, &list, &attributes, &expiry);

    if (status != SEC_I_CONTINUE_NEEDED)
        return status;
    show_hello(report, &token);
    FreeContextBuffer(token.pvBuffer);
    DeleteSecurityContext(&context);
    return SEC_E_OK;
}
