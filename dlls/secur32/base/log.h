/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Tracing. SECUR32_DEBUG names channels ("all", or a comma list of those below); each event is one
 * line on standard error. No secrets and no payload. Off costs one load.
 */
#ifndef SECUR32_BASE_LOG_H
#define SECUR32_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

enum log_channel {
    LOG_SSPI,
    LOG_SCHANNEL,
    LOG_TLS,
    LOG_GSS,
    LOG_PLATFORM,
    LOG_LSA,
    LOG_MISC,
    LOG_CHANNEL_COUNT
};

extern atomic_uint log_channels; /* a bit per channel; bit 31: SECUR32_DEBUG was not read yet */

bool log_wanted_slow(enum log_channel channel);

static inline bool log_wanted(enum log_channel channel)
{
    unsigned channels = atomic_load_explicit(&log_channels, memory_order_relaxed);

    return channels && ((channels >> 31) ? log_wanted_slow(channel) : (channels >> channel) & 1);
}

void log_line(enum log_channel channel, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A line that the user must see whatever SECUR32_DEBUG says: what is missing, and the remedy. */
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A function that is not built was called: a line of the channel, once for each function. The name
 * is a literal. */
void log_absent(enum log_channel channel, const char *function);

#define TRACE(channel, ...) (log_wanted(channel) ? log_line(channel, __VA_ARGS__) : (void)0)

#endif
