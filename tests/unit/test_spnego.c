/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Where the MIC of a NegTokenResp stands (RFC 4178 4.2.2), in tokens good and bad.
 */
#include <string.h>

#include "gss/mit/spnego.h"
#include "harness.h"

/* What a server of Windows answered to NTLM's last message: accept-incomplete and its MIC. */
static const uint8_t with_mic[] = {0xa1, 0x1b, 0x30, 0x19, 0xa0, 0x03, 0x0a, 0x01, 0x01, 0xa3,
                                   0x12, 0x04, 0x10, 1,    0,    0,    0,    0x49, 0xc2, 0x17,
                                   0xf5, 0x39, 0x8d, 0x24, 0x67, 0,    0,    0,    0};
#define MIC_AT 9

static size_t offset_in(const uint8_t *token, size_t size)
{
    return spnego_mic_offset(span_of(token, size));
}

START_TEST(spnego_mic_place)
{
    /* clang-format off */
    static const uint8_t completed[] = {0xa1, 0x07, 0x30, 0x05, 0xa0, 0x03, 0x0a, 0x01, 0x00};
    static const uint8_t long_form[] = {0xa1, 0x81, 0x0b, 0x30, 0x82, 0, 0x07, 0xa2, 0x00, 0xa3, 0x83, 0, 0, 0x00};
    static const uint8_t first[] = {0x60, 0x06, 0x30, 0x04, 0xa3, 0x02, 0x04, 0x00};
    static const uint8_t endless[] = {0xa1, 0x80, 0x30, 0x80, 0xa3, 0x02, 0x04, 0x00};
    static const uint8_t too_long[] = {0xa1, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0x00};
    /* clang-format on */

    ok(offset_in(with_mic, sizeof(with_mic)) == MIC_AT, "a MIC");
    ok(offset_in(completed, sizeof(completed)) == 0, "no MIC");
    ok(offset_in(long_form, sizeof(long_form)) == 9, "lengths in their long form");
    ok(offset_in(first, sizeof(first)) == 0, "not a response");
    ok(offset_in(endless, sizeof(endless)) == 0, "no length");
    ok(offset_in(too_long, sizeof(too_long)) == 0, "a length of four bytes");
    ok(offset_in(NULL, 0) == 0, "nothing");
}

/* Whatever is cut off or changed, the offset is that of a tag inside the token. */
START_TEST(spnego_mic_hostile)
{
    uint8_t token[sizeof(with_mic)];

    for (size_t size = 0; size < sizeof(with_mic); size++)
        ok(offset_in(with_mic, size) == 0, "cut to %zu bytes", size);
    for (size_t at = 0; at < sizeof(with_mic); at++)
        for (int value = 0; value < 256; value++) {
            size_t offset;

            memcpy(token, with_mic, sizeof(token));
            token[at] = (uint8_t)value;
            offset = offset_in(token, sizeof(token));
            if (!ok(offset < sizeof(token) && (offset == 0 || token[offset] == 0xa3),
                    "byte %zu is %02x: offset %zu", at, (unsigned)value, offset))
                return;
        }
}
