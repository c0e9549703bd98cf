/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See host.h: the Windows side, kernel32 only.
 */
#include "host.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct host_thread {
    HANDLE handle;
    void (*run)(void *argument);
    void *argument;
};

/* Wine's ntdll says so by an export that Windows' does not have. */
const char *host_platform(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");

    return ntdll && GetProcAddress(ntdll, "wine_get_version") ? "wine" : "windows";
}

static LONG WINAPI bail_out(EXCEPTION_POINTERS *exception)
{
    printf("\nBail out! crashed with exception %08lx at %p\n",
           (unsigned long)exception->ExceptionRecord->ExceptionCode,
           exception->ExceptionRecord->ExceptionAddress);
    fflush(stdout);
    TerminateProcess(GetCurrentProcess(), 1);
    return EXCEPTION_EXECUTE_HANDLER;
}

void host_catch_crashes(void)
{
    /* No dialog may wait for a person. */
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    SetUnhandledExceptionFilter(bail_out);
}

static DWORD WINAPI thread_main(void *argument)
{
    struct host_thread *thread = argument;

    thread->run(thread->argument);
    return 0;
}

struct host_thread *host_thread_start(void (*run)(void *argument), void *argument)
{
    struct host_thread *thread = malloc(sizeof(*thread));

    if (!thread)
        return NULL;
    thread->run = run;
    thread->argument = argument;
    thread->handle = CreateThread(NULL, 0, thread_main, thread, 0, NULL);
    if (thread->handle)
        return thread;
    free(thread);
    return NULL;
}

void host_thread_join(struct host_thread *thread)
{
    if (thread) {
        WaitForSingleObject(thread->handle, INFINITE);
        CloseHandle(thread->handle);
    }
    free(thread);
}

void host_thread_yield(void)
{
    SwitchToThread();
}

_Static_assert(sizeof(SRWLOCK) <= sizeof(struct host_lock), "room for the system's lock");

void host_lock_take(struct host_lock *lock)
{
    AcquireSRWLockExclusive((SRWLOCK *)&lock->system.pointer);
}

void host_lock_release(struct host_lock *lock)
{
    ReleaseSRWLockExclusive((SRWLOCK *)&lock->system.pointer);
}

uint64_t host_monotonic_ms(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (uint64_t)(count.QuadPart / frequency.QuadPart) * 1000 +
           (uint64_t)(count.QuadPart % frequency.QuadPart * 1000 / frequency.QuadPart);
}

int64_t host_unix_time_s(void)
{
    return (int64_t)time(NULL);
}
