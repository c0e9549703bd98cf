# SPDX-License-Identifier: LGPL-2.1-or-later
# The portable conformance program: built for ELF and for both Windows machines from the same list,
# against public headers only. On ELF it links to libsecur32.so as any program would.

conformance_sources = \
	tests/conformance/alerts.c \
	tests/conformance/alpn.c \
	tests/conformance/client_certificate.c \
	tests/conformance/close.c \
	tests/conformance/common.c \
	tests/conformance/credentials.c \
	tests/conformance/decrypt.c \
	tests/conformance/encrypt.c \
	tests/conformance/first_call.c \
	tests/conformance/handles.c \
	tests/conformance/hostile.c \
	tests/conformance/input.c \
	tests/conformance/packages.c \
	tests/conformance/post_handshake.c \
	tests/conformance/progress.c \
	tests/conformance/query.c \
	tests/conformance/session.c \
	tests/conformance/sni.c \
	tests/conformance/tables.c \
	tests/conformance/threads.c \
	tests/conformance/validation.c

conformance_headers = \
	tests/conformance/common.h

EXTRA_DIST += $(conformance_sources) $(conformance_headers)

tests_conformance_conformance_SOURCES = $(conformance_sources)
tests_conformance_conformance_CPPFLAGS = $(public_includes) -I$(srcdir)/include/secur32
tests_conformance_conformance_LDADD = tests/libharness.a lib/libsecur32.so
tests_conformance_conformance_LDFLAGS = $(AM_LDFLAGS) '-Wl,-rpath,$$ORIGIN/../../lib'
