/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See host.h: the Linux side.
 */
#include "host.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct host_thread {
    pthread_t id;
    void (*run)(void *argument);
    void *argument;
};

const char *host_platform(void)
{
    return "linux";
}

/* Only functions that a signal handler may call. */
static void bail_out(int number)
{
    static const char text[] = "\nBail out! crashed with signal ";
    char digits[] = {(char)('0' + number / 10), (char)('0' + number % 10), '\n'};

    if (write(STDOUT_FILENO, text, sizeof(text) - 1) > 0 &&
        write(STDOUT_FILENO, digits, sizeof(digits)) > 0)
        signal(number, SIG_DFL);
    raise(number);
}

void host_catch_crashes(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction action, old;

    memset(&action, 0, sizeof(action));
    action.sa_handler = bail_out;
    action.sa_flags = (int)SA_RESETHAND;
    /* A sanitizer's own handler says more than ours. */
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (sigaction(signals[i], NULL, &old) == 0 && !(old.sa_flags & SA_SIGINFO) &&
            old.sa_handler == SIG_DFL)
            sigaction(signals[i], &action, NULL);
}

static void *thread_main(void *argument)
{
    struct host_thread *thread = argument;

    thread->run(thread->argument);
    return NULL;
}

struct host_thread *host_thread_start(void (*run)(void *argument), void *argument)
{
    struct host_thread *thread = malloc(sizeof(*thread));

    if (!thread)
        return NULL;
    thread->run = run;
    thread->argument = argument;
    if (pthread_create(&thread->id, NULL, thread_main, thread) == 0)
        return thread;
    free(thread);
    return NULL;
}

void host_thread_join(struct host_thread *thread)
{
    if (thread)
        pthread_join(thread->id, NULL);
    free(thread);
}

void host_thread_yield(void)
{
    sched_yield();
}

/* PTHREAD_MUTEX_INITIALIZER is all zeros where we build. */
_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct host_lock), "room for the system's lock");

void host_lock_take(struct host_lock *lock)
{
    pthread_mutex_lock((pthread_mutex_t *)(void *)lock);
}

void host_lock_release(struct host_lock *lock)
{
    pthread_mutex_unlock((pthread_mutex_t *)(void *)lock);
}

uint64_t host_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t host_unix_time_s(void)
{
    return (int64_t)time(NULL);
}
