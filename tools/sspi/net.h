/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Sockets, threads and the standard streams for the tools: the few things that differ between POSIX
 * (net_posix.c) and Windows (net_windows.c). Errors are told by text for the user.
 */
#ifndef SECUR32_TOOLS_NET_H
#define SECUR32_TOOLS_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_NONE ((intptr_t)-1)

enum net_family { NET_ANY, NET_IPV4, NET_IPV6 };

/* Once at the start of a program. */
bool net_start(void);

/* Each returns a socket or NET_NONE, with the reason from net_error(). */
intptr_t net_connect(const char *host, const char *port, enum net_family family);
intptr_t net_listen(const char *address, const char *port, enum net_family family);
intptr_t net_accept(intptr_t listener);
/* The same for datagrams: each read and write is one of them. */
intptr_t net_connect_datagram(const char *host, const char *port, enum net_family family);
intptr_t net_listen_datagram(const char *address, const char *port, enum net_family family);
/* Waits for a datagram, which stays to be read; its sender becomes the socket's only peer. */
bool net_accept_datagram(intptr_t socket, void *address, size_t room, size_t *size);
/* The local port of a socket; 0: unknown. */
unsigned net_port(intptr_t socket);
void net_close(intptr_t socket);
/* No more bytes will be sent. */
void net_shutdown(intptr_t socket);
/* Reads give up, as if the connection were broken, after so many seconds of silence; 0: never. */
void net_timeout(intptr_t socket, unsigned seconds);
/* What is written goes out at once, and not with what the peer acknowledges. */
void net_no_delay(intptr_t socket);

/* Bytes read; 0: end; negative: error. */
long net_read(intptr_t socket, void *to, size_t room);
bool net_write(intptr_t socket, const void *from, size_t size);
const char *net_error(void);

/* Standard input and output, binary, unbuffered. */
long stdin_read(void *to, size_t room);
bool stdout_write(const void *from, size_t size);

/* A thread that is not waited for, and a lock. */
bool thread_start(void (*run)(void *), void *argument);
struct tool_lock;
struct tool_lock *tool_lock_new(void);
void tool_lock_take(struct tool_lock *lock);
void tool_lock_release(struct tool_lock *lock);

#endif
