/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See authorities.h. GnuTLS takes the names from certificates in a trust list; it has no way to be
 * given a name alone. So each name is set into a certificate that is nothing but a shell: a key of
 * zeros, no valid signature, dates long past. It is good for no verification, and none is made with
 * this list. Source for the form: RFC 5280 4.1, RFC 8410.
 */
#include "tls/gnutls/authorities.h"

#include "base/log.h"
#include "base/mem.h"

/* A certificate request has 16 bits for the list. */
#define AUTHORITY_MAX 65535

#define TAG_SEQUENCE 0x30
#define TAG_BIT_STRING 0x03
#define HEADER_MAX 5 /* tag, and a length of up to three bytes after its own */

#define KEY_BITS_SIZE 33 /* one byte that counts unused bits */
#define SIGNATURE_BITS_SIZE 65

/* clang-format off */
static const uint8_t version_and_serial[] = {0xa0, 3, 2, 1, 2, 2, 1, 1};
static const uint8_t ed25519[] = {TAG_SEQUENCE, 5, 6, 3, 0x2b, 0x65, 0x70};
static const uint8_t validity[] = {
    TAG_SEQUENCE, 30,
    0x17, 13, '7', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z',
    0x17, 13, '7', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z',
};
/* clang-format on */

static const uint8_t zeros[SIGNATURE_BITS_SIZE];

#define KEY_SIZE (2 + sizeof(ed25519) + 2 + KEY_BITS_SIZE)
#define FIXED_SIZE (sizeof(version_and_serial) + sizeof(ed25519) + sizeof(validity) + KEY_SIZE)
#define SHELL_ROOM (2 * (size_t)HEADER_MAX + FIXED_SIZE + sizeof(ed25519) + 2 + sizeof(zeros))

static size_t header_size(size_t content)
{
    return content < 0x80 ? 2 : content < 0x100 ? 3 : content < 0x10000 ? 4 : 5;
}

static void write_header(struct writer *to, uint8_t tag, size_t content)
{
    write_u8(to, tag);
    switch (header_size(content)) {
    case 2:
        write_u8(to, (uint8_t)content);
        break;
    case 3:
        write_u8(to, 0x81);
        write_u8(to, (uint8_t)content);
        break;
    case 4:
        write_u8(to, 0x82);
        write_u16(to, (uint16_t)content);
        break;
    default:
        write_u8(to, 0x83);
        write_u24(to, (uint32_t)content);
    }
}

static void write_fixed(struct writer *to, const uint8_t *bytes, size_t size)
{
    write_bytes(to, span_of(bytes, size));
}

static void write_shell(struct writer *to, struct span name)
{
    size_t body = FIXED_SIZE + 2 * name.size;
    size_t rest = sizeof(ed25519) + 2 + SIGNATURE_BITS_SIZE;

    write_header(to, TAG_SEQUENCE, header_size(body) + body + rest);
    write_header(to, TAG_SEQUENCE, body);
    write_fixed(to, version_and_serial, sizeof(version_and_serial));
    write_fixed(to, ed25519, sizeof(ed25519));
    write_bytes(to, name); /* issuer */
    write_fixed(to, validity, sizeof(validity));
    write_bytes(to, name); /* subject */
    write_header(to, TAG_SEQUENCE, KEY_SIZE - 2);
    write_fixed(to, ed25519, sizeof(ed25519));
    write_header(to, TAG_BIT_STRING, KEY_BITS_SIZE);
    write_fixed(to, zeros, KEY_BITS_SIZE);
    write_fixed(to, ed25519, sizeof(ed25519));
    write_header(to, TAG_BIT_STRING, SIGNATURE_BITS_SIZE);
    write_fixed(to, zeros, SIGNATURE_BITS_SIZE);
}

static enum tls_status make_shell(struct span name, gnutls_x509_crt_t *shell)
{
    enum tls_status status = TLS_NO_MEMORY;
    struct writer writer;
    gnutls_datum_t der;
    uint8_t *memory;
    int error;

    if (name.size == 0 || name.size > AUTHORITY_MAX)
        return TLS_BAD_ARGUMENT;
    memory = mem_alloc(SHELL_ROOM + 2 * name.size);
    if (!memory)
        return TLS_NO_MEMORY;
    writer = writer_of(memory, SHELL_ROOM + 2 * name.size);
    write_shell(&writer, name);
    der = (gnutls_datum_t){writer.data, (unsigned)writer.used};
    if (gnutls.x509_crt_init(shell) >= 0) {
        error = gnutls.x509_crt_import(*shell, &der, GNUTLS_X509_FMT_DER);
        status = error < 0 ? TLS_BAD_ARGUMENT : TLS_OK; /* no distinguished name */
        if (error < 0)
            gnutls.x509_crt_deinit(*shell);
    }
    mem_free(memory);
    return status;
}

enum tls_status authorities_announce(gnutls_certificate_credentials_t credentials,
                                     const struct span *names, size_t count)
{
    gnutls_x509_trust_list_t list;
    enum tls_status status = TLS_OK;

    if (gnutls.x509_trust_list_init(&list, 0) < 0)
        return TLS_NO_MEMORY;
    for (size_t i = 0; i < count && status == TLS_OK; i++) {
        gnutls_x509_crt_t shell;

        status = make_shell(names[i], &shell);
        if (status != TLS_OK)
            break;
        if (gnutls.x509_trust_list_add_cas(list, &shell, 1, GNUTLS_TL_USE_IN_TLS) != 1) {
            gnutls.x509_crt_deinit(shell);
            status = TLS_NO_MEMORY;
        }
    }
    if (status != TLS_OK) {
        gnutls.x509_trust_list_deinit(list, 1);
        return status;
    }
    gnutls.certificate_set_trust_list(credentials, list, 0);
    return TLS_OK;
}
