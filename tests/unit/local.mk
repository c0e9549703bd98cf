# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests: tests/unit/NAME here is a program made of tests/unit/NAME.c, the harness and the
# library's objects, the hidden ones too. windows_unit_tests (NAME.exe) are built for
# Windows.

unit_tests = \
	tests/unit/test_abi \
	tests/unit/test_abi_unicode \
	tests/unit/test_alerts \
	tests/unit/test_attributes \
	tests/unit/test_buffers \
	tests/unit/test_checked \
	tests/unit/test_client_hello \
	tests/unit/test_credential \
	tests/unit/test_dispatch \
	tests/unit/test_flags \
	tests/unit/test_gss \
	tests/unit/test_gss_message \
	tests/unit/test_handle \
	tests/unit/test_handshake \
	tests/unit/test_identity \
	tests/unit/test_interlude \
	tests/unit/test_log \
	tests/unit/test_mem \
	tests/unit/test_message \
	tests/unit/test_misc \
	tests/unit/test_ntlm_session \
	tests/unit/test_ntlm_watch \
	tests/unit/test_platform_certs \
	tests/unit/test_platform_settings \
	tests/unit/test_platform_text \
	tests/unit/test_platform_trust \
	tests/unit/test_negotiate \
	tests/unit/test_policy \
	tests/unit/test_record \
	tests/unit/test_sasl \
	tests/unit/test_spnego \
	tests/unit/test_secrets \
	tests/unit/test_session \
	tests/unit/test_span \
	tests/unit/test_suites \
	tests/unit/test_threads \
	tests/unit/test_tls_aead \
	tests/unit/test_tls_crossing \
	tests/unit/test_tls_seam \
	tests/unit/test_verify

windows_unit_tests += test_abi.exe test_abi_unicode.exe test_packages.exe test_sign.exe

# Security DLLs, which test_packages.exe loads.
windows_test_packages += package_client.dll package_lsa.dll
EXTRA_DIST += tests/unit/test_packages.c tests/unit/package_client.c tests/unit/package_lsa.c \
	tests/unit/packages.h

unit_scripts = \
	tests/unit/test_abi_m32.sh \
	tests/unit/test_artefacts.sh \
	tests/unit/test_checkers.sh \
	tests/unit/test_exports.sh

EXTRA_DIST += tests/unit/test_sign.c $(unit_tests:=.c) $(unit_scripts)

LDADD = tests/libharness.a libsecur32_internal.a

# Schannel over a TLS library that does what the test says.
fake_sources = \
	tests/unit/fake_rooms.c \
	tests/unit/fake_rooms.h \
	tests/unit/fake_tls.c \
	tests/unit/fake_tls.h
tests_unit_test_handshake_SOURCES = tests/unit/test_handshake.c $(fake_sources)
tests_unit_test_interlude_SOURCES = tests/unit/test_interlude.c $(fake_sources)
tests_unit_test_message_SOURCES = tests/unit/test_message.c $(fake_sources)
EXTRA_DIST += $(fake_sources)

# Negotiate over two packages of the test; the ELF library does not have it.
tests_unit_test_negotiate_SOURCES = tests/unit/test_negotiate.c dlls/secur32/lsa/negotiate.c

tests_unit_test_secrets_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free

# The dispatcher over a package of the test, which stands in the list in place of main.c's.
tests_unit_test_dispatch_SOURCES = tests/unit/test_dispatch.c tests/unit/fake_package.c \
	tests/unit/fake_package.h
EXTRA_DIST += tests/unit/fake_package.c tests/unit/fake_package.h

# The ABI tests: rows made of tests/data/abi, included by their name from the build folder.
abi_data = tests/data/abi/layout.tsv tests/data/abi/constants.tsv
EXTRA_DIST += $(abi_data) tests/data/abi/exports.tsv tests/unit/gen-abi.awk tests/unit/abi_static.h
abi_made = tests/unit/abi_elf.h tests/unit/abi_pe.h
CLEANFILES += $(abi_made)
$(abi_made): $(abi_data) tests/unit/gen-abi.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)side=$(@F) && side=$${side%.h} && $(AWK) -v side=$${side#abi_} \
		-f $(srcdir)/tests/unit/gen-abi.awk $(abi_data:%=$(srcdir)/%) >$@.tmp && mv $@.tmp $@
tests_unit_test_abi_CPPFLAGS = $(AM_CPPFLAGS) -I.
tests_unit_test_abi_unicode_CPPFLAGS = $(AM_CPPFLAGS) -I.
tests/unit/test_abi-test_abi.$(OBJEXT) tests/unit/test_abi_unicode-test_abi_unicode.$(OBJEXT): \
	tests/unit/abi_elf.h
abi_pe_objects = $(pe_arches:%=%-windows/obj/tests/unit/test_abi.o) \
	$(pe_arches:%=%-windows/obj/tests/unit/test_abi_unicode.o)
$(abi_pe_objects): tests/unit/abi_pe.h
$(abi_pe_objects): public_includes += -I.

# The TLS seam: one body, on the backend itself and through secur32unix.so as the PE side calls it.
seam_sources = \
	tests/unit/seam_datagram.c \
	tests/unit/seam_facts.c \
	tests/unit/seam_keys.c \
	tests/unit/seam_limits.c \
	tests/unit/seam_memory.c \
	tests/unit/seam_pack.c \
	tests/unit/seam_pair.c \
	tests/unit/seam_pair.h \
	tests/unit/seam_records.c \
	tests/unit/seam_sign.c \
	tests/unit/seam_sign.h \
	tests/unit/seam_threads.c
tests_unit_test_tls_seam_SOURCES = tests/unit/test_tls_seam.c $(seam_sources)
tests_unit_test_tls_crossing_SOURCES = tests/unit/test_tls_crossing.c tests/unit/test_tls_seam.c \
	dlls/secur32/tls/unixcall.c dlls/secur32/tls/unixcall_new.c $(seam_sources)
EXTRA_DIST += $(seam_sources)
