/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * base/log: which channels SECUR32_DEBUG opens, and what a line looks like.
 */
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define UNREAD (1u << 31)

/* What write_event prints on standard error, in text; false: could not be caught. */
static bool catch_error_output(void (*write_event)(void), char *text, size_t room)
{
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    bool caught = false;

    if (file && saved >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0) {
        size_t size;

        write_event();
        fflush(stderr);
        dup2(saved, STDERR_FILENO);
        rewind(file);
        size = fread(text, 1, room - 1, file);
        text[size] = 0;
        caught = true;
    }
    if (saved >= 0)
        close(saved);
    if (file)
        fclose(file);
    return ok(caught, "cannot catch standard error");
}

START_TEST(log_channel_names)
{
    static const struct {
        const char *setting;
        unsigned want; /* bits of enum log_channel */
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"all", (1u << LOG_CHANNEL_COUNT) - 1},
        {"tls", 1u << LOG_TLS},
        {"sspi,misc", 1u << LOG_SSPI | 1u << LOG_MISC},
        {"misc,sspi", 1u << LOG_SSPI | 1u << LOG_MISC},
        {",,platform,", 1u << LOG_PLATFORM},
        {"lsa,lsa", 1u << LOG_LSA},
        {"unknown,schannel", 1u << LOG_SCHANNEL},
        {"schannel,all", (1u << LOG_CHANNEL_COUNT) - 1},
        {"tl", 0},
        {"tlsx", 0},
        {"TLS", 0},
        {"tls sspi", 0},
        {"1", 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (cases[i].setting)
            setenv("SECUR32_DEBUG", cases[i].setting, 1);
        else
            unsetenv("SECUR32_DEBUG");
        atomic_store(&log_channels, UNREAD);
        for (unsigned channel = 0; channel < LOG_CHANNEL_COUNT; channel++)
            ok(log_wanted((enum log_channel)channel) == ((cases[i].want >> channel) & 1),
               "\"%s\": channel %u", cases[i].setting ? cases[i].setting : "(not set)", channel);
        ok(!(atomic_load(&log_channels) & UNREAD), "the setting is read again and again");
    }
    unsetenv("SECUR32_DEBUG");
}

static void write_plain(void)
{
    TRACE(LOG_TLS, "%d and %s", 5, "text");
    TRACE(LOG_SSPI, "must not be seen");
}

static void write_notice(void)
{
    log_notice("install %s", "it");
}

static void write_long(void)
{
    static char text[5000];

    memset(text, 'x', sizeof(text) - 1);
    TRACE(LOG_TLS, "%s", text);
}

START_TEST(log_lines)
{
    char text[8192];

    setenv("SECUR32_DEBUG", "tls", 1);
    atomic_store(&log_channels, UNREAD);
    if (catch_error_output(write_plain, text, sizeof(text)))
        ok(!strcmp(text, "secur32: tls: 5 and text\n"), "got '%s'", text);
    if (catch_error_output(write_long, text, sizeof(text))) {
        ok(strlen(text) >= 900 && strlen(text) < 1024, "%zu characters", strlen(text));
        ok(strchr(text, '\n') == text + strlen(text) - 1, "not one whole line");
    }

    unsetenv("SECUR32_DEBUG");
    atomic_store(&log_channels, UNREAD);
    if (catch_error_output(write_plain, text, sizeof(text)))
        ok(!*text, "off, but got '%s'", text);
    if (catch_error_output(write_notice, text, sizeof(text)))
        ok(!strcmp(text, "secur32: install it\n"), "got '%s'", text);
}
