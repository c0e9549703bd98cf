/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See net.h: Windows.
 */
#include "net.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tool_lock {
    CRITICAL_SECTION section;
};

/* Only the main thread opens sockets, so its text needs no lock. */
static char error_text[256];

static intptr_t fail(const char *what, int code)
{
    snprintf(error_text, sizeof(error_text), "%s: Windows Sockets error %d", what, code);
    return NET_NONE;
}

const char *net_error(void)
{
    return error_text;
}

bool net_start(void)
{
    WSADATA data;

    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

static struct addrinfo *resolve(const char *host, const char *port, enum net_family family,
                                int kind, int flags)
{
    static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6};
    struct addrinfo hints = {0}, *list = NULL;
    int error;

    hints.ai_family = families[family];
    hints.ai_socktype = kind;
    hints.ai_flags = flags;
    error = getaddrinfo(host, port, &hints, &list);
    if (error) {
        fail(host ? host : port, error);
        return NULL;
    }
    return list;
}

static intptr_t open_connected(const char *host, const char *port, enum net_family family, int kind)
{
    struct addrinfo *list = resolve(host, port, family, kind, 0);
    SOCKET handle = INVALID_SOCKET;

    if (!list)
        return NET_NONE;
    for (struct addrinfo *one = list; one; one = one->ai_next) {
        handle = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (handle != INVALID_SOCKET && !connect(handle, one->ai_addr, (int)one->ai_addrlen))
            break;
        fail(host, WSAGetLastError());
        if (handle != INVALID_SOCKET)
            closesocket(handle);
        handle = INVALID_SOCKET;
    }
    freeaddrinfo(list);
    return handle == INVALID_SOCKET ? NET_NONE : (intptr_t)handle;
}

static intptr_t open_bound(const char *address, const char *port, enum net_family family, int kind)
{
    struct addrinfo *list = resolve(address, port, family, kind, AI_PASSIVE);
    SOCKET handle = INVALID_SOCKET;

    if (!list)
        return NET_NONE;
    for (struct addrinfo *one = list; one; one = one->ai_next) {
        handle = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (handle != INVALID_SOCKET && !bind(handle, one->ai_addr, (int)one->ai_addrlen) &&
            (kind == SOCK_DGRAM || !listen(handle, 64)))
            break;
        fail(address ? address : port, WSAGetLastError());
        if (handle != INVALID_SOCKET)
            closesocket(handle);
        handle = INVALID_SOCKET;
    }
    freeaddrinfo(list);
    return handle == INVALID_SOCKET ? NET_NONE : (intptr_t)handle;
}

intptr_t net_connect(const char *host, const char *port, enum net_family family)
{
    return open_connected(host, port, family, SOCK_STREAM);
}

intptr_t net_connect_datagram(const char *host, const char *port, enum net_family family)
{
    return open_connected(host, port, family, SOCK_DGRAM);
}

intptr_t net_listen(const char *address, const char *port, enum net_family family)
{
    return open_bound(address, port, family, SOCK_STREAM);
}

intptr_t net_listen_datagram(const char *address, const char *port, enum net_family family)
{
    return open_bound(address, port, family, SOCK_DGRAM);
}

intptr_t net_accept(intptr_t listener)
{
    SOCKET handle = accept((SOCKET)listener, NULL, NULL);

    return handle == INVALID_SOCKET ? fail("accept", WSAGetLastError()) : (intptr_t)handle;
}

bool net_accept_datagram(intptr_t socket, void *address, size_t room, size_t *size)
{
    struct sockaddr_storage from;
    int from_size = sizeof(from), got;
    char byte;

    got = recvfrom((SOCKET)socket, &byte, 1, MSG_PEEK, (struct sockaddr *)&from, &from_size);
    /* Most of the datagram does not fit: that is an error here. */
    if ((got < 0 && WSAGetLastError() != WSAEMSGSIZE) ||
        connect((SOCKET)socket, (struct sockaddr *)&from, from_size)) {
        fail("accept", WSAGetLastError());
        return false;
    }
    *size = (size_t)from_size < room ? (size_t)from_size : room;
    memcpy(address, &from, *size);
    return true;
}

unsigned net_port(intptr_t socket)
{
    struct sockaddr_storage address;
    int size = sizeof(address);

    memset(&address, 0, sizeof(address));
    if (getsockname((SOCKET)socket, (struct sockaddr *)&address, &size))
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

void net_close(intptr_t socket)
{
    if (socket != NET_NONE)
        closesocket((SOCKET)socket);
}

void net_shutdown(intptr_t socket)
{
    shutdown((SOCKET)socket, SD_SEND);
}

void net_timeout(intptr_t socket, unsigned seconds)
{
    DWORD limit = seconds * 1000;

    setsockopt((SOCKET)socket, SOL_SOCKET, SO_RCVTIMEO, (const char *)&limit, sizeof(limit));
}

void net_no_delay(intptr_t socket)
{
    BOOL on = TRUE;

    setsockopt((SOCKET)socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof(on));
}

long net_read(intptr_t socket, void *to, size_t room)
{
    return recv((SOCKET)socket, to, room > INT_MAX ? INT_MAX : (int)room, 0);
}

bool net_write(intptr_t socket, const void *from, size_t size)
{
    const char *next = from;

    while (size) {
        int sent = send((SOCKET)socket, next, size > INT_MAX ? INT_MAX : (int)size, 0);

        if (sent <= 0)
            return false;
        next += sent;
        size -= (size_t)sent;
    }
    return true;
}

long stdin_read(void *to, size_t room)
{
    DWORD got = 0, wanted = room > INT_MAX ? INT_MAX : (DWORD)room;

    if (!ReadFile(GetStdHandle(STD_INPUT_HANDLE), to, wanted, &got, NULL))
        return GetLastError() == ERROR_BROKEN_PIPE ? 0 : -1;
    return (long)got;
}

bool stdout_write(const void *from, size_t size)
{
    const char *next = from;

    while (size) {
        DWORD done = 0, wanted = size > INT_MAX ? INT_MAX : (DWORD)size;

        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), next, wanted, &done, NULL) || !done)
            return false;
        next += done;
        size -= done;
    }
    return true;
}

struct start {
    void (*run)(void *);
    void *argument;
};

static DWORD WINAPI run_thread(void *pointer)
{
    struct start start = *(struct start *)pointer;

    free(pointer);
    start.run(start.argument);
    return 0;
}

bool thread_start(void (*run)(void *), void *argument)
{
    struct start *start = malloc(sizeof(*start));
    HANDLE thread;

    if (!start)
        return false;
    start->run = run;
    start->argument = argument;
    thread = CreateThread(NULL, 0, run_thread, start, 0, NULL);
    if (!thread) {
        free(start);
        return false;
    }
    CloseHandle(thread);
    return true;
}

struct tool_lock *tool_lock_new(void)
{
    struct tool_lock *lock = malloc(sizeof(*lock));

    if (lock)
        InitializeCriticalSection(&lock->section);
    return lock;
}

void tool_lock_take(struct tool_lock *lock)
{
    EnterCriticalSection(&lock->section);
}

void tool_lock_release(struct tool_lock *lock)
{
    LeaveCriticalSection(&lock->section);
}
