/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * See net.h: POSIX.
 */
#define _POSIX_C_SOURCE 200809L

#include "net.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct tool_lock {
    pthread_mutex_t mutex;
};

/* Only the main thread opens sockets, so its text needs no lock. */
static char error_text[256];

static intptr_t fail(const char *what, const char *why)
{
    snprintf(error_text, sizeof(error_text), "%s: %s", what, why);
    return NET_NONE;
}

const char *net_error(void)
{
    return error_text;
}

bool net_start(void)
{
    return signal(SIGPIPE, SIG_IGN) != SIG_ERR;
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
        fail(host ? host : port, gai_strerror(error));
        return NULL;
    }
    return list;
}

static intptr_t open_connected(const char *host, const char *port, enum net_family family, int kind)
{
    struct addrinfo *list = resolve(host, port, family, kind, 0);
    int descriptor = -1;

    if (!list)
        return NET_NONE;
    for (struct addrinfo *one = list; one; one = one->ai_next) {
        descriptor = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (descriptor >= 0 && connect(descriptor, one->ai_addr, one->ai_addrlen) == 0)
            break;
        fail(host, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        descriptor = -1;
    }
    freeaddrinfo(list);
    return descriptor;
}

static intptr_t open_bound(const char *address, const char *port, enum net_family family, int kind)
{
    struct addrinfo *list = resolve(address, port, family, kind, AI_PASSIVE);
    int descriptor = -1, on = 1;

    if (!list)
        return NET_NONE;
    for (struct addrinfo *one = list; one; one = one->ai_next) {
        descriptor = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (descriptor < 0) {
            fail("socket", strerror(errno));
            continue;
        }
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (!bind(descriptor, one->ai_addr, one->ai_addrlen) &&
            (kind == SOCK_DGRAM || !listen(descriptor, 64)))
            break;
        fail(address ? address : port, strerror(errno));
        close(descriptor);
        descriptor = -1;
    }
    freeaddrinfo(list);
    return descriptor;
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
    int descriptor;

    do
        descriptor = accept((int)listener, NULL, NULL);
    while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? fail("accept", strerror(errno)) : descriptor;
}

bool net_accept_datagram(intptr_t socket, void *address, size_t room, size_t *size)
{
    struct sockaddr_storage from;
    socklen_t from_size = sizeof(from);
    ssize_t got;

    do
        got = recvfrom((int)socket, NULL, 0, MSG_PEEK, (struct sockaddr *)&from, &from_size);
    while (got < 0 && errno == EINTR);
    if (got < 0 || connect((int)socket, (struct sockaddr *)&from, from_size)) {
        fail("accept", strerror(errno));
        return false;
    }
    *size = from_size < room ? from_size : room;
    memcpy(address, &from, *size);
    return true;
}

unsigned net_port(intptr_t socket)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);

    memset(&address, 0, sizeof(address));
    if (getsockname((int)socket, (struct sockaddr *)&address, &size))
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

void net_close(intptr_t socket)
{
    if (socket != NET_NONE)
        close((int)socket);
}

void net_shutdown(intptr_t socket)
{
    shutdown((int)socket, SHUT_WR);
}

void net_timeout(intptr_t socket, unsigned seconds)
{
    struct timeval limit = {(time_t)seconds, 0};

    setsockopt((int)socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

void net_no_delay(intptr_t socket)
{
    int on = 1;

    setsockopt((int)socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

long net_read(intptr_t socket, void *to, size_t room)
{
    ssize_t got;

    do
        got = recv((int)socket, to, room, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

bool net_write(intptr_t socket, const void *from, size_t size)
{
    const char *next = from;

    while (size) {
        ssize_t sent = send((int)socket, next, size, 0);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        next += sent;
        size -= (size_t)sent;
    }
    return true;
}

long stdin_read(void *to, size_t room)
{
    ssize_t got;

    do
        got = read(STDIN_FILENO, to, room);
    while (got < 0 && errno == EINTR);
    return got;
}

bool stdout_write(const void *from, size_t size)
{
    const char *next = from;

    while (size) {
        ssize_t done = write(STDOUT_FILENO, next, size);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        next += done;
        size -= (size_t)done;
    }
    return true;
}

struct start {
    void (*run)(void *);
    void *argument;
};

static void *run_thread(void *pointer)
{
    struct start start = *(struct start *)pointer;

    free(pointer);
    start.run(start.argument);
    return NULL;
}

bool thread_start(void (*run)(void *), void *argument)
{
    struct start *start = malloc(sizeof(*start));
    pthread_t thread;

    if (!start)
        return false;
    start->run = run;
    start->argument = argument;
    if (pthread_create(&thread, NULL, run_thread, start)) {
        free(start);
        return false;
    }
    pthread_detach(thread);
    return true;
}

struct tool_lock *tool_lock_new(void)
{
    struct tool_lock *lock = malloc(sizeof(*lock));

    if (lock && pthread_mutex_init(&lock->mutex, NULL)) {
        free(lock);
        lock = NULL;
    }
    return lock;
}

void tool_lock_take(struct tool_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void tool_lock_release(struct tool_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}
