/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See harness.h. Lines are written whole and flushed at once: a crash must not lose the last ones,
 * and several threads may report.
 */
#ifndef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#endif

#include "harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define MESSAGE_MAX 2048
#define CONTEXT_DEPTH 8
#define CONTEXT_MAX 256

static struct harness_test *tests; /* sorted by file and line */

static struct host_lock output_lock;     /* guards all that follows up to `todo` */
static unsigned points, failures;        /* of the program */
static unsigned test_passed, test_other; /* of the running test */

/* The main thread's. */
static struct {
    int left; /* how often the body of todo_if still runs */
    bool active;
} todo_state;
static char contexts[CONTEXT_DEPTH][CONTEXT_MAX];
static unsigned context_depth;
static unsigned first_seed, seed_state = 1;
static const char *pki_folder;

void harness_register(struct harness_test *test)
{
    struct harness_test **at = &tests;

    while (*at) {
        int order = strcmp((*at)->file, test->file);

        if (order > 0 || (order == 0 && (*at)->line > test->line))
            break;
        at = &(*at)->next;
    }
    test->next = *at;
    *at = test;
}

static const char *base_name(const char *path)
{
    const char *base = path;

    for (; *path; path++)
        if (*path == '/' || *path == '\\')
            base = path + 1;
    return base;
}

static void lock_output(void)
{
    host_lock_take(&output_lock);
}

static void unlock_output(void)
{
    host_lock_release(&output_lock);
}

/* file:line: contexts: message, with nothing in it that TAP would take for something else. */
static void describe(char *to, size_t room, const char *file, int line, const char *format,
                     va_list arguments) HARNESS_FORMAT(5, 0);

static void describe(char *to, size_t room, const char *file, int line, const char *format,
                     va_list arguments)
{
    size_t used = (size_t)snprintf(to, room, "%s:%d: ", base_name(file), line);

    for (unsigned i = 0; i < context_depth && used < room; i++)
        used += (size_t)snprintf(to + used, room - used, "%s: ", contexts[i]);
    if (used < room)
        vsnprintf(to + used, room - used, format, arguments);
    for (; *to; to++)
        if (*to == '\n' || *to == '\r' || *to == '#')
            *to = ' ';
}

static void print_point(bool passed, const char *directive, const char *message)
{
    printf("%sok %u %s %s\n", passed ? "" : "not ", ++points, directive, message);
    fflush(stdout);
}

static void record(bool passed, const char *message)
{
    lock_output();
    if (todo_state.active) {
        test_other++;
        failures += passed;
        if (passed)
            printf("# this was to do and works now:\n");
        print_point(false, passed ? "-" : "# TODO", message);
    } else if (passed) {
        test_passed++;
    } else {
        test_other++;
        failures++;
        print_point(false, "-", message);
    }
    unlock_output();
}

bool harness_ok(const char *file, int line, bool condition, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;

    va_start(arguments, format);
    describe(message, sizeof(message), file, line, format, arguments);
    va_end(arguments);
    record(condition, message);
    return condition;
}

bool harness_ok_number(const char *file, int line, unsigned long got, unsigned long want,
                       bool is_status, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;
    size_t used;

    va_start(arguments, format);
    describe(message, sizeof(message), file, line, format, arguments);
    va_end(arguments);
    used = strlen(message);
    if (is_status)
        snprintf(message + used, sizeof(message) - used, ": got %08lx, want %08lx", got, want);
    else
        snprintf(message + used, sizeof(message) - used, ": got %lu, want %lu", got, want);
    record(got == want, message);
    return got == want;
}

static void print_skip(const char *message)
{
    lock_output();
    test_other++;
    print_point(true, "# SKIP", message);
    unlock_output();
}

void harness_skip(const char *file, int line, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;

    va_start(arguments, format);
    describe(message, sizeof(message), file, line, format, arguments);
    va_end(arguments);
    print_skip(message);
}

void harness_win_skip(const char *file, int line, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;

    va_start(arguments, format);
    describe(message, sizeof(message), file, line, format, arguments);
    va_end(arguments);
    if (running_on_windows())
        print_skip(message);
    else
        record(false, message);
}

void harness_trace(const char *file, int line, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;

    va_start(arguments, format);
    describe(message, sizeof(message), file, line, format, arguments);
    va_end(arguments);
    lock_output();
    printf("# %s\n", message);
    fflush(stdout);
    unlock_output();
}

void harness_todo_begin(bool is_todo)
{
    todo_state.left = 1;
    todo_state.active = is_todo;
}

bool harness_todo_once(void)
{
    return todo_state.left-- > 0;
}

void harness_todo_end(void)
{
    todo_state.active = false;
}

void push_context(const char *format, ...)
{
    va_list arguments;

    if (context_depth == CONTEXT_DEPTH)
        abort();
    va_start(arguments, format);
    vsnprintf(contexts[context_depth++], CONTEXT_MAX, format, arguments);
    va_end(arguments);
}

void pop_context(void)
{
    if (context_depth == 0)
        abort();
    context_depth--;
}

bool running_under_wine(void)
{
    return strcmp(host_platform(), "wine") == 0;
}

bool running_on_windows(void)
{
    return strcmp(host_platform(), "windows") == 0;
}

/* Numerical Recipes' linear congruential generator; the upper bits are the good ones. */
unsigned harness_random(void)
{
    seed_state = seed_state * 1664525u + 1013904223u;
    return seed_state >> 8;
}

void harness_seed(unsigned seed)
{
    seed_state = seed;
}

unsigned harness_first_seed(void)
{
    return first_seed;
}

const char *harness_pki_folder(void)
{
    return pki_folder;
}

static void run_test(const struct harness_test *test)
{
    char message[MESSAGE_MAX];
    unsigned before = failures;

    printf("# %s (%s)\n", test->name, base_name(test->file));
    fflush(stdout);
    test_passed = test_other = 0;
    harness_seed(first_seed);
    test->run();

    if (todo_state.active || context_depth) {
        snprintf(message, sizeof(message), "%s: left a todo or a context open", test->name);
        todo_state.active = false;
        context_depth = 0;
        record(false, message);
    }
    if (!test_passed && !test_other) {
        snprintf(message, sizeof(message), "%s: checked nothing", test->name);
        record(false, message);
    }
    if (test_passed) {
        snprintf(message, sizeof(message), "%s: %u checks%s", test->name, test_passed,
                 failures == before ? "" : " passed, others failed");
        print_point(true, "-", message);
    }
}

static struct harness_test *find_test(const char *name)
{
    for (struct harness_test *test = tests; test; test = test->next)
        if (!strcmp(test->name, name))
            return test;
    return NULL;
}

static void print_help(const char *program)
{
    printf("Usage: %s [--list] [--seed N] [--pki DIR] [TEST...]\n"
           "Runs the named tests, or all of them, and prints TAP.\n\n"
           "  --list      print the names of the tests\n"
           "  --seed N    start of the random sequence (also SECUR32_TEST_SEED)\n"
           "  --pki DIR   folder with test certificates (also SECUR32_TEST_PKI)\n"
           "  --help      this text\n\n"
           "Exit code: 0 nothing failed, 1 something failed, 2 wrong usage.\n",
           base_name(program));
}

/* Options up to the first name; the index of that name, or -1: exit with *code. */
static int read_options(int count, char **arguments, int *code)
{
    int i;

    for (i = 1; i < count && arguments[i][0] == '-'; i++) {
        bool has_value = i + 1 < count;

        *code = 0;
        if (!strcmp(arguments[i], "--help")) {
            print_help(arguments[0]);
            return -1;
        }
        if (!strcmp(arguments[i], "--list")) {
            for (struct harness_test *test = tests; test; test = test->next)
                printf("%s\n", test->name);
            return -1;
        }
        if (!strcmp(arguments[i], "--seed") && has_value) {
            first_seed = (unsigned)strtoul(arguments[++i], NULL, 0);
        } else if (!strcmp(arguments[i], "--pki") && has_value) {
            pki_folder = arguments[++i];
        } else {
            fprintf(stderr, "%s: unknown option or missing value: %s\n", base_name(arguments[0]),
                    arguments[i]);
            *code = 2;
            return -1;
        }
    }
    return i;
}

int main(int count, char **arguments)
{
    const char *seed = getenv("SECUR32_TEST_SEED");
    int code, first;

    first_seed = seed ? (unsigned)strtoul(seed, NULL, 0) : (unsigned)host_unix_time_s();
    pki_folder = getenv("SECUR32_TEST_PKI");
    first = read_options(count, arguments, &code);
    if (first < 0)
        return code;
    for (int i = first; i < count; i++) {
        if (!find_test(arguments[i])) {
            fprintf(stderr, "%s: no such test: %s\n", base_name(arguments[0]), arguments[i]);
            return 2;
        }
    }

    host_catch_crashes();
    printf("TAP version 12\n# platform %s, seed %u\n", host_platform(), first_seed);
    if (first < count)
        for (int i = first; i < count; i++)
            run_test(find_test(arguments[i]));
    else
        for (struct harness_test *test = tests; test; test = test->next)
            run_test(test);
    printf("1..%u\n", points);
    return failures ? 1 : 0;
}
