/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See report.h. Text comes from servers, too: nothing of it reaches a terminal unprinted, and JSON
 * stays JSON (RFC 8259 7).
 */
#include "report.h"

#include <stdio.h>

static void indent(const struct report *report)
{
    for (unsigned i = 0; i < report->depth; i++)
        fputs("  ", stdout);
}

static void put_escaped(const struct report *report, unsigned c)
{
    if (c < 0x20 || c >= 0x7f)
        printf(report->json ? "\\u%04x" : "\\x%02x", c);
    else if (report->json && (c == '"' || c == '\\'))
        printf("\\%c", (int)c);
    else
        putchar((int)c);
}

static void begin_member(struct report *report, const char *name)
{
    if (report->json) {
        printf("%s\n", report->first ? "" : ",");
        indent(report);
        printf("\"%s\":", name);
    } else {
        indent(report);
        printf("%s:", name);
    }
    report->first = false;
}

static void begin_value(struct report *report, const char *name)
{
    begin_member(report, name);
    putchar(' ');
}

static void end_value(const struct report *report)
{
    if (!report->json)
        putchar('\n');
}

void report_begin(struct report *report)
{
    report->first = true;
    report->depth = report->json ? 1 : 0;
    if (report->json)
        putchar('{');
}

void report_end(struct report *report)
{
    if (report->json)
        fputs("\n}\n", stdout);
}

void report_open(struct report *report, const char *name)
{
    begin_member(report, name);
    if (report->json)
        fputs(" {", stdout);
    else
        putchar('\n');
    report->depth++;
    report->first = true;
}

void report_close(struct report *report)
{
    report->depth--;
    if (report->json) {
        if (!report->first) {
            putchar('\n');
            indent(report);
        }
        putchar('}');
    }
    report->first = false;
}

void report_text(struct report *report, const char *name, const char *value)
{
    begin_value(report, name);
    if (report->json)
        putchar('"');
    for (; value && *value; value++)
        put_escaped(report, (unsigned char)*value);
    if (report->json)
        putchar('"');
    end_value(report);
}

void report_wide(struct report *report, const char *name, const WCHAR *value)
{
    begin_value(report, name);
    if (report->json)
        putchar('"');
    for (; value && *value; value++)
        put_escaped(report, *value);
    if (report->json)
        putchar('"');
    end_value(report);
}

void report_number(struct report *report, const char *name, unsigned long long value)
{
    begin_value(report, name);
    printf("%llu", value);
    end_value(report);
}

void report_hex(struct report *report, const char *name, unsigned long value, int digits)
{
    begin_value(report, name);
    printf(report->json ? "\"0x%0*lx\"" : "0x%0*lx", digits, value);
    end_value(report);
}

void report_flag(struct report *report, const char *name, bool value)
{
    begin_value(report, name);
    fputs(value ? (report->json ? "true" : "yes") : (report->json ? "false" : "no"), stdout);
    end_value(report);
}

void report_bytes(struct report *report, const char *name, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    begin_value(report, name);
    if (report->json)
        putchar('"');
    for (size_t i = 0; i < size; i++)
        printf("%02x", bytes[i]);
    if (report->json)
        putchar('"');
    end_value(report);
}
