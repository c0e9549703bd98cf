/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * platform.h, text, on Linux: ANSI is UTF-8 here. Conversions of ANSI put U+FFFD where a character
 * is malformed, as Windows' conversions do; those named utf8 refuse it.
 */
#include "platform/platform.h"

#include <string.h>

#include "base/checked.h"
#include "base/mem.h"

#define REPLACEMENT 0xfffdu

/* One character from at least one byte; *size: how many bytes it took. false: malformed. */
static bool decode_utf8(const uint8_t *text, size_t room, uint32_t *character, size_t *size)
{
    /* Smallest value of each length: anything below is an overlong form (RFC 3629 3). */
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    size_t more = text[0] < 0x80 ? 0 : text[0] < 0xe0 ? 1 : text[0] < 0xf0 ? 2 : 3;
    uint32_t value = more ? text[0] & (0x3fu >> more) : text[0];

    *size = 1;
    if (more && (text[0] < 0xc2 || text[0] > 0xf4))
        return false;
    for (size_t i = 1; i <= more; i++) {
        if (i >= room || (text[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (text[i] & 0x3fu);
    }
    if (value < smallest[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return false;
    *character = value;
    *size = more + 1;
    return true;
}

/* *damaged: something was malformed. Never longer in units than the text is in bytes. */
static SECURITY_STATUS wide_from(const char *text, WCHAR **wide, bool *damaged)
{
    size_t size = strlen(text), used = 0, units;
    WCHAR *result;

    if (!size_add(size, 1, &units))
        return SEC_E_INSUFFICIENT_MEMORY;
    result = mem_alloc_array(units, sizeof(*result));
    if (!result)
        return SEC_E_INSUFFICIENT_MEMORY;
    *damaged = false;
    for (size_t at = 0, taken; at < size; at += taken) {
        uint32_t character;

        if (!decode_utf8((const uint8_t *)text + at, size - at, &character, &taken)) {
            character = REPLACEMENT;
            *damaged = true;
        }
        if (character >= 0x10000) {
            result[used++] = (WCHAR)(0xd800 + ((character - 0x10000) >> 10));
            character = 0xdc00 + ((character - 0x10000) & 0x3ff);
        }
        result[used++] = (WCHAR)character;
    }
    *wide = result;
    return SEC_E_OK;
}

SECURITY_STATUS platform_wide_from_ansi(const char *ansi, WCHAR **wide)
{
    bool damaged;

    if (ansi)
        return wide_from(ansi, wide, &damaged);
    *wide = NULL;
    return SEC_E_OK;
}

SECURITY_STATUS platform_wide_from_utf8(const char *utf8, WCHAR **wide)
{
    WCHAR *result = NULL;
    bool damaged = false;
    SECURITY_STATUS status = utf8 ? wide_from(utf8, &result, &damaged) : SEC_E_OK;

    if (status == SEC_E_OK && damaged) {
        mem_free(result);
        return SEC_E_INVALID_TOKEN;
    }
    if (status == SEC_E_OK)
        *wide = result;
    return status;
}

/* One character from at least one unit. false: a surrogate without its other half. */
static bool decode_utf16(const WCHAR *text, size_t room, uint32_t *character, size_t *units)
{
    *units = 1;
    *character = text[0];
    if (text[0] < 0xd800 || text[0] >= 0xe000)
        return true;
    if (text[0] >= 0xdc00 || room < 2 || text[1] < 0xdc00 || text[1] >= 0xe000)
        return false;
    *units = 2;
    *character = 0x10000 + ((text[0] & 0x3ffu) << 10 | (text[1] & 0x3ffu));
    return true;
}

static size_t encode_utf8(uint32_t character, uint8_t out[4])
{
    size_t more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};

    for (size_t i = more; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    out[0] = (uint8_t)(lead[more] | character);
    return more + 1;
}

static SECURITY_STATUS utf8_from(const WCHAR *wide, char **text, bool *damaged)
{
    size_t length = platform_wide_length(wide), room, used = 0;
    uint8_t *result;

    /* A unit becomes three bytes at most. */
    if (!size_multiply(length, 3, &room) || !size_add(room, 1, &room))
        return SEC_E_INSUFFICIENT_MEMORY;
    result = mem_alloc(room);
    if (!result)
        return SEC_E_INSUFFICIENT_MEMORY;
    *damaged = false;
    for (size_t at = 0, taken; at < length; at += taken) {
        uint32_t character;
        uint8_t bytes[4];
        size_t size;

        if (!decode_utf16(wide + at, length - at, &character, &taken)) {
            character = REPLACEMENT;
            *damaged = true;
        }
        size = encode_utf8(character, bytes);
        memcpy(result + used, bytes, size);
        used += size;
    }
    *text = (char *)result;
    return SEC_E_OK;
}

SECURITY_STATUS platform_ansi_from_wide(const WCHAR *wide, char **ansi)
{
    bool damaged;

    if (wide)
        return utf8_from(wide, ansi, &damaged);
    *ansi = NULL;
    return SEC_E_OK;
}

SECURITY_STATUS platform_utf8_from_wide(const WCHAR *wide, char **utf8)
{
    char *result = NULL;
    bool damaged = false;
    SECURITY_STATUS status = wide ? utf8_from(wide, &result, &damaged) : SEC_E_OK;

    if (status == SEC_E_OK && damaged) {
        mem_free(result);
        return SEC_E_INVALID_TOKEN;
    }
    if (status == SEC_E_OK)
        *utf8 = result;
    return status;
}
