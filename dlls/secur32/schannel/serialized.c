/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See serialized.h. All numbers are of 32 bits with the lowest byte first.
 *
 * Source: [MS-OSHARED] 2.3.2.5.5, "VBASigSerializedCertStore" and the entries described with it.
 */
#include "schannel/serialized.h"

#include "base/checked.h"
#include "sspi/buffers.h"

#define STORE_VERSION 0
#define STORE_TYPE 0x54524543u /* "CERT" */
#define ENTRY_END 0
#define ENTRY_CERTIFICATE 0x20
#define ENTRY_PROPERTY_MAX 0xffff
#define ENTRY_HEADER 12
#define STORE_HEADER 8

static void write_number(struct writer *to, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};

    write_bytes(to, span_of(bytes, sizeof(bytes)));
}

static bool take_number(struct span *from, uint32_t *value)
{
    struct span part;

    if (!span_take(from, 4, &part))
        return false;
    *value = (uint32_t)part.data[0] | (uint32_t)part.data[1] << 8 | (uint32_t)part.data[2] << 16 |
             (uint32_t)part.data[3] << 24;
    return true;
}

SECURITY_STATUS serialized_write(const struct span *chain, size_t count, CERT_BLOB *to)
{
    size_t size = STORE_HEADER + ENTRY_HEADER;
    struct writer out;
    uint8_t *made;

    for (size_t i = 0; i < count; i++)
        if (chain[i].size > LIMIT_CERTIFICATE ||
            !size_add(size, ENTRY_HEADER + chain[i].size, &size))
            return SEC_E_INSUFFICIENT_MEMORY;
    made = buffers_alloc(size);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    out = writer_of(made, size);
    write_number(&out, STORE_VERSION);
    write_number(&out, STORE_TYPE);
    for (size_t i = 0; i < count; i++) {
        write_number(&out, ENTRY_CERTIFICATE);
        write_number(&out, X509_ASN_ENCODING);
        write_number(&out, (uint32_t)chain[i].size);
        write_bytes(&out, chain[i]);
    }
    write_number(&out, ENTRY_END);
    write_number(&out, 0);
    write_number(&out, 0);
    to->cbData = (DWORD)size;
    to->pbData = made;
    return SEC_E_OK;
}

SECURITY_STATUS serialized_read(struct span bytes, struct span chain[LIMIT_CHAIN], size_t *count)
{
    uint32_t version, type, entry, encoding, length;
    struct span value;
    size_t found = 0;

    if (!take_number(&bytes, &version) || version != STORE_VERSION || !take_number(&bytes, &type) ||
        type != STORE_TYPE)
        return SEC_E_INVALID_TOKEN;
    for (;;) {
        if (!take_number(&bytes, &entry) || entry > ENTRY_PROPERTY_MAX ||
            !take_number(&bytes, &encoding) || !take_number(&bytes, &length))
            return SEC_E_INVALID_TOKEN;
        if (entry == ENTRY_END)
            break;
        if (!span_take(&bytes, length, &value))
            return SEC_E_INVALID_TOKEN;
        if (entry != ENTRY_CERTIFICATE)
            continue;
        if ((encoding & 0xffffu) != X509_ASN_ENCODING || found == LIMIT_CHAIN || !value.size ||
            value.size > LIMIT_CERTIFICATE)
            return SEC_E_INVALID_TOKEN;
        chain[found++] = value;
    }
    if (!found)
        return SEC_E_INVALID_TOKEN;
    *count = found;
    return SEC_E_OK;
}
