# SPDX-License-Identifier: LGPL-2.1-or-later
# The public functions against OpenSSL in the same process, for what needs a peer with a will of its
# own: updates of keys, renegotiation, tickets, misbehaviour.

peers_sources = \
	tests/peers/authentication.c \
	tests/peers/handshakes.c \
	tests/peers/key_updates.c \
	tests/peers/peer.c \
	tests/peers/renegotiation.c \
	tests/peers/tickets.c
peers_headers = tests/peers/peer.h
EXTRA_DIST += $(peers_sources) $(peers_headers)

peer_tests =
if HAVE_OPENSSL
peer_tests += tests/peers/peers
tests_peers_peers_SOURCES = $(peers_sources)
tests_peers_peers_CPPFLAGS = $(public_includes) -I$(srcdir)/include/secur32
tests_peers_peers_LDADD = tests/libharness.a lib/libsecur32.so -lssl -lcrypto
tests_peers_peers_LDFLAGS = $(AM_LDFLAGS) '-Wl,-rpath,$$ORIGIN/../../lib'
endif
