/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See log.h.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_UNREAD (1u << 31)
#define LOG_LINE_MAX 1024
#define ABSENT_MAX 64

atomic_uint log_channels = LOG_UNREAD;

static const char *const channel_names[LOG_CHANNEL_COUNT] = {
    "sspi", "schannel", "tls", "gss", "platform", "lsa", "misc",
};

static unsigned channels_from_text(const char *text)
{
    unsigned channels = 0;

    while (text && *text) {
        size_t size = strcspn(text, ",");

        for (unsigned i = 0; i < LOG_CHANNEL_COUNT; i++)
            if (strlen(channel_names[i]) == size && !memcmp(channel_names[i], text, size))
                channels |= 1u << i;
        if (size == 3 && !memcmp(text, "all", size))
            channels |= (1u << LOG_CHANNEL_COUNT) - 1;
        text += size + (text[size] == ',');
    }
    return channels;
}

bool log_wanted_slow(enum log_channel channel)
{
    unsigned channels = channels_from_text(getenv("SECUR32_DEBUG"));

    atomic_store(&log_channels, channels);
    return (channels >> channel) & 1;
}

/* One write per line, so that lines of several threads do not mix. */
static void write_line(const char *name, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void write_line(const char *name, const char *format, va_list arguments)
{
    char line[LOG_LINE_MAX];
    int used = snprintf(line, sizeof(line), "secur32: %s%s", name, *name ? ": " : "");
    size_t start = used < 0 ? 0 : (size_t)used;

    vsnprintf(line + start, sizeof(line) - start - 1, format, arguments);
    strcat(line, "\n");
    fputs(line, stderr);
    fflush(stderr);
}

void log_line(enum log_channel channel, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line(channel_names[channel], format, arguments);
    va_end(arguments);
}

void log_notice(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_line("", format, arguments);
    va_end(arguments);
}

void log_absent(enum log_channel channel, const char *function)
{
    static _Atomic(const char *) told[ABSENT_MAX];

    if (!log_wanted(channel))
        return;
    for (size_t i = 0; i < ABSENT_MAX; i++) {
        const char *name = NULL;

        if (atomic_compare_exchange_strong(&told[i], &name, function))
            break;
        if (!strcmp(name, function))
            return;
    }
    log_line(channel, "%s is not built yet", function);
}
