# SPDX-License-Identifier: LGPL-2.1-or-later
# The harness, and how test programs are linked and run. Each folder lists its own tests.

harness_sources = \
	tests/harness/credential.c \
	tests/harness/harness.c \
	tests/harness/loop.c \
	tests/harness/loop_message.c \
	tests/harness/pki.c \
	tests/harness/relay.c \
	tests/harness/wire.c
harness_elf_sources = $(harness_sources) \
	tests/harness/host_elf.c \
	tests/harness/pki_elf.c
harness_pe_sources = $(harness_sources) \
	tests/harness/host_pe.c \
	tests/harness/pki_keys_pe.c \
	tests/harness/pki_pe.c
harness_headers = \
	tests/harness/allocation.h \
	tests/harness/credential.h \
	tests/harness/harness.h \
	tests/harness/host.h \
	tests/harness/loop.h \
	tests/harness/pki.h \
	tests/harness/relay.h \
	tests/harness/wire.h

EXTRA_DIST += $(harness_elf_sources) $(harness_pe_sources) $(harness_headers) \
	tests/harness/make-pki tests/harness/serve-lists tests/lsan.supp \
	tests/valgrind.supp tests/helgrind.supp \
	tests/data/krb5.conf

check_LIBRARIES =
windows_unit_tests =
windows_test_packages =
windows_tests = conformance.exe $(windows_unit_tests) $(windows_test_packages)
windows_program_libs = -lsecur32 -lcrypt32 -lncrypt -lws2_32 -ladvapi32 -lversion

include tests/unit/local.mk
include tests/conformance/local.mk
include tests/peers/local.mk
include tests/interop/local.mk
include tests/fuzz/local.mk

if BUILD_ELF
check_LIBRARIES += tests/libharness.a
tests_libharness_a_SOURCES = $(harness_elf_sources)
tests_libharness_a_CPPFLAGS = $(public_includes) -I$(srcdir)/include/secur32

check_PROGRAMS += $(unit_tests) tests/conformance/conformance $(peer_tests)
TESTS = $(check_PROGRAMS) $(unit_scripts)
check_DATA = test-pki tests/ntlm-users
endif

# Certificates are made anew when they are older than a day: their dates are relative to now.
test-pki:
	@test -n "`find tests/pki/root.pem -mtime -1 2>/dev/null`" || \
		$(SHELL) $(srcdir)/tests/harness/make-pki tests/pki >tests/pki.log 2>&1 || \
		echo "no test certificates, see tests/pki.log; tests that need them are skipped" >&2

# The account that gss-ntlmssp's server knows in tests, as "DOMAIN:user:password". No test asks a
# KDC but those of tests/interop/gss.
ntlm_account = SECUR32:tester:Secret-1
tests/ntlm-users:
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)echo '$(ntlm_account)' >$@
CLEANFILES += tests/ntlm-users tests/pki.log

# Every test prints TAP.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = top_srcdir='$(abs_top_srcdir)'; top_builddir='$(abs_top_builddir)'; \
	SECUR32_TEST_PKI='$(abs_top_builddir)/tests/pki'; \
	SECUR32_TEST_NTLM='$(ntlm_account)'; NTLM_USER_FILE='$(abs_top_builddir)/tests/ntlm-users'; \
	KRB5_CONFIG='$(abs_top_srcdir)/tests/data/krb5.conf'; \
	LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/lsan.supp'; \
	export top_srcdir top_builddir SECUR32_TEST_PKI SECUR32_TEST_NTLM NTLM_USER_FILE \
		KRB5_CONFIG LSAN_OPTIONS;
