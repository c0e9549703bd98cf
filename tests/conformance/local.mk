# SPDX-License-Identifier: LGPL-2.1-or-later
# The portable conformance program: built for ELF and for both Windows machines from the same list,
# against public headers only. On ELF it links to libsecur32.so as any program would.

conformance_sources = \
	tests/conformance/alerts.c \
	tests/conformance/alerts_own.c \
	tests/conformance/alpn.c \
	tests/conformance/attributes.c \
	tests/conformance/attributes_all.c \
	tests/conformance/attributes_certificate.c \
	tests/conformance/auth.c \
	tests/conformance/auth_accounts.c \
	tests/conformance/auth_attributes.c \
	tests/conformance/auth_challenges.c \
	tests/conformance/auth_handshake.c \
	tests/conformance/auth_hostile.c \
	tests/conformance/auth_logon.c \
	tests/conformance/auth_message.c \
	tests/conformance/auth_parts.c \
	tests/conformance/auth_token.c \
	tests/conformance/auth_two_ways.c \
	tests/conformance/client_certificate.c \
	tests/conformance/client_own.c \
	tests/conformance/close.c \
	tests/conformance/common.c \
	tests/conformance/credential_attributes.c \
	tests/conformance/credential_flags.c \
	tests/conformance/credential_masks.c \
	tests/conformance/credentials.c \
	tests/conformance/datagram.c \
	tests/conformance/datagram_attributes.c \
	tests/conformance/datagram_hostile.c \
	tests/conformance/datagram_loss.c \
	tests/conformance/datagram_message.c \
	tests/conformance/decrypt.c \
	tests/conformance/encrypt.c \
	tests/conformance/exports.c \
	tests/conformance/first_call.c \
	tests/conformance/habits.c \
	tests/conformance/habits_curl.c \
	tests/conformance/habits_mongodb.c \
	tests/conformance/habits_qt.c \
	tests/conformance/handles.c \
	tests/conformance/hostile.c \
	tests/conformance/hostile_calls.c \
	tests/conformance/identities.c \
	tests/conformance/input.c \
	tests/conformance/keys.c \
	tests/conformance/later_call.c \
	tests/conformance/lsa.c \
	tests/conformance/names.c \
	tests/conformance/packages.c \
	tests/conformance/post_authentication.c \
	tests/conformance/post_handshake.c \
	tests/conformance/progress.c \
	tests/conformance/progress_records.c \
	tests/conformance/progress_versions.c \
	tests/conformance/query.c \
	tests/conformance/revocation.c \
	tests/conformance/session.c \
	tests/conformance/sni.c \
	tests/conformance/ssl_functions.c \
	tests/conformance/tables.c \
	tests/conformance/threads.c \
	tests/conformance/transfer.c \
	tests/conformance/validation.c

conformance_headers = \
	tests/conformance/auth.h \
	tests/conformance/common.h

EXTRA_DIST += $(conformance_sources) $(conformance_headers)

tests_conformance_conformance_SOURCES = $(conformance_sources)
tests_conformance_conformance_CPPFLAGS = $(public_includes) -I$(srcdir)/include/secur32
tests_conformance_conformance_LDADD = tests/libharness.a lib/libsecur32.so
tests_conformance_conformance_LDFLAGS = $(AM_LDFLAGS) '-Wl,-rpath,$$ORIGIN/../../lib'

# The rows of exports.c, included by their name from the build folder.
EXTRA_DIST += tests/conformance/gen-exports-rows.awk
CLEANFILES += tests/conformance/exports_rows.h
tests/conformance/exports_rows.h: tests/data/abi/exports.tsv tests/conformance/gen-exports-rows.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(AWK) -f $(srcdir)/tests/conformance/gen-exports-rows.awk \
		$(srcdir)/tests/data/abi/exports.tsv >$@.tmp && mv $@.tmp $@
tests_conformance_conformance_CPPFLAGS += -Itests/conformance
tests/conformance/conformance-exports.$(OBJEXT): tests/conformance/exports_rows.h
exports_pe_objects = $(pe_arches:%=%-windows/obj/tests/conformance/exports.o)
$(exports_pe_objects): tests/conformance/exports_rows.h
$(exports_pe_objects): public_includes += -Itests/conformance
