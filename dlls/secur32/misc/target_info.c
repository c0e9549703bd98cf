/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * CredMarshalTargetInfo and CredUnmarshalTargetInfo: a target's names as text that can stand behind
 * a service principal name.
 *
 * The frame is Windows': the mark "1UWhRC", what is in between, and the size of all in bytes, in
 * six characters (CRED_MARSHALED_TI_SIZE_SIZE); information with nothing in it is the mark, 32
 * times "A", and "YBAAAA". Six bits make a character, the lowest first. Windows does not describe
 * what is in between: here a header (flags, seven lengths, the number of types), the names as they
 * are, and the types. Others' text of that frame is understood as far as it is so.
 *
 * Source: ntsecpkg.h; Microsoft Learn, "CredMarshalTargetInfo function", "CredUnmarshalTargetInfo
 * function", "CREDENTIAL_TARGET_INFORMATIONW structure"; texts that were published.
 */
#include "winsspi.h"

#include <string.h>

#include "base/mem.h"
#include "misc/memory.h"
#include "platform/platform.h"

#define NAMES 7
#define TYPES_MAX 255
#define TEXT_MAX 0xffffu /* units of the whole: LIMIT of what a name may carry */

static const WCHAR mark[] = u"1UWhRC";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#-";

#define MARK_UNITS (sizeof(mark) / sizeof(WCHAR) - 1)
#define SIZE_UNITS 6   /* of a 32-bit number */
#define HEADER_SIZE 24 /* in bytes */
#define HEADER_UNITS (HEADER_SIZE / 3 * 4)
#define FRAME_UNITS (MARK_UNITS + HEADER_UNITS + SIZE_UNITS)

/* Where what stands in the header. */
#define AT_FLAGS 0
#define AT_LENGTHS 4
#define AT_TYPES 20

/* ---- six bits a character
 * --------------------------------------------------------------------------- */

static size_t units_for(size_t bytes)
{
    return bytes / 3 * 4 + (bytes % 3 ? bytes % 3 + 1 : 0);
}

static WCHAR *encode(const uint8_t *bytes, size_t size, WCHAR *to)
{
    for (size_t i = 0; i < size; i += 3) {
        size_t count = size - i < 3 ? size - i : 3;
        uint32_t group = 0;

        for (size_t k = 0; k < count; k++)
            group |= (uint32_t)bytes[i + k] << (8 * k);
        for (size_t k = 0; k <= count; k++, group >>= 6)
            *to++ = (WCHAR)alphabet[group & 63];
    }
    return to;
}

/* false: a character that is none. */
static bool decode(const WCHAR *from, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 3) {
        size_t count = size - i < 3 ? size - i : 3;
        uint32_t group = 0;

        for (size_t k = 0; k <= count; k++, from++) {
            const char *found = *from && *from < 128 ? strchr(alphabet, (char)*from) : NULL;

            if (!found)
                return false;
            group |= (uint32_t)(found - alphabet) << (6 * k);
        }
        for (size_t k = 0; k < count; k++)
            bytes[i + k] = (uint8_t)(group >> (8 * k));
    }
    return true;
}

static void number_put(uint8_t *at, uint32_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(number >> (8 * i));
}

static uint32_t number_get(const uint8_t *at, size_t size)
{
    uint32_t number = 0;

    for (size_t i = 0; i < size; i++)
        number |= (uint32_t)at[i] << (8 * i);
    return number;
}

/* ---- making
 * ----------------------------------------------------------------------------------------- */

/* The structure's seven names, in its order. */
static WCHAR **names_of(CREDENTIAL_TARGET_INFORMATIONW *info, size_t index)
{
    WCHAR **const names[NAMES] = {&info->TargetName,    &info->NetbiosServerName,
                                  &info->DnsServerName, &info->NetbiosDomainName,
                                  &info->DnsDomainName, &info->DnsTreeName,
                                  &info->PackageName};

    return names[index];
}

NTSTATUS WINAPI CredMarshalTargetInfo(PCREDENTIAL_TARGET_INFORMATIONW info, PUSHORT *buffer,
                                      PULONG size)
{
    size_t length[NAMES], units = FRAME_UNITS;
    uint8_t header[HEADER_SIZE] = {0}, number[4];
    WCHAR *text, *at;

    if (!info || !buffer || !size || info->CredTypeCount > TYPES_MAX ||
        (info->CredTypeCount && !info->CredTypes))
        return STATUS_INVALID_PARAMETER;
    number_put(header + AT_FLAGS, info->Flags, 4);
    for (size_t i = 0; i < NAMES; i++) {
        const WCHAR *name = *names_of(info, i);

        length[i] = name ? platform_wide_length(name) : 0;
        if (length[i] > TEXT_MAX / sizeof(WCHAR))
            return STATUS_INVALID_PARAMETER;
        units += length[i];
        number_put(header + AT_LENGTHS + 2 * i, (uint32_t)(length[i] * sizeof(WCHAR)), 2);
    }
    header[AT_TYPES] = (uint8_t)info->CredTypeCount;
    units += units_for(info->CredTypeCount * sizeof(number));
    if (units > TEXT_MAX)
        return STATUS_INVALID_PARAMETER;
    text = local_alloc(units * sizeof(*text));
    if (!text)
        return STATUS_NO_MEMORY;

    memcpy(text, mark, MARK_UNITS * sizeof(*text));
    at = encode(header, sizeof(header), text + MARK_UNITS);
    for (size_t i = 0; i < NAMES; at += length[i++])
        if (length[i])
            memcpy(at, *names_of(info, i), length[i] * sizeof(*at));
    at = encode((const uint8_t *)info->CredTypes, info->CredTypeCount * sizeof(number), at);
    number_put(number, (uint32_t)(units * sizeof(*text)), 4);
    encode(number, sizeof(number), at);
    *buffer = (USHORT *)text;
    *size = (ULONG)(units * sizeof(*text));
    return STATUS_SUCCESS;
}

/* ---- reading
 * ---------------------------------------------------------------------------------------- */

/* The text found and checked. */
struct parsed {
    const WCHAR *names; /* all of them, one behind the other */
    const WCHAR *types;
    size_t length[NAMES], total, type_count, units;
    uint32_t flags;
};

/* The text is the last part of the buffer, as it is of a name that carries it. */
static bool parse(const WCHAR *buffer, size_t units, struct parsed *parsed)
{
    uint8_t header[HEADER_SIZE], number[4];
    const WCHAR *start;
    size_t needed = FRAME_UNITS;

    if (units < FRAME_UNITS || !decode(buffer + units - SIZE_UNITS, number, sizeof(number)))
        return false;
    parsed->units = number_get(number, 4) / sizeof(WCHAR);
    if (number_get(number, 4) % sizeof(WCHAR) || parsed->units < FRAME_UNITS ||
        parsed->units > units || parsed->units > TEXT_MAX)
        return false;
    start = buffer + units - parsed->units;
    if (memcmp(start, mark, MARK_UNITS * sizeof(*mark)) ||
        !decode(start + MARK_UNITS, header, sizeof(header)))
        return false;
    parsed->flags = number_get(header + AT_FLAGS, 4);
    parsed->type_count = header[AT_TYPES];
    parsed->names = start + MARK_UNITS + HEADER_UNITS;
    parsed->total = 0;
    for (size_t i = 0; i < NAMES; i++) {
        uint32_t bytes = number_get(header + AT_LENGTHS + 2 * i, 2);

        if (bytes % sizeof(WCHAR))
            return false;
        parsed->length[i] = bytes / sizeof(WCHAR);
        parsed->total += parsed->length[i];
    }
    parsed->types = parsed->names + parsed->total;
    needed += parsed->total + units_for(parsed->type_count * sizeof(number));
    return needed == parsed->units;
}

/* One block: the structure, the types, the names. Freed with LocalFree. */
NTSTATUS WINAPI CredUnmarshalTargetInfo(PUSHORT buffer, ULONG size,
                                        PCREDENTIAL_TARGET_INFORMATIONW *info, PULONG used)
{
    CREDENTIAL_TARGET_INFORMATIONW *made;
    struct parsed parsed;
    WCHAR *to;

    if (!buffer || !info || size % sizeof(WCHAR) ||
        !parse((const WCHAR *)buffer, size / sizeof(WCHAR), &parsed))
        return STATUS_INVALID_PARAMETER;
    made = local_alloc(sizeof(*made) + parsed.type_count * sizeof(DWORD) +
                       (parsed.total + NAMES) * sizeof(WCHAR));
    if (!made)
        return STATUS_NO_MEMORY;
    made->Flags = parsed.flags;
    made->CredTypeCount = (DWORD)parsed.type_count;
    to = (WCHAR *)(void *)((DWORD *)(made + 1) + parsed.type_count);
    if (parsed.type_count) {
        made->CredTypes = (DWORD *)(made + 1);
        if (!decode(parsed.types, (uint8_t *)made->CredTypes, parsed.type_count * sizeof(DWORD))) {
            local_free(made);
            return STATUS_INVALID_PARAMETER;
        }
    }
    for (size_t i = 0; i < NAMES; i++)
        if (parsed.length[i]) {
            memcpy(to, parsed.names, parsed.length[i] * sizeof(*to));
            parsed.names += parsed.length[i];
            *names_of(made, i) = to;
            to += parsed.length[i] + 1;
        }
    *info = made;
    if (used)
        *used = (ULONG)(parsed.units * sizeof(WCHAR));
    return STATUS_SUCCESS;
}
