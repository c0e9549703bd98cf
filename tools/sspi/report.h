/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * What a tool tells, as text for people or as JSON: named values in groups in groups.
 */
#ifndef SECUR32_TOOLS_REPORT_H
#define SECUR32_TOOLS_REPORT_H

#include "winsspi.h"

#include <stdbool.h>
#include <stddef.h>

struct report {
    bool json;
    unsigned depth;
    bool first; /* nothing stands in the innermost group yet */
};

void report_begin(struct report *report);
void report_end(struct report *report);

/* A group; its members are objects or values with names. */
void report_open(struct report *report, const char *name);
void report_close(struct report *report);

void report_text(struct report *report, const char *name, const char *value);
void report_wide(struct report *report, const char *name, const WCHAR *value);
void report_number(struct report *report, const char *name, unsigned long long value);
void report_hex(struct report *report, const char *name, unsigned long value, int digits);
void report_flag(struct report *report, const char *name, bool value);
void report_bytes(struct report *report, const char *name, const void *data, size_t size);

#endif
