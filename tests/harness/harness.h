/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * The test harness: TAP on standard output, with the vocabulary of Wine's own tests (ok, skip,
 * win_skip, broken, todo_if, START_TEST), so that a test file can move between the two trees. Needs
 * nothing but the C library and, in host_pe.c, kernel32; so it also runs on Windows.
 *
 * A program may hold many START_TESTs in many files; they register themselves. Run with names it
 * runs those; --list prints them. Exit code 0: nothing failed, 1: something did, 2: wrong usage.
 *
 * What is printed. Each START_TEST ends with one point that counts its checks that passed. A check
 * that fails, a skip and a todo are points of their own:
 *
 *   not ok 1 - handles.c:40: garbage: got 00000000, want 80090301
 *   ok 2 # SKIP handles.c:52: no second package
 *   not ok 3 # TODO handles.c:60: ...
 *   ok 4 - handles: 63 checks
 *   1..4
 *
 * A test that checks and skips nothing fails. A todo whose check passes fails. ok, skip and trace
 * may be called by any thread; contexts and todo belong to the main thread while no other one runs.
 */
#ifndef SECUR32_TESTS_HARNESS_H
#define SECUR32_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>

#ifndef COUNT_OF
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#endif

/* C99's formats everywhere: msvcrt's own printf does not know %zu and %lld. */
#if defined(__MINGW32__) && !defined(__clang__)
#define HARNESS_FORMAT(at, first) __attribute__((format(gnu_printf, at, first)))
#else
#define HARNESS_FORMAT(at, first) __attribute__((format(printf, at, first)))
#endif

struct harness_test {
    const char *name, *file;
    int line;
    void (*run)(void);
    struct harness_test *next;
};

void harness_register(struct harness_test *test);

/* A test. Tests run in the order of their files' names, and of their lines in a file. */
#define START_TEST(id)                                                                             \
    static void test_##id(void);                                                                   \
    __attribute__((constructor)) static void register_##id(void)                                   \
    {                                                                                              \
        static struct harness_test test = {#id, __FILE__, __LINE__, test_##id, NULL};              \
        harness_register(&test);                                                                   \
    }                                                                                              \
    static void test_##id(void)

/* ok(condition, format, ...): a check; its value is the condition. */
#define ok(condition, ...) harness_ok(__FILE__, __LINE__, (condition), __VA_ARGS__)
/* ok_status(got, want, format, ...): two SECURITY_STATUS must be equal; both are printed. */
#define ok_status(got, want, ...)                                                                  \
    harness_ok_number(__FILE__, __LINE__, (unsigned long)(got)&0xffffffff,                         \
                      (unsigned long)(want)&0xffffffff, true, __VA_ARGS__)
/* ok_number(got, want, format, ...): two numbers of at most 32 bits must be equal. */
#define ok_number(got, want, ...)                                                                  \
    harness_ok_number(__FILE__, __LINE__, (unsigned long)(got)&0xffffffff,                         \
                      (unsigned long)(want)&0xffffffff, false, __VA_ARGS__)

/* skip: what follows cannot be tested here; say what is missing. */
#define skip(...) harness_skip(__FILE__, __LINE__, __VA_ARGS__)
/* win_skip: this Windows is too old for it. A failure where it is not Windows that is tested. */
#define win_skip(...) harness_win_skip(__FILE__, __LINE__, __VA_ARGS__)
/* trace: a comment in the output, and no check. */
#define trace(...) harness_trace(__FILE__, __LINE__, __VA_ARGS__)

/* broken: a result that some Windows gives but we must not; false where it is not Windows. */
#define broken(condition) (running_on_windows() && (condition))

/* todo_if(condition) { ok(...) }: checks that are known to fail while the condition is true. */
#define todo_if(condition)                                                                         \
    for (harness_todo_begin(condition); harness_todo_once(); harness_todo_end())
/* Known to fail with this library, not on Windows. */
#define todo todo_if(!running_on_windows())
#define todo_wine todo
#define todo_wine_if(condition) todo_if(!running_on_windows() && (condition))

/* push_context(format, ...): put in front of the messages until pop_context; at most 8 deep. */
void push_context(const char *format, ...) HARNESS_FORMAT(1, 2);
void pop_context(void);

/* Native code of Linux: both false. A PE under Wine: the first. A PE under Windows: the second. */
bool running_under_wine(void);
bool running_on_windows(void);

/* A reproducible random number; --seed N or the variable SECUR32_TEST_SEED choose it. */
unsigned harness_random(void);
/* Begins the sequence of harness_random anew; each test starts with a value that is printed. */
void harness_seed(unsigned seed);
unsigned harness_first_seed(void);

/* The value of --pki DIR or of SECUR32_TEST_PKI; NULL: neither. See pki.h. */
const char *harness_pki_folder(void);

bool harness_ok(const char *file, int line, bool condition, const char *format, ...)
    HARNESS_FORMAT(4, 5);
bool harness_ok_number(const char *file, int line, unsigned long got, unsigned long want,
                       bool is_status, const char *format, ...) HARNESS_FORMAT(6, 7);
void harness_skip(const char *file, int line, const char *format, ...) HARNESS_FORMAT(3, 4);
void harness_win_skip(const char *file, int line, const char *format, ...) HARNESS_FORMAT(3, 4);
void harness_trace(const char *file, int line, const char *format, ...) HARNESS_FORMAT(3, 4);
void harness_todo_begin(bool is_todo);
bool harness_todo_once(void);
void harness_todo_end(void);

#endif
