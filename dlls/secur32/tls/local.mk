# SPDX-License-Identifier: LGPL-2.1-or-later
# tls: the GnuTLS backend, in libsecur32.so and secur32unix.so; secur32.dll has the crossing.

tls_gnutls_sources = \
	dlls/secur32/tls/gnutls/algorithms.c \
	dlls/secur32/tls/gnutls/alpn.c \
	dlls/secur32/tls/gnutls/authorities.c \
	dlls/secur32/tls/gnutls/cookie.c \
	dlls/secur32/tls/gnutls/credential.c \
	dlls/secur32/tls/gnutls/datagram.c \
	dlls/secur32/tls/gnutls/datagram_flight.c \
	dlls/secur32/tls/gnutls/datagram_record.c \
	dlls/secur32/tls/gnutls/detached.c \
	dlls/secur32/tls/gnutls/errors.c \
	dlls/secur32/tls/gnutls/export.c \
	dlls/secur32/tls/gnutls/handshake.c \
	dlls/secur32/tls/gnutls/hello.c \
	dlls/secur32/tls/gnutls/helper.c \
	dlls/secur32/tls/gnutls/info.c \
	dlls/secur32/tls/gnutls/judge.c \
	dlls/secur32/tls/gnutls/keys.c \
	dlls/secur32/tls/gnutls/leaf.c \
	dlls/secur32/tls/gnutls/library.c \
	dlls/secur32/tls/gnutls/names.c \
	dlls/secur32/tls/gnutls/pack.c \
	dlls/secur32/tls/gnutls/peek.c \
	dlls/secur32/tls/gnutls/post.c \
	dlls/secur32/tls/gnutls/prf.c \
	dlls/secur32/tls/gnutls/priority.c \
	dlls/secur32/tls/gnutls/record.c \
	dlls/secur32/tls/gnutls/record_session.c \
	dlls/secur32/tls/gnutls/session.c \
	dlls/secur32/tls/gnutls/state.c \
	dlls/secur32/tls/gnutls/tickets.c

tls_pe_sources = \
	dlls/secur32/tls/unixcall.c \
	dlls/secur32/tls/unixcall_load.c \
	dlls/secur32/tls/unixcall_new.c

tls_headers = \
	dlls/secur32/tls/gnutls/algorithms.h \
	dlls/secur32/tls/gnutls/alpn.h \
	dlls/secur32/tls/gnutls/authorities.h \
	dlls/secur32/tls/gnutls/credential.h \
	dlls/secur32/tls/gnutls/datagram.h \
	dlls/secur32/tls/gnutls/detached.h \
	dlls/secur32/tls/gnutls/errors.h \
	dlls/secur32/tls/gnutls/handshake.h \
	dlls/secur32/tls/gnutls/helper.h \
	dlls/secur32/tls/gnutls/keys.h \
	dlls/secur32/tls/gnutls/leaf.h \
	dlls/secur32/tls/gnutls/library.h \
	dlls/secur32/tls/gnutls/peek.h \
	dlls/secur32/tls/gnutls/priority.h \
	dlls/secur32/tls/gnutls/record.h \
	dlls/secur32/tls/gnutls/session.h \
	dlls/secur32/tls/gnutls/tickets.h \
	dlls/secur32/tls/tls.h \
	dlls/secur32/tls/unixcall.h
