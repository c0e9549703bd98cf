/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Fuzz target: the crossing from PE to ELF (params.h), for the calls that carry what strangers
 * made: certificates, revocation lists and names. Byte 0 chooses the call, byte 1 lies about sizes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "secur32unix/params.h"

#define ROOM 512

extern int (*const __wine_unix_call_funcs[PARAM_CALL_COUNT])(void *params);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is wrong with a span, on purpose. */
enum lie {
    LIE_NONE,
    LIE_NO_ADDRESS,
    LIE_TOO_LONG, /* and no address, so that nothing may be read */
    LIE_NOTHING,
    LIE_COUNT
};

static struct param_span make_span(void *memory, size_t size, unsigned lie)
{
    struct param_span span = {(uint64_t)(uintptr_t)memory, (uint32_t)size, 0};

    if (lie == LIE_NO_ADDRESS || lie == LIE_TOO_LONG)
        span.data = 0;
    if (lie == LIE_TOO_LONG)
        span.size = 0xffffffff;
    if (lie == LIE_NOTHING)
        span.size = 0;
    return span;
}

static int call(enum param_call number, void *params)
{
    int status = __wine_unix_call_funcs[number](params);

    /* Nothing but the seam's answers and the one refusal may come out. */
    if (status != PARAM_REFUSED && (status < 0 || status >= TLS_STATUS_COUNT))
        abort();
    return status;
}

static void call_name(struct param_span text)
{
    uint8_t ascii[ROOM];
    struct param_name params = {.target = text, .ascii = make_span(ascii, sizeof(ascii), LIE_NONE)};

    if (call(PARAM_NAME, &params) == TLS_OK && params.size > sizeof(ascii))
        abort();
}

static void call_end_point(struct param_span certificate)
{
    uint8_t to[ROOM];
    struct param_end_point params = {.certificate = certificate,
                                     .to = make_span(to, sizeof(to), LIE_NONE)};

    if (call(PARAM_END_POINT, &params) == TLS_OK && params.size > sizeof(to))
        abort();
}

static void call_facts(struct param_span certificate)
{
    struct param_facts params = {.certificate = certificate};

    call(PARAM_FACTS, &params);
}

/* The bytes as the only certificate, as a list of one, and as a revocation list. */
static void call_judge(struct param_span bytes, unsigned lie)
{
    static char name[] = "localhost";
    struct param_span list[2] = {bytes, bytes};
    struct param_judge params = {.name = make_span(name, sizeof(name) - 1, LIE_NONE)};

    params.certificates = make_span(list, 1 + lie % 2, lie / LIE_COUNT % LIE_COUNT);
    params.crls = make_span(list, lie % 2, LIE_NONE);
    params.peer_role = lie % 5;
    call(PARAM_JUDGE, &params);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int loaded;
    struct param_span span;
    uint8_t *copy;

    if (!loaded) {
        struct param_load load = {.revision = PARAM_REVISION};

        call(PARAM_LOAD, &load);
        loaded = 1;
    }
    if (size < 2)
        return 0;
    /* Of exact size, so that a sanitizer sees a byte too much. */
    copy = malloc(size - 2 ? size - 2 : 1);
    if (!copy)
        abort();
    memcpy(copy, data + 2, size - 2);
    span = make_span(copy, size - 2, data[1] % LIE_COUNT);
    switch (data[0] % 4) {
    case 0:
        call_name(span);
        break;
    case 1:
        call_end_point(span);
        break;
    case 2:
        call_facts(span);
        break;
    default:
        call_judge(span, data[1]);
        break;
    }
    free(copy);
    return 0;
}
